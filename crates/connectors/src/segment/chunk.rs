//! Messages read side by side, and what can only be decided in their order: whose customer a user is, and which number
//! an equal row has.

use std::borrow::Cow;
use std::collections::HashMap;

use kizashi_domain::intake::{ContactRow, EventBatch, EventRef, Reason, Record};

use super::groups::Groups;
use crate::error::Error;
use crate::ids::{EqualRows, write_id};
use crate::parsed::{Fault, Parsed};

/// Messages that were read, before customers are looked up.
#[derive(Debug, Default)]
pub struct Chunk {
    pub parsed: Parsed,
    /// Events whose customer only a group call tells.
    pub pending: EventBatch,
    /// What has to be done in order.
    pub steps: Vec<Step>,
    /// Events without an id of their own: index and hash.
    pub unnamed: Vec<(usize, u128)>,
    /// Lines gone over.
    pub lines: u64,
}

/// A step that depends on those before it.
#[derive(Debug)]
pub enum Step {
    /// A user belongs to a customer.
    Join { user: String, customer: String },
    /// A user had another id before.
    Alias { previous: String, user: String },
    /// The next pending event; its hash when it brought no id.
    Event { users: [String; 2], line: u64, hash: Option<u128>, original: String },
    /// A person of a customer not yet known.
    Contact { contact: Box<ContactRow>, line: u64, original: String },
}

/// Where the customers of users are known from.
#[derive(Clone, Copy)]
pub enum Before<'g> {
    /// What a reader has learned.
    Groups(&'g Groups),
    /// Someone to ask.
    Ask(&'g dyn Fn(&str) -> Option<String>),
}

struct Known<'g> {
    before: Before<'g>,
    fresh: HashMap<String, String>,
}

impl Known<'_> {
    fn find(&self, user: &str) -> Option<Cow<'_, str>> {
        if user.is_empty() {
            return None;
        }
        if let Some(customer) = self.fresh.get(user) {
            return Some(Cow::Borrowed(customer));
        }
        match self.before {
            Before::Groups(groups) => groups.find(user).map(Cow::Borrowed),
            Before::Ask(ask) => ask(user).map(Cow::Owned),
        }
    }

    fn find_any(&self, users: &[String; 2]) -> Option<Cow<'_, str>> {
        users.iter().find_map(|u| self.find(u))
    }

    fn learn(&mut self, user: String, customer: String, told: &mut Vec<(String, String)>) {
        if self.find(&user).as_deref() != Some(customer.as_str()) {
            told.push((user.clone(), customer.clone()));
            self.fresh.insert(user, customer);
        }
    }
}

impl Chunk {
    /// Adds to every line number: workers count from 1.
    pub fn shift_lines(&mut self, by: u64) {
        for refused in &mut self.parsed.refused {
            refused.refusal.line += by;
        }
        for step in &mut self.steps {
            match step {
                Step::Event { line, .. } | Step::Contact { line, .. } => *line += by,
                Step::Join { .. } | Step::Alias { .. } => {}
            }
        }
    }

    /// Looks customers up, in order; what finds none on its way is tried once more when all group calls of the chunk
    /// are known, and is refused then.
    pub fn resolve(self, before: Before<'_>, equal: &mut EqualRows) -> Result<Parsed, Error> {
        let Self { mut parsed, pending, steps, unnamed, .. } = self;
        for (index, hash) in unnamed {
            let number = equal.number(hash)?;
            if number > 0 {
                let mut id = String::new();
                write_id(hash, number, &mut id);
                parsed.events.set_id(index, &id);
            }
        }
        if steps.is_empty() {
            return Ok(parsed);
        }
        let mut known = Known { before, fresh: HashMap::new() };
        let mut pending = pending.iter();
        let mut later = Vec::new();
        for step in steps {
            match step {
                Step::Join { user, customer } => known.learn(user, customer, &mut parsed.groups),
                Step::Alias { previous, user } => {
                    if let Some(customer) = known.find(&previous).map(Cow::into_owned) {
                        known.learn(user, customer, &mut parsed.groups);
                    }
                }
                Step::Event { users, line, hash, original } => {
                    let Some(event) = pending.next() else { continue };
                    match known.find_any(&users) {
                        Some(customer) => push_event(event, &customer, hash, equal, &mut parsed.events)?,
                        None => later.push((Late::Event(event, users, hash), line, original)),
                    }
                }
                Step::Contact { contact, line, original } => later.push((Late::Contact(contact), line, original)),
            }
        }
        for (late, line, original) in later {
            let is_found = match late {
                Late::Event(event, users, hash) => match known.find_any(&users) {
                    Some(customer) => {
                        push_event(event, &customer, hash, equal, &mut parsed.events)?;
                        true
                    }
                    None => false,
                },
                Late::Contact(contact) => match known.find(&contact.external_id).map(Cow::into_owned) {
                    Some(customer) => {
                        parsed.records.push(Record::Contact(ContactRow { customer, ..*contact }));
                        true
                    }
                    None => false,
                },
            };
            if !is_found {
                parsed.refused.push(Fault::new("context.groupId", "", Reason::NoCustomer).at(line, vec![original]));
            }
        }
        parsed.refused.sort_by_key(|r| r.refusal.line);
        Ok(parsed)
    }
}

enum Late<'e> {
    Event(EventRef<'e>, [String; 2], Option<u128>),
    Contact(Box<ContactRow>),
}

fn push_event(
    event: EventRef<'_>,
    customer: &str,
    hash: Option<u128>,
    equal: &mut EqualRows,
    into: &mut EventBatch,
) -> Result<(), Error> {
    let mut id = String::new();
    match hash {
        Some(hash) => write_id(hash, equal.number(hash)?, &mut id),
        None => id.push_str(event.id),
    }
    into.push(EventRef { customer, id: &id, ..event });
    Ok(())
}
