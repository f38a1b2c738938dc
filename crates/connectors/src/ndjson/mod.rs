//! Files of one JSON object a line.

mod cutter;
mod line;
mod objects;
mod parallel;

pub use cutter::Stream;
pub use line::LineParser;
pub use objects::{ObjectParser, ObjectReader, find, read_object};
pub use parallel::ParallelReader;

use crate::error::Error;
use crate::ids::EqualRows;
use crate::parsed::Parsed;

/// Reads the lines of a file of refused lines.
pub enum Lines {
    /// Segment calls and plain events.
    Messages(Box<LineParser>),
    /// Objects of any form.
    Objects(Box<ObjectParser>),
}

impl Lines {
    /// Reads one line and decides it at once.
    pub fn parse_line(&mut self, text: &str, line: u64, equal: &mut EqualRows, into: &mut Parsed) -> Result<(), Error> {
        match self {
            Self::Messages(lines) => lines.parse_line(text, line, equal, into),
            Self::Objects(objects) => objects.parse_line(text, line, equal, into),
        }
    }
}
