//! What points and the metrics of the cause did from the beginning of a play on, beside those of customers with the same sign for whom it
//! did not run to its end; what came of the cards, and how they ended by whether a step was done. Before and after: no more is claimed.

mod measured;

use std::collections::BTreeMap;

use kizashi_db::{ToValue, Value, args, row, sql};
use kizashi_domain::health::{Moved, find_moved};
use kizashi_domain::id::{Card, Id, Workspace};
use kizashi_domain::limits::EFFECT_CARDS_MAX;
use kizashi_domain::time::{DAY_US, Day};

use super::super::read::Outcome;
use crate::settings::Settings;
use crate::{App, Result};

/// How long after the end points are looked at once more.
pub const AFTER_DAYS: i32 = 30;
/// How far back cases are counted.
const DAYS: i32 = 365;

/// Points, or values of a metric, of some cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Side {
    /// Cases, whether their values are known or not.
    pub cases: usize,
    /// What they began with; the range is that of their middle.
    pub start: Option<Moved>,
    /// Cases with values at the beginning and at the end.
    pub with_end: usize,
    /// From the beginning to the end.
    pub until_end: Option<Moved>,
    /// Cases with values at the beginning and [`AFTER_DAYS`] after the end.
    pub with_after: usize,
    /// From the beginning to [`AFTER_DAYS`] after the end.
    pub until_after: Option<Moved>,
}

/// A metric by which the signs were noticed.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Its id.
    pub metric: String,
    /// Cases of runs that were gone through.
    pub ran: Side,
    /// The others.
    pub others: Side,
}

/// How many cards ended how, in the order of [`Outcome::ALL`].
pub type Ends = [u32; Outcome::ALL.len()];

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
    /// The metrics behind the signs, those of most cases first.
    pub measured: Vec<Measured>,
    /// More cases are there than their metrics are read of: the newest.
    pub is_cut: bool,
    /// What came of the cards of runs that were gone through, and of the others.
    pub ends: (Ends, Ends),
    /// Its steps that count something.
    pub steps: Vec<StepEnds>,
}

/// Counts it. Both sides begin on the day on which the card was opened. Points are those that were kept on the day, or within a week before
/// it; metrics are read from everything that is known now, so that one ruler measures both ends.
pub async fn open_effect(app: &App, settings: &Settings, play: &str) -> Result<Effect> {
    let today = settings.day_of(app.now());
    let since = today.plus(-DAYS);
    let rules = settings.pack.signals.iter().filter(|r| r.play.as_deref() == Some(play)).map(|r| r.id.as_str());
    let rules: Vec<&str> = rules.collect();
    let asked = Asked { settings, play, rules: &rules, since };
    let (ran, others) = (list_ran(app, &asked).await?, list_others(app, &asked).await?);
    let (measured, is_cut) = measured::measure(app, &asked, (&ran, &others), today).await?;
    Ok(Effect {
        since: Some(since),
        ran: sum_up(ran.iter().map(|case| (case.ended_on, case.points())), today),
        others: sum_up(others.iter().map(|case| (case.ended_on, case.points())), today),
        measured,
        is_cut,
        ends: (count_ran(app, &asked).await?, count_others(app, &asked).await?),
        steps: list_step_ends(app, settings.workspace, play, since).await?,
    })
}

/// What is asked for.
struct Asked<'a> {
    settings: &'a Settings,
    play: &'a str,
    /// Signals that name the play.
    rules: &'a [&'a str],
    since: Day,
}

impl Asked<'_> {
    fn rules(&self) -> Vec<Value> {
        self.rules.iter().map(|rule| (*rule).to_value()).collect()
    }

    /// What turns an instant of the world's clock into the company's; over a year it moves an hour at most.
    fn offset_us(&self) -> i64 {
        i64::from(self.since.0) * DAY_US - self.settings.zone.start_of(self.since).micros()
    }
}

row! {
    /// A card with its points at the beginning, at the end and a while after it.
    struct Case {
        card: Id<Card>, code: String, opened_on: Day, ended_on: Day, start: Option<i64>, end: Option<i64>, after: Option<i64>,
    }
}

/// Values at the beginning, at the end and a while after it.
type Values = [Option<f64>; 3];

impl Case {
    fn points(&self) -> Values {
        #[allow(clippy::cast_precision_loss)]
        [self.start, self.end, self.after].map(|points| points.map(|p| p as f64))
    }
}

fn sum_up(cases: impl Iterator<Item = (Day, Values)>, today: Day) -> Side {
    let (mut count, mut starts, mut ends, mut afters) = (0, Vec::new(), Vec::new(), Vec::new());
    for (ended_on, [start, end, after]) in cases {
        count += 1;
        let Some(start) = start else { continue };
        starts.push(start);
        ends.extend(end.map(|end| end - start));
        afters.extend(after.filter(|_| ended_on.plus(AFTER_DAYS) <= today).map(|after| after - start));
    }
    Side {
        cases: count,
        with_end: ends.len(),
        with_after: afters.len(),
        start: find_moved(starts),
        until_end: find_moved(ends),
        until_after: find_moved(afters),
    }
}

async fn list_ran(app: &App, asked: &Asked<'_>) -> Result<Vec<Case>> {
    let statement = sql!(
        "SELECT r.card_id, r.external_id, r.opened_on, r.ended_on, ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = r.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= r.opened_on AND s.day > r.opened_on - 7 ORDER BY s.day DESC LIMIT 1), ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = r.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= r.ended_on AND s.day > r.ended_on - 7 ORDER BY s.day DESC LIMIT 1), ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = r.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= r.ended_on + 30 AND s.day > r.ended_on + 23 ORDER BY s.day DESC LIMIT 1) ",
        "FROM (SELECT p.card_id, p.customer_id, u.external_id, p.ended_on, (k.opened_at + $4) / 86400000000 AS opened_on FROM play_run p ",
        "JOIN card k ON k.id = p.card_id JOIN customer u ON u.id = p.customer_id ",
        "WHERE p.workspace_id = $1 AND p.play = $2 AND p.ending = 'finished' AND p.ended_on >= $3 ",
        "AND (k.outcome IS NULL OR k.outcome <> 'false_alarm') ORDER BY p.ended_on DESC, p.id LIMIT $5) r"
    );
    let Asked { settings, play, since, .. } = asked;
    let args = args![settings.workspace, *play, *since, asked.offset_us(), EFFECT_CARDS_MAX];
    Ok(app.db.list(statement, args).await?)
}

async fn list_others(app: &App, asked: &Asked<'_>) -> Result<Vec<Case>> {
    if asked.rules.is_empty() {
        return Ok(Vec::new());
    }
    let statement = sql!(
        "SELECT k.id, k.external_id, k.opened_on, k.closed_on, ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = k.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= k.opened_on AND s.day > k.opened_on - 7 ORDER BY s.day DESC LIMIT 1), ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = k.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= k.closed_on AND s.day > k.closed_on - 7 ORDER BY s.day DESC LIMIT 1), ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = k.customer_id AND s.points IS NOT NULL ",
        "AND s.day <= k.closed_on + 30 AND s.day > k.closed_on + 23 ORDER BY s.day DESC LIMIT 1) ",
        "FROM (SELECT c.id, c.customer_id, u.external_id, (c.opened_at + $4) / 86400000000 AS opened_on, ",
        "(c.closed_at + $4) / 86400000000 AS closed_on FROM card c JOIN customer u ON u.id = c.customer_id ",
        "WHERE c.workspace_id = $1 AND c.closed_at >= $3 ",
        "AND c.outcome IN ('solved', 'unsolved', 'recovered') AND NOT EXISTS (SELECT 1 FROM play_run r WHERE r.workspace_id = $1 ",
        "AND r.customer_id = c.customer_id AND r.play = $2 AND (r.ended_at IS NULL OR r.ending = 'finished') ",
        "AND (r.ended_at IS NULL OR r.ended_at >= c.opened_at) AND r.started_at <= c.closed_at) ",
        "AND EXISTS (SELECT 1 FROM card_cause x WHERE x.workspace_id = $1 AND x.card_id = c.id AND x.rule IN ($6)) ",
        "ORDER BY c.closed_at DESC, c.id LIMIT $5) k"
    );
    let Asked { settings, play, since, .. } = asked;
    let start = settings.zone.start_of(*since);
    let args = args![settings.workspace, *play, start, asked.offset_us(), EFFECT_CARDS_MAX];
    Ok(app.db.list_in(statement, args, asked.rules()).await?)
}

fn sort_ends(rows: Vec<(String, i64)>) -> Ends {
    let count = |outcome: Outcome| rows.iter().find(|(word, _)| word == outcome.word()).map_or(0, |(_, n)| *n);
    Outcome::ALL.map(|outcome| u32::try_from(count(outcome)).unwrap_or(u32::MAX))
}

/// How cards ended whose play was gone through, false alarms too.
async fn count_ran(app: &App, asked: &Asked<'_>) -> Result<Ends> {
    let statement = sql!(
        "SELECT e.outcome, count(*) FROM (SELECT k.outcome FROM play_run p JOIN card k ON k.id = p.card_id ",
        "WHERE p.workspace_id = $1 AND p.play = $2 AND p.ending = 'finished' AND p.ended_on >= $3 AND k.outcome IS NOT NULL ",
        "ORDER BY p.ended_on DESC, p.id LIMIT $4) e GROUP BY e.outcome ORDER BY e.outcome LIMIT 10"
    );
    let args = args![asked.settings.workspace, asked.play, asked.since, EFFECT_CARDS_MAX];
    Ok(sort_ends(app.db.list(statement, args).await?))
}

async fn count_others(app: &App, asked: &Asked<'_>) -> Result<Ends> {
    if asked.rules.is_empty() {
        return Ok(Ends::default());
    }
    let statement = sql!(
        "SELECT e.outcome, count(*) FROM (SELECT c.outcome FROM card c WHERE c.workspace_id = $1 AND c.customer_id IS NOT NULL ",
        "AND c.closed_at >= $3 AND c.outcome IS NOT NULL AND NOT EXISTS (SELECT 1 FROM play_run r WHERE r.workspace_id = $1 ",
        "AND r.customer_id = c.customer_id AND r.play = $2 AND (r.ended_at IS NULL OR r.ending = 'finished') ",
        "AND (r.ended_at IS NULL OR r.ended_at >= c.opened_at) AND r.started_at <= c.closed_at) ",
        "AND EXISTS (SELECT 1 FROM card_cause x WHERE x.workspace_id = $1 AND x.card_id = c.id AND x.rule IN ($5)) ",
        "ORDER BY c.closed_at DESC, c.id LIMIT $4) e GROUP BY e.outcome ORDER BY e.outcome LIMIT 10"
    );
    let start = asked.settings.zone.start_of(asked.since);
    let args = args![asked.settings.workspace, asked.play, start, EFFECT_CARDS_MAX];
    Ok(sort_ends(app.db.list_in(statement, args, asked.rules()).await?))
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
