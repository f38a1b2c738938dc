//! Who has what, who left something behind, what was handed over, and what the reader has taken over.

use kizashi_app::handover::{Due, HandoverRow, Load, Received};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::time::Day;
use maud::{Markup, html};

use crate::parts::form::post_button;
use crate::parts::health::{badge, mark};
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// Everything the page is drawn from.
pub(super) struct View<'a> {
    pub due: &'a [Due],
    pub loads: &'a [Load],
    pub received: &'a [Received],
    pub handovers: &'a [HandoverRow],
    /// May hand over what others have.
    pub may_all: bool,
    /// May say that somebody has left.
    pub may_leave: bool,
}

/// `GET /handovers`.
pub(super) fn list(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let body = html! {
        p.small { a.plain href="/customers" { "← " (w.t("nav-customers")) } }
        div.page-head { h1 { (w.t("handover-title")) } div.rest { @if let Some(me) = s.who.as_ref().and_then(|w| w.id) { a.btn href={ "/handovers/new?from=" (me) } { (w.t("handover-own")) } } } }
        p.prose.faint { (w.t("handover-what")) }
        @if view.may_all { (due(s, view.due, view.may_leave)) }
        (received(s, view.received))
        @if view.may_all { (loads(s, view)) }
        (past(s, view.handovers))
    };
    Page { title: w.t("handover-title"), place: Place::Customers, body }
}

fn due(s: &Shell, rows: &[Due], may_leave: bool) -> Markup {
    let w = &s.words;
    html! {
        @if !rows.is_empty() {
            section.then {
                h2 { (w.t("handover-due")) }
                ul.plain.handover-due {
                    @for row in rows {
                        li {
                            strong { (row.name) } " "
                            span { (w.with("handover-due-what", &[("customers", row.customers.into()), ("cards", row.cards.into()), ("others", row.others.into())])) } " "
                            span.faint { (w.with("handover-left-on", &[("day", w.day(s.zone.day_of(row.left_at), s.today).into())])) }
                            span.btns {
                                a.btn.main href={ "/handovers/new?from=" (row.staff) } { (w.t("handover-do")) }
                                @if may_leave { (post_button(&s.csrf, &format!("/staff/{}/return", row.staff), &[], html! { button.btn.quiet { (w.t("staff-return")) } })) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn received(s: &Shell, rows: &[Received]) -> Markup {
    let w = &s.words;
    html! {
        @if !rows.is_empty() {
            section #received {
                h2 { (w.t("handover-received")) }
                p.faint { (w.with("handover-unread", &[("n", rows.iter().filter(|r| r.seen_at.is_none()).count().into())])) }
                div.scroll { table.list.handover-list { tbody { @for row in rows { (taken(s, row)) } } } }
            }
        }
    }
}

fn taken(s: &Shell, row: &Received) -> Markup {
    let w = &s.words;
    let is_read = row.seen_at.is_some();
    html! {
        tr data-row {
            td { (badge(w, row.band, row.points)) }
            td { a.plain href={ "/customers/" (row.customer) "/handover" } data-open { strong { (row.name) } } div.small.faint { (w.with("handover-from", &[("name", row.from_name.clone().into()), ("day", w.day(s.zone.day_of(row.at), s.today).into())])) } }
            td.nowrap { @if row.notice_on.is_some() { span.small.faint { (w.t("column-notice")) } " " (deadline(s, row.notice_on)) } }
            td.num { @if let Some(mrr) = row.mrr { (w.monthly(mrr)) } }
            td { span.tag.bad[!is_read] { (w.t(if is_read { "handover-read" } else { "handover-not-read" })) } }
            td {
                @let is = if is_read { "open" } else { "read" };
                (post_button(&s.csrf, &format!("/handovers/{}/reading", row.handover), &[("customer", &row.customer.to_string()), ("is", is), ("back", "/handovers")], html! { button.btn.small.quiet[is_read] { (w.t(if is_read { "handover-unread-again" } else { "handover-mark-read" })) } }))
            }
        }
    }
}

fn loads(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let me = s.who.as_ref().and_then(|w| w.id);
    html! {
        section {
            h2 { (w.t("handover-loads")) }
            div.scroll { table.list.handover-list.folds {
                thead { tr { th scope="col" { (w.t("column-owner")) } th.num scope="col" { (w.t("handover-customers")) } th.num scope="col" { (w.t("column-mrr")) } th.num scope="col" { (w.t("handover-cards")) } th scope="col" { span.sr { (w.t("handover-do")) } } } }
                tbody {
                    @for row in view.loads {
                        tr data-row {
                            th scope="row" { (row.name) " " span.small.faint { (w.word("staff-role", &row.role)) } }
                            td.num data-label=(w.t("handover-customers")) { (row.customers) }
                            td.num { @if let Some(mrr) = row.mrr { (w.monthly(mrr)) } }
                            td.num data-label=(w.t("handover-cards")) { (row.cards) }
                            td.acts-cell {
                                span.btns {
                                    @if row.customers + row.cards > 0 { a.btn.small href={ "/handovers/new?from=" (row.staff) } { (w.t("handover-do")) } }
                                    @if view.may_leave && me != Some(row.staff) {
                                        (post_button(&s.csrf, &format!("/staff/{}/leaving", row.staff), &[], html! { button.btn.small.quiet title=(w.t("staff-leave-what")) { (w.t("staff-leave")) } }))
                                    }
                                }
                            }
                        }
                    }
                }
            } }
        }
    }
}

fn past(s: &Shell, rows: &[HandoverRow]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("handover-past")) }
            @if rows.is_empty() { (empty(&w.t("handover-none"), None)) }
            ul.moves {
                @for row in rows {
                    li.wide {
                        span.faint.nowrap { (w.day(s.zone.day_of(row.at), s.today)) " " (w.clock(row.at, &s.zone)) }
                        div {
                            a href={ "/handovers/" (row.id) } { (w.with("handover-of", &[("name", row.from_name.clone().into()), ("customers", row.customers.into()), ("items", row.items.into())])) }
                            @if row.undone_at.is_some() { " " span.tag { (w.t("handover-undone")) } }
                            @if let Some(by) = &row.by { div.small.faint { (by) } }
                        }
                    }
                }
            }
        }
    }
}

/// On the morning page: somebody left something behind, or the reader has customers to read about.
pub fn banner(s: &Shell, due: &[Due], taken_over: i64) -> Markup {
    let w = &s.words;
    html! {
        @if !due.is_empty() {
            p.then.handover-banner role="note" {
                strong { (w.t("handover-due")) } " "
                @for row in due {
                    span.due-one {
                        (w.with("handover-due-line", &[("name", row.name.clone().into()), ("customers", row.customers.into()), ("cards", row.cards.into()), ("others", row.others.into())])) " "
                        a.btn href={ "/handovers/new?from=" (row.staff) } aria-label={ (row.name) " " (w.t("handover-do")) } { (w.t("handover-do")) }
                    }
                }
            }
        }
        @if taken_over > 0 {
            p.note { (w.with("handover-unread", &[("n", taken_over.into())])) " " a href="/handovers#received" { (w.t("handover-read-them")) } }
        }
    }
}

/// Beside a customer's facts: handing it over, and its briefing.
pub fn links(s: &Shell, customer: Id<Customer>) -> Markup {
    let w = &s.words;
    html! {
        section.no-print {
            h2 { (w.t("handover-title")) }
            p { a href={ "/customers/" (customer) "/handover" } { (w.t("briefing-open")) } }
            p { a href={ "/handovers/new?customer=" (customer) } { (w.t("handover-this")) } }
        }
    }
}

/// A notice deadline that is still to come; that one has passed is said, not when.
pub(super) fn deadline(s: &Shell, day: Option<Day>) -> Markup {
    let w = &s.words;
    html! {
        @match day {
            Some(day) if day < s.today => span.faint { (w.t("notice-past")) },
            Some(day) => { (w.day(day, s.today)) " " span.small.faint { (w.away(day, s.today)) } },
            None => {},
        }
    }
}

/// A customer's name with its mark.
pub(super) fn named(s: &Shell, band: Option<kizashi_domain::health::Band>, id: Id<Customer>, name: &str) -> Markup {
    html! { (mark(&s.words, band)) " " a.plain href={ "/customers/" (id) } { (name) } }
}
