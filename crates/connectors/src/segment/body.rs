//! The body of an intake request.

use kizashi_domain::limits::INTAKE_INFLATED_BYTES_MAX;
use kizashi_domain::time::{Time, Zone};
use serde_json::value::RawValue;

use super::chunk::{Before, Chunk};
use super::groups::Groups;
use super::message::{Clock, Outer, Parser};
use super::wire::{Context, Text, describe};
use crate::ids::EqualRows;
use crate::parsed::Parsed;

/// What an address says that its body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A list of messages.
    Batch,
    /// One message of the type that it names itself.
    Any,
    /// One event.
    Track,
    /// One person.
    Identify,
    /// One customer.
    Group,
    /// One page viewed.
    Page,
    /// One screen viewed.
    Screen,
    /// One user that had another id.
    Alias,
}

impl Call {
    /// Reads the last part of an address: `batch`, `import`, `track`, `t` …
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "batch" | "import" | "b" => Self::Batch,
            "track" | "t" => Self::Track,
            "identify" | "i" => Self::Identify,
            "group" | "g" => Self::Group,
            "page" | "p" => Self::Page,
            "screen" | "s" => Self::Screen,
            "alias" | "a" => Self::Alias,
            _ => return None,
        })
    }

    const fn word(self) -> Option<&'static str> {
        match self {
            Self::Batch => None,
            Self::Any => Some(""),
            Self::Track => Some("track"),
            Self::Identify => Some("identify"),
            Self::Group => Some("group"),
            Self::Page => Some("page"),
            Self::Screen => Some("screen"),
            Self::Alias => Some("alias"),
        }
    }
}

/// Why a whole body is refused: the client gets 400 and drops it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// Larger than the limit.
    #[error("the body is larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// No JSON, or no batch where one belongs.
    #[error("the body is not JSON of the expected form: {detail}")]
    NotJson {
        /// What the parser said, without the data.
        detail: String,
    },
}

#[derive(serde::Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    batch: Vec<&'a RawValue>,
    #[serde(borrow, default, rename = "sentAt")]
    sent_at: Text<'a>,
    #[serde(borrow, default)]
    context: Option<Context<'a>>,
}

/// Reads the body of an intake request. Refusals count messages from 0. A message that is bad costs itself, not the
/// batch. `groups` is what is known of users; what the body adds to it is in [`Parsed::groups`].
pub fn parse_body(
    call: Call,
    body: &[u8],
    received_at: Time,
    zone: &Zone,
    groups: &Groups,
) -> Result<Parsed, BodyError> {
    read(call, body, received_at, zone, Before::Groups(groups))
}

/// [`parse_body`] that asks for the customer of a user, and only for users whose messages name none.
pub fn parse_body_asking(
    call: Call,
    body: &[u8],
    received_at: Time,
    zone: &Zone,
    customer_of: &dyn Fn(&str) -> Option<String>,
) -> Result<Parsed, BodyError> {
    read(call, body, received_at, zone, Before::Ask(customer_of))
}

fn read(call: Call, body: &[u8], received_at: Time, zone: &Zone, before: Before<'_>) -> Result<Parsed, BodyError> {
    let text = read_utf8(body)?;
    let mut parser = Parser::new(zone.clone(), Clock::Live(received_at));
    let mut chunk = Chunk::default();
    match call.word() {
        Some(word) => {
            // A body that is no JSON at all is the client's fault, not one bad message.
            let _: &RawValue = serde_json::from_str(text).map_err(|e| BodyError::NotJson { detail: describe(&e) })?;
            parser.take(text.trim(), 0, Some(word), Outer::default(), &mut chunk);
        }
        None => {
            let batch: Batch<'_> =
                serde_json::from_str(text).map_err(|e| BodyError::NotJson { detail: describe(&e) })?;
            let sent_at = kizashi_domain::intake::parse::read_time(batch.sent_at.get(), zone).ok();
            let customer = batch.context.as_ref().map_or("", |c| c.group_id.get());
            for (index, message) in (0_u64..).zip(&batch.batch) {
                parser.take(message.get(), index, Some(""), Outer { sent_at, customer }, &mut chunk);
            }
        }
    }
    let parsed = chunk.resolve(before, &mut EqualRows::default());
    // Only a file can have too many rows.
    parsed.map_err(|e| BodyError::NotJson { detail: e.to_string() })
}

/// The write key that a body carries, for clients that send no Basic user name.
pub fn find_write_key(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Keyed<'a> {
        #[serde(borrow, default, rename = "writeKey")]
        write_key: Text<'a>,
    }
    let keyed: Keyed<'_> = serde_json::from_str(read_utf8(body).ok()?).ok()?;
    let key = keyed.write_key.get();
    (!key.is_empty()).then(|| key.to_owned())
}

fn read_utf8(body: &[u8]) -> Result<&str, BodyError> {
    if body.len() > INTAKE_INFLATED_BYTES_MAX {
        return Err(BodyError::TooLarge { max: INTAKE_INFLATED_BYTES_MAX });
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    std::str::from_utf8(body).map_err(|_| BodyError::NotJson { detail: "not UTF-8".to_owned() })
}
