//! Telling people: when the morning digest is due, which letters to customers may go, and a calendar that other programs read.

mod ical;
mod morning;
mod naming;
mod pressure;

pub use ical::{CalendarEntry, write_calendar};
pub use morning::{closed_until, find_digest_day};
pub use naming::names_person;
pub use pressure::{Limit, Verdict, Waiting, Why, can_be_declined, decide};

pub use crate::plays::Purpose;
