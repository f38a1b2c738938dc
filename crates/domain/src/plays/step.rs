//! The form of a step.

use serde::{Deserialize, Serialize};

use super::due::DueBefore;
use super::play::Way;
use crate::lang::Text;
use crate::signals::Side;

/// What the ids of steps begin with that a person added to a run.
const OWN_MARK: char = '+';

/// A condition over a metric or the score. What is not measured does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Metric id, or `score`.
    pub of: String,
    /// Which side.
    pub side: Side,
    /// The limit; it belongs to the side.
    pub limit: f64,
}

impl Bound {
    /// Whether a value is at or beyond the limit.
    pub fn holds(&self, value: Option<f64>) -> bool {
        value.is_some_and(|v| match self.side {
            Side::Below => v <= self.limit,
            Side::Above => v >= self.limit,
        })
    }
}

/// Who does a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Whoever looks after the customer.
    #[default]
    Owner,
    /// A manager.
    Manager,
    /// An administrator.
    Admin,
}

impl Who {
    /// All, in the order of a menu.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Manager, Self::Admin];

    /// The word in files, forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }

    /// Reads [`Who::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.word() == word)
    }
}

/// How much of a step the product does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 手動: a person does it.
    #[default]
    Manual,
    /// 半自動: the product has it ready, a person confirms.
    Semi,
    /// 自動: the product does it.
    Auto,
}

impl Mode {
    /// All, in the order of a menu.
    pub const ALL: [Self; 3] = [Self::Manual, Self::Semi, Self::Auto];

    /// The word in files, forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Semi => "semi",
            Self::Auto => "auto",
        }
    }

    /// Reads [`Mode::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.word() == word)
    }
}

/// Why we write to a customer, the weightiest first: when only one letter may go, it is the first of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 更新.
    Renewal,
    /// 障害.
    Incident,
    /// アンケート.
    Survey,
    /// 活用のヒント.
    Tips,
}

impl Purpose {
    /// All, the weightiest first.
    pub const ALL: [Self; 4] = [Self::Renewal, Self::Incident, Self::Survey, Self::Tips];

    /// The word in files, forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Renewal => "renewal",
            Self::Incident => "incident",
            Self::Survey => "survey",
            Self::Tips => "tips",
        }
    }

    /// Reads [`Purpose::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }
}

/// What follows when a condition was waited for in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnTimeout {
    /// The next steps begin all the same.
    #[default]
    GoOn,
    /// The run ends.
    End,
}

/// What a wait waits for.
#[derive(Clone, Debug, PartialEq)]
pub enum Until {
    /// So many business days.
    Days(u32),
    /// A condition, for so many business days at most.
    Holds {
        /// The condition.
        bound: Bound,
        /// How long.
        timeout_business_days: u32,
        /// What then.
        on_timeout: OnTimeout,
    },
    /// A day that is counted back from a date; for a customer that has no such date, the end of the play.
    Before(DueBefore),
}

/// The kind of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 作業.
    Task,
    /// メール.
    Mail,
    /// 待つ.
    Wait,
    /// 分かれ道.
    Branch,
    /// 項目の更新.
    Field,
    /// 外への知らせ.
    Webhook,
    /// 承認.
    Approval,
    /// 節目.
    Milestone,
}

impl Kind {
    /// All, in the order of a menu.
    pub const ALL: [Self; 8] =
        [Self::Task, Self::Mail, Self::Wait, Self::Branch, Self::Milestone, Self::Approval, Self::Field, Self::Webhook];

    /// The word in files, forms and the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Mail => "mail",
            Self::Wait => "wait",
            Self::Branch => "branch",
            Self::Field => "field",
            Self::Webhook => "webhook",
            Self::Approval => "approval",
            Self::Milestone => "milestone",
        }
    }

    /// Reads [`Kind::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }

    /// Whether the product can do it alone or have it ready: the other kinds have no mode.
    pub const fn has_mode(self) -> bool {
        matches!(self, Self::Mail | Self::Field | Self::Webhook)
    }

    /// Whether it is never a person's work.
    pub const fn runs_itself(self) -> bool {
        matches!(self, Self::Wait | Self::Branch)
    }
}

/// What is done in a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Doing {
    /// A person does what the step says.
    Task,
    /// A letter to a person of the customer.
    Mail {
        /// Role of the person: `champion`, `key_person`, `admin`, `user` or one's own.
        to: String,
        /// Why we write.
        purpose: Purpose,
        /// Subject, with `{customer}` `{person}` `{owner}` `{score}` `{date}`.
        subject: Text,
        /// Text, likewise.
        body: Text,
    },
    /// Nothing until something.
    Wait(Until),
    /// One way or the other.
    Branch {
        /// The question.
        when: Bound,
        /// The step that begins when it holds; none = nothing.
        yes: Option<String>,
        /// The step that begins when it does not, or is not measured.
        no: Option<String>,
    },
    /// A field of the customer is written.
    Field {
        /// Which: one of [`Step::FIELDS`].
        field: String,
        /// What it is to say.
        value: String,
    },
    /// Others are told (`play.step`).
    Webhook {
        /// What they are told.
        text: String,
    },
    /// Somebody says yes or no; no ends the run.
    Approval,
    /// Something that is reached.
    Milestone {
        /// When it is expected, in business days from the start of the run.
        expected_business_days: u32,
        /// What shows that it is reached; without it a person says so.
        evidence: Option<Bound>,
        /// The step that begins when it is not reached by then; it is left again when it is reached after all.
        missed: Option<String>,
    },
}

impl Doing {
    /// The steps that it names as what comes next, and when.
    pub(super) fn leads(&self) -> Vec<(&str, Way)> {
        let named = match self {
            Self::Branch { yes, no, .. } => vec![(yes, Way::Yes), (no, Way::No)],
            Self::Milestone { missed, .. } => vec![(missed, Way::Missed)],
            _ => Vec::new(),
        };
        named.into_iter().filter_map(|(target, way)| Some((target.as_deref()?, way))).collect()
    }
}

/// A step of a play.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "super::written::Written", into = "super::written::Written")]
pub struct Step {
    /// Its id, unique within the play.
    pub id: String,
    /// Title.
    pub title: Text,
    /// How to do it.
    pub what: Text,
    /// How much of it the product does.
    pub mode: Mode,
    /// The steps that come before it; `None` = the one above (or the branch that names it), empty = at once.
    pub after: Option<Vec<String>>,
    /// By when, in business days from when it could begin; `None` = with the play.
    pub due_business_days: Option<u32>,
    /// By when, counted back from a date of the contract; a customer that has no such date falls back to the other rule.
    pub due_before: Option<DueBefore>,
    /// Who does it.
    pub who: Who,
    /// How many business days after the due day managers are told.
    pub escalate_business_days: Option<u32>,
    /// What is done.
    pub doing: Doing,
}

impl Step {
    /// The fields of a customer that a step may write.
    pub const FIELDS: [&'static str; 3] = ["stage", "segment", "region"];

    /// A task of the owner.
    pub fn task(id: &str, title: Text, what: Text) -> Self {
        Self {
            id: id.to_owned(),
            title,
            what,
            mode: Mode::Manual,
            after: None,
            due_business_days: None,
            due_before: None,
            who: Who::Owner,
            escalate_business_days: None,
            doing: Doing::Task,
        }
    }

    /// A task that a person added to one run. No play can have a step of that name.
    pub fn own(number: usize, title: Text) -> Self {
        Self::task(&format!("{OWN_MARK}{number}"), title, Text::default())
    }

    /// Whether a person added it to the run.
    pub fn is_own(&self) -> bool {
        self.id.starts_with(OWN_MARK)
    }

    /// Its kind.
    pub const fn kind(&self) -> Kind {
        match &self.doing {
            Doing::Task => Kind::Task,
            Doing::Mail { .. } => Kind::Mail,
            Doing::Wait(_) => Kind::Wait,
            Doing::Branch { .. } => Kind::Branch,
            Doing::Field { .. } => Kind::Field,
            Doing::Webhook { .. } => Kind::Webhook,
            Doing::Approval => Kind::Approval,
            Doing::Milestone { .. } => Kind::Milestone,
        }
    }

    /// The condition that it looks at.
    pub const fn bound(&self) -> Option<&Bound> {
        match &self.doing {
            Doing::Wait(Until::Holds { bound, .. }) | Doing::Branch { when: bound, .. } => Some(bound),
            Doing::Milestone { evidence, .. } => evidence.as_ref(),
            _ => None,
        }
    }

    /// The date that its day is counted back from.
    pub const fn dated_back(&self) -> Option<DueBefore> {
        match &self.doing {
            Doing::Wait(Until::Before(before)) => Some(*before),
            _ => self.due_before,
        }
    }

    /// Whether the product does it without anybody.
    pub fn is_automatic(&self) -> bool {
        self.kind().runs_itself() || (self.kind().has_mode() && self.mode == Mode::Auto)
    }

    /// Whether it stands in the list of somebody's work: a milestone that shows itself does not.
    pub fn is_work(&self) -> bool {
        !self.is_automatic() && !matches!(self.doing, Doing::Milestone { evidence: Some(_), .. })
    }
}
