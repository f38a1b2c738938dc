//! The calls of Segment's clients, and plain event objects: one JSON object each.

mod body;
mod chunk;
mod groups;
mod message;
mod properties;
mod traits;
mod wire;

pub use body::{BodyError, Call, find_write_key, parse_body, parse_body_asking};
pub(crate) use chunk::{Before, Chunk};
pub use groups::Groups;
pub(crate) use message::{Clock, Outer, Parser};
pub(crate) use wire::{describe, trim};
