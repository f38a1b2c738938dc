//! Workflows of Microsoft Teams: an adaptive card.

use serde_json::{Value, json};

use super::{ChatMessage, Part};
use crate::post::Parcel;

/// Teams takes 28 KB; some is left for what stands around the text.
pub const TEXT_BYTES_MAX: usize = 18 * 1024;
/// Buttons of a card; others are links in the text.
const ACTIONS_MAX: usize = 6;

fn block(text: &str, is_heading: bool) -> Value {
    let weight = if is_heading { "Bolder" } else { "Default" };
    json!({ "type": "TextBlock", "text": text, "wrap": true, "weight": weight, "separator": is_heading })
}

/// What others wrote is no Markdown.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '_' | '[' | ']' | '#' | '\\' | '`' | '<' | '>') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// A part as its texts, each with whether it is a heading.
pub fn blocks(part: &Part) -> Vec<(String, bool)> {
    let links: Vec<String> = part.links.iter().map(|(word, to)| format!("[{}]({to})", escape(word))).collect();
    let lines = part.lines.iter().map(|l| (escape(l), false));
    let all = std::iter::once((escape(&part.heading), true)).chain(lines).chain([(links.join(" · "), false)]);
    all.filter(|(text, _)| !text.is_empty()).collect()
}

/// What a text takes, with what stands around it.
pub const fn size(text: &str) -> usize {
    text.len() + 100
}

pub fn write(address: &str, message: &ChatMessage) -> Parcel {
    let mut body = vec![block(&escape(&message.title), true)];
    for part in &message.parts {
        body.extend(blocks(part).iter().map(|(text, is_heading)| block(text, *is_heading)));
    }
    let actions: Vec<Value> = message
        .page
        .iter()
        .take(ACTIONS_MAX)
        .map(|(word, to)| json!({ "type": "Action.OpenUrl", "title": word, "url": to }))
        .collect();
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "body": body, "actions": actions,
    });
    let attachment =
        json!({ "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card });
    let body = json!({ "type": "message", "attachments": [attachment] }).to_string();
    Parcel { address: address.to_owned(), content_type: "application/json", headers: Vec::new(), body }
}
