//! Messages of any form, by a map file: the same fields as everywhere, found at paths such as `data.account.id`.

use kizashi_domain::intake::{Message, Reason, Refusal};
use kizashi_domain::time::Zone;

use super::refuse;
use crate::map::{Map, find_lacking};
use crate::ndjson::read_object;

/// Whether a text is a map that tells everything a message must have.
pub fn check_map(text: &str) -> Result<(), String> {
    let map = Map::read(text, None).map_err(|e| e.to_string())?;
    let kind = map.kind.ok_or("as = \"…\" is missing: what a message is (customers, contacts, tickets, events …)")?;
    let lacking = find_lacking(kind, |name| map.columns.iter().any(|(n, _)| n == name));
    match lacking.first() {
        Some(field) => Err(format!("[columns] lacks {}", field.name)),
        None => Ok(()),
    }
}

/// Reads a message.
pub fn read(map: &str, body: &str, zone: &Zone) -> Result<Message, Refusal> {
    let odd = |detail: String| refuse("map", "", Reason::NotJson { detail });
    let map = Map::read(map, None).map_err(|e| odd(e.to_string()))?;
    let parsed = read_object(map, body, zone.clone()).map_err(odd)?;
    let refused: Vec<Refusal> = parsed.refused.into_iter().map(|r| r.refusal).collect();
    if let [only] = refused.as_slice()
        && parsed.events.is_empty()
        && parsed.records.is_empty()
    {
        return Err(only.clone());
    }
    Ok(Message { events: parsed.events, records: parsed.records, groups: parsed.groups, refused })
}
