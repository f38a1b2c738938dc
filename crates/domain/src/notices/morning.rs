//! When people are told: in the morning of business days, and customers in business hours alone.

use crate::calendar::{Calendar, WorkClock};
use crate::time::{Day, Time, Zone};

const SECOND_US: i64 = 1_000_000;

/// The day whose digest is due at `now`, and since when: a business day, from `minute` after midnight on.
pub fn find_digest_day(now: Time, zone: &Zone, calendar: &Calendar, minute: u16) -> Option<(Day, Time)> {
    let day = zone.day_of(now);
    let wall = day.civil().at(i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?, 0, 0);
    let since = zone.instant(wall)?;
    (calendar.is_business_day(day) && now >= since).then_some((day, since))
}

/// Until when nothing may go to customers; `None` in business hours.
pub fn closed_until(now: Time, zone: &Zone, calendar: &Calendar) -> Option<Time> {
    // The first second of work that ends after now begins when work does, or now.
    let opens = WorkClock { calendar, zone }.after(now, 1).plus_us(-SECOND_US);
    (opens > now).then_some(opens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Rules;

    fn at(zone: &Zone, text: &str) -> Time {
        zone.instant(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn digests_come_on_business_days_and_letters_go_in_business_hours() {
        let zone = Zone::named("Asia/Tokyo").unwrap();
        let calendar = Calendar::new(Rules::default());
        // (now, a digest is due, letters wait until)
        let cases = [
            ("2026-11-20T07:59:59", false, Some("2026-11-20T09:00")),
            ("2026-11-20T08:00", true, Some("2026-11-20T09:00")),
            ("2026-11-20T09:00", true, None),
            ("2026-11-20T17:59:59", true, None),
            // Friday evening, the weekend, and Monday, a holiday.
            ("2026-11-20T18:00", true, Some("2026-11-24T09:00")),
            ("2026-11-21T10:00", false, Some("2026-11-24T09:00")),
            ("2026-11-23T10:00", false, Some("2026-11-24T09:00")),
            ("2026-11-24T10:00", true, None),
        ];
        for (now, is_due, until) in cases {
            let now_at = at(&zone, now);
            assert_eq!(find_digest_day(now_at, &zone, &calendar, 8 * 60).is_some(), is_due, "{now}");
            assert_eq!(closed_until(now_at, &zone, &calendar), until.map(|u| at(&zone, u)), "{now}");
        }
    }
}
