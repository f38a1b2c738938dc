//! The rows of the list, as a table and as CSV.

use kizashi_app::customers::{ListRow, Sort};
use kizashi_domain::health::Band;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::query::Ask;
use crate::csv;
use crate::parts::chart::spark;
use crate::parts::health::{badge, delta, word};
use crate::parts::work::owner_name;
use crate::shell::Shell;

/// A notice deadline within so many days stands out.
const NEAR_DAYS: i32 = 45;

/// The rows as a table; with a box each for those who may change many at once.
pub fn table(s: &Shell, ask: &Ask, rows: &[ListRow], may_pick: bool) -> Markup {
    let w = &s.words;
    let shown = ask.shown();
    // On a phone a row says the last contact only where the list is about it.
    let tells_contact = !ask.silent.is_empty() || Sort::parse(&ask.sort) == Some(Sort::Contact);
    html! {
        div.scroll-x {
            table.list.customers {
                thead { tr {
                    @if may_pick { th.pick scope="col" { span.sr { (w.t("pick")) } } }
                    (head(s, ask, Sort::Name, "column-name", false))
                    @for column in &shown {
                        @match *column {
                            "health" => {
                                (head(s, ask, Sort::Points, "column-health", false))
                                th scope="col" { (w.t("column-90-days")) }
                                (head(s, ask, Sort::Change, "column-change", true))
                            },
                            "mrr" => (head(s, ask, Sort::Mrr, "column-mrr", true)),
                            "notice" => (head(s, ask, Sort::Notice, "column-notice", false)),
                            "contact" => (head(s, ask, Sort::Contact, "column-contact", false)),
                            other => th scope="col" { (w.t(&format!("column-{other}"))) },
                        }
                    }
                } }
                tbody { @for row in rows { (line(s, row, (&shown, tells_contact), may_pick)) } }
            }
        }
    }
}

fn head(s: &Shell, ask: &Ask, sort: Sort, key: &str, is_number: bool) -> Markup {
    let is_on = Sort::parse(&ask.sort).unwrap_or_default() == sort;
    let wanted = format!("{}{}", if is_on && !ask.is_reverse { "-" } else { "" }, sort.word());
    // MRR shows its largest first, everything else its smallest, worst or nearest.
    let is_down = (sort == Sort::Mrr) != ask.is_reverse;
    let order = is_on.then_some(if is_down { "descending" } else { "ascending" });
    html! {
        th.num[is_number] scope="col" aria-sort=[order] {
            a.sort href=(ask.address("/customers", &[("sort", &wanted)])) {
                (s.words.t(key))
                @if is_on { span aria-hidden="true" { (if is_down { "↓" } else { "↑" }) } }
            }
        }
    }
}

fn line(s: &Shell, row: &ListRow, (shown, tells_contact): (&[&str], bool), may_pick: bool) -> Markup {
    let w = &s.words;
    html! {
        tr data-row {
            @if may_pick { td.pick { label { input.pick type="checkbox" name="id" value=(row.id) aria-label=(w.with("pick-one", &[("name", row.name.clone().into())])); } } }
            td.name {
                div.customer-cell {
                    a.cut href={ "/customers/" (row.id) } data-open title=(row.name) { (row.name) }
                    span.reading.cut { (row.reading) }
                }
            }
            @for column in shown {
                @match *column {
                    "health" => {
                        td { (badge(w, row.band, row.points)) }
                        td.extra { (spark(&spark_values(row), row.band.unwrap_or(Band::Unknown), &w.t("column-90-days"))) }
                        td.num { @if row.points.is_some() { (delta(w, row.change)) } }
                    },
                    "stage" => td.extra { (w.word("stage", &row.stage)) },
                    "segment" => td.extra { (w.word("segment", &row.segment)) },
                    "region" => td.extra { (row.region) },
                    "code" => td.extra { (row.external_id) },
                    "plan" => td.extra { (row.plan) },
                    "mrr" => td.num { @if let Some(mrr) = row.mrr { (mrr) } },
                    "notice" => td data-label=(w.t("column-notice")) { (day_and_distance(s, row.notice_on)) },
                    "contact" => td.extra[!tells_contact] data-label=(w.t("column-contact")) {
                        @if let Some(at) = row.contact_at { @let day = s.zone.day_of(at); span title=(w.day_year(day)) { (w.away(day, s.today)) } }
                        @else { span.faint { (w.t("never")) } }
                    },
                    _ => td.extra { @if let Some(name) = &row.owner { (owner_name(s, name, row.has_owner_left)) } },
                }
            }
        }
    }
}

#[allow(clippy::cast_precision_loss)] // points are 0–100
fn spark_values(row: &ListRow) -> Vec<Option<f64>> {
    row.spark.iter().map(|v| v.map(|v| v as f64)).collect()
}

fn day_and_distance(s: &Shell, day: Option<Day>) -> Markup {
    let w = &s.words;
    html! {
        @if let Some(day) = day {
            (w.day(day, s.today)) " "
            @if (0..=NEAR_DAYS).contains(&(day.0 - s.today.0)) { strong.small { (w.away(day, s.today)) } }
            @else { span.faint.small { (w.away(day, s.today)) } }
        } @else { span.faint { "–" } }
    }
}

/// The head of the CSV file, in the reader's words.
pub fn csv_head(s: &Shell) -> String {
    const KEYS: [&str; 14] = [
        "column-code",
        "column-name",
        "csv-reading",
        "column-health",
        "history-score",
        "column-change",
        "column-stage",
        "column-segment",
        "column-region",
        "column-owner",
        "column-mrr",
        "column-plan",
        "column-notice",
        "column-contact",
    ];
    csv::head(KEYS.iter().map(|key| s.words.t(key)))
}

/// A row of the CSV file.
pub fn csv_row(s: &Shell, row: &ListRow) -> String {
    csv::line(
        [
            row.external_id.clone(),
            row.name.clone(),
            row.reading.clone(),
            word(&s.words, row.band.unwrap_or(Band::Unknown)),
            csv::number(row.points),
            csv::number(row.points.map(|_| row.change)),
            s.words.word("stage", &row.stage),
            s.words.word("segment", &row.segment),
            row.region.clone(),
            row.owner.clone().unwrap_or_default(),
            csv::amount(row.mrr),
            row.plan.clone(),
            csv::day(row.notice_on),
            csv::day(row.contact_at.map(|at| s.zone.day_of(at))),
        ]
        .into_iter(),
    )
}
