//! The latest events of one customer.

use std::collections::BTreeMap;
use std::sync::Arc;

use kizashi_domain::measure::HistoryEvent;
use kizashi_domain::time::Time;

use crate::error::SourceError;
use crate::ids::{bucket_of, text_hash};
use crate::lake::Inner;
use crate::rows::Rows;
use crate::segment::Segment;
use crate::segment::read::EventFile;

/// The latest `limit` events before `before`, newest first; of one instant the last to arrive first.
pub fn timeline(
    inner: &Inner,
    customer: &str,
    before: Option<Time>,
    limit: usize,
) -> Result<Vec<HistoryEvent>, SourceError> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let snapshot = inner.snapshot();
    let before = before.map(Time::micros);
    let bucket = bucket_of(text_hash(customer), inner.buckets);
    let mut found = Vec::new();
    if let Some(tail) = inner.tail_of(&snapshot, bucket, |c| c == customer)? {
        let rows = tail.order.iter().map(|r| *r as usize);
        found.extend(
            rows.filter(|r| tail.rows.occurred.get(*r).is_some_and(|t| is_before(*t, before)))
                .map(|r| event(&tail.rows, r)),
        );
        found.reverse();
        found.truncate(limit);
    }
    let mut months: BTreeMap<i32, Vec<&Arc<Segment>>> = BTreeMap::new();
    for segment in
        snapshot.segments.iter().filter(|s| s.meta.bucket == bucket && is_before(s.meta.first_occurred, before))
    {
        months.entry(segment.meta.month).or_default().push(segment);
    }
    for segments in months.values_mut().rev() {
        // Nothing in an older month can be among the latest ones any more.
        let (_, until) = segments.first().map(|s| crate::days::month_span(s.meta.month)).unwrap_or_default();
        if found.len() >= limit && found.last().is_some_and(|e: &HistoryEvent| e.occurred_at.micros() >= until) {
            break;
        }
        segments.sort_by_key(|s| std::cmp::Reverse(s.meta.id));
        for segment in segments {
            found.extend(latest_of(inner, segment, customer, before, limit)?);
        }
        // Stable: of one instant, the tail and younger segments stay ahead.
        found.sort_by_key(|e| std::cmp::Reverse(e.occurred_at));
        found.truncate(limit);
    }
    Ok(found)
}

/// The latest events of a customer in one segment, newest first.
fn latest_of(
    inner: &Inner,
    segment: &Segment,
    customer: &str,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<HistoryEvent>, SourceError> {
    let directory = segment.directory(&inner.names)?;
    let Some(place) = directory.find(customer) else { return Ok(Vec::new()) };
    let mut range = directory.rows(place);
    let file = EventFile::open(segment.path())?;
    if !is_before(segment.meta.last_occurred, before) {
        let times = file.times(range.clone())?;
        range.end = range.start + times.partition_point(|t| is_before(*t, before));
    }
    let retracted = segment.retracted()?;
    let counts = |row: &usize| retracted.is_empty() || retracted.at(*row).is_none();
    let Some(start) = range.clone().rev().filter(counts).take(limit).last() else { return Ok(Vec::new()) };
    let rows = file.read(start..range.end)?;
    Ok((start..range.end).rev().filter(counts).map(|r| event(&rows, r - start)).collect())
}

fn is_before(at: i64, before: Option<i64>) -> bool {
    before.is_none_or(|before| at < before)
}

/// One row as an event.
pub fn event(rows: &Rows, row: usize) -> HistoryEvent {
    let code = |column: &[u32]| column.get(row).copied().unwrap_or(crate::texts::NONE);
    let time = |column: &[i64]| Time(column.get(row).copied().unwrap_or_default());
    HistoryEvent {
        source: rows.sources.get(code(&rows.source)).to_owned(),
        user: Some(rows.users.get(code(&rows.user))).filter(|u| !u.is_empty()).map(str::to_owned),
        name: rows.names.get(code(&rows.name)).to_owned(),
        occurred_at: time(&rows.occurred),
        received_at: time(&rows.received),
        assumed: rows.assumed.get(row).copied().unwrap_or_default(),
        value: rows.value.get(row).copied().filter(|v| !v.is_nan()),
        properties: rows.properties.get(code(&rows.property)).to_owned(),
    }
}
