//! Who helps with a card, who is meant on it, and why it was a false alarm.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::plays;

use super::id;
use super::press::{or_refuse, refuse};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said};

/// `POST /cards/{id}/associates`.
pub(crate) async fn join(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (card, grant) = (id(&card)?, posted.visit.permit(Action::Work)?);
    let outcome = match posted.text("staff") {
        Ok(staff) => plays::join_card(&web.app, &grant, card, id(staff)?).await,
        Err(problem) => return refuse(&web, &posted, card, "helper", problem).await,
    };
    if let Err(refused) = or_refuse(&web, &posted, (card, "helper"), outcome).await? {
        return Ok(refused);
    }
    Ok(Redirect::to(&posted.back_saying(&format!("/cards/{card}"), Said::CardJoined, "")).into_response())
}

/// `POST /cards/{id}/associates/removal`.
pub(crate) async fn part(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (card, grant) = (id(&card)?, posted.visit.permit(Action::Work)?);
    let outcome = plays::part_card(&web.app, &grant, card, id(posted.text("staff")?)?).await;
    if let Err(refused) = or_refuse(&web, &posted, (card, "helper"), outcome).await? {
        return Ok(refused);
    }
    Ok(Redirect::to(&posted.back_saying(&format!("/cards/{card}"), Said::CardParted, "")).into_response())
}

/// `POST /cards/{id}/false-reason`.
pub(crate) async fn explain(
    State(web): State<Web>,
    Path(card): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (card, grant) = (id(&card)?, posted.visit.permit(Action::Work)?);
    let reason = posted.find("false_reason").unwrap_or_default();
    let outcome = plays::explain_false_alarm(&web.app, &grant, card, reason).await;
    if let Err(refused) = or_refuse(&web, &posted, (card, "false"), outcome).await? {
        return Ok(refused);
    }
    Ok(Redirect::to(&posted.back_saying(&format!("/cards/{card}"), Said::CardExplained, "")).into_response())
}

/// `POST /card-mentions/{id}/seen`: whoever is meant may say so, whatever their role.
pub(crate) async fn see_mention(
    State(web): State<Web>,
    Path(step): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    plays::see_mention(&web.app, &posted.visit.viewer, id(&step)?).await?;
    Ok(Redirect::to(posted.back("/today")).into_response())
}
