//! A curve from values to points, with how many customers have which value behind it.

use kizashi_domain::health::{Band, Bands};
use maud::{Markup, html};

use super::histogram::count_columns;
use super::{Scale, at, f};
use crate::parts::health::class;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 30.0;
/// Columns of the distribution.
const COLUMNS: usize = 32;
/// The tallest column takes this share of the height.
const COLUMNS_SHARE: f64 = 0.5;
/// Labels below the curve.
const LABELS_MAX: usize = 8;

/// A curve to draw. Its points are `(value, points)` in rising order of value.
pub struct Curve<'a> {
    /// What it shows, for those who do not see it.
    pub label: &'a str,
    /// The points.
    pub points: &'a [(f64, f64)],
    /// Values of customers today in rising order.
    pub values: &'a [f64],
    /// Where the bands begin.
    pub bands: Bands,
    /// How a value is written.
    pub show: &'a dyn Fn(f64) -> String,
    /// Prefix of the fields of its points, `c` for `c0.v`: a script lets the points be dragged.
    pub fields: &'a str,
    /// Values in the fields are a hundred times those of the curve.
    pub is_percent: bool,
    /// The name of a point for the script's handles.
    pub handle: &'a str,
}

/// The values shown: the curve's own, and the bulk of the customers'.
fn span(points: &[(f64, f64)], values: &[f64]) -> (f64, f64) {
    let own = || points.iter().map(|p| p.0);
    let bulk = |share: usize| values.get(values.len().saturating_sub(1) * share / 100).copied();
    let lo = own().chain(bulk(2)).fold(f64::INFINITY, f64::min);
    let hi = own().chain(bulk(98)).fold(f64::NEG_INFINITY, f64::max);
    if !lo.is_finite() || !hi.is_finite() {
        return (0.0, 1.0);
    }
    let pad = if hi > lo { (hi - lo) * 0.06 } else { 1.0 };
    (lo - pad, hi + pad)
}

/// Draws a [`Curve`].
pub fn curve(chart: &Curve<'_>) -> Markup {
    let span = span(chart.points, chart.values);
    let x = Scale { lo: span.0, hi: span.1, from: LEFT, to: WIDTH - RIGHT };
    let y = Scale { lo: 0.0, hi: 100.0, from: HEIGHT - BOTTOM, to: TOP };
    let scale = if chart.is_percent { 100.0 } else { 1.0 };
    // lo, hi of the values as the fields have them, then the drawn frame.
    let frame = format!("{} {} {LEFT} {} {TOP} {}", span.0 * scale, span.1 * scale, WIDTH - RIGHT, HEIGHT - BOTTOM);
    html! {
        svg.chart.curve viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(chart.label)
            data-curve=(chart.fields) data-frame=(frame) data-handle=(chart.handle) {
            (distribution(chart, span, x))
            @for (from, to, band) in [(0.0, chart.bands.amber_from, Band::Red), (chart.bands.amber_from, chart.bands.green_from, Band::Amber), (chart.bands.green_from, 100.0, Band::Green)] {
                rect class={ "band " (class(band)) } x=(at(LEFT)) y=(at(y.place(to))) width="4" height=(at((y.place(from) - y.place(to)).max(0.0))) {}
            }
            @for value in [0.0, 50.0, 100.0] {
                line class=(if value == 0.0 { "axis" } else { "grid" }) x1=(at(LEFT)) x2=(at(WIDTH - RIGHT)) y1=(at(y.place(value))) y2=(at(y.place(value))) {}
                text x=(at(LEFT - 6.0)) y=(at(y.place(value))) dy="4" text-anchor="end" { (value) }
            }
            path.line d=(path(chart.points, x, y)) {}
            @for (i, (value, points)) in chart.points.iter().enumerate() {
                circle.knot cx=(at(x.place(*value))) cy=(at(y.place(*points))) r="5" data-knot=(i) {}
            }
            @for value in labels(chart.points, x) {
                text x=(at(x.place(value))) y=(at(HEIGHT - 10.0)) text-anchor="middle" { ((chart.show)(value)) }
            }
        }
    }
}

fn distribution(chart: &Curve<'_>, span: (f64, f64), x: Scale) -> Markup {
    let counts = count_columns(chart.values, span, COLUMNS);
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let tall = |count: usize| f(count) / f(most) * (HEIGHT - TOP - BOTTOM) * COLUMNS_SHARE;
    let step = (x.to - x.from) / f(COLUMNS);
    html! {
        @for (i, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            rect.hist x=(at(f(i).mul_add(step, x.from) + 0.5)) y=(at(HEIGHT - BOTTOM - tall(*count).max(1.0)))
                width=(at(step - 1.0)) height=(at(tall(*count).max(1.0))) { title { (count) } }
        }
    }
}

/// Straight lines between the points, level outside.
fn path(points: &[(f64, f64)], x: Scale, y: Scale) -> String {
    let mut path = String::new();
    if let Some((_, first)) = points.first() {
        path.push_str(&format!("M{} {}", at(x.from), at(y.place(*first))));
    }
    for (value, points) in points {
        path.push_str(&format!("L{} {}", at(x.place(*value)), at(y.place(*points))));
    }
    if let Some((_, last)) = points.last() {
        path.push_str(&format!("L{} {}", at(x.to), at(y.place(*last))));
    }
    path
}

/// Values to write below: those of the points, as far as they do not collide.
fn labels(points: &[(f64, f64)], x: Scale) -> Vec<f64> {
    let apart = (x.to - x.from) / f(LABELS_MAX);
    let mut chosen: Vec<f64> = Vec::new();
    for (value, _) in points {
        if chosen.last().is_none_or(|last| x.place(*value) - x.place(*last) >= apart) {
            chosen.push(*value);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(points: &[(f64, f64)], values: &[f64]) -> String {
        curve(&Curve {
            label: "<b>",
            points,
            values,
            bands: Bands::default(),
            show: &|v| format!("{v}"),
            fields: "c",
            is_percent: false,
            handle: "p",
        })
        .into_string()
    }

    #[test]
    fn every_point_has_a_knot_and_every_value_a_place() {
        let text = draw(&[(0.0, 0.0), (1.0, 40.0), (1.0, 80.0)], &[0.1, 0.2, 0.9]);
        assert_eq!(text.matches("data-knot").count(), 3);
        assert_eq!(text.matches("class=\"hist\"").count(), 3);
        assert!(!text.contains("NaN") && !text.contains("<b>"));
        for odd in [draw(&[], &[]), draw(&[(5.0, 50.0)], &[]), draw(&[(5.0, 50.0)], &[5.0; 9])] {
            assert!(!odd.contains("NaN") && !odd.contains("inf"), "{odd}");
        }
    }
}
