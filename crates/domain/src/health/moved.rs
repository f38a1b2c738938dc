//! How far points moved over several cases: the middle of them, with the range that so few cases allow.

/// With fewer cases no range of 95 % can be given.
pub const MOVED_MIN: usize = 6;
/// What may lie beyond each end of a range.
const TAIL: f64 = 0.025;

/// The middle of some changes with the range in which the true middle lies with 95 % confidence, whatever their shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// Cases.
    pub cases: usize,
    /// The middle; the mean of the two middle ones of an even number.
    pub median: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Moved {
    /// Whether all of the range lies on one side of zero; else it cannot be said whether anything moved.
    pub const fn is_sure(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// The middle and its range; `None` while there are too few (まだ言えません).
pub fn find_moved(mut changes: Vec<f64>) -> Option<Moved> {
    changes.sort_unstable_by(f64::total_cmp);
    let cases = changes.len();
    if cases < MOVED_MIN {
        return None;
    }
    let (lower, upper) = (*changes.get((cases - 1) / 2)?, *changes.get(cases / 2)?);
    let beyond = count_beyond(cases);
    Some(Moved {
        cases,
        median: lower.midpoint(upper),
        low: *changes.get(beyond)?,
        high: *changes.get(cases - 1 - beyond)?,
    })
}

/// How many of the smallest, and of the largest, lie beyond the range: as many as a fair coin shows that seldom.
#[allow(clippy::cast_precision_loss)]
fn count_beyond(cases: usize) -> usize {
    let n = cases as f64;
    let mut log = -n * std::f64::consts::LN_2;
    let (mut sum, mut beyond) = (log.exp(), 0);
    while sum <= TAIL && beyond < cases / 2 {
        log += ((n - beyond as f64) / (beyond as f64 + 1.0)).ln();
        let next = sum + log.exp();
        if next > TAIL {
            break;
        }
        (sum, beyond) = (next, beyond + 1);
    }
    beyond
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_equal_a_published_table() {
        // Order statistics of the 95 % range of a median: Altman, Machin, Bryant & Gardner, Statistics with Confidence, table 18.4.
        for (n, low, high) in [(6, 1, 6), (8, 1, 8), (9, 2, 8), (10, 2, 9), (20, 6, 15), (25, 8, 18), (50, 18, 33)] {
            let moved = find_moved((1..=n).map(f64::from).collect()).unwrap();
            assert_eq!((moved.low, moved.high), (f64::from(low), f64::from(high)), "{n}");
        }
    }

    #[test]
    fn few_cases_say_nothing_and_a_range_over_zero_not_much() {
        assert_eq!(find_moved(vec![5.0, 6.0, 7.0, 8.0, 9.0]), None);
        let moved = find_moved(vec![-3.0, 4.0, 5.0, 6.0, 7.0, 8.0]).unwrap();
        assert_eq!((moved.median, moved.low, moved.high, moved.is_sure()), (5.5, -3.0, 8.0, false));
        assert!(find_moved(vec![0.1; 6]).unwrap().is_sure() && find_moved(vec![-0.1; 6]).unwrap().is_sure());
    }

    proptest! {
        #[test]
        fn the_middle_lies_in_its_range_whatever_the_order(mut changes in prop::collection::vec(-100.0..100.0, 0..300)) {
            let one = find_moved(changes.clone());
            prop_assert_eq!(one.is_some(), changes.len() >= MOVED_MIN);
            changes.reverse();
            prop_assert_eq!(one, find_moved(changes));
            if let Some(moved) = one {
                prop_assert!(moved.low <= moved.median && moved.median <= moved.high);
            }
        }
    }
}
