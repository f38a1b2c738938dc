//! Jobs that run beside the pages: customers whose facts changed, the new day, what a killed process left behind.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::{Day, Time};

use tokio::sync::Notify;

use crate::measure::Which;
use crate::{App, Error, Result, intake, pipeline, plays, reactions, signals};

/// Customers scored in one go while facts come in: small enough that whoever asks for one of them waits for a moment only.
const BATCH_MAX: i64 = 500;
/// Customers that a page lets be scored in one go.
const TOGETHER_MAX: usize = 100;
/// How long a page waits for a customer that is being scored.
const WAIT_MS_MAX: u64 = 2_000;

/// Customers that are being scored at this moment: nobody is scored twice at a time, so that what was computed from older
/// facts never replaces what was computed from newer ones.
#[derive(Debug, Default)]
pub(crate) struct UnderWay {
    names: Mutex<HashSet<String>>,
    changed: Notify,
    /// Runs over everybody.
    everybody: AtomicUsize,
}

/// Ends with the scoring of these customers.
struct Claim {
    under_way: Arc<UnderWay>,
    names: Vec<String>,
}

impl UnderWay {
    /// Claims those of `names` that nobody else has.
    fn claim(self: &Arc<Self>, names: Vec<String>) -> Claim {
        let mine = match self.names.lock() {
            Ok(mut taken) => names.into_iter().filter(|n| taken.insert(n.clone())).collect(),
            Err(_) => Vec::new(),
        };
        Claim { under_way: Arc::clone(self), names: mine }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Ok(mut taken) = self.under_way.names.lock() {
            for name in &self.names {
                taken.remove(name);
            }
        }
        self.under_way.changed.notify_waiters();
    }
}

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
            let is_changed = self.scored.is_none_or(|(_, version)| version != settings.version);
            if is_changed {
                intake::refresh_deadlines(app, workspace).await?;
            }
            score_all(app, workspace).await?;
            if is_changed {
                plays::follow_calendar(app, &settings).await?;
            }
            signals::prune_firings(app, workspace).await?;
            self.scored = Some(due);
            plays::follow_left(app, &settings, None).await?;
            return Ok(true);
        }
        let went_on = plays::advance_due(app, &settings).await?;
        let scored = score_dirty(app, workspace).await?;
        let late = plays::escalate_late(app, workspace).await?;
        Ok(scored > 0 || delivered > 0 || late > 0 || went_on > 0)
    }
}

/// Goes on with the plays whose day has come, for a workspace that begins with a past.
pub async fn advance_plays(app: &App, workspace: Id<Workspace>) -> Result<usize> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    plays::advance_due(app, &settings).await
}

/// Tells what was announced, for a workspace that begins with a past; how many announcements.
pub async fn deliver_announced(app: &App) -> Result<usize> {
    reactions::deliver_outbox(app).await
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
    app.scoring.everybody.fetch_add(1, Ordering::SeqCst);
    let run = pipeline::run(app, workspace, Which::All).await;
    app.scoring.everybody.fetch_sub(1, Ordering::SeqCst);
    let mut done = run?;
    intake::drop_dirty(app, workspace, &marked).await?;
    // Parents look at their children, whose verdicts were not there yet.
    let parents = signals::list_parents_of_red(app, workspace, Which::All, started_at).await?;
    if !parents.is_empty() {
        done.cards += pipeline::run(app, workspace, Which::Only(&parents)).await?.cards;
    }
    Ok(done)
}

/// Scores a batch of the customers whose facts changed; how many.
pub async fn score_dirty(app: &App, workspace: Id<Workspace>) -> Result<usize> {
    let marked = intake::list_dirty(app, workspace, BATCH_MAX).await?;
    Ok(score_marked(app, workspace, marked).await?.len())
}

/// Scores those of these customers at once whose facts changed, the first of them first: who opens a page about them sees what they
/// say, however many others wait. Whether any was scored.
pub(crate) async fn score_now(app: &App, workspace: Id<Workspace>, customers: &[Id<Customer>]) -> Result<bool> {
    let scored = AtomicBool::new(false);
    let wait = async {
        for together in customers.chunks(TOGETHER_MAX) {
            if score_together(app, workspace, together).await? {
                scored.store(true, Ordering::SeqCst);
            }
        }
        Ok::<(), Error>(())
    };
    // After that the page shows what there is; the job goes on.
    tokio::time::timeout(Duration::from_millis(WAIT_MS_MAX), wait).await.unwrap_or(Ok(()))?;
    Ok(scored.load(Ordering::SeqCst))
}

/// Scores those of these that wait, or waits for whoever scores them; whether any was scored.
async fn score_together(app: &App, workspace: Id<Workspace>, customers: &[Id<Customer>]) -> Result<bool> {
    let mut done: HashSet<String> = HashSet::new();
    let mut waited = false;
    loop {
        let changed = app.scoring.changed.notified();
        let mut marked = intake::list_dirty_of(app, workspace, customers).await?;
        // A mark stays while everybody is scored.
        marked.retain(|(customer, _)| !done.contains(customer));
        if marked.is_empty() {
            return Ok(waited || !done.is_empty());
        }
        // A task of its own: what was begun is brought to its end, whether or not somebody still waits for the page.
        let own = app.clone();
        let run = tokio::spawn(async move { score_marked(&own, workspace, marked).await });
        let scored = run.await.map_err(|e| Error::failed("scoring", e))??;
        if scored.is_empty() {
            waited = true;
            changed.await;
        }
        done.extend(scored);
    }
}

/// Scores marked customers but for those that are being scored; which.
async fn score_marked(app: &App, workspace: Id<Workspace>, marked: Vec<(String, Time)>) -> Result<Vec<String>> {
    let claim = app.scoring.claim(marked.iter().map(|(c, _)| c.clone()).collect());
    let names = claim.names.clone();
    let marked: Vec<(String, Time)> = marked.into_iter().filter(|(c, _)| names.contains(c)).collect();
    if marked.is_empty() {
        return Ok(names);
    }
    // Marks go first: a fact that comes from now on marks its customer again.
    app.dirty.remove(&names);
    intake::keep_unknown_customers(app, workspace, "", &names).await?;
    let started_at = app.now();
    pipeline::run(app, workspace, Which::Only(&names)).await?;
    let settings = crate::settings::open_settings(app, workspace).await?;
    plays::follow_left(app, &settings, Some(&names)).await?;
    let parents = signals::list_parents_of_red(app, workspace, Which::Only(&names), started_at).await?;
    if !parents.is_empty() {
        pipeline::run(app, workspace, Which::Only(&parents)).await?;
    }
    // A run over everybody may have looked at older facts and still be about to keep what they say: then the marks stay.
    if app.scoring.everybody.load(Ordering::SeqCst) == 0 {
        intake::drop_dirty(app, workspace, &marked).await?;
    }
    Ok(names)
}
