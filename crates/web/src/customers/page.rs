//! One customer: facts on the left, the answer on the right, then everything that happened.

use kizashi_domain::money::Money;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::timeline::{Moment, timeline};
use crate::parts::breakdown::{Breakdown, breakdown};
use crate::parts::chart::{Line, Mark, Series, line};
use crate::parts::form::token;
use crate::parts::health::{Colour, badge, badge_big, delta, mark};
use crate::parts::state::{chip, empty};
use crate::parts::work::{Work, notice, work};
use crate::shell::{Page, Place, Shell};
use crate::words::Unit;

/// Everything the page shows.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Id.
    pub id: String,
    /// Code in the source.
    pub code: String,
    /// Name.
    pub name: String,
    /// Reading in kana.
    pub reading: String,
    /// Lifecycle stage, segment, region, industry: what is known of them.
    pub stage: String,
    /// Segment.
    pub segment: String,
    /// Region.
    pub region: String,
    /// Industry.
    pub industry: String,
    /// Employees.
    pub employees: Option<i64>,
    /// Owner's name.
    pub owner: String,
    /// What the customer wants to reach.
    pub goal: String,
    /// First day as a customer.
    pub since: Option<Day>,
    /// Last two-way contact.
    pub contact_on: Option<Day>,
    /// The parent and children: id, name, health, score, monthly revenue.
    pub family: Vec<Relative>,
    /// The present contract.
    pub contract: Option<Contract>,
    /// People.
    pub people: Vec<Person>,
    /// The score.
    pub verdict: Verdict,
    /// Open cards.
    pub cards: Vec<Work>,
    /// Usage charts.
    pub usage: Vec<Usage>,
    /// Open hunches, newest first.
    pub hunches: Vec<Hunch>,
    /// Everything that happened, newest first.
    pub moments: Vec<Moment>,
    /// Kinds that the timeline is narrowed to.
    pub kinds: Vec<String>,
    /// Address of older moments.
    pub older: Option<String>,
}

/// A parent or child.
#[derive(Clone, Debug)]
pub struct Relative {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// It is the parent.
    pub is_parent: bool,
    /// Health.
    pub colour: Colour,
    /// Score.
    pub score: Option<i64>,
}

/// A contract.
#[derive(Clone, Debug)]
pub struct Contract {
    /// Plan.
    pub plan: String,
    /// Seats bought and in use.
    pub seats: Option<i64>,
    /// People active in 28 days.
    pub active: Option<i64>,
    /// Monthly revenue.
    pub mrr: Option<Money>,
    /// Monthly revenue of the term before.
    pub mrr_before: Option<Money>,
    /// First and last day.
    pub term: Option<(Day, Day)>,
    /// Renews by itself.
    pub auto_renew: Option<bool>,
    /// Notice deadline.
    pub notice_on: Option<Day>,
}

/// A person inside the customer.
#[derive(Clone, Debug)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// `admin`, `key_person`, `champion`, `user`.
    pub role: String,
    /// Telephone number.
    pub phone: String,
    /// Mail address.
    pub email: String,
    /// Last contact.
    pub contact_on: Option<Day>,
    /// The day on which the person left.
    pub left_on: Option<Day>,
}

/// The score and what it is made of.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Health.
    pub colour: Colour,
    /// Score.
    pub score: Option<i64>,
    /// Change and its span in days.
    pub change: Option<(i64, i32)>,
    /// Lowest and highest possible.
    pub range: Option<(i64, i64)>,
    /// Measured and applicable measures.
    pub coverage: (u64, u64),
    /// Name of the model.
    pub model: String,
    /// The generated sentences.
    pub sentences: Vec<String>,
    /// The breakdown.
    pub breakdown: Option<Breakdown>,
    /// First day of the history.
    pub from: Day,
    /// The score a day.
    pub history: Vec<Option<f64>>,
    /// Lowest and highest possible a day.
    pub ranges: Vec<Option<(f64, f64)>>,
    /// Days on which nobody works.
    pub closed: Vec<bool>,
    /// Limits between bands.
    pub bands: (f64, f64),
    /// What happened: index of the day, word.
    pub marks: Vec<(usize, String)>,
    /// An override: words, until.
    pub override_until: Option<(String, Day)>,
}

/// A usage chart.
#[derive(Clone, Debug)]
pub struct Usage {
    /// Its name.
    pub title: String,
    /// One sentence on it.
    pub summary: String,
    /// First day.
    pub from: Day,
    /// A value a day.
    pub values: Vec<Option<f64>>,
    /// Unit.
    pub unit: Unit,
}

/// A felt judgement.
#[derive(Clone, Debug)]
pub struct Hunch {
    /// Id.
    pub id: String,
    /// `leaving`, `worry`, `steady`, `growing`.
    pub feeling: String,
    /// 1–3.
    pub confidence: u8,
    /// Who.
    pub by: String,
    /// When.
    pub on: Day,
    /// Until when it counts.
    pub until: Option<Day>,
    /// A word on it.
    pub note: String,
}

/// Feelings of a hunch, worst first.
pub const FEELINGS: [&str; 4] = ["leaving", "worry", "steady", "growing"];

/// `GET /customers/{id}`.
pub fn page(s: &Shell, c: &Customer) -> Page {
    let w = &s.words;
    let body = html! {
        header.customer-head {
            h1 { (c.name) }
            span.reading { (c.reading) @if !c.code.is_empty() { " " (c.code) } }
            (badge(w, c.verdict.colour, c.verdict.score))
            @if !c.stage.is_empty() { span.tag { (w.word("stage", &c.stage)) } }
            @if !c.segment.is_empty() { span.tag { (w.word("segment", &c.segment)) } }
            div.rest {
                a.btn href="#hunch" data-key="h" title={ (w.t("hunch-title")) " (h)" } { (w.t("hunch-title")) }
                a.btn href="#note" data-key="c" title={ (w.t("note-title")) " (c)" } { (w.t("note-title")) }
            }
        }
        div.customer {
            aside { (contract(s, c)) (people(s, c)) (facts(s, c)) (family(s, c)) }
            div.main {
                @if !c.cards.is_empty() {
                    section aria-label=(w.t("customer-cards")) { @for card in &c.cards { (work(s, card, false)) } }
                }
                (verdict(s, &c.verdict))
                (usage(s, c))
                (entry(s, c))
                (happened(s, c))
            }
        }
    };
    Page { title: c.name.clone(), place: Place::Customers, body }
}

fn contract(s: &Shell, c: &Customer) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("contract-title")) }
            @if let Some(k) = &c.contract {
                dl.facts {
                    @if let Some(day) = k.notice_on {
                        dt { (w.t("column-notice")) }
                        dd { strong { (w.day(day, s.today)) } div.small.ink2 { (notice(s, day)) } }
                    }
                    @if let Some((from, to)) = k.term {
                        dt { (w.t("contract-term")) }
                        dd { (w.day_year(from)) "–" span.nowrap { (w.day_year(to)) } @if let Some(auto) = k.auto_renew { div.small.faint { (w.t(if auto { "contract-auto" } else { "contract-not-auto" })) } } }
                    }
                    @if let Some(mrr) = k.mrr {
                        dt { (w.t("column-mrr")) }
                        dd { (w.monthly(mrr)) @if let Some(before) = k.mrr_before.filter(|b| *b != mrr) { div.small.ink2 { (w.with("contract-before", &[("money", before.to_string().into())])) } } }
                    }
                    dt { (w.t("contract-plan")) }
                    dd { (k.plan) }
                    @if let Some(seats) = k.seats {
                        dt { (w.t("contract-seats")) }
                        dd { @if let Some(active) = k.active { (w.with("contract-seats-used", &[("active", active.into()), ("seats", seats.into())])) } @else { (seats) } }
                    }
                }
            } @else { p.faint { (w.t("contract-none")) } }
        }
    }
}

fn people(s: &Shell, c: &Customer) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("people-title")) }
            @if c.people.is_empty() { p.faint { (w.t("people-none")) } }
            ul.people {
                @for person in &c.people {
                    li.left[person.left_on.is_some()] {
                        div {
                            span.name { (person.name) } " "
                            span.role { (w.word("role", &person.role)) @if !person.title.is_empty() { " · " (person.title) } }
                            @if !person.phone.is_empty() || !person.email.is_empty() {
                                div.small.ink2 {
                                    @if !person.phone.is_empty() { a.plain href={ "tel:" (person.phone) } { (person.phone) } " " }
                                    @if !person.email.is_empty() { a.plain href={ "mailto:" (person.email) } { (person.email) } }
                                }
                            }
                        }
                        span.last {
                            @if let Some(day) = person.left_on { span.tag.bad { (w.with("person-left", &[("day", w.day(day, s.today).into())])) } }
                            @else if let Some(day) = person.contact_on { span title=(w.day_year(day)) { (w.away(day, s.today)) } }
                            @else { span.faint { (w.t("never")) } }
                        }
                    }
                }
            }
        }
    }
}

fn facts(s: &Shell, c: &Customer) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("facts-title")) }
            dl.facts {
                dt { (w.t("column-owner")) } dd { @if c.owner.is_empty() { (w.t("card-nobody")) } @else { (c.owner) } }
                dt { (w.t("column-contact")) } dd { @if let Some(day) = c.contact_on { (w.day(day, s.today)) " " span.faint { (w.away(day, s.today)) } } @else { (w.t("never")) } }
                @if !c.goal.is_empty() { dt { (w.t("facts-goal")) } dd { (c.goal) } }
                @if !c.industry.is_empty() { dt { (w.t("facts-industry")) } dd { (c.industry) } }
                @if let Some(n) = c.employees { dt { (w.t("facts-employees")) } dd { (w.with("unit-people", &[("n", n.into())])) } }
                @if !c.region.is_empty() { dt { (w.t("column-region")) } dd { (c.region) } }
                @if let Some(day) = c.since { dt { (w.t("facts-since")) } dd { (w.day_year(day)) } }
            }
        }
    }
}

fn family(s: &Shell, c: &Customer) -> Markup {
    let w = &s.words;
    html! {
        @if !c.family.is_empty() {
            section {
                h2 { (w.t("family-title")) }
                ul.people {
                    @for relative in &c.family {
                        li {
                            span { @if relative.is_parent { span.role { (w.t("family-parent")) " " } } a.plain href={ "/customers/" (relative.id) } { (relative.name) } }
                            span.last { (mark(w, relative.colour)) " " @if let Some(score) = relative.score { (score) } }
                        }
                    }
                }
            }
        }
    }
}

fn verdict(s: &Shell, v: &Verdict) -> Markup {
    let w = &s.words;
    html! {
        section {
            div.verdict {
                div.score-box {
                    (badge_big(w, v.colour, v.score))
                    @if let Some((change, days)) = v.change { (delta(w, change, Some(days))) }
                    div.range {
                        @if let Some((lo, hi)) = v.range.filter(|(lo, hi)| lo != hi) { (w.with("verdict-range", &[("lo", lo.into()), ("hi", hi.into())])) br; }
                        (w.with("verdict-coverage", &[("measured", v.coverage.0.into()), ("of", v.coverage.1.into())])) br;
                        (w.with("verdict-model", &[("model", v.model.clone().into())]))
                    }
                }
                div.answer {
                    @if v.sentences.is_empty() { p { (w.t("verdict-none")) } }
                    @for sentence in &v.sentences { p { (sentence) } }
                    @if let Some((text, until)) = &v.override_until { p.note.warn { (w.with("verdict-override", &[("text", text.clone().into()), ("until", w.day(*until, s.today).into())])) } }
                }
            }
        }
        @if let Some(shown) = &v.breakdown { section #breakdown { h2 { (w.t("breakdown-title")) } (breakdown(w, shown)) } }
        @if v.history.iter().any(Option::is_some) {
            section {
                @let marks: Vec<Mark<'_>> = v.marks.iter().map(|(index, label)| Mark { index: *index, label }).collect();
                (line(w, &Line {
                    title: &w.t("history-title"), summary: "", from: v.from, closed: &v.closed,
                    series: &[Series { name: &w.t("history-score"), values: &v.history, is_then: false }],
                    unit: Unit::Points, limits: Some((0.0, 100.0)), bands: &[(v.bands.0, "red"), (v.bands.1, "amber")],
                    range: &v.ranges, marks: &marks, size: (960.0, 190.0),
                }))
            }
        }
    }
}

fn usage(s: &Shell, c: &Customer) -> Markup {
    let w = &s.words;
    html! {
        @if !c.usage.is_empty() {
            section {
                h2 { (w.t("usage-title")) }
                div.charts {
                    @for chart in &c.usage {
                        (line(w, &Line {
                            title: &chart.title, summary: &chart.summary, from: chart.from, closed: &c.verdict.closed,
                            series: &[Series { name: &chart.title, values: &chart.values, is_then: false }],
                            unit: chart.unit, limits: None, bands: &[], range: &[], marks: &[], size: (460.0, 130.0),
                        }))
                    }
                }
            }
        }
    }
}

/// The five-second hunch and the note.
fn entry(s: &Shell, c: &Customer) -> Markup {
    let w = &s.words;
    html! {
        section #hunch {
            h2 { (w.t("hunch-title")) }
            form.hunch method="post" action={ "/customers/" (c.id) "/hunches" } {
                (token(&s.csrf))
                div.row {
                    div.feel role="radiogroup" aria-label=(w.t("hunch-feeling")) {
                        @for feeling in FEELINGS { label { input type="radio" name="feeling" value=(feeling) required; (w.word("feeling", feeling)) } }
                    }
                    div.feel role="radiogroup" aria-label=(w.t("hunch-confidence")) {
                        @for level in 1..=3_u8 { label { input type="radio" name="confidence" value=(level) checked[level == 2]; (w.t(&format!("confidence-{level}"))) } }
                    }
                }
                div.row {
                    label.sr for="hunch-note" { (w.t("hunch-note")) }
                    input #hunch-note type="text" name="note" maxlength="500" placeholder=(w.t("hunch-note")) autocomplete="off";
                    button.btn.main { (w.t("hunch-keep")) }
                }
                p.small.faint { (w.t("hunch-help")) }
            }
            @for hunch in &c.hunches {
                p.small.ink2 {
                    strong { (w.word("feeling", &hunch.feeling)) } " (" (w.t(&format!("confidence-{}", hunch.confidence))) ") "
                    (hunch.by) " " (w.day(hunch.on, s.today)) " "
                    @if !hunch.note.is_empty() { (hunch.note) " " }
                    @if let Some(until) = hunch.until { span.faint { (w.with("hunch-until", &[("day", w.day(until, s.today).into())])) } }
                }
            }
        }
    }
}

fn happened(s: &Shell, c: &Customer) -> Markup {
    let w = &s.words;
    let address = format!("/customers/{}", c.id);
    html! {
        section #timeline {
            h2 { (w.t("timeline-title")) }
            form #note .hunch method="post" action={ (address) "/notes" } {
                (token(&s.csrf))
                label.sr for="note-text" { (w.t("note-title")) }
                textarea #note-text name="text" rows="1" maxlength="20000" placeholder=(w.t("note-hint")) required {}
                div.row {
                    label { span.small.faint { (w.t("note-kind")) } " " select name="kind" { @for kind in ["note", "call", "mail", "meeting", "visit"] { option value=(kind) { (w.word("moment", kind)) } } } }
                    button.btn.main { (w.t("note-keep")) }
                }
            }
            form.filters method="get" action=(address) data-live hx-get=(address) hx-target="#moments" hx-select="#moments" hx-swap="outerHTML" {
                div.chips role="group" aria-label=(w.t("timeline-filter")) {
                    @for kind in ["contact", "ticket", "survey", "card", "contract", "person", "score", "usage"] {
                        (chip("kind", kind, html! { (w.t(&format!("filter-{kind}"))) }, c.kinds.iter().any(|k| k == kind), None))
                    }
                    button.btn.nojs { (w.t("apply")) }
                }
            }
            div #moments {
                @if c.moments.is_empty() { (empty(&w.t("timeline-none"), None)) } @else { (timeline(s, &c.moments)) }
                @if let Some(older) = &c.older { p { a.btn href=(older) { (w.t("timeline-older")) } } }
            }
        }
    }
}
