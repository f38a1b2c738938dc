//! Finds what is stored of the ids that rows name, in all months.

use std::ops::Range;
use std::sync::Arc;

use kizashi_domain::intake::Says;

use super::{Contents, Keyed, KeyedRow, Place};
use crate::error::SourceError;
use crate::ids::IdHash;
use crate::rows::Rows;
use crate::segment::Segment;
use crate::segment::read::EventFile;
use crate::segment::retracted::WITHDRAWN;

/// A stored row of an id that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Place of the first of the keyed rows with this customer and id.
    pub first: u32,
    pub segment: u64,
    pub row: u32,
    pub deleted: bool,
    pub content: u64,
    pub occurred: i64,
    pub received: i64,
    /// `i64::MAX` when it counts.
    pub retracted: i64,
}

/// Rows read at a time.
const READ_ROWS: usize = 16 * 1024;
/// Rows between two hits that are rather read than skipped.
const GAP_ROWS: usize = 1024;
/// From how many asked customers on all ids of a segment are read at once, instead of those of each customer.
const BULK_CUSTOMERS: usize = 200;

/// Stored rows, sorted by the place of their key.
pub fn find_hits(rows: &Rows, keyed: &Keyed, place: &Place<'_>) -> Result<Vec<Hit>, SourceError> {
    let mut hits = Vec::new();
    for segment in place.segments.iter().filter(|s| s.meta.bucket == place.bucket) {
        let found = find_in(segment, rows, keyed, place)?;
        read_contents(segment, &found, &mut hits)?;
    }
    hits.sort_unstable_by_key(|h| (h.first, h.segment, h.row));
    Ok(hits)
}

/// (row, place of its key) in one segment, sorted by row.
fn find_in(
    segment: &Arc<Segment>,
    rows: &Rows,
    keyed: &Keyed,
    place: &Place<'_>,
) -> Result<Vec<(u32, u32)>, SourceError> {
    let directory = segment.directory(place.names)?;
    let mut asked = Vec::new();
    let mut first = 0;
    for group in keyed.rows.chunk_by(|a, b| a.group == b.group) {
        let customer = group.first().map_or(u32::MAX, |k| k.group);
        if let Some(at) = directory.find(rows.customers.get(customer)) {
            asked.push((directory.rows(at), first, group));
        }
        first += group.len();
    }
    let mut found = Vec::new();
    if asked.is_empty() {
        return Ok(found);
    }
    let (file, cells) = (segment.open_file()?, segment.cells(place.names)?);
    let all = if asked.len() > BULK_CUSTOMERS { segment.ids(&file, &cells, 0..cells.rows)? } else { Vec::new() };
    for (range, first, group) in asked {
        let read;
        let ids: &[IdHash] = if all.is_empty() {
            read = segment.ids(&file, &cells, range.clone())?;
            &read
        } else {
            all.get(range.clone()).unwrap_or_default()
        };
        for (row, id) in range.zip(ids) {
            let at = group.partition_point(|k: &KeyedRow| k.id < *id);
            if group.get(at).is_some_and(|k| k.id == *id) {
                found.push((row as u32, (first + at) as u32));
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Reads what the found rows say.
fn read_contents(segment: &Segment, found: &[(u32, u32)], hits: &mut Vec<Hit>) -> Result<(), SourceError> {
    if found.is_empty() {
        return Ok(());
    }
    let file = EventFile::open(segment.path())?;
    let retracted = segment.retracted()?;
    let mut rest = found;
    while let Some(range) = next_run(rest) {
        let rows = file.read(range.clone())?;
        let contents = Contents::new(&rows);
        let n = rest.partition_point(|(row, _)| (*row as usize) < range.end);
        let (run, later) = rest.split_at_checked(n).unwrap_or((rest, &[]));
        rest = later;
        for (row, first) in run {
            let at = *row as usize - range.start;
            let retracted_at = retracted.at(*row as usize).unwrap_or(i64::MAX);
            if retracted_at == WITHDRAWN {
                continue;
            }
            hits.push(Hit {
                first: *first,
                segment: segment.meta.id,
                row: *row,
                deleted: rows.says.get(at) == Some(&Says::Deleted),
                content: contents.of(&rows, at),
                occurred: rows.occurred.get(at).copied().unwrap_or_default(),
                received: rows.received.get(at).copied().unwrap_or_default(),
                retracted: retracted_at,
            });
        }
    }
    Ok(())
}

/// The rows to read next: as far as the found ones lie close together.
fn next_run(found: &[(u32, u32)]) -> Option<Range<usize>> {
    let start = found.first()?.0 as usize;
    let mut end = start + 1;
    for (row, _) in found {
        let row = *row as usize;
        if row >= end + GAP_ROWS || row >= start + READ_ROWS {
            break;
        }
        end = row + 1;
    }
    Some(start..end)
}
