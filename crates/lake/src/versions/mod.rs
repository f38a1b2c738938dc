//! What rows say about events that may be known already: corrections, deletions and repetitions, compared with everything that
//! is stored of their ids in any month.

mod decide;
mod find;

use std::collections::HashSet;
use std::sync::Arc;

use kizashi_domain::intake::Says;
use xxhash_rust::xxh3::xxh3_64;

use crate::arrange::Fate;
use crate::error::SourceError;
use crate::ids::{IdHash, text_hash};
use crate::names::NameBook;
use crate::rows::Rows;
use crate::segment::Segment;
use crate::segment::retracted::WITHDRAWN;
use crate::texts::Texts;
use decide::{History, Said, Verdict};
use find::{Hit, find_hits};

/// What becomes of the rows of a load that say something about an event: which stay, and which rows, of them or stored,
/// no longer count from when on.
#[derive(Default)]
pub struct Settled {
    /// By row; empty when no row says more than that something happened.
    pub fates: Vec<Fate>,
    /// (row, instant) of rows of the load, sorted.
    pub retracted: Vec<(u32, i64)>,
    /// By segment, what changes of stored rows.
    pub changes: Vec<(u64, Change)>,
    pub corrected: u64,
    pub deleted: u64,
    pub duplicates: u64,
}

/// A stored row no longer counts from another instant on.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    pub row: u32,
    /// `i64::MAX`: it counts.
    pub at: i64,
    pub occurred: i64,
}

/// Where the rows of a bucket are looked for.
pub struct Place<'a> {
    pub segments: &'a [Arc<Segment>],
    pub bucket: u32,
    pub names: &'a NameBook,
}

/// Settles the rows that correct or delete. Rows of unknown receipt that correct are learned `now`.
pub fn settle(rows: &mut Rows, place: &Place<'_>, now: i64) -> Result<Settled, SourceError> {
    let mut settled = Settled::default();
    if rows.says.iter().all(|s| *s == Says::Once) {
        return Ok(settled);
    }
    settled.fates = rows.says.iter().map(|s| if *s == Says::Once { Fate::First } else { Fate::Stay }).collect();
    let keyed = Keyed::new(rows);
    let hits = find_hits(rows, &keyed, place)?;
    let contents = Contents::new(rows);
    let mut hits = hits.as_slice();
    let mut first = 0;
    for group in keyed.rows.chunk_by(|a, b| a.group == b.group && a.id == b.id) {
        let n = hits.partition_point(|h| h.first as usize == first);
        let (stored, later) = hits.split_at_checked(n).unwrap_or((hits, &[]));
        hits = later;
        first += group.len();
        if !stored.is_empty() || group.len() > 1 || is_deletion(rows, group) {
            settled.settle_group(rows, &contents, group, stored, now);
        }
    }
    settled.retracted.sort_unstable();
    Ok(settled)
}

fn is_deletion(rows: &Rows, group: &[KeyedRow]) -> bool {
    group.iter().any(|k| rows.says.get(k.row as usize) == Some(&Says::Deleted))
}

impl Settled {
    fn settle_group(&mut self, rows: &mut Rows, contents: &Contents, group: &[KeyedRow], stored: &[Hit], now: i64) {
        let said = |k: &KeyedRow| Said::of(rows, contents, k.row);
        if let ([hit], [one]) = (stored, group)
            && said(one).is_some_and(|s| hit.is_said_by(&s))
        {
            return self.leave_out(one.row);
        }
        let mut history = History::new(stored);
        for keyed in group {
            let Some(said) = said(keyed) else { continue };
            match history.take(said, now) {
                Verdict::Duplicate => self.leave_out(keyed.row),
                Verdict::Added => {}
                Verdict::Corrected => self.corrected += 1,
                Verdict::Deleted => self.deleted += 1,
            }
        }
        for end in history.ends() {
            match end.stored {
                Some(hit) if hit.retracted != end.at => {
                    let change = Change { row: hit.row, at: end.at, occurred: hit.occurred };
                    self.changes.push((hit.segment, change));
                }
                Some(_) => {}
                None => {
                    let at = end.row as usize;
                    if let (Some(received), Some(assumed)) = (rows.received.get_mut(at), rows.assumed.get_mut(at)) {
                        (*received, *assumed) = (end.received, end.assumed);
                    }
                    if end.at != i64::MAX {
                        self.retracted.push((end.row, end.at));
                    }
                }
            }
        }
    }

    fn leave_out(&mut self, row: u32) {
        self.duplicates += 1;
        if let Some(fate) = self.fates.get_mut(row as usize) {
            *fate = Fate::Out;
        }
    }
}

/// A row and its key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct KeyedRow {
    /// Code of the customer.
    group: u32,
    id: IdHash,
    row: u32,
}

/// The rows that say something, by customer, id and arrival.
struct Keyed {
    rows: Vec<KeyedRow>,
}

impl Keyed {
    fn new(rows: &Rows) -> Self {
        let says = rows.says.iter().zip(&rows.customer).zip(&rows.ids).enumerate();
        let mut keyed: Vec<KeyedRow> = says
            .filter(|(_, ((says, _), _))| **says != Says::Once)
            .map(|(row, ((_, customer), id))| KeyedRow { group: *customer, id: *id, row: row as u32 })
            .collect();
        keyed.sort_unstable();
        Self { rows: keyed }
    }
}

/// What a row says apart from when that was learned, as a number.
pub struct Contents {
    users: Vec<u64>,
    names: Vec<u64>,
    properties: Vec<u64>,
}

impl Contents {
    pub fn new(rows: &Rows) -> Self {
        let hashes = |texts: &Texts| texts.iter().map(text_hash).collect();
        Self { users: hashes(&rows.users), names: hashes(&rows.names), properties: hashes(&rows.properties) }
    }

    pub fn of(&self, rows: &Rows, row: usize) -> u64 {
        let text = |hashes: &[u64], codes: &[u32]| {
            codes.get(row).and_then(|c| hashes.get(*c as usize)).copied().unwrap_or_default()
        };
        let value = rows.value.get(row).copied().filter(|v| !v.is_nan());
        let parts = [
            rows.occurred.get(row).copied().unwrap_or_default().cast_unsigned(),
            text(&self.users, &rows.user),
            text(&self.names, &rows.name),
            text(&self.properties, &rows.property),
            value.map_or(u64::MAX, f64::to_bits),
        ];
        xxh3_64(parts.map(u64::to_le_bytes).as_flattened())
    }
}

impl Said {
    fn of(rows: &Rows, contents: &Contents, row: u32) -> Option<Self> {
        let at = row as usize;
        Some(Self {
            row,
            received: *rows.received.get(at)?,
            assumed: *rows.assumed.get(at)?,
            deleted: *rows.says.get(at)? == Says::Deleted,
            content: contents.of(rows, at),
        })
    }
}

/// What taking rows back changes.
#[derive(Default)]
pub struct TakenBack {
    pub events: u64,
    pub touched: Vec<String>,
    /// By segment.
    pub changes: Vec<(u64, Change)>,
}

/// Finds the stored rows that are asked for, by what they say and when that was learned (`None`: whatever they say), and what their going changes of the rows that stay.
pub fn find_withdrawn(rows: &Rows, said: &[Option<(u64, i64)>], place: &Place<'_>) -> Result<TakenBack, SourceError> {
    let keyed = Keyed::new(rows);
    let hits = find_hits(rows, &keyed, place)?;
    let mut hits = hits.as_slice();
    let mut first = 0;
    let mut found = TakenBack::default();
    for group in keyed.rows.chunk_by(|a, b| a.group == b.group && a.id == b.id) {
        let n = hits.partition_point(|h| h.first as usize == first);
        let (stored, later) = hits.split_at_checked(n).unwrap_or((hits, &[]));
        hits = later;
        first += group.len();
        let Some(key) = group.first() else { continue };
        let customer = rows.customers.get(key.group);
        let brought: HashSet<Option<(u64, i64)>> =
            group.iter().filter_map(|k| said.get(k.row as usize)).copied().collect();
        let goes = |h: &Hit| brought.contains(&None) || brought.contains(&Some((h.content, h.received)));
        let (gone, stay): (Vec<Hit>, Vec<Hit>) = stored.iter().copied().partition(goes);
        if gone.is_empty() {
            continue;
        }
        found.events += gone.len() as u64;
        if found.touched.last().is_none_or(|last| last != customer) {
            found.touched.push(customer.to_owned());
        }
        found
            .changes
            .extend(gone.iter().map(|h| (h.segment, Change { row: h.row, at: WITHDRAWN, occurred: h.occurred })));
        // What was corrected or deleted by a row that is gone holds again, as far as nothing later says otherwise.
        if stay.iter().all(|h| h.retracted == i64::MAX) {
            continue;
        }
        for end in History::new(&stay).ends() {
            if let Some(hit) = end.stored.filter(|hit| hit.retracted != end.at) {
                found.changes.push((hit.segment, Change { row: hit.row, at: end.at, occurred: hit.occurred }));
            }
        }
    }
    Ok(found)
}
