//! How many customers have which value: columns on a scale that several of them share.

use maud::{Markup, html};

use super::{Scale, at, f};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 84.0;
const SIDE: f64 = 8.0;
const BOTTOM: f64 = 20.0;
const COLUMNS: usize = 40;

/// One of them.
pub struct Histogram<'a> {
    /// What it shows.
    pub title: &'a str,
    /// The values in rising order.
    pub values: &'a [f64],
}

/// How many values lie in each column; values outside the span lie in none.
pub(super) fn count_columns(values: &[f64], (lo, hi): (f64, f64), columns: usize) -> Vec<usize> {
    let mut counts = vec![0; columns];
    for value in values.iter().filter(|v| (lo..=hi).contains(*v)) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let place = ((value - lo) / (hi - lo) * f(columns)) as usize;
        if let Some(count) = counts.get_mut(place.min(columns - 1)) {
            *count += 1;
        }
    }
    counts
}

/// From the least to the greatest value, without the outermost hundredth on either side: one odd customer must not press all
/// others into a single column.
fn span(charts: &[Histogram<'_>]) -> Option<(f64, f64)> {
    let at = |values: &[f64], share: usize| values.get(values.len().saturating_sub(1) * share / 100).copied();
    let lo = charts.iter().filter_map(|c| at(c.values, 1)).reduce(f64::min)?;
    let hi = charts.iter().filter_map(|c| at(c.values, 99)).reduce(f64::max)?;
    Some(if hi > lo { (lo, hi) } else { (lo - 0.5, hi + 0.5) })
}

/// Draws them below each other on one scale; nothing when nobody has a value.
pub fn histograms(charts: &[Histogram<'_>], show: &dyn Fn(f64) -> String) -> Markup {
    let Some(span) = span(charts) else { return html! {} };
    let x = Scale { lo: span.0, hi: span.1, from: SIDE, to: WIDTH - SIDE };
    let step = (x.to - x.from) / f(COLUMNS);
    let counts: Vec<Vec<usize>> = charts.iter().map(|c| count_columns(c.values, span, COLUMNS)).collect();
    let most = counts.iter().flatten().copied().max().unwrap_or(0).max(1);
    let tall = |count: usize| (f(count) / f(most) * (HEIGHT - BOTTOM)).max(1.0);
    html! {
        div.histograms {
            @for (chart, counts) in charts.iter().zip(&counts) {
                figure {
                    figcaption.small { (chart.title) }
                    svg.chart.histogram viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label={ (chart.title) " " (show(span.0)) "–" (show(span.1)) } {
                        line.axis x1=(at(SIDE)) x2=(at(WIDTH - SIDE)) y1=(at(HEIGHT - BOTTOM)) y2=(at(HEIGHT - BOTTOM)) {}
                        @for (i, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                            rect.hist x=(at(f(i).mul_add(step, x.from) + 0.5)) y=(at(HEIGHT - BOTTOM - tall(*count)))
                                width=(at(step - 1.0)) height=(at(tall(*count))) { title { (count) } }
                        }
                        text x=(at(SIDE)) y=(at(HEIGHT - 5.0)) { (show(span.0)) }
                        text x=(at(WIDTH - SIDE)) y=(at(HEIGHT - 5.0)) text-anchor="end" { (show(span.1)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_stand_on_one_scale_and_odd_values_harm_nothing() {
        let values: Vec<f64> = (0..1_000).map(f64::from).collect();
        let show = |v: f64| format!("[{v}]");
        let two = [Histogram { title: "<a>", values: &values }, Histogram { title: "b", values: &[500.0] }];
        let text = histograms(&two, &show).into_string();
        assert_eq!(text.matches("[9]").count(), 4, "{text}");
        assert_eq!(text.matches("[989]").count(), 4, "{text}");
        assert!(!text.contains("<a>"));
        assert!(histograms(&[Histogram { title: "", values: &[] }], &show).into_string().is_empty());
        let one = histograms(&[Histogram { title: "", values: &[3.0; 5] }], &show).into_string();
        assert!(!one.contains("NaN") && one.matches("<rect").count() == 1, "{one}");
    }
}
