//! The dictionary of metrics.

mod download;
mod http;
mod pages;

pub(crate) use download::download_dictionary;
pub(crate) use http::open_dictionary;
pub use pages::dictionary;
