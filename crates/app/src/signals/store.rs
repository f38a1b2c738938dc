//! Table signal_state.

use std::collections::HashMap;

use kizashi_db::{ToValue, Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::time::Time;

use super::Memory;
use crate::pipeline::Assessed;
use crate::{App, Error, Result};

const ROWS_MAX: i64 = 1_000_000;
const ROWS_PER_PAGE: i64 = 50_000;

type States = HashMap<String, HashMap<String, Memory>>;

fn add(states: &mut States, subject: String, rule: String, state: &str) {
    // A state that cannot be read (an older form) is as if the rule had never looked.
    if let Ok(memory) = serde_json::from_str(state) {
        states.entry(subject).or_default().insert(rule, memory);
    }
}

/// The states of all subjects, or of these customers.
pub(super) async fn list_states(app: &App, ws: Id<Workspace>, of: Option<&[Id<Customer>]>) -> Result<States> {
    let mut out = States::new();
    let Some(of) = of else {
        let statement = sql!(
            "SELECT subject, rule, state FROM signal_state WHERE workspace_id = $1 AND subject > $2 ORDER BY subject, rule LIMIT $3"
        );
        let mut after = String::new();
        loop {
            let rows: Vec<(String, String, String)> = app.db.list(statement, args![ws, after, ROWS_PER_PAGE]).await?;
            let full = rows.len() == usize::try_from(ROWS_PER_PAGE).unwrap_or(usize::MAX);
            // The last subject of a full page may go on: it is read again with the next.
            let last = rows.last().map(|r| r.0.clone()).unwrap_or_default();
            let cut = rows.iter().rev().find(|r| r.0 != last).map(|r| r.0.clone()).filter(|_| full);
            for (subject, rule, state) in rows {
                add(&mut out, subject, rule, &state);
            }
            match cut {
                Some(cut) => after = cut,
                None => return Ok(out),
            }
        }
    };
    let statement = sql!("SELECT subject, rule, state FROM signal_state WHERE workspace_id = $1 AND subject IN ($2)");
    let subjects = of.iter().map(|id| id.to_string().to_value()).collect();
    for (subject, rule, state) in app.db.list_in::<(String, String, String)>(statement, args![ws], subjects).await? {
        add(&mut out, subject, rule, &state);
    }
    Ok(out)
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

fn values(ws: Id<Workspace>, subject: &str, rule: &str, memory: &Memory, now: Time) -> Result<Vec<kizashi_db::Value>> {
    let state = serde_json::to_string(memory).map_err(|e| Error::failed("writing a rule's state", e))?;
    Ok(args![ws, subject, rule, state, now])
}

pub(crate) async fn keep_states(tx: &mut Tx, app: &App, ws: Id<Workspace>, chunk: &[Assessed]) -> Result<()> {
    let now = app.now();
    let mut rows = Vec::new();
    for a in chunk {
        let subject = a.subject.id.to_string();
        for (rule, memory) in &a.look.states {
            rows.push(values(ws, &subject, rule, memory, now)?);
        }
    }
    tx.run_many(KEEP, rows).await?;
    Ok(())
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

/// Parents of customers that were found red since an instant: their rules look at their children.
pub(crate) async fn list_parents_of_red(app: &App, ws: Id<Workspace>, since: Time) -> Result<Vec<String>> {
    let statement = sql!(
        "SELECT DISTINCT p.external_id FROM standing s JOIN customer c ON c.id = s.customer_id JOIN customer p ON p.id = c.parent_id ",
        "WHERE s.workspace_id = $1 AND s.band = 'red' AND s.scored_at >= $2 LIMIT $3"
    );
    let rows: Vec<(String,)> = app.db.list(statement, args![ws, since, ROWS_MAX]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
