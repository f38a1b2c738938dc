//! The ledger of letters to people of customers: every letter passes it, is sent, waits with a reason, or is declined with one.

use std::collections::BTreeSet;

use kizashi_db::Tx;
use kizashi_domain::id::{Contact, Id, Outgoing, Posting, Workspace};
use kizashi_domain::limits::TEXT_CHARS_MAX;
use kizashi_domain::notices::{Purpose, Verdict, Waiting, can_be_declined, closed_until, decide, names_person};
use kizashi_domain::time::{DAY_US, Time};

use super::links::{Signer, Spared};
use super::setting::{MAIL, Sending, is_address};
use super::store::outgoing::WaitingLetter;
use super::{LetterRow, OptOut, PAGE_ROWS, store};
use crate::access::{Grant, record_audit};
use crate::mail::{OwnLetter, keep_own_letter};
use crate::reactions::{CustomerLetter, LetterRecall};
use crate::{App, Refused, Result};

/// People looked at in one go.
const PEOPLE_MAX: i64 = 200;
/// Sent letters written into histories in one go.
const RECORDED_MAX: i64 = 100;
/// Without a mail server letters are looked at again after this time.
const NO_SERVER_US: i64 = 60 * 1_000_000;
/// A letter that somebody is asked about is looked at again after this time: its customer may have another owner by then.
const LOOK_AGAIN_US: i64 = DAY_US;

/// Takes a letter into the ledger, in the transaction that takes the announcement away. The same key is one letter.
pub(crate) async fn keep_letter(tx: &mut Tx, app: &App, ws: Id<Workspace>, letter: &CustomerLetter) -> Result<()> {
    store::outgoing::insert(tx, app, ws, letter).await?;
    Ok(())
}

/// Letters whose card was closed do not go as long as they wait, and wait again when it is opened again.
pub(crate) async fn keep_recall(tx: &mut Tx, app: &App, ws: Id<Workspace>, recall: &LetterRecall) -> Result<()> {
    match recall.go {
        true => store::outgoing::keep_called_back(tx, app, ws, &recall.keys, "card-closed").await,
        false => store::outgoing::keep_declined_of(tx, app, ws, &recall.keys, "card-closed").await,
    }
}

/// Decides about the letters that wait; how many go.
pub async fn decide_letters(app: &App, ws: Id<Workspace>) -> Result<usize> {
    let contacts = store::outgoing::list_contacts_due(app, ws, PEOPLE_MAX).await?;
    if contacts.is_empty() {
        return Ok(0);
    }
    let (sending, _) = store::setting::find(app, ws).await?;
    let settings = crate::settings::open_settings(app, ws).await?;
    let closed = closed_until(app.now(), &settings.zone, &settings.calendar);
    let mut seen = BTreeSet::new();
    let mut gone = 0;
    for contact in contacts {
        let found = store::outgoing::find_person(app, ws, contact).await?;
        match found.filter(|(email, _)| is_address(email)) {
            None => decline_all(app, ws, contact, "no-address").await?,
            Some((_, true)) => decline_all(app, ws, contact, "left").await?,
            Some((person, false)) => {
                if seen.insert(person.clone()) {
                    gone += decide_person(app, ws, &person, &sending, closed).await?;
                }
            }
        }
    }
    Ok(gone)
}

async fn decline_all(app: &App, ws: Id<Workspace>, contact: Id<Contact>, why: &str) -> Result<()> {
    let waiting = store::outgoing::list_waiting_of(app, ws, contact).await?;
    let mut tx = app.db.write().await?;
    for letter in &waiting {
        store::outgoing::keep_declined(&mut tx, app, ws, letter.id, why).await?;
    }
    Ok(tx.commit().await?)
}

/// Decides about all letters that wait for one person, those too that were to be looked at later: a weightier one comes first.
async fn decide_person(
    app: &App,
    ws: Id<Workspace>,
    person: &str,
    sending: &Sending,
    closed: Option<Time>,
) -> Result<usize> {
    let all = store::outgoing::list_waiting(app, ws, person).await?;
    let is_spared = store::outgoing::is_opted_out(app, ws, person).await?;
    let purpose = |letter: &WaitingLetter| Purpose::parse(&letter.purpose).unwrap_or(Purpose::Tips);
    let (spared, letters): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|letter| is_spared && can_be_declined(purpose(letter)));
    let mut tx = app.db.write().await?;
    let (again, asked) = (app.now().plus_us(NO_SERVER_US), app.now().plus_us(LOOK_AGAIN_US));
    // Somebody is asked at once, whatever else holds a letter; what waits for them presses on nobody.
    let mut ready = Vec::with_capacity(letters.len());
    for letter in letters {
        match settle_writer(&mut tx, app, ws, letter.id).await? {
            Some(why) => store::outgoing::keep_held(&mut tx, app, ws, &letter, (why, asked)).await?,
            None => ready.push(letter),
        }
    }
    let letters = ready;
    let waiting: Vec<Waiting> =
        letters.iter().map(|l| Waiting { purpose: purpose(l), asked_at: l.created_at }).collect();
    let days = sending.mail_limit.map_or(0, |limit| i64::from(limit.days));
    let since = app.now().plus_us(-days * DAY_US);
    let mut went = store::outgoing::list_went(app, ws, person, since).await?;
    went.extend(store::outgoing::list_written(app, ws, person, since).await?);
    went.sort_unstable();
    let verdicts = decide(app.now(), closed, sending.mail_limit, &went, &waiting);
    let mut gone = 0;
    for letter in &spared {
        store::outgoing::keep_declined(&mut tx, app, ws, letter.id, "opt-out").await?;
    }
    for (letter, verdict) in letters.iter().zip(verdicts) {
        let held = match verdict {
            Verdict::Hold(why, until) => Some((why.word(), until)),
            Verdict::Go if sending.smtp.is_none() => Some(("no-smtp", again)),
            Verdict::Go => None,
        };
        match held {
            Some(held) => store::outgoing::keep_held(&mut tx, app, ws, letter, held).await?,
            None => {
                if store::outgoing::keep_going(&mut tx, app, ws, letter.id, person).await? {
                    store::posting::insert(&mut tx, app, ws, (None, Some(letter.id)), (MAIL, app.now())).await?;
                    gone += 1;
                }
            }
        }
    }
    tx.commit().await?;
    Ok(gone)
}

/// A letter whose writer has left, or handed the customer over since, goes in the name of whoever has the customer now, unless its text
/// names the writer or nobody has the customer: then somebody is asked, and this says why.
async fn settle_writer(tx: &mut Tx, app: &App, ws: Id<Workspace>, id: Id<Outgoing>) -> Result<Option<&'static str>> {
    let Some(orphan) = store::outgoing::find_orphan(app, ws, id).await? else { return Ok(None) };
    let is_named = |text: &str| names_person(text, &orphan.writer_name, &orphan.writer_email);
    match orphan.owner {
        None => Ok(Some("no-sender")),
        Some(_) if is_named(&orphan.subject) || is_named(&orphan.body) => Ok(Some("former-owner")),
        Some(owner) => {
            store::outgoing::keep_writer(tx, ws, id, owner).await?;
            Ok(None)
        }
    }
}

/// Looks once more at a letter that is about to go: a server that did not answer for days may have outlasted its writer. Whether it
/// waits for somebody to look at it now.
pub(super) async fn take_back(app: &App, ws: Id<Workspace>, posting: Id<Posting>, id: Id<Outgoing>) -> Result<bool> {
    if store::outgoing::find_orphan(app, ws, id).await?.is_none() {
        return Ok(false);
    }
    let mut tx = app.db.write().await?;
    let why = settle_writer(&mut tx, app, ws, id).await?;
    if let Some(why) = why
        && store::posting::drop_waiting(&mut tx, ws, posting).await?
    {
        store::outgoing::keep_back(&mut tx, app, ws, id, (why, app.now().plus_us(LOOK_AGAIN_US))).await?;
    }
    tx.commit().await?;
    Ok(why.is_some())
}

/// Somebody has looked at a letter that was held because its writer is not there any more: it goes with this text, in the name of
/// whoever has the customer now.
///
/// # Errors
/// Refused for a text that is empty or too long, and while the customer belongs to nobody.
pub async fn keep_letter_text(app: &App, grant: &Grant, id: Id<Outgoing>, (subject, body): (&str, &str)) -> Result<()> {
    let ws = grant.workspace();
    for (field, text) in [("subject", subject), ("body", body)] {
        let reason = match text.trim().chars().count() {
            0 => "required",
            n if n > TEXT_CHARS_MAX => "too-long",
            _ => continue,
        };
        return Err(Refused::Field { field, reason }.into());
    }
    let orphan = store::outgoing::find_orphan(app, ws, id).await?.ok_or(Refused::Changed)?;
    let owner = orphan.owner.ok_or(Refused::Field { field: "body", reason: "no-owner" })?;
    let mut tx = app.db.write().await?;
    if !store::outgoing::keep_text(&mut tx, app, ws, id, (owner, subject.trim(), body.trim())).await? {
        return Err(Refused::Changed.into());
    }
    record_audit(&mut tx, app, grant, "letter_text", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// Writes letters that were sent into the histories of their customers, with the id by which answers find them; how many. Done again,
/// it is the same.
pub async fn record_sent(app: &App, ws: Id<Workspace>) -> Result<usize> {
    let letters = store::outgoing::list_unrecorded(app, ws, RECORDED_MAX).await?;
    let (sending, _) = store::setting::find(app, ws).await?;
    let from = sending.smtp.map(|s| s.from).unwrap_or_default();
    for letter in &letters {
        let own = OwnLetter {
            message_id: message_id(letter.id, &from),
            customer: letter.customer_code.clone(),
            contact: letter.contact_code.clone(),
            staff: letter.staff_email.clone(),
            subject: letter.subject.clone(),
            body: letter.body.clone(),
            at: letter.ended_at.unwrap_or_else(|| app.now()),
        };
        keep_own_letter(app, ws, &own).await?;
        store::outgoing::keep_recorded(app, ws, letter.id).await?;
    }
    Ok(letters.len())
}

/// The `Message-ID` of a letter, without brackets: the same for every try, so that a server or reader can tell.
pub(super) fn message_id(id: Id<Outgoing>, from: &str) -> String {
    let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    format!("kizashi-letter-{id}@{domain}")
}

/// Which letters: those that wait, that went, that did not go.
const TABS: [(&str, [&str; 2]); 3] =
    [("waiting", ["waiting", "going"]), ("sent", ["sent", "unclear"]), ("held", ["declined", "failed"])];

/// A page of letters, the newest first: `waiting`, `sent` or `held`; and where the next one begins.
pub async fn list_letters(
    app: &App,
    ws: Id<Workspace>,
    tab: &str,
    before: Option<(Time, Id<Outgoing>)>,
) -> Result<(Vec<LetterRow>, Option<(Time, Id<Outgoing>)>)> {
    let states = TABS.into_iter().find(|(name, _)| *name == tab).map_or(["waiting", "going"], |(_, states)| states);
    let mut rows = store::ledger::list(app, ws, states, before, PAGE_ROWS + 1).await?;
    let more = i64::try_from(rows.len()).unwrap_or(0) > PAGE_ROWS;
    rows.truncate(usize::try_from(PAGE_ROWS).unwrap_or(0));
    let next = rows.last().filter(|_| more).map(|r| (r.created_at, r.id));
    Ok((rows, next))
}

/// How many letters wait, went, and did not go.
pub async fn count_letters(app: &App, ws: Id<Workspace>) -> Result<[i64; 3]> {
    let counts = store::ledger::count(app, ws).await?;
    Ok(TABS.map(|(_, states)| counts.iter().filter(|(s, _)| states.contains(&s.as_str())).map(|(_, n)| n).sum()))
}

/// A letter that waits is not to go.
pub async fn withdraw_letter(app: &App, grant: &Grant, id: Id<Outgoing>) -> Result<()> {
    let mut tx = app.db.write().await?;
    if !store::outgoing::keep_declined(&mut tx, app, grant.workspace(), id, "withdrawn").await? {
        return Err(Refused::Changed.into());
    }
    record_audit(&mut tx, app, grant, "letter_withdraw", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// A letter that was withdrawn is to go after all.
pub async fn restore_letter(app: &App, grant: &Grant, id: Id<Outgoing>) -> Result<()> {
    let mut tx = app.db.write().await?;
    if !store::outgoing::keep_restored(&mut tx, app, grant.workspace(), id).await? {
        return Err(Refused::Changed.into());
    }
    record_audit(&mut tx, app, grant, "letter_restore", &id.to_string()).await?;
    Ok(tx.commit().await?)
}

/// Somebody asked to be spared surveys and tips; what waits for them is declined.
pub async fn keep_opt_out(app: &App, grant: &Grant, person: &str) -> Result<()> {
    let person = person.trim().to_lowercase();
    if !is_address(&person) {
        return Err(Refused::Field { field: "person", reason: "not-an-email" }.into());
    }
    let mut tx = app.db.write().await?;
    store::outgoing::insert_opt_out(&mut tx, app, grant.workspace(), &person, grant.staff()).await?;
    record_audit(&mut tx, app, grant, "opt_out", "").await?;
    Ok(tx.commit().await?)
}

/// Somebody may be written to again.
pub async fn drop_opt_out(app: &App, grant: &Grant, person: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    if !store::outgoing::drop_opt_out(&mut tx, grant.workspace(), person).await? {
        return Err(Refused::NotFound.into());
    }
    record_audit(&mut tx, app, grant, "opt_out_end", "").await?;
    Ok(tx.commit().await?)
}

/// Who asked to be spared, the latest first.
pub async fn list_opt_outs(app: &App, ws: Id<Workspace>) -> Result<Vec<OptOut>> {
    store::outgoing::list_opt_outs(app, ws).await
}

/// A person of a customer asks to be spared, by the link in a letter. With `is_sure` it is kept; without, it is only looked whether
/// the link is one of ours.
pub async fn opt_out_by_link(app: &App, link: &str, is_sure: bool) -> Result<()> {
    let Some(ws) = app.workspace().await? else { return Err(Refused::NotFound.into()) };
    let person = match Signer::open(app, ws).await?.read_opt_out(link)?.ok_or(Refused::NotFound)? {
        Spared::Of(letter) => store::outgoing::find_receiver(app, ws, letter).await?.ok_or(Refused::NotFound)?,
        Spared::Person(person) => person,
    };
    if is_sure {
        let mut tx = app.db.write().await?;
        store::outgoing::insert_opt_out(&mut tx, app, ws, &person, None).await?;
        tx.commit().await?;
    }
    Ok(())
}
