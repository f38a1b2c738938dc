//! What rules may ask about a customer, and the condition that chooses some of them.

mod past;

use serde::{Deserialize, Serialize};

use crate::time::Day;

pub use past::{Field, FieldVersion, Past};

/// The facts about a customer, as of a day, that conditions look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Segment.
    pub segment: Option<String>,
    /// Lifecycle stage: `onboarding`, `adoption`, `expansion`, `renewal`, `churned` or a word of one's own.
    pub stage: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Industry.
    pub industry: Option<String>,
    /// Plan of the contract.
    pub plan: Option<String>,
    /// Number of employees.
    pub employees: Option<i64>,
    /// First day as a customer.
    pub since: Option<Day>,
    /// Last day as a customer, when it has left.
    pub churned_on: Option<Day>,
    /// Monthly recurring revenue in minor units, tax excluded.
    pub mrr_minor: Option<i64>,
}

impl Profile {
    /// Days since the first day as a customer; `None` when that is not known, 0 before it.
    pub fn age_days(&self, day: Day) -> Option<u32> {
        self.since.map(|s| u32::try_from(day.0.saturating_sub(s.0)).unwrap_or(0))
    }

    /// Whether the customer had left by the end of `day`.
    pub fn has_left(&self, day: Day) -> bool {
        self.churned_on.is_some_and(|left| left < day) || self.stage.as_deref() == Some("churned")
    }

    /// Whether the customer rests: its stage says so.
    pub fn is_paused(&self) -> bool {
        matches!(self.stage.as_deref(), Some("paused" | "休止" | "休止中"))
    }
}

/// Which customers something is for. Every line that is given must hold; an empty one asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// One of these segments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
    /// One of these stages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
    /// None of these stages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_stages: Vec<String>,
    /// One of these plans.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<String>,
    /// One of these regions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// One of these industries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub industries: Vec<String>,
    /// A customer for at least so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_days_from: Option<u32>,
    /// A customer for fewer than so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_days_below: Option<u32>,
    /// At least so many employees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employees_from: Option<i64>,
    /// At least this MRR in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mrr_from_minor: Option<i64>,
}

impl Audience {
    /// Whether nothing is asked.
    pub fn is_everyone(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the customer belongs to it on `day`. What is not known about a customer does not fulfil a line.
    pub fn holds(&self, profile: &Profile, day: Day) -> bool {
        let one_of = |list: &[String], value: &Option<String>| {
            list.is_empty() || value.as_ref().is_some_and(|v| list.iter().any(|l| l == v))
        };
        let age = profile.age_days(day);
        one_of(&self.segments, &profile.segment)
            && one_of(&self.stages, &profile.stage)
            && (self.not_stages.is_empty() || !one_of(&self.not_stages, &profile.stage))
            && one_of(&self.plans, &profile.plan)
            && one_of(&self.regions, &profile.region)
            && one_of(&self.industries, &profile.industry)
            && self.age_days_from.is_none_or(|from| age.is_some_and(|a| a >= from))
            && self.age_days_below.is_none_or(|below| age.is_some_and(|a| a < below))
            && self.employees_from.is_none_or(|from| profile.employees.is_some_and(|n| n >= from))
            && self.mrr_from_minor.is_none_or(|from| profile.mrr_minor.is_some_and(|n| n >= from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_asks_only_what_it_names() {
        let day = Day(20_000);
        let young = Profile { since: Some(day.plus(-10)), stage: Some("onboarding".into()), ..Profile::default() };
        assert!(Audience::default().holds(&young, day));
        assert!(Audience { age_days_below: Some(11), ..Audience::default() }.holds(&young, day));
        assert!(!Audience { age_days_below: Some(10), ..Audience::default() }.holds(&young, day));
        assert!(!Audience { not_stages: vec!["onboarding".into()], ..Audience::default() }.holds(&young, day));
        // Nothing is known of this one, so only the open condition holds.
        let unknown = Profile::default();
        assert!(!Audience { age_days_below: Some(90), ..Audience::default() }.holds(&unknown, day));
        assert!(Audience { not_stages: vec!["churned".into()], ..Audience::default() }.holds(&unknown, day));
    }

    #[test]
    fn a_customer_is_there_on_its_last_day() {
        let left = Profile { churned_on: Some(Day(100)), ..Profile::default() };
        assert!(!left.has_left(Day(100)));
        assert!(left.has_left(Day(101)));
    }
}
