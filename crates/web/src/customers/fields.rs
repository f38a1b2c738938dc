//! The fields of a customer: what each says, where that came from, and changing it in place.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, StaffRow, list_staff};
use kizashi_app::customers::{self as use_case, Choices, FieldVersion, FieldView, Head, MADE_FIGURES};
use kizashi_app::handover;
use kizashi_app::merges::MergeRow;
use kizashi_domain::intake::GOAL_STATES;
use kizashi_domain::pack::Pack;
use maud::{Markup, html};

use super::frame::{Part, day_asked, day_picker, file_of, top};
use crate::cards::id;
use crate::csv;
use crate::parts::form::{post_button, token};
use crate::parts::state::empty;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Said, Shell, Visit};

/// Versions of a field that are shown.
const VERSIONS_SHOWN: usize = 20;

/// Everything the page is drawn from.
struct View<'a> {
    head: &'a Head,
    fields: &'a [FieldView],
    staff: &'a [StaffRow],
    choices: &'a Choices,
    pack: &'a Pack,
    may_change: bool,
    merges: &'a [MergeRow],
    may_merge: bool,
}

/// `GET /customers/{id}/fields`.
pub(crate) async fn open_fields(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (customer, workspace) = (id(&customer)?, visit.viewer.workspace);
    let head = use_case::open_head(&web.app, workspace, customer, day_asked(&pairs, "as_of")?).await?;
    let fields = use_case::list_fields(&web.app, workspace, customer, head.as_of).await?;
    let (staff, choices) = (list_staff(&web.app, workspace).await?, use_case::list_choices(&web.app, workspace).await?);
    let settings = kizashi_app::settings::open_settings(&web.app, workspace).await?;
    let may_change = visit.permit(Action::Work).is_ok();
    let merges = kizashi_app::merges::list_merges(&web.app, workspace, Some(customer)).await?;
    let view = View {
        head: &head,
        fields: &fields,
        staff: &staff,
        choices: &choices,
        pack: &settings.pack,
        may_change,
        merges: &merges,
        may_merge: visit.permit(Action::Configure).is_ok(),
    };
    Ok(visit.shell.page(&draw(&visit.shell, &view)))
}

/// `POST /customers/{id}/fields`.
pub(crate) async fn keep_field(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let customer = id(&customer)?;
    let grant = posted.visit.permit(Action::Work)?;
    let value = posted.find("value").unwrap_or_default();
    let (field, ws) = (posted.text("field")?, grant.workspace());
    let former = if field == "owner" { handover::find_owner(&web.app, ws, customer).await? } else { None };
    use_case::change_field(&web.app, &grant, customer, field, value).await?;
    if let Some(former) = former {
        let viewer = &posted.visit.viewer;
        let may = former == viewer.staff || posted.visit.permit(Action::Configure).is_ok();
        let owner = handover::find_owner(&web.app, ws, customer).await?.filter(|owner| *owner != former && may);
        // What is open stays with whoever had it, unless it is handed over with the customer.
        if let Some(owner) = owner
            && handover::has_open(&web.app, ws, former, customer).await?
        {
            let plan = format!("/handovers/new?from={former}&customer={customer}&to={owner}");
            return Ok(Redirect::to(&format!("{plan}&said={}", Said::OwnerChanged.word())).into_response());
        }
    }
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}/fields"), Said::Field, "")).into_response())
}

fn draw(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let head = view.head;
    let (own, figures): (Vec<_>, Vec<_>) = view.fields.iter().partition(|f| is_own(&f.name));
    let title = w.with("fields-title", &[("name", head.row.name.clone().into())]);
    let body = html! {
        (top(s, head, Part::Fields, html! {}))
        (day_picker(s, head, Part::Fields))
        div.btns.beside-head { (csv::link(s, &file_of(head, "fields"))) }
        p.small.faint { (w.t("fields-what")) }
        (table(s, view, &own))
        section {
            h2 { (w.t("fields-figures")) }
            @if figures.is_empty() { (empty(&w.t("fields-none"), None)) } @else { (table(s, view, &figures)) }
        }
        @if head.as_of.is_none() && (view.may_merge || !view.merges.is_empty()) {
            section #merges {
                h2 { (w.t("merges-section")) }
                @if !view.merges.is_empty() { (crate::merges::made(s, view.merges, view.may_merge)) }
                @if view.may_merge { p.small { a href={ "/customers/" (head.row.id) "/merge" } { (w.t("merges-start")) } " " span.faint { (w.t("merges-start-what")) } } }
            }
        }
        (lists(view))
    };
    Page { title, place: Place::Customers, body }
}

fn is_own(name: &str) -> bool {
    use_case::list_changeable().any(|field| field == name) || name == "churned_on"
}

fn table(s: &Shell, view: &View<'_>, fields: &[&FieldView]) -> Markup {
    let w = &s.words;
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("fields-head")) {
            table.fields {
                thead { tr {
                    th scope="col" { (w.t("fields-field")) } th scope="col" { (w.t("fields-value")) }
                    th scope="col" { (w.t("fields-from")) } th scope="col" { (w.t("fields-use")) }
                } }
                tbody { @for field in fields { (line(s, view, field)) } }
            }
        }
    }
}

/// What a field is called.
pub fn label(s: &Shell, name: &str) -> String {
    let key = match name {
        "stage" | "segment" | "region" | "owner" => format!("column-{name}"),
        "goal" | "industry" | "employees" | "since" | "purpose" | "challenges" | "environment" => {
            format!("facts-{name}")
        }
        "goal_target" | "goal_on" | "goal_state" => format!("facts-{}", name.replace('_', "-")),
        "name" => "field-name".to_owned(),
        "reading" => "field-reading".to_owned(),
        "domain" => "field-domain".to_owned(),
        "churned_on" => "field-churned-on".to_owned(),
        "mrr" | "seats" | "felt" | "hunch" => format!("figure-{name}"),
        "notice_deadline" | "contract_end" | "open_deals" => format!("figure-{}", name.replace('_', "-")),
        // A figure of one's own has the name that it came with.
        _ => return name.to_owned(),
    };
    s.words.t(&key)
}

/// What a figure of one's own means, by the metric that reads it as it is.
fn title(s: &Shell, pack: &Pack, name: &str) -> Option<String> {
    let reads = |m: &&kizashi_domain::measure::Metric| m.attribute.as_deref() == Some(name) && m.offset_days == 0;
    pack.metrics.iter().find(reads).filter(|_| !is_own(name)).map(|m| s.words.text(&m.title).to_string())
}

/// What a value is in the reader's words.
pub fn shown(s: &Shell, name: &str, value: &str) -> String {
    match name {
        "stage" | "segment" if !value.is_empty() => s.words.word(name, value),
        "goal_state" if !value.is_empty() => s.words.word("goal-state", value),
        _ => value.to_owned(),
    }
}

fn line(s: &Shell, view: &View<'_>, field: &FieldView) -> Markup {
    let w = &s.words;
    html! {
        tr id={ "field-" (field.name) } {
            th scope="row" { (label(s, &field.name)) @if let Some(title) = title(s, view.pack, &field.name) { div.small.faint { (title) } } }
            td {
                @if field.is_open && view.may_change { (edit(s, view, field)) }
                @else if field.value.is_empty() { span.faint { "—" } } @else { (shown(s, &field.name, &field.value)) }
                @if let Some(owner) = field.owner.as_ref().filter(|owner| *owner != kizashi_app::intake::OWN_SOURCE) { div.small.faint { (w.with("fields-owned", &[("source", owner.clone().into())])) } }
            }
            td.small {
                @if let Some(now) = field.now.and_then(|at| field.versions.get(at)) { (origin(s, now)) } @else { span.faint { (w.t("fields-never")) } }
                @if field.versions.len() > 1 {
                    details { summary { (w.with("fields-earlier", &[("n", (field.versions.len() - 1).into())])) } (earlier(s, view, field)) }
                }
            }
            td.small.ink2 { (uses(s, view.pack, &field.name)) }
        }
    }
}

/// One field's own form, so that a value is changed where it stands.
fn edit(s: &Shell, view: &View<'_>, field: &FieldView) -> Markup {
    let w = &s.words;
    let (name, control) = (field.name.as_str(), format!("value-{}", field.name));
    let list = (name == "segment").then(|| format!("list-{name}"));
    html! {
        form.inline method="post" action={ "/customers/" (view.head.row.id) "/fields" } {
            (token(&s.csrf))
            input type="hidden" name="field" value=(name);
            label.sr for=(control) { (label(s, name)) }
            @match name {
                "owner" => select id=(control) name="value" {
                    option value="" selected[view.head.row.owner.is_none()] { (w.t("card-nobody")) }
                    @for person in view.staff { option value=(person.id) selected[view.head.row.owner.as_deref() == Some(person.name.as_str())] { (person.name) } }
                },
                "stage" => select id=(control) name="value" { @for stage in stages(view.choices, &field.value) { option value=(stage) selected[stage == field.value] { (shown(s, "stage", &stage)) } } },
                "goal_state" => select id=(control) name="value" {
                    option value="" selected[field.value.is_empty()] { "—" }
                    @for state in GOAL_STATES { option value=(state) selected[state == field.value] { (shown(s, name, state)) } }
                },
                "goal" | "purpose" | "challenges" | "environment" => textarea id=(control) name="value" rows="2" maxlength="20000" { (field.value) },
                "since" | "churned_on" | "goal_on" => input id=(control) type="date" name="value" value=(field.value);,
                "employees" => input id=(control) type="text" inputmode="numeric" name="value" value=(field.value) maxlength="12";,
                name if !is_own(name) => input id=(control) type="text" inputmode="decimal" name="value" value=(field.value) maxlength="24" autocomplete="off";,
                _ => input id=(control) type="text" name="value" value=(field.value) maxlength="256" list=[list] required[name == "name"] autocomplete="off";,
            }
            button.btn { (w.t("fields-keep")) }
        }
    }
}

/// The stages of a customer's life, and those of one's own that are in use.
pub fn stages(choices: &Choices, now: &str) -> Vec<String> {
    let known = ["", "onboarding", "adoption", "expansion", "renewal", "paused", "churned"].map(str::to_owned);
    let mut stages = known.to_vec();
    for more in choices.stages.iter().map(String::as_str).chain([now]) {
        if !stages.iter().any(|s| s == more) {
            stages.push(more.to_owned());
        }
    }
    stages
}

/// The values that others have, to choose from.
fn lists(view: &View<'_>) -> Markup {
    html! { datalist #list-segment { @for value in &view.choices.segments { option value=(value) {} } } }
}

/// Where a value came from, and since when it holds.
fn origin(s: &Shell, v: &FieldVersion) -> Markup {
    let w = &s.words;
    let who = v.who.clone().unwrap_or_else(|| {
        if v.source == kizashi_app::intake::OWN_SOURCE { w.t("fields-by-hand") } else { v.source.clone() }
    });
    let learned = s.zone.day_of(v.at);
    html! {
        (who) " " span.nowrap { (w.day_year(learned)) }
        @if v.from != learned { " " span.faint.nowrap { (w.with("fields-since", &[("day", w.day_year(v.from).into())])) } }
        @if v.assumed { " " span.faint title=(w.t("fields-assumed-what")) { (w.t("fields-assumed")) } }
    }
}

fn earlier(s: &Shell, view: &View<'_>, field: &FieldView) -> Markup {
    let w = &s.words;
    html! {
        ul.plain {
            @for (_, version) in field.versions.iter().enumerate().filter(|(i, _)| Some(*i) != field.now).take(VERSIONS_SHOWN) {
                li {
                    strong { (shown(s, &field.name, if version.value.is_empty() { "—" } else { &version.value })) } " " (origin(s, version))
                    @if field.is_open && view.may_change && field.name != "owner" && !version.value.is_empty() && version.value != field.value {
                        " " (post_button(&s.csrf, &format!("/customers/{}/fields", view.head.row.id), &[("field", &field.name), ("value", &version.value)],
                            html! { button.link { (w.t("fields-back")) } }))
                    }
                }
            }
        }
    }
}

/// The sentence on what the pages themselves use a field for.
fn use_key(name: &str) -> Option<&'static str> {
    match name {
        "reading" | "name" => Some("fields-use-search"),
        "owner" => Some("fields-use-cards"),
        "stage" | "segment" | "region" | "industry" => Some("fields-use-audience"),
        "goal" | "goal_target" | "goal_on" | "goal_state" | "purpose" | "challenges" | "environment" => {
            Some("fields-use-goal")
        }
        "since" => Some("fields-use-since"),
        "domain" => Some("fields-use-domain"),
        // What is counted here, or noted at its own place, is no burden on anybody.
        name if MADE_FIGURES.contains(&name) => Some("fields-use-made"),
        _ => None,
    }
}

/// Whether anything uses a field.
pub fn is_used(pack: &Pack, name: &str) -> bool {
    use_key(name).is_some() || pack.metrics.iter().any(|m| m.attribute.as_deref() == Some(name))
}

/// What uses a field: why it is worth entering.
pub fn uses(s: &Shell, pack: &Pack, name: &str) -> Markup {
    let w = &s.words;
    let reads = pack.metrics.iter().filter(|m| m.attribute.as_deref() == Some(name));
    let metrics: Vec<(&str, String)> = reads.map(|m| (m.id.as_str(), w.text(&m.title).to_string())).collect();
    let key = use_key(name);
    html! {
        @if let Some(key) = key { (w.t(key)) @if !metrics.is_empty() { " ·" } }
        @for (metric, title) in &metrics { " " a.plain href={ "/dictionary#" (metric) } { (title) } }
        @if key.is_none() && metrics.is_empty() { span.faint { (w.t("fields-use-none")) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_here_is_never_proposed_for_removal() {
        let pack = Pack::parse(include_str!("../../../../packs/saas.toml")).unwrap();
        for made in MADE_FIGURES {
            assert!(is_used(&pack, made), "{made}");
        }
        assert!(is_used(&pack, "goal") && is_used(&pack, "seats"));
        assert!(!is_used(&pack, "colour_of_logo") && !is_used(&pack, "employees"));
    }
}
