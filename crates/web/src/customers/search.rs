//! Search from anywhere: customers, people, notes, inquiries and deals, in any kana or width.

use kizashi_app::search::{CustomerHit, Found, PersonHit, TextHit};
use maud::{Markup, html};

use crate::parts::health::mark;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// The hits alone, for the palette: grouped by kind, customers first.
pub fn hits(s: &Shell, q: &str, found: &Found) -> Markup {
    let w = &s.words;
    let mut next = 0;
    let mut numbered = |count: usize| {
        let from = next;
        next += count;
        from
    };
    let lengths = [
        found.customers.len(),
        found.people.len(),
        found.notes.len(),
        found.tickets.len(),
        found.deals.len(),
        found.aims.len(),
    ];
    let [customers, people, notes, tickets, deals, aims] = lengths.map(&mut numbered);
    html! {
        (group(s, "nav-customers", &found.customers, customers, &|hit, n| customer(s, hit, n)))
        (group(s, "search-people", &found.people, people, &|hit, n| person(s, hit, n)))
        (group(s, "search-notes", &found.notes, notes, &|hit, n| text(s, hit, n, "activity")))
        (group(s, "search-tickets", &found.tickets, tickets, &|hit, n| text(s, hit, n, "ticket")))
        (group(s, "nav-deals", &found.deals, deals, &|hit, n| text(s, hit, n, "deal")))
        (group(s, "search-aims", &found.aims, aims, &|hit, n| text(s, hit, n, "aim")))
        @if found.is_empty() && !q.is_empty() {
            div.empty role="option" aria-disabled="true" aria-selected="false" { (w.with("search-none", &[("q", q.to_owned().into())])) }
        }
    }
}

fn group<T>(s: &Shell, key: &str, list: &[T], from: usize, draw: &dyn Fn(&T, usize) -> Markup) -> Markup {
    let title = s.words.t(key);
    html! {
        @if !list.is_empty() {
            div.hit-group role="group" aria-label=(title) {
                p.hit-kind aria-hidden="true" { (title) }
                @for (i, hit) in list.iter().enumerate() { (draw(hit, from + i)) }
            }
        }
    }
}

fn option(address: &str, n: usize, content: &Markup) -> Markup {
    html! {
        a.hit #{ "hit-" (n) } role="option" aria-selected=(if n == 0 { "true" } else { "false" }) href=(address) { (content) }
    }
}

fn customer(s: &Shell, hit: &CustomerHit, n: usize) -> Markup {
    let content = html! {
        span.nowrap { (mark(&s.words, hit.band)) " " @if let Some(points) = hit.points { (points) } }
        span { (hit.name) }
        span.why { @if let Some(was) = &hit.was { (s.words.with("search-was", &[("name", was.clone().into())])) } @else { (hit.reading) } }
    };
    option(&format!("/customers/{}", hit.id), n, &content)
}

fn person(s: &Shell, hit: &PersonHit, n: usize) -> Markup {
    let content = html! {
        span {}
        span { (s.words.with("search-person", &[("name", hit.name.clone().into())])) @if !hit.title.is_empty() { " " span.faint { (hit.title) } } }
        span.why { (hit.customer_name) }
    };
    option(&format!("/customers/{}", hit.customer), n, &content)
}

/// A note or inquiry: the customer, the day, and a few words around the hit. It leads to its place in what happened.
fn text(s: &Shell, hit: &TextHit, n: usize, kind: &str) -> Markup {
    let w = &s.words;
    let (before, found, behind) = &hit.snippet;
    let family = if kind == "ticket" { "support-channel" } else { "moment" };
    let content = html! {
        span {}
        span { (hit.customer_name) " " span.faint { @if !hit.what.is_empty() && kind != "deal" { (w.word(family, &hit.what)) " " } (hit.subject) } }
        span.why { (w.day(s.zone.day_of(hit.at), s.today)) " " (before) @if !found.is_empty() { mark { (found) } } (behind) }
    };
    let address = match kind {
        "deal" => format!("/deals/{}", hit.id),
        "aim" => format!("/customers/{}/fields#field-goal", hit.customer),
        _ => format!("/customers/{}/history?kind={kind}&before={}", hit.customer, hit.at.micros().saturating_add(1)),
    };
    option(&address, n, &content)
}

/// `GET /search`, the page for those without scripts.
pub fn search(s: &Shell, q: &str, found: &Found) -> Page {
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
            @else { section.found role="listbox" aria-label=(w.t("search-hits")) { (hits(s, q, found)) } }
        }
    };
    Page { title: w.t("search"), place: Place::Elsewhere, body }
}
