//! The port to files: what is asked of a file before it is read, and what comes out of it. `server` implements it over `connectors`
//! and `lake`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::mail::Letter;
use super::{CustomerNames, EventBatch, Reason, Record, RecordKind, Refusal, TableDamaged, TableRows};

/// A batch of what was read: good events, good records and refused rows.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Events; ids are unique within the source, never empty.
    pub events: EventBatch,
    /// Records, in the order in which they stood.
    pub records: Vec<Record>,
    /// Rows or messages that were not taken, by line.
    pub refused: Vec<Refused>,
    /// Letters; whose they are is said when they are kept.
    pub letters: Vec<Letter>,
    /// Which customer a user was said to belong to (group calls): user, customer.
    pub groups: Vec<(String, String)>,
    /// Rows or messages looked at.
    pub rows: u64,
    /// Lines of rows that were left out because they sum up others: 合計. They do not count in `rows`.
    pub left_out: Vec<u64>,
}

impl Parsed {
    /// Nothing was read.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0 && self.left_out.is_empty()
    }
}

/// A row that was not taken, with what is needed to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where and why.
    pub refusal: Refusal,
    /// The row's fields as they stood; one field, the JSON text, for NDJSON and messages.
    pub original: Vec<String>,
}

impl Refused {
    /// Why.
    pub const fn reason(&self) -> &Reason {
        &self.refusal.reason
    }
}

/// What a column is used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// A field of the kind.
    Field(String),
    /// A property of events, under the column's own title.
    Property,
    /// A figure of one's own of a customer, under this name.
    Figure(String),
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// What it is used for.
    pub used: Use,
    /// The title of its column; `None` for a constant.
    pub column: Option<String>,
    /// The constant.
    pub value: Option<String>,
    /// What an amount or figure is multiplied by.
    pub unit: Option<i64>,
}

/// How a file is to be read, as far as it is not to be guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// What it holds.
    pub kind: Option<RecordKind>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Sheets of the same upload that were brought in already.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sheets_done: Vec<String>,
    /// The encoding.
    pub encoding: Option<String>,
    /// Name of the source.
    pub source: String,
    /// Which column is what; empty when it is to be guessed.
    pub bindings: Vec<Binding>,
}

impl Wish {
    /// The same as the text of a map file, which the command line and the pages read.
    pub fn map_text(&self) -> String {
        use toml::{Table, Value};
        let text = |t: &str| Value::String(t.to_owned());
        let place = |b: &Binding| match (&b.column, &b.value, b.unit) {
            (Some(column), _, None) => text(column),
            (Some(column), _, Some(unit)) => {
                Value::Table(Table::from_iter([("column".to_owned(), text(column)), ("unit".to_owned(), unit.into())]))
            }
            (None, value, _) => {
                Value::Table(Table::from_iter([("value".to_owned(), text(value.as_deref().unwrap_or_default()))]))
            }
        };
        let (mut columns, mut figures, mut properties) = (Table::new(), Table::new(), Vec::new());
        for binding in &self.bindings {
            match &binding.used {
                Use::Field(name) => match (columns.get(name).cloned(), &binding.column) {
                    // A second column goes behind the first.
                    (Some(first), Some(behind)) => {
                        let first = match first {
                            Value::Table(table) => table,
                            column => Table::from_iter([("column".to_owned(), column)]),
                        };
                        let with = [("with".to_owned(), text(behind))];
                        columns.insert(name.clone(), Value::Table(first.into_iter().chain(with).collect()));
                    }
                    _ => drop(columns.insert(name.clone(), place(binding))),
                },
                Use::Figure(name) => drop(figures.insert(name.clone(), place(binding))),
                Use::Property => properties.extend(binding.column.as_deref().map(text)),
            }
        }
        let mut map = Table::new();
        map.insert("source".to_owned(), text(&self.source));
        if let Some(kind) = self.kind {
            map.insert("as".to_owned(), text(kind.word()));
        }
        if let Some(encoding) = &self.encoding {
            map.insert("encoding".to_owned(), text(encoding));
        }
        if !properties.is_empty() {
            map.insert("properties".to_owned(), Value::Array(properties));
        }
        for (name, table) in [("columns", columns), ("figures", figures)] {
            if !table.is_empty() {
                map.insert(name.to_owned(), Value::Table(table));
            }
        }
        toml::to_string(&map).unwrap_or_default()
    }
}

/// A column as it looks before anything is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnLook {
    /// Its title.
    pub title: String,
    /// The first values that are there.
    pub samples: Vec<String>,
    /// What it is used for.
    pub used: Option<Use>,
    /// What its title says that amounts are multiplied by.
    pub unit: Option<i64>,
}

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetLook {
    /// Its name.
    pub name: String,
    /// What it seems to hold.
    pub kind: Option<RecordKind>,
    /// Rows with any text below its headings; as many as are counted.
    pub rows: usize,
    /// There are more.
    pub has_more: bool,
}

/// What a file looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The encoding of a file of text.
    pub encoding: Option<String>,
    /// The sheets of a workbook; empty for other files.
    pub sheets: Vec<SheetLook>,
    /// The sheet that was looked at.
    pub sheet: Option<String>,
    /// What it holds, wished or guessed.
    pub kind: Option<RecordKind>,
    /// Its columns; empty for messages in the Segment form, which name their fields themselves.
    pub columns: Vec<ColumnLook>,
    /// Fields with constants.
    pub constants: Vec<(String, String)>,
    /// Fields that must be there and are not.
    pub lacking: Vec<String>,
    /// It holds letters, which are read as they are.
    pub is_mail: bool,
}

/// A field of a kind, to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldLook {
    /// Its name in map files.
    pub name: &'static str,
    /// It must be there.
    pub required: bool,
    /// It is an amount or a figure.
    pub is_figure: bool,
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Encrypted.
    Locked,
    /// It swells without end.
    Bomb,
    /// Broken, or not what it says it is.
    Broken,
    /// Larger than what is read.
    TooLarge,
    /// A kind of file that is not understood.
    Unsupported,
    /// Columns are missing, or none can be told.
    Columns,
    /// Its end is missing.
    Damaged,
    /// It is no longer there.
    Gone,
}

impl Look {
    /// How the file is read, said out loud: what was guessed becomes a wish.
    pub fn wish(&self, wish: &Wish) -> Wish {
        let of_column = |c: &ColumnLook| {
            let unit =
                wish.bindings.iter().find(|b| b.column.as_ref() == Some(&c.title)).and_then(|b| b.unit).or(c.unit);
            Some(Binding {
                used: c.used.clone()?,
                column: Some(c.title.clone()),
                value: None,
                unit: unit.filter(|u| *u != 1),
            })
        };
        let constants = self.constants.iter().map(|(field, value)| Binding {
            used: Use::Field(field.clone()),
            column: None,
            value: Some(value.clone()),
            unit: None,
        });
        let bindings = self.columns.iter().filter_map(of_column).chain(constants).collect();
        Wish { kind: self.kind, bindings, ..wish.clone() }
    }

    /// The sheets with rows that nobody brought in yet, in their order.
    pub fn sheets_left<'a>(&'a self, done: &'a [String]) -> impl Iterator<Item = &'a SheetLook> {
        self.sheets.iter().filter(|sheet| sheet.rows > 0 && !done.contains(&sheet.name))
    }
}

impl Fault {
    /// Its word in keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Bomb => "bomb",
            Self::Broken => "broken",
            Self::TooLarge => "too-large",
            Self::Unsupported => "unsupported",
            Self::Columns => "columns",
            Self::Damaged => "damaged",
            Self::Gone => "gone",
        }
    }
}

/// A file that cannot be read, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct Unreadable {
    /// Why.
    pub fault: Fault,
    /// The whole of it, in English.
    pub said: String,
}

/// What is known of customers when a file is read.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Users and their customers.
    pub groups: Vec<(String, String)>,
    /// Customers by name.
    pub names: Arc<CustomerNames>,
}

/// A file under reading.
pub trait FileRows: Send {
    /// The next batch; after an error nothing more comes.
    fn next_batch(&mut self) -> Option<Result<Parsed, Unreadable>>;
    /// How much of it was read, and how much there is.
    fn progress(&self) -> (u64, Option<u64>);
    /// What it holds.
    fn kind(&self) -> RecordKind;
    /// Titles of its columns.
    fn titles(&self) -> &[String];
}

/// A file of refused rows under writing.
pub trait Rejects: Send {
    /// Writes a row and why it was refused.
    fn write(&mut self, refused: &Refused, reason: &str) -> io::Result<()>;
    /// Ends the file.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Understands files, and keeps those that a browser brought.
pub trait Files: Send + Sync {
    /// Where files lie that a browser brought.
    fn folder(&self) -> &Path;
    /// The fields of a kind.
    fn fields(&self, kind: RecordKind) -> Vec<FieldLook>;
    /// Looks at the beginning of a file.
    fn look(&self, path: &Path, wish: &Wish) -> Result<Look, Unreadable>;
    /// Opens a file.
    fn open(&self, path: &Path, wish: &Wish, known: &Known) -> Result<Box<dyn FileRows>, Unreadable>;
    /// Looks at rows that did not come in a file.
    fn look_at_rows(&self, titles: Vec<String>, rows: &[Vec<String>], wish: &Wish) -> Look;
    /// Reads rows that do not come in a file.
    fn open_rows(
        &self,
        titles: Vec<String>,
        batches: Box<dyn Iterator<Item = Result<TableRows, TableDamaged>> + Send>,
        wish: &Wish,
        known: &Known,
    ) -> Result<Box<dyn FileRows>, Unreadable>;
    /// Reads the text of a map file; what it says that a wish cannot say is told, with its place.
    fn read_map(&self, _text: &str) -> Result<Wish, String> {
        Err("no maps are read here".to_owned())
    }
    /// Begins a file of refused rows under titles.
    fn reject(&self, path: &Path, titles: &[String]) -> io::Result<Box<dyn Rejects>>;
}
