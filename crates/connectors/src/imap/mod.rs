//! Mailboxes over IMAP: opened for reading only, always encrypted, every answer waited for only so long.
//!
//! `tls` the way there · `names` names of folders, which are written in a charset of their own.

mod names;
mod tls;

use std::future::Future;
use std::time::Duration;

use async_imap::error::Error;
use async_imap::{Client, Session};
use futures_util::TryStreamExt as _;
use kizashi_domain::intake::mail::{
    Fetched, FolderState, Guarded, MailboxAddress, MailboxFault, Mailboxes, OpenMailbox,
};
use kizashi_domain::limits::MAIL_BYTES_MAX;
use kizashi_domain::time::{Day, Time};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio_rustls::client::TlsStream;

use crate::mail::read_letter;

/// How long connecting and signing in may take.
const CONNECT_S: u64 = 20;
/// How long an answer may take.
const ANSWER_S: u64 = 60;
/// How long some letters may take.
const FETCH_S: u64 = 300;
/// Folders that are named.
const FOLDERS_MAX: usize = 500;
/// Characters kept of what a server said.
const SAID_CHARS_MAX: usize = 300;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

type Stream = TlsStream<TcpStream>;

/// Opens mailboxes over IMAP. Its calls wait: they are made where waiting is allowed, inside a runtime of tokio.
#[derive(Clone, Copy, Debug, Default)]
pub struct Imap;

fn fault(word: &'static str, said: impl std::fmt::Display) -> MailboxFault {
    MailboxFault { word, said: said.to_string().chars().filter(|c| !c.is_control()).take(SAID_CHARS_MAX).collect() }
}

/// What a server said to a command: a refusal has the word of the command, everything else is about the way there.
fn told(refused: &'static str, error: &Error) -> MailboxFault {
    match error {
        Error::No(said) | Error::Bad(said) => fault(refused, said),
        Error::Io(_) | Error::ConnectionLost => fault("unreachable", error),
        Error::Validate(_) => fault(refused, error),
        // What could not be read may hold a letter: it is not told.
        _ => fault("protocol", "the server's answer is not understood"),
    }
}

async fn within<T>(seconds: u64, work: impl Future<Output = Result<T, MailboxFault>>) -> Result<T, MailboxFault> {
    tokio::time::timeout(Duration::from_secs(seconds), work)
        .await
        .unwrap_or_else(|_| Err(fault("unreachable", format!("no answer within {seconds} seconds"))))
}

impl Mailboxes for Imap {
    fn open(&self, address: &MailboxAddress, password: &str) -> Result<Box<dyn OpenMailbox>, MailboxFault> {
        let handle = Handle::try_current().map_err(|e| fault("protocol", e))?;
        let session = handle.block_on(within(CONNECT_S, sign_in(address, password)))?;
        Ok(Box::new(Opened { handle, session }))
    }
}

async fn sign_in(address: &MailboxAddress, password: &str) -> Result<Session<Stream>, MailboxFault> {
    let tcp = TcpStream::connect((address.host.as_str(), address.port)).await.map_err(|e| fault("unreachable", e))?;
    let tcp = match address.guarded {
        Guarded::Tls => tcp,
        Guarded::StartTls => {
            let mut client = Client::new(tcp);
            greet(&mut client).await?;
            client.run_command_and_check_ok("STARTTLS", None).await.map_err(|e| told("tls", &e))?;
            // What came in plain behind the answer is dropped with the client.
            client.into_inner()
        }
    };
    let mut client = Client::new(tls::guard(address, tcp).await?);
    if address.guarded == Guarded::Tls {
        greet(&mut client).await?;
    }
    client.login(&address.user, password).await.map_err(|(error, _)| told("sign-in", &error))
}

async fn greet<T>(client: &mut Client<T>) -> Result<(), MailboxFault>
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + std::fmt::Debug + Send,
{
    match client.read_response().await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(fault("unreachable", "the server closed the connection")),
        Err(e) => Err(fault("protocol", e)),
    }
}

/// A mailbox that is open.
struct Opened {
    handle: Handle,
    session: Session<Stream>,
}

impl OpenMailbox for Opened {
    fn list_folders(&mut self) -> Result<Vec<String>, MailboxFault> {
        let session = &mut self.session;
        self.handle.block_on(within(ANSWER_S, async {
            let names = session.list(Some(""), Some("*")).await.map_err(|e| told("folder", &e))?;
            let all: Vec<_> = names.try_collect().await.map_err(|e| told("folder", &e))?;
            Ok(all.iter().take(FOLDERS_MAX).map(|name| names::decode(name.name())).collect())
        }))
    }

    fn examine(&mut self, folder: &str) -> Result<FolderState, MailboxFault> {
        let session = &mut self.session;
        self.handle.block_on(within(ANSWER_S, async {
            let found = session.examine(names::encode(folder)).await.map_err(|e| told("folder", &e))?;
            Ok(FolderState { validity: found.uid_validity.unwrap_or(0), letters: found.exists })
        }))
    }

    fn list_letters(&mut self, after: u32, since: Option<Day>) -> Result<Vec<u32>, MailboxFault> {
        let session = &mut self.session;
        let mut query = format!("UID {}:*", after.saturating_add(1));
        if let Some((year, month, day)) = since.map(Day::ymd) {
            let month = usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).unwrap_or(&"Jan");
            query.push_str(&format!(" SINCE {day}-{month}-{year:04}"));
        }
        self.handle.block_on(within(ANSWER_S, async {
            let found = session.uid_search(query).await.map_err(|e| told("protocol", &e))?;
            // `n:*` holds the last letter even when its number is smaller.
            let mut numbers: Vec<u32> = found.into_iter().filter(|uid| *uid > after).collect();
            numbers.sort_unstable();
            Ok(numbers)
        }))
    }

    fn fetch(&mut self, numbers: &[u32]) -> Result<Vec<Fetched>, MailboxFault> {
        let set = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let query = format!("(UID INTERNALDATE BODY.PEEK[]<0.{MAIL_BYTES_MAX}>)");
        let session = &mut self.session;
        self.handle.block_on(within(FETCH_S, async {
            let mut letters = Vec::with_capacity(numbers.len());
            let mut coming = session.uid_fetch(set, query).await.map_err(|e| told("protocol", &e))?;
            // One at a time: of each only its text is held.
            while let Some(one) = coming.try_next().await.map_err(|e| told("protocol", &e))? {
                // Servers may tell about letters that nobody asked for.
                let Some(uid) = one.uid.filter(|uid| numbers.contains(uid)) else { continue };
                let Some(body) = one.body() else { continue };
                let arrived_at = one.internal_date().map(|at| Time(at.timestamp().saturating_mul(1_000_000)));
                letters.push((uid, read_letter(body, arrived_at).map_err(|(_, reason)| reason)));
            }
            letters.sort_by_key(|(uid, _)| *uid);
            Ok(letters)
        }))
    }

    fn close(&mut self) {
        let session = &mut self.session;
        // A server that does not answer to this has not taken anything with it.
        let _ =
            self.handle.block_on(within(CONNECT_S, async { session.logout().await.map_err(|e| told("protocol", &e)) }));
    }
}
