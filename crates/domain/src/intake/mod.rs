//! What comes in: events and records, and how a fact ends.

mod batch;
mod connector;
mod file;
mod hook;
mod joined;
pub mod mail;
mod names;
mod owned;
pub mod parse;
mod record;
mod refusal;
pub mod shape;
mod table;

pub use batch::{EventBatch, EventRef, Says};
pub use connector::{Connector, Message};
pub use file::{
    Binding, ColumnLook, Fault, FieldLook, FileRows, Files, Known, Look, Parsed, Refused, Rejects, SheetLook,
    Unreadable, Use, Wish,
};
pub use hook::{HOOK_TOLERANCE_US, HookCall, HookGround, HookItem, HookKind, Hooks, Unproven};
pub use joined::Joined;
pub use names::{CustomerNames, Named, PeopleNames};
pub use owned::Owned;
pub use record::{
    AIMS, ActivityRow, ContactRow, ContractRow, CustomerRow, DealRow, GOAL_STATES, Record, RecordKind, ResponseRow,
    TicketRow,
};
pub use refusal::{Field, Reason, Refusal};
pub use table::{BROKEN, TableDamaged, TableRows};

/// The source of what people write down in the pages themselves. They write when they write: it has no rhythm.
pub const BY_HAND: &str = "kizashi";
