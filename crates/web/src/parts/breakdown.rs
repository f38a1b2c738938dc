//! How a score came about: one row a measure, points of possible points as a bar, a sum line.

use kizashi_domain::health::{Band, Change, Contribution, LineKind, Verdict};
use kizashi_domain::measure::{Metric, State, show_value};
use kizashi_domain::pack::Pack;
use maud::{Markup, html};

use super::chart::contribution;
use super::health::delta;
use crate::words::Words;

/// A measured value older than this rests on something that seldom changes, such as the seats of a contract: its age says nothing.
const AGE_DAYS_SHOWN: u32 = 60;

/// What the rows are named and compared by.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The pack in force, for titles and units.
    pub pack: &'a Pack,
    /// The change since the comparison day, when there is one.
    pub change: Option<&'a Change>,
    /// The comparison day in words.
    pub since: &'a str,
}

/// Draws a verdict as a table whose points add up to its last line.
pub fn breakdown(w: &Words, verdict: &Verdict, ground: Ground<'_>) -> Markup {
    let largest = verdict.measures().map(|m| m.points_possible).max().unwrap_or(1);
    let lines: Vec<&Contribution> = verdict.measures().collect();
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("breakdown-title")) {
            table.breakdown {
                thead { tr {
                    th scope="col" { (w.t("breakdown-measure")) }
                    th.num scope="col" { (w.t("breakdown-now")) }
                    th.num.before scope="col" { (ground.since) }
                    th.bar scope="col" { span.sr { (w.t("breakdown-bar")) } }
                    th.num scope="col" { (w.t("breakdown-points")) }
                    th scope="col" { (w.t("breakdown-state")) }
                } }
                @for group in lines.chunk_by(|a, b| a.group == b.group) {
                    @if let Some(first) = group.first() {
                        tbody.group {
                            tr {
                                th scope="rowgroup" colspan="2" { (group_title(w, verdict, ground.pack, &first.group)) }
                                td.before {} td.bar {}
                                td.num.points {
                                    strong { (group.iter().map(|l| l.points).sum::<i32>()) }
                                    span.faint { " / " (group.iter().map(|l| l.points_possible).sum::<i32>()) }
                                }
                                td.state-cell {}
                            }
                            @for line in group { (row(w, verdict, line, ground, largest)) }
                        }
                    }
                }
                tfoot {
                    @for line in verdict.lines.iter().filter(|l| l.kind != LineKind::Measure) {
                        tr {
                            td colspan="2" { (correction(w, line, ground.pack)) }
                            td.before {} td.bar {}
                            td.num.points { (w.change(line.points.into())) }
                            td.state-cell {}
                        }
                    }
                    tr {
                        th scope="row" colspan="2" { (w.t("breakdown-total")) }
                        td.before {} td.bar {}
                        td.num.points { (verdict.points) span.faint { " / 100" } }
                        td.state-cell {}
                    }
                }
            }
        }
    }
}

fn group_title(w: &Words, verdict: &Verdict, pack: &Pack, id: &str) -> String {
    pack.model(&verdict.model)
        .and_then(|model| model.groups.iter().find(|g| g.id == id))
        .map_or_else(|| id.to_owned(), |group| w.text(&group.title).to_owned())
}

fn title(w: &Words, metric: Option<&Metric>, id: &str) -> String {
    metric.map(|m| w.text(&m.title)).filter(|t| !t.is_empty()).unwrap_or(id).to_owned()
}

fn correction(w: &Words, line: &Contribution, pack: &Pack) -> String {
    if line.kind == LineKind::Override {
        return w.t("breakdown-override");
    }
    let name = title(w, pack.metric(&line.metric), &line.metric);
    let limit = line.value.map(|v| format!("{v:.0}")).unwrap_or_default();
    w.with("breakdown-cap", &[("measure", name.into()), ("limit", limit.into())])
}

fn row(w: &Words, verdict: &Verdict, line: &Contribution, ground: Ground<'_>, largest: i32) -> Markup {
    let metric = ground.pack.metric(&line.metric);
    let show = |value: f64| metric.map_or_else(|| format!("{value:.1}"), |m| show_value(m, value, w.lang()));
    let moved = |l: &&kizashi_domain::health::ChangeLine| l.metric == line.metric && !l.is_cap;
    let change: i32 = ground.change.iter().flat_map(|c| c.lines.iter().filter(moved)).map(|l| l.points).sum();
    let before = ground.change.and_then(|c| c.lines.iter().find(moved)).and_then(|l| l.before);
    let band = line.score.map(|score| verdict.bands.of(score));
    let counts = line.score.is_some();
    html! {
        tr {
            td {
                (title(w, metric, &line.metric))
                @if !matches!(line.state, State::Measured { .. }) { div.state-narrow { (state(w, line)) } }
            }
            td.num { (line.value.map_or_else(|| "–".to_owned(), show)) }
            td.num.before.faint { (before.map_or_else(String::new, show)) }
            td.bar { (contribution(counts.then(|| line.points.into()), line.points_possible.into(), largest.into(), band.filter(|b| *b != Band::Unknown))) }
            td.num.points {
                @if counts { (line.points) span.faint { " / " (line.points_possible) } } @else { "–" }
                @if change != 0 { " " (delta(w, change.into())) }
            }
            td.state-cell { (state(w, line)) }
        }
    }
}

/// The key of a state's word.
pub const fn state_key(state: State) -> &'static str {
    match state {
        State::Measured { .. } => "state-measured",
        State::Stale { .. } => "state-stale",
        State::Missing => "state-missing",
        State::NotApplicable => "state-not-applicable",
    }
}

fn state(w: &Words, line: &Contribution) -> Markup {
    let key = state_key(line.state);
    let (class, age) = match line.state {
        State::Measured { age_days } => ("state", age_days),
        State::Stale { age_days } => ("state stale", age_days),
        State::Missing => ("state missing", 0),
        State::NotApplicable => ("state", 0),
    };
    html! {
        span class=(class) {
            (w.t(key))
            @if (1..=AGE_DAYS_SHOWN).contains(&age) || matches!(line.state, State::Stale { .. }) { " " (w.with("away-ago", &[("n", age.into())])) }
            @if line.assumed { " " (w.t("state-assumed")) }
        }
    }
}
