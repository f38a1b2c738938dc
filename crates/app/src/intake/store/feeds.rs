//! Sources and what surrounds the facts.

use kizashi_db::{ToValue, Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::intake::Refusal;
use kizashi_domain::time::{Day, Time};

use crate::access::{Grant, record_audit};
use crate::{App, Result};

/// Marks taken away in one transaction.
const DROPPED_TOGETHER: usize = 2_000;

pub(in crate::intake) async fn insert_source(tx: &mut Tx, app: &App, ws: Id<Workspace>, source: &str) -> Result<()> {
    let statement = sql!(
        "INSERT INTO source (workspace_id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (workspace_id, name) DO NOTHING"
    );
    tx.run(statement, args![ws, source, app.now()]).await?;
    Ok(())
}

pub(in crate::intake) async fn keep_source(app: &App, ws: Id<Workspace>, source: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    insert_source(&mut tx, app, ws, source).await?;
    Ok(tx.commit().await?)
}

pub(in crate::intake) async fn keep_key(app: &App, grant: &Grant, source: &str, hash: Option<&str>) -> Result<()> {
    let mut tx = app.db.write().await?;
    insert_source(&mut tx, app, grant.workspace(), source).await?;
    let statement = sql!("UPDATE source SET write_key_hash = $3 WHERE workspace_id = $1 AND name = $2");
    tx.run(statement, args![grant.workspace(), source, hash]).await?;
    record_audit(&mut tx, app, grant, if hash.is_some() { "write_key_add" } else { "write_key_revoke" }, source)
        .await?;
    Ok(tx.commit().await?)
}

pub(in crate::intake) async fn find_source_by_key(app: &App, hash: &str) -> Result<Option<(Id<Workspace>, String)>> {
    Ok(app.db.find(sql!("SELECT workspace_id, name FROM source WHERE write_key_hash = $1"), args![hash]).await?)
}

pub(in crate::intake) async fn list_sources(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, bool)>> {
    let statement = sql!(
        "SELECT name, CASE WHEN write_key_hash IS NULL THEN 0 ELSE 1 END FROM source WHERE workspace_id = $1 ORDER BY name LIMIT 1000"
    );
    Ok(app.db.list(statement, args![ws]).await?)
}

pub(in crate::intake) async fn list_groups(
    app: &App,
    ws: Id<Workspace>,
    source: &str,
) -> Result<Vec<(String, String)>> {
    let statement = sql!(
        "SELECT user_external_id, customer_external_id FROM source_user WHERE workspace_id = $1 AND source = $2 LIMIT 5000000"
    );
    Ok(app.db.list(statement, args![ws, source]).await?)
}

pub(in crate::intake) async fn keep_groups(
    app: &App,
    ws: Id<Workspace>,
    source: &str,
    groups: &[(String, String)],
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO source_user (workspace_id, source, user_external_id, customer_external_id, recorded_at) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (workspace_id, source, user_external_id) DO UPDATE SET ",
        "customer_external_id = excluded.customer_external_id, recorded_at = excluded.recorded_at"
    );
    for (user, customer) in groups {
        tx.run(statement, args![ws, source, user, customer, app.now()]).await?;
    }
    Ok(tx.commit().await?)
}

const INSERT_DIRTY: &kizashi_db::Statement = sql!(
    "INSERT INTO dirty (workspace_id, customer_external_id, since_at) VALUES ($1, $2, $3) ",
    "ON CONFLICT (workspace_id, customer_external_id) DO UPDATE SET since_at = excluded.since_at"
);

pub(in crate::intake) async fn insert_dirty_in(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    customers: &[String],
) -> Result<()> {
    let now = app.now();
    // In one order: two that mark the same customers wait for each other's rows in turn.
    let mut customers: Vec<&String> = customers.iter().collect();
    customers.sort_unstable();
    tx.run_many(INSERT_DIRTY, customers.into_iter().map(|c| args![ws, c, now]).collect()).await?;
    Ok(())
}

pub(in crate::intake) async fn insert_dirty(app: &App, ws: Id<Workspace>, customers: &[String]) -> Result<()> {
    let mut tx = app.db.write().await?;
    insert_dirty_in(&mut tx, app, ws, customers).await?;
    Ok(tx.commit().await?)
}

/// Customers marked dirty, oldest mark first.
pub(crate) async fn list_dirty(app: &App, ws: Id<Workspace>, limit: i64) -> Result<Vec<(String, Time)>> {
    let statement =
        sql!("SELECT customer_external_id, since_at FROM dirty WHERE workspace_id = $1 ORDER BY since_at LIMIT $2");
    Ok(app.db.list(statement, args![ws, limit]).await?)
}

/// How many customers are marked dirty, in every workspace.
pub(in crate::intake) async fn count_dirty(app: &App) -> Result<i64> {
    let statement = sql!("SELECT count(*) FROM dirty");
    Ok(app.db.find::<(i64,)>(statement, args![]).await?.map_or(0, |(n,)| n))
}

/// The marks of these customers, of those that have one.
pub(crate) async fn list_dirty_of(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<Vec<(String, Time)>> {
    let statement = sql!(
        "SELECT d.customer_external_id, d.since_at FROM customer c JOIN dirty d ON d.workspace_id = c.workspace_id ",
        "AND d.customer_external_id = c.external_id WHERE COALESCE(c.workspace_id, c.id) = $1 AND c.id IN ($2)"
    );
    Ok(app.db.list_in(statement, args![ws], customers.iter().map(ToValue::to_value).collect()).await?)
}

/// Takes marks away, but not those that were renewed meanwhile.
pub(crate) async fn drop_dirty(app: &App, ws: Id<Workspace>, taken: &[(String, Time)]) -> Result<()> {
    let statement =
        sql!("DELETE FROM dirty WHERE workspace_id = $1 AND since_at <= $2 AND customer_external_id IN ($3)");
    let mut taken: Vec<&(String, Time)> = taken.iter().collect();
    taken.sort_unstable_by_key(|(customer, since)| (*since, customer));
    for lot in taken.chunk_by(|a, b| a.1 == b.1).flat_map(|same| same.chunks(DROPPED_TOGETHER)) {
        let Some((_, since)) = lot.first() else { continue };
        let mut tx = app.db.write().await?;
        tx.run_in(statement, args![ws, *since], lot.iter().map(|(customer, _)| customer.to_value()).collect()).await?;
        tx.commit().await?;
    }
    Ok(())
}

const IMPORT_RUNS_MAX: i64 = 2_000;

pub(in crate::intake) async fn list_import_runs(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, Time)>> {
    let statement = sql!(
        "SELECT source, started_at FROM import_run WHERE workspace_id = $1 AND state = 'done' ORDER BY started_at DESC LIMIT $2"
    );
    Ok(app.db.list(statement, args![ws, IMPORT_RUNS_MAX]).await?)
}

pub(in crate::intake) async fn count_refused(
    app: &App,
    ws: Id<Workspace>,
    source: &str,
    day: Day,
    refused: &[Refusal],
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO refused_event (workspace_id, source, day, field, reason, count, last_at) VALUES ($1, $2, $3, $4, $5, 1, $6) ",
        "ON CONFLICT (workspace_id, source, day, field, reason) DO UPDATE SET count = refused_event.count + 1, last_at = excluded.last_at"
    );
    for refusal in refused {
        let field: String = refusal.field.chars().take(60).collect();
        tx.run(statement, args![ws, source, day, field, refusal.reason.to_string(), app.now()]).await?;
    }
    Ok(tx.commit().await?)
}

pub(in crate::intake) async fn list_refused(
    app: &App,
    ws: Id<Workspace>,
    from: Day,
) -> Result<Vec<(String, String, String, i64)>> {
    let statement = sql!(
        "SELECT source, field, reason, CAST(sum(count) AS BIGINT) FROM refused_event WHERE workspace_id = $1 AND day > $2 ",
        "GROUP BY source, field, reason ORDER BY 4 DESC LIMIT 200"
    );
    Ok(app.db.list(statement, args![ws, from]).await?)
}

/// Counts for a check of the whole folder: customers, marks, what lies in the outbox, contracts and cards without a customer.
pub(in crate::intake) async fn count_facts(app: &App, ws: Id<Workspace>) -> Result<[i64; 4]> {
    let statements = [
        sql!("SELECT count(*) FROM customer WHERE workspace_id = $1"),
        sql!("SELECT count(*) FROM dirty WHERE workspace_id = $1"),
        sql!(
            "SELECT count(*) FROM standing s LEFT JOIN customer c ON c.id = s.customer_id WHERE s.workspace_id = $1 AND c.id IS NULL"
        ),
        sql!(
            "SELECT count(*) FROM (SELECT subject, kind FROM card WHERE workspace_id = $1 AND closed_at IS NULL ",
            "GROUP BY subject, kind HAVING count(*) > 1) doubled"
        ),
    ];
    let mut out = [0; 4];
    for (slot, statement) in out.iter_mut().zip(statements) {
        *slot = app.db.find::<(i64,)>(statement, args![ws]).await?.map_or(0, |(n,)| n);
    }
    Ok(out)
}
