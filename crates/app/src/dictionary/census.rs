//! Everybody's readings on a day, counted once and remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kizashi_domain::customers::Profile;
use kizashi_domain::health::{Verdict, choose, judge};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::measure::{Reading, Scratch, State};
use kizashi_domain::pack::Pack;
use kizashi_domain::time::{Day, Time};

use crate::measure::{Run, Subject, Which, load_subjects, read_day, try_positions, visit_subjects};
use crate::settings::Settings;
use crate::{App, Result};

/// A count is made anew when it is older than this.
const AGE_US_MAX: i64 = 10 * 60 * 1_000_000;

/// The last count. Whoever asks while one is under way waits for it instead of starting another.
#[derive(Debug, Default)]
pub(crate) struct CensusCache(tokio::sync::Mutex<Option<Arc<Census>>>);

/// A reading in little space: a hundred thousand customers with thirty metrics take 50 MB.
#[derive(Clone, Copy, Debug)]
struct Kept {
    /// NaN when there is none.
    value: f64,
    state: State,
}

/// One customer.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub id: Id<Customer>,
    pub name: String,
    pub profile: Profile,
    readings: Box<[Kept]>,
}

impl Counted {
    pub fn readings(&self, day: Day) -> Vec<Reading> {
        self.readings.iter().map(|k| Reading::of(Some(k.value).filter(|v| !v.is_nan()), k.state, day)).collect()
    }

    pub fn judge(&self, pack: &Pack, readings: &[Reading], day: Day) -> Option<Verdict> {
        let model = choose(&pack.models, &self.profile, day)?;
        Some(judge(model, &pack.metrics, readings, self.profile.age_days(day)))
    }
}

/// Everybody's readings on a day. Those who have left or are yet to come are not counted.
#[derive(Debug)]
pub struct Census {
    /// The day.
    pub day: Day,
    /// When it was counted.
    pub counted_at: Time,
    /// Settings that it was counted with.
    pub settings: Arc<Settings>,
    pub(super) customers: Vec<Counted>,
}

/// How many customers have a metric, and between which values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Customers with a fresh value.
    pub measured: usize,
    /// With a value older than its limit.
    pub stale: usize,
    /// With none.
    pub missing: usize,
    /// To whom it does not apply.
    pub not_applicable: usize,
    /// Least, median and greatest fresh value; `None` when there is none.
    pub values: Option<(f64, f64, f64)>,
}

impl Census {
    /// How many customers were counted.
    pub fn customers(&self) -> usize {
        self.customers.len()
    }

    fn place(&self, metric: &str) -> Option<usize> {
        self.settings.pack.metrics.iter().position(|m| m.id == metric)
    }

    /// Fresh values of a metric in rising order, of all customers, or of those for whom the model holds.
    pub fn values(&self, metric: &str, model: Option<&str>) -> Vec<f64> {
        let Some(place) = self.place(metric) else { return Vec::new() };
        let models = &self.settings.pack.models;
        let holds =
            |c: &&Counted| model.is_none_or(|id| choose(models, &c.profile, self.day).is_some_and(|m| m.id == id));
        let kept = self.customers.iter().filter(holds).filter_map(|c| c.readings.get(place));
        let mut values: Vec<f64> =
            kept.filter(|k| k.state.is_measured() && !k.value.is_nan()).map(|k| k.value).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    /// How many customers a model is used for.
    pub fn customers_of(&self, model: &str) -> usize {
        let models = &self.settings.pack.models;
        let holds = |c: &&Counted| choose(models, &c.profile, self.day).is_some_and(|m| m.id == model);
        self.customers.iter().filter(holds).count()
    }

    /// Who has a metric.
    pub fn spread(&self, metric: &str) -> Spread {
        let mut spread = Spread::default();
        let Some(place) = self.place(metric) else { return spread };
        for kept in self.customers.iter().filter_map(|c| c.readings.get(place)) {
            match kept.state {
                State::Measured { .. } => spread.measured += 1,
                State::Stale { .. } => spread.stale += 1,
                State::Missing => spread.missing += 1,
                State::NotApplicable => spread.not_applicable += 1,
            }
        }
        let values = self.values(metric, None);
        spread.values = match (values.first(), values.get(values.len() / 2), values.last()) {
            (Some(least), Some(median), Some(most)) => Some((*least, *median, *most)),
            _ => None,
        };
        spread
    }
}

/// The count in force: the remembered one as long as settings and day are the same and it is not old.
pub async fn open_census(app: &App, workspace: Id<Workspace>) -> Result<Arc<Census>> {
    let mut last = app.census.0.lock().await;
    let settings = crate::settings::open_settings(app, workspace).await?;
    let now = app.now();
    let day = settings.day_of(now);
    if let Some(census) = last.as_ref() {
        let same = census.settings.version == settings.version && census.settings.workspace == workspace;
        if same && census.day == day && now.micros() - census.counted_at.micros() < AGE_US_MAX {
            return Ok(Arc::clone(census));
        }
    }
    let run = Run::prepare(app, workspace, day).await?;
    let subjects = Arc::new(load_subjects(app, workspace, Which::All).await?);
    let census = Arc::new(count(app, run, subjects, day).await?);
    *last = Some(Arc::clone(&census));
    Ok(census)
}

/// A count under an edited pack that nobody saved, of the same day as another.
pub(super) async fn count_edited(app: &App, like: &Census, edited: &Pack) -> Result<Census> {
    let settings = Arc::new(like.settings.edited(edited));
    let subjects = Arc::new(load_subjects(app, settings.workspace, Which::All).await?);
    let run = Run::prepare_under(app, settings).await?;
    let run = try_positions(app, run, like.day, &subjects).await?;
    count(app, run, subjects, like.day).await
}

async fn count(app: &App, run: Run, subjects: Arc<HashMap<String, Subject>>, day: Day) -> Result<Census> {
    let provisions = run.provisions_on(day, None);
    let settings = Arc::clone(&run.settings);
    let counted_at = app.now();
    let mut customers = app
        .blocking(move |history| {
            let out = Mutex::new(Vec::with_capacity(subjects.len()));
            visit_subjects(history, &subjects, true, &|subject, events| {
                let profile = &subject.profile;
                if profile.has_left(day) || profile.since.is_some_and(|since| since > day) {
                    return;
                }
                let readings =
                    SCRATCH.with_borrow_mut(|s| read_day(&run, subject, &events, &provisions, (day, None), s));
                let kept = readings.iter().map(|r| Kept { value: r.value.unwrap_or(f64::NAN), state: r.state });
                let counted = Counted {
                    id: subject.id,
                    name: subject.name.clone(),
                    profile: profile.clone(),
                    readings: kept.collect(),
                };
                if let Ok(mut out) = out.lock() {
                    out.push(counted);
                }
            })?;
            Ok(out.into_inner().unwrap_or_default())
        })
        .await?;
    customers.sort_unstable_by_key(|c: &Counted| c.id);
    Ok(Census { day, counted_at, settings, customers })
}

std::thread_local! {
    static SCRATCH: std::cell::RefCell<Scratch> = std::cell::RefCell::default();
}
