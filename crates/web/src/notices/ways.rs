//! Requests of administrators about how things go out: the mail server, places of chats, what is told at once, the limit of letters.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, permit};
use kizashi_app::notices::{
    ChatKind, Sending, Smtp, add_address, drop_address, drop_smtp, keep_rules as keep_sending, keep_smtp,
    list_addresses, list_postings, open_sending, send_test,
};
use kizashi_app::secrets::Secret;
use kizashi_app::{Error, Refused};
use kizashi_domain::calendar::Hours;
use kizashi_domain::intake::mail::Guarded;
use kizashi_domain::notices::Limit;
use kizashi_domain::pack::titles::rule_title;

use super::ways_pages::{PlaceDraft, View, page};
use crate::cards::id;
use crate::parts::form::Wrong;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

/// Where browsers find us.
pub(super) fn origin_of(web: &Web, headers: &HeaderMap) -> String {
    crate::hooks::origin_of(web, headers)
}

async fn view(web: &Web, visit: &Visit) -> Result<View, Problem> {
    let ws = visit.viewer.workspace;
    let grant = permit(&visit.viewer, Action::Administer).ok();
    let postings = match &grant {
        Some(grant) => list_postings(&web.app, grant).await?,
        None => Vec::new(),
    };
    Ok(View {
        sending: open_sending(&web.app, ws).await?,
        places: list_addresses(&web.app, ws).await?,
        postings,
        may: grant.is_some(),
        rules: visit
            .settings
            .pack
            .signals
            .iter()
            .map(|r| (r.id.clone(), rule_title(r, &visit.settings.pack.metrics)))
            .collect(),
        place: PlaceDraft::default(),
        wrongs: Vec::new(),
    })
}

/// `GET /notices/ways`.
pub(crate) async fn open_ways(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let view = view(&web, &visit).await?;
    Ok(visit.shell.page(&page(&visit.shell, &view)))
}

fn back(said: Said) -> Response {
    Redirect::to(&format!("/notices/ways?said={}", said.word())).into_response()
}

/// The page again with what was entered and what is wrong with it.
async fn again(web: &Web, posted: &Posted, error: Error, with: impl FnOnce(&mut View)) -> Result<Response, Problem> {
    let w = &posted.visit.shell.words;
    let wrong = match error {
        Error::Refused(Refused::Field { field, reason }) => Wrong { field, text: w.t(&format!("reason-{reason}")) },
        Error::Refused(Refused::Taken) => Wrong { field: "name", text: w.t("refused-taken") },
        other => return Err(other.into()),
    };
    let mut view = view(web, &posted.visit).await?;
    with(&mut view);
    view.wrongs.push(wrong);
    let shell = &posted.visit.shell;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shell.page(&page(shell, &view))).into_response())
}

/// `POST /notices/ways/server`.
pub(crate) async fn keep_server(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let text = |name: &str| posted.find(name).unwrap_or_default().to_owned();
    let guarded = match text("guarded").as_str() {
        "tls" => Some(Guarded::Tls),
        "start-tls" => Some(Guarded::StartTls),
        _ => None,
    };
    let smtp = Smtp {
        host: text("host"),
        port: text("port").parse().unwrap_or(0),
        guarded,
        user: text("user"),
        from: text("from"),
        from_name: text("from_name"),
        authority: text("authority"),
    };
    let password = posted.find("password").map(|p| Secret::new(p.to_owned()));
    match keep_smtp(&web.app, &grant, smtp.clone(), password.as_ref()).await {
        Ok(()) => Ok(back(Said::NoticesKept)),
        Err(error) => again(&web, &posted, error, |view| view.sending.smtp = Some(smtp)).await,
    }
}

/// `POST /notices/ways/server/removal`.
pub(crate) async fn drop_server(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    drop_smtp(&web.app, &posted.visit.permit(Action::Administer)?).await?;
    Ok(back(Said::NoticesKept))
}

/// `POST /notices/ways/test`: a word to oneself on one way.
pub(crate) async fn test_way(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    send_test(&web.app, &grant, posted.text("way")?).await?;
    Ok(back(Said::Sent))
}

/// `POST /notices/ways/places`.
pub(crate) async fn add_place(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let kind = ChatKind::parse(posted.text("kind")?).ok_or_else(|| Problem::Refused("reason-not-one-of".into()))?;
    let name = posted.find("name").unwrap_or_default();
    let address = posted.find("address").unwrap_or_default();
    let secret = posted.find("token").map(|t| Secret::new(t.to_owned()));
    let may_http = web.options.may_reach_private;
    match add_address(&web.app, &grant, (kind, name), address, secret.as_ref(), may_http).await {
        Ok(_) => Ok(back(Said::NoticesKept)),
        Err(error) => {
            let draft = PlaceDraft { kind: Some(kind), name: name.to_owned(), address: address.to_owned() };
            again(&web, &posted, error, |view| view.place = draft).await
        }
    }
}

/// `POST /notices/ways/places/{id}/removal`.
pub(crate) async fn drop_place(
    State(web): State<Web>,
    Path(place): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    drop_address(&web.app, &posted.visit.permit(Action::Administer)?, id(&place)?).await?;
    Ok(back(Said::NoticesKept))
}

/// `POST /notices/ways/rules`.
pub(crate) async fn keep_rules(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let number = |name: &str| posted.find(name).map(|n| n.parse::<u32>().unwrap_or(0));
    let limit = number("letters").map(|letters| Limit { letters, days: number("days").unwrap_or(0) });
    let minute = posted.find("digest_minute").and_then(Hours::parse_minute).unwrap_or(0);
    let ticked = |name: &str| -> Vec<String> {
        posted.pairs().iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone()).collect()
    };
    let (rules, key_rules) = (ticked("rule"), ticked("key_rule"));
    match keep_sending(&web.app, &grant, minute, (rules.clone(), key_rules.clone()), limit).await {
        Ok(()) => Ok(back(Said::NoticesKept)),
        Err(error) => {
            let entered = |view: &mut View| {
                let smtp = view.sending.smtp.take();
                view.sending = Sending {
                    smtp,
                    digest_minute: minute,
                    instant_rules: rules,
                    instant_key_rules: key_rules,
                    mail_limit: limit,
                };
            };
            again(&web, &posted, error, entered).await
        }
    }
}
