//! Telling people: the morning digest and what cannot wait, on the ways that each person chose; answers from the notice by signed
//! links; and the ledger of every letter that goes to a customer.
//!
//! `content` what notices say · `setting` ways, limits and wishes · `digest` the morning · `instant` what cannot wait · `deliver` what is
//! due goes out, and how each try ended · `links` answers · `letters` the ledger · `calendar` the feed of dues · `store` the tables.
//! `server` sends; here it is decided what, when and how often.

mod calendar;
mod content;
mod deliver;
mod digest;
mod instant;
mod letters;
mod links;
mod setting;
mod store;

use std::collections::HashMap;

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Customer, Id, Notice, Outgoing, Posting, Staff, Workspace};
use kizashi_domain::notices::Purpose;
use kizashi_domain::time::Time;

use crate::access::{Grant, Viewer, record_audit};
use crate::plays::{self, CardRow};
use crate::{App, Error, Refused, Result};

pub use calendar::{CalendarDue, DueKind, make_calendar, open_calendar, revoke_calendar};
pub use content::{Content, Digest, DigestCard, DigestDeadline, DigestMeeting, DigestSource, DigestTask, Instant};
pub use deliver::{Errand, LetterMail, Message, NoticeMail, Piece, To, Tried, keep_tried, list_lost, take_errands};
pub use digest::{ask_digest, write_digests};
pub(crate) use instant::keep_notice;
pub use instant::tell_causes;
pub use letters::{
    count_letters, decide_letters, drop_opt_out, keep_letter_text, keep_opt_out, list_letters, list_opt_outs,
    opt_out_by_link, record_sent, restore_letter, withdraw_letter,
};
pub(crate) use letters::{keep_letter, keep_recall};
pub use links::{Answer, AnswerState, Answering, CardLinks, answer_by_link, open_answer, undo_by_link};
pub use setting::{
    ADDRESSES_MAX, AddressRow, ChatKind, MAIL, Sending, Smtp, Wish, add_address, drop_address, drop_smtp, find_wish,
    keep_rules, keep_smtp, keep_wish, list_addresses, open_sending,
};

/// Notices on a page.
const PAGE_ROWS: i64 = 30;

/// A notice as pages show it.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// Its id.
    pub id: Id<Notice>,
    /// The card that it is about.
    pub card: Option<Id<Card>>,
    /// The customer that it is about.
    pub customer: Option<Id<Customer>>,
    /// The page that it leads to; may be empty.
    pub page: String,
    /// What it says.
    pub content: Content,
    /// When.
    pub created_at: Time,
    /// When it was seen.
    pub seen_at: Option<Time>,
    /// The ways on which it went out.
    pub postings: Vec<PostingRow>,
}

impl NoticeRow {
    /// The cards that can be answered from it.
    pub fn cards(&self) -> Vec<Id<Card>> {
        match &self.content {
            Content::Digest(digest) => digest.cards.iter().map(|c| c.id).collect(),
            Content::Instant(_) | Content::Test => self.card.into_iter().collect(),
        }
    }
}

/// A message on a way.
#[derive(Clone, Debug)]
pub struct PostingRow {
    /// Its id.
    pub id: Id<Posting>,
    /// [`MAIL`], or the id of a place.
    pub way: String,
    /// Name of the place.
    pub place: Option<String>,
    /// `waiting` `sending` `sent` `unclear` `failed`.
    pub state: String,
    /// Why it did not go, a word; empty when it did.
    pub fault: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub due_at: Time,
    /// Since when.
    pub created_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// To whom, where that is not clear.
    pub staff: Option<String>,
    /// Which part of a longer message, of how many; 0 = the whole.
    pub part: (i64, i64),
}

/// A letter of the ledger.
#[derive(Clone, Debug)]
pub struct LetterRow {
    /// Its id.
    pub id: Id<Outgoing>,
    /// Customer.
    pub customer: Id<Customer>,
    /// Its name.
    pub customer_name: String,
    /// To whom.
    pub contact_name: String,
    /// Their address.
    pub email: String,
    /// Why we write.
    pub purpose: Purpose,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Who writes; `None` = the product itself.
    pub staff: Option<String>,
    /// `waiting` `going` `sent` `unclear` `failed` `declined`.
    pub state: String,
    /// Why it waits, failed or was declined, a word.
    pub why: String,
    /// When it is looked at again.
    pub look_at: Time,
    /// Since when it is in the ledger.
    pub created_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Its message.
    pub posting: Option<Id<Posting>>,
    /// Why sending did not work.
    pub fault: String,
    /// When it was held back, why, and until when.
    pub holds: Vec<(Time, String, Option<Time>)>,
    /// Who has the customer now.
    pub owner: Option<String>,
}

/// Somebody who asked to be spared surveys and tips.
#[derive(Clone, Debug)]
pub struct OptOut {
    /// Mail address.
    pub person: String,
    /// Since when.
    pub at: Time,
    /// Who noted it; `None` = they themselves.
    pub staff: Option<String>,
}

/// A notice to write down.
struct NewNotice<'a> {
    staff: Id<Staff>,
    key: &'a str,
    card: Option<Id<Card>>,
    customer: Option<Id<Customer>>,
    page: &'a str,
    content: &'a Content,
}

/// Ways that there are: mail when there is a server, and places of chats.
async fn list_ways(app: &App, ws: Id<Workspace>) -> Result<Vec<String>> {
    let (sending, _) = store::setting::find(app, ws).await?;
    let places = store::setting::list_addresses(app, ws).await?;
    let mail = sending.smtp.is_some().then(|| MAIL.to_owned());
    Ok(mail.into_iter().chain(places.into_iter().map(|a| a.id.to_string())).collect())
}

/// Writes a notice down and puts it on its ways, on which it goes from an instant on; `None` when this person was told it already.
async fn tell(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    new: &NewNotice<'_>,
    (ways, due_at): (&[String], Time),
) -> Result<Option<Id<Notice>>> {
    let Some(id) = store::notice::insert(tx, app, ws, new).await? else { return Ok(None) };
    for way in ways {
        store::posting::insert(tx, app, ws, (Some(id), None), (way, due_at)).await?;
    }
    Ok(Some(id))
}

/// A page of the viewer's notices, the newest first, and where the next one begins.
pub async fn list_notices(
    app: &App,
    viewer: &Viewer,
    before: Option<(Time, Id<Notice>)>,
) -> Result<(Vec<NoticeRow>, Option<(Time, Id<Notice>)>)> {
    let ws = viewer.workspace;
    let mut rows = store::notice::list(app, ws, viewer.staff, before, PAGE_ROWS + 1).await?;
    let more = i64::try_from(rows.len()).unwrap_or(0) > PAGE_ROWS;
    rows.truncate(usize::try_from(PAGE_ROWS).unwrap_or(0));
    let next = rows.last().filter(|_| more).map(|r| (r.created_at, r.id));
    let ids: Vec<Id<Notice>> = rows.iter().map(|r| r.id).collect();
    let mut ways: HashMap<Id<Notice>, Vec<PostingRow>> = HashMap::new();
    for (notice, row) in store::posting::list_of(app, ws, &ids).await? {
        ways.entry(notice).or_default().push(row);
    }
    for row in &mut rows {
        row.postings = ways.remove(&row.id).unwrap_or_default();
    }
    Ok((rows, next))
}

/// One notice of the viewer; others' are not theirs to see.
pub async fn open_notice(app: &App, viewer: &Viewer, id: Id<Notice>) -> Result<NoticeRow> {
    let found = store::notice::find(app, viewer.workspace, id).await?;
    let (_, mut row) = found.filter(|(staff, _)| *staff == viewer.staff).ok_or(Refused::NotFound)?;
    let ways = store::posting::list_of(app, viewer.workspace, &[id]).await?;
    row.postings = ways.into_iter().map(|(_, way)| way).collect();
    Ok(row)
}

/// The cards that a notice is about, as they are now.
pub async fn list_notice_cards(app: &App, viewer: &Viewer, notice: &NoticeRow) -> Result<Vec<CardRow>> {
    let mut rows = Vec::new();
    for card in notice.cards() {
        match plays::open_card(app, viewer.workspace, card).await {
            Ok(page) => rows.push(page.row),
            // What was erased is not there any more.
            Err(Error::Refused(Refused::NotFound)) => {}
            Err(error) => return Err(error),
        }
    }
    crate::rooms::settle_proposals(app, viewer.workspace, &mut rows).await?;
    Ok(rows)
}

/// How many notices the viewer has not seen.
pub async fn count_unseen(app: &App, viewer: &Viewer) -> Result<i64> {
    store::notice::count_unseen(app, viewer.workspace, viewer.staff).await
}

/// The viewer has seen one notice, or all.
pub async fn see_notices(app: &App, viewer: &Viewer, one: Option<Id<Notice>>) -> Result<()> {
    store::notice::keep_seen(app, viewer.workspace, viewer.staff, one).await
}

/// Sends a word to the person of the grant on one way that only says that the way works.
pub async fn send_test(app: &App, grant: &Grant, way: &str) -> Result<()> {
    let ws = grant.workspace();
    let staff = grant.staff().ok_or(Refused::NotAllowed)?;
    if !list_ways(app, ws).await?.iter().any(|w| w == way) {
        return Err(Refused::NotFound.into());
    }
    let key = format!("test:{}", App::new_id::<Notice>());
    let content = Content::Test;
    let new = NewNotice { staff, key: &key, card: None, customer: None, page: "", content: &content };
    let mut tx = app.db.write().await?;
    let id = tell(&mut tx, app, ws, &new, (&[way.to_owned()], app.now())).await?;
    tx.commit().await?;
    // Nobody has to be told that they press a button.
    store::notice::keep_seen(app, ws, staff, id).await
}

/// What went out last to members of staff.
pub async fn list_postings(app: &App, grant: &Grant) -> Result<Vec<PostingRow>> {
    store::posting::list_newest(app, grant.workspace(), PAGE_ROWS).await
}

/// Sends again what failed or is unclear.
pub async fn send_again(app: &App, grant: &Grant, id: Id<Posting>) -> Result<()> {
    let ws = grant.workspace();
    let mut tx = app.db.write().await?;
    let Some(of) = store::posting::give_back(&mut tx, app, ws, id).await? else { return Err(Refused::Changed.into()) };
    if let Some(outgoing) = of {
        store::outgoing::keep_state(&mut tx, app, ws, outgoing, "going", "").await?;
    }
    record_audit(&mut tx, app, grant, "posting_again", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests;
