//! From rows under titles to facts: what CSV files and tables have in common.

use kizashi_domain::intake::{Reason, RecordKind};
use kizashi_domain::limits::LINE_BYTES_MAX;
use kizashi_domain::time::Zone;

use super::{Cells, EventColumns, Row, Stop, build_record};
use crate::error::Error;
use crate::ids::{EqualRows, RowHash, write_id};
use crate::input::BROKEN;
use crate::map::Layout;
use crate::parsed::{Fault, Parsed};

/// Makes an event or a record of each row.
pub struct RowBuilder {
    pub titles: Vec<String>,
    pub layout: Layout,
    pub equal: EqualRows,
    zone: Zone,
    events: Option<EventColumns>,
    hash: RowHash,
    id: String,
}

impl RowBuilder {
    pub fn new(titles: Vec<String>, layout: Layout, zone: Zone) -> Self {
        Self {
            events: if layout.kind == RecordKind::Events { EventColumns::new(&layout) } else { None },
            hash: RowHash::new(&titles),
            titles,
            layout,
            zone,
            equal: EqualRows::default(),
            id: String::new(),
        }
    }

    /// Builds the row into the batch. The inner error refuses the row, the outer one ends the reading.
    pub fn build(&mut self, row: Row<'_>, parsed: &mut Parsed) -> Result<Result<(), Fault>, Error> {
        let Self { layout, zone, events, hash, equal, id, .. } = self;
        if let Some(events) = events {
            id.clear();
            id.push_str(events.id(row));
            if id.is_empty() {
                let hash = hash.of(row);
                write_id(hash, equal.number(hash)?, id);
            }
            return Ok(events.build(row, id, zone, &mut parsed.events));
        }
        let cells = Cells { layout, row, zone };
        let built = build_record(&cells, &mut || {
            let hash = hash.of(row);
            write_id(hash, equal.number(hash)?, id);
            Ok(id.clone())
        });
        match built {
            Ok(record) => {
                parsed.records.push(record);
                Ok(Ok(()))
            }
            Err(Stop::Fault(fault)) => Ok(Err(fault)),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// Whether the row has the fields that the titles name, and nothing that is no text.
    pub fn check(&self, row: Row<'_>, encoding: &str) -> Result<(), Fault> {
        if row.ends.len() != self.titles.len() {
            return Err(Fault::of_row(Reason::FieldCount { expected: self.titles.len(), found: row.ends.len() }));
        }
        if row.text.len() > LINE_BYTES_MAX {
            return Err(Fault::of_row(Reason::TooLarge { max: LINE_BYTES_MAX }));
        }
        if memchr::memmem::find(row.text.as_bytes(), "\u{FDD1}".as_bytes()).is_some() {
            let index = (0..row.ends.len()).find(|i| row.raw(*i).contains(BROKEN)).unwrap_or(0);
            let title = self.titles.get(index).map_or("", String::as_str);
            let shown = row.raw(index).replace(BROKEN, "\u{FFFD}");
            return Err(Fault::new(title, &shown, Reason::BadEncoding { encoding: encoding.to_owned() }));
        }
        Ok(())
    }
}
