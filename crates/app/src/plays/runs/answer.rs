//! What people do to runs: answers to steps, standing still, ending.

use kizashi_db::Tx;
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::limits::TEXT_CHARS_MAX;
use kizashi_domain::plays::{Answer, Kind, Who, answer};
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::advance::{Scene, go_on, measure_soon};
use super::again;
use super::load::{Run, find_run, find_run_of, open_run_of};
use super::of_card::reopen;
use super::perform::{People, perform};
use super::read::Wording;
use super::store::{self, Said};
use crate::access::{Action, Grant};
use crate::{App, Refused, Result};

/// How a person answers a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepAnswer {
    /// 完了 (an approval: 承認).
    Done,
    /// The product does what it has ready: sends the letter, writes the field.
    Confirm,
    /// やらない, with a reason.
    Skipped,
    /// An approval: no, with a reason.
    Declined,
    /// The answer is taken back.
    Undone,
}

impl StepAnswer {
    /// Reads the word of a form.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "done" => Self::Done,
            "confirm" => Self::Confirm,
            "skipped" => Self::Skipped,
            "declined" => Self::Declined,
            "undone" => Self::Undone,
            _ => return None,
        })
    }

    const fn rule(self) -> Answer {
        match self {
            Self::Done | Self::Confirm => Answer::Done,
            Self::Skipped => Answer::Skipped,
            Self::Declined => Answer::Declined,
            Self::Undone => Answer::Undone,
        }
    }
}

fn checked(note: &str) -> Result<&str> {
    let note = note.trim();
    if note.chars().count() > TEXT_CHARS_MAX {
        return Err(Refused::Field { field: "note", reason: "too-long" }.into());
    }
    Ok(note)
}

fn required(note: &str) -> Result<&str> {
    match checked(note)? {
        "" => Err(Refused::Field { field: "note", reason: "required" }.into()),
        note => Ok(note),
    }
}

/// What somebody must be allowed to answer a step: an approval is a manager's.
pub async fn find_needed(app: &App, ws: Id<Workspace>, task: Uuid) -> Result<Action> {
    let Some((run, at)) = open_run_of(app, ws, task).await? else { return Err(Refused::NotFound.into()) };
    let step = run.play.steps().into_iter().nth(at);
    let is_approval = step.is_some_and(|s| s.kind() == Kind::Approval && s.who != Who::Owner);
    Ok(if is_approval { Action::Configure } else { Action::Work })
}

/// The run of a step.
pub async fn find_run_of_task(app: &App, ws: Id<Workspace>, task: Uuid) -> Result<Uuid> {
    let Some((run, _)) = open_run_of(app, ws, task).await? else { return Err(Refused::NotFound.into()) };
    Ok(run.id)
}

/// What became of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// The run of the step.
    pub run: Uuid,
    /// Whether it can be taken back: not when the play went on from it in a way that stays.
    pub can_undo: bool,
}

/// Sends the letter of a step in the words of a person; the run goes on at once.
///
/// # Errors
/// [`Refused::Field`] when nothing is said, when it is too long, or when another person has the role by now.
pub async fn send_letter(app: &App, grant: &Grant, task: Uuid, wording: &Wording) -> Result<Answered> {
    let wording = wording.checked()?;
    answer_with(app, grant, task, (StepAnswer::Confirm, ""), Some(&wording)).await
}

/// Answers a step; the run goes on at once.
pub async fn answer_step(app: &App, grant: &Grant, task: Uuid, how: StepAnswer, note: &str) -> Result<Answered> {
    answer_with(app, grant, task, (how, note), None).await
}

async fn answer_with(
    app: &App,
    grant: &Grant,
    task: Uuid,
    (how, note): (StepAnswer, &str),
    wording: Option<&Wording>,
) -> Result<Answered> {
    let note = match how {
        StepAnswer::Skipped | StepAnswer::Declined => required(note)?,
        _ => checked(note)?,
    };
    let ws = grant.workspace();
    let settings = crate::settings::open_settings(app, ws).await?;
    let scene = Scene::now(app, &settings);
    let mut tx = app.db.write().await?;
    let Some((before, at)) = find_run_of(&mut tx, ws, task).await? else { return Err(Refused::NotFound.into()) };
    if before.paused_on.is_some() {
        return Err(Refused::Field { field: "answer", reason: "play-stands-still" }.into());
    }
    let performed = before.tasks.get(at).is_some_and(|t| t.performed);
    if how == StepAnswer::Undone && performed {
        return Err(Refused::Field { field: "answer", reason: "play-gone-out" }.into());
    }
    let refused = if how == StepAnswer::Undone { "play-gone-on" } else { "play-answered" };
    let Some(state) = answer(&before.play, &before.state, at, how.rule(), scene.today) else {
        return Err(Refused::Field { field: "answer", reason: refused }.into());
    };
    let mut run = Run { state, ..before.clone() };
    if how == StepAnswer::Confirm {
        let mut people = People::load(&mut tx, ws, run.customer).await?;
        people.sent_by(&mut tx, ws, grant.staff()).await?;
        if let Some(step) = run.play.steps().get(at) {
            perform(&mut tx, &scene, &run, (at, step), &people, (grant.staff(), wording)).await?;
        }
        if let Some(task) = run.tasks.get_mut(at) {
            task.performed = true;
        }
    }
    if how == StepAnswer::Undone {
        again::settle(&mut tx, ws, &mut run).await?;
    }
    let said = Said { by: grant.staff(), at: Some(at), note };
    if let Some(card) = run.card {
        crate::plays::store::touch_card(&mut tx, ws, card, app.now()).await?;
    }
    let run = go_on(&mut tx, &scene, &before, run, said).await?;
    let can_undo = can_undo(&run, at, scene.today);
    Ok(Answered { run: finish(tx, app, &run).await?, can_undo })
}

/// Whether the answer of a step can be taken back.
pub(super) fn can_undo(run: &Run, at: usize, today: Day) -> bool {
    let went_out = run.tasks.get(at).is_some_and(|t| t.performed);
    run.paused_on.is_none() && !went_out && answer(&run.play, &run.state, at, Answer::Undone, today).is_some()
}

pub(super) async fn finish(tx: Tx, app: &App, run: &Run) -> Result<Uuid> {
    tx.commit().await?;
    if let (true, Some(ws)) = (run.state.watches_figures(&run.play), app.workspace().await?) {
        measure_soon(app, ws, &[run.customer]).await?;
    }
    Ok(run.id)
}

pub(super) async fn find(tx: &mut Tx, grant: &Grant, id: Uuid) -> Result<Run> {
    let Some(run) = find_run(tx, grant.workspace(), id).await? else { return Err(Refused::NotFound.into()) };
    Ok(run)
}

/// 止める: nothing goes on until it is resumed.
pub async fn pause_run(app: &App, grant: &Grant, id: Uuid, why: &str) -> Result<()> {
    let why = required(why)?;
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let mut tx = app.db.write().await?;
    let run = find(&mut tx, grant, id).await?;
    if run.paused_on.is_some() || run.state.ended.is_some() {
        return Err(Refused::Changed.into());
    }
    let pause = Some((settings.day_of(app.now()), grant.staff(), why));
    store::keep_pause(&mut tx, app, grant.workspace(), &run, pause).await?;
    Ok(tx.commit().await?)
}

/// 再開する: what was open gets the lost business days back.
pub async fn resume_run(app: &App, grant: &Grant, id: Uuid) -> Result<()> {
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let scene = Scene::now(app, &settings);
    let mut tx = app.db.write().await?;
    let mut before = find(&mut tx, grant, id).await?;
    let Some(since) = before.paused_on else { return Err(Refused::Changed.into()) };
    store::keep_pause(&mut tx, app, grant.workspace(), &before, None).await?;
    before.revision += 1;
    before.paused_on = None;
    let run = Run { state: before.state.resumed(since, scene.today, &settings.calendar), ..before.clone() };
    let run = go_on(&mut tx, &scene, &before, run, Said::default()).await?;
    finish(tx, app, &run).await.map(|_| ())
}

/// 終える, with a reason.
pub async fn stop_run(app: &App, grant: &Grant, id: Uuid, why: &str) -> Result<()> {
    let why = required(why)?;
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let scene = Scene::now(app, &settings);
    let mut tx = app.db.write().await?;
    let before = find(&mut tx, grant, id).await?;
    if before.state.ended.is_some() {
        return Err(Refused::Changed.into());
    }
    let run = Run { state: before.state.stopped(scene.today), ..before.clone() };
    go_on(&mut tx, &scene, &before, run, Said { by: grant.staff(), at: None, note: why }).await?;
    Ok(tx.commit().await?)
}

/// Takes an ending by hand, or with the card, back, unless the play began anew meanwhile.
pub async fn reopen_run(app: &App, grant: &Grant, id: Uuid) -> Result<()> {
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let scene = Scene::now(app, &settings);
    let mut tx = app.db.write().await?;
    let before = find(&mut tx, grant, id).await?;
    let Some(run) = reopen(&mut tx, &scene, &before).await? else { return Err(Refused::Changed.into()) };
    finish(tx, app, &run).await.map(|_| ())
}

/// Gives the open steps and the runs under way of one person to another: those of one customer, or all. Which: `task` or `run`,
/// and its id.
pub(crate) async fn hand_tasks(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    customer: Option<Id<Customer>>,
    of: (Id<Staff>, Id<Staff>),
) -> Result<Vec<(&'static str, Uuid)>> {
    store::keep_handed(tx, app, grant.workspace(), customer, of).await
}

/// Gives a `task` or a `run` that was handed over back, unless somebody else has it by now; whether it went.
pub(crate) async fn return_task(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    what: (&str, Uuid),
    of: (Id<Staff>, Id<Staff>),
) -> Result<bool> {
    store::keep_given(tx, app, grant.workspace(), what, of).await
}
