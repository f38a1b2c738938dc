//! Onboarding by the month in which it began.

use kizashi_app::plays::{Cohort, MilestoneRow, Onboarding};
use maud::{Markup, html};

use crate::parts::state::{Tab, empty, tabs};
use crate::shell::{Page, Place, Shell};

/// `GET /plays/onboarding`.
pub fn onboarding(s: &Shell, report: &Onboarding) -> Page {
    let w = &s.words;
    let shown: Vec<Tab> = report
        .plays
        .iter()
        .map(|(id, title)| Tab {
            address: format!("/plays/onboarding?play={}", crate::address::encode(id)),
            label: w.text(title).to_owned(),
            count: None,
            is_current: *id == report.play,
        })
        .collect();
    let body = html! {
        p.small { a.plain href="/plays" { "← " (w.t("runs-title")) } }
        h1 { (w.t("onboarding-title")) }
        @if report.plays.is_empty() {
            (empty(&w.t("onboarding-none"), Some(("/settings/plays", &w.t("onboarding-none-button")))))
        } @else {
            @if shown.len() > 1 { (tabs(&w.t("onboarding-title"), &shown, html! {})) }
            @if report.cohorts.is_empty() { (empty(&w.t("onboarding-no-runs"), Some(("/customers?stage=onboarding", &w.t("onboarding-no-runs-button"))))) } @else { (months(s, report)) (milestones(s, &report.milestones)) }
        }
    };
    Page { title: w.t("onboarding-title"), place: Place::Plays, body }
}

/// Completed of those that are over or under way, in percent.
fn rate(cohort: &Cohort) -> i64 {
    if cohort.started == 0 { 0 } else { (cohort.completed * 100 + cohort.started / 2) / cohort.started }
}

fn days(s: &Shell, value: Option<i64>) -> String {
    value.map_or_else(|| "–".to_owned(), |n| s.words.with("onboarding-days", &[("n", n.into())]))
}

fn months(s: &Shell, report: &Onboarding) -> Markup {
    let w = &s.words;
    let value = report.value.as_ref().map(|t| w.text(t).to_owned()).unwrap_or_default();
    html! {
        section {
            h2 { (w.t("onboarding-by-month")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("onboarding-by-month")) { table.list.folds {
                thead { tr {
                    th scope="col" { (w.t("onboarding-month")) }
                    th.num scope="col" { (w.t("onboarding-started")) }
                    th.num scope="col" { (w.t("onboarding-completed")) }
                    th.num scope="col" { (w.t("onboarding-rate")) }
                    th.num scope="col" { (w.t("onboarding-ended")) }
                    th.num scope="col" { (w.t("onboarding-time")) }
                    th.num scope="col" { (w.t("onboarding-value")) }
                } }
                tbody { @for c in &report.cohorts {
                    tr {
                        th scope="row" { (w.month(c.month)) }
                        td.num data-label=(w.t("onboarding-started")) { (c.started) }
                        td.num data-label=(w.t("onboarding-completed")) { (c.completed) }
                        td.num data-label=(w.t("onboarding-rate")) { (rate(c)) "%" }
                        td.num data-label=(w.t("onboarding-ended")) { (c.ended) }
                        td.num data-label=(w.t("onboarding-time")) { (days(s, c.days_to_complete)) }
                        td.num data-label=(w.t("onboarding-value")) { (days(s, c.days_to_value)) }
                    }
                } }
            } }
            p.small.faint { (w.t("onboarding-definition")) " " (w.with("onboarding-value-definition", &[("milestone", value.into())])) }
        }
    }
}

fn milestones(s: &Shell, rows: &[MilestoneRow]) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("onboarding-milestones")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("onboarding-milestones")) { table.list.folds {
                thead { tr {
                    th scope="col" { (w.word("play-kind", "milestone")) }
                    th.num scope="col" { (w.t("onboarding-expected")) }
                    th.num scope="col" { (w.t("onboarding-actual")) }
                    th.num scope="col" { (w.t("onboarding-reached")) }
                    th.num scope="col" { (w.t("onboarding-late")) }
                } }
                tbody { @for m in rows { tr {
                    th scope="row" { (w.text(&m.title)) }
                    td.num data-label=(w.t("onboarding-expected")) { (m.expected) }
                    td.num data-label=(w.t("onboarding-actual")) { @match m.actual { Some(n) => (n), None => "–" } }
                    td.num data-label=(w.t("onboarding-reached")) { (m.reached) " / " (m.of) }
                    td.num data-label=(w.t("onboarding-late")) { (m.late) }
                } } }
            } }
            p.small.faint { (w.t("onboarding-milestones-definition")) }
        }
    }
}
