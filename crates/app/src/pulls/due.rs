//! When each query is asked again: at its interval, and after a failure later and later.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use kizashi_domain::id::{Id, Pull, Workspace};
use kizashi_domain::intake::Files;
use kizashi_domain::time::Time;

use super::{Failed, PullRow, run_pull, store};
use crate::access::Grant;
use crate::imports::Report;
use crate::{App, Refused, Result};

/// After the first failure, and at most, in seconds.
const RETRY_S_MIN: i64 = 60;
const RETRY_S_MAX: i64 = 3_600;
/// Characters kept of what another system said.
const SAID_CHARS_MAX: usize = 500;

/// What is being read: nothing is read twice at a time.
#[derive(Debug, Default)]
pub(crate) struct Running(Mutex<HashSet<Id<Pull>>>);

impl Running {
    pub(super) fn has(&self, id: Id<Pull>) -> bool {
        self.0.lock().is_ok_and(|all| all.contains(&id))
    }

    fn claim(self: &Arc<Self>, id: Id<Pull>) -> Option<Claim> {
        let is_mine = self.0.lock().is_ok_and(|mut all| all.insert(id));
        is_mine.then(|| Claim { all: Arc::clone(self), id })
    }
}

struct Claim {
    all: Arc<Running>,
    id: Id<Pull>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Ok(mut all) = self.all.0.lock() {
            all.remove(&self.id);
        }
    }
}

/// Reads every query whose time has come, one after the other; how many.
pub async fn run_due(app: &App, files: &Arc<dyn Files>, workspace: Id<Workspace>) -> Result<usize> {
    let due = store::list_due(app, workspace, app.now()).await?;
    let count = due.len();
    for pull in due {
        match read_and_note(app, files, workspace, &pull).await {
            Ok(_) | Err(Failed::There(..)) => {}
            Err(Failed::Here(error)) => tracing::error!(pull = %pull.id, "a query of another system: {error}"),
        }
    }
    Ok(count)
}

/// Reads a query now.
///
/// # Errors
/// [`Refused::Changed`] when it is being read already; what the other system said.
pub async fn run_now(
    app: &App,
    files: &Arc<dyn Files>,
    workspace: Id<Workspace>,
    id: Id<Pull>,
) -> std::result::Result<Report, Failed> {
    let pull = super::open_pull(app, workspace, id).await?;
    read_and_note(app, files, workspace, &pull).await
}

/// Reads a query beside the pages.
pub async fn start_now(app: &App, grant: &Grant, files: &Arc<dyn Files>, id: Id<Pull>) -> Result<()> {
    let workspace = grant.workspace();
    let pull = super::open_pull(app, workspace, id).await?;
    // Whoever asks twice sees the first run.
    let Some(claim) = app.pulls.claim(id) else { return Ok(()) };
    let (app, files) = (app.clone(), Arc::clone(files));
    tokio::spawn(async move {
        if let Err(Failed::Here(error)) = read_claimed(&app, &files, workspace, &pull, claim).await {
            tracing::error!(pull = %pull.id, "a query of another system: {error}");
        }
    });
    Ok(())
}

async fn read_and_note(
    app: &App,
    files: &Arc<dyn Files>,
    workspace: Id<Workspace>,
    pull: &PullRow,
) -> std::result::Result<Report, Failed> {
    let Some(claim) = app.pulls.claim(pull.id) else { return Err(Refused::Changed.into()) };
    read_claimed(app, files, workspace, pull, claim).await
}

async fn read_claimed(
    app: &App,
    files: &Arc<dyn Files>,
    workspace: Id<Workspace>,
    pull: &PullRow,
    _claim: Claim,
) -> std::result::Result<Report, Failed> {
    // What was read since it was looked up is not read again.
    let Some(pull) = store::find_pull(app, workspace, pull.id).await? else { return Err(Refused::NotFound.into()) };
    let ended = run_pull(app, Arc::clone(files), workspace, &pull).await;
    let after = |seconds: i64| app.now().plus_us(seconds * 1_000_000);
    match &ended {
        Ok(report) => {
            let is_news = report.added + report.changed + report.deleted + report.refused > 0;
            let is_first = pull.done_at.is_none();
            let kept = (is_news || is_first).then_some(report);
            store::keep_done(app, workspace, pull.id, after(pull.interval_s), kept).await?;
        }
        Err(failed) => {
            let (fault, said) = match failed {
                Failed::There(fault, said) => (*fault, said.chars().take(SAID_CHARS_MAX).collect()),
                // Our own cause was logged; the secret's is for the administrator.
                Failed::Here(crate::Error::Refused(Refused::SecretKey(why))) => ("secret-key", (*why).to_owned()),
                Failed::Here(_) => ("ours", String::new()),
            };
            tracing::warn!(pull = %pull.id, fault, "another system cannot be read");
            let next_at = next_try(app.now(), pull.failures);
            store::keep_fault(app, workspace, pull.id, next_at, (fault, &said)).await?;
        }
    }
    ended
}

/// A minute after the first failure, then twice as long each time, at most an hour.
fn next_try(now: Time, failures: i64) -> Time {
    let doubled = u32::try_from(failures.clamp(0, 10)).unwrap_or(10);
    now.plus_us((RETRY_S_MIN << doubled).min(RETRY_S_MAX) * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_that_stays_away_is_asked_less_and_less() {
        let waits: Vec<i64> = (0..12).map(|n| next_try(Time(0), n).micros() / 1_000_000).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600, 3600, 3600]);
    }
}
