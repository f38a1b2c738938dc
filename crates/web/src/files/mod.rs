//! Files of customers: brought, sent back, removed.

mod http;
mod section;

pub(crate) use http::{download_file, remove_file, restore_file, take_file};
pub use section::files;
