//! How often a signal was right, with the range that so few cases allow, and why people say that it was not.

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

/// Why a card was a false alarm, as people say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FalseReason {
    /// They knew already.
    Known,
    /// The data were wrong.
    WrongData,
    /// The limit is too sensitive.
    TooSensitive,
    /// A season or holidays.
    Season,
    /// Something else.
    Other,
}

impl FalseReason {
    /// All of them, as they are offered.
    pub const ALL: [Self; 5] = [Self::Known, Self::WrongData, Self::TooSensitive, Self::Season, Self::Other];

    /// Its word in forms and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::WrongData => "wrong_data",
            Self::TooSensitive => "too_sensitive",
            Self::Season => "season",
            Self::Other => "other",
        }
    }

    /// Reads a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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

    proptest! {
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
