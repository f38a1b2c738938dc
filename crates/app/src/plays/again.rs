//! A card that is open again is with whoever took over from those who had it.

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::time::Time;
use uuid::Uuid;

use super::store::{self, Life, Step};
use crate::Result;
use crate::taken_over::{Again, find_taker};

/// Gives a card that was just opened again to whoever has it now, and its helpers likewise. `since` = when it was so last; `by` = when it
/// was opened again, and who did.
pub(super) async fn settle(
    tx: &mut Tx,
    ws: Id<Workspace>,
    card: Id<Card>,
    (since, by): (Time, (Time, Option<Id<Staff>>)),
) -> Result<()> {
    let customer = store::find_customer(tx, ws, card).await?;
    let again = |owner| Again { owner, customer, since };
    let life = store::find_life(tx, ws, card).await?;
    if let Some((life, owner)) = life.and_then(|life| Some((life.clone(), life.owner_id?))) {
        let taker = find_taker(tx, ws, again(owner)).await?;
        if taker != owner {
            store::keep_life(tx, ws, card, &Life { owner_id: Some(taker), ..life }, by.0).await?;
            store::insert_step(tx, ws, card, Step { staff: by.1, ..Step::of("handed", by.0) }).await?;
        }
    }
    for helper in store::list_helpers(tx, ws, card).await? {
        let taker = find_taker(tx, ws, again(helper)).await?;
        if taker != helper {
            store::drop_associate(tx, ws, (card, helper)).await?;
            store::keep_associate(tx, ws, (card, taker), by).await?;
        }
    }
    Ok(())
}

/// The same of closed cards that are about to be open again.
pub(super) async fn settle_closed(
    tx: &mut Tx,
    ws: Id<Workspace>,
    cards: &[Uuid],
    by: (Time, Option<Id<Staff>>),
) -> Result<()> {
    for card in cards.iter().map(|id| Id::from_uuid(*id)) {
        let closed_at = store::find_life(tx, ws, card).await?.and_then(|life| life.closed_at);
        if let Some(since) = closed_at {
            settle(tx, ws, card, (since, by)).await?;
        }
    }
    Ok(())
}
