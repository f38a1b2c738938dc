//! Tables notice_setting, notice_address, notice_wish.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Id, NoticeAddress, Staff, Workspace};
use kizashi_domain::time::Time;

use crate::access::Grant;
use crate::notices::setting::{ADDRESSES_MAX, AddressRow, ChatKind, Sending, Wish};
use crate::{App, Error, Result};

/// The document, and until when causes were looked through.
pub async fn find(app: &App, ws: Id<Workspace>) -> Result<(Sending, Option<Time>)> {
    let statement = sql!("SELECT document, causes_until FROM notice_setting WHERE workspace_id = $1");
    let found: Option<(String, Time)> = app.db.find(statement, args![ws]).await?;
    let Some((document, until)) = found else { return Ok((Sending::default(), None)) };
    let sending = serde_json::from_str(&document).map_err(|e| Error::failed("how things go out", e))?;
    Ok((sending, Some(until)))
}

pub async fn keep(tx: &mut Tx, app: &App, ws: Id<Workspace>, sending: &Sending) -> Result<()> {
    let document = serde_json::to_string(sending).map_err(|e| Error::failed("how things go out", e))?;
    let statement = sql!(
        "INSERT INTO notice_setting (workspace_id, document, causes_until) VALUES ($1, $2, $3) ",
        "ON CONFLICT (workspace_id) DO UPDATE SET document = excluded.document"
    );
    tx.run(statement, args![ws, document, app.now()]).await?;
    Ok(())
}

/// Causes were looked through until this instant.
pub async fn keep_causes_until(tx: &mut Tx, ws: Id<Workspace>, sending: &Sending, until: Time) -> Result<()> {
    let document = serde_json::to_string(sending).map_err(|e| Error::failed("how things go out", e))?;
    let statement = sql!(
        "INSERT INTO notice_setting (workspace_id, document, causes_until) VALUES ($1, $2, $3) ",
        "ON CONFLICT (workspace_id) DO UPDATE SET causes_until = excluded.causes_until"
    );
    tx.run(statement, args![ws, document, until]).await?;
    Ok(())
}

row! {
    struct Fields { id: Id<NoticeAddress>, kind: String, name: String, host: String, created_at: Time }
}

pub async fn list_addresses(app: &App, ws: Id<Workspace>) -> Result<Vec<AddressRow>> {
    let statement = sql!(
        "SELECT id, kind, name, host, created_at FROM notice_address WHERE workspace_id = $1 AND removed_at IS NULL ORDER BY name, id LIMIT $2"
    );
    let rows: Vec<Fields> = app.db.list(statement, args![ws, ADDRESSES_MAX]).await?;
    let read = |f: Fields| {
        let kind = ChatKind::parse(&f.kind)?;
        Some(AddressRow { id: f.id, kind, name: f.name, host: f.host, created_at: f.created_at })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

pub async fn insert_address(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    id: Id<NoticeAddress>,
    kind: ChatKind,
    name: &str,
    host: &str,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO notice_address (id, workspace_id, kind, name, host, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    tx.run(statement, args![id, grant.workspace(), kind.word(), name, host, app.now(), grant.staff()]).await?;
    Ok(())
}

pub async fn remove_address(tx: &mut Tx, app: &App, ws: Id<Workspace>, id: Id<NoticeAddress>) -> Result<bool> {
    let statement =
        sql!("UPDATE notice_address SET removed_at = $3 WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL");
    Ok(tx.run(statement, args![ws, id, app.now()]).await? > 0)
}

/// How somebody wants to be told, and the hash of their calendar's secret.
pub async fn find_wish(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<(Wish, String)> {
    let statement = sql!("SELECT ways, calendar_hash FROM notice_wish WHERE workspace_id = $1 AND staff_id = $2");
    let found: Option<(String, String)> = app.db.find(statement, args![ws, staff]).await?;
    Ok(found.map(|(ways, hash)| (serde_json::from_str(&ways).unwrap_or_default(), hash)).unwrap_or_default())
}

pub async fn keep_wish(app: &App, ws: Id<Workspace>, staff: Id<Staff>, wish: &Wish) -> Result<()> {
    let ways = serde_json::to_string(wish).map_err(|e| Error::failed("a wish", e))?;
    let statement = sql!(
        "INSERT INTO notice_wish (workspace_id, staff_id, ways, calendar_hash, changed_at) VALUES ($1, $2, $3, '', $4) ",
        "ON CONFLICT (workspace_id, staff_id) DO UPDATE SET ways = excluded.ways, changed_at = excluded.changed_at"
    );
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, staff, ways, app.now()]).await?;
    Ok(tx.commit().await?)
}

/// Keeps the hash of a calendar's secret; an empty one ends the calendar.
pub async fn keep_calendar(app: &App, ws: Id<Workspace>, staff: Id<Staff>, hash: &str) -> Result<()> {
    let ways = serde_json::to_string(&Wish::default()).map_err(|e| Error::failed("a wish", e))?;
    let statement = sql!(
        "INSERT INTO notice_wish (workspace_id, staff_id, ways, calendar_hash, changed_at) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (workspace_id, staff_id) DO UPDATE SET calendar_hash = excluded.calendar_hash, changed_at = excluded.changed_at"
    );
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, staff, ways, hash, app.now()]).await?;
    Ok(tx.commit().await?)
}

/// Whose calendar has this secret.
pub async fn find_calendar(app: &App, ws: Id<Workspace>, hash: &str) -> Result<Option<Id<Staff>>> {
    let statement = sql!("SELECT staff_id FROM notice_wish WHERE workspace_id = $1 AND calendar_hash = $2");
    Ok(app.db.find::<(Id<Staff>,)>(statement, args![ws, hash]).await?.map(|(staff,)| staff))
}
