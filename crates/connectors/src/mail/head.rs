//! What the head of a letter says: who, when, what it answers, and whether a person wrote it.

use kizashi_domain::intake::mail::{Nature, Party};
use kizashi_domain::limits::{MAIL_ANSWERS_MAX, MAIL_PARTIES_MAX, NAME_CHARS_MAX};
use kizashi_domain::time::Time;
use mail_parser::{Address, DateTime, Header, HeaderName, HeaderValue, Message, MimeHeaders as _};

use super::decode::{decode_words, is_doubtful};

/// The longest subject.
const SUBJECT_CHARS_MAX: usize = 300;
/// The longest Message-ID that is taken as it is.
const ID_CHARS_MAX: usize = 200;
/// Names at which no person reads.
const MACHINES: [&str; 3] = ["mailer-daemon", "postmaster", "mail-daemon"];

/// One line, without what no line may hold.
fn plain(text: &str, max: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(max).collect()
}

/// A mail address in lower case; empty when it is none.
fn address_of(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let is_one = text.chars().count() <= NAME_CHARS_MAX
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && text.rsplit_once('@').is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty());
    if is_one { text } else { String::new() }
}

/// Everybody whom some head lines name.
pub fn parties<'a>(lists: impl IntoIterator<Item = Option<&'a Address<'a>>>) -> Vec<Party> {
    let all = lists.into_iter().flatten().flat_map(Address::iter);
    let named = all.map(|a| {
        let name = a.name.as_deref().unwrap_or_default();
        let name = if is_doubtful(name) { decode_words(name.as_bytes()) } else { name.to_owned() };
        Party { name: plain(&name, NAME_CHARS_MAX), address: address_of(a.address.as_deref().unwrap_or_default()) }
    });
    let mut parties: Vec<Party> = Vec::new();
    for party in named.take(MAIL_PARTIES_MAX) {
        if !party.address.is_empty() && !parties.iter().any(|p| p.address == party.address) {
            parties.push(party);
        }
    }
    parties
}

/// A head line as it stands, still encoded.
fn raw_of<'a>(message: &'a Message<'_>, header: &Header<'_>) -> &'a [u8] {
    let (from, to) = (header.offset_start as usize, header.offset_end as usize);
    message.raw_message().get(from..to).unwrap_or_default()
}

/// The subject.
pub fn subject(message: &Message<'_>) -> String {
    let read = message.subject().unwrap_or_default();
    let raw = message.headers().iter().rev().find(|h| h.name == HeaderName::Subject).map(|h| raw_of(message, h));
    let is_bare = raw.is_some_and(|raw| raw.iter().any(|b| !b.is_ascii() || *b == 0x1b));
    let text = match raw {
        Some(raw) if is_doubtful(read) || is_bare => decode_words(raw),
        _ => read.to_owned(),
    };
    plain(&text, SUBJECT_CHARS_MAX)
}

/// An id of a letter as it is kept; `None` when it is none.
pub fn clean_id(id: &str) -> Option<String> {
    let id = id.trim().trim_matches(['<', '>']);
    let is_one =
        !id.is_empty() && id.len() <= ID_CHARS_MAX && !id.contains(|c: char| c.is_control() || c.is_whitespace());
    is_one.then(|| id.to_owned())
}

/// Ids of the letters that this one answers, the nearest first.
pub fn answers(message: &Message<'_>) -> Vec<String> {
    let ids = |value: &HeaderValue<'_>| -> Vec<String> {
        match value {
            HeaderValue::Text(one) => clean_id(one).into_iter().collect(),
            HeaderValue::TextList(many) => many.iter().rev().filter_map(|id| clean_id(id)).collect(),
            _ => Vec::new(),
        }
    };
    let mut all: Vec<String> = Vec::new();
    for id in ids(message.in_reply_to()).into_iter().chain(ids(message.references())) {
        if all.len() < MAIL_ANSWERS_MAX && !all.contains(&id) {
            all.push(id);
        }
    }
    all
}

/// An instant; `None` when it is no date.
pub fn time_of(date: &DateTime) -> Option<Time> {
    date.is_valid().then(|| Time(date.to_timestamp().saturating_mul(1_000_000)))
}

/// A head line of any name, in lower case.
fn word(message: &Message<'_>, name: &'static str) -> String {
    let found = message.headers().iter().rev().find(|h| h.name.as_str().eq_ignore_ascii_case(name));
    let raw = found.map(|h| String::from_utf8_lossy(raw_of(message, h)).trim().to_lowercase());
    raw.unwrap_or_default()
}

/// Who speaks.
pub fn nature(message: &Message<'_>, from: &Party) -> Nature {
    let user = from.address.split('@').next().unwrap_or_default();
    let is_report = message.content_type().is_some_and(|t| {
        t.ctype().eq_ignore_ascii_case("multipart") && t.subtype().is_some_and(|s| s.eq_ignore_ascii_case("report"))
    });
    if is_report || MACHINES.contains(&user) {
        return Nature::Bounce;
    }
    let submitted = word(message, "Auto-Submitted");
    let precedence = word(message, "Precedence");
    let answers_itself = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply"];
    let is_automatic = (!submitted.is_empty() && !submitted.starts_with("no"))
        || precedence.starts_with("auto")
        || answers_itself.iter().any(|name| !word(message, name).is_empty());
    if is_automatic {
        return Nature::Automatic;
    }
    let list = word(message, "List-Id");
    if list.is_empty() && !["list", "bulk", "junk"].contains(&precedence.as_str()) {
        return Nature::Personal;
    }
    // `Name <support.example.co.jp>`: what stands in the brackets is the id.
    let id = list.rsplit_once('<').map_or(list.as_str(), |(_, id)| id).trim_end_matches('>').trim();
    Nature::List(plain(id, NAME_CHARS_MAX))
}
