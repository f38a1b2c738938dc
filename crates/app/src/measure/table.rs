//! Metrics of all customers as a table: what `kizashi metrics` and `kizashi series` print.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::measure::{
    Attributes, CustomerEvents, Facts, Metric, Names, Plan, Population, Positions, Scratch, Selection, Series, Source,
    View, alive_through, ranked_metrics, segment_on,
};
use kizashi_domain::time::{Day, Time};

use super::roster::{Roster, list_roster};
use super::{Run, no_events};
use crate::{App, Result};

/// Values in memory at once while positions are counted: 160 MB.
const RANKED_VALUES_MAX: usize = 20_000_000;
/// Values by metric, segment and day.
type Values = std::collections::HashMap<(usize, u32, Day), Vec<f64>>;
/// Parts of a result under way, one a thread.
const PARTS: usize = 64;

/// A metric's figures over all rows. The sum does not depend on the order of the rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Rows with a value.
    pub measured: u64,
    /// Least value.
    pub min: f64,
    /// Greatest value.
    pub max: f64,
    sum: f64,
    /// What rounding took from the sum.
    lost: f64,
}

impl Default for Summary {
    fn default() -> Self {
        Self { measured: 0, sum: 0.0, lost: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl Summary {
    /// Takes the values of one customer in.
    pub fn add_all(&mut self, values: impl Iterator<Item = f64>) {
        let (mut measured, mut sum, mut min, mut max) = (0, 0.0, self.min, self.max);
        for value in values {
            // Without branches: what is missing is no number, and no number is less or greater.
            let there = !value.is_nan();
            measured += u64::from(there);
            sum += if there { value } else { 0.0 };
            min = if value < min { value } else { min };
            max = if value > max { value } else { max };
        }
        (self.min, self.max) = (min, max);
        self.measured += measured;
        self.add_to_sum(sum);
    }

    /// Takes another summary in.
    pub fn merge(&mut self, other: &Self) {
        self.measured += other.measured;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.add_to_sum(other.sum);
        self.lost += other.lost;
    }

    /// Sum of the values.
    pub fn sum(&self) -> f64 {
        self.sum + self.lost
    }

    fn add_to_sum(&mut self, value: f64) {
        let sum = self.sum + value;
        let part = sum - self.sum;
        self.lost += (self.sum - (sum - part)) + (value - part);
        self.sum = sum;
    }
}

/// A moment at which something was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// At the end of a day.
    On(Day),
    /// At an instant.
    At(Time),
}

/// Which days, and what counts on them.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// Count only what was known then.
    pub known: Option<KnownBy>,
    /// Each day as it was known at its end.
    pub as_known: bool,
    /// Only these metrics and what they are computed from.
    pub only: Option<Vec<String>>,
    /// Figures of feeds that were silent on the last day stand still; else feeds are taken as alive.
    pub frozen: bool,
}

impl Ask {
    /// Every metric at the end of a day.
    pub const fn day(day: Day, known: Option<KnownBy>) -> Self {
        Self { from: day, to: day, known, as_known: false, only: None, frozen: true }
    }
}

/// The metrics asked for and those that they are computed from, in the pack's order.
pub(crate) fn with_parts(metrics: &[Metric], ids: &[String]) -> Vec<Metric> {
    let mut wanted: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut next = 0;
    while let Some(id) = wanted.get(next).copied() {
        next += 1;
        for part in metrics.iter().filter(|m| m.id == id).flat_map(|m| &m.of) {
            if !wanted.contains(&part.as_str()) {
                wanted.push(part);
            }
        }
    }
    metrics.iter().filter(|m| wanted.contains(&m.id.as_str())).cloned().collect()
}

std::thread_local! {
    static SCRATCH: std::cell::RefCell<(Scratch, Series)> = std::cell::RefCell::default();
    static PART: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed) % PARTS
    };
}

/// Everything that a table is computed from, made ready.
#[derive(Clone)]
pub struct Computation {
    run: Run,
    plan: Arc<Plan>,
    roster: Arc<Roster>,
    alive: Arc<Vec<Day>>,
    ask: Ask,
    known_day: Option<Day>,
    view: View,
}

impl Computation {
    /// Makes ready what was asked for.
    pub async fn prepare(app: &App, workspace: Id<Workspace>, ask: Ask) -> Result<Self> {
        let run = Run::prepare(app, workspace, ask.to).await?;
        let metrics: Vec<Metric> = match &ask.only {
            None => run.settings.pack.metrics.clone(),
            Some(ids) => with_parts(&run.settings.pack.metrics, ids),
        };
        let alive = if ask.frozen {
            let all = run.provisions_on(ask.to, None);
            let place = |m: &Metric| run.settings.pack.metrics.iter().position(|p| p.id == m.id);
            let provisions: Vec<_> =
                metrics.iter().map(|m| place(m).and_then(|i| all.get(i).copied()).flatten()).collect();
            alive_through(&provisions, ask.to)
        } else {
            Vec::new()
        };
        let names: Names = app.blocking(|history| Ok(history.names()?)).await?;
        let plan = Plan::compile(&metrics, &names);
        let (known_day, known_at) = match ask.known {
            None => (None, None),
            Some(KnownBy::On(day)) => (Some(day), None),
            Some(KnownBy::At(at)) => (Some(run.settings.day_of(at)), Some(at)),
        };
        // What was known when needs all of the past; else only the days that the windows reach are read.
        let whole = ask.as_known || known_day.is_some();
        let view = View { reach: if whole { None } else { plan.reach(ask.from, &alive) }, known_at };
        let roster = list_roster(app, &run.settings, plan.reads_attributes(), plan.ranks(), known_at).await?;
        let (plan, roster, alive) = (Arc::new(plan), Arc::new(roster), Arc::new(alive));
        let ranked = ranked_metrics(&metrics);
        let mut made = Self { run, plan, roster, alive, ask, known_day, view };
        if !ranked.is_empty() {
            let positions = made.count_positions(app, &ranked).await?;
            made.plan = Arc::new(Plan::clone(&made.plan).with_positions(Arc::new(positions)));
        }
        Ok(made)
    }

    /// Positions need everybody's values first: one pass over all customers for as many days as fit in memory at a time.
    async fn count_positions(&self, app: &App, ranked: &[String]) -> Result<Positions> {
        let places: Vec<usize> = ranked.iter().filter_map(|id| self.plan.index(id)).collect();
        let days = RANKED_VALUES_MAX / (self.roster.len() * places.len()).max(1);
        let step = i32::try_from(days).unwrap_or(i32::MAX).max(1);
        let mut positions = Positions::default();
        let mut from = self.ask.from;
        while from <= self.ask.to {
            let to = from.plus(step - 1).min(self.ask.to);
            let made = Self { ask: Ask { from, to, ..self.ask.clone() }, ..self.clone() };
            let (roster, known, places) = (Arc::clone(&self.roster), self.known_day, places.clone());
            let gather = move |all: &mut Values, customer: &str, series: &Series| {
                let Some((_, attributes)) = roster.find(customer) else { return };
                for day in (from.0..=to.0).map(Day).filter(|day| roster.is_customer(customer, *day)) {
                    let segment = segment_on(attributes, day, known);
                    for place in &places {
                        if let Some(value) = series.value(*place, day) {
                            all.entry((*place, segment, day)).or_default().push(value);
                        }
                    }
                }
            };
            let join = |mut a: Values, b: Values| {
                b.into_iter().for_each(|(key, values)| a.entry(key).or_default().extend(values));
                a
            };
            for ((place, segment, day), values) in made.run(app, None, gather, join).await? {
                if let Some(metric) = self.plan.ids().get(place) {
                    positions.insert(metric, segment, day, Population::of(values));
                }
            }
            from = to.plus(1);
        }
        Ok(positions)
    }

    /// Ids of the metrics: those asked for and those that they are computed from, in the pack's order.
    pub fn metrics(&self) -> &[String] {
        self.plan.ids()
    }

    /// The first day.
    pub const fn from(&self) -> Day {
        self.ask.from
    }

    /// How many days.
    pub fn days(&self) -> usize {
        usize::try_from(i64::from(self.ask.to.0) - i64::from(self.ask.from.0) + 1).unwrap_or(0)
    }

    /// How many customers.
    pub fn customers(&self) -> usize {
        self.roster.len()
    }

    /// The metrics of every customer on every day of the span, given to `each` customer by customer, from several threads.
    /// Each thread has a part of its own; `join` puts them together. With a range only these customers, by external id.
    pub async fn run<T: Default + Send + 'static>(
        &self,
        app: &App,
        range: Option<Range<usize>>,
        each: impl Fn(&mut T, &str, &Series) + Send + Sync + 'static,
        join: impl Fn(T, T) -> T + Send + 'static,
    ) -> Result<T> {
        let made = self.clone();
        app.blocking(move |history| {
            let parts: Vec<Mutex<T>> = (0..PARTS).map(|_| Mutex::default()).collect();
            visit_roster(history, &made.roster, range, made.view, &|customer, attributes, events| {
                SCRATCH.with_borrow_mut(|(scratch, series)| {
                    made.compute(attributes, &events, scratch, series);
                    if let Some(Ok(mut part)) = parts.get(PART.with(|p| *p)).map(Mutex::lock) {
                        each(&mut part, customer, series);
                    }
                });
            })?;
            Ok(parts.into_iter().filter_map(|p| p.into_inner().ok()).fold(T::default(), join))
        })
        .await
    }

    fn compute(
        &self,
        attributes: &Attributes,
        events: &CustomerEvents<'_>,
        scratch: &mut Scratch,
        series: &mut Series,
    ) {
        let facts = Facts {
            events,
            attributes,
            workdays: &self.run.workdays,
            known_day: self.known_day,
            alive_through: &self.alive,
        };
        if self.ask.as_known {
            self.plan.series_as_known(self.ask.from, self.ask.to, &facts, scratch, series);
        } else {
            self.plan.series(self.ask.from, self.ask.to, &facts, scratch, series);
        }
    }
}

/// Visits every customer of the roster (or of a range of it) once, those without events too.
fn visit_roster(
    history: &dyn Source,
    roster: &Roster,
    range: Option<Range<usize>>,
    view: View,
    each: &(dyn Fn(&str, &Attributes, CustomerEvents<'_>) + Sync),
) -> Result<()> {
    let seen: Vec<AtomicBool> = (0..roster.len()).map(|_| AtomicBool::new(false)).collect();
    let visit = |events: CustomerEvents<'_>| {
        if let Some((place, attributes)) = roster.find(events.customer) {
            if let Some(seen) = seen.get(place) {
                seen.store(true, Ordering::Relaxed);
            }
            each(events.customer, attributes, events);
        }
    };
    let selection = range.clone().map_or(Selection::All, |range| Selection::Only(roster.ids(range)));
    history.visit_as(selection, view, &visit)?;
    let range = range.unwrap_or(0..roster.len());
    for (place, customer, attributes) in roster.iter().skip(range.start).take(range.len()) {
        if seen.get(place).is_none_or(|s| !s.load(Ordering::Relaxed)) {
            each(customer, attributes, no_events(customer));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_does_not_depend_on_the_order() {
        let values: Vec<f64> = (0..10_000).map(|i| f64::from(i * 7_919 % 10_007) / 100.0).collect();
        let sum = |parts: usize, values: &mut dyn Iterator<Item = &f64>| {
            let mut all = vec![Summary::default(); parts];
            for (i, value) in values.enumerate() {
                all[i % parts].add_all([*value].into_iter());
            }
            let mut whole = Summary::default();
            all.iter().for_each(|s| whole.merge(s));
            whole.sum()
        };
        let cents: i32 = (0..10_000).map(|i| i * 7_919 % 10_007).sum();
        assert_eq!(sum(1, &mut values.iter()), f64::from(cents) / 100.0);
        assert_eq!(sum(7, &mut values.iter().rev()), f64::from(cents) / 100.0);
    }
}
