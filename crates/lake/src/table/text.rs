//! Values as text, in the one form that every reader of ours takes.

use std::fmt::Write as _;

use kizashi_domain::intake::BROKEN;
use kizashi_domain::time::{DAY_US, Day};

/// Whole numbers that a float holds exactly, by so much that hundredths of them are still told apart.
const EXACT_MAX: f64 = 1e13;

pub fn write_integer(value: i128, text: &mut String) {
    // Writing into a text does not fail.
    let _ = write!(text, "{value}");
}

/// As short as it stays exact.
pub fn write_float(value: f64, text: &mut String) {
    let hundredths = (value * 100.0).round();
    if hundredths.abs() < EXACT_MAX && hundredths / 100.0 == value && (value != 0.0 || value.is_sign_positive()) {
        #[allow(clippy::cast_possible_truncation)]
        let hundredths = hundredths as i64;
        write_decimal(i128::from(hundredths), 2, text);
        return;
    }
    let _ = write!(text, "{value}");
}

/// `digits` ÷ 10^`scale`, without zeros behind the last digit.
pub fn write_decimal(digits: i128, scale: u32, text: &mut String) {
    let Some(one) = 10_i128.checked_pow(scale).filter(|_| scale > 0) else {
        let _ = if scale == 0 { write!(text, "{digits}") } else { write!(text, "{digits}e-{scale}") };
        return;
    };
    let (whole, mut rest) = ((digits / one).unsigned_abs(), (digits % one).unsigned_abs());
    if digits < 0 {
        text.push('-');
    }
    match u64::try_from(whole) {
        // The narrow type is written several times faster.
        Ok(whole) => write!(text, "{whole}"),
        Err(_) => write!(text, "{whole}"),
    }
    .unwrap_or_default();
    if rest == 0 {
        return;
    }
    let mut width = scale as usize;
    while rest % 10 == 0 {
        rest /= 10;
        width -= 1;
    }
    let _ = match u32::try_from(rest) {
        Ok(rest) => write!(text, ".{rest:0width$}"),
        Err(_) => write!(text, ".{rest:0width$}"),
    };
}

/// `2026-11-22` of days since 1970.
pub fn write_day(day: i64, text: &mut String) {
    match i32::try_from(day).ok().filter(|d| (-4_371_587..=2_932_896).contains(d)) {
        Some(day) => write_date(day, text),
        // Beyond the calendar: refused as no date.
        None => write_integer(i128::from(day), text),
    }
}

fn write_date(day: i32, text: &mut String) {
    let (year, month, day) = Day(day).ymd();
    if !(0..=9999).contains(&year) {
        let _ = write!(text, "{year}-{month:02}-{day:02}");
        return;
    }
    for (value, digits) in [(i64::from(year), 4), (i64::from(month), 2), (i64::from(day), 2)] {
        if digits == 2 {
            text.push('-');
        }
        push_digits(value, digits, text);
    }
}

/// `2026-11-22T09:30:00.123456`, with a `Z` when it is an instant. Finer than microseconds is cut.
pub fn write_time(value: i64, per_second: i64, zoned: bool, text: &mut String) {
    let us = match per_second {
        1_000 => value.checked_mul(1_000),
        1_000_000 => Some(value),
        _ => Some(value.div_euclid(1_000)),
    };
    let days = us.map(|us| us.div_euclid(DAY_US)).filter(|d| (-719_528..=2_932_896).contains(d));
    let (Some(us), Some(days)) = (us, days) else {
        return write_integer(i128::from(value), text);
    };
    write_day(days, text);
    text.push('T');
    let us = us.rem_euclid(DAY_US);
    let seconds = us / 1_000_000;
    push_digits(seconds / 3_600, 2, text);
    text.push(':');
    push_digits(seconds / 60 % 60, 2, text);
    text.push(':');
    push_digits(seconds % 60, 2, text);
    if us % 1_000_000 != 0 {
        text.push('.');
        push_digits(us % 1_000_000, 6, text);
    }
    if zoned {
        text.push('Z');
    }
}

/// The last `digits` digits of a number that is not negative.
fn push_digits(value: i64, digits: u32, text: &mut String) {
    for place in (0..digits).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        text.push(char::from_digit(u32::try_from(digit).unwrap_or(0), 10).unwrap_or('0'));
    }
}

/// A text; where its bytes are none there is a mark that makes the row refused.
pub fn write_bytes(bytes: &[u8], text: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(whole) => text.push_str(whole),
        Err(_) => {
            let lossy = String::from_utf8_lossy(bytes);
            let mut parts = lossy.split('\u{FFFD}');
            text.push_str(parts.next().unwrap_or_default());
            for part in parts {
                text.push(BROKEN);
                text.push_str(part);
            }
        }
    }
}

/// `8-4-4-4-12` hexadecimal digits.
pub fn write_uuid(bytes: &[u8], text: &mut String) {
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kizashi_domain::intake::parse::{read_number, read_rfc3339};
    use kizashi_domain::time::Time;
    use proptest::prelude::*;

    fn told(write: impl Fn(&mut String)) -> String {
        let mut text = String::new();
        write(&mut text);
        text
    }

    #[test]
    fn values_have_one_text() {
        for (value, want) in [(0.0, "0"), (-0.0, "-0"), (12.34, "12.34"), (-5.1, "-5.1"), (7.0, "7"), (0.07, "0.07")] {
            assert_eq!(told(|t| write_float(value, t)), want);
        }
        assert_eq!(told(|t| write_decimal(-1_050, 3, t)), "-1.05");
        assert_eq!(told(|t| write_decimal(-7, 3, t)), "-0.007");
        assert_eq!(told(|t| write_decimal(1_234, 0, t)), "1234");
        assert_eq!(told(|t| write_time(1_793_491_200_000, 1_000, true, t)), "2026-11-01T00:00:00Z");
        assert_eq!(told(|t| write_time(-1, 1_000_000, false, t)), "1969-12-31T23:59:59.999999");
        assert_eq!(told(|t| write_time(i64::MAX, 1_000, true, t)), i64::MAX.to_string());
        assert_eq!(told(|t| write_day(20_758, t)), "2026-11-01");
        assert_eq!(told(|t| write_bytes(b"a\xffb", t)), "a\u{FDD1}b");
        assert_eq!(told(|t| write_uuid(&[0xab; 16], t)), "abababab-abab-abab-abab-abababababab");
    }

    proptest! {
        #[test]
        fn figures_and_instants_come_back(value in prop::num::f64::NORMAL, cents in -1_000_000_000_i64..1_000_000_000,
                                          us in -60_000_000_000_000_000_i64..200_000_000_000_000_000) {
            let cents = cents as f64 / 100.0;
            prop_assert_eq!(told(|t| write_float(cents, t)), format!("{cents}"));
            prop_assert_eq!(told(|t| write_float(value, t)).parse::<f64>().unwrap().to_bits(), value.to_bits());
            prop_assert_eq!(read_number(&told(|t| write_float(cents, t))), Some(cents));
            prop_assert_eq!(read_rfc3339(told(|t| write_time(us, 1_000_000, true, t)).as_bytes()), Some(Time(us)));
        }
    }
}
