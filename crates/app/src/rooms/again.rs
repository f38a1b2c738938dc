//! What is open again in a room is with whoever took over from those who had it.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id, Room, Staff};
use kizashi_domain::time::Time;
use uuid::Uuid;

use super::store;
use crate::access::Grant;
use crate::taken_over::{Again, find_taker};
use crate::{App, Result};

/// People and actions of one room.
const ROWS_MAX: i64 = 1_000;

/// A room and since when it was closed; `None` when it is open.
async fn find_closed(
    tx: &mut Tx,
    grant: &Grant,
    room: Id<Room>,
) -> Result<Option<(Id<Customer>, Option<Id<Staff>>, Time)>> {
    let find = sql!(
        "SELECT customer_id, owner_id, closed_at FROM room WHERE workspace_id = $1 AND id = $2 AND closed_at IS NOT NULL"
    );
    Ok(tx.find(find, args![grant.workspace(), room]).await?)
}

/// Gives what is open in a closed room that is about to be open again to whoever has it now: itself, places in its team and open actions.
pub(super) async fn settle(tx: &mut Tx, app: &App, grant: &Grant, room: Id<Room>) -> Result<()> {
    let ws = grant.workspace();
    let Some((customer, owner, since)) = find_closed(tx, grant, room).await? else { return Ok(()) };
    let again = |owner| Again { owner, customer: Some(customer), since };
    if let Some(owner) = owner {
        let taker = find_taker(tx, ws, again(owner)).await?;
        if taker != owner {
            store::give_room(tx, app, grant, room, taker).await?;
        }
    }
    let members = sql!(
        "SELECT staff_id, part FROM room_member WHERE workspace_id = $1 AND room_id = $2 ORDER BY added_at, staff_id LIMIT $3"
    );
    let members: Vec<(Id<Staff>, String)> = tx.list(members, args![ws, room, ROWS_MAX]).await?;
    for (staff, part) in members {
        let taker = find_taker(tx, ws, again(staff)).await?;
        if taker != staff {
            store::give_place(tx, app, ws, room, (staff, taker, &part)).await?;
        }
    }
    let actions = sql!(
        "SELECT id, owner_id FROM room_action WHERE workspace_id = $1 AND room_id = $2 AND owner_id IS NOT NULL ",
        "AND done_at IS NULL AND removed_at IS NULL ORDER BY id LIMIT $3"
    );
    let actions: Vec<(Uuid, Id<Staff>)> = tx.list(actions, args![ws, room, ROWS_MAX]).await?;
    for (action, owner) in actions {
        let taker = find_taker(tx, ws, again(owner)).await?;
        if taker != owner {
            store::give_action(tx, ws, action, taker).await?;
        }
    }
    Ok(())
}

row! {
    struct Over { customer: Id<Customer>, owner: Id<Staff>, done_at: Option<Time>, removed_at: Option<Time> }
}

/// Gives an action that is about to be open again to whoever has it now.
pub(super) async fn settle_action(tx: &mut Tx, grant: &Grant, action: Uuid) -> Result<()> {
    let ws = grant.workspace();
    let find = sql!(
        "SELECT r.customer_id, a.owner_id, a.done_at, a.removed_at FROM room_action a JOIN room r ON r.id = a.room_id ",
        "WHERE a.workspace_id = $1 AND a.id = $2 AND a.owner_id IS NOT NULL"
    );
    let Some(over) = tx.find::<Over>(find, args![ws, action]).await? else { return Ok(()) };
    // Both: it was no work since the first of them.
    let Some(since) = over.done_at.into_iter().chain(over.removed_at).min() else { return Ok(()) };
    let again = Again { owner: over.owner, customer: Some(over.customer), since };
    let taker = find_taker(tx, ws, again).await?;
    if taker == over.owner { Ok(()) } else { store::give_action(tx, ws, action, taker).await }
}
