//! Runs as they are read: to go on with them, and to look at them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use kizashi_db::{Statement, ToValue, Tx, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::plays::{End, Play, RunState, Standing, StepState};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use crate::{App, Error, Result};

/// Stands for no day in an order by days.
pub(super) const NEVER: Day = Day(2_000_000);

/// A run as it stands, with the play as it was published.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub id: Uuid,
    pub customer: Id<Customer>,
    pub card: Option<Id<Card>>,
    pub owner: Option<Id<Staff>>,
    pub play: Arc<Play>,
    pub settings_version: i64,
    pub state: RunState,
    /// In the order of the steps.
    pub tasks: Vec<Task>,
    pub paused_on: Option<Day>,
    pub revision: i64,
}

impl Run {
    /// What it looks at: 1 = what is measured, 2 = nothing but dates of the contract, 0 = nothing. Who looks at the contract alone needs
    /// no metric of an older version.
    pub fn watches(&self) -> i64 {
        match (self.state.watches_figures(&self.play), self.state.watches(&self.play)) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        }
    }
}

/// What a step's row holds beside its state.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub id: Uuid,
    pub owner: Option<Id<Staff>>,
    /// Whether the product did it: a letter is gone, a field is written.
    pub performed: bool,
}

impl Task {
    /// Of a step for which nothing was done.
    pub fn new() -> Self {
        Self { id: App::new_id::<Self>().uuid(), owner: None, performed: false }
    }
}

row! {
    struct RunFields {
        id: Uuid, customer: Id<Customer>, card: Option<Id<Card>>, owner: Option<Id<Staff>>, body: String, settings_version: i64, started_on: Day,
        due_day: Day, paused_on: Option<Day>, ended_on: Option<Day>, ending: Option<String>, revision: i64,
    }
}

row! {
    struct TaskFields {
        run: Uuid, id: Uuid, step: String, standing: String, asks: i64, owner: Option<Id<Staff>>, ready: Option<Day>, due: Option<Day>,
        finished: Option<Day>, performed: i64, chose: Option<i64>, chose_value: Option<f64>, escalated: Option<Day>, dated_from: Option<Day>,
    }
}

impl TaskFields {
    fn state(&self) -> StepState {
        StepState {
            standing: Standing::parse(&self.standing).unwrap_or_default(),
            asks: self.asks != 0,
            ready_on: self.ready,
            due_on: self.due,
            dated_from: self.dated_from,
            finished_on: self.finished,
            chose: self.chose.map(|c| c != 0),
            chose_value: self.chose_value,
            escalated_on: self.escalated,
        }
    }
}

pub(super) fn read_play(body: &str) -> Result<Play> {
    serde_json::from_str(body).map_err(|e| Error::failed("reading a play", e))
}

fn find_one() -> &'static Statement {
    sql!(
        "SELECT id, customer_id, card_id, owner_id, body, settings_version, started_on, due_day, paused_on, ended_on, ending, revision ",
        "FROM play_run WHERE workspace_id = $1 AND id = $2"
    )
}

fn list_rows() -> &'static Statement {
    sql!(
        "SELECT run_id, id, step, standing, asks, owner_id, ready_day, due_day, finished_day, performed, chose, chose_value, escalated_day, dated_from ",
        "FROM play_task WHERE workspace_id = $1 AND run_id = $2 ORDER BY place, id LIMIT 1000"
    )
}

/// A run with its steps, to go on with it: whoever else wants to waits for the end of this transaction.
pub(super) async fn find_run(tx: &mut Tx, ws: Id<Workspace>, id: Uuid) -> Result<Option<Run>> {
    super::store::hold_run(tx, ws, id).await?;
    let Some(fields) = tx.find::<RunFields>(find_one(), args![ws, id]).await? else { return Ok(None) };
    let rows = tx.list(list_rows(), args![ws, id]).await?;
    let play = read_play(&fields.body)?.into();
    assemble(fields, play, &rows).map(Some)
}

/// A run with its steps, to look at.
pub(super) async fn open_run(app: &App, ws: Id<Workspace>, id: Uuid) -> Result<Option<Run>> {
    let Some(fields) = app.db.find::<RunFields>(find_one(), args![ws, id]).await? else { return Ok(None) };
    let rows: Vec<TaskFields> = app.db.list(list_rows(), args![ws, id]).await?;
    let play = read_play(&fields.body)?.into();
    assemble(fields, play, &rows).map(Some)
}

/// The runs of some customers that look at what is measured, with their steps.
pub(super) async fn list_watching(app: &App, ws: Id<Workspace>, customers: &[Id<Customer>]) -> Result<Vec<Run>> {
    let runs = sql!(
        "SELECT id, customer_id, card_id, owner_id, body, settings_version, started_on, due_day, paused_on, ended_on, ending, revision ",
        "FROM play_run WHERE workspace_id = $1 AND ended_at IS NULL AND paused_on IS NULL AND watches <> 0 AND customer_id IN ($2)"
    );
    let found: Vec<RunFields> =
        app.db.list_in(runs, args![ws], customers.iter().map(ToValue::to_value).collect()).await?;
    let tasks = sql!(
        "SELECT run_id, id, step, standing, asks, owner_id, ready_day, due_day, finished_day, performed, chose, chose_value, escalated_day, dated_from ",
        "FROM play_task WHERE workspace_id = $1 AND run_id IN ($2)"
    );
    let rows: Vec<TaskFields> =
        app.db.list_in(tasks, args![ws], found.iter().map(|f| f.id.to_value()).collect()).await?;
    let mut of_run: HashMap<Uuid, Vec<TaskFields>> = HashMap::new();
    for row in rows {
        of_run.entry(row.run).or_default().push(row);
    }
    // Most runs follow the same few plays.
    let mut plays: HashMap<String, Arc<Play>> = HashMap::new();
    let mut runs = Vec::with_capacity(found.len());
    for mut fields in found {
        let body = std::mem::take(&mut fields.body);
        let play = match plays.entry(body) {
            Entry::Occupied(known) => Arc::clone(known.get()),
            Entry::Vacant(free) => {
                let play = read_play(free.key())?.into();
                Arc::clone(free.insert(play))
            }
        };
        let mine = of_run.remove(&fields.id).unwrap_or_default();
        runs.push(assemble(fields, play, &mine)?);
    }
    Ok(runs)
}

fn assemble(f: RunFields, play: Arc<Play>, rows: &[TaskFields]) -> Result<Run> {
    let (mut states, mut tasks) = (Vec::new(), Vec::new());
    for step in play.steps() {
        let Some(row) = rows.iter().find(|r| r.step == step.id) else {
            return Err(Error::failed("reading a run", "a step has no row"));
        };
        states.push(row.state());
        tasks.push(Task { id: row.id, owner: row.owner, performed: row.performed != 0 });
    }
    let ended = f.ending.as_deref().and_then(End::parse).zip(f.ended_on);
    Ok(Run {
        id: f.id,
        customer: f.customer,
        card: f.card,
        owner: f.owner,
        play,
        settings_version: f.settings_version,
        state: RunState { started_on: f.started_on, due_on: f.due_day, steps: states, ended },
        tasks,
        paused_on: f.paused_on,
        revision: f.revision,
    })
}

/// The run that a task belongs to.
pub(super) async fn find_run_of(tx: &mut Tx, ws: Id<Workspace>, task: Uuid) -> Result<Option<(Run, usize)>> {
    let find = sql!("SELECT run_id FROM play_task WHERE workspace_id = $1 AND id = $2");
    let Some((run,)) = tx.find::<(Uuid,)>(find, args![ws, task]).await? else { return Ok(None) };
    let Some(run) = find_run(tx, ws, run).await? else { return Ok(None) };
    let at = run.tasks.iter().position(|t| t.id == task);
    Ok(at.map(|at| (run, at)))
}

/// The run that a task belongs to, to look at it.
pub(super) async fn open_run_of(app: &App, ws: Id<Workspace>, task: Uuid) -> Result<Option<(Run, usize)>> {
    let find = sql!("SELECT run_id FROM play_task WHERE workspace_id = $1 AND id = $2");
    let Some((run,)) = app.db.find::<(Uuid,)>(find, args![ws, task]).await? else { return Ok(None) };
    let Some(run) = open_run(app, ws, run).await? else { return Ok(None) };
    let at = run.tasks.iter().position(|t| t.id == task);
    Ok(at.map(|at| (run, at)))
}

/// Whether a customer goes through a play.
pub(super) async fn is_under_way(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>, play: &str) -> Result<bool> {
    let find =
        sql!("SELECT 1 FROM play_run WHERE workspace_id = $1 AND customer_id = $2 AND play = $3 AND ended_at IS NULL");
    Ok(tx.find::<(i64,)>(find, args![ws, customer, play]).await?.is_some())
}

/// Runs of a customer and a play: when each began, and whether it is open.
pub(super) type Earlier = HashMap<(Id<Customer>, String), Vec<(Day, bool)>>;

const LIST_EARLIER: &Statement = sql!(
    "SELECT customer_id, play, started_on, ended_at FROM play_run WHERE workspace_id = $1 AND customer_id IN ($2)"
);

fn read_earlier(rows: Vec<(Id<Customer>, String, Day, Option<Time>)>) -> Earlier {
    let mut out = Earlier::new();
    for (customer, play, on, ended) in rows {
        out.entry((customer, play)).or_default().push((on, ended.is_none()));
    }
    out
}

/// All runs of some customers, those that are over too.
pub(super) async fn list_earlier(app: &App, ws: Id<Workspace>, customers: &[Id<Customer>]) -> Result<Earlier> {
    let keys = customers.iter().map(ToValue::to_value).collect();
    Ok(read_earlier(app.db.list_in(LIST_EARLIER, args![ws], keys).await?))
}

/// The same, seen from inside the transaction.
pub(super) async fn list_known(
    tx: &mut Tx,
    ws: Id<Workspace>,
    customers: impl Iterator<Item = Id<Customer>>,
) -> Result<Earlier> {
    let keys = customers.map(|id| id.to_value()).collect();
    Ok(read_earlier(tx.list_in(LIST_EARLIER, args![ws], keys).await?))
}
