//! A folder of usage history.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kizashi_domain::intake::Joined;
use kizashi_domain::measure::SourceError;
use kizashi_domain::time::Zone;

use crate::catalog::Catalog;
use crate::draft::Draft;
use crate::error::{LakeError, damaged, told};
use crate::log::disk::{OpenDisk, real};
use crate::log::recover::recover;
use crate::log::{Chunk, Log};
use crate::names::NameBook;
use crate::segment::cells::tally;
use crate::segment::summary::Sums;
use crate::segment::{Segment, SegmentMeta};
use crate::tail::TailCache;
use crate::zone::ZoneName;

/// Events in the log beyond which an append folds it by itself, so that opening and reading stay quick.
pub const TAIL_EVENTS_MAX: u64 = 400_000;

/// Memory of those events beyond which the same happens.
pub const TAIL_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Rows up to which small appends are put together in memory.
const CHUNK_ROWS: usize = 4 * 1024;

/// What to do about a log that is damaged where it had been acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnDamage {
    /// Do not open.
    #[default]
    Refuse,
    /// Copy the damaged file into the folder `damaged` and go on with every frame that is whole.
    SetAside,
}

/// How to open a lake.
#[derive(Clone)]
pub struct Options {
    /// Customer buckets of a new lake (1 to 1024). An existing one keeps its own.
    pub buckets: u32,
    /// Threads for visits and loads.
    pub threads: usize,
    /// A damaged log.
    pub on_damage: OnDamage,
    /// Memory a load may fill before it spills to disk, in bytes.
    pub load_bytes_max: usize,
    pub(crate) disk: OpenDisk,
    /// Called between the steps of whatever changes the folder, so that a test can look at it as a crash would leave it.
    pub(crate) at_step: Arc<dyn Fn(&'static str) + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            buckets: 16,
            threads: std::thread::available_parallelism().map_or(2, usize::from),
            on_damage: OnDamage::Refuse,
            load_bytes_max: 64 * 1024 * 1024,
            disk: real(),
            at_step: Arc::new(|_| {}),
        }
    }
}

/// Usage history at rest: a durable log for what comes in, and sorted segments for what is there. Cheap to clone.
#[derive(Clone)]
pub struct Lake {
    pub(crate) inner: Arc<Inner>,
}

pub struct Inner {
    pub dir: PathBuf,
    pub zone: ZoneName,
    pub options: Options,
    pub buckets: u32,
    pub names: NameBook,
    pub log: Log,
    pub tail: TailCache,
    pub customers: Mutex<Option<(u64, Arc<Vec<String>>)>>,
    pub joined: Mutex<Arc<Joined>>,
    /// Memory of the customer directories that segments keep.
    pub kept_bytes: Arc<AtomicUsize>,
    /// Held by whoever changes the set of segments.
    pub changing: Mutex<Catalog>,
    state: Mutex<State>,
    /// Kept open: the lock goes with the process.
    _lock: File,
}

#[derive(Clone, Default)]
struct State {
    version: u64,
    segments: Arc<Vec<Arc<Segment>>>,
    tail: Vec<Arc<Chunk>>,
    tail_events: u64,
    tail_bytes: usize,
    /// How the tail arrived.
    landed: Arc<Sums>,
}

impl State {
    /// Adds events to the tail. Small appends are put together, as long as nobody is reading what is there.
    fn add(&mut self, chunk: Chunk, sums: &Sums) {
        Arc::make_mut(&mut self.landed).absorb(sums);
        self.tail_events += chunk.rows.len() as u64;
        self.tail_bytes += chunk.rows.bytes();
        let last = self.tail.last_mut().and_then(Arc::get_mut);
        match last.filter(|last| last.log == chunk.log && last.rows.len() < CHUNK_ROWS) {
            Some(last) => last.rows.absorb(&chunk.rows),
            None => self.tail.push(Arc::new(chunk)),
        }
    }
}

/// What a reader sees: the segments and the unfolded events of one moment.
#[derive(Clone)]
pub struct Snapshot {
    /// Counts changes of the set of segments.
    pub version: u64,
    pub segments: Arc<Vec<Arc<Segment>>>,
    pub tail: Vec<Arc<Chunk>>,
    /// Events in the tail, duplicates included.
    pub tail_events: u64,
    /// How the tail arrived, duplicates included.
    pub landed: Arc<Sums>,
}

/// What waits in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Pending {
    /// Events that are durable but not in a segment yet.
    pub events: u64,
}

/// Sizes of a lake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Stats {
    /// Events in segments, with versions that were corrected or deleted.
    pub events: u64,
    /// Those of them that no longer count.
    pub retracted: u64,
    /// Events in the log, duplicates included.
    pub pending: u64,
    /// Segments.
    pub segments: u64,
    /// Bytes of the Parquet files.
    pub event_bytes: u64,
    /// Bytes of the cells.
    pub cell_bytes: u64,
}

impl Lake {
    /// Opens a folder, making it when it is empty or not there. Days are counted in `zone`.
    pub fn open(dir: &Path, zone: Zone, options: Options) -> Result<Self, LakeError> {
        fs::create_dir_all(dir)?;
        let lock = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(LakeError::InUse(dir.to_owned())),
            Err(fs::TryLockError::Error(e)) => return Err(e.into()),
        }
        let zone = ZoneName::new(zone);
        let mut catalog = open_catalog(dir, &zone, &options)?;
        let names = NameBook::new(&catalog.names);
        crate::tidy::remove_orphans(dir, &catalog)?;
        if catalog.zone != zone.name {
            crate::tidy::recount(dir, &mut catalog, &zone, &names)?;
        }
        let aside = (options.on_damage == OnDamage::SetAside).then(|| dir.join("damaged"));
        let recovered = recover(&dir.join("log"), catalog.folded_log, aside.as_deref())?;
        let log = Log::start(&dir.join("log"), Arc::clone(&options.disk), recovered.number, recovered.durable)?;
        let kept_bytes = Arc::new(AtomicUsize::new(0));
        let segment = |m: &SegmentMeta| Arc::new(Segment::new(dir, m.clone(), zone.clone(), Arc::clone(&kept_bytes)));
        let segments = Arc::new(catalog.segments.iter().map(segment).collect());
        let mut state = State { version: catalog.version, segments, ..State::default() };
        for chunk in recovered.chunks {
            let sums = tally(&chunk.rows, &names.codes(&chunk.rows.names), &zone.zone);
            state.add(chunk, &sums);
        }
        let inner = Inner {
            dir: dir.to_owned(),
            zone,
            buckets: catalog.buckets,
            options,
            names,
            log,
            tail: TailCache::default(),
            customers: Mutex::new(None),
            joined: Mutex::default(),
            kept_bytes,
            changing: Mutex::new(catalog),
            state: Mutex::new(state),
            _lock: lock,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What waits in the log to be folded.
    pub fn pending(&self) -> Pending {
        Pending { events: self.inner.state().tail_events }
    }

    /// How much there is.
    pub fn stats(&self) -> Stats {
        let state = self.inner.state();
        let mut stats = Stats { pending: state.tail_events, segments: state.segments.len() as u64, ..Stats::default() };
        for segment in state.segments.iter() {
            stats.events += segment.meta.rows;
            stats.retracted += segment.meta.retracted.map_or(0, |r| r.rows);
            stats.event_bytes += segment.meta.bytes;
            stats.cell_bytes += segment.meta.cell_bytes;
        }
        stats
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }
}

fn open_catalog(dir: &Path, zone: &ZoneName, options: &Options) -> Result<Catalog, LakeError> {
    let found = Catalog::read(dir)?;
    let events = dir.join("events");
    let catalog = match found {
        Some(catalog) => catalog,
        None if events.exists() => {
            // Without its catalog every file in there would look like an orphan.
            return Err(damaged(&crate::catalog::path_of(dir), "it is missing, but there are events").into());
        }
        None => Catalog::new(options.buckets.clamp(1, 1024), zone.name.clone()),
    };
    fs::create_dir_all(dir.join("log"))?;
    if catalog.version == 0 && Catalog::read(dir)?.is_none() {
        catalog.write(dir).map_err(|e| told(e.error))?;
    }
    fs::create_dir_all(&events)?;
    crate::files::flush_dir(dir)?;
    Ok(catalog)
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Customers that are one.
    pub fn joined(&self) -> Arc<Joined> {
        Arc::clone(&self.joined.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is there now.
    pub fn snapshot(&self) -> Snapshot {
        let state = self.state();
        Snapshot {
            version: state.version,
            segments: Arc::clone(&state.segments),
            tail: state.tail.clone(),
            tail_events: state.tail_events,
            landed: Arc::clone(&state.landed),
        }
    }

    /// Takes the right to change the set of segments.
    pub fn change(&self) -> MutexGuard<'_, Catalog> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the catalog on disk and then what readers see. Segments that are no longer named go with their last reader.
    pub fn publish(
        &self,
        catalog: &mut Catalog,
        next: Catalog,
        draft: Draft<'_>,
        tail_folded: Option<u64>,
    ) -> Result<(), SourceError> {
        if let Err(failed) = next.write(&self.dir) {
            if failed.unsure {
                // The catalog on disk may name the new files: they stay, and their numbers are not used again.
                catalog.next_segment = next.next_segment;
                catalog.version = next.version;
                draft.keep();
            }
            return Err(told(failed.error));
        }
        draft.keep();
        self.step("catalog replaced");
        *catalog = next;
        let mut state = self.state();
        let mut kept = Vec::with_capacity(catalog.segments.len());
        let mut old: std::collections::HashMap<u64, Arc<Segment>> =
            state.segments.iter().map(|s| (s.meta.id, Arc::clone(s))).collect();
        for meta in &catalog.segments {
            let segment = match old.remove(&meta.id) {
                Some(same) if same.meta.retracted == meta.retracted => same,
                Some(changed) => Arc::new(changed.replace_retracted(&self.dir, meta.clone())),
                None => {
                    let kept_bytes = Arc::clone(&self.kept_bytes);
                    Arc::new(Segment::new(&self.dir, meta.clone(), self.zone.clone(), kept_bytes))
                }
            };
            kept.push(segment);
        }
        for gone in old.values() {
            gone.retire();
        }
        state.version = catalog.version;
        state.segments = Arc::new(kept);
        if let Some(log) = tail_folded {
            state.tail.retain(|c| c.log > log);
            state.tail_events = state.tail.iter().map(|c| c.rows.len() as u64).sum();
            state.tail_bytes = state.tail.iter().map(|c| c.rows.bytes()).sum();
            let mut landed = Sums::default();
            state.tail.iter().for_each(|chunk| landed.absorb(&self.tally(chunk)));
            state.landed = Arc::new(landed);
        }
        Ok(())
    }

    /// Whether the log has to be folded before it grows further.
    pub fn is_tail_long(&self) -> bool {
        let state = self.state();
        state.tail_events > TAIL_EVENTS_MAX || state.tail_bytes > TAIL_BYTES_MAX
    }

    /// Lets a test look.
    pub fn step(&self, what: &'static str) {
        (self.options.at_step)(what);
    }

    /// How a chunk arrived; its names have codes from now on.
    fn tally(&self, chunk: &Chunk) -> Sums {
        tally(&chunk.rows, &self.names.codes(&chunk.rows.names), &self.zone.zone)
    }

    pub fn land(&self, chunks: Vec<Chunk>) {
        let sums: Vec<Sums> = chunks.iter().map(|chunk| self.tally(chunk)).collect();
        let mut state = self.state();
        for (chunk, sums) in chunks.into_iter().zip(&sums) {
            state.add(chunk, sums);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.log.seal();
    }
}
