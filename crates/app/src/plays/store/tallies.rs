//! How the cards of each rule ended. Reads alone.

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Workspace};
use kizashi_domain::signals::Because;
use kizashi_domain::time::{Day, Time};

use crate::{App, Result};

const RULES_MAX: i64 = 5_000;
/// Closed firings of one rule that a proposal looks at, the newest.
const ANSWERED_MAX: i64 = 2_000;

/// How many cards of a rule ended in a way; an open one has none. `true` = a person closed it.
pub(in crate::plays) type Ended = (String, Option<String>, bool, i64);

/// The cards of every rule that were opened since an instant, by how they ended.
pub(in crate::plays) async fn list_tallies(app: &App, ws: Id<Workspace>, since: Time) -> Result<Vec<Ended>> {
    let statement = sql!(
        "SELECT x.rule, k.outcome, CASE WHEN k.closed_by IS NULL THEN 0 ELSE 1 END, count(*) FROM ",
        "(SELECT DISTINCT rule, card_id FROM card_cause WHERE workspace_id = $1) x JOIN card k ON k.id = x.card_id ",
        "WHERE k.opened_at >= $2 GROUP BY x.rule, k.outcome, CASE WHEN k.closed_by IS NULL THEN 0 ELSE 1 END ",
        "ORDER BY x.rule LIMIT $3"
    );
    let rows: Vec<(String, Option<String>, i64, i64)> = app.db.list(statement, args![ws, since, RULES_MAX]).await?;
    Ok(rows.into_iter().map(|(rule, outcome, by, n)| (rule, outcome, by == 1, n)).collect())
}

/// How often people gave which reason for the false alarms among the cards of every rule that were opened since an instant.
pub(in crate::plays) async fn list_reasons(
    app: &App,
    ws: Id<Workspace>,
    since: Time,
) -> Result<Vec<(String, String, i64)>> {
    let statement = sql!(
        "SELECT x.rule, k.false_reason, count(*) FROM (SELECT DISTINCT rule, card_id FROM card_cause WHERE workspace_id = $1) x ",
        "JOIN card k ON k.id = x.card_id WHERE k.opened_at >= $2 AND k.outcome = 'false_alarm' AND k.closed_by IS NOT NULL ",
        "AND k.false_reason <> '' GROUP BY x.rule, k.false_reason ORDER BY x.rule, count(*) DESC, k.false_reason LIMIT $3"
    );
    Ok(app.db.list(statement, args![ws, since, RULES_MAX]).await?)
}

row! {
    /// A firing whose card a person closed. `healthy_from` = the day from which nothing stood any more, when that was before the end.
    pub(in crate::plays) struct AnsweredFiring {
        pub card: Id<Card>, pub customer: Option<Id<Customer>>, pub name: Option<String>, pub figures: String, pub fired: Day,
        pub healthy_from: Option<Day>, pub outcome: String, pub false_reason: String, pub segment: Option<String>, pub since: Option<Day>,
    }
}

impl AnsweredFiring {
    /// The figures that it saw.
    pub fn because(&self) -> Vec<Because> {
        serde_json::from_str(&self.figures).unwrap_or_default()
    }
}

/// Firings of a rule whose cards people closed, the newest first.
pub(in crate::plays) async fn list_answered(
    app: &App,
    ws: Id<Workspace>,
    rule: &str,
    since: Time,
) -> Result<Vec<AnsweredFiring>> {
    let statement = sql!(
        "SELECT k.id, k.customer_id, c.name, x.figures, x.fired_day, k.healthy_from_day, k.outcome, k.false_reason, c.segment, ",
        "c.since_day FROM card_cause x JOIN card k ON k.id = x.card_id LEFT JOIN customer c ON c.id = k.customer_id ",
        "WHERE x.workspace_id = $1 AND x.rule = $2 AND k.opened_at >= $3 AND k.closed_by IS NOT NULL AND k.outcome IS NOT NULL ",
        "ORDER BY k.closed_at DESC, k.id, x.fired_day LIMIT $4"
    );
    Ok(app.db.list(statement, args![ws, rule, since, ANSWERED_MAX]).await?)
}

/// The segments that customers have, at most so many.
pub(in crate::plays) async fn list_segments(app: &App, ws: Id<Workspace>, rows: i64) -> Result<Vec<String>> {
    let statement = sql!(
        "SELECT DISTINCT segment FROM customer WHERE workspace_id = $1 AND segment <> '' ORDER BY segment LIMIT $2"
    );
    let rows: Vec<(String,)> = app.db.list(statement, args![ws, rows]).await?;
    Ok(rows.into_iter().map(|(segment,)| segment).collect())
}
