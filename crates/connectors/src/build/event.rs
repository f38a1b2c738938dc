//! Events: the checks that every one passes, wherever it comes from.

use kizashi_domain::intake::{EventBatch, EventRef, Reason, Says, parse};
use kizashi_domain::limits::{CLOCK_AHEAD_US_MAX, EVENT_BYTES_MAX, NAME_CHARS_MAX};
use kizashi_domain::time::{Time, Zone};

use super::cells::{Row, is_blank, is_total, not_yes_or_no, read_instant};
use crate::map::{Bound, Layout, Source, TimeForm};
use crate::parsed::Fault;

/// When an event was received, as far as that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The source says when, or our clock does.
    At(Time),
    /// History brought in bulk: taken as known when it happened.
    Assumed,
}

/// An event before its checks.
#[derive(Clone, Copy, Debug)]
pub struct RawEvent<'a> {
    pub id: &'a str,
    pub customer: &'a str,
    pub user: &'a str,
    pub name: &'a str,
    pub occurred_at: Time,
    pub arrival: Arrival,
    pub value: Option<f64>,
    pub properties: &'a str,
    pub says: Says,
}

/// Names of the checked fields as the sender knows them: id, customer, user, event.
pub type Titles<'a> = [&'a str; 4];

/// Checks an event and adds it to the batch.
pub fn admit(e: RawEvent<'_>, titles: Titles<'_>, into: &mut EventBatch) -> Result<(), Fault> {
    for (text, title) in [e.id, e.customer, e.user, e.name].into_iter().zip(titles) {
        check_name(text).map_err(|reason| Fault::new(title, text, reason))?;
    }
    if e.customer.is_empty() {
        return Err(Fault::new(titles[1], "", Reason::NoCustomer));
    }
    if e.name.is_empty() {
        return Err(Fault::new(titles[3], "", Reason::Required));
    }
    if e.properties.len() > EVENT_BYTES_MAX {
        return Err(Fault::of_row(Reason::TooLarge { max: EVENT_BYTES_MAX }));
    }
    let (mut occurred_at, received_at, assumed) = match e.arrival {
        Arrival::At(at) => (e.occurred_at, at, false),
        Arrival::Assumed => (e.occurred_at, e.occurred_at, true),
    };
    // A clock that runs far ahead: what is known is when the event came.
    if occurred_at > received_at.plus_us(CLOCK_AHEAD_US_MAX) {
        occurred_at = received_at;
    }
    into.push(EventRef {
        id: e.id,
        customer: e.customer,
        user: e.user,
        name: e.name,
        occurred_at,
        received_at,
        assumed,
        value: e.value,
        properties: e.properties,
        says: e.says,
    });
    Ok(())
}

/// A name: not too long, no control characters.
pub fn check_name(text: &str) -> Result<(), Reason> {
    if text.len() > NAME_CHARS_MAX && text.chars().count() > NAME_CHARS_MAX {
        return Err(Reason::TooLong { max: NAME_CHARS_MAX });
    }
    if text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return Err(Reason::ControlCharacter);
    }
    Ok(())
}

/// A layout for events, taken apart for speed.
pub struct EventColumns {
    customer: Bound,
    occurred_at: Bound,
    event: Bound,
    id: Option<Bound>,
    user: Option<Bound>,
    received_at: Option<Bound>,
    deleted: Option<Bound>,
    value: Option<Bound>,
    properties: Vec<(String, usize)>,
    /// The last times read: neighbours often share their day.
    last: [(String, Time); 2],
    json: String,
}

impl EventColumns {
    /// `None` when a required field is not bound, which [`Layout::bind`] rules out.
    pub fn new(layout: &Layout) -> Option<Self> {
        let find = |name| layout.find(name).cloned();
        Some(Self {
            customer: find("customer")?,
            occurred_at: find("occurred_at")?,
            event: find("event")?,
            id: find("id"),
            user: find("user"),
            received_at: find("received_at"),
            deleted: find("deleted"),
            value: find("value"),
            properties: layout.properties.clone(),
            last: Default::default(),
            json: String::new(),
        })
    }

    /// The row's own id; empty when it has none.
    pub fn id<'a>(&'a self, row: Row<'a>) -> &'a str {
        text_of(self.id.as_ref(), row)
    }

    /// Reads a row into the batch under this id.
    pub fn build(&mut self, row: Row<'_>, id: &str, zone: &Zone, into: &mut EventBatch) -> Result<(), Fault> {
        let own_id = !self.id(row).is_empty();
        let Self { customer, occurred_at, event, id: id_at, user, received_at, deleted, value, properties, last, json } =
            self;
        let [last_occurred, last_received] = last;
        let occurred = read_time(occurred_at, row, zone, last_occurred)?
            .ok_or_else(|| Fault::new(occurred_at.title(), "", Reason::Required))?;
        let arrival = match received_at {
            Some(bound) => read_time(bound, row, zone, last_received)?.map_or(Arrival::Assumed, Arrival::At),
            None => Arrival::Assumed,
        };
        let value = match value {
            Some(bound) => read_value(bound, row)?,
            None => None,
        };
        let says = match deleted {
            Some(bound) if read_yes(bound, row)? => Says::Deleted,
            _ if own_id => Says::Version,
            _ => Says::Once,
        };
        if says == Says::Deleted && !own_id {
            // Its contents do not tell which of several equal rows is meant.
            return Err(Fault::new(id_at.as_ref().map_or("id", Bound::title), "", Reason::Required));
        }
        write_properties(properties, row, json);
        let raw = RawEvent {
            id,
            customer: text_of(Some(customer), row),
            user: text_of(user.as_ref(), row),
            name: text_of(Some(event), row),
            occurred_at: occurred,
            arrival,
            value,
            properties: json,
            says,
        };
        let titles = [
            id_at.as_ref().map_or("id", Bound::title),
            customer.title(),
            user.as_ref().map_or("user", Bound::title),
            event.title(),
        ];
        if raw.customer.is_empty() {
            return Err(Fault::new(customer.title(), "", Reason::Required));
        }
        if raw.customer.ends_with('計') && is_total(raw.customer) {
            return Err(Fault::new(customer.title(), raw.customer, Reason::TotalRow));
        }
        admit(raw, titles, into)
    }
}

fn text_of<'a>(bound: Option<&'a Bound>, row: Row<'a>) -> &'a str {
    let Some(bound) = bound else { return "" };
    let text = match &bound.source {
        Source::Column(index) => row.get(*index),
        Source::Constant(text) => text.as_str(),
    };
    if bound.column.words.is_empty() {
        return text;
    }
    bound.column.words.iter().find(|(theirs, _)| theirs == text).map_or(text, |(_, ours)| ours)
}

fn read_time(bound: &Bound, row: Row<'_>, zone: &Zone, last: &mut (String, Time)) -> Result<Option<Time>, Fault> {
    let text = text_of(Some(bound), row);
    if text.is_empty() {
        return Ok(None);
    }
    if let (TimeForm::Date, Some(at)) = (bound.column.form, parse::read_rfc3339(text.as_bytes())) {
        return Ok(Some(at));
    }
    if last.0 != text {
        let at =
            read_instant(text, bound.column.form, zone).map_err(|reason| Fault::new(bound.title(), text, reason))?;
        last.0.clear();
        last.0.push_str(text);
        last.1 = at;
    }
    Ok(Some(last.1))
}

fn read_value(bound: &Bound, row: Row<'_>) -> Result<Option<f64>, Fault> {
    let text = text_of(Some(bound), row);
    if text.is_empty() || is_blank(text) {
        return Ok(None);
    }
    #[allow(clippy::cast_precision_loss)]
    let unit = bound.column.unit.unwrap_or(1) as f64;
    match parse::read_number(text).map(|n| n * unit).filter(|n| n.is_finite()) {
        Some(value) => Ok(Some(value)),
        None => Err(Fault::new(bound.title(), text, Reason::NotANumber)),
    }
}

fn read_yes(bound: &Bound, row: Row<'_>) -> Result<bool, Fault> {
    let text = text_of(Some(bound), row);
    if text.is_empty() || is_blank(text) {
        return Ok(false);
    }
    parse::read_bool(text).ok_or_else(|| Fault::new(bound.title(), text, not_yes_or_no()))
}

/// Properties as a JSON object of texts: a code keeps its leading zeros.
fn write_properties(columns: &[(String, usize)], row: Row<'_>, into: &mut String) {
    into.clear();
    for (name, index) in columns {
        let text = row.get(*index);
        if text.is_empty() {
            continue;
        }
        into.push(if into.is_empty() { '{' } else { ',' });
        write_json_text(name, into);
        into.push(':');
        write_json_text(text, into);
    }
    if !into.is_empty() {
        into.push('}');
    }
}

/// Writes a text as a JSON string.
pub fn write_json_text(text: &str, into: &mut String) {
    if text.bytes().any(|b| b < 0x20 || b == b'"' || b == b'\\') {
        into.push_str(&serde_json::Value::from(text).to_string());
    } else {
        into.push('"');
        into.push_str(text);
        into.push('"');
    }
}
