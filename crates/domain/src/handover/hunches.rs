//! A hunch beside what came later.

use crate::time::Day;

/// A move of the score by fewer points than this is no move.
const POINTS_MIN: i64 = 5;
/// With fewer hunches that can be judged nothing is said of the person.
pub const HUNCHES_MIN: usize = 5;

/// What became of a hunch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HunchEnd {
    /// It came so.
    Right,
    /// It came otherwise.
    Wrong,
    /// Its time is not over, or there is no score to tell by: まだ言えません.
    Open,
}

/// Judges a hunch that was felt on `from` and meant until `until`. `points` = the score when it was felt, and at its end; `left_on` = the
/// last day of the customer.
pub fn judge_hunch(
    feeling: i64,
    (from, until, today): (Day, Day, Day),
    points: (Option<i64>, Option<i64>),
    left_on: Option<Day>,
) -> HunchEnd {
    let end = |is_right: bool| if is_right { HunchEnd::Right } else { HunchEnd::Wrong };
    if left_on.is_some_and(|left| (from..=until).contains(&left)) {
        return end(feeling < 0);
    }
    let (true, Some(before), Some(after)) = (today > until, points.0, points.1) else { return HunchEnd::Open };
    let moved = match after - before {
        change if change <= -POINTS_MIN => -1,
        change if change >= POINTS_MIN => 1,
        _ => 0,
    };
    end(moved == feeling.signum())
}

/// How right somebody was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Came so.
    pub right: usize,
    /// Came otherwise.
    pub wrong: usize,
    /// Cannot be told yet.
    pub open: usize,
}

impl Record {
    /// Counts hunches by their ends.
    pub fn of(ends: impl IntoIterator<Item = HunchEnd>) -> Self {
        let mut record = Self::default();
        for end in ends {
            match end {
                HunchEnd::Right => record.right += 1,
                HunchEnd::Wrong => record.wrong += 1,
                HunchEnd::Open => record.open += 1,
            }
        }
        record
    }

    /// How many could be judged.
    pub const fn judged(&self) -> usize {
        self.right + self.wrong
    }

    /// Whether there are enough to say something.
    pub const fn is_telling(&self) -> bool {
        self.judged() >= HUNCHES_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hunch_is_judged_by_what_came_and_not_before_its_time() {
        use HunchEnd::{Open, Right, Wrong};
        let (from, until, after) = (Day(100), Day(190), Day(200));
        let cases = [
            (-2, after, (Some(60), Some(40)), None, Right),
            (-1, after, (Some(60), Some(55)), None, Right),
            (-1, after, (Some(60), Some(56)), None, Wrong),
            (-1, after, (Some(60), Some(70)), None, Wrong),
            (0, after, (Some(60), Some(57)), None, Right),
            (0, after, (Some(60), Some(80)), None, Wrong),
            (2, after, (Some(60), Some(65)), None, Right),
            (1, after, (Some(60), Some(60)), None, Wrong),
            // Its last day still belongs to it.
            (-2, until, (Some(60), Some(10)), None, Open),
            (-2, after, (None, Some(10)), None, Open),
            (-2, after, (Some(60), None), None, Open),
            // Who left has answered, whatever the score said.
            (-2, Day(150), (None, None), Some(Day(140)), Right),
            (1, Day(150), (Some(60), Some(90)), Some(Day(140)), Wrong),
            (0, Day(150), (None, None), Some(until), Wrong),
            (1, after, (Some(60), Some(90)), Some(Day(191)), Right),
        ];
        for (feeling, today, points, left_on, expected) in cases {
            let told = judge_hunch(feeling, (from, until, today), points, left_on);
            assert_eq!(told, expected, "{feeling} {today} {points:?} {left_on:?}");
        }
    }

    #[test]
    fn few_hunches_say_nothing_of_a_person() {
        let mut ends = vec![HunchEnd::Right; 4];
        ends.push(HunchEnd::Open);
        assert!(!Record::of(ends.clone()).is_telling());
        ends.push(HunchEnd::Wrong);
        let record = Record::of(ends);
        assert_eq!((record.right, record.wrong, record.open, record.is_telling()), (4, 1, 1, true));
    }
}
