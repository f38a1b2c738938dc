//! Signals: conditions that are noticed once, and what they ask people to do.

mod advice;
mod arrival;
mod budget;
mod card_rules;
mod expect;
mod facets;
mod notice;
mod phrase;
mod phrase_views;
mod precision;
mod rank;
mod rule;

pub use advice::{Advice, Answered, Change, FALSE_MIN, Proposal, advise, count_reasons, figure_of};
pub use arrival::ARRIVAL_DAYS;
pub use budget::{Candidate, Choice, WhyQuiet, choose};
pub use card_rules::{CardLimit, CardRules, can_heal, count_healthy};
pub use expect::{Awaited, Deed};
pub use notice::{Because, Firing, Happening, RuleState, SEEN_DAYS_MAX, View, notice, notice_feed, noticed_by};
pub use phrase::{Phrase, phrase};
pub use precision::{FalseReason, JUDGED_MIN, Share, Tally, wilson};
pub use rank::{Draft, Stake, is_key_account, is_never_quiet, joint_severity, merge, rank, risk_of};
pub use rule::{Also, CardKind, Doer, Facet, Occurrence, Rule, SCORE, Side, Since, Trigger};

#[cfg(test)]
mod a_year;
#[cfg(test)]
mod advice_tests;
#[cfg(test)]
mod kinds_tests;
#[cfg(test)]
mod tests;
