//! One segment: events of a customer bucket and a month, sorted by customer and time, never changed.

pub mod cells;
pub mod planes;
pub mod read;
pub mod summary;
pub mod view;
pub mod write;

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Serialize};

use crate::days::month_name;
use crate::error::{SourceError, damaged, told};
use crate::ids::IdHash;
use crate::names::NameBook;
use crate::segment::cells::{Origin, Sorted, write_cells};
use crate::segment::read::EventFile;
use crate::segment::summary::SourceSummary;
use crate::segment::view::{Cells, Directory};
use crate::zone::ZoneName;

/// What the catalog knows of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentMeta {
    /// Number of the segment; later ones arrived later.
    pub id: u64,
    pub bucket: u32,
    /// Month since year 0, in UTC.
    pub month: i32,
    pub rows: u64,
    pub customers: u64,
    /// Size and CRC-32 of the Parquet file.
    pub bytes: u64,
    pub crc: u32,
    /// Size of the cells when they were built.
    pub cell_bytes: u64,
    pub first_occurred: i64,
    pub last_occurred: i64,
    pub sources: Vec<SourceSummary>,
}

impl SegmentMeta {
    /// Path of the Parquet file inside the lake.
    pub fn file(&self) -> PathBuf {
        PathBuf::from(format!(
            "events/bucket={:03}/month={}/{:010}.parquet",
            self.bucket,
            month_name(self.month),
            self.id
        ))
    }
}

/// A segment on disk. Its files go when it is retired and nobody reads it any more.
pub struct Segment {
    pub meta: SegmentMeta,
    path: PathBuf,
    zone: ZoneName,
    retired: AtomicBool,
    mending: Mutex<()>,
    directory: OnceLock<Arc<Directory>>,
    kept_bytes: Arc<AtomicUsize>,
}

/// Memory of customer directories that stay unpacked for the next reader.
const DIRECTORIES_BYTES_MAX: usize = 64 * 1024 * 1024;

impl Drop for Segment {
    fn drop(&mut self) {
        if let Some(directory) = self.directory.get() {
            self.kept_bytes.fetch_sub(directory.bytes(), Ordering::Relaxed);
        }
        if self.retired.load(Ordering::Acquire) {
            // What cannot be removed now is an orphan, and goes when the lake is opened next.
            let _ = std::fs::remove_file(&self.path);
            let _ = std::fs::remove_file(cells_of(&self.path));
        }
    }
}

/// Path of the cells beside a Parquet file.
pub fn cells_of(path: &Path) -> PathBuf {
    path.with_extension("cells")
}

impl Segment {
    /// `kept_bytes` counts the memory of directories that all segments of a lake keep.
    pub fn new(dir: &Path, meta: SegmentMeta, zone: ZoneName, kept_bytes: Arc<AtomicUsize>) -> Self {
        let path = dir.join(meta.file());
        Self {
            meta,
            path,
            zone,
            retired: AtomicBool::new(false),
            mending: Mutex::new(()),
            directory: OnceLock::new(),
            kept_bytes,
        }
    }

    /// The customers. Kept for the next reader while there is room.
    pub fn directory(&self, names: &NameBook) -> Result<Arc<Directory>, SourceError> {
        if let Some(directory) = self.directory.get() {
            return Ok(Arc::clone(directory));
        }
        let read = self.open_cells().and_then(|cells| cells.directory());
        let read = match read {
            Ok(directory) => directory,
            Err(_) => self.mend(names)?.0.directory().map_err(|_| damaged(&self.path, "its cells cannot be read"))?,
        };
        let directory = Arc::new(read);
        let bytes = directory.bytes();
        if self.kept_bytes.load(Ordering::Relaxed) + bytes <= DIRECTORIES_BYTES_MAX
            && self.directory.set(Arc::clone(&directory)).is_ok()
        {
            self.kept_bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        Ok(directory)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes its files away with its last reader.
    pub fn retire(&self) {
        self.retired.store(true, Ordering::Release);
    }

    /// The cells; built again when they cannot be used.
    pub fn cells(&self, names: &NameBook) -> Result<Cells, SourceError> {
        self.open_cells().map_or_else(|_| self.mend(names).map(|(cells, _)| cells), Ok)
    }

    /// The cells as they lie there.
    pub fn open_cells(&self) -> Result<Cells, view::Stale> {
        let cells = Cells::open(&cells_of(&self.path), self.meta.crc, &self.zone.name)?;
        if cells.rows as u64 == self.meta.rows { Ok(cells) } else { Err(view::Stale) }
    }

    /// Builds the cells anew from the Parquet file.
    pub fn mend(&self, names: &NameBook) -> Result<(Cells, Vec<SourceSummary>), SourceError> {
        let _one_at_a_time = self.mending.lock().unwrap_or_else(PoisonError::into_inner);
        tracing::warn!(segment = self.meta.id, "building the cells of a segment again");
        let built = self.build_cells(&cells_of(&self.path), names)?;
        let cells =
            self.open_cells().map_err(|_| damaged(&self.path, "its cells cannot be read after building them"))?;
        Ok((cells, built))
    }

    /// Builds the cells at a path from the Parquet file.
    pub fn build_cells(&self, path: &Path, names: &NameBook) -> Result<Vec<SourceSummary>, SourceError> {
        let file = EventFile::open(&self.path)?;
        if file.rows() as u64 != self.meta.rows {
            return Err(damaged(&self.path, "it has another number of rows than the catalog says"));
        }
        let rows = file.read(0..file.rows())?;
        let order: Vec<u32> = (0..rows.len() as u32).collect();
        let codes = names.codes(&rows.names);
        let id_runs = file.id_runs()?;
        let origin =
            Origin { crc: self.meta.crc, zone: &self.zone.zone, zone_name: &self.zone.name, id_runs: &id_runs };
        let built = write_cells(path, &Sorted { rows: &rows, order: &order, names: &codes }, &origin)?;
        Ok(built.sources)
    }

    /// The Parquet file.
    pub fn open_file(&self) -> Result<File, SourceError> {
        File::open(&self.path).map_err(told)
    }

    /// The stored ids of a run of rows, read in place from the open Parquet file.
    pub fn ids(&self, file: &File, cells: &Cells, rows: Range<usize>) -> Result<Vec<IdHash>, SourceError> {
        let mut ids: Vec<IdHash> = vec![IdHash::default(); rows.len()];
        let mut rest = ids.as_flattened_mut();
        let mut first = 0;
        for run in &cells.id_runs {
            let next = first + run.rows as usize;
            let (from, to) = (rows.start.max(first), rows.end.min(next));
            if from < to {
                let (part, more) = rest
                    .split_at_mut_checked((to - from) * 12)
                    .ok_or_else(|| damaged(&self.path, "more ids than rows"))?;
                file.read_exact_at(part, run.offset + (from - first) as u64 * 12).map_err(told)?;
                rest = more;
            }
            first = next;
        }
        if rest.is_empty() { Ok(ids) } else { Err(damaged(&self.path, "fewer ids than rows")) }
    }
}
