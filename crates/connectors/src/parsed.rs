//! What reading gives.

pub use kizashi_domain::intake::{Parsed, Refused};
use kizashi_domain::intake::{Reason, Refusal};

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
