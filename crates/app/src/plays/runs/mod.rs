//! Plays under way: a run of a play for one customer, and its steps.

mod advance;
mod again;
mod answer;
mod begin;
mod dates;
mod enter;
mod letters;
mod lists;
mod load;
mod marks;
mod of_card;
mod onboarding;
mod own_steps;
mod perform;
mod reached;
mod read;
mod recall;
mod renew;
mod shift;
mod shifts;
mod store;

use std::sync::Arc;

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::pack::labels::{label_limit, label_seen};
use kizashi_domain::plays::{Kind, Standing, Step, StepState, Way, judge_dating};
use kizashi_domain::time::{Day, Time, Zone};
use uuid::Uuid;

use crate::{App, Refused, Result};

use lists::Whose;

pub(crate) use advance::advance_due;
pub use answer::{
    Answered, StepAnswer, answer_step, find_needed, find_run_of_task, pause_run, reopen_run, resume_run, send_letter,
    stop_run,
};
pub(crate) use answer::{hand_tasks, return_task};
pub(in crate::plays) use begin::Met as Beginning;
pub(in crate::plays) use dates::{dates_of, dates_on};
pub(in crate::plays) use enter::begin_named;
pub use enter::start_run;
pub(crate) use enter::{Watched, follow, list_watched, list_watching};
pub use of_card::count_under_way;
pub(in crate::plays) use of_card::{end_runs_of, reopen_runs_of};
pub use onboarding::{Behind, Figure, OnboardingRow, open_onboarding};
pub use own_steps::add_step;
use own_steps::with_own_steps;
pub use read::{
    Cause, Cohort, CustomerPlays, Letter, MilestoneRow, Onboarding, RunList, RunPage, RunQuery, RunRow, RunTab, Sent,
    StepView, TaskRow, Wording,
};
pub use recall::{PastFigures, look_back, read_past_figures};
pub use renew::{move_run, move_runs};
pub use shift::{Shift, Shifted, Unshifted, count_following, move_following, shift_run, shift_step, undo_shift};
pub(in crate::plays) use store::{look_at_runs_of, move_due_days_of_steps};

/// A page of runs.
pub async fn list_runs(app: &App, workspace: Id<Workspace>, query: &RunQuery) -> Result<RunList> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let mut list = lists::list_runs(app, workspace, settings.day_of(app.now()), query).await?;
    if query.tab != RunTab::Ended && !query.play.is_empty() {
        list.behind = renew::count_behind(app, &settings, &query.play).await?;
    }
    Ok(list)
}

/// Plays of one customer.
pub async fn open_plays_of(app: &App, workspace: Id<Workspace>, customer: Id<Customer>) -> Result<CustomerPlays> {
    const TASKS_MAX: i64 = 20;
    Ok(CustomerPlays {
        runs: lists::list_of_customer(app, workspace, customer).await?,
        tasks: lists::list_open_tasks(app, workspace, Whose::About(customer), load::NEVER, TASKS_MAX).await?,
    })
}

/// Plays of these customers that are under way, and their open steps.
pub(crate) async fn open_plays_of_many(
    app: &App,
    workspace: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<CustomerPlays> {
    Ok(CustomerPlays {
        runs: lists::list_open_of_many(app, workspace, customers).await?,
        tasks: lists::list_open_tasks_of(app, workspace, customers).await?,
    })
}

/// Runs that answer one card, the newest first.
pub async fn list_runs_of_card(app: &App, workspace: Id<Workspace>, card: Id<Card>) -> Result<Vec<RunRow>> {
    lists::list_of_card(app, workspace, card).await
}

/// Open steps that are somebody's work and due until a day, the first due first: those of one person or of everybody.
pub async fn list_open_tasks(
    app: &App,
    workspace: Id<Workspace>,
    owner: Option<Id<Staff>>,
    until: Day,
    limit: i64,
) -> Result<Vec<TaskRow>> {
    lists::list_open_tasks(app, workspace, owner.map_or(Whose::Everybodys, Whose::Of), until, limit).await
}

/// How many open steps of one person are due until today, and how many of them are past their day.
pub async fn count_open_tasks(app: &App, workspace: Id<Workspace>, owner: Id<Staff>, today: Day) -> Result<(i64, i64)> {
    lists::count_open_tasks(app, workspace, owner, today).await
}

/// One run, step by step.
pub async fn open_run(app: &App, workspace: Id<Workspace>, id: Uuid) -> Result<RunPage> {
    open_run_of(app, workspace, id, None).await
}

/// The same for somebody who may send its letters.
pub async fn open_run_of(app: &App, workspace: Id<Workspace>, id: Uuid, viewer: Option<Id<Staff>>) -> Result<RunPage> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let Some(row) = lists::find_row(app, workspace, id).await? else { return Err(Refused::NotFound.into()) };
    let Some(life) = lists::find_life(app, workspace, id).await? else { return Err(Refused::NotFound.into()) };
    let rows = lists::list_steps(app, workspace, id).await?;
    let mut sent = letters::list_sent(app, workspace, id).await?;
    let Some(run) = load::open_run(app, workspace, id).await? else { return Err(Refused::NotFound.into()) };
    let people = perform::People::open(app, workspace, run.customer, viewer).await?;
    let steps = run.play.steps();
    let ways = run.play.ways();
    let is_over = |id: &str| {
        let at = steps.iter().position(|s| s.id == id);
        at.and_then(|at| run.state.steps.get(at)).is_some_and(|s| s.standing.is_over())
    };
    let waits_for = |at: usize, for_delay: bool| {
        let before = ways.get(at).into_iter().flatten();
        let before = before.filter(|(id, way)| !is_over(id) && (*way == Way::Missed) == for_delay);
        before.filter_map(|(id, _)| steps.iter().find(|s| s.id == *id)).map(|s| s.title.clone()).collect()
    };
    let condition = |step: &Step| step.bound().map(|b| label_limit(&b.of, b.side, b.limit, &settings.pack.metrics));
    let seen = |step: &Step, state: &StepState| {
        step.bound().zip(state.chose_value).map(|(bound, value)| label_seen(&bound.of, value, &settings.pack.metrics))
    };
    let mut views = Vec::with_capacity(steps.len());
    for (at, (step, (state, task))) in steps.iter().zip(run.state.steps.iter().zip(&run.tasks)).enumerate() {
        let row = rows.iter().find(|r| r.id == task.id);
        let is_open = state.standing == Standing::Open;
        views.push(StepView {
            task: task.id,
            step: step.clone(),
            state: *state,
            dating: judge_dating(step, state, &settings.calendar),
            owner: row.and_then(|r| r.owner.clone()),
            has_owner_left: row.is_some_and(|r| r.owner_left_at.is_some()),
            finished_by: row.and_then(|r| r.finished_by.clone()),
            finished_at: row.and_then(|r| r.finished_at),
            performed: task.performed,
            note: row.map(|r| r.note.clone()).unwrap_or_default(),
            waits_for: if state.standing == Standing::Later { waits_for(at, false) } else { Vec::new() },
            begins_if_missed: if state.standing == Standing::Later { waits_for(at, true) } else { Vec::new() },
            condition: condition(step),
            seen: seen(step, state),
            letter: if is_open && step.kind() == Kind::Mail {
                people.letter(step, today, settings.pack.letters_in)
            } else {
                None
            },
            sent: sent.remove(&task.id),
            can_undo: !step.kind().runs_itself() && answer::can_undo(&run, at, today),
        });
    }
    let current = settings.pack.play(&run.play.id);
    let newer = current
        .filter(|p| run.state.ended.is_none() && with_own_steps(p, &run.play) != *run.play)
        .map(|_| settings.version);
    Ok(RunPage {
        row,
        play: Arc::unwrap_or_clone(run.play),
        version: run.settings_version,
        newer,
        steps: views,
        card: run.card,
        cause: Cause::parse(&life.cause),
        started_by: life.started_by,
        paused_why: life.paused_why,
        ended_why: life.ended_why,
    })
}

/// Forgets the runs of a customer that is going.
pub(in crate::plays) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    shifts::forget_customer(tx, ws, customer).await?;
    letters::forget_customer(tx, ws, customer).await?;
    store::forget_customer(tx, ws, customer).await
}

/// Gives the runs of a customer to the one that it goes into. An open run of a play that the other goes through as well is ended.
/// Which went over.
pub(crate) async fn merge_runs(
    tx: &mut Tx,
    ws: Id<Workspace>,
    of: (Id<Customer>, Id<Customer>),
    at: Time,
) -> Result<Vec<Uuid>> {
    store::stop_doubled(tx, ws, of, (at, Zone::UTC.day_of(at))).await?;
    store::rehome_runs(tx, ws, of, None).await
}

/// Gives these runs back.
pub(crate) async fn part_runs(
    tx: &mut Tx,
    ws: Id<Workspace>,
    of: (Id<Customer>, Id<Customer>),
    moved: &[Uuid],
) -> Result<()> {
    store::rehome_runs(tx, ws, of, Some(moved)).await.map(|_| ())
}
