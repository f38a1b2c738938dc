//! Tables play_run, play_task.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use kizashi_db::{DbError, ToValue, Tx, Value, args, sql};
use kizashi_domain::calendar::Calendar;
use kizashi_domain::id::{Customer, Id, Staff, Workspace};
use kizashi_domain::plays::{Play, RunState, Step};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use super::load::{Run, Task};
use super::marks::Marks;
use super::read::Cause;
use crate::plays::store::write_text;
use crate::{App, Error, Refused, Result};

fn write_play(play: &Play) -> Result<String> {
    serde_json::to_string(play).map_err(|e| Error::failed("writing a play", e))
}

/// A run that begins.
pub(super) struct NewRun<'a> {
    pub run: &'a Run,
    pub cause: Cause,
    pub by: Option<Id<Staff>>,
}

/// Keeps new runs as they stand after their first look. Refused when another process began one at the same moment.
pub(super) async fn insert_runs(
    tx: &mut Tx,
    (ws, now): (Id<Workspace>, Time),
    new: &[NewRun<'_>],
    when: (Day, &Calendar),
) -> Result<()> {
    let insert = sql!(
        "INSERT INTO play_run (id, workspace_id, customer_id, card_id, play, title, body, settings_version, cause, owner_id, started_on, ",
        "started_at, started_by, due_day, next_due, look_on, watches, revision, ended_on, ending, ended_at, changed_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"
    );
    // Those of a night follow few plays.
    let mut texts: HashMap<&str, (String, String)> = HashMap::new();
    let (mut rows, mut tasks) = (Vec::with_capacity(new.len()), Vec::new());
    for NewRun { run, cause, by } in new {
        let (title, body) = match texts.entry(run.play.id.as_str()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert((write_text(&run.play.title)?, write_play(&run.play)?)),
        };
        let marks = Marks::of(run, when);
        let mut row = args![ws, run.customer, run.card, run.play.id, title.clone(), body.clone(), run.settings_version];
        row.insert(0, run.id.to_value());
        row.extend(args![cause.word(), run.owner, run.state.started_on, now, *by, run.state.due_on]);
        row.extend(args![marks.next_due, marks.look_on, run.watches(), run.revision]);
        row.extend(args![marks.ended_on, marks.ending, marks.ended_on.map(|_| now), now]);
        rows.push(row);
        for (at, step) in run.play.steps().iter().enumerate() {
            tasks.extend(task_row((ws, now), run, (at, step))?);
        }
    }
    match tx.run_many(insert, rows).await {
        Err(DbError::Conflict(_)) => return Err(Refused::Changed.into()),
        other => other.map(|_| ())?,
    }
    insert_tasks(tx, tasks).await
}

async fn insert_tasks(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<()> {
    let insert = sql!(
        "INSERT INTO play_task (id, workspace_id, run_id, customer_id, step, place, title, kind, standing, asks, owner_id, ready_day, ",
        "due_day, finished_day, finished_at, performed, chose, escalated_day, dated_from, chose_value) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
    );
    tx.run_many(insert, rows).await?;
    Ok(())
}

/// The row of a step as it stands; nothing for one that the run does not have.
fn task_row((ws, now): (Id<Workspace>, Time), run: &Run, (at, step): (usize, &Step)) -> Result<Option<Vec<Value>>> {
    let Some((task, state)) = run.tasks.get(at).zip(run.state.steps.get(at)) else { return Ok(None) };
    let place = i64::try_from(at).unwrap_or(i64::MAX);
    let mut row =
        args![task.id, ws, run.id, run.customer, step.id, place, write_text(&step.title)?, step.kind().word()];
    row.extend(args![state.standing.word(), state.asks, task.owner, state.ready_on, state.due_on, state.finished_on]);
    row.extend(args![state.standing.is_over().then_some(now), task.performed, state.chose.map(i64::from)]);
    row.extend(args![state.escalated_on, state.dated_from, state.chose_value]);
    Ok(Some(row))
}

/// What a person said, beside what it changes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Said<'a> {
    pub by: Option<Id<Staff>>,
    /// The step that was answered.
    pub at: Option<usize>,
    pub note: &'a str,
}

/// The steps of a run that changed.
async fn keep_tasks(
    tx: &mut Tx,
    (ws, now): (Id<Workspace>, Time),
    before: &Run,
    after: &Run,
    said: Said<'_>,
) -> Result<()> {
    let update = sql!(
        "UPDATE play_task SET standing = $3, asks = $4, owner_id = $5, ready_day = $6, due_day = $7, finished_day = $8, finished_at = $9, ",
        "finished_by = $10, performed = $11, chose = $12, escalated_day = $13, note = $14, dated_from = $15, chose_value = $16 ",
        "WHERE workspace_id = $1 AND id = $2"
    );
    let mut rows = Vec::new();
    for (at, (task, state)) in after.tasks.iter().zip(&after.state.steps).enumerate() {
        let old = before.state.steps.get(at).zip(before.tasks.get(at));
        let is_same = old.is_some_and(|(s, t)| s == state && t.owner == task.owner && t.performed == task.performed);
        let answered = said.at == Some(at);
        if is_same && !answered {
            continue;
        }
        let finished_at = state.standing.is_over().then_some(now);
        let by = said.by.filter(|_| answered && state.standing.is_over());
        let note = if answered { said.note } else { "" };
        let chose = state.chose.map(i64::from);
        rows.push(args![
            ws,
            task.id,
            state.standing.word(),
            state.asks,
            task.owner,
            state.ready_on,
            state.due_on,
            state.finished_on,
            finished_at,
            by,
            task.performed,
            chose,
            state.escalated_on,
            note,
            state.dated_from,
            state.chose_value
        ]);
    }
    tx.run_each(update, rows).await?;
    Ok(())
}

/// Keeps what became of a run: the steps that changed, and when it is looked at next. Refused when somebody else was first.
pub(super) async fn keep_run(
    tx: &mut Tx,
    (ws, now): (Id<Workspace>, Time),
    before: &Run,
    after: &Run,
    said: Said<'_>,
    when: (Day, &Calendar),
) -> Result<()> {
    keep_tasks(tx, (ws, now), before, after, said).await?;
    let Marks { next_due, look_on, ending, ended_on } = Marks::of(after, when);
    let statement = sql!(
        "UPDATE play_run SET due_day = $4, next_due = $5, look_on = $6, watches = $7, revision = revision + 1, owner_id = $8, ",
        "ended_on = $9, ending = $10, ended_at = $11, ended_by = $12, ended_why = $13, changed_at = $14 ",
        "WHERE workspace_id = $1 AND id = $2 AND revision = $3"
    );
    let is_over = after.state.ended.is_some();
    let values = args![
        ws,
        after.id,
        before.revision,
        after.state.due_on,
        next_due,
        look_on,
        after.watches(),
        after.owner,
        ended_on,
        ending,
        is_over.then_some(now),
        said.by.filter(|_| is_over),
        if is_over && said.at.is_none() { said.note } else { "" },
        now
    ];
    one(tx.run(statement, values).await?)
}

/// Holds the row of a run, so that nobody else changes it before this transaction ends.
pub(super) async fn hold_run(tx: &mut Tx, ws: Id<Workspace>, run: Uuid) -> Result<()> {
    let statement = sql!("UPDATE play_run SET changed_at = changed_at WHERE workspace_id = $1 AND id = $2");
    tx.run(statement, args![ws, run]).await?;
    Ok(())
}

fn one(changed: u64) -> Result<()> {
    if changed == 0 { Err(Refused::Changed.into()) } else { Ok(()) }
}

/// Looks again on another day: nothing can be done today.
pub(super) async fn put_off(tx: &mut Tx, ws: Id<Workspace>, run: Uuid, until: Day) -> Result<()> {
    let statement = sql!("UPDATE play_run SET look_on = $3 WHERE workspace_id = $1 AND id = $2 AND ended_at IS NULL");
    tx.run(statement, args![ws, run, until]).await?;
    Ok(())
}

/// Open steps that are due on one day are due on another.
pub(in crate::plays) async fn move_due_days_of_steps(tx: &mut Tx, ws: Id<Workspace>, from: Day, to: Day) -> Result<()> {
    let steps =
        sql!("UPDATE play_task SET due_day = $3 WHERE workspace_id = $1 AND standing = 'open' AND due_day = $2");
    let runs = sql!("UPDATE play_run SET next_due = $3 WHERE workspace_id = $1 AND ended_at IS NULL AND next_due = $2");
    tx.run(steps, args![ws, from, to]).await?;
    tx.run(runs, args![ws, from, to]).await?;
    Ok(())
}

/// Runs of customers that have left are looked at today.
pub(in crate::plays) async fn look_at_runs_of(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customer: Id<Customer>,
    today: Day,
) -> Result<()> {
    let statement =
        sql!("UPDATE play_run SET look_on = $2 WHERE workspace_id = $1 AND ended_at IS NULL AND customer_id = $3");
    tx.run(statement, args![ws, today, customer]).await?;
    Ok(())
}

/// Stands still from now on, or goes on.
pub(super) async fn keep_pause(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    run: &Run,
    pause: Option<(Day, Option<Id<Staff>>, &str)>,
) -> Result<()> {
    let (on, by, why) = pause.map_or((None, None, ""), |(on, by, why)| (Some(on), by, why));
    let statement = sql!(
        "UPDATE play_run SET paused_on = $3, paused_at = $4, paused_by = $5, paused_why = $6, revision = revision + 1, changed_at = $7 ",
        "WHERE workspace_id = $1 AND id = $2 AND revision = $8 AND ended_at IS NULL"
    );
    let at = on.map(|_| app.now());
    one(tx.run(statement, args![ws, run.id, on, at, by, why, app.now(), run.revision]).await?)
}

/// The run under another version of its play; rows of steps that it has no more go.
pub(super) async fn keep_version(
    tx: &mut Tx,
    (ws, now): (Id<Workspace>, Time),
    run: &mut Run,
    play: &Play,
    (state, settings_version): (RunState, i64),
) -> Result<()> {
    let old = run.play.steps();
    let statement = sql!(
        "UPDATE play_run SET body = $3, title = $4, settings_version = $5 WHERE workspace_id = $1 AND id = $2 AND revision = $6"
    );
    let values = args![ws, run.id, write_play(play)?, write_text(&play.title)?, settings_version, run.revision];
    one(tx.run(statement, values).await?)?;
    let kept: Vec<(String, Task)> = old.iter().map(|s| s.id.clone()).zip(run.tasks.drain(..)).collect();
    let gone = sql!("DELETE FROM play_task WHERE workspace_id = $1 AND id = $2");
    let place =
        sql!("UPDATE play_task SET place = $3, title = $4, kind = $5, step = $6 WHERE workspace_id = $1 AND id = $2");
    (run.play, run.state, run.settings_version) = (Arc::new(play.clone()), state, settings_version);
    let steps = play.steps();
    for (_, task) in kept.iter().filter(|(id, _)| !steps.iter().any(|s| s.id == *id)) {
        tx.run(gone, args![ws, task.id]).await?;
    }
    let mut new = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if let Some((_, task)) = kept.iter().find(|(id, _)| *id == step.id) {
            let at = i64::try_from(at).unwrap_or(i64::MAX);
            tx.run(place, args![ws, task.id, at, write_text(&step.title)?, step.kind().word(), step.id]).await?;
            run.tasks.push(task.clone());
        } else {
            run.tasks.push(Task::new());
            new.extend(task_row((ws, now), run, (at, step))?);
        }
    }
    insert_tasks(tx, new).await
}

/// Gives the open steps that one person has, and the runs under way that are theirs, to another: those of one customer, or
/// all. Which: `task` or `run`, and its id.
pub(super) async fn keep_handed(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    customer: Option<Id<Customer>>,
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<Vec<(&'static str, Uuid)>> {
    let any = i64::from(customer.is_none());
    let tasks = sql!(
        "SELECT id FROM play_task WHERE workspace_id = $1 AND owner_id = $2 AND standing IN ('open', 'later') ",
        "AND ($3 = 1 OR customer_id = $4) ORDER BY id LIMIT 1000000"
    );
    let runs = sql!(
        "SELECT id FROM play_run WHERE workspace_id = $1 AND owner_id = $2 AND ended_at IS NULL AND ($3 = 1 OR customer_id = $4) ",
        "ORDER BY id LIMIT 1000000"
    );
    let mut handed = Vec::new();
    for (kind, find) in [("task", tasks), ("run", runs)] {
        let found: Vec<(Uuid,)> = tx.list(find, args![ws, from, any, customer]).await?;
        for (id,) in found {
            if keep_given(tx, app, ws, (kind, id), (from, to)).await? {
                handed.push((kind, id));
            }
        }
    }
    Ok(handed)
}

/// Gives a `task` or a `run` from one person to another, unless somebody else has it or it is over; whether it went.
pub(super) async fn keep_given(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    (kind, id): (&str, Uuid),
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<bool> {
    let task = sql!(
        "UPDATE play_task SET owner_id = $4 WHERE workspace_id = $1 AND id = $2 AND owner_id = $3 AND standing IN ('open', 'later')"
    );
    let run = sql!(
        "UPDATE play_run SET owner_id = $4, revision = revision + 1, changed_at = $5 WHERE workspace_id = $1 AND id = $2 ",
        "AND owner_id = $3 AND ended_at IS NULL"
    );
    let went = match kind {
        "task" => tx.run(task, args![ws, id, from, to]).await?,
        _ => tx.run(run, args![ws, id, from, to, app.now()]).await?,
    };
    Ok(went > 0)
}

/// Forgets the runs of a customer that is going.
pub(super) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let of = [
        sql!("DELETE FROM play_task WHERE workspace_id = $1 AND customer_id = $2"),
        sql!("DELETE FROM play_run WHERE workspace_id = $1 AND customer_id = $2"),
    ];
    for statement in of {
        tx.run(statement, args![ws, customer]).await?;
    }
    Ok(())
}

/// Gives the runs of a customer to another, but for open ones of a play that the other goes through itself. Which.
pub(super) async fn rehome_runs(
    tx: &mut Tx,
    ws: Id<Workspace>,
    of: (Id<Customer>, Id<Customer>),
    only: Option<&[Uuid]>,
) -> Result<Vec<Uuid>> {
    let find = sql!("SELECT id FROM play_run WHERE workspace_id = $1 AND customer_id = $2 ORDER BY id LIMIT 1000000");
    let give =
        sql!("UPDATE play_run SET customer_id = $3, revision = revision + 1 WHERE workspace_id = $1 AND id = $2");
    let moved = crate::moving::move_rows(tx, (find, give), ws, of, only).await?;
    let tasks = sql!("UPDATE play_task SET customer_id = $3 WHERE workspace_id = $1 AND run_id = $2");
    for id in &moved {
        tx.run(tasks, args![ws, *id, of.1]).await?;
    }
    Ok(moved)
}

/// Ends the open runs of a customer whose play another goes through as well.
pub(super) async fn stop_doubled(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (gone, into): (Id<Customer>, Id<Customer>),
    (at, on): (Time, Day),
) -> Result<()> {
    let find = sql!(
        "SELECT g.id FROM play_run g WHERE g.workspace_id = $1 AND g.customer_id = $2 AND g.ended_at IS NULL AND EXISTS ",
        "(SELECT 1 FROM play_run i WHERE i.workspace_id = $1 AND i.customer_id = $3 AND i.play = g.play AND i.ended_at IS NULL) ",
        "ORDER BY g.id LIMIT 1000"
    );
    let found: Vec<(Uuid,)> = tx.list(find, args![ws, gone, into]).await?;
    let stop = sql!(
        "UPDATE play_run SET ended_at = $3, ended_on = $4, ending = 'stopped', look_on = NULL, watches = 0, revision = revision + 1 ",
        "WHERE workspace_id = $1 AND id = $2"
    );
    let leave = sql!(
        "UPDATE play_task SET standing = 'bypassed', finished_day = $3 WHERE workspace_id = $1 AND run_id = $2 ",
        "AND standing IN ('later', 'open')"
    );
    for (id,) in found {
        tx.run(stop, args![ws, id, at, on]).await?;
        tx.run(leave, args![ws, id, on]).await?;
    }
    Ok(())
}
