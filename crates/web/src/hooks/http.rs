//! Requests of administrators about hooks and forms.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, permit};
use kizashi_app::hooks::{self, NewHook};
use kizashi_app::secrets::Secret;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Hook, HookMessage, Id};
use kizashi_domain::intake::HookKind;
use kizashi_domain::lang::Lang;

use super::receive::origin_of;
use super::{list, one};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

const LIST: &str = "/data/hooks";

fn id(text: &str) -> Result<Id<Hook>, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

fn address(id: Id<Hook>) -> String {
    format!("{LIST}/{id}")
}

fn back(id: Id<Hook>, said: Said) -> Response {
    Redirect::to(&format!("{}?said={}", address(id), said.word())).into_response()
}

/// `GET /data/hooks`.
pub(crate) async fn open_hooks(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let hooks = hooks::list_hooks(&web.app, visit.viewer.workspace).await?;
    let may = permit(&visit.viewer, Action::Administer).is_ok();
    Ok(visit.shell.page(&list::page(&visit.shell, &hooks, may)))
}

/// `GET /data/hooks/new/{kind}`.
pub(crate) async fn open_new(visit: Visit, Path(kind): Path<String>) -> Result<Response, Problem> {
    let kind = HookKind::parse(&kind).ok_or(Problem::NotFound)?;
    visit.permit(Action::Administer)?;
    let entered = one::Entered::blank(kind, visit.shell.lang());
    Ok(visit.shell.page(&one::new_page(&visit.shell, &entered, None)))
}

fn read(posted: &Posted, kind: HookKind) -> NewHook {
    let text = |name: &str| posted.find(name).unwrap_or_default().to_owned();
    NewHook {
        name: text("name"),
        kind,
        secret: posted.find("secret").map(|s| Secret::new(s.to_owned())),
        map: text("map"),
        origins: text("origins").lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect(),
        category: text("category"),
        language: if posted.find("language") == Some("en") { Lang::En } else { Lang::Ja },
    }
}

/// What is wrong with what was entered, in words; other errors stay errors.
fn explain(posted: &Posted, error: Error) -> Result<(&'static str, String), Problem> {
    let w = &posted.visit.shell.words;
    match error {
        Error::Refused(Refused::Field { field, reason }) => Ok((field, w.t(&format!("reason-{reason}")))),
        Error::Refused(Refused::Settings(said)) => Ok(("map", said)),
        Error::Refused(Refused::Taken) => Ok(("name", w.t("refused-taken"))),
        other => Err(other.into()),
    }
}

/// `POST /data/hooks`.
pub(crate) async fn add_hook(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let kind = posted.find("kind").and_then(HookKind::parse).ok_or(Problem::NotFound)?;
    let new = read(&posted, kind);
    match hooks::add_hook(&web.app, web.hooks.as_ref(), &grant, new.clone()).await {
        Ok(id) => Ok(back(id, Said::Hook)),
        Err(error) => {
            let wrong = explain(&posted, error)?;
            let shell = &posted.visit.shell;
            let page = one::new_page(shell, &one::Entered::of(&new), Some(wrong));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shell.page(&page)).into_response())
        }
    }
}

/// `GET /data/hooks/{id}`.
pub(crate) async fn open_hook(
    State(web): State<Web>,
    visit: Visit,
    headers: HeaderMap,
    Path(hook): Path<String>,
) -> Result<Response, Problem> {
    let (hook, tally) = hooks::open_hook(&web.app, visit.viewer.workspace, id(&hook)?).await?;
    let grant = visit.permit(Action::Administer)?;
    let refused = hooks::list_messages(&web.app, &grant, hook.id, true).await?;
    let last = hooks::list_messages(&web.app, &grant, hook.id, false).await?;
    let entered = one::Entered::of_hook(&hook);
    let look = one::Look { hook: &hook, tally, refused: &refused, last: &last, origin: &origin_of(&web, &headers) };
    Ok(visit.shell.page(&one::page(&visit.shell, &look, &entered, None)))
}

/// `POST /data/hooks/{id}/change`: the map, or what a form is like.
pub(crate) async fn change_hook(
    State(web): State<Web>,
    headers: HeaderMap,
    Path(hook): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let (hook, tally) = hooks::open_hook(&web.app, grant.workspace(), id(&hook)?).await?;
    let change = read(&posted, hook.kind);
    match hooks::change_hook(&web.app, web.hooks.as_ref(), &grant, hook.id, change.clone()).await {
        Ok(()) => Ok(back(hook.id, Said::Hook)),
        Err(error) => {
            let wrong = explain(&posted, error)?;
            let refused = hooks::list_messages(&web.app, &grant, hook.id, true).await?;
            let entered = one::Entered { name: hook.name.clone(), ..one::Entered::of(&change) };
            let origin = origin_of(&web, &headers);
            let look = one::Look { hook: &hook, tally, refused: &refused, last: &[], origin: &origin };
            let page = one::page(&posted.visit.shell, &look, &entered, Some(wrong));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, posted.visit.shell.page(&page)).into_response())
        }
    }
}

/// `POST /data/hooks/{id}/secret`.
pub(crate) async fn change_secret(
    State(web): State<Web>,
    Path(hook): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let hook = id(&hook)?;
    let secret = Secret::new(posted.text("secret")?.to_owned());
    hooks::change_secret(&web.app, web.hooks.as_ref(), &grant, hook, &secret).await?;
    Ok(back(hook, Said::Hook))
}

/// `POST /data/hooks/{id}/turning-end`: only the new secret from now on.
pub(crate) async fn end_turning(
    State(web): State<Web>,
    Path(hook): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let hook = id(&hook)?;
    hooks::end_turning(&web.app, &grant, hook).await?;
    Ok(back(hook, Said::Hook))
}

/// `POST /data/hooks/{id}/switch`.
pub(crate) async fn switch_hook(
    State(web): State<Web>,
    Path(hook): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let hook = id(&hook)?;
    let is_on = posted.find("to") == Some("on");
    hooks::switch_hook(&web.app, &grant, hook, is_on).await?;
    Ok(back(hook, if is_on { Said::HookOn } else { Said::HookOff }))
}

/// `POST /data/hooks/{id}/again`: every refused message once more.
pub(crate) async fn give_all_again(
    State(web): State<Web>,
    Path(hook): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let hook = id(&hook)?;
    let kept = hooks::give_all_again(&web.app, web.hooks.as_ref(), &grant, hook).await?;
    Ok(back(hook, if kept > 0 { Said::HookKept } else { Said::HookRefused }))
}

fn message(text: &str) -> Result<Id<HookMessage>, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// `POST /data/hook-messages/{id}/again`.
pub(crate) async fn give_again(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let id = message(&id)?;
    let hook = hooks::find_hook_of(&web.app, &grant, id).await?;
    let kept = hooks::give_again(&web.app, web.hooks.as_ref(), &grant, id).await?;
    Ok(back(hook, if kept { Said::HookKept } else { Said::HookRefused }))
}

/// `POST /data/hook-messages/{id}/removal`: nobody wants it.
pub(crate) async fn set_aside(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let hook = hooks::set_aside(&web.app, &grant, message(&id)?).await?;
    Ok(back(hook, Said::HookAside))
}
