//! One query: how it goes, and what can be done with it.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::pulls::{self, PullRow};
use kizashi_domain::id::{Id, Pull};
use maud::{Markup, html};

use super::http::id_of;
use super::list::{state, trouble, when};
use crate::imports::show_report;
use crate::parts::form::post_button;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Shell, Visit};

/// How often the page looks again while the query is read.
const LOOK_AGAIN_S: &str = "1";

/// `GET /data/pulls/{id}`.
pub(crate) async fn open_pull(
    State(web): State<Web>,
    visit: Visit,
    Path(pull): Path<String>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Configure)?;
    let row = pulls::open_pull(&web.app, grant.workspace(), id_of(&pull)?).await?;
    let may = visit.permit(Action::Administer).is_ok();
    let mut response = visit.shell.page(&page(&visit.shell, &row, may));
    if row.is_running || row.tried_at.is_none() {
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static(LOOK_AGAIN_S));
    }
    Ok(response)
}

fn page(s: &Shell, p: &PullRow, may: bool) -> Page {
    let w = &s.words;
    let address = format!("/data/pulls/{}", p.id);
    // A folder of a mailbox is asked nothing: it is read.
    let is_folder = p.query.text.is_empty();
    let body = html! {
        p.small { a.plain href="/data/connections" { "← " (w.t("pulls-title")) } }
        div.page-head {
            h1 { (p.name) " " span.small.faint { (p.source) } }
            @if may { div.rest.btns {
                @if !p.is_running { (post_button(&s.csrf, &format!("{address}/run"), &[], html! { button.btn.main { (w.t("pulls-run")) } })) }
                @if is_folder { a.btn href={ "/data/mailboxes/" (p.connection) "/folders" } { (w.t("mailbox-folders")) } }
                @else { a.btn href={ (address) "/change" } { (w.t("pulls-change")) } }
            } }
        }
        @if let (Some((fault, said)), false) = (&p.fault, p.is_running) {
            (trouble(s, fault, said))
            p.small { (w.with("pulls-again", &[("when", when(s, p.next_at).into()), ("n", p.failures.into())])) }
        }
        dl.facts {
            dt { (w.t("pulls-state")) } dd { span role="status" { (state(s, p)) } }
            dt { (w.t("pulls-every")) } dd { (w.word("pull-every", &p.interval_s.to_string())) }
            dt { (w.t("pulls-next")) } dd { (when(s, p.next_at)) }
            @if !p.query.cursor.is_empty() {
                dt { (w.t("pulls-cursor")) } dd { code { (p.query.cursor) } " " span.small.faint { (p.place) } }
            }
        }
        @if p.done_at.is_some() { section { h2 { (w.t("pulls-last")) } (show_report(s, &p.report)) } }
        @if !is_folder { section { h2 { (w.t("pulls-text")) } pre.code { (p.query.text) } } }
        @if may { (ways(s, &address, is_folder)) }
    };
    Page { title: p.name.clone(), place: Place::Data, body }
}

fn ways(s: &Shell, address: &str, is_folder: bool) -> Markup {
    let w = &s.words;
    html! {
        details.part {
            summary { (w.t("pulls-restart")) }
            p.prose { (w.t("pulls-restart-text")) }
            (post_button(&s.csrf, &format!("{address}/restart"), &[], html! { button.btn { (w.t("pulls-restart-now")) } }))
        }
        details.part {
            summary { (w.t(if is_folder { "mailbox-remove-folder" } else { "pulls-remove-query" })) }
            p.prose { (w.t(if is_folder { "mailbox-remove-folder-text" } else { "pulls-remove-query-text" })) }
            (post_button(&s.csrf, &format!("{address}/removal"), &[], html! { button.btn { (w.t("pulls-remove-now")) } }))
        }
    }
}

fn back(id: Id<Pull>) -> Response {
    Redirect::to(&format!("/data/pulls/{id}")).into_response()
}

/// `POST /data/pulls/{id}/run`: it is read beside the pages.
pub(crate) async fn start_pull(
    State(web): State<Web>,
    Path(pull): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let id = id_of(&pull)?;
    pulls::start_now(&web.app, &grant, &web.files, id).await?;
    Ok(back(id))
}

/// `POST /data/pulls/{id}/restart`.
pub(crate) async fn restart_pull(
    State(web): State<Web>,
    Path(pull): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let id = id_of(&pull)?;
    pulls::restart_pull(&web.app, &grant, id).await?;
    Ok(back(id))
}

/// `POST /data/pulls/{id}/removal`.
pub(crate) async fn drop_pull(
    State(web): State<Web>,
    Path(pull): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    pulls::drop_pull(&web.app, &grant, id_of(&pull)?).await?;
    Ok(Redirect::to("/data/connections").into_response())
}
