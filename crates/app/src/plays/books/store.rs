//! Table `play_draft`; and what a rehearsal and the proposals read from others.

use kizashi_db::{DbError, ToValue, Tx, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::limits::{PLAY_DRAFTS_MAX, REHEARSAL_ROWS_MAX};
use kizashi_domain::time::{Day, Time};

use crate::access::Grant;
use crate::{App, Refused, Result};

row! {
    /// A draft as the table has it.
    pub(super) struct Kept { pub play: String, pub document: String, pub revision: i64, pub by: Option<String>, pub at: Time }
}

pub(super) async fn find_draft(app: &App, ws: Id<Workspace>, play: &str) -> Result<Option<Kept>> {
    let statement = sql!(
        "SELECT d.play, d.document, d.revision, o.name, d.changed_at FROM play_draft d LEFT JOIN staff o ON o.id = d.staff_id ",
        "WHERE d.workspace_id = $1 AND d.play = $2"
    );
    Ok(app.db.find(statement, args![ws, play]).await?)
}

pub(super) async fn list_drafts(app: &App, ws: Id<Workspace>) -> Result<Vec<Kept>> {
    let statement = sql!(
        "SELECT d.play, d.document, d.revision, o.name, d.changed_at FROM play_draft d LEFT JOIN staff o ON o.id = d.staff_id ",
        "WHERE d.workspace_id = $1 ORDER BY d.play LIMIT $2"
    );
    Ok(app.db.list(statement, args![ws, PLAY_DRAFTS_MAX]).await?)
}

/// Keeps what somebody wrote over what they had read; refused when somebody else was first.
pub(super) async fn keep_draft(app: &App, grant: &Grant, play: &str, revision: i64, document: &str) -> Result<i64> {
    let (ws, now, next) = (grant.workspace(), app.now(), revision + 1);
    let mut tx = app.db.write().await?;
    if revision == 0 {
        let statement = sql!(
            "INSERT INTO play_draft (workspace_id, play, document, revision, staff_id, changed_at) VALUES ($1, $2, $3, $4, $5, $6)"
        );
        match tx.run(statement, args![ws, play, document, next, grant.staff(), now]).await {
            Err(DbError::Conflict(_)) => return Err(Refused::Changed.into()),
            other => other?,
        };
    } else {
        let statement = sql!(
            "UPDATE play_draft SET document = $4, revision = $5, staff_id = $6, changed_at = $7 ",
            "WHERE workspace_id = $1 AND play = $2 AND revision = $3"
        );
        if tx.run(statement, args![ws, play, revision, document, next, grant.staff(), now]).await? == 0 {
            return Err(Refused::Changed.into());
        }
    }
    tx.commit().await?;
    Ok(next)
}

pub(super) async fn remove_draft(tx: &mut Tx, ws: Id<Workspace>, play: &str) -> Result<()> {
    tx.run(sql!("DELETE FROM play_draft WHERE workspace_id = $1 AND play = $2"), args![ws, play]).await?;
    Ok(())
}

row! {
    /// A sign that a card was opened by, or that was added to it.
    pub(super) struct Sign {
        pub card: Id<Card>, pub customer: Id<Customer>, pub day: Day, pub rule: String,
    }
}

/// Every sign of the cards to which one of some rules led in a span of days, card by card, the oldest first.
pub(super) async fn list_signs(
    app: &App,
    ws: Id<Workspace>,
    rules: &[String],
    (from, to): (Day, Day),
) -> Result<Vec<Sign>> {
    let of_rule = sql!(
        "SELECT DISTINCT x.card_id FROM card_cause x JOIN card k ON k.id = x.card_id WHERE x.workspace_id = $1 AND x.rule = $2 ",
        "AND x.fired_day >= $3 AND x.fired_day <= $4 AND k.customer_id IS NOT NULL ORDER BY x.card_id LIMIT $5"
    );
    let mut cards: Vec<Id<Card>> = Vec::new();
    for rule in rules {
        let found: Vec<(Id<Card>,)> = app.db.list(of_rule, args![ws, rule, from, to, REHEARSAL_ROWS_MAX]).await?;
        cards.extend(found.into_iter().map(|(card,)| card));
    }
    cards.sort_unstable();
    cards.dedup();
    let signs = sql!(
        "SELECT x.card_id, k.customer_id, x.fired_day, x.rule FROM card_cause x JOIN card k ON k.id = x.card_id ",
        "WHERE x.workspace_id = $1 AND x.card_id IN ($2) ORDER BY x.card_id, x.fired_day, x.rule"
    );
    let mut signs: Vec<Sign> = app.db.list_in(signs, args![ws], cards.iter().map(ToValue::to_value).collect()).await?;
    signs.sort_by_key(|sign| (sign.card, sign.day));
    Ok(signs)
}

/// Customers whose stage was set to these words, and when.
pub(super) async fn list_entered(
    app: &App,
    ws: Id<Workspace>,
    stage: &str,
    (from, to): (Time, Time),
) -> Result<Vec<(Id<Customer>, Time)>> {
    let statement = sql!(
        "SELECT customer_id, valid_from FROM attribute WHERE workspace_id = $1 AND name = 'stage' AND words = $2 ",
        "AND valid_from >= $3 AND valid_from < $4 ORDER BY valid_from, customer_id LIMIT $5"
    );
    Ok(app.db.list(statement, args![ws, stage, from, to, REHEARSAL_ROWS_MAX]).await?)
}

/// The first person of a customer with a role who is still there: name, and whether there is an address.
pub(super) async fn find_person(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    role: &str,
) -> Result<Option<(String, String)>> {
    let statement = sql!(
        "SELECT name, email FROM contact WHERE workspace_id = $1 AND customer_id = $2 AND role = $3 AND left_on IS NULL ",
        "ORDER BY CASE WHEN email = '' THEN 1 ELSE 0 END, id LIMIT 1"
    );
    Ok(app.db.find(statement, args![ws, customer, role]).await?)
}

pub(super) async fn list_staff(app: &App, ws: Id<Workspace>) -> Result<Vec<(Id<Staff>, String, Option<Time>)>> {
    let statement = sql!("SELECT id, name, left_at FROM staff WHERE workspace_id = $1 ORDER BY id LIMIT 10000");
    Ok(app.db.list(statement, args![ws]).await?)
}

row! {
    /// A closed card as the proposals read it.
    pub(super) struct ClosedCard {
        pub id: Id<Card>, pub opened_at: Time, pub closed_at: Time, pub outcome: String, pub note: String,
        pub owner: Option<Id<Staff>>, pub rule: Option<String>,
    }
}

/// Cards about customers that people closed since an instant, the latest first, each with its first cause.
pub(super) async fn list_closed(app: &App, ws: Id<Workspace>, since: Time) -> Result<Vec<ClosedCard>> {
    let statement = sql!(
        "SELECT k.id, k.opened_at, k.closed_at, k.outcome, COALESCE(k.outcome_note, ''), k.owner_id, ",
        "(SELECT min(x.rule) FROM card_cause x WHERE x.workspace_id = k.workspace_id AND x.card_id = k.id) ",
        "FROM card k WHERE k.workspace_id = $1 AND k.closed_at >= $2 AND k.customer_id IS NOT NULL AND k.closed_by IS NOT NULL ",
        "AND k.outcome IN ('solved', 'unsolved', 'recovered') ORDER BY k.closed_at DESC, k.id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, since, REHEARSAL_ROWS_MAX]).await?)
}

/// What was done for customers while cards of them were open that people closed since an instant, oldest first.
pub(super) async fn list_done_since(app: &App, ws: Id<Workspace>, since: Time) -> Result<Vec<(Id<Card>, String)>> {
    let statement = sql!(
        "SELECT k.id, a.kind FROM card k JOIN activity a ON a.workspace_id = k.workspace_id AND a.customer_id = k.customer_id ",
        "AND a.happened_at >= k.opened_at AND a.happened_at <= k.closed_at WHERE k.workspace_id = $1 AND k.closed_at >= $2 ",
        "AND k.closed_by IS NOT NULL AND a.kind <> 'note' ORDER BY k.closed_at DESC, a.happened_at, a.id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, since, REHEARSAL_ROWS_MAX * 5]).await?)
}

/// What was done for a customer between two instants: kinds, oldest first.
pub(super) async fn list_done(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    (from, to): (Time, Time),
) -> Result<Vec<(String, String)>> {
    let statement = sql!(
        "SELECT kind, subject FROM activity WHERE workspace_id = $1 AND customer_id = $2 AND happened_at >= $3 AND happened_at <= $4 ",
        "AND kind <> 'note' ORDER BY happened_at, id LIMIT 50"
    );
    Ok(app.db.list(statement, args![ws, customer, from, to]).await?)
}

row! {
    /// A customer as a preview names it.
    pub(super) struct Named { pub id: Id<Customer>, pub name: String, pub owner: Option<String>, pub points: Option<i64> }
}

/// A customer that has a person with a role.
pub(super) async fn find_customer_with(app: &App, ws: Id<Workspace>, role: &str) -> Result<Option<Named>> {
    let statement = sql!(
        "SELECT c.id, c.name, o.name, s.points FROM contact p JOIN customer c ON c.id = p.customer_id ",
        "LEFT JOIN staff o ON o.id = c.owner_id LEFT JOIN standing s ON s.customer_id = c.id ",
        "WHERE p.workspace_id = $1 AND p.role = $2 AND p.left_on IS NULL AND c.churned_on IS NULL ORDER BY c.name, c.id LIMIT 1"
    );
    Ok(app.db.find(statement, args![ws, role]).await?)
}
