//! Tables connection and pull.

use kizashi_db::{DbError, args, row, sql};
use kizashi_domain::id::{Connection, Id, Pull, Workspace};
use kizashi_domain::time::Time;

use super::{CONNECTIONS_MAX, ConnectionRow, Leads, PULLS_MAX, PullRow, Query};
use crate::access::{Grant, record_audit};
use crate::imports::Report;
use crate::secrets::{self, Purpose, Secret};
use crate::{App, Error, Refused, Result};

const DATABASE: &str = "database";
const MAILBOX: &str = "mailbox";

row! {
    struct StoredConnection { id: Id<Connection>, name: String, kind: String, config: String, updated_at: Time }
}

row! {
    pub(super) struct StoredPull {
        pub id: Id<Pull>, pub connection: Id<Connection>, pub source: String, pub name: String, pub config: String, pub interval_s: i64,
        pub place: String, pub next_at: Time, pub tried_at: Time, pub done_at: Time, pub failures: i64, pub fault: String, pub said: String,
        pub report: String,
    }
}

impl StoredConnection {
    fn view(self) -> ConnectionRow {
        let leads = match self.kind.as_str() {
            MAILBOX => Leads::Mailbox(serde_json::from_str(&self.config).unwrap_or_default()),
            _ => Leads::Database(serde_json::from_str(&self.config).unwrap_or_default()),
        };
        ConnectionRow { id: self.id, name: self.name, leads, updated_at: self.updated_at }
    }
}

impl StoredPull {
    pub(super) fn view(self, app: &App) -> PullRow {
        let happened = |at: Time| (at.micros() > 0).then_some(at);
        let query: Query = serde_json::from_str(&self.config).unwrap_or_default();
        PullRow {
            is_running: app.pulls.has(self.id),
            id: self.id,
            connection: self.connection,
            source: self.source,
            name: self.name,
            query,
            interval_s: self.interval_s,
            place: self.place,
            next_at: self.next_at,
            tried_at: happened(self.tried_at),
            done_at: happened(self.done_at),
            failures: self.failures,
            fault: (!self.fault.is_empty()).then_some((self.fault, self.said)),
            report: serde_json::from_str::<Report>(&self.report).unwrap_or_default(),
        }
    }
}

fn to_text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::failed("a connection", e))
}

pub(super) async fn list_connections(app: &App, ws: Id<Workspace>) -> Result<Vec<ConnectionRow>> {
    let statement = sql!(
        "SELECT id, name, kind, config, updated_at FROM connection WHERE workspace_id = $1 ORDER BY name LIMIT $2"
    );
    let rows: Vec<StoredConnection> = app.db.list(statement, args![ws, CONNECTIONS_MAX]).await?;
    Ok(rows.into_iter().map(StoredConnection::view).collect())
}

pub(super) async fn find_connection(app: &App, ws: Id<Workspace>, id: Id<Connection>) -> Result<Option<ConnectionRow>> {
    let statement =
        sql!("SELECT id, name, kind, config, updated_at FROM connection WHERE workspace_id = $1 AND id = $2");
    let found: Option<StoredConnection> = app.db.find(statement, args![ws, id]).await?;
    Ok(found.map(StoredConnection::view))
}

/// Keeps a connection with its password in one transaction. Without a password the one that is there stays.
pub(super) async fn keep_connection(
    app: &App,
    grant: &Grant,
    id: Id<Connection>,
    name: &str,
    leads: &Leads,
    password: Option<&Secret>,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO connection (id, workspace_id, name, kind, config, created_at, updated_at, staff_id) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $6, $7) ",
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, config = excluded.config, updated_at = excluded.updated_at"
    );
    let (kind, purpose, config) = match leads {
        Leads::Database(address) => (DATABASE, Purpose::Database, to_text(address)?),
        Leads::Mailbox(address) => (MAILBOX, Purpose::Mailbox, to_text(address)?),
    };
    let ws = grant.workspace();
    let mut tx = app.db.write().await?;
    match tx.run(statement, args![id, ws, name, kind, config, app.now(), grant.staff()]).await {
        Err(DbError::Conflict(_)) => return Err(Refused::Taken.into()),
        other => other?,
    };
    if let Some(password) = password {
        secrets::keep_secret(&mut tx, app, grant, purpose, id.uuid(), password).await?;
    }
    record_audit(&mut tx, app, grant, "connection", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn drop_connection(app: &App, grant: &Grant, id: Id<Connection>) -> Result<u64> {
    let ws = grant.workspace();
    let mut tx = app.db.write().await?;
    tx.run(sql!("DELETE FROM pull WHERE workspace_id = $1 AND connection_id = $2"), args![ws, id]).await?;
    let dropped = tx.run(sql!("DELETE FROM connection WHERE workspace_id = $1 AND id = $2"), args![ws, id]).await?;
    for purpose in [Purpose::Database, Purpose::Mailbox] {
        secrets::forget_secret(&mut tx, ws, purpose, id.uuid()).await?;
    }
    record_audit(&mut tx, app, grant, "connection_drop", &id.to_string()).await?;
    tx.commit().await?;
    Ok(dropped)
}

macro_rules! pull_columns {
    () => {
        "p.id, p.connection_id, c.name, p.name, p.config, p.interval_s, p.place, p.next_at, p.tried_at, p.done_at, p.failures, p.fault, \
         p.said, p.report FROM pull p JOIN connection c ON c.id = p.connection_id "
    };
}

pub(super) async fn list_pulls(app: &App, ws: Id<Workspace>) -> Result<Vec<PullRow>> {
    let statement = sql!("SELECT ", pull_columns!(), "WHERE p.workspace_id = $1 ORDER BY c.name, p.name LIMIT $2");
    let rows: Vec<StoredPull> = app.db.list(statement, args![ws, PULLS_MAX]).await?;
    Ok(rows.into_iter().map(|r| r.view(app)).collect())
}

pub(super) async fn list_due(app: &App, ws: Id<Workspace>, now: Time) -> Result<Vec<PullRow>> {
    let statement =
        sql!("SELECT ", pull_columns!(), "WHERE p.workspace_id = $1 AND p.next_at <= $2 ORDER BY p.next_at LIMIT $3");
    let rows: Vec<StoredPull> = app.db.list(statement, args![ws, now, PULLS_MAX]).await?;
    Ok(rows.into_iter().map(|r| r.view(app)).collect())
}

pub(super) async fn find_pull(app: &App, ws: Id<Workspace>, id: Id<Pull>) -> Result<Option<PullRow>> {
    let statement = sql!("SELECT ", pull_columns!(), "WHERE p.workspace_id = $1 AND p.id = $2");
    let found: Option<StoredPull> = app.db.find(statement, args![ws, id]).await?;
    Ok(found.map(|r| r.view(app)))
}

/// Keeps a query; it is asked at once.
pub(super) async fn keep_pull(
    app: &App,
    grant: &Grant,
    (id, connection): (Id<Pull>, Id<Connection>),
    name: &str,
    query: &Query,
    interval_s: i64,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO pull (id, workspace_id, connection_id, name, config, interval_s, next_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ",
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, config = excluded.config, interval_s = excluded.interval_s, ",
        "next_at = excluded.next_at, failures = 0, fault = '', said = ''"
    );
    let config = to_text(query)?;
    let mut tx = app.db.write().await?;
    match tx.run(statement, args![id, grant.workspace(), connection, name, config, interval_s, app.now()]).await {
        Err(DbError::Conflict(_)) => return Err(Refused::Taken.into()),
        other => other?,
    };
    record_audit(&mut tx, app, grant, "pull", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn drop_pull(app: &App, grant: &Grant, id: Id<Pull>) -> Result<u64> {
    let mut tx = app.db.write().await?;
    let dropped =
        tx.run(sql!("DELETE FROM pull WHERE workspace_id = $1 AND id = $2"), args![grant.workspace(), id]).await?;
    record_audit(&mut tx, app, grant, "pull_drop", &id.to_string()).await?;
    tx.commit().await?;
    Ok(dropped)
}

/// From where it goes on. Kept only when everything before is on the disk.
pub(super) async fn keep_place(app: &App, ws: Id<Workspace>, id: Id<Pull>, place: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.run(sql!("UPDATE pull SET place = $3 WHERE workspace_id = $1 AND id = $2"), args![ws, id, place]).await?;
    Ok(tx.commit().await?)
}

/// When it is asked next.
pub(super) async fn keep_next(app: &App, ws: Id<Workspace>, id: Id<Pull>, next_at: Time) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.run(sql!("UPDATE pull SET next_at = $3 WHERE workspace_id = $1 AND id = $2"), args![ws, id, next_at]).await?;
    Ok(tx.commit().await?)
}

/// How a run ended well. A run that brought nothing leaves what the last one brought.
pub(super) async fn keep_done(
    app: &App,
    ws: Id<Workspace>,
    id: Id<Pull>,
    next_at: Time,
    report: Option<&Report>,
) -> Result<()> {
    let statement = sql!(
        "UPDATE pull SET tried_at = $3, done_at = $3, next_at = $4, failures = 0, fault = '', said = '', ",
        "report = CASE WHEN $5 = '' THEN report ELSE $5 END WHERE workspace_id = $1 AND id = $2"
    );
    let text = report.map(to_text).transpose()?.unwrap_or_default();
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, id, app.now(), next_at, text]).await?;
    Ok(tx.commit().await?)
}

/// How a run ended badly.
pub(super) async fn keep_fault(
    app: &App,
    ws: Id<Workspace>,
    id: Id<Pull>,
    next_at: Time,
    (fault, said): (&str, &str),
) -> Result<()> {
    let statement = sql!(
        "UPDATE pull SET tried_at = $3, next_at = $4, failures = failures + 1, fault = $5, said = $6 ",
        "WHERE workspace_id = $1 AND id = $2"
    );
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, id, app.now(), next_at, fault, said]).await?;
    Ok(tx.commit().await?)
}
