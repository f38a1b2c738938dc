//! Many cards changed at once, and taken back as a whole. A change of one owner or one date is a batch of one.

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::limits::CARDS_AT_ONCE_MAX;
use kizashi_domain::time::Day;

use super::again::settle;
use super::closing::{Closing, tell_closed};
use super::runs::{end_runs_of, reopen_runs_of};
use super::store::{self, Life, Step};
use super::{CardState, check_until, checked_note};
use crate::access::{Grant, list_staff};
use crate::settings::Settings;
use crate::{App, Refused, Result};

/// A change of several cards that is taken back as a whole.
#[derive(Debug)]
pub enum Batch {}

/// What is done with each of several cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// 対応する.
    Take,
    /// New again.
    Release,
    /// 顧客待ち.
    Wait,
    /// 後で, until a day and why.
    Snooze(Day, String),
    /// Given to a colleague, or to nobody.
    Hand(Option<Id<Staff>>),
    /// Due on another day.
    Move(Day),
    /// 完了.
    Close(Closing),
}

impl Act {
    /// The step that each card remembers.
    const fn step(&self) -> &'static str {
        match self {
            Self::Take => "taken",
            Self::Release => "released",
            Self::Wait => "waiting",
            Self::Snooze(..) => "snoozed",
            Self::Hand(_) => "assigned",
            Self::Move(_) => "moved",
            Self::Close(..) => "closed",
        }
    }
}

/// What a change of several cards would meet.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Open ones, which would change.
    pub open: Vec<super::CardRow>,
    /// How many are closed already.
    pub closed: usize,
}

/// What a change of several cards did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Takes it back.
    pub batch: Id<Batch>,
    /// Cards that changed.
    pub cards: usize,
    /// Cards that had been closed or changed meanwhile.
    pub left: usize,
}

fn check_count(cards: &[Id<Card>]) -> Result<()> {
    if cards.is_empty() {
        return Err(Refused::Field { field: "id", reason: "required" }.into());
    }
    if cards.len() > CARDS_AT_ONCE_MAX {
        return Err(Refused::Field { field: "id", reason: "too-many" }.into());
    }
    Ok(())
}

/// What a change of several cards was, by the word of its step, and how many it changed; `None` = no such change.
pub async fn count_changed(app: &App, ws: Id<Workspace>, batch: Id<Batch>) -> Result<Option<(String, i64)>> {
    store::count_batch(app, ws, batch).await
}

/// Looks at what a change would meet; changes nothing.
pub async fn plan_cards(app: &App, grant: &Grant, cards: &[Id<Card>]) -> Result<Plan> {
    check_count(cards)?;
    let mut plan = Plan::default();
    for row in store::list_chosen(app, grant.workspace(), cards).await? {
        if row.state == CardState::Closed {
            plan.closed += 1;
        } else {
            plan.open.push(row);
        }
    }
    Ok(plan)
}

/// Refuses what cannot be meant before anything changes; the name of whom cards are given to.
async fn check_act(app: &App, grant: &Grant, cards: &[Id<Card>], act: &Act) -> Result<String> {
    let ws = grant.workspace();
    match act {
        Act::Snooze(until, reason) => {
            checked_note(reason)?;
            for card in cards {
                check_until(app, ws, *card, *until).await?;
            }
        }
        Act::Hand(Some(to)) => {
            let staff = list_staff(app, ws).await?;
            let found = staff.into_iter().find(|s| s.id == *to);
            return found.map(|s| s.name).ok_or_else(|| Refused::Field { field: "owner", reason: "not-one-of" }.into());
        }
        Act::Move(day) => {
            const AHEAD_DAYS_MAX: i32 = 730;
            let today = super::today(app, ws).await?;
            if *day < today || *day > today.plus(AHEAD_DAYS_MAX) {
                return Err(Refused::Field { field: "due", reason: "due-day" }.into());
            }
            return Ok(day.to_string());
        }
        Act::Close(closing) => closing.check()?,
        Act::Take | Act::Release | Act::Wait | Act::Hand(None) => {}
    }
    Ok(String::new())
}

fn apply(life: &mut Life, act: &Act, grant: &Grant, now: kizashi_domain::time::Time) {
    if !matches!(act, Act::Release) {
        life.touch(now);
    }
    match act {
        Act::Take => {
            (life.taken_at, life.taken_by) = (Some(now), grant.staff());
            life.owner_id = grant.staff().or(life.owner_id);
            (life.waiting_at, life.snoozed_until, life.snooze_reason) = (None, None, None);
        }
        Act::Release => (life.taken_at, life.taken_by, life.waiting_at) = (None, None, None),
        Act::Wait => {
            life.waiting_at = Some(now);
            life.taken_at = life.taken_at.or(Some(now));
            life.taken_by = life.taken_by.or(grant.staff());
        }
        Act::Snooze(until, reason) => {
            (life.snoozed_until, life.snooze_reason) = (Some(*until), Some(reason.trim().to_owned()));
        }
        Act::Hand(to) => life.owner_id = *to,
        Act::Move(day) => life.due_day = *day,
        Act::Close(closing) => closing.apply(life, grant, now),
    }
}

/// Changes several cards in one transaction. Closed ones, and those that somebody changes at this moment, are left as they are and
/// counted.
pub async fn change_cards(app: &App, grant: &Grant, cards: &[Id<Card>], act: &Act) -> Result<Changed> {
    check_count(cards)?;
    let told = check_act(app, grant, cards, act).await?;
    let (ws, now) = (grant.workspace(), app.now());
    let settings = crate::settings::open_settings(app, ws).await?;
    let note = match act {
        Act::Snooze(_, reason) => reason.trim(),
        Act::Close(closing) => closing.note.trim(),
        _ => told.as_str(),
    };
    let mut tx = app.db.write().await?;
    let batch = store::keep_batch(&mut tx, ws, act.step(), (now, grant.staff())).await?;
    let mut changed = Changed { batch, cards: 0, left: 0 };
    let mut sorted = cards.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    for card in sorted {
        let found = store::find_life(&mut tx, ws, card).await?.filter(|life| life.closed_at.is_none());
        let Some(before) = found else {
            changed.left += 1;
            continue;
        };
        let mut life = before.clone();
        apply(&mut life, act, grant, now);
        if !store::keep_life(&mut tx, ws, card, &life, now).await? {
            changed.left += 1;
            continue;
        }
        store::keep_batch_row(&mut tx, ws, (batch, card), &before).await?;
        store::insert_step(&mut tx, ws, card, Step { step: act.step(), note, staff: grant.staff(), at: now }).await?;
        if let Act::Close(closing) = act {
            tell_closed(&mut tx, app, ws, card, &life).await?;
            if closing.ends_plays() {
                end_runs_of(&mut tx, (app, &settings), card, grant.staff()).await?;
            }
        }
        changed.cards += 1;
    }
    if changed.cards == 0 {
        return Err(Refused::Changed.into());
    }
    tx.commit().await?;
    Ok(changed)
}

/// Takes a change of several cards back: each card is as it was, unless it was changed since, or another card stands for the same
/// thing meanwhile; what was handed over since is with whoever took it over. How many are as they were, and how many are left as they
/// are.
pub async fn undo_cards(app: &App, grant: &Grant, batch: Id<Batch>) -> Result<(usize, usize)> {
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let mut tx = app.db.write().await?;
    let counts = undo_in(&mut tx, (app, &settings), grant, batch).await?.ok_or(Refused::Changed)?;
    tx.commit().await?;
    Ok(counts)
}

/// The same inside a transaction; `None` when it was taken back already.
pub(super) async fn undo_in(
    tx: &mut Tx,
    (app, settings): (&App, &Settings),
    grant: &Grant,
    batch: Id<Batch>,
) -> Result<Option<(usize, usize)>> {
    let (ws, now) = (grant.workspace(), app.now());
    let Some(since) = store::keep_undone(tx, ws, batch, now).await? else { return Ok(None) };
    let (mut back, mut left) = (0, 0);
    for (card, before, version) in store::list_batch_rows(tx, ws, batch).await? {
        let now_life = store::find_life(tx, ws, card).await?.filter(|life| life.version == version);
        let closed_at = now_life.as_ref().and_then(|life| life.closed_at);
        let reopens = closed_at.is_some();
        if now_life.is_none() || (reopens && store::has_successor(tx, ws, card).await?) {
            left += 1;
            continue;
        }
        if !store::keep_life(tx, ws, card, &Life { version, ..before }, now).await? {
            left += 1;
            continue;
        }
        let step = Step { staff: grant.staff(), ..Step::of(if reopens { "reopened" } else { "undone" }, now) };
        store::insert_step(tx, ws, card, step).await?;
        settle(tx, ws, card, (since, (now, grant.staff()))).await?;
        if let Some(since) = closed_at {
            reopen_runs_of(tx, (app, settings), card, since).await?;
        }
        back += 1;
    }
    Ok(Some((back, left)))
}
