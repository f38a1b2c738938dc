//! Instants: RFC 3339 with any offset, and the forms of [`read_day`](super::read_day) with a time behind them.

use jiff::tz::AmbiguousOffset;

use super::date::why_not;
use super::wall::{Wall, day_number, read_wall};
use crate::intake::Reason;
use crate::time::{DAY_US, Day, Time, Zone};

/// Reads an instant. Without an offset the text is a wall clock of `zone`; a date alone is its first instant.
/// A wall clock that shows twice means the earlier of the two.
pub fn read_time(text: &str, zone: &Zone) -> Result<Time, Reason> {
    if let Some(time) = read_rfc3339(text.as_bytes()) {
        return Ok(time);
    }
    let Wall { day, of_day_us, offset_s } = read_wall(text).ok_or_else(|| why_not(text))?;
    let Some(of_day_us) = of_day_us else {
        return Ok(zone.start_of(Day(day)));
    };
    let wall_us = i64::from(day) * DAY_US + of_day_us;
    if let Some(offset_s) = offset_s {
        return Ok(Time(wall_us - offset_s * 1_000_000));
    }
    let civil = jiff::Timestamp::from_microsecond(wall_us)
        .map(|t| jiff::tz::Offset::UTC.to_datetime(t))
        .map_err(|_| Reason::NotATime)?;
    let ambiguous = zone.tz().to_ambiguous_timestamp(civil);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(Reason::NoSuchTime);
    }
    ambiguous.earlier().map(|t| Time(t.as_microsecond())).map_err(|_| Reason::NotATime)
}

/// Reads `2026-11-22T05:48:21.217Z` or with an offset `+09:00`, the form that programs send, without looking
/// any zone up. Digits beyond the microsecond are cut, a leap second is the second before it.
pub fn read_rfc3339(text: &[u8]) -> Option<Time> {
    let (head, mut rest) = text.split_first_chunk::<19>()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't' | b' ', h1, h2, b':', i1, i2, b':', s1, s2] = *head
    else {
        return None;
    };
    let two = |a: u8, b: u8| Some(i64::from(digit(a)?) * 10 + i64::from(digit(b)?));
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let day = day_number(year, two(m1, m2)?, two(d1, d2)?)?;
    let (hour, minute, second) = (two(h1, h2)?, two(i1, i2)?, two(s1, s2)?);
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let mut us = ((hour * 60 + minute) * 60 + second.min(59)) * 1_000_000;
    if let Some((b'.' | b',', fraction)) = rest.split_first() {
        let mut scale = 100_000;
        let mut count = 0;
        for b in fraction {
            let Some(d) = digit(*b) else { break };
            us += i64::from(d) * scale;
            scale /= 10;
            count += 1;
        }
        if count == 0 || count > 9 {
            return None;
        }
        rest = fraction.get(count..)?;
    }
    let offset_s = match *rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
            if hours > 25 || minutes > 59 {
                return None;
            }
            (hours * 3600 + minutes * 60) * if sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    Some(Time(i64::from(day) * DAY_US + us - offset_s * 1_000_000))
}

const fn digit(b: u8) -> Option<u8> {
    if b.is_ascii_digit() { Some(b - b'0') } else { None }
}

/// Reads Excel's count of days (`46113.5`), in the system from 1900 or from 1904, as a wall clock of `zone`.
pub fn read_serial(text: &str, from_1904: bool, zone: &Zone) -> Result<Time, Reason> {
    let serial: f64 = super::read_number(text).ok_or(Reason::NotATime)?;
    // Day 60 of the 1900 system is a 29 February that never was; the days before it are of no use to us.
    let (first, zero) = if from_1904 { (0.0, day_number(1904, 1, 1)) } else { (61.0, day_number(1899, 12, 30)) };
    let zero = zero.ok_or(Reason::NotATime)?;
    if !(first..2_958_466.0).contains(&serial) {
        return Err(Reason::NotATime);
    }
    // Excel keeps whole seconds in a float of days; rounding takes its noise away.
    #[allow(clippy::cast_possible_truncation)]
    let seconds = (serial * 86_400.0).round() as i64;
    let us = (i64::from(zero) * 86_400 + seconds) * 1_000_000;
    let civil = jiff::Timestamp::from_microsecond(us)
        .map(|t| jiff::tz::Offset::UTC.to_datetime(t))
        .map_err(|_| Reason::NotATime)?;
    zone.instant(civil).ok_or(Reason::NotATime)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokyo() -> Zone {
        Zone::named("Asia/Tokyo").unwrap()
    }

    #[test]
    fn times_are_read_in_every_form() {
        for (text, want) in [
            ("2026-11-22T05:48:21.217Z", "2026-11-22T05:48:21.217Z"),
            ("2026-11-22T05:48:21.217+00:00", "2026-11-22T05:48:21.217Z"),
            ("2026-11-22 14:48:21.217+0900", "2026-11-22T05:48:21.217Z"),
            ("2014-06-25T07:29:32-07:00", "2014-06-25T14:29:32Z"),
            ("2026/4/1 9:30", "2026-04-01T00:30:00Z"),
            ("2026年4月1日9時30分", "2026-04-01T00:30:00Z"),
            ("2026年4月1日 9時", "2026-04-01T00:00:00Z"),
            ("令和8年4月1日（水）午後1時5分", "2026-04-01T04:05:00Z"),
            ("2026/4/1 1:05 PM", "2026-04-01T04:05:00Z"),
            ("2026/4/1 24:00", "2026-04-01T15:00:00Z"),
            ("20260401093000", "2026-04-01T00:30:00Z"),
            ("2026/4/1", "2026-03-31T15:00:00Z"),
            ("2026-04-01T09:30", "2026-04-01T00:30:00Z"),
            ("2026-04-01 09:30:00 UTC", "2026-04-01T09:30:00Z"),
        ] {
            assert_eq!(read_time(text, &tokyo()).map(Time::rfc3339), Ok(want.to_owned()), "{text}");
        }
        for text in [
            "2026-04-01T9",
            "2026-04-01T25:00:00Z",
            "2026-04-01 9:60",
            "2026-04-01T09:30:00+99:00",
            "9:30",
            "2026-04-01 13:00 PM",
        ] {
            assert_eq!(read_time(text, &tokyo()), Err(Reason::NotATime), "{text}");
        }
    }

    #[test]
    fn clock_changes_are_told() {
        let zone = Zone::named("America/New_York").unwrap();
        assert_eq!(read_time("2026-03-08 02:30", &zone), Err(Reason::NoSuchTime));
        // 01:30 comes twice; the first is still in summer time.
        assert_eq!(read_time("2026-11-01 01:30", &zone).map(Time::rfc3339), Ok("2026-11-01T05:30:00Z".to_owned()));
    }

    #[test]
    fn excel_serials_count_from_two_years() {
        let at = |text, from_1904| read_serial(text, from_1904, &Zone::UTC).map(Time::rfc3339);
        assert_eq!(at("46113", false), Ok("2026-04-01T00:00:00Z".to_owned()));
        assert_eq!(at("44651.395833333336", true), Ok("2026-04-01T09:30:00Z".to_owned()));
        assert_eq!(at("60", false), Err(Reason::NotATime));
        assert_eq!(at("99999999", false), Err(Reason::NotATime));
    }

    proptest! {
        #[test]
        fn the_quick_reader_agrees_with_jiff(
            us in -62_000_000_000_000_000_i64..253_000_000_000_000_000, offset_min in -1439_i64..1440, digits in 0_usize..10,
        ) {
            let offset = jiff::tz::Offset::from_seconds(i32::try_from(offset_min * 60).unwrap()).unwrap();
            let wall = jiff::Timestamp::from_microsecond(us).unwrap().to_zoned(offset.to_time_zone()).datetime();
            let sign = if offset_min < 0 { '-' } else { '+' };
            let fraction = format!("{:09}", wall.subsec_nanosecond());
            let fraction = if digits == 0 { String::new() } else { format!(".{}", &fraction[..digits]) };
            let text = format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}{sign}{:02}:{:02}",
                wall.year(), wall.month(), wall.day(), wall.hour(), wall.minute(), wall.second(),
                offset_min.abs() / 60, offset_min.abs() % 60,
            );
            let want = text.parse::<jiff::Timestamp>().unwrap();
            prop_assert_eq!(read_rfc3339(text.as_bytes()), Some(Time(want.as_nanosecond().div_euclid(1000) as i64)), "{}", text);
            prop_assert_eq!(read_time(&text, &Zone::UTC).ok(), read_rfc3339(text.as_bytes()));
        }

        #[test]
        fn what_the_quick_reader_takes_jiff_takes_too(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,10})?(Z|[+-][0-9]{2}:[0-9]{2})") {
            if let Some(time) = read_rfc3339(text.as_bytes()) {
                let want = text.parse::<jiff::Timestamp>();
                prop_assert!(want.is_ok(), "{} -> {}", text, time.rfc3339());
                prop_assert_eq!(time, Time(want.unwrap().as_nanosecond().div_euclid(1000) as i64));
            }
        }

        #[test]
        fn any_text_is_taken_without_panic(text in "\\PC{0,40}", zone in prop_oneof!["UTC", "Asia/Tokyo"]) {
            let zone = Zone::named(&zone).unwrap();
            let _ = read_time(&text, &zone);
            let _ = read_serial(&text, false, &zone);
        }

        #[test]
        fn nearly_dates_are_taken_without_panic(text in "[RHSTM令平]?[0-9元０-９]{0,14}[年/.-]?[0-9]{0,5}[月/.-]?[0-9]{0,5}日?[ T]?[0-9]{0,3}[:時]?[0-9]{0,3}[分Z+-]?[0-9:]{0,6}") {
            let _ = read_time(&text, &tokyo());
        }
    }
}
