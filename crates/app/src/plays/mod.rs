//! Work: cards that say 何を・いつまでに・誰が and why, from the notice to the outcome.

mod act;
mod again;
mod beside;
pub mod books;
mod by_hand;
mod closing;
mod days;
mod escalate;
mod fates;
mod heal;
mod left;
mod limits;
mod many;
mod precision;
mod press;
mod quiet;
pub(crate) mod read;
mod recall;
mod redue;
mod respond;
mod runs;
mod store;
mod talk;

use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::limits::{NAME_CHARS_MAX, PAGE_ROWS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::time::{Day, Time};

use crate::access::Grant;
use crate::{App, Refused, Result};
use store::{Life, Step};

pub use act::Act;
pub(crate) use beside::{hand_beside, return_beside};
pub use by_hand::{Added, BY_HAND_KINDS, NewByHand, Place, Press, add_card};
pub use closing::{Closing, explain_false_alarm, reopen_card};
pub(crate) use escalate::escalate_late;
pub use fates::{COUNTED_DAYS, Fate, FiringView, SignalPage, open_signal};
pub(crate) use heal::{heal, list_open};
pub(crate) use left::follow_left;
pub use many::{Batch, Changed, Plan, change_cards, count_changed, plan_cards, undo_cards};
pub use precision::{Met, Precision, Proposed, SignalPrecision, open_precision, open_proposal};
pub use press::{
    Meanwhile, Pressed, Seen, close_card, close_explained, press_card, see_card, snooze_card, take_card,
    wait_for_customer,
};
pub(crate) use quiet::ask_owners;
pub use quiet::{Budget, Nobodys, QuietCard, QuietPage, open_budget, open_quiet, part_nobodys};
pub use read::{
    CardList, CardMention, CardPage, CardQuery, CardRow, CardState, CardStep, CauseRow, FALSE_REASONS, Helper,
    LastingSign, Late, MergedCard, Outcome, QuietSign,
};
pub use recall::{Recalled, recall_card};
pub(crate) use redue::follow_calendar;
pub(crate) use respond::{draft, respond, respond_to_feeds};
pub(crate) use runs::open_plays_of_many;
pub use runs::{
    Answered, Behind, Cause, Cohort, CustomerPlays, Figure, Letter, MilestoneRow, Onboarding, OnboardingRow,
    PastFigures, RunList, RunPage, RunQuery, RunRow, RunTab, Sent, Shift, Shifted, StepAnswer, StepView, TaskRow,
    Unshifted, Wording, add_step, answer_step, count_following, count_open_tasks, count_under_way, find_needed,
    find_run_of_task, list_open_tasks, list_runs, list_runs_of_card, look_back, move_following, move_run, move_runs,
    open_onboarding, open_plays_of, open_run, open_run_of, pause_run, read_past_figures, reopen_run, resume_run,
    send_letter, shift_run, shift_step, start_run, stop_run, undo_shift,
};
pub(crate) use runs::{
    Watched, advance_due, follow, hand_tasks, list_watched, list_watching, merge_runs, part_runs, return_task,
};
pub use store::{NEW_SIGNS_MAX, count_open};
pub(crate) use store::{count_new_signs, kind_word};
pub use talk::{join_card, list_card_mentions, note_card, part_card, see_mention};

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
    if kizashi_domain::text::fold(&query.search).is_empty() {
        return store::list_cards(app, workspace, today, query, rows).await;
    }
    if query.search.chars().count() > NAME_CHARS_MAX {
        return Err(Refused::Field { field: "q", reason: "too-long" }.into());
    }
    store::find_cards(app, workspace, today, query, rows).await
}

/// Cards of one customer: open ones first, then the latest closed.
pub async fn list_cards_of(app: &App, workspace: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<CardRow>> {
    store::list_of_customer(app, workspace, customer).await
}

/// Names of the customers or sources of these cards, each once.
pub async fn list_subjects(app: &App, ws: Id<Workspace>, cards: &[Id<Card>]) -> Result<Vec<String>> {
    let few = cards.get(..kizashi_domain::limits::CARDS_AT_ONCE_MAX).unwrap_or(cards);
    let mut names: Vec<String> = store::list_chosen(app, ws, few).await?.into_iter().map(|row| row.subject).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// Open cards of these customers, the most urgent first.
pub(crate) async fn list_open_cards_of(
    app: &App,
    workspace: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<Vec<CardRow>> {
    store::list_open_of_many(app, workspace, customers).await
}

/// One card with its causes and its life so far.
pub async fn open_card(app: &App, workspace: Id<Workspace>, card: Id<Card>) -> Result<CardPage> {
    let Some(mut row) = store::find_card(app, workspace, card).await? else { return Err(Refused::NotFound.into()) };
    let settings = crate::settings::open_settings(app, workspace).await?;
    let (play_id, snooze_reason) = store::find_play(app, workspace, card).await?;
    let play = settings.pack.play(&play_id).map(|p| {
        let steps = p.steps.iter().map(|s| s.title.clone());
        (p.title.clone(), if p.steps.is_empty() { vec![p.what.clone()] } else { steps.collect() })
    });
    let causes = store::list_causes(app, workspace, card).await?;
    let rules = settings.pack.signals.iter().filter(|r| causes.iter().any(|c| c.rule == r.id));
    let rules = rules.map(|r| (r.id.clone(), rule_title(r, &settings.pack.metrics))).collect();
    row.is_never_quiet =
        quiet::is_fixed(app, workspace, &settings.pack.cards, &row, settings.day_of(app.now())).await?;
    Ok(CardPage {
        row,
        play,
        causes,
        rules,
        associates: store::list_associates(app, workspace, card).await?,
        snooze_reason,
        runs: runs::list_runs_of_card(app, workspace, card).await?,
        steps: store::list_steps(app, workspace, card).await?,
    })
}

/// Why a card is there: every firing behind it, the newest first, and the customer that it is about.
pub(crate) async fn find_causes(
    app: &App,
    workspace: Id<Workspace>,
    card: Id<Card>,
) -> Result<Option<(Option<Id<Customer>>, Vec<CauseRow>)>> {
    let Some(row) = store::find_card(app, workspace, card).await? else { return Ok(None) };
    Ok(Some((row.customer_id, store::list_causes(app, workspace, card).await?)))
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

/// What a change of one card says of itself.
#[derive(Clone, Copy)]
struct Said<'a> {
    step: &'a str,
    note: &'a str,
}

/// Changes one card: what was read is kept in the same transaction, or somebody else was first.
async fn change_one(
    app: &App,
    grant: &Grant,
    card: Id<Card>,
    said: Said<'_>,
    change: impl FnOnce(&mut Life) -> Result<()>,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    change_in(&mut tx, app, grant, card, said, change).await?;
    Ok(tx.commit().await?)
}

/// The same inside a transaction; the card as it is then.
async fn change_in(
    tx: &mut kizashi_db::Tx,
    app: &App,
    grant: &Grant,
    card: Id<Card>,
    said: Said<'_>,
    change: impl FnOnce(&mut Life) -> Result<()>,
) -> Result<Life> {
    let ws = grant.workspace();
    let Some(mut life) = store::find_life(tx, ws, card).await? else { return Err(Refused::NotFound.into()) };
    change(&mut life)?;
    if !store::keep_life(tx, ws, card, &life, app.now()).await? {
        return Err(Refused::Changed.into());
    }
    let step = Step { step: said.step, note: said.note, staff: grant.staff(), at: app.now() };
    store::insert_step(tx, ws, card, step).await?;
    Ok(life)
}

/// A card that is open; closed ones are not changed.
fn must_be_open(life: &Life) -> Result<()> {
    if life.closed_at.is_some() { Err(Refused::Changed.into()) } else { Ok(()) }
}

/// Takes the putting off back.
pub async fn wake_card(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    change_one(app, grant, card, Said { step: "woken", note: "" }, |life| {
        must_be_open(life)?;
        (life.snoozed_until, life.snooze_reason) = (None, None);
        Ok(())
    })
    .await
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

/// All open cards of one person, also those that are put off, most urgent first.
pub async fn list_cards_owned(app: &App, ws: Id<Workspace>, owner: Id<Staff>, rows: i64) -> Result<Vec<CardRow>> {
    let today = today(app, ws).await?;
    let mut cards = store::list_urgent(app, ws, Some(owner), today, rows).await?;
    cards.extend(store::list_asleep(app, ws, Some(owner), today, rows).await?);
    Ok(cards)
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
    runs::forget_customer(tx, ws, customer).await?;
    store::forget_batch_rows(tx, ws, customer).await?;
    store::forget_causes(tx, ws, customer).await?;
    store::forget_steps(tx, ws, customer).await?;
    store::forget_cards(tx, ws, customer).await
}

/// Gives the cards of a customer to the one that it goes into. Which went over, and which of them were closed because that one
/// has such a card open.
pub(crate) async fn merge_cards(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    of: (Id<Customer>, Id<Customer>),
    by: (Time, Option<Id<Staff>>),
) -> Result<(Vec<uuid::Uuid>, Vec<uuid::Uuid>)> {
    store::forget_quiet_signs(tx, ws, of.0).await?;
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
    again::settle_closed(tx, ws, closed, (at, None)).await?;
    store::move_cards(tx, ws, of, Some(moved)).await?;
    store::reopen_doubled(tx, ws, closed, at).await
}
