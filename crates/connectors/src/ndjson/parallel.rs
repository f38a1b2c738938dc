//! Reading lines on several cores: one thread cuts the file at line ends, some parse, the caller gets the batches in the
//! order of the file.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use kizashi_domain::intake::Reason;
use kizashi_domain::limits::LINE_BYTES_MAX;
use kizashi_domain::time::Zone;

use super::cutter::{Cutter, Piece, Stream};
use super::line::LineParser;
use crate::error::Error;
use crate::ids::EqualRows;
use crate::input::Input;
use crate::parsed::{Fault, Parsed};
use crate::segment::{Chunk, Groups};

/// Pieces waiting before and behind each worker; with [`Cutter`]'s piece size they bound the memory.
const WAITING_PIECES_MAX: usize = 2;

enum Job {
    Piece(Piece),
    Failed(std::io::Error),
}

enum Done {
    Chunk(Box<Chunk>),
    Failed(std::io::Error),
}

/// A file of messages under reading.
pub struct ParallelReader {
    name: String,
    taken: Arc<AtomicU64>,
    done: Vec<Receiver<Done>>,
    turn: usize,
    lines: LineParser,
    equal: EqualRows,
    line: u64,
    ended: bool,
}

impl ParallelReader {
    /// Starts reading with so many parsing threads.
    pub fn start(
        stream: Stream,
        taken: Arc<AtomicU64>,
        name: String,
        workers: usize,
        lines: LineParser,
        zone: &Zone,
    ) -> Self {
        let mut jobs = Vec::new();
        let mut done = Vec::new();
        for _ in 0..workers.max(1) {
            let (job_in, job_out) = sync_channel(WAITING_PIECES_MAX);
            let (done_in, done_out) = sync_channel(WAITING_PIECES_MAX);
            jobs.push(job_in);
            done.push(done_out);
            let parser = LineParser::new(zone.clone(), Groups::default());
            thread::spawn(move || parse(parser, &job_out, &done_in));
        }
        thread::spawn(move || cut(Cutter::new(stream), &jobs));
        Self { name, taken, done, turn: 0, lines, equal: EqualRows::default(), line: 1, ended: false }
    }

    /// The next batch; nothing is added at the end.
    pub fn next_batch(&mut self, parsed: &mut Parsed) -> Result<(), Error> {
        while !self.ended && parsed.rows == 0 {
            // The threads take turns, so that the order stays that of the file.
            let done = self.done.get(self.turn).and_then(|d| d.recv().ok());
            self.turn = (self.turn + 1) % self.done.len().max(1);
            match done {
                None => self.ended = true,
                Some(Done::Failed(error)) => {
                    self.ended = true;
                    return Err(Input::explain(&self.name, &self.taken, self.line, error));
                }
                Some(Done::Chunk(mut chunk)) => {
                    let base = self.line - 1;
                    self.line += chunk.lines;
                    chunk.shift_lines(base);
                    let resolved = self.lines.resolve(*chunk, &mut self.equal);
                    self.ended = resolved.is_err();
                    *parsed = resolved?;
                }
            }
        }
        Ok(())
    }
}

fn cut(mut cutter: Cutter, jobs: &[SyncSender<Job>]) {
    // Every send fails once the reader is dropped, which ends the thread.
    for job in jobs.iter().cycle() {
        let sent = match cutter.next_piece() {
            Ok(Some(piece)) => job.send(Job::Piece(piece)),
            Ok(None) => return,
            Err(error) => {
                let _ = job.send(Job::Failed(error));
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

fn parse(mut parser: LineParser, jobs: &Receiver<Job>, done: &SyncSender<Done>) {
    while let Ok(job) = jobs.recv() {
        let result = match job {
            Job::Failed(error) => Done::Failed(error),
            Job::Piece(piece) => {
                let mut chunk = Box::<Chunk>::default();
                match piece {
                    Piece::Lines(bytes) => parser.parse_lines(&bytes, 1, &mut chunk),
                    Piece::TooLong => {
                        chunk.lines = 1;
                        chunk.parsed.rows = 1;
                        let fault = Fault::of_row(Reason::TooLarge { max: LINE_BYTES_MAX });
                        chunk.parsed.refused.push(fault.at(1, Vec::new()));
                    }
                }
                Done::Chunk(chunk)
            }
        };
        if done.send(result).is_err() {
            return;
        }
    }
}
