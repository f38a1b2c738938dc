//! How long something took.

use super::{plain_text, read_number};

/// The longest that is taken: a year.
const SECONDS_MAX: f64 = 366.0 * 86_400.0;

/// Reads a time span in seconds: `185`, `3:05` (minutes and seconds), `0:03:05`, `3分5秒`, `1時間2分`, `1h 2m 5s`, `PT3M5S`.
/// A figure alone counts `unit` seconds.
pub fn read_duration(text: &str, unit: i64) -> Option<i64> {
    let text = plain_text(text)?.to_lowercase();
    #[allow(clippy::cast_precision_loss)]
    let seconds =
        read_clock(&text).or_else(|| read_number(&text).map(|n| n * unit as f64)).or_else(|| read_words(&text))?;
    #[allow(clippy::cast_possible_truncation)]
    (0.0..=SECONDS_MAX).contains(&seconds).then(|| seconds.round() as i64)
}

/// `m:ss` and `h:mm:ss`.
fn read_clock(text: &str) -> Option<f64> {
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let mut seconds = 0.0;
    for (i, part) in parts.iter().enumerate() {
        let is_plain = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let n: f64 = part.parse().ok().filter(|_| is_plain)?;
        // Below the largest part everything counts to sixty; only seconds have a fraction.
        if (i > 0 && n >= 60.0) || (i + 1 < parts.len() && part.contains('.')) {
            return None;
        }
        seconds = seconds * 60.0 + n;
    }
    Some(seconds)
}

/// Figures with their units, the larger before the smaller.
fn read_words(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 16] = [
        ("時間", 3_600.0),
        ("hours", 3_600.0),
        ("hour", 3_600.0),
        ("hr", 3_600.0),
        ("h", 3_600.0),
        ("minutes", 60.0),
        ("minute", 60.0),
        ("mins", 60.0),
        ("min", 60.0),
        ("分", 60.0),
        ("m", 60.0),
        ("seconds", 1.0),
        ("sec", 1.0),
        ("秒", 1.0),
        ("s", 1.0),
        ("日", 86_400.0),
    ];
    let mut rest: String = text.strip_prefix("pt").unwrap_or(text).chars().filter(|c| !c.is_whitespace()).collect();
    let (mut seconds, mut last) = (0.0, f64::INFINITY);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let n: f64 = rest.get(..end)?.parse().ok()?;
        let tail = rest.get(end..)?.to_owned();
        let (word, unit) = UNITS.iter().find(|(word, _)| tail.starts_with(word))?;
        if *unit >= last {
            return None;
        }
        (seconds, last) = (seconds + n * unit, *unit);
        rest = tail.get(word.len()..)?.to_owned();
    }
    last.is_finite().then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_and_machines_write_them() {
        for (text, want) in [
            ("185", 185),
            ("１８５", 185),
            ("1,850", 1_850),
            ("3:05", 185),
            ("0:03:05", 185),
            ("00:03:05", 185),
            ("3分5秒", 185),
            ("３分５秒", 185),
            ("1時間2分", 3_720),
            ("1h 2m 5s", 3_725),
            ("PT3M5S", 185),
            ("2 minutes", 120),
            ("45s", 45),
            ("0", 0),
            ("12.6", 13),
            ("95:00", 5_700),
        ] {
            assert_eq!(read_duration(text, 1), Some(want), "{text}");
        }
        assert_eq!(read_duration("3", 60), Some(180), "a column of minutes");
        assert_eq!(read_duration("3:30", 60), Some(210), "a clock says its own unit");
        for wrong in
            ["", "-5", "3:60", "1:2:3:4", "3m 1h", "soon", "5x", ":", "1:", "1.5:20", "99999999999", "NaN", "m", "pt"]
        {
            assert_eq!(read_duration(wrong, 1), None, "{wrong}");
        }
    }
}
