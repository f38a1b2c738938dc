//! Stripe: customers, subscriptions as contracts, invoices as events.

use kizashi_domain::intake::{ContractRow, CustomerRow, HookGround, Message, Reason, Record, Refusal};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::Zone;
use serde_json::Value;

use super::json::{at, customer, event, id, seconds, text, whole};
use super::refuse;

/// Metadata in which an administrator may write our code of the customer.
const OUR_CODE: &str = "metadata.kizashi_customer";
/// Invoices that are events, and the amount that each carries.
const INVOICES: [(&str, &str); 5] = [
    ("invoice.paid", "amount_paid"),
    ("invoice.payment_succeeded", "amount_paid"),
    ("invoice.payment_failed", "amount_due"),
    ("invoice.finalized", "amount_due"),
    ("invoice.marked_uncollectible", "amount_due"),
];

pub fn name_in(value: &Value) -> Option<&str> {
    text(value, "type").filter(|kind| kind.starts_with("customer."))?;
    text(value, "data.object.name").or_else(|| text(value, "data.object.description"))
}

pub fn read(value: &Value, ground: &HookGround<'_>, zone: &Zone) -> Result<Message, Refusal> {
    let kind = text(value, "type").ok_or_else(|| refuse("type", "", Reason::Required))?;
    let object = at(value, "data.object").ok_or_else(|| refuse("data.object", "", Reason::Required))?;
    let invoice = INVOICES.iter().find(|(name, _)| *name == kind);
    match kind {
        "customer.created" | "customer.updated" => read_customer(object, ground),
        "customer.subscription.created"
        | "customer.subscription.updated"
        | "customer.subscription.paused"
        | "customer.subscription.resumed"
        | "customer.subscription.deleted" => read_subscription(value, kind, object, ground, zone),
        _ => match invoice {
            Some((_, amount)) => read_invoice(value, kind, object, amount, ground),
            None => Err(refuse("type", kind, Reason::UnknownType)),
        },
    }
}

/// Our code of the customer behind `cus_…`.
fn code_of(object: &Value, field: &str, ground: &HookGround<'_>) -> Result<String, Refusal> {
    // An expanded object stands where its id would.
    let theirs = id(object, field).or_else(|| id(object, &format!("{field}.id")));
    let theirs = theirs.ok_or_else(|| refuse(field, "", Reason::NoCustomer))?;
    let ours = text(object, OUR_CODE).map(str::to_owned);
    Ok(ours.unwrap_or_else(|| customer(ground, &theirs, None, theirs.clone()).0))
}

fn read_customer(object: &Value, ground: &HookGround<'_>) -> Result<Message, Refusal> {
    let theirs = id(object, "id").ok_or_else(|| refuse("data.object.id", "", Reason::Required))?;
    let name = text(object, "name").or_else(|| text(object, "description"));
    let (code, is_known) = match text(object, OUR_CODE) {
        Some(ours) => (ours.to_owned(), true),
        None => customer(ground, &theirs, name, theirs.clone()),
    };
    let mut message = Message { groups: vec![(theirs.clone(), code.clone())], ..Message::default() };
    // Whoever is known from elsewhere keeps the name that they have there.
    if !is_known || code == theirs {
        let row = CustomerRow { external_id: code, name: name.map(str::to_owned), ..CustomerRow::default() };
        message.records.push(Record::Customer(row));
    }
    Ok(message)
}

fn read_subscription(
    value: &Value,
    kind: &str,
    object: &Value,
    ground: &HookGround<'_>,
    zone: &Zone,
) -> Result<Message, Refusal> {
    let code = code_of(object, "customer", ground)?;
    let external_id = id(object, "id").ok_or_else(|| refuse("data.object.id", "", Reason::Required))?;
    let items = at(object, "items.data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let first = items.first();
    // The period stands at the subscription, in newer versions at its items.
    let period = |name: &str| seconds(object, name).or_else(|| first.and_then(|i| seconds(i, name)));
    let start = period("current_period_start").or_else(|| seconds(object, "start_date"));
    let start = start.ok_or_else(|| refuse("current_period_start", "", Reason::Required))?;
    let is_over = kind.ends_with(".deleted") || text(object, "status") == Some("canceled");
    let ended = seconds(object, "ended_at").filter(|_| is_over).or_else(|| period("current_period_end"));
    let stops = at(object, "cancel_at_period_end").and_then(Value::as_bool).unwrap_or(false);
    let start = zone.day_of(start);
    let row = ContractRow {
        external_id: external_id.clone(),
        customer: code.clone(),
        plan: first.and_then(plan_of),
        seats: Some(items.iter().filter_map(|i| whole(i, "quantity")).sum()).filter(|n| *n > 0),
        amount: amount_of(items),
        months: first.and_then(months_of),
        start: Some(start),
        // The period ends at the instant at which the next begins.
        end: ended.map(|at| zone.day_of(at.plus_us(-1))).filter(|end| *end >= start),
        auto_renew: Some(!stops && !is_over),
        notice_days: None,
    };
    let mut message = Message::default();
    message.records.push(Record::Contract(row));
    if let (true, Some(at), Some(event_id)) = (is_over, seconds(value, "created"), id(value, "id")) {
        event(&mut message, ground, (&event_id, &code, "subscription.canceled"), at, None);
    }
    Ok(message)
}

fn price(item: &Value) -> Option<&Value> {
    at(item, "price").or_else(|| at(item, "plan"))
}

fn plan_of(item: &Value) -> Option<String> {
    let price = price(item)?;
    let found = text(price, "nickname").or_else(|| text(price, "lookup_key")).or_else(|| text(price, "product"));
    found.or_else(|| text(price, "id")).map(str::to_owned)
}

fn months_of(item: &Value) -> Option<i64> {
    let price = price(item)?;
    let count = whole(price, "recurring.interval_count").or_else(|| whole(price, "interval_count")).unwrap_or(1);
    match text(price, "recurring.interval").or_else(|| text(price, "interval"))? {
        "month" => Some(count),
        "year" => count.checked_mul(12),
        _ => None,
    }
    .filter(|months| (1..=1_200).contains(months))
}

/// What one period costs; amounts are in the currency's minor unit, which yen has not.
fn amount_of(items: &[Value]) -> Option<Money> {
    let mut sum: Option<Money> = None;
    for item in items {
        let price = price(item)?;
        let unit = whole(price, "unit_amount").or_else(|| whole(price, "amount"))?;
        let currency = text(price, "currency").and_then(Currency::parse)?;
        let minor = unit.checked_mul(whole(item, "quantity").unwrap_or(1))?;
        sum = match sum {
            None => Some(Money { minor, currency }),
            Some(so_far) if so_far.currency == currency => {
                Some(Money { minor: so_far.minor.checked_add(minor)?, currency })
            }
            Some(_) => return None,
        };
    }
    sum
}

fn read_invoice(
    value: &Value,
    kind: &str,
    object: &Value,
    amount: &str,
    ground: &HookGround<'_>,
) -> Result<Message, Refusal> {
    let code = code_of(object, "customer", ground)?;
    let event_id = id(value, "id").ok_or_else(|| refuse("id", "", Reason::Required))?;
    let happened = seconds(value, "created").ok_or_else(|| refuse("created", "", Reason::Required))?;
    let currency = text(object, "currency").and_then(Currency::parse).unwrap_or(Currency::JPY);
    #[allow(clippy::cast_precision_loss)]
    let figure = whole(object, amount).map(|minor| minor as f64 / 10_f64.powi(currency.decimals().cast_signed()));
    let mut message = Message::default();
    event(&mut message, ground, (&event_id, &code, kind), happened, figure);
    Ok(message)
}
