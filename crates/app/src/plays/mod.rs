//! Work: cards that say 何を・いつまでに・誰が and why, from the notice to the outcome.

pub(crate) mod read;
mod respond;
mod store;

use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::limits::{PAGE_ROWS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::time::{Day, Time};

use crate::access::Grant;
use crate::{App, Refused, Result};

pub use read::{CardList, CardPage, CardQuery, CardRow, CardState, CardStep, Outcome};
pub(crate) use respond::{respond, respond_to_feeds};
pub use store::count_open;
pub(crate) use store::{count_new_signs, kind_word, list_mine, list_snoozed};

/// Reads the word of a card's kind in addresses.
pub fn parse_kind(word: &str) -> Option<kizashi_domain::signals::CardKind> {
    store::parse_kind(word)
}

/// The word of a card's kind in addresses.
pub fn word_of_kind(kind: kizashi_domain::signals::CardKind) -> &'static str {
    kind_word(kind)
}

/// A page of cards.
pub async fn list_cards(app: &App, workspace: Id<Workspace>, query: &CardQuery) -> Result<CardList> {
    let rows = query.rows.clamp(1, PAGE_ROWS_MAX);
    let today = today(app, workspace).await?;
    store::list_cards(app, workspace, today, query, rows).await
}

/// Cards of one customer: open ones first, then the latest closed.
pub async fn list_cards_of(app: &App, workspace: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<CardRow>> {
    store::list_of_customer(app, workspace, customer).await
}

/// One card with its causes and its life so far.
pub async fn open_card(app: &App, workspace: Id<Workspace>, card: Id<Card>) -> Result<CardPage> {
    let Some(row) = store::find_card(app, workspace, card).await? else { return Err(Refused::NotFound.into()) };
    let settings = crate::settings::open_settings(app, workspace).await?;
    let play_id = store::find_play(app, workspace, card).await?;
    let play = settings.pack.plays.iter().find(|p| p.id == play_id).map(|p| (p.title.clone(), vec![p.what.clone()]));
    Ok(CardPage {
        row,
        play,
        causes: store::list_causes(app, workspace, card).await?,
        steps: store::list_steps(app, workspace, card).await?,
    })
}

async fn today(app: &App, workspace: Id<Workspace>) -> Result<Day> {
    Ok(crate::settings::open_settings(app, workspace).await?.day_of(app.now()))
}

fn checked_note(note: &str) -> Result<&str> {
    let note = note.trim();
    if note.chars().count() > TEXT_CHARS_MAX {
        return Err(Refused::Field { field: "note", reason: "too-long" }.into());
    }
    Ok(note)
}

/// 対応する: the card is one's own work now.
pub async fn take_card(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    store::keep_taken(app, grant, card).await
}

/// Takes the taking back: the card is new again, its owner stays.
pub async fn release_card(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    store::keep_released(app, grant, card).await
}

/// 顧客待ち: the next move is the customer's.
pub async fn wait_for_customer(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    store::keep_waiting(app, grant, card).await
}

/// 後で: puts the card off until a day.
pub async fn snooze_card(app: &App, grant: &Grant, card: Id<Card>, until: Day, reason: &str) -> Result<()> {
    const SNOOZE_DAYS_MAX: i32 = 90;
    let today = today(app, grant.workspace()).await?;
    if until <= today || until > today.plus(SNOOZE_DAYS_MAX) {
        return Err(Refused::Field { field: "until", reason: "snooze-until" }.into());
    }
    store::keep_snoozed(app, grant, card, Some(until), checked_note(reason)?).await
}

/// Takes the putting off back.
pub async fn wake_card(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    store::keep_snoozed(app, grant, card, None, "").await
}

/// 完了: with an outcome and what came of it.
pub async fn close_card(app: &App, grant: &Grant, card: Id<Card>, outcome: Outcome, note: &str) -> Result<()> {
    store::keep_closed(app, grant, card, outcome, checked_note(note)?).await
}

/// Takes a closure back, unless a new card of the same kind was opened meanwhile.
pub async fn reopen_card(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    store::keep_reopened(app, grant, card).await
}

/// Adds words to a card.
pub async fn note_card(app: &App, grant: &Grant, card: Id<Card>, note: &str) -> Result<()> {
    let note = checked_note(note)?;
    if note.is_empty() {
        return Err(Refused::Field { field: "note", reason: "required" }.into());
    }
    store::keep_note(app, grant, card, note).await
}

/// Gives the open cards that one person owns to another: those of one customer, or all. Which.
pub(crate) async fn hand_cards(
    tx: &mut kizashi_db::Tx,
    app: &App,
    grant: &Grant,
    customer: Option<Id<Customer>>,
    of: (Id<Staff>, Id<Staff>),
) -> Result<Vec<uuid::Uuid>> {
    store::keep_handed(tx, app, grant.workspace(), customer, of, grant.staff()).await
}

/// Gives a card that was handed over back, unless somebody else has it by now; whether it went.
pub(crate) async fn return_card(
    tx: &mut kizashi_db::Tx,
    app: &App,
    grant: &Grant,
    card: uuid::Uuid,
    of: (Id<Staff>, Id<Staff>),
) -> Result<bool> {
    store::keep_returned(tx, app, grant.workspace(), card, of, grant.staff()).await
}

/// Forgets the cards of a customer that is going; nobody has worked with them.
pub(crate) async fn forget_customer(tx: &mut kizashi_db::Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    store::forget_customer(tx, ws, customer).await
}

/// Gives the cards of a customer to the one that it goes into. Which went over, and which of them were closed because that one
/// has such a card open.
pub(crate) async fn merge_cards(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    of: (Id<Customer>, Id<Customer>),
    by: (Time, Option<Id<Staff>>),
) -> Result<(Vec<uuid::Uuid>, Vec<uuid::Uuid>)> {
    let closed = store::close_doubled(tx, ws, of, by).await?;
    Ok((store::move_cards(tx, ws, of, None).await?, closed))
}

/// Gives these cards back, and opens these again.
pub(crate) async fn part_cards(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    of: (Id<Customer>, Id<Customer>),
    (moved, closed): (&[uuid::Uuid], &[uuid::Uuid]),
    at: Time,
) -> Result<()> {
    store::move_cards(tx, ws, of, Some(moved)).await?;
    store::reopen_doubled(tx, ws, closed, at).await
}
