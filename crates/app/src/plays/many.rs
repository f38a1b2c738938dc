//! Many cards changed at once, and taken back as a whole. A press on one card is a change of one.

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Id, Workspace};
use kizashi_domain::limits::CARDS_AT_ONCE_MAX;
use kizashi_domain::time::Day;

use super::CardState;
use super::act::{Act, Meant, read};
use super::again::settle;
use super::closing::tell_closed;
use super::runs::{end_runs_of, reopen_runs_of};
use super::store::{self, Life, Step};
use super::talk::tell_given;
use crate::access::Grant;
use crate::settings::Settings;
use crate::{App, Refused, Result};

/// A change of several cards that is taken back as a whole.
#[derive(Debug)]
pub enum Batch {}

/// What a change of several cards would meet.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Open ones, which would change.
    pub open: Vec<super::CardRow>,
    /// How many are closed already.
    pub closed: usize,
}

/// What a change of several cards did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Takes it back.
    pub batch: Id<Batch>,
    /// Cards that changed.
    pub cards: usize,
    /// Cards that had been closed or changed meanwhile.
    pub left: usize,
    /// The day that holds, where the chosen one is no business day.
    pub day: Option<Day>,
    /// Cards of key accounts that are as they were, as the day lies after their notice deadline.
    pub held: Vec<Id<Card>>,
    /// How many that changed are due after the notice deadline of their customer.
    pub past: usize,
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

/// What became of one card of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turned {
    /// It changed.
    Changed,
    /// It was so already.
    Same,
    /// It had been closed, or somebody changes it at this moment.
    Left,
}

/// Changes one card, and keeps what it was before.
pub(super) async fn turn(
    tx: &mut Tx,
    (app, settings): (&App, &Settings),
    grant: &Grant,
    (batch, card, meant): (Id<Batch>, Id<Card>, &Meant),
) -> Result<Turned> {
    let (ws, now, act) = (grant.workspace(), app.now(), &meant.act);
    let found = store::find_life(tx, ws, card).await?.filter(|life| life.closed_at.is_none());
    let Some(before) = found else { return Ok(Turned::Left) };
    if act.is_done(&before, grant) {
        return Ok(Turned::Same);
    }
    let mut life = before.clone();
    act.apply(&mut life, grant, now);
    if !store::keep_life(tx, ws, card, &life, now).await? {
        return Ok(Turned::Left);
    }
    store::keep_batch_row(tx, ws, (batch, card), &before).await?;
    store::insert_step(tx, ws, card, Step { step: act.step(), note: &meant.note, staff: grant.staff(), at: now })
        .await?;
    if let Act::Close(closing) = act {
        tell_closed(tx, app, ws, card, &life).await?;
        if closing.ends_plays() {
            end_runs_of(tx, (app, settings), card, grant.staff()).await?;
        }
    }
    Ok(Turned::Changed)
}

/// Changes several cards in one transaction. Closed ones, those that somebody changes at this moment, and key accounts for which a day
/// lies after the notice deadline are left as they are and counted.
pub async fn change_cards(app: &App, grant: &Grant, cards: &[Id<Card>], act: &Act) -> Result<Changed> {
    check_count(cards)?;
    let (ws, now) = (grant.workspace(), app.now());
    let settings = crate::settings::open_settings(app, ws).await?;
    let meant = read(app, &settings, grant, cards, act).await?;
    let mut tx = app.db.write().await?;
    let batch = store::keep_batch(&mut tx, ws, act.step(), (now, grant.staff())).await?;
    let mut changed = Changed { batch, cards: 0, left: 0, day: meant.day, held: Vec::new(), past: 0 };
    let mut sorted = cards.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let (mut given, mut same) = (Vec::new(), Vec::new());
    for card in sorted {
        if meant.reach.held.contains(&card) {
            changed.held.push(card);
            continue;
        }
        match turn(&mut tx, (app, &settings), grant, (batch, card, &meant)).await? {
            Turned::Changed => given.push(card),
            Turned::Same => same.push(card),
            Turned::Left => changed.left += 1,
        }
    }
    changed.cards = given.len();
    changed.past = given.iter().filter(|card| meant.reach.past.contains(card)).count();
    if let Some(first) = same.first().filter(|_| given.is_empty()) {
        // The same once more: what did it takes it back.
        let life = store::find_life(&mut tx, ws, *first).await?.ok_or(Refused::Changed)?;
        let before = store::find_batch_of(&mut tx, ws, (*first, life.version), act.step()).await?;
        let batch = before.ok_or(Refused::Field { field: "id", reason: "is-so-already" })?;
        return Ok(Changed { batch, cards: same.len(), ..changed });
    }
    if given.is_empty() {
        return Err(nothing(&changed, act).into());
    }
    if let Act::Hand(Some(to)) = meant.act {
        tell_given(&mut tx, app, grant, (batch, to), &given).await?;
    }
    tx.commit().await?;
    Ok(changed)
}

/// Why nothing changed.
const fn nothing(changed: &Changed, act: &Act) -> Refused {
    match act {
        Act::Move(_) if !changed.held.is_empty() => Refused::Field { field: "due", reason: "due-deadline" },
        _ if !changed.held.is_empty() => Refused::Field { field: "until", reason: "snooze-deadline" },
        _ => Refused::Changed,
    }
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
        let Some(now_life) = now_life else {
            left += 1;
            continue;
        };
        let (closed_at, before) = (now_life.closed_at, now_life.as_before(&before)?);
        let reopens = closed_at.is_some() && before.closed_at.is_none();
        if reopens && store::has_successor(tx, ws, card).await? {
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
