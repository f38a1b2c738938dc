//! One letter, from its bytes to what is kept of it.

use kizashi_domain::intake::Reason;
use kizashi_domain::intake::mail::{Attachment, Letter, split_reply};
use kizashi_domain::limits::{MAIL_ATTACHMENTS_MAX, MAIL_HEAD_BYTES_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::time::Time;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use sha2::{Digest as _, Sha256};

use super::decode::{BROKEN, decode_unnamed, decode_words, is_doubtful};
use super::flowed::unwrap_lines;
use super::head::{answers, clean_id, nature, parties, subject, time_of};
use super::html;
use crate::parsed::Fault;

/// Bytes of text that are looked at of one letter.
const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Parts that are looked at for text.
const PARTS_MAX: usize = 20;

/// Reads a letter. `arrived_at` = when the server took it, when that is known from elsewhere.
///
/// # Errors
/// The field and the reason; of a sender that is missing, [`Reason::Required`].
pub fn read_letter(raw: &[u8], arrived_at: Option<Time>) -> Result<Letter, (String, Reason)> {
    read(raw, arrived_at).map_err(|fault| (fault.field, fault.reason))
}

pub(super) fn read(raw: &[u8], arrived_at: Option<Time>) -> Result<Letter, Fault> {
    if head_bytes(raw) > MAIL_HEAD_BYTES_MAX {
        return Err(Fault::of_row(Reason::TooLarge { max: MAIL_HEAD_BYTES_MAX }));
    }
    let message = MessageParser::default().parse(raw).filter(|m| !m.parts.is_empty() && !m.headers().is_empty());
    let Some(message) = message else { return Err(Fault::of_row(Reason::NotAMail)) };
    let is_mail = message.from().is_some() || message.date().is_some() || message.message_id().is_some();
    if !is_mail {
        return Err(Fault::of_row(Reason::NotAMail));
    }
    let Some(from) = parties([message.from(), message.sender(), message.reply_to()]).into_iter().next() else {
        return Err(Fault::new("From", &subject(&message), Reason::Required));
    };
    let text = cut(&text_of(&message));
    let (new, quoted) = split_reply(&text);
    let (new, quoted) = (new.to_owned(), quoted.to_owned());
    let received = || message.received_all().find_map(|r| r.date().as_ref().and_then(time_of));
    let mut letter = Letter {
        id: String::new(),
        answers: answers(&message),
        written_at: message.date().and_then(time_of),
        arrived_at: arrived_at.or_else(received),
        nature: nature(&message, &from),
        to: parties([message.to(), message.cc(), message.bcc()]),
        subject: subject(&message),
        text: new,
        quoted,
        attachments: attachments(&message),
        from,
    };
    letter.id = message.message_id().and_then(clean_id).unwrap_or_else(|| hash_of(&letter));
    Ok(letter)
}

/// The id of a letter that brings none, or one that cannot be kept: what it says. When it arrived is no part of it, because the copy in
/// a file and the one on the server differ in that.
fn hash_of(letter: &Letter) -> String {
    let mut digest = Sha256::new();
    let to: Vec<&str> = letter.to.iter().map(|p| p.address.as_str()).collect();
    let at = letter.written_at.map_or(0, Time::micros).to_string();
    for part in [&letter.from.address, &to.join(","), &at, &letter.subject, &letter.text, &letter.quoted] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let hex: String = digest.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect();
    format!("sha256:{hex}")
}

fn head_bytes(raw: &[u8]) -> usize {
    let end = |pattern: &[u8]| memchr::memmem::find(raw, pattern).unwrap_or(raw.len());
    end(b"\n\n").min(end(b"\r\n\r\n"))
}

fn cut(text: &str) -> String {
    let clean = text.replace("\r\n", "\n");
    clean
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .take(TEXT_CHARS_MAX)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// The text of a letter: the plain one, else what its HTML says.
fn text_of(message: &Message<'_>) -> String {
    let of = |ids: &[u32]| {
        let parts = ids.iter().filter_map(|id| message.parts.get(*id as usize)).filter(|p| p.is_text());
        let texts: Vec<String> = parts.take(PARTS_MAX).map(|p| text_of_part(message, p)).collect();
        texts.iter().map(|t| t.trim_end()).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("\n\n")
    };
    let plain = of(&message.text_body);
    if plain.trim().is_empty() { of(&message.html_body) } else { plain }
}

fn text_of_part(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let (read, is_html) = match &part.body {
        PartType::Text(text) => (text.as_ref(), false),
        PartType::Html(text) => (text.as_ref(), true),
        _ => return String::new(),
    };
    let again = is_doubtful(read).then(|| decode_again(message, part)).flatten();
    let text = again.as_deref().unwrap_or(read);
    let end = (0..=TEXT_BYTES_MAX.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let text = text.get(..end).unwrap_or_default();
    if is_html {
        return html::to_text(text);
    }
    let kind = part.content_type();
    let says =
        |name: &str, value: &str| kind.and_then(|k| k.attribute(name)).is_some_and(|v| v.eq_ignore_ascii_case(value));
    if says("format", "flowed") { unwrap_lines(text, says("delsp", "yes")) } else { text.to_owned() }
}

/// The bytes of a part read anew, as what they most likely are; `None` when that is no better.
fn decode_again(message: &Message<'_>, part: &MessagePart<'_>) -> Option<String> {
    let raw = message.raw_message().get(part.raw_body_offset() as usize..part.raw_end_offset() as usize)?;
    let bytes = match part.encoding {
        Encoding::Base64 => base64_decode(raw)?,
        Encoding::QuotedPrintable => quoted_printable_decode(raw)?,
        Encoding::None => raw.to_vec(),
    };
    let text = decode_unnamed(&bytes);
    let broken = |text: &str| text.chars().filter(|c| *c == BROKEN || *c == '\u{1b}').count();
    let before = match &part.body {
        PartType::Text(text) | PartType::Html(text) => broken(text),
        _ => 0,
    };
    (broken(&text) < before).then_some(text)
}

fn attachments(message: &Message<'_>) -> Vec<Attachment> {
    let parts = message.attachments().filter(|part| part.attachment_name().is_some() || !part.is_text());
    let files = parts.take(MAIL_ATTACHMENTS_MAX).map(|part| {
        let name = part.attachment_name().unwrap_or_default();
        let name =
            if is_doubtful(name) || name.contains("=?") { decode_words(name.as_bytes()) } else { name.to_owned() };
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        Attachment {
            name: name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect(),
            bytes: part.len() as u64,
        }
    });
    files.collect()
}
