//! Which plays another version of the settings would put in force.

use super::Pack;
use crate::plays::Play;

fn signals_of<'a>(pack: &'a Pack, play: &str) -> Vec<&'a str> {
    let mut ids: Vec<&str> =
        pack.signals.iter().filter(|s| s.play.as_deref() == Some(play)).map(|s| s.id.as_str()).collect();
    ids.sort_unstable();
    ids
}

/// The plays of a pack that are not what they were in the one before: new ones, those that read otherwise, and those that other
/// signals begin. In the order of the pack.
pub fn list_changed_plays<'a>(before: &Pack, after: &'a Pack) -> Vec<&'a Play> {
    let is_same = |play: &&Play| {
        before.play(&play.id) == Some(*play) && signals_of(before, &play.id) == signals_of(after, &play.id)
    };
    after.plays.iter().filter(|play| !is_same(play)).collect()
}
