//! What a company settles about its cards: who is a key account, until when a card is answered, when it ends by itself.

use serde::{Deserialize, Serialize};

use super::rule::{CardKind, Trigger};
use crate::lang::Text;

/// Until when cards of a kind are answered and closed, in hours of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardLimit {
    /// For cards of this kind.
    pub kind: CardKind,
    /// For cards of at least this rank (0 to 1000); the highest that fits holds.
    #[serde(default)]
    pub from_rank: u32,
    /// Until the first answer; nothing = no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_hours: Option<u32>,
    /// Until the card is closed; nothing = no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_hours: Option<u32>,
}

/// Rules about cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CardRules {
    /// Customers of at least this MRR in minor units are key accounts; nothing = the tenth of all with the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_account_from_minor: Option<i64>,
    /// A key account is never kept quiet from so many days before its notice deadline.
    pub lead_days: u32,
    /// A card that nobody touched ends by itself after so many healthy days in a row; one that somebody touched is proposed for
    /// closing. 0 = never.
    pub healthy_days: u32,
    /// Limits by kind and rank.
    pub limits: Vec<CardLimit>,
}

/// A rank from which a card is urgent, where the limits that ship tell the two apart.
const URGENT_RANK: u32 = 700;

impl Default for CardRules {
    fn default() -> Self {
        let limit = |kind, from_rank, answer, close| CardLimit {
            kind,
            from_rank,
            answer_hours: Some(answer),
            close_hours: Some(close),
        };
        Self {
            key_account_from_minor: None,
            lead_days: 90,
            healthy_days: 7,
            limits: vec![
                limit(CardKind::Risk, 0, 27, 180),
                limit(CardKind::Risk, URGENT_RANK, 9, 90),
                limit(CardKind::Data, 0, 27, 90),
            ],
        }
    }
}

/// The longest lead time and the longest wait for recovery.
const DAYS_MAX: u32 = 730;
/// The longest limit: about a year of work.
const HOURS_MAX: u32 = 2_000;
/// Lines of limits.
const LIMITS_MAX: usize = 40;

impl CardRules {
    /// What cannot be meant: the key, and why.
    pub fn find_fault(&self) -> Option<(&'static str, Text)> {
        let is_hours = |hours: Option<u32>| hours.is_none_or(|h| (1..=HOURS_MAX).contains(&h));
        if self.lead_days > DAYS_MAX {
            return Some(("lead_days", Text::new("730日以内で決めます。", "at most 730 days")));
        }
        if self.healthy_days > DAYS_MAX {
            return Some(("healthy_days", Text::new("730日以内で決めます。", "at most 730 days")));
        }
        if self.key_account_from_minor.is_some_and(|m| m < 0) {
            return Some(("key_account_from_minor", Text::new("0以上の金額です。", "an amount of at least 0")));
        }
        if self.limits.len() > LIMITS_MAX
            || !self.limits.iter().all(|l| is_hours(l.answer_hours) && is_hours(l.close_hours))
        {
            return Some((
                "limits",
                Text::new("期限は1〜2000時間、40行までです。", "limits are 1 to 2000 hours, at most 40 lines"),
            ));
        }
        let same = |a: &CardLimit, b: &CardLimit| a.kind == b.kind && a.from_rank == b.from_rank;
        let is_doubled =
            self.limits.iter().enumerate().any(|(n, a)| self.limits.iter().skip(n + 1).any(|b| same(a, b)));
        is_doubled.then(|| {
            ("limits", Text::new("同じ種類と優先度の行が2つあります。", "two lines of the same kind and priority"))
        })
    }

    /// After how many healthy days a card about a silent source is over: one, as data that come again leave no doubt. 0 = never.
    pub fn healthy_days_of_source(&self) -> u32 {
        self.healthy_days.min(1)
    }

    /// The limit of a card; `None` = none.
    pub fn limit_of(&self, kind: CardKind, rank: u32) -> Option<&CardLimit> {
        self.limits.iter().filter(|l| l.kind == kind && l.from_rank <= rank).max_by_key(|l| l.from_rank)
    }
}

/// Whether what a rule saw can be over by itself: something that happened, and a day that comes near, stay true.
pub const fn can_heal(trigger: &Trigger) -> bool {
    !matches!(trigger, Trigger::Arrival { .. } | Trigger::DateApproaching { .. })
}

/// How a healthy day counts: the days so far, the last day that was counted, and today. The same day counts once, and a clock that
/// went back counts nothing.
pub fn count_healthy(days: u32, counted_on: Option<i32>, today: i32) -> Option<u32> {
    counted_on.is_none_or(|last| last < today).then(|| days.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_limit_that_fits_holds() {
        let rules = CardRules::default();
        let hours = |kind, rank| rules.limit_of(kind, rank).and_then(|l| l.answer_hours);
        assert_eq!(hours(CardKind::Risk, 0), Some(27));
        assert_eq!(hours(CardKind::Risk, 699), Some(27));
        assert_eq!(hours(CardKind::Risk, 700), Some(9));
        assert_eq!(hours(CardKind::Goal, 1000), None);
    }

    #[test]
    fn a_healthy_day_counts_once_whatever_the_clock_does() {
        assert_eq!(count_healthy(0, None, 10), Some(1));
        assert_eq!(count_healthy(1, Some(10), 10), None);
        assert_eq!(count_healthy(1, Some(10), 9), None);
        assert_eq!(count_healthy(1, Some(10), 14), Some(2));
    }

    #[test]
    fn what_is_left_out_is_as_it_ships() {
        let rules: CardRules = toml::from_str("lead_days = 60").unwrap();
        assert_eq!(rules, CardRules { lead_days: 60, ..CardRules::default() });
        assert_eq!(toml::from_str::<CardRules>(&toml::to_string(&rules).unwrap()).unwrap(), rules);
    }
}
