//! Segments that are written but not in the catalog yet. Without being kept they leave no trace.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use kizashi_domain::time::Time;

use crate::arrange::Arranged;
use crate::catalog::Catalog;
use crate::error::{SourceError, told};
use crate::files::flush_dir;
use crate::names::NameBook;
use crate::rows::Rows;
use crate::segment::cells::{Origin, Sorted, write_cells};
use crate::segment::read::EventFile;
use crate::segment::retracted::{RetractedMeta, write_retracted};
use crate::segment::write::{Dressed, write_events};
use crate::segment::{Segment, SegmentMeta, cells_of};
use crate::versions::Change;
use crate::zone::ZoneName;

/// New segments.
pub struct Draft<'a> {
    dir: &'a Path,
    zone: &'a ZoneName,
    names: &'a NameBook,
    next: AtomicU64,
    version: u64,
    written: Mutex<Vec<SegmentMeta>>,
    changed: Mutex<BTreeMap<u64, SegmentMeta>>,
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
            version: catalog.version + 1,
            written: Mutex::default(),
            changed: Mutex::default(),
            paths: Mutex::default(),
            kept: false,
        }
    }

    /// Writes the arranged rows of a bucket, a segment for each month. `retracted` are rows that no longer count from an
    /// instant on, sorted.
    pub fn write(
        &self,
        bucket: u32,
        rows: &Rows,
        arranged: &Arranged,
        retracted: &[(u32, i64)],
    ) -> Result<(), SourceError> {
        let dressed = Dressed::new(rows);
        let codes = self.names.codes(&rows.names);
        for month in arranged.groups.chunk_by(|a, b| a.month == b.month) {
            let (Some(first), Some(last)) = (month.first(), month.last()) else { continue };
            let order = arranged.order.get(first.from..last.to).unwrap_or_default();
            let at = |row: &u32| retracted.binary_search_by_key(row, |r| r.0).ok().and_then(|i| retracted.get(i));
            let gone: Vec<(u32, i64)> = match retracted {
                [] => Vec::new(),
                _ => (0..).zip(order).filter_map(|(place, row)| Some((place, at(row)?.1))).collect(),
            };
            let sorted = Sorted { rows, order, names: &codes, retracted: &gone };
            self.write_month(bucket, first.month, &dressed, &sorted)?;
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
            retracted: None,
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
        meta.retracted = self.write_retracted(&meta, sorted.retracted)?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(meta);
        Ok(())
    }

    /// Changes from when on rows of a stored segment no longer count. They are rows of one source.
    pub fn retract(&self, segment: &Segment, source: &str, changes: &[Change]) -> Result<(), SourceError> {
        let mut meta = segment.meta.clone();
        let mut all: BTreeMap<u32, i64> = segment.retracted()?.entries().collect();
        let mut summary = meta.sources.iter_mut().find(|s| s.source == source);
        for change in changes {
            let counts = change.at == i64::MAX;
            let before = if counts { all.remove(&change.row) } else { all.insert(change.row, change.at) };
            if let Some(summary) = &mut summary
                && before.is_some() == counts
            {
                summary.recount(self.zone.zone.day_of(Time(change.occurred)).0, counts);
            }
        }
        meta.retracted = self.write_retracted(&meta, &all.into_iter().collect::<Vec<_>>())?;
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(meta.id, meta);
        Ok(())
    }

    fn write_retracted(
        &self,
        segment: &SegmentMeta,
        entries: &[(u32, i64)],
    ) -> Result<Option<RetractedMeta>, SourceError> {
        if entries.is_empty() {
            return Ok(None);
        }
        let named = RetractedMeta { version: self.version, rows: 0, bytes: 0, crc: 0 };
        let Some(file) = (SegmentMeta { retracted: Some(named), ..segment.clone() }).retracted_file() else {
            return Ok(None);
        };
        let path = self.dir.join(file);
        self.paths.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
        let _ = fs::remove_file(&path);
        write_retracted(&path, self.version, entries).map(Some)
    }

    /// The catalog with the new segments and without the `gone` ones, its files durable under their names.
    pub fn next_catalog(&self, catalog: &Catalog, gone: &[u64]) -> Result<Catalog, SourceError> {
        let mut next = catalog.clone();
        next.version += 1;
        next.next_segment = self.next.load(Ordering::Relaxed);
        next.names = self.names.list();
        next.segments.retain(|s| !gone.contains(&s.id));
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut dirs = BTreeSet::new();
        for segment in &mut next.segments {
            if let Some(meta) = changed.get(&segment.id) {
                segment.clone_from(meta);
                dirs.extend(self.dir.join(segment.file()).parent().map(Path::to_owned));
            }
        }
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner).clone();
        written.sort_by_key(|m| m.id);
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
