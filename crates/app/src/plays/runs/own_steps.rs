//! 例外: a step of one's own in a run under way, which its play does not know. What has no precedent is done beside what has.

use kizashi_domain::lang::Text;
use kizashi_domain::plays::{Kind, Play, Standing, Step, StepState};
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::advance::{Scene, go_on};
use super::answer::{find, finish};
use super::load::Run;
use super::store::{self, Said};
use crate::access::Grant;
use crate::{App, Refused, Result};

/// Letters of a title.
const TITLE_CHARS_MAX: usize = 200;
/// Steps of one's own in one run.
const OWN_STEPS_MAX: usize = 20;
/// The latest day on which one may be due, from today.
const DUE_DAYS_MAX: i32 = 366;

/// The play with the steps that somebody added to a run of another version of it.
pub(super) fn with_own_steps(play: &Play, run: &Play) -> Play {
    let own: Vec<Step> = run.steps.iter().filter(|s| s.is_own()).cloned().collect();
    if own.is_empty() {
        return play.clone();
    }
    let mut steps = play.steps();
    steps.extend(own);
    Play { steps, ..play.clone() }
}

/// The play of a run, with what is over and another version does no longer have as steps of the run's own: what was done, by whom and
/// what was written of it stays with the run.
pub(super) fn with_past_steps(run: &Run, next: &Play) -> Play {
    let mut steps = run.play.steps();
    let mut own = steps.iter().filter(|s| s.is_own()).count();
    let ahead = next.steps();
    for (step, state) in steps.iter_mut().zip(&run.state.steps) {
        let goes = !step.is_own() && !ahead.iter().any(|s| s.id == step.id && s.kind() == step.kind());
        let is_work = !matches!(step.kind(), Kind::Wait | Kind::Branch);
        if goes && is_work && state.standing.is_over() && state.standing != Standing::Bypassed {
            own += 1;
            step.id = Step::own(own, Text::default()).id;
            step.after = Some(Vec::new());
        }
    }
    Play { steps, ..Play::clone(&run.play) }
}

/// Adds a step to a run: a task that can be begun at once, of whoever has the run.
pub async fn add_step(app: &App, grant: &Grant, id: Uuid, title: &str, due: Day) -> Result<()> {
    let (ws, title) = (grant.workspace(), title.trim());
    if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX {
        let reason = if title.is_empty() { "required" } else { "too-long" };
        return Err(Refused::Field { field: "title", reason }.into());
    }
    let settings = crate::settings::open_settings(app, ws).await?;
    let (scene, calendar) = (Scene::now(app, &settings), &settings.calendar);
    if due < scene.today || due > scene.today.plus(DUE_DAYS_MAX) {
        return Err(Refused::Field { field: "due", reason: "step-due-out-of-range" }.into());
    }
    let mut tx = app.db.write().await?;
    let mut before = find(&mut tx, grant, id).await?;
    if before.state.ended.is_some() {
        return Err(Refused::Changed.into());
    }
    let mut play = Play { steps: before.play.steps(), ..Play::clone(&before.play) };
    let taken = play.steps.iter().filter(|s| s.is_own()).count();
    if taken >= OWN_STEPS_MAX {
        return Err(Refused::Field { field: "title", reason: "too-many-own-steps" }.into());
    }
    let due = calendar.next_business_day(due);
    let days = u32::try_from(calendar.business_days_between(scene.today, due)).unwrap_or(0);
    play.steps.push(Step {
        after: Some(Vec::new()),
        due_business_days: Some(days),
        ..Step::own(taken + 1, Text::new(title, title))
    });
    let mut state = before.state.clone();
    state.steps.push(StepState {
        standing: Standing::Open,
        asks: true,
        ready_on: Some(scene.today),
        due_on: Some(due),
        ..StepState::default()
    });
    let version = before.settings_version;
    store::keep_version(&mut tx, (ws, app.now()), &mut before, &play, (state, version)).await?;
    let owner = before.owner.or(grant.staff());
    if let Some(task) = before.tasks.last_mut() {
        task.owner = owner;
    }
    if let Some(card) = before.card {
        crate::plays::store::touch_card(&mut tx, ws, card, app.now()).await?;
    }
    // The new row alone is written.
    let mut old = before.clone();
    old.state.steps.pop();
    let run = go_on(&mut tx, &scene, &old, before, Said::default()).await?;
    finish(tx, app, &run).await.map(|_| ())
}
