//! A signal's rule: what must be seen, for how long, for whom, and what to do then.

use serde::{Deserialize, Serialize};

use crate::customers::Audience;
use crate::lang::Text;

/// The kind of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// リスク.
    Risk,
    /// 機会.
    Opportunity,
    /// 節目.
    Milestone,
    /// 目標.
    Goal,
    /// 活動.
    Activity,
    /// データ: for whoever looks after the feeds, not about a customer.
    Data,
}

impl CardKind {
    /// Its name.
    pub const fn label(self, lang: crate::lang::Lang) -> &'static str {
        match (self, lang) {
            (Self::Risk, crate::lang::Lang::Ja) => "リスク",
            (Self::Opportunity, crate::lang::Lang::Ja) => "機会",
            (Self::Milestone, crate::lang::Lang::Ja) => "節目",
            (Self::Goal, crate::lang::Lang::Ja) => "目標",
            (Self::Activity, crate::lang::Lang::Ja) => "活動",
            (Self::Data, crate::lang::Lang::Ja) => "データ",
            (Self::Risk, crate::lang::Lang::En) => "Risk",
            (Self::Opportunity, crate::lang::Lang::En) => "Opportunity",
            (Self::Milestone, crate::lang::Lang::En) => "Milestone",
            (Self::Goal, crate::lang::Lang::En) => "Goal",
            (Self::Activity, crate::lang::Lang::En) => "Activity",
            (Self::Data, crate::lang::Lang::En) => "Data",
        }
    }
}

/// What a rule looks at: a metric by id, or the word `score` for the health score.
pub const SCORE: &str = "score";

/// Something that happened, for rules of kind arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occurrence {
    /// A person with the role champion or key person left.
    ChampionLeft,
    /// An NPS answer of 0–6, or a satisfaction of 1–2.
    Detractor,
    /// A ticket or note with words of cancelling (解約, 退会, 乗り換え, cancel …).
    CancelWords,
    /// A child of this parent turned red.
    ChildRed,
    /// The contract's monthly amount fell.
    ContractShrank,
    /// The contract's monthly amount grew.
    ContractGrew,
    /// A note, a call or a meeting with words of cancelling.
    NoteWords,
    /// The next term of a contract has another plan.
    PlanChanged,
    /// An inquiry of a kind that this customer, who asks now and then, has not asked about for half a year.
    NewTopic,
}

/// Which way a threshold lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// At or below the limit.
    Below,
    /// At or above the limit.
    Above,
}

/// From when something should have been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The first day as a customer.
    Customer,
    /// The first day of the running term of the contract.
    Contract,
    /// The day on which the present lifecycle stage began.
    Stage,
}

/// Who should have done it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doer {
    /// Anybody there.
    #[default]
    Anybody,
    /// A contact with the role key person.
    KeyPerson,
}

impl Doer {
    /// Whether anybody will do.
    pub const fn is_anybody(&self) -> bool {
        matches!(self, Self::Anybody)
    }
}

/// One way of looking at a customer, good or bad by a limit: usage, money, feeling …
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facet {
    /// What it is called.
    pub title: Text,
    /// Metric id, or `score`.
    pub of: String,
    /// Which side is bad.
    pub side: Side,
    /// The limit at or beyond which it is bad.
    pub bad: f64,
    /// The limit at or beyond which, on the other side, it is good; left out, whatever is not bad is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<f64>,
}

const fn one() -> f64 {
    1.0
}

#[allow(clippy::trivially_copy_pass_by_ref, clippy::float_cmp)]
fn is_one(value: &f64) -> bool {
    *value == 1.0
}

/// The condition of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// A metric or the score at or beyond `fire`; over when it is back at or beyond `clear` on the other side.
    Threshold {
        /// Metric id, or `score`.
        of: String,
        /// Which side fires.
        side: Side,
        /// The limit that fires.
        fire: f64,
        /// The limit that ends it; `fire` when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clear: Option<f64>,
    },
    /// A metric or the score moved by `by` (negative: fell) within `within_days`; over when no move of half the size is
    /// left in sight.
    Change {
        /// Metric id, or `score`.
        of: String,
        /// How much, with sign, in the metric's own unit.
        by: f64,
        /// Within how many days.
        within_days: u32,
    },
    /// `past` was at least `at_least`, and `of` has now been zero for so many business days.
    StopOfUse {
        /// The metric that is now zero.
        of: String,
        /// The metric of the time before.
        past: String,
        /// How much there was before.
        at_least: f64,
        /// For how many business days it must have been zero.
        business_days: u32,
    },
    /// A metric of kind `days_until` is between 0 and `within_days`.
    DateApproaching {
        /// The metric.
        of: String,
        /// How many days ahead.
        within_days: u32,
    },
    /// A feed is quiet for longer than its rhythm.
    FeedSilent,
    /// Something happened.
    Arrival {
        /// What.
        what: Occurrence,
    },
    /// What should have been done within so many business days never was. Over once it is done, or when what it is counted
    /// from begins anew.
    NoShow {
        /// The metric that counts it over the whole past.
        of: String,
        /// How much of it is expected.
        #[serde(default = "one", skip_serializing_if = "is_one")]
        at_least: f64,
        /// From when.
        since: Since,
        /// Within how many business days.
        business_days: u32,
        /// By whom.
        #[serde(default, skip_serializing_if = "Doer::is_anybody")]
        who: Doer,
    },
    /// Of several views at least one is good and one is bad; over when they agree again.
    Disagreement {
        /// The views.
        views: Vec<Facet>,
    },
    /// Any one of up to four views is bad; over when all of them are good.
    RedAccount {
        /// The views.
        views: Vec<Facet>,
    },
}

impl Trigger {
    /// The metrics (or `score`) that it looks at.
    pub fn subjects(&self) -> Vec<&str> {
        match self {
            Self::Threshold { of, .. } | Self::Change { of, .. } | Self::DateApproaching { of, .. } => vec![of],
            Self::StopOfUse { of, past, .. } => vec![of, past],
            Self::NoShow { of, .. } => vec![of],
            Self::Disagreement { views } | Self::RedAccount { views } => views.iter().map(|v| v.of.as_str()).collect(),
            Self::FeedSilent | Self::Arrival { .. } => Vec::new(),
        }
    }

    /// Its views; empty when it has none.
    pub fn views(&self) -> &[Facet] {
        match self {
            Self::Disagreement { views } | Self::RedAccount { views } => views,
            _ => &[],
        }
    }

    /// Whether it is about something that should have been done.
    pub const fn is_no_show(&self) -> bool {
        matches!(self, Self::NoShow { .. })
    }

    /// How many days before its own it looks at.
    pub const fn looks_back_days(&self) -> Option<u32> {
        match self {
            Self::Change { within_days, .. } => Some(*within_days),
            _ => None,
        }
    }

    /// Whether it is about how the score moved.
    pub fn is_about_score(&self) -> bool {
        matches!(self, Self::Change { of, .. } if of == SCORE)
    }

    /// Whether it is about something that happens once and does not last.
    pub const fn is_arrival(&self) -> bool {
        matches!(self, Self::Arrival { .. })
    }
}

/// A further condition that must hold at the moment of firing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Also {
    /// Metric id, or `score`.
    pub of: String,
    /// Which side.
    pub side: Side,
    /// The limit.
    pub limit: f64,
}

const fn three() -> u32 {
    3
}

/// A rule of a pack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Title; `{value}`, `{before}`, `{limit}`, `{days}`, `{date}`, `{name}`, `{metric}`, and of views `{bad}` and `{good}` are
    /// filled in. Days are those of the firing, so that `{date}` (of a deadline, of what happened, of a feed's last fact) stays true on later days.
    pub title: Text,
    /// What to do; filled in likewise.
    pub what: Text,
    /// The kind of card that it opens.
    pub card: CardKind,
    /// The condition.
    pub when: Trigger,
    /// Further conditions, all of which must hold at the moment of firing. An unmeasured value does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
    /// For whom.
    #[serde(default, rename = "for", skip_serializing_if = "Audience::is_everyone")]
    pub audience: Audience,
    /// For how many days in a row the condition must be seen before it fires; 0 or 1 = at once.
    #[serde(default)]
    pub dwell_days: u32,
    /// For how many days after firing it stays quiet, even when cleared and met again.
    #[serde(default)]
    pub cooldown_days: u32,
    /// How serious, 0–1: its part in the ranking.
    #[serde(default = "half")]
    pub severity: f64,
    /// By when, in business days from the firing.
    #[serde(default = "three")]
    pub due_business_days: u32,
    /// The standard answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub play: Option<String>,
}

impl Rule {
    /// For how many days in a row (business days for stop-of-use) its condition must be seen before it fires: at least one.
    pub fn wanted_days(&self) -> u32 {
        let least = match self.when {
            Trigger::StopOfUse { business_days, .. } => business_days,
            _ => 1,
        };
        self.dwell_days.max(least).max(1)
    }
}

const fn half() -> f64 {
    0.5
}
