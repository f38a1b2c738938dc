//! Builds the cells of a segment: what the kernel reads, derived from the Parquet file and rebuilt from it when need be.
//!
//! ```text
//! magic · version · length and CRC of the header · header
//! directory (customers, rows and users of each) · form of the values · hashes of the users · blocks of rows
//! ```

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;

use kizashi_domain::time::Zone;

use crate::days::DayClock;
use crate::error::{SourceError, told};
use crate::ids::{USER_BYTES, user_hash};
use crate::rows::Rows;
use crate::segment::planes::Packer;
use crate::segment::read::IdRun;
use crate::segment::summary::{Count, SourceSummary, Sums};
use crate::segment::values::Values;
use crate::texts::NONE;
use crate::wire::Put;

pub const MAGIC: [u8; 8] = *b"KZCELLS\n";
/// Version of the cells' form. Another one is rebuilt.
pub const VERSION: u32 = 3;
/// Rows of a block.
pub const BLOCK_ROWS: usize = 16 * 1024;
/// The rows of a segment, in its order.
pub struct Sorted<'a> {
    pub rows: &'a Rows,
    pub order: &'a [u32],
    /// Code of an event name in the lake, by its code in the rows.
    pub names: &'a [u32],
    /// (place in the order, instant) of the rows that no longer count, sorted.
    pub retracted: &'a [(u32, i64)],
}

/// Which file the cells belong to, and in which zone they count days.
pub struct Origin<'a> {
    pub crc: u32,
    pub zone: &'a Zone,
    pub zone_name: &'a str,
    pub id_runs: &'a [IdRun],
}

/// What was built.
pub struct Built {
    pub bytes: u64,
    pub customers: u64,
    pub sources: Vec<SourceSummary>,
}

/// Columns of all rows in order.
#[derive(Default)]
pub struct Columns {
    pub days: Vec<i32>,
    /// Days from the event to its receipt.
    pub late: Vec<i32>,
    pub names: Vec<u32>,
    /// 0 = unknown, else one above the code within the customer.
    pub users: Vec<u32>,
    /// What [`super::view::Directory::read`] reads.
    pub directory: Put,
    /// Hashes of the users, customer by customer, sorted within each.
    pub hashes: Vec<u64>,
    pub customers: u64,
    pub sums: Sums,
}

/// Writes the cells beside the Parquet file. They are not flushed: whoever finds them damaged builds them again.
pub fn write_cells(path: &Path, sorted: &Sorted<'_>, origin: &Origin<'_>) -> Result<Built, SourceError> {
    let columns = columns(sorted, origin.zone);
    let (bytes, built) = encode(sorted, origin, columns).map_err(told)?;
    let tmp = path.with_extension("tmp");
    let mut file = File::create(&tmp).map_err(told)?;
    file.write_all(&bytes).map_err(told)?;
    drop(file);
    std::fs::rename(&tmp, path).map_err(told)?;
    Ok(built)
}

/// Works out the columns of rows that are sorted by customer and time.
pub fn columns(sorted: &Sorted<'_>, zone: &Zone) -> Columns {
    let rows = sorted.rows;
    let mut out = Columns::default();
    let mut clock = DayClock::new(zone);
    let mut received_clock = DayClock::new(zone);
    let mut counted = Counted::default();
    // By code in the rows: the customer's place it was last seen at, and its code within that customer.
    let mut local: Vec<(u64, u32)> = vec![(0, 0); rows.users.len()];
    let mut users: Vec<(u64, u32)> = Vec::new();
    let customer_of = |row: &u32| rows.customer.get(*row as usize).copied().unwrap_or_default();
    for run in sorted.order.chunk_by(|a, b| customer_of(a) == customer_of(b)) {
        let customer = run.first().map(customer_of).unwrap_or_default();
        out.customers += 1;
        users.clear();
        for row in run {
            let at = *row as usize;
            let occurred = rows.occurred.get(at).copied().unwrap_or_default();
            let received = rows.received.get(at).copied().unwrap_or_default();
            let day = clock.day_of(occurred);
            out.days.push(day);
            let late = if received == occurred { 0 } else { received_clock.day_of(received).wrapping_sub(day) };
            out.late.push(late);
            out.names.push(rows.name.get(at).and_then(|n| sorted.names.get(*n as usize)).copied().unwrap_or_default());
            let user = rows.user.get(at).copied().unwrap_or(NONE);
            out.users.push(user);
            if let Some(seen) = local.get_mut(user as usize)
                && seen.0 != out.customers
            {
                *seen = (out.customers, 0);
                users.push((user_hash(rows.users.get(user)), user));
            }
            let place = out.days.len() as u32 - 1;
            let counts = sorted.retracted.is_empty() || sorted.retracted.binary_search_by_key(&place, |r| r.0).is_err();
            let source = rows.source.get(at).copied().unwrap_or_default();
            let name = rows.name.get(at).copied().unwrap_or_default();
            let count = Count { events: u64::from(counts), last_received: received, last_occurred: occurred };
            counted.add(source, day, count);
            counted.note_name(source, name);
            if !rows.assumed.get(at).copied().unwrap_or(false) {
                counted.note_received(source, day.wrapping_add(late));
            }
        }
        // Codes by hash, so that merging the users of several segments is a walk.
        users.sort_unstable();
        for (code, (hash, user)) in users.iter().enumerate() {
            if let Some(seen) = local.get_mut(*user as usize) {
                seen.1 = code as u32 + 1;
            }
            out.hashes.push(*hash);
        }
        let from = out.users.len() - run.len();
        for user in out.users.iter_mut().skip(from) {
            *user = local.get(*user as usize).map_or(0, |seen| seen.1);
        }
        let text = rows.customers.get(customer);
        out.directory.varint(text.len() as u64);
        out.directory.0.extend_from_slice(text.as_bytes());
        out.directory.varint(run.len() as u64);
        out.directory.varint(users.len() as u64);
    }
    out.sums = counted.sums(rows, sorted.names);
    out
}

/// How rows arrived, as they are: what comes twice counts twice. `names` are the codes of their names in the lake.
pub fn tally(rows: &Rows, names: &[u32], zone: &Zone) -> Sums {
    let (mut clock, mut counted) = (DayClock::new(zone), Counted::default());
    let times = rows.occurred.iter().zip(&rows.received).zip(&rows.assumed);
    for (((occurred, received), assumed), (source, name)) in times.zip(rows.source.iter().zip(&rows.name)) {
        let count = Count { events: 1, last_received: *received, last_occurred: *occurred };
        counted.add(*source, clock.day_of(*occurred), count);
        counted.note_name(*source, *name);
        if !assumed {
            counted.note_received(*source, clock.day_of(*received));
        }
    }
    counted.sums(rows, names)
}

/// Events by source and day; those of one customer come in runs.
#[derive(Default)]
struct Counted {
    run: Option<((u32, i32), Count)>,
    all: HashMap<(u32, i32), Count>,
    /// (source, day of receipt)
    received: HashSet<(u32, i32)>,
    last_received: Option<(u32, i32)>,
    /// By source, whether each name of the rows occurs.
    names: Vec<Vec<bool>>,
}

impl Counted {
    fn add(&mut self, source: u32, day: i32, one: Count) {
        let key = (source, day);
        match &mut self.run {
            Some((same, count)) if *same == key => count.add(one),
            _ => {
                self.flush();
                self.run = Some((key, one));
            }
        }
    }

    fn note_received(&mut self, source: u32, day: i32) {
        let key = Some((source, day));
        if self.last_received != key {
            self.last_received = key;
            self.received.insert((source, day));
        }
    }

    fn note_name(&mut self, source: u32, name: u32) {
        let (source, name) = (source as usize, name as usize);
        if let Some(seen) = self.names.get_mut(source).and_then(|of| of.get_mut(name)) {
            *seen = true;
            return;
        }
        if self.names.len() <= source {
            self.names.resize(source + 1, Vec::new());
        }
        if let Some(of) = self.names.get_mut(source) {
            of.resize(of.len().max(name + 1), false);
            if let Some(seen) = of.get_mut(name) {
                *seen = true;
            }
        }
    }

    fn flush(&mut self) {
        if let Some((key, run)) = self.run.take() {
            self.all.entry(key).or_default().add(run);
        }
    }

    /// `codes` are the codes of the rows' names in the lake.
    fn sums(mut self, rows: &Rows, codes: &[u32]) -> Sums {
        self.flush();
        let mut sums = Sums::default();
        for ((source, day), count) in self.all {
            sums.count(rows.sources.get(source), day, count);
        }
        for (source, day) in self.received {
            sums.note_received(rows.sources.get(source), [day]);
        }
        for (source, seen) in (0_u32..).zip(&self.names) {
            let names = seen.iter().zip(codes).filter(|(seen, _)| **seen).map(|(_, code)| *code);
            // Not every source of the rows has rows here.
            if seen.contains(&true) {
                sums.note_names(rows.sources.get(source), names);
            }
        }
        sums
    }
}

fn encode(sorted: &Sorted<'_>, origin: &Origin<'_>, columns: Columns) -> std::io::Result<(Vec<u8>, Built)> {
    let mut packer = Packer::new()?;
    let base = columns.days.iter().copied().min().unwrap_or(0);
    let top = columns.days.iter().copied().max().unwrap_or(0);
    let narrow = top.checked_sub(base).is_some_and(|span| span < 256);
    let values: Vec<f64> =
        sorted.order.iter().map(|r| sorted.rows.value.get(*r as usize).copied().unwrap_or(f64::NAN)).collect();
    let values = Values::new(values);
    let mut blocks = Vec::new();
    for from in (0..columns.days.len()).step_by(BLOCK_ROWS) {
        let mut put = Put::default();
        let days = window(&columns.days, from);
        if narrow {
            let mut last = 0_u8;
            let steps = days.iter().map(|d| {
                let day = d.wrapping_sub(base) as u8;
                let step = day.wrapping_sub(last);
                last = day;
                step
            });
            packer.plane(&mut put, steps)?;
        } else {
            packer.codes(&mut put, &days.iter().map(|d| d.wrapping_sub(base) as u32).collect::<Vec<_>>())?;
        }
        packer.codes(&mut put, window(&columns.names, from))?;
        packer.codes(&mut put, window(&columns.users, from))?;
        values.pack(&mut packer, &mut put, from, from + days.len())?;
        let late = window(&columns.late, from);
        packer.codes(&mut put, &late.iter().map(|l| zigzag(*l)).collect::<Vec<_>>())?;
        blocks.push((days.len(), put.0));
    }
    let directory = zstd::bulk::compress(&columns.directory.0, 3)?;
    let hashes: Vec<u8> = columns.hashes.iter().flat_map(|h| h.to_le_bytes().into_iter().take(USER_BYTES)).collect();
    let (form, needed) = values.form();
    let sections = [directory, needed, hashes];
    let mut header = Put::default();
    header.bytes(origin.zone_name.as_bytes());
    header.u32(origin.crc);
    header.len(sorted.order.len());
    header.i64(i64::from(base));
    header.u8(u8::from(narrow));
    header.u8(form);
    header.len(origin.id_runs.len());
    for run in origin.id_runs {
        header.u64(run.offset);
        header.u64(run.rows);
    }
    header.len(columns.customers as usize);
    header.len(columns.directory.0.len());
    let file = assemble(header, &sections, &blocks);
    let built = Built { bytes: file.0.len() as u64, customers: columns.customers, sources: columns.sums.summaries() };
    Ok((file.0, built))
}

/// The whole file: its mark, the header with the size and checksum of every part, the parts.
fn assemble(mut header: Put, sections: &[Vec<u8>; 3], blocks: &[(usize, Vec<u8>)]) -> Put {
    for section in sections {
        header.len(section.len());
        header.u32(crc32fast::hash(section));
    }
    header.len(blocks.len());
    for (rows, block) in blocks {
        header.u32(*rows as u32);
        header.len(block.len());
        header.u32(crc32fast::hash(block));
    }
    let mut file = Put::default();
    file.0.extend_from_slice(&MAGIC);
    file.u32(VERSION);
    file.u32(crc32fast::hash(&header.0));
    file.bytes(&header.0);
    for section in sections.iter().chain(blocks.iter().map(|b| &b.1)) {
        file.0.extend_from_slice(section);
    }
    file
}

fn window<T>(column: &[T], from: usize) -> &[T] {
    column.get(from..column.len().min(from + BLOCK_ROWS)).unwrap_or_default()
}

/// Small numbers of either sign as small codes.
fn zigzag(v: i32) -> u32 {
    ((v << 1) ^ (v >> 31)) as u32
}
