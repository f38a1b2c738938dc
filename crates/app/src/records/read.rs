//! Records as objects: each kind's columns, and how they become fields.

use kizashi_db::{FromRow, Statement, Value as Bound, args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::intake::RecordKind;
use kizashi_domain::intake::shape::{fields, show_value};
use kizashi_domain::time::{Day, Time};
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{App, Error, Result};

/// Which records.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    One(Uuid),
    /// Behind an id, so many.
    Page(Uuid, i64),
    /// Of a customer, behind an id, so many.
    Of(Id<Customer>, Uuid, i64),
}

row! {
    #[derive(Serialize)]
    struct CustomerOut {
        id: Uuid, source: Option<String>, changed_at: Time, external_id: String, name: String, reading: String, parent: Option<String>, segment: String,
        stage: String, region: String, industry: String, employees: Option<i64>, owner: Option<String>, goal: String,
        goal_target: Option<String>, goal_on: Option<String>, goal_state: Option<String>, purpose: Option<String>, challenges: Option<String>,
        environment: Option<String>, domain: String,
        since: Option<Day>, churned_on: Option<Day>,
    }
}
row! {
    #[derive(Serialize)]
    struct ContactOut {
        id: Uuid, source: String, changed_at: Time, customer_id: Uuid, customer: String, customer_name: String, external_id: String, name: String, reading: String,
        title: String, role: String, email: String, phone: String, left_on: Option<Day>,
    }
}
row! {
    #[derive(Serialize)]
    struct ContractOut {
        id: Uuid, source: String, changed_at: Time, customer_id: Uuid, customer: String, customer_name: String, external_id: String, plan: String, seats: Option<i64>,
        amount_minor: Option<i64>, currency: String, months: i64, start: Day, end: Day, auto_renew: bool, notice_days: i64, notice_on: Day,
    }
}
row! {
    #[derive(Serialize)]
    struct DealOut {
        id: Uuid, source: String, changed_at: Time, customer_id: Uuid, customer: String, customer_name: String, external_id: String, title: String, kind: String,
        stage: String, amount_minor: Option<i64>, currency: String, probability: Option<i64>, opened_on: Option<Day>, closes_on: Option<Day>,
        closed_on: Option<Day>, owner: Option<String>, next_step: String, next_on: Option<Day>, origin: String, promise: String, lost_reason: String,
    }
}
row! {
    #[derive(Serialize)]
    struct ActivityOut {
        id: Uuid, source: String, changed_at: Time, customer_id: Uuid, customer: String, customer_name: String, external_id: String, contact: String, kind: String,
        direction: String, at: Time, staff: Option<String>, subject: String, body: String,
    }
}
row! {
    #[derive(Serialize)]
    struct TicketOut {
        id: Uuid, source: String, changed_at: Time, customer_id: Option<Uuid>, customer: Option<String>, customer_name: Option<String>, external_id: String, category: String,
        channel: String, direction: String, priority: String, status: String, operator: String, subject: String, body: String, opened_at: Time,
        answered_at: Option<Time>, closed_at: Option<Time>, talk_s: Option<i64>, wrap_up_s: Option<i64>, handling_s: Option<i64>,
        abandoned: Option<bool>, satisfaction: Option<i64>,
    }
}
row! {
    #[derive(Serialize)]
    struct ResponseOut {
        id: Uuid, source: String, changed_at: Time, customer_id: Uuid, customer: String, customer_name: String, external_id: String, contact: String, survey: String,
        score: Option<f64>, comment: String, at: Time,
    }
}

/// The three ways to ask for a kind: one, a page, a page of a customer.
macro_rules! statements {
    ($select:literal) => {
        [
            sql!($select, " WHERE t.workspace_id = $1 AND t.id = $2"),
            sql!($select, " WHERE t.workspace_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3"),
            sql!($select, " WHERE t.workspace_id = $1 AND t.customer_id = $2 AND t.id > $3 ORDER BY t.id LIMIT $4"),
        ]
    };
}

/// What holds of a customer that has versions alone.
macro_rules! aim {
    ($name:literal) => {
        concat!(
            "(SELECT a.words FROM attribute a WHERE a.workspace_id = t.workspace_id AND a.customer_id = t.id AND a.name = '",
            $name,
            "' ORDER BY a.valid_from DESC, a.recorded_at DESC LIMIT 1), "
        )
    };
}

const CUSTOMERS: [&Statement; 2] = {
    macro_rules! select {
        () => {
            concat!(
                "SELECT t.id, NULL, t.changed_at, t.external_id, t.name, t.reading, p.external_id, t.segment, t.stage, t.region, t.industry, ",
                "t.employees, o.email, t.goal, ",
                aim!("goal_target"),
                aim!("goal_on"),
                aim!("goal_state"),
                aim!("purpose"),
                aim!("challenges"),
                aim!("environment"),
                "t.domain, t.since_day, t.churned_on FROM customer t LEFT JOIN customer p ON p.id = t.parent_id LEFT JOIN staff o ON o.id = t.owner_id"
            )
        };
    }
    [
        sql!(select!(), " WHERE t.workspace_id = $1 AND t.id = $2"),
        sql!(select!(), " WHERE t.workspace_id = $1 AND t.id > $2 ORDER BY t.id LIMIT $3"),
    ]
};
const CONTACTS: [&Statement; 3] = statements!(
    "SELECT t.id, t.source, t.recorded_at, t.customer_id, c.external_id, c.name, t.external_id, t.name, t.reading, t.title, t.role, t.email, t.phone, t.left_on FROM contact t JOIN customer c ON c.id = t.customer_id"
);
const CONTRACTS: [&Statement; 3] = statements!(
    "SELECT t.id, t.source, t.recorded_at, t.customer_id, c.external_id, c.name, t.external_id, t.plan, t.seats, t.amount_minor, t.currency, t.months, t.start_day, t.end_day, t.auto_renew, t.notice_days, t.notice_on FROM contract t JOIN customer c ON c.id = t.customer_id"
);
const DEALS: [&Statement; 3] = statements!(
    "SELECT t.id, t.source, t.recorded_at, t.customer_id, c.external_id, c.name, t.external_id, t.title, t.kind, t.stage, t.amount_minor, t.currency, t.probability, t.opened_on, t.closes_on, t.closed_on, o.email, t.next_step, t.next_on, t.origin, t.promise, t.lost_reason FROM deal t JOIN customer c ON c.id = t.customer_id LEFT JOIN staff o ON o.id = t.owner_id"
);
const ACTIVITIES: [&Statement; 3] = statements!(
    "SELECT t.id, t.source, t.recorded_at, t.customer_id, c.external_id, c.name, t.external_id, t.contact_external_id, t.kind, t.direction, t.happened_at, o.email, t.subject, t.body FROM activity t JOIN customer c ON c.id = t.customer_id LEFT JOIN staff o ON o.id = t.staff_id"
);
const TICKETS: [&Statement; 3] = statements!(
    "SELECT t.id, t.source, t.recorded_at, t.customer_id, c.external_id, c.name, t.external_id, t.category, t.channel, t.direction, t.priority, t.status, t.operator, t.subject, t.body, t.opened_at, t.answered_at, t.closed_at, t.talk_s, t.wrap_up_s, t.handling_s, t.abandoned, t.satisfaction FROM ticket t LEFT JOIN customer c ON c.id = t.customer_id"
);
const RESPONSES: [&Statement; 3] = statements!(
    "SELECT t.id, t.source, t.recorded_at, t.customer_id, c.external_id, c.name, t.external_id, t.contact_external_id, t.survey, t.score, t.comment, t.answered_at FROM response t JOIN customer c ON c.id = t.customer_id"
);

/// Records as objects, by id.
pub(super) async fn list_objects(
    app: &App,
    ws: Id<Workspace>,
    kind: RecordKind,
    wanted: Wanted,
) -> Result<Vec<Map<String, Value>>> {
    let mut objects = list_named(app, ws, kind, wanted).await?;
    // Programs know customers by their code and id.
    objects.iter_mut().for_each(|object| drop(object.remove("customer_name")));
    Ok(objects)
}

/// The same with the name of each record's customer, for people.
pub(super) async fn list_named(
    app: &App,
    ws: Id<Workspace>,
    kind: RecordKind,
    wanted: Wanted,
) -> Result<Vec<Map<String, Value>>> {
    let rows = match kind {
        RecordKind::Customers => {
            let (statement, bound) = match wanted {
                Wanted::One(id) => (CUSTOMERS[0], args![ws, id]),
                Wanted::Page(after, rows) | Wanted::Of(_, after, rows) => (CUSTOMERS[1], args![ws, after, rows]),
            };
            list::<CustomerOut>(app, statement, bound).await?
        }
        RecordKind::Contacts => ask::<ContactOut>(app, ws, CONTACTS, wanted).await?,
        RecordKind::Contracts => ask::<ContractOut>(app, ws, CONTRACTS, wanted).await?,
        RecordKind::Deals => ask::<DealOut>(app, ws, DEALS, wanted).await?,
        RecordKind::Activities => ask::<ActivityOut>(app, ws, ACTIVITIES, wanted).await?,
        RecordKind::Tickets => ask::<TicketOut>(app, ws, TICKETS, wanted).await?,
        RecordKind::Responses => ask::<ResponseOut>(app, ws, RESPONSES, wanted).await?,
        RecordKind::Events => Vec::new(),
    };
    Ok(rows.into_iter().map(|row| dress(kind, row)).collect())
}

async fn ask<T: FromRow + Serialize>(
    app: &App,
    ws: Id<Workspace>,
    [one, page, of]: [&'static Statement; 3],
    wanted: Wanted,
) -> Result<Vec<Map<String, Value>>> {
    let (statement, bound) = match wanted {
        Wanted::One(id) => (one, args![ws, id]),
        Wanted::Page(after, rows) => (page, args![ws, after, rows]),
        Wanted::Of(customer, after, rows) => (of, args![ws, customer, after, rows]),
    };
    list::<T>(app, statement, bound).await
}

async fn list<T: FromRow + Serialize>(
    app: &App,
    statement: &'static Statement,
    bound: Vec<Bound>,
) -> Result<Vec<Map<String, Value>>> {
    let rows: Vec<T> = app.db.list(statement, bound).await?;
    rows.iter()
        .map(|row| match serde_json::to_value(row) {
            Ok(Value::Object(object)) => Ok(object),
            other => {
                Err(Error::failed("a record as an object", format!("{other:?}").chars().take(80).collect::<String>()))
            }
        })
        .collect()
}

/// Days and instants as texts, money as one field, and nothing that is empty.
fn dress(kind: RecordKind, mut row: Map<String, Value>) -> Map<String, Value> {
    if let (Some(minor), Some(currency)) = (row.remove("amount_minor"), row.remove("currency"))
        && !minor.is_null()
    {
        row.insert("amount".to_owned(), json!({ "minor": minor, "currency": currency }));
    }
    for field in fields(kind) {
        if let Some(value) = row.get_mut(field.name) {
            *value = show_value(field, value.take());
        }
    }
    if let Some(day) = row.get("notice_on").and_then(Value::as_i64).and_then(|d| i32::try_from(d).ok()) {
        row.insert("notice_on".to_owned(), json!(Day(day).to_string()));
    }
    if let Some(at) = row.get("changed_at").and_then(Value::as_i64) {
        row.insert("changed_at".to_owned(), json!(Time(at).rfc3339()));
    }
    row.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
    row
}
