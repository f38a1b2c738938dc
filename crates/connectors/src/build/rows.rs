//! From rows under titles to facts: what CSV files and tables have in common.

use std::sync::Arc;

use kizashi_domain::intake::{CustomerNames, Reason, Record, RecordKind};
use kizashi_domain::limits::LINE_BYTES_MAX;
use kizashi_domain::time::Zone;

use super::cells::is_total;
use super::{Cells, EventColumns, Row, Stop, build_record, write_joined};
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
    names: Arc<CustomerNames>,
    /// Customers that the file brings.
    brought: CustomerNames,
    /// A row with what pairs of its columns say together.
    joined: (String, Vec<usize>),
}

impl RowBuilder {
    pub fn new(titles: Vec<String>, layout: Layout, zone: Zone, names: Arc<CustomerNames>) -> Self {
        Self {
            events: if layout.kind == RecordKind::Events { EventColumns::new(&layout) } else { None },
            hash: RowHash::new(&titles),
            titles,
            layout,
            zone,
            equal: EqualRows::default(),
            id: String::new(),
            names,
            brought: CustomerNames::default(),
            joined: Default::default(),
        }
    }

    /// Builds the row into the batch. The inner error refuses the row, the outer one ends the reading.
    pub fn build(&mut self, row: Row<'_>, parsed: &mut Parsed) -> Result<Result<(), Fault>, Error> {
        let Self { layout, zone, events, hash, equal, id, names, brought, joined: (text, ends), .. } = self;
        let own = row;
        let row = if layout.joins.is_empty() {
            own
        } else {
            text.clear();
            ends.clear();
            text.push_str(own.text);
            ends.extend(own.ends);
            write_joined(&layout.joins, text, ends);
            Row { text, ends }
        };
        if let Some(events) = events {
            id.clear();
            id.push_str(events.id(row));
            if id.is_empty() {
                let hash = hash.of(own);
                write_id(hash, equal.number(hash)?, id);
            }
            return Ok(events.build(row, id, zone, &mut parsed.events));
        }
        let cells = Cells { layout, row, zone, names: Some([names, brought]) };
        let built = build_record(&cells, &mut || {
            let hash = hash.of(own);
            write_id(hash, equal.number(hash)?, id);
            Ok(id.clone())
        });
        match built {
            Ok(record) => {
                if let Record::Customer(row) = &record
                    && let Some(name) = &row.name
                {
                    brought.add(&row.external_id, name);
                }
                parsed.records.push(record);
                Ok(Ok(()))
            }
            Err(Stop::Fault(fault)) => Ok(Err(fault)),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// Whether the row is one of totals: the first thing it says is 合計.
    pub fn is_total(row: Row<'_>) -> bool {
        let first = (0..row.ends.len()).map(|i| row.get(i)).find(|text| !text.is_empty());
        first.is_some_and(|text| text.ends_with('計') && is_total(text))
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
