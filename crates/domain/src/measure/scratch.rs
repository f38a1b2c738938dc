//! Memory that the kernel keeps between customers, so that a run over many allocates nothing.

use super::kernel::Series;
use super::source::CustomerEvents;
use crate::time::Day;

/// A sum that carries its rounding error along, so that it does not depend on the order of the values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Exact {
    high: f64,
    low: f64,
}

/// `a + b` and what the rounding lost.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

impl Exact {
    /// Sums values without carrying the error through each step: the chain from one value to the next is one addition.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> (Self, u32) {
        let (mut high, mut low, mut count) = (0.0, 0.0, 0);
        for value in values {
            let (sum, lost) = two_sum(high, value);
            high = sum;
            low += lost;
            count += 1;
        }
        let (high, low) = two_sum(high, low);
        (Self { high, low }, count)
    }

    pub(super) fn add(&mut self, value: f64) {
        let (high, lost) = two_sum(self.high, value);
        let (high, low) = two_sum(high, self.low + lost);
        (self.high, self.low) = (high, low);
    }

    pub(super) fn add_exact(&mut self, other: Self) {
        self.add(other.low);
        self.add(other.high);
    }

    /// `self − before`, rounded once.
    pub(super) fn minus(self, before: Self) -> f64 {
        let (high, lost) = two_sum(self.high, -before.high);
        high + (lost + (self.low - before.low))
    }

    #[cfg(test)]
    pub(super) fn value(self) -> f64 {
        self.high + self.low
    }
}

/// The events of one day: `[start, end)` of the slices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub day: i32,
    pub start: usize,
    pub end: usize,
}

/// One facet by day, from the scratch's first day on; the `early` fields hold what lies before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Daily {
    pub counts: Vec<u32>,
    pub sums: Vec<Exact>,
    pub valued: Vec<u32>,
    pub lows: Vec<f64>,
    pub highs: Vec<f64>,
    pub lasts: Vec<f64>,
    pub early: Early,
}

/// What lies before the daily range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Early {
    pub count: u32,
    pub days: u32,
    pub sum: Exact,
    pub valued: u32,
    pub low: f64,
    pub high: f64,
}

impl Default for Early {
    fn default() -> Self {
        Self { count: 0, days: 0, sum: Exact::default(), valued: 0, low: f64::INFINITY, high: f64::NEG_INFINITY }
    }
}

/// Events that were known by a day.
#[derive(Debug, Default)]
pub(super) struct Kept {
    days: Vec<i32>,
    names: Vec<u32>,
    users: Vec<u32>,
    values: Vec<f64>,
}

impl Kept {
    /// Keeps what was known by a day, of the days `[from, to]`.
    pub(super) fn keep(&mut self, events: &CustomerEvents<'_>, known: Option<Day>, (from, to): (i32, i32)) {
        self.days.clear();
        self.names.clear();
        self.users.clear();
        self.values.clear();
        let received = events.received_days.unwrap_or(events.days);
        let known = known.map_or(i32::MAX, |k| k.0);
        let skipped = events.days.partition_point(|d| *d < from);
        let asked = events.days.partition_point(|d| *d <= to).saturating_sub(skipped);
        let facts = events.days.iter().zip(events.names).zip(events.users).zip(events.values).zip(received);
        for (place, ((((day, name), user), value), received)) in facts.enumerate().skip(skipped).take(asked) {
            let retracted = events.retracted_days.and_then(|r| r.get(place)).copied().unwrap_or(i32::MAX);
            if *received <= known && (known < retracted || retracted == i32::MAX) {
                self.days.push(*day);
                self.names.push(*name);
                self.users.push(*user);
                self.values.push(*value);
            }
        }
    }

    pub(super) fn events<'a>(&'a self, of: &CustomerEvents<'a>) -> CustomerEvents<'a> {
        CustomerEvents {
            customer: of.customer,
            days: &self.days,
            names: &self.names,
            users: &self.users,
            user_count: of.user_count,
            user_keys: of.user_keys,
            values: &self.values,
            // Sorted out already: nothing that is kept is unknown, whatever its day.
            received_days: Some(&self.days),
            retracted_days: None,
        }
    }
}

/// Memory of the kernel. One a thread; what it holds between calls has no meaning.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) first: i32,
    pub(super) len: usize,
    /// How many events lie before `first`.
    pub(super) early: usize,
    pub(super) runs: Vec<Run>,
    pub(super) daily: Vec<Daily>,
    pub(super) cores: Vec<Vec<f64>>,
    pub(super) seen: Vec<i32>,
    pub(super) steps: Vec<i32>,
    pub(super) counts_before: Vec<u32>,
    pub(super) sums_before: Vec<Exact>,
    pub(super) kept: Kept,
    pub(super) one_day: Series,
    pub(super) baseline: Vec<f64>,
}

impl Scratch {
    /// Finds the runs of equal days in `[first, last]`.
    pub(super) fn split_runs(&mut self, days: &[i32], first: i32, last: i32) {
        self.runs.clear();
        self.early = days.partition_point(|d| *d < first && *d <= last);
        let end = days.partition_point(|d| *d <= last);
        let mut at = self.early;
        while at < end {
            let Some(rest) = days.get(at..end) else { break };
            let Some(day) = rest.first().copied() else { break };
            // Most days are short or very long: look near before halving the rest.
            let near = rest.iter().take(16).take_while(|d| **d == day).count();
            let length = if near < 16 { near } else { rest.partition_point(|d| *d <= day) };
            self.runs.push(Run { day, start: at, end: at + length });
            at += length;
        }
    }

    /// Makes room for so many facets.
    pub(super) fn make_daily(&mut self, count: usize) {
        if self.daily.len() < count {
            self.daily.resize_with(count, Daily::default);
        }
    }

    pub(super) fn take_daily(&mut self, index: usize) -> Daily {
        self.make_daily(index + 1);
        self.daily.get_mut(index).map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn keep_daily(&mut self, index: usize, daily: Daily) {
        if let Some(slot) = self.daily.get_mut(index) {
            *slot = daily;
        }
    }

    pub(super) fn take_core(&mut self, index: usize) -> Vec<f64> {
        if self.cores.len() <= index {
            self.cores.resize_with(index + 1, Vec::new);
        }
        self.cores.get_mut(index).map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn keep_core(&mut self, index: usize, values: Vec<f64>) {
        if let Some(slot) = self.cores.get_mut(index) {
            *slot = values;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_depend_on_order_or_on_where_it_starts() {
        let values = [1e16, 3.25, -1e16, 0.1, 0.2, 1e-9, 7.0];
        let mut forward = Exact::default();
        let mut backward = Exact::default();
        values.iter().for_each(|v| forward.add(*v));
        values.iter().rev().for_each(|v| backward.add(*v));
        assert_eq!(forward.value(), backward.value());
        let mut head = Exact::default();
        values.iter().take(3).for_each(|v| head.add(*v));
        assert_eq!(forward.minus(head), 7.300000001);
    }
}
