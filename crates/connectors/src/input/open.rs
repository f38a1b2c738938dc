//! Opening: what kind of bytes are these, and how far are we.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use kizashi_domain::limits::{INFLATED_FREE_BYTES_MAX, INFLATION_RATIO_MAX};

use crate::error::Error;

/// Bytes ready to be read, inflated when they were compressed.
pub struct Input {
    /// The bytes.
    pub bytes: Box<dyn BufRead + Send>,
    /// Bytes of the file taken so far.
    pub taken: Arc<AtomicU64>,
    /// Bytes of the whole file, when known.
    pub total: Option<u64>,
    /// The file's name as given; `-` for standard input.
    pub name: String,
}

/// Opens a file, or standard input for `-`.
pub fn open_file(path: &Path) -> Result<Input, Error> {
    if path.as_os_str() == "-" {
        return open_reader(Box::new(io::stdin()), "-", None);
    }
    let name = path.display().to_string();
    let fail = |error| Error::Io { name: name.clone(), error };
    let file = File::open(path).map_err(fail)?;
    let meta = file.metadata().map_err(fail)?;
    if meta.is_dir() {
        return Err(fail(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    open_reader(Box::new(file), &name, meta.is_file().then_some(meta.len()))
}

/// Opens any stream.
pub fn open_reader(stream: Box<dyn Read + Send>, name: &str, total: Option<u64>) -> Result<Input, Error> {
    let taken = Arc::new(AtomicU64::new(0));
    let counted = Counted { stream, taken: Arc::clone(&taken) };
    let mut bytes: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(1 << 18, counted));
    let head = sniff(&mut bytes).map_err(|error| Error::Io { name: name.to_owned(), error })?;
    if head.starts_with(&[0x1f, 0x8b]) {
        let inflated = Inflated { inner: MultiGzDecoder::new(bytes), taken: Arc::clone(&taken), given: 0 };
        bytes = Box::new(BufReader::with_capacity(1 << 18, inflated));
    } else if let Some((what, advice)) = foreign(&head) {
        return Err(Error::Unsupported { name: name.to_owned(), what, advice });
    }
    Ok(Input { bytes, taken, total, name: name.to_owned() })
}

/// The first bytes, without taking them.
pub fn sniff(bytes: &mut Box<dyn BufRead + Send>) -> io::Result<Vec<u8>> {
    let head = bytes.fill_buf()?;
    Ok(head.get(..head.len().min(64 * 1024)).unwrap_or_default().to_vec())
}

fn foreign(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const CSV: &str = "save it as CSV (UTF-8) and give that";
    const BY_NAME: &str = "give its own name: workbooks are not read from a stream or out of gzip";
    match head {
        [b'P', b'K', 3, 4, ..] => Some(("an Excel workbook or a zip archive", BY_NAME)),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(("an old Excel workbook", BY_NAME)),
        [b'P', b'A', b'R', b'1', ..] => {
            Some(("a Parquet file", "give its own name: Parquet is not read from a stream or out of gzip"))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(("compressed with zstd", "inflate it, or compress it with gzip")),
        [b'B', b'Z', b'h', ..] => Some(("compressed with bzip2", "inflate it, or compress it with gzip")),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Some(("compressed with xz", "inflate it, or compress it with gzip")),
        [b'%', b'P', b'D', b'F', ..] => Some(("a PDF", CSV)),
        _ => None,
    }
}

struct Counted {
    stream: Box<dyn Read + Send>,
    taken: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.stream.read(into)?;
        self.taken.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Inflated bytes, with a limit on how much a byte may swell.
struct Inflated<R> {
    inner: MultiGzDecoder<R>,
    taken: Arc<AtomicU64>,
    given: u64,
}

impl<R: BufRead> Read for Inflated<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(into)?;
        self.given += n as u64;
        let taken = self.taken.load(Ordering::Relaxed);
        if self.given > INFLATED_FREE_BYTES_MAX && self.given / INFLATION_RATIO_MAX > taken {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "inflates without end"));
        }
        Ok(n)
    }
}

impl Input {
    /// The error of a read that failed at about this line.
    pub fn explain(name: &str, taken: &AtomicU64, line: u64, error: io::Error) -> Error {
        let name = name.to_owned();
        match error.kind() {
            io::ErrorKind::FileTooLarge => Error::Bomb { name, ratio_max: INFLATION_RATIO_MAX },
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                let detail = if error.kind() == io::ErrorKind::UnexpectedEof {
                    "the compressed data end too early".to_owned()
                } else {
                    format!("the compressed data are broken ({error})")
                };
                Error::Damaged { name, at_bytes: taken.load(Ordering::Relaxed), line, detail }
            }
            _ => Error::Io { name, error },
        }
    }
}
