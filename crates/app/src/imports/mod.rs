//! Imports: a file is looked at, tried, brought in, and taken back as a whole. The command line and the pages go the same way.
//!
//! `draft` a file arrived and is looked at · `edit` many customers changed by hand at once · `keep` it is tried and brought in · `undo` it is taken back · `job` the work beside the
//! pages · `store` the table of imports.

mod draft;
mod edit;
mod job;
mod keep;
mod store;
mod undo;

use kizashi_domain::id::{Id, Import, Workspace};
use kizashi_domain::intake::mail::MailTally;
use kizashi_domain::intake::{Fault, RecordKind, Refusal, Wish};
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};

pub use draft::{
    Draft, Upload, drop_draft, keep_map_file, keep_upload, keep_wish, new_upload, open_draft, rejected_path, show_map,
    tidy_uploads,
};
pub use edit::{
    Chosen, EDIT_FIELDS, Edit, EditChange, EditPlan, keep_edit, list_chosen, plan_edit, start_undo_of_edit,
};
pub(crate) use job::Jobs;
pub use job::{Phase, Progress, start_keeping, start_trial, start_undo};
pub use keep::{Taking, begin_run, end_run, fail_run, note_run};
pub use undo::undo_import;

use kizashi_domain::limits::UNDO_EVENTS_MAX;

use crate::intake::Samples;
use crate::{App, Error, Refused, Result};

/// Refused rows that are shown; all of them are in the file.
const REFUSALS_SHOWN_MAX: usize = 50;
/// Imports of one page.
const IMPORTS_SHOWN_MAX: i64 = 100;

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A file is there; nothing of it is in.
    Draft,
    /// It is being brought in, or was when the program ended.
    Keeping,
    /// It is in.
    Done,
    /// It broke off.
    Failed,
    /// It is being taken back, or was when the program ended.
    Undoing,
    /// It was taken back.
    Undone,
}

impl State {
    const ALL: [Self; 6] = [Self::Draft, Self::Keeping, Self::Done, Self::Failed, Self::Undoing, Self::Undone];

    /// The word in the database and in keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Keeping => "keeping",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }

    fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|s| s.word() == word).unwrap_or(Self::Done)
    }
}

/// What became of a trial, an import, and its undoing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// It was only tried.
    pub is_trial: bool,
    /// What the file holds.
    pub kind: Option<RecordKind>,
    /// Rows looked at.
    pub rows: u64,
    /// New ones.
    pub added: u64,
    /// Known ones with something new.
    pub changed: u64,
    /// Known ones that there are no more.
    pub deleted: u64,
    /// Nothing new.
    pub same: u64,
    /// Not taken.
    pub refused: u64,
    /// Lines of totals.
    pub left_out: u64,
    /// Whom the rows name as ours and who are nobody of ours.
    pub strangers: Vec<String>,
    /// Of letters: those that were not kept.
    pub mail: MailTally,
    /// The first of each.
    pub samples: Samples,
    /// The first refused rows.
    pub refusals: Vec<Refusal>,
    /// Why the file cannot be read, in a word and in English.
    pub fault: Option<(Fault, String)>,
    /// What the undoing did.
    pub undone: Option<Undone>,
    /// Pieces in which it went in, when it was not held as a whole.
    pub pieces: u32,
    /// The import that goes on with the next sheet of the same upload, and how many sheets with rows are left.
    pub next: Option<(Id<Import>, usize)>,
}

/// What was taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Undone {
    /// Records that are gone.
    pub removed: u64,
    /// Records that say again what they said before.
    pub restored: u64,
    /// Events that no longer count.
    pub events: u64,
    /// What was changed since, and stays as it is.
    pub left: u64,
    /// Some of it: kind and name.
    pub left_names: Vec<(String, String)>,
}

/// An import in a list.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Its id.
    pub id: Id<Import>,
    /// How far it has come.
    pub state: State,
    /// What it holds; empty before that is known.
    pub kind: String,
    /// Its source.
    pub source: String,
    /// The file's name as it was given; empty for imports of long ago.
    pub file_name: String,
    /// Its size.
    pub file_bytes: i64,
    /// Who brought it; `None` for the command line.
    pub staff: Option<String>,
    /// When it was begun.
    pub started_at: Time,
    /// When it was taken back.
    pub undone_at: Option<Time>,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// How it is to be read.
    pub wish: Wish,
    /// What became of it.
    pub report: Report,
    /// The work under way.
    pub progress: Option<Progress>,
}

impl ImportRow {
    /// It can be taken back. Imports of long ago left nothing to go by.
    pub fn can_be_undone(&self) -> bool {
        self.progress.is_none()
            && !self.is_too_large_to_undo()
            && !self.file_name.is_empty()
            && matches!(self.state, State::Done | State::Failed | State::Keeping | State::Undoing)
    }

    /// It brought more events than a receipt is left for.
    pub fn is_too_large_to_undo(&self) -> bool {
        self.report.kind == Some(RecordKind::Events) && self.report.rows > UNDO_EVENTS_MAX
    }

    /// The program ended in the middle of it.
    pub const fn is_interrupted(&self) -> bool {
        self.progress.is_none() && matches!(self.state, State::Keeping | State::Undoing)
    }
}

/// The imports of a workspace, the newest first, without the drafts of others.
pub async fn list_imports(app: &App, workspace: Id<Workspace>) -> Result<Vec<ImportRow>> {
    let rows = store::list_runs(app, workspace, IMPORTS_SHOWN_MAX).await?;
    Ok(rows.into_iter().map(|row| row.view(app)).collect())
}

/// One import.
pub async fn open_import(app: &App, workspace: Id<Workspace>, id: Id<Import>) -> Result<ImportRow> {
    let row = store::find_run(app, workspace, id).await?.ok_or(Error::Refused(Refused::NotFound))?;
    Ok(row.view(app))
}
