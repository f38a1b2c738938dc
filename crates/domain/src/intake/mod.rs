//! What comes in: events and records, and how a fact ends.

mod batch;
mod connector;
pub mod parse;
mod record;
mod refusal;

pub use batch::{EventBatch, EventRef, Says};
pub use connector::{Connector, Message};
pub use record::{ActivityRow, ContactRow, ContractRow, CustomerRow, Record, RecordKind, ResponseRow, TicketRow};
pub use refusal::{Field, Reason, Refusal};
