//! Incoming webhooks of LINE WORKS: a title, a text, and one button.

use serde_json::json;

use super::{ChatMessage, Part};
use crate::post::Parcel;

const TITLE_CHARS_MAX: usize = 100;
/// Text of a message.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// A part, line by line.
pub fn lines(part: &Part) -> Vec<String> {
    let heading = Some(part.heading.clone()).filter(|h| !h.is_empty());
    let links = part.links.iter().map(|(word, to)| format!("{word}: {to}"));
    heading.into_iter().chain(part.lines.iter().cloned()).chain(links).collect()
}

pub fn write(address: &str, message: &ChatMessage) -> Parcel {
    let mut lines = Vec::new();
    for part in &message.parts {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(self::lines(part));
    }
    let text = lines.join("\n");
    let title: String = message.title.chars().take(TITLE_CHARS_MAX).collect();
    let text = if text.trim().is_empty() { title.clone() } else { text };
    let mut body = json!({ "title": title, "body": { "text": text } });
    if let (Some((word, to)), Some(object)) = (&message.page, body.as_object_mut()) {
        object.insert("button".to_owned(), json!({ "label": word, "url": to }));
    }
    Parcel {
        address: address.to_owned(),
        content_type: "application/json; charset=UTF-8",
        headers: Vec::new(),
        body: body.to_string(),
    }
}
