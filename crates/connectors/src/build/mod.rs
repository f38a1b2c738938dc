//! Rows of text become events and records.

mod cells;
mod event;
mod record;
mod rows;

pub use cells::{Cells, Row, not_yes_or_no, write_joined};
pub use event::{Arrival, EventColumns, RawEvent, admit, check_name, write_json_text};
pub use record::{Stop, bare_domain, build_record};
pub use rows::RowBuilder;
