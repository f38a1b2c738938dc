//! Messages that other systems push: proved by their signature, split, and read into records and events.

mod hubspot;
mod json;
mod mapped;
mod sign;
mod stripe;
mod zendesk;

use kizashi_domain::intake::{HookCall, HookGround, HookItem, HookKind, Message, Reason, Refusal};
use kizashi_domain::time::Zone;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

pub use mapped::check_map;
pub use sign::{prove, sign_standard, standard_key};

/// Messages in one request; HubSpot sends a hundred at most.
const ITEMS_MAX: usize = 1_000;
/// The longest id that is kept as it is.
const ID_CHARS_MAX: usize = 200;

/// A refusal of a field.
pub(crate) fn refuse(field: &str, value: &str, reason: Reason) -> Refusal {
    Refusal { line: 0, field: field.to_owned(), value: value.chars().take(200).collect(), reason }
}

/// Whether a secret has the form that secrets of the kind have.
pub fn is_secret(kind: HookKind, secret: &str) -> bool {
    match kind {
        HookKind::Standard => standard_key(secret).is_some_and(|key| key.len() >= 16),
        HookKind::Form => false,
        _ => secret.len() >= 16 && secret.chars().all(|c| c.is_ascii_graphic()),
    }
}

/// The messages of a request, each with what tells it apart.
pub fn split(kind: HookKind, call: &HookCall<'_>) -> Vec<HookItem> {
    let body = String::from_utf8_lossy(call.body).into_owned();
    let read: Option<Value> = serde_json::from_str(&body).ok();
    if let (HookKind::Hubspot, Some(Value::Array(items))) = (kind, &read)
        && items.len() <= ITEMS_MAX
    {
        return items.iter().map(|item| HookItem { id: hubspot::id_of(item), body: item.to_string() }).collect();
    }
    let own = |name: &str| read.as_ref().and_then(|v| v.get(name)).and_then(Value::as_str).map(str::to_owned);
    let id = match kind {
        HookKind::Standard => call.header("webhook-id").or_else(|| call.header("svix-id")).map(str::to_owned),
        HookKind::Stripe => own("id"),
        HookKind::Zendesk => own("id").or_else(|| call.header("x-zendesk-webhook-invocation-id").map(str::to_owned)),
        HookKind::Hubspot | HookKind::Form => None,
    };
    let id = id.filter(|id| !id.is_empty() && id.chars().count() <= ID_CHARS_MAX);
    vec![HookItem { id: id.unwrap_or_else(|| hash(&body)), body }]
}

fn hash(text: &str) -> String {
    format!("{:032x}", xxh3_128(text.as_bytes()))
}

/// Names of companies by which the customer of a message may be found.
pub fn names_in(kind: HookKind, body: &str) -> Vec<String> {
    let Ok(value) = serde_json::from_str::<Value>(body) else { return Vec::new() };
    let name = match kind {
        HookKind::Stripe => stripe::name_in(&value),
        HookKind::Zendesk => zendesk::name_in(&value),
        HookKind::Hubspot => hubspot::name_in(&value),
        HookKind::Standard | HookKind::Form => None,
    };
    name.map(str::to_owned).into_iter().collect()
}

/// Reads a message: with a map when there is one, else as its kind is usually read. `zone` is for times that bring none.
pub fn read_item(
    kind: HookKind,
    map: Option<&str>,
    item: &HookItem,
    ground: &HookGround<'_>,
    zone: &Zone,
) -> Result<Message, Refusal> {
    if let Some(map) = map {
        return mapped::read(map, &item.body, zone);
    }
    let value: Value = serde_json::from_str(&item.body)
        .map_err(|e| refuse("", "", Reason::NotJson { detail: crate::segment::describe(&e) }))?;
    match kind {
        HookKind::Stripe => stripe::read(&value, ground, zone),
        HookKind::Zendesk => zendesk::read(&value, ground),
        HookKind::Hubspot => hubspot::read(&value, item, ground, zone),
        HookKind::Standard | HookKind::Form => Err(refuse("map", "", Reason::Required)),
    }
}
