//! What is checked before a workbook is opened: it is an archive, and archives can be made to swell without end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;
use kizashi_domain::limits::{WORKBOOK_INFLATED_BYTES_MAX, WORKBOOK_PARTS_MAX};

/// Why an archive is not opened.
#[derive(Debug, PartialEq, Eq)]
pub enum Unsafe {
    /// It holds more than is read.
    Swells,
    /// More parts than any workbook has.
    Parts,
    /// Not an archive, or broken.
    Broken,
}

impl From<io::Error> for Unsafe {
    fn from(_: io::Error) -> Self {
        Self::Broken
    }
}

/// The end of an archive's list of parts lies within so many bytes of its end.
const TAIL_BYTES_MAX: u64 = 66 * 1024;

/// Inflates every part of the archive once, into nothing: sizes that an archive states are not to be believed.
pub fn check_archive(file: &mut File) -> Result<(), Unsafe> {
    let parts = list_parts(file)?;
    let mut inflated = 0;
    for part in parts {
        inflated += measure(file, &part, WORKBOOK_INFLATED_BYTES_MAX - inflated)?;
        if inflated >= WORKBOOK_INFLATED_BYTES_MAX {
            return Err(Unsafe::Swells);
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

struct Part {
    at: u64,
    packed: u64,
    is_packed: bool,
}

fn number(bytes: &[u8], at: usize, len: usize) -> Result<u64, Unsafe> {
    let found = bytes.get(at..at + len).ok_or(Unsafe::Broken)?;
    Ok(found.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
}

/// The parts that the archive's list names.
fn list_parts(file: &mut File) -> Result<Vec<Part>, Unsafe> {
    let len = file.seek(SeekFrom::End(0))?;
    let tail_len = len.min(TAIL_BYTES_MAX);
    file.seek(SeekFrom::Start(len - tail_len))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = tail.windows(4).rposition(|w| w == b"PK\x05\x06").ok_or(Unsafe::Broken)?;
    let (bytes, at) = (number(&tail, end + 12, 4)?, number(&tail, end + 16, 4)?);
    if at + bytes > len {
        return Err(Unsafe::Broken);
    }
    file.seek(SeekFrom::Start(at))?;
    let mut list = Vec::new();
    file.take(bytes).read_to_end(&mut list)?;
    let mut parts = Vec::new();
    let mut from = 0;
    while list.get(from..from + 4) == Some(b"PK\x01\x02") {
        if parts.len() >= WORKBOOK_PARTS_MAX {
            return Err(Unsafe::Parts);
        }
        parts.push(Part {
            at: number(&list, from + 42, 4)?,
            packed: number(&list, from + 20, 4)?,
            is_packed: number(&list, from + 10, 2)? == 8,
        });
        let extras = number(&list, from + 28, 2)? + number(&list, from + 30, 2)? + number(&list, from + 32, 2)?;
        from += 46 + usize::try_from(extras).map_err(|_| Unsafe::Broken)?;
    }
    if parts.is_empty() { Err(Unsafe::Broken) } else { Ok(parts) }
}

/// How large a part is, up to a limit.
fn measure(file: &mut File, part: &Part, limit: u64) -> Result<u64, Unsafe> {
    if !part.is_packed {
        return Ok(part.packed.min(limit));
    }
    file.seek(SeekFrom::Start(part.at))?;
    let mut head = [0; 30];
    file.read_exact(&mut head)?;
    let skip = number(&head, 26, 2)? + number(&head, 28, 2)?;
    file.seek(SeekFrom::Current(i64::try_from(skip).map_err(|_| Unsafe::Broken)?))?;
    let mut inflated = DeflateDecoder::new(file.take(part.packed)).take(limit);
    // A broken part is told by whoever reads it.
    Ok(io::copy(&mut inflated, &mut io::sink()).unwrap_or(0))
}
