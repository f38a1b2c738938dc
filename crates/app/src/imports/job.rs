//! Work beside the pages: a trial, an import, an undoing. It goes on when the reader leaves the page, and can be looked at again.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use kizashi_domain::id::{Id, Import};
use kizashi_domain::intake::{Fault, Files, Known, Look, Parsed, RecordKind, Refusal, Unreadable, Wish};

use super::draft::{self, find_file, rejected_path, remove, shape_of};
use super::keep::Taking;
use super::{REFUSALS_SHOWN_MAX, Report, State, open_import, store, undo_import};
use crate::access::Grant;
use crate::intake;
use crate::{App, Error, Refused, Result};

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Reading, to see what would happen.
    Trying,
    /// Reading, to bring it in.
    Keeping,
    /// Putting away what was read.
    Storing,
    /// Taking back.
    Undoing,
}

impl Phase {
    /// Its word in keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Trying => "trying",
            Self::Keeping => "keeping",
            Self::Storing => "storing",
            Self::Undoing => "undoing",
        }
    }
}

/// How far the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub phase: Phase,
    /// How much of it is done, in hundredths, when that is known.
    pub percent: Option<u8>,
}

/// The work under way. One import has one work at a time.
#[derive(Debug, Default)]
pub(crate) struct Jobs(Mutex<HashMap<Id<Import>, Progress>>);

impl Jobs {
    pub(super) fn find(&self, id: Id<Import>) -> Option<Progress> {
        self.0.lock().ok()?.get(&id).copied()
    }

    /// Begins a work; `false` when one is under way.
    fn begin(&self, id: Id<Import>, phase: Phase) -> bool {
        let Ok(mut jobs) = self.0.lock() else { return false };
        if jobs.contains_key(&id) {
            return false;
        }
        jobs.insert(id, Progress { phase, percent: Some(0) });
        true
    }

    fn set(&self, id: Id<Import>, progress: Progress) {
        if let Ok(mut jobs) = self.0.lock() {
            jobs.insert(id, progress);
        }
    }

    fn end(&self, id: Id<Import>) {
        if let Ok(mut jobs) = self.0.lock() {
            jobs.remove(&id);
        }
    }
}

/// A file on its way in, of one import.
struct Work {
    app: App,
    grant: Grant,
    files: Arc<dyn Files>,
    id: Id<Import>,
}

/// Reads the file and says what would happen.
pub async fn start_trial(app: &App, grant: Grant, files: Arc<dyn Files>, id: Id<Import>) -> Result<()> {
    let row = open_import(app, grant.workspace(), id).await?;
    if !matches!(row.state, State::Draft | State::Failed) {
        return Err(Refused::Changed.into());
    }
    start(app, grant, files, id, Phase::Trying).await
}

/// Brings the file in.
pub async fn start_keeping(app: &App, grant: Grant, files: Arc<dyn Files>, id: Id<Import>) -> Result<()> {
    let row = open_import(app, grant.workspace(), id).await?;
    let from = [State::Draft, State::Failed, State::Keeping];
    if row.progress.is_some() || !from.contains(&row.state) {
        return Err(Refused::Changed.into());
    }
    if !store::move_on(app, grant.workspace(), id, &from, State::Keeping).await? {
        return Err(Refused::Changed.into());
    }
    start(app, grant, files, id, Phase::Keeping).await
}

/// Takes the import back.
pub async fn start_undo(app: &App, grant: Grant, files: Arc<dyn Files>, id: Id<Import>) -> Result<()> {
    let row = open_import(app, grant.workspace(), id).await?;
    if !row.can_be_undone() {
        return Err(Refused::Changed.into());
    }
    start(app, grant, files, id, Phase::Undoing).await
}

async fn start(app: &App, grant: Grant, files: Arc<dyn Files>, id: Id<Import>, phase: Phase) -> Result<()> {
    if !app.imports.begin(id, phase) {
        return Err(Refused::Changed.into());
    }
    let work = Work { app: app.clone(), grant, files, id };
    tokio::spawn(async move {
        let ended = match phase {
            Phase::Trying => work.run(true).await,
            Phase::Keeping | Phase::Storing => work.run(false).await,
            Phase::Undoing => undo_import(&work.app, &work.grant, work.id).await.map(|_| ()),
        };
        if let Err(error) = ended {
            tracing::error!(import = %work.id, "an import: {error}");
            if phase != Phase::Undoing {
                work.note_failure(Fault::Broken, error.to_string()).await;
            }
        }
        work.app.imports.end(work.id);
    });
    Ok(())
}

/// What reading the whole file gave.
struct Whole {
    taking: Taking,
    kind: RecordKind,
    refused: u64,
    refusals: Vec<Refusal>,
}

impl Work {
    async fn run(&self, is_trial: bool) -> Result<()> {
        let workspace = self.grant.workspace();
        let row = open_import(&self.app, workspace, self.id).await?;
        let Some(path) = find_file(self.files.as_ref(), self.id) else {
            self.note_failure(Fault::Gone, "the file is gone".to_owned()).await;
            return Ok(());
        };
        let known = Known {
            groups: intake::list_groups(&self.app, workspace, &row.wish.source).await?,
            names: Arc::new(intake::list_customer_names(&self.app, workspace).await?),
        };
        let whole = match self.read(path.clone(), row.wish.clone(), known, is_trial).await? {
            Ok(whole) => whole,
            Err(unreadable) => {
                self.note_failure(unreadable.fault, unreadable.said).await;
                return Ok(());
            }
        };
        let counts = (whole.taking.rows, whole.taking.left_out);
        let strangers = whole.taking.list_strangers(&self.app, workspace).await?;
        self.app
            .imports
            .set(self.id, Progress { phase: if is_trial { Phase::Trying } else { Phase::Storing }, percent: None });
        let (kept, samples) = if is_trial {
            whole.taking.try_out(&self.app, workspace).await?
        } else {
            let kept = whole.taking.keep(&self.app, workspace, self.id, self.grant.staff()).await?;
            (kept, row.report.samples.clone())
        };
        let mut report = Report::of(Some(whole.kind), counts, kept, whole.refused);
        (report.is_trial, report.samples, report.refusals) = (is_trial, samples, whole.refusals);
        report.strangers = strangers;
        let state = if is_trial { State::Draft } else { State::Done };
        store::keep_report(&self.app, workspace, self.id, state, &report).await?;
        if !is_trial {
            let look = self.remember(&path, &row.wish).await?;
            report.next = match look {
                Some(look) => {
                    draft::keep_next_sheet(&self.app, &self.grant, self.files.as_ref(), (&row, &path), &look).await?
                }
                None => None,
            };
            if report.next.is_some() {
                store::keep_report(&self.app, workspace, self.id, state, &report).await?;
            }
            let _ = std::fs::remove_file(&path);
            if report.refused == 0 {
                remove(&super::draft::folder_of(self.files.as_ref(), self.id));
            }
        }
        Ok(())
    }

    /// The way in which files with these headings are read; what the file looks like.
    async fn remember(&self, path: &std::path::Path, wish: &Wish) -> Result<Option<Look>> {
        let look = tokio::task::block_in_place(|| self.files.look(path, wish)).ok();
        if let Some(look) = &look
            && let Some(shape) = shape_of(look)
            && !wish.bindings.is_empty()
        {
            let wish = Wish { sheet: None, sheets_done: Vec::new(), encoding: None, ..wish.clone() };
            store::keep_map(&self.app, self.grant.workspace(), &shape, &wish).await?;
        }
        Ok(look)
    }

    /// Reads the file to its end, on a thread where waiting is allowed.
    async fn read(
        &self,
        path: PathBuf,
        wish: Wish,
        known: Known,
        is_trial: bool,
    ) -> Result<std::result::Result<Whole, Unreadable>> {
        let (app, files, id) = (self.app.clone(), Arc::clone(&self.files), self.id);
        let work = move || -> Result<std::result::Result<Whole, Unreadable>> {
            let mut rows = match files.open(&path, &wish, &known) {
                Ok(rows) => rows,
                Err(unreadable) => return Ok(Err(unreadable)),
            };
            let rejected = rejected_path(files.as_ref(), id);
            let _ = std::fs::remove_file(&rejected);
            let mut rejects = None;
            let kind = rows.kind();
            let mut whole = Whole { taking: Taking::begin(&app, &wish.source), kind, refused: 0, refusals: Vec::new() };
            while let Some(batch) = rows.next_batch() {
                let parsed: Parsed = match batch {
                    Ok(parsed) => parsed,
                    Err(unreadable) => return Ok(Err(unreadable)),
                };
                for refused in &parsed.refused {
                    whole.refused += 1;
                    if whole.refusals.len() < REFUSALS_SHOWN_MAX {
                        whole.refusals.push(refused.refusal.clone());
                    }
                    if rejects.is_none() {
                        let begun = files.reject(&rejected, rows.titles());
                        rejects = Some(begun.map_err(|e| Error::failed("a file of refused rows", e))?);
                    }
                    if let Some(rejects) = &mut rejects {
                        let reason = refused.reason().to_string();
                        rejects.write(refused, &reason).map_err(|e| Error::failed("a file of refused rows", e))?;
                    }
                }
                whole.taking.take(&app, parsed)?;
                let (done, total) = rows.progress();
                let percent = total.map(|total| u8::try_from(done * 100 / total.max(1)).unwrap_or(100).min(100));
                let phase = if is_trial { Phase::Trying } else { Phase::Keeping };
                app.imports.set(id, Progress { phase, percent });
            }
            if let Some(rejects) = rejects {
                rejects.finish().map_err(|e| Error::failed("a file of refused rows", e))?;
            }
            Ok(Ok(whole))
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| Error::failed("an import stopped", e))?
    }

    /// Nothing was taken in; the file stays, and can be read another way.
    async fn note_failure(&self, fault: Fault, said: String) {
        let report = Report { fault: Some((fault, said)), ..Report::default() };
        let kept = store::keep_report(&self.app, self.grant.workspace(), self.id, State::Failed, &report).await;
        if let Err(error) = kept {
            tracing::error!(import = %self.id, "an import: {error}");
        }
    }
}
