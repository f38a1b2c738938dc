//! Requests of administrators about who is told what.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, permit};
use kizashi_app::subscriptions::{self, Occurrence};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Delivery, Id, Subscription};

use super::pages;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

fn id(text: &str) -> Result<Id<Subscription>, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

fn back(id: Id<Subscription>, said: Said) -> Response {
    Redirect::to(&format!("/data/subscriptions/{id}?said={}", said.word())).into_response()
}

/// `GET /data/subscriptions`.
pub(crate) async fn open_subscriptions(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let all = subscriptions::list_subscriptions(&web.app, visit.viewer.workspace).await?;
    let may = permit(&visit.viewer, Action::Administer).is_ok();
    let entered = pages::Entered::default();
    Ok(visit.shell.page(&pages::list(&visit.shell, &all, may, &entered, None)))
}

fn read(posted: &Posted) -> pages::Entered {
    let text = |name: &str| posted.find(name).unwrap_or_default().to_owned();
    let occurrences = Occurrence::ALL.into_iter().filter(|o| posted.find(o.word()).is_some()).collect();
    pages::Entered { name: text("name"), address: text("address"), occurrences }
}

/// What is wrong with what was entered, in words; other errors stay errors.
fn explain(posted: &Posted, error: Error) -> Result<(&'static str, String), Problem> {
    let w = &posted.visit.shell.words;
    match error {
        Error::Refused(Refused::Field { field, reason }) => Ok((field, w.t(&format!("reason-{reason}")))),
        Error::Refused(Refused::Taken) => Ok(("name", w.t("refused-taken"))),
        other => Err(other.into()),
    }
}

/// `POST /data/subscriptions`: the secret is shown in the answer, and never again.
pub(crate) async fn add_subscription(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let (entered, shell) = (read(&posted), &posted.visit.shell);
    let (name, address) = (&entered.name, &entered.address);
    let may_http = web.options.may_reach_private;
    match subscriptions::add_subscription(&web.app, &grant, name, address, &entered.occurrences, may_http).await {
        Ok((id, secret)) => Ok(shell.page(&pages::secret(shell, name, id, &secret))),
        Err(error) => {
            let wrong = explain(&posted, error)?;
            let all = subscriptions::list_subscriptions(&web.app, grant.workspace()).await?;
            let page = pages::list(shell, &all, true, &entered, Some(wrong));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shell.page(&page)).into_response())
        }
    }
}

/// `GET /data/subscriptions/{id}`.
pub(crate) async fn open_subscription(
    State(web): State<Web>,
    visit: Visit,
    Path(subscription): Path<String>,
) -> Result<Response, Problem> {
    let one = subscriptions::open_subscription(&web.app, visit.viewer.workspace, id(&subscription)?).await?;
    let grant = visit.permit(Action::Administer)?;
    let told = subscriptions::list_deliveries(&web.app, &grant, one.id).await?;
    Ok(visit.shell.page(&pages::one(&visit.shell, &one, &told, &pages::Entered::of(&one), None)))
}

/// `POST /data/subscriptions/{id}/change`.
pub(crate) async fn change_subscription(
    State(web): State<Web>,
    Path(subscription): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let one = subscriptions::open_subscription(&web.app, grant.workspace(), id(&subscription)?).await?;
    let (entered, may_http) = (read(&posted), web.options.may_reach_private);
    let kept =
        subscriptions::change_subscription(&web.app, &grant, one.id, &entered.address, &entered.occurrences, may_http);
    match kept.await {
        Ok(()) => Ok(back(one.id, Said::Hook)),
        Err(error) => {
            let wrong = explain(&posted, error)?;
            let told = subscriptions::list_deliveries(&web.app, &grant, one.id).await?;
            let shell = &posted.visit.shell;
            let page = pages::one(shell, &one, &told, &entered, Some(wrong));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shell.page(&page)).into_response())
        }
    }
}

/// `POST /data/subscriptions/{id}/secret`: a new one, shown in the answer.
pub(crate) async fn change_secret(
    State(web): State<Web>,
    Path(subscription): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let one = subscriptions::open_subscription(&web.app, grant.workspace(), id(&subscription)?).await?;
    let secret = subscriptions::change_secret(&web.app, &grant, one.id).await?;
    let shell = &posted.visit.shell;
    Ok(shell.page(&pages::secret(shell, &one.name, one.id, &secret)))
}

/// `POST /data/subscriptions/{id}/switch`.
pub(crate) async fn switch_subscription(
    State(web): State<Web>,
    Path(subscription): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let subscription = id(&subscription)?;
    let is_on = posted.find("to") == Some("on");
    subscriptions::switch_subscription(&web.app, &grant, subscription, is_on).await?;
    Ok(back(subscription, if is_on { Said::HookOn } else { Said::HookOff }))
}

/// `POST /data/subscriptions/{id}/test`.
pub(crate) async fn send_test(
    State(web): State<Web>,
    Path(subscription): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let delivery = subscriptions::send_test(&web.app, &grant, id(&subscription)?).await?;
    Ok(Redirect::to(&format!("/data/deliveries/{delivery}?said={}", Said::Sent.word())).into_response())
}

fn delivery(text: &str) -> Result<Id<Delivery>, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// `GET /data/deliveries/{id}`: what was sent, and how each try went.
pub(crate) async fn open_delivery(
    State(web): State<Web>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (told, tries) = subscriptions::open_delivery(&web.app, visit.viewer.workspace, delivery(&id)?).await?;
    visit.permit(Action::Administer)?;
    let one = subscriptions::open_subscription(&web.app, visit.viewer.workspace, told.subscription).await?;
    Ok(visit.shell.page(&pages::delivery(&visit.shell, &one, &told, &tries)))
}

/// `POST /data/deliveries/{id}/again`.
pub(crate) async fn send_again(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let id = delivery(&id)?;
    subscriptions::send_again(&web.app, &grant, id).await?;
    Ok(Redirect::to(&format!("/data/deliveries/{id}?said={}", Said::Sent.word())).into_response())
}
