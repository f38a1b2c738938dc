//! Tables customer_merge, customer_merge_row: one customer goes into another, and comes out of it again. Records go over whole;
//! the row of the customer and its fields are handed to whoever asks, to be kept until they come back.

use kizashi_db::{Statement, Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Merge, Workspace};
use kizashi_domain::text::Searchable;
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::customers::{GoneCustomer, adopt, give_back_children, put_gone, read_gone, remove_customer};
use super::fields::{GoneField, put_gone_fields, read_gone_fields};
use super::texts::index_text;
use super::versions::move_versions;
use crate::intake::keep::Keeping;
use crate::{App, Refused, Result};

/// Who went into whom: code that is gone, code that stands for it.
pub(in crate::intake) async fn list_merged(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, String)>> {
    let statement = sql!(
        "SELECT gone_code, into_code FROM customer_merge WHERE workspace_id = $1 AND undone_at IS NULL ORDER BY id LIMIT 1000000"
    );
    Ok(app.db.list(statement, args![ws]).await?)
}

/// Notes that a new record came under a code that is gone: it goes back with it.
pub(super) async fn note_home<T>(tx: &mut Tx, k: &Keeping<'_>, code: &str, kind: &str, id: Id<T>) -> Result<()> {
    if !k.joined.is_gone(code) {
        return Ok(());
    }
    let statement = sql!(
        "INSERT INTO customer_merge_row (merge_id, kind, object_id) SELECT id, $3, $4 FROM customer_merge ",
        "WHERE workspace_id = $1 AND gone_code = $2 AND undone_at IS NULL ON CONFLICT (merge_id, kind, object_id) DO NOTHING"
    );
    tx.run(statement, args![k.workspace, code, kind, id]).await?;
    Ok(())
}

/// A customer that went into another, with what its fields ever said.
#[derive(Serialize, Deserialize)]
pub(crate) struct Gone {
    /// Its row.
    pub customer: GoneCustomer,
    /// Its fields.
    pub fields: Vec<GoneField>,
}

/// The records that go over whole: kind; those of a customer noted; given to another; given back.
macro_rules! moved {
    ($($table:literal),*) => {
        [$((
            sql!(
                "INSERT INTO customer_merge_row (merge_id, kind, object_id) SELECT $3, '", $table, "', id FROM ", $table,
                " WHERE workspace_id = $1 AND customer_id = $2"
            ),
            sql!("UPDATE ", $table, " SET customer_id = $3 WHERE workspace_id = $1 AND customer_id = $2"),
            sql!(
                "UPDATE ", $table, " SET customer_id = $3 WHERE workspace_id = $1 AND customer_id = $2 AND id IN ",
                "(SELECT object_id FROM customer_merge_row WHERE merge_id = $4 AND kind = '", $table, "')"
            ),
        )),*]
    };
}

type Moved = (&'static Statement, &'static Statement, &'static Statement);

const MOVED: [Moved; 6] = moved!("contact", "contract", "activity", "ticket", "response", "deal");

const INSERT_ROW: &Statement = sql!(
    "INSERT INTO customer_merge_row (merge_id, kind, object_id) VALUES ($1, $2, $3) ON CONFLICT (merge_id, kind, object_id) DO NOTHING"
);

/// Notes what went over with a merge.
pub(crate) async fn note_rows(tx: &mut Tx, merge: Id<Merge>, kind: &str, rows: &[Uuid]) -> Result<()> {
    tx.run_many(INSERT_ROW, rows.iter().map(|id| args![merge, kind, *id]).collect()).await?;
    Ok(())
}

/// What went over with a merge, of one kind.
pub(crate) async fn find_rows(tx: &mut Tx, merge: Id<Merge>, kind: &str) -> Result<Vec<Uuid>> {
    let find = sql!(
        "SELECT object_id FROM customer_merge_row WHERE merge_id = $1 AND kind = $2 ORDER BY object_id LIMIT 1000000"
    );
    Ok(tx.list::<(Uuid,)>(find, args![merge, kind]).await?.into_iter().map(|(id,)| id).collect())
}

/// Begins a merge: the records of `gone` are those of `into`. What is left of `gone` is to be kept by whoever calls, with
/// [`end_merge`].
pub(crate) async fn begin_merge(
    tx: &mut Tx,
    k: &Keeping<'_>,
    merge: Id<Merge>,
    (gone, into): (Id<Customer>, Id<Customer>),
    (gone_code, into_code): (&str, &str),
) -> Result<Gone> {
    let ws = k.workspace;
    let customer = read_gone(tx, ws, gone).await?.ok_or(Refused::NotFound)?;
    let fields = read_gone_fields(tx, ws, gone).await?;
    let statement = sql!(
        "INSERT INTO customer_merge (id, workspace_id, into_code, gone_code, gone_id, gone_name, gone, merged_at, staff_id) ",
        "VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8)"
    );
    let values = args![merge, ws, into_code, gone_code, gone, customer.name, k.received_at, k.author];
    tx.run(statement, values).await?;
    for (note, go, _) in MOVED {
        tx.run(note, args![ws, gone, merge]).await?;
        tx.run(go, args![ws, gone, into]).await?;
    }
    let versions = move_versions(tx, ws, (gone, into), None).await?;
    note_rows(tx, merge, "version", &versions).await?;
    let children = sql!(
        "INSERT INTO customer_merge_row (merge_id, kind, object_id) SELECT $3, 'child', id FROM customer WHERE workspace_id = $1 AND parent_id = $2"
    );
    tx.run(children, args![ws, gone, merge]).await?;
    adopt(tx, ws, (gone, into), customer.parent_id).await?;
    Ok(Gone { customer, fields })
}

/// Ends a merge: the customer is gone, and what is left of it is kept as `shelf`.
pub(crate) async fn end_merge(
    tx: &mut Tx,
    k: &Keeping<'_>,
    merge: Id<Merge>,
    gone: Id<Customer>,
    shelf: &str,
) -> Result<()> {
    tx.run(sql!("UPDATE customer_merge SET gone = $2 WHERE id = $1"), args![merge, shelf]).await?;
    crate::intake::ownership::forget_conflicts(tx, k.workspace, gone).await?;
    remove_customer(tx, k.workspace, gone).await?;
    index_text(tx, k.workspace, Searchable::Customer, (gone, false), Time(0), "").await
}

/// Puts the customer of a merge back, with the records that came from it or for it.
pub(crate) async fn undo_merge(
    tx: &mut Tx,
    k: &Keeping<'_>,
    merge: Id<Merge>,
    (gone, into): (Id<Customer>, Id<Customer>),
    shelf: &Gone,
) -> Result<()> {
    let ws = k.workspace;
    put_gone(tx, ws, gone, &shelf.customer).await?;
    put_gone_fields(tx, ws, gone, &shelf.fields).await?;
    for (_, _, back) in MOVED {
        tx.run(back, args![ws, into, gone, merge]).await?;
    }
    let versions = find_rows(tx, merge, "version").await?;
    move_versions(tx, ws, (into, gone), Some(&versions)).await?;
    let children = find_rows(tx, merge, "child").await?;
    give_back_children(tx, ws, gone, &children).await?;
    let settle =
        sql!("UPDATE customer_merge SET undone_at = $3, undone_by = $4, gone = '' WHERE workspace_id = $1 AND id = $2");
    tx.run(settle, args![ws, merge, k.received_at, k.author]).await?;
    tx.run(sql!("DELETE FROM customer_merge_row WHERE merge_id = $1"), args![merge]).await?;
    Ok(())
}
