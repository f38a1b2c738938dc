//! Numbers of the support desk: from how inquiries were answered to which customers ask, and what about.

mod desk;
mod kpi;
mod pareto;
mod period;
mod report;
#[cfg(test)]
mod tests;

pub use desk::{Desk, TicketFacts};
pub use kpi::{Gauge, GaugeState, Kpi, quantile};
pub use pareto::{Pareto, ParetoRow, TOP_PERCENTS, Top};
pub use period::{Period, monday_of};
pub use report::{Asker, Askers, Line, Report};
