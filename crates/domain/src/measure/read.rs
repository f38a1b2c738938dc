//! From windowed figures to the values of metrics: offsets, frozen feeds, figures per business day, ratios, changes.

use super::facts::{Dated, WorkDays};
use super::kernel::{Facts, Series};
use super::plan::{BASELINE_WEEKS, Core, CoreKind, From, Plan};
use super::position::segment_on;
use super::scratch::Scratch;
use crate::time::Day;

/// A baseline needs so many comparable weeks.
const BASELINE_WEEKS_MIN: usize = 4;
/// A window counts as comparable when it has this share of the business days of a window without holidays.
const COMPARABLE_SHARE: f64 = 0.7;

impl Plan {
    pub(super) fn read_leaves(&self, facts: &Facts<'_>, extra: i32, scratch: &Scratch, out: &mut Series) {
        let days = out.days;
        for (m, from) in self.from.iter().enumerate() {
            let alive = facts.alive_through.get(m).copied().unwrap_or(Day(i32::MAX));
            let (start, first) = (m * days, out.from);
            let Some(slots) = out.values.get_mut(start..start + days) else { continue };
            match from {
                From::Core { core, offset, per_day } => {
                    let Some(values) = scratch.cores.get(*core) else { continue };
                    let Some(c) = self.cores.get(*core) else { continue };
                    let base = first.0.saturating_sub(c.back).saturating_sub(extra);
                    // Nothing stands still and nothing is converted: the figures as they lie.
                    let plain = c.kind != CoreKind::LastDay && !per_day && alive >= day_of(first, days - 1);
                    let from = usize::try_from(i64::from(first.0) - i64::from(*offset) - i64::from(base)).ok();
                    if let (true, Some(figures)) = (plain, from.and_then(|from| values.get(from..from + days))) {
                        slots.copy_from_slice(figures);
                        continue;
                    }
                    for (i, slot) in slots.iter_mut().enumerate() {
                        let at = day_of(first, i).min(alive).0.saturating_sub(*offset);
                        *slot = read_core(c, *per_day, pick(values, at, base), at, facts.workdays);
                    }
                }
                From::Attribute { name, offset } => {
                    read_attribute(facts, name, *offset, first, slots, |_, value| value);
                }
                From::DaysUntil { name, offset } => {
                    read_attribute(facts, name, *offset, first, slots, |day, value| value - f64::from(day));
                }
                From::DaysSinceAttribute { name, offset } => {
                    read_attribute(facts, name, *offset, first, slots, |day, value| f64::from(day) - value);
                }
                _ => {}
            }
        }
    }

    pub(super) fn read_derived(&self, facts: &Facts<'_>, extra: i32, scratch: &mut Scratch, out: &mut Series) {
        let days = out.days;
        for m in &self.derived_order {
            let Some(from) = self.from.get(*m) else { continue };
            for i in 0..days {
                let part = |p: usize| out.values.get(p * days + i).copied().unwrap_or(f64::NAN);
                let value = match from {
                    From::Ratio(a, b) => divide(part(*a), part(*b)),
                    From::Change(a, b) => divide(part(*a) - part(*b), part(*b)),
                    From::Percentile(p) => {
                        let day = day_of(out.from, i);
                        self.position(*p, segment_on(facts.attributes, day, facts.known_day), day, part(*p))
                    }
                    From::Baseline { part: p, .. } => {
                        let alive = facts.alive_through.get(*p).copied().unwrap_or(Day(i32::MAX));
                        let at = day_of(out.from, i).min(alive);
                        let usual = self.usual(from, at, out.from, facts.workdays, extra, scratch);
                        divide(part(*p) - usual, usual)
                    }
                    _ => f64::NAN,
                };
                if let Some(slot) = out.values.get_mut(m * days + i) {
                    *slot = value;
                }
            }
        }
    }

    /// The median of the last comparable weeks before the window that ends on `at`; NaN when there are too few, or
    /// when the window itself is mostly holidays.
    fn usual(&self, from: &From, at: Day, first: Day, workdays: &WorkDays, extra: i32, scratch: &mut Scratch) -> f64 {
        let From::Baseline { core, offset, per_day, window, .. } = from else { return f64::NAN };
        let (Some(values), Some(c)) = (scratch.cores.get(*core), self.cores.get(*core)) else { return f64::NAN };
        let base = first.0.saturating_sub(c.back).saturating_sub(extra);
        let full = f64::from(*window) * 5.0 / 7.0;
        let comparable = |end: i32| {
            let n = workdays.count_regular(Day(end.saturating_sub(*window)), Day(end));
            f64::from(n) >= (full * COMPARABLE_SHARE).floor()
        };
        let at = at.0.saturating_sub(*offset);
        scratch.baseline.clear();
        if !comparable(at) {
            return f64::NAN;
        }
        for week in 0..BASELINE_WEEKS {
            let end = at.saturating_sub(*window).saturating_sub(7 * week);
            let value = read_core(c, *per_day, pick(values, end, base), end, workdays);
            if comparable(end) && !value.is_nan() {
                scratch.baseline.push(value);
            }
        }
        if scratch.baseline.len() < BASELINE_WEEKS_MIN { f64::NAN } else { median(&mut scratch.baseline) }
    }

    /// The day of the newest fact that the value of a metric on `day` rests on.
    pub(super) fn fact_day(&self, metric: usize, day: Day, facts: &Facts<'_>) -> Option<Day> {
        let alive = facts.alive_through.get(metric).copied().unwrap_or(day);
        match self.from.get(metric)? {
            From::Core { .. } => {
                let (offset, window) = self.windows.get(metric)?;
                let matches = self.matches.get(metric)?;
                let last = day.min(alive).0.saturating_sub(*offset);
                let oldest = window.map_or(i32::MIN, |w| last.saturating_sub(w));
                let e = facts.events;
                let end = e.days.partition_point(|d| *d <= last);
                let newest_first = e.days.iter().zip(e.names).enumerate().take(end).rev();
                newest_first
                    .take_while(|(_, (d, _))| **d > oldest)
                    .find(|(i, (_, n))| matches.holds(**n) && e.is_known(*i, facts.known_day))
                    .map(|(_, (d, _))| Day(*d))
            }
            From::Attribute { name, offset }
            | From::DaysUntil { name, offset }
            | From::DaysSinceAttribute { name, offset } => {
                facts.attributes.as_of(name, day.plus(-offset), facts.known_day).map(|(_, from)| from)
            }
            _ => None,
        }
    }
}

fn day_of(first: Day, i: usize) -> Day {
    first.plus(i32::try_from(i).unwrap_or(i32::MAX))
}

fn pick(values: &[f64], at: i32, base: i32) -> f64 {
    usize::try_from(i64::from(at) - i64::from(base)).ok().and_then(|i| values.get(i)).copied().unwrap_or(f64::NAN)
}

/// A core's figure as the metric tells it.
fn read_core(core: &Core, per_day: bool, figure: f64, at: i32, workdays: &WorkDays) -> f64 {
    match (core.kind, per_day, core.window) {
        (CoreKind::LastDay, ..) => f64::from(at) - figure,
        (_, true, Some(window)) => per_business_day(figure, at, window, workdays),
        (_, true, None) => f64::NAN,
        _ => figure,
    }
}

fn divide(a: f64, b: f64) -> f64 {
    if b == 0.0 { f64::NAN } else { a / b }
}

fn per_business_day(value: f64, at: i32, window: i32, workdays: &WorkDays) -> f64 {
    divide(value, f64::from(workdays.count_regular(Day(at.saturating_sub(window)), Day(at))))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match (values.get(half), values.get(half.wrapping_sub(1))) {
        (Some(high), Some(low)) if values.len().is_multiple_of(2) => f64::midpoint(*low, *high),
        (Some(middle), _) => *middle,
        _ => f64::NAN,
    }
}

/// One figure on each day: walks the versions once when none is hidden by what was known.
fn read_attribute(
    facts: &Facts<'_>,
    name: &str,
    offset: i32,
    first: Day,
    slots: &mut [f64],
    value_on: impl Fn(i32, f64) -> f64,
) {
    let versions = facts.attributes.versions(name);
    let usable = |v: &&Dated| facts.known_day.is_none_or(|k| v.known <= k) && !v.value.is_nan();
    let mut next = versions.iter().filter(usable).peekable();
    let mut current: Option<f64> = None;
    for (i, slot) in slots.iter_mut().enumerate() {
        let day = day_of(first, i).plus(-offset);
        while let Some(version) = next.next_if(|v| v.from <= day) {
            current = Some(version.value).filter(|v| v.is_finite());
        }
        *slot = current.map_or(f64::NAN, |value| value_on(day.0, value));
    }
}
