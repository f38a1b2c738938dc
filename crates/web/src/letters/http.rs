//! Requests about letters.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, Grant};
use kizashi_app::mail::{self, Remember};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Id, Letter};
use kizashi_domain::time::Time;

use super::page::{self, View};
use crate::parts::form::Wrong;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Visit};

fn id(text: &str) -> Result<Id<Letter>, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// `GET /data/letters`.
pub(crate) async fn open_letters(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Configure)?;
    let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let before = find("before").and_then(|b| b.split_once('.'));
    let before = before.and_then(|(at, id)| Some((Time(at.parse().ok()?), id.parse().ok()?)));
    let found = find("found").and_then(|n| n.parse().ok());
    show(&web, &visit, &grant, before, (None, None, found)).await
}

type Said = (Option<(Id<Letter>, Wrong, String)>, Option<(Wrong, String)>, Option<u64>);

async fn show(
    web: &Web,
    visit: &Visit,
    grant: &Grant,
    before: Option<(Time, Id<Letter>)>,
    (wrong, domains_wrong, found): Said,
) -> Result<Response, Problem> {
    let page = mail::list_waiting(&web.app, grant, before).await?;
    let (named, of_staff) = mail::list_own_domains(&web.app, grant.workspace()).await?;
    let view = View { page: &page, named: &named, of_staff: &of_staff, wrong, domains_wrong, found };
    Ok(visit.shell.page(&page::page(&visit.shell, &view)))
}

/// `POST /data/letters/{id}/customer`: it is this customer's.
pub(crate) async fn give_letter(
    State(web): State<Web>,
    Path(letter): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    let letter = id(&letter)?;
    let remember = posted.find("remember").map(Remember::parse).unwrap_or_default();
    let meant = posted.find("customer").unwrap_or_default();
    let ended = match mail::find_meant_customer(&web.app, grant.workspace(), meant).await {
        Ok(code) => mail::assign_letter(&web.app, &grant, letter, &code, remember).await,
        Err(error) => Err(error),
    };
    match ended {
        Ok(found) => Ok(Redirect::to(&format!("/data/letters?found={found}")).into_response()),
        Err(Error::Refused(Refused::Field { field, reason })) => {
            let text = posted.visit.shell.words.t(&format!("reason-{reason}"));
            show(
                &web,
                &posted.visit,
                &grant,
                None,
                (Some((letter, Wrong { field, text }, meant.to_owned())), None, None),
            )
            .await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /data/letters/{id}/removal`: it is nobody's.
pub(crate) async fn leave_letter(
    State(web): State<Web>,
    Path(letter): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    mail::leave_letter_out(&web.app, &grant, id(&letter)?).await?;
    Ok(Redirect::to("/data/letters").into_response())
}

/// `POST /data/letters/domains`: which mail domains are our own.
pub(crate) async fn keep_domains(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    let text = posted.find("domains").unwrap_or_default().to_owned();
    let domains: Vec<String> = text.split([',', '、', ' ', '\n', '\r']).map(str::to_owned).collect();
    match mail::keep_own_domains(&web.app, &grant, &domains).await {
        Ok(()) => Ok(Redirect::to("/data/letters").into_response()),
        Err(Error::Refused(Refused::Field { field, reason })) => {
            let wrong = Wrong { field, text: posted.visit.shell.words.t(&format!("reason-{reason}")) };
            show(&web, &posted.visit, &grant, None, (None, Some((wrong, text)), None)).await
        }
        Err(error) => Err(error.into()),
    }
}
