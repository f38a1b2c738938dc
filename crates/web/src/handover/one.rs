//! One handover: the cover of what the new owners read, in the order of reading.

use kizashi_app::handover::{HandoverPage, HandoverRow, Received};
use maud::{Markup, html};

use super::list::deadline;
use crate::parts::form::{post_button, print_button};
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
                @if row.customers > 0 { a.btn.main href={ "/handovers/" (row.id) "/pack" } { (w.t("handover-pack-all")) } }
                (print_button(w))
                @if row.undone_at.is_some() { span.tag { (w.t("handover-undone")) } }
                @else if may_undo { (post_button(&s.csrf, &format!("/handovers/{}/undo", row.id), &[], html! { button.btn { (w.t("handover-undo")) } })) }
            }
        }
        (head_line(s, row))
        (cover(s, view))
    };
    Page { title, place: Place::Customers, body }
}

/// When it was done, by whom, and how much moved.
pub(super) fn head_line(s: &Shell, row: &HandoverRow) -> Markup {
    let w = &s.words;
    html! {
        p.faint {
            (w.day_year(s.zone.day_of(row.at))) " " (w.clock(row.at, &s.zone))
            @if let Some(by) = &row.by { " · " (by) }
            " · " (w.with("handover-moved", &[("customers", row.customers.into()), ("items", row.items.into())]))
        }
    }
}

/// What the new owners should know, what each of them reads, and what else moved.
pub(super) fn cover(s: &Shell, view: &HandoverPage) -> Markup {
    let w = &s.words;
    let row = &view.row;
    html! {
        @if !row.note.is_empty() { section { h2 { (w.t("handover-note")) } p.answer.said { (row.note) } } }
        @for (staff, name, own) in &view.customers {
            @let part = (view.customers.len() > 1).then(|| format!("/handovers/{}/pack?to={staff}", row.id));
            (portfolio(s, name, own, part.as_deref()))
        }
        @let (letters, held) = view.letters;
        @if letters > 0 && row.undone_at.is_none() {
            p.note {
                (w.with("handover-letters", &[("n", letters.into())])) " "
                @if held > 0 { (w.with("handover-letters-held", &[("n", held.into())])) " " }
                a.no-print href="/notices/letters?tab=waiting" { (w.t("handover-letters-see")) }
            }
        }
        @if !view.items.is_empty() {
            section {
                h2 { (w.t("handover-others")) }
                ul.plain { @for (name, kind, n) in &view.items { li { strong { (name) } " " (w.with(&format!("handover-kind-{kind}"), &[("n", (*n).into())])) } } }
            }
        }
    }
}

/// What one of them reads, and in which order. `part` = the address of their briefings alone.
fn portfolio(s: &Shell, name: &str, own: &[Received], part: Option<&str>) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.with("handover-portfolio", &[("name", name.to_owned().into()), ("n", own.len().into())])) }
            p.small.faint { (w.t("handover-order")) @if let Some(part) = part { " " a.no-print href=(part) { (w.with("handover-pack-own", &[("name", name.to_owned().into())])) } } }
            div.scroll { table.list.handover-list {
                thead { tr { th.num scope="col" { (w.t("handover-place")) } th scope="col" { (w.t("column-name")) } th scope="col" { (w.t("column-health")) } th.num scope="col" { (w.t("column-mrr")) } th scope="col" { (w.t("column-notice")) } th scope="col" { (w.t("handover-reading")) } } }
                tbody {
                    @for (place, row) in own.iter().enumerate() {
                        tr data-row {
                            td.num { (place + 1) }
                            td { a.plain href={ "/customers/" (row.customer) "/handover" } data-open { strong { (row.name) } } div.small.ink2 { (w.text(&row.sentence)) } }
                            td { (badge(w, row.band, row.points)) }
                            td.num.nowrap { @if let Some(mrr) = row.mrr { (w.monthly(mrr)) } }
                            td.nowrap { (deadline(s, row.notice_on)) }
                            td { (w.t(if row.seen_at.is_some() { "handover-read" } else { "handover-not-read" })) }
                        }
                    }
                }
            } }
        }
    }
}
