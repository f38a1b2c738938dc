//! What has to be put in order when a lake is opened.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::error::{LakeError, SourceError, told};
use crate::names::NameBook;
use crate::segment::{Segment, cells_of};
use crate::zone::ZoneName;

/// All files below a folder.
pub fn list_files(dir: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let mut files = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(&dir).map_err(told)? {
            let entry = entry.map_err(told)?;
            if entry.file_type().map_err(told)?.is_dir() { dirs.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    Ok(files)
}

/// Files of ours that no catalog names: left behind by a step that was cut short.
pub fn find_orphans(dir: &Path, catalog: &Catalog) -> Result<Vec<PathBuf>, SourceError> {
    let mut live: HashSet<PathBuf> =
        catalog.segments.iter().map(|s| dir.join(s.file())).flat_map(|p| [cells_of(&p), p]).collect();
    live.extend(catalog.segments.iter().filter_map(|s| s.retracted_file()).map(|f| dir.join(f)));
    let ours = |p: &PathBuf| {
        let stem = p.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        let kind = p.extension().and_then(|e| e.to_str()).unwrap_or_default();
        let is_number = |s: &str| s.parse::<u64>().is_ok();
        match kind {
            "parquet" | "cells" | "tmp" => is_number(stem),
            "retracted" => stem.split_once('-').is_some_and(|(id, version)| is_number(id) && is_number(version)),
            _ => false,
        }
    };
    let mut orphans = list_files(&dir.join("events"))?;
    orphans.retain(|p| ours(p) && !live.contains(p));
    Ok(orphans)
}

/// Takes away what a step left behind that was cut short.
pub fn remove_orphans(dir: &Path, catalog: &Catalog) -> Result<(), SourceError> {
    for orphan in find_orphans(dir, catalog)? {
        tracing::info!(file = %orphan.display(), "removing a file that belongs to no segment");
        fs::remove_file(&orphan).map_err(told)?;
    }
    let _ = fs::remove_file(dir.join("catalog.tmp"));
    let spill = dir.join("spill");
    if spill.exists() {
        fs::remove_dir_all(spill).map_err(told)?;
    }
    Ok(())
}

/// Counts the days of all segments anew, in another zone. Takes as long as reading all events.
pub fn recount(dir: &Path, catalog: &mut Catalog, zone: &ZoneName, names: &NameBook) -> Result<(), LakeError> {
    tracing::warn!(from = catalog.zone, to = zone.name, "the time zone changed: counting the days of all events anew");
    for meta in &mut catalog.segments {
        let segment = Segment::new(dir, meta.clone(), zone.clone(), Arc::default());
        meta.sources = segment.build_cells(&cells_of(segment.path()), names)?;
    }
    catalog.zone.clone_from(&zone.name);
    catalog.version += 1;
    catalog.write(dir).map_err(|e| told(e.error))?;
    Ok(())
}
