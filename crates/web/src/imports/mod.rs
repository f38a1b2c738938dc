//! Imports in the browser: a file is dropped, looked at, tried, brought in, and taken back.

mod downloads;
mod http;
mod list;
mod map_file;
mod mapping;
mod outcome;
mod refusal;
mod upload;

pub(crate) use downloads::download_imports;
pub(crate) use http::read_bindings;
pub(crate) use http::{
    download_rejected, drop_import, keep_import, keep_wish, open_import, open_imports, try_import, undo_import,
};
pub(crate) use map_file::{download_map, take_map};
pub(crate) use mapping::{field_title, show_columns, show_lacking};
pub(crate) use outcome::show_report;
pub(crate) use refusal::phrase;
pub(crate) use upload::take_upload;
