//! Many customers changed at once: which ones, what they would say, and the way back.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, StaffRow, list_staff};
use kizashi_app::customers::{Choices, list_choices};
use kizashi_app::imports::{self, Chosen, EDIT_FIELDS, Edit, EditPlan};
use kizashi_domain::limits::{EDIT_CUSTOMERS_MAX, PAGE_ROWS_MAX};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use super::fields::stages;
use super::query::Ask;
use crate::cards::id;
use crate::parts::form::token;
use crate::parts::state::empty;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Said, Shell, Visit};

/// Changes that are drawn; the number says how many there are.
const CHANGES_SHOWN: usize = 30;

/// Everything the page is drawn from.
struct View<'a> {
    asked: &'a Asked,
    plan: Option<&'a EditPlan>,
    chosen: usize,
    choices: &'a Choices,
    staff: &'a [StaffRow],
}

/// What the address, or the form, says.
struct Asked {
    chosen: Chosen,
    /// The ids as they came; none = everything that the list shows.
    ids: Vec<String>,
    /// The list that one came from.
    list: Ask,
    edit: Option<Edit>,
}

impl Asked {
    fn read(pairs: &[(String, String)]) -> Result<Self, Problem> {
        let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let all = find("all") == Some("1");
        let ids: Vec<String> =
            if all { vec![] } else { pairs.iter().filter(|(n, _)| n == "id").map(|(_, v)| v.clone()).collect() };
        if !all && ids.is_empty() {
            return Err(Problem::Refused("edit-none".into()));
        }
        let list: Vec<(String, String)> =
            serde_urlencoded::from_str(find("list").unwrap_or_default()).unwrap_or_default();
        let list = Ask::read(&list);
        let chosen = if all {
            Chosen::All(Box::new(list.query(PAGE_ROWS_MAX)))
        } else {
            Chosen::Ids(ids.iter().map(|text| id(text)).collect::<Result<_, _>>()?)
        };
        let edit = find("field")
            .filter(|field| EDIT_FIELDS.contains(field))
            .map(|field| Edit { field: field.to_owned(), value: find("value").unwrap_or_default().trim().to_owned() });
        Ok(Self { chosen, ids, list, edit })
    }

    /// What a form carries on.
    fn hidden(&self) -> Markup {
        html! {
            @if self.ids.is_empty() { input type="hidden" name="all" value="1"; }
            @for id in &self.ids { input type="hidden" name="id" value=(id); }
            input type="hidden" name="list" value=(self.list.text(&[]));
        }
    }
}

/// `GET /customers/edit`: which customers, and with a field what would change.
pub(crate) async fn open_edit(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Work)?;
    if !pairs.iter().any(|(name, _)| name == "id" || name == "all") {
        return Ok(visit.shell.page(&nobody(&visit.shell)));
    }
    let asked = Asked::read(&pairs)?;
    let workspace = grant.workspace();
    let plan = match &asked.edit {
        Some(edit) => Some(imports::plan_edit(&web.app, &grant, &asked.chosen, edit).await?),
        None => None,
    };
    let chosen = match &plan {
        Some(plan) => plan.chosen,
        None => imports::list_chosen(&web.app, workspace, &asked.chosen).await?.len(),
    };
    let (choices, staff) = (list_choices(&web.app, workspace).await?, list_staff(&web.app, workspace).await?);
    let view = View { asked: &asked, plan: plan.as_ref(), chosen, choices: &choices, staff: &staff };
    Ok(visit.shell.page(&draw(&visit.shell, &view)))
}

/// `POST /customers/edit`.
pub(crate) async fn keep_edit(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let asked = Asked::read(posted.pairs())?;
    let edit = asked.edit.as_ref().ok_or(Problem::NotFound)?;
    let seen = posted.text("seen")?.parse().map_err(|_| Problem::Refused("reason-not-a-number".into()))?;
    let (run, _) = imports::keep_edit(&web.app, &grant, &asked.chosen, edit, seen).await?;
    let back = asked.list.address("/customers", &[]);
    Ok(Redirect::to(&posted.back_saying(&back, Said::Edit, &run.to_string())).into_response())
}

/// `POST /customers/edits/{id}/undo`.
pub(crate) async fn undo_edit(
    State(web): State<Web>,
    Path(run): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    imports::start_undo_of_edit(&web.app, &posted.visit.viewer, web.files.clone(), id(&run)?).await?;
    Ok(Redirect::to(&posted.back_saying("/customers", Said::EditUndone, "")).into_response())
}

/// Nobody is chosen.
fn nobody(s: &Shell) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head { h1 { (w.t("edit-title")) } }
        (empty(&w.t("edit-none"), Some(("/customers", &w.t("nav-customers")))))
    };
    Page { title: w.t("edit-title"), place: Place::Customers, body }
}

fn draw(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let back = view.asked.list.address("/customers", &[]);
    let body = html! {
        p.small { a.plain href=(back) { "← " (w.t("nav-customers")) } }
        div.page-head {
            h1 { (w.t("edit-title")) }
            span.ink2 { (w.with("edit-chosen", &[("n", thousands(view.chosen as u64).into())])) }
        }
        section.edit-fields { @for field in EDIT_FIELDS { (ask(s, view, field)) } }
        @if let (Some(plan), Some(edit)) = (view.plan, &view.asked.edit) { (preview(s, view, plan, edit)) }
        @else { p.small.faint { (w.with("edit-what", &[("max", thousands(EDIT_CUSTOMERS_MAX as u64).into())])) } }
    };
    Page { title: w.t("edit-title"), place: Place::Customers, body }
}

/// One field's own form: what is it to say?
fn ask(s: &Shell, view: &View<'_>, field: &str) -> Markup {
    let w = &s.words;
    let control = format!("edit-{field}");
    let given = view.asked.edit.as_ref().filter(|edit| edit.field == field).map_or("", |edit| edit.value.as_str());
    html! {
        form.inline method="get" action="/customers/edit" {
            (view.asked.hidden())
            input type="hidden" name="field" value=(field);
            label for=(control) { (w.t(&format!("column-{field}"))) }
            @match field {
                "owner" => select id=(control) name="value" {
                    @for person in view.staff { option value=(person.id) selected[person.id.to_string() == given] { (person.name) } }
                    option value="" selected[view.asked.edit.as_ref().is_some_and(|e| e.field == "owner" && e.value.is_empty())] { (w.t("card-nobody")) }
                },
                "stage" => select id=(control) name="value" {
                    @for stage in stages(view.choices, given) { option value=(stage) selected[stage == given] { @if stage.is_empty() { "—" } @else { (w.word("stage", &stage)) } } }
                },
                _ => {
                    input id=(control) type="text" name="value" value=(given) maxlength="256" autocomplete="off" list=[(field == "segment").then_some("edit-segments")];
                }
            }
            button.btn { (w.t("edit-try")) }
            @if field == "segment" { datalist #edit-segments { @for value in &view.choices.segments { option value=(value) {} } } }
        }
    }
}

fn preview(s: &Shell, view: &View<'_>, plan: &EditPlan, edit: &Edit) -> Markup {
    let w = &s.words;
    let said = |value: &str| match edit.field.as_str() {
        _ if value.is_empty() => "—".to_owned(),
        "stage" | "segment" => w.word(&edit.field, value),
        _ => value.to_owned(),
    };
    let n = plan.changes.len();
    html! {
        section #preview {
            h2 { (w.with("edit-would", &[("field", w.t(&format!("column-{}", edit.field)).into()), ("value", said(&plan.after).into())])) }
            @if n == 0 { (empty(&w.t("edit-same"), None)) }
            @else {
                p { (w.with("edit-counts", &[("n", thousands(n as u64).into()), ("same", thousands((plan.chosen - n) as u64).into())])) }
                div.scroll tabindex="0" role="region" aria-label=(w.t("edit-title")) {
                    table.list {
                        thead { tr { th scope="col" { (w.t("column-name")) } th scope="col" { (w.t("edit-before")) } th scope="col" { (w.t("edit-after")) } } }
                        tbody { @for change in plan.changes.iter().take(CHANGES_SHOWN) {
                            tr { td { a.plain href={ "/customers/" (change.id) } { (change.name) } } td { del { (said(&change.before)) } } td { ins { (said(&plan.after)) } } }
                        } }
                    }
                }
                @if n > CHANGES_SHOWN { p.small.faint { (w.with("edit-more", &[("n", thousands((n - CHANGES_SHOWN) as u64).into())])) } }
                form method="post" action="/customers/edit" {
                    (token(&s.csrf))
                    (view.asked.hidden())
                    input type="hidden" name="field" value=(edit.field);
                    input type="hidden" name="value" value=(edit.value);
                    input type="hidden" name="seen" value=(n);
                    button.btn.main { (w.with("edit-keep", &[("n", thousands(n as u64).into())])) }
                    span.small.faint { " " (w.t("edit-way-back")) }
                }
            }
        }
    }
}
