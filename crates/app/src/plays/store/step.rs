//! Tables card_step, card_mention, card_associate: what happened to a card, who is meant in words on it, who helps with it.

use kizashi_db::{Statement, Tx, Value, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::time::Time;

use crate::plays::read::{CardMention, CardStep, Helper};
use crate::{App, Result};

const STEPS_MAX: i64 = 200;
const MENTIONS_MAX: i64 = 20;
const ASSOCIATES_MAX: i64 = 50;

/// One step, as it is written.
#[derive(Clone, Copy)]
pub(in crate::plays) struct Step<'a> {
    pub step: &'a str,
    pub note: &'a str,
    pub staff: Option<Id<Staff>>,
    pub at: Time,
}

impl<'a> Step<'a> {
    /// A step without words, by the product itself.
    pub const fn of(step: &'a str, at: Time) -> Self {
        Self { step, note: "", staff: None, at }
    }
}

pub(in crate::plays) async fn insert_step(
    tx: &mut Tx,
    ws: Id<Workspace>,
    card: Id<Card>,
    step: Step<'_>,
) -> Result<Id<CardStep>> {
    let id = App::new_id::<CardStep>();
    tx.run(INSERT, values(id, ws, card, &step)).await?;
    Ok(id)
}

/// Writes a step of each of many cards.
pub(in crate::plays) async fn insert_steps(
    tx: &mut Tx,
    ws: Id<Workspace>,
    steps: &[(Id<Card>, Step<'_>)],
) -> Result<()> {
    tx.run_many(INSERT, steps.iter().map(|(card, step)| values(App::new_id(), ws, *card, step)).collect()).await?;
    Ok(())
}

const INSERT: &Statement = sql!(
    "INSERT INTO card_step (id, workspace_id, card_id, step, note, staff_id, happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
);

fn values(id: Id<CardStep>, ws: Id<Workspace>, card: Id<Card>, step: &Step<'_>) -> Vec<Value> {
    args![id, ws, card, step.step, step.note, step.staff, step.at]
}

pub(in crate::plays) async fn list_steps(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<CardStep>> {
    let statement = sql!(
        "SELECT t.step, t.note, o.name, t.happened_at FROM card_step t LEFT JOIN staff o ON o.id = t.staff_id ",
        "WHERE t.workspace_id = $1 AND t.card_id = $2 ORDER BY t.happened_at DESC, t.id DESC LIMIT $3"
    );
    let rows: Vec<(String, String, Option<String>, Time)> = app.db.list(statement, args![ws, card, STEPS_MAX]).await?;
    Ok(rows.into_iter().map(|(step, note, staff, at)| CardStep { step, note, staff, at }).collect())
}

/// Keeps who is meant in words on a card.
pub(in crate::plays) async fn keep_mentions(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (card, step): (Id<Card>, Id<CardStep>),
    people: &[Id<Staff>],
    now: Time,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO card_mention (workspace_id, step_id, card_id, staff_id, created_at) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (step_id, staff_id) DO NOTHING"
    );
    for staff in people {
        tx.run(statement, args![ws, step, card, *staff, now]).await?;
    }
    Ok(())
}

row! {
    struct MentionFields {
        step: Id<CardStep>, card: Id<Card>, customer: Option<String>, subject: String, who: Option<String>, text: String, at: Time,
    }
}

/// Words on cards in which a person is meant and that they have not seen, the oldest first.
pub(in crate::plays) async fn list_mentions(
    app: &App,
    ws: Id<Workspace>,
    staff: Id<Staff>,
) -> Result<Vec<CardMention>> {
    let statement = sql!(
        "SELECT m.step_id, m.card_id, c.name, k.subject, o.name, t.note, t.happened_at FROM card_mention m ",
        "JOIN card_step t ON t.id = m.step_id JOIN card k ON k.id = m.card_id LEFT JOIN customer c ON c.id = k.customer_id ",
        "LEFT JOIN staff o ON o.id = t.staff_id WHERE m.workspace_id = $1 AND m.staff_id = $2 AND m.seen_at IS NULL ",
        "ORDER BY m.created_at LIMIT $3"
    );
    let rows: Vec<MentionFields> = app.db.list(statement, args![ws, staff, MENTIONS_MAX]).await?;
    let read = |m: MentionFields| CardMention {
        step: m.step,
        card: m.card,
        subject: m.customer.unwrap_or(m.subject),
        who: m.who.unwrap_or_default(),
        text: m.text,
        at: m.at,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// A person has seen words in which they are meant.
pub(in crate::plays) async fn keep_seen(
    app: &App,
    ws: Id<Workspace>,
    step: Id<CardStep>,
    staff: Id<Staff>,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card_mention SET seen_at = $4 WHERE workspace_id = $1 AND step_id = $2 AND staff_id = $3 AND seen_at IS NULL"
    );
    tx.run(statement, args![ws, step, staff, app.now()]).await?;
    Ok(tx.commit().await?)
}

/// Who helps with a card, by name.
pub(in crate::plays) async fn list_associates(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<Helper>> {
    let statement = sql!(
        "SELECT o.id, o.name, o.left_at FROM card_associate a JOIN staff o ON o.id = a.staff_id WHERE a.workspace_id = $1 AND a.card_id = $2 ",
        "ORDER BY o.name LIMIT $3"
    );
    let rows: Vec<(Id<Staff>, String, Option<Time>)> = app.db.list(statement, args![ws, card, ASSOCIATES_MAX]).await?;
    Ok(rows.into_iter().map(|(id, name, left)| Helper { id, name, has_left: left.is_some() }).collect())
}

/// The same inside a transaction, without their names.
pub(in crate::plays) async fn list_helpers(tx: &mut Tx, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<Id<Staff>>> {
    let statement = sql!(
        "SELECT staff_id FROM card_associate WHERE workspace_id = $1 AND card_id = $2 ORDER BY added_at, staff_id LIMIT $3"
    );
    let rows: Vec<(Id<Staff>,)> = tx.list(statement, args![ws, card, ASSOCIATES_MAX]).await?;
    Ok(rows.into_iter().map(|(staff,)| staff).collect())
}

/// Adds a helper; whether they were none before.
pub(in crate::plays) async fn keep_associate(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (card, staff): (Id<Card>, Id<Staff>),
    (at, by): (Time, Option<Id<Staff>>),
) -> Result<bool> {
    let statement = sql!(
        "INSERT INTO card_associate (workspace_id, card_id, staff_id, added_at, added_by) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (card_id, staff_id) DO NOTHING"
    );
    Ok(tx.run(statement, args![ws, card, staff, at, by]).await? > 0)
}

/// Takes a helper off; whether they were one.
pub(in crate::plays) async fn drop_associate(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (card, staff): (Id<Card>, Id<Staff>),
) -> Result<bool> {
    let statement = sql!("DELETE FROM card_associate WHERE workspace_id = $1 AND card_id = $2 AND staff_id = $3");
    Ok(tx.run(statement, args![ws, card, staff]).await? > 0)
}

/// What a person still helps with goes to another. Which cards: `help`, or `help_place` where that one helps already.
pub(in crate::plays) async fn move_associates(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Option<Id<Customer>>,
    (from, to): (Id<Staff>, Id<Staff>),
    by: (Time, Option<Id<Staff>>),
) -> Result<Vec<(&'static str, uuid::Uuid)>> {
    let find = sql!(
        "SELECT a.card_id FROM card_associate a JOIN card k ON k.id = a.card_id WHERE a.workspace_id = $1 AND a.staff_id = $2 ",
        "AND k.closed_at IS NULL AND ($3 = 1 OR k.customer_id = $4) ORDER BY a.card_id LIMIT 1000000"
    );
    let any = i64::from(customer.is_none());
    let found: Vec<(uuid::Uuid,)> = tx.list(find, args![ws, from, any, customer]).await?;
    let mut moved = Vec::new();
    for (id,) in found {
        let card = Id::from_uuid(id);
        drop_associate(tx, ws, (card, from)).await?;
        let is_new = keep_associate(tx, ws, (card, to), by).await?;
        moved.push((if is_new { "help" } else { "help_place" }, id));
    }
    Ok(moved)
}

/// Words on cards in which one person is meant, and that they have not seen, are for another to see. Which steps.
pub(in crate::plays) async fn move_mentions(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Option<Id<Customer>>,
    of: (Id<Staff>, Id<Staff>),
    at: Time,
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!(
        "SELECT m.step_id FROM card_mention m JOIN card k ON k.id = m.card_id WHERE m.workspace_id = $1 AND m.staff_id = $2 ",
        "AND m.seen_at IS NULL AND ($3 = 1 OR k.customer_id = $4) ORDER BY m.step_id LIMIT 1000000"
    );
    let found: Vec<(uuid::Uuid,)> = tx.list(find, args![ws, of.0, i64::from(customer.is_none()), customer]).await?;
    let mut moved = Vec::new();
    for (step,) in found {
        if move_mention(tx, ws, step, of, at).await? {
            moved.push(step);
        }
    }
    Ok(moved)
}

/// Another person is meant instead of one; whether they were not before.
pub(in crate::plays) async fn move_mention(
    tx: &mut Tx,
    ws: Id<Workspace>,
    step: uuid::Uuid,
    (from, to): (Id<Staff>, Id<Staff>),
    at: Time,
) -> Result<bool> {
    let find = sql!(
        "SELECT card_id FROM card_mention WHERE workspace_id = $1 AND step_id = $2 AND staff_id = $3 AND seen_at IS NULL"
    );
    let Some((card,)): Option<(Id<Card>,)> = tx.find(find, args![ws, step, from]).await? else { return Ok(false) };
    let forget = sql!("DELETE FROM card_mention WHERE workspace_id = $1 AND step_id = $2 AND staff_id = $3");
    tx.run(forget, args![ws, step, from]).await?;
    let insert = sql!(
        "INSERT INTO card_mention (workspace_id, step_id, card_id, staff_id, created_at) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (step_id, staff_id) DO NOTHING"
    );
    Ok(tx.run(insert, args![ws, step, card, to, at]).await? > 0)
}

/// Forgets what was said about the cards of a customer, and who helped.
pub(in crate::plays) async fn forget_steps(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let of = [
        sql!(
            "DELETE FROM card_mention WHERE workspace_id = $1 AND card_id IN (SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2)"
        ),
        sql!(
            "DELETE FROM card_associate WHERE workspace_id = $1 AND card_id IN (SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2)"
        ),
        sql!(
            "DELETE FROM card_step WHERE workspace_id = $1 AND card_id IN (SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2)"
        ),
    ];
    for statement in of {
        tx.run(statement, args![ws, customer]).await?;
    }
    Ok(())
}
