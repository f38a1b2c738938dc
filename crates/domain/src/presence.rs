//! Whether somebody who used the product regularly has stopped. Business days alone count, so that holidays are no drop.

use crate::calendar::Calendar;
use crate::time::Day;

/// Business days, before today, in which a drop shows.
const RECENT_DAYS: i32 = 10;
/// Business days before those, which say what is usual.
const USUAL_DAYS: i32 = 20;
/// Whoever worked in it on fewer of [`USUAL_DAYS`] never made it a habit: there is nothing to drop from.
const REGULAR_DAYS: usize = 8;
/// Less than this part of what is usual is a drop.
const DROP_TO_ONE_IN: usize = 3;

/// A drop in somebody's use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Not once in the last two weeks of business days.
    Stopped {
        /// The last day on which they worked in it.
        last: Day,
        /// Business days since then.
        business_days: i32,
    },
    /// Much less than usual.
    Less {
        /// Of the last ten business days, on so many.
        days: usize,
        /// And usually.
        usual: usize,
    },
}

/// What the days on which somebody had the product open say. `since` = from when on such days were kept of them: before enough of them
/// were, nothing is said. Who has it open today is back.
pub fn judge(days: &[Day], since: Day, today: Day, calendar: &Calendar) -> Option<Drift> {
    let recent = calendar.add_business_days(today, -RECENT_DAYS);
    let usual = calendar.add_business_days(recent, -USUAL_DAYS);
    if since > usual || days.contains(&today) {
        return None;
    }
    let count = |from: Day, to: Day| {
        days.iter().filter(|day| **day >= from && **day < to && calendar.is_business_day(**day)).count()
    };
    let (before, now) = (count(usual, recent), count(recent, today));
    if before < REGULAR_DAYS {
        return None;
    }
    let last = days.iter().copied().filter(|day| *day < today).max()?;
    if last < recent {
        return Some(Drift::Stopped { last, business_days: calendar.business_days_between(last, today) });
    }
    // Twenty days against ten.
    let expected = before / 2;
    (now * DROP_TO_ONE_IN <= expected).then_some(Drift::Less { days: now, usual: expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Every business day of a span, both ends included.
    fn worked(calendar: &Calendar, from: &str, to: &str) -> Vec<Day> {
        (day(from).0..=day(to).0).map(Day).filter(|d| calendar.is_business_day(*d)).collect()
    }

    #[test]
    fn a_drop_is_told_apart_from_holidays_newcomers_and_those_who_never_began() {
        let calendar = Calendar::default();
        let since = day("2026-01-05");
        let today = day("2026-11-30");
        let judged = |days: &[Day]| judge(days, since, today, &calendar);

        let stopped = worked(&calendar, "2026-09-01", "2026-11-12");
        let found = judged(&stopped);
        assert_eq!(found, Some(Drift::Stopped { last: day("2026-11-12"), business_days: 11 }), "{found:?}");
        // Open today: back.
        assert_eq!(judged(&[stopped.clone(), vec![today]].concat()), None);
        // A day in the middle of nothing is less than usual.
        let once = [stopped, vec![day("2026-11-20")]].concat();
        assert_eq!(judged(&once), Some(Drift::Less { days: 1, usual: 10 }));
        assert_eq!(judged(&worked(&calendar, "2026-09-01", "2026-11-27")), None, "as ever");
        assert_eq!(judged(&[day("2026-10-02"), day("2026-10-20")]), None, "never a habit");
        assert_eq!(judge(&worked(&calendar, "2026-10-20", "2026-11-10"), day("2026-10-20"), today, &calendar), None);
        assert_eq!(judged(&[]), None);

        // The week of Golden Week is no absence.
        let may = day("2026-05-07");
        let before = worked(&calendar, "2026-02-01", "2026-05-01");
        assert_eq!(judge(&before, since, may, &calendar), None);
    }
}
