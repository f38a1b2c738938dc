//! The properties of an event: the figure and the customer are taken out, the rest stays as its text.

use std::fmt;

use kizashi_domain::intake::parse::read_number;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::wire::Text;
use crate::build::write_json_text;

/// What was found in the properties.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// `value`, else `revenue`.
    pub value: Option<f64>,
    /// `groupId`, else `$groups.company`.
    pub customer: Option<String>,
}

/// Takes a JSON object apart. What is not taken out is written to `rest`, in its order and as it stood; an empty
/// object leaves `rest` empty. `None` when the text is no object.
pub fn split(raw: &str, rest: &mut String) -> Option<Found> {
    rest.clear();
    if raw == "null" || raw == "{}" {
        return Some(Found::default());
    }
    // Most events that carry a figure carry nothing else.
    let only = raw.strip_prefix("{\"value\":").and_then(|r| r.strip_suffix('}'));
    if let Some(number) = only
        && number.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-'))
        && let Ok(value) = number.parse::<f64>()
    {
        return Some(Found { value: Some(value), customer: None });
    }
    let mut d = serde_json::Deserializer::from_str(raw);
    Walk(rest).deserialize(&mut d).ok()
}

struct Walk<'r>(&'r mut String);

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Found;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Found, D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let rest = self.0;
        let (mut value, mut revenue, mut group, mut company) = (None, None, None, None);
        // A revenue that stands beside a value stays among the rest.
        let mut revenue_text: Option<&'de str> = None;
        while let Some((key, raw)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            let raw = raw.get();
            match key.value.as_ref() {
                "value" => {
                    value = read_figure(raw);
                    if value.is_some() {
                        continue;
                    }
                }
                "revenue" => {
                    revenue = read_figure(raw);
                    if revenue.is_some() {
                        revenue_text = Some(raw);
                        continue;
                    }
                }
                "groupId" => group = read_text(raw),
                "$groups" => company = read_company(raw),
                _ => {}
            }
            write_entry(&key.value, raw, rest);
        }
        if value.is_some()
            && let Some(raw) = revenue_text
        {
            write_entry("revenue", raw, rest);
        }
        if !rest.is_empty() {
            rest.push('}');
        }
        Ok(Found { value: value.or(revenue), customer: group.or(company) })
    }
}

fn write_entry(key: &str, raw: &str, rest: &mut String) {
    rest.push(if rest.is_empty() { '{' } else { ',' });
    write_json_text(key, rest);
    rest.push(':');
    rest.push_str(raw);
}

fn read_figure(raw: &str) -> Option<f64> {
    if raw.starts_with('"') { read_number(&read_text(raw)?) } else { raw.parse().ok().filter(|v: &f64| v.is_finite()) }
}

fn read_text(raw: &str) -> Option<String> {
    let text: Text<'_> = serde_json::from_str(raw).ok()?;
    let text = text.get();
    (!text.is_empty()).then(|| text.to_owned())
}

fn read_company(raw: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Kinds<'a> {
        #[serde(borrow, default)]
        company: Text<'a>,
    }
    let kinds: Kinds<'_> = serde_json::from_str(raw).ok()?;
    let text = kinds.company.get();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figure_and_customer_are_found_and_the_rest_stays() {
        let mut rest = String::new();
        for (raw, value, customer, left) in [
            ("{}", None, None, ""),
            ("null", None, None, ""),
            (r#"{"value":12.5}"#, Some(12.5), None, ""),
            (r#"{ "value" : 12.5 }"#, Some(12.5), None, ""),
            (r#"{"a":"x","value":"１，２００","b":[1, 2]}"#, Some(1200.0), None, r#"{"a":"x","b":[1, 2]}"#),
            (r#"{"revenue":3}"#, Some(3.0), None, ""),
            (r#"{"revenue":3,"value":4}"#, Some(4.0), None, r#"{"revenue":3}"#),
            (r#"{"value":"abc"}"#, None, None, r#"{"value":"abc"}"#),
            (r#"{"groupId":7}"#, None, Some("7"), r#"{"groupId":7}"#),
            (r#"{"$groups":{"company":"c1"}}"#, None, Some("c1"), r#"{"$groups":{"company":"c1"}}"#),
            ("{\"\\\"q\":1}", None, None, "{\"\\\"q\":1}"),
        ] {
            let found = split(raw, &mut rest).unwrap();
            assert_eq!((found.value, found.customer.as_deref(), rest.as_str()), (value, customer, left), "{raw}");
        }
        assert_eq!(split("[1]", &mut rest), None);
        assert_eq!(split("7", &mut rest), None);
    }
}
