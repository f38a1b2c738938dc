//! What was handed over as one document: the cover, then the briefing of each customer on a page of its own.

use kizashi_app::handover::Pack as Handed;
use kizashi_domain::limits::BRIEFINGS_MAX;
use kizashi_domain::pack::Pack;
use maud::{Markup, html};

use super::briefing::{article, reading};
use super::one::{cover, head_line};
use crate::parts::form::print_button;
use crate::parts::state::pager;
use crate::shell::{Page, Place, Shell};

/// `GET /handovers/{id}/pack`. `whose` = the address with the person whose part is asked for, to which a page is added.
pub(super) fn page(s: &Shell, view: &Handed, pack: &Pack, whose: &str) -> Page {
    let w = &s.words;
    let row = &view.cover.row;
    let (me, back) = (s.who.as_ref().and_then(|who| who.id), format!("{whose}page={}", view.page));
    let title = w.with("handover-cover", &[("name", row.from_name.clone().into())]);
    let body = html! {
        div.page-head.no-print {
            p.small { a.plain href={ "/handovers/" (row.id) } { "← " (w.t("handover-back-to-cover")) } }
            div.rest { (print_button(w)) }
        }
        div.packs {
            div.cover {
                h1 { (title) }
                (head_line(s, row))
                p.small.faint { (w.with("briefing-day", &[("day", w.day_year(s.today).into())])) }
                (part(s, view, whose))
                @if view.page == 1 { (cover(s, &view.cover)) }
            }
            @if view.briefings.is_empty() { p.faint { (w.t("handover-pack-none")) } }
            @for (received, briefing) in &view.briefings {
                (article(s, briefing, pack, html! { @if me == Some(received.to) && row.undone_at.is_none() { (reading(s, received, &back)) } }))
            }
        }
    };
    Page { title, place: Place::Customers, body }
}

/// Which customers of how many this page holds, where it does not hold all of them.
fn part(s: &Shell, view: &Handed, whose: &str) -> Markup {
    let w = &s.words;
    let first = (view.page - 1) * BRIEFINGS_MAX + 1;
    let last = first + view.briefings.len().max(1) - 1;
    let says = [
        ("first", first.into()),
        ("last", last.into()),
        ("all", view.customers.into()),
        ("most", BRIEFINGS_MAX.into()),
    ];
    let at = |page: usize| format!("{whose}page={page}");
    html! {
        @if view.pages > 1 {
            p { strong { (w.with("handover-pack-part", &says)) } }
            div.no-print { (pager(w, &w.with("handover-pack-of", &says), (view.page > 1).then(|| at(1)).as_deref(), (view.page < view.pages).then(|| at(view.page + 1)).as_deref())) }
        }
    }
}
