//! Traits of people and customers.

use kizashi_domain::intake::{ContactRow, CustomerRow, Reason, parse};
use kizashi_domain::limits::FIGURES_MAX;
use kizashi_domain::time::{Day, Zone};
use serde_json::{Map, Value};

use crate::build::{bare_domain, check_name};
use crate::parsed::Fault;

fn read_map(raw: &str) -> Result<Map<String, Value>, Fault> {
    if raw == "null" {
        return Ok(Map::new());
    }
    serde_json::from_str(raw)
        .map_err(|_| Fault::new("traits", raw, Reason::NotJson { detail: "not an object".to_owned() }))
}

/// The first of these traits that is a text or number.
fn text(map: &Map<String, Value>, keys: &[&str]) -> Result<Option<String>, Fault> {
    for key in keys {
        let value = match map.get(*key) {
            Some(Value::String(text)) => text.trim().to_owned(),
            Some(Value::Number(n)) => n.to_string(),
            _ => continue,
        };
        if !value.is_empty() {
            check_name(&value).map_err(|reason| Fault::new(format!("traits.{key}"), &value, reason))?;
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// A person and the id of the company that the traits name. The person's customer is left empty.
pub fn read_contact(raw: &str, user: &str) -> Result<(ContactRow, Option<String>), Fault> {
    let map = read_map(raw)?;
    let name = match text(&map, &["name"])? {
        Some(name) => Some(name),
        None => full_name(text(&map, &["lastName"])?, text(&map, &["firstName"])?),
    };
    let company = match map.get("company") {
        Some(Value::Object(company)) => text(company, &["id"])?,
        _ => None,
    };
    let contact = ContactRow {
        external_id: user.to_owned(),
        name,
        reading: text(&map, &["reading", "nameKana", "kana"])?,
        title: text(&map, &["title", "jobTitle", "position"])?,
        role: text(&map, &["role"])?,
        email: text(&map, &["email"])?,
        phone: text(&map, &["phone"])?,
        ..ContactRow::default()
    };
    Ok((contact, company))
}

/// 山田 太郎, but Taro Yamada.
fn full_name(last: Option<String>, first: Option<String>) -> Option<String> {
    match (last, first) {
        (Some(last), Some(first)) if last.is_ascii() => Some(format!("{first} {last}")),
        (Some(last), Some(first)) => Some(format!("{last} {first}")),
        (last, first) => last.or(first),
    }
}

/// A customer; traits that are numbers become its figures.
pub fn read_customer(raw: &str, group: &str, as_of: Option<Day>, zone: &Zone) -> Result<CustomerRow, Fault> {
    let map = read_map(raw)?;
    let employees = match map.get("employees") {
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(text)) => parse::read_integer(text),
        _ => None,
    };
    let figures = map
        .iter()
        .filter(|(key, _)| key.as_str() != "employees" && check_name(key).is_ok())
        .filter_map(|(key, value)| value.as_f64().map(|n| (key.clone(), n)))
        .filter(|(_, n)| n.is_finite())
        .take(FIGURES_MAX)
        .collect();
    Ok(CustomerRow {
        external_id: group.to_owned(),
        name: text(&map, &["name"])?,
        reading: text(&map, &["reading", "nameKana", "kana"])?,
        segment: text(&map, &["segment"])?,
        stage: text(&map, &["stage", "lifecycleStage"])?,
        region: text(&map, &["region"])?,
        industry: text(&map, &["industry"])?,
        employees: employees.filter(|n| *n >= 0),
        owner: text(&map, &["owner"])?,
        domain: text(&map, &["domain", "website"])?.map(|d| bare_domain(&d)),
        since: text(&map, &["createdAt"])?.and_then(|t| parse::read_day(&t, zone).ok()),
        figures,
        as_of,
        ..CustomerRow::default()
    })
}
