//! CSV and tab-separated files.

mod headings;
mod records;
mod rows;

pub use headings::JSON_TITLE;
pub use rows::CsvReader;
