//! Data: the sources, when something last came, and what is quiet; how much is known, and who may say so.

mod downloads;
mod fields;
mod http;
mod pages;
mod waiting;

pub(crate) use downloads::{download_conflicts, download_coverage, download_sources};
pub(crate) use fields::{keep_owner, open_fields, settle_conflict};
pub(crate) use http::open_data;
pub use pages::data;
pub use waiting::Waiting;
