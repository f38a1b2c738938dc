//! The people of a customer with their comings and goings, and every term of its contracts.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kizashi_app::customers::{self as use_case, ContactView, ContractView, Relations};
use maud::{Markup, html};

use super::facts::dialled;
use super::frame::{Part, day_asked, day_picker, file_of, top};
use crate::cards::id;
use crate::csv;
use crate::parts::state::empty;
use crate::parts::work::notice;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Shell, Visit};

/// `GET /customers/{id}/relations`.
pub(crate) async fn open_relations(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let day = day_asked(&pairs, "as_of")?;
    let found = use_case::open_relations(&web.app, visit.viewer.workspace, id(&customer)?, day).await?;
    Ok(visit.shell.page(&draw(&visit.shell, &found)))
}

fn draw(s: &Shell, found: &Relations) -> Page {
    let w = &s.words;
    let head = &found.head;
    // Beside an earlier day, how far away a date is counts from that day.
    let then = &Shell { today: head.day, ..s.clone() };
    let body = html! {
        (top(s, head, Part::Relations, html! {}))
        (day_picker(s, head, Part::Relations))
        section {
            div.section-head { h2 { (w.t("people-title")) } @if !found.contacts.is_empty() { (csv::link(s, &file_of(head, "contacts"))) } }
            @if found.contacts.is_empty() { (empty(&w.t("people-none"), None)) } @else { (people(then, &found.contacts)) }
        }
        section {
            div.section-head { h2 { (w.t("contracts-title")) } @if !found.contracts.is_empty() { (csv::link(s, &file_of(head, "contracts"))) } }
            @if found.contracts.is_empty() { (empty(&w.t("contract-none"), None)) } @else { (contracts(then, &found.contracts)) }
        }
    };
    Page { title: format!("{} · {}", head.row.name, w.t("customer-relations")), place: Place::Customers, body }
}

fn people(s: &Shell, people: &[ContactView]) -> Markup {
    let w = &s.words;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("people-title")) {
            table.rows.relations {
                thead { tr {
                    th scope="col" { (w.t("field-name")) } th scope="col" { (w.t("people-role")) } th scope="col" { (w.t("people-reach")) }
                    th scope="col" { (w.t("column-contact")) }
                } }
                tbody { @for person in people {
                    tr.left[person.left_on.is_some()] {
                        th scope="row" { (person.name) @if !person.reading.is_empty() { div.small.faint { (person.reading) } } }
                        td { (w.word("role", &person.role)) @if !person.title.is_empty() { div.small.faint { (person.title) } } }
                        td.small {
                            @if !person.phone.is_empty() { a.plain href={ "tel:" (dialled(&person.phone)) } { (person.phone) } " " }
                            @if !person.email.is_empty() { a.plain href={ "mailto:" (crate::address::encode(&person.email)) } { (person.email) } }
                        }
                        td {
                            @if let Some(day) = person.left_on { span.tag.bad { (w.with("person-left", &[("day", w.day(day, s.today).into())])) } }
                            @else if let Some(at) = person.contact_at { @let day = s.zone.day_of(at); (w.day(day, s.today)) " " span.small.faint { (w.away(day, s.today)) } }
                            @else { span.faint { (w.t("never")) } }
                        }
                    }
                } }
            }
        }
    }
}

fn contracts(s: &Shell, terms: &[ContractView]) -> Markup {
    let w = &s.words;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("contracts-title")) {
            table.rows.relations {
                thead { tr {
                    th scope="col" { (w.t("contract-term")) } th scope="col" { (w.t("contract-plan")) } th.num scope="col" { (w.t("contract-seats")) }
                    th.num scope="col" { (w.t("column-mrr")) } th scope="col" { (w.t("column-notice")) } th scope="col" { (w.t("contract-renewal")) }
                } }
                tbody { @for term in terms {
                    tr {
                        th scope="row" {
                            (w.day_year(term.start_day)) "–" span.nowrap { (w.day_year(term.end_day)) }
                            @if term.in_force { " " span.tag { (w.t("contract-in-force")) } }
                        }
                        td { @if term.plan.is_empty() { span.faint { "—" } } @else { (term.plan) } }
                        td.num { @if let Some(seats) = term.seats { (seats) } @else { span.faint { "—" } } }
                        td.num { @if let Some(mrr) = term.mrr { (w.monthly(mrr)) } @else { span.faint { "—" } } }
                        td { (w.day_year(term.notice_on)) @if term.in_force { div.small.ink2 { (notice(s, term.notice_on)) } } }
                        td.small { (w.t(if term.auto_renew { "contract-auto" } else { "contract-not-auto" })) }
                    }
                } }
            }
        }
    }
}
