//! Singer: what a published tap writes, a message a line. `SCHEMA` says what a stream's records look like, `RECORD` brings one, `STATE`
//! is how far the tap has come, to be given back to it the next time.
//!
//! `maps` which stream is what, and the maps that ship · `schema` what a stream says of itself · `stream` records of one stream ·
//! `read` the messages.

mod maps;
mod read;
mod schema;
mod stream;

pub use maps::{PRESETS, StreamMap, StreamMaps, find_preset};
pub use read::{Piece, SingerReader};
