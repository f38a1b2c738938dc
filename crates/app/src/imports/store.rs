//! Tables import_run and import_map: what was brought in by files, and how files with the same headings were read.

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Id, Import, Staff, Workspace};
use kizashi_domain::intake::Wish;
use kizashi_domain::time::Time;

use super::{ImportRow, Report, State};
use crate::access::{Grant, record_audit};
use crate::{App, Error, Result};

row! {
    pub(super) struct RunRow {
        pub id: Id<Import>, pub state: String, pub kind: String, pub source: String, pub file_name: String, pub file_bytes: i64,
        pub staff: Option<String>, pub started_at: Time, pub undone_at: Option<Time>, pub undone_by: Option<String>, pub wish: String,
        pub report: String, pub accepted: i64, pub duplicate: i64, pub refused: i64,
    }
}

macro_rules! run_columns {
    () => {
        "r.id, r.state, r.kind, r.source, r.file_name, r.file_bytes, s.name, r.started_at, r.undone_at, u.name, r.wish, r.report, r.accepted, \
         r.duplicate, r.refused FROM import_run r LEFT JOIN staff s ON s.id = r.staff_id LEFT JOIN staff u ON u.id = r.undone_by "
    };
}

impl RunRow {
    pub(super) fn view(self, app: &App) -> ImportRow {
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let mut report: Report = serde_json::from_str(&self.report).unwrap_or_default();
        if self.report.is_empty() {
            // Of long ago: only the counts are known.
            (report.added, report.same, report.refused) =
                (count(self.accepted), count(self.duplicate), count(self.refused));
        }
        ImportRow {
            progress: app.imports.find(self.id),
            id: self.id,
            state: State::parse(&self.state),
            kind: self.kind,
            source: self.source,
            file_name: self.file_name,
            file_bytes: self.file_bytes,
            staff: self.staff,
            started_at: self.started_at,
            undone_at: self.undone_at,
            undone_by: self.undone_by,
            wish: serde_json::from_str(&self.wish).unwrap_or_default(),
            report,
        }
    }
}

pub(super) async fn list_runs(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<RunRow>> {
    let statement =
        sql!("SELECT ", run_columns!(), "WHERE r.workspace_id = $1 ORDER BY r.started_at DESC, r.id DESC LIMIT $2");
    Ok(app.db.list(statement, args![ws, rows]).await?)
}

pub(super) async fn find_run(app: &App, ws: Id<Workspace>, id: Id<Import>) -> Result<Option<RunRow>> {
    let statement = sql!("SELECT ", run_columns!(), "WHERE r.workspace_id = $1 AND r.id = $2");
    Ok(app.db.find(statement, args![ws, id]).await?)
}

/// A new import, as it begins.
pub(super) struct NewRun<'a> {
    pub id: Id<Import>,
    pub state: State,
    pub kind: &'a str,
    pub wish: &'a Wish,
    pub file_name: &'a str,
    pub file_bytes: i64,
    pub staff: Option<Id<Staff>>,
    pub at: Time,
}

fn to_text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::failed("an import", e))
}

pub(super) async fn insert_run(app: &App, ws: Id<Workspace>, new: &NewRun<'_>) -> Result<()> {
    let statement = sql!(
        "INSERT INTO import_run (id, workspace_id, kind, source, accepted, duplicate, refused, started_at, finished_at, state, file_name, ",
        "file_bytes, staff_id, wish, report) VALUES ($1, $2, $3, $4, 0, 0, 0, $5, $5, $6, $7, $8, $9, $10, '')"
    );
    let wish = to_text(new.wish)?;
    let mut tx = app.db.write().await?;
    let (kind, source, state) = (new.kind, new.wish.source.as_str(), new.state.word());
    tx.run(statement, args![new.id, ws, kind, source, new.at, state, new.file_name, new.file_bytes, new.staff, wish])
        .await?;
    Ok(tx.commit().await?)
}

/// Another wish: what was tried before no longer holds.
pub(super) async fn keep_wish(app: &App, ws: Id<Workspace>, id: Id<Import>, wish: &Wish) -> Result<u64> {
    let statement = sql!(
        "UPDATE import_run SET wish = $3, source = $4, report = '' WHERE workspace_id = $1 AND id = $2 AND state IN ('draft', 'failed')"
    );
    let text = to_text(wish)?;
    let mut tx = app.db.write().await?;
    let changed = tx.run(statement, args![ws, id, text, wish.source.as_str()]).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Takes an import from one of some states to another; whether it was in one of them.
pub(super) async fn move_on(app: &App, ws: Id<Workspace>, id: Id<Import>, from: &[State], to: State) -> Result<bool> {
    let statement = sql!(
        "UPDATE import_run SET state = $3, started_at = CASE WHEN $3 = 'keeping' THEN $4 ELSE started_at END ",
        "WHERE workspace_id = $1 AND id = $2 AND state = $5"
    );
    let mut tx = app.db.write().await?;
    let mut moved = 0;
    for state in from {
        moved += tx.run(statement, args![ws, id, to.word(), app.now(), state.word()]).await?;
        if moved > 0 {
            break;
        }
    }
    tx.commit().await?;
    Ok(moved > 0)
}

pub(super) async fn keep_report(
    app: &App,
    ws: Id<Workspace>,
    id: Id<Import>,
    state: State,
    report: &Report,
) -> Result<()> {
    let statement = sql!(
        "UPDATE import_run SET state = $3, report = $4, accepted = $5, duplicate = $6, refused = $7, finished_at = $8, ",
        "kind = CASE WHEN $9 = '' THEN kind ELSE $9 END WHERE workspace_id = $1 AND id = $2"
    );
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let text = to_text(report)?;
    let kind = report.kind.map_or("", |k| k.word());
    let accepted = count(report.added + report.changed + report.deleted);
    let (same, refused) = (count(report.same), count(report.refused));
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, id, state.word(), text, accepted, same, refused, app.now(), kind]).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn keep_undone(app: &App, grant: &Grant, id: Id<Import>, report: &Report) -> Result<()> {
    let statement = sql!(
        "UPDATE import_run SET state = 'undone', report = $3, undone_at = $4, undone_by = $5 WHERE workspace_id = $1 AND id = $2"
    );
    let text = to_text(report)?;
    let mut tx = app.db.write().await?;
    tx.run(statement, args![grant.workspace(), id, text, app.now(), grant.staff()]).await?;
    record_audit(&mut tx, app, grant, "import_undo", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn drop_run(app: &App, ws: Id<Workspace>, id: Id<Import>) -> Result<u64> {
    let statement = sql!("DELETE FROM import_run WHERE workspace_id = $1 AND id = $2 AND state = 'draft'");
    let mut tx = app.db.write().await?;
    let dropped = tx.run(statement, args![ws, id]).await?;
    tx.commit().await?;
    Ok(dropped)
}

/// Drafts that nobody went on with.
pub(super) async fn drop_old_drafts(app: &App, ws: Id<Workspace>, before: Time) -> Result<()> {
    let statement = sql!("DELETE FROM import_run WHERE workspace_id = $1 AND state = 'draft' AND started_at < $2");
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, before]).await?;
    Ok(tx.commit().await?)
}

/// Whether a person began an import.
pub(super) async fn is_by(app: &App, ws: Id<Workspace>, id: Id<Import>, staff: Id<Staff>) -> Result<bool> {
    let statement = sql!("SELECT 1 FROM import_run WHERE workspace_id = $1 AND id = $2 AND staff_id = $3");
    Ok(app.db.find::<(i64,)>(statement, args![ws, id, staff]).await?.is_some())
}

/// How a file with these headings was read last.
pub(super) async fn find_map(app: &App, ws: Id<Workspace>, shape: &str) -> Result<Option<Wish>> {
    let statement = sql!("SELECT wish FROM import_map WHERE workspace_id = $1 AND shape = $2");
    let found: Option<(String,)> = app.db.find(statement, args![ws, shape]).await?;
    Ok(found.and_then(|(text,)| serde_json::from_str(&text).ok()))
}

pub(super) async fn keep_map(app: &App, ws: Id<Workspace>, shape: &str, wish: &Wish) -> Result<()> {
    let statement = sql!(
        "INSERT INTO import_map (workspace_id, shape, wish, used_at) VALUES ($1, $2, $3, $4) ",
        "ON CONFLICT (workspace_id, shape) DO UPDATE SET wish = excluded.wish, used_at = excluded.used_at"
    );
    let text = to_text(wish)?;
    let mut tx = app.db.write().await?;
    tx.run(statement, args![ws, shape, text, app.now()]).await?;
    Ok(tx.commit().await?)
}
