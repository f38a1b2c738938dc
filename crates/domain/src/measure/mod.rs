//! From facts to numbers: metrics, their kernel, their states.

mod cores;
mod daily;
mod definition;
mod facts;
pub mod feed;
mod kernel;
mod metric;
mod places;
mod plan;
mod position;
mod read;
mod reading;
mod rhythm;
mod rows;
mod scratch;
mod source;
mod words;

#[cfg(test)]
mod derived_tests;
#[cfg(test)]
mod feed_tests;
#[cfg(test)]
mod oracle_tests;

pub use definition::{define, unit_name};
pub use facts::{Attributes, Dated, WorkDays};
pub use feed::{Feed, Feeds, Providers, Provision};
pub use kernel::{Facts, Row, Series};
pub use metric::{Against, Better, Events, Kind, Metric, Missing, Per};
pub use places::Places;
pub use plan::{Plan, RECORD_PREFIXES, is_record_event, record_kind};
pub use position::{
    POINTS_MAX, Population, Positions, SEGMENT, ranked_metrics, segment_code, segment_figure, segment_on,
};
pub use reading::{Reading, State, alive_through, read_states};
pub use rhythm::Rhythm;
pub use scratch::Scratch;
pub use source::{
    Appended, Arrivals, Bulk, CustomerEvents, HistoryEvent, Loaded, Names, Reach, Selection, Source, SourceError, View,
    Withdrawal, Withdrawn,
};
pub use words::{
    figure, is_fraction, short_title, show_difference, show_move, show_span, show_state, show_value, signed_points,
};
