//! Reads what a briefing tells of many customers at once, as far as no capability has it already.

use std::collections::{BTreeSet, HashMap};

use kizashi_db::{ToValue, Value, args, row, sql};
use kizashi_domain::handover::{HunchEnd, Record, judge_hunch};
use kizashi_domain::id::{Customer, Id, Staff, Ticket, Workspace};
use kizashi_domain::text::find_promises;
use kizashi_domain::time::{DAY_US, Day, Time};

use super::{Exchange, OpenTicket, Promise, SupportPast};
use crate::customers::read::{HistoryPoint, HunchView};
use crate::health::parse_band;
use crate::settings::Settings;
use crate::{App, Result};

/// Open inquiries of one customer that are told.
const TICKETS_MAX: i64 = 20;
/// Hunches about one customer that are told.
const HUNCHES_MAX: i64 = 20;
/// Times of being in touch with one customer that are told, and how far back they may lie.
const EXCHANGES_MAX: i64 = 5;
const EXCHANGE_DAYS: i64 = 365;
/// Characters of what was said that are told.
const SAID_CHARS_MAX: usize = 200;
/// Promises of one customer that are told.
const PROMISES_MAX: usize = 8;
/// Days of scores behind a hunch.
const HISTORY_DAYS: i32 = 540;

pub(super) fn keys(customers: &[Id<Customer>]) -> Vec<Value> {
    customers.iter().map(ToValue::to_value).collect()
}

/// Rows that carry their customer, by it, in the order in which they are.
fn apart<T>(rows: Vec<(Id<Customer>, T)>) -> HashMap<Id<Customer>, Vec<T>> {
    let mut found: HashMap<Id<Customer>, Vec<T>> = HashMap::new();
    for (customer, row) in rows {
        found.entry(customer).or_default().push(row);
    }
    found
}

row! {
    /// What the row of a customer says beside its list row.
    pub(super) struct Facts { pub id: Id<Customer>, pub industry: String, pub goal: String, pub scored_at: Option<Time> }
}

pub(super) async fn list_facts(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
) -> Result<HashMap<Id<Customer>, Facts>> {
    let statement = sql!(
        "SELECT c.id, c.industry, c.goal, s.scored_at FROM customer c LEFT JOIN standing s ON s.customer_id = c.id ",
        "WHERE COALESCE(c.workspace_id, c.id) = $1 AND c.id IN ($2)"
    );
    let rows: Vec<Facts> = app.db.list_in(statement, args![ws], keys(ids)).await?;
    Ok(rows.into_iter().map(|facts| (facts.id, facts)).collect())
}

/// What these customers are after and work with on a day, by name.
pub(super) async fn list_aims(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
    day: Day,
) -> Result<HashMap<Id<Customer>, HashMap<String, String>>> {
    let statement = sql!(
        "SELECT customer_id, name, words FROM attribute WHERE workspace_id = $1 AND valid_from <= $2 AND words IS NOT NULL ",
        "AND name IN ('goal_target', 'goal_on', 'goal_state', 'purpose', 'challenges', 'environment') AND customer_id IN ($3) ",
        "ORDER BY valid_from, recorded_at"
    );
    let rows: Vec<(Id<Customer>, String, String)> = app.db.list_in(statement, args![ws, day], keys(ids)).await?;
    let mut aims: HashMap<Id<Customer>, HashMap<String, String>> = HashMap::new();
    for (customer, name, words) in rows {
        aims.entry(customer).or_default().insert(name, words);
    }
    // What was emptied holds no more.
    aims.values_mut().for_each(|own| own.retain(|_, words| !words.is_empty()));
    Ok(aims)
}

row! {
    struct ScoreFields { customer: Id<Customer>, day: Day, points: Option<i64>, band: String, low: i64, high: i64, settings_version: i64 }
}

/// Their scores, the oldest first.
pub(super) async fn list_history(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
    today: Day,
) -> Result<HashMap<Id<Customer>, Vec<HistoryPoint>>> {
    let statement = sql!(
        "SELECT customer_id, day, points, band, low, high, settings_version FROM score WHERE workspace_id = $1 AND day > $2 ",
        "AND customer_id IN ($3) ORDER BY customer_id, day"
    );
    let rows: Vec<ScoreFields> = app.db.list_in(statement, args![ws, today.plus(-HISTORY_DAYS)], keys(ids)).await?;
    let point = |r: &ScoreFields| {
        Some(HistoryPoint {
            day: r.day,
            points: r.points,
            band: parse_band(&r.band)?,
            range: (r.low, r.high),
            settings_version: r.settings_version,
            again: None,
        })
    };
    Ok(apart(rows.iter().filter_map(|r| Some((r.customer, point(r)?))).collect()))
}

row! {
    struct HunchFields {
        customer: Id<Customer>, staff: Id<Staff>, name: String, feeling: i64, confidence: i64, until_day: Day, note: String, created_at: Time,
    }
}

/// Hunches about these customers and who felt them, the newest first.
pub(super) async fn list_hunches(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
) -> Result<HashMap<Id<Customer>, Vec<(Id<Staff>, HunchView)>>> {
    let statement = sql!(
        "SELECT n.customer_id, o.id, o.name, n.feeling, n.confidence, n.until_day, n.note, n.created_at FROM (SELECT h.*, ",
        "row_number() OVER (PARTITION BY h.customer_id ORDER BY h.created_at DESC, h.id) AS place FROM hunch h ",
        "WHERE h.workspace_id = $1 AND h.customer_id IN ($3)) n JOIN staff o ON o.id = n.staff_id WHERE n.place <= $2 ORDER BY n.place"
    );
    let rows: Vec<HunchFields> = app.db.list_in(statement, args![ws, HUNCHES_MAX], keys(ids)).await?;
    let view = |h: HunchFields| HunchView {
        staff: h.name,
        feeling: h.feeling,
        confidence: h.confidence,
        until_day: h.until_day,
        note: h.note,
        at: h.created_at,
    };
    Ok(apart(rows.into_iter().map(|h| (h.customer, (h.staff, view(h)))).collect()))
}

row! {
    struct FeltFields {
        staff: Id<Staff>, feeling: i64, created_at: Time, until_day: Day, left_on: Option<Day>, before: Option<i64>, after: Option<i64>,
    }
}

/// How right these people were, over all customers.
pub(super) async fn list_records(
    app: &App,
    settings: &Settings,
    staff: impl Iterator<Item = Id<Staff>>,
) -> Result<HashMap<Id<Staff>, Record>> {
    let statement = sql!(
        "SELECT h.staff_id, h.feeling, h.created_at, h.until_day, c.churned_on, ",
        "(SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = h.customer_id AND s.day <= h.created_at / 86400000000 ",
        "ORDER BY s.day DESC LIMIT 1), (SELECT s.points FROM score s WHERE s.workspace_id = $1 AND s.customer_id = h.customer_id ",
        "AND s.day <= h.until_day ORDER BY s.day DESC LIMIT 1) FROM hunch h JOIN customer c ON c.id = h.customer_id ",
        "WHERE h.workspace_id = $1 AND h.staff_id IN ($2) ORDER BY h.created_at DESC LIMIT 5000"
    );
    let staff: BTreeSet<Id<Staff>> = staff.collect();
    let staff = staff.iter().map(ToValue::to_value).collect();
    let rows: Vec<FeltFields> = app.db.list_in(statement, args![settings.workspace], staff).await?;
    let today = settings.day_of(app.now());
    let mut ends: HashMap<Id<Staff>, Vec<HunchEnd>> = HashMap::new();
    for row in rows {
        let days = (settings.day_of(row.created_at), row.until_day, today);
        let end = judge_hunch(row.feeling, days, (row.before, row.after), row.left_on);
        ends.entry(row.staff).or_default().push(end);
    }
    Ok(ends.into_iter().map(|(staff, own)| (staff, Record::of(own))).collect())
}

/// From whom the present owner of these customers took them over, and when.
pub(super) async fn list_handed(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
) -> Result<HashMap<Id<Customer>, (String, Time)>> {
    let statement = sql!(
        "SELECT i.object_id, f.name, h.created_at FROM handover_item i JOIN handover h ON h.id = i.handover_id JOIN staff f ON f.id = h.from_id ",
        "JOIN customer c ON c.id = i.object_id AND c.owner_id = i.to_id WHERE i.workspace_id = $1 AND i.kind = 'customer' ",
        "AND h.undone_at IS NULL AND i.object_id IN ($2) ORDER BY h.created_at"
    );
    let rows: Vec<(Id<Customer>, String, Time)> = app.db.list_in(statement, args![ws], keys(ids)).await?;
    Ok(rows.into_iter().map(|(customer, from, at)| (customer, (from, at))).collect())
}

row! {
    struct TicketFields {
        customer: Id<Customer>, id: Id<Ticket>, subject: String, category: String, opened_at: Time, answered_at: Option<Time>,
    }
}

/// Inquiries that nobody has closed, the oldest first.
pub(super) async fn list_tickets(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
) -> Result<HashMap<Id<Customer>, Vec<OpenTicket>>> {
    let statement = sql!(
        "SELECT n.customer_id, n.id, n.subject, n.category, n.opened_at, n.answered_at FROM (SELECT t.*, ",
        "row_number() OVER (PARTITION BY t.customer_id ORDER BY t.opened_at, t.id) AS place FROM ticket t WHERE t.workspace_id = $1 ",
        "AND t.closed_at IS NULL AND (t.abandoned IS NULL OR t.abandoned = 0) AND t.customer_id IN ($3)) n WHERE n.place <= $2 ORDER BY n.place"
    );
    let rows: Vec<TicketFields> = app.db.list_in(statement, args![ws, TICKETS_MAX], keys(ids)).await?;
    let ticket = |t: TicketFields| OpenTicket {
        id: t.id,
        subject: t.subject,
        category: t.category,
        opened_at: t.opened_at,
        answered_at: t.answered_at,
    };
    Ok(apart(rows.into_iter().map(|t| (t.customer, ticket(t))).collect()))
}

/// How many inquiries came since an instant, and the last of them.
pub(super) async fn list_support(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
    since: Time,
) -> Result<HashMap<Id<Customer>, SupportPast>> {
    let statement = sql!(
        "SELECT n.customer_id, n.count_of, n.subject, n.opened_at FROM (SELECT t.customer_id, t.subject, t.opened_at, ",
        "count(*) OVER (PARTITION BY t.customer_id) AS count_of, row_number() OVER (PARTITION BY t.customer_id ORDER BY t.opened_at DESC, t.id) AS place ",
        "FROM ticket t WHERE t.workspace_id = $1 AND t.opened_at >= $2 AND t.opened_at <= $3 AND (t.abandoned IS NULL OR t.abandoned = 0) ",
        "AND t.customer_id IN ($4)) n WHERE n.place = 1"
    );
    let rows: Vec<(Id<Customer>, i64, String, Time)> =
        app.db.list_in(statement, args![ws, since, app.now()], keys(ids)).await?;
    Ok(rows.into_iter().map(|(id, count, last, last_at)| (id, SupportPast { count, last, last_at })).collect())
}

row! {
    struct ExchangeFields {
        customer: Id<Customer>, at: Time, kind: String, subject: String, body: String, staff: Option<String>, contact: Option<String>,
    }
}

/// The last times that somebody was in touch, the newest first.
pub(super) async fn list_exchanges(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
) -> Result<HashMap<Id<Customer>, Vec<Exchange>>> {
    let statement = sql!(
        "SELECT n.customer_id, n.happened_at, n.kind, n.subject, n.body, o.name, (SELECT max(p.name) FROM contact p WHERE p.workspace_id = $1 ",
        "AND p.customer_id = n.customer_id AND p.external_id = n.contact_external_id) FROM (SELECT a.*, ",
        "row_number() OVER (PARTITION BY a.customer_id ORDER BY a.happened_at DESC, a.id DESC) AS place FROM activity a ",
        "WHERE a.workspace_id = $1 AND a.happened_at >= $2 AND a.happened_at <= $3 AND a.customer_id IN ($5)) n ",
        "LEFT JOIN staff o ON o.id = n.staff_id WHERE n.place <= $4 ORDER BY n.place"
    );
    let (now, since) = (app.now(), app.now().plus_us(-EXCHANGE_DAYS * DAY_US));
    let rows: Vec<ExchangeFields> = app.db.list_in(statement, args![ws, since, now, EXCHANGES_MAX], keys(ids)).await?;
    let exchange = |e: ExchangeFields| Exchange {
        at: e.at,
        kind: e.kind,
        staff: e.staff.unwrap_or_default(),
        contact: e.contact.unwrap_or_default(),
        said: beginning(&e.body),
        about: e.subject,
    };
    Ok(apart(rows.into_iter().map(|e| (e.customer, exchange(e))).collect()))
}

row! {
    struct PromiseFields {
        customer: Id<Customer>, at: Time, body: String, staff: Option<String>,
    }
}

/// What was promised in talks, letters and notes, in their own words, the newest first.
pub(super) async fn list_promises(
    app: &App,
    ws: Id<Workspace>,
    ids: &[Id<Customer>],
) -> Result<HashMap<Id<Customer>, Vec<Promise>>> {
    let statement = sql!(
        "SELECT a.customer_id, a.happened_at, a.body, o.name FROM activity a LEFT JOIN staff o ON o.id = a.staff_id ",
        "WHERE a.workspace_id = $1 AND a.happened_at >= $2 AND a.happened_at <= $3 AND (a.body LIKE '%約束%' OR lower(a.body) LIKE '%promis%') ",
        "AND a.customer_id IN ($4) ORDER BY a.happened_at DESC, a.id"
    );
    let (now, since) = (app.now(), app.now().plus_us(-EXCHANGE_DAYS * DAY_US));
    let rows: Vec<PromiseFields> = app.db.list_in(statement, args![ws, since, now], keys(ids)).await?;
    let mut found: HashMap<Id<Customer>, Vec<Promise>> = HashMap::new();
    for row in rows {
        let promises = found.entry(row.customer).or_default();
        for words in find_promises(&row.body) {
            if promises.len() < PROMISES_MAX {
                let staff = row.staff.clone().unwrap_or_default();
                promises.push(Promise { at: row.at, words: cut(words), staff });
            }
        }
    }
    Ok(found)
}

/// The beginning of a text in one line.
fn beginning(text: &str) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(SAID_CHARS_MAX).collect();
    if text.chars().nth(SAID_CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}
