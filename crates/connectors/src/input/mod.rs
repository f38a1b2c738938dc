//! Bytes of a file or of standard input, inflated, counted and turned into UTF-8.

mod decode;
mod open;

pub use decode::{BROKEN, Decode, find_encoding};
pub use open::{Input, open_file, open_reader, sniff};
