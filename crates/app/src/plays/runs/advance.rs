//! A run goes on: the pure rules decide, and what follows is done in the transaction of its step.

use std::collections::HashMap;

use kizashi_db::Tx;
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::plays::{Bound, CustomerDates, Effect, FirstDay, Measured, RunState, Sight, Step, advance};
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::dates;
use super::load::{Run, find_run};
use super::perform::{self, People};
use super::reached::Firsts;
use super::store::{self, Said};
use crate::measure::Subject;
use crate::settings::Settings;
use crate::{App, Error, Refused, Result};

/// Runs that one turn takes.
const TURN_MAX: i64 = 200;
/// Runs that go on in one transaction: few enough that whoever else writes waits for a moment only.
const TOGETHER_MAX: usize = 25;

/// What a look at a run rests on.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub app: &'a App,
    pub settings: &'a Settings,
    pub today: Day,
    /// What is measured of the customer; `None` = nobody looked.
    pub values: Option<&'a HashMap<String, f64>>,
    /// Since when what is measured holds, where it was asked.
    pub firsts: Option<&'a Firsts>,
}

impl<'a> Scene<'a> {
    /// Without measurements, as of now.
    pub fn now(app: &'a App, settings: &'a Settings) -> Self {
        Self { app, settings, today: settings.day_of(app.now()), values: None, firsts: None }
    }
}

/// Goes on from what a person said (or from nothing new) and keeps what became of it.
pub(super) async fn go_on(tx: &mut Tx, scene: &Scene<'_>, before: &Run, mut run: Run, said: Said<'_>) -> Result<Run> {
    let ws = scene.settings.workspace;
    let people = People::load(tx, ws, run.customer).await?;
    let dates = match dates::is_dated(&run.play) {
        true => dates::find_dates(tx, scene.settings, run.customer, scene.today).await?,
        false => CustomerDates::default(),
    };
    let effects = if run.paused_on.is_some() { Vec::new() } else { decide(scene, &people, dates, &mut run) };
    act(tx, scene, &run, effects, &people).await?;
    let when = (scene.today, &scene.settings.calendar);
    store::keep_run(tx, (ws, scene.app.now()), before, &run, said, when).await?;
    if people.standing(scene.today).1 && !run.play.with_paused {
        store::put_off(tx, ws, run.id, scene.today.plus(1)).await?;
    }
    run.revision = before.revision + 1;
    Ok(run)
}

/// What the rules say of a run now: who is asked for its steps, and what is left to be done.
pub(super) fn decide(scene: &Scene<'_>, people: &People, dates: CustomerDates, run: &mut Run) -> Vec<Effect> {
    let can_do = |step: &Step| people.can_do(step, scene.settings.pack.letters_in);
    let (state, mut effects) = look(scene, run, people.standing(scene.today), dates, &can_do);
    run.state = state;
    let steps = run.play.steps();
    effects.retain(|effect| {
        match *effect {
            Effect::Ask(at) => {
                if let Some((step, task)) = steps.get(at).zip(run.tasks.get_mut(at)) {
                    task.owner = people.owner_for(step.who, run.owner);
                }
            }
            Effect::Do(at) => {
                if let Some(task) = run.tasks.get_mut(at) {
                    task.performed = true;
                }
            }
            Effect::Escalate(_) => {}
        }
        !matches!(effect, Effect::Ask(_))
    });
    effects
}

/// Does what [`decide`] left to be done, in the transaction in which the run is kept.
pub(super) async fn act(
    tx: &mut Tx,
    scene: &Scene<'_>,
    run: &Run,
    effects: Vec<Effect>,
    people: &People,
) -> Result<()> {
    let steps = run.play.steps();
    for effect in effects {
        let (Effect::Ask(at) | Effect::Do(at) | Effect::Escalate(at)) = effect;
        let Some(step) = steps.get(at) else { continue };
        match effect {
            Effect::Ask(_) => {}
            Effect::Do(_) => perform::perform(tx, scene, run, (at, step), people, (None, None)).await?,
            Effect::Escalate(_) => perform::escalate(tx, scene, run, (at, step), people).await?,
        }
    }
    Ok(())
}

fn look(
    scene: &Scene<'_>,
    run: &Run,
    (has_left, is_paused): (bool, bool),
    dates: CustomerDates,
    can_do: &dyn Fn(&Step) -> bool,
) -> (RunState, Vec<Effect>) {
    let value = |of: &str| scene.values.and_then(|v| v.get(of).copied());
    let value = scene.values.is_some().then_some(&value as Measured<'_>);
    let held = scene.firsts.and_then(|firsts| firsts.get(&run.id));
    let first = |bound: &Bound| held?.iter().find(|(b, _)| b == bound).map(|(_, day)| *day);
    let first = held.is_some().then_some(&first as FirstDay<'_>);
    let sight = Sight { day: scene.today, has_left, is_paused, value, first, dates, can_do };
    advance(&run.play, &run.state, &sight, &scene.settings.calendar)
}

/// Whether a look would change anything about a run. Who does a step that begins matters only when one begins.
pub(super) fn is_moved(scene: &Scene<'_>, run: &Run, subject: &Subject) -> bool {
    let standing = (subject.profile.has_left(scene.today), subject.profile.is_paused());
    let dates = dates::dates_on(&subject.attributes, scene.today, None);
    let (state, effects) = look(scene, run, standing, dates, &|_| true);
    state != run.state || !effects.is_empty()
}

/// One run at a look; nothing when it is over or stands still.
pub(super) async fn look_at(tx: &mut Tx, scene: &Scene<'_>, id: Uuid) -> Result<Option<Run>> {
    let Some(run) = find_run(tx, scene.settings.workspace, id).await? else { return Ok(None) };
    if run.state.ended.is_some() || run.paused_on.is_some() {
        return Ok(None);
    }
    go_on(tx, scene, &run, run.clone(), Said::default()).await.map(Some)
}

/// Goes on with the runs whose day has come; how many. Some go on in one transaction, so that a crash leaves each as it was or as it
/// becomes.
pub(crate) async fn advance_due(app: &App, settings: &Settings) -> Result<usize> {
    let scene = Scene::now(app, settings);
    let ws = settings.workspace;
    let due = super::lists::list_due(app, ws, scene.today, TURN_MAX).await?;
    let mut looking = Vec::new();
    for ids in due.chunks(TOGETHER_MAX) {
        match look_at_some(&scene, ids).await {
            // Somebody else was first with one of them: each by itself, and what is left is looked at in the next turn.
            Err(Error::Refused(Refused::Changed)) => {
                for id in ids {
                    match look_at_some(&scene, std::slice::from_ref(id)).await {
                        Err(Error::Refused(Refused::Changed)) => {}
                        found => looking.extend(found?),
                    }
                }
            }
            found => looking.extend(found?),
        }
    }
    measure_soon(app, ws, &looking).await?;
    Ok(due.len())
}

/// Looks at runs in one transaction; the customers of those that ask for what is measured.
async fn look_at_some(scene: &Scene<'_>, ids: &[Uuid]) -> Result<Vec<Id<Customer>>> {
    let mut looking = Vec::new();
    let mut tx = scene.app.db.write().await?;
    for id in ids {
        let run = look_at(&mut tx, scene, *id).await?;
        looking.extend(run.filter(|r| r.state.watches_figures(&r.play)).map(|r| r.customer));
    }
    tx.commit().await?;
    Ok(looking)
}

/// Asks for a look at what is measured of these customers.
pub(super) async fn measure_soon(app: &App, ws: Id<Workspace>, customers: &[Id<Customer>]) -> Result<()> {
    let mut codes = Vec::new();
    for customer in customers {
        codes.extend(crate::intake::find_code(app, ws, *customer).await?);
    }
    if codes.is_empty() { Ok(()) } else { crate::intake::mark_dirty(app, ws, codes).await }
}
