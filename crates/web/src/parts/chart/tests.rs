use proptest::prelude::*;

use super::*;
use crate::words::{Lang, Words};
use kizashi_domain::health::Band;
use kizashi_domain::time::Day;

proptest! {
    #[test]
    fn runs_hold_every_measured_value_at_its_place_and_never_bridge_a_gap(
        values in proptest::collection::vec(proptest::option::of(-1e6..1e6_f64), 0..60)
    ) {
        let mut again = vec![None; values.len()];
        let found = runs(&values);
        for (start, run) in &found {
            for (i, value) in run.iter().enumerate() {
                again[start + i] = Some(*value);
            }
        }
        prop_assert_eq!(again, values);
        for pair in found.windows(2) {
            prop_assert!(pair[0].0 + pair[0].1.len() < pair[1].0, "two runs touch");
        }
    }

    #[test]
    fn a_round_limit_is_never_below_and_not_far_above(value in 1e-3..1e9_f64) {
        let limit = round_up(value);
        prop_assert!(limit >= value * 0.999_99 && limit <= value * 2.5);
    }

    #[test]
    fn odd_numbers_never_break_a_drawing(
        values in proptest::collection::vec(proptest::option::of(proptest::num::f64::ANY), 0..40)
    ) {
        let w = Words::plain(Lang::Ja);
        let drawn = line(&w, &Line {
            title: "t", summary: "", from: Day(20_000), closed: &[], show: &|v: f64| v.to_string(), limits: Some((0.0, 100.0)),
            series: &[Series { name: "a", values: &values, is_then: false }], bands: &[], range: &[], marks: &[],
            size: (500.0, 150.0),
        }).into_string() + &spark(&values, Band::Red, "").into_string();
        prop_assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
    }
}

#[test]
fn a_name_with_markup_stays_text_inside_a_chart() {
    let w = Words::plain(Lang::En);
    let values = [Some(1.0), Some(2.0)];
    let drawn = line(
        &w,
        &Line {
            title: "<script>alert(1)</script>",
            summary: "\"><img src=x>",
            from: Day(20_000),
            closed: &[false, true],
            show: &|v: f64| v.to_string(),
            limits: None,
            series: &[Series { name: "</svg>&'\"", values: &values, is_then: false }],
            bands: &[],
            range: &[],
            marks: &[],
            size: (500.0, 150.0),
        },
    )
    .into_string();
    assert!(!drawn.contains("<script") && !drawn.contains("<img") && !drawn.contains("</svg>&"));
}
