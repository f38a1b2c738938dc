//! One customer: facts on the left, the answer on the right, then everything that happened.

use kizashi_app::customers::{CustomerPage, Timeline, TimelineKind};
use kizashi_app::intake::FELT;
use kizashi_domain::calendar::Calendar;
use kizashi_domain::pack::Pack;
use maud::{Markup, html};

use super::answer::{usage, verdict};
use super::facts::{contract, facts, family, people};
use super::past::{banner, cards_then, picker};
use super::timeline::timeline;
use crate::parts::form::token;
use crate::parts::health::badge;
use crate::parts::state::empty;
use crate::parts::work::{Named, work};
use crate::shell::{Page, Place, Shell};

/// Everything the page is drawn from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The customer.
    pub customer: &'a CustomerPage,
    /// What happened.
    pub timeline: &'a Timeline,
    /// The kind that the timeline is narrowed to.
    pub kind: Option<TimelineKind>,
    /// Titles and units.
    pub pack: &'a Pack,
    /// Business days.
    pub calendar: &'a Calendar,
}

/// Feelings of a hunch, worst first: value and key.
pub const FEELINGS: [(i64, &str); 5] = [
    (-2, "feeling-leaving"),
    (-1, "feeling-worry"),
    (0, "feeling-steady"),
    (1, "feeling-good"),
    (2, "feeling-growing"),
];

/// `GET /customers/{id}`.
pub fn page(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let c = view.customer;
    // Beside an earlier day, how far away a date is counts from that day.
    let then = &Shell { today: c.day, ..s.clone() };
    let (open, _): (Vec<_>, Vec<_>) = c.cards.iter().partition(|card| card.closed_at.is_none());
    let body = html! {
        header.customer-head {
            h1 { (c.row.name) }
            span.reading { (c.row.reading) " " (c.row.external_id) }
            (badge(w, c.row.band, c.row.points))
            @if !c.row.stage.is_empty() { span.tag { (w.word("stage", &c.row.stage)) } }
            @if !c.row.segment.is_empty() { span.tag lang=[own_lang(&c.row.segment)] { (w.word("segment", &c.row.segment)) } }
            @if let Some(day) = c.churned_on { span.tag.bad { (w.with("customer-left", &[("day", w.day(day, s.today).into())])) } }
            div.rest {
                @if c.as_of.is_none() {
                    a.btn href="#hunch" data-key="h" title={ (w.t("hunch-title")) " (h)" } { (w.t("hunch-title")) }
                    a.btn href="#note" data-key="c" title={ (w.t("note-title")) " (c)" } { (w.t("note-title")) }
                }
            }
        }
        (picker(s, view))
        (banner(s, c))
        div.customer {
            aside { (contract(then, c)) (people(then, c)) (facts(then, c)) (family(s, c)) }
            div.main {
                @if let Some(as_of) = &c.as_of { (cards_then(s, c, as_of.day)) }
                @else if !open.is_empty() {
                    section aria-label=(w.t("customer-cards")) { @for card in open { (work(s, card, Named::Above)) } }
                }
                (verdict(s, view))
                (usage(s, view))
                @if c.as_of.is_none() { (hunch(s, c)) }
                (happened(s, view))
            }
        }
    };
    Page { title: c.row.name.clone(), place: Place::Customers, body }
}

/// The language of a word of somebody's own, for those who have the page read to them.
fn own_lang(word: &str) -> Option<&'static str> {
    word.chars().any(|c| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')).then_some("ja")
}

/// The five-second hunch.
fn hunch(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    html! {
        section #hunch {
            h2 { (w.t("hunch-title")) }
            form.hunch method="post" action={ "/customers/" (c.row.id) "/hunches" } {
                (token(&s.csrf))
                div.row {
                    div.feel role="radiogroup" aria-label=(w.t("hunch-feeling")) {
                        @for (value, key) in FEELINGS { label { input type="radio" name="feeling" value=(value) required; (w.t(key)) } }
                    }
                    div.feel role="radiogroup" aria-label=(w.t("hunch-confidence")) {
                        @for level in 1..=3_i64 { label { input type="radio" name="confidence" value=(level) checked[level == 2]; (w.t(&format!("confidence-{level}"))) } }
                    }
                }
                div.row {
                    label.sr for="hunch-note" { (w.t("hunch-note")) }
                    input #hunch-note type="text" name="note" maxlength="500" placeholder=(w.t("hunch-note")) autocomplete="off";
                    button.btn.main { (w.t("hunch-keep")) }
                }
                p.small.faint { (w.t("hunch-help")) }
            }
            (felt(s, c))
            @for hunch in &c.hunches {
                @let feeling = FEELINGS.iter().find(|(value, _)| *value == hunch.feeling).map_or("feeling-steady", |(_, key)| *key);
                p.said {
                    strong { (w.t(feeling)) } " " span.faint { (w.t(&format!("confidence-{}", hunch.confidence.clamp(1, 3)))) } " "
                    (hunch.note) " "
                    span.faint.small { (hunch.staff) " " (w.day(s.zone.day_of(hunch.at), s.today)) " " (w.with("hunch-until", &[("day", w.day(hunch.until_day, s.today).into())])) }
                }
            }
        }
    }
}

/// The felt rating out of five: one press.
fn felt(s: &Shell, c: &CustomerPage) -> Markup {
    let w = &s.words;
    let line = c.verdict.iter().flat_map(|v| v.measures()).find(|l| l.metric == FELT);
    let now = line.and_then(|l| l.value);
    html! {
        form.felt method="post" action={ "/customers/" (c.row.id) "/felt" } {
            (token(&s.csrf))
            span.label { (w.t("felt-title")) }
            div.btns role="group" aria-label=(w.t("felt-title")) {
                @for n in 1..=5_u8 {
                    button.btn name="felt" value=(n) aria-pressed=(now == Some(f64::from(n))) title=(w.t(&format!("felt-{n}"))) { (n) }
                }
            }
            span.small.faint { (w.t("felt-help")) }
        }
    }
}

fn happened(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let address = format!("/customers/{}", view.customer.row.id);
    let as_of = view.customer.as_of.as_ref().map(|a| a.day);
    html! {
        section #timeline {
            h2 { (w.t("timeline-title")) }
            @if as_of.is_none() { (note(s, &address)) }
            form.filters method="get" action={ (address) "#timeline" } data-live hx-get=(address) hx-target="#moments" hx-select="#moments" hx-swap="outerHTML" {
                @if let Some(day) = as_of { input type="hidden" name="as_of" value=(day); }
                div.chips role="group" aria-label=(w.t("timeline-filter")) {
                    label.chip { input type="radio" name="kind" value="" checked[view.kind.is_none()]; (w.t("any")) }
                    @for kind in TimelineKind::ALL {
                        label.chip { input type="radio" name="kind" value=(kind.word()) checked[view.kind == Some(kind)]; (w.t(&format!("filter-{}", kind.word()))) }
                    }
                    button.btn.nojs { (w.t("apply")) }
                }
            }
            div #moments {
                @if view.timeline.rows.is_empty() { (empty(&w.t("timeline-none"), None)) } @else { (timeline(s, &view.timeline.rows)) }
                @if let Some(before) = view.timeline.next_before {
                    @let kind = view.kind.map_or_else(String::new, |kind| format!("&kind={}", kind.word()));
                    @let day = as_of.map_or_else(String::new, |day| format!("&as_of={day}"));
                    p { a.btn href={ (address) "?before=" (before.micros()) (kind) (day) "#timeline" } { (w.t("timeline-older")) } }
                }
            }
        }
    }
}

fn note(s: &Shell, address: &str) -> Markup {
    let w = &s.words;
    html! {
        form #note .hunch method="post" action={ (address) "/notes" } {
            (token(&s.csrf))
            label.sr for="note-text" { (w.t("note-title")) }
            textarea #note-text name="text" rows="1" maxlength="20000" placeholder=(w.t("note-hint")) required {}
            div.row {
                span.choice { label.small.faint for="note-kind" { (w.t("note-kind")) } " " select #note-kind name="kind" { @for kind in ["note", "call", "mail", "meeting", "visit"] { option value=(kind) { (w.word("moment", kind)) } } } }
                button.btn.main { (w.t("note-keep")) }
            }
        }
    }
}
