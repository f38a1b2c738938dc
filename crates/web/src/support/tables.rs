//! The tables: categories by size, customers who ask, weeks, operators.

use kizashi_app::support::SupportPage;
use kizashi_domain::support::{Kpi, Line, Report};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use super::figures::{count, gauge, percent};
use crate::parts::chart::{Columns, Share, columns, shares};
use crate::shell::Shell;

/// The numbers that stand in a column of every table.
const SHOWN: [Kpi; 8] = [
    Kpi::AnswerRate,
    Kpi::AbandonRate,
    Kpi::TalkTime,
    Kpi::WrapUpTime,
    Kpi::FirstAnswer,
    Kpi::FirstAnswerMost,
    Kpi::FirstAnswerWorking,
    Kpi::Csat,
];
/// Categories of the chart; the table has all of them.
const BARS_MAX: usize = 30;
/// A mean of fewer inquiries says little; it is shown faint.
const INQUIRIES_MIN: u64 = 10;

/// Categories by size: which few bring most.
pub fn pareto(s: &Shell, page: &SupportPage) -> Markup {
    let w = &s.words;
    let pareto = &page.report.pareto;
    if pareto.rows.is_empty() {
        return html! { section { h2 { (w.t("support-pareto")) } p.faint { (w.t("support-pareto-none")) } } };
    }
    let shown: Vec<Share<'_>> = pareto
        .rows
        .iter()
        .take(BARS_MAX)
        .map(|row| Share { name: &row.category, share: row.share, cumulative: row.cumulative })
        .collect();
    let marks: Vec<(usize, String)> = pareto.tops.iter().map(|t| (t.categories, format!("{}%", t.percent))).collect();
    html! {
        section {
            h2 { (w.t("support-pareto")) }
            @for top in &pareto.tops {
                p.answer {
                    (w.with("support-pareto-says", &[
                        ("percent", top.percent.to_string().into()), ("n", top.categories.into()), ("of", pareto.rows.len().into()),
                        ("share", percent(top.share).into()), ("inquiries", count(top.inquiries).into()),
                        ("customers", count(top.customers).into()), ("who", percent(top.customer_share).into()),
                    ]))
                }
            }
            div.support-pareto {
                (shares(&w.t("support-pareto"), &w.t("support-pareto-chart"), &shown, &marks))
                div.scroll tabindex="0" role="region" aria-label=(w.t("support-pareto")) {
                    table.small {
                        thead { tr {
                            th scope="col" { (w.t("support-by-category")) }
                            th.num scope="col" { (w.t("support-inquiries")) }
                            th.num scope="col" { (w.t("support-share")) }
                            th.num scope="col" { (w.t("support-cumulative")) }
                            th.num scope="col" { (w.t("support-askers")) }
                            th.num scope="col" { (w.t("support-repeating")) }
                        } }
                        tbody {
                            @for row in &pareto.rows {
                                tr {
                                    th scope="row" { (row.category) }
                                    td.num { (count(row.inquiries)) }
                                    td.num { (percent(row.share)) }
                                    td.num { (percent(row.cumulative)) }
                                    td.num { (count(row.customers)) }
                                    td.num { (count(row.repeating)) }
                                }
                            }
                            @if pareto.without > 0 {
                                tr.faint {
                                    th scope="row" { (w.t("support-no-category")) }
                                    td.num { (count(pareto.without)) }
                                    td colspan="4" {}
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The customers who ask most, with a way to each.
pub fn askers(s: &Shell, page: &SupportPage) -> Markup {
    let w = &s.words;
    let askers = &page.report.askers;
    html! {
        section {
            h2 { (w.t("support-askers-head")) }
            @if askers.list.is_empty() { p.faint { (w.t("support-askers-none")) } }
            @else {
                p.answer {
                    (w.with("support-askers-says", &[("n", count(askers.top_customers).into()), ("share", percent(askers.top_share).into())]))
                }
                div.scroll tabindex="0" role="region" aria-label=(w.t("support-askers-head")) {
                    table.small {
                        thead { tr {
                            th scope="col" { (w.t("nav-customers")) }
                            th.num scope="col" { (w.t("support-inquiries")) }
                            th scope="col" { (w.t("support-most-about")) }
                            th.num scope="col" { (w.t("support-given-up")) }
                            th scope="col" { (w.t("support-last")) }
                        } }
                        tbody {
                            @for asker in &askers.list {
                                tr {
                                    th scope="row" { a href={ "/customers/" (asker.customer) "?kind=ticket" } { (page.names.get(&asker.customer).map_or("–", String::as_str)) } }
                                    td.num { (count(asker.inquiries)) }
                                    td {
                                        @if asker.category.is_empty() { span.faint { (w.t("support-no-category")) } }
                                        @else { (w.with("support-about", &[("category", asker.category.clone().into()), ("n", count(asker.about_it).into())])) }
                                    }
                                    td.num { @if asker.abandoned > 0 { (count(asker.abandoned)) } @else { span.faint { "–" } } }
                                    td { (w.day(asker.last, s.today)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// By week, the newest first, with what is not known said so.
pub fn weeks(s: &Shell, page: &SupportPage) -> Markup {
    let w = &s.words;
    let report = &page.report;
    let silent_from = page.quiet.iter().filter_map(|q| q.last_day).min().map(|day| day.plus(1));
    let is_unknown = |week: &Line| silent_from.is_some_and(|from| week.day >= from);
    #[allow(clippy::cast_precision_loss)]
    let values: Vec<Option<f64>> =
        report.weeks.iter().map(|week| (!is_unknown(week)).then_some(week.received as f64)).collect();
    let title = w.t("support-weeks-chart");
    html! {
        section {
            h2 { (w.t("support-weeks")) }
            figure.chart-box.support-weeks { (columns(&Columns { title: &title, values: &values, closed: &[] })) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("support-weeks")) {
                table.small {
                    (head(s, &w.t("support-week"), &SHOWN))
                    tbody {
                        @for week in report.weeks.iter().rev() {
                            @let is_running = week.day.plus(6) >= report.to || week.day < report.from;
                            tr {
                                th.nowrap scope="row" {
                                    (w.day(week.day, s.today))
                                    @if is_running { " " span.faint { (w.t("support-partly")) } }
                                    @else if silent_from.is_some_and(|from| week.day.plus(6) >= from) && !is_unknown(week) { " " span.faint { (w.t("support-partly-fed")) } }
                                }
                                @if is_unknown(week) && week.received == 0 {
                                    td colspan=(SHOWN.len() + 3) { span.faint { (w.t("state-missing")) } }
                                } @else { (cells(s, week, &SHOWN, true)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// By category.
pub fn categories(s: &Shell, report: &Report) -> Markup {
    let none = s.words.t("support-no-category");
    grouped(s, ("support-categories", "support-by-category"), &report.categories, &|name| name.to_owned(), &none, None)
}

/// By channel.
pub fn channels(s: &Shell, report: &Report) -> Markup {
    let w = &s.words;
    let none = w.t("support-no-channel");
    let name = |name: &str| w.word("support-channel", name);
    grouped(s, ("support-channels", "support-by-channel"), &report.channels, &name, &none, None)
}

/// By operator: in the order of names, with how much each number rests on, so that nobody is ranked by chance.
pub fn operators(s: &Shell, report: &Report) -> Markup {
    let w = &s.words;
    if report.operators.iter().all(|line| line.name.is_empty()) {
        return html! { section { h2 { (w.t("support-operators")) } p.faint { (w.t("state-missing")) " · " (w.t("support-operators-none")) } } };
    }
    let none = w.t("support-no-operator");
    let note = w.with("support-operators-note", &[("n", thousands(INQUIRIES_MIN).into())]);
    let keys = ("support-operators", "support-operator");
    grouped(s, keys, &report.operators, &|name| name.to_owned(), &none, Some(&note))
}

fn grouped(
    s: &Shell,
    (title, first): (&str, &str),
    lines: &[Line],
    name: &dyn Fn(&str) -> String,
    none: &str,
    note: Option<&str>,
) -> Markup {
    let w = &s.words;
    let title = w.t(title);
    // Where no lost call has a name of this kind, a rate of 100 % in every line would say nothing.
    let tells_lost =
        lines.iter().any(|l| !l.name.is_empty() && l.gauge(Kpi::AbandonRate).value.is_some_and(|v| v > 0.0));
    let is_rate = |kpi: &Kpi| matches!(kpi, Kpi::AnswerRate | Kpi::AbandonRate);
    let shown: Vec<Kpi> = SHOWN.into_iter().filter(|kpi| tells_lost || !is_rate(kpi)).collect();
    html! {
        section {
            h2 { (title) }
            @if let Some(note) = note { p.small.faint { (note) } }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table.small {
                    (head(s, &w.t(first), &shown))
                    tbody {
                        @for line in lines {
                            tr {
                                th scope="row" { @if line.name.is_empty() { span.faint { (none) } } @else { (name(&line.name)) } }
                                (cells(s, line, &shown, note.is_none()))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn head(s: &Shell, first: &str, shown: &[Kpi]) -> Markup {
    let w = &s.words;
    html! {
        thead { tr {
            th scope="col" { (first) }
            th.num scope="col" { (w.t("support-inquiries")) }
            th.num scope="col" { (w.t("support-askers")) }
            th.num scope="col" { (w.t("support-handled")) }
            @for kpi in shown { th.num scope="col" { (w.t(&format!("kpi-{}-short", kpi.word()))) } }
        } }
    }
}

/// The cells of a line. Where people are told apart, a number that rests on few inquiries is faint and says on how many.
fn cells(s: &Shell, line: &Line, shown: &[Kpi], is_group: bool) -> Markup {
    let w = &s.words;
    html! {
        td.num { (count(line.received)) }
        td.num { (count(line.customers)) }
        td.num { (count(line.handled)) }
        @for kpi in shown.iter().copied() {
            @let value = line.gauge(kpi);
            @let is_few = !is_group && value.measured < INQUIRIES_MIN;
            td.num {
                @if is_few && value.measured > 0 { span.faint { (gauge(w, kpi, &value)) } } @else { (gauge(w, kpi, &value)) }
                @if !is_group && value.measured > 0 { div.faint.basis { (w.with("support-basis", &[("n", count(value.measured).into())])) } }
            }
        }
    }
}
