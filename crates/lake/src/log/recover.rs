//! Reads the log when a lake is opened.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{SourceError, damaged, told};
use crate::log::frame::{HEAD_BYTES, Scan, scan};
use crate::log::{Chunk, path_of};
use crate::rows::Rows;
use crate::wire::Get;

/// What the log held.
pub struct Recovered {
    pub chunks: Vec<Chunk>,
    /// Where to go on.
    pub number: u64,
    pub durable: u64,
}

/// Numbers of the log files, sorted.
pub fn list_logs(dir: &Path) -> Result<Vec<u64>, SourceError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir).map_err(told)? {
        let name = entry.map_err(told)?.file_name();
        let number: Option<u64> = name.to_str().and_then(|n| n.strip_suffix(".log")).and_then(|n| n.parse().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Reads all files behind `folded`, takes those up to it away, and cuts off what was never acknowledged.
/// With `aside` given, damaged bytes are copied there and the rest is kept; without, damage is an error.
pub fn recover(dir: &Path, folded: u64, aside: Option<&Path>) -> Result<Recovered, SourceError> {
    let mut live = Vec::new();
    for number in list_logs(dir)? {
        if number <= folded {
            fs::remove_file(path_of(dir, number)).map_err(told)?;
        } else {
            live.push(number);
        }
    }
    if let Some(gap) = (folded + 1..).zip(&live).find(|(want, have)| want != *have)
        && aside.is_none()
    {
        return Err(damaged(&path_of(dir, gap.0), "the log file is missing"));
    }
    if let Some(last) = live.last().copied()
        && is_stillborn(&path_of(dir, last))?
    {
        fs::remove_file(path_of(dir, last)).map_err(told)?;
        live.pop();
    }
    let mut recovered = Recovered { chunks: Vec::new(), number: folded + 1, durable: 0 };
    let last = live.last().copied();
    for number in live {
        let path = path_of(dir, number);
        let bytes = fs::read(&path).map_err(told)?;
        let found = scan(&bytes, number, Some(number) != last);
        if let Some((from, to)) = found.damage.first() {
            match aside {
                None => return Err(damaged(&path, format_args!("bytes {from} to {to} are not what was written"))),
                Some(aside) => set_aside(&path, &bytes, &found, aside)?,
            }
        }
        // An empty frame is a seal.
        for payload in found.payloads.iter().filter(|p| !p.is_empty()) {
            let rows = Rows::read(&mut Get(payload)).map_err(|_| damaged(&path, "a frame does not hold events"))?;
            recovered.chunks.push(Chunk { rows, log: number });
        }
        recovered.number = number;
        recovered.durable = found.good;
        if Some(number) == last && found.torn > 0 {
            tracing::warn!(bytes = found.torn, "cutting off the end of the log that was never acknowledged");
            let file = fs::OpenOptions::new().write(true).open(&path).map_err(told)?;
            file.set_len(found.good).map_err(told)?;
            file.sync_all().map_err(told)?;
        }
    }
    Ok(recovered)
}

/// Begun when the machine stopped: it has no head yet, so nothing was ever written to it.
fn is_stillborn(path: &Path) -> Result<bool, SourceError> {
    Ok(fs::metadata(path).map_err(told)?.len() < HEAD_BYTES)
}

fn set_aside(path: &Path, bytes: &[u8], found: &Scan<'_>, aside: &Path) -> Result<(), SourceError> {
    fs::create_dir_all(aside).map_err(told)?;
    let name = path.file_name().map(PathBuf::from).unwrap_or_default();
    tracing::error!(file = %name.display(), places = found.damage.len(), "damaged log: setting a copy aside");
    fs::write(aside.join(name), bytes).map_err(told)
}
