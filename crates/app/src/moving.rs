//! Rows of a customer, given to another one.

use kizashi_db::{Statement, Tx, args};
use kizashi_domain::id::{Customer, Id, Workspace};
use uuid::Uuid;

use crate::Result;

/// Gives rows to another customer: all, or these. Which. The first statement finds their ids (workspace, customer), the second
/// gives one away (workspace, id, customer).
pub(crate) async fn move_rows(
    tx: &mut Tx,
    (find, give): (&'static Statement, &'static Statement),
    ws: Id<Workspace>,
    (from, to): (Id<Customer>, Id<Customer>),
    only: Option<&[Uuid]>,
) -> Result<Vec<Uuid>> {
    let found: Vec<(Uuid,)> = tx.list(find, args![ws, from]).await?;
    let moved: Vec<Uuid> =
        found.into_iter().map(|(id,)| id).filter(|id| only.is_none_or(|only| only.contains(id))).collect();
    for id in &moved {
        tx.run(give, args![ws, *id, to]).await?;
    }
    Ok(moved)
}
