//! Slack's incoming webhooks, and those that others have made like them: `text` for small screens, `blocks` for large ones.

use serde_json::{Value, json};

use super::{ChatMessage, Part};
use crate::post::Parcel;

/// Blocks of a message, beside its title and its button.
pub const BLOCKS_MAX: usize = 45;
/// Text of a header, and of a section.
const HEADER_CHARS_MAX: usize = 150;
pub const SECTION_CHARS_MAX: usize = 2_900;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn first(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// A part as text.
pub fn section(part: &Part) -> String {
    let heading = if part.heading.is_empty() { String::new() } else { format!("*{}*\n", escape(&part.heading)) };
    let lines: Vec<String> = part.lines.iter().map(|l| escape(l)).collect();
    format!("{heading}{}", lines.join("\n"))
}

fn button(word: &str, address: &str) -> Value {
    json!({ "type": "button", "text": { "type": "plain_text", "text": first(word, 75) }, "url": address })
}

pub fn write(address: &str, message: &ChatMessage) -> Parcel {
    let mut blocks = vec![
        json!({ "type": "header", "text": { "type": "plain_text", "text": first(&message.title, HEADER_CHARS_MAX) } }),
    ];
    for part in &message.parts {
        let text = section(part);
        if !text.trim().is_empty() {
            blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } }));
        }
        if !part.links.is_empty() {
            let buttons: Vec<Value> = part.links.iter().map(|(word, to)| button(word, to)).collect();
            blocks.push(json!({ "type": "actions", "elements": buttons }));
        }
    }
    if let Some((word, to)) = &message.page {
        blocks.push(json!({ "type": "actions", "elements": [button(word, to)] }));
    }
    let body = json!({ "text": escape(&message.title), "blocks": blocks }).to_string();
    Parcel { address: address.to_owned(), content_type: "application/json", headers: Vec::new(), body }
}
