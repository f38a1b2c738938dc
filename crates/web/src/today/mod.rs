//! 今日, the morning page: a sentence, then work, then watch.

mod http;
mod pages;

pub(crate) use http::{lead_to_today, open_today};
pub use pages::{split, today};
