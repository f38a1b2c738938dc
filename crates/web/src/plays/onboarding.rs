//! Onboarding by the month in which it began.

use kizashi_app::plays::{Behind, Cohort, Figure, MilestoneRow, Onboarding, OnboardingRow};
use kizashi_domain::time::Day;
use maud::{Markup, html};

use crate::parts::state::{Tab, empty, tabs};
use crate::parts::work::owner_name;
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
            @if report.cohorts.is_empty() { (empty(&w.t("onboarding-no-runs"), Some(("/customers?stage=onboarding", &w.t("onboarding-no-runs-button"))))) } @else {
                (under_way(s, report)) (months(s, report)) (milestones(s, report))
                @if let Some((asked, rows, total)) = &report.behind { (behind(s, report, asked, (rows, *total))) }
            }
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

/// A month in an address.
fn month_word(month: Day) -> String {
    let (year, month, _) = month.ymd();
    format!("{year:04}-{month:02}")
}

/// A count that leads to the runs behind it.
fn figure(report: &Onboarding, n: i64, figure: Figure, (name, value): (&str, &str)) -> Markup {
    if n == 0 {
        return html! { (n) };
    }
    let (play, value) = (crate::address::encode(&report.play), crate::address::encode(value));
    let word = figure.word();
    html! { a href={ "/plays/onboarding?play=" (play) "&figure=" (word) "&" (name) "=" (value) "#behind" } { (n) } }
}

/// How many of its milestones a run has reached.
fn reached(s: &Shell, row: &OnboardingRow) -> Markup {
    html! { (s.words.with("onboarding-n-of", &[("n", row.reached.into()), ("of", row.of.into())])) }
}

/// The next milestone with its day, which leads to the run; how it ended, or that it stands still.
fn stands(s: &Shell, row: &OnboardingRow) -> Markup {
    let w = &s.words;
    html! {
        a href={ "/plays/runs/" (row.run) } {
            @if let Some((end, _)) = row.ended { (w.word("run-end", end.word())) }
            @else if let Some((title, _)) = &row.next { (w.text(title)) }
            @else { (w.t("onboarding-all-reached")) }
        }
        @if row.paused_on.is_some() && row.ended.is_none() { " " span.tag { (w.t("run-paused")) } }
    }
}

/// The customers that go through it now.
fn under_way(s: &Shell, report: &Onboarding) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("onboarding-under-way")) " " span.faint { (report.under_way_total) } }
            @if report.under_way.is_empty() {
                p.faint { (w.t("onboarding-nobody-under-way")) }
            } @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("onboarding-under-way")) { table.list.folds {
                    thead { tr {
                        th scope="col" { (w.t("onboarding-customer")) }
                        th scope="col" { (w.t("onboarding-owner")) }
                        th scope="col" { (w.t("onboarding-since")) }
                        th.num scope="col" { (w.t("onboarding-milestones-reached")) }
                        th scope="col" { (w.t("onboarding-next")) }
                        th scope="col" { (w.t("onboarding-next-on")) }
                        th scope="col" { (w.t("onboarding-behind-by")) }
                    } }
                    tbody { @for row in &report.under_way { tr {
                        th scope="row" { a.plain href={ "/customers/" (row.customer_id) } { (row.customer) } }
                        td data-label=(w.t("onboarding-owner")) { @match &row.owner { Some(name) => (owner_name(s, name, row.has_owner_left)), None => "–" } }
                        td.nowrap data-label=(w.t("onboarding-since")) { (w.day(row.started_on, s.today)) }
                        td.num data-label=(w.t("onboarding-milestones-reached")) { (reached(s, row)) }
                        td data-label=(w.t("onboarding-next")) { (stands(s, row)) }
                        td.nowrap data-label=(w.t("onboarding-next-on")) { @match &row.next { Some((_, on)) => (w.day(*on, s.today)), None => "–" } }
                        td.nowrap data-label=(w.t("onboarding-behind-by")) {
                            @if row.late_days > 0 { strong.red { (w.with("onboarding-late-by", &[("n", row.late_days.into())])) } } @else { "–" }
                        }
                    } } }
                } }
                p.small.faint { (w.t("onboarding-under-way-definition"))
                    @if report.under_way_total > i64::try_from(report.under_way.len()).unwrap_or(0) { " " a href={ "/plays?play=" (crate::address::encode(&report.play)) } { (w.t("onboarding-all-runs")) } }
                }
            }
        }
    }
}

/// The runs behind a figure.
fn behind(s: &Shell, report: &Onboarding, asked: &Behind, (rows, total): (&[OnboardingRow], i64)) -> Markup {
    let w = &s.words;
    let month = asked.month.map(|m| w.month(m)).unwrap_or_default();
    let milestone = report.milestones.iter().find(|m| m.step == asked.step).map(|m| w.text(&m.title).to_owned());
    let said = [("month", month.into()), ("milestone", milestone.unwrap_or_default().into())];
    html! {
        section #behind {
            h2 { (w.with(&format!("onboarding-behind-{}", asked.figure.word()), &said)) " " span.faint { (total) } }
            @if rows.is_empty() {
                p.faint { (w.t("runs-none-such")) }
            } @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("onboarding-behind")) { table.list.folds {
                    thead { tr {
                        th scope="col" { (w.t("onboarding-customer")) }
                        th scope="col" { (w.t("onboarding-owner")) }
                        th scope="col" { (w.t("onboarding-since")) }
                        th.num scope="col" { (w.t("onboarding-milestones-reached")) }
                        th scope="col" { (w.t("onboarding-stands")) }
                        th scope="col" { (w.t("onboarding-ended-on")) }
                    } }
                    tbody { @for row in rows { tr {
                        th scope="row" { a.plain href={ "/customers/" (row.customer_id) } { (row.customer) } }
                        td data-label=(w.t("onboarding-owner")) { @match &row.owner { Some(name) => (owner_name(s, name, row.has_owner_left)), None => "–" } }
                        td.nowrap data-label=(w.t("onboarding-since")) { (w.day(row.started_on, s.today)) }
                        td.num data-label=(w.t("onboarding-milestones-reached")) { (reached(s, row)) }
                        td data-label=(w.t("onboarding-stands")) { (stands(s, row)) }
                        td.nowrap data-label=(w.t("onboarding-ended-on")) { @match row.ended { Some((_, on)) => (w.day(on, s.today)), None => "–" } }
                    } } }
                } }
            }
            p { a href={ "/plays/onboarding?play=" (crate::address::encode(&report.play)) } { (w.t("onboarding-behind-close")) } }
        }
    }
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
                        td.num data-label=(w.t("onboarding-started")) { (figure(report, c.started, Figure::Started, ("month", &month_word(c.month)))) }
                        td.num data-label=(w.t("onboarding-completed")) { (figure(report, c.completed, Figure::Completed, ("month", &month_word(c.month)))) }
                        td.num data-label=(w.t("onboarding-rate")) { (rate(c)) "%" }
                        td.num data-label=(w.t("onboarding-ended")) { (figure(report, c.ended, Figure::Ended, ("month", &month_word(c.month)))) }
                        td.num data-label=(w.t("onboarding-time")) { (days(s, c.days_to_complete)) }
                        td.num data-label=(w.t("onboarding-value")) { (days(s, c.days_to_value)) }
                    }
                } }
            } }
            p.small.faint { (w.t("onboarding-definition")) " " (w.with("onboarding-value-definition", &[("milestone", value.into())])) }
        }
    }
}

fn milestones(s: &Shell, report: &Onboarding) -> Markup {
    let w = &s.words;
    let rows: &[MilestoneRow] = &report.milestones;
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
                    td.num data-label=(w.t("onboarding-reached")) { (figure(report, m.reached, Figure::Reached, ("step", &m.step))) " / " (m.of) }
                    td.num data-label=(w.t("onboarding-late")) { (figure(report, m.late, Figure::Late, ("step", &m.step))) }
                } } }
            } }
            p.small.faint { (w.t("onboarding-milestones-definition")) }
        }
    }
}
