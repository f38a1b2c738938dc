//! The list of deals: who follows up with whom, and when.

use kizashi_app::access::StaffRow;
use kizashi_app::deals::{DealPage, DealQuery, DealView};
use kizashi_domain::deals::Stage;
use kizashi_domain::id::{Id, Staff};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use super::stage_title;
use crate::address::encode;
use crate::csv;
use crate::parts::form::token;
use crate::parts::icon::icon;
use crate::parts::state::{empty, pager};
use crate::shell::{Page, Place, Shell};

/// Everything the page is drawn from.
pub struct List<'a> {
    /// What was asked for.
    pub query: &'a DealQuery,
    /// The answer.
    pub page: &'a DealPage,
    /// Who may own a deal.
    pub staff: &'a [StaffRow],
    /// Stages in their order.
    pub stages: &'a [Stage],
    /// The reader.
    pub me: Id<Staff>,
    /// Whether the reader may change deals.
    pub may_change: bool,
}

fn address(path: &str, query: &DealQuery, after: Option<(i64, String)>) -> String {
    let mut parts = Vec::new();
    if let Some(owner) = query.owner {
        parts.push(format!("owner={owner}"));
    }
    if !query.stage.is_empty() {
        parts.push(format!("stage={}", encode(&query.stage)));
    }
    if let Some((day, id)) = after {
        parts.push(format!("after={day}.{id}"));
    }
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

/// `GET /deals`.
pub fn list(s: &Shell, view: &List<'_>) -> Page {
    let w = &s.words;
    let is_narrowed = view.query.owner.is_some() || !view.query.stage.is_empty();
    let body = html! {
        div.page-head {
            h1 { (w.t("nav-deals")) }
            div.rest { (csv::link(s, &address("/deals.csv", view.query, None))) }
        }
        p.faint { (w.t("deals-what")) }
        div #deals {
            (filters(s, view))
            @if view.page.rows.is_empty() && is_narrowed { (empty(&w.t("deals-nothing"), Some(("/deals", &w.t("filter-clear"))))) }
            @else if view.page.rows.is_empty() { (empty(&w.t("deals-none"), Some(("/customers", &w.t("deals-none-button"))))) }
            @else {
                (totals(s, view))
                (table(s, view))
                @let next = view.page.next.map(|(day, id)| address("/deals", view.query, Some((day, id.to_string()))));
                @let start = view.query.after.is_some().then(|| address("/deals", view.query, None));
                @let count = w.with("list-count", &[("rows", view.page.rows.len().into()), ("total", thousands(view.page.count.unsigned_abs()).into())]);
                (pager(w, &count, start.as_deref(), next.as_deref()))
            }
        }
    };
    Page { title: w.t("nav-deals"), place: Place::Deals, body }
}

fn filters(s: &Shell, view: &List<'_>) -> Markup {
    let w = &s.words;
    let owner = view.query.owner;
    html! {
        form.filters method="get" action="/deals" data-live hx-get="/deals" hx-target="#deals" hx-select="#deals" hx-swap="outerHTML" hx-push-url="true" {
            div.row {
                span.choice {
                    label for="deals-stage" { (w.t("deal-stage")) } " "
                    select #deals-stage name="stage" {
                        option value="" { (w.t("deals-open")) }
                        @for stage in view.stages { option value=(stage.id) selected[stage.id == view.query.stage] { (w.text(&stage.title)) } }
                        @if !view.query.stage.is_empty() && !view.stages.iter().any(|st| st.id == view.query.stage) {
                            option value=(view.query.stage) selected { (view.query.stage) }
                        }
                    }
                }
                span.choice {
                    label for="deals-owner" { (w.t("deal-owner")) } " "
                    select #deals-owner name="owner" {
                        option value="" { (w.t("any")) }
                        option value=(view.me) selected[owner == Some(view.me)] { (w.t("deals-mine")) }
                        @for person in view.staff.iter().filter(|p| p.id != view.me) { option value=(person.id) selected[owner == Some(person.id)] { (person.name) } }
                    }
                }
                button.btn.nojs { (w.t("apply")) }
            }
        }
    }
}

/// What they are worth, in one sentence a currency.
fn totals(s: &Shell, view: &List<'_>) -> Markup {
    let w = &s.words;
    html! {
        p.answer {
            (w.with("deals-count", &[("n", thousands(view.page.count.unsigned_abs()).into())]))
            @for total in &view.page.totals {
                (w.t("between-sentences"))
                (w.with("deals-total", &[("amount", total.amount.to_string().into()), ("weighted", total.weighted.to_string().into())]))
            }
            @if view.page.late > 0 { (w.t("between-sentences")) strong { (w.with("deals-late", &[("n", view.page.late.into())])) } }
        }
        p.small.faint { (w.t("deals-weighted-what")) }
    }
}

fn table(s: &Shell, view: &List<'_>) -> Markup {
    let w = &s.words;
    html! {
        div.scroll-x tabindex="0" role="region" aria-label=(w.t("nav-deals")) {
            table.list.deals {
                thead { tr {
                    th scope="col" { (w.t("deal-next")) } th scope="col" { (w.t("deal-title")) } th scope="col" { (w.t("deal-stage")) }
                    th.num scope="col" { (w.t("deal-amount")) } th.num scope="col" { (w.t("deal-weighted")) }
                    th scope="col" { (w.t("deal-closes-on")) } th scope="col" { (w.t("deal-owner")) }
                } }
                tbody { @for deal in &view.page.rows { (line(s, view, deal)) } }
            }
        }
    }
}

fn line(s: &Shell, view: &List<'_>, deal: &DealView) -> Markup {
    let w = &s.words;
    html! {
        tr data-row {
            td.next { div.beside {
                div { (next(s, deal)) }
                @if view.may_change && deal.is_open() { (edit(s, view, deal)) }
            } }
            td.name {
                a.cut href={ "/deals/" (deal.id) } data-open title=(deal.title) { (deal.title) }
                div.small { a.plain.cut href={ "/customers/" (deal.customer) } { (deal.customer_name) } @if !deal.kind.is_empty() { " " span.faint { (w.word("deal-kind", &deal.kind)) } } }
            }
            td.nowrap { (stage_title(w, view.stages, &deal.stage)) @if let Some(day) = deal.closed_on { div.small.faint { (w.day(day, s.today)) } } }
            td.num { @if let Some(amount) = deal.amount { (amount) } @else { span.faint { "–" } } }
            td.num.extra { @if let Some(weighted) = deal.weighted() { (weighted) } @if let Some(percent) = deal.likelihood { div.small.faint { (percent) "%" } } }
            td.nowrap.extra { @if let Some(day) = deal.closes_on { (w.day(day, s.today)) } @else { span.faint { "–" } } }
            td.nowrap { (deal.owner_name) @if deal.owner_name.is_empty() { span.faint { (w.t("card-nobody")) } } }
        }
    }
}

/// The next step and its day; one that is late says so.
pub(super) fn next(s: &Shell, deal: &DealView) -> Markup {
    let w = &s.words;
    html! {
        @if deal.next_step.is_empty() && deal.next_on.is_none() { @if deal.is_open() { span.tag.bad { (w.t("deal-no-next")) } } }
        @else {
            @if let Some(day) = deal.next_on {
                @if deal.is_open() && day < s.today { span.tag.bad { (w.day(day, s.today)) " " (w.away(day, s.today)) } }
                @else { span.nowrap { (w.day(day, s.today)) " " span.faint.small { (w.away(day, s.today)) } } }
            }
            div.cut title=(deal.next_step) { (deal.next_step) }
        }
    }
}

/// Stage and next step, changed where they stand.
fn edit(s: &Shell, view: &List<'_>, deal: &DealView) -> Markup {
    let w = &s.words;
    let control = |name: &str| format!("{name}-{}", deal.id);
    html! {
        details.menu {
            summary.btn.quiet title={ (w.t("deal-edit-next")) " (e)" } data-key="e" { (icon("pencil")) span.sr { (w.t("deal-edit-next")) } }
            form.sheet method="post" action={ "/deals/" (deal.id) } {
                (token(&s.csrf))
                input type="hidden" name="back" value=(s.address);
                div.pad {
                    div.field { label for=(control("step")) { (w.t("deal-next-step")) } input id=(control("step")) type="text" name="next_step" value=(deal.next_step) maxlength="256" autocomplete="off"; }
                    div.field { label for=(control("on")) { (w.t("deal-next-on")) } input id=(control("on")) type="date" name="next_on" value=[deal.next_on]; }
                    div.field { label for=(control("stage")) { (w.t("deal-stage")) } select id=(control("stage")) name="stage" { (stage_options(s, view.stages, &deal.stage)) } }
                    button.btn.main { (w.t("deal-keep")) }
                }
            }
        }
    }
}

/// Every stage, and the word of one's own that is there now.
pub(super) fn stage_options(s: &Shell, stages: &[Stage], now: &str) -> Markup {
    html! {
        @for stage in stages { option value=(stage.id) selected[stage.id == now] { (s.words.text(&stage.title)) } }
        @if !now.is_empty() && !stages.iter().any(|stage| stage.id == now) { option value=(now) selected { (now) } }
    }
}

const CSV: [&str; 17] = [
    "column-code",
    "deal-customer",
    "deal-title",
    "deal-kind",
    "deal-stage",
    "deal-amount",
    "deal-currency",
    "deal-probability",
    "deal-weighted",
    "deal-next-on",
    "deal-next-step",
    "deal-owner",
    "deal-opened-on",
    "deal-closes-on",
    "deal-closed-on",
    "deal-promise",
    "deal-lost-reason",
];

/// The head of the CSV file, in the reader's words.
pub fn csv_head(s: &Shell) -> String {
    csv::head(CSV.iter().map(|key| s.words.t(key)))
}

/// A row of the CSV file.
pub fn csv_row(s: &Shell, stages: &[Stage], d: &DealView) -> String {
    csv::line(
        [
            d.id.to_string(),
            d.customer_name.clone(),
            d.title.clone(),
            if d.kind.is_empty() { String::new() } else { s.words.word("deal-kind", &d.kind) },
            stage_title(&s.words, stages, &d.stage),
            csv::amount(d.amount),
            d.amount.map(|m| m.currency.code().to_owned()).unwrap_or_default(),
            csv::number(d.likelihood),
            csv::amount(d.weighted()),
            csv::day(d.next_on),
            d.next_step.clone(),
            d.owner_name.clone(),
            csv::day(d.opened_on),
            csv::day(d.closes_on),
            csv::day(d.closed_on),
            d.promise.clone(),
            d.lost_reason.clone(),
        ]
        .into_iter(),
    )
}
