//! Table signal_state.

use std::collections::HashMap;

use kizashi_db::{ToValue, Tx, Value, args, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::Time;

use super::Memory;
use super::sheet::{self, RuleList, SHEET};
use crate::measure::{Run, Which};
use crate::pipeline::Assessed;
use crate::{App, Error, Result};

const ROWS_MAX: i64 = 1_000_000;
const ROWS_PER_PAGE: i64 = 50_000;

/// Subject of the rows that hold lists of rules.
const LISTS: &str = "*";

/// What rules remember of each subject, as it is stored: [`sheet::read`] reads it where it is needed, on several threads.
type Sheets = HashMap<String, String>;

/// The states of all subjects, or of these customers.
pub(super) async fn list_states(app: &App, ws: Id<Workspace>, of: Option<&[Id<Customer>]>) -> Result<Sheets> {
    let mut out = Sheets::new();
    let Some(of) = of else {
        let statement = sql!(
            "SELECT subject, state FROM signal_state WHERE workspace_id = $1 AND subject > $2 AND rule = '*' ORDER BY subject LIMIT $3"
        );
        let mut after = String::new();
        loop {
            let rows: Vec<(String, String)> = app.db.list(statement, args![ws, after, ROWS_PER_PAGE]).await?;
            let Some((last, _)) = rows.last() else { return Ok(out) };
            after = last.clone();
            out.extend(rows);
        }
    };
    let statement =
        sql!("SELECT subject, state FROM signal_state WHERE workspace_id = $1 AND rule = '*' AND subject IN ($2)");
    let subjects = of.iter().map(|id| id.to_string().to_value()).collect();
    let rows: Vec<(String, String)> = app.db.list_in(statement, args![ws], subjects).await?;
    out.extend(rows);
    Ok(out)
}

/// The lists of rules that sheets are about. There is one for each time that rules came or went.
pub(super) async fn list_rule_lists(app: &App, ws: Id<Workspace>) -> Result<Vec<RuleList>> {
    let statement =
        sql!("SELECT rule, state FROM signal_state WHERE workspace_id = $1 AND subject = $2 ORDER BY rule LIMIT $3");
    let rows: Vec<(String, String)> = app.db.list(statement, args![ws, LISTS, ROWS_PER_PAGE]).await?;
    let list = |(id, rules): (String, String)| Some(RuleList { id, rules: serde_json::from_str(&rules).ok()? });
    Ok(rows.into_iter().filter_map(list).collect())
}

pub(crate) async fn find_state(app: &App, ws: Id<Workspace>, subject: &str, rule: &str) -> Result<Memory> {
    let statement = sql!("SELECT state FROM signal_state WHERE workspace_id = $1 AND subject = $2 AND rule = $3");
    let found: Option<(String,)> = app.db.find(statement, args![ws, subject, rule]).await?;
    Ok(found.and_then(|(s,)| serde_json::from_str(&s).ok()).unwrap_or_default())
}

const KEEP: &kizashi_db::Statement = sql!(
    "INSERT INTO signal_state (workspace_id, subject, rule, state, changed_at) VALUES ($1, $2, $3, $4, $5) ",
    "ON CONFLICT (workspace_id, subject, rule) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at"
);

fn values(ws: Id<Workspace>, subject: &str, rule: &str, memory: &Memory, now: Time) -> Result<Vec<Value>> {
    let state = serde_json::to_string(memory).map_err(|e| Error::failed("writing a rule's state", e))?;
    Ok(args![ws, subject, rule, state, now])
}

/// What rules remember of a chunk of customers, ready to be written.
#[derive(Debug, Default)]
pub(crate) struct States {
    lists: Vec<Vec<Value>>,
    sheets: Vec<Vec<Value>>,
}

impl States {
    pub fn of(app: &App, run: &Run, chunk: &[Assessed]) -> Result<Self> {
        let (ws, now) = (run.settings.workspace, app.now());
        let failed = |e| Error::failed("writing the states of rules", e);
        let mut learned = chunk.iter().filter(|a| a.look.learned).peekable();
        let Some(first) = learned.peek() else { return Ok(Self::default()) };
        // The same rules looked at every customer of a run.
        let rules = first.look.states.iter().filter_map(|(place, _)| run.settings.pack.signals.get(*place));
        let list = RuleList::new(rules.map(|rule| rule.id.clone()).collect());
        let names = serde_json::to_string(&list.rules).map_err(failed)?;
        let mut sheets = Vec::new();
        for a in learned {
            let memories: Vec<_> = a.look.states.iter().map(|(_, memory)| memory).collect();
            let state = sheet::write(&list, &memories, &a.look.gone).map_err(failed)?;
            sheets.push(args![ws, a.subject.id.to_string(), SHEET, state, now]);
        }
        Ok(Self { lists: vec![args![ws, LISTS, list.id, names, now]], sheets })
    }

    pub async fn keep(self, tx: &mut Tx) -> Result<()> {
        // Nobody waits for a row that is there.
        let keep_list = sql!(
            "INSERT INTO signal_state (workspace_id, subject, rule, state, changed_at) VALUES ($1, $2, $3, $4, $5) ",
            "ON CONFLICT (workspace_id, subject, rule) DO NOTHING"
        );
        tx.run_many(keep_list, self.lists).await?;
        tx.run_many(KEEP, self.sheets).await?;
        Ok(())
    }
}

pub(crate) async fn keep_state(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    subject: &str,
    rule: &str,
    memory: &Memory,
) -> Result<()> {
    tx.run(KEEP, values(ws, subject, rule, memory, app.now())?).await?;
    Ok(())
}

/// Parents of those customers that were found red since an instant: their rules look at their children.
pub(crate) async fn list_parents_of_red(
    app: &App,
    ws: Id<Workspace>,
    which: Which<'_>,
    since: Time,
) -> Result<Vec<String>> {
    let some = sql!(
        "SELECT DISTINCT p.external_id FROM customer c JOIN customer p ON p.id = c.parent_id JOIN standing s ON s.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND s.band = 'red' AND s.scored_at >= $2 AND c.external_id IN ($3)"
    );
    if let Which::Only(names) = which {
        let keys = names.iter().map(ToValue::to_value).collect();
        let rows: Vec<(String,)> = app.db.list_in(some, args![ws, since], keys).await?;
        return Ok(rows.into_iter().map(|(id,)| id).collect());
    }
    let statement = sql!(
        "SELECT DISTINCT p.external_id FROM standing s JOIN customer c ON c.id = s.customer_id JOIN customer p ON p.id = c.parent_id ",
        "WHERE s.workspace_id = $1 AND s.band = 'red' AND s.scored_at >= $2 LIMIT $3"
    );
    let rows: Vec<(String,)> = app.db.list(statement, args![ws, since, ROWS_MAX]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Forgets where rules stand for a customer that is going.
pub(super) async fn forget_customer(tx: &mut Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    let statement = sql!("DELETE FROM signal_state WHERE workspace_id = $1 AND subject = $2");
    tx.run(statement, args![ws, customer.to_string()]).await?;
    Ok(())
}
