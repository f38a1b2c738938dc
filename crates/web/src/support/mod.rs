//! The support desk: its numbers with their definitions, by inquiry and by customer.

mod download;
mod figures;
mod http;
mod pages;
mod tables;

pub(crate) use download::download_support;
pub(crate) use http::open_support;
pub use pages::support;
