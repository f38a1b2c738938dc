//! What positions are read from: the values of all customers, counted once a day by segment and kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kizashi_db::{args, row, sql};
use kizashi_domain::id::Id;
use kizashi_domain::id::Workspace;
use kizashi_domain::measure::{
    Facts, POINTS_MAX, Population, Positions, Scratch, Source, ranked_metrics, read_states, segment_code,
};
use kizashi_domain::time::Day;

use super::{Run, Subject, visit_subjects};
use crate::pipeline::Span;
use crate::settings::Settings;
use crate::{App, Result};

/// Days of populations that are kept in memory.
const DAYS_MAX: i32 = 800;

/// The kept populations, once read.
#[derive(Debug, Default)]
pub(crate) struct PositionsCache(Mutex<Option<(Id<Workspace>, Arc<Positions>)>>);

row! {
    struct PopulationRow { metric: String, segment: String, day: Day, points: String }
}

fn write_points(population: &Population) -> String {
    population.points().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn read_points(text: &str) -> Population {
    debug_assert!(text.split(' ').count() <= POINTS_MAX);
    Population::of(text.split(' ').filter_map(|p| p.parse().ok()).collect())
}

/// What was counted so far.
pub(super) async fn load_positions(app: &App, settings: &Settings) -> Result<Arc<Positions>> {
    let workspace = settings.workspace;
    let kept = app.positions.0.lock().ok().and_then(|kept| kept.clone());
    if let Some((_, positions)) = kept.filter(|(of, _)| *of == workspace) {
        return Ok(positions);
    }
    let statement =
        sql!("SELECT metric, segment, day, points FROM population WHERE workspace_id = $1 AND day >= $2 ORDER BY day");
    let oldest = settings.day_of(app.now()).plus(-DAYS_MAX);
    let rows: Vec<PopulationRow> = app.db.list(statement, args![workspace, oldest]).await?;
    let mut positions = Positions::default();
    for row in rows {
        positions.insert(&row.metric, segment_code(&row.segment), row.day, read_points(&row.points));
    }
    Ok(remember(app, workspace, positions))
}

fn remember(app: &App, workspace: Id<Workspace>, positions: Positions) -> Arc<Positions> {
    let positions = Arc::new(positions);
    if let Ok(mut kept) = app.positions.0.lock() {
        *kept = Some((workspace, Arc::clone(&positions)));
    }
    positions
}

type Values = HashMap<(usize, String, Day), Vec<f64>>;

/// Which metrics of the settings others are ranked by.
fn list_ranked(settings: &Settings) -> Vec<usize> {
    let metrics = &settings.pack.metrics;
    ranked_metrics(metrics).iter().filter_map(|id| metrics.iter().position(|m| m.id == *id)).collect()
}

/// Counts everybody's values on the days of a run, keeps them, and gives the run with them. A run without positions costs
/// nothing.
pub(crate) async fn count_positions(
    app: &App,
    run: Run,
    span: &Arc<Span>,
    subjects: &Arc<HashMap<String, Subject>>,
) -> Result<Run> {
    if list_ranked(&run.settings).is_empty() {
        return Ok(run);
    }
    let run = count_days(app, run, Arc::clone(span), Arc::clone(subjects), None).await?;
    count_missing_positions(app, run, &[span.since]).await
}

/// The run with the positions of these days too. A day that nobody counted when it was there (before the first scores, before
/// the metric was declared) is counted by what was known at its end, and kept.
pub(crate) async fn count_missing_positions(app: &App, mut run: Run, days: &[Day]) -> Result<Run> {
    let ranked = list_ranked(&run.settings);
    if ranked.is_empty() {
        return Ok(run);
    }
    let mut subjects = None;
    for day in days {
        let positions = load_positions(app, &run.settings).await?;
        let metrics = &run.settings.pack.metrics;
        if ranked.iter().filter_map(|place| metrics.get(*place)).all(|m| positions.is_counted(&m.id, *day)) {
            run = run.with_positions(positions);
            continue;
        }
        let all = match &subjects {
            Some(all) => Arc::clone(all),
            None => Arc::new(super::load_subjects(app, run.settings.workspace, super::Which::All).await?),
        };
        let span = Arc::new(Span::between(&run, *day, *day, Some(*day)));
        run = count_days(app, run, span, Arc::clone(&all), Some(*day)).await?;
        subjects = Some(all);
    }
    Ok(run)
}

/// The run with positions of a day under settings that nobody saved: counted and not kept.
pub(crate) async fn try_positions(
    app: &App,
    run: Run,
    day: Day,
    subjects: &Arc<HashMap<String, Subject>>,
) -> Result<Run> {
    if list_ranked(&run.settings).is_empty() {
        return Ok(run);
    }
    let span = Arc::new(Span::between(&run, day, day, None));
    let values = gather(app, &run, span, Arc::clone(subjects), None).await?;
    let mut positions = Positions::clone(&*load_positions(app, &run.settings).await?);
    for ((place, segment, day), values) in values {
        let Some(metric) = run.settings.pack.metrics.get(place) else { continue };
        positions.insert(&metric.id, segment_code(&segment), day, Population::of(values));
    }
    Ok(run.with_positions(Arc::new(positions)))
}

/// Everybody's values on the days that a span scores, by what was known at the end of a day; `None` = everything that is known.
async fn gather(
    app: &App,
    run: &Run,
    span: Arc<Span>,
    subjects: Arc<HashMap<String, Subject>>,
    known: Option<Day>,
) -> Result<Values> {
    let ranked = list_ranked(&run.settings);
    let days = (span.backfill_from.0..=span.today.0).map(Day);
    // A day on which nobody had a value was counted too.
    let nobody: Vec<_> = days.flat_map(|day| ranked.iter().map(move |place| (*place, String::new(), day))).collect();
    let run = run.clone();
    let mut values = app.blocking(move |history| count(history, &run, &span, &subjects, (&ranked, known))).await?;
    for key in nobody {
        values.entry(key).or_default();
    }
    Ok(values)
}

/// What [`gather`] finds, kept.
async fn count_days(
    app: &App,
    run: Run,
    span: Arc<Span>,
    subjects: Arc<HashMap<String, Subject>>,
    known: Option<Day>,
) -> Result<Run> {
    let settings = Arc::clone(&run.settings);
    let values = gather(app, &run, span, subjects, known).await?;
    let mut positions = Positions::clone(&*load_positions(app, &settings).await?);
    let now = app.now();
    let mut tx = app.db.write().await?;
    let statement = sql!(
        "INSERT INTO population (workspace_id, metric, segment, day, counted_at, points) VALUES ($1, $2, $3, $4, $5, $6) ",
        "ON CONFLICT (workspace_id, metric, segment, day) DO UPDATE SET counted_at = excluded.counted_at, points = excluded.points"
    );
    for ((place, segment, day), values) in values {
        let Some(metric) = settings.pack.metrics.get(place) else { continue };
        let population = Population::of(values);
        let points = write_points(&population);
        tx.run(statement, args![settings.workspace, metric.id, segment, day, now, points]).await?;
        positions.insert(&metric.id, segment_code(&segment), day, population);
    }
    tx.commit().await?;
    let positions = remember(app, settings.workspace, positions);
    Ok(run.with_positions(positions))
}

fn count(
    history: &dyn Source,
    run: &Run,
    span: &Span,
    subjects: &HashMap<String, Subject>,
    (ranked, known_day): (&[usize], Option<Day>),
) -> Result<Values> {
    let metrics = &run.settings.pack.metrics;
    let all: Mutex<Values> = Mutex::default();
    visit_subjects(history, subjects, true, &|subject, events| {
        let mut found: Vec<((usize, String, Day), f64)> = Vec::new();
        let mut scratch = Scratch::default();
        for (first, last) in span.runs(span.backfill_from, span.today) {
            let alive = span.alive_over(first, last);
            let facts = Facts {
                events: &events,
                attributes: &subject.attributes,
                workdays: &run.workdays,
                known_day,
                alive_through: &alive,
            };
            run.plan.rows(first, last, &facts, &mut scratch, &mut |day, row| {
                let profile = &subject.profile;
                let Some(provisions) = span.provisions(day) else { return };
                if profile.has_left(day) || profile.since.is_some_and(|since| since > day) {
                    return;
                }
                let readings = read_states(metrics, row, provisions, profile.since, day);
                for place in ranked {
                    if let Some(value) = readings.get(*place).and_then(kizashi_domain::measure::Reading::fresh) {
                        let segment = subject.profile_at(day, known_day).segment.unwrap_or_default();
                        found.push(((*place, segment, day), value));
                    }
                }
            });
        }
        if let Ok(mut all) = all.lock() {
            for (key, value) in found {
                all.entry(key).or_default().push(value);
            }
        }
    })?;
    Ok(all.into_inner().unwrap_or_default())
}
