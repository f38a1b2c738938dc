//! The catalog: which segments make up the history, and up to where the log is in them. It is replaced whole, so that a crash
//! leaves the state before a step or the state after it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{LakeError, damaged, told};
use crate::files::{NotReplaced, replace};
use crate::segment::SegmentMeta;

/// Version of the folder's form. A release that knows only 3 would count what was retracted: 4 is written as soon as anything is.
/// 1 and 2 belonged to previews, with longer ids.
pub const FORMAT: u32 = 4;
const PLAIN_FORMAT: u32 = 3;

/// The catalog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Counts its replacements.
    pub version: u64,
    /// Customer buckets, chosen when the folder was made.
    pub buckets: u32,
    /// Zone that the summaries count days in.
    pub zone: String,
    /// Number of the next segment.
    pub next_segment: u64,
    /// The last log file whose events are in segments.
    pub folded_log: u64,
    /// Event names by code.
    pub names: Vec<String>,
    /// Live segments by number.
    pub segments: Vec<SegmentMeta>,
}

/// Path of the catalog.
pub fn path_of(dir: &Path) -> PathBuf {
    dir.join("catalog")
}

impl Catalog {
    /// An empty one.
    pub const fn new(buckets: u32, zone: String) -> Self {
        Self { version: 0, buckets, zone, next_segment: 1, folded_log: 0, names: Vec::new(), segments: Vec::new() }
    }

    /// Reads the catalog; `None` when there is none.
    pub fn read(dir: &Path) -> Result<Option<Self>, LakeError> {
        let path = path_of(dir);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(told(e).into()),
        };
        let bad = |what: &str| LakeError::from(damaged(&path, what));
        let text = std::str::from_utf8(&bytes).map_err(|_| bad("it is not text"))?;
        let (head, body) = text.split_once('\n').ok_or_else(|| bad("it has no first line"))?;
        let mut words = head.split(' ');
        let (Some("kizashi-lake"), Some(format), Some(crc)) = (words.next(), words.next(), words.next()) else {
            return Err(bad("it does not begin like a catalog"));
        };
        let format: u32 = format.parse().map_err(|_| bad("its format is not a number"))?;
        if format > FORMAT {
            return Err(LakeError::Newer { dir: dir.to_owned(), found: format, known: FORMAT });
        }
        if format < PLAIN_FORMAT {
            return Err(LakeError::Older { dir: dir.to_owned(), found: format, known: PLAIN_FORMAT });
        }
        if format!("{:08x}", crc32fast::hash(body.as_bytes())) != crc {
            return Err(bad("its checksum does not match"));
        }
        serde_json::from_str(body).map(Some).map_err(|e| LakeError::from(damaged(&path, e)))
    }

    /// Puts it in place of the one before, durably.
    pub fn write(&self, dir: &Path) -> Result<(), NotReplaced> {
        let body = serde_json::to_string(self).map_err(|e| NotReplaced { unsure: false, error: e.into() })?;
        let is_plain = self.segments.iter().all(|s| s.retracted.is_none());
        let format = if is_plain { PLAIN_FORMAT } else { FORMAT };
        let text = format!("kizashi-lake {format} {:08x}\n{body}", crc32fast::hash(body.as_bytes()));
        replace(&path_of(dir), text.as_bytes())
    }
}
