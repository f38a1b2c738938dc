//! Where a command writes: this process's own streams, or those of the process that handed it over.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::Sender;

use crate::control::Line;

const BUFFER_BYTES: usize = 64 * 1024;

/// Standard output and error of a command, and the folder that relative paths start from.
pub struct Output {
    folder: Option<PathBuf>,
    peer: Option<Sender<Line>>,
    out: Box<dyn Write + Send>,
    progress: Option<indicatif::ProgressBar>,
    redirected: bool,
}

struct Peer {
    send: Sender<Line>,
    buffer: Vec<u8>,
}

impl Peer {
    fn send(&mut self) -> io::Result<()> {
        // A character cut in two waits for its other half.
        let whole = match std::str::from_utf8(&self.buffer) {
            Ok(_) => self.buffer.len(),
            Err(e) if e.error_len().is_none() => e.valid_up_to(),
            Err(_) => self.buffer.len(),
        };
        let rest = self.buffer.split_off(whole);
        let text = String::from_utf8_lossy(&std::mem::replace(&mut self.buffer, rest)).into_owned();
        if text.is_empty() {
            return Ok(());
        }
        tokio::task::block_in_place(|| self.send.blocking_send(Line::Out(text))).map_err(io::Error::other)
    }
}

impl Write for Peer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

impl Output {
    /// The streams of this process.
    pub fn here() -> Self {
        Self {
            folder: None,
            peer: None,
            out: Box::new(BufWriter::with_capacity(BUFFER_BYTES, io::stdout())),
            progress: None,
            redirected: false,
        }
    }

    /// The streams of another process.
    pub fn to_peer(folder: PathBuf, send: Sender<Line>) -> Self {
        let out = Box::new(Peer { send: send.clone(), buffer: Vec::new() });
        Self { folder: Some(folder), peer: Some(send), out, progress: None, redirected: false }
    }

    /// A path as its giver means it.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.folder.as_ref().map_or_else(|| path.to_owned(), |f| f.join(path))
    }

    /// Results.
    pub fn out(&mut self) -> &mut (dyn Write + Send) {
        &mut self.out
    }

    /// Sends results to a file instead.
    pub fn redirect(&mut self, file: Option<&Path>) -> io::Result<()> {
        if let Some(file) = file {
            self.out = Box::new(BufWriter::with_capacity(BUFFER_BYTES, File::create(self.path(file))?));
            self.redirected = true;
        }
        Ok(())
    }

    /// Whether results may be bytes that are no text: not on a terminal, and not on their way through a server.
    pub fn takes_bytes(&self) -> bool {
        self.redirected || (self.peer.is_none() && !io::stdout().is_terminal())
    }

    /// Everything else: one line.
    pub fn say(&mut self, line: &str) {
        match (&self.peer, &self.progress) {
            (Some(send), _) => {
                let text = format!("{line}\n");
                let _ = tokio::task::block_in_place(|| send.blocking_send(Line::Err(text)));
            }
            (None, Some(bar)) => bar.println(line),
            (None, None) => eprintln!("{line}"),
        }
    }

    /// Progress, only on a terminal.
    pub fn progress(&mut self, done: u64, total: Option<u64>) {
        if self.peer.is_some() || !io::stderr().is_terminal() {
            return;
        }
        let bar = self.progress.get_or_insert_with(|| {
            let bar = total.map_or_else(indicatif::ProgressBar::new_spinner, indicatif::ProgressBar::new);
            let form = if total.is_some() {
                "{bar:30} {percent}% {bytes}/{total_bytes} {bytes_per_sec} {eta}"
            } else {
                "{spinner} {bytes} {bytes_per_sec}"
            };
            if let Ok(style) = indicatif::ProgressStyle::with_template(form) {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(done);
    }

    /// Ends the progress bar.
    pub fn end_progress(&mut self) {
        if let Some(bar) = self.progress.take() {
            bar.finish_and_clear();
        }
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
