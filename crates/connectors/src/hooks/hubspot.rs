//! HubSpot: one changed property a message. Which company a person or deal belongs to is told by messages of their own
//! (associations) and remembered.

use kizashi_domain::intake::{ContactRow, CustomerRow, HookGround, HookItem, Message, Reason, Record, Refusal};
use kizashi_domain::time::{Time, Zone};
use serde_json::Value;

use super::json::{customer, event, id, text, whole};
use super::{hash, refuse};
use crate::build::bare_domain;

/// What tells a message apart. The number of an event alone may come twice, and a repetition counts its attempts.
pub fn id_of(item: &Value) -> String {
    let part = |name: &str| id(item, name).unwrap_or_default();
    let known = ["portalId", "subscriptionId", "eventId", "objectId", "occurredAt", "propertyName"].map(part);
    if known.get(2).is_none_or(String::is_empty) { hash(&item.to_string()) } else { known.join(":") }
}

fn kind_of(value: &Value) -> Option<(&str, &str)> {
    text(value, "subscriptionType")?.split_once('.')
}

pub fn name_in(value: &Value) -> Option<&str> {
    (kind_of(value) == Some(("company", "propertyChange")) && text(value, "propertyName") == Some("name"))
        .then(|| text(value, "propertyValue"))?
}

fn key(what: &str, number: &str) -> String {
    format!("{what}:{number}")
}

pub fn read(value: &Value, item: &HookItem, ground: &HookGround<'_>, zone: &Zone) -> Result<Message, Refusal> {
    let whole_kind = text(value, "subscriptionType").unwrap_or_default();
    let object = || id(value, "objectId").ok_or_else(|| refuse("objectId", "", Reason::Required));
    match kind_of(value) {
        // Creation says nothing but a number; the first property says who it is.
        Some(("company" | "contact" | "deal", "creation")) => object().map(|_| Message::default()),
        Some(("company", "propertyChange")) => read_company(value, &object()?, ground, zone),
        Some(("contact", "propertyChange")) => read_contact(value, &object()?, ground),
        Some(("deal", "propertyChange")) => read_deal(value, item, &object()?, ground),
        Some((_, "associationChange")) => read_association(value, ground),
        _ => Err(refuse("subscriptionType", whole_kind, Reason::UnknownType)),
    }
}

fn property(value: &Value) -> Result<(&str, Option<String>), Refusal> {
    let name = text(value, "propertyName").ok_or_else(|| refuse("propertyName", "", Reason::Required))?;
    Ok((name, id(value, "propertyValue")))
}

fn read_company(value: &Value, number: &str, ground: &HookGround<'_>, zone: &Zone) -> Result<Message, Refusal> {
    let (name, said) = property(value)?;
    let (of, made) = (key("company", number), format!("hubspot-{number}"));
    let called = said.as_deref().filter(|_| name == "name");
    let (code, _) = customer(ground, &of, called, made.clone());
    let mut row = CustomerRow { external_id: code.clone(), ..CustomerRow::default() };
    match name {
        // The name belongs to whoever knew the customer first.
        "name" => row.name = said.filter(|_| code == made),
        "domain" | "website" => row.domain = said.map(|d| bare_domain(&d)),
        "industry" => row.industry = said,
        "state" | "city" => row.region = said,
        "lifecyclestage" => row.stage = said,
        "numberofemployees" => {
            row.employees = match said {
                None => None,
                Some(text) => Some(read_count(name, &text)?),
            }
        }
        other => {
            // Figures of one's own stay figures; other properties have no place.
            let number = said.as_deref().and_then(|t| t.trim().parse::<f64>().ok()).filter(|n| n.is_finite());
            let figure = number.ok_or_else(|| refuse("propertyName", other, Reason::UnknownType))?;
            row.figures.push((other.to_owned(), figure));
        }
    }
    row.as_of = whole(value, "occurredAt").and_then(|ms| ms.checked_mul(1_000)).map(|us| zone.day_of(Time(us)));
    let groups = vec![(of, code)];
    Ok(Message { records: vec![Record::Customer(row)], groups, ..Message::default() })
}

fn read_count(field: &str, text: &str) -> Result<i64, Refusal> {
    text.trim().parse().map_err(|_| refuse(field, text, Reason::NotANumber))
}

/// The customer of a person or deal, as an association said.
fn owner(what: &str, number: &str, ground: &HookGround<'_>) -> Result<String, Refusal> {
    (ground.customer_of)(&key(what, number)).ok_or_else(|| refuse("objectId", number, Reason::NoCustomer))
}

fn read_contact(value: &Value, number: &str, ground: &HookGround<'_>) -> Result<Message, Refusal> {
    let (name, said) = property(value)?;
    let customer = owner("contact", number, ground)?;
    let mut row = ContactRow { external_id: number.to_owned(), customer, ..ContactRow::default() };
    match name {
        "email" => row.email = said,
        "phone" | "mobilephone" => row.phone = said,
        "jobtitle" => row.title = said,
        // Each comes alone; the family name is the one that people are called by here.
        "lastname" => row.name = said,
        other => return Err(refuse("propertyName", other, Reason::UnknownType)),
    }
    Ok(Message { records: vec![Record::Contact(row)], ..Message::default() })
}

fn read_deal(value: &Value, item: &HookItem, number: &str, ground: &HookGround<'_>) -> Result<Message, Refusal> {
    let (name, said) = property(value)?;
    let customer = owner("deal", number, ground)?;
    let at = whole(value, "occurredAt").and_then(|ms| ms.checked_mul(1_000)).map(Time);
    let at = at.ok_or_else(|| refuse("occurredAt", "", Reason::Required))?;
    let event_name = match (name, said.as_deref()) {
        ("dealstage", Some(stage)) => format!("deal.stage.{stage}"),
        ("amount", _) => "deal.amount".to_owned(),
        (other, _) => return Err(refuse("propertyName", other, Reason::UnknownType)),
    };
    let figure = said.as_deref().and_then(|t| t.trim().parse::<f64>().ok());
    let mut message = Message::default();
    event(&mut message, ground, (&item.id, &customer, &event_name), at, figure);
    Ok(message)
}

fn read_association(value: &Value, ground: &HookGround<'_>) -> Result<Message, Refusal> {
    let kind = text(value, "associationType").unwrap_or_default();
    let end = |name: &str| id(value, name).ok_or_else(|| refuse(name, "", Reason::Required));
    let (from, to) = (end("fromObjectId")?, end("toObjectId")?);
    let (what, number, company) = match kind {
        "CONTACT_TO_COMPANY" => ("contact", from, to),
        "COMPANY_TO_CONTACT" => ("contact", to, from),
        "DEAL_TO_COMPANY" => ("deal", from, to),
        "COMPANY_TO_DEAL" => ("deal", to, from),
        other => return Err(refuse("associationType", other, Reason::UnknownType)),
    };
    if value.get("associationRemoved").and_then(Value::as_bool) == Some(true) {
        // The last company that was said stays until another is said.
        return Ok(Message::default());
    }
    let (code, _) = customer(ground, &key("company", &company), None, format!("hubspot-{company}"));
    Ok(Message { groups: vec![(key(what, &number), code)], ..Message::default() })
}
