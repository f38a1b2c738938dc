//! Mail: what a letter says, whose it is, and how a mailbox is reached.

mod judge;
mod mailbox;
mod reply;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::limits::{CLOCK_AHEAD_US_MAX, TEXT_CHARS_MAX};
use crate::time::Time;

pub use judge::{
    Addressed, Direction, Directory, House, LeftOut, Person, Verdict, Waiting, is_anybodys, judge, list_domains,
};
pub use mailbox::{Fetched, FolderState, Guarded, MailboxAddress, MailboxFault, Mailboxes, OpenMailbox};
pub use reply::split_reply;

/// Mail before this is a mistake of a clock: 1990-01-01.
const OLDEST_US: i64 = 631_152_000 * 1_000_000;

/// Somebody in a letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Party {
    /// Name as shown; may be empty.
    pub name: String,
    /// Address in lower case.
    pub address: String,
}

impl Party {
    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// A file that came with a letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// Its name; may be empty.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// Who speaks in a letter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// A person.
    #[default]
    Personal,
    /// A program: 自動返信, a notice of absence.
    Automatic,
    /// A server that could not deliver.
    Bounce,
    /// A mailing list, by the domain of its id (empty when it has none).
    List(String),
}

/// A letter as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    /// Message-ID, or a hash of the letter when it has none; never empty.
    pub id: String,
    /// Ids of the letters it answers, the nearest first.
    pub answers: Vec<String>,
    /// What its own date says.
    pub written_at: Option<Time>,
    /// When a server took it.
    pub arrived_at: Option<Time>,
    /// Sender.
    pub from: Party,
    /// Everybody it went to.
    pub to: Vec<Party>,
    /// Subject.
    pub subject: String,
    /// What was written now.
    pub text: String,
    /// What stands below: the letter that is answered, the signature.
    pub quoted: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Who speaks.
    pub nature: Nature,
}

impl Letter {
    /// When it was written; a date that cannot be is replaced by that of its arrival, else by `now`.
    pub fn at(&self, now: Time) -> Time {
        let can_be = |at: &Time| at.micros() >= OLDEST_US && at.micros() <= now.micros() + CLOCK_AHEAD_US_MAX;
        self.written_at.filter(can_be).or_else(|| self.arrived_at.filter(can_be)).unwrap_or(now)
    }

    /// Its text for the record: first what was written now, then the names of files, then what was cut off. A sender whom nobody
    /// knows as a person is named above.
    pub fn body(&self, names_sender: bool) -> String {
        let mut body = String::new();
        if names_sender {
            let Party { name, address } = &self.from;
            let _ =
                if name.is_empty() { writeln!(body, "{address}\n") } else { writeln!(body, "{name} <{address}>\n") };
        }
        body.push_str(self.text.trim_end());
        if !self.attachments.is_empty() {
            body.push_str("\n\n");
            for file in &self.attachments {
                let name = if file.name.is_empty() { "?" } else { &file.name };
                let _ = writeln!(body, "[{name} · {}]", size(file.bytes));
            }
        }
        if !self.quoted.is_empty() {
            body = format!("{}\n\n{}", body.trim_end(), self.quoted.trim_end());
        }
        body.trim().chars().filter(|c| *c != '\0').take(TEXT_CHARS_MAX).collect()
    }
}

/// A length for people.
fn size(bytes: u64) -> String {
    const KB: u64 = 1024;
    match bytes {
        0..KB => format!("{bytes} B"),
        _ if bytes < KB * KB => format!("{} KB", bytes.div_ceil(KB)),
        _ => format!("{}.{} MB", bytes / KB / KB, bytes / KB % KB * 10 / KB),
    }
}

/// What became of letters besides those that were kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailTally {
    /// Whose they are is not known: they wait for somebody.
    pub waiting: u64,
    /// Written by programs.
    pub automatic: u64,
    /// Could not be delivered.
    pub bounces: u64,
    /// Of mailing lists, and letters to very many.
    pub lists: u64,
    /// Among ourselves.
    pub internal: u64,
}

impl MailTally {
    /// Counts one that was left out.
    pub const fn count(&mut self, why: LeftOut) {
        match why {
            LeftOut::Automatic => self.automatic += 1,
            LeftOut::Bounce => self.bounces += 1,
            LeftOut::List | LeftOut::Mass => self.lists += 1,
            LeftOut::Internal => self.internal += 1,
        }
    }

    /// Adds what became of others.
    pub const fn add(&mut self, other: Self) {
        self.waiting += other.waiting;
        self.automatic += other.automatic;
        self.bounces += other.bounces;
        self.lists += other.lists;
        self.internal += other.internal;
    }

    /// How many were left out for good.
    pub const fn left_out(&self) -> u64 {
        self.automatic + self.bounces + self.lists + self.internal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_cannot_be_gives_way_to_the_arrival() {
        let now = Time(1_790_000_000_000_000);
        let written = |us: i64| Letter { written_at: Some(Time(us)), ..Letter::default() };
        assert_eq!(written(1_700_000_000_000_000).at(now).micros(), 1_700_000_000_000_000);
        for wrong in [0, -5, i64::MAX, now.micros() + CLOCK_AHEAD_US_MAX + 1] {
            assert_eq!(written(wrong).at(now), now, "{wrong}");
            let arrived = Letter { arrived_at: Some(Time(1_700_000_000_000_000)), ..written(wrong) };
            assert_eq!(arrived.at(now).micros(), 1_700_000_000_000_000);
        }
    }

    #[test]
    fn the_record_names_files_before_what_was_cut_off_and_can_be_split_again() {
        let letter = Letter {
            text: "見積をお送りします。".into(),
            quoted: "> 見積をお願いします。".into(),
            attachments: vec![Attachment { name: "見積.pdf".into(), bytes: 120_000 }],
            from: Party { name: String::new(), address: "a@b.example".into() },
            ..Letter::default()
        };
        let body = letter.body(true);
        assert_eq!(body, "a@b.example\n\n見積をお送りします。\n\n[見積.pdf · 118 KB]\n\n> 見積をお願いします。");
        assert_eq!(split_reply(&body).1, "> 見積をお願いします。");
        assert_eq!([size(3), size(2_048), size(1_700_000)], ["3 B", "2 KB", "1.6 MB"]);
    }
}
