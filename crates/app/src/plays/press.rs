//! One press on one card. Each is a change of many of which there is one, so that one way takes everything back.

use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::time::{Day, Time};

use super::act::{Act, read};
use super::closing::Closing;
use super::many::{Batch, Turned, turn};
use super::store::{self, Life};
use super::talk::tell_given;
use super::{CardState, Outcome};
use crate::access::Grant;
use crate::{App, Refused, Result};

/// What somebody saw of a card when they pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its state.
    pub state: CardState,
    /// Whose it was.
    pub owner: Option<Id<Staff>>,
}

impl Seen {
    pub(super) const fn of(life: &Life) -> Self {
        Self { state: life.state(), owner: life.owner_id }
    }
}

/// What became of a card between the look and the press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    /// Its state now.
    pub state: CardState,
    /// Who works on it, owns it or closed it; `None` = the product itself.
    pub who: Option<String>,
    /// Since when; `None` = not known.
    pub at: Option<Time>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// What a press did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// What was wanted is so.
    Done {
        /// Takes it back; `None` = it was so before, and somebody else has to do with that.
        batch: Option<Id<Batch>>,
        /// The day that holds, where the chosen one is no business day.
        day: Option<Day>,
        /// Whether the day lies after the notice deadline.
        is_past: bool,
        /// Whether it was not so before.
        is_new: bool,
    },
    /// Nothing: somebody else was first.
    Meanwhile(Meanwhile),
}

/// Does one thing with one card. `seen` = what the presser saw, when a colleague's work must not be taken over without a word.
///
/// # Errors
/// [`Refused::Field`] for what cannot be meant, [`Refused::Changed`] when somebody else changes it at this moment.
pub async fn press_card(app: &App, grant: &Grant, card: Id<Card>, act: &Act, seen: Option<Seen>) -> Result<Pressed> {
    match press_once(app, grant, card, act, seen).await? {
        Some(pressed) => Ok(pressed),
        // Of two presses at the same moment the second sees what the first did.
        None => Ok(press_once(app, grant, card, act, seen).await?.ok_or(Refused::Changed)?),
    }
}

async fn press_once(
    app: &App,
    grant: &Grant,
    card: Id<Card>,
    act: &Act,
    seen: Option<Seen>,
) -> Result<Option<Pressed>> {
    let (ws, now) = (grant.workspace(), app.now());
    let settings = crate::settings::open_settings(app, ws).await?;
    let meant = read(app, &settings, grant, &[card], act).await?;
    let mut tx = app.db.write().await?;
    let life = store::find_life(&mut tx, ws, card).await?.ok_or(Refused::NotFound)?;
    let is_past = meant.reach.past.contains(&card);
    let done = |batch, is_new| Ok(Some(Pressed::Done { batch, day: meant.day, is_past, is_new }));
    if meant.act.is_done(&life, grant) {
        let batch = store::find_batch_of(&mut tx, ws, (card, life.version), meant.act.step()).await?;
        return done(batch, false);
    }
    let is_taken_over = matches!(meant.act, Act::Take) && seen.is_some_and(|seen| is_others_since(&life, seen, grant));
    if life.closed_at.is_some() || is_taken_over {
        drop(tx);
        return Ok(see_card(app, ws, card).await?.map(Pressed::Meanwhile));
    }
    if meant.reach.held.contains(&card) {
        let (field, reason) =
            if matches!(act, Act::Move(_)) { ("due", "due-deadline") } else { ("until", "snooze-deadline") };
        return Err(Refused::Field { field, reason }.into());
    }
    let batch = store::keep_batch(&mut tx, ws, meant.act.step(), (now, grant.staff())).await?;
    if turn(&mut tx, (app, &settings), grant, (batch, card, &meant)).await? != Turned::Changed {
        return Ok(None);
    }
    if let Act::Hand(Some(to)) = meant.act {
        tell_given(&mut tx, app, grant, (batch, to), &[card]).await?;
    }
    tx.commit().await?;
    done(Some(batch), true)
}

/// Whether a card went to somebody else since it was seen.
fn is_others_since(life: &Life, seen: Seen, grant: &Grant) -> bool {
    let now = Seen::of(life);
    let holder = if now.state == CardState::New { life.owner_id } else { life.owner_id.or(life.taken_by) };
    let is_under_way = now.state != CardState::New && seen.state == CardState::New;
    now != seen && holder.is_some() && holder != grant.staff() && (is_under_way || now.owner != seen.owner)
}

/// What a card is now, and who made it so. `None` = there is none.
pub async fn see_card(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Option<Meanwhile>> {
    store::find_meanwhile(app, ws, card).await
}

/// A press that was done, or somebody else was first.
async fn press(app: &App, grant: &Grant, card: Id<Card>, act: &Act) -> Result<bool> {
    match press_card(app, grant, card, act, None).await? {
        Pressed::Done { is_new, .. } => Ok(is_new),
        Pressed::Meanwhile(_) => Err(Refused::Changed.into()),
    }
}

/// 対応する: the card is one's own work now.
pub async fn take_card(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    press(app, grant, card, &Act::Take).await.map(|_| ())
}

/// 顧客待ち: the next move is the customer's.
pub async fn wait_for_customer(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    press(app, grant, card, &Act::Wait).await.map(|_| ())
}

/// 後で: puts the card off until a day.
pub async fn snooze_card(app: &App, grant: &Grant, card: Id<Card>, until: Day, reason: &str) -> Result<()> {
    press(app, grant, card, &Act::Snooze(until, reason.to_owned())).await.map(|_| ())
}

/// 完了: with an outcome and what came of it.
pub async fn close_card(app: &App, grant: &Grant, card: Id<Card>, outcome: Outcome, note: &str) -> Result<()> {
    close_explained(app, grant, card, &Closing::with(outcome, note)).await
}

/// The same with all that can be said of it. Refused when it was closed before.
pub async fn close_explained(app: &App, grant: &Grant, card: Id<Card>, closing: &Closing) -> Result<()> {
    if press(app, grant, card, &Act::Close(closing.clone())).await? { Ok(()) } else { Err(Refused::Changed.into()) }
}
