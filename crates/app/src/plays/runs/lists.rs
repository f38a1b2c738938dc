//! Runs and their steps, as pages and jobs read them.

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::plays::{End, Kind, Standing};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use super::load::{NEVER, read_play};
use super::read::{RunList, RunQuery, RunRow, RunTab, TaskRow};
use crate::plays::store::read_text;
use crate::{App, Result};

/// Plays that a filter offers.
const PLAYS_MAX: i64 = 200;
/// Runs of one customer or card that show.
const RUNS_OF_MAX: i64 = 50;

/// Runs whose day has come.
pub(super) async fn list_due(app: &App, ws: Id<Workspace>, today: Day, limit: i64) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT id FROM play_run WHERE workspace_id = $1 AND ended_at IS NULL AND paused_on IS NULL AND look_on <= $2 ",
        "ORDER BY look_on, id LIMIT $3"
    );
    let rows: Vec<(Uuid,)> = app.db.list(statement, args![ws, today, limit]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether a run looks at what another version of the settings measured.
pub(super) async fn watches_of_old(app: &App, ws: Id<Workspace>, version: i64) -> Result<bool> {
    let statement = sql!(
        "SELECT id FROM play_run WHERE workspace_id = $1 AND ended_at IS NULL AND watches = 1 AND settings_version <> $2 LIMIT 1"
    );
    Ok(app.db.find::<(Uuid,)>(statement, args![ws, version]).await?.is_some())
}

row! {
    struct RowFields {
        id: Uuid, customer_id: Id<Customer>, customer: String, play: String, title: String, owner: Option<String>, owner_left_at: Option<Time>, started_on: Day,
        due_day: Day, next_due: Day, paused_on: Option<Day>, ended_on: Option<Day>, ended_at: Option<Time>, ending: Option<String>,
        done: i64, left: i64, steps: i64,
    }
}

/// The columns of [`RowFields`]; every list adds its own condition and order.
macro_rules! select_runs {
    ($($rest:expr),+) => {
        sql!(
            "SELECT r.id, r.customer_id, c.name, r.play, r.title, o.name, o.left_at, r.started_on, r.due_day, r.next_due, r.paused_on, r.ended_on, ",
            "r.ended_at, r.ending, (SELECT count(*) FROM play_task t WHERE t.workspace_id = r.workspace_id AND t.run_id = r.id AND t.standing NOT IN ('later', 'open', 'bypassed')), ",
            "(SELECT count(*) FROM play_task t WHERE t.workspace_id = r.workspace_id AND t.run_id = r.id AND t.standing = 'bypassed'), ",
            "(SELECT count(*) FROM play_task t WHERE t.workspace_id = r.workspace_id AND t.run_id = r.id) ",
            "FROM play_run r JOIN customer c ON c.id = r.customer_id LEFT JOIN staff o ON o.id = r.owner_id ",
            $($rest),+
        )
    };
}

async fn read_rows(app: &App, ws: Id<Workspace>, fields: Vec<RowFields>) -> Result<Vec<RunRow>> {
    let open =
        sql!("SELECT run_id, title FROM play_task WHERE workspace_id = $1 AND standing = 'open' AND run_id IN ($2)");
    let ids = fields.iter().map(|f| f.id.to_value()).collect();
    let titles: Vec<(Uuid, String)> = app.db.list_in(open, args![ws], ids).await?;
    // What a branch left was not to be done; what is left of a run that ended early was.
    let is_whole = |f: &RowFields| matches!(f.ending.as_deref().and_then(End::parse), None | Some(End::Finished));
    Ok(fields
        .into_iter()
        .map(|f| RunRow {
            steps: if is_whole(&f) { f.steps - f.left } else { f.steps },
            now: titles.iter().filter(|(run, _)| *run == f.id).map(|(_, title)| read_text(title)).collect(),
            id: f.id,
            customer_id: f.customer_id,
            customer: f.customer,
            play: f.play,
            title: read_text(&f.title),
            owner: f.owner,
            has_owner_left: f.owner_left_at.is_some(),
            started_on: f.started_on,
            due_day: f.due_day,
            next_due: Some(f.next_due).filter(|d| *d < NEVER),
            paused_on: f.paused_on,
            ended: f.ending.as_deref().and_then(End::parse).zip(f.ended_on),
            done: f.done,
        })
        .collect())
}

/// A page of runs.
pub(super) async fn list_runs(app: &App, ws: Id<Workspace>, today: Day, query: &RunQuery) -> Result<RunList> {
    let rows = query.rows.clamp(1, kizashi_domain::limits::PAGE_ROWS_MAX);
    let any = i64::from(query.owner.is_none());
    let (late, paused) = (i64::from(query.tab == RunTab::Late), i64::from(query.tab == RunTab::Paused));
    let cursor = query.after.as_deref().and_then(parse_cursor);
    let (open, ended) = (
        select_runs!(
            "WHERE r.workspace_id = $1 AND r.ended_at IS NULL AND ($2 = 1 OR r.owner_id = $3) AND ($4 = '' OR r.play = $4) ",
            "AND ($5 = 0 OR (r.next_due < $6 AND r.paused_on IS NULL)) AND ($7 = 0 OR r.paused_on IS NOT NULL) ",
            "AND (r.next_due > $8 OR (r.next_due = $8 AND r.id > $9)) ORDER BY r.next_due, r.id LIMIT $10"
        ),
        select_runs!(
            "WHERE r.workspace_id = $1 AND r.ended_at IS NOT NULL AND ($2 = 1 OR r.owner_id = $3) AND ($4 = '' OR r.play = $4) ",
            "AND $5 >= 0 AND $6 >= -9999999 AND $7 >= 0 ",
            "AND (r.ended_at < $8 OR (r.ended_at = $8 AND r.id > $9)) ORDER BY r.ended_at DESC, r.id LIMIT $10"
        ),
    );
    let is_ended = query.tab == RunTab::Ended;
    let (at, id) = cursor.unwrap_or((if is_ended { i64::MAX } else { i64::MIN }, Uuid::nil()));
    let statement = if is_ended { ended } else { open };
    let values = args![ws, any, query.owner, query.play, late, today, paused, at, id, rows + 1];
    let mut fields: Vec<RowFields> = app.db.list(statement, values).await?;
    let more = i64::try_from(fields.len()).unwrap_or(i64::MAX) > rows;
    fields.truncate(usize::try_from(rows).unwrap_or(0));
    let next = fields.last().filter(|_| more).map(|f| {
        let at = if is_ended { f.ended_at.map_or(0, Time::micros) } else { i64::from(f.next_due.0) };
        format!("{at}_{}", f.id)
    });
    let count = sql!(
        "SELECT count(*) FROM play_run r WHERE r.workspace_id = $1 AND ($2 = 1 OR r.owner_id = $3) AND ($4 = '' OR r.play = $4) ",
        "AND (($5 = 1 AND r.ended_at IS NOT NULL) OR ($5 = 0 AND r.ended_at IS NULL AND ($6 = 0 OR (r.next_due < $7 AND r.paused_on IS NULL)) ",
        "AND ($8 = 0 OR r.paused_on IS NOT NULL)))"
    );
    let values = args![ws, any, query.owner, query.play, is_ended, late, today, paused];
    let total = app.db.find::<(i64,)>(count, values).await?.map_or(0, |(n,)| n);
    Ok(RunList { rows: read_rows(app, ws, fields).await?, total, next, plays: list_plays(app, ws).await?, behind: 0 })
}

fn parse_cursor(text: &str) -> Option<(i64, Uuid)> {
    let (at, id) = text.split_once('_')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

/// Plays of which there are runs, with the title of the newest.
async fn list_plays(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, Text)>> {
    let statement =
        sql!("SELECT play, max(title) FROM play_run WHERE workspace_id = $1 GROUP BY play ORDER BY play LIMIT $2");
    let rows: Vec<(String, String)> = app.db.list(statement, args![ws, PLAYS_MAX]).await?;
    Ok(rows.into_iter().map(|(id, title)| (id, read_text(&title))).collect())
}

/// Runs of one customer: open ones first.
pub(super) async fn list_of_customer(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<RunRow>> {
    let statement = select_runs!(
        "WHERE r.workspace_id = $1 AND r.customer_id = $2 ",
        "ORDER BY CASE WHEN r.ended_at IS NULL THEN 0 ELSE 1 END, r.started_at DESC, r.id LIMIT $3"
    );
    let fields = app.db.list(statement, args![ws, customer, RUNS_OF_MAX]).await?;
    read_rows(app, ws, fields).await
}

/// Runs of these customers that are under way, the newest first.
pub(super) async fn list_open_of_many(app: &App, ws: Id<Workspace>, customers: &[Id<Customer>]) -> Result<Vec<RunRow>> {
    let statement = select_runs!(
        "WHERE r.workspace_id = $1 AND r.ended_at IS NULL AND r.customer_id IN ($2) ORDER BY r.started_at DESC, r.id"
    );
    let fields = app.db.list_in(statement, args![ws], customers.iter().map(ToValue::to_value).collect()).await?;
    read_rows(app, ws, fields).await
}

/// Runs of one card, the newest first.
pub(super) async fn list_of_card(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<RunRow>> {
    let statement =
        select_runs!("WHERE r.workspace_id = $1 AND r.card_id = $2 ORDER BY r.started_at DESC, r.id LIMIT $3");
    let fields = app.db.list(statement, args![ws, card, RUNS_OF_MAX]).await?;
    read_rows(app, ws, fields).await
}

/// Runs that a card began and that are under way.
pub(super) async fn list_open_of_card(app: &App, ws: Id<Workspace>, card: Id<Card>) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT id FROM play_run WHERE workspace_id = $1 AND card_id = $2 AND ended_at IS NULL ORDER BY id LIMIT $3"
    );
    let rows: Vec<(Uuid,)> = app.db.list(statement, args![ws, card, RUNS_OF_MAX]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// One run as a row.
pub(super) async fn find_row(app: &App, ws: Id<Workspace>, run: Uuid) -> Result<Option<RunRow>> {
    let statement = select_runs!("WHERE r.workspace_id = $1 AND r.id = $2");
    let fields: Vec<RowFields> = app.db.list(statement, args![ws, run]).await?;
    Ok(read_rows(app, ws, fields).await?.pop())
}

row! {
    struct TaskFields {
        task: Uuid, run: Uuid, customer_id: Id<Customer>, customer: String, title: String, play: String, kind: String, due: Option<Day>,
        owner: Option<String>, owner_left_at: Option<Time>, run_due: Day,
    }
}

/// Open steps that are somebody's work; every list adds which.
macro_rules! open_tasks {
    ($($rest:expr),+) => {
        sql!(
            "SELECT t.id, t.run_id, t.customer_id, c.name, t.title, r.title, t.kind, t.due_day, o.name, o.left_at, r.due_day FROM play_task t ",
            "JOIN play_run r ON r.id = t.run_id JOIN customer c ON c.id = t.customer_id LEFT JOIN staff o ON o.id = t.owner_id ",
            "WHERE t.workspace_id = $1 AND t.standing = 'open' AND t.asks = 1 AND r.ended_at IS NULL AND r.paused_on IS NULL ",
            $($rest),+
        )
    };
}

/// The same due until a day, the first due first; every list adds whose.
macro_rules! select_tasks {
    ($whose:literal) => {
        open_tasks!($whose, "AND t.due_day <= $2 ORDER BY t.due_day, t.id LIMIT $3")
    };
}

/// Whose open steps.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    Everybodys,
    Of(Id<Staff>),
    About(Id<Customer>),
}

/// Open steps that are somebody's work, due until a day, the first due first.
pub(super) async fn list_open_tasks(
    app: &App,
    ws: Id<Workspace>,
    whose: Whose,
    until: Day,
    limit: i64,
) -> Result<Vec<TaskRow>> {
    let rows: Vec<TaskFields> = match whose {
        Whose::Everybodys => app.db.list(select_tasks!(""), args![ws, until, limit]).await?,
        Whose::Of(owner) => app.db.list(select_tasks!("AND t.owner_id = $4 "), args![ws, until, limit, owner]).await?,
        Whose::About(customer) => {
            app.db.list(select_tasks!("AND t.customer_id = $4 "), args![ws, until, limit, customer]).await?
        }
    };
    Ok(rows.into_iter().map(task_row).collect())
}

fn task_row(f: TaskFields) -> TaskRow {
    TaskRow {
        task: f.task,
        run: f.run,
        customer_id: f.customer_id,
        customer: f.customer,
        title: read_text(&f.title),
        play: read_text(&f.play),
        kind: Kind::parse(&f.kind).unwrap_or(Kind::Task),
        due_day: f.due.unwrap_or(f.run_due),
        owner: f.owner,
        has_owner_left: f.owner_left_at.is_some(),
    }
}

/// Open steps that are somebody's work about these customers, the first due first.
pub(super) async fn list_open_tasks_of(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<Vec<TaskRow>> {
    let keys = customers.iter().map(ToValue::to_value).collect();
    let statement = open_tasks!("AND t.customer_id IN ($2) ORDER BY t.due_day + 0, t.id");
    Ok(app.db.list_in::<TaskFields>(statement, args![ws], keys).await?.into_iter().map(task_row).collect())
}

/// How many open steps of one person are due until today, and how many of them are past their day.
pub(super) async fn count_open_tasks(app: &App, ws: Id<Workspace>, owner: Id<Staff>, today: Day) -> Result<(i64, i64)> {
    let statement = sql!(
        "SELECT count(*), count(CASE WHEN t.due_day < $3 THEN 1 END) FROM play_task t JOIN play_run r ON r.id = t.run_id ",
        "WHERE t.workspace_id = $1 AND t.owner_id = $2 AND t.standing = 'open' AND t.asks = 1 AND t.due_day <= $3 ",
        "AND r.ended_at IS NULL AND r.paused_on IS NULL"
    );
    Ok(app.db.find(statement, args![ws, owner, today]).await?.unwrap_or_default())
}

row! {
    /// What a step's row says beside its state.
    pub(super) struct StepFields {
        pub id: Uuid, pub owner: Option<String>, pub owner_left_at: Option<Time>, pub finished_by: Option<String>, pub finished_at: Option<Time>, pub note: String,
    }
}

/// Who did and does the steps of a run.
pub(super) async fn list_steps(app: &App, ws: Id<Workspace>, run: Uuid) -> Result<Vec<StepFields>> {
    let statement = sql!(
        "SELECT t.id, o.name, o.left_at, f.name, t.finished_at, t.note FROM play_task t LEFT JOIN staff o ON o.id = t.owner_id ",
        "LEFT JOIN staff f ON f.id = t.finished_by WHERE t.workspace_id = $1 AND t.run_id = $2 ORDER BY t.place, t.id LIMIT 1000"
    );
    Ok(app.db.list(statement, args![ws, run]).await?)
}

row! {
    /// What the page of a run says of its life.
    pub(super) struct LifeFields {
        pub cause: String, pub started_by: Option<String>, pub paused_why: String, pub ended_why: String,
    }
}

pub(super) async fn find_life(app: &App, ws: Id<Workspace>, run: Uuid) -> Result<Option<LifeFields>> {
    let statement = sql!(
        "SELECT r.cause, b.name, r.paused_why, r.ended_why FROM play_run r LEFT JOIN staff b ON b.id = r.started_by ",
        "WHERE r.workspace_id = $1 AND r.id = $2"
    );
    Ok(app.db.find(statement, args![ws, run]).await?)
}

row! {
    struct PastFields {
        id: Uuid, customer_id: Id<Customer>, customer: String, owner: Option<String>, owner_left_at: Option<Time>, body: String, started_on: Day,
        paused_on: Option<Day>, ended_on: Option<Day>, ending: Option<String>,
    }
}

/// A run of a play as the report on onboarding reads it.
pub(super) struct PastRun {
    pub id: Uuid,
    pub customer_id: Id<Customer>,
    pub customer: String,
    pub owner: Option<String>,
    pub has_owner_left: bool,
    pub started_on: Day,
    pub paused_on: Option<Day>,
    pub ended: Option<(End, Day)>,
    /// Milestones: id, title, expected business days, the day on which it was reached, whether it is still open.
    pub milestones: Vec<Reached>,
}

/// A milestone of a run.
pub(super) struct Reached {
    pub step: String,
    pub title: Text,
    pub expected: u32,
    pub on: Option<Day>,
    pub is_open: bool,
}

/// Runs of a play since a day, with their milestones.
pub(super) async fn list_past(
    app: &App,
    ws: Id<Workspace>,
    play: &str,
    since: Day,
    limit: i64,
) -> Result<Vec<PastRun>> {
    let runs = sql!(
        "SELECT r.id, r.customer_id, c.name, o.name, o.left_at, r.body, r.started_on, r.paused_on, r.ended_on, r.ending FROM play_run r ",
        "JOIN customer c ON c.id = r.customer_id LEFT JOIN staff o ON o.id = r.owner_id ",
        "WHERE r.workspace_id = $1 AND r.play = $2 AND r.started_on >= $3 ORDER BY r.started_on DESC, r.id LIMIT $4"
    );
    let tasks = sql!(
        "SELECT run_id, step, standing, finished_day FROM play_task WHERE workspace_id = $1 AND kind = 'milestone' AND run_id IN ($2)"
    );
    let rows: Vec<PastFields> = app.db.list(runs, args![ws, play, since, limit]).await?;
    let ids = rows.iter().map(|r| r.id.to_value()).collect();
    let found: Vec<(Uuid, String, String, Option<Day>)> = app.db.list_in(tasks, args![ws], ids).await?;
    let mut by_run: std::collections::HashMap<Uuid, Vec<(String, String, Option<Day>)>> = Default::default();
    for (run, step, standing, on) in found {
        by_run.entry(run).or_default().push((step, standing, on));
    }
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let play = read_play(&row.body)?;
        let mine = by_run.remove(&row.id).unwrap_or_default();
        let milestones = play.steps().into_iter().filter_map(|step| {
            let kizashi_domain::plays::Doing::Milestone { expected_business_days, .. } = step.doing else {
                return None;
            };
            let (_, standing, on) = mine.iter().find(|(id, ..)| *id == step.id)?;
            let standing = Standing::parse(standing)?;
            Some(Reached {
                step: step.id,
                title: step.title,
                expected: expected_business_days,
                on: on.filter(|_| standing == Standing::Done),
                is_open: !standing.is_over(),
            })
        });
        out.push(PastRun {
            id: row.id,
            customer_id: row.customer_id,
            customer: row.customer,
            owner: row.owner,
            has_owner_left: row.owner_left_at.is_some(),
            started_on: row.started_on,
            paused_on: row.paused_on,
            ended: row.ending.as_deref().and_then(End::parse).zip(row.ended_on),
            milestones: milestones.collect(),
        });
    }
    Ok(out)
}
