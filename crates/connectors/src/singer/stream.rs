//! The records of one stream become facts.

use kizashi_domain::intake::{Reason, RecordKind, parse};
use kizashi_domain::money::Currency;
use kizashi_domain::time::Zone;
use serde_json::{Map as Object, Value};

use super::maps::StreamMap;
use super::schema::Schema;
use crate::error::Error;
use crate::ids::EqualRows;
use crate::map::{Column, Map, guess_columns};
use crate::ndjson::{ObjectParser, find};
use crate::parsed::{Fault, Parsed};

/// Stands for the joined keys of a record.
const KEY: &str = "_key";
/// When the record went away at its source, as taps that follow a log say it.
const DELETED: &str = "_sdc_deleted_at";

/// What became of a record.
pub enum End {
    /// It is in the batch, or among the refused.
    Read,
    /// The map does not want it.
    LeftOut,
    /// Its source says that there is no such record any more.
    Gone,
}

/// A stream under reading.
pub struct Stream {
    schema: Schema,
    only: Vec<(String, Vec<String>)>,
    needs: Vec<String>,
    /// Keys that say which record it is: those of the schema, or the one that the map names.
    keys: Vec<String>,
    /// Columns that are put together from several keys.
    composed: Vec<Column>,
    objects: ObjectParser,
    equal: EqualRows,
}

fn id_field(kind: RecordKind) -> &'static str {
    if kind == RecordKind::Events { "id" } else { "external_id" }
}

impl Stream {
    /// Binds a stream's map to its schema; what the records never bring is named in `notes`. The error says what is missing.
    pub fn new(map: &StreamMap, schema: Schema, zone: &Zone, notes: &mut Vec<String>) -> Result<Self, Error> {
        let name = &map.stream;
        let mut bound = map.map.clone();
        if bound.columns.is_empty() {
            let guessed = guess_columns(map.kind, &schema.titles);
            bound.columns = guessed.into_iter().map(|g| (g.field.name.to_owned(), g.column)).collect();
        }
        let mut lacking = Vec::new();
        bound.columns.retain(|(field, column)| {
            let is_there = column.name.as_ref().is_none_or(|key| schema.may_have(key));
            if !is_there {
                lacking.push(format!("{} for {field}", column.name.as_deref().unwrap_or_default()));
            }
            is_there
        });
        if !lacking.is_empty() {
            notes.push(format!("stream {name} does not bring {}", lacking.join(", ")));
        }
        let keys = find_keys(&mut bound, map.kind, &schema);
        let is_composed = |c: &&Column| c.is_of_stream() || c.with.is_some();
        let composed = bound.columns.iter().map(|(_, c)| c).filter(is_composed).cloned().collect();
        for (_, column) in &mut bound.columns {
            column.with = None;
        }
        let zone = bound.zone.clone().unwrap_or_else(|| zone.clone());
        let objects = ObjectParser::new(map.kind, Some(bound), zone)
            .map_err(|message| Error::Columns { name: format!("stream {name}"), message })?;
        let (only, needs) = (map.only.clone(), map.needs.clone());
        Ok(Self { schema, only, needs, keys, composed, objects, equal: EqualRows::default() })
    }

    /// Whether the schema says anything else than before.
    pub fn is_of(&self, schema: &Schema) -> bool {
        self.schema == *schema
    }

    /// Reads a record of a message. `text` is the whole message, `own` the record as it stands in it.
    pub fn read(
        &mut self,
        record: &Object<String, Value>,
        (text, own): (&str, &str),
        line: u64,
        parsed: &mut Parsed,
    ) -> Result<End, Error> {
        if record.get(DELETED).is_some_and(|v| !v.is_null()) {
            return Ok(End::Gone);
        }
        let text_of = |key: &str| {
            let mut text = String::new();
            if let Some(value) = find(record, key) {
                write_value(value, &mut text);
            }
            text
        };
        let is_wanted = self.only.iter().all(|(key, values)| values.contains(&text_of(key)))
            && self.needs.iter().all(|key| !text_of(key).is_empty());
        if !is_wanted {
            return Ok(End::LeftOut);
        }
        parsed.rows += 1;
        if let Some(key) = self.keys.iter().find(|key| text_of(key).is_empty()) {
            let fault = Fault::new(key, "", Reason::Required);
            parsed.refused.push(fault.at(line, vec![text.to_owned()]));
            return Ok(End::Read);
        }
        let Self { schema, keys, composed, objects, equal, .. } = self;
        let mut write = |title: &str, into: &mut String| {
            if title == KEY {
                into.push_str(&keys.iter().map(|key| text_of(key)).collect::<Vec<_>>().join("-"));
            } else if let Some(column) = composed.iter().find(|c| c.name.as_deref() == Some(title)) {
                into.push_str(&compose(column, &text_of(title), &text_of));
            } else if let Some(value) = find(record, title) {
                let from = into.len();
                write_value(value, into);
                let is_bare = into.get(from..).is_some_and(has_no_zone);
                if is_bare && schema.is_instant(title) {
                    into.push('Z');
                }
            }
        };
        if let Err(fault) = objects.build_from(&mut write, own, equal, parsed)? {
            parsed.refused.push(fault.at(line, vec![text.to_owned()]));
        }
        Ok(End::Read)
    }
}

/// The keys of a record: the one that the map names for its id, else those of the schema, which then become its id.
fn find_keys(bound: &mut Map, kind: RecordKind, schema: &Schema) -> Vec<String> {
    let id = id_field(kind);
    let is_id = |field: &str| field == id || kind == RecordKind::Customers && field == "customer";
    if let Some((_, column)) = bound.columns.iter().find(|(field, _)| is_id(field)) {
        return column.name.iter().cloned().collect();
    }
    if !schema.keys.is_empty() {
        bound.columns.push((id.to_owned(), Column { name: Some(KEY.to_owned()), ..Column::default() }));
    }
    schema.keys.clone()
}

/// A figure in the smallest unit of its currency, or so many pieces of something, as the amount that is meant. What is no figure
/// stays as it is, and is refused where figures are read.
fn compose(column: &Column, text: &str, text_of: &dyn Fn(&str) -> String) -> String {
    if let Some(key) = &column.with {
        let second = text_of(key);
        return [text, second.as_str()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    }
    let told = column.words.iter().find(|(theirs, _)| theirs == text).map_or(text, |(_, ours)| ours);
    let currency = match &column.currency_column {
        Some(key) => Currency::parse(&text_of(key)),
        None => column.currency,
    };
    let Some(figure) = parse::read_decimal(told) else { return told.to_owned() };
    let times = column.times.as_ref().map(|key| text_of(key)).filter(|t| !t.is_empty());
    let times = times.map_or(Some(1), |t| parse::read_integer(&t)).unwrap_or(1);
    let decimals = if column.is_minor { currency.unwrap_or(Currency::JPY).decimals() } else { 0 };
    // As many places as a figure may bring.
    let scale = 6;
    let Some(whole) = figure.to_minor(times, scale) else { return told.to_owned() };
    let places = scale + decimals;
    let sign = if whole < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", whole.unsigned_abs(), width = places as usize + 1);
    let (front, back) = digits.split_at(digits.len() - places as usize);
    let back = back.trim_end_matches('0');
    let dot = if back.is_empty() { "" } else { "." };
    let code = currency.map(|c| format!(" {}", c.code())).unwrap_or_default();
    format!("{sign}{front}{dot}{back}{code}")
}

/// A text, a figure or a word as text. Of an object with a `value` (as some taps wrap each property) the value.
fn write_value(value: &Value, into: &mut String) {
    match value {
        Value::Null => {}
        Value::String(text) => into.push_str(text),
        Value::Object(object) if object.contains_key("value") => {
            if let Some(inner) = object.get("value").filter(|v| !v.is_object() && !v.is_array()) {
                write_value(inner, into);
            }
        }
        Value::Number(number) => match number.as_f64().filter(|n| number.is_f64() && n.fract() == 0.0) {
            // A whole figure written as a float: an id is not 7.0.
            Some(n) if n.abs() < 9e15 => into.push_str(&format!("{n:.0}")),
            _ => into.push_str(&number.to_string()),
        },
        other => into.push_str(&other.to_string()),
    }
}

/// A day with a time of day that says no zone.
fn has_no_zone(text: &str) -> bool {
    let Some((day, clock)) = text.split_once(['T', ' ']) else { return false };
    day.len() == 10 && !clock.is_empty() && clock.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_put_together() {
        let column = |minor, times: Option<&str>, currency: Option<&str>| Column {
            is_minor: minor,
            times: times.map(str::to_owned),
            currency_column: currency.map(str::to_owned),
            ..Column::default()
        };
        let text_of = |key: &str| match key {
            "usd" => "usd".to_owned(),
            "jpy" => "jpy".to_owned(),
            "three" => "3".to_owned(),
            _ => String::new(),
        };
        for (column, text, want) in [
            (column(true, None, Some("usd")), "1250", "12.5 USD"),
            (column(true, None, Some("jpy")), "1250", "1250 JPY"),
            (column(true, Some("three"), Some("usd")), "-999", "-29.97 USD"),
            (column(false, Some("three"), None), "2.5", "7.5"),
            (column(false, Some("none"), None), "12", "12"),
            (column(true, None, Some("usd")), "n/a", "n/a"),
        ] {
            assert_eq!(compose(&column, text, &text_of), want);
        }
    }

    #[test]
    fn values_become_texts() {
        for (value, want) in [
            (serde_json::json!(7.0), "7"),
            (serde_json::json!(7.25), "7.25"),
            (serde_json::json!({"value": "x", "timestamp": 1}), "x"),
            (serde_json::json!(null), ""),
            (serde_json::json!(true), "true"),
        ] {
            let mut text = String::new();
            write_value(&value, &mut text);
            assert_eq!(text, want);
        }
        for (text, want) in [
            ("2026-11-01T10:00:00", true),
            ("2026-11-01 10:00:00.5", true),
            ("2026-11-01T10:00:00Z", false),
            ("2026-11-01T10:00:00+09:00", false),
            ("2026-11-01", false),
        ] {
            assert_eq!(has_no_zone(text), want, "{text}");
        }
    }
}
