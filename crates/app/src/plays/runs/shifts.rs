//! Tables play_shift and play_shift_row: open steps moved, and what each was before.

use kizashi_db::{DbError, Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::time::{Day, Time};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::shift::Shift;
use crate::access::Grant;
use crate::plays::many::Batch;
use crate::{App, Error, Refused, Result};

/// Runs of one move.
const ROWS_MAX: i64 = 50_000;

/// When a step is due, and who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub due: Option<Day>,
    pub owner: Option<Id<Staff>>,
    pub escalated: Option<Day>,
}

/// A step that moved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MovedStep {
    pub task: Uuid,
    pub before: Place,
    pub after: Place,
}

/// A run whose open steps moved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MovedRun {
    pub run: Uuid,
    /// By when all of it was to be done, and who looked after it.
    pub before: (Day, Option<Id<Staff>>),
    pub after: (Day, Option<Id<Staff>>),
    pub steps: Vec<MovedStep>,
}

/// Begins a move; refused when the steps of these cards have moved already.
pub(super) async fn keep_shift(tx: &mut Tx, grant: &Grant, batch: Option<Id<Batch>>, at: Time) -> Result<Id<Shift>> {
    let id = App::new_id::<Shift>();
    let statement =
        sql!("INSERT INTO play_shift (id, workspace_id, batch_id, staff_id, happened_at) VALUES ($1, $2, $3, $4, $5)");
    match tx.run(statement, args![id, grant.workspace(), batch, grant.staff(), at]).await {
        Err(DbError::Conflict(_)) => Err(Refused::Changed.into()),
        other => Ok(other.map(|_| id)?),
    }
}

/// What the steps of a run were before, and since.
pub(super) async fn keep_row(tx: &mut Tx, ws: Id<Workspace>, shift: Id<Shift>, moved: &MovedRun) -> Result<()> {
    let statement = sql!("INSERT INTO play_shift_row (shift_id, workspace_id, run_id, moved) VALUES ($1, $2, $3, $4)");
    let text = serde_json::to_string(moved).map_err(|e| Error::failed("writing a move", e))?;
    tx.run(statement, args![shift, ws, moved.run, text]).await?;
    Ok(())
}

/// Marks a move as taken back; when it was, and the change of cards with which it went. `None` when it is taken back already, or there
/// is none.
pub(super) async fn keep_undone(
    tx: &mut Tx,
    ws: Id<Workspace>,
    shift: Id<Shift>,
    at: Time,
) -> Result<Option<(Time, Option<Id<Batch>>)>> {
    let statement =
        sql!("UPDATE play_shift SET undone_at = $3 WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL");
    if tx.run(statement, args![ws, shift, at]).await? == 0 {
        return Ok(None);
    }
    let find = sql!("SELECT happened_at, batch_id FROM play_shift WHERE workspace_id = $1 AND id = $2");
    Ok(tx.find(find, args![ws, shift]).await?)
}

/// The runs of a move.
pub(super) async fn list_rows(tx: &mut Tx, ws: Id<Workspace>, shift: Id<Shift>) -> Result<Vec<MovedRun>> {
    let statement =
        sql!("SELECT moved FROM play_shift_row WHERE workspace_id = $1 AND shift_id = $2 ORDER BY run_id LIMIT $3");
    let rows: Vec<(String,)> = tx.list(statement, args![ws, shift, ROWS_MAX]).await?;
    rows.iter().map(|(text,)| serde_json::from_str(text).map_err(|e| Error::failed("a run as it was", e))).collect()
}

/// Whether the steps have moved with the cards of a batch.
pub(super) async fn is_followed(app: &App, ws: Id<Workspace>, batch: Id<Batch>) -> Result<bool> {
    let statement =
        sql!("SELECT id FROM play_shift WHERE workspace_id = $1 AND batch_id = $2 AND undone_at IS NULL LIMIT 1");
    Ok(app.db.find::<(Uuid,)>(statement, args![ws, batch]).await?.is_some())
}

/// Forgets what the runs of a customer were.
pub(super) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let statement = sql!(
        "DELETE FROM play_shift_row WHERE workspace_id = $1 AND run_id IN (SELECT id FROM play_run WHERE workspace_id = $1 AND customer_id = $2)"
    );
    tx.run(statement, args![ws, customer]).await?;
    Ok(())
}
