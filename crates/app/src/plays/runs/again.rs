//! What opens again in a run is with whoever took over from those who had it.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::time::Time;
use uuid::Uuid;

use super::load::Run;
use crate::Result;
use crate::taken_over::{Again, find_taker};

/// Steps of a run that are looked at.
const STEPS_MAX: i64 = 1_000;

/// Gives what is over as it is kept, and is not over in `run`, to whoever has it now.
pub(super) async fn settle(tx: &mut Tx, ws: Id<Workspace>, run: &mut Run) -> Result<()> {
    let customer = run.customer;
    let find = sql!("SELECT ended_at FROM play_run WHERE workspace_id = $1 AND id = $2");
    let ended_at = tx.find::<(Option<Time>,)>(find, args![ws, run.id]).await?.and_then(|(at,)| at);
    if let Some(since) = ended_at.filter(|_| run.state.ended.is_none()) {
        run.owner = settled(tx, ws, customer, (run.owner, since)).await?;
    }
    let find = sql!(
        "SELECT id, finished_at FROM play_task WHERE workspace_id = $1 AND run_id = $2 AND standing NOT IN ('open', 'later') ",
        "AND owner_id IS NOT NULL ORDER BY place LIMIT $3"
    );
    let over: Vec<(Uuid, Option<Time>)> = tx.list(find, args![ws, run.id, STEPS_MAX]).await?;
    for (_, task) in run.state.steps.iter().zip(&mut run.tasks).filter(|(state, _)| !state.standing.is_over()) {
        if let Some((_, at)) = over.iter().find(|(id, _)| *id == task.id) {
            let since = at.or(ended_at).unwrap_or(Time(0));
            task.owner = settled(tx, ws, customer, (task.owner, since)).await?;
        }
    }
    Ok(())
}

/// Who has now what somebody had until an instant.
pub(super) async fn settled(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    (owner, since): (Option<Id<Staff>>, Time),
) -> Result<Option<Id<Staff>>> {
    let Some(owner) = owner else { return Ok(None) };
    find_taker(tx, ws, Again { owner, customer: Some(customer), since }).await.map(Some)
}
