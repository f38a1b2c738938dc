//! The rhythm of Japanese office work: weekdays, holidays, 月末締め, seasons.

use kizashi_domain::calendar::Calendar;
use kizashi_domain::time::{Day, Weekday};

/// How a day feels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mood {
    /// People work.
    pub(super) open: bool,
    /// Part of a Golden Week, お盆 or year end that some companies take off whole.
    pub(super) long_holiday: bool,
    /// How likely people are to work, 1 on an average working day.
    pub(super) level: f64,
    /// How much more is billed, towards the end of the month.
    pub(super) closing: f64,
    /// How much more is reported, at the start of a month.
    pub(super) reporting: f64,
}

const fn weekday_level(day: Day) -> f64 {
    match day.weekday() {
        Weekday::Mon => 1.08,
        Weekday::Tue => 1.05,
        Weekday::Wed | Weekday::Thu => 1.0,
        Weekday::Fri => 0.93,
        Weekday::Sat => 0.07,
        Weekday::Sun => 0.04,
    }
}

/// The fiscal year ends in March; August is quiet.
const fn season(month: i8) -> f64 {
    match month {
        3 => 1.08,
        4 => 1.05,
        8 => 0.94,
        12 => 1.04,
        _ => 1.0,
    }
}

/// The mood of `day` in a calendar.
pub(super) fn mood(calendar: &Calendar, day: Day) -> Mood {
    let (_, month, date) = day.ymd();
    let open = calendar.is_business_day(day);
    let bridge = match (month, date) {
        // Working days between the holidays of Golden Week.
        (4, 27..) | (5, 1..=8) => 0.72,
        (8, 12..=16) => 0.55,
        (12, 28) => 0.6,
        (1, 4..=5) => 0.8,
        _ => 1.0,
    };
    let long_holiday = matches!((month, date), (4, 28..) | (5, 1..=8) | (8, 8..=16) | (12, 25..) | (1, 1..=7));
    let new_year = matches!((month, date), (12, 29..) | (1, 1..=3));
    let level = match (open, new_year) {
        (true, _) => weekday_level(day) * bridge * season(month),
        (false, true) => 0.015,
        (false, false) => weekday_level(day).min(0.06),
    };
    let left = calendar.business_days_between(day, super::month_start(super::month_of(day) + 1).plus(-1));
    let gone = calendar.business_days_between(super::month_start(super::month_of(day)).plus(-1), day);
    let closing = match left {
        0 => 2.4,
        1 => 2.0,
        2 => 1.6,
        3 => 1.3,
        _ => 0.85,
    };
    let reporting = match gone {
        0 | 1 => 2.0,
        2 => 1.7,
        3 => 1.4,
        _ => 0.9,
    };
    Mood { open, long_holiday, level, closing, reporting }
}
