//! Letters go in: each once, whatever file or mailbox brings it, and however often.

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::mail::Letter;
use kizashi_domain::time::Time;

use super::sort::Sorter;
use super::{sort_waiting, store};
use crate::intake::{self, Kept, Origin, Samples, keep_records};
use crate::{App, Result};

/// Letters looked up at once.
const PIECE: usize = 500;

/// An answer behind what it answers.
fn by_time(letters: &mut [Letter], now: Time) {
    letters.sort_by(|a, b| a.at(now).cmp(&b.at(now)).then_with(|| a.id.cmp(&b.id)));
}

/// Keeps letters. `learned` = when, and whether it counts as known when it was written.
pub(crate) async fn keep_letters(
    app: &App,
    ws: Id<Workspace>,
    origin: Origin<'_>,
    mut letters: Vec<Letter>,
    learned: (Time, bool),
) -> Result<Kept> {
    by_time(&mut letters, learned.0);
    let mut sorter = Sorter::begin(app, ws, learned).await?;
    let mut all = Kept::default();
    for piece in letters.chunks(PIECE) {
        let sorted = sorter.sort(piece).await?;
        // First the records: a letter is there only when its records are. Done again, they are the same.
        all.add(keep_records(app, ws, origin, &sorted.records, false).await?);
        store::insert_letters(app, ws, (origin.source, origin.run), &sorted.letters).await?;
        all.same += sorted.same;
        all.mail.add(sorted.tally);
    }
    if all.added > 0 || all.mail.waiting > 0 {
        // A letter that is kept now may be the one that others answered.
        let found = sort_waiting(app, ws).await?;
        store::purge_waiting(app, ws).await?;
        all.mail.waiting = all.mail.waiting.saturating_sub(found);
    }
    Ok(all)
}

/// What [`keep_letters`] would do. Nothing is kept.
pub(crate) async fn try_letters(
    app: &App,
    ws: Id<Workspace>,
    origin: Origin<'_>,
    mut letters: Vec<Letter>,
    learned: (Time, bool),
    samples: &mut Samples,
) -> Result<Kept> {
    by_time(&mut letters, learned.0);
    let mut sorter = Sorter::begin(app, ws, learned).await?;
    let mut all = Kept::default();
    for piece in letters.chunks(PIECE) {
        let sorted = sorter.sort(piece).await?;
        all.add(intake::try_records(app, ws, origin, &sorted.records, samples).await?);
        all.same += sorted.same;
        all.mail.add(sorted.tally);
    }
    Ok(all)
}
