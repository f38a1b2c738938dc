//! Plays as they are written: drafts, rehearsals, publishing with the settings, and what repeated work might become one.
//!
//! A draft may be unfinished and is nobody's alone; a play is published only from its rehearsal, as a version of the settings.

mod begin;
mod calls;
mod changed;
mod effect;
mod figures;
mod past;
mod proposals;
mod rehearsal;
mod sample;
mod store;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::limits::{COMMENT_CHARS_MAX, PLAY_STEPS_MAX};
use kizashi_domain::pack::{Difference, Fault, Pack, compare};
use kizashi_domain::plays::{Mode, Play, Step};
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::access::Grant;
use crate::settings::{Settings, keep_pack, open_settings};
use crate::{App, Error, Refused, Result};

pub use begin::{Origin, Reminder, begin_book, find_reminder, is_worth_a_play};
pub use changed::{Rehearsed, rehearse_changed};
pub use effect::{AFTER_DAYS, Effect, Ends, Measured, Side, StepEnds, open_effect};
pub use figures::open_record;
pub use proposals::{Proposal, list_proposals};
pub use rehearsal::{Held, Letter, Load, MailLimit, Meeting, Owner, Rehearsal, rehearse};
pub use sample::{Sample, find_sample};

/// How often a step is done by hand before the product does it without being asked twice.
pub const BY_HAND_MIN: i64 = 5;

/// A play with what begins it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The play.
    pub play: Play,
    /// Signals whose cards begin it.
    pub signals: Vec<String>,
    /// Steps that are to run by themselves although they were not done by hand often: somebody has looked.
    #[serde(default)]
    pub looked_at: Vec<String>,
}

/// A play open for writing.
#[derive(Clone, Debug)]
pub struct OpenBook {
    /// As it is written now.
    pub book: Book,
    /// As it is published; `None` = it is new.
    pub published: Option<Book>,
    /// Who wrote last, and when; `None` = there is no draft.
    pub draft: Option<(Option<String>, Time)>,
    /// What the next writing is based on.
    pub revision: i64,
}

/// A play in the list.
#[derive(Clone, Debug)]
pub struct BookRow {
    /// As it is written now.
    pub book: Book,
    /// Whether it is published.
    pub is_published: bool,
    /// Who wrote a draft of it, and when.
    pub draft: Option<(Option<String>, Time)>,
}

fn published(pack: &Pack, id: &str) -> Option<Book> {
    let signals = pack.signals.iter().filter(|s| s.play.as_deref() == Some(id)).map(|s| s.id.clone());
    pack.play(id).map(|play| Book { play: play.clone(), signals: signals.collect(), looked_at: Vec::new() })
}

fn read(kept: &store::Kept) -> Result<Book> {
    serde_json::from_str(&kept.document).map_err(|e| Error::failed("a draft of a play", e))
}

/// Every play, in the order of the pack, and behind them those that are only drafts.
pub async fn list_books(app: &App, settings: &Settings) -> Result<Vec<BookRow>> {
    let drafts = store::list_drafts(app, settings.workspace).await?;
    let mut rows = Vec::new();
    for play in &settings.pack.plays {
        let draft = drafts.iter().find(|d| d.play == play.id);
        let Some(own) = published(&settings.pack, &play.id) else { continue };
        let book = match draft {
            Some(kept) => read(kept)?,
            None => own,
        };
        rows.push(BookRow { book, is_published: true, draft: draft.map(|d| (d.by.clone(), d.at)) });
    }
    for kept in drafts.iter().filter(|d| settings.pack.play(&d.play).is_none()) {
        rows.push(BookRow { book: read(kept)?, is_published: false, draft: Some((kept.by.clone(), kept.at)) });
    }
    Ok(rows)
}

/// One play: its draft, else as it is published.
pub async fn open_book(app: &App, settings: &Settings, id: &str) -> Result<OpenBook> {
    let own = published(&settings.pack, id);
    match (store::find_draft(app, settings.workspace, id).await?, own) {
        (Some(kept), own) => Ok(OpenBook {
            book: read(&kept)?,
            published: own,
            revision: kept.revision,
            draft: Some((kept.by, kept.at)),
        }),
        (None, Some(own)) => Ok(OpenBook { book: own.clone(), published: Some(own), draft: None, revision: 0 }),
        (None, None) => Err(Refused::NotFound.into()),
    }
}

/// Keeps a draft over the revision that was read; the new revision. A draft that says what is published is no draft any more.
pub async fn keep_book(app: &App, grant: &Grant, id: &str, revision: i64, book: &Book) -> Result<i64> {
    if book.play.id != id {
        return Err(Refused::NotFound.into());
    }
    if book.play.steps.len() > PLAY_STEPS_MAX {
        return Err(Refused::Field { field: "steps", reason: "too-many" }.into());
    }
    let settings = open_settings(app, grant.workspace()).await?;
    let open = open_book(app, &settings, id).await;
    if let Ok(open) = &open {
        if open.revision != revision {
            return Err(Refused::Changed.into());
        }
        if open.published.as_ref().is_some_and(|own| own.play == book.play && own.signals == book.signals) {
            drop_book(app, grant, id).await?;
            return Ok(0);
        }
    }
    let document = serde_json::to_string(book).map_err(|e| Error::failed("writing a draft", e))?;
    store::keep_draft(app, grant, id, revision, &document).await
}

/// Throws a draft away.
pub async fn drop_book(app: &App, grant: &Grant, id: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::remove_draft(&mut tx, grant.workspace(), id).await?;
    Ok(tx.commit().await?)
}

/// The settings as they would be with the play.
pub fn edit_pack(pack: &Pack, book: &Book) -> Pack {
    let (mut edited, id) = (pack.clone(), book.play.id.as_str());
    match edited.plays.iter_mut().find(|p| p.id == id) {
        Some(place) => *place = book.play.clone(),
        None => edited.plays.push(book.play.clone()),
    }
    for rule in &mut edited.signals {
        if book.signals.contains(&rule.id) {
            rule.play = Some(id.to_owned());
        } else if rule.play.as_deref() == Some(id) {
            rule.play = None;
        }
    }
    edited
}

/// What keeps a play from being published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The first thing that is wrong with it.
    Fault(Box<Fault>),
    /// A step is to run by itself, was done by hand so often, and nobody has said that they looked.
    TooSoon {
        /// Place of the step.
        step: usize,
        /// How often it was done by hand.
        times: i64,
    },
}

/// What keeps a play from being published; `None` = nothing.
pub async fn find_hindrance(app: &App, settings: &Settings, open: &OpenBook) -> Result<Option<Hindrance>> {
    let edited = edit_pack(&settings.pack, &open.book);
    if let Err(fault) = edited.check().and_then(|()| edited.check_after(&settings.pack)) {
        return Ok(Some(Hindrance::Fault(fault)));
    }
    let too_soon = list_too_soon(app, settings, &open.book, open.published.as_ref()).await?;
    Ok(too_soon.into_iter().next().map(|(step, times)| Hindrance::TooSoon { step, times }))
}

/// Steps that are to run by themselves from now on, were not done by hand often, and that nobody said they looked at: the place of each,
/// and how often it was done by hand.
async fn list_too_soon(
    app: &App,
    settings: &Settings,
    book: &Book,
    published: Option<&Book>,
) -> Result<Vec<(usize, i64)>> {
    let mut found = Vec::new();
    for (step, one) in book.play.steps.iter().enumerate() {
        if is_newly_automatic(published, one) && !book.looked_at.contains(&one.id) {
            let times = count_by_hand(app, settings.workspace, &book.play.id, &one.id).await?;
            if times < BY_HAND_MIN {
                found.push((step, times));
            }
        }
    }
    Ok(found)
}

/// Whether a step is to run by itself and does not do so yet.
pub fn is_newly_automatic(published: Option<&Book>, step: &Step) -> bool {
    let is_auto = |s: &Step| s.kind().has_mode() && s.mode == Mode::Auto;
    let before = published.and_then(|b| b.play.steps.iter().find(|s| s.id == step.id));
    is_auto(step) && !before.is_some_and(is_auto)
}

/// How often a person has done a step.
pub async fn count_by_hand(app: &App, ws: Id<Workspace>, play: &str, step: &str) -> Result<i64> {
    figures::count_by_hand(app, ws, play, step).await
}

/// Publishes a play as it was rehearsed: `revision` is that of the rehearsal, `base` the version of the settings that it rested on.
///
/// # Errors
/// [`Refused::Changed`] when either is another one by now, [`Refused::Settings`] when something keeps it from being published.
pub async fn publish_book(
    app: &App,
    grant: &Grant,
    id: &str,
    (base, revision): (i64, i64),
    comment: &str,
) -> Result<Vec<Difference>> {
    let settings = open_settings(app, grant.workspace()).await?;
    let open = open_book(app, &settings, id).await?;
    if open.revision != revision || settings.version != base {
        return Err(Refused::Changed.into());
    }
    if comment.trim().is_empty() || comment.chars().count() > COMMENT_CHARS_MAX {
        let reason = if comment.trim().is_empty() { "required" } else { "too-long" };
        return Err(Refused::Field { field: "comment", reason }.into());
    }
    match find_hindrance(app, &settings, &open).await? {
        Some(Hindrance::Fault(fault)) => return Err(Refused::Settings(fault.reason.en.clone()).into()),
        Some(Hindrance::TooSoon { .. }) => {
            return Err(Refused::Field { field: "mode", reason: "play-auto-too-soon" }.into());
        }
        None => {}
    }
    let said = keep_pack(app, grant, base, &edit_pack(&settings.pack, &open.book), comment).await?;
    drop_book(app, grant, id).await?;
    Ok(said)
}

/// What publishing would change, in words.
pub fn compare_book(pack: &Pack, book: &Book) -> Vec<Difference> {
    compare(pack, &edit_pack(pack, book))
}
