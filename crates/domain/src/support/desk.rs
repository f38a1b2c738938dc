//! The inquiries of a period, in a form of which a million fit into memory.

use std::collections::HashMap;
use std::hash::Hash;

use crate::calendar::WorkClock;
use crate::id::{Customer, Id};
use crate::time::{Day, Time};

/// What is known of an inquiry that came to us. A field that its source never gave is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TicketFacts {
    /// Who asked; `None` for a caller whom nobody knows.
    pub customer: Option<Id<Customer>>,
    /// Source.
    pub source: String,
    /// Category; may be empty.
    pub category: String,
    /// `phone` · `mail` · `chat` · `form` …; may be empty.
    pub channel: String,
    /// Who answered, as the source names them; may be empty.
    pub operator: String,
    /// When it came.
    pub opened_at: Time,
    /// When it was first answered.
    pub answered_at: Option<Time>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// Seconds of conversation.
    pub talk_s: Option<i64>,
    /// Seconds of work after the conversation.
    pub wrap_up_s: Option<i64>,
    /// Seconds of work in all.
    pub handling_s: Option<i64>,
    /// The caller hung up before anybody answered.
    pub abandoned: Option<bool>,
    /// 1 to 5.
    pub satisfaction: Option<i64>,
}

/// How a call ended, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Answered,
    Abandoned,
    Unknown,
}

/// Stands for "nobody known" and "none".
pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub customer: u32,
    pub category: u32,
    pub channel: u32,
    pub operator: u32,
    pub day: Day,
    pub is_call: bool,
    pub ending: Ending,
    /// The source said whether the caller hung up.
    pub says_ending: bool,
    pub is_handled: bool,
    pub talk_s: Option<u32>,
    pub wrap_up_s: Option<u32>,
    pub handling_s: Option<u32>,
    pub first_s: Option<u32>,
    pub first_work_s: Option<u32>,
    pub satisfaction: Option<u8>,
}

/// Things told apart, numbered in the order in which they were met.
#[derive(Clone, Debug)]
pub(super) struct Numbered<T> {
    pub list: Vec<T>,
    places: HashMap<T, u32>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn number(&mut self, thing: &T) -> u32 {
        if let Some(place) = self.places.get(thing) {
            return *place;
        }
        let place = u32::try_from(self.list.len()).unwrap_or(NONE);
        self.list.push(thing.clone());
        self.places.insert(thing.clone(), place);
        place
    }
}

fn number_of(names: &mut Numbered<String>, name: &String) -> u32 {
    if name.is_empty() { NONE } else { names.number(name) }
}

/// The inquiries of a period.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    pub(super) from: Day,
    pub(super) to: Day,
    pub(super) rows: Vec<Row>,
    pub(super) customers: Numbered<Id<Customer>>,
    pub(super) categories: Numbered<String>,
    pub(super) channels: Numbered<String>,
    pub(super) operators: Numbered<String>,
    sources: Numbered<String>,
}

/// Seconds that can be: not negative, and shorter than a lifetime of any inquiry.
fn seconds(value: i64) -> Option<u32> {
    u32::try_from(value).ok()
}

impl Desk {
    /// No inquiries yet, of the days `from` to `to`, both included.
    pub fn new(from: Day, to: Day) -> Self {
        Self { from, to, ..Self::default() }
    }

    /// How many inquiries.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// No inquiries.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The sources that they came from.
    pub fn sources(&self) -> &[String] {
        &self.sources.list
    }

    /// Adds an inquiry; one of another day is left out.
    pub fn add(&mut self, ticket: &TicketFacts, clock: &WorkClock<'_>) {
        let day = clock.zone.day_of(ticket.opened_at);
        if day < self.from || day > self.to {
            return;
        }
        let is_call = ticket.channel == "phone";
        let ending = match ticket.abandoned {
            Some(true) => Ending::Abandoned,
            Some(false) => Ending::Answered,
            // Many exports mark only the calls that were lost: who talked was answered.
            None if ticket.talk_s.is_some_and(|s| s > 0) || ticket.answered_at.is_some() => Ending::Answered,
            None => Ending::Unknown,
        };
        let answered = ticket.answered_at.filter(|at| *at >= ticket.opened_at);
        let first = |count: &dyn Fn(Time) -> i64| answered.and_then(|at| seconds(count(at)));
        let both = ticket.talk_s.zip(ticket.wrap_up_s).map(|(talk, after)| talk.saturating_add(after));
        let lost = ending == Ending::Abandoned;
        self.sources.number(&ticket.source);
        self.rows.push(Row {
            customer: ticket.customer.map_or(NONE, |c| self.customers.number(&c)),
            category: number_of(&mut self.categories, &ticket.category),
            channel: number_of(&mut self.channels, &ticket.channel),
            operator: number_of(&mut self.operators, &ticket.operator),
            day,
            is_call,
            ending,
            says_ending: ticket.abandoned.is_some(),
            is_handled: !lost && (ending == Ending::Answered || ticket.closed_at.is_some()),
            talk_s: ticket.talk_s.and_then(seconds),
            wrap_up_s: ticket.wrap_up_s.and_then(seconds),
            handling_s: ticket.handling_s.or(both).and_then(seconds),
            first_s: first(&|at| (at.micros() - ticket.opened_at.micros()) / 1_000_000),
            first_work_s: first(&|at| clock.seconds_between(ticket.opened_at, at)),
            satisfaction: ticket.satisfaction.and_then(|s| u8::try_from(s).ok()).filter(|s| (1..=5).contains(s)),
        });
    }
}
