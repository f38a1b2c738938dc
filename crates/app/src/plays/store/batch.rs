//! Tables card_batch and card_batch_row: many cards changed at once, and what each was before.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::time::{Day, Time};

use super::life::Life;
use crate::plays::many::Batch;
use crate::{App, Error, Result};

const ROWS_MAX: i64 = 10_000;

pub(in crate::plays) async fn keep_batch(
    tx: &mut Tx,
    ws: Id<Workspace>,
    act: &str,
    (at, by): (Time, Option<Id<Staff>>),
) -> Result<Id<Batch>> {
    let id = App::new_id::<Batch>();
    let statement =
        sql!("INSERT INTO card_batch (id, workspace_id, act, staff_id, happened_at) VALUES ($1, $2, $3, $4, $5)");
    tx.run(statement, args![id, ws, act, by, at]).await?;
    Ok(id)
}

/// What a card was before, and its version since.
pub(in crate::plays) async fn keep_batch_row(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (batch, card): (Id<Batch>, Id<Card>),
    before: &Life,
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO card_batch_row (batch_id, workspace_id, card_id, before, version) VALUES ($1, $2, $3, $4, $5)"
    );
    let text = serde_json::to_string(before).map_err(|e| Error::failed("writing a card", e))?;
    tx.run(statement, args![batch, ws, card, text, before.version + 1]).await?;
    Ok(())
}

/// What a batch did, and how many cards it changed.
pub(in crate::plays) async fn count_batch(
    app: &App,
    ws: Id<Workspace>,
    batch: Id<Batch>,
) -> Result<Option<(String, i64)>> {
    let statement = sql!(
        "SELECT b.act, (SELECT count(*) FROM card_batch_row r WHERE r.workspace_id = $1 AND r.batch_id = b.id) FROM card_batch b ",
        "WHERE b.workspace_id = $1 AND b.id = $2"
    );
    Ok(app.db.find(statement, args![ws, batch]).await?)
}

/// Marks a batch as taken back; when it was. `None` when it is taken back already, or there is none.
pub(in crate::plays) async fn keep_undone(
    tx: &mut Tx,
    ws: Id<Workspace>,
    batch: Id<Batch>,
    at: Time,
) -> Result<Option<Time>> {
    let statement =
        sql!("UPDATE card_batch SET undone_at = $3 WHERE workspace_id = $1 AND id = $2 AND undone_at IS NULL");
    if tx.run(statement, args![ws, batch, at]).await? == 0 {
        return Ok(None);
    }
    let find = sql!("SELECT happened_at FROM card_batch WHERE workspace_id = $1 AND id = $2");
    Ok(tx.find::<(Time,)>(find, args![ws, batch]).await?.map(|(at,)| at))
}

/// Which change of a kind made a card what it is, unless it was taken back.
pub(in crate::plays) async fn find_batch_of(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (card, version): (Id<Card>, i64),
    act: &str,
) -> Result<Option<Id<Batch>>> {
    let statement = sql!(
        "SELECT b.id FROM card_batch_row r JOIN card_batch b ON b.id = r.batch_id WHERE r.workspace_id = $1 AND r.card_id = $2 ",
        "AND r.version = $3 AND b.act = $4 AND b.undone_at IS NULL ORDER BY b.happened_at DESC LIMIT 1"
    );
    Ok(tx.find::<(Id<Batch>,)>(statement, args![ws, card, version, act]).await?.map(|(id,)| id))
}

/// The cards of a batch with what they were before, as it was written down, and their version since.
pub(in crate::plays) async fn list_batch_rows(
    tx: &mut Tx,
    ws: Id<Workspace>,
    batch: Id<Batch>,
) -> Result<Vec<(Id<Card>, String, i64)>> {
    let statement = sql!(
        "SELECT card_id, before, version FROM card_batch_row WHERE workspace_id = $1 AND batch_id = $2 ORDER BY card_id LIMIT $3"
    );
    Ok(tx.list(statement, args![ws, batch, ROWS_MAX]).await?)
}

row! {
    struct TurnedFields { card: Id<Card>, act: String, before: String, due_day: Day, owner: Option<Id<Staff>> }
}

/// An open card that a batch changed, and nobody since.
pub(in crate::plays) struct Turned {
    pub card: Id<Card>,
    pub act: String,
    pub before: Life,
    pub due_day: Day,
    pub owner: Option<Id<Staff>>,
}

/// The cards of a batch that are as it made them.
pub(in crate::plays) async fn list_turned(app: &App, ws: Id<Workspace>, batch: Id<Batch>) -> Result<Vec<Turned>> {
    let statement = sql!(
        "SELECT r.card_id, b.act, r.before, k.due_day, k.owner_id FROM card_batch b JOIN card_batch_row r ON r.batch_id = b.id ",
        "JOIN card k ON k.id = r.card_id WHERE b.workspace_id = $1 AND b.id = $2 AND b.undone_at IS NULL AND k.version = r.version ",
        "AND k.closed_at IS NULL ORDER BY r.card_id LIMIT $3"
    );
    let rows: Vec<TurnedFields> = app.db.list(statement, args![ws, batch, ROWS_MAX]).await?;
    let read = |f: TurnedFields| {
        let before = serde_json::from_str(&f.before).map_err(|e| Error::failed("a card as it was", e))?;
        Ok(Turned { card: f.card, act: f.act, before, due_day: f.due_day, owner: f.owner })
    };
    rows.into_iter().map(read).collect()
}

/// Forgets what the cards of a customer were.
pub(in crate::plays) async fn forget_batch_rows(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let statement = sql!(
        "DELETE FROM card_batch_row WHERE workspace_id = $1 AND card_id IN (SELECT id FROM card WHERE workspace_id = $1 AND customer_id = $2)"
    );
    tx.run(statement, args![ws, customer]).await?;
    Ok(())
}
