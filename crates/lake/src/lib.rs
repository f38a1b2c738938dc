//! Usage history at rest: a durable log for what comes in, sorted Parquet segments for what is there, and beside them the cells
//! that the kernel reads.
//!
//! ```text
//! catalog                                   which segments are live, up to where the log is in them; replaced whole
//! log/0000000007.log                        what came in and is not in a segment yet
//! events/bucket=003/month=2026-11/N.parquet the truth, readable by any tool
//! events/bucket=003/month=2026-11/N.cells   derived from it for speed, built again when need be
//! events/bucket=003/month=2026-11/N-V.retracted  rows of it that were corrected or deleted, and from when on
//! ```
//!
//! [`Lake`] is the only door. Everything else is how it keeps its promises: what [`append`](kizashi_domain::measure::Source::append)
//! returned for is on the disk; each fact is there once; a crash leaves the state before a step or the one after it.

mod arrange;
mod audit;
mod catalog;
#[cfg(test)]
mod crash;
mod days;
mod draft;
mod error;
mod export;
mod files;
mod fold;
mod ids;
mod lake;
mod load;
mod log;
mod names;
mod port;
mod rows;
mod segment;
mod stored;
mod summaries;
mod table;
mod tail;
mod texts;
mod threads;
mod tidy;
mod timeline;
mod versions;
mod visit;
mod wire;
mod withdraw;
mod zone;

pub use audit::{Audit, Finding};
pub use error::LakeError;
pub use export::Exported;
pub use fold::{Compacted, Folded};
pub use ids::{IdHash, id_hash};
pub use lake::{Lake, OnDamage, Options, Pending, Stats, TAIL_EVENTS_MAX};
pub use load::{Load, Loaded};
pub use table::{Cell, CellKind, Table, TableWriter, is_table};
