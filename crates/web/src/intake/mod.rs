//! What machines ask: events in, alive, ready, counters.

mod api;
mod watch;

pub(crate) use api::{accept, dress, find_place};
pub use watch::Counters;
pub(crate) use watch::{is_alive, is_ready, list_counters};
