//! Rooms of Chatwork: a form with one text, in which tags in brackets make a box.

use super::ChatMessage;
use crate::post::Parcel;

/// What others wrote is no tag.
fn plain(text: &str) -> String {
    text.replace('[', "［").replace(']', "］")
}

/// A value of a form.
fn encode(text: &str) -> String {
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
        lines.extend(Some(plain(&part.heading)).filter(|h| !h.is_empty()));
        lines.extend(part.lines.iter().map(|l| plain(l)));
        lines.extend(part.links.iter().map(|(word, to)| format!("{}: {to}", plain(word))));
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
