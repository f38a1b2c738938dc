//! The messages of a Singer tap: records go in piece by piece, and how far the tap had come is said only once everything before it
//! is on the disk.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use kizashi_app::imports::{self, Report, Taking};
use kizashi_app::intake::Kept;
use kizashi_connectors::Error;
use kizashi_connectors::singer::{PRESETS, Piece, SingerReader, StreamMaps, find_preset};
use kizashi_domain::id::{Id, Import as Run, Workspace};
use kizashi_domain::intake::Wish;

use super::super::{Exit, Output};
use super::read::{Part, Rejects};
use crate::args::Import;
use crate::home::Home;

/// Pieces that may wait between reading and putting away.
const WAITING_MAX: usize = 4;
/// Rows after which what was read is put away: where the tap says how far it is, and wherever it is.
const ROWS_AT_STATE: u64 = 1_000;
const ROWS_MAX: u64 = 10_000;
/// Bytes of messages after which what was read is put away.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// A tap that says nothing for so long waits for something itself: what it has said goes in.
const QUIET_MS: u64 = 1_000;

/// Runs the command.
pub async fn run(home: &Home, args: &Import, output: &mut Output) -> Result<Exit, Exit> {
    let maps = read_maps(args, output)?;
    let [file] = args.files.as_slice() else { return Err(Exit::usage("a tap is read alone: give - or one file")) };
    let workspace = home.workspace().await?;
    let source = args.source.clone().or_else(|| maps.source.clone()).unwrap_or_else(|| "singer".to_owned());
    let path = if file == Path::new("-") { file.clone() } else { output.path(file) };
    let (send, receive) = sync_channel(WAITING_MAX);
    let zone = home.zone.clone();
    // Opening waits for the first byte.
    std::thread::spawn(move || match SingerReader::open(&path, maps, zone) {
        Ok(reader) => {
            for piece in reader {
                if send.send(piece).is_err() {
                    return;
                }
            }
        }
        Err(error) => drop(send.send(Err(error))),
    });
    let part = Part { file: file.clone(), sheet: None, is_one_of_several: false, kind: None };
    let mut pour = Pour {
        home,
        workspace,
        args,
        source: &source,
        taking: Taking::begin(&home.app, &source),
        rejects: Rejects::new(&part, output, &[]),
        run: None,
        pieces: 0,
        bytes: 0,
        state: None,
        sums: Sums::default(),
    };
    output.say(&format!("reading the messages of a tap from source {source}"));
    match pour.take_all(receive, output).await {
        Ok(()) => pour.end(output).await,
        Err(exit) => {
            pour.fail().await;
            let Exit::Failed(said) = exit else { return Err(exit) };
            Err(Exit::Failed(format!(
                "{said}\nEverything before the last state that was written is in; give that state to the tap and begin again."
            )))
        }
    }
}

fn read_maps(args: &Import, output: &Output) -> Result<StreamMaps, Exit> {
    if args.strict || args.json || args.partial || !args.sheets.is_empty() {
        return Err(Exit::usage(
            "--strict, --json, --partial and --sheet do not go with --as singer: records go in as they come, and standard output carries the states",
        ));
    }
    let names = PRESETS.map(|(name, _)| name).join(", ");
    let Some(given) = &args.map else {
        return Err(Exit::usage(format!("say with --map what the streams are: a file, or one of {names}")));
    };
    let path = output.path(given);
    let text = match given.to_str().and_then(find_preset).filter(|_| !path.exists()) {
        Some(preset) => preset.to_owned(),
        None => std::fs::read_to_string(&path)
            .map_err(|e| Exit::usage(format!("{}: {e}; maps that ship are {names}", path.display())))?,
    };
    StreamMaps::read(&text).map_err(Exit::usage)
}

#[derive(Default)]
struct Sums {
    rows: u64,
    left_out: u64,
    kept: Kept,
}

struct Pour<'a> {
    home: &'a Home,
    workspace: Id<Workspace>,
    args: &'a Import,
    source: &'a str,
    taking: Taking,
    rejects: Rejects,
    run: Option<Id<Run>>,
    pieces: u32,
    bytes: usize,
    /// How far the tap was, not yet said.
    state: Option<String>,
    sums: Sums,
}

impl Pour<'_> {
    async fn take_all(&mut self, receive: Receiver<Result<Piece, Error>>, output: &mut Output) -> Result<(), Exit> {
        loop {
            let next = tokio::task::block_in_place(|| receive.recv_timeout(Duration::from_millis(QUIET_MS)));
            match next {
                Ok(Ok(piece)) => self.take(piece, output)?,
                Ok(Err(error)) => {
                    // What came before is whole.
                    self.put_away(output).await?;
                    return Err(Exit::failed(error));
                }
                Err(RecvTimeoutError::Timeout) => self.put_away(output).await?,
                Err(RecvTimeoutError::Disconnected) => return self.put_away(output).await,
            }
            let rows = self.taking.rows;
            if rows >= ROWS_MAX || self.bytes >= BYTES_MAX || self.state.is_some() && rows >= ROWS_AT_STATE {
                self.put_away(output).await?;
            }
        }
    }

    fn take(&mut self, piece: Piece, output: &mut Output) -> Result<(), Exit> {
        for note in &piece.notes {
            output.say(note);
        }
        for refused in &piece.parsed.refused {
            self.rejects.add(refused, output)?;
        }
        self.bytes += piece.bytes;
        self.state = piece.state.or(self.state.take());
        tokio::task::block_in_place(|| self.taking.take(&self.home.app, piece.parsed))?;
        Ok(())
    }

    /// Puts away what was read, and then says how far the tap had come.
    async fn put_away(&mut self, output: &mut Output) -> Result<(), Exit> {
        let app = &self.home.app;
        let taking = std::mem::replace(&mut self.taking, Taking::begin(app, self.source));
        self.bytes = 0;
        if !taking.is_empty() {
            self.sums.rows += taking.rows;
            self.sums.left_out += taking.left_out;
            let kept = if self.args.dry_run {
                taking.try_out(app, self.workspace).await?.0
            } else {
                let run = self.begin().await?;
                taking.keep_piece(app, self.workspace, Some((run, self.pieces)), None).await?
            };
            self.sums.kept.add(kept);
            self.pieces += 1;
            self.rejects.flush()?;
            if let Some(run) = self.run {
                imports::note_run(app, self.workspace, run, &self.report()).await?;
            }
        }
        if let Some(state) = self.state.take().filter(|_| !self.args.dry_run) {
            writeln!(output.out(), "{state}")?;
            output.flush()?;
        }
        Ok(())
    }

    async fn begin(&mut self) -> Result<Id<Run>, Exit> {
        if let Some(run) = self.run {
            return Ok(run);
        }
        let wish = Wish { source: self.source.to_owned(), ..Wish::default() };
        let name = format!("Singer: {}", self.source);
        let run = imports::begin_run(&self.home.app, self.workspace, &wish, &name, 0).await?;
        self.run = Some(run);
        Ok(run)
    }

    fn report(&self) -> Report {
        let counts = (self.sums.rows, self.sums.left_out);
        Report { pieces: self.pieces, ..Report::of(None, counts, self.sums.kept, self.rejects.refused) }
    }

    async fn end(self, output: &mut Output) -> Result<Exit, Exit> {
        let report = self.report();
        if let Some(run) = self.run {
            imports::end_run(&self.home.app, self.workspace, run, &report).await?;
        }
        let verb = if self.args.dry_run { "would be" } else { "were" };
        output.say(&format!(
            "{} records: {} {verb} added, {} changed, {} deleted, {} the same as before, {} refused",
            report.rows, report.added, report.changed, report.deleted, report.same, report.refused
        ));
        if let Some(file) = self.rejects.finish()? {
            output.say(&format!("the refused records are in {file}; mend them where they come from"));
        }
        Ok(if report.refused > 0 { Exit::Refused } else { Exit::Done })
    }

    async fn fail(&self) {
        if let Some(run) = self.run
            && let Err(error) = imports::fail_run(&self.home.app, self.workspace, run, &self.report()).await
        {
            tracing::error!("an import: {error}");
        }
    }
}
