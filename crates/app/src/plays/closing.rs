//! 完了: a card ends with an outcome and what came of it, and is opened again. The plays that it began end with it where they are for
//! nothing.

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Id, Workspace};

use super::again::settle;
use super::read::{FALSE_REASONS, Outcome};
use super::runs::reopen_runs_of;
use super::store::{self, Life};
use super::{Said, change_in, change_one, checked_note, limits};
use crate::access::Grant;
use crate::subscriptions::{Happened, Occurrence, tell};
use crate::{App, Refused, Result};

/// How a card ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// What became of it.
    pub outcome: Outcome,
    /// What came of it, in words; demanded, unless a false alarm has a reason.
    pub note: String,
    /// Why it was a false alarm, one of [`FALSE_REASONS`]; empty = not said.
    pub false_reason: String,
    /// Whether plays that it began end with it. Of a false alarm, and of what went away by itself, they always do: nothing more is sent
    /// to a customer for it.
    pub ends_plays: bool,
}

impl Closing {
    /// With an outcome and what came of it.
    pub fn with(outcome: Outcome, note: &str) -> Self {
        Self { outcome, note: note.to_owned(), false_reason: String::new(), ends_plays: false }
    }

    /// What came of it is demanded, in a word at least; of a false alarm its reason stands for it.
    pub(super) fn check(&self) -> Result<()> {
        let note = checked_note(&self.note)?;
        let reason = checked_false_reason(&self.false_reason)?;
        if note.is_empty() && (self.outcome != Outcome::FalseAlarm || reason.is_empty()) {
            return Err(Refused::Field { field: "came_of_it", reason: "came-of-it" }.into());
        }
        Ok(())
    }

    pub(super) fn apply(&self, life: &mut Life, grant: &Grant, now: kizashi_domain::time::Time) {
        life.answer(now);
        life.close((now, grant.staff()), self.outcome.word(), self.note.trim());
        if self.outcome == Outcome::FalseAlarm {
            self.false_reason.clone_into(&mut life.false_reason);
        }
    }

    /// Whether the same person closed the card so already.
    pub(super) fn is_done(&self, life: &Life, grant: &Grant) -> bool {
        let is_same = life.outcome.as_deref() == Some(self.outcome.word())
            && life.outcome_note.as_deref() == Some(self.note.trim())
            && (self.outcome != Outcome::FalseAlarm || life.false_reason == self.false_reason);
        life.closed_at.is_some() && life.closed_by == grant.staff() && is_same
    }

    pub(super) const fn ends_plays(&self) -> bool {
        self.ends_plays || matches!(self.outcome, Outcome::FalseAlarm | Outcome::Recovered)
    }
}

/// Says why a closed card was a false alarm.
pub async fn explain_false_alarm(app: &App, grant: &Grant, card: Id<Card>, reason: &str) -> Result<()> {
    let reason = checked_false_reason(reason)?;
    change_one(app, grant, card, Said { step: "explained", note: "" }, |life| {
        if life.outcome.as_deref() != Some(Outcome::FalseAlarm.word()) {
            return Err(Refused::Changed.into());
        }
        reason.clone_into(&mut life.false_reason);
        Ok(())
    })
    .await
}

pub(super) fn checked_false_reason(reason: &str) -> Result<&str> {
    if reason.is_empty() || FALSE_REASONS.contains(&reason) {
        Ok(reason)
    } else {
        Err(Refused::Field { field: "false_reason", reason: "not-one-of" }.into())
    }
}

/// Takes a closure back, unless a new card of the same kind was opened meanwhile. Plays that ended with it go on. What was handed over
/// since is with whoever took it over. It is work that begins now: its limits start anew.
pub async fn reopen_card(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let mut closed_at = None;
    let mut tx = app.db.write().await?;
    if store::has_successor(&mut tx, grant.workspace(), card).await? {
        return Err(Refused::Field { field: "card", reason: "has-successor" }.into());
    }
    let rank = store::find_rank(&mut tx, grant.workspace(), card).await?.ok_or(Refused::NotFound)?;
    let begun = limits::begin(app, &settings, rank);
    change_in(&mut tx, app, grant, card, Said { step: "reopened", note: "" }, |life| {
        closed_at = life.closed_at;
        if closed_at.is_none() {
            return Err(Refused::Changed.into());
        }
        life.reopen(begun);
        Ok(())
    })
    .await?;
    if let Some(since) = closed_at {
        settle(&mut tx, grant.workspace(), card, (since, (app.now(), grant.staff()))).await?;
        reopen_runs_of(&mut tx, (app, &settings), card, since).await?;
    }
    Ok(tx.commit().await?)
}

/// Tells others that a card was closed.
pub(super) async fn tell_closed(tx: &mut Tx, app: &App, ws: Id<Workspace>, card: Id<Card>, life: &Life) -> Result<()> {
    let data = serde_json::json!({ "id": card, "outcome": life.outcome });
    tell(tx, app, ws, &[Happened::new(Occurrence::CardClosed, app.now(), &data)]).await
}
