//! One event's versions: which is in force when. Without I/O.

use std::collections::{BTreeMap, HashSet};

use super::find::Hit;

/// What a row says about the event of its id.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// The row.
    pub row: u32,
    pub received: i64,
    /// `received` is when it happened, for want of anything better.
    pub assumed: bool,
    /// That it is deleted.
    pub deleted: bool,
    pub content: u64,
}

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It says what was known already.
    Duplicate,
    /// The first word on this event.
    Added,
    /// Another version of an event that is known.
    Corrected,
    /// The event is deleted.
    Deleted,
}

/// From when on a version no longer counts.
#[derive(Clone, Copy, Debug)]
pub struct End {
    /// The stored row; `None` for one of the load.
    pub stored: Option<Hit>,
    /// The row of the load.
    pub row: u32,
    pub received: i64,
    pub assumed: bool,
    /// `i64::MAX` when it counts.
    pub at: i64,
}

#[derive(Clone, Copy, Debug)]
struct Version {
    stored: Option<Hit>,
    row: u32,
    assumed: bool,
    content: Option<u64>,
}

/// All versions of one event, by receipt; of those received in the same instant the one that came last holds.
#[derive(Default)]
pub struct History {
    versions: BTreeMap<(i64, u32), Version>,
    contents: HashSet<u64>,
    exact: HashSet<(i64, Option<u64>)>,
}

impl Hit {
    /// Of several received in the same instant, those that never counted came first.
    const fn rank(&self) -> (i64, u8) {
        let rank = match (self.deleted, self.retracted == self.received) {
            (true, _) => 1,
            (false, true) => 0,
            (false, false) => 2,
        };
        (self.received, rank)
    }

    /// Whether a row says what this only stored version says.
    pub fn is_said_by(&self, said: &Said) -> bool {
        !self.deleted
            && !said.deleted
            && self.retracted == i64::MAX
            && self.content == said.content
            && (said.assumed || self.received <= said.received)
    }
}

impl History {
    /// Of what is stored.
    pub fn new(stored: &[Hit]) -> Self {
        let mut history = Self::default();
        let mut sorted = stored.to_vec();
        sorted.sort_by_key(Hit::rank);
        for hit in sorted {
            let content = (!hit.deleted).then_some(hit.content);
            history.add(hit.received, Version { stored: Some(hit), row: 0, assumed: false, content });
        }
        history
    }

    fn add(&mut self, received: i64, version: Version) {
        self.exact.insert((received, version.content));
        self.contents.extend(version.content);
        self.versions.insert((received, self.versions.len() as u32), version);
    }

    /// What was said last up to an instant: a version, a deletion (`Some(None)`), or nothing.
    fn in_force(&self, at: i64) -> Option<Option<u64>> {
        self.versions.range(..=(at, u32::MAX)).next_back().map(|(_, v)| v.content)
    }

    /// Takes what a row says; a row of unknown receipt that changes something is learned `now`.
    pub fn take(&mut self, said: Said, now: i64) -> Verdict {
        let Said { row, received, assumed, deleted, content } = said;
        let content = (!deleted).then_some(content);
        let is_known = !self.contents.is_empty();
        let (received, assumed) = match (assumed, content) {
            // Known when it happened, as long as nothing else is known of it.
            (true, Some(_)) if !is_known => (received, true),
            (true, _) => (now, false),
            (false, _) => (received, false),
        };
        // The last instant stands for never.
        let received = received.min(i64::MAX - 1);
        let is_said = match (said.assumed, content) {
            // Without a time of receipt, what was ever said of it is no news.
            (true, Some(content)) => self.contents.contains(&content),
            (true, None) => self.in_force(now) == Some(None),
            (false, Some(_)) => self.in_force(received) == Some(content) || self.exact.contains(&(received, content)),
            (false, None) => self.exact.contains(&(received, None)),
        };
        if is_said {
            return Verdict::Duplicate;
        }
        self.add(received, Version { stored: None, row, assumed, content });
        match (content, is_known) {
            (None, _) => Verdict::Deleted,
            (Some(_), true) => Verdict::Corrected,
            (Some(_), false) => Verdict::Added,
        }
    }

    /// When each version ends: where the next one begins. A deletion never counts.
    pub fn ends(&self) -> Vec<End> {
        let next = self.versions.keys().skip(1).map(|(received, _)| *received).chain([i64::MAX]);
        let each = |((key, v), next): ((&(i64, u32), &Version), i64)| {
            let at = if v.content.is_none() { key.0 } else { next };
            End { stored: v.stored, row: v.row, received: key.0, assumed: v.assumed, at }
        };
        self.versions.iter().zip(next).map(each).collect()
    }
}
