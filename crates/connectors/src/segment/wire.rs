//! A message as it stands on the wire, borrowed from its text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A text or number; null is empty. Lists, objects, true and false are `bad`, so that the fault can name its field.
#[derive(Debug, Default)]
pub struct Text<'a> {
    pub value: Cow<'a, str>,
    pub bad: bool,
}

impl Text<'_> {
    /// Without spaces around it.
    pub fn get(&self) -> &str {
        trim(&self.value)
    }
}

/// [`str::trim`], quick for texts that begin and end with a plain character.
pub fn trim(text: &str) -> &str {
    let is_plain = |b: &u8| (b'!'..=b'~').contains(b);
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) if is_plain(first) && is_plain(last) => text,
        _ => text.trim(),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Any;
        const fn good<'a>(value: Cow<'a, str>) -> Text<'a> {
            Text { value, bad: false }
        }
        const BAD: Text<'static> = Text { value: Cow::Borrowed(""), bad: true };
        impl<'de> Visitor<'de> for Any {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(good(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(good(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, n: u64) -> Result<Text<'de>, E> {
                Ok(good(Cow::Owned(n.to_string())))
            }
            fn visit_i64<E>(self, n: i64) -> Result<Text<'de>, E> {
                Ok(good(Cow::Owned(n.to_string())))
            }
            fn visit_f64<E>(self, n: f64) -> Result<Text<'de>, E> {
                Ok(good(Cow::Owned(n.to_string())))
            }
            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Text<'de>, E> {
                Ok(BAD)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Text<'de>, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(BAD)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(BAD)
            }
        }
        d.deserialize_any(Any)
    }
}

/// A message: a Segment call, a batch of them, or a plain event.
#[derive(Debug, serde::Deserialize)]
pub struct Wire<'a> {
    #[serde(borrow, default, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow, default, rename = "messageId")]
    pub message_id: Text<'a>,
    #[serde(borrow, default, rename = "userId")]
    pub user_id: Text<'a>,
    #[serde(borrow, default, rename = "anonymousId")]
    pub anonymous_id: Text<'a>,
    #[serde(borrow, default)]
    pub event: Text<'a>,
    #[serde(borrow, default)]
    pub timestamp: Text<'a>,
    #[serde(borrow, default, rename = "originalTimestamp")]
    pub original_timestamp: Text<'a>,
    #[serde(borrow, default, rename = "sentAt")]
    pub sent_at: Text<'a>,
    #[serde(borrow, default, rename = "receivedAt", alias = "received_at")]
    pub received_at: Text<'a>,
    #[serde(borrow, default)]
    pub context: Option<Context<'a>>,
    #[serde(borrow, default)]
    pub properties: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub traits: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "groupId")]
    pub group_id: Text<'a>,
    #[serde(borrow, default, rename = "previousId")]
    pub previous_id: Text<'a>,
    #[serde(borrow, default)]
    pub name: Text<'a>,
    #[serde(borrow, default)]
    pub batch: Option<&'a RawValue>,
    // A plain event.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    #[serde(borrow, default)]
    pub customer: Text<'a>,
    #[serde(borrow, default)]
    pub user: Text<'a>,
    #[serde(borrow, default)]
    pub occurred_at: Text<'a>,
    #[serde(borrow, default)]
    pub value: Text<'a>,
    #[serde(borrow, default)]
    pub deleted: Option<&'a RawValue>,
}

/// What is read of a message's context.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Context<'a> {
    #[serde(borrow, default, rename = "groupId")]
    pub group_id: Text<'a>,
}

/// What a parser said, without the data that it may quote.
pub fn describe(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "not valid JSON",
        serde_json::error::Category::Data => "not an object of the expected form",
        serde_json::error::Category::Io => "cannot be read",
    };
    format!("{what}, column {}", error.column())
}
