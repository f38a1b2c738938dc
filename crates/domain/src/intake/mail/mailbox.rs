//! The port to mailboxes: where one is, and what is asked of it.

use serde::{Deserialize, Serialize};

use super::Letter;
use crate::intake::Reason;
use crate::time::Day;

/// How the way to a mailbox is encrypted. In plain nothing is sent: a password would be read on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Guarded {
    /// From the first byte; usually port 993.
    #[default]
    Tls,
    /// After a greeting in plain; usually port 143.
    StartTls,
}

impl Guarded {
    /// Both, the better first.
    pub const ALL: [Self; 2] = [Self::Tls, Self::StartTls];

    /// Its word in forms and keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
        }
    }

    /// Reads [`Guarded::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.word() == word)
    }
}

/// Where a mailbox is. It is read over IMAP, and nothing in it is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailboxAddress {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Encryption.
    pub guarded: Guarded,
    /// User.
    pub user: String,
    /// A certificate authority of one's own, as PEM; empty for those that everybody knows.
    pub authority: String,
    /// Letters older than so many days are not fetched; 0 fetches all.
    pub days: i64,
}

/// Why a mailbox cannot be read: a word of keys, and what the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxFault {
    /// `unreachable`, `tls`, `sign-in`, `folder`, `protocol`.
    pub word: &'static str,
    /// In English, without the password.
    pub said: String,
}

/// A folder as it was opened. A number names a letter only as long as `validity` stays the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderState {
    /// UIDVALIDITY.
    pub validity: u32,
    /// Letters in it.
    pub letters: u32,
}

/// A letter under its number; those that cannot be read with the reason.
pub type Fetched = (u32, Result<Letter, Reason>);

/// An open mailbox. Every call waits for the server.
pub trait OpenMailbox: Send {
    /// Names of its folders.
    ///
    /// # Errors
    /// What the server said.
    fn list_folders(&mut self) -> Result<Vec<String>, MailboxFault>;

    /// Opens a folder for reading only.
    ///
    /// # Errors
    /// `folder` when there is none of this name.
    fn examine(&mut self, folder: &str) -> Result<FolderState, MailboxFault>;

    /// Numbers of the letters behind `after`, from a day on when given, in ascending order.
    ///
    /// # Errors
    /// What the server said.
    fn list_letters(&mut self, after: u32, since: Option<Day>) -> Result<Vec<u32>, MailboxFault>;

    /// Letters by their numbers; those that are gone meanwhile are not among them.
    ///
    /// # Errors
    /// What the server said. A letter that cannot be read is no error of the mailbox.
    fn fetch(&mut self, numbers: &[u32]) -> Result<Vec<Fetched>, MailboxFault>;

    /// Takes leave.
    fn close(&mut self);
}

/// Opens mailboxes. `connectors` implements it.
pub trait Mailboxes: Send + Sync + std::fmt::Debug {
    /// Connects and signs in; waits for the server.
    ///
    /// # Errors
    /// What the server said.
    fn open(&self, address: &MailboxAddress, password: &str) -> Result<Box<dyn OpenMailbox>, MailboxFault>;
}
