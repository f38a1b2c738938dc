//! Hands the events of each customer to the kernel.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::Arc;

use kizashi_domain::measure::{CustomerEvents, Selection};

use crate::error::{SourceError, damaged, told};
use crate::ids::{bucket_of, text_hash};
use crate::lake::{Inner, Snapshot};
use crate::names::NameBook;
use crate::segment::Segment;
use crate::segment::planes::Unpacker;
use crate::segment::read::EventFile;
use crate::segment::retracted::Retracted;
use crate::segment::view::{Block, Cells, Directory};
use crate::tail::TailBucket;
use crate::threads::spread;

/// Visits customers, bucket by bucket, on several threads.
pub fn visit(
    inner: &Inner,
    selection: Selection<'_>,
    each: &(dyn Fn(CustomerEvents<'_>) + Sync),
) -> Result<(), SourceError> {
    let snapshot = inner.snapshot();
    let tail = match selection {
        Selection::All if !snapshot.tail.is_empty() => Some(inner.tail_view(&snapshot)?),
        _ => None,
    };
    let wanted = match selection {
        Selection::All => None,
        Selection::Only(customers) => Some(by_bucket(customers, inner.buckets)),
    };
    spread(inner.options.threads, inner.buckets as usize, &|bucket| {
        let only = wanted.as_ref().and_then(|w| w.get(bucket)).map(Vec::as_slice);
        if only.is_some_and(<[&str]>::is_empty) {
            return Ok(());
        }
        let filtered;
        let tail = match only {
            None => tail.as_ref().and_then(|view| view.get(bucket)?.as_ref()),
            Some(only) if !snapshot.tail.is_empty() => {
                filtered = inner.tail_of(&snapshot, bucket as u32, |c| only.binary_search(&c).is_ok())?;
                filtered.as_ref()
            }
            Some(_) => None,
        };
        visit_bucket(inner, &snapshot, bucket as u32, tail, only, each)
    })
}

/// Wanted customers, sorted, each once.
fn by_bucket(customers: &[String], buckets: u32) -> Vec<Vec<&str>> {
    let mut wanted = vec![Vec::new(); buckets as usize];
    for customer in customers {
        if let Some(bucket) = wanted.get_mut(bucket_of(text_hash(customer), buckets) as usize) {
            bucket.push(customer.as_str());
        }
    }
    for bucket in &mut wanted {
        bucket.sort_unstable();
        bucket.dedup();
    }
    wanted
}

fn visit_bucket(
    inner: &Inner,
    snapshot: &Snapshot,
    bucket: u32,
    tail: Option<&TailBucket>,
    only: Option<&[&str]>,
    each: &(dyn Fn(CustomerEvents<'_>) + Sync),
) -> Result<(), SourceError> {
    let mut unpacker = Unpacker::new().map_err(told)?;
    let mut directories = Vec::new();
    let mut readers = Vec::new();
    let mut segments: Vec<&Arc<Segment>> = snapshot.segments.iter().filter(|s| s.meta.bucket == bucket).collect();
    segments.sort_by_key(|s| (s.meta.month, s.meta.id));
    for segment in segments {
        let (directory, reader) = Reader::open(segment, &inner.names)?;
        directories.push(directory);
        readers.push(reader);
    }
    let mut all: Vec<&Directory> = directories.iter().map(Arc::as_ref).collect();
    all.extend(tail.map(|t| &t.directory));
    let mut out = Out::default();
    let mut parts = Vec::new();
    let mut visit_one = |customer: &str, parts: &[(usize, usize)]| {
        let mut bucket = Bucket { names: &inner.names, unpacker: &mut unpacker, readers: &mut readers, tail };
        out.assemble(&mut bucket, &all, customer, parts, each)
    };
    if let Some(only) = only {
        for customer in only {
            parts.clear();
            parts.extend(all.iter().enumerate().filter_map(|(i, d)| Some((i, d.find(customer)?))));
            if !parts.is_empty() {
                visit_one(customer, &parts)?;
            }
        }
        return Ok(());
    }
    let mut heap: BinaryHeap<Reverse<(&str, usize, usize)>> =
        all.iter().enumerate().filter(|(_, d)| d.len() > 0).map(|(i, d)| Reverse((d.name(0), i, 0))).collect();
    while let Some(Reverse((customer, _, _))) = heap.peek().copied() {
        parts.clear();
        while let Some(Reverse((name, i, place))) = heap.peek().copied()
            && name == customer
        {
            parts.push((i, place));
            heap.pop();
            if let Some(directory) = all.get(i).filter(|d| place + 1 < d.len()) {
                heap.push(Reverse((directory.name(place + 1), i, place + 1)));
            }
        }
        visit_one(customer, &parts)?;
    }
    Ok(())
}

/// The cells of one segment while a bucket is visited.
struct Reader<'a> {
    segment: &'a Segment,
    cells: Cells,
    dictionary: Vec<f64>,
    hashes: Vec<u64>,
    block: Block,
    times: Option<Vec<i64>>,
    retracted: Arc<Retracted>,
}

impl<'a> Reader<'a> {
    fn open(segment: &'a Segment, names: &NameBook) -> Result<(Arc<Directory>, Self), SourceError> {
        let directory = segment.directory(names)?;
        let retracted = segment.retracted()?;
        let read = |cells: Cells| {
            let (dictionary, hashes) = (cells.dictionary()?, cells.user_hashes()?);
            let (block, retracted) = (Block::default(), Arc::clone(&retracted));
            Ok((Arc::clone(&directory), Self { segment, cells, dictionary, hashes, block, times: None, retracted }))
        };
        if let Ok(opened) = segment.open_cells().and_then(read) {
            return Ok(opened);
        }
        let (cells, _) = segment.mend(names)?;
        read(cells).map_err(|_: crate::segment::view::Stale| damaged(segment.path(), "its cells cannot be read"))
    }

    /// Unpacks the block that holds a row.
    fn fetch(&mut self, row: usize, names: &NameBook, unpacker: &mut Unpacker) -> Result<(), SourceError> {
        if self.block.rows.contains(&row) {
            return Ok(());
        }
        let bad = || damaged(self.segment.path(), "its cells cannot be read");
        let (index, rows) = self.cells.block_at(row).ok_or_else(bad)?;
        if self.cells.unpack(index, rows.clone(), &self.dictionary, unpacker, &mut self.block).is_ok() {
            return Ok(());
        }
        self.cells = self.segment.mend(names)?.0;
        self.cells.unpack(index, rows, &self.dictionary, unpacker, &mut self.block).map_err(|_| bad())
    }

    /// When the events of some rows happened. Read from the Parquet file, and only when the order within a day matters.
    fn times(&mut self, rows: Range<usize>) -> Result<&[i64], SourceError> {
        if self.times.is_none() {
            let file = EventFile::open(self.segment.path())?;
            self.times = Some(file.times(0..file.rows())?);
        }
        let times = self.times.as_deref().and_then(|t| t.get(rows));
        times.ok_or_else(|| damaged(self.segment.path(), "it has fewer rows than its cells"))
    }
}

/// What one bucket reads from.
struct Bucket<'a, 's> {
    names: &'a NameBook,
    unpacker: &'a mut Unpacker,
    readers: &'a mut Vec<Reader<'s>>,
    tail: Option<&'a TailBucket>,
}

impl Bucket<'_, '_> {
    /// The rows from `row` on that lie in one piece, up to `end`, and where they begin there.
    fn piece(&mut self, part: usize, row: usize, end: usize) -> Result<(&Block, Range<usize>), SourceError> {
        let block = match self.readers.get_mut(part) {
            Some(reader) => {
                reader.fetch(row, self.names, self.unpacker)?;
                &reader.block
            }
            None => self.tail.map(|t| &t.block).ok_or_else(|| SourceError::Damaged("no such part".to_owned()))?,
        };
        let from = row.saturating_sub(block.rows.start);
        Ok((block, from..end.min(block.rows.end).saturating_sub(block.rows.start)))
    }

    fn hashes(&self, part: usize, users: Range<usize>) -> &[u64] {
        let all = self.readers.get(part).map_or_else(|| self.tail.map(|t| t.hashes.as_slice()), |r| Some(&r.hashes));
        all.and_then(|h| h.get(users)).unwrap_or_default()
    }

    fn times(&mut self, part: usize, rows: Range<usize>, times: &mut Vec<i64>) -> Result<(), SourceError> {
        match self.readers.get_mut(part) {
            Some(reader) => times.extend_from_slice(reader.times(rows)?),
            None => times.extend(rows.filter_map(|r| self.tail.map(|t| t.occurred(r)))),
        }
        Ok(())
    }
}

/// The events of one customer, put together from several places.
#[derive(Default)]
struct Out {
    days: Vec<i32>,
    names: Vec<u32>,
    users: Vec<u32>,
    values: Vec<f64>,
    received: Vec<i32>,
    /// Empty when all of them count.
    retracted: Vec<i32>,
    all_users: Vec<u64>,
    map: Vec<u32>,
    times: Vec<i64>,
    order: Vec<u32>,
    /// Month of the last part added; `None` for the tail.
    month: Option<i32>,
}

impl Out {
    fn assemble(
        &mut self,
        bucket: &mut Bucket<'_, '_>,
        directories: &[&Directory],
        customer: &str,
        parts: &[(usize, usize)],
        each: &(dyn Fn(CustomerEvents<'_>) + Sync),
    ) -> Result<(), SourceError> {
        if let [(part, place)] = parts
            && let Some(directory) = directories.get(*part)
        {
            let rows = directory.rows(*place);
            let retracted = bucket.readers.get(*part).is_some_and(|r| r.retracted.is_any_in(&rows));
            let (block, span) = bucket.piece(*part, rows.start, rows.end)?;
            if span.len() == rows.len() && !retracted {
                let user_count = directory.users(*place).len() as u32;
                each(borrowed(customer, block, span, user_count));
                return Ok(());
            }
        }
        self.clear();
        for (part, place) in parts {
            let Some(directory) = directories.get(*part) else { continue };
            self.all_users.extend_from_slice(bucket.hashes(*part, directory.users(*place)));
        }
        self.all_users.sort_unstable();
        self.all_users.dedup();
        let mut unsorted_from: Option<i32> = None;
        for (part, place) in parts {
            let Some(directory) = directories.get(*part) else { continue };
            let overlap = self.append(bucket, *part, directory.rows(*place), directory.users(*place))?;
            unsorted_from = overlap.into_iter().chain(unsorted_from).min();
        }
        let rows = if self.retracted.is_empty() { 0 } else { self.days.len() };
        self.retracted.resize(rows, i32::MAX);
        if let Some(day) = unsorted_from {
            self.sort(bucket, directories, parts, day)?;
        }
        let late = self.received != self.days;
        each(CustomerEvents {
            customer,
            days: &self.days,
            names: &self.names,
            users: &self.users,
            user_count: self.all_users.len() as u32,
            values: &self.values,
            received_days: late.then_some(self.received.as_slice()),
            retracted_days: (!self.retracted.is_empty()).then_some(self.retracted.as_slice()),
        });
        Ok(())
    }

    fn clear(&mut self) {
        self.days.clear();
        self.names.clear();
        self.users.clear();
        self.values.clear();
        self.received.clear();
        self.retracted.clear();
        self.all_users.clear();
        self.month = None;
    }

    /// Adds the rows of one part; says from which day on they may have to go between the ones that are there.
    fn append(
        &mut self,
        bucket: &mut Bucket<'_, '_>,
        part: usize,
        rows: Range<usize>,
        users: Range<usize>,
    ) -> Result<Option<i32>, SourceError> {
        self.map.clear();
        for hash in bucket.hashes(part, users) {
            self.map.push(self.all_users.binary_search(hash).map_or(u32::MAX, |code| code as u32));
        }
        let last = self.days.last().copied();
        let month = bucket.readers.get(part).map(|r| r.segment.meta.month);
        let apart = month.is_some() && month != std::mem::replace(&mut self.month, month);
        let before = self.days.len();
        for (row, day) in bucket.readers.get(part).into_iter().flat_map(|r| r.retracted.days_in(&rows)) {
            self.retracted.resize(before + row - rows.start, i32::MAX);
            self.retracted.push(day);
        }
        let mut row = rows.start;
        while row < rows.end {
            let (block, span) = bucket.piece(part, row, rows.end)?;
            if span.is_empty() {
                return Err(SourceError::Damaged("cells end before their directory".to_owned()));
            }
            row += span.len();
            self.days.extend_from_slice(cut(&block.days, &span));
            self.names.extend_from_slice(cut(&block.names, &span));
            self.values.extend_from_slice(cut(&block.values, &span));
            let received = if block.received.is_empty() { &block.days } else { &block.received };
            self.received.extend_from_slice(cut(received, &span));
            let map = &self.map;
            self.users
                .extend(cut(&block.users, &span).iter().map(|u| map.get(*u as usize).copied().unwrap_or(u32::MAX)));
        }
        let first = self.days.get(before).copied();
        Ok(last.zip(first).filter(|(last, first)| !apart && last >= first).map(|(_, first)| first))
    }

    /// Sorts what happened from a day on by time; what happened at the same instant stays in the order of arrival.
    fn sort(
        &mut self,
        bucket: &mut Bucket<'_, '_>,
        directories: &[&Directory],
        parts: &[(usize, usize)],
        day: i32,
    ) -> Result<(), SourceError> {
        self.times.clear();
        // All rows before the first of that day or later lie where they belong.
        let start = self.days.iter().position(|d| *d >= day).unwrap_or(0);
        let mut first = 0;
        for (part, place) in parts {
            let Some(directory) = directories.get(*part) else { continue };
            let rows = directory.rows(*place);
            let next = first + rows.len();
            if next > start {
                bucket.times(*part, rows.start + start.saturating_sub(first)..rows.end, &mut self.times)?;
            }
            first = next;
        }
        if self.times.is_sorted() {
            return Ok(());
        }
        self.order.clear();
        self.order.extend(0..self.times.len() as u32);
        self.order.sort_by_key(|r| self.times.get(*r as usize).copied());
        let order = &self.order;
        permute(&mut self.days, start, order);
        permute(&mut self.names, start, order);
        permute(&mut self.users, start, order);
        permute(&mut self.values, start, order);
        permute(&mut self.received, start, order);
        permute(&mut self.retracted, start, order);
        Ok(())
    }
}

fn borrowed<'a>(customer: &'a str, block: &'a Block, span: Range<usize>, user_count: u32) -> CustomerEvents<'a> {
    let days = cut(&block.days, &span);
    let received = cut(&block.received, &span);
    CustomerEvents {
        customer,
        days,
        names: cut(&block.names, &span),
        users: cut(&block.users, &span),
        user_count,
        values: cut(&block.values, &span),
        received_days: (!received.is_empty() && received != days).then_some(received),
        retracted_days: None,
    }
}

fn cut<'a, T>(column: &'a [T], span: &Range<usize>) -> &'a [T] {
    column.get(span.clone()).unwrap_or_default()
}

/// Puts the rows from `start` on in order.
fn permute<T: Copy>(column: &mut Vec<T>, start: usize, order: &[u32]) {
    let sorted: Vec<T> = order.iter().filter_map(|r| column.get(start + *r as usize).copied()).collect();
    column.truncate(start);
    column.extend(sorted);
}
