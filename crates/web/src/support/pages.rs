//! The page.

use kizashi_app::support::{SupportPage, SupportQuery};
use kizashi_domain::support::{Kpi, Line, Period};
use maud::{Markup, html};

use super::download::file;
use super::figures::{count, gauge, show};
use super::tables;
use crate::parts::icon::icon;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// `GET /support`.
pub fn support(s: &Shell, query: &SupportQuery, page: &SupportPage) -> Page {
    let w = &s.words;
    let report = &page.report;
    let body = html! {
        div.page-head {
            h1 { (w.t("nav-support")) }
            p.faint { (w.t("support-what")) }
        }
        @if !page.is_fed { (empty(&w.t("support-never"), Some(("/help", &w.t("support-how"))))) }
        @else {
            div #support {
                (filters(s, query, page))
                (warnings(s, page))
                @if report.all.received == 0 { (empty(&w.t("support-none"), Some(("/support", &w.t("filter-clear"))))) }
                @else {
                    (summary(s, page))
                    (numbers(s, &report.all))
                    (files(s, query))
                    (tables::pareto(s, page))
                    (tables::askers(s, page))
                    (tables::weeks(s, page))
                    (tables::categories(s, report))
                    (tables::channels(s, report))
                    (tables::operators(s, report))
                }
            }
        }
    };
    Page { title: w.t("nav-support"), place: Place::Support, body }
}

/// Each table as a file.
fn files(s: &Shell, query: &SupportQuery) -> Markup {
    let w = &s.words;
    let tables = [
        ("numbers", "support-numbers"),
        ("pareto", "support-pareto"),
        ("askers", "support-askers-head"),
        ("weeks", "support-weeks"),
        ("categories", "support-categories"),
        ("channels", "support-channels"),
        ("operators", "support-operators"),
    ];
    html! {
        details.menu.files-menu {
            summary.btn { (icon("download")) "CSV" span.sr { " " (w.t("download")) } }
            div.sheet { @for (table, key) in tables { a.item href=(file(query, table)) download { (w.t(key)) } } }
        }
    }
}

fn filters(s: &Shell, query: &SupportQuery, page: &SupportPage) -> Markup {
    let w = &s.words;
    let channels: Vec<(String, String)> =
        page.channels.iter().map(|c| (c.clone(), w.word("support-channel", c))).collect();
    let categories: Vec<(String, String)> = page.categories.iter().map(|c| (c.clone(), c.clone())).collect();
    html! {
        form.filters method="get" action="/support" data-live hx-get="/support" hx-target="#support" hx-select="#support" hx-swap="outerHTML" hx-push-url="true" {
            div.row {
                div.chips role="group" aria-label=(w.t("support-period")) {
                    @for period in Period::ALL {
                        label.chip {
                            input type="radio" name="period" value=(period.word()) checked[period == query.period];
                            (w.t(&format!("support-period-{}", period.word())))
                        }
                    }
                }
                (choice(s, "channel", &query.channel, &channels))
                (choice(s, "category", &query.category, &categories))
                @if *query != SupportQuery::default() { a.go href="/support" { (w.t("filter-clear")) } }
                button.btn.nojs { (w.t("apply")) }
            }
        }
    }
}

fn choice(s: &Shell, name: &str, value: &str, choices: &[(String, String)]) -> Markup {
    let w = &s.words;
    html! {
        span.choice {
            label for={ "choose-" (name) } { (w.t(&format!("support-by-{name}"))) } " "
            select id={ "choose-" (name) } name=(name) {
                option value="" { (w.t("any")) }
                @for (choice, text) in choices { option value=(choice) selected[choice == value] { (text) } }
                @if !value.is_empty() && !choices.iter().any(|(choice, _)| choice == value) { option value=(value) selected { (value) } }
            }
        }
    }
}

/// What is not known, said before any number.
fn warnings(s: &Shell, page: &SupportPage) -> Markup {
    let w = &s.words;
    html! {
        @for source in &page.quiet {
            p.note.warn {
                @let args = [("source", source.name.clone().into()), ("day", source.last_day.map_or_else(|| w.t("never"), |d| w.day(d, s.today)).into())];
                (w.with("support-silent", &args)) " " a href="/data" { (w.t("support-silent-look")) }
            }
        }
        @if page.is_cut { p.note.warn { (w.t("support-cut")) } }
    }
}

/// The shift from inquiries to customers, in two sentences.
fn summary(s: &Shell, page: &SupportPage) -> Markup {
    let w = &s.words;
    let all = &page.report.all;
    let args = [
        ("from", w.day(page.report.from, s.today).into()),
        ("to", w.day(page.report.to, s.today).into()),
        ("received", count(all.received).into()),
        ("handled", count(all.handled).into()),
        ("customers", count(all.customers).into()),
        ("repeating", count(all.repeating).into()),
        ("unknown", count(all.unknown).into()),
    ];
    html! {
        p.answer {
            (w.with("support-summary", &args))
            @if all.unknown > 0 { (w.t("between-sentences")) (w.with("support-summary-unknown", &args)) }
        }
    }
}

/// Every number with its definition beside it, each inquiry counting once and each customer counting once.
fn numbers(s: &Shell, all: &Line) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("support-numbers")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("support-numbers")) {
                table.support-numbers {
                    thead { tr {
                        th scope="col" { (w.t("support-number")) }
                        th.num scope="col" { (w.t("support-by-inquiry")) }
                        th.num scope="col" { (w.t("support-by-customer")) }
                        th.num scope="col" { (w.t("support-rests-on")) }
                        th scope="col" { (w.t("support-definition")) }
                    } }
                    tbody {
                        tr {
                            th scope="row" { (w.t("support-handled")) }
                            td.num.big { (count(all.handled)) }
                            td.num { (w.with("support-customers", &[("n", count(all.customers).into())])) }
                            td.num.faint { (w.with("support-of", &[("n", count(all.handled).into()), ("all", count(all.received).into())])) }
                            td.small { (w.t("support-handled-definition")) }
                        }
                        @for kpi in Kpi::ALL { (number(s, all, kpi)) }
                    }
                }
            }
            p.small.faint { (w.t("support-by-customer-what")) }
        }
    }
}

fn number(s: &Shell, all: &Line, kpi: Kpi) -> Markup {
    let w = &s.words;
    let value = all.gauge(kpi);
    html! {
        tr {
            th scope="row" { (w.t(&format!("kpi-{}", kpi.word()))) }
            td.num.big { (gauge(w, kpi, &value)) }
            td.num {
                @match value.by_customer {
                    Some(v) => { (show(w, kpi, v)) div.small.faint { (w.with("support-customers", &[("n", count(value.customers).into())])) } }
                    None => { span.faint { "–" } }
                }
            }
            td.num.faint { (w.with("support-of", &[("n", count(value.measured).into()), ("all", count(value.concerned).into())])) }
            td.small { (w.t(&format!("kpi-{}-definition", kpi.word()))) }
        }
    }
}
