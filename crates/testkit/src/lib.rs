//! What tests of several crates share: both database engines, history in memory, a stage with actors and a clock.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod history;
pub mod postgres;
mod stage;

pub use history::MemoryHistory;
pub use stage::{On, PASSWORD, Stage};
