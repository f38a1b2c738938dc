//! A metric: declared, not coded.

use serde::{Deserialize, Serialize};

use crate::lang::{Lang, Text};

/// How a metric is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// How many events. 0 when none.
    Count,
    /// Sum of the values. 0 when none.
    Sum,
    /// Smallest value. Missing when none.
    Min,
    /// Largest value. Missing when none.
    Max,
    /// Mean of the values. Missing when none.
    Mean,
    /// The latest value. Missing when none.
    Last,
    /// How many different users. 0 when none.
    DistinctUsers,
    /// On how many different days. 0 when none.
    DistinctDays,
    /// How many different event names (features). 0 when none.
    DistinctEvents,
    /// Days from the last such event (or from the day that the attribute names) to the day asked for. Missing when none.
    DaysSince,
    /// Days from the day asked for to the day that the attribute names; negative once it has passed.
    DaysUntil,
    /// The attribute as of the day.
    Attribute,
    /// a / b of two other metrics. Missing when b is 0.
    Ratio,
    /// (a − b) / b of two other metrics, or a against its own baseline. Missing when b is 0.
    Change,
    /// Where the customer stands within its segment, 0–100.
    Percentile,
}

impl Kind {
    /// Whether it is computed from events.
    pub const fn reads_events(self) -> bool {
        !matches!(self, Self::Attribute | Self::DaysUntil | Self::Ratio | Self::Change | Self::Percentile)
    }

    /// Whether it is computed from other metrics.
    pub const fn is_derived(self) -> bool {
        matches!(self, Self::Ratio | Self::Change | Self::Percentile)
    }

    /// Whether nothing found means zero (when the feed was alive).
    pub const fn empty_is_zero(self) -> bool {
        matches!(self, Self::Count | Self::Sum | Self::DistinctUsers | Self::DistinctDays | Self::DistinctEvents)
    }
}

/// Which events a metric looks at. In TOML one name or a list; left out = every event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Events {
    /// Every event of the product's usage.
    #[default]
    All,
    /// One name.
    One(String),
    /// Any of these names.
    Any(Vec<String>),
}

impl Events {
    /// Whether every event counts.
    pub const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// The names, empty for every event.
    pub fn names(&self) -> &[String] {
        match self {
            Self::All => &[],
            Self::One(name) => std::slice::from_ref(name),
            Self::Any(names) => names,
        }
    }
}

/// Which direction is good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    #[default]
    Higher,
    /// Less is better.
    Lower,
    /// Neither; it only informs.
    Neither,
}

/// What the absence of facts means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// No facts are a zero, but only when the feed was alive; otherwise the value is missing.
    #[default]
    ZeroWhenAlive,
    /// No facts mean that nothing is known.
    Unknown,
}

/// What a `change` with a single part is measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The second part (`of = [a, b]`).
    #[default]
    Before,
    /// The median of the customer's own last twelve comparable weeks; weeks with many holidays are left out.
    Baseline,
}

/// What a figure is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Only facts of regular business days count, divided by their number in the window: neither holidays nor the days
    /// squeezed between them are a drop.
    BusinessDay,
}

const fn is_zero(n: &u32) -> bool {
    *n == 0
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// One metric of a pack. Windows are the business-zone days `(T − offset − window, T − offset]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its id: the column name.
    pub id: String,
    /// Title for people; the id when empty.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub title: Text,
    /// How it is computed.
    pub kind: Kind,
    /// Which events.
    #[serde(default, skip_serializing_if = "Events::is_all")]
    pub event: Events,
    /// Events that do not count, when every event does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Length of the window in business-zone days; the whole past when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_days: Option<u32>,
    /// How many days the window lies back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub offset_days: u32,
    /// The metrics that it is computed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<String>,
    /// What a change is measured against.
    #[serde(default, skip_serializing_if = "is_default")]
    pub against: Against,
    /// Name of the dated figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// What the figure is divided by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
    /// Which direction is good.
    #[serde(default)]
    pub better: Better,
    /// Unit: `times people days percent points yen items features seats steps hours minutes` or a word of one's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Older than this, a value is stale. No limit when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_after_days: Option<u32>,
    /// What the absence of facts means.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing: Missing,
    /// A customer younger than this many days has no such value (対象外).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub from_age_days: u32,
    /// Name of the source that provides the data; any source when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provided_by: Option<String>,
    /// Who answers for the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it says, in words.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub description: Text,
}

impl Metric {
    /// A metric of a kind with everything else left out.
    pub fn new(id: &str, kind: Kind) -> Self {
        Self {
            id: id.to_owned(),
            title: Text::default(),
            kind,
            event: Events::All,
            except: Vec::new(),
            window_days: None,
            offset_days: 0,
            of: Vec::new(),
            against: Against::Before,
            attribute: None,
            per: None,
            better: Better::Higher,
            unit: String::new(),
            stale_after_days: None,
            missing: Missing::ZeroWhenAlive,
            from_age_days: 0,
            provided_by: None,
            owner: None,
            description: Text::default(),
        }
    }

    /// The title, or the id when there is none.
    pub fn name(&self, lang: Lang) -> &str {
        if self.title.is_empty() { &self.id } else { self.title.get(lang) }
    }
}
