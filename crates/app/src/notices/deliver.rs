//! What is due goes out. A try is written down before it is made, and how it ended after it: what lies between is unclear when the
//! process is killed, and is shown instead of being sent a second time.

use std::collections::HashMap;
use std::ops::Range;

use kizashi_domain::id::{Card, Id, Notice, Outgoing, Posting, Workspace};
use kizashi_domain::lang::Lang;
use kizashi_domain::notices::{Purpose as Why, can_be_declined};
use kizashi_domain::time::{Day, Time};

use super::links::{CardLinks, Signer};
use super::setting::{ChatKind, MAIL, Smtp};
use super::store::outgoing::Ready;
use super::store::posting::Due;
use super::{NoticeRow, instant, letters, store};
use crate::access::{Action, find_colleague, permit};
use crate::secrets::{Purpose, Secret, find_secret};
use crate::{App, Result};

/// Taken in one go.
const DUE_MAX: i64 = 20;
/// Longer than any try may take.
const LEASE_US: i64 = 180 * 1_000_000;
/// How long until the next try of a notice, in seconds: about six hours in all, then the day is over.
const NOTICE_WAITS_S: [i64; 9] = [15, 60, 180, 600, 1_800, 3_600, 3_600, 5_400, 7_200];
/// How long until the next try of a letter: about three days in all.
const LETTER_WAITS_S: [i64; 12] = [30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 43_200, 43_200, 86_400];
/// The longest wait that the other side may ask for.
const RETRY_AFTER_S_MAX: i64 = 6 * 3_600;

/// A message to send, taken so that nobody else sends it.
#[derive(Debug)]
pub struct Errand {
    /// Its id.
    pub id: Id<Posting>,
    /// Where to.
    pub to: To,
    /// What.
    pub message: Message,
    /// Which part of it, where it is longer than its way takes.
    pub piece: Option<Piece>,
    attempt: i64,
    outgoing: Option<Id<Outgoing>>,
}

/// A part of a message that its way does not take as one: a delivery of its own, so that none is lost and none sent twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The nth.
    pub nth: i64,
    /// Of so many.
    pub of: i64,
    /// The drawn parts that it holds.
    pub parts: Range<usize>,
}

impl Errand {
    /// The `Message-ID` of a letter from this address, without brackets: the same for every try.
    pub fn message_id(&self, from: &str) -> String {
        let domain = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        match self.outgoing {
            Some(outgoing) => super::letters::message_id(outgoing, from),
            None => format!("kizashi-notice-{}@{domain}", self.id),
        }
    }
}

/// Where a message goes.
#[derive(Debug)]
pub enum To {
    /// By mail.
    Mail {
        /// Through this server.
        smtp: Smtp,
        /// With this password.
        password: Option<Secret>,
        /// To this address.
        address: String,
    },
    /// To a place of a chat.
    Chat {
        /// Its kind.
        kind: ChatKind,
        /// Its address.
        address: Secret,
        /// Its token.
        token: Option<Secret>,
    },
}

/// What is sent.
#[derive(Debug)]
pub enum Message {
    /// A notice to a member of staff.
    Notice(Box<NoticeMail>),
    /// A letter to a person of a customer.
    Letter(Box<LetterMail>),
}

/// A notice with what it takes to draw it.
#[derive(Debug)]
pub struct NoticeMail {
    /// The notice.
    pub notice: NoticeRow,
    /// The day on which it goes out.
    pub today: Day,
    /// To whom.
    pub staff: String,
    /// In this language.
    pub language: Lang,
    /// Answers to the cards in it; none for whoever may not work with cards.
    pub links: HashMap<Id<Card>, CardLinks>,
}

/// A letter with what it takes to write it.
#[derive(Debug)]
pub struct LetterMail {
    /// Why we write.
    pub purpose: Why,
    /// To whom.
    pub contact_name: String,
    /// Subject.
    pub subject: String,
    /// Text.
    pub body: String,
    /// Who writes: name and address; `None` = the product itself.
    pub staff: Option<(String, String)>,
    /// The link by which somebody asks to be spared such letters.
    pub opt_out: Option<String>,
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The other side took it.
    Sent,
    /// It did not go, and may later: why, and how long the other side asks to wait.
    Later(&'static str, Option<i64>),
    /// It will never go like this: why.
    Refused(&'static str),
    /// It may have gone: the other side had all of it and did not answer.
    Unclear(&'static str),
    /// It was not sent: it is longer than its way takes, and goes as so many, each with so many of the drawn parts.
    Shared(Vec<usize>),
}

/// Takes what is due.
pub async fn take_errands(app: &App, ws: Id<Workspace>) -> Result<Vec<Errand>> {
    let mut errands = Vec::new();
    instant::let_go(app, ws).await?;
    for due in store::posting::list_due(app, ws, DUE_MAX).await? {
        if let Some(notice) = due.notice
            && let Some(until) = instant::find_hold(app, ws, notice).await?
        {
            store::posting::put_off(app, ws, due.id, until).await?;
            continue;
        }
        if let Some(outgoing) = due.outgoing
            && letters::take_back(app, ws, due.id, outgoing).await?
        {
            continue;
        }
        if !store::posting::claim(app, ws, due.id, app.now().plus_us(LEASE_US)).await? {
            continue;
        }
        match draw_up(app, ws, &due).await? {
            Ok(errand) => errands.push(errand),
            Err(tried) => keep(app, ws, (due.id, due.outgoing, due.attempts + 1), &tried).await?,
        }
    }
    Ok(errands)
}

async fn draw_up(app: &App, ws: Id<Workspace>, due: &Due) -> Result<std::result::Result<Errand, Tried>> {
    let drawn = match (due.notice, due.outgoing) {
        (Some(notice), _) => notice_of(app, ws, notice).await?,
        (None, Some(outgoing)) => letter_of(app, ws, outgoing).await?,
        (None, None) => None,
    };
    let Some((message, address)) = drawn else { return Ok(Err(Tried::Refused("gone"))) };
    let to = if due.way == MAIL {
        let (sending, _) = store::setting::find(app, ws).await?;
        let Some(smtp) = sending.smtp else { return Ok(Err(Tried::Later("no-smtp", None))) };
        let password = find_secret(app, ws, Purpose::Smtp, ws.uuid()).await?;
        To::Mail { smtp, password, address }
    } else {
        let places = store::setting::list_addresses(app, ws).await?;
        let Some(place) = places.into_iter().find(|p| p.id.to_string() == due.way) else {
            return Ok(Err(Tried::Refused("gone")));
        };
        let Some(address) = find_secret(app, ws, Purpose::NoticeAddress, place.id.uuid()).await? else {
            return Ok(Err(Tried::Refused("gone")));
        };
        let token = find_secret(app, ws, Purpose::NoticeToken, place.id.uuid()).await?;
        To::Chat { kind: place.kind, address, token }
    };
    let piece = due.piece();
    Ok(Ok(Errand { id: due.id, to, message, piece, attempt: due.attempts + 1, outgoing: due.outgoing }))
}

/// A notice and the mail address of its person; none when they have left.
async fn notice_of(app: &App, ws: Id<Workspace>, id: Id<Notice>) -> Result<Option<(Message, String)>> {
    let Some((staff, notice)) = store::notice::find(app, ws, id).await? else { return Ok(None) };
    let Some((viewer, email)) = find_colleague(app, ws, staff).await? else {
        instant::pass_on(app, ws, &notice).await?;
        return Ok(None);
    };
    let mut links = HashMap::new();
    if permit(&viewer, Action::Work).is_ok() {
        let signer = Signer::open(app, ws).await?;
        for card in notice.cards() {
            links.insert(card, signer.links(app, card, staff)?);
        }
    }
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let mail = NoticeMail { notice, today, staff: viewer.name.clone(), language: viewer.language, links };
    Ok(Some((Message::Notice(Box::new(mail)), email)))
}

async fn letter_of(app: &App, ws: Id<Workspace>, id: Id<Outgoing>) -> Result<Option<(Message, String)>> {
    let Some(ready) = store::outgoing::find_ready(app, ws, id).await? else { return Ok(None) };
    let Ready { purpose, subject, body, person, contact_name, staff_name, staff_email, .. } = ready;
    let purpose = Why::parse(&purpose).unwrap_or(Why::Tips);
    let opt_out = match can_be_declined(purpose) {
        true => Some(Signer::open(app, ws).await?.opt_out(id)?),
        false => None,
    };
    let staff = staff_name.zip(staff_email);
    let mail = LetterMail { purpose, contact_name, subject, body, staff, opt_out };
    Ok(Some((Message::Letter(Box::new(mail)), person)))
}

/// Writes down how a try ended and what follows.
pub async fn keep_tried(app: &App, ws: Id<Workspace>, errand: &Errand, tried: &Tried) -> Result<()> {
    keep(app, ws, (errand.id, errand.outgoing, errand.attempt), tried).await
}

async fn keep(
    app: &App,
    ws: Id<Workspace>,
    (id, outgoing, attempt): (Id<Posting>, Option<Id<Outgoing>>, i64),
    tried: &Tried,
) -> Result<()> {
    if let Tried::Shared(shares) = tried {
        let mut tx = app.db.write().await?;
        store::posting::share(&mut tx, app, ws, id, shares).await?;
        return Ok(tx.commit().await?);
    }
    let waits: &[i64] = if outgoing.is_some() { &LETTER_WAITS_S } else { &NOTICE_WAITS_S };
    let (state, fault, due_at) = judge(tried, attempt, waits, app.now());
    let mut tx = app.db.write().await?;
    if store::posting::keep_state(&mut tx, app, ws, id, (state, fault), due_at).await?
        && let Some(outgoing) = outgoing
    {
        let state = if state == "waiting" { "going" } else { state };
        store::outgoing::keep_state(&mut tx, app, ws, outgoing, state, fault).await?;
    }
    Ok(tx.commit().await?)
}

fn judge(tried: &Tried, attempt: i64, waits_s: &[i64], now: Time) -> (&'static str, &'static str, Time) {
    match tried {
        Tried::Sent => ("sent", "", now),
        Tried::Shared(_) => ("waiting", "", now),
        Tried::Refused(fault) => ("failed", fault, now),
        Tried::Unclear(fault) => ("unclear", fault, now),
        Tried::Later(fault, asked_s) => {
            let place = usize::try_from(attempt - 1).unwrap_or(0);
            let Some(wait_s) = waits_s.get(place) else { return ("failed", fault, now) };
            let wait_s = asked_s.unwrap_or(0).clamp(0, RETRY_AFTER_S_MAX).max(*wait_s);
            ("waiting", fault, now.plus_us(wait_s * 1_000_000))
        }
    }
}

/// What a killed process was sending is unclear; how many. At the beginning (`all`) nobody else can be sending.
pub async fn list_lost(app: &App, ws: Id<Workspace>, all: bool) -> Result<usize> {
    let lost = store::posting::list_lost(app, ws, all).await?;
    for due in &lost {
        keep(app, ws, (due.id, due.outgoing, due.attempts), &Tried::Unclear("killed")).await?;
    }
    Ok(lost.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_ever_later_and_end_and_what_is_unclear_is_not_repeated() {
        let now = Time(0);
        for waits in [&NOTICE_WAITS_S[..], &LETTER_WAITS_S[..]] {
            let mut before = Time(0);
            for attempt in 1..=waits.len() {
                let (state, fault, at) = judge(&Tried::Later("connect", None), attempt as i64, waits, now);
                assert!(state == "waiting" && fault == "connect" && at >= before, "{attempt}: {at:?}");
                before = at;
            }
            let last = waits.len() as i64 + 1;
            assert_eq!(judge(&Tried::Later("connect", None), last, waits, now).0, "failed");
            assert_eq!(judge(&Tried::Sent, last, waits, now).0, "sent");
        }
        assert_eq!(judge(&Tried::Unclear("timeout"), 1, &NOTICE_WAITS_S, now), ("unclear", "timeout", now));
        assert_eq!(judge(&Tried::Refused("recipient"), 1, &NOTICE_WAITS_S, now).0, "failed");
        let asked = |s| judge(&Tried::Later("busy", Some(s)), 1, &NOTICE_WAITS_S, now).2.micros() / 1_000_000;
        assert_eq!([asked(600), asked(-4), asked(i64::MAX)], [600, 15, RETRY_AFTER_S_MAX]);
    }
}
