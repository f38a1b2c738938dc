//! All events, one by one.

use kizashi_domain::measure::{HistoryEvent, SourceError};

use crate::ids::IdHash;
use crate::lake::Lake;
use crate::segment::read::EventFile;
use crate::timeline::event;

/// An event with what identifies it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// Stored identity: [`crate::id_hash`] of its source and external id.
    pub id: IdHash,
    /// External id of the customer.
    pub customer: String,
    /// The event.
    pub event: HistoryEvent,
}

/// Rows read at a time.
const READ_ROWS: usize = 64 * 1024;

impl Lake {
    /// Hands every event that counts once to `each`, customer bucket by bucket and month by month, until it says no.
    pub fn export(&self, each: &mut dyn FnMut(Exported) -> bool) -> Result<(), SourceError> {
        let snapshot = self.inner.snapshot();
        let mut segments: Vec<_> = snapshot.segments.iter().collect();
        segments.sort_by_key(|s| (s.meta.bucket, s.meta.month, s.meta.id));
        for segment in segments {
            let file = EventFile::open(segment.path())?;
            let retracted = segment.retracted()?;
            for from in (0..file.rows()).step_by(READ_ROWS) {
                let rows = file.read(from..file.rows().min(from + READ_ROWS))?;
                for (row, (id, customer)) in rows.ids.iter().zip(&rows.customer).enumerate() {
                    if retracted.at(from + row).is_some() {
                        continue;
                    }
                    let customer = rows.customers.get(*customer).to_owned();
                    if !each(Exported { id: *id, customer, event: event(&rows, row) }) {
                        return Ok(());
                    }
                }
            }
        }
        for tail in self.inner.tail_view(&snapshot)?.iter().flatten() {
            let rows = &tail.rows;
            for row in tail.order.iter().map(|r| *r as usize) {
                let (Some(id), Some(customer)) = (rows.ids.get(row), rows.customer.get(row)) else { continue };
                let customer = rows.customers.get(*customer).to_owned();
                if !each(Exported { id: *id, customer, event: event(rows, row) }) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
