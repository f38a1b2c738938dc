//! Facts of customers made ready for the kernel.

mod store;
mod table;

use std::collections::HashMap;
use std::sync::Arc;

use kizashi_domain::customers::Profile;
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::measure::{
    Arrivals, Attributes, CustomerEvents, Facts, Feeds, Names, Plan, Reading, Row, Scratch, Selection, Series, Source,
    WorkDays, alive_through, read_states,
};
use kizashi_domain::money::Currency;
use kizashi_domain::time::Day;

use crate::settings::Settings;
use crate::{App, Result};

pub use table::{Summary, Table, compute_now, compute_series};

/// How far around today business days are counted.
const WORKDAYS_BACK: i32 = 1_200;
const WORKDAYS_AHEAD: i32 = 800;

/// A customer with everything the kernel and the rules ask about it, but its events.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Customer.
    pub id: Id<Customer>,
    /// Code in the source.
    pub external_id: String,
    /// Name.
    pub name: String,
    /// Owner.
    pub owner_id: Option<Id<Staff>>,
    /// Parent.
    pub parent_id: Option<Id<Customer>>,
    /// What conditions look at.
    pub profile: Profile,
    /// Dated figures.
    pub attributes: Attributes,
    /// Currency of its contracts.
    pub currency: Currency,
}

impl Subject {
    /// A figure on a day.
    pub fn figure(&self, name: &str, day: Day) -> Option<f64> {
        self.attributes.as_of(name, day, None).map(|(v, _)| v)
    }

    /// A figure that is a day, such as `notice_on`.
    pub fn date(&self, name: &str, day: Day) -> Option<Day> {
        #[allow(clippy::cast_possible_truncation)]
        self.figure(name, day).map(|v| Day(v as i32))
    }
}

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

/// Feeds of all sources on a day, and under the words `activities`, `tickets`, `responses` those that bring such records.
pub async fn list_feeds(app: &App, settings: &Settings, day: Day) -> Result<Feeds> {
    let arrivals = load_arrivals(app, settings.workspace).await?;
    Ok(Feeds::judge(&arrivals, &workdays(settings, day), day))
}

/// Arrivals of each source, and of the kinds of records under their words.
pub(crate) async fn load_arrivals(app: &App, workspace: Id<Workspace>) -> Result<Vec<Arrivals>> {
    let mut arrivals = app.blocking(|h| Ok(h.arrivals()?)).await?;
    let mut kinds = Vec::new();
    for (word, sources) in store::list_record_sources(app, workspace).await? {
        let mut per_day: HashMap<Day, u64> = HashMap::new();
        let of_kind = || arrivals.iter().filter(|a| sources.contains(&a.source));
        for (day, n) in of_kind().flat_map(|a| &a.per_day) {
            *per_day.entry(*day).or_default() += n;
        }
        let mut per_day: Vec<(Day, u64)> = per_day.into_iter().collect();
        per_day.sort_unstable();
        if let (Some(received), Some(occurred)) =
            (of_kind().map(|a| a.last_received_at).max(), of_kind().map(|a| a.last_occurred_at).max())
        {
            kinds.push(Arrivals {
                source: word.to_owned(),
                last_received_at: received,
                last_occurred_at: occurred,
                per_day,
            });
        }
    }
    arrivals.extend(kinds);
    Ok(arrivals)
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
}

impl Run {
    /// Made ready for runs around `day`.
    pub async fn prepare(app: &App, workspace: Id<Workspace>, day: Day) -> Result<Self> {
        let settings = crate::settings::open_settings(app, workspace).await?;
        let names: Names = app.blocking(|h| Ok(h.names()?)).await?;
        let arrivals = load_arrivals(app, workspace).await?;
        Ok(Self {
            plan: Arc::new(Plan::compile(&settings.pack.metrics, &names)),
            workdays: Arc::new(workdays(&settings, day)),
            settings,
            arrivals: Arc::new(arrivals),
        })
    }

    /// Feeds as they were on a day.
    pub fn feeds_on(&self, day: Day) -> Feeds {
        Feeds::judge(&self.arrivals, &self.workdays, day)
    }
}

/// The readings of one customer on one day. `feeds` are those of that day.
pub fn read_day(
    run: &Run,
    subject: &Subject,
    events: &CustomerEvents<'_>,
    feeds: &Feeds,
    day: Day,
    scratch: &mut Scratch,
) -> Vec<Reading> {
    let metrics = &run.settings.pack.metrics;
    let alive = alive_through(metrics, feeds, day);
    let facts = Facts {
        events,
        attributes: &subject.attributes,
        workdays: &run.workdays,
        known_day: None,
        alive_through: &alive,
    };
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
