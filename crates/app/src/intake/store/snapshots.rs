//! What a record says now, in words, for the page that shows what an import would change.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{AIMS, Record};
use kizashi_domain::time::{Day, Time};

use crate::Result;
use crate::intake::keep::Keeping;

row! {
    struct CustomerNow {
        name: String, reading: String, parent: Option<String>, segment: String, stage: String, region: String, industry: String,
        employees: Option<i64>, owner: Option<String>, goal: String, domain: String, since: Option<Day>, churned_on: Option<Day>,
    }
}

row! {
    struct ContactNow { name: String, reading: String, title: String, role: String, email: String, phone: String, left_on: Option<Day> }
}

row! {
    struct ContractNow {
        plan: String, seats: Option<i64>, amount_minor: Option<i64>, currency: String, months: i64, start: Day, end: Day, auto_renew: bool, notice_days: i64,
    }
}

row! {
    struct DealNow {
        title: String, kind: String, stage: String, amount_minor: Option<i64>, currency: String, probability: Option<i64>, opened_on: Option<Day>,
        closes_on: Option<Day>, closed_on: Option<Day>, owner: Option<String>, next_step: String, next_on: Option<Day>, origin: String,
        promise: String, lost_reason: String,
    }
}

row! {
    struct TicketNow { category: String, channel: String, subject: String, opened_at: Time, answered_at: Option<Time>, closed_at: Option<Time> }
}

type Said = Vec<(String, String)>;

fn put(said: &mut Said, field: &str, value: impl ToString) {
    let text = value.to_string();
    if !text.is_empty() {
        said.push((field.to_owned(), text));
    }
}

fn put_some(said: &mut Said, field: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        put(said, field, value);
    }
}

/// Fields and what they say; empty when there is no such record.
pub(in crate::intake) async fn snapshot(tx: &mut Tx, k: &Keeping<'_>, record: &Record) -> Result<Said> {
    match record {
        Record::Customer(row) => customer(tx, k, &row.external_id, &row.figures).await,
        Record::Contact(row) => contact(tx, k, &row.external_id).await,
        Record::Contract(row) => contract(tx, k, &row.external_id, row.start).await,
        Record::Deal(row) => deal(tx, k, &row.external_id).await,
        Record::Ticket(row) => ticket(tx, k, &row.external_id).await,
        Record::Activity(row) => {
            let found =
                sql!("SELECT kind, subject FROM activity WHERE workspace_id = $1 AND source = $2 AND external_id = $3");
            let now: Option<(String, String)> = tx.find(found, args![k.workspace, k.source, row.external_id]).await?;
            let mut said = Said::new();
            if let Some((kind, subject)) = now {
                put(&mut said, "kind", kind);
                put(&mut said, "subject", subject);
                put(&mut said, "at", row.at.rfc3339());
            }
            Ok(said)
        }
        Record::Response(row) => {
            let found = sql!(
                "SELECT survey, score, comment FROM response WHERE workspace_id = $1 AND source = $2 AND external_id = $3"
            );
            let now: Option<(String, Option<f64>, String)> =
                tx.find(found, args![k.workspace, k.source, row.external_id]).await?;
            let mut said = Said::new();
            if let Some((survey, score, comment)) = now {
                put(&mut said, "survey", survey);
                put_some(&mut said, "score", score);
                put(&mut said, "comment", comment);
                put(&mut said, "at", row.at.rfc3339());
            }
            Ok(said)
        }
    }
}

async fn customer(tx: &mut Tx, k: &Keeping<'_>, code: &str, figures: &[(String, f64)]) -> Result<Said> {
    let statement = sql!(
        "SELECT c.name, c.reading, p.name, c.segment, c.stage, c.region, c.industry, c.employees, s.name, c.goal, c.domain, c.since_day, c.churned_on ",
        "FROM customer c LEFT JOIN customer p ON p.id = c.parent_id LEFT JOIN staff s ON s.id = c.owner_id ",
        "WHERE c.workspace_id = $1 AND c.external_id = $2"
    );
    let mut said = Said::new();
    let Some(now): Option<CustomerNow> = tx.find(statement, args![k.workspace, code]).await? else { return Ok(said) };
    put(&mut said, "name", now.name);
    put(&mut said, "reading", now.reading);
    put_some(&mut said, "parent", now.parent);
    put(&mut said, "segment", now.segment);
    put(&mut said, "stage", now.stage);
    put(&mut said, "region", now.region);
    put(&mut said, "industry", now.industry);
    put_some(&mut said, "employees", now.employees);
    put_some(&mut said, "owner", now.owner);
    put(&mut said, "goal", now.goal);
    put(&mut said, "domain", now.domain);
    put_some(&mut said, "since", now.since);
    put_some(&mut said, "churned_on", now.churned_on);
    let find = sql!("SELECT id FROM customer WHERE workspace_id = $1 AND external_id = $2");
    if let Some((id,)) = tx.find::<(Id<Customer>,)>(find, args![k.workspace, code]).await? {
        let aims = super::aims::list_aims(tx, k.workspace, id, Day(i32::MAX)).await?;
        AIMS.iter().for_each(|name| put(&mut said, name, aims.get(*name).cloned().unwrap_or_default()));
    }
    let newest = sql!(
        "SELECT a.figure FROM attribute a JOIN customer c ON c.id = a.customer_id WHERE a.workspace_id = $1 AND c.external_id = $2 AND a.name = $3 ",
        "AND a.words IS NULL ORDER BY a.valid_from DESC, a.recorded_at DESC LIMIT 1"
    );
    for (name, _) in figures {
        let found: Option<(Option<f64>,)> = tx.find(newest, args![k.workspace, code, name]).await?;
        put_some(&mut said, name, found.and_then(|(figure,)| figure));
    }
    Ok(said)
}

async fn contact(tx: &mut Tx, k: &Keeping<'_>, code: &str) -> Result<Said> {
    let statement = sql!(
        "SELECT name, reading, title, role, email, phone, left_on FROM contact WHERE workspace_id = $1 AND source = $2 AND external_id = $3"
    );
    let mut said = Said::new();
    let now: Option<ContactNow> = tx.find(statement, args![k.workspace, k.source, code]).await?;
    let Some(now) = now else { return Ok(said) };
    put(&mut said, "name", now.name);
    put(&mut said, "reading", now.reading);
    put(&mut said, "title", now.title);
    put(&mut said, "role", now.role);
    put(&mut said, "email", now.email);
    put(&mut said, "phone", now.phone);
    put_some(&mut said, "left_on", now.left_on);
    Ok(said)
}

async fn contract(tx: &mut Tx, k: &Keeping<'_>, code: &str, start: Option<Day>) -> Result<Said> {
    let statement = sql!(
        "SELECT plan, seats, amount_minor, currency, months, start_day, end_day, auto_renew, notice_days FROM contract ",
        "WHERE workspace_id = $1 AND source = $2 AND external_id = $3 AND start_day >= $4 ORDER BY start_day LIMIT 1"
    );
    let mut said = Said::new();
    let from = start.unwrap_or(Day(i32::MIN));
    let now: Option<ContractNow> = tx.find(statement, args![k.workspace, k.source, code, from]).await?;
    let Some(now) = now.filter(|n| start.is_none_or(|s| n.start == s)) else { return Ok(said) };
    put(&mut said, "plan", now.plan);
    put_some(&mut said, "seats", now.seats);
    put_some(&mut said, "amount", now.amount_minor.map(|a| format!("{a} {}", now.currency)));
    put(&mut said, "months", now.months);
    put(&mut said, "start", now.start);
    put(&mut said, "end", now.end);
    put(&mut said, "auto_renew", if now.auto_renew { "○" } else { "×" });
    put(&mut said, "notice_days", now.notice_days);
    Ok(said)
}

async fn deal(tx: &mut Tx, k: &Keeping<'_>, code: &str) -> Result<Said> {
    let statement = sql!(
        "SELECT d.title, d.kind, d.stage, d.amount_minor, d.currency, d.probability, d.opened_on, d.closes_on, d.closed_on, s.name, d.next_step, ",
        "d.next_on, d.origin, d.promise, d.lost_reason FROM deal d LEFT JOIN staff s ON s.id = d.owner_id ",
        "WHERE d.workspace_id = $1 AND d.source = $2 AND d.external_id = $3"
    );
    let mut said = Said::new();
    let Some(now): Option<DealNow> = tx.find(statement, args![k.workspace, k.source, code]).await? else {
        return Ok(said);
    };
    put(&mut said, "title", now.title);
    put(&mut said, "kind", now.kind);
    put(&mut said, "stage", now.stage);
    put_some(&mut said, "amount", now.amount_minor.map(|a| format!("{a} {}", now.currency)));
    put_some(&mut said, "probability", now.probability);
    put_some(&mut said, "opened_on", now.opened_on);
    put_some(&mut said, "closes_on", now.closes_on);
    put_some(&mut said, "closed_on", now.closed_on);
    put_some(&mut said, "owner", now.owner);
    put(&mut said, "next_step", now.next_step);
    put_some(&mut said, "next_on", now.next_on);
    put(&mut said, "origin", now.origin);
    put(&mut said, "promise", now.promise);
    put(&mut said, "lost_reason", now.lost_reason);
    Ok(said)
}

async fn ticket(tx: &mut Tx, k: &Keeping<'_>, code: &str) -> Result<Said> {
    let statement = sql!(
        "SELECT category, channel, subject, opened_at, answered_at, closed_at FROM ticket WHERE workspace_id = $1 AND source = $2 AND external_id = $3"
    );
    let mut said = Said::new();
    let Some(now): Option<TicketNow> = tx.find(statement, args![k.workspace, k.source, code]).await? else {
        return Ok(said);
    };
    put(&mut said, "category", now.category);
    put(&mut said, "channel", now.channel);
    put(&mut said, "subject", now.subject);
    put(&mut said, "opened_at", now.opened_at.rfc3339());
    put_some(&mut said, "answered_at", now.answered_at.map(Time::rfc3339));
    put_some(&mut said, "closed_at", now.closed_at.map(Time::rfc3339));
    Ok(said)
}
