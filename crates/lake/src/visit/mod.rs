//! Hands the events of each customer to the kernel.

mod assemble;
mod reader;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};
use std::sync::Arc;

use kizashi_domain::intake::Joined;
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

/// Visits customers, bucket by bucket, on several threads; then those that are several codes.
pub fn visit(
    inner: &Inner,
    selection: Selection<'_>,
    view: View,
    each: &(dyn Fn(CustomerEvents<'_>) + Sync),
) -> Result<(), SourceError> {
    let joined = inner.joined();
    let mut snapshot = inner.snapshot();
    let (tail, wanted, groups) = match selection {
        Selection::All => {
            let tail = if snapshot.tail.is_empty() { None } else { Some(inner.tail_view(&snapshot)?) };
            (tail, None, joined.groups().collect::<Vec<_>>())
        }
        Selection::Only(customers) => {
            let alone: Vec<&str> = customers.iter().map(String::as_str).filter(|c| !joined.is_part(c)).collect();
            let mut groups: Vec<(&str, &[String])> =
                customers.iter().map(|c| (c.as_str(), joined.members(c))).filter(|(_, m)| !m.is_empty()).collect();
            groups.sort_unstable();
            groups.dedup();
            let members = groups.iter().flat_map(|(_, m)| m.iter().map(String::as_str));
            snapshot.tail = narrow_tail(&snapshot, alone.iter().copied().chain(members).collect());
            (None, Some(by_bucket(&alone, inner.buckets)), groups)
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
        visit_bucket(inner, &snapshot, bucket as u32, tail, (only, &joined, view), each)
    })?;
    if groups.is_empty() { Ok(()) } else { visit_groups(inner, &snapshot, &groups, view, each) }
}

/// The tail of some customers: gone through once, and not again for each bucket.
fn narrow_tail(snapshot: &Snapshot, wanted: HashSet<&str>) -> Vec<Arc<Chunk>> {
    let mut rows = Rows::default();
    for chunk in &snapshot.tail {
        rows.absorb_if(&chunk.rows, |customer| wanted.contains(customer));
    }
    if rows.is_empty() { Vec::new() } else { vec![Arc::new(Chunk { rows, log: 0 })] }
}

/// Wanted customers, sorted, each once.
fn by_bucket<'a>(customers: &[&'a str], buckets: u32) -> Vec<Vec<&'a str>> {
    let mut wanted = vec![Vec::new(); buckets as usize];
    for customer in customers {
        if let Some(bucket) = wanted.get_mut(bucket_of(text_hash(customer), buckets) as usize) {
            bucket.push(*customer);
        }
    }
    for bucket in &mut wanted {
        bucket.sort_unstable();
        bucket.dedup();
    }
    wanted
}

type Opened<'s> = (Vec<Arc<Directory>>, Vec<Reader<'s>>);

/// The segments of some buckets that a view looks at, by month.
fn open<'s>(
    inner: &Inner,
    snapshot: &'s Snapshot,
    is_wanted: impl Fn(u32) -> bool,
    view: View,
) -> Result<Opened<'s>, SourceError> {
    let (mut directories, mut readers) = (Vec::new(), Vec::new());
    let mut segments: Vec<&Arc<Segment>> = snapshot.segments.iter().filter(|s| is_wanted(s.meta.bucket)).collect();
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
    Ok((directories, readers))
}

/// The day and the instant up to which a view knows.
fn known(inner: &Inner, view: View) -> Option<(i32, i64)> {
    view.known_at.map(|at| (inner.zone.zone.day_of(at).0, at.micros()))
}

fn visit_bucket(
    inner: &Inner,
    snapshot: &Snapshot,
    bucket: u32,
    tail: Option<&TailBucket>,
    (only, joined, view): (Option<&[&str]>, &Joined, View),
    each: &(dyn Fn(CustomerEvents<'_>) + Sync),
) -> Result<(), SourceError> {
    let mut unpacker = Unpacker::new().map_err(told)?;
    let (directories, mut readers) = open(inner, snapshot, |b| b == bucket, view)?;
    let tails: Vec<&TailBucket> = tail.into_iter().collect();
    let mut all: Vec<&Directory> = directories.iter().map(Arc::as_ref).collect();
    all.extend(tails.iter().map(|t| &t.directory));
    let mut out = Out::default();
    out.known = known(inner, view);
    let mut parts = Vec::new();
    let mut visit_one = |customer: &str, parts: &[(usize, usize)]| {
        let mut bucket = Bucket { names: &inner.names, unpacker: &mut unpacker, readers: &mut readers, tails: &tails };
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
        if !joined.is_part(customer) {
            visit_one(customer, &parts)?;
        }
    }
    Ok(())
}

/// Visits customers that came with several codes: their events lie in several places of several buckets.
fn visit_groups(
    inner: &Inner,
    snapshot: &Snapshot,
    groups: &[(&str, &[String])],
    view: View,
    each: &(dyn Fn(CustomerEvents<'_>) + Sync),
) -> Result<(), SourceError> {
    let members: HashSet<&str> = groups.iter().flat_map(|(_, m)| m.iter().map(String::as_str)).collect();
    let buckets: BTreeSet<u32> = members.iter().map(|c| bucket_of(text_hash(c), inner.buckets)).collect();
    let mut tails = Vec::new();
    if !snapshot.tail.is_empty() {
        for bucket in &buckets {
            let here = |c: &str| members.contains(c) && bucket_of(text_hash(c), inner.buckets) == *bucket;
            tails.extend(inner.tail_of(snapshot, *bucket, here)?);
        }
    }
    let tails: Vec<&TailBucket> = tails.iter().collect();
    let mut unpacker = Unpacker::new().map_err(told)?;
    let (directories, mut readers) = open(inner, snapshot, |b| buckets.contains(&b), view)?;
    let mut all: Vec<&Directory> = directories.iter().map(Arc::as_ref).collect();
    all.extend(tails.iter().map(|t| &t.directory));
    let mut out = Out::default();
    out.known = known(inner, view);
    for (survivor, members) in groups {
        let places = |(i, d): (usize, &&Directory)| -> Vec<(usize, usize)> {
            members.iter().filter_map(|member| Some((i, d.find(member)?))).collect()
        };
        let parts: Vec<(usize, usize)> = all.iter().enumerate().flat_map(places).collect();
        if !parts.is_empty() {
            let mut bucket =
                Bucket { names: &inner.names, unpacker: &mut unpacker, readers: &mut readers, tails: &tails };
            out.assemble(&mut bucket, &all, survivor, &parts, each)?;
        }
    }
    Ok(())
}

/// Whether all of a month's segments lie before the days of which every event is needed.
fn is_before(inner: &Inner, month: &[&Arc<Segment>], reach: Reach) -> bool {
    let last = month.iter().map(|s| s.meta.last_occurred).max();
    last.is_some_and(|last| inner.zone.zone.day_of(Time(last)) < reach.since)
}
