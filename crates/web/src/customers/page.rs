//! One customer: facts on the left, the answer on the right, then everything that happened.

use kizashi_app::customers::{CustomerPage, Head, Timeline};
use kizashi_app::intake::FELT;
use kizashi_app::plays::CustomerPlays;
use kizashi_domain::calendar::Calendar;
use kizashi_domain::pack::Pack;
use maud::{Markup, html};

use super::answer::{usage, verdict};
use super::facts::{contract, facts, family, people};
use super::frame::{Part, top};
use super::history::note;
use super::past::{banner, cards_then, picker};
use super::timeline::timeline;
use crate::deals::deals;
use crate::files::files;
use crate::parts::form::token;
use crate::parts::state::empty;
use crate::parts::work::{Named, work};
use crate::shell::{Page, Place, Shell};

/// Moments that the overview shows.
const MOMENTS_SHOWN: usize = 14;

/// Everything the page is drawn from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The customer.
    pub customer: &'a CustomerPage,
    /// What happened.
    pub timeline: &'a Timeline,
    /// Rooms, decisions and similar cases; `None` beside an earlier day.
    pub beside: Option<&'a kizashi_app::rooms::Beside>,
    /// Titles and units.
    pub pack: &'a Pack,
    /// Plays; none on an earlier day.
    pub plays: &'a CustomerPlays,
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
    let head = c.head();
    let (open, _): (Vec<_>, Vec<_>) = c.cards.iter().partition(|card| card.closed_at.is_none());
    let body = html! {
        (top(s, &head, Part::Overview, html! {
            @if c.as_of.is_none() {
                a.btn href="#hunch" data-key="h" title={ (w.t("hunch-title")) " (h)" } { (w.t("hunch-title")) }
                a.btn href="#note" data-key="c" title={ (w.t("note-title")) " (c)" } { (w.t("note-title")) }
            }
        }))
        div.customer-page {
            (picker(s, view))
            (banner(s, c))
            div.customer {
                aside { (contract(then, c)) (people(then, c)) (deals(then, c, &view.pack.stages())) (files(then, (c.row.id, None), &c.files, c.as_of.is_none())) (facts(then, c)) (family(s, c, &head)) @if c.as_of.is_none() { (crate::handover::links(s, c.row.id)) } }
                div.main {
                    @if let Some(as_of) = &c.as_of { (cards_then(s, c, as_of.day)) }
                    @else if !open.is_empty() {
                        section #open-cards aria-label=(w.t("customer-cards")) { @for card in open { (work(s, card, Named::Above)) } }
                    }
                    @if let Some(beside) = view.beside {
                        @let is_at_risk = c.cards.iter().any(|card| card.closed_at.is_none() && card.kind == kizashi_domain::signals::CardKind::Risk);
                        (crate::rooms::beside(s, c.row.id, beside, view.pack, is_at_risk))
                    }
                    @if c.as_of.is_none() { (plays(s, view)) }
                    (verdict(s, view))
                    (usage(s, view))
                    @if c.as_of.is_none() { (hunch(s, c)) }
                    (happened(s, view, &head))
                }
            }
        }
    };
    Page { title: c.row.name.clone(), place: Place::Customers, body }
}

/// Plays under way, and beginning another.
fn plays(s: &Shell, view: &View<'_>) -> Markup {
    let c = view.customer;
    let under_way = &view.plays.runs;
    let ready = view.pack.plays.iter().filter(|p| !under_way.iter().any(|r| r.ended.is_none() && r.play == p.id));
    let ready: Vec<_> = ready.map(|p| (p.id.clone(), p.title.clone())).collect();
    crate::plays::of_customer(s, &c.row.id.to_string(), view.plays, &ready)
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

/// The newest of what happened; all of it has a page of its own.
fn happened(s: &Shell, view: &View<'_>, head: &Head) -> Markup {
    let w = &s.words;
    let newest = view.timeline.rows.get(..MOMENTS_SHOWN).unwrap_or(&view.timeline.rows);
    html! {
        section #timeline {
            h2 { (w.t("timeline-title")) }
            @if head.as_of.is_none() { (note(s, head)) }
            @if newest.is_empty() { (empty(&w.t("timeline-none"), None)) } @else { (timeline(s, newest)) }
            @if newest.len() < view.timeline.rows.len() || view.timeline.next_before.is_some() {
                p { a.btn href=(Part::History.address(head)) { (w.t("timeline-all")) } }
            }
        }
    }
}
