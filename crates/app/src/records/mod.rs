//! Records as programs read and write them: one way for every kind, described by [`kizashi_domain::intake::shape`].

mod read;

use kizashi_db::{args, row, sql};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::intake::shape::{FieldFault, read_record};
use kizashi_domain::intake::{Record, RecordKind};
use kizashi_domain::limits::{BATCH_ROWS_MAX, PAGE_ROWS_MAX};
use kizashi_domain::time::{Day, Time};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::access::{Client, Grant};
use crate::intake::{Origin, Received, keep_records, list_field_owners};
use crate::{App, Refused, Result};
use read::{Wanted, list_named, list_objects};

/// The kinds that can be read and written as objects.
pub const KINDS: [RecordKind; 7] = [
    RecordKind::Customers,
    RecordKind::Contacts,
    RecordKind::Contracts,
    RecordKind::Deals,
    RecordKind::Activities,
    RecordKind::Tickets,
    RecordKind::Responses,
];

/// Whether records of a kind can be changed. What happened at an instant stays as it was written down.
pub const fn is_changeable(kind: RecordKind) -> bool {
    matches!(
        kind,
        RecordKind::Customers | RecordKind::Contacts | RecordKind::Contracts | RecordKind::Deals | RecordKind::Tickets
    )
}

/// An object with the fields of its kind, and `id`, `source`, `customer_id`, `changed_at`.
pub type Object = Map<String, Value>;

/// The member of an answer to a write that says what was not taken. It is no field of the record.
pub const IGNORED: &str = "ignored";

/// How writing ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// The record as it is now, with [`IGNORED`] when another source owns a field that was given.
    Kept(Object),
    /// There is one with this `external_id` already: its id.
    Exists(Uuid),
    /// Somebody else changed it meanwhile.
    Stale,
    /// What is wrong with the object.
    Wrong(Vec<FieldFault>),
}

/// One page of records behind an id; of one customer when given. At most [`PAGE_ROWS_MAX`].
pub async fn list_records(
    app: &App,
    client: &Client,
    kind: RecordKind,
    customer: Option<Uuid>,
    after: Uuid,
    rows: i64,
) -> Result<Vec<Object>> {
    let rows = rows.clamp(1, PAGE_ROWS_MAX);
    let wanted = match customer {
        Some(customer) => Wanted::Of(Id::from_uuid(customer), after, rows),
        None => Wanted::Page(after, rows),
    };
    list_objects(app, client.workspace, kind, wanted).await
}

/// A part of all records of a kind behind an id, for a person to take along, each with the name of its customer; and where the next
/// part begins. Of one customer when given.
pub async fn export_records(
    app: &App,
    grant: &Grant,
    kind: RecordKind,
    customer: Option<Id<Customer>>,
    after: Option<Uuid>,
) -> Result<(Vec<Object>, Option<Uuid>)> {
    let rows = i64::try_from(BATCH_ROWS_MAX).unwrap_or(PAGE_ROWS_MAX);
    let after = after.unwrap_or_else(Uuid::nil);
    let wanted = match customer {
        Some(customer) if kind == RecordKind::Customers => Wanted::One(customer.uuid()),
        Some(customer) => Wanted::Of(customer, after, rows),
        None => Wanted::Page(after, rows),
    };
    let found = list_named(app, grant.workspace(), kind, wanted).await?;
    let last = found.last().filter(|_| found.len() == BATCH_ROWS_MAX);
    let next = last.and_then(|o| o.get("id")).and_then(Value::as_str).and_then(|id| id.parse().ok());
    Ok((found, next))
}

/// One record; a customer with its newest figures.
pub async fn find_record(app: &App, client: &Client, kind: RecordKind, id: Uuid) -> Result<Object> {
    let found = list_objects(app, client.workspace, kind, Wanted::One(id)).await?.pop();
    let mut object = found.ok_or(Refused::NotFound)?;
    if kind == RecordKind::Customers {
        let figures = list_figures(app, client.workspace, Id::from_uuid(id)).await?;
        if !figures.is_empty() {
            object.insert("figures".to_owned(), Value::Object(figures));
        }
    }
    Ok(object)
}

async fn list_figures(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Map<String, Value>> {
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let statement = sql!(
        "SELECT name, figure FROM attribute WHERE workspace_id = $1 AND customer_id = $2 AND valid_from <= $3 AND words IS NULL ",
        "ORDER BY valid_from, recorded_at LIMIT 10000"
    );
    let rows: Vec<(String, Option<f64>)> = app.db.list(statement, args![ws, customer, today]).await?;
    let mut figures: Map<String, Value> = rows.into_iter().map(|(name, figure)| (name, json!(figure))).collect();
    // What has ended is nothing.
    figures.retain(|_, figure| !figure.is_null());
    Ok(figures)
}

row! {
    struct StandingRow {
        day: Day, points: Option<i64>, band: String, low: i64, high: i64, coverage: i64, model: String, settings_version: i64,
        since_day: Day, change_points: i64, sentence_ja: String, sentence_en: String, scored_at: Time,
    }
}

/// The newest score of a customer, with its range, coverage and sentence.
pub async fn find_score(app: &App, client: &Client, customer: Uuid) -> Result<Object> {
    let statement = sql!(
        "SELECT s.day, s.points, s.band, s.low, s.high, s.coverage, s.model, s.settings_version, s.since_day, s.change_points, ",
        "s.sentence_ja, s.sentence_en, s.scored_at FROM standing s WHERE s.workspace_id = $1 AND s.customer_id = $2"
    );
    let found: Option<StandingRow> = app.db.find(statement, args![client.workspace, customer]).await?;
    let s = found.ok_or(Refused::NotFound)?;
    let object = json!({
        "customer_id": customer, "day": s.day.to_string(), "points": s.points, "band": s.band, "range": { "low": s.low, "high": s.high },
        "coverage_percent": s.coverage, "model": s.model, "settings_version": s.settings_version, "since": s.since_day.to_string(),
        "change_points": s.change_points, "sentence": { "ja": s.sentence_ja, "en": s.sentence_en }, "scored_at": s.scored_at.rfc3339(),
    });
    Ok(object.as_object().cloned().unwrap_or_default())
}

/// Makes a record. The client's name is its source.
pub async fn create_record(app: &App, client: &Client, kind: RecordKind, object: &Object) -> Result<Written> {
    client.permit_writing()?;
    let record = match read_record(kind, object, false) {
        Ok(record) => record,
        Err(faults) => return Ok(Written::Wrong(faults)),
    };
    if let Some(faults) = find_strangers(app, client, kind, object).await? {
        return Ok(Written::Wrong(faults));
    }
    if let Some(id) = find_id(app, client.workspace, &client.name, &record).await? {
        return Ok(Written::Exists(id));
    }
    keep(app, client, &client.name, record, object).await
}

/// Changes fields of a record; those not given stay. `is_current` says whether it is still as the writer read it.
pub async fn change_record(
    app: &App,
    client: &Client,
    kind: RecordKind,
    id: Uuid,
    object: &Object,
    is_current: impl Fn(&Object) -> bool,
) -> Result<Written> {
    client.permit_writing()?;
    let before = find_record(app, client, kind, id).await?;
    let mut whole = object.clone();
    let mut faults = Vec::new();
    // What tells records apart stays.
    for name in ["external_id", "customer", "start", "opened_at"] {
        let Some(value) = before.get(name) else { continue };
        if object.get(name).is_some_and(|given| given != value) {
            faults.push(FieldFault { field: name.to_owned(), reason: "cannot be changed".to_owned() });
        }
        whole.insert(name.to_owned(), value.clone());
    }
    let record = match read_record(kind, &whole, true) {
        Ok(record) => record,
        Err(more) => {
            faults.extend(more);
            return Ok(Written::Wrong(faults));
        }
    };
    if let Some(more) = find_strangers(app, client, kind, object).await? {
        faults.extend(more);
    }
    if !faults.is_empty() {
        return Ok(Written::Wrong(faults));
    }
    if !is_current(&before) {
        return Ok(Written::Stale);
    }
    let source = before.get("source").and_then(Value::as_str).unwrap_or(&client.name).to_owned();
    keep(app, client, &source, record, object).await
}

async fn keep(app: &App, client: &Client, source: &str, record: Record, given: &Object) -> Result<Written> {
    let origin = Origin { source, run: None, author: None };
    let kind = record.kind();
    let received = [Received { at: app.now(), assumed: false, record }];
    keep_records(app, client.workspace, origin, &received, false).await?;
    let [Received { record, .. }] = received;
    let id = find_id(app, client.workspace, source, &record).await?.ok_or(Refused::NotFound)?;
    let mut object = find_record(app, client, kind, id).await?;
    let ignored =
        if kind == RecordKind::Customers { find_ignored(app, client, source, given, &object).await? } else { vec![] };
    if !ignored.is_empty() {
        object.insert(IGNORED.to_owned(), Value::Array(ignored));
    }
    Ok(Written::Kept(object))
}

/// What was given and does not hold, because another source owns the field: which field, whose it is, and where the disagreement waits.
async fn find_ignored(app: &App, client: &Client, source: &str, given: &Object, now: &Object) -> Result<Vec<Value>> {
    let owners = list_field_owners(app, client.workspace).await?;
    let mut fields: Vec<(&String, &String)> = owners.iter().filter(|(_, owner)| owner.as_str() != source).collect();
    fields.sort_unstable();
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => other.to_string(),
    };
    let told = fields.into_iter().filter_map(|(field, owner)| {
        let offered = text(Some(given.get(field)?));
        // Nothing is no value that somebody could take over; it is not listed.
        let listed_at = (!offered.is_empty()).then_some("/data/fields#conflicts");
        let detail = format!("only {owner} writes this field; the present value stays");
        let is_ignored = offered != text(now.get(field));
        is_ignored.then(|| json!({ "field": field, "owner": owner, "detail": detail, "listed_at": listed_at }))
    });
    Ok(told.collect())
}

/// Codes that refer to nobody: a mistake in a code must not make a new customer.
async fn find_strangers(
    app: &App,
    client: &Client,
    kind: RecordKind,
    object: &Object,
) -> Result<Option<Vec<FieldFault>>> {
    let field = if kind == RecordKind::Customers { "parent" } else { "customer" };
    let Some(code) = object.get(field).and_then(Value::as_str).filter(|c| !c.is_empty()) else { return Ok(None) };
    let find = sql!("SELECT id FROM customer WHERE workspace_id = $1 AND external_id = $2");
    let joined = app.joined();
    let found: Option<(Uuid,)> = app.db.find(find, args![client.workspace, joined.survivor(code)]).await?;
    let fault = || FieldFault { field: field.to_owned(), reason: "no customer has this external_id".to_owned() };
    Ok(found.is_none().then(|| vec![fault()]))
}

/// The id of the record that a row is about.
async fn find_id(app: &App, ws: Id<Workspace>, source: &str, record: &Record) -> Result<Option<Uuid>> {
    let joined = app.joined();
    let (statement, bound) = match record {
        Record::Customer(r) => (
            sql!("SELECT id FROM customer WHERE workspace_id = $1 AND external_id = $2"),
            args![ws, joined.survivor(&r.external_id)],
        ),
        Record::Contact(r) => (
            sql!("SELECT id FROM contact WHERE workspace_id = $1 AND source = $2 AND external_id = $3"),
            args![ws, source, r.external_id],
        ),
        Record::Contract(r) => (
            sql!(
                "SELECT id FROM contract WHERE workspace_id = $1 AND source = $2 AND external_id = $3 AND start_day = $4"
            ),
            args![ws, source, r.external_id, r.start],
        ),
        Record::Deal(r) => (
            sql!("SELECT id FROM deal WHERE workspace_id = $1 AND source = $2 AND external_id = $3"),
            args![ws, source, r.external_id],
        ),
        Record::Activity(r) => (
            sql!("SELECT id FROM activity WHERE workspace_id = $1 AND source = $2 AND external_id = $3"),
            args![ws, source, r.external_id],
        ),
        Record::Ticket(r) => (
            sql!("SELECT id FROM ticket WHERE workspace_id = $1 AND source = $2 AND external_id = $3"),
            args![ws, source, r.external_id],
        ),
        Record::Response(r) => (
            sql!("SELECT id FROM response WHERE workspace_id = $1 AND source = $2 AND external_id = $3"),
            args![ws, source, r.external_id],
        ),
    };
    let found: Option<(Uuid,)> = app.db.find(statement, bound).await?;
    Ok(found.map(|(id,)| id))
}
