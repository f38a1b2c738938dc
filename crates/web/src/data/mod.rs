//! Data: the sources, when something last came, and what is quiet.

mod http;
mod pages;

pub(crate) use http::open_data;
pub use pages::data;
