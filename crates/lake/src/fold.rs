//! Turns the log into segments, and small segments into large ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::arrange::{Fate, Nothing, arrange};
use crate::catalog::Catalog;
use crate::draft::Draft;
use crate::error::{SourceError, told};
use crate::ids::{bucket_of, text_hash};
use crate::lake::{Inner, Lake};
use crate::log::recover::list_logs;
use crate::log::{Chunk, path_of};
use crate::rows::Rows;
use crate::segment::Segment;
use crate::segment::read::EventFile;
use crate::stored::Stored;
use crate::threads::spread;

/// Rows of a segment beyond which it is not merged any more.
pub const SEGMENT_ROWS_MAX: u64 = 2_000_000;
/// Segments of like size in one partition that are worth merging.
const MERGE_MIN: usize = 4;

/// What a fold did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Folded {
    /// Events that are in segments now.
    pub events: u64,
    /// Events whose id was there already.
    pub duplicates: u64,
}

/// What a compaction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Compacted {
    /// Segments that went into others.
    pub merged: u64,
    /// Segments that came of it.
    pub written: u64,
}

impl Lake {
    /// Moves what is in the log into segments and takes the log files away. A reader sees the same before and after.
    pub fn fold(&self) -> Result<Folded, SourceError> {
        let mut catalog = self.inner.change();
        self.inner.fold_into(&mut catalog)
    }

    /// Merges small segments of one bucket and month. Partition by partition, so that it never needs much memory or holds up
    /// a fold for long.
    pub fn compact(&self) -> Result<Compacted, SourceError> {
        let mut done = Compacted::default();
        let mut partitions: Vec<(u32, i32)> =
            self.inner.snapshot().segments.iter().map(|s| (s.meta.bucket, s.meta.month)).collect();
        partitions.sort_unstable();
        partitions.dedup();
        for (bucket, month) in partitions {
            let merged = self.inner.merge(bucket, month)?;
            done.merged += merged;
            done.written += u64::from(merged > 0);
        }
        Ok(done)
    }
}

impl Inner {
    /// Folds if the log has become long; others may have done it meanwhile.
    pub(crate) fn fold_if_long(&self) -> Result<(), SourceError> {
        let mut catalog = self.change();
        if self.is_tail_long() { self.fold_into(&mut catalog).map(|_| ()) } else { Ok(()) }
    }

    /// Folds while the right to change is held.
    pub(crate) fn fold_into(&self, catalog: &mut Catalog) -> Result<Folded, SourceError> {
        if self.snapshot().tail_events == 0 {
            return Ok(Folded::default());
        }
        let through = self.log.rotate()?;
        self.step("log rotated");
        let snapshot = self.snapshot();
        let chunks: Vec<Arc<Chunk>> = snapshot.tail.iter().filter(|c| c.log <= through).cloned().collect();
        let draft = Draft::new(&self.dir, &self.zone, &self.names, catalog);
        let (events, duplicates) = (AtomicU64::new(0), AtomicU64::new(0));
        spread(self.options.threads, self.buckets as usize, &|bucket| {
            let bucket = bucket as u32;
            let mut rows = Rows::default();
            for chunk in &chunks {
                rows.absorb_if(&chunk.rows, |c| bucket_of(text_hash(c), self.buckets) == bucket);
            }
            let mut stored = Stored::new(&snapshot.segments, bucket, false, &self.names);
            let arranged = arrange(&rows, &mut stored, &[])?;
            events.fetch_add(arranged.order.len() as u64, Ordering::Relaxed);
            duplicates.fetch_add(arranged.duplicates, Ordering::Relaxed);
            draft.write(bucket, &rows, &arranged, &[])
        })?;
        let mut next = draft.next_catalog(catalog, &[])?;
        next.folded_log = through;
        self.step("segments written");
        self.publish(catalog, next, draft, Some(through))?;
        self.remove_logs(through);
        self.step("logs removed");
        Ok(Folded { events: events.into_inner(), duplicates: duplicates.into_inner() })
    }

    /// Takes folded log files away; what stays behind goes when the lake is opened next.
    fn remove_logs(&self, through: u64) {
        let dir = self.dir.join("log");
        let removed = list_logs(&dir).and_then(|numbers| {
            numbers
                .into_iter()
                .filter(|n| *n <= through)
                .try_for_each(|n| std::fs::remove_file(path_of(&dir, n)).map_err(told))
        });
        if let Err(e) = removed {
            tracing::warn!(error = %e, "a folded log file could not be removed");
        }
    }

    /// Merges the youngest segments of a partition when there are several of like size. Returns how many went in.
    fn merge(&self, bucket: u32, month: i32) -> Result<u64, SourceError> {
        let mut catalog = self.change();
        let snapshot = self.snapshot();
        let of_partition = |s: &&Arc<Segment>| s.meta.bucket == bucket && s.meta.month == month;
        let mut segments: Vec<Arc<Segment>> = snapshot.segments.iter().filter(of_partition).cloned().collect();
        segments.sort_by_key(|s| s.meta.id);
        let picked = pick(&segments.iter().map(|s| s.meta.rows).collect::<Vec<_>>());
        let run = segments.split_off(picked);
        if run.is_empty() {
            return Ok(0);
        }
        let mut rows = Rows::default();
        let mut retracted = Vec::new();
        for segment in &run {
            let file = EventFile::open(segment.path())?;
            let before = rows.len() as u32;
            retracted.extend(segment.retracted()?.entries().map(|(row, at)| (before + row, at)));
            rows.absorb(&file.read(0..file.rows())?);
        }
        let arranged = arrange(&rows, &mut Nothing, &fates_of(&retracted))?;
        let draft = Draft::new(&self.dir, &self.zone, &self.names, &catalog);
        draft.write(bucket, &rows, &arranged, &retracted)?;
        self.step("segments merged");
        let gone: Vec<u64> = run.iter().map(|s| s.meta.id).collect();
        let next = draft.next_catalog(&catalog, &gone)?;
        self.publish(&mut catalog, next, draft, None)?;
        self.step("merged");
        Ok(run.len() as u64)
    }
}

/// Rows that no longer count are no doubles of the one that does.
pub(crate) fn fates_of(retracted: &[(u32, i64)]) -> Vec<Fate> {
    let rows = retracted.last().map_or(0, |(row, _)| *row as usize + 1);
    let mut fates = vec![Fate::First; rows];
    for (row, _) in retracted {
        if let Some(fate) = fates.get_mut(*row as usize) {
            *fate = Fate::Stay;
        }
    }
    fates
}

/// From which segment on (by age, the oldest first) a partition is merged; its length when it is not. Each segment taken in is
/// at most twice as large as all younger ones together, so that an event is rewritten a logarithmic number of times. Only the
/// youngest run is merged: so the order of arrival stays the order of segments.
fn pick(rows: &[u64]) -> usize {
    let mut from = rows.len();
    let mut sum = 0_u64;
    for (i, n) in rows.iter().enumerate().rev() {
        let fits = sum + n <= SEGMENT_ROWS_MAX && (sum == 0 || *n <= sum * 2);
        if !fits {
            break;
        }
        sum += n;
        from = i;
    }
    if rows.len() - from >= MERGE_MIN { from } else { rows.len() }
}

#[cfg(test)]
mod tests {
    use super::pick;

    #[test]
    fn only_runs_of_like_size_are_merged() {
        assert_eq!(pick(&[]), 0);
        assert_eq!(pick(&[10, 10, 10]), 3);
        assert_eq!(pick(&[10, 10, 10, 10]), 0);
        assert_eq!(pick(&[1_000, 10, 10, 10, 10]), 1);
        assert_eq!(pick(&[1_999_990, 10, 10, 10, 10]), 1);
        assert_eq!(pick(&[80, 40, 20, 10]), 0);
    }
}
