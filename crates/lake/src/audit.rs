//! Checks a whole folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kizashi_domain::intake::Says;
use kizashi_domain::measure::SourceError;

use crate::arrange::{Nothing, arrange};
use crate::catalog::Catalog;
use crate::error::{LakeError, told};
use crate::fold::fates_of;
use crate::lake::Lake;
use crate::log::frame::scan;
use crate::log::path_of;
use crate::log::recover::list_logs;
use crate::rows::Rows;
use crate::segment::read::EventFile;
use crate::segment::retracted::{Retracted, read_retracted};
use crate::segment::{Segment, cells_of};
use crate::tidy::find_orphans;
use crate::wire::Get;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub what: String,
    /// What to do about it.
    pub advice: String,
    /// Whether acknowledged events may be lost. What is derived or left over is not.
    pub grave: bool,
}

/// The result of an audit.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Audit {
    /// Segments looked at.
    pub segments: u64,
    /// Events in them.
    pub events: u64,
    /// Those of them that were corrected or deleted, and what says so.
    pub retracted: u64,
    /// Events in the log.
    pub logged: u64,
    /// What was found; empty when all is well.
    pub findings: Vec<Finding>,
}

impl Lake {
    /// Checks every file of the lake against what the catalog says and against each other. Reads everything.
    pub fn audit(&self) -> Result<Audit, SourceError> {
        // Nothing is folded or loaded meanwhile; appends go on.
        let catalog = self.inner.change();
        let mut audit = Audit::default();
        let mut whole = Vec::new();
        for segment in self.inner.snapshot().segments.iter() {
            let before = audit.findings.len();
            self.audit_segment(segment, &mut audit);
            if !audit.findings.iter().skip(before).any(|f| f.grave) {
                whole.push(Arc::clone(segment));
            }
        }
        audit_ids(whole, &mut audit)?;
        for orphan in find_orphans(&self.inner.dir, &catalog)? {
            audit.find(&orphan, "it belongs to no segment", "it goes when the lake is opened next", false);
        }
        let last = self.inner.log.rotate()?;
        audit_log(&self.inner.dir.join("log"), catalog.folded_log, last, &mut audit)?;
        drop(catalog);
        match Catalog::read(&self.inner.dir) {
            Ok(Some(_)) => {}
            Ok(None) => audit.find(&self.inner.dir.join("catalog"), "it is missing", RESTORE, true),
            Err(e) => audit.find(&self.inner.dir.join("catalog"), e, RESTORE, true),
        }
        Ok(audit)
    }

    fn audit_segment(&self, segment: &Segment, audit: &mut Audit) {
        audit.segments += 1;
        audit.events += segment.meta.rows;
        let path = segment.path();
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) => return audit.find(path, e, RESTORE, true),
        };
        if bytes.len() as u64 != segment.meta.bytes || crc32fast::hash(&bytes) != segment.meta.crc {
            return audit.find(path, "its checksum is not the one in the catalog", RESTORE, true);
        }
        drop(bytes);
        let rows = match EventFile::open(path).and_then(|f| f.read(0..f.rows())) {
            Ok(rows) => rows,
            Err(e) => return audit.find(path, e, RESTORE, true),
        };
        if rows.len() as u64 != segment.meta.rows {
            audit.find(path, "it has another number of rows than the catalog says", RESTORE, true);
        }
        if !is_sorted(&rows) {
            audit.find(path, "its rows are not sorted by customer and time", RESTORE, true);
        }
        self.audit_retracted(segment, &rows, audit);
        let strayed =
            |c: &str| crate::ids::bucket_of(crate::ids::text_hash(c), self.inner.buckets) != segment.meta.bucket;
        let other_month = |t: &i64| crate::days::month_of(*t) != segment.meta.month;
        if rows.customers.iter().any(strayed) || rows.occurred.iter().any(other_month) {
            audit.find(path, "it holds events of another bucket or month", RESTORE, true);
        }
        self.audit_cells(segment, audit);
    }

    /// What was retracted can be read, and every row that deletes something counts for nothing itself.
    fn audit_retracted(&self, segment: &Segment, rows: &Rows, audit: &mut Audit) {
        let path = segment.retracted_path().unwrap_or_else(|| segment.path());
        // Read anew: what readers remember may be better than what lies there.
        let read = match &segment.meta.retracted {
            Some(meta) => read_retracted(path, meta, segment.meta.rows, &self.inner.zone.zone),
            None => Ok(Retracted::default()),
        };
        let retracted = match read {
            Ok(retracted) => retracted,
            Err(e) => return audit.find(path, e, RESTORE, true),
        };
        let counts = |(row, says): (usize, &Says)| *says == Says::Deleted && retracted.at(row).is_none();
        if rows.says.iter().enumerate().any(counts) {
            audit.find(path, "a deletion counts as an event", RESTORE, true);
        }
        audit.retracted += retracted.len() as u64;
    }

    fn audit_cells(&self, segment: &Segment, audit: &mut Audit) {
        let path = cells_of(segment.path());
        let fresh = path.with_extension("audit");
        let built = segment.build_cells(&fresh, &self.inner.names);
        let same = std::fs::read(&fresh).and_then(|fresh| Ok(fresh == std::fs::read(&path)?));
        let _ = std::fs::remove_file(&fresh);
        match (built, same) {
            (Err(e), _) => audit.find(segment.path(), e, RESTORE, true),
            (Ok(_), Ok(true)) => {}
            (Ok(_), _) => audit.find(&path, "it is not what its Parquet file says", REBUILD, false),
        }
    }
}

const RESTORE: &str = "restore it from a backup, or take the folder's last good copy";
const REBUILD: &str = "delete it: it is built again from the Parquet file";

impl Audit {
    fn find(&mut self, file: &Path, what: impl std::fmt::Display, advice: &str, grave: bool) {
        self.findings.push(Finding { file: file.to_owned(), what: what.to_string(), advice: advice.to_owned(), grave });
    }
}

/// Looks for one id in two segments of a partition. What is damaged has been found already and is left out.
fn audit_ids(mut segments: Vec<Arc<Segment>>, audit: &mut Audit) -> Result<(), SourceError> {
    segments.sort_by_key(|s| (s.meta.bucket, s.meta.month, s.meta.id));
    for partition in segments.chunk_by(|a, b| (a.meta.bucket, a.meta.month) == (b.meta.bucket, b.meta.month)) {
        let mut rows = Rows::default();
        let mut retracted = Vec::new();
        for segment in partition {
            let part = EventFile::open(segment.path()).and_then(|f| f.read(0..f.rows()))?;
            let before = rows.len() as u32;
            retracted.extend(segment.retracted()?.entries().map(|(row, at)| (before + row, at)));
            rows.absorb(&part);
        }
        let doubles = arrange(&rows, &mut Nothing, &fates_of(&retracted))?.duplicates;
        if let Some(first) = partition.first().filter(|_| doubles > 0) {
            let what = format!("{doubles} events of this month and bucket are there twice");
            audit.find(first.path(), what, "compact the lake: doubles go when segments are merged", false);
        }
    }
    Ok(())
}

/// Checks the log files `folded`+1 to `last`.
fn audit_log(dir: &Path, folded: u64, last: u64, audit: &mut Audit) -> Result<(), SourceError> {
    for number in list_logs(dir)?.into_iter().filter(|n| *n > folded && *n <= last) {
        let path = path_of(dir, number);
        let bytes = std::fs::read(&path).map_err(told)?;
        let found = scan(&bytes, number, true);
        for (from, to) in &found.damage {
            let what = format!("bytes {from} to {to} are not what was written");
            audit.find(
                &path,
                what,
                "restore the file from a backup, or open the lake with damaged logs set aside",
                true,
            );
        }
        for payload in found.payloads.iter().filter(|p| !p.is_empty()) {
            match Rows::read(&mut Get(payload)) {
                Ok(rows) => audit.logged += rows.len() as u64,
                Err(_) => audit.find(&path, "a frame does not hold events", RESTORE, true),
            }
        }
    }
    Ok(())
}

fn is_sorted(rows: &Rows) -> bool {
    let key = |r: usize| Some((rows.customers.get(*rows.customer.get(r)?), *rows.occurred.get(r)?));
    (1..rows.len()).all(|r| key(r - 1) <= key(r))
}

impl From<LakeError> for Finding {
    fn from(e: LakeError) -> Self {
        Self { file: PathBuf::new(), what: e.to_string(), advice: RESTORE.to_owned(), grave: true }
    }
}
