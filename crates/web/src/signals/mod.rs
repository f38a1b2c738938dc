//! A signal: its condition, and every firing with why it fired and what became of it.

mod http;
mod pages;

pub(crate) use http::open_signal;
pub use pages::signal;
