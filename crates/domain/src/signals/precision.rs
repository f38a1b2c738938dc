//! How often a signal was right, with the range that so few cases allow, and what would make a noisy one better.

use super::notice::Because;
use super::rule::{Rule, Side, Trigger};

/// How the cards of a signal ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cards that it opened or added to, open ones too.
    pub opened: u32,
    /// 解決.
    pub solved: u32,
    /// 未解決.
    pub unsolved: u32,
    /// 誤検知.
    pub false_alarms: u32,
    /// 自然回復, as a person said.
    pub recovered: u32,
    /// 自然回復 before anybody had looked: nobody judged it, so that it counts neither way.
    pub unseen: u32,
}

/// A share with the range in which the true one lies with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Right ones.
    pub real: u32,
    /// All that were judged.
    pub judged: u32,
    /// The share.
    pub share: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Fewer judged cards say nothing.
pub const JUDGED_MIN: u32 = 5;
/// A signal is noisy when at most this share of its cards was real.
const NOISY_SHARE_MAX: f64 = 0.5;
/// What a stricter limit may lose of the real ones.
const LOST_SHARE_MAX: f64 = 0.2;
/// How many days longer a condition could have to last.
const DWELL_DAYS_MAX: u32 = 30;
const Z: f64 = 1.96;

impl Tally {
    /// Cards that a person closed with a word about whether they were right.
    pub const fn judged(&self) -> u32 {
        self.solved + self.unsolved + self.false_alarms + self.recovered
    }

    /// Closed as real / closed; `None` while there are too few (まだ言えません).
    pub fn share(&self) -> Option<Share> {
        (self.judged() >= JUDGED_MIN).then(|| wilson(self.solved + self.unsolved, self.judged()))
    }

    /// Whether most of its cards were for nothing.
    pub fn is_noisy(&self) -> bool {
        self.share().is_some_and(|s| s.share <= NOISY_SHARE_MAX)
    }
}

/// The range of Wilson for `real` of `judged`, at 95 %.
pub fn wilson(real: u32, judged: u32) -> Share {
    let n = f64::from(judged.max(1));
    let p = f64::from(real.min(judged)) / n;
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / (1.0 + z2 / n);
    Share { real, judged, share: p, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

/// A firing whose card was closed by a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answered {
    /// What the limit was compared with: see [`figure_of`].
    pub figure: Option<f64>,
    /// For how many days the condition held after it fired; `None` when it held until the card was closed.
    pub lasted_days: Option<u32>,
    /// Whether it was real.
    pub is_real: bool,
}

/// A change of a rule that would have kept more of the false alarms away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Another limit.
    Limit {
        /// The limit now.
        from: f64,
        /// The limit proposed.
        to: f64,
    },
    /// A longer dwell.
    Dwell {
        /// Days now.
        from: u32,
        /// Days proposed.
        to: u32,
    },
}

/// A proposed change and what it would have done to the cards that were closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proposal {
    /// The change.
    pub change: Change,
    /// False alarms that would not have come.
    pub dropped: u32,
    /// False alarms in all.
    pub false_alarms: u32,
    /// Real ones that would not have come either.
    pub lost: u32,
    /// Real ones in all.
    pub real: u32,
}

/// The number that a rule's limit was compared with when it fired.
pub fn figure_of(rule: &Rule, because: &[Because]) -> Option<f64> {
    let main = because.first()?;
    match &rule.when {
        Trigger::Threshold { .. } => main.value,
        Trigger::Change { .. } => Some(main.value? - main.before?),
        Trigger::DateApproaching { .. } => main.value.or_else(|| main.days.map(f64::from)),
        _ => None,
    }
}

/// The limit of a rule, and whether lower figures are beyond it.
const fn limit_of(rule: &Rule) -> Option<(f64, bool)> {
    match &rule.when {
        Trigger::Threshold { side, fire, .. } => Some((*fire, matches!(side, Side::Below))),
        Trigger::Change { by, .. } => Some((*by, *by < 0.0)),
        _ => None,
    }
}

/// What would make a rule better: of all stricter limits and all longer dwells the one that keeps most false alarms away for the real
/// ones that it loses. `None` when nothing would help.
pub fn propose(rule: &Rule, answered: &[Answered]) -> Option<Proposal> {
    let by_limit = limit_of(rule).and_then(|(limit, below)| propose_limit(limit, below, answered));
    let by_dwell = propose_dwell(rule.dwell_days, answered);
    match (by_limit, by_dwell) {
        (Some(a), Some(b)) => Some(if gain(&b) > gain(&a) { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// False alarms kept away, each real one lost counting double.
fn gain(p: &Proposal) -> i64 {
    i64::from(p.dropped) - 2 * i64::from(p.lost)
}

/// Of these proposals the one with the most gain, if it keeps anything away and loses few.
fn best(all: impl Iterator<Item = Proposal>) -> Option<Proposal> {
    all.filter(|p| p.dropped > 0 && f64::from(p.lost) <= LOST_SHARE_MAX * f64::from(p.real) && gain(p) > 0)
        .reduce(|a, b| if gain(&b) > gain(&a) { b } else { a })
}

fn count(answered: &[Answered], change: Change, still_fires: impl Fn(&Answered) -> bool) -> Proposal {
    let mut p = Proposal { change, dropped: 0, false_alarms: 0, lost: 0, real: 0 };
    for a in answered {
        let gone = u32::from(!still_fires(a));
        if a.is_real {
            p.real += 1;
            p.lost += gone;
        } else {
            p.false_alarms += 1;
            p.dropped += gone;
        }
    }
    p
}

fn propose_limit(limit: f64, below: bool, answered: &[Answered]) -> Option<Proposal> {
    // The limits worth trying are the figures themselves: between two of them nothing changes.
    let mut tried: Vec<f64> = answered.iter().filter_map(|a| a.figure).filter(|f| f.is_finite()).collect();
    tried.sort_by(|a, b| if below { b.total_cmp(a) } else { a.total_cmp(b) });
    tried.dedup();
    best(tried.into_iter().map(|to| {
        count(answered, Change::Limit { from: limit, to }, |a| {
            a.figure.is_none_or(|f| if below { f <= to } else { f >= to })
        })
    }))
}

fn propose_dwell(dwell: u32, answered: &[Answered]) -> Option<Proposal> {
    let from = dwell.max(1);
    best((from + 1..=from + DWELL_DAYS_MAX).map(|to| {
        count(answered, Change::Dwell { from: dwell, to }, |a| a.lasted_days.is_none_or(|days| days + from >= to))
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lang::Text;
    use crate::signals::CardKind;

    fn rule(side: Side, fire: f64) -> Rule {
        Rule {
            id: "r".into(),
            title: Text::new("兆し", "sign"),
            what: Text::new("電話する", "call"),
            card: CardKind::Risk,
            when: Trigger::Threshold { of: "m".into(), side, fire, clear: None },
            also: Vec::new(),
            audience: crate::customers::Audience::default(),
            dwell_days: 3,
            cooldown_days: 0,
            severity: 0.5,
            due_business_days: 3,
            play: None,
        }
    }

    fn answered(figure: f64, is_real: bool) -> Answered {
        Answered { figure: Some(figure), lasted_days: None, is_real }
    }

    #[test]
    fn ranges_equal_a_published_table() {
        // Newcombe 1998, method 3 (Wilson without correction): 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (real, judged, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let share = wilson(real, judged);
            assert!((share.low - low).abs() < 1e-3 && (share.high - high).abs() < 1e-3, "{real}/{judged}: {share:?}");
        }
    }

    #[test]
    fn few_cases_say_nothing_and_what_nobody_saw_counts_neither_way() {
        let few = Tally { opened: 40, solved: 4, unseen: 30, ..Tally::default() };
        assert_eq!((few.judged(), few.share()), (4, None));
        let some = Tally { solved: 1, unsolved: 1, false_alarms: 3, recovered: 1, ..few };
        assert_eq!(some.share().map(|s| (s.real, s.judged)), Some((2, 6)));
        assert!(some.is_noisy());
    }

    #[test]
    fn a_stricter_limit_is_the_one_that_drops_most_and_loses_least() {
        let cases: Vec<Answered> =
            [(29.0, false), (28.0, false), (27.0, false), (20.0, true), (12.0, true), (5.0, false)]
                .map(|(f, real)| answered(f, real))
                .to_vec();
        let proposal = propose(&rule(Side::Below, 30.0), &cases).unwrap();
        assert_eq!(proposal.change, Change::Limit { from: 30.0, to: 20.0 });
        assert_eq!((proposal.dropped, proposal.false_alarms, proposal.lost, proposal.real), (3, 4, 0, 2));
        let above: Vec<Answered> = cases.iter().map(|c| answered(-c.figure.unwrap(), c.is_real)).collect();
        let proposal = propose(&rule(Side::Above, -30.0), &above).unwrap();
        assert_eq!(proposal.change, Change::Limit { from: -30.0, to: -20.0 });
    }

    #[test]
    fn a_longer_dwell_drops_what_was_soon_over() {
        let over = |days| Answered { figure: Some(10.0), lasted_days: Some(days), is_real: false };
        let cases = [over(1), over(2), over(4), answered(10.0, true)];
        let proposal = propose(&rule(Side::Below, 30.0), &cases).unwrap();
        assert_eq!(proposal.change, Change::Dwell { from: 3, to: 8 });
        assert_eq!((proposal.dropped, proposal.lost), (3, 0));
    }

    proptest! {
        #[test]
        fn a_proposal_does_what_it_says(
            cases in prop::collection::vec((0.0_f64..30.0, prop::option::of(0_u32..20), any::<bool>()), 0..30),
        ) {
            let cases: Vec<Answered> = cases
                .into_iter()
                .map(|(figure, lasted_days, is_real)| Answered { figure: Some(figure), lasted_days, is_real })
                .collect();
            if let Some(p) = propose(&rule(Side::Below, 30.0), &cases) {
                let goes = |a: &&Answered| match p.change {
                    Change::Limit { to, .. } => a.figure.unwrap() > to,
                    Change::Dwell { from, to } => a.lasted_days.is_some_and(|d| d + from < to),
                };
                let (lost, dropped) = cases.iter().filter(goes).partition::<Vec<&Answered>, _>(|a| a.is_real);
                prop_assert_eq!((lost.len(), dropped.len()), (p.lost as usize, p.dropped as usize));
                prop_assert!(p.dropped > 2 * p.lost);
            }
        }

        #[test]
        fn a_range_holds_its_share_and_narrows_with_more_cases(real in 0_u32..50, more in 0_u32..50) {
            let judged = real + more;
            prop_assume!(judged > 0);
            let one = wilson(real, judged);
            prop_assert!(one.low <= one.share + 1e-9 && one.share <= one.high + 1e-9);
            let ten = wilson(real * 10, judged * 10);
            prop_assert!(ten.high - ten.low <= one.high - one.low + 1e-9);
        }
    }
}
