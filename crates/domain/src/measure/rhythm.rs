//! When something usually comes: learned from the days on which it came.

use super::facts::{WorkDays, is_holiday_season};
use crate::time::{Day, Weekday};

/// How many of the last days with something a rhythm is learned from.
const TIMES_MAX: usize = 60;
/// How many of the last holidays are looked at.
const HOLIDAYS_MAX: usize = 8;
/// How far back it is learned on which weekdays something comes.
const WEEKDAYS_BACK: i32 = 84;
/// A weekday counts from so many of them seen …
const WEEKDAYS_MIN: u32 = 4;
/// … and when something came on so many of a hundred of them.
const OF_HUNDRED: u32 = 80;
/// Weekdays are its own when so many of a hundred times were on them; the others are what holidays moved.
const ON_WEEKDAYS_OF_HUNDRED: u32 = 60;
/// On another weekday it may come so often of a hundred times, moved there by holidays.
const MOVED_OF_HUNDRED: u32 = 35;
/// From so many gaps on it is known how punctual something is.
const TIMES_MIN: usize = 8;
/// A gap that chance alone makes so rarely is none.
const CHANCE: f64 = 1e-5;
/// From so many gaps on it is known how often something comes that comes by chance.
const CHANCE_TIMES_MIN: usize = 30;
/// The gap of something that came too rarely for a rhythm.
const UNKNOWN_GAP: u32 = 1;

/// A rhythm. What has weekdays of its own is measured by them: each of them is due, but for holidays. Everything else is
/// measured in steady business days ([`WorkDays::count_steady`]). So neither weekends nor holidays
/// nor holiday seasons make anybody late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Weekdays, from Monday on, on which it nearly always comes; none when it comes on others too often.
    weekdays: [bool; 7],
    /// It comes on holidays too.
    on_holidays: bool,
    /// Its usual longest gap in steady business days: 95 of 100 are not longer. At least 1.
    pub usual_gap_days: u32,
    /// More due days than this without anything are no chance any more; `None` when it came too rarely to know.
    longest_gap: Option<u32>,
}

const fn place(day: Day) -> usize {
    match day.weekday() {
        Weekday::Mon => 0,
        Weekday::Tue => 1,
        Weekday::Wed => 2,
        Weekday::Thu => 3,
        Weekday::Fri => 4,
        Weekday::Sat => 5,
        Weekday::Sun => 6,
    }
}

/// Whether the weekday of a day says anything: holidays and days around them do not.
fn is_ordinary(day: Day, workdays: &WorkDays) -> bool {
    if place(day) >= 5 { !is_holiday_season(day) } else { workdays.is_steady(day) }
}

fn is_turn_of_year(day: Day) -> bool {
    let (_, month, day) = day.ymd();
    (month == 12 && day >= 29) || (month == 1 && day <= 3)
}

impl Rhythm {
    /// Learns from the days on which something came, sorted, each once.
    pub fn learn(days: &[Day], workdays: &WorkDays) -> Self {
        let recent = days.get(days.len().saturating_sub(TIMES_MAX + 1)..).unwrap_or(days);
        let gaps_by = |count: &dyn Fn(Day, Day) -> u32| -> Vec<u32> {
            let mut gaps: Vec<u32> = recent.windows(2).filter_map(|w| Some(count(*w.first()?, *w.last()?))).collect();
            gaps.sort_unstable();
            gaps
        };
        let steady = gaps_by(&|a, b| workdays.count_steady(a, b));
        let mut rhythm = Self {
            weekdays: learn_weekdays(days, workdays),
            on_holidays: learn_holidays(days, workdays),
            usual_gap_days: of_hundred(&steady, 95).unwrap_or(UNKNOWN_GAP).max(1),
            longest_gap: None,
        };
        let due = if rhythm.has_weekdays() { gaps_by(&|a, b| rhythm.count_due(a, b, workdays)) } else { steady };
        rhythm.longest_gap = longest_gap(&due);
        rhythm
    }

    fn has_weekdays(&self) -> bool {
        self.weekdays.contains(&true)
    }

    fn is_due(&self, day: Day, workdays: &WorkDays) -> bool {
        // What comes on holidays too has no other excuse than the turn of the year.
        let is_expected = is_ordinary(day, workdays) || (self.on_holidays && !is_turn_of_year(day));
        self.weekdays.get(place(day)).copied().unwrap_or(false) && is_expected
    }

    /// Days in `(after, through]` on which something is due.
    fn count_due(&self, after: Day, through: Day, workdays: &WorkDays) -> u32 {
        if !self.has_weekdays() {
            return workdays.count_steady(after, through);
        }
        (after.0.saturating_add(1)..=through.0).map(|d| u32::from(self.is_due(Day(d), workdays))).sum()
    }

    /// The first day after `last`, up to `today`, on which something usually comes, be it a day on which many are away: what is
    /// not there is not known.
    pub fn first_missing(&self, last: Day, today: Day, workdays: &WorkDays) -> Option<Day> {
        let mut days = (last.0.saturating_add(1)..=today.0).map(Day);
        if self.has_weekdays() {
            return days.find(|d| match workdays.is(*d) || place(*d) >= 5 {
                true => self.weekdays.get(place(*d)).copied().unwrap_or(false),
                false => self.on_holidays,
            });
        }
        let mut gap = 0;
        days.find(|d| {
            gap += u32::from(workdays.is(*d));
            gap > self.allowed_gap_days()
        })
    }

    /// What comes nearly daily is due on the next business day, anything else when its usual gap is over.
    const fn allowed_gap_days(&self) -> u32 {
        if self.usual_gap_days > 1 { self.usual_gap_days } else { 0 }
    }

    /// The first day after `last`, up to `today`, on which something should have come; nobody is late on holidays and the days
    /// around them.
    pub fn first_due(&self, last: Day, today: Day, workdays: &WorkDays) -> Option<Day> {
        let mut days = (last.0.saturating_add(1)..=today.0).map(Day);
        if self.has_weekdays() {
            return days.find(|d| self.is_due(*d, workdays));
        }
        let mut gap = 0;
        days.find(|d| {
            gap += u32::from(workdays.is_steady(*d));
            gap > self.allowed_gap_days()
        })
    }

    /// Whether the silence since `last` is clearly longer than any usual one. `today` does not count: it is not over.
    pub fn is_broken(&self, last: Day, today: Day, workdays: &WorkDays) -> bool {
        let missed = self.count_due(last, today.plus(-1), workdays);
        self.longest_gap.is_some_and(|longest| missed.saturating_add(1) > longest)
    }
}

/// What `n` of a hundred do not exceed. `gaps` are sorted.
fn of_hundred(gaps: &[u32], n: usize) -> Option<u32> {
    gaps.get((gaps.len() * n).div_ceil(100).saturating_sub(1)).copied()
}

/// On which weekdays something came nearly always in the weeks up to the last time, if it mostly came on those.
fn learn_weekdays(days: &[Day], workdays: &WorkDays) -> [bool; 7] {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return [false; 7] };
    let from = last.plus(-WEEKDAYS_BACK).max(first.plus(-1));
    let mut seen = [(0_u32, 0_u32); 7];
    let mut came = days.get(days.partition_point(|d| *d <= from)..).unwrap_or(&[]).iter().peekable();
    for d in from.0.saturating_add(1)..=last.0 {
        let has_come = came.next_if(|c| c.0 == d).is_some();
        if let Some((all, hits)) = seen.get_mut(place(Day(d))).filter(|_| is_ordinary(Day(d), workdays)) {
            *all += 1;
            *hits += u32::from(has_come);
        }
    }
    let nearly_always = seen.map(|(all, hits)| all >= WEEKDAYS_MIN && hits * 100 >= all * OF_HUNDRED);
    let hits = |only: bool| -> u32 {
        seen.iter().zip(nearly_always).filter(|(_, always)| *always || !only).map(|((_, hits), _)| hits).sum()
    };
    // What comes by chance has its lucky weekdays, but also many others on which it often comes.
    let often =
        seen.iter().zip(nearly_always).filter(|((all, hits), always)| !always && hits * 100 > all * MOVED_OF_HUNDRED);
    let is_own = often.count() <= 1 && hits(true) * 100 >= hits(false) * ON_WEEKDAYS_OF_HUNDRED;
    if is_own { nearly_always } else { [false; 7] }
}

/// Whether something came on the last holidays too.
fn learn_holidays(days: &[Day], workdays: &WorkDays) -> bool {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return false };
    let holidays = workdays.closed_weekdays(*last, HOLIDAYS_MAX).iter().filter(|d| *d >= first);
    let (all, hits) =
        holidays.fold((0, 0), |(all, hits), d| (all + 1, hits + u32::from(days.binary_search(d).is_ok())));
    all >= WEEKDAYS_MIN && hits * 100 >= all * OF_HUNDRED
}

/// The longest gap that can still be usual; `None` when there was none yet. `gaps` are sorted.
fn longest_gap(gaps: &[u32]) -> Option<u32> {
    let median = of_hundred(gaps, 50)?.max(1);
    let usual = of_hundred(gaps, 95)?.max(1);
    let mut longest = usual + (usual / 2).max(1);
    if gaps.len() < TIMES_MIN {
        // Seen too rarely to know how punctual it is.
        longest = longest.max(4 * usual);
    }
    // The longest of all may have been an outage; the one before it was usual.
    let without_worst = gaps.get(..gaps.len().saturating_sub(1)).unwrap_or(&[]);
    longest = longest.max(without_worst.last().copied().unwrap_or(0));
    let sum: u32 = without_worst.iter().map(|g| (*g).max(1)).sum();
    let times = u32::try_from(without_worst.len()).unwrap_or(u32::MAX);
    let by_chance = 2 * usual > 3 * median || (median == 1 && sum > times);
    if by_chance && times > 0 {
        // What comes by chance each day stays away for g days with the chance (1 - p)^g.
        let p = f64::from(times) / f64::from(sum.max(1));
        let days = (CHANCE.ln() / (1.0 - p).max(f64::MIN_POSITIVE).ln()).ceil();
        longest = longest.max(days.clamp(0.0, 1e6) as u32);
        if gaps.len() < CHANCE_TIMES_MIN {
            // Few times tell p badly.
            longest = longest.max(3 * gaps.last().copied().unwrap_or(0));
        }
    }
    Some(longest)
}
