//! Everything that changes cards.

use kizashi_db::{DbError, Tx, args, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::time::{Day, Time};

use super::{Due, NewCard, Subject, kind_word, write_text};
use crate::access::Grant;
use crate::plays::read::{CardStep, Outcome};
use crate::subscriptions::{Happened, Occurrence, tell};
use crate::{App, Refused, Result};

/// Opens a card or updates the open one of the same subject and kind; its id when it is new.
pub(in crate::plays) async fn keep_card(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    subject: &Subject,
    card: &NewCard,
    due: &Due,
    causes: &[(String, Day, Text)],
) -> Result<Option<Id<Card>>> {
    let now = app.now();
    let kind = kind_word(card.kind);
    let find = sql!(
        "SELECT id, priority, due_day FROM card WHERE workspace_id = $1 AND subject = $2 AND kind = $3 AND closed_at IS NULL"
    );
    let open: Option<(Id<Card>, f64, Day)> = tx.find(find, args![ws, subject.key, kind]).await?;
    let news = list_unanswered(tx, ws, subject, causes).await?;
    if news.is_empty() {
        return Ok(None);
    }
    let (title, what) = (write_text(&card.title)?, write_text(&card.what)?);
    let id = if let Some((id, priority, due_day)) = open {
        let due_day = due.day.min(due_day);
        if due.priority >= priority {
            let statement = sql!(
                "UPDATE card SET title = $3, what = $4, play = $5, priority = $6, due_day = $7, changed_at = $8 ",
                "WHERE workspace_id = $1 AND id = $2"
            );
            tx.run(statement, args![ws, id, title, what, card.play, due.priority, due_day, now]).await?;
        } else {
            let statement = sql!("UPDATE card SET due_day = $3, changed_at = $4 WHERE workspace_id = $1 AND id = $2");
            tx.run(statement, args![ws, id, due_day, now]).await?;
        }
        insert_step(tx, ws, id, "updated", "", None, now).await?;
        id
    } else {
        let id = App::new_id();
        let statement = sql!(
            "INSERT INTO card (id, workspace_id, customer_id, subject, kind, title, what, play, owner_id, due_day, priority, opened_at, changed_at) ",
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)"
        );
        let values = args![
            id,
            ws,
            subject.customer,
            subject.key,
            kind,
            title,
            what,
            card.play,
            subject.owner,
            due.day,
            due.priority,
            due.opened_at
        ];
        tx.run(statement, values).await?;
        insert_step(tx, ws, id, "opened", "", None, due.opened_at).await?;
        id
    };
    let statement = sql!(
        "INSERT INTO card_cause (workspace_id, card_id, rule, fired_day, because, recorded_at) VALUES ($1, $2, $3, $4, $5, $6) ",
        "ON CONFLICT (workspace_id, card_id, rule, fired_day) DO NOTHING"
    );
    for (rule, day, why) in news {
        tx.run(statement, args![ws, id, rule, *day, write_text(why)?, now]).await?;
    }
    Ok(open.is_none().then_some(id))
}

/// The causes that no card of the subject has told yet: what a closed card answered is not asked again.
async fn list_unanswered<'a>(
    tx: &mut Tx,
    ws: Id<Workspace>,
    subject: &Subject,
    causes: &'a [(String, Day, Text)],
) -> Result<Vec<&'a (String, Day, Text)>> {
    let statement = sql!(
        "SELECT count(*) FROM card_cause x JOIN card k ON k.id = x.card_id WHERE x.workspace_id = $1 AND k.subject = $2 ",
        "AND x.rule = $3 AND x.fired_day = $4"
    );
    let mut news = Vec::new();
    for cause in causes {
        let known: Option<(i64,)> = tx.find(statement, args![ws, subject.key, cause.0, cause.1]).await?;
        if known.is_none_or(|(n,)| n == 0) {
            news.push(cause);
        }
    }
    Ok(news)
}

async fn insert_step(
    tx: &mut Tx,
    ws: Id<Workspace>,
    card: Id<Card>,
    step: &str,
    note: &str,
    staff: Option<Id<Staff>>,
    at: Time,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO card_step (id, workspace_id, card_id, step, note, staff_id, happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    tx.run(statement, args![App::new_id::<CardStep>(), ws, card, step, note, staff, at]).await?;
    Ok(())
}

pub(in crate::plays) async fn find_admin(tx: &mut Tx, ws: Id<Workspace>) -> Result<Option<Id<Staff>>> {
    let statement = sql!(
        "SELECT id FROM staff WHERE workspace_id = $1 AND role = 'admin' AND left_at IS NULL ORDER BY created_at LIMIT 1"
    );
    Ok(tx.find::<(Id<Staff>,)>(statement, args![ws]).await?.map(|(id,)| id))
}

/// Ends a change of one card: exactly one row changed, or somebody else was first.
async fn finish(
    mut tx: Tx,
    app: &App,
    grant: &Grant,
    card: Id<Card>,
    changed: u64,
    step: &str,
    note: &str,
) -> Result<()> {
    if changed == 0 {
        let there: Option<(i64,)> = tx
            .find(sql!("SELECT count(*) FROM card WHERE workspace_id = $1 AND id = $2"), args![grant.workspace(), card])
            .await?;
        return Err(if there.is_some_and(|(n,)| n > 0) { Refused::Changed } else { Refused::NotFound }.into());
    }
    insert_step(&mut tx, grant.workspace(), card, step, note, grant.staff(), app.now()).await?;
    Ok(tx.commit().await?)
}

pub(in crate::plays) async fn keep_taken(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET taken_at = $3, taken_by = $4, owner_id = COALESCE($4, owner_id), waiting_at = NULL, snoozed_until = NULL, ",
        "snooze_reason = NULL, changed_at = $3 WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed = tx.run(statement, args![grant.workspace(), card, app.now(), grant.staff()]).await?;
    finish(tx, app, grant, card, changed, "taken", "").await
}

pub(in crate::plays) async fn keep_released(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET taken_at = NULL, taken_by = NULL, waiting_at = NULL, changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed = tx.run(statement, args![grant.workspace(), card, app.now()]).await?;
    finish(tx, app, grant, card, changed, "released", "").await
}

pub(in crate::plays) async fn keep_waiting(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET waiting_at = $3, taken_at = COALESCE(taken_at, $3), taken_by = COALESCE(taken_by, $4), changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed = tx.run(statement, args![grant.workspace(), card, app.now(), grant.staff()]).await?;
    finish(tx, app, grant, card, changed, "waiting", "").await
}

pub(in crate::plays) async fn keep_snoozed(
    app: &App,
    grant: &Grant,
    card: Id<Card>,
    until: Option<Day>,
    reason: &str,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET snoozed_until = $3, snooze_reason = $4, changed_at = $5 WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed = tx.run(statement, args![grant.workspace(), card, until, reason, app.now()]).await?;
    finish(tx, app, grant, card, changed, if until.is_some() { "snoozed" } else { "woken" }, reason).await
}

pub(in crate::plays) async fn keep_closed(
    app: &App,
    grant: &Grant,
    card: Id<Card>,
    outcome: Outcome,
    note: &str,
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET closed_at = $3, closed_by = $4, outcome = $5, outcome_note = $6, snoozed_until = NULL, changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let changed =
        tx.run(statement, args![grant.workspace(), card, app.now(), grant.staff(), outcome.word(), note]).await?;
    if changed > 0 {
        let data = serde_json::json!({ "id": card, "outcome": outcome.word() });
        let closed = Happened::new(Occurrence::CardClosed, app.now(), &data);
        tell(&mut tx, app, grant.workspace(), &[closed]).await?;
    }
    finish(tx, app, grant, card, changed, "closed", note).await
}

pub(in crate::plays) async fn keep_reopened(app: &App, grant: &Grant, card: Id<Card>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE card SET closed_at = NULL, closed_by = NULL, outcome = NULL, outcome_note = NULL, changed_at = $3 ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NOT NULL"
    );
    match tx.run(statement, args![grant.workspace(), card, app.now()]).await {
        // Meanwhile a new card stands for the same thing.
        Err(DbError::Conflict(_)) => Err(Refused::Changed.into()),
        Err(e) => Err(e.into()),
        Ok(changed) => finish(tx, app, grant, card, changed, "reopened", "").await,
    }
}

pub(in crate::plays) async fn keep_note(app: &App, grant: &Grant, card: Id<Card>, note: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!("UPDATE card SET changed_at = $3 WHERE workspace_id = $1 AND id = $2");
    let changed = tx.run(statement, args![grant.workspace(), card, app.now()]).await?;
    finish(tx, app, grant, card, changed, "noted", note).await
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
    let give = sql!("UPDATE card SET owner_id = $3, changed_at = $4 WHERE workspace_id = $1 AND id = $2");
    for (id,) in &found {
        tx.run(give, args![ws, *id, to, app.now()]).await?;
        insert_step(tx, ws, Id::from_uuid(*id), "handed", "", by, app.now()).await?;
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
        "UPDATE card SET owner_id = $4, changed_at = $5 WHERE workspace_id = $1 AND id = $2 AND owner_id = $3 AND closed_at IS NULL"
    );
    if tx.run(give, args![ws, card, from, to, app.now()]).await? == 0 {
        return Ok(false);
    }
    insert_step(tx, ws, Id::from_uuid(card), "handed", "", by, app.now()).await?;
    Ok(true)
}

/// Forgets the cards of a customer that is going; nobody has worked with them.
pub(in crate::plays) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let of = [
        sql!(
            "DELETE FROM card_cause WHERE workspace_id = $1 AND card_id IN (SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2)"
        ),
        sql!(
            "DELETE FROM card_step WHERE workspace_id = $1 AND card_id IN (SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2)"
        ),
        sql!("DELETE FROM card WHERE workspace_id = $1 AND customer_id = $2"),
    ];
    for statement in of {
        tx.run(statement, args![ws, customer]).await?;
    }
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
/// Which.
pub(in crate::plays) async fn close_doubled(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (gone, into): (Id<Customer>, Id<Customer>),
    (at, who): (Time, Option<Id<Staff>>),
) -> Result<Vec<uuid::Uuid>> {
    let find = sql!(
        "SELECT g.id FROM card g WHERE g.workspace_id = $1 AND g.customer_id = $2 AND g.closed_at IS NULL AND EXISTS ",
        "(SELECT 1 FROM card i WHERE i.workspace_id = $1 AND i.customer_id = $3 AND i.kind = g.kind AND i.closed_at IS NULL) ",
        "ORDER BY g.id LIMIT 1000"
    );
    let found: Vec<(uuid::Uuid,)> = tx.list(find, args![ws, gone, into]).await?;
    let close = sql!(
        "UPDATE card SET closed_at = $3, closed_by = $4, outcome = 'merged', changed_at = $3 WHERE workspace_id = $1 AND id = $2"
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
        "UPDATE card SET closed_at = NULL, closed_by = NULL, outcome = NULL, changed_at = $3 WHERE workspace_id = $1 AND id = $2 ",
        "AND outcome = 'merged'"
    );
    for id in cards {
        tx.run(reopen, args![ws, *id, at]).await?;
    }
    Ok(())
}
