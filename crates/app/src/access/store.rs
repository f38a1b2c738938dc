//! Tables staff, session, sign_in_attempt, audit.

use kizashi_db::{DbError, args, row, sql};
use kizashi_domain::id::{Id, Staff, Workspace};
use kizashi_domain::time::Time;

use super::{Grant, Role, StaffRow};
use crate::{App, Refused, Result};

row! {
    pub(super) struct Credentials { pub id: Id<Staff>, pub name: String, pub role: String, pub language: String, pub password_hash: String, pub daily_cards: i64 }
}
row! {
    pub(super) struct SessionRow {
        pub workspace_id: Id<Workspace>, pub staff_id: Id<Staff>, pub name: String, pub role: String, pub language: String,
        pub csrf: String, pub daily_cards: i64, pub seen_at: Time, pub expires_at: Time,
    }
}

row! {
    pub(super) struct Colleague { pub name: String, pub email: String, pub role: String, pub language: String, pub daily_cards: i64 }
}

pub(super) async fn find_colleague(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Option<Colleague>> {
    let statement = sql!(
        "SELECT name, email, role, language, daily_cards FROM staff WHERE workspace_id = $1 AND id = $2 AND left_at IS NULL"
    );
    Ok(app.db.find(statement, args![ws, staff]).await?)
}

pub(super) async fn find_staff_by_email(app: &App, ws: Id<Workspace>, email: &str) -> Result<Option<Credentials>> {
    let statement = sql!(
        "SELECT id, name, role, language, password_hash, daily_cards FROM staff ",
        "WHERE workspace_id = $1 AND email = $2 AND left_at IS NULL AND password_hash <> ''"
    );
    Ok(app.db.find(statement, args![ws, email]).await?)
}

pub(super) async fn find_attempts(app: &App, subject: &str) -> Result<Option<(i64, Time)>> {
    Ok(app
        .db
        .find(sql!("SELECT failures, last_failed_at FROM sign_in_attempt WHERE subject = $1"), args![subject])
        .await?)
}

pub(super) async fn keep_failure(app: &App, subject: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO sign_in_attempt (subject, failures, last_failed_at) VALUES ($1, 1, $2) ",
        "ON CONFLICT (subject) DO UPDATE SET failures = sign_in_attempt.failures + 1, last_failed_at = excluded.last_failed_at"
    );
    tx.run(statement, args![subject, app.now()]).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn keep_session(
    app: &App,
    ws: Id<Workspace>,
    subject: &str,
    token_hash: &str,
    staff: Id<Staff>,
    csrf: &str,
    expires_at: Time,
) -> Result<()> {
    let now = app.now();
    let mut tx = app.db.write().await?;
    tx.run(sql!("DELETE FROM sign_in_attempt WHERE subject = $1"), args![subject]).await?;
    tx.run(sql!("DELETE FROM session WHERE expires_at < $1"), args![now]).await?;
    tx.run(
        sql!("INSERT INTO session (token_hash, staff_id, csrf, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)"),
        args![token_hash, staff, csrf, now, expires_at],
    )
    .await?;
    insert_audit(&mut tx, ws, Some(staff), "sign_in", "", now).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn find_session(app: &App, token_hash: &str) -> Result<Option<SessionRow>> {
    let statement = sql!(
        "SELECT staff.workspace_id, staff.id, staff.name, staff.role, staff.language, session.csrf, staff.daily_cards, ",
        "session.seen_at, session.expires_at FROM session JOIN staff ON staff.id = session.staff_id ",
        "WHERE session.token_hash = $1 AND staff.left_at IS NULL"
    );
    Ok(app.db.find(statement, args![token_hash]).await?)
}

pub(super) async fn touch_session(app: &App, token_hash: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.run(sql!("UPDATE session SET seen_at = $2 WHERE token_hash = $1"), args![token_hash, app.now()]).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn drop_session(app: &App, token_hash: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.run(sql!("DELETE FROM session WHERE token_hash = $1"), args![token_hash]).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn list_staff(app: &App, ws: Id<Workspace>) -> Result<Vec<StaffRow>> {
    let rows: Vec<(Id<Staff>, String, String, String)> = app
        .db
        .list(
            sql!("SELECT id, email, name, role FROM staff WHERE workspace_id = $1 AND left_at IS NULL ORDER BY name LIMIT 1000"),
            args![ws],
        )
        .await?;
    Ok(rows.into_iter().map(|(id, email, name, role)| StaffRow { id, email, name, role }).collect())
}

#[allow(clippy::too_many_arguments)]
pub(super) async fn keep_staff(
    app: &App,
    grant: &Grant,
    email: &str,
    name: &str,
    role: Role,
    language: &str,
    hash: &str,
    daily_cards: i64,
) -> Result<Id<Staff>> {
    let id = App::new_id();
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO staff (id, workspace_id, email, name, role, language, password_hash, daily_cards, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let values = args![id, grant.workspace(), email, name, role.word(), language, hash, daily_cards, app.now()];
    match tx.run(statement, values).await {
        Err(DbError::Conflict(_)) => return Err(Refused::Taken.into()),
        other => other?,
    };
    insert_audit(&mut tx, grant.workspace(), grant.staff(), "staff_add", role.word(), app.now()).await?;
    tx.commit().await?;
    Ok(id)
}

pub(super) async fn keep_password(app: &App, grant: &Grant, staff: Id<Staff>, hash: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.run(
        sql!("UPDATE staff SET password_hash = $3 WHERE workspace_id = $1 AND id = $2"),
        args![grant.workspace(), staff, hash],
    )
    .await?;
    tx.run(sql!("DELETE FROM session WHERE staff_id = $1"), args![staff]).await?;
    insert_audit(&mut tx, grant.workspace(), grant.staff(), "password_reset", "", app.now()).await?;
    Ok(tx.commit().await?)
}

/// Somebody leaves and is signed out, or comes back. Refused when nothing changes.
pub(super) async fn keep_left(app: &App, grant: &Grant, staff: Id<Staff>, left: Option<Time>) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "UPDATE staff SET left_at = $3 WHERE workspace_id = $1 AND id = $2 AND ((left_at IS NULL AND $4 = 1) OR (left_at IS NOT NULL AND $4 = 0))"
    );
    let values = args![grant.workspace(), staff, left, i64::from(left.is_some())];
    if tx.run(statement, values).await? == 0 {
        return Err(Refused::Changed.into());
    }
    tx.run(sql!("DELETE FROM session WHERE staff_id = $1"), args![staff]).await?;
    let action = if left.is_some() { "staff_leave" } else { "staff_return" };
    insert_audit(&mut tx, grant.workspace(), grant.staff(), action, &staff.to_string(), app.now()).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn keep_language(app: &App, ws: Id<Workspace>, staff: Id<Staff>, language: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.run(sql!("UPDATE staff SET language = $3 WHERE workspace_id = $1 AND id = $2"), args![ws, staff, language])
        .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn keep_daily_cards(app: &App, ws: Id<Workspace>, staff: Id<Staff>, count: i64) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.run(sql!("UPDATE staff SET daily_cards = $3 WHERE workspace_id = $1 AND id = $2"), args![ws, staff, count])
        .await?;
    Ok(tx.commit().await?)
}

async fn insert_audit(
    tx: &mut kizashi_db::Tx,
    ws: Id<Workspace>,
    staff: Option<Id<Staff>>,
    action: &str,
    object: &str,
    at: Time,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO audit (id, workspace_id, staff_id, action, object, happened_at) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    tx.run(statement, args![App::new_id::<Staff>(), ws, staff, action, object, at]).await?;
    Ok(())
}

/// Notes who did what, in the transaction that does it.
pub(crate) async fn record_audit(
    tx: &mut kizashi_db::Tx,
    app: &App,
    grant: &Grant,
    action: &str,
    object: &str,
) -> Result<()> {
    insert_audit(tx, grant.workspace(), grant.staff(), action, object, app.now()).await
}

pub(super) async fn find_email(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Option<String>> {
    let statement = sql!("SELECT email FROM staff WHERE workspace_id = $1 AND id = $2");
    let found: Option<(String,)> = app.db.find(statement, args![ws, staff]).await?;
    Ok(found.map(|(email,)| email))
}
