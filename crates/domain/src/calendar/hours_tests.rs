use proptest::prelude::*;

use super::*;
use crate::time::{Time, Zone};

const MINUTE_US: i64 = 60_000_000;

/// Minute by minute, by the wall clock.
fn count_slowly(clock: &WorkClock<'_>, from: Time, to: Time) -> i64 {
    let hours = clock.calendar.rules().hours;
    let mut at = from;
    let mut minutes = 0;
    while at < to {
        let wall = clock.zone.civil(at);
        let minute = u16::try_from(i32::from(wall.hour()) * 60 + i32::from(wall.minute())).unwrap();
        let is_open = (hours.from_minute..hours.to_minute).contains(&minute);
        minutes += i64::from(is_open && clock.calendar.is_business_day(clock.zone.day_of(at)));
        at = at.plus_us(MINUTE_US);
    }
    minutes * 60
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Weekends, Golden Week, the new year, and clock changes in spring and autumn included.
    #[test]
    fn working_time_is_what_a_walk_minute_by_minute_counts(
        start in 0_i64..(430 * 24 * 60), length in -100_i64..(16 * 24 * 60),
        opens in 0_u16..1_300, open_for in 1_u16..700, is_new_york in any::<bool>(),
    ) {
        let hours = Hours::of(opens, (opens + open_for).min(DAY_MINUTES)).unwrap();
        let calendar = Calendar::new(Rules { hours, ..Rules::default() });
        let zone = Zone::named(if is_new_york { "America/New_York" } else { "Asia/Tokyo" }).unwrap();
        let origin = zone.start_of("2026-01-01".parse().unwrap());
        let from = origin.plus_us(start * MINUTE_US);
        let to = from.plus_us(length * MINUTE_US);
        let clock = WorkClock { calendar: &calendar, zone: &zone };
        // A clock change inside opening hours makes a day longer or shorter than the hours say; only nights are asked about.
        let changes = zone.day_of(from) != zone.day_of(to) && is_new_york && opens < 240;
        prop_assume!(!changes);
        prop_assert_eq!(clock.seconds_between(from, to), count_slowly(&clock, from, to));
    }
}

#[test]
fn an_evening_question_waits_from_the_next_morning() {
    let calendar = Calendar::default();
    let zone = Zone::named("Asia/Tokyo").unwrap();
    let clock = WorkClock { calendar: &calendar, zone: &zone };
    let at = |text: &str| zone.instant(text.parse().unwrap()).unwrap();
    // Friday 17:50 to Monday 9:20: ten minutes and twenty.
    assert_eq!(clock.seconds_between(at("2026-11-13T17:50:00"), at("2026-11-16T09:20:00")), 1_800);
    assert_eq!(clock.seconds_between(at("2026-11-14T10:00:00"), at("2026-11-15T10:00:00")), 0, "a weekend");
    assert_eq!(clock.seconds_between(at("2026-11-16T09:20:00"), at("2026-11-13T17:50:00")), 0, "backwards");
    assert_eq!(Hours::parse_minute("24:00"), Some(DAY_MINUTES));
    for wrong in ["", "9", "9:60", "24:01", "-1:00", "9:00:00", "９:00x"] {
        assert_eq!(Hours::parse_minute(wrong), None, "{wrong}");
    }
    assert_eq!((Hours::of(540, 540), Hours::of(600, 540)), (None, None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Waiting and counting are each other's reverse, over weekends, Golden Week and the new year.
    #[test]
    fn an_instant_after_some_working_time_has_that_working_time_before_it(
        start in 0_i64..(430 * 24 * 60), wait_s in 1_i64..(40 * 9 * 3_600), opens in 0_u16..1_300, open_for in 30_u16..700,
    ) {
        let hours = Hours::of(opens, (opens + open_for).min(DAY_MINUTES)).unwrap();
        let calendar = Calendar::new(Rules { hours, ..Rules::default() });
        let zone = Zone::named("Asia/Tokyo").unwrap();
        let clock = WorkClock { calendar: &calendar, zone: &zone };
        let from = zone.start_of("2026-01-01".parse().unwrap()).plus_us(start * MINUTE_US);
        let due = clock.after(from, wait_s);
        prop_assert_eq!(clock.seconds_between(from, due), wait_s);
        // A second earlier the time was not over.
        prop_assert_eq!(clock.seconds_between(from, due.plus_us(-1_000_000)), wait_s - 1);
        prop_assert_eq!(clock.after(from, 0), from);
    }
}
