//! Bulk loads: many events become visible at once, or none.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kizashi_domain::intake::{EventBatch, EventRef};
use kizashi_domain::limits::UNDO_EVENTS_MAX;
use kizashi_domain::measure::Bulk;
pub use kizashi_domain::measure::Loaded;
use kizashi_domain::time::Time;

use crate::arrange::arrange;
use crate::draft::Draft;
use crate::error::{SourceError, damaged, told};
use crate::ids::{IdHasher, bucket_of, pass_of, text_hash};
use crate::lake::{Inner, Lake};
use crate::rows::{ROW_BYTES, Rows};
use crate::segment::Segment;
use crate::stored::Stored;
use crate::threads::spread;
use crate::versions::{Change, Place, settle};
use crate::wire::{Get, Put};
use crate::withdraw::Receipt;

/// Memory that the events of one pass over a bucket may take; a fuller bucket is taken in several passes.
const PASS_BYTES_MAX: usize = 96 * 1024 * 1024;
/// Rows of a spilled block.
const BLOCK_ROWS_MAX: usize = 32 * 1024;
/// Rows of a spilled block with very many buckets.
const BLOCK_ROWS_MIN: usize = 512;

/// Numbers the spill folders of one process.
static LOADS: AtomicU64 = AtomicU64::new(0);

/// Events of one source on their way in. Dropped without [`Load::commit`] it leaves no trace.
/// `add` may be called from several threads.
pub struct Load {
    inner: Arc<Inner>,
    source: String,
    /// When what has no time of its own is learned.
    now: i64,
    hasher: IdHasher,
    shards: Vec<Mutex<Shard>>,
    block_rows: usize,
    spill: PathBuf,
}

#[derive(Default)]
struct Shard {
    rows: Rows,
    /// Code of the load's source in `rows`.
    source: Option<u32>,
    file: Option<File>,
    file_bytes: u64,
    /// (offset, bytes) of the blocks in the file.
    blocks: Vec<(u64, usize)>,
    /// Memory that the spilled blocks would take.
    spilled: usize,
    spilled_rows: usize,
    buffer: Vec<u8>,
}

impl Lake {
    /// Begins a load of one source. Rows that correct or delete without saying when that was learned count as learned `now`.
    pub fn begin_load(&self, source: &str, now: Time) -> Result<Load, SourceError> {
        let buckets = self.inner.buckets as usize;
        let per_bucket = self.inner.options.load_bytes_max / buckets / ROW_BYTES;
        let number = LOADS.fetch_add(1, Ordering::Relaxed);
        Ok(Load {
            inner: Arc::clone(&self.inner),
            source: source.to_owned(),
            now: now.micros(),
            hasher: IdHasher::new(source),
            shards: (0..buckets).map(|_| Mutex::default()).collect(),
            block_rows: per_bucket.clamp(BLOCK_ROWS_MIN, BLOCK_ROWS_MAX),
            spill: self.inner.dir.join(format!("spill/{number:06}")),
        })
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        if self.spill.exists() {
            // What stays behind goes when the lake is opened next.
            let _ = fs::remove_dir_all(&self.spill);
        }
    }
}

impl Load {
    /// Adds a batch.
    pub fn add(&self, batch: &EventBatch) -> Result<(), SourceError> {
        let mut by_bucket: Vec<Vec<EventRef<'_>>> = vec![Vec::new(); self.shards.len()];
        for event in batch.iter() {
            let bucket = bucket_of(text_hash(event.customer), self.inner.buckets);
            if let Some(events) = by_bucket.get_mut(bucket as usize) {
                events.push(event);
            }
        }
        for (bucket, events) in by_bucket.iter().enumerate().filter(|(_, e)| !e.is_empty()) {
            let Some(shard) = self.shards.get(bucket) else { continue };
            let mut shard = lock(shard);
            for event in events {
                shard.push(&self.source, self.hasher, event);
                if shard.rows.len() >= self.block_rows || shard.rows.bytes() >= PASS_BYTES_MAX / 4 {
                    self.spill(bucket, &mut shard)?;
                }
            }
        }
        Ok(())
    }

    /// What a commit would say now. Writes nothing and keeps the load open.
    pub fn count(&self) -> Result<Loaded, SourceError> {
        let _unchanged = self.inner.change();
        self.settle(None)
    }

    /// Makes all events visible at once, durably.
    pub fn commit(self) -> Result<Loaded, SourceError> {
        self.commit_noting(None)
    }

    /// Rows added, doubles included.
    fn rows(&self) -> u64 {
        self.shards.iter().map(lock).map(|s| (s.spilled_rows + s.rows.len()) as u64).sum()
    }

    /// [`Load::commit`] with a receipt under which the load can be withdrawn; a load of more than [`UNDO_EVENTS_MAX`] rows leaves none.
    pub fn commit_noting(self, receipt: Option<&str>) -> Result<Loaded, SourceError> {
        let mut catalog = self.inner.change();
        // What came in live arrived earlier.
        self.inner.fold_into(&mut catalog)?;
        let draft = Draft::new(&self.inner.dir, &self.inner.zone, &self.inner.names, &catalog);
        let receipt = receipt.filter(|_| self.rows() <= UNDO_EVENTS_MAX);
        let receipt = receipt.map(|name| Receipt::begin(&self.inner, name)).transpose()?;
        let loaded = self.settle(Some((&draft, receipt.as_ref())))?;
        // Before the events can be seen, it is on the disk which they are.
        receipt.map_or(Ok(()), Receipt::finish)?;
        self.inner.step("load written");
        if loaded.kept() == 0 {
            return Ok(loaded);
        }
        let next = draft.next_catalog(&catalog, &[])?;
        self.inner.publish(&mut catalog, next, draft, None)?;
        Ok(loaded)
    }

    fn spill(&self, bucket: usize, shard: &mut Shard) -> Result<(), SourceError> {
        if shard.file.is_none() {
            fs::create_dir_all(&self.spill).map_err(told)?;
            let path = self.spill.join(format!("{bucket:04}"));
            let file = File::options().create_new(true).read(true).write(true).open(path).map_err(told)?;
            shard.file = Some(file);
        }
        shard.spill().map_err(told)?;
        self.inner.step("spilled");
        Ok(())
    }

    /// Finds out what is new, bucket by bucket, and writes it into the draft if there is one.
    fn settle(&self, draft: Option<(&Draft<'_>, Option<&Receipt>)>) -> Result<Loaded, SourceError> {
        let snapshot = self.inner.snapshot();
        let sums = Mutex::new(Loaded::default());
        let changes: Mutex<BTreeMap<u64, Vec<Change>>> = Mutex::default();
        spread(self.inner.options.threads, self.shards.len(), &|bucket| {
            let Some(shard) = self.shards.get(bucket) else { return Ok(()) };
            let shard = lock(shard);
            let passes = shard.bytes().div_ceil(PASS_BYTES_MAX).max(1) as u32;
            for pass in 0..passes {
                let (done, changed) =
                    self.settle_pass(bucket as u32, &shard, (pass, passes), &snapshot.segments, draft)?;
                add(&mut lock(&sums), done);
                let mut changes = lock(&changes);
                for (segment, change) in changed {
                    changes.entry(segment).or_default().push(change);
                }
            }
            Ok(())
        })?;
        if let Some((draft, _)) = draft {
            let changes = lock(&changes);
            for segment in snapshot.segments.iter() {
                if let Some(changes) = changes.get(&segment.meta.id) {
                    draft.retract(segment, &self.source, changes)?;
                    self.inner.step("retractions written");
                }
            }
        }
        let mut sums = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
        sums.touched.sort_unstable();
        Ok(sums)
    }

    fn settle_pass(
        &self,
        bucket: u32,
        shard: &Shard,
        (pass, passes): (u32, u32),
        segments: &[Arc<Segment>],
        draft: Option<(&Draft<'_>, Option<&Receipt>)>,
    ) -> Result<(Loaded, Vec<(u64, Change)>), SourceError> {
        let mut rows =
            shard.read(passes == 1, |customer| passes == 1 || pass_of(text_hash(customer), passes) == pass)?;
        let bulk = rows.len() > 10_000;
        let settled = settle(&mut rows, &Place { segments, bucket, names: &self.inner.names }, self.now)?;
        let mut stored = Stored::new(segments, bucket, bulk, &self.inner.names);
        let arranged = arrange(&rows, &mut stored, &settled.fates)?;
        let mut done = Loaded {
            accepted: arranged.order.len() as u64 - settled.corrected - settled.deleted,
            corrected: settled.corrected,
            deleted: settled.deleted,
            duplicates: arranged.duplicates + settled.duplicates,
            ..Loaded::default()
        };
        let mut counted = vec![false; rows.customers.len()];
        for group in &arranged.groups {
            let customer = rows.customers.get(group.customer);
            if let Some(counted) = counted.get_mut(group.customer as usize)
                && !std::mem::replace(counted, true)
            {
                done.new_customers += u64::from(!stored.has_customer(customer)?);
                done.touched.push(customer.to_owned());
            }
        }
        if let Some((draft, receipt)) = draft {
            draft.write(bucket, &rows, &arranged, &settled.retracted)?;
            if let Some(receipt) = receipt {
                receipt.note(
                    &rows,
                    arranged.groups.iter().map(|g| (rows.customers.get(g.customer), arranged.rows_of(g))),
                )?;
            }
        }
        Ok((done, settled.changes))
    }
}

fn add(sums: &mut Loaded, other: Loaded) {
    sums.accepted += other.accepted;
    sums.corrected += other.corrected;
    sums.deleted += other.deleted;
    sums.duplicates += other.duplicates;
    sums.new_customers += other.new_customers;
    sums.touched.extend(other.touched);
}

impl Bulk for Load {
    fn add(&self, batch: &EventBatch) -> Result<(), SourceError> {
        Self::add(self, batch)
    }

    fn count(&self) -> Result<Loaded, SourceError> {
        Self::count(self)
    }

    fn commit(self: Box<Self>, receipt: Option<&str>) -> Result<Loaded, SourceError> {
        self.commit_noting(receipt)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shard {
    fn push(&mut self, source: &str, hasher: IdHasher, event: &EventRef<'_>) {
        let code = *self.source.get_or_insert_with(|| self.rows.sources.code(source));
        self.rows.push(code, hasher.hash(event.id), event);
    }

    fn spill(&mut self) -> std::io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut put = Put(std::mem::take(&mut self.buffer));
        put.0.clear();
        self.rows.write(&mut put);
        file.write_all(&put.0)?;
        self.blocks.push((self.file_bytes, put.0.len()));
        self.file_bytes += put.0.len() as u64;
        self.spilled += self.rows.bytes();
        self.spilled_rows += self.rows.len();
        self.buffer = put.0;
        self.rows.clear();
        self.source = None;
        Ok(())
    }

    /// Memory that all its events take.
    fn bytes(&self) -> usize {
        self.spilled + self.rows.bytes()
    }

    /// The events of the customers that `keep` takes, in the order in which they were added.
    fn read(&self, all: bool, keep: impl Fn(&str) -> bool) -> Result<Rows, SourceError> {
        let mut rows = Rows::default();
        rows.reserve(if all { self.spilled_rows + self.rows.len() } else { 0 });
        let mut bytes = Vec::new();
        for (offset, len) in &self.blocks {
            let Some(file) = &self.file else { break };
            bytes.resize(*len, 0);
            file.read_exact_at(&mut bytes, *offset).map_err(told)?;
            let block = Rows::read(&mut Get(&bytes))
                .map_err(|_| damaged(std::path::Path::new("spill"), "a spilled block is not what was written"))?;
            rows.absorb_if(&block, &keep);
        }
        rows.absorb_if(&self.rows, &keep);
        Ok(rows)
    }
}
