//! What was read goes in: everything of it, or nothing.

use std::collections::BTreeSet;

use kizashi_domain::id::{Id, Import, Staff, Workspace};
use kizashi_domain::intake::mail::Letter;
use kizashi_domain::intake::{EventBatch, EventRef, Parsed, RecordKind, Wish};
use kizashi_domain::limits::{MAILS_MAX, STRANGERS_MAX};
use kizashi_domain::measure::{Bulk, Loaded};
use kizashi_domain::time::Time;

use super::store::{self, NewRun};
use super::{Report, State};
use crate::intake::{self, Kept, Origin, Received, Samples};
use crate::{App, Error, Result, mail};

/// Records of one import. They are held together so that a damaged file leaves the workspace as it was.
const RECORDS_MAX: usize = 3_000_000;

/// What was read so far.
pub struct Taking {
    source: String,
    received_at: Time,
    /// What is taken was learned now, not when it happened.
    is_live: bool,
    load: Option<Box<dyn Bulk>>,
    records: Vec<Received>,
    letters: Vec<Letter>,
    groups: Vec<(String, String)>,
    colleagues: BTreeSet<String>,
    /// Rows looked at.
    pub rows: u64,
    /// Lines of totals.
    pub left_out: u64,
}

impl Taking {
    /// Begins with nothing. What has no time of receipt of its own is learned now.
    pub fn begin(app: &App, source: &str) -> Self {
        Self {
            source: source.to_owned(),
            received_at: app.now(),
            is_live: false,
            load: None,
            records: Vec::new(),
            letters: Vec::new(),
            groups: Vec::new(),
            colleagues: BTreeSet::new(),
            rows: 0,
            left_out: 0,
        }
    }

    /// Begins with what a feed brings as it happens: it was learned now.
    pub fn begin_live(app: &App, source: &str) -> Self {
        Self { is_live: true, ..Self::begin(app, source) }
    }

    /// Takes a batch. Blocks while events are put on the disk.
    pub fn take(&mut self, app: &App, parsed: Parsed) -> Result<()> {
        self.rows += parsed.rows;
        self.left_out += parsed.left_out.len() as u64;
        self.groups.extend(parsed.groups);
        if self.letters.len() + parsed.letters.len() > MAILS_MAX {
            return Err(Error::failed(
                "an import",
                format!("more than {MAILS_MAX} letters; bring them in several times"),
            ));
        }
        self.letters.extend(parsed.letters);
        if self.records.len() + parsed.records.len() > RECORDS_MAX {
            return Err(Error::failed("an import", format!("more than {RECORDS_MAX} records; split the file")));
        }
        for name in parsed.records.iter().filter_map(|record| record.colleague()) {
            if self.colleagues.len() < STRANGERS_MAX && !self.colleagues.contains(name) {
                self.colleagues.insert(name.to_owned());
            }
        }
        let at = self.received_at;
        let assumed = !self.is_live;
        self.records.extend(parsed.records.into_iter().map(|record| Received { at, assumed, record }));
        if parsed.events.is_empty() {
            return Ok(());
        }
        if self.load.is_none() {
            self.load = Some(app.history.begin_load(&self.source, at)?);
        }
        match &self.load {
            Some(load) if self.is_live => Ok(load.add(&learned_at(&parsed.events, at))?),
            Some(load) => Ok(load.add(&parsed.events)?),
            None => Ok(()),
        }
    }

    /// Records taken since there were so many.
    pub fn records_from(&self, count: usize) -> &[Received] {
        self.records.get(count..).unwrap_or_default()
    }

    /// Nothing was taken.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0 && self.left_out == 0
    }

    /// How many records were taken.
    pub const fn records(&self) -> usize {
        self.records.len()
    }

    /// Those whom the records name as ours and who are nobody of ours: what they are said to do stays without a person.
    pub async fn list_strangers(&self, app: &App, workspace: Id<Workspace>) -> Result<Vec<String>> {
        intake::find_strangers(app, workspace, &self.colleagues).await
    }

    /// What would happen. Nothing is kept.
    pub async fn try_out(self, app: &App, workspace: Id<Workspace>) -> Result<(Kept, Samples)> {
        let origin = Origin { source: &self.source, run: None, author: None };
        let mut samples = Samples::default();
        let mut kept = intake::try_records(app, workspace, origin, &self.records, &mut samples).await?;
        if let Some(load) = self.load {
            let counted = blocking(move || Ok(load.count()?)).await?;
            add_events(&mut kept, &counted);
        }
        let learned = (self.received_at, !self.is_live);
        kept.add(mail::try_letters(app, workspace, origin, self.letters, learned, &mut samples).await?);
        Ok((kept, samples))
    }

    /// Keeps everything under an import, so that it can be taken back as a whole.
    pub async fn keep(
        self,
        app: &App,
        workspace: Id<Workspace>,
        run: Id<Import>,
        author: Option<Id<Staff>>,
    ) -> Result<Kept> {
        self.keep_piece(app, workspace, Some((run, 0)), author).await
    }

    /// Keeps everything as one piece of an import that is never held as a whole (pieces count from 0), or of no import.
    pub async fn keep_piece(
        self,
        app: &App,
        workspace: Id<Workspace>,
        piece: Option<(Id<Import>, u32)>,
        author: Option<Id<Staff>>,
    ) -> Result<Kept> {
        let origin = Origin { source: &self.source, run: piece.map(|(run, _)| run), author };
        let mut kept = Kept::default();
        if !self.groups.is_empty() {
            intake::keep_groups(app, workspace, &self.source, &self.groups).await?;
        }
        if !self.records.is_empty() {
            kept = intake::keep_records(app, workspace, origin, &self.records, false).await?;
        }
        if let Some(load) = self.load {
            let receipt = piece.map(|(run, piece)| receipt_of(run, piece));
            let loaded = blocking(move || Ok(load.commit(receipt.as_deref())?)).await?;
            add_events(&mut kept, &loaded);
            if !loaded.touched.is_empty() {
                intake::keep_new_customers(app, workspace, origin, &loaded.touched).await?;
                intake::mark_dirty(app, workspace, loaded.touched).await?;
            }
        }
        if !self.letters.is_empty() {
            let learned = (self.received_at, !self.is_live);
            kept.add(mail::keep_letters(app, workspace, origin, self.letters, learned).await?);
        }
        Ok(kept)
    }
}

/// The events as learned at an instant, those of which it is not known when they were learned.
fn learned_at(events: &EventBatch, at: Time) -> EventBatch {
    let mut batch = EventBatch::with_capacity(events.len());
    for event in events.iter() {
        let received_at = if event.assumed { at.max(event.occurred_at) } else { event.received_at };
        batch.push(EventRef { received_at, assumed: false, ..event });
    }
    batch
}

/// The name under which the history knows a piece of an import.
pub(super) fn receipt_of(run: Id<Import>, piece: u32) -> String {
    if piece == 0 { run.to_string() } else { format!("{run}.{piece}") }
}

/// What became of events, beside what became of records.
const fn add_events(kept: &mut Kept, loaded: &Loaded) {
    kept.added += loaded.accepted;
    kept.changed += loaded.corrected;
    kept.deleted += loaded.deleted;
    kept.same += loaded.duplicates;
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::failed("a background step stopped", e))?
}

/// Writes down that an import of the command line begins.
pub async fn begin_run(
    app: &App,
    workspace: Id<Workspace>,
    wish: &Wish,
    file_name: &str,
    bytes: u64,
) -> Result<Id<Import>> {
    let id = App::new_id();
    let new = NewRun {
        id,
        state: State::Keeping,
        kind: "",
        wish,
        file_name,
        file_bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        staff: None,
        at: app.now(),
    };
    store::insert_run(app, workspace, &new).await?;
    Ok(id)
}

/// Writes down how far an import has come that goes in piece by piece.
pub async fn note_run(app: &App, workspace: Id<Workspace>, id: Id<Import>, report: &Report) -> Result<()> {
    store::keep_report(app, workspace, id, State::Keeping, report).await
}

/// Writes down how an import ended.
pub async fn end_run(app: &App, workspace: Id<Workspace>, id: Id<Import>, report: &Report) -> Result<()> {
    store::keep_report(app, workspace, id, State::Done, report).await
}

/// Writes down that an import broke off.
pub async fn fail_run(app: &App, workspace: Id<Workspace>, id: Id<Import>, report: &Report) -> Result<()> {
    store::keep_report(app, workspace, id, State::Failed, report).await
}

impl Report {
    /// The counts of what was kept, or would be.
    pub fn of(kind: Option<RecordKind>, taking: (u64, u64), kept: Kept, refused: u64) -> Self {
        let (rows, left_out) = taking;
        Self {
            kind,
            rows,
            added: kept.added,
            changed: kept.changed,
            deleted: kept.deleted,
            same: kept.same,
            refused,
            left_out,
            mail: kept.mail,
            ..Self::default()
        }
    }
}
