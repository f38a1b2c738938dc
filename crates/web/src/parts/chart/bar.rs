//! Bars: contributions that add up, and small columns.

use maud::{Markup, html};

use super::{Scale, at, f, round_up};
use kizashi_domain::health::Band;

use crate::parts::health::class;

/// A contribution: points got of points possible, both on the scale of the largest possible of its table.
///
/// `got` is `None` when the measure was not measured: a dashed outline, so that a gap does not look like a zero.
pub fn contribution(got: Option<f64>, possible: f64, largest: f64, band: Option<Band>) -> Markup {
    let scale = Scale { lo: 0.0, hi: if largest > 0.0 { largest } else { 1.0 }, from: 0.0, to: 200.0 };
    let class = band.map_or("", class);
    html! {
        svg.bars viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true" {
            @match got {
                Some(got) => {
                    rect.possible x="0" y="1" width=(at(scale.place(possible))) height="10" {}
                    rect class={ "got " (class) } x="0" y="1" width=(at(scale.place(got))) height="10" {}
                }
                None if possible <= 0.0 => {}
                None => rect.none x="0.5" y="1.5" width=(at((scale.place(possible) - 1.0).max(1.0))) height="9" {},
            }
        }
    }
}

/// Small columns, newest last.
pub struct Columns<'a> {
    /// What they count, for the label.
    pub title: &'a str,
    /// The values; `None` is a day without data.
    pub values: &'a [Option<f64>],
    /// Days on which nobody works, drawn fainter.
    pub closed: &'a [bool],
}

/// Draws [`Columns`].
pub fn columns(chart: &Columns<'_>) -> Markup {
    const WIDTH: f64 = 300.0;
    const HEIGHT: f64 = 48.0;
    let most = round_up(chart.values.iter().flatten().copied().fold(0.0, f64::max));
    let y = Scale { lo: 0.0, hi: most, from: 0.0, to: HEIGHT - 2.0 };
    let step = WIDTH / f(chart.values.len().max(1));
    html! {
        svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(chart.title) preserveAspectRatio="none" {
            line.axis x1="0" x2=(WIDTH) y1=(HEIGHT - 0.5) y2=(HEIGHT - 0.5) {}
            @for (i, value) in chart.values.iter().enumerate() {
                @if let Some(value) = value {
                    @let tall = y.place(*value);
                    rect class=(if chart.closed.get(i).copied().unwrap_or(false) { "col off" } else { "col" })
                        x=(at(f(i).mul_add(step, step * 0.15))) y=(at(HEIGHT - 1.0 - tall))
                        width=(at((step * 0.7).max(0.8))) height=(at(tall)) {}
                }
            }
        }
    }
}
