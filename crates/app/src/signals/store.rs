//! Table signal_state; reads what happened to customers lately.

use std::collections::HashMap;

use kizashi_db::{Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::signals::{Happening, Occurrence};
use kizashi_domain::text::find_leaving_word;
use kizashi_domain::time::{Day, Time};

use super::Memory;
use crate::measure::Which;
use crate::pipeline::Assessed;
use crate::settings::Settings;
use crate::{App, Error, Result};

const ROWS_MAX: i64 = 1_000_000;
const DETRACTOR_NPS_MAX: f64 = 6.0;
const DETRACTOR_CSAT_MAX: f64 = 2.0;

type States = HashMap<String, HashMap<String, Memory>>;

fn add(states: &mut States, subject: String, rule: String, state: &str) {
    // A state that cannot be read (an older form) is as if the rule had never looked.
    if let Ok(memory) = serde_json::from_str(state) {
        states.entry(subject).or_default().insert(rule, memory);
    }
}

pub(super) async fn list_states(app: &App, ws: Id<Workspace>, which: Which<'_>) -> Result<States> {
    let mut out = States::new();
    match which {
        Which::All => {
            let statement = sql!("SELECT subject, rule, state FROM signal_state WHERE workspace_id = $1 LIMIT $2");
            for (subject, rule, state) in
                app.db.list::<(String, String, String)>(statement, args![ws, ROWS_MAX]).await?
            {
                add(&mut out, subject, rule, &state);
            }
        }
        Which::Only(ids) => {
            let statement = sql!(
                "SELECT s.subject, s.rule, s.state, c.id FROM customer c JOIN signal_state s ON s.workspace_id = c.workspace_id ",
                "AND s.subject = $3 WHERE c.workspace_id = $1 AND c.external_id = $2"
            );
            let find = sql!("SELECT id FROM customer WHERE workspace_id = $1 AND external_id = $2");
            for external_id in ids {
                let Some((id,)) = app.db.find::<(Id<Customer>,)>(find, args![ws, external_id]).await? else { continue };
                let rows: Vec<(String, String, String)> =
                    app.db.list(statement, args![ws, external_id, id.to_string()]).await?;
                for (subject, rule, state) in rows {
                    add(&mut out, subject, rule, &state);
                }
            }
        }
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

/// What happened to customers between two days, by customer.
pub(super) async fn list_happenings(
    app: &App,
    settings: &Settings,
    from: Day,
    to: Day,
) -> Result<HashMap<Id<Customer>, Vec<Happening>>> {
    let ws = settings.workspace;
    let (start, end) = (settings.zone.start_of(from), settings.zone.end_of(to));
    let mut out: HashMap<Id<Customer>, Vec<Happening>> = HashMap::new();
    let mut add = |customer: Id<Customer>, what, day, key: String, detail: String| {
        out.entry(customer).or_default().push(Happening { what, day, key, detail });
    };
    let left = sql!(
        "SELECT customer_id, external_id, name, left_on FROM contact WHERE workspace_id = $1 AND left_on >= $2 AND left_on <= $3 ",
        "AND role IN ('champion', 'key_person') LIMIT $4"
    );
    for (customer, key, name, day) in
        app.db.list::<(Id<Customer>, String, String, Day)>(left, args![ws, from, to, ROWS_MAX]).await?
    {
        add(customer, Occurrence::ChampionLeft, day, format!("left:{key}"), name);
    }
    let answers = sql!(
        "SELECT customer_id, external_id, survey, score, answered_at FROM response WHERE workspace_id = $1 AND answered_at >= $2 ",
        "AND answered_at < $3 AND score IS NOT NULL LIMIT $4"
    );
    for (customer, key, survey, (score, at)) in list_answers(app, answers, args![ws, start, end, ROWS_MAX]).await? {
        let low = (survey == "nps" && score <= DETRACTOR_NPS_MAX) || (survey == "csat" && score <= DETRACTOR_CSAT_MAX);
        if low {
            add(customer, Occurrence::Detractor, settings.day_of(at), format!("response:{key}"), format!("{score}"));
        }
    }
    let tickets = sql!(
        "SELECT customer_id, external_id, subject || ' ' || body, opened_at FROM ticket WHERE workspace_id = $1 AND opened_at >= $2 ",
        "AND opened_at < $3 LIMIT $4"
    );
    for (customer, key, text, at) in
        app.db.list::<(Id<Customer>, String, String, Time)>(tickets, args![ws, start, end, ROWS_MAX]).await?
    {
        if let Some(word) = find_leaving_word(&text) {
            add(customer, Occurrence::CancelWords, settings.day_of(at), format!("ticket:{key}"), word.to_owned());
        }
    }
    // A child counts from the first red day of its present red spell.
    let children = sql!(
        "SELECT c.parent_id, c.external_id, c.name, ",
        "COALESCE((SELECT max(x.day) FROM score x WHERE x.workspace_id = $1 AND x.customer_id = c.id AND x.band <> 'red'), s.day - 1) + 1 ",
        "FROM standing s JOIN customer c ON c.id = s.customer_id ",
        "WHERE s.workspace_id = $1 AND s.band = 'red' AND c.parent_id IS NOT NULL AND c.churned_on IS NULL LIMIT $2"
    );
    for (parent, key, name, day) in
        app.db.list::<(Id<Customer>, String, String, Day)>(children, args![ws, ROWS_MAX]).await?
    {
        add(parent, Occurrence::ChildRed, day, format!("child:{key}:{}", day.0), name);
    }
    Ok(out)
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

kizashi_db::row! {
    struct AnswerRow { customer: Id<Customer>, key: String, survey: String, score: f64, at: Time }
}

type Answer = (Id<Customer>, String, String, (f64, Time));

async fn list_answers(
    app: &App,
    statement: &'static kizashi_db::Statement,
    args: Vec<kizashi_db::Value>,
) -> Result<Vec<Answer>> {
    let rows: Vec<AnswerRow> = app.db.list(statement, args).await?;
    Ok(rows.into_iter().map(|r| (r.customer, r.key, r.survey, (r.score, r.at))).collect())
}
