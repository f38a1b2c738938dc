//! A card made by hand: for whom, what, by when, who.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, StaffRow, list_workers};
use kizashi_app::customers::ListRow;
use kizashi_app::plays::{self, BY_HAND_KINDS, NewByHand, Place as Made, Press};
use kizashi_app::{Error, Refused};
use kizashi_domain::signals::CardKind;
use maud::html;

use super::id;
use crate::customers::{find_meant, list_mine};
use crate::parts::form::{Wrong, field, token};
use crate::parts::work::kind_word;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Beside, Page, Place, Posted, Said, Shell, Visit};

/// What was typed so far.
#[derive(Default)]
struct Typed {
    customer: String,
    kind: String,
    what: String,
    due: String,
    owner: String,
    press: String,
}

/// What can be chosen.
struct Choices {
    mine: Vec<ListRow>,
    meant: Vec<ListRow>,
    staff: Vec<StaffRow>,
}

/// `GET /cards/new`.
pub(crate) async fn open_new(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visit.permit(Action::Work)?;
    let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str());
    let due = visit.settings.calendar.add_business_days(visit.shell.today, 3);
    let typed = Typed {
        customer: find("customer").into(),
        kind: find("kind").into(),
        due: due.to_string(),
        owner: visit.viewer.staff.to_string(),
        ..Typed::default()
    };
    let choices = offer(&web, &visit, vec![]).await?;
    Ok(visit.shell.page(&draw(&visit.shell, &typed, &choices, &[])))
}

async fn offer(web: &Web, visit: &Visit, meant: Vec<ListRow>) -> Result<Choices, Problem> {
    let mine = list_mine(web, visit).await?;
    Ok(Choices { mine, meant, staff: list_workers(&web.app, visit.viewer.workspace).await? })
}

/// `POST /cards`: kept when it is clear who is meant; else asked once more, with everything that was typed.
pub(crate) async fn keep_new(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let read = |name| posted.find(name).unwrap_or_default().to_owned();
    let typed = Typed {
        customer: read("customer"),
        kind: read("kind"),
        what: read("what"),
        due: read("due"),
        owner: read("owner"),
        press: read("press"),
    };
    let (chosen, meant) = match posted.find("id") {
        Some(chosen) => (Some(id(chosen)?), vec![]),
        None => find_meant(&web, &posted.visit, &typed.customer).await?,
    };
    let w = &posted.visit.shell.words;
    let wrong = match (chosen, typed.due.parse()) {
        (None, _) => {
            Wrong { field: "customer", text: w.t(if meant.is_empty() { "jot-nobody" } else { "jot-several" }) }
        }
        (_, Err(_)) => Wrong { field: "due", text: w.t("reason-due-day") },
        (Some(customer), Ok(due)) => {
            let new = NewByHand {
                customer,
                kind: BY_HAND_KINDS.into_iter().find(|k| kind_word(*k) == typed.kind).unwrap_or(CardKind::Activity),
                what: typed.what.clone(),
                due,
                owner: posted.find("owner").map(id).transpose()?,
                press: Press::ALL.into_iter().find(|(word, _)| *word == typed.press).map_or(Press::Middle, |(_, p)| p),
            };
            match plays::add_card(&web.app, &grant, &new).await {
                Ok(added) => {
                    let said = if matches!(added.place, Made::New(_)) { Said::CardAdded } else { Said::CardMerged };
                    let beside = Beside::of_one(added.day, added.is_past);
                    let page = format!("/cards/{}", added.card());
                    return Ok(Redirect::to(&posted.back_telling(&page, said, "", &beside)).into_response());
                }
                Err(Error::Refused(Refused::Field { field, reason })) => {
                    Wrong { field, text: w.word("reason", reason) }
                }
                Err(error) => return Err(error.into()),
            }
        }
    };
    let choices = offer(&web, &posted.visit, meant).await?;
    let mut response = posted.visit.shell.page(&draw(&posted.visit.shell, &typed, &choices, &[wrong]));
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn draw(s: &Shell, typed: &Typed, choices: &Choices, wrongs: &[Wrong]) -> Page {
    let w = &s.words;
    let customer = html! {
        input #customer type="text" name="customer" value=(typed.customer) required maxlength="100" list="card-mine" autocomplete="off" autofocus[typed.customer.is_empty()];
        datalist #card-mine { @for row in &choices.mine { option value=(row.name) { (row.reading) } } }
        @if !choices.meant.is_empty() {
            div.choices role="radiogroup" aria-label=(w.t("jot-customer")) {
                @for row in &choices.meant { label { input type="radio" name="id" value=(row.id) required; " " (row.name) " " span.small.faint { (row.external_id) } } }
            }
        }
    };
    let body = html! {
        div.reading-page {
            p.small { a.plain href="/cards" { "← " (w.t("nav-cards")) } }
            h1 { (w.t("card-new")) }
            form.jot method="post" action="/cards" {
                (token(&s.csrf))
                (field("customer", &w.t("jot-customer"), None, wrongs, customer))
                (field("what", &w.t("card-what"), Some(&w.t("card-new-what-help")), wrongs, html! { input #what type="text" name="what" value=(typed.what) required maxlength="300" autocomplete="off" autofocus[!typed.customer.is_empty()]; }))
                (field("due", &w.t("card-by-when"), None, wrongs, html! { input #due type="date" name="due" value=(typed.due) required; }))
                (field("owner", &w.t("card-who"), None, wrongs, html! {
                    select #owner name="owner" { @for person in &choices.staff { option value=(person.id) selected[person.id.to_string() == typed.owner] { (person.name) } } }
                }))
                (field("kind", &w.t("card-kind"), Some(&w.t("card-new-kind-help")), wrongs, html! {
                    select #kind name="kind" { @for kind in BY_HAND_KINDS.map(kind_word) { option value=(kind) selected[kind == typed.kind] { (w.word("card-kind", kind)) } } }
                }))
                (field("press", &w.t("card-priority"), None, wrongs, html! {
                    select #press name="press" { @for (word, press) in Press::ALL { option value=(word) selected[if typed.press.is_empty() { press == Press::Middle } else { word == typed.press }] { (w.word("card-priority", word)) } } }
                }))
                div.btns { button.btn.main { (w.t("card-new-keep")) } }
            }
        }
    };
    Page { title: w.t("card-new"), place: Place::Cards, body }
}
