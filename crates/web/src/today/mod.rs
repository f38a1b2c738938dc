//! 今日, the morning page: a sentence, then work, then watch.

mod pages;

pub use pages::{Change, Deadline, Quieted, Silent, Today, today};
