//! Metrics of all customers as a table: what `kizashi metrics` and `kizashi series` print.

use std::collections::HashMap;
use std::sync::Mutex;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::measure::{Facts, Metric, Names, Plan, Row, Scratch, Series, alive_through};
use kizashi_domain::time::Day;

use super::{Run, Which, load_subjects};
use crate::{App, Result};

/// One row a customer (and day).
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Ids of the metrics, in the pack's order.
    pub metrics: Vec<String>,
    /// External id, day, and the values; NaN = missing. Sorted by customer, then day.
    pub rows: Vec<(String, Day, Vec<f64>)>,
}

/// A metric's figures over all rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Rows with a value.
    pub measured: u64,
    /// Sum of the values.
    pub sum: f64,
    /// Least value.
    pub min: f64,
    /// Greatest value.
    pub max: f64,
}

impl Default for Summary {
    fn default() -> Self {
        Self { measured: 0, sum: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl Summary {
    /// Takes a value in.
    pub fn add(&mut self, value: f64) {
        if !value.is_nan() {
            self.measured += 1;
            self.sum += value;
            self.min = self.min.min(value);
            self.max = self.max.max(value);
        }
    }

    /// Takes another summary in.
    pub fn merge(&mut self, other: &Self) {
        self.measured += other.measured;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// Every metric of every customer at the end of `day`.
/// With `known` only what was known at the end of that day counts.
pub async fn compute_now(app: &App, workspace: Id<Workspace>, day: Day, known: Option<Day>) -> Result<Table> {
    let run = Run::prepare(app, workspace, day).await?;
    let subjects = load_subjects(app, workspace, Which::All).await?;
    let metrics = run.plan.ids().to_vec();
    let rows = app
        .blocking(move |history| {
            let alive = alive_through(&run.provisions_on(day), day);
            let out = Mutex::new(Vec::with_capacity(subjects.len()));
            super::visit_subjects(history, &subjects, true, &|subject, events| {
                SCRATCH.with_borrow_mut(|(scratch, row, _)| {
                    let facts = Facts {
                        events: &events,
                        attributes: &subject.attributes,
                        workdays: &run.workdays,
                        known_day: known,
                        alive_through: &alive,
                    };
                    run.plan.at(day, &facts, scratch, row);
                    if let Ok(mut out) = out.lock() {
                        out.push((subject.external_id.clone(), day, row.values.clone()));
                    }
                });
            })?;
            let mut rows = out.into_inner().unwrap_or_default();
            rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            Ok(rows)
        })
        .await?;
    Ok(Table { metrics, rows })
}

/// The metrics asked for and those that they are computed from, in the pack's order.
fn with_parts(metrics: &[Metric], ids: &[String]) -> Vec<Metric> {
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

/// Ids of the metrics asked for and of those that they are computed from, in the pack's order: the columns of [`compute_series`].
pub fn ids_with_parts(metrics: &[Metric], ids: Option<&[String]>) -> Vec<String> {
    let chosen = ids.map_or_else(|| metrics.to_vec(), |ids| with_parts(metrics, ids));
    chosen.into_iter().map(|m| m.id).collect()
}

std::thread_local! {
    static SCRATCH: std::cell::RefCell<(Scratch, Row, Series)> = std::cell::RefCell::default();
}

/// Every metric of every customer on every day of `[from, to]`, given to `each` customer by customer, from several threads.
pub async fn compute_series<T: Default + Send + 'static>(
    app: &App,
    workspace: Id<Workspace>,
    (from, to): (Day, Day),
    only: Option<Vec<String>>,
    each: impl Fn(&mut T, &str, &Series) + Send + Sync + 'static,
    join: impl Fn(T, T) -> T + Send + 'static,
) -> Result<(Vec<String>, T)> {
    let run = Run::prepare(app, workspace, to).await?;
    let subjects = load_subjects(app, workspace, Which::All).await?;
    let metrics: Vec<_> = match &only {
        None => run.settings.pack.metrics.clone(),
        Some(ids) => with_parts(&run.settings.pack.metrics, ids),
    };
    app.blocking(move |history| {
        let names: Names = history.names()?;
        let plan = Plan::compile(&metrics, &names);
        let parts: Mutex<HashMap<std::thread::ThreadId, T>> = Mutex::default();
        super::visit_subjects(history, &subjects, true, &|subject, events| {
            SCRATCH.with_borrow_mut(|(scratch, _, series)| {
                let facts = Facts {
                    events: &events,
                    attributes: &subject.attributes,
                    workdays: &run.workdays,
                    known_day: None,
                    alive_through: &[],
                };
                plan.series(from, to, &facts, scratch, series);
                // Each thread keeps its own part; the lock is only held to find it.
                let id = std::thread::current().id();
                let mut mine = parts.lock().ok().and_then(|mut p| p.remove(&id)).unwrap_or_default();
                each(&mut mine, &subject.external_id, series);
                if let Ok(mut p) = parts.lock() {
                    p.insert(id, mine);
                }
            });
        })?;
        let parts = parts.into_inner().unwrap_or_default();
        Ok((plan.ids().to_vec(), parts.into_values().fold(T::default(), join)))
    })
    .await
}
