//! What a customer was on an earlier day: versions of the fields that conditions look at.

use crate::customers::Profile;
use crate::time::Day;

/// A field of words that conditions look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Segment.
    Segment,
    /// Lifecycle stage.
    Stage,
    /// Region.
    Region,
    /// Industry.
    Industry,
    /// Plan of the contract.
    Plan,
}

impl Field {
    /// The name under which its versions are kept; the plan follows from contracts and has none.
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "segment" => Some(Self::Segment),
            "stage" => Some(Self::Stage),
            "region" => Some(Self::Region),
            "industry" => Some(Self::Industry),
            _ => None,
        }
    }
}

/// A version of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldVersion {
    /// Which field.
    pub field: Field,
    /// The first day on which it holds.
    pub from: Day,
    /// The day on which we learned of it; `None` = taken as always known (brought in bulk).
    pub known: Option<Day>,
    /// The words; empty = none.
    pub words: String,
}

/// A customer's profile through time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    versions: Vec<FieldVersion>,
    /// The day on which its leaving was learned of.
    left_known: Option<Day>,
}

impl Past {
    /// From versions in any order. `left_known` = when we learned that it has left, if it has.
    pub fn new(mut versions: Vec<FieldVersion>, left_known: Option<Day>) -> Self {
        versions.sort_by_key(|v| (v.field, v.from, v.known));
        Self { versions, left_known }
    }

    /// The words of a field at the end of `day`, counting what was known by the end of `known`; the outer `None` when
    /// nothing is kept about it. Before its first version a field is taken to have been what it was first.
    fn as_of(&self, field: Field, day: Day, known: Option<Day>) -> Option<Option<&str>> {
        let start = self.versions.partition_point(|v| v.field < field);
        let end = self.versions.partition_point(|v| v.field <= field);
        let all = self.versions.get(start..end).filter(|v| !v.is_empty())?;
        let is_known = |v: &&FieldVersion| known.is_none_or(|k| v.known.is_none_or(|learned| learned <= k));
        let found = all.iter().filter(is_known).rfind(|v| v.from <= day).or_else(|| all.iter().find(is_known));
        Some(found.map(|v| v.words.as_str()).filter(|w| !w.is_empty()))
    }

    /// The day on which the stage that holds on `day` began; `None` when nobody said.
    pub fn stage_began(&self, day: Day) -> Option<Day> {
        let mut began: Option<(&str, Day)> = None;
        for v in self.versions.iter().filter(|v| v.field == Field::Stage && v.from <= day) {
            if began.is_none_or(|(words, _)| words != v.words) {
                began = Some((&v.words, v.from));
            }
        }
        began.filter(|(words, _)| !words.is_empty()).map(|(_, from)| from)
    }

    /// The profile at the end of `day`, counting what was known by the end of `known`. `now` = as it is today, with the MRR
    /// of that day.
    pub fn profile_at(&self, now: &Profile, day: Day, known: Option<Day>) -> Profile {
        let words = |field, today: &Option<String>| {
            self.as_of(field, day, known).map_or_else(|| today.clone(), |w| w.map(str::to_owned))
        };
        let left_unknown = known.zip(self.left_known).is_some_and(|(k, learned)| learned > k);
        Profile {
            segment: words(Field::Segment, &now.segment),
            stage: words(Field::Stage, &now.stage),
            region: words(Field::Region, &now.region),
            industry: words(Field::Industry, &now.industry),
            plan: words(Field::Plan, &now.plan),
            employees: now.employees,
            since: now.since,
            churned_on: now.churned_on.filter(|_| !left_unknown),
            mrr_minor: now.mrr_minor,
        }
    }

    /// The days around `day` on which the profile is the same, `[from, until)`, whatever is known. `others` = days on which
    /// anything else changes that a condition looks at.
    pub fn steady_around(&self, others: impl Iterator<Item = Day> + Clone, day: Day) -> (Day, Day) {
        let changes = || self.versions.iter().map(|v| v.from).chain(others.clone());
        let from = changes().filter(|d| *d <= day).max().unwrap_or(Day(i32::MIN));
        let until = changes().filter(|d| *d > day).min().unwrap_or(Day(i32::MAX));
        (from, until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(from: i32, known: Option<i32>, words: &str) -> FieldVersion {
        FieldVersion { field: Field::Stage, from: Day(from), known: known.map(Day), words: words.into() }
    }

    #[test]
    fn a_stage_is_what_it_was_and_what_was_known() {
        let past = Past::new(
            vec![stage(200, Some(230), "adoption"), stage(100, None, "onboarding"), stage(300, Some(300), "")],
            None,
        );
        let now = Profile { stage: None, segment: Some("smb".into()), ..Profile::default() };
        let at = |day, known: Option<i32>| {
            let p = past.profile_at(&now, Day(day), known.map(Day));
            assert_eq!(p.segment.as_deref(), Some("smb"), "what has no versions is as it is now");
            p.stage.unwrap_or_default()
        };
        assert_eq!(at(50, None), "onboarding", "before its first version it is taken to be what it was first");
        assert_eq!(at(150, None), "onboarding");
        assert_eq!(at(220, None), "adoption");
        assert_eq!(at(220, Some(220)), "onboarding", "learned of on day 230");
        assert_eq!(at(299, Some(299)), "adoption");
        assert_eq!(at(300, None), "");
        assert_eq!(past.steady_around(std::iter::empty(), Day(220)), (Day(200), Day(300)));
        assert_eq!([50, 150, 299, 300].map(|d| past.stage_began(Day(d))), [None, Some(Day(100)), Some(Day(200)), None]);
    }

    #[test]
    fn nobody_knows_that_a_customer_leaves_before_it_is_said() {
        let past = Past::new(vec![], Some(Day(60)));
        let now = Profile { churned_on: Some(Day(50)), ..Profile::default() };
        let has_left = |day, known: Option<i32>| past.profile_at(&now, Day(day), known.map(Day)).has_left(Day(day));
        assert!(has_left(55, None));
        assert!(!has_left(55, Some(55)));
        assert!(has_left(61, Some(61)));
        assert_eq!(past.steady_around([Day(10), Day(20)].into_iter(), Day(15)), (Day(10), Day(20)));
    }
}
