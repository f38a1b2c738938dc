//! The lake as its callers see it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::field_reassign_with_default, missing_docs)]

mod corrections;
mod durable;
mod joined;
mod model;
mod shapes;
mod versions;
