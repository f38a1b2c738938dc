//! From facts to numbers: metrics, their kernel, their states.

mod source;

pub use source::{Appended, Arrivals, CustomerEvents, HistoryEvent, Names, Selection, Source, SourceError};
