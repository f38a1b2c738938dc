//! Positions: where a value stands among those of the customer's segment on a day (0 = lowest, 100 = highest).
//!
//! The kernel sees one customer at a time. So what the others have is counted once a day, kept as a [`Population`] by metric,
//! segment and day, and read from there: a score of a past day keeps the position that it was given.

use std::collections::HashMap;

use super::facts::{Attributes, Dated};
use super::plan::From;
use super::{Metric, Plan};
use crate::time::Day;

/// The dated figure that holds a customer's segment as a number, see [`segment_code`].
pub const SEGMENT: &str = "segment";

/// Values kept of a population; a larger one keeps as many evenly spread ones.
pub const POINTS_MAX: usize = 201;

/// A population this much older than the day asked for says nothing about it.
const AGE_DAYS_MAX: i32 = 31;

/// A segment's name as a number: FNV-1a of its bytes; the empty name means none.
pub fn segment_code(segment: &str) -> u32 {
    segment.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// A segment as a dated figure.
pub fn segment_figure(segment: &str, from: Day, known: Day) -> Dated {
    Dated { name: SEGMENT.to_owned(), from, known, value: f64::from(segment_code(segment)) }
}

/// In which segment a customer was on a day, counting what was known by the end of another.
pub fn segment_on(attributes: &Attributes, day: Day, known: Option<Day>) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    attributes.as_of(SEGMENT, day, known).map_or_else(|| segment_code(""), |(code, _)| code as u32)
}

/// The values of one metric in one segment on one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Population {
    points: Vec<f64>,
}

impl Population {
    /// From values in any order; NaN counts for nobody.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.retain(|v| !v.is_nan());
        values.sort_unstable_by(f64::total_cmp);
        if values.len() > POINTS_MAX {
            let (last, steps) = (values.len() - 1, POINTS_MAX - 1);
            values = (0..POINTS_MAX).filter_map(|i| values.get((i * last + steps / 2) / steps).copied()).collect();
        }
        Self { points: values }
    }

    /// The values kept, in rising order.
    pub fn points(&self) -> &[f64] {
        &self.points
    }

    /// The share of the others that lie below a value, ties counting half, 0–100. NaN when there are no others.
    pub fn position(&self, value: f64) -> f64 {
        if value.is_nan() || self.points.len() < 2 {
            return f64::NAN;
        }
        let below = self.points.partition_point(|p| *p < value);
        let ties = self.points.partition_point(|p| *p <= value) - below;
        let others = self.points.len() as f64 - 1.0;
        // Its own value is among those counted, unless it moved since.
        let rank = if ties == 0 { below as f64 - 0.5 } else { below as f64 + (ties as f64 - 1.0) / 2.0 };
        100.0 * rank.clamp(0.0, others) / others
    }
}

/// Populations by metric, segment and day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Positions {
    by_metric: HashMap<String, Vec<(u32, Day, Population)>>,
}

impl Positions {
    /// Keeps a population; one that is there already is replaced.
    pub fn insert(&mut self, metric: &str, segment: u32, day: Day, population: Population) {
        let list = self.by_metric.entry(metric.to_owned()).or_default();
        match list.binary_search_by_key(&(segment, day), |(s, d, _)| (*s, *d)) {
            Ok(at) => {
                if let Some(slot) = list.get_mut(at) {
                    slot.2 = population;
                }
            }
            Err(at) => list.insert(at, (segment, day, population)),
        }
    }

    /// Whether a metric's values were counted on this very day, in any segment.
    pub fn is_counted(&self, metric: &str, day: Day) -> bool {
        self.by_metric.get(metric).is_some_and(|list| list.iter().any(|(_, counted, _)| *counted == day))
    }

    /// Position of a value on a day, by the newest population up to then; NaN when there is none.
    fn position(&self, metric: &str, segment: u32, day: Day, value: f64) -> f64 {
        let Some(list) = self.by_metric.get(metric) else { return f64::NAN };
        let end = list.partition_point(|(s, d, _)| (*s, *d) <= (segment, day));
        match list.get(end.wrapping_sub(1)) {
            Some((s, d, population)) if *s == segment && day.0.saturating_sub(d.0) <= AGE_DAYS_MAX => {
                population.position(value)
            }
            _ => f64::NAN,
        }
    }
}

/// Ids of the metrics whose values are ranked by others, each once.
pub fn ranked_metrics(metrics: &[Metric]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in metrics.iter().filter(|m| m.kind == super::Kind::Percentile).filter_map(|m| m.of.first()) {
        if !out.contains(part) {
            out.push(part.clone());
        }
    }
    out
}

impl Plan {
    /// The same plan with what positions are read from. Without it they are missing.
    #[must_use]
    pub fn with_positions(mut self, positions: std::sync::Arc<Positions>) -> Self {
        self.positions = positions;
        self
    }

    /// Whether any metric is a position.
    pub fn ranks(&self) -> bool {
        self.from.iter().any(|f| matches!(f, From::Percentile(_)))
    }

    pub(super) fn position(&self, part: usize, segment: u32, day: Day, value: f64) -> f64 {
        self.ids.get(part).map_or(f64::NAN, |id| self.positions.position(id, segment, day, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_equal_their_definition(values in prop::collection::vec(prop::option::of(0..8i32), 0..30)) {
            let numbers: Vec<f64> = values.iter().map(|v| v.map_or(f64::NAN, f64::from)).collect();
            let population = Population::of(numbers.clone());
            for (i, value) in numbers.iter().enumerate() {
                let others: Vec<f64> =
                    numbers.iter().enumerate().filter(|(j, v)| *j != i && !v.is_nan()).map(|(_, v)| *v).collect();
                let below = others.iter().filter(|o| *o < value).count() as f64;
                let ties = others.iter().filter(|o| *o == value).count() as f64;
                let got = population.position(*value);
                if value.is_nan() || others.is_empty() {
                    prop_assert!(got.is_nan());
                } else {
                    prop_assert!((got - 100.0 * (below + ties / 2.0) / others.len() as f64).abs() < 1e-9);
                }
            }
        }

        #[test]
        fn a_thinned_population_gives_nearly_the_same_positions(values in prop::collection::vec(0..100_000i32, 300..900)) {
            let numbers: Vec<f64> = values.iter().copied().map(f64::from).collect();
            let thinned = Population::of(numbers.clone());
            prop_assert_eq!(thinned.points().len(), POINTS_MAX);
            for value in &numbers {
                let below = numbers.iter().filter(|o| *o < value).count() as f64;
                let exact = 100.0 * below / (numbers.len() as f64 - 1.0);
                prop_assert!((thinned.position(*value) - exact).abs() < 1.0, "{} instead of {exact}", thinned.position(*value));
            }
        }
    }

    #[test]
    fn the_newest_population_up_to_the_day_counts_and_only_for_a_month() {
        let mut positions = Positions::default();
        let (gold, none) = (segment_code("gold"), segment_code(""));
        positions.insert("m", gold, Day(10), Population::of(vec![1.0, 2.0, 3.0]));
        positions.insert("m", gold, Day(20), Population::of(vec![1.0, 3.0, 5.0]));
        positions.insert("m", none, Day(20), Population::of(vec![9.0, 8.0]));
        let at = |segment, day| positions.position("m", segment, Day(day), 3.0);
        assert!(at(gold, 9).is_nan() && at(gold, 52).is_nan() && at(segment_code("silver"), 20).is_nan());
        assert_eq!(
            [at(gold, 10), at(gold, 19), at(gold, 20), at(gold, 51), at(none, 20)],
            [100.0, 100.0, 50.0, 50.0, 0.0]
        );
    }
}
