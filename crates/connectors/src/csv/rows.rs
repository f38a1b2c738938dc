//! Rows of a CSV file as events and records.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use kizashi_domain::intake::{CustomerNames, Reason, RecordKind};
use kizashi_domain::limits::{LINE_BYTES_MAX, READ_ROWS_MAX};
use kizashi_domain::time::Zone;

use super::headings::{Headings, NoHeadings, find_headings};
use super::records::{Found, Records};
use crate::build::{Row, RowBuilder};
use crate::error::Error;
use crate::input::{Decode, Input, find_encoding};
use crate::map::{Layout, Map};
use crate::ndjson::{LineParser, Lines, ObjectParser};
use crate::parsed::{Fault, Parsed};

/// A CSV file under reading.
pub struct CsvReader {
    name: String,
    taken: Arc<AtomicU64>,
    records: Records,
    rows: RowBuilder,
    /// A file of refused NDJSON lines: the lines are in the column of this index.
    json: Option<(usize, Lines)>,
    failed: bool,
}

impl CsvReader {
    /// Finds the row of headings and binds the columns.
    pub fn open(
        input: Input,
        kind: Option<RecordKind>,
        map: Option<&Map>,
        tabs: bool,
        zone: Zone,
        names: Arc<CustomerNames>,
        lines: LineParser,
    ) -> Result<Self, Error> {
        let Input { bytes, taken, name, .. } = input;
        let encoding = map.and_then(|m| m.encoding.as_deref()).and_then(find_encoding);
        let mut records = Records::new(Decode::new(bytes, encoding), b',');
        let headings = find_headings(&mut records, kind, map, tabs).map_err(|e| match e {
            NoHeadings::Io(error) => Input::explain(&name, &taken, records.found_line(), error),
            NoHeadings::Columns(message) => Error::Columns { name: name.clone(), message },
        })?;
        let Headings { titles, layout, json, .. } = headings;
        let kind = layout.kind;
        let json = match json {
            None => None,
            Some(index) if kind == RecordKind::Events && map.is_none_or(|m| m.columns.is_empty()) => {
                Some((index, Lines::Messages(Box::new(lines))))
            }
            Some(index) => {
                let objects = ObjectParser::new(kind, map.cloned(), zone.clone())
                    .map_err(|message| Error::Columns { name: name.clone(), message })?;
                Some((index, Lines::Objects(Box::new(objects))))
            }
        };
        Ok(Self { rows: RowBuilder::new(titles, layout, zone, names), name, taken, records, json, failed: false })
    }

    /// Titles of the columns.
    pub fn titles(&self) -> &[String] {
        &self.rows.titles
    }

    /// Which column is what.
    pub const fn layout(&self) -> &Layout {
        &self.rows.layout
    }

    /// The encoding as far as it is known.
    pub fn encoding(&self) -> &'static str {
        self.records.encoding()
    }

    /// The next batch of rows; `None` at the end. After an error nothing more comes.
    pub fn next_batch(&mut self, parsed: &mut Parsed) -> Result<(), Error> {
        if self.failed {
            return Ok(());
        }
        let done = self.read_batch(parsed);
        self.failed = done.is_err();
        done
    }

    fn read_batch(&mut self, parsed: &mut Parsed) -> Result<(), Error> {
        while parsed.rows < READ_ROWS_MAX as u64 {
            let found = self.records.find();
            let line = self.records.found_line();
            let found = found.map_err(|error| Input::explain(&self.name, &self.taken, line, error))?;
            let refused = match found {
                Found::End => break,
                Found::TooLong => Err(Fault::of_row(Reason::TooLarge { max: LINE_BYTES_MAX })),
                Found::Unclosed => Err(Fault::of_row(Reason::UnclosedQuote)),
                Found::Row => match self.read_row(line, parsed)? {
                    Some(built) => built,
                    None => continue,
                },
            };
            if matches!(&refused, Err(fault) if fault.reason == Reason::TotalRow) {
                parsed.left_out.push(line);
                continue;
            }
            parsed.rows += 1;
            if let Err(fault) = refused {
                let original = match found {
                    Found::Row => self.records.row().map(|row| row.to_fields()).unwrap_or_default(),
                    _ => Vec::new(),
                };
                parsed.refused.push(fault.at(line, original));
            }
        }
        Ok(())
    }

    /// Reads the row found last; `None` when there is nothing to count: a row without any text, or one that counts itself.
    fn read_row(&mut self, line: u64, parsed: &mut Parsed) -> Result<Option<Result<(), Fault>>, Error> {
        let Self { records, rows, json, .. } = self;
        let Some(row) = records.row() else { return Ok(None) };
        if row.text.is_empty() {
            return Ok(None);
        }
        let row = trim_row(row, rows.titles.len());
        if json.is_none() && RowBuilder::is_total(row) {
            return Ok(Some(Err(Fault::of_row(Reason::TotalRow))));
        }
        if let Err(fault) = rows.check(row, records.encoding()) {
            return Ok(Some(Err(fault)));
        }
        if let Some((index, lines)) = json {
            lines.parse_line(row.get(*index), line, &mut rows.equal, parsed)?;
            return Ok(None);
        }
        rows.build(row, parsed).map(Some)
    }
}

/// Without empty fields behind the last title, as spreadsheets leave them.
fn trim_row(row: Row<'_>, titles: usize) -> Row<'_> {
    let mut ends = row.ends;
    while ends.len() > titles {
        let Some((last, front)) = ends.split_last() else { break };
        if front.last().is_some_and(|before| before < last) {
            break;
        }
        ends = front;
    }
    Row { text: row.text, ends }
}
