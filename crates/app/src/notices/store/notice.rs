//! Tables notice and notice_answer, and who is told.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Notice, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::time::{Day, Time};

use crate::notices::{NewNotice, NoticeRow};
use crate::plays::Batch;
use crate::{App, Error, Result};

/// People who are told in the morning, in one go.
const STAFF_MAX: i64 = 1_000;
/// Managers that are told of what belongs to nobody.
const MANAGERS_MAX: i64 = 20;

row! {
    struct Fields {
        id: Id<Notice>, card: Option<Id<Card>>, customer: Option<Id<Customer>>, page: String, content: String, created_at: Time,
        seen_at: Option<Time>,
    }
}

fn read(f: Fields) -> Option<NoticeRow> {
    Some(NoticeRow {
        id: f.id,
        card: f.card,
        customer: f.customer,
        page: f.page,
        content: serde_json::from_str(&f.content).ok()?,
        created_at: f.created_at,
        seen_at: f.seen_at,
        postings: Vec::new(),
    })
}

/// Writes a notice down; `None` when its key was told this person already.
pub async fn insert(tx: &mut Tx, app: &App, ws: Id<Workspace>, new: &NewNotice<'_>) -> Result<Option<Id<Notice>>> {
    let id: Id<Notice> = App::new_id();
    let content = serde_json::to_string(new.content).map_err(|e| Error::failed("a notice", e))?;
    let statement = sql!(
        "INSERT INTO notice (id, workspace_id, staff_id, key, card_id, customer_id, page, content, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (workspace_id, staff_id, key) DO NOTHING"
    );
    let values = args![id, ws, new.staff, new.key, new.card, new.customer, new.page, content, app.now()];
    Ok((tx.run(statement, values).await? == 1).then_some(id))
}

/// Notices of somebody, the newest first, those before an instant and id.
pub async fn list(
    app: &App,
    ws: Id<Workspace>,
    staff: Id<Staff>,
    before: Option<(Time, Id<Notice>)>,
    rows: i64,
) -> Result<Vec<NoticeRow>> {
    let (at, id) = before.unwrap_or((Time(i64::MAX), Id::from_uuid(uuid::Uuid::nil())));
    let statement = sql!(
        "SELECT id, card_id, customer_id, page, content, created_at, seen_at FROM notice WHERE workspace_id = $1 AND staff_id = $2 ",
        "AND (created_at < $3 OR (created_at = $3 AND id < $4)) ORDER BY created_at DESC, id DESC LIMIT $5"
    );
    let found: Vec<Fields> = app.db.list(statement, args![ws, staff, at, id, rows]).await?;
    Ok(found.into_iter().filter_map(read).collect())
}

pub async fn find(app: &App, ws: Id<Workspace>, id: Id<Notice>) -> Result<Option<(Id<Staff>, NoticeRow)>> {
    let statement = sql!(
        "SELECT id, card_id, customer_id, page, content, created_at, seen_at FROM notice WHERE workspace_id = $1 AND id = $2"
    );
    let found: Option<Fields> = app.db.find(statement, args![ws, id]).await?;
    let whose = sql!("SELECT staff_id FROM notice WHERE workspace_id = $1 AND id = $2");
    let staff: Option<(Id<Staff>,)> = app.db.find(whose, args![ws, id]).await?;
    Ok(found.and_then(read).zip(staff).map(|(notice, (staff,))| (staff, notice)))
}

pub async fn count_unseen(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<i64> {
    let statement = sql!("SELECT count(*) FROM notice WHERE workspace_id = $1 AND staff_id = $2 AND seen_at IS NULL");
    Ok(app.db.find::<(i64,)>(statement, args![ws, staff]).await?.map_or(0, |(n,)| n))
}

/// Somebody has seen one notice, or all of theirs.
pub async fn keep_seen(app: &App, ws: Id<Workspace>, staff: Id<Staff>, one: Option<Id<Notice>>) -> Result<()> {
    let any = i64::from(one.is_none());
    let statement = sql!(
        "UPDATE notice SET seen_at = $5 WHERE workspace_id = $1 AND staff_id = $2 AND seen_at IS NULL AND ($3 = 1 OR id = $4)"
    );
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, staff, any, one, app.now()]).await?;
    Ok(tx.commit().await?)
}

/// Who has no notice with this key yet, of those who were there at an instant.
pub async fn list_untold(app: &App, ws: Id<Workspace>, key: &str, since: Time) -> Result<Vec<Id<Staff>>> {
    let statement = sql!(
        "SELECT s.id FROM staff s WHERE s.workspace_id = $1 AND s.left_at IS NULL AND s.created_at <= $3 AND s.role IN ('admin', 'manager', 'csm', 'other', 'audit') ",
        "AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.workspace_id = $1 AND n.staff_id = s.id AND n.key = $2) ORDER BY s.id LIMIT $4"
    );
    let rows: Vec<(Id<Staff>,)> = app.db.list(statement, args![ws, key, since, STAFF_MAX]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

row! {
    /// A sign that is told at once. An owner who has left is none.
    pub struct Cause {
        pub card: Id<Card>, pub customer: Option<Id<Customer>>, pub rule: String, pub day: Day, pub because: String,
        pub owner: Option<Id<Staff>>, pub owner_name: Option<String>, pub subject: String, pub what: String, pub due: Day,
        pub name: Option<String>, pub mrr_minor: Option<i64>,
    }
}

row! {
    /// What a card asks for. An owner who has left is none.
    pub struct CardWork { pub what: String, pub due: Day, pub owner: Option<String> }
}

impl Cause {
    /// A text of the table.
    pub fn text(json: &str) -> Text {
        serde_json::from_str(json).unwrap_or_else(|_| Text { ja: json.to_owned(), en: json.to_owned() })
    }
}

/// Signs of a rule on open cards that were written down in `(after, until]` and fired since a day.
pub async fn list_causes(
    app: &App,
    ws: Id<Workspace>,
    rule: &str,
    (after, until): (Time, Time),
    since: Day,
    rows: i64,
) -> Result<Vec<Cause>> {
    let statement = sql!(
        "SELECT k.id, k.customer_id, r.rule, r.fired_day, r.because, o.id, o.name, k.subject, k.what, k.due_day, c.name, s.mrr_minor ",
        "FROM card_cause r JOIN card k ON k.id = r.card_id LEFT JOIN customer c ON c.id = k.customer_id ",
        "LEFT JOIN staff o ON o.id = k.owner_id AND o.left_at IS NULL ",
        "LEFT JOIN standing s ON s.customer_id = k.customer_id ",
        "WHERE r.workspace_id = $1 AND r.rule = $2 AND r.recorded_at > $3 AND r.recorded_at <= $4 AND r.fired_day >= $5 ",
        "AND k.closed_at IS NULL ORDER BY r.recorded_at DESC, k.id LIMIT $6"
    );
    Ok(app.db.list(statement, args![ws, rule, after, until, since, rows]).await?)
}

/// Who is told of what belongs to nobody: managers, or administrators where nobody manages.
pub async fn list_managers(app: &App, ws: Id<Workspace>) -> Result<Vec<Id<Staff>>> {
    let statement = sql!(
        "SELECT id, role FROM staff WHERE workspace_id = $1 AND left_at IS NULL AND role IN ('manager', 'admin') ",
        "ORDER BY created_at, id LIMIT $2"
    );
    let rows: Vec<(Id<Staff>, String)> = app.db.list(statement, args![ws, MANAGERS_MAX]).await?;
    let has_manager = rows.iter().any(|(_, role)| role == "manager");
    Ok(rows.into_iter().filter(|(_, role)| !has_manager || role == "manager").map(|(id, _)| id).collect())
}

/// What a card asks for.
pub async fn find_card_work(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Option<CardWork>> {
    let statement = sql!(
        "SELECT k.what, k.due_day, o.name FROM card k LEFT JOIN staff o ON o.id = k.owner_id AND o.left_at IS NULL ",
        "WHERE k.workspace_id = $1 AND k.id = $2"
    );
    Ok(app.db.find(statement, args![ws, card]).await?)
}

/// Name of a member of staff who is there.
pub async fn find_staff_name(app: &App, ws: Id<Workspace>, staff: Id<Staff>) -> Result<Option<String>> {
    let statement = sql!("SELECT name FROM staff WHERE workspace_id = $1 AND id = $2 AND left_at IS NULL");
    Ok(app.db.find::<(String,)>(statement, args![ws, staff]).await?.map(|(name,)| name))
}

/// Name of a customer.
pub async fn find_name(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Option<String>> {
    let statement = sql!("SELECT name FROM customer WHERE workspace_id = $1 AND id = $2");
    Ok(app.db.find::<(String,)>(statement, args![ws, customer]).await?.map(|(name,)| name))
}

/// Whether somebody was told this.
pub async fn is_told(app: &App, ws: Id<Workspace>, staff: Id<Staff>, key: &str) -> Result<bool> {
    let statement = sql!("SELECT CAST(1 AS BIGINT) FROM notice WHERE workspace_id = $1 AND staff_id = $2 AND key = $3");
    Ok(app.db.find::<(i64,)>(statement, args![ws, staff, key]).await?.is_some())
}

/// How much somebody was told since an instant.
pub async fn count_since(app: &App, ws: Id<Workspace>, staff: Id<Staff>, since: Time) -> Result<i64> {
    let statement = sql!("SELECT count(*) FROM notice WHERE workspace_id = $1 AND staff_id = $2 AND created_at > $3");
    Ok(app.db.find::<(i64,)>(statement, args![ws, staff, since]).await?.map_or(0, |(n,)| n))
}

/// A link was used; whether for the first time.
pub async fn insert_answer(app: &App, ws: Id<Workspace>, hash: &str, staff: Id<Staff>, card: Id<Card>) -> Result<bool> {
    let statement = sql!(
        "INSERT INTO notice_answer (workspace_id, token_hash, staff_id, card_id, answered_at) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (workspace_id, token_hash) DO NOTHING"
    );
    let mut tx = app.db.write().await?;
    let changed = tx.run(statement, args![ws, hash, staff, card, app.now()]).await?;
    tx.commit().await?;
    Ok(changed == 1)
}

/// The answer did not hold: the link may be used again.
pub async fn drop_answer(app: &App, ws: Id<Workspace>, hash: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let statement = sql!("DELETE FROM notice_answer WHERE workspace_id = $1 AND token_hash = $2");
    tx.run(statement, args![ws, hash]).await?;
    Ok(tx.commit().await?)
}

/// Which change of its card an answer was.
pub async fn keep_batch(app: &App, ws: Id<Workspace>, hash: &str, batch: Option<Id<Batch>>) -> Result<()> {
    let statement = sql!("UPDATE notice_answer SET batch_id = $3 WHERE workspace_id = $1 AND token_hash = $2");
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, hash, batch]).await?;
    Ok(tx.commit().await?)
}

/// The change of its card that an answer was; none = it changed nothing.
pub async fn find_batch(app: &App, ws: Id<Workspace>, hash: &str) -> Result<Option<Id<Batch>>> {
    let statement = sql!("SELECT batch_id FROM notice_answer WHERE workspace_id = $1 AND token_hash = $2");
    Ok(app.db.find::<(Option<Id<Batch>>,)>(statement, args![ws, hash]).await?.and_then(|(batch,)| batch))
}

/// Whether a link was used, and whether that was taken back.
pub async fn find_answer(app: &App, ws: Id<Workspace>, hash: &str) -> Result<Option<bool>> {
    let statement = sql!("SELECT undone_at FROM notice_answer WHERE workspace_id = $1 AND token_hash = $2");
    let found: Option<(Option<Time>,)> = app.db.find(statement, args![ws, hash]).await?;
    Ok(found.map(|(undone,)| undone.is_some()))
}

/// An answer is taken back; whether it was not before.
pub async fn keep_undone(app: &App, ws: Id<Workspace>, hash: &str) -> Result<bool> {
    let statement = sql!(
        "UPDATE notice_answer SET undone_at = $3 WHERE workspace_id = $1 AND token_hash = $2 AND undone_at IS NULL"
    );
    let mut tx = app.db.write().await?;
    let changed = tx.run(statement, args![ws, hash, app.now()]).await?;
    tx.commit().await?;
    Ok(changed == 1)
}
