//! Typed identifiers: a UUIDv7 that knows what it names.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use uuid::Uuid;

/// The identifier of a `T`. `T` is a marker; an `Id<Customer>` cannot be passed for an `Id<Card>`.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Wraps a raw UUID.
    pub const fn from_uuid(raw: Uuid) -> Self {
        Self(raw, PhantomData)
    }

    /// The raw UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = uuid::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(s).map(Self::from_uuid)
    }
}
impl<T> serde::Serialize for Id<T> {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(s)
    }
}
impl<'de, T> serde::Deserialize<'de> for Id<T> {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Uuid::deserialize(d).map(Self::from_uuid)
    }
}

macro_rules! markers {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $name {}
    )*};
}

markers! {
    /// A company that runs Kizashi, with its settings and all its customers.
    Workspace,
    /// A person of the workspace who signs in.
    Staff,
    /// A customer of the workspace: a company, resident, client or person.
    Customer,
    /// A person inside a customer.
    Contact,
    /// One version of a contract.
    Contract,
    /// Something to be sold.
    Deal,
    /// A file of a customer.
    File,
    /// A visit, call, mail, meeting or note.
    Activity,
    /// An inquiry.
    Ticket,
    /// An answer to a survey.
    Response,
    /// A felt judgement of a member of staff about a customer.
    Hunch,
    /// A piece of work: what, by when, who.
    Card,
    /// A person's word over a score.
    ScoreOverride,
    /// A saved view of a list.
    View,
    /// A run of an import.
    Import,
    /// One customer that went into another.
    Merge,
    /// A field of which another source than its owner said something else.
    Conflict,
    /// An address at which others push messages to us; a contact form.
    Hook,
    /// A message that came to a hook.
    HookMessage,
    /// Somebody who is told what happens here.
    Subscription,
    /// One telling.
    Delivery,
    /// A connection to another system.
    Connection,
    /// What is fetched from another system again and again.
    Pull,
    /// A letter that came by mail.
    Letter,
    /// A play under way for one customer.
    Run,
    /// One step of a play under way: somebody's task, a wait, a mail, a question for approval.
    Task,
    /// A red account room.
    Room,
    /// A handover of customers from one person to another.
    Handover,
    /// Something that a member of staff is told.
    Notice,
    /// A letter of ours to a person of a customer.
    Outgoing,
    /// One message on one way out.
    Posting,
    /// A place of a chat that notices can go to.
    NoticeAddress,
}
