//! The page.

use kizashi_app::dictionary::{Census, Entry};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::{show_value, unit_name};
use kizashi_domain::pack::labels::{label_better, label_missing};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use crate::csv;
use crate::shell::{Page, Place, Shell};

/// `GET /dictionary`.
pub fn dictionary(s: &Shell, census: &Census, entries: &[Entry]) -> Page {
    let w = &s.words;
    let counted = w.with(
        "dictionary-counted",
        &[
            ("n", census.customers().into()),
            ("day", w.day(census.day, s.today).into()),
            ("clock", w.clock(census.counted_at, &s.zone).into()),
        ],
    );
    let body = html! {
        div.page-head { h1 { (w.t("nav-dictionary")) } div.rest { (csv::link(s, "/dictionary.csv")) } }
        p.prose { (w.t("dictionary-text")) }
        p.small.faint { (counted) }
        nav.index aria-label=(w.t("nav-dictionary")) {
            ul.columns { @for entry in entries { li { a href={ "#" (entry.metric.id) } { (entry.metric.name(w.lang())) } } } }
        }
        div.entries { @for entry in entries { (one(s, entry)) } }
    };
    Page { title: w.t("nav-dictionary"), place: Place::Dictionary, body }
}

fn one(s: &Shell, entry: &Entry) -> Markup {
    let w = &s.words;
    let m = &entry.metric;
    html! {
        section.entry id=(m.id) {
            div.section-head {
                h2 { (m.name(w.lang())) }
                code.small { (m.id) }
                a.btn.quiet href={ "/settings/metrics/" (m.id) } { (w.t("dictionary-declaration")) }
            }
            div.two-thirds {
                div {
                    p { (w.text(&entry.definition)) }
                    @if !m.description.is_empty() { p.note { (w.text(&m.description)) } }
                    (facts(s, entry))
                }
                (today(s, entry))
            }
        }
    }
}

fn facts(s: &Shell, entry: &Entry) -> Markup {
    let w = &s.words;
    let m = &entry.metric;
    let days = |n: u32| w.with("dictionary-days", &[("n", n.into())]);
    html! {
        dl.facts {
            dt { (w.t("settings-unit")) } dd { (w.text(&unit_name(&m.unit))) }
            dt { (w.t("settings-better")) } dd { (w.text(&label_better(m.better))) }
            @if let Some(window) = m.window_days { dt { (w.t("settings-window")) } dd { (days(window)) } }
            dt { (w.t("settings-stale")) } dd { (m.stale_after_days.map_or_else(|| w.t("dictionary-no-limit"), days)) }
            @if m.kind.empty_is_zero() { dt { (w.t("settings-nothing-there")) } dd { (w.text(&label_missing(m.missing))) } }
            dt { (w.t("settings-source")) } dd { (m.provided_by.clone().unwrap_or_else(|| w.t("dictionary-any-source"))) }
            dt { (w.t("settings-owner")) } dd { (m.owner.clone().unwrap_or_else(|| w.t("dictionary-no-owner"))) }
            dt { (w.t("dictionary-used-by")) }
            dd {
                @if entry.models.is_empty() && entry.signals.is_empty() && entry.parts_of.is_empty() { span.faint { (w.t("dictionary-unused")) } }
                ul.plain {
                    @for (id, title) in &entry.models { li { (w.text(&kizashi_domain::pack::Section::Model.label())) " " a href={ "/settings/models/" (id) "/measures/" (m.id) } { (named(s, title, id)) } } }
                    @for (id, title) in &entry.signals { li { (w.text(&kizashi_domain::pack::Section::Signal.label())) " " a href={ "/settings/signals/" (id) } { (named(s, title, id)) } } }
                    @for (id, title) in &entry.parts_of { li { (w.text(&kizashi_domain::pack::Section::Metric.label())) " " a href={ "#" (id) } { (named(s, title, id)) } } }
                }
            }
        }
    }
}

pub fn named(s: &Shell, title: &Text, id: &str) -> String {
    if title.is_empty() { id.to_owned() } else { s.words.text(title).to_owned() }
}

/// How many customers have it today, and between which values.
fn today(s: &Shell, entry: &Entry) -> Markup {
    let w = &s.words;
    let spread = &entry.spread;
    let show = |value: f64| show_value(&entry.metric, value, w.lang());
    let counts = [
        ("state-measured", spread.measured),
        ("state-stale", spread.stale),
        ("state-missing", spread.missing),
        ("state-not-applicable", spread.not_applicable),
    ];
    html! {
        table.small.today-counts {
            caption { (w.t("dictionary-today")) }
            tbody {
                @for (key, count) in counts {
                    tr { th scope="row" { (w.t(key)) } td.num { (thousands(u64::try_from(count).unwrap_or(0))) } }
                }
                @if let Some((least, median, most)) = spread.values {
                    tr { th scope="row" { (w.t("dictionary-least")) } td.num { (show(least)) } }
                    tr { th scope="row" { (w.t("dictionary-median")) } td.num { (show(median)) } }
                    tr { th scope="row" { (w.t("dictionary-most")) } td.num { (show(most)) } }
                }
            }
        }
    }
}
