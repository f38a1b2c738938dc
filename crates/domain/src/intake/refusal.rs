//! Why a row or message was not taken: what, where, and what to do.

use serde::{Deserialize, Serialize};

/// Where in the input: the name of a column or JSON field; empty for the row as a whole.
pub type Field = String;

/// Why a row was refused. The wording for people is made from it in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// A required field is missing or empty.
    #[error("is required and empty")]
    Required,
    /// Not a date or time that we understand.
    #[error("is not a date or time (for example 2026-11-26, 2026/11/26 9:30, 令和8年11月26日)")]
    NotATime,
    /// A year that an era never had: 平成40年.
    #[error(
        "is a year that {era} never had (its last was {last_year}); write it as the year {year}, or in the era of that year"
    )]
    EraEnded {
        /// The era's name.
        era: String,
        /// Its last year.
        last_year: i64,
        /// The year of the calendar that is meant.
        year: i64,
    },
    /// A wall-clock time in a zone where it does not exist.
    #[error("is a time that does not exist in its time zone (clock change)")]
    NoSuchTime,
    /// Not a number.
    #[error("is not a number")]
    NotANumber,
    /// Not a time span that we understand.
    #[error("is not a time span (for example 185 seconds, 3:05, 3分5秒)")]
    NotASpan,
    /// A number outside its limits.
    #[error("is outside {min} to {max}")]
    OutOfRange {
        /// Least value taken.
        min: i64,
        /// Greatest value taken.
        max: i64,
    },
    /// Not one of the words that the field takes.
    #[error("is not one of {words}")]
    NotOneOf {
        /// The words, comma separated.
        words: String,
    },
    /// Too long.
    #[error("is longer than {max} characters")]
    TooLong {
        /// The most characters taken.
        max: usize,
    },
    /// The line has another number of fields than the header.
    #[error("has {found} fields where the header has {expected}")]
    FieldCount {
        /// Fields of the header.
        expected: usize,
        /// Fields of this line.
        found: usize,
    },
    /// Bytes that are not text in the file's encoding.
    #[error("holds bytes that are not {encoding}")]
    BadEncoding {
        /// The encoding that was found or declared.
        encoding: String,
    },
    /// Not JSON, or not a JSON object.
    #[error("is not a JSON object: {detail}")]
    NotJson {
        /// What the parser said, without the data.
        detail: String,
    },
    /// An event larger than the limit.
    #[error("is larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// The event names neither a customer nor a user whose customer is known.
    #[error("names no customer (context.groupId, or a user seen before in a group call)")]
    NoCustomer,
    /// The row names its customer by name only, and no customer is called that.
    #[error("is the name of no customer; give the customer's code, or bring the customer in first")]
    UnknownCustomer,
    /// The row names its customer by name only, and several are called that.
    #[error("is the name of several customers ({codes}); give the customer's code")]
    SeveralCustomers {
        /// Codes of some of them, comma separated.
        codes: String,
    },
    /// A message type that is not understood.
    #[error("is not a known message type")]
    UnknownType,
    /// A row of totals below a table, not one of its rows.
    #[error("is a row of totals")]
    TotalRow,
    /// A term that ends before it starts.
    #[error("lies before the first day")]
    EndBeforeStart,
    /// A JSON value of another kind (list, object, true) where a text or number belongs.
    #[error("is neither text nor a number")]
    NotText,
    /// A quoted field that runs over the end of its line and is not closed as it should be.
    #[error("holds a quotation mark that is not closed")]
    UnclosedQuote,
    /// A control character or other text that no name may hold.
    #[error("holds a control character")]
    ControlCharacter,
    /// Bytes that are no letter: they have no head of one.
    #[error("is not a mail message")]
    NotAMail,
}

/// A refused row: file position, field, value and reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Line of the file, from 1, the header included; or index in a batch, from 0.
    pub line: u64,
    /// Which column or field.
    pub field: Field,
    /// The value as it stood there (cut at 200 characters); goes to the sender only, never to logs.
    pub value: String,
    /// Why.
    #[serde(flatten)]
    pub reason: Reason,
}
