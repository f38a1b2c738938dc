//! A line of ninety days as small as a word.

use maud::{Markup, html};

use super::{Scale, at, f, runs};
use kizashi_domain::health::Band;

use crate::parts::health::class;

const WIDTH: f64 = 84.0;
const HEIGHT: f64 = 22.0;
/// More points than pixels say nothing more.
const POINTS_MAX: usize = 46;

/// The least span of points over the height: a calm customer's line stays calm, a fall is seen.
const SPAN_POINTS_MIN: f64 = 36.0;

fn limits(values: &[Option<f64>]) -> (f64, f64) {
    let known = || values.iter().flatten().copied().filter(|v| v.is_finite());
    let (lo, hi) = (known().fold(100.0, f64::min), known().fold(0.0, f64::max));
    let (middle, half) = (f64::midpoint(lo, hi), ((hi - lo) / 2.0).max(SPAN_POINTS_MIN / 2.0));
    (middle - half, middle + half)
}

/// A sparkline of scores 0–100, newest last, with a dot of the present colour at its end. `words` say it in text.
pub fn spark(values: &[Option<f64>], band: Band, words: &str) -> Markup {
    let step = values.len().div_ceil(POINTS_MAX).max(1);
    // Counted from the newest, so that the last point is always drawn.
    let mut thin: Vec<Option<f64>> = values.iter().rev().step_by(step).copied().collect();
    thin.reverse();
    let x = Scale { lo: 0.0, hi: f(thin.len().max(2) - 1), from: 1.0, to: WIDTH - 3.0 };
    let (lo, hi) = limits(&thin);
    let y = Scale { lo, hi, from: HEIGHT - 2.0, to: 2.0 };
    let mut lines = String::new();
    for (start, run) in runs(&thin) {
        for (i, value) in run.iter().enumerate() {
            lines.push(if i == 0 { 'M' } else { 'L' });
            lines.push_str(&format!("{} {}", at(x.place(f(start + i))), at(y.place(*value))));
        }
        if run.len() == 1 {
            lines.push_str("h.1");
        }
    }
    let last = thin
        .last()
        .copied()
        .flatten()
        .filter(|v| v.is_finite())
        .map(|value| (at(x.place(f(thin.len() - 1))), at(y.place(value))));
    html! {
        svg.spark viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(words) {
            path.line d=(lines) {}
            @if let Some((cx, cy)) = last { circle class={ "dot " (class(band)) } cx=(cx) cy=(cy) r="2.2" {} }
        }
    }
}
