//! CSV and tab-separated files.

mod head;
mod headings;
mod records;
mod rows;

pub use head::read_head;
pub use headings::JSON_TITLE;
pub use rows::CsvReader;
