//! Search from anywhere: part of a name, in any kana or width.

use kizashi_app::customers::Hit;
use maud::{Markup, html};

use crate::parts::health::mark;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// The hits alone, for the palette.
pub fn hits(s: &Shell, q: &str, found: &[Hit]) -> Markup {
    let w = &s.words;
    html! {
        @for (i, hit) in found.iter().enumerate() {
            a.hit #{ "hit-" (i) } role="option" aria-selected=(if i == 0 { "true" } else { "false" }) href={ "/customers/" (hit.id) } {
                span.nowrap { (mark(w, hit.band)) " " @if let Some(points) = hit.points { (points) } }
                span { (hit.name) }
                span.why {
                    (hit.reading)
                    @if let Some(contact) = &hit.contact {
                        @if !hit.reading.is_empty() { " · " }
                        (w.with("search-person", &[("name", contact.clone().into())]))
                    }
                }
            }
        }
        @if found.is_empty() && !q.is_empty() {
            div.empty role="option" aria-disabled="true" aria-selected="false" { (w.with("search-none", &[("q", q.to_owned().into())])) }
        }
    }
}

/// `GET /search`, the page for those without scripts.
pub fn search(s: &Shell, q: &str, found: &[Hit]) -> Page {
    let w = &s.words;
    let body = html! {
        div.reading-page {
            h1 { (w.t("search")) }
            form.row-form action="/search" method="get" role="search" {
                label.sr for="search-q" { (w.t("search")) }
                input #search-q type="search" name="q" value=(q) placeholder=(w.t("search-hint-long"));
                button.btn { (w.t("search")) }
            }
            @if q.is_empty() { (empty(&w.t("search-empty"), None)) }
            @else { section role="listbox" aria-label=(w.t("search-hits")) { (hits(s, q, found)) } }
        }
    };
    Page { title: w.t("search"), place: Place::Elsewhere, body }
}
