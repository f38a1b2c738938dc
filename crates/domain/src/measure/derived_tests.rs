//! Metrics that are computed from others, and positions, against their definitions.

use proptest::prelude::*;

use super::oracle_tests::{BASE, Columns, Event, event, is_open, is_regular, metric, naive, names, same};
use super::*;
use crate::time::Day;

/// (a − usual) / usual, where usual is the median over the last twelve weeks before the window, weeks with too few
/// regular business days left out.
fn naive_against_usual(metric: &Metric, events: &[Event], day: i32) -> f64 {
    let (window, offset) = (metric.window_days.unwrap() as i32, metric.offset_days as i32);
    let comparable = |end: i32| {
        let open = (end - window + 1..=end).filter(|d| is_regular(*d)).count();
        open as f64 >= (f64::from(window) * 5.0 / 7.0 * 0.7).floor()
    };
    let end = day - offset;
    let mut usual: Vec<f64> = (0..12)
        .map(|week| end - window - 7 * week)
        .filter(|e| comparable(*e))
        .map(|e| naive(metric, events, e + offset, None))
        .filter(|v| !v.is_nan())
        .collect();
    if usual.len() < 4 || !comparable(end) {
        return f64::NAN;
    }
    usual.sort_by(f64::total_cmp);
    let median = f64::midpoint(usual[(usual.len() - 1) / 2], usual[usual.len() / 2]);
    if median == 0.0 { f64::NAN } else { (naive(metric, events, day, None) - median) / median }
}

fn divide(a: f64, b: f64) -> f64 {
    if b == 0.0 { f64::NAN } else { a / b }
}

/// Metrics over `a`, `b` and the figure `seats`; derived ones first, since the order in the pack does not matter.
fn derived_from(a: &Metric, b: &Metric) -> [Metric; 10] {
    let of = |id: &str, kind, of: &[&str]| Metric {
        of: of.iter().map(|s| (*s).to_owned()).collect(),
        ..Metric::new(id, kind)
    };
    let attribute =
        |id: &str, kind, offset_days| Metric { attribute: Some("seats".into()), offset_days, ..Metric::new(id, kind) };
    [
        of("nested", Kind::Ratio, &["change", "ratio"]),
        of("ratio", Kind::Ratio, &["a", "b"]),
        of("change", Kind::Change, &["a", "b"]),
        Metric { against: Against::Baseline, ..of("usual", Kind::Change, &["a"]) },
        a.clone(),
        b.clone(),
        attribute("seats", Kind::Attribute, 0),
        attribute("seats_before", Kind::Attribute, 30),
        attribute("left", Kind::DaysUntil, 0),
        attribute("gone", Kind::DaysSince, 0),
    ]
}

/// The latest of the (from, days late, value) that was true on a day and known by another.
fn seats_on(seats: &[(i32, i32, i32)], day: i32, known: Option<i32>) -> f64 {
    let versions = seats.iter().filter(|(f, late, _)| BASE + f <= day && known.is_none_or(|k| BASE + f + late <= k));
    versions.max_by_key(|(f, late, v)| (*f, *late, *v)).map_or(f64::NAN, |s| f64::from(s.2))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn derived_metrics_equal_their_definitions(
        events in prop::collection::vec(event(), 0..200),
        a in metric(),
        b in metric(),
        from in 100..250i32,
        seats in prop::collection::vec((0..260i32, 0..60i32, 0..20i32), 0..6),
        known in prop::option::of(60..300i32),
    ) {
        let (mut a, mut b) = (a, b);
        a.id = "a".into();
        b.id = "b".into();
        a.window_days = a.window_days.or(Some(14));
        let metrics = derived_from(&a, &b);
        let dated = seats.iter().map(|(from, late, value)| Dated {
            name: "seats".into(),
            from: Day(BASE + from),
            known: Day(BASE + from + late),
            value: f64::from(*value),
        });
        let attributes = Attributes::new(dated.collect());
        let columns = Columns::new(&events);
        let customer = columns.events(false);
        let plan = Plan::compile(&metrics, &names());
        let workdays = WorkDays::new(Day(BASE - 400), Day(BASE + 400), &is_open);
        let from = BASE + from;
        let known = known.map(|k| BASE + k);
        let facts = |known: Option<i32>| Facts {
            events: &customer,
            attributes: &attributes,
            workdays: &workdays,
            known_day: known.map(Day),
            alive_through: &[],
        };
        let mut series = Series::default();
        plan.series(Day(from), Day(from + 20), &facts(None), &mut Scratch::default(), &mut series);
        let mut as_known = Series::default();
        plan.series(Day(from), Day(from + 20), &facts(known), &mut Scratch::default(), &mut as_known);
        for day in from..=from + 20 {
            let (x, y) = (naive(&a, &events, day, None), naive(&b, &events, day, None));
            let (ratio, change) = (divide(x, y), divide(x - y, y));
            let seats_on = |day: i32, known: Option<i32>| seats_on(&seats, day, known);
            let expected = [
                divide(change, ratio),
                ratio,
                change,
                naive_against_usual(&a, &events, day),
                x,
                y,
                seats_on(day, None),
                seats_on(day - 30, None),
                seats_on(day, None) - f64::from(day),
                f64::from(day) - seats_on(day, None),
            ];
            for (m, expected) in expected.into_iter().enumerate() {
                let got = series.value(m, Day(day)).unwrap_or(f64::NAN);
                prop_assert!(same(got, expected), "{} on {day}: {got}, by definition {expected}", metrics[m].id);
            }
            let got = as_known.value(6, Day(day)).unwrap_or(f64::NAN);
            prop_assert!(same(got, seats_on(day, known)), "seats on {day} as known on {known:?}: {got}");
        }
    }
}
