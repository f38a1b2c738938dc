//! A run goes on: the pure rules decide, and what follows is done in the transaction of its step.

use std::collections::HashMap;

use kizashi_db::Tx;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::plays::{ContractDates, Effect, Measured, Sight, Step, advance};
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::dates;
use super::load::{Run, find_run};
use super::perform::{self, People};
use super::store::{self, Said};
use crate::settings::Settings;
use crate::{App, Error, Refused, Result};

/// Runs that one turn takes.
const TURN_MAX: i64 = 200;

/// What a look at a run rests on.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub app: &'a App,
    pub settings: &'a Settings,
    pub today: Day,
    /// What is measured of the customer; `None` = nobody looked.
    pub values: Option<&'a HashMap<String, f64>>,
}

impl<'a> Scene<'a> {
    /// Without measurements, as of now.
    pub fn now(app: &'a App, settings: &'a Settings) -> Self {
        Self { app, settings, today: settings.day_of(app.now()), values: None }
    }
}

/// Goes on from what a person said (or from nothing new) and keeps what became of it.
pub(super) async fn go_on(tx: &mut Tx, scene: &Scene<'_>, before: &Run, mut run: Run, said: Said<'_>) -> Result<Run> {
    let ws = scene.settings.workspace;
    let people = People::load(tx, ws, run.customer).await?;
    let dates = match dates::is_dated(&run.play) {
        true => dates::find_dates(tx, scene.settings, run.customer, scene.today).await?,
        false => ContractDates::default(),
    };
    let effects = if run.paused_on.is_some() { Vec::new() } else { decide(scene, &people, dates, &mut run) };
    let steps = run.play.steps();
    for effect in effects {
        match effect {
            Effect::Ask(at) => {
                let Some((step, task)) = steps.get(at).zip(run.tasks.get_mut(at)) else { continue };
                task.owner = people.owner_for(step.who, run.owner);
            }
            Effect::Do(at) => {
                let Some(step) = steps.get(at) else { continue };
                perform::perform(tx, scene, &run, (at, step), &people, None).await?;
                if let Some(task) = run.tasks.get_mut(at) {
                    task.performed = true;
                }
            }
            Effect::Escalate(at) => {
                let Some(step) = steps.get(at) else { continue };
                perform::escalate(tx, scene, &run, (at, step), &people).await?;
            }
        }
    }
    let when = (scene.today, &scene.settings.calendar);
    store::keep_run(tx, (ws, scene.app.now()), before, &run, said, when).await?;
    if people.standing(scene.today).1 && !run.play.with_paused {
        store::put_off(tx, ws, run.id, scene.today.plus(1)).await?;
    }
    run.revision = before.revision + 1;
    Ok(run)
}

/// What the rules say of a run now.
fn decide(scene: &Scene<'_>, people: &People, dates: ContractDates, run: &mut Run) -> Vec<Effect> {
    let (has_left, is_paused) = people.standing(scene.today);
    let value = |of: &str| scene.values.and_then(|v| v.get(of).copied());
    let value = scene.values.is_some().then_some(&value as Measured<'_>);
    let can_do = |step: &Step| people.can_do(step);
    let sight = Sight { day: scene.today, has_left, is_paused, value, dates, can_do: &can_do };
    let (state, effects) = advance(&run.play, &run.state, &sight, &scene.settings.calendar);
    run.state = state;
    effects
}

/// One run at a look; nothing when it is over or stands still.
pub(super) async fn look_at(tx: &mut Tx, scene: &Scene<'_>, id: Uuid) -> Result<Option<Run>> {
    let Some(run) = find_run(tx, scene.settings.workspace, id).await? else { return Ok(None) };
    if run.state.ended.is_some() || run.paused_on.is_some() {
        return Ok(None);
    }
    go_on(tx, scene, &run, run.clone(), Said::default()).await.map(Some)
}

/// Goes on with the runs whose day has come; how many. A run stands in a transaction of its own, so that a crash leaves each as it was
/// or as it becomes.
pub(crate) async fn advance_due(app: &App, settings: &Settings) -> Result<usize> {
    let scene = Scene::now(app, settings);
    let ws = settings.workspace;
    let due = super::lists::list_due(app, ws, scene.today, TURN_MAX).await?;
    let mut looking = Vec::new();
    for id in &due {
        let mut tx = app.db.write().await?;
        match look_at(&mut tx, &scene, *id).await {
            Ok(run) => {
                tx.commit().await?;
                looking.extend(run.filter(|r| r.state.watches_figures(&r.play)).map(|r| r.customer));
            }
            // Somebody else was first; what is left is looked at in the next turn.
            Err(Error::Refused(Refused::Changed)) => {}
            Err(error) => return Err(error),
        }
    }
    measure_soon(app, ws, &looking).await?;
    Ok(due.len())
}

/// Asks for a look at what is measured of these customers.
pub(super) async fn measure_soon(app: &App, ws: Id<Workspace>, customers: &[Id<Customer>]) -> Result<()> {
    let mut codes = Vec::new();
    for customer in customers {
        codes.extend(crate::intake::find_code(app, ws, *customer).await?);
    }
    if codes.is_empty() { Ok(()) } else { crate::intake::mark_dirty(app, ws, codes).await }
}

/// At the beginning of a day: runs of customers that have left are looked at.
pub(crate) async fn begin_day(app: &App, settings: &Settings) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::look_at_left(&mut tx, settings.workspace, settings.day_of(app.now())).await?;
    Ok(tx.commit().await?)
}
