//! Something written down from anywhere: first about whom, then what.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::customers::{self as use_case, ListQuery, ListRow};
use kizashi_domain::text::{fold, fold_company};
use maud::{Markup, html};

use super::notes::said_of;
use crate::cards::id;
use crate::parts::form::token;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Said, Shell, Visit};

/// Customers offered while one types, and those to choose from when several are meant.
const OFFERED: i64 = 200;
const CHOICES: i64 = 12;

/// What was typed so far.
#[derive(Default)]
struct Typed<'a> {
    customer: &'a str,
    kind: &'a str,
    text: &'a str,
}

/// `GET /activities/new`.
pub(crate) async fn open_new(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visit.permit(Action::Work)?;
    let mine = list_mine(&web, &visit).await?;
    let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let typed = Typed { customer: find("customer"), kind: find("kind"), text: "" };
    Ok(visit.shell.page(&draw(&visit.shell, &typed, &mine, &[], None)))
}

/// One's own customers, to be offered by name.
pub(crate) async fn list_mine(web: &Web, visit: &Visit) -> Result<Vec<ListRow>, Problem> {
    let query = ListQuery { owner: Some(visit.viewer.staff), rows: OFFERED, ..ListQuery::default() };
    Ok(use_case::list_customers(&web.app, visit.viewer.workspace, &query).await?.rows)
}

/// `POST /activities`: kept when it is clear who is meant; else asked once more, with everything that was typed.
pub(crate) async fn keep_new(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let typed = Typed {
        customer: posted.find("customer").unwrap_or_default(),
        kind: posted.find("kind").unwrap_or("note"),
        text: posted.find("text").unwrap_or_default(),
    };
    let (chosen, choices) = match posted.find("id") {
        Some(chosen) => (Some(id(chosen)?), vec![]),
        None => find_meant(&web, &posted.visit, typed.customer).await?,
    };
    let wrong = match chosen {
        _ if typed.text.is_empty() => Some("reason-required"),
        Some(customer) => {
            let meant = use_case::note_activity(&web.app, &grant, customer, typed.kind, typed.text).await?;
            let said = said_of(&meant, Said::Note);
            return Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), said, "")).into_response());
        }
        None if choices.is_empty() => Some("jot-nobody"),
        None => Some("jot-several"),
    };
    let mine = list_mine(&web, &posted.visit).await?;
    let mut response = posted.visit.shell.page(&draw(&posted.visit.shell, &typed, &mine, &choices, wrong));
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

pub(crate) type Found = (Option<kizashi_domain::id::Id<kizashi_domain::id::Customer>>, Vec<ListRow>);

/// Whom a name, a reading or a code means: one, or those it may mean.
pub(crate) async fn find_meant(web: &Web, visit: &Visit, text: &str) -> Result<Found, Problem> {
    if text.is_empty() {
        return Ok((None, vec![]));
    }
    let query = ListQuery { search: text.to_owned(), rows: CHOICES, ..ListQuery::default() };
    let rows = use_case::list_customers(&web.app, visit.viewer.workspace, &query).await?.rows;
    let is_exact = |row: &&ListRow| {
        row.external_id == text || fold(&row.name) == fold(text) || fold_company(&row.name) == fold_company(text)
    };
    let exact: Vec<&ListRow> = rows.iter().filter(is_exact).collect();
    let one = match (exact.as_slice(), rows.as_slice()) {
        ([one], _) => Some(one.id),
        ([], [one]) => Some(one.id),
        _ => None,
    };
    Ok((one, if one.is_some() { vec![] } else { rows }))
}

fn draw(s: &Shell, typed: &Typed<'_>, mine: &[ListRow], choices: &[ListRow], wrong: Option<&str>) -> Page {
    let w = &s.words;
    let fault = |name: &str| wrong.filter(|key| (*key == "reason-required") == (name == "text")).map(|key| w.t(key));
    let body = html! {
        div.reading-page {
            h1 { (w.t("note-title")) }
            form.jot method="post" action="/activities" {
                (token(&s.csrf))
                (who(s, typed, mine, choices, fault("customer")))
                div.field {
                    label for="jot-text" { (w.t("jot-text")) }
                    textarea #jot-text name="text" rows="5" maxlength="20000" required placeholder=(w.t("note-hint")) data-mentions=(w.t("colleagues-title")) autofocus[!typed.customer.is_empty()] { (typed.text) }
                    @if let Some(said) = fault("text") { p.wrong { (said) } }
                    p.help { (w.t("note-at")) }
                }
                div.row {
                    span.choice {
                        label.small.faint for="jot-kind" { (w.t("note-kind")) } " "
                        select #jot-kind name="kind" { @for kind in ["note", "call", "mail", "meeting", "visit"] { option value=(kind) selected[kind == typed.kind] { (w.word("moment", kind)) } } }
                    }
                    button.btn.main { (w.t("note-keep")) }
                }
            }
        }
    };
    Page { title: w.t("note-title"), place: Place::Elsewhere, body }
}

fn who(s: &Shell, typed: &Typed<'_>, mine: &[ListRow], choices: &[ListRow], fault: Option<String>) -> Markup {
    let w = &s.words;
    html! {
        div.field {
            label for="jot-customer" { (w.t("jot-customer")) }
            input #jot-customer type="text" name="customer" value=(typed.customer) required maxlength="100" list="jot-mine" autocomplete="off" autofocus[typed.customer.is_empty()];
            datalist #jot-mine { @for row in mine { option value=(row.name) { (row.reading) } } }
            @if let Some(said) = fault { p.wrong { (said) } }
            @if !choices.is_empty() {
                div.choices role="radiogroup" aria-label=(w.t("jot-customer")) {
                    @for row in choices { label { input type="radio" name="id" value=(row.id) required; " " (row.name) " " span.small.faint { (row.external_id) } } }
                }
            }
        }
    }
}
