//! Customers that turned out to be one: suspected, merged, parted again.
//!
//! The records of the one that goes belong to the other since; its usage events keep their code, and the history counts them for
//! the other ([`kizashi_domain::intake::Joined`]). What still comes under the old code goes the same way.

mod plan;
mod store;
mod suspects;

use kizashi_db::Tx;
use kizashi_domain::id::{Customer, Id, Import, Merge, Workspace};
use kizashi_domain::intake::{CustomerRow, Joined, Record};
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};

use crate::access::{Grant, record_audit};
use crate::customers::field_row;
use crate::health::GoneScore;
use crate::intake::{
    self, Gone, Handing, Keeping, OWN_SOURCE, Origin, Received, RunCustomer, keep_records, list_field_owners,
    mark_dirty,
};
use crate::taken_over::{Again, find_taker};
use crate::{App, Error, Refused, Result, customers, files, health, plays, reactions, rooms, signals};

pub use plan::{Filled, MergePlan, Side, plan_merge};
pub use suspects::{Reason, Suspect, Suspected, keep_apart, list_suspects};

/// A merge that was made.
#[derive(Clone, Debug)]
pub struct MergeRow {
    /// Which.
    pub id: Id<Merge>,
    /// The customer that stays, by code; `None` = it is itself gone.
    pub into: Option<(Id<Customer>, String)>,
    /// Its code.
    pub into_code: String,
    /// Code of the one that is gone.
    pub gone_code: String,
    /// Its name.
    pub gone_name: String,
    /// When.
    pub at: Time,
    /// Who.
    pub who: Option<String>,
    /// When it was undone.
    pub undone_at: Option<Time>,
}

/// Merges, the newest first; those into one customer when it is given.
pub async fn list_merges(app: &App, workspace: Id<Workspace>, into: Option<Id<Customer>>) -> Result<Vec<MergeRow>> {
    store::list_merges(app, workspace, into).await
}

/// The customer that stands for one that is gone.
pub async fn find_survivor(app: &App, workspace: Id<Workspace>, gone: Id<Customer>) -> Result<Option<Id<Customer>>> {
    let Some(code) = store::find_gone_code(app, workspace, gone).await? else { return Ok(None) };
    store::find_customer(app, workspace, app.joined().survivor(&code)).await
}

/// Tells the program and the history which customers are one.
pub(crate) async fn join(app: &App, workspace: Id<Workspace>) -> Result<()> {
    app.set_joined(Joined::new(intake::list_merged(app, workspace).await?));
    Ok(())
}

fn refuse(reason: &'static str) -> crate::Error {
    Refused::Field { field: "merge", reason }.into()
}

/// Makes two customers one. What the one that stays does not say is taken from the one that goes.
///
/// # Errors
/// Refused when it is the same customer, or one of them is not there.
pub async fn merge(app: &App, grant: &Grant, stays: Id<Customer>, goes: Id<Customer>) -> Result<Id<Merge>> {
    let workspace = grant.workspace();
    let plan = plan_merge(app, workspace, stays, goes).await?;
    let (into, gone) = (&plan.stays, &plan.goes);
    let id: Id<Merge> = App::new_id();
    let settings = crate::settings::open_settings(app, workspace).await?;
    let mut pairs = intake::list_merged(app, workspace).await?;
    pairs.push((gone.code.clone(), into.code.clone()));
    let moved = async {
        let mut tx = app.db.write().await?;
        // Before it is durable: what comes under the old code from now on must not make that customer anew.
        app.set_joined(Joined::new(pairs));
        let k = Keeping::new(app, workspace, Origin { source: OWN_SOURCE, run: None, author: grant.staff() });
        move_over(&mut tx, &k, id, &plan).await?;
        intake::refresh_terms(&mut tx, &k, stays).await?;
        intake::refresh_open_deals(&mut tx, &k, &settings, stays).await?;
        record_audit(&mut tx, app, grant, "merge", &id.to_string()).await?;
        Ok(tx.commit().await?)
    };
    if let Err(error) = moved.await {
        join(app, workspace).await?;
        return Err(error);
    }
    fill(app, grant, id, &plan).await?;
    mark_dirty(app, workspace, vec![into.code.clone()]).await?;
    Ok(id)
}

/// What is kept of a customer that is gone, until it comes back.
#[derive(Serialize, Deserialize)]
struct Shelf {
    gone: Gone,
    scores: Vec<GoneScore>,
}

async fn move_over(tx: &mut Tx, k: &Keeping<'_>, id: Id<Merge>, plan: &MergePlan) -> Result<()> {
    let (ws, of) = (k.workspace, (plan.goes.id, plan.stays.id));
    let gone = intake::begin_merge(tx, k, id, of, (&plan.goes.code, &plan.stays.code)).await?;
    let (cards, closed) = plays::merge_cards(tx, ws, of, (k.received_at, k.author)).await?;
    let (held, decisions, doubled) = rooms::merge_rooms(tx, ws, of, (k.received_at, k.author)).await?;
    let kinds = [
        ("room", held),
        ("decision", decisions),
        ("room_closed", doubled),
        ("card", cards),
        ("closed", closed),
        ("play_run", plays::merge_runs(tx, ws, of, k.received_at).await?),
        ("hunch", customers::move_hunches(tx, ws, of, None).await?),
        ("override", health::move_overrides(tx, ws, of, None).await?),
        ("file", files::move_files(tx, ws, of, None).await?),
    ];
    for (kind, rows) in kinds {
        intake::note_rows(tx, id, kind, &rows).await?;
    }
    signals::forget_customer(tx, ws, of.0).await?;
    let shelf = Shelf { gone, scores: health::take_scores(tx, ws, of.0).await? };
    let shelf = serde_json::to_string(&shelf).map_err(|e| Error::failed("a customer that is gone", e))?;
    intake::end_merge(tx, k, id, of.0, &shelf).await
}

async fn move_back(
    tx: &mut Tx,
    k: &Keeping<'_>,
    id: Id<Merge>,
    (gone, into): (Id<Customer>, Id<Customer>),
    shelf: &str,
) -> Result<()> {
    let ws = k.workspace;
    let shelf: Shelf = serde_json::from_str(shelf).map_err(|e| Error::failed("a customer that is gone", e))?;
    let (cards, closed) = (intake::find_rows(tx, id, "card").await?, intake::find_rows(tx, id, "closed").await?);
    let (hunches, words) = (intake::find_rows(tx, id, "hunch").await?, intake::find_rows(tx, id, "override").await?);
    let kept = intake::find_rows(tx, id, "file").await?;
    let held = intake::find_rows(tx, id, "room").await?;
    let (decisions, doubled) =
        (intake::find_rows(tx, id, "decision").await?, intake::find_rows(tx, id, "room_closed").await?);
    let runs = intake::find_rows(tx, id, "play_run").await?;
    intake::undo_merge(tx, k, id, (gone, into), &shelf.gone).await?;
    let of = (into, gone);
    plays::part_cards(tx, ws, of, (&cards, &closed), k.received_at).await?;
    plays::part_runs(tx, ws, of, &runs).await?;
    customers::move_hunches(tx, ws, of, Some(&hunches)).await?;
    health::move_overrides(tx, ws, of, Some(&words)).await?;
    files::move_files(tx, ws, of, Some(&kept)).await?;
    rooms::part_rooms(tx, ws, of, (&held, &decisions, &doubled)).await?;
    health::put_scores(tx, ws, gone, &shelf.scores).await
}

/// What a merge wrote of the one that stays carries its id, so that it can be taken back.
fn run_of(merge: Id<Merge>) -> Id<Import> {
    Id::from_uuid(merge.uuid())
}

async fn fill(app: &App, grant: &Grant, id: Id<Merge>, plan: &MergePlan) -> Result<()> {
    let at = app.now();
    let mut records = Vec::new();
    for filled in &plan.filled {
        let row = match &filled.figure {
            Some((value, from)) => CustomerRow {
                figures: vec![(filled.name.clone(), *value)],
                as_of: Some(*from),
                ..CustomerRow::default()
            },
            None => field_row(app, grant, &filled.name, &filled.raw).await?,
        };
        let record = Record::Customer(CustomerRow { external_id: plan.stays.code.clone(), ..row });
        records.push(Received { at, assumed: false, record });
    }
    let origin = Origin { source: OWN_SOURCE, run: Some(run_of(id)), author: grant.staff() };
    keep_records(app, grant.workspace(), origin, &records, false).await?;
    Ok(())
}

/// The one that comes back is with whoever took over since what it was part of.
async fn hand_on(
    tx: &mut Tx,
    ws: Id<Workspace>,
    handing: &Handing<'_>,
    (gone, into): (Id<Customer>, Id<Customer>),
    since: Time,
) -> Result<()> {
    let Some(owner) = store::find_owner(tx, ws, gone).await? else { return Ok(()) };
    let taker = find_taker(tx, ws, Again { owner, customer: Some(into), since }).await?;
    if taker != owner {
        handing.customer(tx, gone, (owner, taker)).await?;
    }
    Ok(())
}

/// Parts two customers that were merged. What came from the one, or for it since, goes back to it; which one is told.
///
/// # Errors
/// Refused when it was undone already, or when the one that stayed went on into another: that merge is to be undone first.
pub async fn undo_merge(app: &App, grant: &Grant, id: Id<Merge>) -> Result<Id<Customer>> {
    let workspace = grant.workspace();
    let Some(kept) = store::find_merge(app, workspace, id).await? else { return Err(Refused::NotFound.into()) };
    if kept.undone_at.is_some() {
        return Err(Refused::Changed.into());
    }
    let Some(into) = store::find_customer(app, workspace, &kept.into_code).await? else {
        return Err(refuse("merged-further"));
    };
    // What follows from records must be in the history under the code that they came with.
    reactions::deliver_outbox(app).await?;
    let settings = crate::settings::open_settings(app, workspace).await?;
    let mut pairs = intake::list_merged(app, workspace).await?;
    pairs.retain(|(gone, _)| *gone != kept.gone_code);
    let may_own = list_field_owners(app, workspace).await?.get("owner").is_none_or(|source| source == OWN_SOURCE);
    let parted = async {
        let mut tx = app.db.write().await?;
        app.set_joined(Joined::new(pairs));
        let k = Keeping::new(app, workspace, Origin { source: OWN_SOURCE, run: None, author: grant.staff() });
        let doubled = intake::find_rows(&mut tx, id, "room_closed").await?;
        rooms::settle_doubled(&mut tx, app, grant, &doubled).await?;
        move_back(&mut tx, &k, id, (kept.gone_id, into), &kept.gone).await?;
        if may_own {
            let handing = Handing::new(app, grant, settings.day_of(app.now()));
            hand_on(&mut tx, workspace, &handing, (kept.gone_id, into), kept.merged_at).await?;
        }
        let row = RunCustomer { id: into, external_id: kept.into_code.clone(), name: String::new(), is_made: false };
        intake::take_back_fields(&mut tx, &k, run_of(id), &row).await?;
        for customer in [into, kept.gone_id] {
            intake::refresh_terms(&mut tx, &k, customer).await?;
            intake::refresh_open_deals(&mut tx, &k, &settings, customer).await?;
        }
        record_audit(&mut tx, app, grant, "merge_undo", &id.to_string()).await?;
        Ok(tx.commit().await?)
    };
    if let Err(error) = parted.await {
        join(app, workspace).await?;
        return Err(error);
    }
    mark_dirty(app, workspace, vec![kept.into_code, kept.gone_code]).await?;
    Ok(kept.gone_id)
}
