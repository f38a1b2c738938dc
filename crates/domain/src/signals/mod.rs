//! Signals: conditions that are noticed once, and what they ask people to do.

mod notice;
mod phrase;
mod rank;
mod rule;

pub use notice::{ARRIVAL_DAYS, Because, Firing, Happening, RuleState, View, notice, notice_feed};
pub use phrase::{Phrase, phrase};
pub use rank::{Draft, Stake, is_never_quiet, joint_severity, merge, rank, risk_of};
pub use rule::{Also, CardKind, Occurrence, Rule, SCORE, Side, Trigger};

#[cfg(test)]
mod tests;
