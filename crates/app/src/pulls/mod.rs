//! What is fetched from other systems again and again: queries of their databases, folders of mailboxes.
//!
//! `connections` where the other system is, and the secret that opens it · `mailboxes` those that are mailboxes · `queries` what is asked there, looked at and tried before it
//! is kept · `run` fetching, with a place to go on from that is kept only behind the facts · `due` when each is asked again · `store`
//! the tables.

mod connections;
mod due;
mod mailboxes;
mod queries;
mod run;
mod store;

use kizashi_db::ForeignError;
use kizashi_domain::id::{Connection, Id, Pull};
use kizashi_domain::intake::Wish;
use kizashi_domain::intake::mail::MailboxAddress;
use kizashi_domain::time::Time;
use serde::{Deserialize, Serialize};

pub use connections::{drop_connection, keep_connection, list_connections, open_connection, try_connection};
pub(crate) use due::Running;
pub use due::{run_due, run_now, start_now};
pub use mailboxes::{MAIL_DAYS, keep_folders, keep_mailbox, list_folders, try_mailbox};
pub use queries::{QueryLook, drop_pull, keep_query, list_pulls, look_at_query, open_pull, restart_pull, try_query};
pub use run::run_pull;

use crate::imports::Report;

/// How often a query may be asked, in seconds.
pub const INTERVALS_S: [i64; 5] = [300, 900, 3_600, 21_600, 86_400];
/// The longest query.
pub const QUERY_CHARS_MAX: usize = 20_000;
/// Connections of a workspace, and queries of all of them.
const CONNECTIONS_MAX: i64 = 100;
const PULLS_MAX: i64 = 500;
/// How far back a query reads again, for transactions of the other system that ended late.
const OVERLAP_S: i64 = 300;

/// How the way to a database is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Encrypted, and the certificate must be that of the host.
    #[default]
    Verified,
    /// Encrypted, whoever answers.
    Encrypted,
    /// In plain.
    Plain,
}

impl Tls {
    /// All of them, the best first.
    pub const ALL: [Self; 3] = [Self::Verified, Self::Encrypted, Self::Plain];

    /// Its word in forms and keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Encrypted => "encrypted",
            Self::Plain => "plain",
        }
    }

    /// Reads [`Tls::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.word() == word)
    }
}

/// Where a database of others is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatabaseAddress {
    /// Host, or the folder of a socket.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Name of the database.
    pub database: String,
    /// User.
    pub user: String,
    /// Encryption.
    pub tls: Tls,
    /// A certificate authority of one's own, as PEM; empty for those that everybody knows.
    pub authority: String,
}

/// What a connection leads to.
#[derive(Clone, Debug)]
pub enum Leads {
    /// A database.
    Database(DatabaseAddress),
    /// A mailbox.
    Mailbox(MailboxAddress),
}

/// A connection to another system.
#[derive(Clone, Debug)]
pub struct ConnectionRow {
    /// Its id.
    pub id: Id<Connection>,
    /// Its name, which is that of the source.
    pub name: String,
    /// Where it leads.
    pub leads: Leads,
    /// When it was changed last.
    pub updated_at: Time,
}

/// What is asked of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The text.
    pub text: String,
    /// The column by which it goes on; empty when it reads everything each time.
    pub cursor: String,
    /// What the rows are, and which column is what.
    pub wish: Wish,
}

/// Something that is fetched again and again.
#[derive(Clone, Debug)]
pub struct PullRow {
    /// Its id.
    pub id: Id<Pull>,
    /// The connection that it goes through.
    pub connection: Id<Connection>,
    /// The connection's name.
    pub source: String,
    /// Its own name.
    pub name: String,
    /// What is asked.
    pub query: Query,
    /// How often, in seconds.
    pub interval_s: i64,
    /// From where it goes on; empty at the beginning.
    pub place: String,
    /// When it is asked next.
    pub next_at: Time,
    /// When it was asked last.
    pub tried_at: Option<Time>,
    /// When it was read to its end last.
    pub done_at: Option<Time>,
    /// How often in a row it failed.
    pub failures: i64,
    /// Why it failed, in a word and in what the other system said.
    pub fault: Option<(String, String)>,
    /// What the last run that brought something brought.
    pub report: Report,
    /// It is being read.
    pub is_running: bool,
}

/// Why a fetch did not come to its end.
#[derive(Debug)]
pub enum Failed {
    /// The other system, or what is asked of it: a word of keys, and what it said.
    There(&'static str, String),
    /// We ourselves.
    Here(crate::Error),
}

impl From<ForeignError> for Failed {
    fn from(e: ForeignError) -> Self {
        Self::There(e.fault.word(), e.said)
    }
}

impl From<crate::Error> for Failed {
    fn from(e: crate::Error) -> Self {
        Self::Here(e)
    }
}

impl From<crate::Refused> for Failed {
    fn from(e: crate::Refused) -> Self {
        Self::Here(e.into())
    }
}
