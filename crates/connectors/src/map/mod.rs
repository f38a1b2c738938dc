//! Which column of a file is what: map files, and guesses by the titles of columns.

mod fields;
mod guess;
mod layout;
mod read;
mod spelling;

pub use fields::{Field, Form, find_lacking, known_fields};
pub(crate) use guess::guess_columns;
pub use guess::{PARTS, guess_kind, unit_of_title};
pub(crate) use layout::ADDED;
pub use layout::{Bound, Layout, Source};
pub(crate) use read::{Entry, Reading, read_constant, read_names};

use kizashi_domain::intake::RecordKind;
use kizashi_domain::money::Currency;
use kizashi_domain::time::Zone;

/// A map file, read and checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// Name of the source: ids are unique within it.
    pub source: Option<String>,
    /// What the file holds.
    pub kind: Option<RecordKind>,
    /// The zone of times that bring none.
    pub zone: Option<Zone>,
    /// The file's encoding, when it should not be found out (`cp932`, `utf-8`, `euc-jp` …).
    pub encoding: Option<String>,
    /// The character between fields, when it should not be found out.
    pub delimiter: Option<u8>,
    /// Lines above the row of headings.
    pub skip_rows: u64,
    /// Field name and where its value is found, in the order of the file.
    pub columns: Vec<(String, Column)>,
    /// Columns of an event's file that are kept as properties.
    pub properties: Vec<String>,
    /// Figures of one's own: name and column.
    pub figures: Vec<(String, Column)>,
}

/// Where a field's value is found and how it is written there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// The title of the column, or the key of a JSON object (`context.groupId` reaches inside).
    pub name: Option<String>,
    /// A constant, instead of a column.
    pub value: Option<String>,
    /// The currency of an amount; yen when not given.
    pub currency: Option<Currency>,
    /// What an amount or figure is multiplied by: 1,000 for 千円.
    pub unit: Option<i64>,
    /// How times are written, when not as a date.
    pub form: TimeForm,
    /// The file's words and ours (`"役員" = "key_person"`).
    pub words: Vec<(String, String)>,
    /// Of a tap's record: the key of what the figure is multiplied by.
    pub times: Option<String>,
    /// The column or key of a text that stands behind this one: a time of day behind its date.
    pub with: Option<String>,
    /// Of a tap's record: the key of the amount's currency.
    pub currency_column: Option<String>,
    /// Of a tap's record: the amount counts the currency's smallest unit (cents).
    pub is_minor: bool,
}

impl Column {
    /// It says something that only the records of a tap have.
    pub(crate) const fn is_of_stream(&self) -> bool {
        self.times.is_some() || self.currency_column.is_some() || self.is_minor
    }
}

/// How a time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeForm {
    /// As a date with or without a time of day.
    #[default]
    Date,
    /// Excel's count of days since 1900.
    Excel,
    /// Excel's count of days since 1904.
    Excel1904,
    /// Seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMs,
}

/// Reads of how many seconds a time span is counted: `秒`, `分`, `時間`.
pub(crate) fn read_span_unit(text: &str) -> Option<i64> {
    match text.trim() {
        "秒" | "s" | "sec" | "seconds" => Some(1),
        "分" | "m" | "min" | "minutes" => Some(60),
        "時間" | "h" | "hours" => Some(3_600),
        _ => None,
    }
}

/// Reads what an amount is multiplied by: `円`, `千円`, `万円`, `百万円`, `億円`, or a number.
pub(crate) fn read_unit(text: &str) -> Option<i64> {
    match text.trim() {
        "円" | "" | "ドル" => Some(1),
        "千円" | "千" => Some(1_000),
        "万円" | "万" => Some(10_000),
        "百万円" | "百万" => Some(1_000_000),
        "億円" | "億" => Some(100_000_000),
        other => other.parse().ok().filter(|n| (1..=1_000_000_000_000).contains(n)),
    }
}
