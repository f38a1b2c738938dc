//! Shares of a whole, the largest first, and what they come to together: both on one axis of 0 to 100 %.

use maud::{Markup, html};

use super::{Scale, at, f};

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 38.0;
const RIGHT: f64 = 44.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 22.0;

/// A part of the whole.
pub struct Share<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its share, 0 to 1.
    pub share: f64,
    /// The share of this and all larger ones.
    pub cumulative: f64,
}

/// Draws the parts as columns and their sum as a line. `marks`: after how many parts a word stands. The numbers stand in a
/// table beside it.
pub fn shares(title: &str, summary: &str, parts: &[Share<'_>], marks: &[(usize, String)]) -> Markup {
    let x = Scale { lo: 0.0, hi: f(parts.len().max(1)), from: LEFT, to: WIDTH - RIGHT };
    let y = Scale { lo: 0.0, hi: 1.0, from: HEIGHT - BOTTOM, to: TOP };
    let mut path = format!("M{} {}", at(x.place(0.0)), at(y.place(0.0)));
    for (i, part) in parts.iter().enumerate() {
        path.push_str(&format!("L{} {}", at(x.place(f(i + 1))), at(y.place(part.cumulative))));
    }
    html! {
        figure.chart-box {
            svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label={ (title) " " (summary) } {
                @for value in [0.0, 0.5, 1.0] {
                    @let line = at(y.place(value));
                    line class=(if value <= 0.0 { "axis" } else { "grid" }) x1=(at(LEFT)) x2=(at(WIDTH - RIGHT)) y1=(line) y2=(line) {}
                    text x=(at(LEFT - 6.0)) y=(line) dy="4" text-anchor="end" { (format!("{:.0}%", value * 100.0)) }
                }
                @for (i, part) in parts.iter().enumerate() {
                    @let (left, right) = (x.place(f(i) + 0.14), x.place(f(i) + 0.86));
                    @let top = y.place(part.share);
                    rect.col x=(at(left)) y=(at(top)) width=(at((right - left).max(1.0))) height=(at((HEIGHT - BOTTOM - top).max(0.0))) {
                        title { (part.name) " " (format!("{:.1}%", part.share * 100.0)) }
                    }
                }
                @for (count, label) in marks {
                    @let place = at(x.place(f(*count)));
                    line.event-mark x1=(place) x2=(place) y1=(at(TOP)) y2=(at(HEIGHT - BOTTOM)) {}
                    text x=(place) y=(at(HEIGHT - 6.0)) text-anchor="middle" { (label) }
                }
                path.line.s2 d=(path) {}
                @if let Some(last) = parts.last() {
                    text.direct x=(at(x.place(f(parts.len())) + 5.0)) y=(at(y.place(last.cumulative))) dy="4" { (format!("{:.0}%", last.cumulative * 100.0)) }
                }
            }
            figcaption.small.faint { (summary) }
        }
    }
}
