//! Search from anywhere: part of a name, in any kana or width.

use maud::{Markup, html};

use crate::parts::health::{Colour, mark};
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// A hit.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Where it leads.
    pub address: String,
    /// Name.
    pub name: String,
    /// Health, for a customer.
    pub colour: Option<Colour>,
    /// Score, for a customer.
    pub score: Option<i64>,
    /// What it is and why it was found: reading, code, owner, company of a person.
    pub why: String,
}

/// The hits alone, for the palette.
pub fn hits(s: &Shell, q: &str, found: &[Hit]) -> Markup {
    html! {
        @for (i, hit) in found.iter().enumerate() {
            a.hit #{ "hit-" (i) } role="option" aria-selected=(if i == 0 { "true" } else { "false" }) href=(hit.address) {
                span.nowrap { @if let Some(colour) = hit.colour { (mark(&s.words, colour)) " " @if let Some(score) = hit.score { (score) } } }
                span { (hit.name) }
                span.why { (hit.why) }
            }
        }
        @if found.is_empty() && !q.is_empty() { div.empty role="option" aria-disabled="true" aria-selected="false" { (s.words.with("search-none", &[("q", q.to_owned().into())])) } }
    }
}

/// `GET /search`, the page for those without scripts.
pub fn search(s: &Shell, q: &str, found: &[Hit]) -> Page {
    let w = &s.words;
    let body = html! {
        div.reading-page {
            h1 { (w.t("search")) }
            form.find action="/search" method="get" role="search" {
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
