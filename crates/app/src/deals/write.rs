//! Adding a deal by hand, and changing it.

use kizashi_domain::deals::KINDS;
use kizashi_domain::id::{Customer, Deal, Id, Staff, Workspace};
use kizashi_domain::intake::parse::{read_day, read_decimal};
use kizashi_domain::intake::{DealRow, Record, RecordKind, shape};
use kizashi_domain::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Zone};

use super::{is_decided, store};
use crate::access::{Grant, list_staff};
use crate::intake::{OWN_SOURCE, Origin, Received, find_code, keep_records, mark_dirty};
use crate::taken_over::{Again, find_taker};
use crate::{App, Refused, Result};

/// Fields that people write, in the order of the form.
pub const FIELDS: [&str; 14] = [
    "title",
    "kind",
    "stage",
    "amount",
    "probability",
    "next_step",
    "next_on",
    "owner",
    "closes_on",
    "opened_on",
    "closed_on",
    "origin",
    "promise",
    "lost_reason",
];

/// Adds a deal of a customer from the fields of a form; those left empty say nothing.
pub async fn add_deal(
    app: &App,
    grant: &Grant,
    customer: Id<Customer>,
    given: &[(String, String)],
) -> Result<Id<Deal>> {
    let code = find_code(app, grant.workspace(), customer).await?.ok_or(Refused::NotFound)?;
    let external_id = App::new_id::<Deal>().to_string();
    let row = read_form(app, grant, given, Currency::JPY).await?;
    if row.title.as_ref().is_none_or(String::is_empty) {
        return Err(Refused::Field { field: "title", reason: "required" }.into());
    }
    let row = DealRow { external_id: external_id.clone(), customer: code, cleared: Vec::new(), ..row };
    keep(app, grant, OWN_SOURCE, row).await?;
    let found = crate::intake::find_deal(app, grant.workspace(), OWN_SOURCE, &external_id).await?;
    found.ok_or_else(|| Refused::NotFound.into())
}

/// Changes the fields of a deal that a form gives; an empty one is emptied. Returns its customer.
pub async fn change_deal(app: &App, grant: &Grant, id: Id<Deal>, given: &[(String, String)]) -> Result<Id<Customer>> {
    let ws = grant.workspace();
    let (source, external_id, customer) = store::find_key(app, ws, id).await?.ok_or(Refused::NotFound)?;
    let now = store::find_deal(app, ws, id).await?.ok_or(Refused::NotFound)?;
    let currency = Currency::parse(&now.currency).unwrap_or(Currency::JPY);
    let mut row = read_form(app, grant, given, currency).await?;
    if row.title.as_ref().is_some_and(String::is_empty) {
        return Err(Refused::Field { field: "title", reason: "required" }.into());
    }
    let opens = row.stage.as_deref().is_some_and(|stage| !is_decided(stage));
    let named: Option<Id<Staff>> =
        given.iter().find(|(name, _)| name == "owner").and_then(|(_, id)| id.trim().parse().ok());
    if let Some(owner) =
        now.owner.filter(|owner| opens && is_decided(&now.stage) && named.is_none_or(|id| id == *owner))
    {
        let taker = find_taker_of(app, ws, &now, owner).await?;
        if taker != owner {
            row.owner = Some(find_owner(app, ws, &taker.to_string()).await?);
        }
    }
    keep(app, grant, &source, DealRow { external_id, customer, ..row }).await?;
    Ok(now.customer)
}

/// With whom a deal is that is open again: handed over since it was decided, it is with whoever took it over.
async fn find_taker_of(app: &App, ws: Id<Workspace>, deal: &store::Row, owner: Id<Staff>) -> Result<Id<Staff>> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let decided = deal.closed_on.map(|day| settings.zone.start_of(day));
    let since = decided.map_or(deal.recorded_at, |at| at.min(deal.recorded_at));
    let mut tx = app.db.write().await?;
    find_taker(&mut tx, ws, Again { owner, customer: Some(deal.customer), since }).await
}

async fn keep(app: &App, grant: &Grant, source: &str, row: DealRow) -> Result<()> {
    let customer = row.customer.clone();
    let received = [Received { at: app.now(), assumed: false, record: Record::Deal(row) }];
    let origin = Origin { source, run: None, author: grant.staff() };
    keep_records(app, grant.workspace(), origin, &received, false).await?;
    mark_dirty(app, grant.workspace(), vec![customer]).await
}

async fn read_form(app: &App, grant: &Grant, given: &[(String, String)], currency: Currency) -> Result<DealRow> {
    let settings = crate::settings::open_settings(app, grant.workspace()).await?;
    let mut row = DealRow::default();
    for field in FIELDS {
        let Some((_, value)) = given.iter().find(|(name, _)| name == field) else { continue };
        let value = value.trim();
        check(field, value)?;
        let words = || Some(value.to_owned());
        if value.is_empty() {
            row.cleared.push(field.to_owned());
        }
        match field {
            "title" => row.title = words(),
            "kind" => row.kind = words(),
            "stage" => row.stage = words(),
            "next_step" => row.next_step = words(),
            "origin" => row.origin = words(),
            "promise" => row.promise = words(),
            "lost_reason" => row.lost_reason = words(),
            _ if value.is_empty() => {}
            "owner" => row.owner = Some(find_owner(app, grant.workspace(), value).await?),
            "amount" => row.amount = Some(read_amount(value, currency)?),
            "probability" => row.probability = Some(read_probability(value)?),
            "next_on" => row.next_on = Some(day(field, value, &settings.zone)?),
            "closes_on" => row.closes_on = Some(day(field, value, &settings.zone)?),
            "opened_on" => row.opened_on = Some(day(field, value, &settings.zone)?),
            _ => row.closed_on = Some(day(field, value, &settings.zone)?),
        }
    }
    Ok(row)
}

fn check(field: &'static str, value: &str) -> Result<()> {
    let is_text = shape::fields(RecordKind::Deals).iter().any(|f| f.name == field && f.shape == shape::Shape::Text);
    let chars_max = if is_text { TEXT_CHARS_MAX } else { NAME_CHARS_MAX };
    if value.chars().count() > chars_max {
        return Err(Refused::Field { field, reason: "too-long" }.into());
    }
    if value.chars().any(|c| c.is_control() && !(is_text && matches!(c, '\n' | '\r' | '\t'))) {
        return Err(Refused::Field { field, reason: "control-character" }.into());
    }
    if field == "kind" && !value.is_empty() && !KINDS.contains(&value) {
        return Err(Refused::Field { field, reason: "not-one-of" }.into());
    }
    Ok(())
}

/// A day as people write it: 2026-12-01, 12/1/2026 is not one, 令和8年12月1日 is.
fn day(field: &'static str, value: &str, zone: &Zone) -> Result<Day> {
    let read = value.parse().ok().or_else(|| read_day(value, zone).ok());
    let day = read.filter(|d: &Day| (1900..=2200).contains(&d.ymd().0));
    day.ok_or_else(|| Refused::Field { field, reason: "not-a-day" }.into())
}

fn read_amount(value: &str, currency: Currency) -> Result<Money> {
    let minor = read_decimal(value).and_then(|d| d.to_minor(1, currency.decimals()));
    let minor = minor.filter(|m| m.unsigned_abs() <= 1_000_000_000_000_000);
    minor
        .map(|minor| Money { minor, currency })
        .ok_or_else(|| Refused::Field { field: "amount", reason: "not-a-number" }.into())
}

fn read_probability(value: &str) -> Result<i64> {
    let number = read_decimal(value.trim_end_matches(['%', '％'])).and_then(|d| d.to_minor(1, 0));
    let Some(n) = number else { return Err(Refused::Field { field: "probability", reason: "not-a-number" }.into()) };
    if !(0..=100).contains(&n) {
        return Err(Refused::Field { field: "probability", reason: "out-of-range" }.into());
    }
    Ok(n)
}

async fn find_owner(app: &App, ws: Id<Workspace>, id: &str) -> Result<String> {
    let staff = list_staff(app, ws).await?;
    let found = id.parse::<Id<Staff>>().ok().and_then(|id| staff.into_iter().find(|s| s.id == id));
    Ok(found.ok_or(Refused::Field { field: "owner", reason: "not-one-of" })?.email)
}
