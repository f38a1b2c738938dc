//! Why the lake could not do what it was asked.

use std::io;
use std::path::{Path, PathBuf};

pub use kizashi_domain::measure::SourceError;

/// Why a folder of usage history could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// Another process (or another `Lake` of this one) has the folder open.
    #[error("usage history in {0} is in use by another process")]
    InUse(PathBuf),
    /// The folder was written by a preview whose form was never released.
    #[error(
        "usage history in {dir} has format {found} of a preview, this release reads from {known}: import the events again into a new folder"
    )]
    Older {
        /// The folder.
        dir: PathBuf,
        /// Format of the folder.
        found: u32,
        /// Oldest format this release knows.
        known: u32,
    },
    /// The folder was written by a newer release.
    #[error("usage history in {dir} has format {found}, this release reads up to {known}")]
    Newer {
        /// The folder.
        dir: PathBuf,
        /// Format of the folder.
        found: u32,
        /// Newest format this release knows.
        known: u32,
    },
    /// It could not be read or written.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl From<io::Error> for LakeError {
    fn from(e: io::Error) -> Self {
        Self::Source(told(e))
    }
}

/// Tells a full disk from everything else.
pub fn told(e: io::Error) -> SourceError {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => SourceError::NoSpace,
        _ => SourceError::Io(e),
    }
}

/// A file that does not hold what was written.
pub fn damaged(path: &Path, what: impl std::fmt::Display) -> SourceError {
    SourceError::Damaged(format!("{}: {what}", path.display()))
}

/// What the Parquet library says: the machine's complaint if there is one in it, else damage.
pub fn told_parquet(path: &Path, e: parquet::errors::ParquetError) -> SourceError {
    if let parquet::errors::ParquetError::External(inner) = e {
        return match inner.downcast::<io::Error>() {
            Ok(io) => told(*io),
            Err(other) => damaged(path, other),
        };
    }
    damaged(path, e)
}
