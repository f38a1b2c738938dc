//! Segments that are written but not in the catalog yet. Without being kept they leave no trace.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::arrange::Arranged;
use crate::catalog::Catalog;
use crate::error::{SourceError, told};
use crate::files::flush_dir;
use crate::names::NameBook;
use crate::rows::Rows;
use crate::segment::cells::{Origin, Sorted, write_cells};
use crate::segment::read::EventFile;
use crate::segment::write::{Dressed, write_events};
use crate::segment::{SegmentMeta, cells_of};
use crate::zone::ZoneName;

/// New segments.
pub struct Draft<'a> {
    dir: &'a Path,
    zone: &'a ZoneName,
    names: &'a NameBook,
    next: AtomicU64,
    written: Mutex<Vec<SegmentMeta>>,
    paths: Mutex<Vec<PathBuf>>,
    kept: bool,
}

impl<'a> Draft<'a> {
    pub fn new(dir: &'a Path, zone: &'a ZoneName, names: &'a NameBook, catalog: &Catalog) -> Self {
        Self {
            dir,
            zone,
            names,
            next: AtomicU64::new(catalog.next_segment),
            written: Mutex::default(),
            paths: Mutex::default(),
            kept: false,
        }
    }

    /// Writes the arranged rows of a bucket, a segment for each month.
    pub fn write(&self, bucket: u32, rows: &Rows, arranged: &Arranged) -> Result<(), SourceError> {
        let dressed = Dressed::new(rows);
        let codes = self.names.codes(&rows.names);
        for month in arranged.groups.chunk_by(|a, b| a.month == b.month) {
            let (Some(first), Some(last)) = (month.first(), month.last()) else { continue };
            let order = arranged.order.get(first.from..last.to).unwrap_or_default();
            self.write_month(bucket, first.month, &dressed, &Sorted { rows, order, names: &codes })?;
        }
        Ok(())
    }

    fn write_month(
        &self,
        bucket: u32,
        month: i32,
        dressed: &Dressed<'_>,
        sorted: &Sorted<'_>,
    ) -> Result<(), SourceError> {
        let times = || sorted.order.iter().filter_map(|r| sorted.rows.occurred.get(*r as usize)).copied();
        let mut meta = SegmentMeta {
            id: self.next.fetch_add(1, Ordering::Relaxed),
            bucket,
            month,
            rows: sorted.order.len() as u64,
            customers: 0,
            bytes: 0,
            crc: 0,
            cell_bytes: 0,
            first_occurred: times().min().unwrap_or_default(),
            last_occurred: times().max().unwrap_or_default(),
            sources: Vec::new(),
        };
        let path = self.dir.join(meta.file());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(told)?;
        }
        self.paths.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
        // Numbers are not used twice: what lies there was never in a catalog.
        let _ = fs::remove_file(&path);
        let written = write_events(&path, dressed, sorted.order)?;
        (meta.bytes, meta.crc) = (written.bytes, written.crc);
        let id_runs = EventFile::open(&path)?.id_runs()?;
        let origin = Origin { crc: meta.crc, zone: &self.zone.zone, zone_name: &self.zone.name, id_runs: &id_runs };
        let built = write_cells(&cells_of(&path), sorted, &origin)?;
        (meta.cell_bytes, meta.customers, meta.sources) = (built.bytes, built.customers, built.sources);
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(meta);
        Ok(())
    }

    /// The catalog with the new segments and without the `gone` ones, its files durable under their names.
    pub fn next_catalog(&self, catalog: &Catalog, gone: &[u64]) -> Result<Catalog, SourceError> {
        let mut next = catalog.clone();
        next.version += 1;
        next.next_segment = self.next.load(Ordering::Relaxed);
        next.names = self.names.list();
        next.segments.retain(|s| !gone.contains(&s.id));
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner).clone();
        written.sort_by_key(|m| m.id);
        let mut dirs = BTreeSet::new();
        for meta in &written {
            let path = self.dir.join(meta.file());
            dirs.extend(path.ancestors().skip(1).take(3).map(Path::to_owned));
        }
        for dir in dirs {
            flush_dir(&dir).map_err(told)?;
        }
        next.segments.extend(written);
        Ok(next)
    }

    /// Leaves the files where they are: the catalog names them now.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        for path in self.paths.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let _ = fs::remove_file(path);
            let _ = fs::remove_file(cells_of(path));
            let _ = fs::remove_file(path.with_extension("tmp"));
        }
    }
}
