//! What a stream says of its records: which keys there are, which of them tell one record from another, and which hold instants.

use std::collections::HashSet;

use serde_json::{Map as Object, Value};

/// Keys of a schema that are looked at; what is nested deeper than this is not.
const DEPTH_MAX: usize = 6;
const KEYS_MAX: usize = 5_000;

/// The schema of a stream, as far as it matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// Keys that together tell one record from another; may be empty.
    pub keys: Vec<String>,
    /// Keys of a record; empty when the stream does not say.
    pub titles: Vec<String>,
    /// Keys whose texts are instants, with dots into what is nested.
    instants: HashSet<String>,
}

impl Schema {
    /// Reads a `SCHEMA` message's `schema` and `key_properties`.
    pub fn read(schema: &Value, keys: Option<&Value>) -> Self {
        let keys = keys.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut read = Self {
            keys: keys.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            titles: properties_of(schema).map(|p| p.keys().cloned().collect()).unwrap_or_default(),
            instants: HashSet::new(),
        };
        read.note_instants(schema, "", 0);
        read
    }

    fn note_instants(&mut self, schema: &Value, before: &str, depth: usize) {
        for (key, property) in properties_of(schema).into_iter().flatten() {
            if depth >= DEPTH_MAX || self.instants.len() >= KEYS_MAX {
                return;
            }
            let path = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
            if is_instant(property) {
                self.instants.insert(path);
            } else {
                self.note_instants(property, &path, depth + 1);
            }
        }
    }

    /// Whether the text under this key is an instant. Singer's instants are those of UTC when they say no zone.
    pub fn is_instant(&self, key: &str) -> bool {
        self.instants.contains(key)
    }

    /// Whether the records may have this key; a stream that names no keys may have any.
    pub fn may_have(&self, key: &str) -> bool {
        let front = key.split_once('.').map_or(key, |(front, _)| front);
        self.titles.is_empty() || self.titles.iter().any(|t| t == key || t == front)
    }
}

fn properties_of(schema: &Value) -> Option<&Object<String, Value>> {
    match schema.get("properties") {
        Some(Value::Object(properties)) => Some(properties),
        _ => alternatives(schema).find_map(|one| one.get("properties")?.as_object()),
    }
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|word| schema.get(word)?.as_array()).flatten()
}

fn is_instant(schema: &Value) -> bool {
    let says = |one: &Value| one.get("format").and_then(Value::as_str) == Some("date-time");
    says(schema) || alternatives(schema).any(says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_found_wherever_they_are() {
        let schema = serde_json::json!({ "properties": {
            "id": { "type": "integer" },
            "created": { "type": ["null", "string"], "format": "date-time" },
            "day": { "type": "string", "format": "date" },
            "plan": { "anyOf": [{ "type": "object", "properties": { "at": { "anyOf": [{ "type": "string", "format": "date-time" }, { "type": "null" }] } } }] },
        } });
        let read = Schema::read(&schema, Some(&serde_json::json!(["id"])));
        assert_eq!(read.keys, ["id"]);
        for (key, want) in [("created", true), ("plan.at", true), ("day", false), ("id", false), ("other", false)] {
            assert_eq!(read.is_instant(key), want, "{key}");
        }
        assert!(read.may_have("plan.at") && !read.may_have("plans.at"));
        assert!(Schema::read(&serde_json::json!(true), None).may_have("anything"));
    }
}
