//! The promise of intake, kept against the real program: what was answered with 200 is there exactly once, whatever happens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may end here"
)]

mod disk_full;
mod http;
mod killed;
mod load;
mod notices;
mod program;
