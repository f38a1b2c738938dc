//! Queries: looked at, tried, and kept.

use std::sync::Arc;

use kizashi_db::{Foreign, ForeignColumn};
use kizashi_domain::id::{Connection, Id, Pull, Workspace};
use kizashi_domain::intake::{Files, Known, Look};

use super::connections::{open_connection, open_foreign};
use super::run::Feeding;
use super::{Failed, INTERVALS_S, PullRow, QUERY_CHARS_MAX, Query, store};
use crate::access::Grant;
use crate::imports::{Report, Taking};
use crate::{App, Refused, Result, intake};

const NAME_CHARS_MAX: usize = 60;
/// Rows of a trial.
const TRIAL_ROWS_MAX: u64 = 1_000;
/// Rows that are shown of a query.
const SHOWN_ROWS: usize = 5;
/// Names of columns by which a query most likely goes on.
const CURSORS: [&str; 8] =
    ["updated_at", "modified_at", "last_modified", "touched_at", "changed_at", "recorded_at", "created_at", "id"];

/// What a query looks like.
#[derive(Clone, Debug)]
pub struct QueryLook {
    /// Its columns and what they are used for, guessed or wished.
    pub look: Look,
    /// Names of all its columns.
    pub titles: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// The column by which it most likely goes on.
    pub cursor: Option<String>,
}

/// What is fetched again and again.
pub async fn list_pulls(app: &App, workspace: Id<Workspace>) -> Result<Vec<PullRow>> {
    store::list_pulls(app, workspace).await
}

/// One of them.
pub async fn open_pull(app: &App, workspace: Id<Workspace>, id: Id<Pull>) -> Result<PullRow> {
    store::find_pull(app, workspace, id).await?.ok_or_else(|| Refused::NotFound.into())
}

/// Asks the other database what a query brings: its columns and first rows.
pub async fn look_at_query(
    app: &App,
    grant: &Grant,
    files: &dyn Files,
    connection: Id<Connection>,
    query: &Query,
) -> std::result::Result<QueryLook, Failed> {
    let mut foreign = open_foreign(app, grant.workspace(), connection).await?;
    let columns = foreign.describe(&query.text).await?;
    let titles = check_columns(&columns)?;
    foreign.begin(&query.text, &columns, None).await?;
    let mut rows = foreign.next().await?.rows;
    foreign.close().await;
    let look = files.look_at_rows(titles.clone(), &rows, &query.wish);
    rows.truncate(SHOWN_ROWS);
    let guessed = CURSORS.iter().find_map(|known| columns.iter().find(|c| c.name.eq_ignore_ascii_case(known)));
    Ok(QueryLook { look, titles, rows, cursor: guessed.map(|c| c.name.clone()) })
}

/// Two columns of one name could not be told apart.
pub(super) fn check_columns(columns: &[ForeignColumn]) -> std::result::Result<Vec<String>, Failed> {
    let titles: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
    for (at, title) in titles.iter().enumerate() {
        if titles.iter().take(at).any(|t| t == title) {
            return Err(Failed::There("columns", format!("two columns are called {title:?}; rename one with AS")));
        }
    }
    Ok(titles)
}

/// What the first rows of a query would do. Nothing is kept.
pub async fn try_query(
    app: &App,
    grant: &Grant,
    files: Arc<dyn Files>,
    connection: Id<Connection>,
    query: &Query,
) -> std::result::Result<Report, Failed> {
    let workspace = grant.workspace();
    let source = open_connection(app, workspace, connection).await?.name;
    let mut foreign = open_foreign(app, workspace, connection).await?;
    let ended = read_trial(app, workspace, files, &mut foreign, &source, query).await;
    foreign.close().await;
    ended
}

async fn read_trial(
    app: &App,
    workspace: Id<Workspace>,
    files: Arc<dyn Files>,
    foreign: &mut Foreign,
    source: &str,
    query: &Query,
) -> std::result::Result<Report, Failed> {
    let columns = foreign.describe(&query.text).await?;
    let titles = check_columns(&columns)?;
    foreign.begin(&query.text, &columns, None).await?;
    let known = list_known(app, workspace, source).await?;
    let mut feeding = Feeding::open(files.as_ref(), titles, &query.wish, &known)?;
    let mut taking = Taking::begin(app, source);
    while taking.rows < TRIAL_ROWS_MAX {
        let rows = foreign.next().await?.rows;
        if rows.is_empty() {
            break;
        }
        feeding.feed(app, &rows, &mut taking)?;
    }
    let counts = (taking.rows, taking.left_out);
    let (kept, samples) = taking.try_out(app, workspace).await?;
    let report = Report::of(query.wish.kind, counts, kept, feeding.refused);
    Ok(Report { is_trial: true, samples, refusals: feeding.refusals, ..report })
}

/// What is known of customers when rows of a source are read.
pub(super) async fn list_known(app: &App, workspace: Id<Workspace>, source: &str) -> Result<Known> {
    Ok(Known {
        groups: intake::list_groups(app, workspace, source).await?,
        names: Arc::new(intake::list_customer_names(app, workspace).await?),
    })
}

/// Keeps a query, new or changed; it is asked at once. A query with another text or cursor begins from the beginning.
pub async fn keep_query(
    app: &App,
    grant: &Grant,
    (id, connection): (Option<Id<Pull>>, Id<Connection>),
    name: &str,
    query: &Query,
    interval_s: i64,
) -> Result<Id<Pull>> {
    let workspace = grant.workspace();
    open_connection(app, workspace, connection).await?;
    let is_name =
        !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX && !name.chars().any(char::is_control);
    if !is_name {
        return Err(Refused::Field { field: "name", reason: "required" }.into());
    }
    if query.text.trim().is_empty() || query.text.chars().count() > QUERY_CHARS_MAX || query.wish.kind.is_none() {
        return Err(Refused::Field { field: "query", reason: "required" }.into());
    }
    if !INTERVALS_S.contains(&interval_s) {
        return Err(Refused::Field { field: "interval", reason: "required" }.into());
    }
    let before = match id {
        Some(id) => Some(open_pull(app, workspace, id).await?),
        None => None,
    };
    let id = id.unwrap_or_else(App::new_id);
    if before
        .is_some_and(|b| b.query.text != query.text || b.query.cursor != query.cursor || b.query.wish != query.wish)
    {
        store::keep_place(app, workspace, id, "").await?;
    }
    store::keep_pull(app, grant, (id, connection), name.trim(), query, interval_s).await?;
    Ok(id)
}

/// Takes a query away. What it brought stays.
pub async fn drop_pull(app: &App, grant: &Grant, id: Id<Pull>) -> Result<()> {
    match store::drop_pull(app, grant, id).await? {
        0 => Err(Refused::NotFound.into()),
        _ => Ok(()),
    }
}

/// Reads a query from the beginning again, soon: what is there already changes nothing.
pub async fn restart_pull(app: &App, grant: &Grant, id: Id<Pull>) -> Result<()> {
    open_pull(app, grant.workspace(), id).await?;
    store::keep_place(app, grant.workspace(), id, "").await?;
    store::keep_next(app, grant.workspace(), id, app.now()).await
}
