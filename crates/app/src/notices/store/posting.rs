//! Table posting.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Id, Notice, NoticeAddress, Outgoing, Posting, Staff, Workspace};
use kizashi_domain::time::Time;

use crate::notices::PostingRow;
use crate::{App, Result};

/// Ways of one notice that are shown.
const SHOWN_MAX: i64 = 200;

row! {
    /// A posting that is due.
    pub struct Due {
        pub id: Id<Posting>, pub notice: Option<Id<Notice>>, pub outgoing: Option<Id<Outgoing>>, pub way: String, pub attempts: i64,
        pub created_at: Time,
    }
}

/// Puts a message on a way; it goes from `due_at` on.
pub async fn insert(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    (notice, outgoing): (Option<Id<Notice>>, Option<Id<Outgoing>>),
    (way, due_at): (&str, Time),
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO posting (id, workspace_id, notice_id, outgoing_id, way, address_id, state, attempts, due_at, fault, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, '', $8)"
    );
    let address: Option<Id<NoticeAddress>> = way.parse().ok();
    tx.run(statement, args![App::new_id::<Posting>(), ws, notice, outgoing, way, address, due_at, app.now()]).await?;
    Ok(())
}

pub async fn list_due(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<Due>> {
    let statement = sql!(
        "SELECT id, notice_id, outgoing_id, way, attempts, created_at FROM posting WHERE workspace_id = $1 AND state = 'waiting' AND due_at <= $2 ",
        "ORDER BY due_at, id LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, app.now(), rows]).await?)
}

/// One that waits is not sent before an instant.
pub async fn put_off(app: &App, ws: Id<Workspace>, id: Id<Posting>, until: Time) -> Result<()> {
    let statement = sql!("UPDATE posting SET due_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'");
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, id, until]).await?;
    Ok(tx.commit().await?)
}

/// What is held for somebody until work begins goes now.
pub async fn release(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<()> {
    let statement = sql!(
        "UPDATE posting SET due_at = $3 WHERE workspace_id = $1 AND state = 'waiting' AND due_at > $3 AND attempts = 0 ",
        "AND notice_id IN (SELECT id FROM notice WHERE workspace_id = $1 AND staff_id = $2)"
    );
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, staff, app.now()]).await?;
    Ok(tx.commit().await?)
}

/// Takes one before it is sent, unless somebody else was first.
pub async fn claim(app: &App, ws: Id<Workspace>, id: Id<Posting>, lease_until: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE posting SET state = 'sending', attempts = attempts + 1, due_at = $3 WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'"
    );
    let mut tx = app.db.write().await?;
    let changed = tx.run(statement, args![ws, id, lease_until]).await?;
    tx.commit().await?;
    Ok(changed == 1)
}

/// How a try ended: `state` with the fault, tried again at `due_at` when it waits. Whether it was still being sent.
pub async fn keep_state(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    id: Id<Posting>,
    (state, fault): (&str, &str),
    due_at: Time,
) -> Result<bool> {
    let ended = (state != "waiting").then(|| app.now());
    let statement = sql!(
        "UPDATE posting SET state = $3, fault = $4, due_at = $5, ended_at = $6 WHERE workspace_id = $1 AND id = $2 AND state = 'sending'"
    );
    Ok(tx.run(statement, args![ws, id, state, fault, due_at, ended]).await? == 1)
}

/// Postings that were being sent when their time ended: those of a killed process. All of them when `all`.
pub async fn list_lost(app: &App, ws: Id<Workspace>, all: bool) -> Result<Vec<Due>> {
    let statement = sql!(
        "SELECT id, notice_id, outgoing_id, way, attempts, created_at FROM posting WHERE workspace_id = $1 AND state = 'sending' ",
        "AND ($2 = 1 OR due_at < $3) ORDER BY due_at, id LIMIT 1000"
    );
    Ok(app.db.list(statement, args![ws, i64::from(all), app.now()]).await?)
}

/// Sends again, now, what failed or is unclear; the outgoing letter that it is of, when it is of one.
pub async fn give_back(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    id: Id<Posting>,
) -> Result<Option<Option<Id<Outgoing>>>> {
    let statement = sql!(
        "UPDATE posting SET state = 'waiting', attempts = 0, due_at = $3, fault = '', ended_at = NULL ",
        "WHERE workspace_id = $1 AND id = $2 AND state IN ('failed', 'unclear')"
    );
    if tx.run(statement, args![ws, id, app.now()]).await? == 0 {
        return Ok(None);
    }
    let of = sql!("SELECT outgoing_id FROM posting WHERE workspace_id = $1 AND id = $2");
    let found: Option<(Option<Id<Outgoing>>,)> = tx.find(of, args![ws, id]).await?;
    Ok(found.map(|(of,)| of))
}

row! {
    struct Fields {
        id: Id<Posting>, notice: Option<Id<Notice>>, way: String, state: String, fault: String, attempts: i64, due_at: Time, created_at: Time,
        ended_at: Option<Time>, name: Option<String>, staff: Option<String>,
    }
}

fn read(f: Fields) -> (Option<Id<Notice>>, PostingRow) {
    let row = PostingRow {
        id: f.id,
        way: f.way,
        place: f.name,
        state: f.state,
        fault: f.fault,
        attempts: f.attempts,
        due_at: f.due_at,
        created_at: f.created_at,
        ended_at: f.ended_at,
        staff: f.staff,
    };
    (f.notice, row)
}

/// The ways of some notices.
pub async fn list_of(app: &App, ws: Id<Workspace>, notices: &[Id<Notice>]) -> Result<Vec<(Id<Notice>, PostingRow)>> {
    let statement = sql!(
        "SELECT p.id, p.notice_id, p.way, p.state, p.fault, p.attempts, p.due_at, p.created_at, p.ended_at, a.name, CAST(NULL AS TEXT) FROM posting p ",
        "LEFT JOIN notice_address a ON a.id = p.address_id WHERE p.workspace_id = $1 AND p.notice_id IN ($2)"
    );
    let ids = notices.iter().map(kizashi_db::ToValue::to_value).collect();
    let rows: Vec<Fields> = app.db.list_in(statement, args![ws], ids).await?;
    Ok(rows.into_iter().map(read).filter_map(|(notice, row)| Some((notice?, row))).collect())
}

/// What went out last to members of staff.
pub async fn list_newest(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<PostingRow>> {
    let statement = sql!(
        "SELECT p.id, p.notice_id, p.way, p.state, p.fault, p.attempts, p.due_at, p.created_at, p.ended_at, a.name, s.name FROM posting p ",
        "JOIN notice n ON n.id = p.notice_id JOIN staff s ON s.id = n.staff_id LEFT JOIN notice_address a ON a.id = p.address_id ",
        "WHERE p.workspace_id = $1 ORDER BY p.created_at DESC, p.id DESC LIMIT $2"
    );
    let found: Vec<Fields> = app.db.list(statement, args![ws, rows.min(SHOWN_MAX)]).await?;
    Ok(found.into_iter().map(|f| read(f).1).collect())
}
