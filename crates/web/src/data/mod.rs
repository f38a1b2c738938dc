//! Data: the sources, when something last came, and what is quiet; how much is known, and who may say so.

mod fields;
mod http;
mod pages;

pub(crate) use fields::{keep_owner, open_fields, settle_conflict};
pub(crate) use http::open_data;
pub use pages::data;
