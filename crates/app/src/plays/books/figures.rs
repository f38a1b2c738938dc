//! How a play goes: runs, how long they take, where they stand, how the cards behind them ended.

use std::collections::BTreeMap;

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::limits::REHEARSAL_ROWS_MAX;
use kizashi_domain::plays::{Record, StepRecord, find_median};
use kizashi_domain::time::Day;

use crate::settings::Settings;
use crate::{App, Result};

/// What is known of how a play goes.
pub async fn open_record(app: &App, settings: &Settings, play: &str) -> Result<Record> {
    let ws = settings.workspace;
    let statement = sql!(
        "SELECT started_on, ended_on, COALESCE(ending, '') FROM play_run WHERE workspace_id = $1 AND play = $2 ",
        "ORDER BY started_on DESC, id LIMIT $3"
    );
    let runs: Vec<(Day, Option<Day>, String)> = app.db.list(statement, args![ws, play, REHEARSAL_ROWS_MAX]).await?;
    let took = |from: Day, to: Day| u32::try_from(settings.calendar.business_days_between(from, to)).unwrap_or(0);
    let is = |ending: &str| runs.iter().filter(|(_, _, e)| e == ending).count();
    let finished =
        runs.iter().filter(|(_, _, e)| e == "finished").filter_map(|(from, to, _)| Some(took(*from, (*to)?)));
    Ok(Record {
        runs: runs.len(),
        open: runs.iter().filter(|(_, ended, _)| ended.is_none()).count(),
        finished: is("finished"),
        stopped: is("stopped"),
        business_days: find_median(finished.collect()),
        steps: list_steps(app, settings, play).await?,
        outcomes: count_outcomes(app, ws, play).await?,
    })
}

row! {
    struct Stood { step: String, standing: String, ready: Option<Day>, due: Option<Day>, finished: Option<Day> }
}

async fn list_steps(app: &App, settings: &Settings, play: &str) -> Result<Vec<StepRecord>> {
    let (ws, today) = (settings.workspace, settings.day_of(app.now()));
    let statement = sql!(
        "SELECT t.step, t.standing, t.ready_day, t.due_day, t.finished_day FROM play_task t JOIN play_run r ON r.id = t.run_id ",
        "WHERE r.workspace_id = $1 AND r.play = $2 AND t.standing IN ('open', 'done', 'skipped') ORDER BY t.id DESC LIMIT $3"
    );
    let rows: Vec<Stood> = app.db.list(statement, args![ws, play, REHEARSAL_ROWS_MAX]).await?;
    let mut steps: BTreeMap<String, (StepRecord, Vec<u32>)> = BTreeMap::new();
    for Stood { step, standing, ready, due, finished } in rows {
        let (record, days) = steps.entry(step).or_default();
        match standing.as_str() {
            "done" => {
                record.done += 1;
                if let Some((from, to)) = ready.zip(finished) {
                    days.push(u32::try_from(settings.calendar.business_days_between(from, to)).unwrap_or(0));
                }
            }
            "skipped" => record.skipped += 1,
            _ => record.late += usize::from(due.is_some_and(|due| due < today)),
        }
    }
    let named = |(step, (record, days))| StepRecord { step, business_days: find_median(days), ..record };
    Ok(steps.into_iter().map(named).collect())
}

async fn count_outcomes(app: &App, ws: Id<Workspace>, play: &str) -> Result<[usize; 4]> {
    let statement = sql!(
        "SELECT k.outcome, count(*) FROM play_run r JOIN card k ON k.id = r.card_id WHERE r.workspace_id = $1 AND r.play = $2 ",
        "AND k.outcome IS NOT NULL GROUP BY k.outcome ORDER BY k.outcome LIMIT 20"
    );
    let rows: Vec<(String, i64)> = app.db.list(statement, args![ws, play]).await?;
    let of = |word: &str| rows.iter().find(|(w, _)| w == word).map_or(0, |(_, n)| usize::try_from(*n).unwrap_or(0));
    Ok(["solved", "unsolved", "false_alarm", "recovered"].map(of))
}

/// How often a person has done a step.
pub(super) async fn count_by_hand(app: &App, ws: Id<Workspace>, play: &str, step: &str) -> Result<i64> {
    let statement = sql!(
        "SELECT count(*) FROM play_task t JOIN play_run r ON r.id = t.run_id WHERE r.workspace_id = $1 AND r.play = $2 ",
        "AND t.step = $3 AND t.standing = 'done' AND t.finished_by IS NOT NULL"
    );
    Ok(app.db.find::<(i64,)>(statement, args![ws, play, step]).await?.map_or(0, |(n,)| n))
}

/// Customers for whom a play has begun in a span, and when.
pub(super) async fn list_began(
    app: &App,
    ws: Id<Workspace>,
    play: &str,
    (from, to): (Day, Day),
) -> Result<Vec<(Id<Customer>, Day)>> {
    let statement = sql!(
        "SELECT customer_id, started_on FROM play_run WHERE workspace_id = $1 AND play = $2 AND started_on >= $3 AND started_on <= $4 ",
        "ORDER BY started_on, id LIMIT $5"
    );
    Ok(app.db.list(statement, args![ws, play, from, to.plus(1), REHEARSAL_ROWS_MAX]).await?)
}
