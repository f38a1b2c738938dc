//! How much is known of the customers, who may write which field, and where sources disagree.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::intake::{self, ConflictView, Coverage, Coverages, FieldOwners, OWN_SOURCE, OWNABLE};
use kizashi_domain::pack::Pack;
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use crate::cards::id;
use crate::csv;
use crate::customers::{field_label, field_uses, is_used};
use crate::parts::form::{post_button, token};
use crate::parts::state::empty;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Said, Shell, Visit};

/// Everything the page is drawn from.
struct View<'a> {
    found: &'a Coverages,
    owners: &'a FieldOwners,
    sources: &'a [String],
    conflicts: &'a [ConflictView],
    pack: &'a Pack,
    may_configure: bool,
    may_settle: bool,
}

/// `GET /data/fields`.
pub(crate) async fn open_fields(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let (app, workspace) = (&web.app, visit.viewer.workspace);
    let found = intake::list_coverage(app, workspace).await?;
    let owners = intake::list_field_owners(app, workspace).await?;
    let conflicts = intake::list_conflicts(app, workspace).await?;
    let mut sources: Vec<String> = intake::list_sources(app, workspace).await?.into_iter().map(|s| s.name).collect();
    sources.retain(|source| source != OWN_SOURCE);
    let view = View {
        found: &found,
        owners: &owners,
        sources: &sources,
        conflicts: &conflicts,
        pack: &visit.settings.pack,
        may_configure: visit.permit(Action::Configure).is_ok(),
        may_settle: visit.permit(Action::Work).is_ok(),
    };
    Ok(visit.shell.page(&draw(&visit.shell, &view)))
}

/// `POST /data/fields/owner`: which source alone may write a field.
pub(crate) async fn keep_owner(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    let source = posted.find("source").unwrap_or_default();
    intake::keep_field_owner(&web.app, &grant, posted.text("field")?, source).await?;
    Ok(Redirect::to(&posted.back_saying("/data/fields", Said::FieldOwner, "")).into_response())
}

/// `POST /data/conflicts/{id}`: taken over, or left.
pub(crate) async fn settle_conflict(
    State(web): State<Web>,
    Path(conflict): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let is_taken = posted.text("do")? == "take";
    intake::settle_conflict(&web.app, &grant, id(&conflict)?, is_taken).await?;
    Ok(Redirect::to(&posted.back_saying("/data/fields", Said::Conflict, "")).into_response())
}

fn draw(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let found = view.found;
    let unused: Vec<&Coverage> =
        found.fields.iter().chain(&found.figures).filter(|f| f.filled > 0 && !is_used(view.pack, &f.field)).collect();
    let body = html! {
        p.small { a.plain href="/data" { "← " (w.t("nav-data")) } }
        div.page-head {
            h1 { (w.t("coverage-title")) }
            span.ink2 { (w.with("list-total", &[("n", thousands(found.customers.unsigned_abs()).into())])) }
            @if found.customers > 0 { div.rest { (csv::link(s, "/data/fields.csv")) } }
        }
        @if found.customers == 0 { (empty(&w.t("list-nothing-yet"), Some(("/data/imports", &w.t("imports-link"))))) }
        @else {
            (conflicts(s, view))
            @if !unused.is_empty() {
                section.note-box {
                    h2 { (w.t("coverage-unused")) }
                    p.small { (w.t("coverage-unused-what")) }
                    p { @for (n, field) in unused.iter().enumerate() { @if n > 0 { " · " } (field_label(s, &field.field)) } }
                }
            }
            section {
                h2 { (w.t("coverage-fields")) }
                p.small.faint { (w.t("coverage-owner-what")) }
                (table(s, view, &found.fields, true))
            }
            @if !found.figures.is_empty() { section { h2 { (w.t("fields-figures")) } (table(s, view, &found.figures, false)) } }
            section {
                h2 { (w.t("coverage-records")) }
                dl.facts.wide { @for (kind, n) in &found.records { dt { (w.word("coverage-record", kind)) } dd { (share(s, *n, found.customers)) } } }
            }
        }
    };
    Page { title: w.t("coverage-title"), place: Place::Data, body }
}

/// So many of all, as a bar and in figures.
fn share(s: &Shell, n: i64, all: i64) -> Markup {
    let percent = if all == 0 { 0 } else { (n * 100 / all).clamp(0, 100) };
    html! {
        span.share { meter min="0" max="100" value=(percent) aria-label=(s.words.t("coverage-filled")) {} span.num { (percent) "%" } }
        " " span.small.faint { (thousands(n.unsigned_abs())) }
    }
}

fn table(s: &Shell, view: &View<'_>, fields: &[Coverage], is_own: bool) -> Markup {
    let w = &s.words;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("coverage-title")) {
            table.coverage {
                thead { tr {
                    th scope="col" { (w.t("fields-field")) } th scope="col" { (w.t("coverage-filled")) } th scope="col" { (w.t("fields-from")) }
                    @if is_own { th scope="col" { (w.t("coverage-owner")) } }
                    th scope="col" { (w.t("fields-use")) }
                } }
                tbody { @for field in fields {
                    tr {
                        th scope="row" { (field_label(s, &field.field)) }
                        td { (share(s, field.filled, view.found.customers)) }
                        td.small {
                            @if field.sources.is_empty() { span.faint { (w.t("fields-never")) } }
                            @else { (field.sources.iter().map(|name| source_name(s, name)).collect::<Vec<_>>().join(" · ")) }
                            @if let Some(at) = field.last_at { " " span.faint.nowrap { (w.day_year(s.zone.day_of(at))) } }
                        }
                        @if is_own { td { @if OWNABLE.contains(&field.field.as_str()) { (owner(s, view, &field.field)) } } }
                        td.small.ink2 { (field_uses(s, view.pack, &field.field)) }
                    }
                } }
            }
        }
    }
}

pub(super) fn source_name(s: &Shell, source: &str) -> String {
    if source == OWN_SOURCE { s.words.t("fields-by-hand") } else { source.to_owned() }
}

/// Who may write a field.
fn owner(s: &Shell, view: &View<'_>, field: &str) -> Markup {
    let w = &s.words;
    let now = view.owners.get(field).map_or("", String::as_str);
    if !view.may_configure {
        return html! { @if now.is_empty() { span.faint { (w.t("coverage-owner-any")) } } @else { (source_name(s, now)) } };
    }
    let control = format!("owner-{field}");
    html! {
        form.inline method="post" action="/data/fields/owner" {
            (token(&s.csrf))
            input type="hidden" name="field" value=(field);
            label.sr for=(control) { (w.t("coverage-owner")) " " (field_label(s, field)) }
            select id=(control) name="source" {
                option value="" selected[now.is_empty()] { (w.t("coverage-owner-any")) }
                option value=(OWN_SOURCE) selected[now == OWN_SOURCE] { (w.t("fields-by-hand")) }
                @for source in view.sources { option value=(source) selected[now == source] { (source) } }
            }
            button.btn { (w.t("fields-keep")) }
        }
    }
}

fn conflicts(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    html! {
        @if !view.conflicts.is_empty() {
            section #conflicts {
                div.section-head {
                    h2 { (w.t("conflicts-title")) " " span.faint { (view.conflicts.len()) } }
                    (csv::link(s, "/data/conflicts.csv"))
                }
                p.small.faint { (w.t("conflicts-what")) }
                div.scroll tabindex="0" role="region" aria-label=(w.t("conflicts-title")) {
                    table.list {
                        thead { tr {
                            th scope="col" { (w.t("column-name")) } th scope="col" { (w.t("fields-field")) } th scope="col" { (w.t("conflicts-says")) }
                            th scope="col" { (w.t("conflicts-who")) } @if view.may_settle { th scope="col" { span.sr { (w.t("conflicts-settle")) } } }
                        } }
                        tbody { @for c in view.conflicts {
                            tr data-row {
                                td { a.plain href={ "/customers/" (c.customer) "/fields#field-" (c.field) } data-open { (c.name) } }
                                td { (field_label(s, &c.field)) }
                                td { strong { (said(s, &c.field, &c.offered)) } }
                                td.small { (c.source) " " span.faint.nowrap { (w.day(s.zone.day_of(c.noted_at), s.today)) } }
                                @if view.may_settle {
                                    td.nowrap {
                                        (post_button(&s.csrf, &format!("/data/conflicts/{}", c.id), &[("do", "take")], html! { button.btn { (w.t("conflicts-take")) } }))
                                        (post_button(&s.csrf, &format!("/data/conflicts/{}", c.id), &[("do", "leave")], html! { button.btn.quiet { (w.t("conflicts-leave")) } }))
                                    }
                                }
                            }
                        } }
                    }
                }
            }
        }
    }
}

pub(super) fn said(s: &Shell, field: &str, value: &str) -> String {
    if matches!(field, "stage" | "segment") { s.words.word(field, value) } else { value.to_owned() }
}
