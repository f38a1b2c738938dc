//! How a score came about: one row a measure, points of possible points as a bar, a sum line.

use maud::{Markup, html};

use super::chart::contribution;
use super::health::Colour;
use crate::words::Words;

/// Whether a measure could be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 測定済.
    Measured,
    /// 古い.
    Stale,
    /// 未取得.
    Missing,
    /// 対象外.
    NotApplicable,
}

/// A row of the breakdown.
#[derive(Clone, Debug)]
pub struct Measure {
    /// Name of the measure.
    pub name: String,
    /// Its value now, as text with unit.
    pub now: Option<String>,
    /// Its value at the comparison day.
    pub before: Option<String>,
    /// Points it gives.
    pub points: Option<i64>,
    /// Points it could give.
    pub possible: i64,
    /// Change of its points since the comparison day.
    pub change: Option<i64>,
    /// Band of the measure by itself.
    pub colour: Option<Colour>,
    /// Whether it was measured.
    pub state: State,
    /// When the value is from, as text.
    pub since: Option<String>,
    /// The generated sentence.
    pub sentence: Option<String>,
}

/// A group of measures (an axis).
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Points it gives in sum.
    pub points: i64,
    /// Points it could give.
    pub possible: i64,
    /// Its measures.
    pub measures: Vec<Measure>,
}

/// A line below the sum: a cap that bites, an override.
#[derive(Clone, Debug)]
pub struct Correction {
    /// What it is, in words.
    pub text: String,
    /// Points it adds or takes.
    pub points: i64,
}

/// A score with everything that made it.
#[derive(Clone, Debug)]
pub struct Breakdown {
    /// Groups in the model's order.
    pub groups: Vec<Group>,
    /// Caps and overrides.
    pub corrections: Vec<Correction>,
    /// What is shown; the points above add up to it.
    pub total: i64,
}

/// Draws a [`Breakdown`] as a table whose last line is the score.
pub fn breakdown(w: &Words, shown: &Breakdown) -> Markup {
    let largest = shown.groups.iter().flat_map(|g| &g.measures).map(|m| m.possible).max().unwrap_or(1);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("breakdown-title")) {
            table.breakdown {
                thead { tr {
                    th scope="col" { (w.t("breakdown-measure")) }
                    th.num scope="col" { (w.t("breakdown-now")) }
                    th.num.before scope="col" { (w.t("breakdown-before")) }
                    th scope="col" { span.sr { (w.t("breakdown-bar")) } }
                    th.num scope="col" { (w.t("breakdown-points")) }
                    th scope="col" { (w.t("breakdown-state")) }
                } }
                @for group in &shown.groups {
                    tbody.group {
                        tr {
                            th scope="rowgroup" colspan="4" { (group.name) }
                            td.num.points { strong { (group.points) } span.faint { " / " (group.possible) } }
                            td {}
                        }
                        @for measure in &group.measures { (row(w, measure, largest)) }
                    }
                }
                tfoot {
                    @for correction in &shown.corrections {
                        tr {
                            td colspan="4" { (correction.text) }
                            td.num { (w.change(correction.points)) }
                            td {}
                        }
                    }
                    tr {
                        th scope="row" colspan="4" { (w.t("breakdown-total")) }
                        td.num.points { (shown.total) span.faint { " / 100" } }
                        td {}
                    }
                }
            }
        }
    }
}

fn row(w: &Words, measure: &Measure, largest: i64) -> Markup {
    let state = match measure.state {
        State::Measured => ("state", "state-measured"),
        State::Stale => ("state stale", "state-stale"),
        State::Missing => ("state missing", "state-missing"),
        State::NotApplicable => ("state", "state-not-applicable"),
    };
    html! {
        tr title=[measure.sentence.as_deref()] {
            td { (measure.name) }
            td.num { (measure.now.as_deref().unwrap_or("–")) }
            td.num.before.faint { (measure.before.as_deref().unwrap_or("–")) }
            td.bar { (contribution(measure.points.map(exact), exact(measure.possible), exact(largest), measure.colour)) }
            td.num.points {
                @match measure.points {
                    Some(points) => { (points) },
                    None => { "–" },
                }
                span.faint { " / " (measure.possible) }
                @if let Some(change) = measure.change.filter(|c| *c != 0) { " " (super::health::delta(w, change, None)) }
            }
            td { span class=(state.0) { (w.t(state.1)) @if let Some(since) = &measure.since { " " (since) } } }
        }
    }
}

/// Points are at most a few hundred.
#[allow(clippy::cast_precision_loss)]
const fn exact(points: i64) -> f64 {
    points as f64
}
