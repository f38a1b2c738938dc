//! Rows of a table (a Parquet file) as events and records.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kizashi_domain::intake::{CustomerNames, Reason, RecordKind, TableDamaged, TableRows};
use kizashi_domain::limits::LINE_BYTES_MAX;
use kizashi_domain::time::Zone;

use crate::build::{Row, RowBuilder};
use crate::error::Error;
use crate::map::{Layout, Map, guess_kind};
use crate::parsed::Parsed;

/// A table that somebody else has opened: what is needed to make facts of it.
pub struct OpenTable {
    /// The file's name as given.
    pub name: String,
    /// Titles of the columns.
    pub titles: Vec<String>,
    /// Columns that its reader had to leave out.
    pub left_out: Vec<String>,
    /// How many rows there are.
    pub rows: u64,
    /// The rows, in batches.
    pub batches: Box<dyn Iterator<Item = Result<TableRows, TableDamaged>> + Send>,
}

/// A table under reading.
pub struct TableReader {
    name: String,
    batches: Box<dyn Iterator<Item = Result<TableRows, TableDamaged>> + Send>,
    rows: RowBuilder,
    taken: Arc<AtomicU64>,
}

impl TableReader {
    /// Binds the columns. `taken` counts the rows.
    pub fn open(
        table: OpenTable,
        kind: Option<RecordKind>,
        map: Option<&Map>,
        zone: Zone,
        names: Arc<CustomerNames>,
        taken: Arc<AtomicU64>,
    ) -> Result<Self, Error> {
        let OpenTable { name, titles, left_out, batches, .. } = table;
        let told = |message| Error::Columns { name: name.clone(), message };
        let kind = kind.or_else(|| guess_kind(&titles)).ok_or_else(|| {
            let there = titles.join(", ");
            told(format!("what the file holds cannot be told from its columns ({there}); say it with --as"))
        })?;
        let mut layout = Layout::bind(kind, map, &titles).map_err(told)?;
        layout.unused.extend(left_out);
        Ok(Self { rows: RowBuilder::new(titles, layout, zone, names), name, batches, taken })
    }

    /// Titles of the columns.
    pub fn titles(&self) -> &[String] {
        &self.rows.titles
    }

    /// Which column is what.
    pub const fn layout(&self) -> &Layout {
        &self.rows.layout
    }

    /// The next batch of rows; nothing at the end.
    pub fn next_batch(&mut self, parsed: &mut Parsed) -> Result<(), Error> {
        let batch = match self.batches.next() {
            None => return Ok(()),
            Some(Ok(batch)) => batch,
            Some(Err(TableDamaged { rows, detail })) => {
                return Err(Error::DamagedTable { name: self.name.clone(), rows, detail });
            }
        };
        for (number, (text, ends)) in (batch.first_row..).zip(batch.iter()) {
            let row = Row { text, ends };
            if RowBuilder::is_total(row) {
                parsed.left_out.push(number);
                continue;
            }
            let built = match self.rows.check(row, "UTF-8") {
                Ok(()) => self.rows.build(row, parsed)?,
                Err(fault) => Err(fault),
            };
            if matches!(&built, Err(fault) if fault.reason == Reason::TotalRow) {
                parsed.left_out.push(number);
                continue;
            }
            parsed.rows += 1;
            if let Err(fault) = built {
                let original = if text.len() > LINE_BYTES_MAX { Vec::new() } else { row.to_fields() };
                parsed.refused.push(fault.at(number, original));
            }
        }
        self.taken.fetch_add(batch.len() as u64, Ordering::Relaxed);
        Ok(())
    }
}
