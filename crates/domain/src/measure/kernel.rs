//! The kernel: every metric of one customer for every day of a span, in one pass over its events.
//!
//! Events of a day become one entry of a daily array; windows are differences of prefix sums; distinct users and
//! features come from the day on which each was last seen. Nothing is rescanned for each day.

use super::cores::{Span, fill_core};
use super::daily::{count_together, fill_daily};
use super::facts::{Attributes, WorkDays};
use super::plan::{Core, CoreKind, Facet, Plan};
use super::scratch::Scratch;
use super::source::{CustomerEvents, Reach};
use crate::time::Day;

/// What is known about one customer.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Its events.
    pub events: &'a CustomerEvents<'a>,
    /// Its dated figures.
    pub attributes: &'a Attributes,
    /// Business days, for figures per business day and for baselines.
    pub workdays: &'a WorkDays,
    /// Count only what was known by the end of this day; `None` = everything known.
    pub known_day: Option<Day>,
    /// For each metric the last day on which its feed was alive: later days read the figures of that day, so that a
    /// silent feed freezes numbers instead of making them fall. Empty = all alive.
    pub alive_through: &'a [Day],
}

/// The values of one customer on one day, in the plan's order; NaN = missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// Values.
    pub values: Vec<f64>,
    /// The day of the newest fact that each value rests on; `None` when there is none or it is derived.
    pub fact_days: Vec<Option<Day>>,
}

impl Row {
    /// The value of metric `index`.
    pub fn value(&self, index: usize) -> Option<f64> {
        self.values.get(index).copied().filter(|v| !v.is_nan())
    }
}

/// The values of one customer for a span of days, one metric after the other; NaN = missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// The first day.
    pub from: Day,
    /// How many days.
    pub days: usize,
    /// `values[metric * days + i]` is the value on day `from + i`.
    pub values: Vec<f64>,
}

impl Series {
    /// The values of one metric, one a day.
    pub fn metric(&self, index: usize) -> &[f64] {
        let start = index.saturating_mul(self.days);
        self.values.get(start..start.saturating_add(self.days)).unwrap_or(&[])
    }

    /// The value of a metric on a day.
    pub fn value(&self, index: usize, day: Day) -> Option<f64> {
        let i = usize::try_from(day.0.checked_sub(self.from.0)?).ok()?;
        self.metric(index).get(i).copied().filter(|v| !v.is_nan())
    }

    /// All values of a day, in the plan's order.
    pub fn copy_row(&self, day: Day, metrics: usize, out: &mut Vec<f64>) {
        out.clear();
        out.extend((0..metrics).map(|m| self.value(m, day).unwrap_or(f64::NAN)));
    }
}

/// How far a frozen feed is followed back; a feed silent for longer has no value.
const FROZEN_DAYS_MAX: i32 = 400;

/// For how many days before `from` the feed that has been silent longest stands still.
fn frozen_days(from: Day, alive_through: &[Day]) -> i32 {
    alive_through.iter().map(|a| from.0.saturating_sub(a.0)).max().unwrap_or(0).clamp(0, FROZEN_DAYS_MAX)
}

impl Plan {
    /// Every metric on one day, at its end.
    pub fn at(&self, day: Day, facts: &Facts<'_>, scratch: &mut Scratch, row: &mut Row) {
        let mut series = std::mem::take(&mut scratch.one_day);
        self.series(day, day, facts, scratch, &mut series);
        row.values.clear();
        row.values.extend_from_slice(&series.values);
        scratch.one_day = series;
        row.fact_days.clear();
        for i in 0..self.len() {
            let fact_day = self.fact_day(i, day, facts);
            row.fact_days.push(fact_day);
        }
    }

    /// Every metric on every day of `[from, to]` in one pass. An empty span when `to < from`.
    pub fn series(&self, from: Day, to: Day, facts: &Facts<'_>, scratch: &mut Scratch, out: &mut Series) {
        out.from = from;
        out.days = usize::try_from(i64::from(to.0) - i64::from(from.0) + 1).unwrap_or(0);
        out.values.clear();
        out.values.resize(out.days * self.len(), f64::NAN);
        if out.days == 0 {
            return;
        }
        let events = facts.events;
        if events.retracted_days.is_some() || facts.known_day.is_some() && events.received_days.is_some() {
            let mut kept = std::mem::take(&mut scratch.kept);
            let reach = self.reach(from, facts.alive_through).filter(|r| !r.last_of_names);
            kept.keep(events, facts.known_day, (reach.map_or(i32::MIN, |r| r.since.0), to.0));
            let events = kept.events(facts.events);
            self.compute(from, to, &Facts { events: &events, ..*facts }, scratch, out);
            scratch.kept = kept;
        } else {
            self.compute(from, to, facts, scratch, out);
        }
    }

    /// Every metric on every day of `[from, to]`, each as it was known at the end of that day: what we could have said
    /// then. Costs one look at the window's facts for each day, but nothing more than [`Plan::series`] for a customer of whom
    /// everything was known when it happened.
    pub fn series_as_known(&self, from: Day, to: Day, facts: &Facts<'_>, scratch: &mut Scratch, out: &mut Series) {
        let e = facts.events;
        let late = e.received_days.is_some_and(|received| received.iter().zip(e.days).any(|(r, d)| r > d));
        let late = late || e.retracted_days.is_some();
        if !late && facts.attributes.is_known_at_once() {
            return self.series(from, to, facts, scratch, out);
        }
        out.from = from;
        out.days = usize::try_from(i64::from(to.0) - i64::from(from.0) + 1).unwrap_or(0);
        out.values.clear();
        out.values.resize(out.days * self.len(), f64::NAN);
        let mut one = std::mem::take(&mut scratch.one_day);
        for i in 0..out.days {
            let day = from.plus(i32::try_from(i).unwrap_or(i32::MAX));
            let known = facts.known_day.map_or(day, |k| k.min(day));
            self.series(day, day, &Facts { known_day: Some(known), ..*facts }, scratch, &mut one);
            for (m, value) in one.values.iter().enumerate() {
                if let Some(slot) = out.values.get_mut(m * out.days + i) {
                    *slot = *value;
                }
            }
        }
        scratch.one_day = one;
    }

    /// How much history [`Plan::series`] reads for a span that begins on `from`, with these feeds. `None` = all of it.
    pub fn reach(&self, from: Day, alive_through: &[Day]) -> Option<Reach> {
        let mut last_of_names = false;
        for core in self.cores.iter().filter(|c| c.window.is_none()) {
            let regular_days_only = self.facets.get(core.facet).is_none_or(|f| f.business);
            if core.kind != CoreKind::LastDay || regular_days_only {
                return None;
            }
            last_of_names = true;
        }
        let since = Day(self.first_day(from, frozen_days(from, alive_through)));
        Some(Reach { since, last_of_names })
    }

    /// The first day of the daily range.
    fn first_day(&self, from: Day, extra: i32) -> i32 {
        let reach = self.cores.iter().map(Core::reach).max().unwrap_or(0);
        from.0.saturating_sub(reach).saturating_sub(extra)
    }

    fn compute(&self, from: Day, to: Day, facts: &Facts<'_>, scratch: &mut Scratch, out: &mut Series) {
        let extra = frozen_days(from, facts.alive_through);
        // Days known only later than `known_day` do not exist when every event was known as it happened.
        let last = match facts.known_day {
            Some(known) if facts.events.received_days.is_none() => known.0,
            _ => i32::MAX,
        };
        let first = self.first_day(from, extra);
        scratch.first = first;
        scratch.len = usize::try_from(i64::from(to.0) - i64::from(first) + 1).unwrap_or(0);
        scratch.split_runs(facts.events.days, first, to.0.min(last));
        let oldest = |facet: &Facet| from.0.saturating_sub(facet.reach).saturating_sub(extra);
        let together = self.together.facets.iter().filter_map(|i| self.facets.get(*i)).map(oldest).min();
        if let Some(oldest) = together {
            scratch.make_daily(self.facets.len());
            count_together(&self.together, oldest, facts.events, scratch);
        }
        for (i, facet) in self.facets.iter().enumerate() {
            let mut daily = scratch.take_daily(i);
            let counted = self.together.facets.contains(&i);
            fill_daily(facet, counted, oldest(facet), facts.events, facts.workdays, scratch, &mut daily);
            scratch.keep_daily(i, daily);
        }
        for (i, core) in self.cores.iter().enumerate() {
            let Some(facet) = self.facets.get(core.facet) else { continue };
            let start = from.0.saturating_sub(core.back).saturating_sub(extra);
            let count = |a: i32, b: i32| usize::try_from(i64::from(a) - i64::from(b)).unwrap_or(0);
            let span = Span { first: start, days: count(to.0, start) + 1, skip: count(start, first) };
            let mut values = scratch.take_core(i);
            fill_core(core, facet, span, facts.events, facts.workdays, scratch, &mut values);
            scratch.keep_core(i, values);
        }
        self.read_leaves(facts, extra, scratch, out);
        self.read_derived(facts, extra, scratch, out);
    }
}
