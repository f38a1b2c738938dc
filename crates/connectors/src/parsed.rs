//! What reading gives.

use kizashi_domain::intake::{EventBatch, Reason, Record, Refusal};

/// A batch of what was read: good events, good records and refused rows.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Events; ids are unique within the source, never empty.
    pub events: EventBatch,
    /// Records, in the order in which they stood.
    pub records: Vec<Record>,
    /// Rows or messages that were not taken, by line.
    pub refused: Vec<Refused>,
    /// Which customer a user was said to belong to (group calls): user, customer. Keep them, so that later calls
    /// of the user find the customer; [`crate::Groups`] is made of them.
    pub groups: Vec<(String, String)>,
    /// Rows or messages looked at.
    pub rows: u64,
    /// Lines of rows that were left out because they sum up others: 合計. They do not count in `rows`.
    pub left_out: Vec<u64>,
}

/// A row that was not taken, with what is needed to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where and why.
    pub refusal: Refusal,
    /// The row's fields as they stood; one field, the JSON text, for NDJSON and messages.
    pub original: Vec<String>,
}

/// What is wrong with one field: its name, its value as it stood, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub field: String,
    pub value: String,
    pub reason: Reason,
}

impl Fault {
    /// Cuts the value at 200 characters.
    pub fn new(field: impl Into<String>, value: &str, reason: Reason) -> Self {
        Self { field: field.into(), value: value.chars().take(200).collect(), reason }
    }

    /// The fault of a row or message as a whole.
    pub fn of_row(reason: Reason) -> Self {
        Self { field: String::new(), value: String::new(), reason }
    }

    pub fn at(self, line: u64, original: Vec<String>) -> Refused {
        Refused { refusal: Refusal { line, field: self.field, value: self.value, reason: self.reason }, original }
    }
}

impl Parsed {
    /// Nothing was read.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0 && self.left_out.is_empty()
    }
}
