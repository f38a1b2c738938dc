//! When something is sent, how often it is tried, and when one gives up.

use kizashi_domain::id::{Delivery as DeliveryId, Id, Subscription as SubscriptionId, Workspace};
use kizashi_domain::time::Time;

use super::store;
use crate::secrets::{Purpose, Secret, find_secret};
use crate::{App, Error, Result};

/// How long until the next try, in seconds: at once, then ever longer, about five days in all.
const WAITS_S: [i64; 11] = [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, 86_400];
/// Nobody else sends what was taken within this time; longer than any try may take.
const LEASE_US: i64 = 120 * 1_000_000;
/// Taken in one go.
const DUE_MAX: i64 = 20;
/// After this time without a single acknowledgement a subscription is paused.
const FAILING_US_MAX: i64 = 5 * 24 * 3_600 * 1_000_000;
/// The longest wait that the other side may ask for.
const RETRY_AFTER_S_MAX: i64 = 24 * 3_600;
/// What was acknowledged is remembered for so long.
const REMEMBERED_US: i64 = 30 * 24 * 3_600 * 1_000_000;
/// The beginning of an answer that is kept.
const ANSWER_CHARS_MAX: usize = 500;

/// Something to send, taken so that nobody else sends it.
#[derive(Clone, Debug)]
pub struct Due {
    /// What is told.
    pub id: Id<DeliveryId>,
    /// Whom.
    pub subscription: Id<SubscriptionId>,
    /// Where to.
    pub address: String,
    /// What to sign with; two while a secret is replaced.
    pub secrets: Vec<Secret>,
    /// What to send.
    pub body: String,
    /// The how many-th try this is, from 1.
    pub attempt: i64,
}

/// How a try went.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// Why there was none; one word.
    pub fault: &'static str,
    /// The beginning of the answer.
    pub answer: String,
    /// How long it took.
    pub duration_ms: i64,
    /// How long the other side asks to wait.
    pub retry_after_s: Option<i64>,
}

/// Takes what is due. What a killed process took is due again after the lease.
pub async fn take_due(app: &App, ws: Id<Workspace>) -> Result<Vec<Due>> {
    let rows = store::list_due(app, ws, DUE_MAX).await?;
    let mut out = Vec::new();
    for row in rows {
        let mut secrets = Vec::new();
        secrets.extend(find_secret(app, ws, Purpose::HookOut, row.subscription_id.uuid()).await?);
        if row.turning_until.is_some_and(|until| until > app.now()) {
            secrets.extend(find_secret(app, ws, Purpose::HookOutBefore, row.subscription_id.uuid()).await?);
        }
        if store::claim(app, ws, row.id, row.due_at, app.now().plus_us(LEASE_US)).await? {
            out.push(Due {
                id: row.id,
                subscription: row.subscription_id,
                address: row.address,
                secrets,
                body: row.body,
                attempt: row.attempts + 1,
            });
        }
    }
    Ok(out)
}

/// What follows from a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It was acknowledged: never again.
    Done,
    /// Again at this time.
    Again(Time),
    /// It is tried no more; a person may.
    GiveUp,
}

/// Judges a try. `chance` from 0 to 999 spreads the tries of many.
fn judge(tried: &Tried, attempt: i64, now: Time, chance: i64) -> Next {
    if tried.status.is_some_and(|s| (200..300).contains(&s)) {
        return Next::Done;
    }
    let place = usize::try_from(attempt - 1).unwrap_or(0);
    let Some(wait_s) = WAITS_S.get(place).filter(|_| tried.status != Some(410)) else { return Next::GiveUp };
    let asked_s = tried.retry_after_s.unwrap_or(0).clamp(0, RETRY_AFTER_S_MAX);
    // Between 80 and 120 of a hundred.
    let spread_us = wait_s.max(&asked_s).saturating_mul(1_000).saturating_mul(800 + chance.clamp(0, 999) * 400 / 1_000);
    Next::Again(now.plus_us(spread_us.max(asked_s * 1_000_000)))
}

/// Writes down how a try went and what follows.
pub async fn keep_tried(app: &App, ws: Id<Workspace>, due: &Due, tried: &Tried) -> Result<()> {
    let mut random = [0_u8; 2];
    getrandom::fill(&mut random).map_err(|e| Error::failed("random numbers", e))?;
    let next = judge(tried, due.attempt, app.now(), i64::from(u16::from_le_bytes(random)) % 1_000);
    let answer: String = tried.answer.chars().take(ANSWER_CHARS_MAX).collect();
    let mut tx = app.db.write().await?;
    store::insert_attempt(&mut tx, app, ws, due, &Tried { answer, ..tried.clone() }).await?;
    store::keep_next(&mut tx, app, ws, due, next).await?;
    if next == Next::Done {
        store::keep_told(&mut tx, app, ws, due.subscription).await?;
    } else {
        let is_gone = tried.status == Some(410);
        let why = if is_gone { "gone" } else { "failing" };
        let since = if is_gone { app.now() } else { app.now().plus_us(-FAILING_US_MAX) };
        store::keep_failing(&mut tx, app, ws, due.subscription, since, why).await?;
    }
    Ok(tx.commit().await?)
}

/// Forgets what was acknowledged long ago.
pub async fn forget_old(app: &App, ws: Id<Workspace>) -> Result<()> {
    store::forget_done(app, ws, app.now().plus_us(-REMEMBERED_US)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_later_spread_and_end() {
        let failed = Tried { status: Some(500), ..Tried::default() };
        let mut before = 0;
        for attempt in 1..=11 {
            let [low, high] = [0, 999].map(|chance| match judge(&failed, attempt, Time(0), chance) {
                Next::Again(at) => at.micros(),
                other => panic!("{attempt}: {other:?}"),
            });
            assert!(low < high && high >= before, "{attempt}: {low} {high}");
            before = low;
        }
        assert_eq!(judge(&failed, 12, Time(0), 0), Next::GiveUp);
        assert_eq!(judge(&Tried { status: Some(204), ..Tried::default() }, 12, Time(0), 0), Next::Done);
        assert_eq!(judge(&Tried { status: Some(410), ..Tried::default() }, 1, Time(0), 0), Next::GiveUp);
        for redirect in [301, 302, 307, 308] {
            assert!(matches!(
                judge(&Tried { status: Some(redirect), ..failed.clone() }, 1, Time(0), 0),
                Next::Again(_)
            ));
        }
    }

    #[test]
    fn who_asks_for_time_gets_it_within_a_day() {
        for (asked, wanted_s) in [(Some(600), 600), (Some(i64::MAX), 86_400), (Some(-5), 4), (None, 4)] {
            let tried = Tried { status: Some(429), retry_after_s: asked, ..Tried::default() };
            let Next::Again(at) = judge(&tried, 1, Time(0), 0) else { panic!() };
            assert!(at.micros() >= wanted_s * 1_000_000, "{asked:?}: {}", at.micros());
            assert!(at.micros() <= 86_400 * 1_200_000);
        }
    }
}
