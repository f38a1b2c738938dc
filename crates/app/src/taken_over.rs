//! With whom something is that becomes open again. What is over stays written with whoever had it; when it opens again after a
//! handover it is where it would be, had it been open all along.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Customer, Handover, Id, Staff, Workspace};
use kizashi_domain::time::Time;

use crate::Result;

/// The kind of a handover's row that says who has what of a customer, or of all others, becomes open again.
pub(crate) const AGAIN: &str = "again";
/// Handovers that one thing goes through.
const HOPS_MAX: usize = 100;

/// Something that is open again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Again {
    /// Whose it was.
    pub owner: Id<Staff>,
    /// The customer that it is about.
    pub customer: Option<Id<Customer>>,
    /// Since when it was no work of theirs; handovers before that had nothing to do with it.
    pub since: Time,
}

/// With whom it is now: whoever took over what its owner had, and so on. Of somebody who has left it goes to the owner of the customer.
pub(crate) async fn find_taker(tx: &mut Tx, ws: Id<Workspace>, again: Again) -> Result<Id<Staff>> {
    let find = sql!(
        "SELECT h.id, i.to_id, h.created_at FROM handover h JOIN handover_item i ON i.handover_id = h.id WHERE h.workspace_id = $1 ",
        "AND h.from_id = $2 AND h.undone_at IS NULL AND h.created_at >= $3 ",
        "AND ((i.kind IN ('again', 'customer') AND i.object_id = $4) OR (i.kind = 'again' AND i.object_id = h.id)) ",
        // What is said of the customer itself goes before what is said of all others.
        "ORDER BY h.created_at, h.id, CASE WHEN i.object_id = $4 THEN 0 ELSE 1 END LIMIT 1000"
    );
    let (mut owner, mut since, mut gone) = (again.owner, again.since, Vec::new());
    while gone.len() < HOPS_MAX {
        let found: Vec<(Id<Handover>, Id<Staff>, Time)> =
            tx.list(find, args![ws, owner, since, again.customer]).await?;
        let Some((handover, to, at)) = found.into_iter().find(|(id, ..)| !gone.contains(id)) else { break };
        gone.push(handover);
        (owner, since) = (to, at);
    }
    let find = sql!(
        "SELECT o.id FROM staff s JOIN customer c ON c.workspace_id = s.workspace_id AND c.id = $3 ",
        "JOIN staff o ON o.id = c.owner_id AND o.left_at IS NULL ",
        "WHERE s.workspace_id = $1 AND s.id = $2 AND s.left_at IS NOT NULL"
    );
    let instead: Option<(Id<Staff>,)> = tx.find(find, args![ws, owner, again.customer]).await?;
    Ok(instead.map_or(owner, |(id,)| id))
}
