//! Runs end with the card that they answer, and go on when it is opened again.

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Card, Id, Staff, Workspace};
use kizashi_domain::plays::End;
use kizashi_domain::time::Time;
use uuid::Uuid;

use super::advance::{Scene, go_on};
use super::again;
use super::load::{Run, find_run, is_under_way};
use super::store::Said;
use crate::reactions::{LetterRecall, announce_recall};
use crate::settings::Settings;
use crate::{App, Result};

/// Runs of one card that are looked at; it has as many as its causes name plays.
const OF_CARD_MAX: i64 = 100;

/// Ends what is under way for a card: its steps are nobody's work any more, and letters that still wait do not go.
pub(in crate::plays) async fn end_runs_of(
    tx: &mut Tx,
    (app, settings): (&App, &Settings),
    card: Id<Card>,
    by: Option<Id<Staff>>,
) -> Result<()> {
    let find = sql!(
        "SELECT id FROM play_run WHERE workspace_id = $1 AND card_id = $2 AND ended_at IS NULL ORDER BY id LIMIT $3"
    );
    let scene = Scene::now(app, settings);
    for (id,) in tx.list::<(Uuid,)>(find, args![settings.workspace, card, OF_CARD_MAX]).await? {
        let Some(before) = find_run(tx, settings.workspace, id).await? else { continue };
        if before.state.ended.is_some() {
            continue;
        }
        let run = Run { state: before.state.closed(scene.today), ..before.clone() };
        let run = go_on(tx, &scene, &before, run, Said { by, at: None, note: "" }).await?;
        announce_recall(tx, app, settings.workspace, &LetterRecall { keys: keys_of_letters(&run), go: false }).await?;
    }
    Ok(())
}

/// What a closure since an instant ended goes on, unless its play began anew meanwhile.
pub(in crate::plays) async fn reopen_runs_of(
    tx: &mut Tx,
    (app, settings): (&App, &Settings),
    card: Id<Card>,
    since: Time,
) -> Result<()> {
    let find = sql!(
        "SELECT id FROM play_run WHERE workspace_id = $1 AND card_id = $2 AND ending = 'card_closed' AND ended_at >= $3 ",
        "ORDER BY id LIMIT $4"
    );
    let ws = settings.workspace;
    let scene = Scene::now(app, settings);
    for (id,) in tx.list::<(Uuid,)>(find, args![ws, card, since, OF_CARD_MAX]).await? {
        let Some(before) = find_run(tx, ws, id).await? else { continue };
        reopen(tx, &scene, &before).await?;
    }
    Ok(())
}

/// Takes the end of a run back that a person gave it, by hand or with its card; `None` when it has no such end, or its play began anew
/// meanwhile. Letters that were called back with it go after all.
pub(super) async fn reopen(tx: &mut Tx, scene: &Scene<'_>, before: &Run) -> Result<Option<Run>> {
    let ws = scene.settings.workspace;
    let was_ended_by_hand = matches!(before.state.ended, Some((End::Stopped | End::CardClosed, _)));
    if !was_ended_by_hand || is_under_way(tx, ws, before.customer, &before.play.id).await? {
        return Ok(None);
    }
    let mut run = Run { state: before.state.reopened(), ..before.clone() };
    again::settle(tx, ws, &mut run).await?;
    let run = go_on(tx, scene, before, run, Said::default()).await?;
    announce_recall(tx, scene.app, ws, &LetterRecall { keys: keys_of_letters(&run), go: true }).await?;
    Ok(Some(run))
}

/// How many plays of a card are under way.
pub async fn count_under_way(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<i64> {
    let count = sql!("SELECT count(*) FROM play_run WHERE workspace_id = $1 AND card_id = $2 AND ended_at IS NULL");
    let found: Option<(i64,)> = app.db.find(count, args![ws, card]).await?;
    Ok(found.map_or(0, |(n,)| n))
}

/// Of the steps that the product did.
fn keys_of_letters(run: &Run) -> Vec<String> {
    run.tasks.iter().filter(|task| task.performed).map(|task| key_of_letter(task.id)).collect()
}

/// What tells the letter of a step from others.
pub(super) fn key_of_letter(task: Uuid) -> String {
    format!("task:{task}")
}
