//! The dictionary of metrics.

mod http;
mod pages;

pub(crate) use http::open_dictionary;
pub use pages::dictionary;
