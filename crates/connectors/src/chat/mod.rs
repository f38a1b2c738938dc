//! Messages to places of chats: each kind writes them in its own form, and says in its own way whether it took them.
//!
//! The addresses are those that the makers give for incoming messages; they are sent by [`crate::post::Postman`], behind its guard.

mod chatwork;
mod line_works;
mod slack;
mod teams;

use std::ops::Range;

use crate::post::{Parcel, Reply};

/// The longest title and the longest line, in characters.
const LINE_CHARS_MAX: usize = 1_000;
/// The longest heading, in characters.
const HEADING_CHARS_MAX: usize = 200;
/// No line is made shorter than this while another one can be.
const LINE_CHARS_MIN: usize = 40;
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
    /// How large a part may be in this kind, and all parts of a message together, each in the kind's own measure.
    const fn room(self) -> (usize, usize) {
        match self {
            Self::Slack => (slack::SECTION_CHARS_MAX, slack::BLOCKS_MAX),
            Self::Teams => (teams::TEXT_BYTES_MAX, teams::TEXT_BYTES_MAX),
            Self::Chatwork => (chatwork::TEXT_CHARS_MAX, chatwork::TEXT_CHARS_MAX),
            Self::LineWorks => (line_works::TEXT_CHARS_MAX, line_works::TEXT_CHARS_MAX),
        }
    }

    /// What a part takes of these two.
    fn measure(self, part: &Part) -> (usize, usize) {
        let both = |n| (n, n);
        match self {
            Self::Slack => (slack::section(part).chars().count(), 2),
            Self::Teams => both(teams::blocks(part).iter().map(|(text, _)| teams::size(text)).sum()),
            Self::Chatwork => both(chatwork::lines(part).iter().map(|l| l.chars().count() + 1).sum::<usize>() + 5),
            Self::LineWorks => both(line_works::lines(part).iter().map(|l| l.chars().count() + 1).sum::<usize>() + 1),
        }
    }

    /// The part as this kind can take it: its links stay, its longest lines are made shorter, and say so.
    fn fit(self, part: &Part) -> Part {
        let mut part = Part {
            heading: cut(&part.heading, HEADING_CHARS_MAX),
            lines: part.lines.iter().map(|l| cut(l, LINE_CHARS_MAX)).collect(),
            links: part.links.iter().take(BUTTONS_MAX).cloned().collect(),
        };
        let (max, _) = self.room();
        while self.measure(&part).0 > max {
            let longest = part.lines.iter_mut().max_by_key(|l| l.chars().count());
            let Some(line) = longest else { break };
            let chars = line.chars().count();
            if chars > LINE_CHARS_MIN {
                *line = cut(line, (chars / 2).max(LINE_CHARS_MIN));
            } else {
                part.lines.pop();
                part.lines.pop();
                part.lines.push("…".to_owned());
            }
        }
        part
    }

    /// How many messages it takes: for each, how many parts of the message it holds, in order. A part is never split.
    pub fn share(self, message: &ChatMessage) -> Vec<usize> {
        let (_, max) = self.room();
        let (mut shares, mut held, mut left) = (Vec::new(), 0, max);
        for part in &message.parts {
            let (_, size) = self.measure(&self.fit(part));
            if held > 0 && size > left {
                shares.push(held);
                (held, left) = (0, max);
            }
            held += 1;
            left = left.saturating_sub(size);
        }
        shares.push(held);
        shares
    }

    /// The message as this kind wants it.
    pub fn write(self, address: &str, token: Option<&str>, message: &ChatMessage) -> Parcel {
        let parts = message.parts.iter().map(|part| self.fit(part)).collect();
        let message = ChatMessage { title: cut(&message.title, LINE_CHARS_MAX), parts, page: message.page.clone() };
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

fn cut(text: &str, chars_max: usize) -> String {
    let plain = text.chars().filter(|c| !c.is_control());
    let mut out: String = plain.clone().take(chars_max).collect();
    if plain.count() > chars_max {
        out.pop();
        out.push('…');
    }
    out
}

impl ChatMessage {
    /// Some of its parts as a message of its own, which says that it is the nth of so many.
    pub fn piece(&self, parts: Range<usize>, (nth, of): (i64, i64)) -> Self {
        let parts = self.parts.get(parts).unwrap_or_default().to_vec();
        Self { title: format!("({nth}/{of}) {}", self.title), parts, page: self.page.clone() }
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
        let message = ChatMessage { title: long, parts: vec![part; 12], page: None };
        for chat in ALL {
            for piece in pieces(chat, &message) {
                let parcel = chat.write("https://x.example", Some("t"), &piece);
                // Teams takes 28 KB.
                let max = if chat == Chat::Teams { 28 * 1024 } else { 500 * 1024 };
                assert!(parcel.body.len() <= max, "{chat:?}: {}", parcel.body.len());
            }
        }
    }

    const ALL: [Chat; 4] = [Chat::Slack, Chat::Teams, Chat::Chatwork, Chat::LineWorks];

    fn pieces(chat: Chat, message: &ChatMessage) -> Vec<ChatMessage> {
        let shares = chat.share(message);
        let mut from = 0;
        let of = i64::try_from(shares.len()).unwrap();
        (1..)
            .zip(&shares)
            .map(|(nth, share)| {
                from += share;
                message.piece(from - share..from, (nth, of))
            })
            .collect()
    }

    #[test]
    fn a_long_digest_goes_as_several_messages_in_which_every_item_has_its_answers() {
        let link = |n: usize, word: &str| {
            (word.to_owned(), format!("https://kizashi.example/answer/{n}{word}{}", "x".repeat(76)))
        };
        let card = |n: usize| Part {
            heading: format!("■ 赤 {n}番目の商事 41"),
            lines: vec![
                "なぜ: ".to_owned() + &"利用者が減っています。".repeat(1 + 60 * (n % 3)),
                "何を: 面談".to_owned(),
            ],
            links: ["take", "later", "wrong"].map(|word| link(n, word)).to_vec(),
        };
        let rest = |heading: &str| Part {
            heading: heading.to_owned(),
            lines: vec!["11/24(火) 電話".to_owned(); 9],
            links: Vec::new(),
        };
        let mut parts: Vec<Part> = (0..40).map(card).collect();
        parts.extend(["作業12件", "対策会議の行動", "近い通知期限", "静かになったデータ"].map(rest));
        let message = ChatMessage { title: "朝のまとめ".into(), parts, page: None };
        for chat in ALL {
            let bodies: Vec<String> = pieces(chat, &message)
                .iter()
                .map(|piece| chat.write("https://x.example", Some("t"), piece).body)
                .collect();
            assert!(bodies.len() > 1 || chat == Chat::Chatwork, "{chat:?}");
            let all = bodies.concat();
            for n in 0..40 {
                for word in ["take", "later", "wrong"] {
                    let link = format!("answer/{n}{word}xxx");
                    let link = if chat == Chat::Chatwork { chatwork::encode(&link) } else { link };
                    assert_eq!(all.matches(&link).count(), 1, "{chat:?}: {link}");
                }
            }
            for heading in ["作業12件", "対策会議の行動", "近い通知期限", "静かになったデータ"]
            {
                let heading = if chat == Chat::Chatwork { chatwork::encode(heading) } else { heading.to_owned() };
                assert!(all.contains(&heading), "{chat:?}: {heading}");
            }
            if chat == Chat::LineWorks {
                for body in &bodies {
                    let body: serde_json::Value = serde_json::from_str(body).unwrap();
                    assert!(body["body"]["text"].as_str().unwrap().chars().count() <= 2_000);
                }
            }
        }
        let short = ChatMessage { parts: message.parts[..1].to_vec(), ..message };
        assert!(ALL.iter().all(|chat| chat.share(&short) == [1]), "what fits goes as one");
    }
}
