//! A health model: groups of measures, each a metric with a curve and a weight.

use serde::{Deserialize, Serialize};

use crate::customers::{Audience, Profile};
use crate::lang::Text;
use crate::time::Day;

/// A colour of health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// 赤.
    Red,
    /// 黄.
    Amber,
    /// 緑.
    Green,
    /// 判定不能: too little is measured to say.
    Unknown,
}

impl Band {
    /// Mark and word, never colour alone.
    pub const fn label(self, lang: crate::lang::Lang) -> &'static str {
        match (self, lang) {
            (Self::Red, crate::lang::Lang::Ja) => "■ 赤",
            (Self::Amber, crate::lang::Lang::Ja) => "▲ 黄",
            (Self::Green, crate::lang::Lang::Ja) => "● 緑",
            (Self::Unknown, crate::lang::Lang::Ja) => "◇ 判定不能",
            (Self::Red, crate::lang::Lang::En) => "■ Red",
            (Self::Amber, crate::lang::Lang::En) => "▲ Amber",
            (Self::Green, crate::lang::Lang::En) => "● Green",
            (Self::Unknown, crate::lang::Lang::En) => "◇ Not judged",
        }
    }
}

/// Where the bands begin: `[0, amber_from)` red, `[amber_from, green_from)` amber, `[green_from, 100]` green.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// The first amber point.
    pub amber_from: f64,
    /// The first green point.
    pub green_from: f64,
}

impl Default for Bands {
    fn default() -> Self {
        Self { amber_from: 40.0, green_from: 70.0 }
    }
}

impl Bands {
    /// The band of a number of points.
    pub fn of(&self, points: f64) -> Band {
        if points < self.amber_from {
            Band::Red
        } else if points < self.green_from {
            Band::Amber
        } else {
            Band::Green
        }
    }
}

/// What a value outside of the curve means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// The nearest end of the curve.
    #[default]
    Clamp,
    /// The measure does not count.
    Exclude,
}

/// How an unmeasured measure is treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingRule {
    /// It does not count; its weight is shared out inside its group.
    #[default]
    Exclude,
    /// It counts with the lowest points of its curve.
    Worst,
    /// It counts as if this value had been measured.
    Value(f64),
    /// A stale value counts for so many days, then it is excluded.
    HoldDays(u32),
}

/// A curve that holds from an age as a customer on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgedCurve {
    /// From this age on.
    pub age_days_from: u32,
    /// (value, points) in rising order of value.
    pub curve: Vec<(f64, f64)>,
}

/// A metric inside a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Id of the metric; once in a model.
    pub metric: String,
    /// (value, points 0–100) in rising order of value, straight lines between; two points with one value are a step.
    pub curve: Vec<(f64, f64)>,
    /// Other curves by age as a customer; the last that has begun holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_age: Vec<AgedCurve>,
    /// What a value outside of the curve means.
    #[serde(default)]
    pub outside: Outside,
    /// Weight inside its group: any number from 0.
    #[serde(default = "one")]
    pub weight: f64,
    /// What happens when it is not measured.
    #[serde(default)]
    pub missing: MissingRule,
}

const fn one() -> f64 {
    1.0
}

impl Measure {
    /// The curve that holds at an age.
    pub fn curve_at(&self, age_days: Option<u32>) -> &[(f64, f64)] {
        let aged = self.by_age.iter().rfind(|c| age_days.is_some_and(|a| a >= c.age_days_from));
        aged.map_or(&self.curve, |c| &c.curve)
    }

    /// The points of a value; `None` when it lies outside and outside does not count.
    pub fn points(&self, value: f64, age_days: Option<u32>) -> Option<f64> {
        let curve = self.curve_at(age_days);
        let (first, last) = (curve.first()?, curve.last()?);
        if value.is_nan() || (self.outside == Outside::Exclude && (value < first.0 || value > last.0)) {
            return None;
        }
        if value >= last.0 {
            return Some(last.1);
        }
        // The last knot at or below the value, so that a step takes its upper side.
        let above = curve.partition_point(|k| k.0 <= value);
        match (above.checked_sub(1).and_then(|i| curve.get(i)), curve.get(above)) {
            (Some(a), Some(b)) => Some(a.1 + (b.1 - a.1) * ((value - a.0) / (b.0 - a.0))),
            _ => Some(first.1),
        }
    }

    /// The lowest and highest points that any value can bring.
    pub fn reach(&self, age_days: Option<u32>) -> (f64, f64) {
        if self.outside == Outside::Exclude {
            // A value outside takes the mean of the others, which may be anything.
            return (0.0, 100.0);
        }
        let points = self.curve_at(age_days).iter().map(|k| k.1);
        (points.clone().fold(100.0, f64::min), points.fold(0.0, f64::max))
    }
}

/// An axis: a group of measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Title: 利用, タッチ, 気持ち …
    pub title: Text,
    /// Weight of the group; the sum of its measures' weights when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Its measures.
    #[serde(rename = "measure", default)]
    pub measures: Vec<Measure>,
}

impl Group {
    /// The weight that counts.
    pub fn weight(&self) -> f64 {
        self.weight.unwrap_or_else(|| self.measures.iter().map(|m| m.weight).sum())
    }
}

/// "If this measure is red, the total is at most so much."
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Id of the metric.
    pub metric: String,
    /// The highest total.
    pub at_most: f64,
}

const fn half() -> f64 {
    0.5
}

/// A health model. Models form an ordered list; the first whose condition holds is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// For whom.
    #[serde(default, skip_serializing_if = "Audience::is_everyone")]
    pub when: Audience,
    /// Below this share of measured weight the verdict is 判定不能.
    #[serde(default = "half")]
    pub minimum_coverage: f64,
    /// Where the bands begin.
    #[serde(default)]
    pub bands: Bands,
    /// Its axes.
    #[serde(rename = "group", default)]
    pub groups: Vec<Group>,
    /// Caps, in order.
    #[serde(rename = "cap", default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<Cap>,
}

impl Model {
    /// Its measures with their groups.
    pub fn measures(&self) -> impl Iterator<Item = (&Group, &Measure)> {
        self.groups.iter().flat_map(|g| g.measures.iter().map(move |m| (g, m)))
    }

    /// The measure of a metric.
    pub fn measure(&self, metric: &str) -> Option<&Measure> {
        self.measures().map(|(_, m)| m).find(|m| m.metric == metric)
    }
}

/// The model for a customer on a day.
pub fn choose<'a>(models: &'a [Model], profile: &Profile, day: Day) -> Option<&'a Model> {
    models.iter().find(|m| m.when.holds(profile, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(curve: &[(f64, f64)], outside: Outside) -> Measure {
        Measure {
            metric: "m".into(),
            curve: curve.to_vec(),
            by_age: vec![AgedCurve { age_days_from: 100, curve: vec![(0.0, 50.0)] }],
            outside,
            weight: 1.0,
            missing: MissingRule::Exclude,
        }
    }

    #[test]
    fn a_curve_has_lines_steps_ends_and_ages() {
        let m = measure(&[(0.0, 0.0), (10.0, 50.0), (10.0, 80.0), (20.0, 100.0)], Outside::Clamp);
        for (value, points) in
            [(-5.0, 0.0), (0.0, 0.0), (5.0, 25.0), (9.999, 49.995), (10.0, 80.0), (15.0, 90.0), (99.0, 100.0)]
        {
            let got = m.points(value, Some(3)).unwrap();
            assert!((got - points).abs() < 1e-9, "{value}: {got} instead of {points}");
        }
        assert_eq!(m.points(f64::NAN, None), None);
        assert_eq!(m.points(5.0, Some(100)), Some(50.0));
        assert_eq!(m.reach(None), (0.0, 100.0));
        let bounded = measure(&[(0.0, 10.0), (1.0, 20.0)], Outside::Exclude);
        assert_eq!(bounded.points(1.5, None), None);
        assert_eq!(bounded.points(1.0, None), Some(20.0));
    }

    #[test]
    fn bands_are_closed_below() {
        let b = Bands::default();
        assert_eq!(
            [b.of(0.0), b.of(39.99), b.of(40.0), b.of(69.9), b.of(70.0), b.of(100.0)],
            [Band::Red, Band::Red, Band::Amber, Band::Amber, Band::Green, Band::Green]
        );
    }
}
