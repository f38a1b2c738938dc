//! One message: an event, a person, a customer, or who belongs where.

use kizashi_domain::intake::{EventBatch, Reason, Record, Says, parse};
use kizashi_domain::limits::EVENT_BYTES_MAX;
use kizashi_domain::time::{Time, Zone};
use serde_json::value::RawValue;

use super::chunk::{Chunk, Step};
use super::properties;
use super::traits::{read_contact, read_customer};
use super::wire::{Text, Wire, describe};
use crate::build::{Arrival, RawEvent, admit, check_name, not_yes_or_no};
use crate::ids::{hash_row, write_id};
use crate::parsed::Fault;

/// Where times come from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// Calls that arrive now: our clock corrects theirs.
    Live(Time),
    /// A file: times are taken as they stand.
    File,
}

/// What the wrapper of a batch says for all its messages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outer<'a> {
    pub sent_at: Option<Time>,
    pub customer: &'a str,
}

/// Reads messages.
#[derive(Debug)]
pub struct Parser {
    pub zone: Zone,
    pub clock: Clock,
    id: String,
    properties: String,
}

/// A message's customer as far as the message itself tells.
struct Told<'a> {
    customer: &'a str,
    users: [&'a str; 2],
}

const TITLES: [&str; 4] = ["messageId", "context.groupId", "userId", "event"];

impl Parser {
    pub const fn new(zone: Zone, clock: Clock) -> Self {
        Self { zone, clock, id: String::new(), properties: String::new() }
    }

    /// Reads a message, or a batch of them, into the chunk. `call` is what the address says it is.
    pub fn take(&mut self, text: &str, line: u64, call: Option<&str>, outer: Outer<'_>, chunk: &mut Chunk) {
        let wire: Wire<'_> = match serde_json::from_str(text) {
            Ok(wire) => wire,
            Err(error) => {
                let fault = match text.len() > EVENT_BYTES_MAX {
                    true => Fault::of_row(Reason::TooLarge { max: EVENT_BYTES_MAX }),
                    false => Fault::of_row(Reason::NotJson { detail: describe(&error) }),
                };
                return refuse(fault, text, line, chunk);
            }
        };
        if let (Some(batch), None) = (wire.batch, call) {
            return self.take_batch(&wire, batch, text, line, chunk);
        }
        chunk.parsed.rows += 1;
        let done = match text.len() > EVENT_BYTES_MAX {
            true => Err(Fault::of_row(Reason::TooLarge { max: EVENT_BYTES_MAX })),
            false => self.take_one(&wire, text, line, call, outer, chunk),
        };
        if let Err(fault) = done {
            chunk.parsed.refused.push(fault.at(line, vec![text.to_owned()]));
        }
    }

    /// The wrapper of a batch, given as a line of a file.
    fn take_batch(&mut self, wire: &Wire<'_>, batch: &RawValue, text: &str, line: u64, chunk: &mut Chunk) {
        let sent_at = self.read_time(&wire.sent_at, "sentAt").ok().flatten();
        let customer = wire.context.as_ref().map_or("", |c| c.group_id.get());
        match serde_json::from_str::<Vec<&RawValue>>(batch.get()) {
            Ok(messages) => {
                for message in messages {
                    // A batch inside a batch is a message of no known type.
                    self.take(message.get(), line, Some(""), Outer { sent_at, customer }, chunk);
                }
            }
            Err(error) => {
                let fault = Fault::new("batch", "", Reason::NotJson { detail: describe(&error) });
                refuse(fault, text, line, chunk);
            }
        }
    }

    fn take_one(
        &mut self,
        wire: &Wire<'_>,
        text: &str,
        line: u64,
        call: Option<&str>,
        outer: Outer<'_>,
        chunk: &mut Chunk,
    ) -> Result<(), Fault> {
        check_texts(wire)?;
        let kind = match call {
            Some(call) if !call.is_empty() => call,
            _ if wire.kind.get().is_empty() && !wire.event.get().is_empty() => "track",
            _ => wire.kind.get(),
        };
        let context = wire.context.as_ref().map_or("", |c| c.group_id.get());
        let customer = first(&[context, outer.customer, wire.customer.get()]);
        let user = first(&[wire.user_id.get(), wire.user.get(), wire.anonymous_id.get()]);
        let told = Told { customer, users: [user, wire.anonymous_id.get()] };
        match kind {
            "track" => self.take_event(wire, wire.event.get(), &told, text, line, outer, chunk),
            "page" | "screen" => self.take_event(wire, kind, &told, text, line, outer, chunk),
            "identify" => self.take_person(wire, &told, text, line, chunk),
            "group" => self.take_group(wire, &told, outer, chunk),
            "alias" => {
                let (previous, user) = (wire.previous_id.get(), wire.user_id.get());
                for (text, field) in [(previous, "previousId"), (user, "userId")] {
                    need(text, field)?;
                }
                chunk.steps.push(Step::Alias { previous: previous.to_owned(), user: user.to_owned() });
                Ok(())
            }
            _ => Err(Fault::new("type", kind, Reason::UnknownType)),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn take_event(
        &mut self,
        wire: &Wire<'_>,
        name: &str,
        told: &Told<'_>,
        text: &str,
        line: u64,
        outer: Outer<'_>,
        chunk: &mut Chunk,
    ) -> Result<(), Fault> {
        if name.is_empty() {
            return Err(Fault::new("event", "", Reason::Required));
        }
        let (occurred_at, arrival) = self.read_times(wire, outer)?;
        let raw = wire.properties.map_or("", RawValue::get);
        let found = match raw {
            "" => {
                self.properties.clear();
                properties::Found::default()
            }
            raw => properties::split(raw, &mut self.properties)
                .ok_or_else(|| Fault::new("properties", raw, Reason::NotJson { detail: "not an object".to_owned() }))?,
        };
        let value = match wire.value.get() {
            "" => found.value,
            text => Some(parse::read_number(text).ok_or_else(|| Fault::new("value", text, Reason::NotANumber))?),
        };
        if name != wire.event.get() && !wire.name.get().is_empty() {
            add_name(wire.name.get(), &mut self.properties);
        }
        let given = first(&[wire.message_id.get(), wire.id.get()]);
        let hash = if given.is_empty() { Some(hash_row(text.as_bytes())) } else { None };
        if let Some(hash) = hash {
            write_id(hash, 0, &mut self.id);
        }
        let event = RawEvent {
            id: if hash.is_some() { &self.id } else { given },
            customer: if told.customer.is_empty() { found.customer.as_deref().unwrap_or("") } else { told.customer },
            user: told.users[0],
            name,
            occurred_at,
            arrival,
            value,
            properties: &self.properties,
            says: self.read_says(wire, given)?,
        };
        if event.customer.is_empty() {
            return defer(event, told, hash, text, line, chunk);
        }
        admit(event, TITLES, &mut chunk.parsed.events)?;
        if let Some(hash) = hash {
            chunk.unnamed.push((chunk.parsed.events.len() - 1, hash));
        }
        Ok(())
    }

    fn take_person(
        &mut self,
        wire: &Wire<'_>,
        told: &Told<'_>,
        text: &str,
        line: u64,
        chunk: &mut Chunk,
    ) -> Result<(), Fault> {
        let user = wire.user_id.get();
        // A visitor without an id is nobody yet.
        if user.is_empty() && !wire.anonymous_id.get().is_empty() {
            return Ok(());
        }
        need(user, "userId")?;
        let (mut contact, company) = read_contact(wire.traits.map_or("{}", RawValue::get), user)?;
        let customer = first(&[told.customer, company.as_deref().unwrap_or("")]);
        if customer.is_empty() {
            let original = text.to_owned();
            chunk.steps.push(Step::Contact { contact: Box::new(contact), line, original });
            return Ok(());
        }
        need(customer, "context.groupId")?;
        chunk.steps.push(Step::Join { user: user.to_owned(), customer: customer.to_owned() });
        contact.customer = customer.to_owned();
        chunk.parsed.records.push(Record::Contact(contact));
        Ok(())
    }

    fn take_group(
        &mut self,
        wire: &Wire<'_>,
        told: &Told<'_>,
        outer: Outer<'_>,
        chunk: &mut Chunk,
    ) -> Result<(), Fault> {
        let group = wire.group_id.get();
        need(group, "groupId")?;
        let as_of = self.read_times(wire, outer).ok().map(|(at, _)| self.zone.day_of(at));
        let customer = read_customer(wire.traits.map_or("{}", RawValue::get), group, as_of, &self.zone)?;
        for user in told.users {
            if !user.is_empty() && check_name(user).is_ok() {
                chunk.steps.push(Step::Join { user: user.to_owned(), customer: group.to_owned() });
            }
        }
        chunk.parsed.records.push(Record::Customer(customer));
        Ok(())
    }

    /// When it happened and when it was received.
    fn read_times(&self, wire: &Wire<'_>, outer: Outer<'_>) -> Result<(Time, Arrival), Fault> {
        let original = self.read_time(&wire.original_timestamp, "originalTimestamp")?;
        let stated = match self.read_time(&wire.timestamp, "timestamp")? {
            Some(at) => Some(at),
            None => self.read_time(&wire.occurred_at, "occurred_at")?,
        };
        match self.clock {
            Clock::Live(received_at) => {
                let sent_at = self.read_time(&wire.sent_at, "sentAt").ok().flatten().or(outer.sent_at);
                let at = match (original.or(stated), sent_at) {
                    (Some(at), Some(sent)) => received_at.plus_us(at.0.saturating_sub(sent.0)),
                    (Some(at), None) => at,
                    (None, _) => received_at,
                };
                Ok((at, Arrival::At(received_at)))
            }
            Clock::File => {
                let at = stated.or(original).ok_or_else(|| Fault::new("timestamp", "", Reason::Required))?;
                let received_at = self.read_time(&wire.received_at, "receivedAt")?;
                Ok((at, received_at.map_or(Arrival::Assumed, Arrival::At)))
            }
        }
    }

    /// A message that arrives twice is one message; a row of a file with an id of its own may correct what an earlier one said.
    fn read_says(&self, wire: &Wire<'_>, id: &str) -> Result<Says, Fault> {
        if !matches!(self.clock, Clock::File) {
            return Ok(Says::Once);
        }
        let deleted = wire.deleted.map_or("", |raw| raw.get().trim_matches('"'));
        match parse::read_bool(deleted) {
            Some(true) if id.is_empty() => Err(Fault::new("messageId", "", Reason::Required)),
            Some(true) => Ok(Says::Deleted),
            None if !matches!(deleted, "" | "null") => Err(Fault::new("deleted", deleted, not_yes_or_no())),
            _ => Ok(if id.is_empty() { Says::Once } else { Says::Version }),
        }
    }

    fn read_time(&self, text: &Text<'_>, field: &str) -> Result<Option<Time>, Fault> {
        match text.get() {
            "" => Ok(None),
            text => parse::read_time(text, &self.zone).map(Some).map_err(|reason| Fault::new(field, text, reason)),
        }
    }
}

fn refuse(fault: Fault, text: &str, line: u64, chunk: &mut Chunk) {
    chunk.parsed.rows += 1;
    chunk.parsed.refused.push(fault.at(line, vec![text.to_owned()]));
}

fn first<'a>(texts: &[&'a str]) -> &'a str {
    texts.iter().find(|t| !t.is_empty()).copied().unwrap_or("")
}

fn need(text: &str, field: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::new(field, "", Reason::Required));
    }
    check_name(text).map_err(|reason| Fault::new(field, text, reason))
}

/// Lists and objects where texts belong.
fn check_texts(wire: &Wire<'_>) -> Result<(), Fault> {
    for (text, field) in [
        (&wire.kind, "type"),
        (&wire.message_id, "messageId"),
        (&wire.user_id, "userId"),
        (&wire.anonymous_id, "anonymousId"),
        (&wire.event, "event"),
        (&wire.group_id, "groupId"),
        (&wire.previous_id, "previousId"),
        (&wire.id, "id"),
        (&wire.customer, "customer"),
        (&wire.user, "user"),
        (&wire.timestamp, "timestamp"),
        (&wire.original_timestamp, "originalTimestamp"),
        (&wire.occurred_at, "occurred_at"),
        (&wire.received_at, "receivedAt"),
        (&wire.value, "value"),
    ] {
        if text.bad {
            return Err(Fault::new(field, "", Reason::NotText));
        }
    }
    if wire.context.as_ref().is_some_and(|c| c.group_id.bad) {
        return Err(Fault::new("context.groupId", "", Reason::NotText));
    }
    Ok(())
}

/// Keeps an event until its user's customer is known.
fn defer(
    event: RawEvent<'_>,
    told: &Told<'_>,
    hash: Option<u128>,
    text: &str,
    line: u64,
    chunk: &mut Chunk,
) -> Result<(), Fault> {
    if told.users.iter().all(|u| u.is_empty()) {
        return Err(Fault::new("context.groupId", "", Reason::NoCustomer));
    }
    let before: &mut EventBatch = &mut chunk.pending;
    // Its checks are those of any event; the customer that stands in for the true one is never seen.
    admit(RawEvent { customer: "?", ..event }, TITLES, before)?;
    let users = told.users.map(str::to_owned);
    chunk.steps.push(Step::Event { users, line, hash, original: text.to_owned() });
    Ok(())
}

/// The name of a page among its properties, unless it stands there.
fn add_name(name: &str, properties: &mut String) {
    if properties.contains("\"name\":") {
        return;
    }
    let rest = properties.strip_prefix('{').map(str::to_owned);
    properties.clear();
    properties.push_str("{\"name\":");
    crate::build::write_json_text(name, properties);
    match rest {
        Some(rest) => {
            properties.push(',');
            properties.push_str(&rest);
        }
        None => properties.push('}'),
    }
}
