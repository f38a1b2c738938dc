//! Playbooks: the standard answer to a sign, step by step, and how a run of one goes on.

mod anchor;
mod answer;
mod due;
#[cfg(test)]
mod due_tests;
mod enter;
mod fill;
mod foretell;
mod naming;
mod phrase;
mod play;
#[cfg(test)]
mod property_tests;
mod repeated;
mod review;
mod run;
mod start;
#[cfg(test)]
mod start_tests;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod written;

pub use anchor::{Anchor, CustomerDates};
pub use answer::{Answer, answer, move_over};
pub use due::{Dating, DueBefore, judge_dating};
pub use enter::{Entry, Refusal, judge_entry};
pub use fill::{FIELDS, Filling, fill, names_owner, unknown_field};
pub use foretell::{Known, foretell, foretell_days};
pub use naming::name_steps;
pub use phrase::{say_day, say_late};
pub use play::{Play, Reentry, Way};
pub use repeated::{Advice, Handled, REPEATED_MIN, Repeated, find_repeated, label_done, play_of};
pub use review::{Hint, Record, StepRecord, find_hints, find_median};
pub use run::{Effect, FirstDay, Measured, Sight, advance, next_look, start};
pub use start::{CALLED_DAYS, Dated, Start};
pub use state::{End, RunState, Standing, StepState};
pub use step::{Bound, Doing, Kind, Mode, OnTimeout, Purpose, Step, Until, Who};
