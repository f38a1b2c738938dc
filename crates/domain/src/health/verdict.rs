//! Judging: readings and a model become a score whose contributions add up.

use serde::{Deserialize, Serialize};

use super::model::{Band, Bands, Cap, Measure, MissingRule, Model};
use super::share::share_out;
use crate::measure::{Metric, Reading, State};
use crate::time::Day;

/// What a line of a breakdown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A measure.
    Measure,
    /// A cap that bites; its points are negative.
    Cap,
    /// 上書き: the difference to the computed total.
    Override,
}

/// One line of a breakdown. The points of all lines add up to the shown total exactly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// What it is.
    pub kind: LineKind,
    /// Id of the metric; empty for an override.
    pub metric: String,
    /// Id of the group; empty for caps and overrides.
    pub group: String,
    /// What its value is worth.
    #[serde(flatten)]
    pub state: State,
    /// The value that was read, also when it does not count.
    pub value: Option<f64>,
    /// 0–100 on its curve; `None` when it does not count.
    pub score: Option<f64>,
    /// Whether it counts by its missing rule and not by a fresh value.
    pub assumed: bool,
    /// Points of the total, rounded so that the lines add up.
    pub points: i32,
    /// The most it could bring; these add up to 100 over the counted measures.
    pub points_possible: i32,
    /// Points before rounding.
    pub exact: f64,
    /// Share of the total, 0–1, after the weights of what does not count were shared out.
    pub share: f64,
    /// Weight as set, inside its group.
    pub weight: f64,
    /// The lowest and highest score that any value could bring.
    pub reach: (f64, f64),
}

/// The health of a customer on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Id of the model used.
    pub model: String,
    /// The shown total, 0–100.
    pub points: i32,
    /// The computed total, under an override.
    pub computed: i32,
    /// The computed total before rounding.
    pub exact: f64,
    /// The shown band.
    pub band: Band,
    /// Measured weight ÷ applicable weight, 0–1.
    pub coverage: f64,
    /// The total if every measure that is not measured, or whose overdue facts may still change it, were at its worst, and
    /// at its best.
    pub range: (i32, i32),
    /// How many measures are measured.
    pub measured: u32,
    /// How many measures apply to the customer.
    pub applicable: u32,
    /// The breakdown, measures in the model's order, then caps, then an override.
    pub lines: Vec<Contribution>,
    /// Weights of the groups.
    pub groups: Vec<(String, f64)>,
    /// The model's caps.
    pub caps: Vec<Cap>,
    /// The model's bands.
    pub bands: Bands,
}

impl Verdict {
    /// The points, unless nothing can be said.
    pub fn shown(&self) -> Option<i32> {
        (self.band != Band::Unknown).then_some(self.points)
    }

    /// The lines that are measures.
    pub fn measures(&self) -> impl Iterator<Item = &Contribution> {
        self.lines.iter().filter(|l| l.kind == LineKind::Measure)
    }

    /// Points and possible points of an axis, 0–100 of itself; `None` when nothing of it counts.
    pub fn axis(&self, group: &str) -> Option<f64> {
        let counted = self.measures().filter(|l| l.group == group && l.score.is_some());
        let (points, share) = counted.fold((0.0, 0.0), |(p, s), l| (p + l.exact, s + l.share));
        (share > 0.0).then(|| points / share)
    }
}

/// A measure as it enters a total.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub group: usize,
    pub weight: f64,
    pub score: Option<f64>,
}

/// The share of each item: weights of what does not count go to the rest of its group, and of a group in which
/// nothing counts to the other groups.
pub(super) fn shares(items: &[Item], groups: &[f64]) -> Vec<f64> {
    let mut inside = vec![0.0; groups.len()];
    for item in items.iter().filter(|i| i.score.is_some()) {
        if let Some(sum) = inside.get_mut(item.group) {
            *sum += item.weight;
        }
    }
    let total: f64 = groups.iter().zip(&inside).filter(|(_, s)| **s > 0.0).map(|(w, _)| w).sum();
    let share = |item: &Item| {
        let sum = inside.get(item.group).copied().unwrap_or(0.0);
        let weight = groups.get(item.group).copied().unwrap_or(0.0);
        if item.score.is_none() || sum <= 0.0 || total <= 0.0 { 0.0 } else { weight / total * (item.weight / sum) }
    };
    items.iter().map(share).collect()
}

/// The total before caps.
pub(super) fn total(items: &[Item], groups: &[f64]) -> f64 {
    shares(items, groups).iter().zip(items).map(|(s, i)| s * i.score.unwrap_or(0.0)).sum()
}

/// The lowest cap whose measure is red, if it bites, with its place in `caps`.
pub(super) fn biting_cap(
    total: f64,
    caps: &[Cap],
    bands: &Bands,
    score_of: &dyn Fn(&str) -> Option<f64>,
) -> Option<usize> {
    let red = |c: &Cap| score_of(&c.metric).is_some_and(|s| bands.of(s) == Band::Red);
    let lowest = caps.iter().enumerate().filter(|(_, c)| red(c)).min_by(|a, b| a.1.at_most.total_cmp(&b.1.at_most));
    lowest.filter(|(_, c)| c.at_most < total).map(|(i, _)| i)
}

pub(super) struct Counted {
    pub score: Option<f64>,
    assumed: bool,
    pub measured: bool,
    /// Whether it cannot become another value by facts that are overdue.
    settled: bool,
}

pub(super) fn count(measure: &Measure, reading: &Reading, age_days: Option<u32>) -> Counted {
    let points = |value: f64| measure.points(value, age_days);
    if let Some(score) = reading.fresh().and_then(points) {
        return Counted { score: Some(score), assumed: false, measured: true, settled: !reading.is_open };
    }
    let out_of_curve = reading.fresh().is_some();
    let score = match (measure.missing, reading.state) {
        (_, State::NotApplicable) => None,
        _ if out_of_curve => None,
        (MissingRule::Exclude, _) => None,
        (MissingRule::Worst, _) => Some(measure.reach(age_days).0),
        (MissingRule::Value(value), _) => points(value),
        (MissingRule::HoldDays(days), State::Stale { age_days }) if age_days <= days => reading.value.and_then(points),
        (MissingRule::HoldDays(_), _) => None,
    };
    Counted { score, assumed: score.is_some(), measured: false, settled: false }
}

pub(super) fn round(points: f64) -> i32 {
    // Totals lie in 0..=100.
    points.round().clamp(-1000.0, 1000.0) as i32
}

/// Judges a customer. `readings` are in the order of `metrics`; `age_days` is the age as a customer.
pub fn judge(model: &Model, metrics: &[Metric], readings: &[Reading], age_days: Option<u32>) -> Verdict {
    let weights: Vec<f64> = model.groups.iter().map(super::model::Group::weight).collect();
    let mut items = Vec::new();
    let mut lines = Vec::new();
    let (mut measured, mut settled) = (Vec::new(), Vec::new());
    for (g, group) in model.groups.iter().enumerate() {
        for measure in &group.measures {
            let place = metrics.iter().position(|m| m.id == measure.metric);
            let reading = place.and_then(|i| readings.get(i)).copied().unwrap_or(Reading::missing(Day(0)));
            let counted = count(measure, &reading, age_days);
            items.push(Item { group: g, weight: measure.weight, score: counted.score });
            measured.push(counted.measured);
            settled.push(counted.settled);
            lines.push(Contribution {
                kind: LineKind::Measure,
                metric: measure.metric.clone(),
                group: group.id.clone(),
                state: reading.state,
                value: reading.value,
                score: counted.score,
                assumed: counted.assumed,
                points: 0,
                points_possible: 0,
                exact: 0.0,
                share: 0.0,
                weight: measure.weight,
                reach: measure.reach(age_days),
            });
        }
    }
    let range = range(model, &weights, &items, &settled, &lines);
    finish(model, &weights, &items, &measured, range, lines)
}

fn finish(
    model: &Model,
    weights: &[f64],
    items: &[Item],
    measured: &[bool],
    range: (i32, i32),
    mut lines: Vec<Contribution>,
) -> Verdict {
    let shares = shares(items, weights);
    for (line, share) in lines.iter_mut().zip(&shares) {
        line.share = *share;
        line.exact = share * line.score.unwrap_or(0.0);
    }
    let applies = |l: &Contribution| l.state != State::NotApplicable;
    let applicable = lines.iter().filter(|l| applies(l)).count();
    let coverage = coverage(weights, items, measured, lines.iter().map(|l| l.state));
    let uncapped: f64 = lines.iter().map(|l| l.exact).sum();
    let score_of = |metric: &str| lines.iter().find(|l| l.metric == metric).and_then(|l| l.score);
    let cap = biting_cap(uncapped, &model.caps, &model.bands, &score_of).and_then(|i| model.caps.get(i));
    let exact = cap.map_or(uncapped, |c| c.at_most).clamp(0.0, 100.0);
    if let Some(cap) = cap {
        lines.push(cap_line(cap, exact - uncapped));
    }
    let computed = round(exact);
    spread(&mut lines, computed);
    let band = if is_enough(coverage, model) { model.bands.of(exact) } else { Band::Unknown };
    Verdict {
        model: model.id.clone(),
        points: computed,
        computed,
        exact,
        band,
        coverage,
        range,
        measured: u32::try_from(measured.iter().filter(|m| **m).count()).unwrap_or(u32::MAX),
        applicable: u32::try_from(applicable).unwrap_or(u32::MAX),
        lines,
        groups: model.groups.iter().map(|g| (g.id.clone(), g.weight())).collect(),
        caps: model.caps.clone(),
        bands: model.bands,
    }
}

pub(super) fn cap_line(cap: &Cap, exact: f64) -> Contribution {
    Contribution {
        kind: LineKind::Cap,
        metric: cap.metric.clone(),
        group: String::new(),
        state: State::Measured { age_days: 0 },
        value: Some(cap.at_most),
        score: None,
        assumed: false,
        points: 0,
        points_possible: 0,
        exact,
        share: 0.0,
        weight: 0.0,
        reach: (0.0, 0.0),
    }
}

/// Rounds the lines so that they add up to `total`, and what they could bring to 100.
fn spread(lines: &mut [Contribution], total: i32) {
    let points = share_out(total, &lines.iter().map(|l| l.exact).collect::<Vec<_>>());
    let any = lines.iter().any(|l| l.share > 0.0);
    let possible = share_out(if any { 100 } else { 0 }, &lines.iter().map(|l| l.share * 100.0).collect::<Vec<_>>());
    for ((line, points), possible) in lines.iter_mut().zip(points).zip(possible) {
        line.points = points;
        line.points_possible = possible;
    }
}

/// Whether something can be said.
pub(super) fn is_enough(coverage: f64, model: &Model) -> bool {
    coverage >= model.minimum_coverage && coverage > 0.0
}

pub(super) fn coverage(weights: &[f64], items: &[Item], measured: &[bool], states: impl Iterator<Item = State>) -> f64 {
    let all: Vec<Item> = items
        .iter()
        .zip(states)
        .map(|(i, state)| Item { score: (state != State::NotApplicable).then_some(0.0), ..*i })
        .collect();
    let nominal = shares(&all, weights);
    nominal.iter().zip(measured).filter(|(_, m)| **m).map(|(s, _)| s).sum::<f64>().clamp(0.0, 1.0)
}

fn range(model: &Model, weights: &[f64], items: &[Item], settled: &[bool], lines: &[Contribution]) -> (i32, i32) {
    let end = |best: bool| {
        let filled: Vec<Item> = items
            .iter()
            .zip(lines)
            .zip(settled)
            .map(|((item, line), settled)| {
                let score = match (settled, line.state) {
                    (true, _) => item.score,
                    (false, State::NotApplicable) => None,
                    (false, _) => Some(if best { line.reach.1 } else { line.reach.0 }),
                };
                Item { score, ..*item }
            })
            .collect();
        let sum = total(&filled, weights);
        let score_of = |metric: &str| {
            let place = lines.iter().position(|l| l.metric == metric);
            place.and_then(|i| filled.get(i)).and_then(|i| i.score)
        };
        let cap = biting_cap(sum, &model.caps, &model.bands, &score_of).and_then(|i| model.caps.get(i));
        cap.map_or(sum, |c| c.at_most).clamp(0.0, 100.0)
    };
    (round(end(false)), round(end(true)))
}
