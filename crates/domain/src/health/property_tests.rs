//! What must hold for every model and all data.

use proptest::prelude::*;

use super::*;
use crate::customers::Audience;
use crate::lang::{Lang, Text};
use crate::measure::{Kind, Metric, Reading, State};
use crate::time::Day;

const DAY: Day = Day(20_000);
const MEASURES: usize = 7;

fn metrics() -> Vec<Metric> {
    (0..MEASURES).map(|i| Metric::new(&format!("m{i}"), Kind::Count)).collect()
}

fn rising_curve() -> impl Strategy<Value = Vec<(f64, f64)>> {
    (prop::collection::vec(0..100i32, 1..5), prop::collection::vec(0..=100i32, 5)).prop_map(
        |(mut values, mut points)| {
            values.sort_unstable();
            points.sort_unstable();
            values.iter().zip(points).map(|(v, p)| (f64::from(*v), f64::from(p))).collect()
        },
    )
}

fn any_curve() -> impl Strategy<Value = Vec<(f64, f64)>> {
    (prop::collection::vec(0..100i32, 1..5), prop::collection::vec(0..=100i32, 5)).prop_map(|(mut values, points)| {
        values.sort_unstable();
        values.iter().zip(points).map(|(v, p)| (f64::from(*v), f64::from(p))).collect()
    })
}

fn missing_rule() -> impl Strategy<Value = MissingRule> {
    prop_oneof![
        3 => Just(MissingRule::Exclude),
        1 => Just(MissingRule::Worst),
        1 => (0..100i32).prop_map(|v| MissingRule::Value(f64::from(v))),
        1 => (0..60u32).prop_map(MissingRule::HoldDays),
    ]
}

fn measure(rising: bool) -> impl Strategy<Value = Measure> {
    let curve = if rising { rising_curve().boxed() } else { any_curve().boxed() };
    let outside = if rising {
        Just(Outside::Clamp).boxed()
    } else {
        prop_oneof![3 => Just(Outside::Clamp), 1 => Just(Outside::Exclude)].boxed()
    };
    (curve, outside, 0..10u32, missing_rule()).prop_map(|(curve, outside, weight, missing)| Measure {
        metric: String::new(),
        curve,
        by_age: Vec::new(),
        outside,
        weight: f64::from(weight) / 3.0,
        missing,
    })
}

fn model(rising: bool) -> impl Strategy<Value = Model> {
    let measures = prop::collection::vec(measure(rising), MEASURES);
    let weights = prop::collection::vec(prop::option::of(0..9u32), 3);
    let caps = prop::collection::vec((0..MEASURES, 0..100u32), 0..3);
    (measures, weights, caps).prop_map(|(mut measures, weights, caps)| {
        for (i, m) in measures.iter_mut().enumerate() {
            m.metric = format!("m{i}");
        }
        let mut groups: Vec<Group> = weights
            .into_iter()
            .enumerate()
            .map(|(i, w)| Group {
                id: format!("g{i}"),
                title: Text::default(),
                weight: w.map(f64::from),
                measures: Vec::new(),
            })
            .collect();
        for (i, m) in measures.into_iter().enumerate() {
            groups[i % 3].measures.push(m);
        }
        Model {
            id: "model".into(),
            title: Text::default(),
            when: Audience::default(),
            minimum_coverage: 0.5,
            bands: Bands::default(),
            groups,
            caps: caps.into_iter().map(|(m, most)| Cap { metric: format!("m{m}"), at_most: f64::from(most) }).collect(),
        }
    })
}

fn reading() -> impl Strategy<Value = Reading> {
    let value = (-10..120i32).prop_map(f64::from);
    prop_oneof![
        5 => value.clone().prop_map(|v| Reading::measured(v, DAY)),
        2 => (value, 1..80u32).prop_map(|(v, age_days)| Reading::of(Some(v), State::Stale { age_days }, DAY)),
        2 => Just(Reading::missing(DAY)),
        1 => Just(Reading::of(None, State::NotApplicable, DAY)),
    ]
}

fn readings() -> impl Strategy<Value = Vec<Reading>> {
    prop::collection::vec(reading(), MEASURES)
}

fn sum(verdict: &Verdict) -> i32 {
    verdict.lines.iter().map(|l| l.points).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn contributions_add_up(model in model(false), readings in readings(), word in prop::option::of(0..=100i32)) {
        let verdict = judge(&model, &metrics(), &readings, None);
        prop_assert_eq!(sum(&verdict), verdict.points);
        prop_assert!((0..=100).contains(&verdict.points));
        prop_assert!((0.0..=1.0).contains(&verdict.coverage));
        let possible: i32 = verdict.lines.iter().map(|l| l.points_possible).sum();
        let counts = verdict.lines.iter().any(|l| l.share > 0.0);
        prop_assert_eq!(possible, if counts { 100 } else { 0 });
        for line in verdict.measures() {
            prop_assert!(line.score.is_some() || line.points == 0, "what does not count brings nothing");
        }
        let word = Override { points: word, band: None, reason: "r".into(), author: "a".into(), until: DAY };
        let laid = lay_over(verdict.clone(), &word, DAY);
        prop_assert_eq!(sum(&laid), laid.points);
        prop_assert_eq!(laid.computed, verdict.points);
        prop_assert_eq!(&lay_over(verdict.clone(), &word, DAY.plus(1)), &verdict);
        let json = serde_json::to_string(&laid).unwrap();
        let back: Verdict = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(back.points, laid.points);
        prop_assert_eq!(back.lines.len(), laid.lines.len());
    }

    #[test]
    fn points_alone_are_those_of_the_verdict(
        mut model in model(false), readings in readings(), least in prop_oneof![Just(0.0), Just(0.5), Just(0.9)],
    ) {
        model.minimum_coverage = least;
        let verdict = judge(&model, &metrics(), &readings, Some(40));
        prop_assert_eq!(judge_points(&model, &metrics(), &readings, Some(40)), verdict.shown());
    }

    #[test]
    fn the_range_holds_whatever_comes(
        model in model(false),
        readings in readings(),
        later in prop::collection::vec(-20..130i32, MEASURES),
    ) {
        let verdict = judge(&model, &metrics(), &readings, None);
        let filled: Vec<Reading> = readings
            .iter()
            .zip(later)
            .map(|(r, v)| match r.state {
                State::Missing | State::Stale { .. } => Reading::measured(f64::from(v), DAY),
                _ => *r,
            })
            .collect();
        let then = judge(&model, &metrics(), &filled, None);
        // With nothing that counts there is no score to hold.
        if then.lines.iter().any(|l| l.share > 0.0) {
            let (low, high) = verdict.range;
            prop_assert!((low..=high).contains(&then.points), "{} outside of {low}..={high}", then.points);
        }
        prop_assert!(then.coverage >= verdict.coverage - 1e-9 || model.measures().any(|(_, m)| m.outside == Outside::Exclude));
    }

    #[test]
    fn a_better_value_is_never_worse(
        model in model(true),
        readings in readings(),
        which in 0..MEASURES,
        more in 1..60i32,
    ) {
        prop_assume!(readings[which].fresh().is_some());
        let before = judge(&model, &metrics(), &readings, None);
        let mut better = readings.clone();
        better[which].value = readings[which].value.map(|v| v + f64::from(more));
        let after = judge(&model, &metrics(), &better, None);
        prop_assert!(after.points >= before.points, "{} after {}", after.points, before.points);
        prop_assert!(after.range.0 >= before.range.0 && after.range.1 >= before.range.1);
    }

    #[test]
    fn a_difference_splits_exactly(
        old in model(false),
        new in model(false),
        before in readings(),
        after in readings(),
        (settings, moved, parted) in any::<(bool, bool, bool)>(),
        words in (prop::option::of(0..=100i32), prop::option::of(0..=100i32)),
    ) {
        let over = |v: Verdict, points| {
            lay_over(v, &Override { points, band: None, reason: String::new(), author: String::new(), until: DAY }, DAY)
        };
        let first = over(judge(&old, &metrics(), &before, None), words.0);
        let kept = judge(&old, &metrics(), &after, None);
        // Its age may bring another model under the same settings.
        let next = Model { id: "next".into(), ..new.clone() };
        let middle = if moved { judge(&next, &metrics(), &after, None) } else { kept.clone() };
        let last = over(if settings { judge(&new, &metrics(), &after, None) } else { middle.clone() }, words.1);
        let change = explain(&first, &last, Between {
            old_model: (moved && parted).then_some(&kept),
            old_settings: settings.then_some(&middle),
        });
        prop_assert_eq!(change.total, last.points - first.points);
        prop_assert_eq!(change.customer + change.data + change.overridden + change.model + change.settings, change.total);
        prop_assert_eq!(change.lines.iter().map(|l| l.points).sum::<i32>(), change.total);
        if !settings {
            prop_assert_eq!(change.settings, 0);
        }
        if !moved {
            prop_assert_eq!(change.model, 0);
        }
        if words.0.is_none() && words.1.is_none() {
            prop_assert_eq!(change.overridden, 0);
        }
        if before.iter().zip(&after).all(|(b, a)| b.state == a.state && b.value == a.value) {
            prop_assert_eq!((change.customer, change.data), (0, 0));
        }
        let measured = |r: &[Reading]| r.iter().all(|r| r.state.is_measured());
        let clamps = old.measures().all(|(_, m)| m.outside == Outside::Clamp);
        if measured(&before) && measured(&after) && clamps {
            prop_assert_eq!(change.data, 0, "all was measured on both days");
        }
        // The sentences can be made from anything.
        let words = Glossary { metrics: &metrics(), models: &[old, new] };
        for lang in [Lang::Ja, Lang::En] {
            let text = sentence(&last, Some(&change), &words, lang);
            let applicable = last.applicable.to_string();
            prop_assert!(text.contains(&applicable), "the coverage is told");
            prop_assert!(!short_sentence(&last, Some(&change), &words, lang).is_empty());
        }
    }
}
