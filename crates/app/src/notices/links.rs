//! Answers from a notice: a link that the key of the installation has signed lets one person give one answer to one card, once, within
//! some days. Whoever follows it sees the card and a button; nothing happens before that is pressed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kizashi_domain::id::{Card, Id, Outgoing, Staff, Workspace};
use kizashi_domain::time::{Day, Time};
use sha2::Sha256;
use uuid::Uuid;

use super::store;
use crate::access::{Action, Grant, Viewer, find_colleague, hash_key, permit, token};
use crate::plays::{self, Act, CardRow, CardState, Closing, Outcome, Pressed};
use crate::secrets::{Purpose, Secret, find_secret, keep_secret};
use crate::{App, Error, Refused, Result};

/// A link answers for so long.
const VALID_US: i64 = 7 * 24 * 3_600 * 1_000_000;
const MAC_BYTES: usize = 16;
/// Answer, card, person, end.
const ANSWER_BYTES: usize = 1 + 16 + 16 + 8;
/// The mark of a link by which a person of a customer asks to be spared.
const OPT_OUT: u8 = b's';
const OPT_OUT_BY_NAME: u8 = b'o';
const DOMAIN: &[u8] = b"kizashi notice link 1\n";

/// What a link answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 対応する.
    Take,
    /// 後で.
    Later,
    /// 誤検知.
    FalseAlarm,
}

impl Answer {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Take, Self::Later, Self::FalseAlarm];

    const fn mark(self) -> u8 {
        match self {
            Self::Take => b't',
            Self::Later => b'l',
            Self::FalseAlarm => b'f',
        }
    }

    /// The word in keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Later => "later",
            Self::FalseAlarm => "false-alarm",
        }
    }
}

/// The links of one card, for one person: what stands behind `/answer/`.
#[derive(Clone, Debug)]
pub struct CardLinks(pub [(Answer, String); 3]);

/// Signs links.
pub(super) struct Signer(Secret);

impl Signer {
    /// With the key that the installation keeps for this; made when there is none.
    pub async fn open(app: &App, ws: Id<Workspace>) -> Result<Self> {
        if let Some(key) = find_secret(app, ws, Purpose::NoticeLink, ws.uuid()).await? {
            return Ok(Self(key));
        }
        let mut tx = app.db.write().await?;
        let key = Secret::new(token()?);
        keep_secret(&mut tx, app, &Grant::of_console(ws), Purpose::NoticeLink, ws.uuid(), &key).await?;
        tx.commit().await?;
        Ok(Self(key))
    }

    fn mac(&self, payload: &[u8]) -> Result<Hmac<Sha256>> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.expose().as_bytes()).map_err(|e| Error::failed("a link", e))?;
        mac.update(DOMAIN);
        mac.update(payload);
        Ok(mac)
    }

    pub fn sign(&self, payload: &[u8]) -> Result<String> {
        let mac = self.mac(payload)?.finalize().into_bytes();
        Ok(URL_SAFE_NO_PAD.encode(payload.iter().chain(mac.iter().take(MAC_BYTES)).copied().collect::<Vec<u8>>()))
    }

    /// What was signed, if it was.
    fn read(&self, link: &str) -> Result<Option<Vec<u8>>> {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(link) else { return Ok(None) };
        let Some((payload, mac)) = bytes.len().checked_sub(MAC_BYTES).and_then(|at| bytes.split_at_checked(at)) else {
            return Ok(None);
        };
        Ok(self.mac(payload)?.verify_truncated_left(mac).is_ok().then(|| payload.to_vec()))
    }

    /// The answers of one person to one card.
    pub fn links(&self, app: &App, card: Id<Card>, staff: Id<Staff>) -> Result<CardLinks> {
        let until = app.now().plus_us(VALID_US);
        let [take, later, wrong] = Answer::ALL;
        let link = |answer: Answer| {
            let mut payload = vec![answer.mark()];
            payload.extend(card.uuid().as_bytes());
            payload.extend(staff.uuid().as_bytes());
            payload.extend(until.micros().to_be_bytes());
            Ok::<_, Error>((answer, self.sign(&payload)?))
        };
        Ok(CardLinks([link(take)?, link(later)?, link(wrong)?]))
    }

    /// The link by which whoever got a letter asks to be spared: it names the letter, not the person. It holds for ever.
    pub fn opt_out(&self, letter: Id<Outgoing>) -> Result<String> {
        let mut payload = vec![OPT_OUT];
        payload.extend(letter.uuid().as_bytes());
        self.sign(&payload)
    }

    /// Who asks to be spared by a link.
    pub fn read_opt_out(&self, link: &str) -> Result<Option<Spared>> {
        let Some(payload) = self.read(link)? else { return Ok(None) };
        Ok(match payload.split_first() {
            Some((&OPT_OUT, letter)) => {
                letter.try_into().ok().map(|id| Spared::Of(Id::from_uuid(Uuid::from_bytes(id))))
            }
            Some((&OPT_OUT_BY_NAME, person)) => String::from_utf8(person.to_vec()).ok().map(Spared::Person),
            _ => None,
        })
    }
}

/// Who asks to be spared.
pub(super) enum Spared {
    /// Whoever got this letter.
    Of(Id<Outgoing>),
    /// This address, in links of letters that went before links named letters.
    Person(String),
}

/// Reads what a link answers: answer, card, person, until when.
fn parse(payload: &[u8]) -> Option<(Answer, Id<Card>, Id<Staff>, Time)> {
    let payload: &[u8; ANSWER_BYTES] = payload.try_into().ok()?;
    let (mark, rest) = payload.split_first()?;
    let answer = Answer::ALL.into_iter().find(|a| a.mark() == *mark)?;
    let (card, rest) = rest.split_first_chunk::<16>()?;
    let (staff, end) = rest.split_first_chunk::<16>()?;
    let until = Time(i64::from_be_bytes(end.try_into().ok()?));
    Some((answer, Id::from_uuid(Uuid::from_bytes(*card)), Id::from_uuid(Uuid::from_bytes(*staff)), until))
}

/// How far a link has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerState {
    /// Its button can be pressed.
    Open,
    /// It answered, and that can be taken back.
    Answered,
    /// It answered, and that was taken back.
    Undone,
    /// Its time is over.
    Expired,
    /// The card was closed meanwhile.
    Closed,
}

/// A link that was followed.
#[derive(Debug)]
pub struct Answering {
    /// What it answers.
    pub answer: Answer,
    /// The card.
    pub card: CardRow,
    /// Who answers.
    pub viewer: Viewer,
    /// How far it has come.
    pub state: AnswerState,
}

/// Follows a link; changes nothing.
///
/// # Errors
/// [`Refused::NotFound`] for what was not signed here, [`Refused::NotAllowed`] for a person who has left or may not answer any more.
pub async fn open_answer(app: &App, link: &str) -> Result<Answering> {
    let Some(ws) = app.workspace().await? else { return Err(Refused::NotFound.into()) };
    let payload = Signer::open(app, ws).await?.read(link)?.ok_or(Refused::NotFound)?;
    let (answer, card, staff, until) = parse(&payload).ok_or(Refused::NotFound)?;
    let (viewer, _) = find_colleague(app, ws, staff).await?.ok_or(Refused::NotAllowed)?;
    permit(&viewer, Action::Work)?;
    let card = plays::open_card(app, ws, card).await?.row;
    let state = match store::notice::find_answer(app, ws, &hash_key(link)).await? {
        Some(false) => AnswerState::Answered,
        Some(true) => AnswerState::Undone,
        None if app.now() > until => AnswerState::Expired,
        None if card.state == CardState::Closed => AnswerState::Closed,
        None => AnswerState::Open,
    };
    Ok(Answering { answer, card, viewer, state })
}

/// Gives the answer of a link, once. `until` = the day until which the card is put off, `reason` = why it is a false alarm.
pub async fn answer_by_link(app: &App, link: &str, (until, reason): (Option<Day>, &str)) -> Result<Answering> {
    let answering = open_answer(app, link).await?;
    if answering.state != AnswerState::Open {
        return Ok(answering);
    }
    let Answering { answer, card, viewer, .. } = &answering;
    let grant = permit(viewer, Action::Work)?;
    let hash = hash_key(link);
    // First the link: of two who press at once one answers.
    if store::notice::insert_answer(app, grant.workspace(), &hash, viewer.staff, card.id).await? {
        let given = match read_act(*answer, until, reason) {
            Ok(act) => plays::press_card(app, &grant, card.id, &act, None).await,
            Err(error) => Err(error),
        };
        match given {
            Ok(Pressed::Done { batch, .. }) => {
                store::notice::keep_batch(app, grant.workspace(), &hash, batch).await?;
            }
            // It was closed meanwhile, which the page says.
            Ok(Pressed::Meanwhile(_)) => store::notice::drop_answer(app, grant.workspace(), &hash).await?,
            Err(error) => {
                store::notice::drop_answer(app, grant.workspace(), &hash).await?;
                return Err(error);
            }
        }
    }
    open_answer(app, link).await
}

fn read_act(answer: Answer, until: Option<Day>, reason: &str) -> Result<Act> {
    Ok(match answer {
        Answer::Take => Act::Take,
        Answer::Later => {
            let until = until.ok_or(Refused::Field { field: "until", reason: "snooze-until" })?;
            Act::Snooze(until, String::new())
        }
        Answer::FalseAlarm => {
            Act::Close(Closing { false_reason: reason.to_owned(), ..Closing::with(Outcome::FalseAlarm, "") })
        }
    })
}

/// Takes the answer of a link back, once: the card is as it was before, unless something else happened to it since.
pub async fn undo_by_link(app: &App, link: &str) -> Result<Answering> {
    let answering = open_answer(app, link).await?;
    let Answering { viewer, state, .. } = &answering;
    let grant = permit(viewer, Action::Work)?;
    if *state == AnswerState::Answered {
        let (hash, since) = (hash_key(link), Refused::Field { field: "card", reason: "changed-since" });
        let batch = store::notice::find_batch(app, grant.workspace(), &hash).await?.ok_or(since.clone())?;
        if plays::undo_cards(app, &grant, batch).await?.0 == 0 {
            return Err(since.into());
        }
        store::notice::keep_undone(app, grant.workspace(), &hash).await?;
    }
    open_answer(app, link).await
}
