//! What points did from the beginning of a play on, beside those of customers with the same sign for whom it did not run to its end; and
//! how cards ended by whether a step was done. Before and after: no more is claimed.

use std::collections::BTreeMap;

use kizashi_db::{ToValue, args, sql};
use kizashi_domain::health::{Moved, find_moved};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::limits::REHEARSAL_ROWS_MAX;
use kizashi_domain::time::{DAY_US, Day};

use crate::settings::Settings;
use crate::{App, Result};

/// How long after the end points are looked at once more.
pub const AFTER_DAYS: i32 = 30;
/// How far back cases are counted.
const DAYS: i32 = 365;

/// Points of some cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    /// Cases, whether their points are known or not.
    pub cases: usize,
    /// The points that they began with; the range is that of their middle.
    pub start: Option<Moved>,
    /// Cases with points at the beginning and at the end.
    pub with_end: usize,
    /// From the beginning to the end.
    pub until_end: Option<Moved>,
    /// Cases with points at the beginning and [`AFTER_DAYS`] after the end.
    pub with_after: usize,
    /// From the beginning to [`AFTER_DAYS`] after the end.
    pub until_after: Option<Moved>,
}

/// How the cards behind ended runs ended, by whether a step was done: solved, of closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepEnds {
    /// The step.
    pub step: String,
    /// Where it was done.
    pub done: (u32, u32),
    /// Where it was left out, timed out or declined.
    pub left: (u32, u32),
}

/// What happened from the beginning of a play on.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// Since this day.
    pub since: Option<Day>,
    /// Runs of cards that were gone through.
    pub ran: Side,
    /// Closed cards of the same signals for which it did not run, or ended early.
    pub others: Side,
    /// Its steps that count something.
    pub steps: Vec<StepEnds>,
}

/// Counts it. Both sides begin on the day on which the card was opened. Points are those that were kept on the day, or within a week before it.
pub async fn open_effect(app: &App, settings: &Settings, play: &str) -> Result<Effect> {
    let today = settings.day_of(app.now());
    let since = today.plus(-DAYS);
    let rules = settings.pack.signals.iter().filter(|r| r.play.as_deref() == Some(play)).map(|r| r.id.as_str());
    let rules: Vec<&str> = rules.collect();
    Ok(Effect {
        since: Some(since),
        ran: sum_up(list_ran(app, settings, play, since).await?, today),
        others: sum_up(list_others(app, settings, (play, &rules), since).await?, today),
        steps: list_step_ends(app, settings.workspace, play, since).await?,
    })
}

/// The day of the end, and the points at the beginning, at the end and a while after it.
type Points = (Day, Option<i64>, Option<i64>, Option<i64>);

fn sum_up(cases: Vec<Points>, today: Day) -> Side {
    let (mut starts, mut ends, mut afters) = (Vec::new(), Vec::new(), Vec::new());
    for (ended_on, start, end, after) in &cases {
        let Some(start) = start else { continue };
        starts.push(*start);
        ends.extend(end.map(|end| end - start));
        afters.extend(after.filter(|_| ended_on.plus(AFTER_DAYS) <= today).map(|after| after - start));
    }
    Side {
        cases: cases.len(),
        with_end: ends.len(),
        with_after: afters.len(),
        start: find_moved(starts),
        until_end: find_moved(ends),
        until_after: find_moved(afters),
    }
}

/// What turns an instant of the world's clock into the company's; over a year it moves an hour at most.
fn offset_us(settings: &Settings, since: Day) -> i64 {
    i64::from(since.0) * DAY_US - settings.zone.start_of(since).micros()
}

async fn list_ran(app: &App, settings: &Settings, play: &str, since: Day) -> Result<Vec<Points>> {
    let ws = settings.workspace;
    let statement = sql!(
        "SELECT r.ended_on, ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = r.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= r.opened_on AND s.day > r.opened_on - 7 ORDER BY s.day DESC LIMIT 1), ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = r.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= r.ended_on AND s.day > r.ended_on - 7 ORDER BY s.day DESC LIMIT 1), ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = r.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= r.ended_on + 30 AND s.day > r.ended_on + 23 ORDER BY s.day DESC LIMIT 1) ",
        "FROM (SELECT p.customer_id, p.ended_on, (k.opened_at + $4) / 86400000000 AS opened_on FROM play_run p ",
        "JOIN card k ON k.id = p.card_id WHERE p.workspace_id = $1 AND p.play = $2 AND p.ending = 'finished' AND p.ended_on >= $3 ",
        "AND (k.outcome IS NULL OR k.outcome <> 'false_alarm') ORDER BY p.ended_on DESC, p.id LIMIT $5) r"
    );
    let offset_us = offset_us(settings, since);
    Ok(app.db.list(statement, args![ws, play, since, offset_us, REHEARSAL_ROWS_MAX]).await?)
}

async fn list_others(
    app: &App,
    settings: &Settings,
    (play, rules): (&str, &[&str]),
    since: Day,
) -> Result<Vec<Points>> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let ws = settings.workspace;
    let (start, offset_us) = (settings.zone.start_of(since), offset_us(settings, since));
    let statement = sql!(
        "SELECT k.closed_on, ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = k.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= k.opened_on AND s.day > k.opened_on - 7 ORDER BY s.day DESC LIMIT 1), ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = k.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= k.closed_on AND s.day > k.closed_on - 7 ORDER BY s.day DESC LIMIT 1), ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = k.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= k.closed_on + 30 AND s.day > k.closed_on + 23 ORDER BY s.day DESC LIMIT 1) ",
        "FROM (SELECT c.id, c.customer_id, (c.opened_at + $4) / 86400000000 AS opened_on, (c.closed_at + $4) / 86400000000 AS closed_on ",
        "FROM card c WHERE c.workspace_id = $1 AND c.customer_id IS NOT NULL AND c.closed_at >= $3 ",
        "AND c.outcome IN ('solved', 'unsolved', 'recovered') AND NOT EXISTS (SELECT 1 FROM play_run r WHERE r.workspace_id = $1 ",
        "AND r.customer_id = c.customer_id AND r.play = $2 AND (r.ended_at IS NULL OR r.ending = 'finished') ",
        "AND (r.ended_at IS NULL OR r.ended_at >= c.opened_at) AND r.started_at <= c.closed_at) ",
        "AND EXISTS (SELECT 1 FROM card_cause x WHERE x.workspace_id = $1 AND x.card_id = c.id AND x.rule IN ($5)) ",
        "ORDER BY c.closed_at DESC, c.id LIMIT 2000) k"
    );
    let keys = rules.iter().map(|rule| (*rule).to_value()).collect();
    Ok(app.db.list_in(statement, args![ws, play, start, offset_us], keys).await?)
}

async fn list_step_ends(app: &App, ws: Id<Workspace>, play: &str, since: Day) -> Result<Vec<StepEnds>> {
    let statement = sql!(
        "SELECT t.step, t.standing, k.outcome, count(*) FROM play_run r JOIN play_task t ON t.run_id = r.id JOIN card k ON k.id = r.card_id ",
        "WHERE r.workspace_id = $1 AND r.play = $2 AND r.ended_on >= $3 AND k.outcome IN ('solved', 'unsolved', 'recovered') ",
        "AND t.standing IN ('done', 'skipped', 'timed_out', 'declined') GROUP BY t.step, t.standing, k.outcome ",
        "ORDER BY t.step, t.standing, k.outcome LIMIT 2000"
    );
    let rows: Vec<(String, String, String, i64)> = app.db.list(statement, args![ws, play, since]).await?;
    let mut steps: BTreeMap<String, StepEnds> = BTreeMap::new();
    for (step, standing, outcome, n) in rows {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let ends = steps.entry(step.clone()).or_insert_with(|| StepEnds { step, ..StepEnds::default() });
        let side = if standing == "done" { &mut ends.done } else { &mut ends.left };
        side.0 += if outcome == "solved" { n } else { 0 };
        side.1 += n;
    }
    Ok(steps.into_values().collect())
}
