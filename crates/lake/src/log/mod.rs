//! The durable log of live intake: callers that come together share one flush.

pub mod disk;
pub mod frame;
pub mod recover;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::error::{SourceError, told};
use crate::log::disk::{Disk, OpenDisk};
use crate::rows::Rows;
use crate::wire::Put;

/// Bytes of a log file after which the next one begins.
pub const LOG_FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes waiting to be flushed beyond which callers wait before they join.
const QUEUE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The largest frame; a batch beyond it has to be divided.
pub const FRAME_BYTES_MAX: usize = 1 << 30;

/// Events of one append, durable but not folded into segments yet.
pub struct Chunk {
    pub rows: Rows,
    /// Number of the log file that holds it.
    pub log: u64,
}

/// The log.
pub struct Log {
    dir: PathBuf,
    open: OpenDisk,
    state: Mutex<State>,
    turn: Condvar,
}

struct State {
    disk: Arc<dyn Disk>,
    number: u64,
    /// How much of the file is flushed.
    durable: u64,
    queue: Vec<Waiting>,
    queued_bytes: usize,
    leading: bool,
    /// What lies behind `durable` could not be cut off, or the file failed to flush: it takes no more frames.
    spoilt: bool,
}

struct Waiting {
    payload: Vec<u8>,
    crc: u32,
    rows: Rows,
    slot: Arc<Slot>,
}

type Slot = OnceLock<Result<(), Failed>>;

#[derive(Clone, Copy)]
enum Failed {
    NoSpace,
    Io(io::ErrorKind),
}

impl From<Failed> for SourceError {
    fn from(f: Failed) -> Self {
        match f {
            Failed::NoSpace => Self::NoSpace,
            Failed::Io(kind) => Self::Io(kind.into()),
        }
    }
}

/// Path of a log file.
pub fn path_of(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{number:010}.log"))
}

impl Log {
    /// Continues the file `number`, of which `durable` bytes are good; begins it when that is 0.
    pub fn start(dir: &Path, open: OpenDisk, number: u64, durable: u64) -> Result<Self, SourceError> {
        let (disk, durable) = if durable == 0 {
            begin(dir, &open, number).map_err(told)?
        } else {
            (open(&path_of(dir, number)).map_err(told)?, durable)
        };
        let state = State { disk, number, durable, queue: Vec::new(), queued_bytes: 0, leading: false, spoilt: false };
        Ok(Self { dir: dir.to_owned(), open, state: Mutex::new(state), turn: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.turn.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes rows durable. `landed` is called with them, in the order of the log, before any of their callers returns.
    pub fn append(&self, rows: Rows, landed: &dyn Fn(Vec<Chunk>)) -> Result<(), SourceError> {
        let mut put = Put::default();
        rows.write(&mut put);
        if put.0.len() > FRAME_BYTES_MAX {
            return Err(SourceError::Io(io::ErrorKind::InvalidInput.into()));
        }
        let crc = crc32fast::hash(&put.0);
        let slot = Arc::new(Slot::new());
        let mut state = self.lock();
        while state.queued_bytes > QUEUE_BYTES_MAX {
            state = self.wait(state);
        }
        state.queued_bytes += put.0.len();
        state.queue.push(Waiting { payload: put.0, crc, rows, slot: Arc::clone(&slot) });
        loop {
            if let Some(done) = slot.get() {
                return done.map_err(SourceError::from);
            }
            if state.leading {
                state = self.wait(state);
            } else {
                state = self.lead(state, landed);
            }
        }
    }

    /// Writes and flushes all that wait, once.
    fn lead<'a>(&'a self, mut state: MutexGuard<'a, State>, landed: &dyn Fn(Vec<Chunk>)) -> MutexGuard<'a, State> {
        let batch = std::mem::take(&mut state.queue);
        state.queued_bytes = 0;
        state.leading = true;
        let ready = self.ready(&mut state);
        let (disk, durable, number) = (Arc::clone(&state.disk), state.durable, state.number);
        drop(state);
        let written = ready.and_then(|()| write(disk.as_ref(), &batch, durable));
        let mut state = self.lock();
        state.leading = false;
        match written {
            Ok(bytes) => {
                state.durable += bytes;
                let mut slots = Vec::with_capacity(batch.len());
                let mut chunks = Vec::with_capacity(batch.len());
                for waiting in batch {
                    slots.push(waiting.slot);
                    chunks.push(Chunk { rows: waiting.rows, log: number });
                }
                landed(chunks);
                for slot in slots {
                    let _ = slot.set(Ok(()));
                }
            }
            Err(e) => {
                tracing::error!(error = %e, "the log of usage history could not be written");
                // Nothing of the failed frames may remain: they would come back as acknowledged.
                state.spoilt = state.disk.cut(durable).is_err() || e.kind() != io::ErrorKind::StorageFull;
                let failed = match told(e) {
                    SourceError::NoSpace => Failed::NoSpace,
                    SourceError::Io(e) => Failed::Io(e.kind()),
                    SourceError::Damaged(_) => Failed::Io(io::ErrorKind::Other),
                };
                for waiting in batch {
                    let _ = waiting.slot.set(Err(failed));
                }
            }
        }
        self.turn.notify_all();
        state
    }

    /// Sees to it that the file can take frames.
    fn ready(&self, state: &mut State) -> io::Result<()> {
        if state.spoilt {
            state.disk.cut(state.durable)?;
        }
        if state.spoilt || state.durable > LOG_FILE_BYTES_MAX {
            self.next_file(state)?;
        }
        Ok(())
    }

    fn next_file(&self, state: &mut State) -> io::Result<()> {
        let number = state.number + 1;
        let begun = begin(&self.dir, &self.open, number);
        if begun.is_err() {
            // A later file would say that this one is complete.
            let _ = std::fs::remove_file(path_of(&self.dir, number));
        }
        let (disk, durable) = begun?;
        state.disk = disk;
        state.number = number;
        state.durable = durable;
        state.spoilt = false;
        Ok(())
    }

    /// Ends the current file, if it has frames, and says which is the last one that is complete.
    /// Everything in it has landed.
    pub fn rotate(&self) -> Result<u64, SourceError> {
        let mut state = self.lock();
        while state.leading {
            state = self.wait(state);
        }
        if state.spoilt {
            state.disk.cut(state.durable).map_err(told)?;
        }
        if state.durable > frame::HEAD_BYTES {
            self.next_file(&mut state).map_err(told)?;
        }
        Ok(state.number - 1)
    }
}

impl Log {
    /// Says in the file that all of it had been flushed, so that damage to its last frame is not taken for a write that was cut
    /// short. Done when the lake is closed in good order; without it nothing is lost.
    pub fn seal(&self) {
        let state = self.lock();
        if state.spoilt || state.durable <= frame::HEAD_BYTES {
            return;
        }
        let mut seal = Vec::new();
        frame::put_frame(&mut seal, &[], crc32fast::hash(&[]), state.durable);
        let written = state.disk.write(&seal, state.durable).and_then(|()| state.disk.flush());
        if written.is_err() {
            let _ = state.disk.cut(state.durable);
        }
    }
}

/// Begins a log file, flushed with its head and its name.
fn begin(dir: &Path, open: &OpenDisk, number: u64) -> io::Result<(Arc<dyn Disk>, u64)> {
    let path = path_of(dir, number);
    let disk = open(&path)?;
    disk.cut(0)?;
    let head = frame::head(number);
    disk.write(&head, 0)?;
    disk.flush()?;
    crate::files::flush_dir(dir)?;
    Ok((disk, head.len() as u64))
}

fn write(disk: &dyn Disk, batch: &[Waiting], durable: u64) -> io::Result<u64> {
    let mut out = Vec::with_capacity(batch.iter().map(|w| w.payload.len() + frame::FRAME_HEAD_BYTES).sum());
    for waiting in batch {
        frame::put_frame(&mut out, &waiting.payload, waiting.crc, durable);
    }
    disk.write(&out, durable)?;
    disk.flush()?;
    Ok(out.len() as u64)
}
