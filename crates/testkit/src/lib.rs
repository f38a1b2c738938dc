//! What tests of several crates share: both database engines, history in memory, a stage with actors and a clock.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod history;
mod letters;
mod own_mailbox;
mod own_postgres;
pub mod postgres;
mod rows;
mod stage;

pub use history::MemoryHistory;
pub use kizashi_connectors::imap::Imap;
pub use letters::read_letters;
pub use own_mailbox::{MAIL_PASSWORD, MAIL_USER, OwnMailbox};
pub use own_postgres::OwnPostgres;
pub use rows::RowFiles;
pub use stage::{On, PASSWORD, Stage};
