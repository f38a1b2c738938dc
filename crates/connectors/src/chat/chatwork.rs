//! Rooms of Chatwork: a form with one text, in which tags in brackets make a box.

use super::{ChatMessage, Part};
use crate::post::Parcel;

/// Text of a message; Chatwork takes more, and nobody reads more.
pub const TEXT_CHARS_MAX: usize = 10_000;

/// What others wrote is no tag.
fn plain(text: &str) -> String {
    text.replace('[', "［").replace(']', "］")
}

/// A part, line by line.
pub fn lines(part: &Part) -> Vec<String> {
    let heading = Some(plain(&part.heading)).filter(|h| !h.is_empty());
    let links = part.links.iter().map(|(word, to)| format!("{}: {to}", plain(word)));
    heading.into_iter().chain(part.lines.iter().map(|l| plain(l))).chain(links).collect()
}

/// A value of a form.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

pub fn write(address: &str, token: &str, message: &ChatMessage) -> Parcel {
    let mut lines = Vec::new();
    for part in &message.parts {
        if !lines.is_empty() {
            lines.push("[hr]".to_owned());
        }
        lines.extend(self::lines(part));
    }
    if let Some((word, to)) = &message.page {
        lines.push(format!("{}: {to}", plain(word)));
    }
    let text = format!("[info][title]{}[/title]{}[/info]", plain(&message.title), lines.join("\n"));
    Parcel {
        address: address.to_owned(),
        content_type: "application/x-www-form-urlencoded",
        headers: vec![("x-chatworktoken", token.to_owned())],
        body: format!("body={}&self_unread=1", encode(&text)),
    }
}
