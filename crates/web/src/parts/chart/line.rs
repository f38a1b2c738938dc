//! Lines over days.

use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::{Scale, at, f, round_up, runs};
use crate::words::Words;

const LEFT: f64 = 30.0;
const RIGHT: f64 = 56.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 18.0;
/// Up to this many days each closed day is shaded; beyond it only runs of three or more.
const SHADE_EACH_DAYS_MAX: usize = 100;
/// Rows of the table below the chart; longer series are shown by week.
const TABLE_ROWS_MAX: usize = 120;

/// One line: a value a day, `None` where nothing was measured.
pub struct Series<'a> {
    /// Its name, written at its end when there is more than one.
    pub name: &'a str,
    /// A value a day, oldest first.
    pub values: &'a [Option<f64>],
    /// As known then (dashed), beside the same as known now.
    pub is_then: bool,
}

/// Something that happened on a day: a vertical mark with a word.
pub struct Mark<'a> {
    /// Index of the day.
    pub index: usize,
    /// A short word.
    pub label: &'a str,
}

/// A line chart.
pub struct Line<'a> {
    /// What it shows.
    pub title: &'a str,
    /// One sentence for those who do not see it.
    pub summary: &'a str,
    /// First day.
    pub from: Day,
    /// Which days nobody works; as long as the series.
    pub closed: &'a [bool],
    /// The lines.
    pub series: &'a [Series<'a>],
    /// How a value is written, with its unit.
    pub show: &'a dyn Fn(f64) -> String,
    /// Fixed limits, such as 0–100 of a score; else 0 to a round number.
    pub limits: Option<(f64, f64)>,
    /// Limits between bands: (value, class).
    pub bands: &'a [(f64, &'static str)],
    /// Lowest and highest possible value a day, shaded.
    pub range: &'a [Option<(f64, f64)>],
    /// Marks.
    pub marks: &'a [Mark<'a>],
    /// Width and height in drawing units; one unit is a pixel on a wide screen.
    pub size: (f64, f64),
}

/// The value of a day if there is one that can be drawn.
fn known(values: &[Option<f64>], i: usize) -> Option<f64> {
    values.get(i).copied().flatten().filter(|v| v.is_finite())
}

/// The newest value and its place.
fn newest(values: &[Option<f64>]) -> Option<(usize, f64)> {
    (0..values.len()).rev().find_map(|i| Some((i, known(values, i)?)))
}

struct Frame {
    x: Scale,
    y: Scale,
    days: usize,
    width: f64,
    height: f64,
}

/// Draws a [`Line`] with its title and its table.
pub fn line(w: &Words, chart: &Line<'_>) -> Markup {
    let days = chart.series.iter().map(|s| s.values.len()).max().unwrap_or(0).max(1);
    let most = chart.series.iter().flat_map(|s| s.values.iter().flatten()).copied().fold(0.0, f64::max);
    let (lo, hi) = chart.limits.unwrap_or_else(|| (0.0, round_up(most)));
    let (width, height) = chart.size;
    let frame = Frame {
        x: Scale { lo: 0.0, hi: f(days.max(2) - 1), from: LEFT, to: width - RIGHT },
        y: Scale { lo, hi, from: height - BOTTOM, to: TOP },
        days,
        width,
        height,
    };
    let now = chart.series.iter().find(|s| !s.is_then).and_then(|s| newest(s.values));
    html! {
        figure.chart-box {
            h3 {
                (chart.title)
                @if let Some((i, value)) = now {
                    span.now {
                        ((chart.show)(value))
                        // Where the line ends before the chart does, the figure says of which day it is.
                        @if let (true, Ok(n)) = (i + 1 < days, i32::try_from(i)) { span.small.faint { " " (w.day_axis(chart.from.plus(n))) } }
                    }
                }
            }
            svg.chart viewBox={ "0 0 " (width) " " (height) } role="img" aria-label={ (chart.title) " " (chart.summary) } data-points=(points(w, chart)) {
                (backdrop(w, chart, &frame))
                (shaded_range(chart, &frame))
                @for (i, series) in chart.series.iter().enumerate() { (drawn(chart, series, i, &frame)) }
                line.cross visibility="hidden" x1="0" x2="0" y1=(at(TOP)) y2=(at(height - BOTTOM)) {}
            }
            (table(w, chart))
        }
    }
}

fn backdrop(w: &Words, chart: &Line<'_>, frame: &Frame) -> Markup {
    let (lo, hi) = (frame.y.lo, frame.y.hi);
    let (right, bottom) = (frame.x.to, frame.y.from);
    html! {
        @for (from, to) in shaded(chart.closed) {
            @let start = frame.x.place(f(from) - 0.5).max(LEFT);
            @let end = frame.x.place(f(to) + 0.5).min(right);
            rect.closed x=(at(start)) y=(at(TOP)) width=(at((end - start).max(0.5))) height=(at(bottom - TOP)) {}
        }
        @for value in [lo, f64::midpoint(lo, hi), hi] {
            @let y = at(frame.y.place(value));
            line class=(if value <= lo { "axis" } else { "grid" }) x1=(at(LEFT)) x2=(at(right)) y1=(y) y2=(y) {}
            text x=(at(LEFT - 5.0)) y=(y) dy="4" text-anchor="end" { (bare(&(chart.show)(value))) }
        }
        @for (value, class) in chart.bands {
            @let y = at(frame.y.place(*value));
            line class={ "band-" (class) } x1=(at(LEFT)) x2=(at(right)) y1=(y) y2=(y) {}
        }
        @for (index, label) in months(w, chart.from, frame.days) {
            @let x = at(frame.x.place(f(index)));
            line.grid x1=(x) x2=(x) y1=(at(bottom)) y2=(at(bottom + 4.0)) {}
            text x=(x) y=(at(frame.height - 4.0)) text-anchor="middle" { (label) }
        }
        @for mark in chart.marks {
            @let x = at(frame.x.place(f(mark.index)));
            line.event-mark x1=(x) x2=(x) y1=(at(TOP)) y2=(at(bottom)) {}
            text x=(x) y=(at(TOP - 3.0)) text-anchor=(if frame.x.place(f(mark.index)) > frame.width * 0.7 { "end" } else { "start" }) { (mark.label) }
        }
    }
}

/// The figure of a text without its unit word, for the axis, where the unit is known from the end of the line.
fn bare(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_digit() || ",.%+−-¥$".contains(c))).unwrap_or(text.len());
    text.get(..end).filter(|figure| !figure.is_empty()).unwrap_or(text)
}

fn shaded_range(chart: &Line<'_>, frame: &Frame) -> Markup {
    let present: Vec<(usize, f64, f64)> =
        chart.range.iter().enumerate().filter_map(|(i, r)| r.map(|(lo, hi)| (i, lo, hi))).collect();
    let mut path = String::new();
    for run in present.chunk_by(|a, b| a.0 + 1 == b.0) {
        let upper = run.iter().map(|(i, _, hi)| (*i, *hi));
        let lower = run.iter().rev().map(|(i, lo, _)| (*i, *lo));
        for (n, (i, value)) in upper.chain(lower).enumerate() {
            path.push_str(&format!(
                "{}{} {}",
                if n == 0 { 'M' } else { 'L' },
                at(frame.x.place(f(i))),
                at(frame.y.place(value))
            ));
        }
        path.push('Z');
    }
    html! { @if !path.is_empty() { path.range d=(path) {} } }
}

fn drawn(chart: &Line<'_>, series: &Series<'_>, order: usize, frame: &Frame) -> Markup {
    let mut path = String::new();
    for (start, run) in runs(series.values) {
        for (i, value) in run.iter().enumerate() {
            let (x, y) = (frame.x.place(f(start + i)), frame.y.place(*value));
            path.push_str(&format!("{}{} {}", if i == 0 { 'M' } else { 'L' }, at(x), at(y)));
        }
        if run.len() == 1 {
            path.push_str("h.1");
        }
    }
    let last = series.values.iter().enumerate().rev().find_map(|(i, v)| v.filter(|v| v.is_finite()).map(|v| (i, v)));
    let class = if series.is_then { "line then".to_owned() } else { format!("line s{}", order + 1) };
    html! {
        path class=(class) d=(path) {}
        @if let Some((i, value)) = last {
            @let (x, y) = (frame.x.place(f(i)), frame.y.place(value));
            @if !series.is_then { circle.dot cx=(at(x)) cy=(at(y)) r="2.6" {} }
            text.direct x=(at(x + 6.0)) y=(at(y)) dy="4" {
                @if chart.series.len() > 1 { (series.name) " " }
                ((chart.show)(value))
            }
        }
    }
}

/// Runs of closed days to shade, first and last index included.
fn shaded(closed: &[bool]) -> Vec<(usize, usize)> {
    let least = if closed.len() <= SHADE_EACH_DAYS_MAX { 1 } else { 3 };
    let indexed: Vec<(usize, bool)> = closed.iter().copied().enumerate().collect();
    indexed
        .chunk_by(|a, b| a.1 == b.1)
        .filter(|run| run.len() >= least && run.first().is_some_and(|(_, is_closed)| *is_closed))
        .filter_map(|run| Some((run.first()?.0, run.last()?.0)))
        .collect()
}

/// Where months start, thinned so that the words do not collide.
fn months(w: &Words, from: Day, days: usize) -> Vec<(usize, String)> {
    let starts: Vec<usize> = (0..days).filter(|i| i32::try_from(*i).is_ok_and(|n| from.plus(n).ymd().2 == 1)).collect();
    let step = starts.len().div_ceil(7).max(1);
    starts.into_iter().step_by(step).filter_map(|i| Some((i, w.day_axis(from.plus(i32::try_from(i).ok()?))))).collect()
}

fn points(w: &Words, chart: &Line<'_>) -> String {
    let days = chart.series.iter().map(|s| s.values.len()).max().unwrap_or(0);
    let x = Scale { lo: 0.0, hi: f(days.max(2) - 1), from: LEFT, to: chart.size.0 - RIGHT };
    let said: Vec<(f64, String)> =
        (0..days).map(|i| ((x.place(f(i)) * 10.0).round() / 10.0, words_of(w, chart, i))).collect();
    serde_json::to_string(&said).unwrap_or_default()
}

fn words_of(w: &Words, chart: &Line<'_>, i: usize) -> String {
    let mut said = i32::try_from(i).map(|n| w.day(chart.from.plus(n), chart.from.plus(n))).unwrap_or_default();
    for series in chart.series {
        let value = known(series.values, i);
        said.push(' ');
        if chart.series.len() > 1 {
            said.push_str(series.name);
            said.push(' ');
        }
        said.push_str(&value.map_or_else(|| w.t("chart-gap"), |v| (chart.show)(v)));
    }
    said
}

/// The same numbers as text, folded; a long series by week, newest first.
fn table(w: &Words, chart: &Line<'_>) -> Markup {
    let days = chart.series.iter().map(|s| s.values.len()).max().unwrap_or(0);
    let step = if days > TABLE_ROWS_MAX { 7 } else { 1 };
    html! {
        details {
            summary { (w.t("chart-table")) }
            div.scroll tabindex="0" role="region" aria-label=(chart.title) {
                table.small {
                    thead { tr {
                        th scope="col" { (w.t("chart-day")) }
                        @for series in chart.series { th.num scope="col" { (series.name) } }
                    } }
                    tbody {
                        @for i in (0..days).rev().step_by(step) {
                            tr {
                                th scope="row" { @if let Ok(n) = i32::try_from(i) { (w.day_year(chart.from.plus(n))) } }
                                @for series in chart.series {
                                    td.num { (known(series.values, i).map_or_else(|| w.t("chart-gap"), |v| (chart.show)(v))) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
