//! CSV and tab-separated files.

mod records;
mod rows;

pub use rows::{CsvReader, JSON_TITLE};
