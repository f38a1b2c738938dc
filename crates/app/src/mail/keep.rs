//! Letters go in: each once, whatever file or mailbox brings it, and however often.

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::mail::{Direction, Letter};
use kizashi_domain::intake::{ActivityRow, Record};
use kizashi_domain::time::Time;

use super::sort::Sorter;
use super::{sort_waiting, store};
use crate::intake::{self, Kept, OWN_SOURCE, Origin, Received, Samples, keep_records};
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

/// A letter that we sent ourselves.
#[derive(Debug)]
pub(crate) struct OwnLetter {
    pub message_id: String,
    /// Code of the customer.
    pub customer: String,
    /// Code of the person.
    pub contact: String,
    /// Mail address of the member of staff who wrote it.
    pub staff: Option<String>,
    pub subject: String,
    pub body: String,
    pub at: Time,
}

/// Writes a letter of ours into the history of its customer; an answer to it finds that customer by its id. Done again, it is the same.
pub(crate) async fn keep_own_letter(app: &App, ws: Id<Workspace>, own: &OwnLetter) -> Result<()> {
    let row = ActivityRow {
        external_id: own.message_id.clone(),
        customer: own.customer.clone(),
        contact: Some(own.contact.clone()),
        kind: "mail".to_owned(),
        direction: Some(Direction::Out.word().to_owned()),
        at: own.at,
        staff: own.staff.clone(),
        subject: Some(own.subject.clone()),
        body: Some(own.body.clone()),
    };
    let received = [Received { at: own.at, assumed: false, record: Record::Activity(row) }];
    keep_records(app, ws, OWN_SOURCE, &received, false).await?;
    let letter = store::NewLetter {
        message_id: own.message_id.clone(),
        state: store::KEPT,
        customers: vec![own.customer.clone()],
        why: "",
        content: String::new(),
        happened_at: own.at,
        recorded_at: app.now(),
        assumed: false,
    };
    store::insert_letters(app, ws, (OWN_SOURCE, None), &[letter]).await?;
    intake::mark_dirty(app, ws, vec![own.customer.clone()]).await
}
