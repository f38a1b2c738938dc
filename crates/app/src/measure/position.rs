//! What positions are read from: the values of all customers, counted once a day by segment and kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kizashi_db::{args, row, sql};
use kizashi_domain::id::Id;
use kizashi_domain::id::Workspace;
use kizashi_domain::measure::{
    Facts, Kind, POINTS_MAX, Population, Positions, Scratch, Source, read_states, segment_code,
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

/// Counts everybody's values on the days of a run, keeps them, and gives the run with them. A run without positions costs
/// nothing.
pub(crate) async fn count_positions(
    app: &App,
    run: Run,
    span: &Arc<Span>,
    subjects: &Arc<HashMap<String, Subject>>,
) -> Result<Run> {
    let metrics = &run.settings.pack.metrics;
    let ranked: Vec<usize> = metrics
        .iter()
        .filter(|m| m.kind == Kind::Percentile)
        .filter_map(|m| metrics.iter().position(|p| m.of.first() == Some(&p.id)))
        .collect();
    if ranked.is_empty() {
        return Ok(run);
    }
    let settings = Arc::clone(&run.settings);
    let (for_count, span, subjects) = (run.clone(), Arc::clone(span), Arc::clone(subjects));
    let values = app.blocking(move |history| count(history, &for_count, &span, &subjects, &ranked)).await?;
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
    ranked: &[usize],
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
                known_day: None,
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
                        let segment = subject.profile_at(day, None).segment.unwrap_or_default();
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
