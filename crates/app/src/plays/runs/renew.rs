//! Runs that follow an older version of their play: how many there are, and how they move to the one in force.

use kizashi_db::{args, sql};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::plays::{Step, StepState, move_over};
use uuid::Uuid;

use super::advance::{Scene, go_on};
use super::again;
use super::answer::{find, finish};
use super::load::{Run, read_play};
use super::own_steps::{with_own_steps, with_past_steps};
use super::store::{self, Said};
use crate::access::Grant;
use crate::settings::Settings;
use crate::{App, Error, Refused, Result};

/// Texts of a play that are compared: versions, and runs with steps of their own.
const TEXTS_MAX: i64 = 2_000;
/// Runs of one look while they move.
const RUNS_OF_A_LOOK: i64 = 500;

/// Runs of a play under way, and not standing still, that read otherwise than the play in force; 0 when it is gone.
pub(super) async fn count_behind(app: &App, settings: &Settings, play: &str) -> Result<i64> {
    let Some(current) = settings.pack.play(play) else { return Ok(0) };
    let statement = sql!(
        "SELECT body, count(*) FROM play_run WHERE workspace_id = $1 AND play = $2 AND ended_at IS NULL AND paused_on IS NULL ",
        "AND settings_version <> $3 GROUP BY body ORDER BY body LIMIT $4"
    );
    let texts: Vec<(String, i64)> =
        app.db.list(statement, args![settings.workspace, play, settings.version, TEXTS_MAX]).await?;
    let mut behind = 0;
    for (text, runs) in texts {
        let theirs = read_play(&text)?;
        behind += if with_own_steps(current, &theirs) == theirs { 0 } else { runs };
    }
    Ok(behind)
}

/// Moves a run to the play as it is published now; steps are kept by their ids.
pub async fn move_run(app: &App, grant: &Grant, id: Uuid) -> Result<()> {
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    move_one(app, grant, &settings, id).await
}

/// Moves all runs of a play that are under way; how many moved. One that ended meanwhile, or stands still, stays as it is, and so does
/// one that reads the same.
pub async fn move_runs(app: &App, grant: &Grant, play: &str) -> Result<u64> {
    let ws = grant.workspace();
    let settings = crate::settings::open_settings(app, ws).await?;
    let (mut moved, mut after) = (0, Uuid::nil());
    loop {
        let ids = list_of_old(app, ws, (play, settings.version), after, RUNS_OF_A_LOOK).await?;
        let Some(last) = ids.last().copied() else { return Ok(moved) };
        for id in ids {
            match move_one(app, grant, &settings, id).await {
                Ok(()) => moved += 1,
                Err(Error::Refused(Refused::Changed | Refused::NotFound)) => {}
                Err(fault) => return Err(fault),
            }
        }
        after = last;
    }
}

async fn move_one(app: &App, grant: &Grant, settings: &Settings, id: Uuid) -> Result<()> {
    let scene = Scene::now(app, settings);
    let mut tx = app.db.write().await?;
    let mut before = find(&mut tx, grant, id).await?;
    let Some(play) = settings.pack.play(&before.play.id) else { return Err(Refused::NotFound.into()) };
    if before.state.ended.is_some() || with_own_steps(play, &before.play) == *before.play {
        return Err(Refused::Changed.into());
    }
    before.play = with_past_steps(&before, play).into();
    let (was, play) = (before.clone(), &with_own_steps(play, &before.play));
    let state = move_over(&was.play, &was.state, play, &settings.calendar);
    let of = (grant.workspace(), app.now());
    store::keep_version(&mut tx, of, &mut before, play, (state, settings.version)).await?;
    let mut old = before.clone();
    old.state.steps = as_kept(&was, &before);
    again::settle(&mut tx, of.0, &mut before).await?;
    let run = go_on(&mut tx, &scene, &old, before, Said::default()).await?;
    finish(tx, app, &run).await.map(|_| ())
}

/// The steps of a run that has moved as their rows still hold them, so that only what changes is written: who did a step, when, and what
/// was noted stands in its row alone.
fn as_kept(was: &Run, moved: &Run) -> Vec<StepState> {
    let before = was.play.steps();
    let find = |step: &Step| before.iter().position(|s| s.id == step.id).and_then(|at| was.state.steps.get(at));
    let steps = moved.play.steps();
    steps.iter().zip(&moved.state.steps).map(|(step, state)| *find(step).unwrap_or(state)).collect()
}

/// Runs of a play that are under way, do not stand still and began with other settings, in the order of their ids.
async fn list_of_old(
    app: &App,
    ws: Id<Workspace>,
    (play, version): (&str, i64),
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT id FROM play_run WHERE workspace_id = $1 AND play = $2 AND ended_at IS NULL AND paused_on IS NULL ",
        "AND settings_version <> $3 AND id > $4 ORDER BY id LIMIT $5"
    );
    let rows: Vec<(Uuid,)> = app.db.list(statement, args![ws, play, version, after, limit]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
