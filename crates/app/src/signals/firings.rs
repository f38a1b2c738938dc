//! Table firing: every firing of a rule with the figures that made it fire, so that nobody has to guess why.

use std::collections::HashSet;

use kizashi_db::{Statement, Tx, Value, args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::limits::{FIRING_DAYS_MAX, FIRINGS_MAX, PAGE_ROWS_MAX};
use kizashi_domain::signals::{Because, Firing, RuleState};
use kizashi_domain::time::{DAY_US, Day, Time};
use serde::{Deserialize, Serialize};

use super::Memory;
use super::trace::Trace;
use crate::measure::Run;
use crate::pipeline::Assessed;
use crate::{App, Error, Result};

/// What was seen, as it is stored.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Seen {
    because: Vec<Because>,
    before: RuleState,
    after: RuleState,
}

/// One firing.
#[derive(Clone, Debug)]
pub struct FiringRow {
    /// Customer; none for a source that went quiet.
    pub customer: Option<Id<Customer>>,
    /// Name of the customer or of the source.
    pub name: String,
    /// The firing: rule, day and figures.
    pub firing: Firing,
    /// What the rule knew before the look: days seen so far, the last firing.
    pub before: RuleState,
    /// And after it.
    pub after: RuleState,
    /// Version of the settings under which it fired.
    pub settings_version: i64,
    /// When it was written down.
    pub recorded_at: Time,
    /// The day on which what it fired for was over.
    pub ended_day: Option<Day>,
}

/// Which firings, newest first.
#[derive(Clone, Debug, Default)]
pub struct FiringQuery {
    /// Of one rule.
    pub rule: String,
    /// Of one customer; none = of all.
    pub customer: Option<Id<Customer>>,
    /// Only those before this place: the day and the subject of the last row of the page before.
    pub after: Option<(Day, String)>,
    /// At most so many.
    pub rows: i64,
}

/// How often a rule fired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Firings since a day.
    pub fired: i64,
    /// Those that stand.
    pub standing: i64,
}

row! {
    struct Fields {
        subject: String, customer: Option<Id<Customer>>, name: Option<String>, rule: String, day: Day, seen: String, version: i64,
        recorded_at: Time, ended: Option<Day>,
    }
}

fn read_row(f: Fields) -> FiringRow {
    let seen: Seen = serde_json::from_str(&f.seen).unwrap_or_default();
    FiringRow {
        customer: f.customer,
        name: f.name.unwrap_or_else(|| f.subject.strip_prefix("source:").unwrap_or("").to_owned()),
        firing: Firing { rule: f.rule, day: f.day, because: seen.because },
        before: seen.before,
        after: seen.after,
        settings_version: f.version,
        recorded_at: f.recorded_at,
        ended_day: f.ended,
    }
}

/// The firings of a rule, newest first, and where the next page begins.
pub async fn list_firings(
    app: &App,
    ws: Id<Workspace>,
    query: &FiringQuery,
) -> Result<(Vec<FiringRow>, Option<(Day, String)>)> {
    let rows = query.rows.clamp(1, PAGE_ROWS_MAX);
    let (day, subject) = query.after.clone().unwrap_or((Day(i32::MAX), String::new()));
    let of_all = sql!(
        "SELECT f.subject, f.customer_id, c.name, f.rule, f.fired_day, f.seen, f.settings_version, f.recorded_at, f.ended_day ",
        "FROM firing f LEFT JOIN customer c ON c.id = f.customer_id WHERE f.workspace_id = $1 AND f.rule = $2 ",
        "AND (f.fired_day < $3 OR (f.fired_day = $3 AND f.subject > $4)) ORDER BY f.fired_day DESC, f.subject LIMIT $5"
    );
    let of_one = sql!(
        "SELECT f.subject, f.customer_id, c.name, f.rule, f.fired_day, f.seen, f.settings_version, f.recorded_at, f.ended_day ",
        "FROM firing f LEFT JOIN customer c ON c.id = f.customer_id WHERE f.workspace_id = $1 AND f.rule = $2 ",
        "AND (f.fired_day < $3 OR (f.fired_day = $3 AND f.subject > $4)) AND f.subject = $6 ORDER BY f.fired_day DESC, f.subject LIMIT $5"
    );
    let found: Vec<Fields> = match query.customer {
        None => app.db.list(of_all, args![ws, query.rule, day, subject, rows]).await?,
        Some(customer) => app.db.list(of_one, args![ws, query.rule, day, subject, rows, customer.to_string()]).await?,
    };
    let is_full = i64::try_from(found.len()).is_ok_and(|n| n == rows);
    let next = found.last().filter(|_| is_full).map(|f| (f.day, f.subject.clone()));
    Ok((found.into_iter().map(read_row).collect(), next))
}

/// The firings of some subjects for which nothing is over: subject, rule and day.
pub(crate) async fn list_standing(
    app: &App,
    ws: Id<Workspace>,
    subjects: Vec<Value>,
) -> Result<HashSet<(String, String, Day)>> {
    let statement = sql!(
        "SELECT subject, rule, fired_day FROM firing WHERE workspace_id = $1 AND ended_day IS NULL AND subject IN ($2)"
    );
    Ok(app.db.list_in(statement, args![ws], subjects).await?.into_iter().collect())
}

/// How often a rule fired since a day, and how many of its firings stand.
pub async fn count_firings(app: &App, ws: Id<Workspace>, rule: &str, since: Day) -> Result<Tally> {
    let statement = sql!(
        "SELECT COUNT(*), COUNT(CASE WHEN ended_day IS NULL THEN 1 END) FROM firing WHERE workspace_id = $1 AND rule = $2 ",
        "AND fired_day >= $3"
    );
    let found: Option<(i64, i64)> = app.db.find(statement, args![ws, rule, since]).await?;
    let (fired, standing) = found.unwrap_or_default();
    Ok(Tally { fired, standing })
}

const KEEP: &Statement = sql!(
    "INSERT INTO firing (workspace_id, subject, rule, fired_day, customer_id, seen, settings_version, recorded_at) ",
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace_id, subject, rule, fired_day) DO UPDATE SET ",
    "seen = excluded.seen, settings_version = excluded.settings_version, ended_day = NULL"
);
const END: &Statement = sql!(
    "UPDATE firing SET ended_day = $4 WHERE workspace_id = $1 AND subject = $2 AND rule = $3 AND ended_day IS NULL"
);
const REVIVE: &Statement = sql!(
    "UPDATE firing SET ended_day = NULL WHERE workspace_id = $1 AND subject = $2 AND rule = $3 AND ended_day = $4"
);

fn values(
    (ws, version, now): (Id<Workspace>, i64, Time),
    (subject, customer): (&str, Option<Id<Customer>>),
    (firing, before, after): (&Firing, &RuleState, &RuleState),
) -> Result<Vec<Value>> {
    let seen = Seen { because: firing.because.clone(), before: before.clone(), after: after.clone() };
    let seen = serde_json::to_string(&seen).map_err(|e| Error::failed("writing a firing", e))?;
    Ok(args![ws, subject, firing.rule, firing.day, customer, seen, version, now])
}

/// What rules found about a chunk of customers, ready to be written down.
#[derive(Debug, Default)]
pub(crate) struct Firings {
    fired: Vec<Vec<Value>>,
    over: Vec<Vec<Value>>,
    stands: Vec<Vec<Value>>,
    /// What was over again before anybody looked.
    over_again: Vec<Vec<Value>>,
}

impl Firings {
    pub fn of(app: &App, run: &Run, today: Day, chunk: &[Assessed]) -> Result<Self> {
        let (ws, version, now) = (run.settings.workspace, run.settings.version, app.now());
        let mut out = Self::default();
        for a in chunk.iter().filter(|a| !a.look.traces.is_empty()) {
            let subject = a.subject.id.to_string();
            for trace in &a.look.traces {
                match trace {
                    Trace::Fired(found) => {
                        let (firing, before, after) = &**found;
                        // What fired before and was over unnoticed is over now. A rule that remembers and never fired left nothing.
                        if before.looked_on.is_none() || before.fired_on.is_some() {
                            out.over.push(args![ws, subject, firing.rule, firing.day]);
                        }
                        let of = (subject.as_str(), Some(a.subject.id));
                        out.fired.push(values((ws, version, now), of, (firing, before, after))?);
                        if !after.fired && after.last_key.is_none() {
                            out.over_again.push(args![ws, subject, firing.rule, today]);
                        }
                    }
                    Trace::Over(rule, day) => out.over.push(args![ws, subject, rule, *day]),
                    Trace::Stands(rule) => out.stands.push(args![ws, subject, rule, today]),
                }
            }
        }
        Ok(out)
    }

    pub async fn keep(self, tx: &mut Tx) -> Result<()> {
        tx.run_each(REVIVE, self.stands).await?;
        tx.run_each(END, self.over).await?;
        tx.run_many(KEEP, self.fired).await?;
        tx.run_each(END, self.over_again).await?;
        Ok(())
    }
}

/// Writes down what was found on a past day, and since when it is over.
pub(super) async fn keep_past(
    tx: &mut Tx,
    by: (Id<Workspace>, i64, Time),
    customer: Id<Customer>,
    seen: (&Firing, &RuleState, &RuleState),
    over_on: Option<Day>,
) -> Result<()> {
    let subject = customer.to_string();
    tx.run(KEEP, values(by, (&subject, Some(customer)), seen)?).await?;
    // What happened once does not last, and what stands on does not end here.
    if let Some(day) = over_on {
        tx.run(END, args![by.0, subject, seen.0.rule, day]).await?;
    }
    Ok(())
}

/// Writes down that a source was noticed to be quiet, or that it is heard again.
pub(crate) async fn keep_feed_firing(
    tx: &mut Tx,
    app: &App,
    run: &Run,
    (subject, rule): (&str, &str),
    firing: Option<&Firing>,
    (last, memory): (&Memory, &Memory),
) -> Result<()> {
    let (ws, version, now) = (run.settings.workspace, run.settings.version, app.now());
    match (firing, Trace::changed(rule, last, memory)) {
        (Some(firing), _) => {
            let values = values((ws, version, now), (subject, None), (firing, &memory.before, &memory.after))?;
            tx.run(KEEP, values).await?;
        }
        (None, Some(Trace::Over(rule, day))) => {
            tx.run(END, args![ws, subject, rule, day]).await?;
        }
        (None, Some(Trace::Stands(rule))) => {
            tx.run(REVIVE, args![ws, subject, rule, memory.day]).await?;
        }
        _ => {}
    }
    Ok(())
}

/// Takes out traces that are too old, and the oldest when there are too many.
pub(crate) async fn prune_firings(app: &App, ws: Id<Workspace>) -> Result<()> {
    let oldest = app.now().plus_us(-FIRING_DAYS_MAX * DAY_US);
    let beyond =
        sql!("SELECT recorded_at FROM firing WHERE workspace_id = $1 ORDER BY recorded_at DESC LIMIT 1 OFFSET $2");
    let beyond: Option<(Time,)> = app.db.find(beyond, args![ws, FIRINGS_MAX]).await?;
    let until = beyond.map_or(oldest, |(at,)| at.max(oldest));
    let mut tx = app.db.write().await?;
    tx.run(sql!("DELETE FROM firing WHERE workspace_id = $1 AND recorded_at < $2"), args![ws, until]).await?;
    Ok(tx.commit().await?)
}

/// Forgets the firings of a customer that is going.
pub(super) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let statement = sql!("DELETE FROM firing WHERE workspace_id = $1 AND subject = $2");
    tx.run(statement, args![ws, customer.to_string()]).await?;
    Ok(())
}
