//! What a person has to do with cards beside owning them, given to another: helping, and words in which they are meant.

use kizashi_db::Tx;
use kizashi_domain::id::{Customer, Id, Staff};
use uuid::Uuid;

use super::store;
use crate::access::Grant;
use crate::{App, Result};

/// Gives what one person helps with, and words on cards that they have not seen, to another: of one customer, or all. Which: `help`,
/// `help_place` (the other helps already) or `told`, and the id.
pub(crate) async fn hand_beside(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    customer: Option<Id<Customer>>,
    of: (Id<Staff>, Id<Staff>),
) -> Result<Vec<(&'static str, Uuid)>> {
    let ws = grant.workspace();
    let mut given = store::move_associates(tx, ws, customer, of, (app.now(), grant.staff())).await?;
    let told = store::move_mentions(tx, ws, customer, of, app.now()).await?;
    given.extend(told.into_iter().map(|step| ("told", step)));
    Ok(given)
}

/// Gives one of these back; whether it went.
pub(crate) async fn return_beside(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    (kind, id): (&str, Uuid),
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<bool> {
    let (ws, by) = (grant.workspace(), (app.now(), grant.staff()));
    let card = Id::from_uuid(id);
    match kind {
        "told" => store::move_mention(tx, ws, id, (from, to), app.now()).await,
        "help_place" => store::keep_associate(tx, ws, (card, to), by).await,
        _ => {
            let was = store::drop_associate(tx, ws, (card, from)).await?;
            Ok(was && store::keep_associate(tx, ws, (card, to), by).await?)
        }
    }
}
