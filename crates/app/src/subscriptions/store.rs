//! Tables subscription, delivery, delivery_attempt.

use kizashi_db::{DbError, Tx, args, row, sql};
use kizashi_domain::id::{Delivery as DeliveryId, Id, Subscription as SubscriptionId, Workspace};
use kizashi_domain::time::Time;

use super::deliver::{Next, Tried};
use super::{Attempt, Delivery, Due, Happened, Occurrence, SUBSCRIPTIONS_MAX, Subscription};
use crate::access::Grant;
use crate::{App, Refused, Result};

/// Tellings shown of a subscription, and tries of a telling.
const SHOWN_MAX: i64 = 100;

row! {
    struct SubscriptionRow {
        id: Id<SubscriptionId>, name: String, address: String, occurrences: String, created_at: Time, off_at: Option<Time>,
        turning_until: Option<Time>, failing_since: Option<Time>, paused_at: Option<Time>, paused_why: String, told_at: Option<Time>,
        waiting: i64,
    }
}

fn read_words(words: &str) -> Vec<Occurrence> {
    words.split(' ').filter_map(Occurrence::parse).collect()
}

fn write_words(occurrences: &[Occurrence]) -> String {
    let words: Vec<&str> =
        Occurrence::ALL.into_iter().filter(|o| occurrences.contains(o)).map(Occurrence::word).collect();
    words.join(" ")
}

pub(super) async fn list_subscriptions(app: &App, ws: Id<Workspace>) -> Result<Vec<Subscription>> {
    let statement = sql!(
        "SELECT s.id, s.name, s.address, s.occurrences, s.created_at, s.off_at, s.turning_until, s.failing_since, s.paused_at, s.paused_why, ",
        "s.told_at, (SELECT count(*) FROM delivery d WHERE d.subscription_id = s.id AND d.state = 'waiting') ",
        "FROM subscription s WHERE s.workspace_id = $1 ORDER BY s.created_at DESC, s.id LIMIT $2"
    );
    let rows: Vec<SubscriptionRow> = app.db.list(statement, args![ws, SUBSCRIPTIONS_MAX]).await?;
    Ok(rows
        .into_iter()
        .map(|r| Subscription {
            id: r.id,
            name: r.name,
            address: r.address,
            occurrences: read_words(&r.occurrences),
            created_at: r.created_at,
            off_at: r.off_at,
            turning_until: r.turning_until,
            failing_since: r.failing_since,
            paused_at: r.paused_at,
            paused_why: r.paused_why,
            told_at: r.told_at,
            waiting: r.waiting,
        })
        .collect())
}

/// Who wants to be told what, switched off ones aside. A paused one goes on collecting: nothing is lost.
pub(super) async fn list_wishes(tx: &mut Tx, ws: Id<Workspace>) -> Result<Vec<(Id<SubscriptionId>, String)>> {
    let statement =
        sql!("SELECT id, occurrences FROM subscription WHERE workspace_id = $1 AND off_at IS NULL LIMIT $2");
    Ok(tx.list(statement, args![ws, SUBSCRIPTIONS_MAX]).await?)
}

/// What anybody wants to be told of, outside a transaction.
pub(super) async fn list_words(app: &App, ws: Id<Workspace>) -> Result<Vec<String>> {
    let statement = sql!("SELECT occurrences FROM subscription WHERE workspace_id = $1 AND off_at IS NULL LIMIT $2");
    let rows: Vec<(String,)> = app.db.list(statement, args![ws, SUBSCRIPTIONS_MAX]).await?;
    Ok(rows.into_iter().map(|(words,)| words).collect())
}

pub(super) async fn insert_subscription(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    id: Id<SubscriptionId>,
    (name, address): (&str, &str),
    occurrences: &[Occurrence],
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO subscription (id, workspace_id, name, address, occurrences, created_at, created_by) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let values = args![id, grant.workspace(), name, address, write_words(occurrences), app.now(), grant.staff()];
    match tx.run(statement, values).await {
        Err(DbError::Conflict(_)) => Err(Refused::Taken.into()),
        other => Ok(other.map(|_| ())?),
    }
}

fn one(changed: u64) -> Result<()> {
    if changed == 0 { Err(Refused::NotFound.into()) } else { Ok(()) }
}

pub(super) async fn update_subscription(
    tx: &mut Tx,
    grant: &Grant,
    id: Id<SubscriptionId>,
    address: &str,
    occurrences: &[Occurrence],
) -> Result<()> {
    let statement = sql!("UPDATE subscription SET address = $3, occurrences = $4 WHERE workspace_id = $1 AND id = $2");
    one(tx.run(statement, args![grant.workspace(), id, address, write_words(occurrences)]).await?)
}

pub(super) async fn keep_turning(
    tx: &mut Tx,
    grant: &Grant,
    id: Id<SubscriptionId>,
    until: Option<Time>,
) -> Result<()> {
    let statement = sql!("UPDATE subscription SET turning_until = $3 WHERE workspace_id = $1 AND id = $2");
    one(tx.run(statement, args![grant.workspace(), id, until]).await?)
}

pub(super) async fn keep_off(tx: &mut Tx, app: &App, grant: &Grant, id: Id<SubscriptionId>) -> Result<()> {
    let statement = sql!("UPDATE subscription SET off_at = $3 WHERE workspace_id = $1 AND id = $2");
    one(tx.run(statement, args![grant.workspace(), id, app.now()]).await?)
}

/// Goes on, and sends at once what waited.
pub(super) async fn wake(tx: &mut Tx, app: &App, grant: &Grant, id: Id<SubscriptionId>) -> Result<()> {
    let statement = sql!(
        "UPDATE subscription SET off_at = NULL, paused_at = NULL, paused_why = '', failing_since = NULL ",
        "WHERE workspace_id = $1 AND id = $2"
    );
    one(tx.run(statement, args![grant.workspace(), id]).await?)?;
    let due = sql!(
        "UPDATE delivery SET due_at = $3 WHERE workspace_id = $1 AND subscription_id = $2 AND state = 'waiting' AND due_at > $3"
    );
    tx.run(due, args![grant.workspace(), id, app.now()]).await?;
    Ok(())
}

pub(super) async fn insert_delivery(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    subscription: Id<SubscriptionId>,
    happened: &Happened,
) -> Result<Id<DeliveryId>> {
    let statement = sql!(
        "INSERT INTO delivery (id, workspace_id, subscription_id, occurrence, body, state, attempts, created_at, due_at) ",
        "VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6, $6)"
    );
    let id = App::new_id();
    tx.run(statement, args![id, ws, subscription, happened.word, happened.body, app.now()]).await?;
    Ok(id)
}

row! {
    /// Something due, with whom it is for.
    pub(super) struct DueRow {
        pub id: Id<DeliveryId>, pub subscription_id: Id<SubscriptionId>, pub address: String, pub turning_until: Option<Time>,
        pub body: String, pub attempts: i64, pub due_at: Time,
    }
}

pub(super) async fn list_due(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<DueRow>> {
    let statement = sql!(
        "SELECT d.id, d.subscription_id, s.address, s.turning_until, d.body, d.attempts, d.due_at FROM delivery d ",
        "JOIN subscription s ON s.id = d.subscription_id WHERE d.workspace_id = $1 AND d.state = 'waiting' AND d.due_at <= $2 ",
        "AND s.off_at IS NULL AND s.paused_at IS NULL ORDER BY d.due_at, d.id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, app.now(), rows]).await?)
}

/// Takes one, unless somebody else was first.
pub(super) async fn claim(app: &App, ws: Id<Workspace>, id: Id<DeliveryId>, due_at: Time, until: Time) -> Result<bool> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE delivery SET due_at = $4, attempts = attempts + 1 WHERE workspace_id = $1 AND id = $2 AND due_at = $3 AND state = 'waiting'"
    );
    let changed = tx.run(statement, args![ws, id, due_at, until]).await?;
    tx.commit().await?;
    Ok(changed == 1)
}

pub(super) async fn insert_attempt(tx: &mut Tx, app: &App, ws: Id<Workspace>, due: &Due, tried: &Tried) -> Result<()> {
    let statement = sql!(
        "INSERT INTO delivery_attempt (id, workspace_id, delivery_id, at, status, fault, answer, duration_ms) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let status = tried.status.map(i64::from);
    let answer = tried.answer.replace('\0', "");
    let id = App::new_id::<Attempt>();
    tx.run(statement, args![id, ws, due.id, app.now(), status, tried.fault, answer, tried.duration_ms]).await?;
    Ok(())
}

/// What was acknowledged stays so, whoever else tried it meanwhile.
pub(super) async fn keep_next(tx: &mut Tx, app: &App, ws: Id<Workspace>, due: &Due, next: Next) -> Result<()> {
    let end =
        sql!("UPDATE delivery SET state = $3, ended_at = $4 WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'");
    let again = sql!("UPDATE delivery SET due_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'");
    match next {
        Next::Done => tx.run(end, args![ws, due.id, "done", app.now()]).await?,
        Next::GiveUp => tx.run(end, args![ws, due.id, "given_up", app.now()]).await?,
        Next::Again(at) => tx.run(again, args![ws, due.id, at]).await?,
    };
    Ok(())
}

pub(super) async fn keep_told(tx: &mut Tx, app: &App, ws: Id<Workspace>, id: Id<SubscriptionId>) -> Result<()> {
    let statement =
        sql!("UPDATE subscription SET told_at = $3, failing_since = NULL WHERE workspace_id = $1 AND id = $2");
    tx.run(statement, args![ws, id, app.now()]).await?;
    Ok(())
}

/// Notes that nothing comes through, and pauses what has failed since before `since`.
pub(super) async fn keep_failing(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    id: Id<SubscriptionId>,
    since: Time,
    why: &str,
) -> Result<()> {
    let first = sql!(
        "UPDATE subscription SET failing_since = $3 WHERE workspace_id = $1 AND id = $2 AND failing_since IS NULL"
    );
    tx.run(first, args![ws, id, app.now()]).await?;
    let pause = sql!(
        "UPDATE subscription SET paused_at = $3, paused_why = $4 WHERE workspace_id = $1 AND id = $2 AND paused_at IS NULL ",
        "AND failing_since <= $5"
    );
    tx.run(pause, args![ws, id, app.now(), why, since]).await?;
    Ok(())
}

/// Something is sent once more, with all its tries before it.
pub(super) async fn give_back(tx: &mut Tx, app: &App, grant: &Grant, id: Id<DeliveryId>) -> Result<()> {
    let statement = sql!(
        "UPDATE delivery SET state = 'waiting', attempts = 0, due_at = $3, ended_at = NULL WHERE workspace_id = $1 AND id = $2"
    );
    one(tx.run(statement, args![grant.workspace(), id, app.now()]).await?)
}

row! {
    struct DeliveryRow {
        id: Id<DeliveryId>, subscription_id: Id<SubscriptionId>, occurrence: String, state: String, attempts: i64, created_at: Time,
        due_at: Time, body: String,
    }
}

impl From<DeliveryRow> for Delivery {
    fn from(r: DeliveryRow) -> Self {
        Self {
            id: r.id,
            subscription: r.subscription_id,
            occurrence: r.occurrence,
            state: r.state,
            attempts: r.attempts,
            created_at: r.created_at,
            due_at: r.due_at,
            body: r.body,
        }
    }
}

pub(super) async fn list_deliveries(app: &App, ws: Id<Workspace>, id: Id<SubscriptionId>) -> Result<Vec<Delivery>> {
    let statement = sql!(
        "SELECT id, subscription_id, occurrence, state, attempts, created_at, due_at, body FROM delivery ",
        "WHERE workspace_id = $1 AND subscription_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    let rows: Vec<DeliveryRow> = app.db.list(statement, args![ws, id, SHOWN_MAX]).await?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

pub(super) async fn find_delivery(app: &App, ws: Id<Workspace>, id: Id<DeliveryId>) -> Result<Option<Delivery>> {
    let statement = sql!(
        "SELECT id, subscription_id, occurrence, state, attempts, created_at, due_at, body FROM delivery WHERE workspace_id = $1 AND id = $2"
    );
    let found: Option<DeliveryRow> = app.db.find(statement, args![ws, id]).await?;
    Ok(found.map(Delivery::from))
}

row! {
    struct AttemptRow { at: Time, status: Option<i64>, fault: String, answer: String, duration_ms: i64 }
}

pub(super) async fn list_attempts(app: &App, ws: Id<Workspace>, id: Id<DeliveryId>) -> Result<Vec<Attempt>> {
    let statement = sql!(
        "SELECT at, status, fault, answer, duration_ms FROM delivery_attempt WHERE workspace_id = $1 AND delivery_id = $2 ",
        "ORDER BY at DESC, id DESC LIMIT $3"
    );
    let rows: Vec<AttemptRow> = app.db.list(statement, args![ws, id, SHOWN_MAX]).await?;
    Ok(rows
        .into_iter()
        .map(|r| Attempt { at: r.at, status: r.status, fault: r.fault, answer: r.answer, duration_ms: r.duration_ms })
        .collect())
}

pub(super) async fn forget_done(app: &App, ws: Id<Workspace>, before: Time) -> Result<()> {
    let mut tx = app.db.write().await?;
    let tries = sql!(
        "DELETE FROM delivery_attempt WHERE workspace_id = $1 AND delivery_id IN ",
        "(SELECT id FROM delivery WHERE workspace_id = $1 AND state = 'done' AND ended_at < $2)"
    );
    tx.run(tries, args![ws, before]).await?;
    let done = sql!("DELETE FROM delivery WHERE workspace_id = $1 AND state = 'done' AND ended_at < $2");
    tx.run(done, args![ws, before]).await?;
    Ok(tx.commit().await?)
}
