//! One handover: the cover of what the new owners read, in the order of reading.

use kizashi_app::handover::{HandoverPage, Received};
use maud::{Markup, html};

use crate::parts::form::post_button;
use crate::parts::health::badge;
use crate::shell::{Page, Place, Shell};

/// `GET /handovers/{id}`.
pub(super) fn page(s: &Shell, view: &HandoverPage, may_undo: bool) -> Page {
    let w = &s.words;
    let row = &view.row;
    let title = w.with("handover-cover", &[("name", row.from_name.clone().into())]);
    let body = html! {
        p.small.no-print { a.plain href="/handovers" { "← " (w.t("handover-title")) } }
        div.page-head {
            h1 { (title) }
            div.rest.no-print {
                @if row.undone_at.is_some() { span.tag { (w.t("handover-undone")) } }
                @else if may_undo { (post_button(&s.csrf, &format!("/handovers/{}/undo", row.id), &[], html! { button.btn { (w.t("handover-undo")) } })) }
            }
        }
        p.faint {
            (w.day_year(s.zone.day_of(row.at))) " " (w.clock(row.at, &s.zone))
            @if let Some(by) = &row.by { " · " (by) }
            " · " (w.with("handover-moved", &[("customers", row.customers.into()), ("items", row.items.into())]))
        }
        @if !row.note.is_empty() { section { h2 { (w.t("handover-note")) } p.answer { (row.note) } } }
        @for (_, name, own) in &view.customers { (portfolio(s, name, own)) }
        @if !view.items.is_empty() {
            section {
                h2 { (w.t("handover-others")) }
                ul.plain { @for (name, kind, n) in &view.items { li { strong { (name) } " " (w.with(&format!("handover-kind-{kind}"), &[("n", (*n).into())])) } } }
            }
        }
    };
    Page { title, place: Place::Customers, body }
}

/// What one of them reads, and in which order.
fn portfolio(s: &Shell, name: &str, own: &[Received]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.with("handover-portfolio", &[("name", name.to_owned().into()), ("n", own.len().into())])) }
            p.small.faint { (w.t("handover-order")) }
            div.scroll { table.list.handover-list {
                thead { tr { th.num scope="col" { (w.t("handover-place")) } th scope="col" { (w.t("column-name")) } th scope="col" { (w.t("column-health")) } th.num scope="col" { (w.t("column-mrr")) } th scope="col" { (w.t("column-notice")) } th scope="col" { (w.t("handover-reading")) } } }
                tbody {
                    @for (place, row) in own.iter().enumerate() {
                        tr data-row {
                            td.num { (place + 1) }
                            td { a.plain href={ "/customers/" (row.customer) "/handover" } data-open { strong { (row.name) } } div.small.ink2 { (w.text(&row.sentence)) } }
                            td { (badge(w, row.band, row.points)) }
                            td.num.nowrap { @if let Some(mrr) = row.mrr { (w.monthly(mrr)) } }
                            td.nowrap { @if let Some(day) = row.notice_on { (w.day(day, s.today)) } }
                            td { (w.t(if row.seen_at.is_some() { "handover-read" } else { "handover-not-read" })) }
                        }
                    }
                }
            } }
        }
    }
}
