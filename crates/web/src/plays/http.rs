//! Requests about runs.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, list_workers};
use kizashi_app::plays::{self, Behind, Figure, RunQuery, RunTab, StepAnswer, Wording};
use kizashi_app::{Error, Refused};
use serde::Deserialize;
use uuid::Uuid;

use super::list::{self, Asked};
use super::onboarding;
use super::run::{self, Draft};
use crate::cards::id;
use crate::problem::Problem;
use crate::serve::Web;
use crate::settings::fields::parse_number;
use crate::shell::{Posted, Said, Visit};

/// Runs of one page.
const ROWS: i64 = 40;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct RunsQuery {
    tab: String,
    play: String,
    whose: String,
    after: String,
}

/// `GET /plays`.
pub(crate) async fn open_runs(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<RunsQuery>,
) -> Result<Response, Problem> {
    let tab = RunTab::ALL.into_iter().find(|t| t.word() == query.tab).unwrap_or_default();
    let mine = query.whose == "mine";
    let wanted = RunQuery {
        tab,
        play: query.play.clone(),
        owner: mine.then_some(visit.viewer.staff),
        after: (!query.after.is_empty()).then(|| query.after.clone()),
        rows: ROWS,
    };
    let found = plays::list_runs(&web.app, visit.viewer.workspace, &wanted).await?;
    let asked = Asked { tab, play: query.play, mine, after: query.after };
    Ok(visit.shell.page(&list::runs(&visit.shell, &asked, &found)))
}

fn uuid(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// `GET /plays/runs/{id}`.
pub(crate) async fn open_run(
    State(web): State<Web>,
    visit: Visit,
    Path(run_id): Path<String>,
) -> Result<Response, Problem> {
    draw_run(&web, &visit, uuid(&run_id)?, None).await
}

async fn draw_run(web: &Web, visit: &Visit, run: Uuid, draft: Option<&Draft<'_>>) -> Result<Response, Problem> {
    let page = plays::open_run_of(&web.app, visit.viewer.workspace, run, Some(visit.viewer.staff)).await?;
    let staff = list_workers(&web.app, visit.viewer.workspace).await?;
    let people: Vec<(String, String)> = staff.into_iter().map(|s| (s.id.to_string(), s.name)).collect();
    let status = if draft.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, visit.shell.page(&run::run(&visit.shell, &page, &people, draft))).into_response())
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct OnboardingQuery {
    play: String,
    figure: String,
    month: String,
    step: String,
}

impl OnboardingQuery {
    /// The figure whose runs are asked for; of a month, or of a milestone.
    fn behind(&self) -> Option<Behind> {
        let month = format!("{}-01", self.month).parse().ok();
        let asked = Behind { figure: Figure::parse(&self.figure)?, month, step: self.step.clone() };
        let of_month = matches!(asked.figure, Figure::Started | Figure::Completed | Figure::Ended);
        let is_whole = if of_month { asked.month.is_some() } else { !asked.step.is_empty() };
        is_whole.then_some(asked)
    }
}

/// `GET /plays/onboarding`.
pub(crate) async fn open_onboarding(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<OnboardingQuery>,
) -> Result<Response, Problem> {
    let report = plays::open_onboarding(&web.app, visit.viewer.workspace, &query.play, query.behind().as_ref()).await?;
    Ok(visit.shell.page(&onboarding::onboarding(&visit.shell, &report)))
}

fn done(posted: &Posted, run: Uuid, said: Said, of: &str) -> Response {
    Redirect::to(&posted.back_saying(&format!("/plays/runs/{run}"), said, of)).into_response()
}

/// `POST /plays/tasks/{id}/answer`.
pub(crate) async fn answer(
    State(web): State<Web>,
    Path(task): Path<String>,
    mut posted: Posted,
) -> Result<Response, Problem> {
    let task = uuid(&task)?;
    // The way back of a notice names what it takes back instead.
    let word = if posted.find("what") == Some("task") { "undone" } else { posted.text("answer")? };
    let how = StepAnswer::parse(word).ok_or_else(|| Problem::Refused("reason-not-one-of".into()))?;
    let needed = plays::find_needed(&web.app, posted.visit.viewer.workspace, task).await?;
    let grant = posted.visit.permit(needed)?;
    let typed = |name: &str| posted.pairs().iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let answered = match (how, typed("body")) {
        (StepAnswer::Confirm, Some(body)) => {
            let to = posted.find("to").map(id).transpose()?;
            let wording = Wording { to, subject: typed("subject").unwrap_or_default(), body };
            match plays::send_letter(&web.app, &grant, task, &wording).await {
                // What was typed stays where it was typed, with what is wrong above it.
                Err(Error::Refused(Refused::Field { field, reason })) => {
                    let run = plays::find_run_of_task(&web.app, posted.visit.viewer.workspace, task).await?;
                    let wrong = posted.visit.shell.words.t(&format!("reason-{reason}"));
                    posted.visit.shell.address = format!("/plays/runs/{run}");
                    return draw_run(&web, &posted.visit, run, Some(&Draft { task, wording: &wording, field, wrong }))
                        .await;
                }
                other => other?,
            }
        }
        _ => plays::answer_step(&web.app, &grant, task, how, posted.find("note").unwrap_or_default()).await?,
    };
    let said = match how {
        StepAnswer::Done => Said::TaskDone,
        StepAnswer::Confirm => Said::TaskConfirmed,
        StepAnswer::Skipped => Said::TaskSkipped,
        StepAnswer::Declined => Said::TaskDeclined,
        StepAnswer::Undone => Said::TaskUndone,
    };
    // A way back is offered only where there is one.
    let of = if answered.can_undo { task.to_string() } else { String::new() };
    Ok(done(&posted, answered.run, said, &of))
}

/// `POST /plays/runs/{id}/pause`.
pub(crate) async fn pause(
    State(web): State<Web>,
    Path(run): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let run = uuid(&run)?;
    let grant = posted.visit.permit(Action::Work)?;
    plays::pause_run(&web.app, &grant, run, posted.find("why").unwrap_or_default()).await?;
    Ok(done(&posted, run, Said::RunPaused, &run.to_string()))
}

/// `POST /plays/runs/{id}/resumption`.
pub(crate) async fn resume(
    State(web): State<Web>,
    Path(run): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let run = uuid(&run)?;
    plays::resume_run(&web.app, &posted.visit.permit(Action::Work)?, run).await?;
    Ok(done(&posted, run, Said::RunResumed, ""))
}

/// `POST /plays/runs/{id}/end`.
pub(crate) async fn stop(State(web): State<Web>, Path(run): Path<String>, posted: Posted) -> Result<Response, Problem> {
    let run = uuid(&run)?;
    let grant = posted.visit.permit(Action::Work)?;
    plays::stop_run(&web.app, &grant, run, posted.find("why").unwrap_or_default()).await?;
    Ok(done(&posted, run, Said::RunStopped, &run.to_string()))
}

/// `POST /plays/runs/{id}/reopening`.
pub(crate) async fn reopen(
    State(web): State<Web>,
    Path(run): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let run = uuid(&run)?;
    plays::reopen_run(&web.app, &posted.visit.permit(Action::Work)?, run).await?;
    Ok(done(&posted, run, Said::RunReopened, ""))
}

/// `POST /plays/runs/{id}/version`.
pub(crate) async fn move_over(
    State(web): State<Web>,
    Path(run): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let run = uuid(&run)?;
    plays::move_run(&web.app, &posted.visit.permit(Action::Work)?, run).await?;
    Ok(done(&posted, run, Said::RunMoved, ""))
}

/// `POST /plays/versions`: all runs of a play move to the version in force.
pub(crate) async fn move_all(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let play = posted.text("play")?;
    plays::move_runs(&web.app, &posted.visit.permit(Action::Work)?, play).await?;
    let back = Asked { play: play.to_owned(), ..Asked::default() }.address(RunTab::Open, "");
    Ok(Redirect::to(&posted.back_saying(&back, Said::RunsMoved, "")).into_response())
}

/// `POST /plays/runs/{id}/shift`: other days, another owner.
pub(crate) async fn shift(
    State(web): State<Web>,
    Path(run): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let run = uuid(&run)?;
    let typed = parse_number(posted.find("days").unwrap_or("0")).filter(|n| n.fract() == 0.0 && n.abs() < 1e4);
    #[allow(clippy::cast_possible_truncation)]
    let days = typed.ok_or_else(|| Problem::Refused("reason-not-a-number".into()))? as i32;
    let owner = posted.find("owner").map(id).transpose()?;
    let moved = plays::shift_run(&web.app, &posted.visit.permit(Action::Work)?, run, days, owner).await?;
    Ok(done(&posted, run, Said::RunShifted, &moved.shift.to_string()))
}

/// `POST /plays/tasks/{id}/shift`: another day, another owner for one step.
pub(crate) async fn shift_step(
    State(web): State<Web>,
    Path(task): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let due = posted.find("due").filter(|text| !text.is_empty()).map(str::parse).transpose();
    let due = due.map_err(|_| Problem::Refused("reason-not-a-day".into()))?;
    let owner = posted.find("owner").filter(|text| !text.is_empty()).map(id).transpose()?;
    let grant = posted.visit.permit(Action::Work)?;
    let (run, moved) = plays::shift_step(&web.app, &grant, uuid(&task)?, due, owner).await?;
    Ok(done(&posted, run, Said::StepShifted, &moved.shift.to_string()))
}

/// `POST /plays/runs/{id}/steps`: a step of one's own.
pub(crate) async fn add_step(
    State(web): State<Web>,
    Path(run): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let run = uuid(&run)?;
    let due = posted.text("due")?.parse().map_err(|_| Problem::Refused("reason-not-a-day".into()))?;
    plays::add_step(&web.app, &posted.visit.permit(Action::Work)?, run, posted.text("title")?, due).await?;
    Ok(done(&posted, run, Said::StepAdded, ""))
}

/// `POST /plays/shifts/{id}/undo`: open steps that were moved go back.
pub(crate) async fn undo_shift(
    State(web): State<Web>,
    Path(shift): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let back = plays::undo_shift(&web.app, &grant, id(&shift)?).await?;
    let said = match (back.cards.is_some(), back.left == 0) {
        (true, true) => Said::MoveUndone,
        (true, false) => Said::MoveUndonePartly,
        (false, true) => Said::ShiftUndone,
        (false, false) => Said::ShiftUndonePartly,
    };
    Ok(Redirect::to(&posted.back_saying("/plays", said, "")).into_response())
}

/// `POST /customers/{id}/plays`: begins a play by hand.
pub(crate) async fn start(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let customer = id(&customer)?;
    let grant = posted.visit.permit(Action::Work)?;
    let run = plays::start_run(&web.app, &grant, customer, posted.text("play")?).await?;
    Ok(Redirect::to(&format!("/plays/runs/{run}?said={}", Said::RunStarted.word())).into_response())
}
