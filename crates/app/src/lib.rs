//! Use cases: what a person or a job does, one well-named function each.
//!
//! The heart is [`pipeline`]: measure → score → notice → respond. Intake never runs it; it marks
//! customers dirty and a job takes them in batches.

pub mod access;
mod context;
pub mod customers;
pub mod deals;
pub mod dictionary;
mod error;
pub mod files;
pub mod handover;
pub mod health;
pub mod hooks;
pub mod imports;
pub mod intake;
pub mod mail;
pub mod measure;
pub mod merges;
mod moving;
pub mod notices;
pub mod pipeline;
pub mod plays;
pub mod presence;
pub mod pulls;
mod reactions;
pub mod records;
pub mod rooms;
pub mod schedule;
pub mod search;
pub mod secrets;
pub mod settings;
pub mod signals;
pub mod subscriptions;
pub mod support;
mod taken_over;
pub mod today;

pub use context::{App, Clock, DATABASE_FILE, FixedClock, SystemClock};
pub use error::{Error, Refused, Result};
pub use kizashi_db::{Engine, Statement};
