//! Reads tickets; writes nothing.

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Id, Ticket, Workspace};
use kizashi_domain::support::TicketFacts;
use kizashi_domain::time::Time;

use super::SupportQuery;
use crate::{App, Result};

row! {
    struct Fields {
        id: Id<Ticket>, customer: Option<Id<Customer>>, source: String, category: String, channel: String, operator: String,
        opened_at: Time, answered_at: Option<Time>, closed_at: Option<Time>, talk_s: Option<i64>, wrap_up_s: Option<i64>,
        handling_s: Option<i64>, abandoned: Option<bool>, satisfaction: Option<i64>,
    }
}

/// Where a page of inquiries begins: behind the ticket that the page before ended with.
pub(super) type Cursor = (Time, uuid::Uuid);

/// A page of the inquiries that came in `from..to`, in the order in which they came, and where the next one begins.
pub(super) async fn list_tickets(
    app: &App,
    ws: Id<Workspace>,
    query: &SupportQuery,
    (from, after): Cursor,
    to: Time,
    rows: i64,
) -> Result<(Vec<TicketFacts>, Option<Cursor>)> {
    let statement = sql!(
        "SELECT id, customer_id, source, category, channel, operator, opened_at, answered_at, closed_at, talk_s, wrap_up_s, handling_s, ",
        "abandoned, satisfaction FROM ticket WHERE workspace_id = $1 AND opened_at >= $2 AND (opened_at > $2 OR id > $3) AND opened_at < $4 ",
        "AND direction <> 'out' AND ($5 = '' OR channel = $5) AND ($6 = '' OR category = $6) ORDER BY opened_at, id LIMIT $7"
    );
    let values = args![ws, from, after, to, query.channel, query.category, rows];
    let found: Vec<Fields> = app.db.list(statement, values).await?;
    let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= rows;
    let next = found.last().filter(|_| is_full).map(|f| (f.opened_at, f.id.uuid()));
    let facts = found.into_iter().map(|f| TicketFacts {
        customer: f.customer,
        source: f.source,
        category: f.category,
        channel: f.channel,
        operator: f.operator,
        opened_at: f.opened_at,
        answered_at: f.answered_at,
        closed_at: f.closed_at,
        talk_s: f.talk_s,
        wrap_up_s: f.wrap_up_s,
        handling_s: f.handling_s,
        abandoned: f.abandoned,
        satisfaction: f.satisfaction,
    });
    Ok((facts.collect(), next))
}

/// Channels and categories of the inquiries of a time, with how many there are.
pub(super) async fn list_kinds(
    app: &App,
    ws: Id<Workspace>,
    from: Time,
    to: Time,
) -> Result<Vec<(String, String, i64)>> {
    let statement = sql!(
        "SELECT channel, category, count(*) FROM ticket WHERE workspace_id = $1 AND opened_at >= $2 AND opened_at < $3 ",
        "AND direction <> 'out' GROUP BY channel, category ORDER BY channel, category LIMIT 2000"
    );
    Ok(app
        .db
        .list::<KindRow>(statement, args![ws, from, to])
        .await?
        .into_iter()
        .map(|r| (r.channel, r.category, r.count))
        .collect())
}

row! {
    struct KindRow { channel: String, category: String, count: i64 }
}

/// Whether any inquiry was ever kept.
pub(super) async fn has_tickets(app: &App, ws: Id<Workspace>) -> Result<bool> {
    let statement = sql!("SELECT 1 FROM ticket WHERE workspace_id = $1 LIMIT 1");
    Ok(app.db.find::<(i64,)>(statement, args![ws]).await?.is_some())
}

/// Names of customers.
pub(super) async fn list_names(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<Vec<(Id<Customer>, String)>> {
    let statement = sql!("SELECT id, name FROM customer WHERE COALESCE(workspace_id, id) = $1 AND id IN ($2)");
    let keys = customers.iter().map(kizashi_db::ToValue::to_value).collect();
    app.db.list_in(statement, args![ws], keys).await.map_err(Into::into)
}
