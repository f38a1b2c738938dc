//! Table posting.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Id, Notice, NoticeAddress, Outgoing, Posting, Staff, Workspace};
use kizashi_domain::time::Time;

use crate::notices::{Piece, PostingRow};
use crate::{App, Result};

/// Ways of one notice that are shown.
const SHOWN_MAX: i64 = 200;

row! {
    /// A posting that is due.
    pub struct Due {
        pub id: Id<Posting>, pub notice: Option<Id<Notice>>, pub outgoing: Option<Id<Outgoing>>, pub way: String, pub attempts: i64,
        pub created_at: Time, pub part: i64, pub part_of: i64, pub part_from: i64, pub part_until: i64,
    }
}

impl Due {
    /// Which part of a longer message it is.
    pub fn piece(&self) -> Option<Piece> {
        let place = |n: i64| usize::try_from(n).unwrap_or(0);
        (self.part > 0).then(|| Piece {
            nth: self.part,
            of: self.part_of,
            parts: place(self.part_from)..place(self.part_until),
        })
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

/// What is due; of a message in several parts the next one.
pub async fn list_due(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<Due>> {
    let statement = sql!(
        "SELECT p.id, p.notice_id, p.outgoing_id, p.way, p.attempts, p.created_at, p.part, p.part_of, p.part_from, p.part_until FROM posting p ",
        "WHERE p.workspace_id = $1 AND p.state = 'waiting' AND p.due_at <= $2 AND NOT EXISTS (SELECT 1 FROM posting e ",
        "WHERE e.notice_id = p.notice_id AND e.way = p.way AND e.part < p.part AND e.state IN ('waiting', 'sending')) ORDER BY p.due_at, p.id LIMIT $3"
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

/// Whether a notice is held until work begins.
pub async fn has_held(app: &App, ws: Id<Workspace>) -> Result<bool> {
    let statement = sql!(
        "SELECT CAST(1 AS BIGINT) FROM posting WHERE workspace_id = $1 AND state = 'waiting' AND due_at > $2 AND attempts = 0 ",
        "AND notice_id IS NOT NULL LIMIT 1"
    );
    Ok(app.db.find::<(i64,)>(statement, args![ws, app.now()]).await?.is_some())
}

/// What is held until work begins goes now: for one person, or for everybody.
pub async fn release(app: &App, ws: Id<Workspace>, staff: Option<Id<Staff>>) -> Result<()> {
    let statement = sql!(
        "UPDATE posting SET due_at = $3 WHERE workspace_id = $1 AND state = 'waiting' AND due_at > $3 AND attempts = 0 ",
        "AND notice_id IN (SELECT id FROM notice WHERE workspace_id = $1 AND ($4 = 1 OR staff_id = $2))"
    );
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, staff, app.now(), i64::from(staff.is_none())]).await?;
    Ok(tx.commit().await?)
}

/// A letter is not to go after all: its message is none any more, unless somebody is sending it.
pub async fn drop_waiting(tx: &mut Tx, ws: Id<Workspace>, id: Id<Posting>) -> Result<bool> {
    let statement = sql!("DELETE FROM posting WHERE workspace_id = $1 AND id = $2 AND state = 'waiting'");
    Ok(tx.run(statement, args![ws, id]).await? == 1)
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

/// What was to go as one goes as several: `shares` says how many drawn parts each takes. Nothing of it was sent.
pub async fn share(tx: &mut Tx, app: &App, ws: Id<Workspace>, id: Id<Posting>, shares: &[usize]) -> Result<()> {
    let first = sql!(
        "UPDATE posting SET state = 'waiting', attempts = 0, due_at = $3, part = 1, part_of = $4, part_until = $5 ",
        "WHERE workspace_id = $1 AND id = $2 AND state = 'sending' AND part = 0"
    );
    let more = sql!(
        "INSERT INTO posting (id, workspace_id, notice_id, outgoing_id, way, address_id, state, attempts, due_at, fault, created_at, part, part_of, ",
        "part_from, part_until) SELECT $3, workspace_id, notice_id, outgoing_id, way, address_id, 'waiting', 0, $4, '', created_at, ",
        "CAST($5 AS BIGINT), part_of, CAST($6 AS BIGINT), CAST($7 AS BIGINT) FROM posting WHERE workspace_id = $1 AND id = $2"
    );
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let mut until = 0;
    for (nth, share) in (1..).zip(shares) {
        let from = until;
        until += count(*share);
        if nth == 1 {
            if tx.run(first, args![ws, id, app.now(), count(shares.len()), until]).await? == 0 {
                return Ok(());
            }
        } else {
            tx.run(more, args![ws, id, App::new_id::<Posting>(), app.now(), nth, from, until]).await?;
        }
    }
    Ok(())
}

/// Postings that were being sent when their time ended: those of a killed process. All of them when `all`.
pub async fn list_lost(app: &App, ws: Id<Workspace>, all: bool) -> Result<Vec<Due>> {
    let statement = sql!(
        "SELECT id, notice_id, outgoing_id, way, attempts, created_at, part, part_of, part_from, part_until FROM posting ",
        "WHERE workspace_id = $1 AND state = 'sending' ",
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
        ended_at: Option<Time>, name: Option<String>, staff: Option<String>, part: i64, part_of: i64,
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
        part: (f.part, f.part_of),
    };
    (f.notice, row)
}

/// The ways of some notices.
pub async fn list_of(app: &App, ws: Id<Workspace>, notices: &[Id<Notice>]) -> Result<Vec<(Id<Notice>, PostingRow)>> {
    let statement = sql!(
        "SELECT p.id, p.notice_id, p.way, p.state, p.fault, p.attempts, p.due_at, p.created_at, p.ended_at, a.name, CAST(NULL AS TEXT), p.part, p.part_of FROM posting p ",
        "LEFT JOIN notice_address a ON a.id = p.address_id WHERE p.workspace_id = $1 AND p.notice_id IN ($2) ORDER BY p.way, p.part"
    );
    let ids = notices.iter().map(kizashi_db::ToValue::to_value).collect();
    let rows: Vec<Fields> = app.db.list_in(statement, args![ws], ids).await?;
    Ok(rows.into_iter().map(read).filter_map(|(notice, row)| Some((notice?, row))).collect())
}

/// What went out last to members of staff.
pub async fn list_newest(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<PostingRow>> {
    let statement = sql!(
        "SELECT p.id, p.notice_id, p.way, p.state, p.fault, p.attempts, p.due_at, p.created_at, p.ended_at, a.name, s.name, p.part, p.part_of FROM posting p ",
        "JOIN notice n ON n.id = p.notice_id JOIN staff s ON s.id = n.staff_id LEFT JOIN notice_address a ON a.id = p.address_id ",
        "WHERE p.workspace_id = $1 ORDER BY p.created_at DESC, p.notice_id DESC, p.way, p.part LIMIT $2"
    );
    let found: Vec<Fields> = app.db.list(statement, args![ws, rows.min(SHOWN_MAX)]).await?;
    Ok(found.into_iter().map(|f| read(f).1).collect())
}
