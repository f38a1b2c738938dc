//! Facts of customers made ready for the kernel.

mod position;
mod roster;
mod store;
mod subject;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::measure::{
    Arrivals, CustomerEvents, Facts, Feeds, Names, Plan, Positions, Providers, Provision, Reading, Row, Scratch,
    Selection, Series, Source, WorkDays, alive_through, read_states,
};
use kizashi_domain::time::Day;

use crate::settings::Settings;
use crate::{App, Result};

pub(crate) use position::{PositionsCache, count_missing_positions, count_positions, try_positions};
pub use subject::Subject;
pub(crate) use table::with_parts;
pub use table::{Ask, Computation, KnownBy, Summary};

/// How far around today business days are counted.
const WORKDAYS_BACK: i32 = 1_200;
const WORKDAYS_AHEAD: i32 = 800;

/// Which customers.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// All of the workspace.
    All,
    /// These external ids.
    Only(&'a [String]),
}

/// The customers with their dated figures, by external id.
pub async fn load_subjects(app: &App, workspace: Id<Workspace>, which: Which<'_>) -> Result<HashMap<String, Subject>> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    match which {
        Which::All => store::list_subjects(app, &settings).await,
        Which::Only(ids) => store::find_subjects(app, &settings, ids).await,
    }
}

/// The sources of a workspace: how they arrive, and which metrics rest on which.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    pub arrivals: Vec<Arrivals>,
    pub providers: Providers,
}

impl Sources {
    pub async fn load(app: &App, settings: &Settings, names: &Names) -> Result<Self> {
        let mut arrivals = app.blocking(|h| Ok(h.arrivals()?)).await?;
        // A file that was imported has come, even when nobody wrote down when its facts were learned, and even when there was
        // nothing new in it.
        for (source, at) in crate::intake::list_import_runs(app, settings.workspace).await? {
            let Some(arrived) = arrivals.iter_mut().find(|a| a.source == source) else { continue };
            let day = settings.day_of(at);
            if let Err(place) = arrived.received.binary_search(&day) {
                arrived.received.insert(place, day);
            }
        }
        let providers = Providers::find(&settings.pack.metrics, &arrivals, names);
        Ok(Self { arrivals, providers })
    }
}

/// Feeds of all sources on a day, and which metrics rest on which.
pub(crate) async fn list_feeds(app: &App, settings: &Settings, day: Day) -> Result<(Feeds, Providers)> {
    let names: Names = app.blocking(|h| Ok(h.names()?)).await?;
    let sources = Sources::load(app, settings, &names).await?;
    Ok((Feeds::judge(&sources.arrivals, &workdays(settings, day), day), sources.providers))
}

/// Business days around a day, for quick counting.
pub fn workdays(settings: &Settings, day: Day) -> WorkDays {
    WorkDays::new(day.plus(-WORKDAYS_BACK), day.plus(WORKDAYS_AHEAD), &|d| settings.calendar.is_business_day(d))
}

/// Everything that is the same for all customers of one run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Settings in force.
    pub settings: Arc<Settings>,
    /// Metrics made ready.
    pub plan: Arc<Plan>,
    /// Business days.
    pub workdays: Arc<WorkDays>,
    /// Names of events.
    pub names: Arc<Names>,
    sources: Arc<Sources>,
}

impl Run {
    /// Made ready for runs around `day`.
    pub async fn prepare(app: &App, workspace: Id<Workspace>, day: Day) -> Result<Self> {
        let settings = crate::settings::open_settings(app, workspace).await?;
        Self::build(app, settings, day).await
    }

    /// Made ready under other settings than those in force.
    pub(crate) async fn prepare_under(app: &App, settings: Arc<Settings>) -> Result<Self> {
        let today = settings.day_of(app.now());
        Self::build(app, settings, today).await
    }

    async fn build(app: &App, settings: Arc<Settings>, day: Day) -> Result<Self> {
        let names: Names = app.blocking(|h| Ok(h.names()?)).await?;
        let sources = Sources::load(app, &settings, &names).await?;
        let mut plan = Plan::compile(&settings.pack.metrics, &names);
        if plan.ranks() {
            plan = plan.with_positions(position::load_positions(app, &settings).await?);
        }
        Ok(Self {
            plan: Arc::new(plan),
            workdays: Arc::new(workdays(&settings, day)),
            settings,
            names: Arc::new(names),
            sources: Arc::new(sources),
        })
    }

    /// The same with other positions.
    fn with_positions(mut self, positions: Arc<Positions>) -> Self {
        self.plan = Arc::new(Plan::clone(&self.plan).with_positions(positions));
        self
    }

    /// Feeds as they were on a day.
    pub fn feeds_on(&self, day: Day) -> Feeds {
        Feeds::judge(&self.sources.arrivals, &self.workdays, day)
    }

    /// What each metric rests on, as it was on a day, by what was known at the end of another; `None` = what is known.
    pub fn provisions_on(&self, day: Day, known: Option<Day>) -> Vec<Option<Provision>> {
        let feeds = Feeds::judge_known(&self.sources.arrivals, &self.workdays, day, known);
        feeds.provide(&self.sources.providers, day)
    }
}

/// The readings of one customer at the end of a day, counting what was known by the end of another; `None` = everything
/// that is known. `provisions` are those of that day.
pub fn read_day(
    run: &Run,
    subject: &Subject,
    events: &CustomerEvents<'_>,
    provisions: &[Option<Provision>],
    (day, known_day): (Day, Option<Day>),
    scratch: &mut Scratch,
) -> Vec<Reading> {
    let alive = alive_through(provisions, day);
    let facts =
        Facts { events, attributes: &subject.attributes, workdays: &run.workdays, known_day, alive_through: &alive };
    let mut row = Row::default();
    run.plan.at(day, &facts, scratch, &mut row);
    read_states(&run.settings.pack.metrics, &row, provisions, subject.profile.since, day)
}

/// Every metric on every day of a span, feeds taken as alive.
pub fn read_series(
    run: &Run,
    subject: &Subject,
    events: &CustomerEvents<'_>,
    (from, to): (Day, Day),
    scratch: &mut Scratch,
    series: &mut Series,
) {
    let facts =
        Facts { events, attributes: &subject.attributes, workdays: &run.workdays, known_day: None, alive_through: &[] };
    run.plan.series(from, to, &facts, scratch, series);
}

/// A customer without events.
pub fn no_events(external_id: &str) -> CustomerEvents<'_> {
    CustomerEvents {
        customer: external_id,
        days: &[],
        names: &[],
        users: &[],
        user_count: 0,
        user_keys: &[],
        values: &[],
        received_days: None,
        retracted_days: None,
    }
}

/// Visits every subject once, those without events too.
pub fn visit_subjects(
    history: &dyn Source,
    subjects: &HashMap<String, Subject>,
    all: bool,
    each: &(dyn Fn(&Subject, CustomerEvents<'_>) + Sync),
) -> Result<()> {
    let seen = std::sync::Mutex::new(std::collections::HashSet::with_capacity(subjects.len()));
    let ids: Vec<String> = if all { Vec::new() } else { subjects.keys().cloned().collect() };
    let selection = if all { Selection::All } else { Selection::Only(&ids) };
    history.visit(selection, &|events| {
        if let Some(subject) = subjects.get(events.customer) {
            if let Ok(mut seen) = seen.lock() {
                seen.insert(subject.id);
            }
            each(subject, events);
        }
    })?;
    let seen = seen.into_inner().unwrap_or_default();
    for subject in subjects.values().filter(|s| !seen.contains(&s.id)) {
        each(subject, no_events(&subject.external_id));
    }
    Ok(())
}
