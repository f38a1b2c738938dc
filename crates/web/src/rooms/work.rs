//! Requests about the plan of a room and about decisions.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::rooms::{self, NewAction, NewDecision};
use uuid::Uuid;

use super::http::{answered, back, day_of};
use crate::cards::id;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said};

/// `POST /rooms/{id}/actions`.
pub(crate) async fn add_action(
    State(web): State<Web>,
    Path(room): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (room, grant) = (id(&room)?, posted.visit.permit(Action::Work)?);
    let new = read(&posted)?;
    let done = rooms::add_action(&web.app, &grant, room, &new).await;
    answered(&web, &posted, (room, "action"), done, Said::ActionAdded).await
}

/// `POST /room-actions/{id}`: another text, person or day.
pub(crate) async fn change_action(
    State(web): State<Web>,
    Path(action): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (action, grant) = (uuid(&action)?, posted.visit.permit(Action::Work)?);
    let room = rooms::find_room_of(&web.app, grant.workspace(), action).await?;
    let done = rooms::change_action(&web.app, &grant, action, &read(&posted)?).await;
    answered(&web, &posted, (room, &format!("action-{action}")), done.map(|_| ()), Said::ActionChanged).await
}

/// What a form says about an action.
fn read(posted: &Posted) -> Result<NewAction, Problem> {
    Ok(NewAction {
        what: posted.find("what").unwrap_or_default().to_owned(),
        owner: posted.find("owner").map(id).transpose()?,
        due: day_of(posted, "due")?.ok_or_else(|| Problem::Refused("reason-required".into()))?,
    })
}

fn uuid(text: &str) -> Result<Uuid, Problem> {
    Uuid::parse_str(text).map_err(|_| Problem::NotFound)
}

/// `POST /room-actions/{id}/done`.
pub(crate) async fn act(
    State(web): State<Web>,
    Path(action): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let action = uuid(&action)?;
    let grant = rooms::permit_finishing(&web.app, &posted.visit.viewer, action).await?;
    let is_done = posted.find("is") != Some("open");
    let room = rooms::finish_action(&web.app, &grant, action, is_done).await?;
    Ok(back(room, if is_done { Said::ActionDone } else { Said::ActionOpen }))
}

/// `POST /room-actions/{id}/removal`.
pub(crate) async fn remove_action(
    State(web): State<Web>,
    Path(action): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let action = uuid(&action)?;
    let room = rooms::remove_action(&web.app, &grant, action, true).await?;
    Ok(Redirect::to(&format!("/rooms/{room}?said={}&of={action}", Said::ActionRemoved.word())).into_response())
}

/// `POST /room-actions/{id}/restoration`.
pub(crate) async fn restore_action(
    State(web): State<Web>,
    Path(action): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let room = rooms::remove_action(&web.app, &grant, uuid(&action)?, false).await?;
    Ok(back(room, Said::ActionOpen))
}

/// `POST /customers/{id}/decisions`.
pub(crate) async fn decide(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (customer, grant) = (id(&customer)?, posted.visit.permit(Action::Work)?);
    let new = NewDecision {
        what: posted.text("what")?.to_owned(),
        by: posted.find("by").unwrap_or_default().to_owned(),
        on: day_of(&posted, "on")?,
        review_on: day_of(&posted, "review_on")?,
    };
    let decision = match rooms::decide(&web.app, &grant, customer, &new).await {
        Ok(decision) => decision,
        Err(error) => {
            let room = posted.back("").strip_prefix("/rooms/").and_then(|room| room.split(['?', '#']).next());
            let Some(room) = room.and_then(|room| id(room).ok()) else { return Err(error.into()) };
            return answered(&web, &posted, (room, "decision"), Err(error), Said::Decided).await;
        }
    };
    let back = posted.back_saying(&format!("/customers/{customer}"), Said::Decided, &decision.to_string());
    Ok(Redirect::to(&back).into_response())
}

/// `POST /decisions/{id}/removal`.
pub(crate) async fn take_back_decision(
    State(web): State<Web>,
    Path(decision): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (decision, grant) = (uuid(&decision)?, posted.visit.permit(Action::Work)?);
    rooms::take_back_decision(&web.app, &grant, decision, true).await?;
    let back = posted.back_saying("/rooms", Said::DecisionRemoved, &decision.to_string());
    Ok(Redirect::to(&back).into_response())
}

/// `POST /decisions/{id}/restoration`.
pub(crate) async fn restore_decision(
    State(web): State<Web>,
    Path(decision): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    rooms::take_back_decision(&web.app, &grant, uuid(&decision)?, false).await?;
    Ok(Redirect::to(&posted.back_saying("/rooms", Said::Undone, "")).into_response())
}
