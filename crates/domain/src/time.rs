//! Instants, business-zone days and how to read and write them.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Microseconds in a day without a clock change.
pub const DAY_US: i64 = 86_400_000_000;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant `us` microseconds later (earlier when negative); saturates.
    pub const fn plus_us(self, us: i64) -> Self {
        Self(self.0.saturating_add(us))
    }

    /// RFC 3339 in UTC, to the microsecond when there is one.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0).map_or_else(|_| self.0.to_string(), |t| t.to_string())
    }
}

/// A calendar day: days since 1970-01-01. Which instants it holds depends on a [`Zone`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

/// Day of the week.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// The day of a Gregorian date; `None` when there is no such date.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = civil::Date::new(year, month, day).ok()?;
        Some(Self::from_civil(date))
    }

    /// From jiff's civil date.
    pub fn from_civil(date: civil::Date) -> Self {
        // A civil day is 86,400 s in UTC, and jiff's range of years fits i32 days.
        let secs = date.to_zoned(TimeZone::UTC).map_or(0, |z| z.timestamp().as_second());
        Self(i32::try_from(secs.div_euclid(86_400)).unwrap_or(0))
    }

    /// As jiff's civil date; days out of jiff's range become the epoch.
    pub fn civil(self) -> civil::Date {
        jiff::Timestamp::from_second(i64::from(self.0) * 86_400)
            .map_or(civil::Date::constant(1970, 1, 1), |t| t.to_zoned(TimeZone::UTC).date())
    }

    /// (year, month, day of month).
    pub fn ymd(self) -> (i16, i8, i8) {
        let d = self.civil();
        (d.year(), d.month(), d.day())
    }

    /// The day `n` days later (earlier when negative); saturates.
    pub const fn plus(self, n: i32) -> Self {
        Self(self.0.saturating_add(n))
    }

    /// The same day so many months later (earlier when negative), or the last of a month that has no such day.
    pub fn plus_months(self, n: i64) -> Self {
        let span = jiff::Span::new().try_months(n).ok();
        span.and_then(|span| self.civil().checked_add(span).ok()).map_or(self, Self::from_civil)
    }

    /// Day of the week.
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match (self.0 + 3).rem_euclid(7) {
            0 => Weekday::Mon,
            1 => Weekday::Tue,
            2 => Weekday::Wed,
            3 => Weekday::Thu,
            4 => Weekday::Fri,
            5 => Weekday::Sat,
            _ => Weekday::Sun,
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.ymd();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}

impl FromStr for Day {
    type Err = NotADay;
    fn from_str(s: &str) -> Result<Self, NotADay> {
        s.parse::<civil::Date>().map(Self::from_civil).map_err(|_| NotADay)
    }
}

/// The text is not a date in the form 2026-11-26.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date (expected YYYY-MM-DD)")]
pub struct NotADay;

/// A time zone in which days are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

/// The name is not a known IANA time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?} (expected an IANA name such as Asia/Tokyo)")]
pub struct UnknownZone(pub String);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// An IANA zone such as `Asia/Tokyo`.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// jiff's zone.
    pub const fn tz(&self) -> &TimeZone {
        &self.0
    }

    /// The day that holds `at`.
    pub fn day_of(&self, at: Time) -> Day {
        let Ok(ts) = jiff::Timestamp::from_microsecond(at.0) else { return Day(0) };
        let offset_us = i64::from(self.0.to_offset(ts).seconds()) * 1_000_000;
        Day(i32::try_from((at.0 + offset_us).div_euclid(DAY_US)).unwrap_or(0))
    }

    /// The first instant of `day`.
    pub fn start_of(&self, day: Day) -> Time {
        day.civil()
            .to_zoned(self.0.clone())
            .and_then(|z| z.start_of_day())
            .map_or(Time(i64::from(day.0) * DAY_US), |z| Time(z.timestamp().as_microsecond()))
    }

    /// The first instant after `day`.
    pub fn end_of(&self, day: Day) -> Time {
        self.start_of(day.plus(1))
    }

    /// The wall clock of `at` in this zone.
    pub fn civil(&self, at: Time) -> civil::DateTime {
        jiff::Timestamp::from_microsecond(at.0)
            .map_or(civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0), |t| self.0.to_datetime(t))
    }

    /// The instant at which the wall clock of this zone shows `wall` (the earlier one when it does twice).
    pub fn instant(&self, wall: civil::DateTime) -> Option<Time> {
        wall.to_zoned(self.0.clone()).ok().map(|z| Time(z.timestamp().as_microsecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_starts_and_ends_where_the_zone_says() {
        let tokyo = Zone::named("Asia/Tokyo").unwrap();
        let day: Day = "2026-11-24".parse().unwrap();
        let start = tokyo.start_of(day);
        assert_eq!(start.rfc3339(), "2026-11-23T15:00:00Z");
        assert_eq!(tokyo.day_of(start), day);
        assert_eq!(tokyo.day_of(start.plus_us(-1)), day.plus(-1));
        assert_eq!(tokyo.end_of(day).micros() - start.micros(), DAY_US);
        assert_eq!(day.weekday(), Weekday::Tue);
        assert_eq!(day.to_string(), "2026-11-24");
        let new_york = Zone::named("America/New_York").unwrap();
        let spring: Day = "2026-03-08".parse().unwrap();
        assert_eq!(new_york.end_of(spring).micros() - new_york.start_of(spring).micros(), DAY_US - 3_600_000_000);
    }
}
