//! Small looks into a message.

use kizashi_domain::intake::{EventRef, HookGround, Message, Named, Says};
use kizashi_domain::time::Time;
use serde_json::Value;

/// The value at a path of keys.
pub fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |v, key| v.get(key)).filter(|v| !v.is_null())
}

/// A text at a path; empty counts as none.
pub fn text<'v>(value: &'v Value, path: &str) -> Option<&'v str> {
    at(value, path)?.as_str().map(str::trim).filter(|t| !t.is_empty())
}

/// A text or whole number at a path, as text: ids come as either.
pub fn id(value: &Value, path: &str) -> Option<String> {
    match at(value, path)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(n) if n.is_i64() || n.is_u64() => Some(n.to_string()),
        _ => None,
    }
}

/// A whole number at a path.
pub fn whole(value: &Value, path: &str) -> Option<i64> {
    at(value, path)?.as_i64()
}

/// Seconds since 1970 at a path.
pub fn seconds(value: &Value, path: &str) -> Option<Time> {
    whole(value, path)?.checked_mul(1_000_000).map(Time)
}

/// The customer that a code of the sender means: as said before, else the one customer of that name, else `otherwise`.
/// Whether it was known already.
pub fn customer(ground: &HookGround<'_>, key: &str, name: Option<&str>, otherwise: String) -> (String, bool) {
    if let Some(known) = (ground.customer_of)(key) {
        return (known, true);
    }
    match name.map(|n| ground.names.find(n)) {
        Some(Named::One(code)) => (code.to_owned(), true),
        _ => (otherwise, false),
    }
}

/// Adds an event to a message.
pub fn event(message: &mut Message, ground: &HookGround<'_>, of: (&str, &str, &str), at: Time, value: Option<f64>) {
    let (id, customer, name) = of;
    message.events.push(EventRef {
        id,
        customer,
        user: "",
        name,
        occurred_at: at,
        received_at: ground.received_at.max(at),
        assumed: false,
        value,
        properties: "",
        says: Says::Once,
    });
}
