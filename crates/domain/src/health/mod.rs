//! Health: a score whose every point is explained.

mod explain;
mod family;
mod model;
mod moved;
mod points;
mod sentence;
mod share;
mod verdict;
mod word;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod sentence_tests;

pub use explain::{Between, Cause, Change, ChangeLine, explain, relearn};
pub use family::{Child, Family, IMPORTANT_SHARE, sum_up};
pub use model::{AgedCurve, Band, Bands, Cap, Group, Measure, MissingRule, Model, Outside, choose};
pub use moved::{MOVED_MIN, Moved, find_moved};
pub use points::judge_points;
pub use sentence::{Glossary, sentence, short_sentence, tell_line};
pub use share::share_out;
pub use verdict::{Contribution, LineKind, Verdict, judge};
pub use word::{
    OVERRIDE_DAYS_DEFAULT, OVERRIDE_DAYS_MAX, OVERRIDE_REASONS, OVERRIDE_REMIND_DAYS, Override, OverrideFault, lay_over,
};
