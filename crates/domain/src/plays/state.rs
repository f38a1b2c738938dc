//! What a run holds.

use serde::{Deserialize, Serialize};

use super::play::Play;
use super::step::Step;
use crate::time::Day;

/// Where a step of a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// まだ: something comes before it.
    #[default]
    Later,
    /// いま.
    Open,
    /// 完了.
    Done,
    /// A person left it out.
    Skipped,
    /// It was waited for in vain.
    TimedOut,
    /// The branch went the other way, or the run ended before.
    Bypassed,
    /// The answer was no.
    Declined,
}

impl Standing {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Later, Self::Open, Self::Done, Self::Skipped, Self::TimedOut, Self::Bypassed, Self::Declined];

    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::Open => "open",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::TimedOut => "timed_out",
            Self::Bypassed => "bypassed",
            Self::Declined => "declined",
        }
    }

    /// Reads [`Standing::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// Whether what comes after it may begin.
    pub const fn lets_pass(self) -> bool {
        matches!(self, Self::Done | Self::Skipped | Self::TimedOut)
    }

    /// Whether it is over.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Later | Self::Open)
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Every step is over.
    Finished,
    /// An approval was declined.
    Declined,
    /// A condition was waited for in vain.
    TimedOut,
    /// The customer left.
    CustomerLeft,
    /// A person stopped it.
    Stopped,
    /// The card that it answered was closed.
    CardClosed,
}

impl End {
    /// All.
    pub const ALL: [Self; 6] =
        [Self::Finished, Self::Declined, Self::TimedOut, Self::CustomerLeft, Self::Stopped, Self::CardClosed];

    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Declined => "declined",
            Self::TimedOut => "timed_out",
            Self::CustomerLeft => "customer_left",
            Self::Stopped => "stopped",
            Self::CardClosed => "card_closed",
        }
    }

    /// Reads [`End::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.word() == word)
    }
}

/// One step of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepState {
    /// Where it stands.
    pub standing: Standing,
    /// Whether it stands in the list of somebody's work.
    pub asks: bool,
    /// From when it could be done.
    pub ready_on: Option<Day>,
    /// By when.
    pub due_on: Option<Day>,
    /// The date that it is counted back from.
    pub dated_from: Option<Day>,
    /// When it was over.
    pub finished_on: Option<Day>,
    /// The way that a branch went.
    pub chose: Option<bool>,
    /// What it saw of its condition; `None` = that was not measured.
    pub chose_value: Option<f64>,
    /// When managers were told that it is late.
    pub escalated_on: Option<Day>,
}

/// A run: its steps in the order of [`Play::steps`].
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    /// When it began.
    pub started_on: Day,
    /// By when all of it is to be done.
    pub due_on: Day,
    /// Its steps.
    pub steps: Vec<StepState>,
    /// How and when it ended.
    pub ended: Option<(End, Day)>,
}

impl RunState {
    /// Whether something open looks at a metric, the score or a date of the contract.
    pub fn watches(&self, play: &Play) -> bool {
        self.any_open(play, |s| s.bound().is_some() || s.dated_back().is_some_and(|b| !b.date.is_closing()))
    }

    /// Whether something open looks at a metric or the score.
    pub fn watches_figures(&self, play: &Play) -> bool {
        self.any_open(play, |s| s.bound().is_some())
    }

    fn any_open(&self, play: &Play, holds: impl Fn(&Step) -> bool) -> bool {
        let steps = play.steps();
        self.ended.is_none()
            && steps.iter().zip(&self.steps).any(|(s, state)| state.standing == Standing::Open && holds(s))
    }

    /// How many steps are over, and how many there are; those that are left because of a branch do not count.
    pub fn progress(&self) -> (usize, usize) {
        let counted = self.steps.iter().filter(|s| s.standing != Standing::Bypassed);
        (counted.clone().filter(|s| s.standing.is_over()).count(), counted.count())
    }
}
