//! The points of a day alone, for rules that look back over many days.

use super::model::{Group, Model};
use super::verdict::{Item, biting_cap, count, coverage, is_enough, round, shares};
use crate::measure::{Metric, Reading};
use crate::time::Day;

/// What `judge(…).shown()` says, without its breakdown and its range: a fraction of the work.
pub fn judge_points(model: &Model, metrics: &[Metric], readings: &[Reading], age_days: Option<u32>) -> Option<i32> {
    let weights: Vec<f64> = model.groups.iter().map(Group::weight).collect();
    let size = model.groups.iter().map(|g| g.measures.len()).sum();
    let (mut items, mut measured, mut states, mut names) =
        (Vec::with_capacity(size), Vec::with_capacity(size), Vec::with_capacity(size), Vec::with_capacity(size));
    for (group, measure) in
        model.groups.iter().enumerate().flat_map(|(g, group)| group.measures.iter().map(move |m| (g, m)))
    {
        let place = metrics.iter().position(|m| m.id == measure.metric);
        let reading = place.and_then(|i| readings.get(i)).copied().unwrap_or(Reading::missing(Day(0)));
        let counted = count(measure, &reading, age_days);
        items.push(Item { group, weight: measure.weight, score: counted.score });
        measured.push(counted.measured);
        states.push(reading.state);
        names.push(measure.metric.as_str());
    }
    if !is_enough(coverage(&weights, &items, &measured, states.into_iter()), model) {
        return None;
    }
    let uncapped: f64 = shares(&items, &weights).iter().zip(&items).map(|(s, i)| s * i.score.unwrap_or(0.0)).sum();
    let score_of =
        |metric: &str| names.iter().zip(&items).find(|(name, _)| **name == metric).and_then(|(_, i)| i.score);
    let cap = biting_cap(uncapped, &model.caps, &model.bands, &score_of).and_then(|i| model.caps.get(i));
    Some(round(cap.map_or(uncapped, |c| c.at_most).clamp(0.0, 100.0)))
}
