//! Tables workspace, setting.

use kizashi_db::{DbError, args, sql};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::time::Time;

use super::VersionRow;
use crate::access::{Grant, record_audit};
use crate::{App, Refused, Result};

pub(super) async fn find_workspace(app: &App) -> Result<Option<Id<Workspace>>> {
    let found: Option<(Id<Workspace>,)> =
        app.db.find(sql!("SELECT id FROM workspace ORDER BY created_at LIMIT 1"), args![]).await?;
    Ok(found.map(|(id,)| id))
}

pub(super) async fn find_zone(db: &kizashi_db::Db) -> Result<Option<String>> {
    let found: Option<(String,)> =
        db.find(sql!("SELECT time_zone FROM workspace ORDER BY created_at LIMIT 1"), args![]).await?;
    Ok(found.map(|(z,)| z))
}

pub(super) async fn insert_workspace(app: &App, name: &str, time_zone: &str, document: &str) -> Result<Id<Workspace>> {
    let id = App::new_id();
    let now = app.now();
    let mut tx = app.db.write().await?;
    tx.run(
        sql!("INSERT INTO workspace (id, name, time_zone, created_at) VALUES ($1, $2, $3, $4)"),
        args![id, name, time_zone, now],
    )
    .await?;
    insert_setting(&mut tx, app, &Grant::of_console(id), 1, document, "").await?;
    tx.commit().await?;
    Ok(id)
}

async fn insert_setting(
    tx: &mut kizashi_db::Tx,
    app: &App,
    grant: &Grant,
    version: i64,
    document: &str,
    comment: &str,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO setting (workspace_id, version, document, comment, staff_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    match tx.run(statement, args![grant.workspace(), version, document, comment, grant.staff(), app.now()]).await {
        // Two people saved at once, and the other one was first.
        Err(DbError::Conflict(_)) => return Err(Refused::Changed.into()),
        other => other?,
    };
    record_audit(tx, app, grant, "settings", &version.to_string()).await
}

pub(super) async fn find_version(app: &App, ws: Id<Workspace>) -> Result<Option<i64>> {
    let found: Option<(i64,)> = app
        .db
        .find(sql!("SELECT version FROM setting WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1"), args![ws])
        .await?;
    Ok(found.map(|(v,)| v))
}

/// The version in force before an instant; the first one for times before there was any.
pub(super) async fn find_version_at(app: &App, ws: Id<Workspace>, at: Time) -> Result<Option<i64>> {
    let statement = sql!(
        "SELECT version FROM setting WHERE workspace_id = $1 AND (created_at < $2 OR version = 1) ORDER BY version DESC LIMIT 1"
    );
    let found: Option<(i64,)> = app.db.find(statement, args![ws, at]).await?;
    Ok(found.map(|(v,)| v))
}

pub(super) async fn find_document(
    app: &App,
    ws: Id<Workspace>,
    version: i64,
) -> Result<Option<(String, String, String)>> {
    let statement = sql!(
        "SELECT workspace.name, workspace.time_zone, setting.document FROM setting ",
        "JOIN workspace ON workspace.id = setting.workspace_id WHERE setting.workspace_id = $1 AND setting.version = $2"
    );
    Ok(app.db.find(statement, args![ws, version]).await?)
}

pub(super) async fn list_versions(
    app: &App,
    ws: Id<Workspace>,
    before: Option<i64>,
    rows: i64,
) -> Result<Vec<VersionRow>> {
    let statement = sql!(
        "SELECT setting.version, setting.created_at, staff.name, setting.comment FROM setting ",
        "LEFT JOIN staff ON staff.id = setting.staff_id ",
        "WHERE setting.workspace_id = $1 AND setting.version < $2 ORDER BY setting.version DESC LIMIT $3"
    );
    let found: Vec<(i64, Time, Option<String>, String)> =
        app.db.list(statement, args![ws, before.unwrap_or(i64::MAX), rows]).await?;
    Ok(found.into_iter().map(|(version, at, who, comment)| VersionRow { version, at, who, comment }).collect())
}

kizashi_db::row! {
    struct Stored { version: i64, created_at: Time, who: Option<String>, comment: String, document: String }
}

pub(super) async fn find_row(app: &App, ws: Id<Workspace>, version: i64) -> Result<Option<(VersionRow, String)>> {
    let statement = sql!(
        "SELECT setting.version, setting.created_at, staff.name, setting.comment, setting.document FROM setting ",
        "LEFT JOIN staff ON staff.id = setting.staff_id WHERE setting.workspace_id = $1 AND setting.version = $2"
    );
    let found: Option<Stored> = app.db.find(statement, args![ws, version]).await?;
    Ok(found.map(|s| (VersionRow { version: s.version, at: s.created_at, who: s.who, comment: s.comment }, s.document)))
}

/// Adds the version after `base`; refused when there is one already.
pub(super) async fn insert_version(
    app: &App,
    grant: &Grant,
    base: Option<i64>,
    document: &str,
    comment: &str,
) -> Result<i64> {
    let mut tx = app.db.write().await?;
    let last: Option<(i64,)> = tx
        .find(
            sql!("SELECT version FROM setting WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1"),
            args![grant.workspace()],
        )
        .await?;
    let last = last.map_or(0, |(v,)| v);
    if base.is_some_and(|base| base != last) {
        return Err(Refused::Changed.into());
    }
    insert_setting(&mut tx, app, grant, last + 1, document, comment).await?;
    tx.commit().await?;
    Ok(last + 1)
}
