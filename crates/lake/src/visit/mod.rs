//! Hands the events of each customer to the kernel.

mod assemble;
mod reader;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::sync::Arc;

use kizashi_domain::measure::{CustomerEvents, Reach, Selection, View};
use kizashi_domain::time::Time;

use assemble::Out;
use reader::{Bucket, Reader};

use crate::error::{SourceError, told};
use crate::ids::{bucket_of, text_hash};
use crate::lake::{Inner, Snapshot};
use crate::log::Chunk;
use crate::rows::Rows;
use crate::segment::Segment;
use crate::segment::planes::Unpacker;
use crate::segment::view::Directory;
use crate::tail::TailBucket;
use crate::threads::spread;

/// Visits customers, bucket by bucket, on several threads.
pub fn visit(
    inner: &Inner,
    selection: Selection<'_>,
    view: View,
    each: &(dyn Fn(CustomerEvents<'_>) + Sync),
) -> Result<(), SourceError> {
    let mut snapshot = inner.snapshot();
    let tail = match selection {
        Selection::All if !snapshot.tail.is_empty() => Some(inner.tail_view(&snapshot)?),
        _ => None,
    };
    let wanted = match selection {
        Selection::All => None,
        Selection::Only(customers) => {
            snapshot.tail = narrow_tail(&snapshot, customers);
            Some(by_bucket(customers, inner.buckets))
        }
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
        visit_bucket(inner, &snapshot, bucket as u32, tail, (only, view), each)
    })
}

/// The tail of some customers: gone through once, and not again for each bucket.
fn narrow_tail(snapshot: &Snapshot, customers: &[String]) -> Vec<Arc<Chunk>> {
    let wanted: HashSet<&str> = customers.iter().map(String::as_str).collect();
    let mut rows = Rows::default();
    for chunk in &snapshot.tail {
        rows.absorb_if(&chunk.rows, |customer| wanted.contains(customer));
    }
    if rows.is_empty() { Vec::new() } else { vec![Arc::new(Chunk { rows, log: 0 })] }
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
    (only, view): (Option<&[&str]>, View),
    each: &(dyn Fn(CustomerEvents<'_>) + Sync),
) -> Result<(), SourceError> {
    let mut unpacker = Unpacker::new().map_err(told)?;
    let mut directories = Vec::new();
    let mut readers = Vec::new();
    let mut segments: Vec<&Arc<Segment>> = snapshot.segments.iter().filter(|s| s.meta.bucket == bucket).collect();
    segments.sort_by_key(|s| (s.meta.month, s.meta.id));
    for month in segments.chunk_by(|a, b| a.meta.month == b.meta.month) {
        // Of the past only the last day of each name is kept, which a retraction may take away: such a month is read whole.
        let past = view.reach.filter(|reach| is_before(inner, month, *reach));
        let past = past.filter(|reach| !reach.last_of_names || month.iter().all(|s| s.meta.retracted.is_none()));
        if past.is_some_and(|reach| !reach.last_of_names) {
            continue;
        }
        for segment in month {
            let (directory, reader) = Reader::open(segment, &inner.names, past.is_some())?;
            directories.push(directory);
            readers.push(reader);
        }
    }
    let mut all: Vec<&Directory> = directories.iter().map(Arc::as_ref).collect();
    all.extend(tail.map(|t| &t.directory));
    let known = view.known_at.map(|at| (inner.zone.zone.day_of(at).0, at.micros()));
    let mut out = Out::default();
    out.known = known;
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

/// Whether all of a month's segments lie before the days of which every event is needed.
fn is_before(inner: &Inner, month: &[&Arc<Segment>], reach: Reach) -> bool {
    let last = month.iter().map(|s| s.meta.last_occurred).max();
    last.is_some_and(|last| inner.zone.zone.day_of(Time(last)) < reach.since)
}
