//! What a handover would do, and to whom each customer goes.

use kizashi_app::handover::{Ask, Load, Plan, PlanRow};
use kizashi_domain::handover::Rule;
use kizashi_domain::id::{Id, Staff};
use maud::{Markup, html};

use super::list::{deadline, named};
use crate::parts::form::{Wrong, field, token};
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// `GET /handovers/new`.
pub(super) fn plan(s: &Shell, ask: &Ask, plan: &Plan, wrongs: &[Wrong]) -> Page {
    let w = &s.words;
    let is_chosen = plan.takers.iter().any(|t| ask.to.contains(&t.staff));
    let name = [("name", plan.from_name.clone().into())];
    let title = w.with(if ask.customer.is_some() { "handover-one-of" } else { "handover-all-of" }, &name);
    let body = html! {
        p.small { a.plain href="/handovers" { "← " (w.t("handover-title")) } }
        h1 { (title) }
        @if let Some(left) = plan.left_at { p.faint { (w.with("handover-left-on", &[("day", w.day(s.zone.day_of(left), s.today).into())])) } }
        @for wrong in wrongs.iter().filter(|wrong| wrong.field == "from") { div.wrongs role="alert" { (wrong.text) } }
        @if plan.rows.is_empty() && plan.items.is_empty() && !ask.note.trim().is_empty() {
            section { h2 { (w.t("handover-note-kept")) } div.note.said { (ask.note) } }
        }
        @if plan.rows.is_empty() && plan.items.is_empty() { (empty(&w.t("handover-nothing"), Some(("/handovers", &w.t("handover-title"))))) }
        @else {
            (choose(s, ask, plan, wrongs))
            @if is_chosen { (preview(s, ask, plan, wrongs)) } @else { (moves(s, plan)) }
        }
    };
    Page { title, place: Place::Customers, body }
}

/// To whom, and by which rule.
fn choose(s: &Shell, ask: &Ask, plan: &Plan, wrongs: &[Wrong]) -> Markup {
    let w = &s.words;
    let takes = |l: &&Load| matches!(l.role.as_str(), "csm" | "manager" | "admin");
    html! {
        form.settings.column.handover-choose method="get" action="/handovers/new" {
            input type="hidden" name="from" value=(ask.from);
            input type="hidden" name="asked" value="1";
            @if let Some(customer) = ask.customer { input type="hidden" name="customer" value=(customer); }
            fieldset.takers {
                legend { (w.t("handover-to")) }
                @for taker in plan.takers.iter().filter(takes) {
                    label.chip translate="no" {
                        input type=(if ask.customer.is_some() { "radio" } else { "checkbox" }) name="to" value=(taker.staff) checked[ask.to.contains(&taker.staff)];
                        (taker.name) " " span.faint.small { (w.with("handover-load", &[("customers", taker.customers.into()), ("cards", taker.cards.into())])) }
                    }
                }
                @if ask.to.is_empty() { @for wrong in wrongs.iter().filter(|wrong| wrong.field == "to") { p.wrong role="alert" { (wrong.text) } } }
            }
            @if ask.customer.is_none() {
                fieldset.takers {
                    legend { (w.t("handover-rule")) }
                    @for rule in Rule::ALL { label.chip { input type="radio" name="rule" value=(rule.word()) checked[ask.rule == rule]; (w.word("handover-rule", rule.word())) } }
                }
            }
            div.btns { button.btn { (w.t("handover-preview")) } }
        }
    }
}

/// What moves, what stays, before anybody is named.
fn moves(s: &Shell, plan: &Plan) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("handover-moves")) }
            ul.plain {
                @if !plan.rows.is_empty() { li { (w.with("handover-kind-customer", &[("n", plan.rows.len().into())])) } }
                @for (kind, n) in &plan.items { li { (w.with(&format!("handover-kind-{kind}"), &[("n", (*n).into())])) } }
            }
            (sources(s, plan))
        }
        (stays(s, plan))
    }
}

/// Where the owners of customers that move come from: what such a source says afterwards.
fn sources(s: &Shell, plan: &Plan) -> Markup {
    let w = &s.words;
    let mut sources: Vec<&str> = plan.rows.iter().filter_map(|r| r.source.as_deref()).collect();
    sources.sort_unstable();
    sources.dedup();
    let count = |source: &str| plan.rows.iter().filter(|r| r.source.as_deref() == Some(source)).count();
    html! {
        @if plan.owned_by.is_none() {
            @for source in sources { p.small.ink2 { (w.with("handover-source", &[("source", source.to_owned().into()), ("n", count(source).into())])) } }
        }
    }
}

/// What does not move, and why.
fn stays(s: &Shell, plan: &Plan) -> Markup {
    let w = &s.words;
    html! {
        @if !plan.stays.is_empty() || plan.owned_by.is_some() {
            section {
                h2 { (w.t("handover-stays")) }
                ul.plain {
                    @if let Some(source) = &plan.owned_by { li { strong { (w.with("handover-owned-by", &[("source", source.clone().into())])) } } }
                    @for (kind, n) in &plan.stays { li { (w.with(&format!("handover-stays-{kind}"), &[("n", (*n).into())])) } }
                }
            }
        }
    }
}

fn preview(s: &Shell, ask: &Ask, plan: &Plan, wrongs: &[Wrong]) -> Markup {
    let w = &s.words;
    let others: Vec<&(&str, i64)> = plan.items.iter().collect();
    html! {
        form.settings method="post" action="/handovers" {
            (token(&s.csrf))
            input type="hidden" name="from" value=(ask.from);
            @if let Some(customer) = ask.customer { input type="hidden" name="customer" value=(customer); }
            @for to in &ask.to { input type="hidden" name="to" value=(to); }
            input type="hidden" name="rule" value=(ask.rule.word());
            input type="hidden" name="seen" value=(plan.rows.len());
            section {
                h2 { (w.t("handover-moves")) }
                (sums(s, ask, plan))
                @if !plan.rows.is_empty() { p.small.faint { (w.t("handover-order")) } }
                @if !plan.rows.is_empty() { div.scroll { (table(s, ask, plan)) } }
                (sources(s, plan))
                @if !others.is_empty() {
                    h3 { (w.t("handover-others")) }
                    ul.plain { @for (kind, n) in others { li { (w.with(&format!("handover-kind-{kind}"), &[("n", (*n).into())])) } } }
                    p.small.faint { (w.t("handover-others-what")) }
                    @if ask.customer.is_none() && ask.to.len() > 1 {
                        (field("rest", &w.t("handover-rest"), Some(&w.t("handover-rest-help")), wrongs, select("rest", "rest", plan, ask, ask.rest.or_else(|| ask.to.first().copied()))))
                    }
                }
            }
            (stays(s, plan))
            section.column {
                (field("note", &w.t("handover-note"), Some(&w.t("handover-note-help")), wrongs, html! { textarea #note name="note" rows="3" { (ask.note) } }))
                @for wrong in wrongs.iter().filter(|wrong| !matches!(wrong.field, "note" | "from")) { p.wrong role="alert" { (wrong.text) } }
                div.btns { button.btn.main { (w.t("handover-confirm")) } a.btn.quiet href="/handovers" { (w.t("cancel")) } }
                p.small.faint { (w.t("handover-undo-what")) }
            }
        }
    }
}

/// How much each of them gets.
fn sums(s: &Shell, ask: &Ask, plan: &Plan) -> Markup {
    let w = &s.words;
    html! {
        @if ask.to.len() > 1 {
            ul.plain.handover-sums {
                @for taker in plan.takers.iter().filter(|t| ask.to.contains(&t.staff)) {
                    @let own: Vec<&PlanRow> = plan.rows.iter().filter(|r| r.to == Some(taker.staff)).collect();
                    @let sum = own.iter().filter_map(|r| r.mrr).reduce(|a, b| kizashi_domain::money::Money { minor: a.minor.saturating_add(b.minor), ..a });
                    li { strong { (taker.name) } " " (w.with("handover-gets", &[("n", own.len().into())])) @if let Some(sum) = sum { " " span.nowrap { (w.monthly(sum)) } } }
                }
            }
        }
    }
}

fn table(s: &Shell, ask: &Ask, plan: &Plan) -> Markup {
    let w = &s.words;
    html! {
        table.list.handover-list {
            thead { tr {
                th scope="col" { (w.t("column-name")) }
                th.num scope="col" { (w.t("column-mrr")) }
                th scope="col" { (w.t("column-notice")) }
                th.num scope="col" { (w.t("handover-open")) }
                th scope="col" { (w.t("handover-new-owner")) }
            } }
            tbody {
                @for row in &plan.rows {
                    tr data-row {
                        td { (named(s, row.band, row.customer, &row.name)) div.small.faint { (w.word("segment", &row.segment)) @if !row.region.is_empty() { " · " (row.region) } } }
                        td.num { @if let Some(mrr) = row.mrr { (w.monthly(mrr)) } }
                        td.nowrap { (deadline(s, row.notice_on)) }
                        td.num { (row.cards + row.deals) }
                        td {
                            label.sr translate="no" for={ "to-" (row.customer) } { (row.name) " " (w.t("handover-new-owner")) }
                            (select(&format!("to-{}", row.customer), &format!("to_{}", row.customer), plan, ask, row.to))
                        }
                    }
                }
            }
        }
    }
}

/// Everybody who can take over, those chosen first.
fn select(id: &str, name: &str, plan: &Plan, ask: &Ask, chosen: Option<Id<Staff>>) -> Markup {
    let (first, others): (Vec<&Load>, Vec<&Load>) = plan.takers.iter().partition(|t| ask.to.contains(&t.staff));
    html! {
        select id=(id) name=(name) {
            @for taker in first.into_iter().chain(others) { option value=(taker.staff) selected[chosen == Some(taker.staff)] { (taker.name) } }
        }
    }
}
