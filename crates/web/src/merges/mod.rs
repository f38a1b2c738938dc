//! Customers that turned out to be one: who is suspected, what a merge would do, what was merged.

mod compare;
mod download;
mod http;
mod pages;

pub(crate) use download::download_suspects;
pub(crate) use http::{keep_apart, keep_merge, open_merge, open_merges, undo_merge};
pub use pages::made;
