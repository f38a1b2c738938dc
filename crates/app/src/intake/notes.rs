//! What people write down is changed, removed and brought back.

use kizashi_db::Tx;
use kizashi_domain::id::{Activity, Id};

use super::keep::{Keeping, Origin};
use super::store::{self, StoredActivity};
use super::{OWN_SOURCE, mark_dirty};
use crate::access::Grant;
use crate::{App, Refused, Result, reactions};

fn keeping<'a>(app: &App, grant: &Grant) -> Keeping<'a> {
    Keeping::new(app, grant.workspace(), Origin { source: OWN_SOURCE, run: None, author: grant.staff() })
}

/// Gives a note another text; the one before stays as a version.
pub(crate) async fn change_note(app: &App, grant: &Grant, id: Id<Activity>, text: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    if !store::change_activity(&mut tx, &keeping(app, grant), id, text).await? {
        return Err(Refused::Changed.into());
    }
    Ok(tx.commit().await?)
}

/// Removes a note; whoever calls takes what follows from it ([`events_of_note`]) out of the history before this is committed.
pub(crate) async fn remove_note(tx: &mut Tx, app: &App, grant: &Grant, id: Id<Activity>) -> Result<()> {
    if store::remove_activity(tx, &keeping(app, grant), id).await? {
        return Ok(());
    }
    Err(Refused::Changed.into())
}

/// Ids of the events that follow from a note.
pub(crate) fn events_of_note(external_id: &str) -> [String; 2] {
    store::events_of_activity(external_id)
}

/// Brings a note back that was removed.
pub(crate) async fn restore_note(app: &App, grant: &Grant, customer: &str, note: &StoredActivity) -> Result<()> {
    let mut tx = app.db.write().await?;
    let mut k = keeping(app, grant);
    if !store::restore_activity(&mut tx, &mut k, customer, note).await? {
        return Err(Refused::Changed.into());
    }
    let echoes = std::mem::take(&mut k.echoes);
    let outbox = reactions::announce_echoes(&mut tx, app, grant.workspace(), OWN_SOURCE, &echoes).await?;
    tx.commit().await?;
    if let Some(outbox) = outbox {
        reactions::deliver_echoes(app, outbox, OWN_SOURCE, echoes).await?;
    }
    mark_dirty(app, grant.workspace(), vec![customer.to_owned()]).await
}
