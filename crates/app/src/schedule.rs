//! Jobs that run beside the pages: customers whose facts changed, the new day, what a killed process left behind.

use std::collections::HashSet;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::time::Day;

use crate::measure::Which;
use crate::{App, Result, intake, pipeline, reactions, signals};

/// Customers scored in one go while facts come in.
const BATCH_MAX: i64 = 2_000;

/// What the jobs remember between turns.
#[derive(Debug, Default)]
pub struct Schedule {
    /// The day on which everybody was scored last, and the version of the settings.
    scored: Option<(Day, i64)>,
}

impl Schedule {
    /// One turn: deliver the outbox, score everybody when a new day has begun or the settings were changed, else those marked
    /// dirty. Whether there was anything to do.
    pub async fn turn(&mut self, app: &App, workspace: Id<Workspace>) -> Result<bool> {
        let delivered = reactions::deliver_outbox(app).await?;
        let settings = crate::settings::open_settings(app, workspace).await?;
        let due = (settings.day_of(app.now()), settings.version);
        if self.scored != Some(due) {
            if self.scored.is_none_or(|(_, version)| version != settings.version) {
                intake::refresh_deadlines(app, workspace).await?;
            }
            score_all(app, workspace).await?;
            self.scored = Some(due);
            return Ok(true);
        }
        let scored = score_dirty(app, workspace).await?;
        Ok(scored > 0 || delivered > 0)
    }
}

/// Scores every customer for today, and the days that were missed.
pub async fn score_all(app: &App, workspace: Id<Workspace>) -> Result<pipeline::Done> {
    let mut marked = Vec::new();
    loop {
        let batch = intake::list_dirty(app, workspace, 100_000).await?;
        let known: HashSet<&String> = marked.iter().map(|(c, _): &(String, _)| c).collect();
        let fresh: Vec<_> = batch.iter().filter(|(c, _)| !known.contains(c)).cloned().collect();
        if fresh.is_empty() {
            break;
        }
        app.dirty.remove(&fresh.iter().map(|(c, _)| c.clone()).collect::<Vec<_>>());
        marked.extend(fresh);
        if batch.len() < 100_000 {
            break;
        }
    }
    let names: Vec<String> = marked.iter().map(|(c, _)| c.clone()).collect();
    intake::keep_unknown_customers(app, workspace, "", &names).await?;
    let started_at = app.now();
    let mut done = pipeline::run(app, workspace, Which::All).await?;
    intake::drop_dirty(app, workspace, &marked).await?;
    // Parents look at their children, whose verdicts were not there yet.
    let parents = signals::list_parents_of_red(app, workspace, started_at).await?;
    if !parents.is_empty() {
        done.cards += pipeline::run(app, workspace, Which::Only(&parents)).await?.cards;
    }
    Ok(done)
}

/// Scores a batch of the customers whose facts changed; how many.
pub async fn score_dirty(app: &App, workspace: Id<Workspace>) -> Result<usize> {
    let marked = intake::list_dirty(app, workspace, BATCH_MAX).await?;
    if marked.is_empty() {
        return Ok(0);
    }
    let names: Vec<String> = marked.iter().map(|(c, _)| c.clone()).collect();
    // Marks go first: a fact that comes from now on marks its customer again.
    app.dirty.remove(&names);
    intake::keep_unknown_customers(app, workspace, "", &names).await?;
    let started_at = app.now();
    pipeline::run(app, workspace, Which::Only(&names)).await?;
    let parents = signals::list_parents_of_red(app, workspace, started_at).await?;
    if !parents.is_empty() {
        pipeline::run(app, workspace, Which::Only(&parents)).await?;
    }
    intake::drop_dirty(app, workspace, &marked).await?;
    Ok(marked.len())
}
