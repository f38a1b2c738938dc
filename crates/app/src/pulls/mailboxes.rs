//! Mailboxes: tried before they are kept, their folders chosen, and each folder read from where it was.

use kizashi_domain::id::{Connection, Id, Pull, Workspace};
use kizashi_domain::intake::mail::{FolderState, Letter, MailboxAddress, MailboxFault, OpenMailbox};
use kizashi_domain::intake::{Reason, RecordKind, Refusal};
use kizashi_domain::time::{Day, Time};

use super::{Failed, INTERVALS_S, Leads, PullRow, Query, connections, store};
use crate::access::Grant;
use crate::imports::Report;
use crate::intake::{Kept, Origin};
use crate::secrets::{Purpose, Secret, find_secret};
use crate::{App, Error, Refused, Result, intake, mail};

/// Spans that are offered for what is there when a mailbox is read first; 0 is everything.
pub const MAIL_DAYS: [i64; 4] = [30, 90, 365, 0];
/// Letters fetched at once.
const FETCH_LETTERS: usize = 50;
/// Letters kept at once; the place from which the next run goes on is kept behind each piece.
const KEEP_LETTERS: usize = 500;
/// Folders of a mailbox that are read.
const FOLDERS_MAX: usize = 20;
const FOLDER_CHARS_MAX: usize = 255;
const REFUSALS_SHOWN_MAX: usize = 50;
/// Stands in a place as long as what was there at the beginning is not read to its end.
const HISTORY: &str = "history";

impl From<MailboxFault> for Failed {
    fn from(fault: MailboxFault) -> Self {
        Self::There(fault.word, fault.said)
    }
}

type Opened = Box<dyn OpenMailbox>;

/// Opens a mailbox as it would be with this address and password; without a password with the one that is kept.
async fn open(
    app: &App,
    ws: Id<Workspace>,
    id: Option<Id<Connection>>,
    address: &MailboxAddress,
    password: Option<&Secret>,
) -> std::result::Result<Opened, Failed> {
    let Some(mailboxes) = app.mailboxes.clone() else {
        return Err(Error::failed("a mailbox", "this program has no means to open one").into());
    };
    let kept = match (password, id) {
        (None, Some(id)) => find_secret(app, ws, Purpose::Mailbox, id.uuid()).await?,
        _ => None,
    };
    let secret = password.or(kept.as_ref()).map(Secret::expose).unwrap_or_default();
    Ok(tokio::task::block_in_place(|| mailboxes.open(address, secret))?)
}

/// Signs in to a mailbox and names its folders.
pub async fn try_mailbox(
    app: &App,
    grant: &Grant,
    id: Option<Id<Connection>>,
    address: &MailboxAddress,
    password: Option<&Secret>,
) -> std::result::Result<Vec<String>, Failed> {
    let mut opened = open(app, grant.workspace(), id, address, password).await?;
    let folders = tokio::task::block_in_place(|| {
        let folders = opened.list_folders();
        opened.close();
        folders
    });
    let mut folders = folders?;
    folders.sort_by_key(|name| (!name.eq_ignore_ascii_case("inbox"), name.clone()));
    Ok(folders)
}

/// Keeps a mailbox that answers. Without a password the one that is there stays.
pub async fn keep_mailbox(
    app: &App,
    grant: &Grant,
    id: Option<Id<Connection>>,
    name: &str,
    address: &MailboxAddress,
    password: Option<&Secret>,
) -> std::result::Result<Id<Connection>, Failed> {
    connections::check_name(name)?;
    connections::check_parts(&[("host", &address.host), ("user", &address.user)], address.port, &address.authority)?;
    if !MAIL_DAYS.contains(&address.days) {
        return Err(Refused::Field { field: "days", reason: "required" }.into());
    }
    if let Some(id) = id {
        let before = connections::open_connection(app, grant.workspace(), id).await?;
        let Leads::Mailbox(was) = &before.leads else { return Err(Refused::NotFound.into()) };
        // What one server was trusted with is not told another one.
        if (was.host != address.host || was.port != address.port) && password.is_none() {
            return Err(Refused::Field { field: "password", reason: "password-again" }.into());
        }
        if before.name != name {
            return Err(Refused::Field { field: "name", reason: "connection-name" }.into());
        }
    } else if password.is_none() {
        return Err(Refused::Field { field: "password", reason: "required" }.into());
    }
    try_mailbox(app, grant, id, address, password).await?;
    let id = id.unwrap_or_else(App::new_id);
    store::keep_connection(app, grant, id, name, &Leads::Mailbox(address.clone()), password).await?;
    Ok(id)
}

/// The folders of a mailbox that is kept.
pub async fn list_folders(app: &App, grant: &Grant, id: Id<Connection>) -> std::result::Result<Vec<String>, Failed> {
    let row = connections::open_connection(app, grant.workspace(), id).await?;
    let Leads::Mailbox(address) = &row.leads else { return Err(Refused::NotFound.into()) };
    try_mailbox(app, grant, Some(id), address, None).await
}

/// Chooses the folders of a mailbox that are read, and how often. Those that are no longer chosen are not read any more; what they
/// brought stays.
pub async fn keep_folders(
    app: &App,
    grant: &Grant,
    id: Id<Connection>,
    folders: &[String],
    interval_s: i64,
) -> Result<Vec<Id<Pull>>> {
    let ws = grant.workspace();
    let row = connections::open_connection(app, ws, id).await?;
    let is_name =
        |f: &String| !f.is_empty() && f.chars().count() <= FOLDER_CHARS_MAX && !f.chars().any(char::is_control);
    if !matches!(row.leads, Leads::Mailbox(_)) {
        return Err(Refused::NotFound.into());
    }
    if folders.is_empty() || folders.len() > FOLDERS_MAX || !folders.iter().all(is_name) {
        return Err(Refused::Field { field: "folders", reason: "mail-folders" }.into());
    }
    if !INTERVALS_S.contains(&interval_s) {
        return Err(Refused::Field { field: "interval", reason: "required" }.into());
    }
    let there: Vec<PullRow> = store::list_pulls(app, ws).await?.into_iter().filter(|p| p.connection == id).collect();
    for gone in there.iter().filter(|p| !folders.contains(&p.name)) {
        store::drop_pull(app, grant, gone.id).await?;
    }
    let mut kept = Vec::new();
    for folder in folders {
        let pull = there.iter().find(|p| p.name == *folder).map_or_else(App::new_id, |p| p.id);
        store::keep_pull(app, grant, (pull, id), folder, &Query::default(), interval_s).await?;
        kept.push(pull);
    }
    Ok(kept)
}

/// From where a folder is read on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    validity: u32,
    uid: u32,
    /// What was there at the beginning is still being read.
    is_history: bool,
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (validity, uid) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Self { validity, uid, is_history: parts.next() == Some(HISTORY) })
    }

    fn text(self) -> String {
        let end = if self.is_history { format!(":{HISTORY}") } else { String::new() };
        format!("{}:{}{end}", self.validity, self.uid)
    }
}

/// Reads a folder from where it is to its end; what it brought.
pub(super) async fn read_folder(
    app: &App,
    ws: Id<Workspace>,
    pull: &PullRow,
    address: &MailboxAddress,
) -> std::result::Result<Report, Failed> {
    let mut opened = open(app, ws, Some(pull.connection), address, None).await?;
    let ended = read(app, ws, pull, address, &mut opened).await;
    tokio::task::block_in_place(|| opened.close());
    ended
}

async fn read(
    app: &App,
    ws: Id<Workspace>,
    pull: &PullRow,
    address: &MailboxAddress,
    opened: &mut Opened,
) -> std::result::Result<Report, Failed> {
    let state = tokio::task::block_in_place(|| examine(opened.as_mut(), &pull.name))?;
    let begin = Place { validity: state.validity, uid: 0, is_history: true };
    let before = Place::parse(&pull.place);
    // Numbers of another validity say nothing: everything is looked at again, and what is known is the same.
    let mut place = before.filter(|p| p.validity == state.validity).unwrap_or(begin);
    let since = (address.days > 0 && place.is_history).then(|| first_day(app.now(), address.days));
    let numbers = tokio::task::block_in_place(|| opened.list_letters(place.uid, since))?;
    let mut sums = Sums::default();
    for piece in numbers.chunks(KEEP_LETTERS) {
        let mut letters: Vec<Letter> = Vec::with_capacity(piece.len());
        for some in piece.chunks(FETCH_LETTERS) {
            let fetched = tokio::task::block_in_place(|| opened.fetch(some))?;
            sums.rows += fetched.len() as u64;
            for (uid, letter) in fetched {
                match letter {
                    Ok(letter) => letters.push(letter),
                    Err(reason) => sums.refuse(uid, reason),
                }
            }
        }
        let learned = (app.now(), place.is_history);
        sums.kept.add(mail::keep_letters(app, ws, Origin::from(&pull.source), letters, learned).await?);
        place.uid = piece.last().copied().unwrap_or(place.uid);
        store::keep_place(app, ws, pull.id, &place.text()).await?;
    }
    if !sums.refusals.is_empty() {
        intake::count_refused(app, ws, &pull.source, &sums.refusals).await?;
    }
    place.is_history = false;
    if before != Some(place) {
        store::keep_place(app, ws, pull.id, &place.text()).await?;
    }
    let report = Report::of(Some(RecordKind::Activities), (sums.rows, 0), sums.kept, sums.refused);
    Ok(Report { refusals: sums.refusals, ..report })
}

/// Opens a folder; of one that is not there the others are named.
fn examine(opened: &mut dyn OpenMailbox, folder: &str) -> std::result::Result<FolderState, MailboxFault> {
    opened.examine(folder).map_err(|fault| match opened.list_folders() {
        Ok(there) if fault.word == "folder" => {
            let there = there.iter().take(FOLDERS_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
            MailboxFault { said: format!("{}; there are {there}", fault.said), ..fault }
        }
        _ => fault,
    })
}

/// What a run brought.
#[derive(Default)]
struct Sums {
    rows: u64,
    kept: Kept,
    refused: u64,
    refusals: Vec<Refusal>,
}

impl Sums {
    fn refuse(&mut self, uid: u32, reason: Reason) {
        self.refused += 1;
        if self.refusals.len() < REFUSALS_SHOWN_MAX {
            self.refusals.push(Refusal { line: u64::from(uid), field: String::new(), value: String::new(), reason });
        }
    }
}

/// The first day of the last so many. A server counts days in its own zone: one more costs nothing.
fn first_day(now: Time, days: i64) -> Day {
    const DAY_US: i64 = 86_400 * 1_000_000;
    let today = i32::try_from(now.micros().div_euclid(DAY_US)).unwrap_or(0);
    Day(today).plus(-i32::try_from(days + 1).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_and_read() {
        for place in [
            Place { validity: 7, uid: 12, is_history: false },
            Place { validity: u32::MAX, uid: u32::MAX, is_history: true },
        ] {
            assert_eq!(Place::parse(&place.text()), Some(place));
        }
        for wrong in ["", "7", "x:1", "7:-1", "2026-10-01 00:00:00+00"] {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
    }
}
