//! The support desk: its numbers with their definitions, by inquiry and by customer.

mod figures;
mod http;
mod pages;
mod tables;

pub(crate) use http::open_support;
pub use pages::support;
