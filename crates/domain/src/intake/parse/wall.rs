//! A date and a time of day as they stand in a text, before any zone is applied.

use super::plain_text;

/// What a text says: a date, perhaps a time of day, perhaps an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wall {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Microseconds since midnight; `None` for a date alone. 24:00 is 86,400,000,000.
    pub of_day_us: Option<i64>,
    /// Offset from UTC in seconds.
    pub offset_s: Option<i64>,
}

/// Names of an era, the year before its first, and its first day.
type Era = (&'static [&'static str], i64, (i64, i64, i64));

const ERAS: [Era; 5] = [
    (&["令和", "㋿", "R", "r"], 2018, (2019, 5, 1)),
    (&["平成", "㍻", "H", "h"], 1988, (1989, 1, 8)),
    (&["昭和", "㍼", "S", "s"], 1925, (1926, 12, 25)),
    (&["大正", "㍽", "T", "t"], 1911, (1912, 7, 30)),
    (&["明治", "㍾", "M", "m"], 1867, (1868, 1, 25)),
];

/// A year that its era never had, such as 平成40年: the era, its last year, the year of the calendar.
pub(super) fn find_ended_era(text: &str) -> Option<(&'static str, i64, i64)> {
    let text = plain_text(text)?;
    let mut at = Cursor(&text);
    let place = ERAS.iter().position(|(names, _, _)| at.eat_any(names))?;
    at.eat_spaces();
    let year = at.number(2)?;
    let (names, before_first, _) = ERAS.get(place)?;
    // The era before it in the list is the one that follows.
    let (_, _, (next_year, _, _)) = ERAS.get(place.checked_sub(1)?)?;
    let last_year = next_year - before_first;
    let separated = at.0.starts_with(['年', '.', '/', '-']);
    (separated && year > last_year).then_some((names.first()?, last_year, before_first + year))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; `None` when there is no such date.
/// Years 1 to 9999.
pub(super) fn day_number(year: i64, month: i64, day: i64) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    if !(1..=9999).contains(&year) || day < 1 || day > last {
        return None;
    }
    // Years counted from March, so that the leap day comes last.
    let y = if month <= 2 { year - 1 } else { year };
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * y + y / 4 - y / 100 + y / 400 + in_year - 719_468;
    i32::try_from(days).ok()
}

struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn eat(&mut self, word: &str) -> bool {
        match self.0.strip_prefix(word) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|w| self.eat(w))
    }

    fn eat_spaces(&mut self) -> bool {
        let before = self.0.len();
        self.0 = self.0.trim_start();
        before != self.0.len()
    }

    fn digits(&mut self) -> &'a str {
        let end = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        digits
    }

    /// A number of at least one and at most `max` digits.
    fn number(&mut self, max: usize) -> Option<i64> {
        let digits = self.digits();
        (digits.len() <= max).then(|| digits.parse().ok()).flatten()
    }
}

/// Reads a date with an optional time of day and offset.
pub(super) fn read_wall(text: &str) -> Option<Wall> {
    read_usual(text.as_bytes()).or_else(|| read_any(text))
}

/// `2026-04-01`, `2026/4/1`, `2026/4/1 9:30`, `2026-04-01 09:30:00`: what most files hold, without allocating.
fn read_usual(text: &[u8]) -> Option<Wall> {
    fn number(text: &[u8]) -> Option<(i64, &[u8])> {
        match *text {
            [a @ b'0'..=b'9', b @ b'0'..=b'9', ..] => {
                Some((i64::from(a - b'0') * 10 + i64::from(b - b'0'), text.get(2..)?))
            }
            [a @ b'0'..=b'9', ..] => Some((i64::from(a - b'0'), text.get(1..)?)),
            _ => None,
        }
    }
    let (century, rest) = number(text)?;
    let (year, rest) = number(rest)?;
    let (mark @ (b'-' | b'/'), rest) = rest.split_first()? else { return None };
    let (month, rest) = number(rest)?;
    let rest = rest.strip_prefix(&[*mark])?;
    let (day, rest) = number(rest)?;
    // The four digits of a year, not a year of three.
    let day = (text.get(4) == Some(mark)).then(|| day_number(century * 100 + year, month, day)).flatten()?;
    if rest.is_empty() {
        return Some(Wall { day, of_day_us: None, offset_s: None });
    }
    let (b' ' | b'T', rest) = rest.split_first()? else { return None };
    let (hour, rest) = number(rest)?;
    let (minute, mut rest) = number(rest.strip_prefix(b":")?)?;
    let mut second = 0;
    if let Some(behind) = rest.strip_prefix(b":") {
        (second, rest) = number(behind)?;
    }
    rest.is_empty().then_some(())?;
    Some(Wall { day, of_day_us: Some(of_day_us(hour, minute, second, 0)?), offset_s: None })
}

fn read_any(text: &str) -> Option<Wall> {
    let text = plain_text(text)?;
    let mut at = Cursor(&text);
    let (day, of_day_us) = match read_compact(&mut at) {
        Some(found) => found,
        None => {
            let day = read_date(&mut at)?;
            skip_weekday(&mut at);
            (day, None)
        }
    };
    let spaced = at.eat_spaces();
    if at.0.is_empty() {
        return Some(Wall { day, of_day_us, offset_s: None });
    }
    let separated = of_day_us.is_none() && (at.eat_any(&["T", "t"]) || spaced || text.contains('日'));
    let of_day_us = match of_day_us {
        Some(us) => us,
        None if separated => read_time_of_day(&mut at)?,
        None => return None,
    };
    at.eat_spaces();
    let offset_s = read_offset(&mut at)?;
    at.0.is_empty().then_some(Wall { day, of_day_us: Some(of_day_us), offset_s })
}

/// `20260401` and `20260401093000`.
fn read_compact(at: &mut Cursor<'_>) -> Option<(i32, Option<i64>)> {
    let end = at.0.bytes().take_while(u8::is_ascii_digit).count();
    if end != 8 && end != 14 {
        return None;
    }
    let part = |from: usize, to: usize| at.0.get(from..to).and_then(|p| p.parse::<i64>().ok());
    let day = day_number(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
    let of_day = if end == 14 { Some(of_day_us(part(8, 10)?, part(10, 12)?, part(12, 14)?, 0)?) } else { None };
    at.0 = at.0.get(end..)?;
    Some((day, of_day))
}

fn read_date(at: &mut Cursor<'_>) -> Option<i32> {
    let era = ERAS.into_iter().find(|(names, _, _)| at.eat_any(names));
    at.eat_spaces();
    let year = match era {
        Some((_, before_first, _)) => before_first + if at.eat("元") { 1 } else { at.number(2).filter(|y| *y > 0)? },
        None => {
            let digits = at.digits();
            // A year of two digits could be of any era and any century.
            (digits.len() == 4).then(|| digits.parse::<i64>().ok()).flatten()?
        }
    };
    let (month, day) = if at.eat("年") {
        at.eat_spaces();
        let month = at.number(2)?;
        at.eat("月").then_some(())?;
        at.eat_spaces();
        let day = at.number(2)?;
        at.eat("日").then_some(())?;
        (month, day)
    } else {
        let mark = ["-", "/", "."].into_iter().find(|m| at.eat(m))?;
        let month = at.number(2)?;
        at.eat(mark).then_some(())?;
        (month, at.number(2)?)
    };
    let number = day_number(year, month, day)?;
    match era {
        // In its last year an era may be written past its end (平成31年9月); never before its start, and no later year.
        Some((_, _, (y, m, d))) if number < day_number(y, m, d)? => None,
        Some((_, before_first, _)) if ERAS.iter().any(|(_, later, (y, _, _))| *later > before_first && year > *y) => {
            None
        }
        _ => Some(number),
    }
}

/// `(水)` and `(水曜日)` behind a date.
fn skip_weekday(at: &mut Cursor<'_>) {
    if !at.0.starts_with('(') && !at.0.starts_with(" (") {
        return;
    }
    for name in ["月", "火", "水", "木", "金", "土", "日"] {
        for form in [format!("({name})"), format!("({name}曜)"), format!("({name}曜日)"), format!(" ({name})")] {
            if at.eat(&form) {
                return;
            }
        }
    }
}

fn of_day_us(hour: i64, minute: i64, second: i64, fraction_us: i64) -> Option<i64> {
    let whole = hour == 24 && minute == 0 && second == 0 && fraction_us == 0;
    // A leap second is read as the second before it.
    let second = second.min(if second == 60 { 59 } else { second });
    ((hour < 24 || whole) && minute < 60 && second < 60)
        .then_some(((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction_us)
}

fn read_time_of_day(at: &mut Cursor<'_>) -> Option<i64> {
    let mut half = read_half(at);
    let hour = at.number(2)?;
    let (mut minute, mut second, mut fraction_us) = (0, 0, 0);
    if at.eat("時") {
        at.eat_spaces();
        if !at.0.is_empty() {
            minute = at.number(2)?;
            at.eat("分").then_some(())?;
            at.eat_spaces();
            if !at.0.is_empty() {
                second = at.number(2)?;
                at.eat("秒").then_some(())?;
            }
        }
    } else {
        at.eat(":").then_some(())?;
        minute = at.number(2)?;
        if at.eat(":") {
            second = at.number(2)?;
            if at.eat_any(&[".", ","]) {
                fraction_us = read_fraction_us(at.digits())?;
            }
        }
        at.eat_spaces();
        half = half.or_else(|| read_half(at));
    }
    let hour = match half {
        Some(_) if hour > 12 => return None,
        // 午後12時 is written for midnight and for noon; the clock's rule (12 PM = noon) is taken.
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        None => hour,
    };
    of_day_us(hour, minute, second, fraction_us)
}

fn read_half(at: &mut Cursor<'_>) -> Option<bool> {
    if at.eat_any(&["午前", "AM", "am", "a.m."]) {
        at.eat_spaces();
        Some(false)
    } else if at.eat_any(&["午後", "PM", "pm", "p.m."]) {
        at.eat_spaces();
        Some(true)
    } else {
        None
    }
}

/// Microseconds of the digits behind a decimal point; more than six are cut.
pub(super) fn read_fraction_us(digits: &str) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let kept = digits.get(..digits.len().min(6))?;
    let scale = 10_i64.pow(6 - u32::try_from(kept.len()).ok()?);
    kept.parse::<i64>().ok().map(|n| n * scale)
}

/// `Z`, `+09:00`, `+0900`, `+09`, `JST`, `UTC`; an empty rest is no offset.
fn read_offset(at: &mut Cursor<'_>) -> Option<Option<i64>> {
    if at.0.is_empty() {
        return Some(None);
    }
    if at.eat_any(&["Z", "z", "UTC", "GMT"]) {
        return Some(Some(0));
    }
    if at.eat("JST") {
        return Some(Some(9 * 3600));
    }
    let sign = if at.eat("+") {
        1
    } else if at.eat("-") {
        -1
    } else {
        return None;
    };
    let digits = at.digits();
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i64>().ok()?, if at.eat(":") { at.number(2)? } else { 0 }),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    (hours <= 25 && minutes < 60).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_usual_forms_are_read_as_any_other(
            text in "[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,2}([ T][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?)?"
        ) {
            let usual = read_usual(text.as_bytes());
            if usual.is_some() {
                prop_assert_eq!(usual, read_any(&text));
            }
        }
    }

    #[test]
    fn the_quick_way_is_taken() {
        for text in ["2026-04-01", "2026/4/1", "2026/4/1 9:30", "2026-04-01 09:30:00", "2026-04-01T24:00"] {
            assert!(read_usual(text.as_bytes()).is_some(), "{text}");
        }
    }
}
