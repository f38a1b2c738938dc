//! One segment: events of a customer bucket and a month, sorted by customer and time, never changed.

pub mod cells;
pub mod planes;
pub mod read;
pub mod retracted;
pub mod summary;
pub mod values;
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
use crate::ids::{ID_BYTES, IdHash};
use crate::names::NameBook;
use crate::segment::cells::{Origin, Sorted, write_cells};
use crate::segment::read::EventFile;
use crate::segment::retracted::{Retracted, RetractedMeta, read_retracted};
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
    /// Rows that no longer count from some instant on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retracted: Option<RetractedMeta>,
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

    /// Path of the file of its retractions inside the lake.
    pub fn retracted_file(&self) -> Option<PathBuf> {
        let version = self.retracted.as_ref()?.version;
        Some(self.file().with_file_name(format!("{:010}-{version:010}.retracted", self.id)))
    }
}

/// A segment on disk, with its retractions as they were at some moment. Its files go when it is retired and nobody reads it
/// any more.
pub struct Segment {
    pub meta: SegmentMeta,
    files: Arc<Files>,
    zone: ZoneName,
    retracted: OnceLock<Arc<Retracted>>,
    /// Where the retractions lie.
    retracted_path: Option<PathBuf>,
    /// Others took their place.
    replaced: AtomicBool,
}

/// The files of a segment that stay the same whatever is retracted.
struct Files {
    path: PathBuf,
    retired: AtomicBool,
    mending: Mutex<()>,
    directory: OnceLock<Arc<Directory>>,
    kept_bytes: Arc<AtomicUsize>,
}

/// Memory of customer directories that stay unpacked for the next reader.
const DIRECTORIES_BYTES_MAX: usize = 64 * 1024 * 1024;

impl Drop for Segment {
    fn drop(&mut self) {
        if let Some(path) = &self.retracted_path
            && (self.replaced.load(Ordering::Acquire) || self.files.retired.load(Ordering::Acquire))
        {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Drop for Files {
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
        let retracted_path = meta.retracted_file().map(|f| dir.join(f));
        let (retired, mending, directory) = (AtomicBool::new(false), Mutex::new(()), OnceLock::new());
        let files = Arc::new(Files { path, retired, mending, directory, kept_bytes });
        Self { meta, files, zone, retracted: OnceLock::new(), retracted_path, replaced: AtomicBool::new(false) }
    }

    /// The same segment with other retractions. The ones before go with their last reader.
    pub fn replace_retracted(&self, dir: &Path, meta: SegmentMeta) -> Self {
        self.replaced.store(true, Ordering::Release);
        let retracted_path = meta.retracted_file().map(|f| dir.join(f));
        let (files, zone) = (Arc::clone(&self.files), self.zone.clone());
        Self { meta, files, zone, retracted: OnceLock::new(), retracted_path, replaced: AtomicBool::new(false) }
    }

    /// The rows that no longer count.
    pub fn retracted(&self) -> Result<Arc<Retracted>, SourceError> {
        if let Some(retracted) = self.retracted.get() {
            return Ok(Arc::clone(retracted));
        }
        let read = match (&self.meta.retracted, &self.retracted_path) {
            (Some(meta), Some(path)) => read_retracted(path, meta, self.meta.rows, &self.zone.zone)?,
            _ => Retracted::default(),
        };
        Ok(Arc::clone(self.retracted.get_or_init(|| Arc::new(read))))
    }

    /// Where its retractions lie, if it has any.
    pub fn retracted_path(&self) -> Option<&Path> {
        self.retracted_path.as_deref()
    }

    /// The customers. Kept for the next reader while there is room.
    pub fn directory(&self, names: &NameBook) -> Result<Arc<Directory>, SourceError> {
        if let Some(directory) = self.files.directory.get() {
            return Ok(Arc::clone(directory));
        }
        let read = self.open_cells().and_then(|cells| cells.directory());
        let read = match read {
            Ok(directory) => directory,
            Err(_) => {
                self.mend(names)?.0.directory().map_err(|_| damaged(&self.files.path, "its cells cannot be read"))?
            }
        };
        let directory = Arc::new(read);
        let bytes = directory.bytes();
        if self.files.kept_bytes.load(Ordering::Relaxed) + bytes <= DIRECTORIES_BYTES_MAX
            && self.files.directory.set(Arc::clone(&directory)).is_ok()
        {
            self.files.kept_bytes.fetch_add(bytes, Ordering::Relaxed);
        }
        Ok(directory)
    }

    pub fn path(&self) -> &Path {
        &self.files.path
    }

    /// Takes its files away with its last reader.
    pub fn retire(&self) {
        self.files.retired.store(true, Ordering::Release);
    }

    /// The cells; built again when they cannot be used.
    pub fn cells(&self, names: &NameBook) -> Result<Cells, SourceError> {
        self.open_cells().map_or_else(|_| self.mend(names).map(|(cells, _)| cells), Ok)
    }

    /// The cells as they lie there.
    pub fn open_cells(&self) -> Result<Cells, view::Stale> {
        let cells = Cells::open(&cells_of(&self.files.path), self.meta.crc, &self.zone.name)?;
        if cells.rows as u64 == self.meta.rows { Ok(cells) } else { Err(view::Stale) }
    }

    /// Builds the cells anew from the Parquet file.
    pub fn mend(&self, names: &NameBook) -> Result<(Cells, Vec<SourceSummary>), SourceError> {
        let _one_at_a_time = self.files.mending.lock().unwrap_or_else(PoisonError::into_inner);
        tracing::warn!(segment = self.meta.id, "building the cells of a segment again");
        let built = self.build_cells(&cells_of(&self.files.path), names)?;
        let cells =
            self.open_cells().map_err(|_| damaged(&self.files.path, "its cells cannot be read after building them"))?;
        Ok((cells, built))
    }

    /// Builds the cells at a path from the Parquet file.
    pub fn build_cells(&self, path: &Path, names: &NameBook) -> Result<Vec<SourceSummary>, SourceError> {
        let file = EventFile::open(&self.files.path)?;
        if file.rows() as u64 != self.meta.rows {
            return Err(damaged(&self.files.path, "it has another number of rows than the catalog says"));
        }
        let rows = file.read(0..file.rows())?;
        let order: Vec<u32> = (0..rows.len() as u32).collect();
        let codes = names.codes(&rows.names);
        let id_runs = file.id_runs()?;
        let origin =
            Origin { crc: self.meta.crc, zone: &self.zone.zone, zone_name: &self.zone.name, id_runs: &id_runs };
        let retracted: Vec<(u32, i64)> = self.retracted()?.entries().collect();
        let sorted = Sorted { rows: &rows, order: &order, names: &codes, retracted: &retracted };
        let built = write_cells(path, &sorted, &origin)?;
        Ok(built.sources)
    }

    /// The Parquet file.
    pub fn open_file(&self) -> Result<File, SourceError> {
        File::open(&self.files.path).map_err(told)
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
                    .split_at_mut_checked((to - from) * ID_BYTES)
                    .ok_or_else(|| damaged(&self.files.path, "more ids than rows"))?;
                file.read_exact_at(part, run.offset + ((from - first) * ID_BYTES) as u64).map_err(told)?;
                rest = more;
            }
            first = next;
        }
        if rest.is_empty() { Ok(ids) } else { Err(damaged(&self.files.path, "fewer ids than rows")) }
    }
}
