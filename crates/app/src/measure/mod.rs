//! Facts of customers made ready for the kernel.

mod store;
mod subject;
mod table;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::measure::{
    Arrivals, CustomerEvents, Facts, Feeds, Names, Plan, Reading, Row, Scratch, Selection, Series, Source, WorkDays,
    alive_through, read_states,
};
use kizashi_domain::time::{Day, Time};

use crate::settings::Settings;
use crate::{App, Result};

pub use subject::Subject;
pub use table::{Summary, Table, compute_now, compute_series, ids_with_parts};

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

/// Feeds of all sources on a day; see [`Known`] for what else has a name there.
pub async fn list_feeds(app: &App, settings: &Settings, day: Day) -> Result<(Feeds, Vec<String>)> {
    let known = load_arrivals(app, settings).await?;
    Ok((Feeds::judge(&known.arrivals, &workdays(settings, day), day), known.sources))
}

/// Arrivals by name: of each source; of the sources that bring a kind of record, under the words `activities`, `tickets`,
/// `responses`; and of all together under a name that a metric asks for but no source has, so that a pack works whatever the
/// feed is called.
pub(crate) struct Known {
    pub arrivals: Vec<Arrivals>,
    /// Names that are really sources.
    pub sources: Vec<String>,
}

pub(crate) async fn load_arrivals(app: &App, settings: &Settings) -> Result<Known> {
    let mut arrivals = app.blocking(|h| Ok(h.arrivals()?)).await?;
    let is_feed = |a: &Arrivals| a.source != crate::intake::OWN_SOURCE;
    let sources: Vec<String> = arrivals.iter().filter(|a| is_feed(a)).map(|a| a.source.clone()).collect();
    let mut named = Vec::new();
    for (word, members) in store::list_record_sources(app, settings.workspace).await? {
        named.extend(join_arrivals(word, arrivals.iter().filter(|a| members.contains(&a.source))));
    }
    for metric in &settings.pack.metrics {
        let Some(name) = metric.provided_by.as_deref() else { continue };
        if !sources.iter().any(|s| s == name) && !named.iter().any(|a| a.source == name) {
            named.extend(join_arrivals(name, arrivals.iter().filter(|a| is_feed(a))));
        }
    }
    // People write when they write: their notes count for the kind of record, never as a feed of their own.
    arrivals.retain(is_feed);
    arrivals.extend(named);
    Ok(Known { arrivals, sources })
}

/// Several sources as one.
fn join_arrivals<'a>(name: &str, members: impl Iterator<Item = &'a Arrivals>) -> Option<Arrivals> {
    let mut per_day: BTreeMap<Day, u64> = BTreeMap::new();
    let mut last: Option<(Time, Time)> = None;
    for a in members {
        for (day, n) in &a.per_day {
            *per_day.entry(*day).or_default() += n;
        }
        let newest = (a.last_received_at, a.last_occurred_at);
        last = Some(last.map_or(newest, |(r, o)| (r.max(newest.0), o.max(newest.1))));
    }
    let (last_received_at, last_occurred_at) = last?;
    Some(Arrivals {
        source: name.to_owned(),
        last_received_at,
        last_occurred_at,
        per_day: per_day.into_iter().collect(),
    })
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
    /// Arrivals of each source.
    pub arrivals: Arc<Vec<Arrivals>>,
    sources: Arc<Vec<String>>,
}

impl Run {
    /// Made ready for runs around `day`.
    pub async fn prepare(app: &App, workspace: Id<Workspace>, day: Day) -> Result<Self> {
        let settings = crate::settings::open_settings(app, workspace).await?;
        Self::build(app, settings, day).await
    }

    /// Made ready under an earlier version of the settings.
    pub(crate) async fn prepare_under(app: &App, settings: Arc<Settings>) -> Result<Self> {
        let today = settings.day_of(app.now());
        Self::build(app, settings, today).await
    }

    async fn build(app: &App, settings: Arc<Settings>, day: Day) -> Result<Self> {
        let names: Names = app.blocking(|h| Ok(h.names()?)).await?;
        let known = load_arrivals(app, &settings).await?;
        Ok(Self {
            plan: Arc::new(Plan::compile(&settings.pack.metrics, &names)),
            workdays: Arc::new(workdays(&settings, day)),
            settings,
            arrivals: Arc::new(known.arrivals),
            sources: Arc::new(known.sources),
        })
    }

    /// Whether a name among the feeds is a source of its own.
    pub fn is_source(&self, name: &str) -> bool {
        self.sources.iter().any(|s| s == name)
    }

    /// Feeds as they were on a day.
    pub fn feeds_on(&self, day: Day) -> Feeds {
        Feeds::judge(&self.arrivals, &self.workdays, day)
    }
}

/// The readings of one customer at the end of a day, counting what was known by the end of another; `None` = everything
/// that is known. `feeds` are those of that day.
pub fn read_day(
    run: &Run,
    subject: &Subject,
    events: &CustomerEvents<'_>,
    feeds: &Feeds,
    (day, known_day): (Day, Option<Day>),
    scratch: &mut Scratch,
) -> Vec<Reading> {
    let metrics = &run.settings.pack.metrics;
    let alive = alive_through(metrics, feeds, day);
    let facts =
        Facts { events, attributes: &subject.attributes, workdays: &run.workdays, known_day, alive_through: &alive };
    let mut row = Row::default();
    run.plan.at(day, &facts, scratch, &mut row);
    read_states(metrics, &row, feeds, subject.profile.since, day)
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
