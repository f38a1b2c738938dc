//! Business hours: how long somebody waited while anybody could have answered.

use serde::{Deserialize, Serialize};

use super::Calendar;
use crate::time::{Day, Time, Zone};

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 24 * 60;
const SECOND_US: i64 = 1_000_000;
/// How far a clock looks ahead: about ten years.
const DAYS_AHEAD_MAX: usize = 3_660;

/// From when until when people work on a business day, in minutes after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// First minute of work.
    pub from_minute: u16,
    /// The minute at which work ends; after `from_minute`, at most [`DAY_MINUTES`].
    pub to_minute: u16,
}

/// 9:00 to 18:00.
impl Default for Hours {
    fn default() -> Self {
        Self { from_minute: 9 * 60, to_minute: 18 * 60 }
    }
}

impl Hours {
    /// Reads `9:00` or `24:00` as minutes.
    pub fn parse_minute(text: &str) -> Option<u16> {
        let (hour, minute) = text.trim().split_once(':')?;
        let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
        let all = hour.checked_mul(60)?.checked_add(minute)?;
        (minute < 60 && all <= DAY_MINUTES).then_some(all)
    }

    /// `9:00` of a minute of the day.
    pub fn show_minute(minute: u16) -> String {
        format!("{}:{:02}", minute / 60, minute % 60)
    }

    /// The hours between two minutes; `None` when the end is not after the beginning or after midnight.
    pub fn of(from_minute: u16, to_minute: u16) -> Option<Self> {
        (from_minute < to_minute && to_minute <= DAY_MINUTES).then_some(Self { from_minute, to_minute })
    }
}

/// Counts working time.
#[derive(Clone, Copy, Debug)]
pub struct WorkClock<'a> {
    /// Which days are worked, and from when until when.
    pub calendar: &'a Calendar,
    /// The zone in which they are meant.
    pub zone: &'a Zone,
}

impl WorkClock<'_> {
    /// Seconds of business hours in `[from, to)`; 0 when `to` is not after `from`.
    pub fn seconds_between(&self, from: Time, to: Time) -> i64 {
        if to <= from {
            return 0;
        }
        let (first, last) = (self.zone.day_of(from), self.zone.day_of(to));
        if first == last {
            return self.seconds_of(first, from, to);
        }
        let hours = self.calendar.rules().hours;
        let whole_days = i64::from(self.calendar.business_days_between(first, last.plus(-1)));
        let whole = whole_days * i64::from(hours.to_minute.saturating_sub(hours.from_minute)) * 60;
        self.seconds_of(first, from, to) + whole + self.seconds_of(last, from, to)
    }

    /// The instant at which `seconds` of business hours have passed since `from`. Nothing left to wait gives `from` itself, and a
    /// calendar that is closed for years the last instant looked at.
    pub fn after(&self, from: Time, seconds: i64) -> Time {
        let mut left = seconds;
        let mut day = self.zone.day_of(from);
        let mut at = from;
        for _ in 0..DAYS_AHEAD_MAX {
            if left <= 0 {
                return at;
            }
            let open = self.seconds_of(day, at, self.zone.start_of(day.plus(1)));
            if open >= left {
                let begins = self.moment(day, self.calendar.rules().hours.from_minute).max(at);
                return begins.plus_us(left.saturating_mul(SECOND_US));
            }
            left -= open;
            day = day.plus(1);
            at = self.zone.start_of(day);
        }
        at
    }

    fn seconds_of(&self, day: Day, from: Time, to: Time) -> i64 {
        if !self.calendar.is_business_day(day) {
            return 0;
        }
        let hours = self.calendar.rules().hours;
        let opens = self.moment(day, hours.from_minute).max(from);
        let closes = self.moment(day, hours.to_minute).min(to);
        ((closes.micros() - opens.micros()) / SECOND_US).max(0)
    }

    fn moment(&self, day: Day, minute: u16) -> Time {
        if minute >= DAY_MINUTES {
            return self.zone.start_of(day.plus(1));
        }
        let hour = i8::try_from(minute / 60).unwrap_or(0);
        let minute_of_hour = i8::try_from(minute % 60).unwrap_or(0);
        let wall = day.civil().at(hour, minute_of_hour, 0, 0);
        let plain = || self.zone.start_of(day).plus_us(i64::from(minute) * 60 * SECOND_US);
        self.zone.instant(wall).unwrap_or_else(plain)
    }
}
