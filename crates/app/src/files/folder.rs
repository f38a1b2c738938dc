//! Where the contents of files lie: one file each, named by its own SHA-256, so that the same content lies there once.

use std::io;
use std::path::{Path, PathBuf};

use kizashi_domain::limits::FILE_BYTES_MAX;
use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use crate::{App, Error, Refused, Result};

/// The folder inside of a data folder.
const FOLDER: &str = "files";

/// The folder of files.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// Only an error of the disk that may pass is told apart: everything else is our fault.
fn told(e: io::Error) -> Error {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Again("no space left for files"),
        kind => Error::failed("the folder of files", kind),
    }
}

impl Folder {
    pub(crate) fn of(data: &Path) -> Self {
        Self(data.join(FOLDER))
    }

    /// Two letters of the hash tell the folder inside, so that none grows too long.
    fn place(&self, hash: &str) -> PathBuf {
        self.0.join(hash.get(..2).unwrap_or("00")).join(hash)
    }
}

/// A file on its way in. What does not come whole is gone again.
#[derive(Debug)]
pub struct Arriving {
    folder: Folder,
    path: PathBuf,
    file: fs::File,
    hash: Sha256,
    bytes: usize,
}

impl Drop for Arriving {
    fn drop(&mut self) {
        // After it was put in its place there is none of this name any more.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Begins a file.
pub async fn begin_file(app: &App) -> Result<Arriving> {
    let folder = app.files.clone().ok_or_else(|| Error::failed("files", "there is no folder for them"))?;
    fs::create_dir_all(&folder.0).await.map_err(told)?;
    let path = folder.0.join(format!("arriving-{}", uuid::Uuid::now_v7()));
    let file = fs::File::create(&path).await.map_err(told)?;
    Ok(Arriving { folder, path, file, hash: Sha256::new(), bytes: 0 })
}

impl Arriving {
    /// Takes the next piece.
    ///
    /// # Errors
    /// When the file is larger than [`FILE_BYTES_MAX`], or the disk is full.
    pub async fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.bytes += piece.len();
        if self.bytes > FILE_BYTES_MAX {
            return Err(Refused::Field { field: "file", reason: "file-too-large" }.into());
        }
        self.hash.update(piece);
        self.file.write_all(piece).await.map_err(told)
    }

    /// Puts the whole in its place, durably: its hash and length.
    pub(super) async fn settle(mut self) -> Result<(String, i64)> {
        if self.bytes == 0 {
            return Err(Refused::Field { field: "file", reason: "file-empty" }.into());
        }
        self.file.flush().await.map_err(told)?;
        self.file.sync_all().await.map_err(told)?;
        let hash: String = self.hash.finalize_reset().iter().map(|b| format!("{b:02x}")).collect();
        let place = self.folder.place(&hash);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).await.map_err(told)?;
            fs::rename(&self.path, &place).await.map_err(told)?;
            // The name is durable only with the folder that holds it.
            let parent = fs::File::open(parent).await.map_err(told)?;
            parent.sync_all().await.map_err(told)?;
        }
        Ok((hash, i64::try_from(self.bytes).unwrap_or(i64::MAX)))
    }
}

/// Opens the content with a hash.
pub(super) async fn open_content(app: &App, hash: &str) -> Result<fs::File> {
    let Some(folder) = &app.files else { return Err(Refused::NotFound.into()) };
    match fs::File::open(folder.place(hash)).await {
        Ok(file) => Ok(file),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            Err(Refused::Field { field: "file", reason: "file-missing" }.into())
        }
        Err(e) => Err(told(e)),
    }
}

/// Drops the content with a hash, which no file has.
pub(super) async fn drop_content(app: &App, hash: &str) {
    if let Some(folder) = &app.files {
        let _ = fs::remove_file(folder.place(hash)).await;
    }
}
