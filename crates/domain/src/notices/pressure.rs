//! How much a person of a customer hears from us: which of the letters that wait may go now, and why the others may not.

use serde::{Deserialize, Serialize};

use crate::plays::Purpose;
use crate::time::{DAY_US, Time};

/// Whether a person may ask to be spared letters of a kind. What the contract and the service need is always said.
pub const fn can_be_declined(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Survey | Purpose::Tips)
}

/// At most so many letters to one person within so many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Letters; at least one.
    pub letters: u32,
    /// Days, as spans of 24 hours.
    pub days: u32,
}

impl Limit {
    fn window_us(self) -> i64 {
        i64::from(self.days).saturating_mul(DAY_US)
    }
}

/// A letter that wants to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Why we write.
    pub purpose: Purpose,
    /// Since when it waits.
    pub asked_at: Time,
}

/// Why a letter waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nobody is written to at this time of the day, or on this day.
    Closed,
    /// The person has had as many letters as they may.
    Limit,
}

impl Why {
    /// The word in tables and keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Limit => "limit",
        }
    }
}

/// What becomes of a letter now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes.
    Go,
    /// It waits; it may be asked for again at this time.
    Hold(Why, Time),
}

/// Decides about the letters that wait for one person on one channel; the verdicts in their order. `went` = when letters went to
/// this person, `closed_until` = until when nobody is written to.
pub fn decide(
    now: Time,
    closed_until: Option<Time>,
    limit: Option<Limit>,
    went: &[Time],
    waiting: &[Waiting],
) -> Vec<Verdict> {
    if let Some(until) = closed_until {
        return vec![Verdict::Hold(Why::Closed, until); waiting.len()];
    }
    let Some(limit) = limit else { return vec![Verdict::Go; waiting.len()] };
    let since = now.plus_us(-limit.window_us());
    let mut recent: Vec<Time> = went.iter().copied().filter(|t| *t > since).collect();
    recent.sort_unstable();
    let room = usize::try_from(limit.letters).unwrap_or(usize::MAX).saturating_sub(recent.len());
    let mut order: Vec<usize> = (0..waiting.len()).collect();
    order.sort_by_key(|i| waiting.get(*i).map(|w| (w.purpose, w.asked_at, *i)));
    recent.resize(recent.len() + room.min(waiting.len()), now);
    let mut verdicts = vec![Verdict::Go; waiting.len()];
    for (place, i) in order.into_iter().enumerate().skip(room) {
        // Each that leaves the window makes room for one.
        let leaves = recent.get((place - room).min(recent.len().saturating_sub(1))).copied().unwrap_or(now);
        if let Some(verdict) = verdicts.get_mut(i) {
            *verdict = Verdict::Hold(Why::Limit, leaves.plus_us(limit.window_us()));
        }
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR_US: i64 = 3_600_000_000;

    fn hours(n: i64) -> Time {
        Time(n * HOUR_US)
    }

    fn letter(purpose: Purpose, hour: i64) -> Waiting {
        Waiting { purpose, asked_at: hours(hour) }
    }

    #[test]
    fn the_weightiest_goes_first_and_the_rest_waits_with_a_reason() {
        use Purpose::{Incident, Renewal, Survey, Tips};
        let limit = |letters, days| Some(Limit { letters, days });
        let (go, later) = (Verdict::Go, |h| Verdict::Hold(Why::Limit, hours(h)));
        let all = [letter(Tips, 0), letter(Survey, 1), letter(Renewal, 9), letter(Incident, 8)];
        // (limit, went, verdicts at hour 100)
        let cases: [(Option<Limit>, &[i64], [Verdict; 4]); 5] = [
            (None, &[99, 99, 99], [go; 4]),
            (limit(4, 1), &[], [go; 4]),
            (limit(1, 1), &[], [later(124), later(124), go, later(124)]),
            (limit(2, 7), &[90], [later(268), later(268), go, later(258)]),
            (limit(2, 1), &[76], [later(124), later(124), go, go]),
        ];
        for (limit, went, wanted) in cases {
            let went: Vec<Time> = went.iter().map(|h| hours(*h)).collect();
            assert_eq!(decide(hours(100), None, limit, &went, &all), wanted, "{limit:?} {went:?}");
        }
        let closed = decide(hours(1), Some(hours(9)), limit(9, 1), &[], &all);
        assert_eq!(closed, [Verdict::Hold(Why::Closed, hours(9)); 4]);
        assert!(decide(hours(1), None, limit(1, 1), &[], &[]).is_empty());
    }

    fn purpose() -> impl Strategy<Value = Purpose> {
        (0..Purpose::ALL.len()).prop_map(|i| Purpose::ALL[i])
    }

    proptest! {
        /// Hour by hour for weeks: the limit holds in every window, whoever is weightier goes first, nobody is forgotten, and nothing
        /// goes at night.
        #[test]
        fn no_window_holds_more_than_the_limit_and_nothing_is_lost(
            letters in proptest::collection::vec((purpose(), 0_i64..500), 0..40),
            limit in proptest::option::of((1_u32..4, 1_u32..8)),
        ) {
            let limit = limit.map(|(letters, days)| Limit { letters, days });
            let is_night = |hour: i64| hour.rem_euclid(24) < 9;
            let mut waiting: Vec<(usize, Waiting)> = Vec::new();
            let mut sent: Vec<(usize, Time)> = Vec::new();
            for hour in 0..24 * 400 {
                let new = letters.iter().enumerate().filter(|(_, (_, at))| *at == hour);
                waiting.extend(new.map(|(i, (purpose, at))| (i, letter(*purpose, *at))));
                if waiting.is_empty() {
                    continue;
                }
                let now = hours(hour);
                let closed = is_night(hour).then(|| hours(hour + 9 - hour.rem_euclid(24)));
                let went: Vec<Time> = sent.iter().map(|(_, at)| *at).collect();
                let list: Vec<Waiting> = waiting.iter().map(|(_, w)| *w).collect();
                let verdicts = decide(now, closed, limit, &went, &list);
                prop_assert_eq!(verdicts.len(), list.len());
                let of = |wanted: bool| list.iter().zip(&verdicts).filter(move |(_, v)| (**v == Verdict::Go) == wanted).map(|(w, _)| *w);
                let held_first = of(false).map(|w| (w.purpose, w.asked_at)).min();
                let gone_last = of(true).map(|w| (w.purpose, w.asked_at)).max();
                if let (Some(held), Some(gone)) = (held_first, gone_last) {
                    prop_assert!(gone <= held, "a lighter one went before a weightier one");
                }
                for verdict in &verdicts {
                    if let Verdict::Hold(_, until) = verdict {
                        prop_assert!(*until > now, "it waits for a time that comes");
                    }
                }
                prop_assert!(!is_night(hour) || verdicts.iter().all(|v| *v != Verdict::Go));
                let went: Vec<bool> = verdicts.iter().map(|v| *v == Verdict::Go).collect();
                let mut keep = went.iter();
                for ((i, _), gone) in waiting.iter().zip(&went) {
                    if *gone {
                        sent.push((*i, now));
                    }
                }
                waiting.retain(|_| !keep.next().copied().unwrap_or(false));
            }
            prop_assert!(waiting.is_empty(), "nobody waits for ever");
            let mut all: Vec<usize> = sent.iter().map(|(i, _)| *i).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..letters.len()).collect::<Vec<_>>(), "each went once");
            if let Some(limit) = limit {
                for (_, from) in &sent {
                    let within = sent.iter().filter(|(_, at)| *at >= *from && at.micros() < from.micros() + limit.window_us());
                    prop_assert!(within.count() <= limit.letters as usize);
                }
            }
        }
    }
}
