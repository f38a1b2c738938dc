//! The port to messages that other systems push: who sent them is proved by a signature, and what they say is read.

use serde::{Deserialize, Serialize};

use super::{CustomerNames, Message, Refusal};
use crate::time::Time;

/// How far the time of a signed message may lie from ours.
pub const HOOK_TOLERANCE_US: i64 = 300 * 1_000_000;

/// Who pushes, and so how messages are signed and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HookKind {
    /// Anybody who signs as Standard Webhooks says; a map tells what is what.
    Standard,
    /// Stripe.
    Stripe,
    /// Zendesk.
    Zendesk,
    /// HubSpot, signatures of version 3.
    Hubspot,
    /// Our own contact form; not signed.
    Form,
}

impl HookKind {
    /// All kinds that are signed.
    pub const SIGNED: [Self; 4] = [Self::Standard, Self::Stripe, Self::Zendesk, Self::Hubspot];

    /// The word in the database and in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Stripe => "stripe",
            Self::Zendesk => "zendesk",
            Self::Hubspot => "hubspot",
            Self::Form => "form",
        }
    }

    /// Reads [`HookKind::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::SIGNED.into_iter().chain([Self::Form]).find(|k| k.word() == word)
    }
}

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub struct HookCall<'a> {
    /// The address that the sender called, with scheme and query.
    pub address: &'a str,
    /// Headers, names in lower case.
    pub headers: &'a [(String, String)],
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl HookCall<'_> {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Why it is not known that a message comes from whom it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// There is no signature, or no time.
    Missing,
    /// Signed too long ago, or in the future.
    Stale,
    /// Signed with another secret, or changed on the way.
    Wrong,
}

impl Unproven {
    /// Its word in keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Wrong => "wrong",
        }
    }
}

/// One message of a request; some senders put many into one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookItem {
    /// Tells the message apart: the same id again is the same message.
    pub id: String,
    /// Its text.
    pub body: String,
}

/// What is known when a message is read.
pub struct HookGround<'a> {
    /// When it came.
    pub received_at: Time,
    /// Customers that are called as the message says ([`Hooks::names_in`]).
    pub names: &'a CustomerNames,
    /// The customer that a code of the sender was said to be.
    pub customer_of: &'a dyn Fn(&str) -> Option<String>,
}

/// Understands pushed messages. `connectors` implements it.
pub trait Hooks: Send + Sync {
    /// Whether a request is signed with one of the secrets, and lately.
    ///
    /// # Errors
    /// It is not, and why.
    fn prove(&self, kind: HookKind, secrets: &[&str], call: &HookCall<'_>, now: Time) -> Result<(), Unproven>;

    /// The messages of a request. What is not understood is one message, to be refused and kept.
    fn split(&self, kind: HookKind, call: &HookCall<'_>) -> Vec<HookItem>;

    /// Names of companies by which the message's customer may be found.
    fn names_in(&self, kind: HookKind, body: &str) -> Vec<String>;

    /// Reads a message, with a map when there is one, else as its kind is usually read.
    ///
    /// # Errors
    /// Nothing of it is understood.
    fn read_item(
        &self,
        kind: HookKind,
        map: Option<&str>,
        item: &HookItem,
        ground: &HookGround<'_>,
    ) -> Result<Message, Refusal>;

    /// Whether a text is a map.
    ///
    /// # Errors
    /// What is wrong with it, with its place.
    fn check_map(&self, text: &str) -> Result<(), String>;

    /// Whether a secret has the form that the kind's secrets have.
    fn is_secret(&self, kind: HookKind, secret: &str) -> bool;
}
