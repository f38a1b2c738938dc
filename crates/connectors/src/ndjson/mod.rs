//! Files of one JSON object a line.

mod cutter;
mod line;
mod objects;
mod parallel;

pub use cutter::Stream;
pub use line::LineParser;
pub use objects::ObjectReader;
pub use parallel::ParallelReader;
