//! Table secret.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Id, Workspace};
use uuid::Uuid;

use super::Purpose;
use crate::{App, Result};

/// Secrets that one check looks at.
const CHECKED_MAX: i64 = 100_000;

row! {
    /// A sealed secret.
    pub(super) struct Sealed {
        pub workspace_id: Id<Workspace>,
        pub purpose: String,
        pub owner_id: Uuid,
        pub key_mark: String,
        pub sealed: Vec<u8>,
    }
}

pub(super) async fn has_any(tx: &mut Tx) -> Result<bool> {
    let found: Option<(i64,)> = tx.find(sql!("SELECT CAST(1 AS BIGINT) FROM secret LIMIT 1"), args![]).await?;
    Ok(found.is_some())
}

pub(super) async fn keep(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    purpose: Purpose,
    owner: Uuid,
    key_mark: &str,
    sealed: Vec<u8>,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO secret (workspace_id, purpose, owner_id, key_mark, sealed, kept_at) VALUES ($1, $2, $3, $4, $5, $6) ",
        "ON CONFLICT (workspace_id, purpose, owner_id) DO UPDATE SET ",
        "key_mark = excluded.key_mark, sealed = excluded.sealed, kept_at = excluded.kept_at"
    );
    tx.run(statement, args![ws, purpose.word(), owner, key_mark, sealed, app.now()]).await?;
    Ok(())
}

pub(super) async fn find(
    app: &App,
    ws: Id<Workspace>,
    purpose: Purpose,
    owner: Uuid,
) -> Result<Option<(String, Vec<u8>)>> {
    let statement =
        sql!("SELECT key_mark, sealed FROM secret WHERE workspace_id = $1 AND purpose = $2 AND owner_id = $3");
    Ok(app.db.find(statement, args![ws, purpose.word(), owner]).await?)
}

pub(super) async fn forget(tx: &mut Tx, ws: Id<Workspace>, purpose: Purpose, owner: Uuid) -> Result<bool> {
    let statement = sql!("DELETE FROM secret WHERE workspace_id = $1 AND purpose = $2 AND owner_id = $3");
    Ok(tx.run(statement, args![ws, purpose.word(), owner]).await? > 0)
}

pub(super) async fn list_all(app: &App) -> Result<Vec<Sealed>> {
    let statement = sql!(
        "SELECT workspace_id, purpose, owner_id, key_mark, sealed FROM secret ",
        "ORDER BY workspace_id, purpose, owner_id LIMIT $1"
    );
    Ok(app.db.list(statement, args![CHECKED_MAX]).await?)
}
