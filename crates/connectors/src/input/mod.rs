//! Bytes of a file or of standard input, inflated, counted and turned into UTF-8.

mod decode;
mod open;

pub use decode::{Decode, find_encoding};
pub use kizashi_domain::intake::BROKEN;
pub use open::{Input, open_file, open_reader, sniff};
