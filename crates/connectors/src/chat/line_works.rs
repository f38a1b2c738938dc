//! Incoming webhooks of LINE WORKS: a title, a text, and one button.

use serde_json::json;

use super::ChatMessage;
use crate::post::Parcel;

const TITLE_CHARS_MAX: usize = 100;
const TEXT_CHARS_MAX: usize = 2_000;

pub fn write(address: &str, message: &ChatMessage) -> Parcel {
    let mut lines = Vec::new();
    for part in &message.parts {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(Some(part.heading.clone()).filter(|h| !h.is_empty()));
        lines.extend(part.lines.iter().cloned());
        lines.extend(part.links.iter().map(|(word, to)| format!("{word}: {to}")));
    }
    // Whole lines: half of a link leads nowhere.
    let mut text = String::new();
    let mut chars = 0;
    for line in lines {
        chars += line.chars().count() + 1;
        if chars > TEXT_CHARS_MAX {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    let title: String = message.title.chars().take(TITLE_CHARS_MAX).collect();
    let text = if text.trim().is_empty() { title.clone() } else { text.trim_end().to_owned() };
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
