//! Who may go through a play.

use super::play::{Play, Reentry};
use crate::customers::Profile;
use crate::time::Day;

/// What is known of a customer that might go through a play.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The facts about it.
    pub profile: &'a Profile,
    /// Today.
    pub day: Day,
    /// Whether a run of the play is under way.
    pub is_open: bool,
    /// When the last run of the play began.
    pub last: Option<Day>,
}

/// Why a customer does not go through a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It already does.
    UnderWay,
    /// It is not one of those that the play is for.
    NotMeant,
    /// It has left.
    Left,
    /// It pauses.
    Paused,
    /// It did before, and does so once only.
    Once,
    /// It did before; it may again from this day.
    Until(Day),
}

/// Whether a customer may begin a play.
///
/// # Errors
/// The reason why not.
pub fn judge_entry(play: &Play, entry: &Entry<'_>) -> Result<(), Refusal> {
    if entry.is_open {
        return Err(Refusal::UnderWay);
    }
    if !play.with_paused && entry.profile.has_left(entry.day) {
        return Err(Refusal::Left);
    }
    if !play.with_paused && entry.profile.is_paused() {
        return Err(Refusal::Paused);
    }
    if !play.audience.holds(entry.profile, entry.day) {
        return Err(Refusal::NotMeant);
    }
    match (play.reentry, entry.last) {
        (Reentry::Never, Some(_)) => Err(Refusal::Once),
        (Reentry::AfterDays(days), Some(last)) => {
            let from = last.plus(i32::try_from(days).unwrap_or(i32::MAX));
            if entry.day < from { Err(Refusal::Until(from)) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}
