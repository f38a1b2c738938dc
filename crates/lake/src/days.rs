//! From instants to days and months, quickly.

use kizashi_domain::time::{DAY_US, Time, Zone};

/// Counts days in a zone; remembers between which instants the clock's offset stays the same.
pub struct DayClock {
    zone: Zone,
    from_us: i64,
    until_us: i64,
    offset_us: i64,
}

impl DayClock {
    pub fn new(zone: &Zone) -> Self {
        Self { zone: zone.clone(), from_us: 0, until_us: 0, offset_us: 0 }
    }

    /// The business-zone day of an instant: what [`Zone::day_of`] says.
    pub fn day_of(&mut self, at: i64) -> i32 {
        if at < self.from_us || at >= self.until_us {
            let Ok(ts) = jiff::Timestamp::from_microsecond(at) else { return self.zone.day_of(Time(at)).0 };
            let tz = self.zone.tz();
            self.offset_us = i64::from(tz.to_offset(ts).seconds()) * 1_000_000;
            self.until_us = tz.following(ts).next().map_or(MAX_US, |t| t.timestamp().as_microsecond());
            // A change at this very instant counts as the one before.
            let after = jiff::Timestamp::from_microsecond(at.saturating_add(1)).unwrap_or(ts);
            self.from_us = tz.preceding(after).next().map_or(at, |t| t.timestamp().as_microsecond()).min(at);
        }
        let day = at.saturating_add(self.offset_us).div_euclid(DAY_US);
        i32::try_from(day).unwrap_or(0)
    }
}

/// The last microsecond that the calendar knows; later instants take the slow path.
const MAX_US: i64 = 253_402_207_200_000_000;

/// Months since year 0 of an instant in UTC. Any `i64` has one.
pub fn month_of(at: i64) -> i32 {
    let (year, month) = year_month(at.div_euclid(DAY_US));
    (year * 12 + i64::from(month) - 1) as i32
}

/// The instants `[from, until)` of a month since year 0, saturating.
pub fn month_span(month: i32) -> (i64, i64) {
    let start = |m: i64| first_day(m.div_euclid(12), m.rem_euclid(12) + 1).saturating_mul(DAY_US);
    (start(i64::from(month)), start(i64::from(month) + 1))
}

/// `2026-11`.
pub fn month_name(month: i32) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1)
}

/// Year and month (1 to 12) of days since 1970, by counting from March in eras of 400 years.
fn year_month(day: i64) -> (i64, u8) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month as u8)
}

/// Days since 1970 of the first of a month.
fn first_day(year: i64, month: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (month + 9) % 12;
    let doy = (153 * mp + 2) / 5;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use kizashi_domain::time::Day;

    #[test]
    fn months_agree_with_the_calendar_and_every_instant_has_one() {
        for day in -800_000..800_000 {
            let (y, m, _) = Day(day).ymd();
            let at = i64::from(day) * DAY_US;
            assert_eq!(month_of(at), i32::from(y) * 12 + i32::from(m) - 1);
            let (from, until) = month_span(month_of(at));
            assert!(from <= at && at < until);
        }
        for at in [i64::MIN, i64::MAX, -1, 0] {
            let (from, until) = month_span(month_of(at));
            assert!(from <= at && (at < until || until == i64::MAX));
        }
        assert_eq!(month_name(2026 * 12 + 1), "2026-02");
    }

    #[test]
    fn the_clock_says_what_the_zone_says() {
        for name in ["Asia/Tokyo", "America/New_York", "America/Havana", "America/St_Johns", "Pacific/Apia", "UTC"] {
            let zone = Zone::named(name).unwrap();
            let mut clock = DayClock::new(&zone);
            let mut at = -3_000_000_000_000_000_i64;
            while at < 4_000_000_000_000_000 {
                assert_eq!(clock.day_of(at), zone.day_of(Time(at)).0, "{name} {at}");
                at += 997 * 61_000_003;
            }
            for at in [i64::MIN, i64::MAX, 0, MAX_US, MAX_US + 1, -377_705_023_201_000_000] {
                assert_eq!(clock.day_of(at), zone.day_of(Time(at)).0, "{name} {at}");
            }
        }
    }
}
