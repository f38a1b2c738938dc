//! What the log asks of a file. A seam, so that a test can let it fail.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// A file that is written at places, flushed and cut.
pub trait Disk: Send + Sync {
    fn write(&self, bytes: &[u8], at: u64) -> io::Result<()>;
    /// Returns when all that was written is on the disk.
    fn flush(&self) -> io::Result<()>;
    /// Forgets what lies behind `len`, durably.
    fn cut(&self, len: u64) -> io::Result<()>;
}

/// Opens a file, making it when it is not there.
pub type OpenDisk = Arc<dyn Fn(&Path) -> io::Result<Arc<dyn Disk>> + Send + Sync>;

impl Disk for File {
    fn write(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        self.write_all_at(bytes, at)
    }

    fn flush(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&self, len: u64) -> io::Result<()> {
        self.set_len(len)?;
        self.sync_all()
    }
}

/// Real files.
pub fn real() -> OpenDisk {
    Arc::new(|path| {
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        Ok(Arc::new(file) as Arc<dyn Disk>)
    })
}
