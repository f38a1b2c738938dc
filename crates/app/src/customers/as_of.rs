//! What a page says that shows an earlier day.

use kizashi_domain::health::{Change, Verdict};
use kizashi_domain::time::Day;

use super::read::HistoryPoint;

/// What a page as of an earlier day says beside it.
#[derive(Clone, Debug)]
pub struct AsOf {
    /// The day.
    pub day: Day,
    /// The score that was kept on that day.
    pub stored: Option<HistoryPoint>,
    /// The day once more with everything known now and the settings of now.
    pub again: Option<Verdict>,
    /// Why that differs from what was known: data that arrived, settings.
    pub relearned: Option<Change>,
    /// What was learned since, newest first.
    pub learned: Vec<Learned>,
}

/// What kind of fact was learned late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LearnedKind {
    Usage,
    /// Usage that was corrected or deleted.
    Retracted,
    Activity,
    Ticket,
    Response,
    Figure,
    Contact,
    Contract,
    Deal,
}

impl LearnedKind {
    /// The word in the language files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Retracted => "retracted",
            Self::Activity => "activity",
            Self::Ticket => "ticket",
            Self::Response => "response",
            Self::Figure => "figure",
            Self::Contact => "contact",
            Self::Contract => "contract",
            Self::Deal => "deal",
        }
    }
}

/// Something learned after the day it was true.
#[derive(Clone, Debug)]
pub struct Learned {
    /// What kind.
    pub kind: LearnedKind,
    /// Kind of activity, subject of a ticket, name of a survey, field or person, plan of a contract, title of a deal.
    pub what: String,
    /// When it was true; of several, the last; of a person, when we learned of them.
    pub day: Day,
    /// When we learned of it.
    pub learned_on: Day,
    /// The figure, where it is one.
    pub figure: Option<f64>,
    /// How many facts.
    pub count: u64,
}
