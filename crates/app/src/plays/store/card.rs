//! Table card: everything that writes it.

use kizashi_db::{DbError, Tx, Value, args, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::time::{Day, Time};

use super::life::Life;
use super::open_now::OpenNow;
use super::step::{Step, insert_step};
use super::{Due, NewCard, Subject, kind_word, write_text};
use crate::{App, Refused, Result};

/// The life of a card as it is now.
pub(in crate::plays) async fn find_life(tx: &mut Tx, ws: Id<Workspace>, card: Id<Card>) -> Result<Option<Life>> {
    let statement = sql!(
        "SELECT version, owner_id, due_day, taken_at, taken_by, waiting_at, snoozed_until, snooze_reason, touched_at, answered_at, ",
        "answer_due_at, close_due_at, healthy_days, healthy_day, healthy_from_day, escalated, closed_at, closed_by, outcome, outcome_note, false_reason FROM card ",
        "WHERE workspace_id = $1 AND id = $2"
    );
    Ok(tx.find(statement, args![ws, card]).await?)
}

/// Keeps the life of a card, unless it was changed since it was read: then `false`.
pub(in crate::plays) async fn keep_life(
    tx: &mut Tx,
    ws: Id<Workspace>,
    card: Id<Card>,
    life: &Life,
    at: Time,
) -> Result<bool> {
    let statement = sql!(
        "UPDATE card SET version = version + 1, owner_id = $4, due_day = $5, taken_at = $6, taken_by = $7, waiting_at = $8, ",
        "snoozed_until = $9, snooze_reason = $10, touched_at = $11, healthy_days = $12, healthy_day = $13, healthy_from_day = $14, ",
        "escalated = $15, closed_at = $16, closed_by = $17, outcome = $18, outcome_note = $19, false_reason = $20, changed_at = $21, answered_at = $22, ",
        "answer_due_at = $23, close_due_at = $24 ",
        "WHERE workspace_id = $1 AND id = $2 AND version = $3"
    );
    let values: Vec<Value> = args![
        ws,
        card,
        life.version,
        life.owner_id,
        life.due_day,
        life.taken_at,
        life.taken_by,
        life.waiting_at,
        life.snoozed_until,
        life.snooze_reason,
        life.touched_at,
        life.healthy_days,
        life.healthy_day,
        life.healthy_from_day,
        life.escalated,
        life.closed_at,
        life.closed_by,
        life.outcome,
        life.outcome_note,
        life.false_reason,
        at,
        life.answered_at,
        life.answer_due_at,
        life.close_due_at
    ];
    match tx.run(statement, values).await {
        // Meanwhile a new card stands for the same thing.
        Err(DbError::Conflict(_)) => Err(Refused::Changed.into()),
        other => Ok(other? > 0),
    }
}

/// Open cards that are due on one day are due on another. `version` stays: nobody who looks at one would write over it.
pub(in crate::plays) async fn move_due_days(tx: &mut Tx, ws: Id<Workspace>, from: Day, to: Day) -> Result<()> {
    let update = sql!("UPDATE card SET due_day = $3 WHERE workspace_id = $1 AND closed_at IS NULL AND due_day = $2");
    tx.run(update, args![ws, from, to]).await?;
    Ok(())
}

/// By when these cards are due.
pub(in crate::plays) async fn keep_due_days(tx: &mut Tx, ws: Id<Workspace>, cards: Vec<(Id<Card>, Day)>) -> Result<()> {
    let update = sql!("UPDATE card SET due_day = $3 WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL");
    tx.run_each(update, cards.into_iter().map(|(card, day)| args![ws, card, day]).collect()).await?;
    Ok(())
}

/// By when these cards are to be answered and closed.
pub(in crate::plays) async fn keep_limits(
    tx: &mut Tx,
    ws: Id<Workspace>,
    cards: Vec<(Id<Card>, Option<Time>, Option<Time>)>,
) -> Result<()> {
    let update = sql!("UPDATE card SET answer_due_at = $3, close_due_at = $4 WHERE workspace_id = $1 AND id = $2");
    let rows = cards.into_iter().map(|(card, answer, close)| args![ws, card, answer, close]);
    tx.run_each(update, rows.collect()).await?;
    Ok(())
}

/// Whether another card of the same subject and kind is open.
pub(in crate::plays) async fn has_successor(tx: &mut Tx, ws: Id<Workspace>, card: Id<Card>) -> Result<bool> {
    let statement = sql!(
        "SELECT count(*) FROM card k JOIN card o ON o.workspace_id = k.workspace_id AND o.subject = k.subject AND o.kind = k.kind ",
        "WHERE k.workspace_id = $1 AND k.id = $2 AND o.id <> k.id AND o.closed_at IS NULL"
    );
    Ok(tx.find::<(i64,)>(statement, args![ws, card]).await?.is_some_and(|(n,)| n > 0))
}

/// Writes a new card, unless one of the same subject and kind is open.
pub(in crate::plays) async fn insert_card(
    tx: &mut Tx,
    ws: Id<Workspace>,
    id: Id<Card>,
    (subject, card, due): (&Subject, &NewCard, &Due),
    by: Option<Id<Staff>>,
) -> Result<bool> {
    Ok(insert_cards(tx, ws, &[(id, subject, card, due)], by).await? > 0)
}

/// Writes new cards but for those of which one of the same subject and kind is open; how many.
pub(super) async fn insert_cards(
    tx: &mut Tx,
    ws: Id<Workspace>,
    cards: &[(Id<Card>, &Subject, &NewCard, &Due)],
    by: Option<Id<Staff>>,
) -> Result<u64> {
    let statement = sql!(
        "INSERT INTO card (id, workspace_id, customer_id, subject, kind, title, what, play, owner_id, due_day, priority, opened_at, ",
        "changed_at, answer_due_at, close_due_at, made_by, touched_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING"
    );
    let mut rows = Vec::with_capacity(cards.len());
    for (id, subject, card, due) in cards {
        rows.push(args![
            *id,
            ws,
            subject.customer,
            subject.key,
            kind_word(card.kind),
            write_text(&card.title)?,
            write_text(&card.what)?,
            card.play,
            subject.owner,
            due.day,
            due.priority,
            due.opened_at,
            due.opened_at,
            due.answer_due_at,
            due.close_due_at,
            by,
            by.map(|_| due.opened_at)
        ]);
    }
    Ok(tx.run_many(statement, rows).await?)
}

/// The earlier of two limits, where one may not be there.
fn sooner(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    one.into_iter().chain(other).min()
}

/// Open cards for which something more was seen: one that presses more says what presses now, and its limits hold.
pub(super) async fn update_cards(
    tx: &mut Tx,
    ws: Id<Workspace>,
    updates: &[(&OpenNow, &NewCard, &Due)],
    now: Time,
) -> Result<()> {
    let say = sql!(
        "UPDATE card SET title = $3, what = $4, play = $5, priority = $6, due_day = $7, changed_at = $8, answer_due_at = $9, ",
        "close_due_at = $10, version = version + 1, healthy_days = 0, healthy_from_day = NULL WHERE workspace_id = $1 AND id = $2"
    );
    let stay = sql!(
        "UPDATE card SET due_day = $3, changed_at = $4, version = version + 1, healthy_days = 0, healthy_from_day = NULL ",
        "WHERE workspace_id = $1 AND id = $2"
    );
    let (mut saying, mut staying) = (Vec::new(), Vec::new());
    for (open, card, due) in updates {
        let due_day = due.day.min(open.due_day);
        if open.gives_way(due) {
            let (title, what) = (write_text(&card.title)?, write_text(&card.what)?);
            let (answer, close) =
                (sooner(open.answer_due_at, due.answer_due_at), sooner(open.close_due_at, due.close_due_at));
            saying.push(args![ws, open.id, title, what, card.play, due.priority, due_day, now, answer, close]);
        } else {
            staying.push(args![ws, open.id, due_day, now]);
        }
    }
    tx.run_each(say, saying).await?;
    tx.run_each(stay, staying).await?;
    Ok(())
}

/// Cards that somebody put off, or that wait for the customer, are work again.
pub(super) async fn wake_cards(tx: &mut Tx, ws: Id<Workspace>, cards: &[Id<Card>]) -> Result<()> {
    let wake = sql!(
        "UPDATE card SET snoozed_until = NULL, snooze_reason = NULL, waiting_at = NULL, version = version + 1 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    tx.run_each(wake, cards.iter().map(|card| args![ws, *card]).collect()).await?;
    Ok(())
}

/// Somebody does a step for an open card: it is not closed by itself, and it is answered.
pub(in crate::plays) async fn touch_card(tx: &mut Tx, ws: Id<Workspace>, card: Id<Card>, at: Time) -> Result<()> {
    let touch = sql!(
        "UPDATE card SET touched_at = COALESCE(touched_at, $3), answered_at = COALESCE(answered_at, $3), version = version + 1 ",
        "WHERE workspace_id = $1 AND id = $2 AND answered_at IS NULL AND closed_at IS NULL"
    );
    tx.run(touch, args![ws, card, at]).await?;
    Ok(())
}

/// How much cards press today. Nobody did anything: their versions stay.
pub(in crate::plays) async fn keep_priorities(
    tx: &mut Tx,
    ws: Id<Workspace>,
    cards: impl Iterator<Item = (Id<Card>, f64)>,
) -> Result<()> {
    let statement = sql!("UPDATE card SET priority = $3 WHERE workspace_id = $1 AND id = $2");
    tx.run_each(statement, cards.map(|(card, priority)| args![ws, card, priority]).collect()).await?;
    Ok(())
}

/// Cards that were healthy for so many days before today are so for one more, or a count that has ended: `None`. A card that somebody
/// counted meanwhile stays as it is.
pub(in crate::plays) async fn keep_healthy(
    tx: &mut Tx,
    ws: Id<Workspace>,
    cards: impl Iterator<Item = (Id<Card>, i64, Option<u32>)>,
    (today, now): (Day, Time),
) -> Result<()> {
    let count = sql!(
        "UPDATE card SET version = version + 1, healthy_days = $4, healthy_day = $5, healthy_from_day = COALESCE(healthy_from_day, $5), ",
        "changed_at = $6 WHERE workspace_id = $1 AND id = $2 AND healthy_days = $3 AND closed_at IS NULL"
    );
    let forget = sql!(
        "UPDATE card SET version = version + 1, healthy_days = 0, healthy_from_day = NULL, changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND healthy_days <> 0 AND closed_at IS NULL"
    );
    let (mut counted, mut forgotten) = (Vec::new(), Vec::new());
    for (card, before, days) in cards {
        match days {
            Some(days) => counted.push(args![ws, card, before, days, today, now]),
            None => forgotten.push(args![ws, card, now]),
        }
    }
    tx.run_each(count, counted).await?;
    tx.run_each(forget, forgotten).await?;
    Ok(())
}

/// Gives the open cards that one person owns to another: those of one customer, or all. Which.
pub(in crate::plays) async fn keep_handed(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    customer: Option<Id<Customer>>,
    (from, to): (Id<Staff>, Id<Staff>),
    by: Option<Id<Staff>>,
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!(
        "SELECT id FROM card WHERE workspace_id = $1 AND owner_id = $2 AND closed_at IS NULL AND ($3 = 1 OR customer_id = $4) ",
        "ORDER BY id LIMIT 1000000"
    );
    let any = i64::from(customer.is_none());
    let found: Vec<(uuid::Uuid,)> = tx.list(find, args![ws, from, any, customer]).await?;
    let give = sql!(
        "UPDATE card SET owner_id = $3, changed_at = $4, version = version + 1 WHERE workspace_id = $1 AND id = $2"
    );
    for (id,) in &found {
        tx.run(give, args![ws, *id, to, app.now()]).await?;
        insert_step(tx, ws, Id::from_uuid(*id), Step { staff: by, ..Step::of("handed", app.now()) }).await?;
    }
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Gives a card from one person to another that was handed over, unless somebody else has it by now; whether it went.
pub(in crate::plays) async fn keep_returned(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    card: uuid::Uuid,
    (from, to): (Id<Staff>, Id<Staff>),
    by: Option<Id<Staff>>,
) -> Result<bool> {
    let give = sql!(
        "UPDATE card SET owner_id = $4, changed_at = $5, version = version + 1 WHERE workspace_id = $1 AND id = $2 AND owner_id = $3 ",
        "AND closed_at IS NULL"
    );
    if tx.run(give, args![ws, card, from, to, app.now()]).await? == 0 {
        return Ok(false);
    }
    insert_step(tx, ws, Id::from_uuid(card), Step { staff: by, ..Step::of("handed", app.now()) }).await?;
    Ok(true)
}

/// Forgets the cards of a customer that is going; what belongs to them is forgotten already.
pub(in crate::plays) async fn forget_cards(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    tx.run(sql!("DELETE FROM card WHERE workspace_id = $1 AND customer_id = $2"), args![ws, customer]).await?;
    Ok(())
}

/// Gives cards to another customer: all, or these. Which.
pub(in crate::plays) async fn move_cards(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (from, to): (Id<Customer>, Id<Customer>),
    only: Option<&[uuid::Uuid]>,
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!("SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2 ORDER BY id LIMIT 1000000");
    let statement = sql!("UPDATE card SET customer_id = $3 WHERE workspace_id = $1 AND id = $2");
    let moved = crate::moving::move_rows(tx, (find, statement), ws, (from, to), only).await?;
    let rename = sql!("UPDATE card SET subject = $3 WHERE workspace_id = $1 AND id = $2 AND subject = $4");
    for id in &moved {
        tx.run(rename, args![ws, *id, to.to_string(), from.to_string()]).await?;
    }
    Ok(moved)
}

/// Closes the open cards of a customer of which another has one of the same kind open: there is one such card of a customer.
/// Cards made by hand are work of their own and go over. Which.
pub(in crate::plays) async fn close_doubled(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (gone, into): (Id<Customer>, Id<Customer>),
    (at, who): (Time, Option<Id<Staff>>),
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!(
        "SELECT g.id FROM card g WHERE g.workspace_id = $1 AND g.subject = $2 AND g.closed_at IS NULL AND EXISTS ",
        "(SELECT 1 FROM card i WHERE i.workspace_id = $1 AND i.subject = $3 AND i.kind = g.kind AND i.closed_at IS NULL) ",
        "ORDER BY g.id LIMIT 1000"
    );
    let found: Vec<(uuid::Uuid,)> = tx.list(find, args![ws, gone.to_string(), into.to_string()]).await?;
    let close = sql!(
        "UPDATE card SET closed_at = $3, closed_by = $4, outcome = 'merged', changed_at = $3, version = version + 1 ",
        "WHERE workspace_id = $1 AND id = $2"
    );
    for (id,) in &found {
        tx.run(close, args![ws, *id, at, who]).await?;
    }
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Opens again what [`close_doubled`] closed.
pub(in crate::plays) async fn reopen_doubled(
    tx: &mut Tx,
    ws: Id<Workspace>,
    cards: &[uuid::Uuid],
    at: Time,
) -> Result<()> {
    let reopen = sql!(
        "UPDATE card SET closed_at = NULL, closed_by = NULL, outcome = NULL, changed_at = $3, version = version + 1 ",
        "WHERE workspace_id = $1 AND id = $2 AND outcome = 'merged'"
    );
    for id in cards {
        tx.run(reopen, args![ws, *id, at]).await?;
    }
    Ok(())
}
