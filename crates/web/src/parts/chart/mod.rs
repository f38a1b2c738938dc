//! Charts drawn on the server as SVG: direct labels, few lines, gaps drawn as gaps, the numbers in a table below.

mod bar;
mod curve;
mod flow;
mod histogram;
mod line;
mod shares;
mod spark;
#[cfg(test)]
mod tests;

pub use bar::{Columns, columns, contribution};
pub use curve::{Curve, curve};
pub use flow::{Flow, FlowBox, Shape, flow};
pub use histogram::{Histogram, histograms};
pub use line::{Line, Mark, Series, line};
pub use shares::{Share, shares};
pub use spark::spark;

/// A coordinate with at most one decimal: charts of a hundred rows stay small.
fn at(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded.fract() == 0.0 { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// Runs of measured values: `(index of the first, values)`. What lies between runs is a gap and stays one.
fn runs(values: &[Option<f64>]) -> Vec<(usize, Vec<f64>)> {
    let mut found: Vec<(usize, Vec<f64>)> = vec![];
    let mut is_open = false;
    for (i, value) in values.iter().enumerate() {
        match value.filter(|v| v.is_finite()) {
            Some(v) => {
                match found.last_mut().filter(|_| is_open) {
                    Some((_, run)) => run.push(v),
                    None => found.push((i, vec![v])),
                }
                is_open = true;
            }
            None => is_open = false,
        }
    }
    found
}

/// An index or count as a coordinate. Charts have far fewer points than f64 has integers.
#[allow(clippy::cast_precision_loss)]
const fn f(n: usize) -> f64 {
    n as f64
}

/// A scale of numbers onto a length, low to high.
#[derive(Clone, Copy, Debug)]
struct Scale {
    lo: f64,
    hi: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn place(self, value: f64) -> f64 {
        let span = self.hi - self.lo;
        let share = if span == 0.0 { 0.5 } else { ((value - self.lo) / span).clamp(0.0, 1.0) };
        self.from + share * (self.to - self.from)
    }
}

/// A round number at or above: 1, 2, 2.5, 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 2.5, 4.0, 5.0, 8.0, 10.0]
        .into_iter()
        .map(|n| n * power)
        .find(|n| *n >= value * 0.999_999)
        .unwrap_or(value)
}
