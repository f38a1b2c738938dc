//! The server as the outside world meets it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod api;
mod exports;
mod hooks;
mod house;
mod intake;
mod routes;
mod settings;
mod signals;
mod signing;
