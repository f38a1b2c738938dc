//! Who has events, and how each source's events arrive.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kizashi_domain::measure::Arrivals;

use crate::error::SourceError;
use crate::lake::{Inner, Snapshot};
use crate::segment::summary::{SourceSummary, Sums};
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

/// Events in the tail from which on it is not counted anew for every question.
const COUNTED_ANEW_MAX: u64 = 20_000;
/// How old a count of a longer tail may be.
const COUNT_AGE_MAX: Duration = Duration::from_secs(1);

/// How the events of the tail arrived, as last counted: for which segments, when, and what came out.
#[derive(Default)]
pub struct TailSums(Mutex<Option<(u64, Instant, Vec<SourceSummary>)>>);

impl Inner {
    /// How the events of the tail arrived. While events come in by the thousand, what was counted a moment ago is told: every
    /// question would sort the whole tail.
    fn tail_sums(&self, snapshot: &Snapshot) -> Result<Vec<SourceSummary>, SourceError> {
        let mut counted = self.tail_sums.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, at, sums)) = &*counted
            && *version == snapshot.version
            && snapshot.tail_events > COUNTED_ANEW_MAX
            && at.elapsed() < COUNT_AGE_MAX
        {
            return Ok(sums.clone());
        }
        let mut sums = Vec::new();
        for bucket in self.tail_view(snapshot)?.iter().flatten() {
            sums.extend(bucket.sums.clone().summaries());
        }
        *counted = Some((snapshot.version, Instant::now(), sums.clone()));
        Ok(sums)
    }
}

/// Arrivals of each source, from what the catalog remembers and the tail.
pub fn arrivals(inner: &Inner) -> Result<Vec<Arrivals>, SourceError> {
    let snapshot = inner.snapshot();
    let mut sums = Sums::default();
    for source in snapshot.segments.iter().flat_map(|s| &s.meta.sources) {
        sums.add(source);
    }
    if !snapshot.tail.is_empty() {
        for source in inner.tail_sums(&snapshot)? {
            sums.add(&source);
        }
    }
    Ok(sums.arrivals())
}
