//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Makes names in a folder durable.
pub fn flush_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// A file was not replaced, or it cannot be said whether it was.
#[derive(Debug)]
pub struct NotReplaced {
    /// The new bytes are there, but a power failure may bring the old ones back.
    pub unsure: bool,
    pub error: io::Error,
}

/// Replaces a file durably: afterwards it holds the old bytes or the new ones.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), NotReplaced> {
    let tmp = path.with_extension("tmp");
    let written = (|| {
        let mut file = File::create(&tmp)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&tmp, path)
    })();
    if let Err(error) = written {
        let _ = fs::remove_file(&tmp);
        return Err(NotReplaced { unsure: false, error });
    }
    path.parent().map_or(Ok(()), flush_dir).map_err(|error| NotReplaced { unsure: true, error })
}
