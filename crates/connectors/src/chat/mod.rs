//! Messages to places of chats: each kind writes them in its own form, and says in its own way whether it took them.
//!
//! The addresses are those that the makers give for incoming messages; they are sent by [`crate::post::Postman`], behind its guard.

mod chatwork;
mod line_works;
mod slack;
mod teams;

use crate::post::{Parcel, Reply};

/// The longest title and the longest line, in characters.
const LINE_CHARS_MAX: usize = 1_000;
/// Lines of a message.
const LINES_MAX: usize = 40;
/// Buttons of a message.
const BUTTONS_MAX: usize = 5;

/// A message that every kind of chat can show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChatMessage {
    /// One line.
    pub title: String,
    /// Parts, each with a heading that may be empty, its lines, and its links.
    pub parts: Vec<Part>,
    /// The button that leads to the page: its word and address.
    pub page: Option<(String, String)>,
}

/// A part of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Heading.
    pub heading: String,
    /// Lines.
    pub lines: Vec<String>,
    /// Words with addresses.
    pub links: Vec<(String, String)>,
}

/// A kind of chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chat {
    /// Incoming webhooks as Slack has them.
    Slack,
    /// Workflows of Microsoft Teams.
    Teams,
    /// Rooms of Chatwork.
    Chatwork,
    /// Incoming webhooks of LINE WORKS.
    LineWorks,
}

/// How a chat answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatReply {
    /// It took the message.
    Taken,
    /// It did not; it may later, and asks to wait so many seconds.
    Later(&'static str, Option<i64>),
    /// It never will.
    Refused(&'static str),
    /// It may have.
    Unclear(&'static str),
}

impl Chat {
    /// The message as this kind wants it.
    pub fn write(self, address: &str, token: Option<&str>, message: &ChatMessage) -> Parcel {
        let message = message.within_limits();
        match self {
            Self::Slack => slack::write(address, &message),
            Self::Teams => teams::write(address, &message),
            Self::Chatwork => chatwork::write(address, token.unwrap_or_default(), &message),
            Self::LineWorks => line_works::write(address, &message),
        }
    }

    /// What an answer of this kind says.
    pub fn read(self, reply: &Reply) -> ChatReply {
        match reply.status {
            Some(200..300) => ChatReply::Taken,
            Some(429) => ChatReply::Later("busy", reply.retry_after_s),
            Some(500..600) => ChatReply::Later("answer", reply.retry_after_s),
            Some(401 | 403) => ChatReply::Refused("sign-in"),
            Some(404 | 410) => ChatReply::Refused("gone"),
            Some(_) => ChatReply::Refused("refused"),
            None if reply.may_have_gone => ChatReply::Unclear(reply.fault),
            None if matches!(reply.fault, "address" | "private") => ChatReply::Refused(reply.fault),
            None => ChatReply::Later(reply.fault, None),
        }
    }
}

fn cut(text: &str) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    let mut out: String = plain.clone().take(LINE_CHARS_MAX).collect();
    if plain.count() > LINE_CHARS_MAX {
        out.pop();
        out.push('…');
    }
    out
}

impl ChatMessage {
    fn within_limits(&self) -> Self {
        let mut left = LINES_MAX;
        let mut parts = Vec::new();
        for part in &self.parts {
            if left == 0 {
                break;
            }
            let lines: Vec<String> = part.lines.iter().take(left).map(|l| cut(l)).collect();
            left -= lines.len();
            let links = part.links.iter().take(BUTTONS_MAX).cloned().collect();
            parts.push(Part { heading: cut(&part.heading), lines, links });
        }
        Self { title: cut(&self.title), parts, page: self.page.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> ChatMessage {
        ChatMessage {
            title: "朝のまとめ <&> *2件*".into(),
            parts: vec![Part {
                heading: "ミナト製作所".into(),
                lines: vec!["推進役が退職 [info]".into(), "面談を申し込む".into()],
                links: vec![("対応する".into(), "https://k.example/answer/a?b=1&c=2".into())],
            }],
            page: Some(("今日を開く".into(), "https://k.example/today".into())),
        }
    }

    #[test]
    fn each_kind_writes_what_its_maker_asks_for() {
        let slack = Chat::Slack.write("https://hooks.slack.example/x", None, &message());
        let body: serde_json::Value = serde_json::from_str(&slack.body).unwrap();
        assert_eq!(body["text"], "朝のまとめ &lt;&amp;&gt; *2件*");
        assert_eq!(body["blocks"][0]["type"], "header");
        assert_eq!(body["blocks"][1]["text"]["type"], "mrkdwn");
        assert_eq!(body["blocks"][2]["elements"][0]["url"], "https://k.example/answer/a?b=1&c=2");
        assert_eq!(slack.content_type, "application/json");

        let teams = Chat::Teams.write("https://teams.example/x", None, &message());
        let body: serde_json::Value = serde_json::from_str(&teams.body).unwrap();
        assert_eq!(body["type"], "message");
        let card = &body["attachments"][0];
        assert_eq!(card["contentType"], "application/vnd.microsoft.card.adaptive");
        assert_eq!(card["content"]["type"], "AdaptiveCard");
        assert_eq!(card["content"]["actions"][0]["type"], "Action.OpenUrl");

        let chatwork =
            Chat::Chatwork.write("https://api.chatwork.example/v2/rooms/1/messages", Some("t0ken"), &message());
        assert_eq!(chatwork.headers, [("x-chatworktoken", "t0ken".to_owned())]);
        assert_eq!(chatwork.content_type, "application/x-www-form-urlencoded");
        assert!(chatwork.body.starts_with("body=%5Binfo%5D%5Btitle%5D") && chatwork.body.ends_with("&self_unread=1"));
        assert!(!chatwork.body.contains("%5Binfo%5D%0A%5Binfo%5D"), "what others wrote is no tag");

        let line = Chat::LineWorks.write("https://webhook.worksmobile.example/x", None, &message());
        let body: serde_json::Value = serde_json::from_str(&line.body).unwrap();
        assert_eq!(body["title"], "朝のまとめ <&> *2件*");
        assert!(body["body"]["text"].as_str().unwrap().contains("面談を申し込む"));
        assert_eq!(body["button"]["url"], "https://k.example/today");
    }

    #[test]
    fn answers_are_read_and_what_may_have_gone_is_not_repeated() {
        let reply = |status, fault, may_have_gone| Reply { status, fault, may_have_gone, ..Reply::default() };
        for (given, wanted) in [
            (reply(Some(200), "", false), ChatReply::Taken),
            (reply(Some(202), "", false), ChatReply::Taken),
            (reply(Some(503), "", false), ChatReply::Later("answer", None)),
            (reply(Some(400), "", false), ChatReply::Refused("refused")),
            (reply(Some(403), "", false), ChatReply::Refused("sign-in")),
            (reply(Some(404), "", false), ChatReply::Refused("gone")),
            (reply(None, "connect", false), ChatReply::Later("connect", None)),
            (reply(None, "private", false), ChatReply::Refused("private")),
            (reply(None, "timeout", true), ChatReply::Unclear("timeout")),
        ] {
            assert_eq!(Chat::Slack.read(&given), wanted);
        }
        let busy = Reply { status: Some(429), retry_after_s: Some(30), ..Reply::default() };
        assert_eq!(Chat::Teams.read(&busy), ChatReply::Later("busy", Some(30)));
    }

    #[test]
    fn the_longest_message_is_within_what_every_kind_takes() {
        let long = "長".repeat(3_000);
        let part = Part {
            heading: long.clone(),
            lines: vec![long.clone(); 90],
            links: vec![("x".into(), "https://k.example".into()); 9],
        };
        let message = ChatMessage { title: long, parts: vec![part; 40], page: None };
        for chat in [Chat::Slack, Chat::Teams, Chat::Chatwork, Chat::LineWorks] {
            let parcel = chat.write("https://x.example", Some("t"), &message);
            // Teams takes 28 KB.
            let max = if chat == Chat::Teams { 28 * 1024 } else { 500 * 1024 };
            assert!(parcel.body.len() <= max, "{chat:?}: {}", parcel.body.len());
        }
    }
}
