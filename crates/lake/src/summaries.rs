//! Who has events, and how each source's events arrive.

use std::sync::{Arc, Mutex, PoisonError};

use kizashi_domain::measure::Arrivals;

use crate::error::SourceError;
use crate::lake::Inner;
use crate::segment::summary::Sums;
use crate::texts::Texts;
use crate::threads::spread;

/// All customers with events, sorted.
pub fn customers(inner: &Inner) -> Result<Vec<String>, SourceError> {
    let snapshot = inner.snapshot();
    let mut cache = inner.customers.lock().unwrap_or_else(PoisonError::into_inner);
    let stored = match &*cache {
        Some((version, customers)) if *version == snapshot.version => Arc::clone(customers),
        _ => {
            let found = Mutex::new(Vec::new());
            spread(inner.options.threads, inner.buckets as usize, &|bucket| {
                let mut names = Texts::default();
                for segment in snapshot.segments.iter().filter(|s| s.meta.bucket as usize == bucket) {
                    let directory = segment.directory(&inner.names)?;
                    for place in 0..directory.len() {
                        names.code(directory.name(place));
                    }
                }
                found.lock().unwrap_or_else(PoisonError::into_inner).extend(names.iter().map(str::to_owned));
                Ok(())
            })?;
            let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
            found.sort_unstable();
            let found = Arc::new(found);
            *cache = Some((snapshot.version, Arc::clone(&found)));
            found
        }
    };
    drop(cache);
    let mut more = Texts::default();
    for chunk in &snapshot.tail {
        for customer in chunk.rows.customers.iter() {
            more.code(customer);
        }
    }
    let known = |c: &&str| stored.binary_search_by(|s| s.as_str().cmp(c)).is_err();
    let new: Vec<String> = more.iter().filter(known).map(str::to_owned).collect();
    let mut all = stored.as_ref().clone();
    if !new.is_empty() {
        all.extend(new);
        all.sort_unstable();
    }
    Ok(all)
}

/// Events in the tail up to which each is counted once however often it came; of a longer one, which would have to be sorted for
/// every question, it is told how it came in. What is in segments is always counted exactly.
const COUNTED_ONCE_MAX: u64 = 5_000;

/// Arrivals of each source, from what the catalog remembers and the tail.
pub fn arrivals(inner: &Inner) -> Result<Vec<Arrivals>, SourceError> {
    let snapshot = inner.snapshot();
    let mut sums = Sums::default();
    for source in snapshot.segments.iter().flat_map(|s| &s.meta.sources) {
        sums.add(source);
    }
    if snapshot.tail_events > COUNTED_ONCE_MAX {
        sums.absorb(&snapshot.landed);
    } else if !snapshot.tail.is_empty() {
        for bucket in inner.tail_view(&snapshot)?.iter().flatten() {
            sums.absorb(&bucket.sums);
        }
    }
    Ok(sums.arrivals())
}
