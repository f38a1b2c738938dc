//! A calendar of days in the form that calendar programs subscribe to (RFC 5545).

use std::fmt::Write as _;

use crate::time::{Day, Time};

/// The longest line, in bytes; what is longer goes on in the next one, behind a blank.
const LINE_BYTES_MAX: usize = 75;

/// Something that is due on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Tells it from others, and stays when it is moved.
    pub id: String,
    /// The day.
    pub day: Day,
    /// One line.
    pub title: String,
    /// More about it; may be empty.
    pub text: String,
    /// The page that it leads to.
    pub address: String,
}

/// Writes a calendar as `text/calendar`.
pub fn write_calendar(name: &str, host: &str, now: Time, entries: &[CalendarEntry]) -> String {
    let mut out = String::new();
    for line in
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kizashi//Kizashi//JA", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    {
        push_line(&mut out, line);
    }
    push_line(&mut out, &format!("X-WR-CALNAME:{}", escape(name)));
    push_line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    push_line(&mut out, "X-PUBLISHED-TTL:PT1H");
    let stamp = write_instant(now);
    for entry in entries {
        push_line(&mut out, "BEGIN:VEVENT");
        push_line(&mut out, &format!("UID:{}@{host}", entry.id));
        push_line(&mut out, &format!("DTSTAMP:{stamp}"));
        push_line(&mut out, &format!("DTSTART;VALUE=DATE:{}", write_day(entry.day)));
        push_line(&mut out, &format!("DTEND;VALUE=DATE:{}", write_day(entry.day.plus(1))));
        push_line(&mut out, &format!("SUMMARY:{}", escape(&entry.title)));
        if !entry.text.is_empty() {
            push_line(&mut out, &format!("DESCRIPTION:{}", escape(&entry.text)));
        }
        push_line(&mut out, &format!("URL:{}", entry.address));
        push_line(&mut out, "TRANSP:TRANSPARENT");
        push_line(&mut out, "END:VEVENT");
    }
    push_line(&mut out, "END:VCALENDAR");
    out
}

fn write_day(day: Day) -> String {
    let (year, month, day) = day.ymd();
    format!("{year:04}{month:02}{day:02}")
}

fn write_instant(at: Time) -> String {
    let mut text = String::new();
    let whole = at.micros().div_euclid(1_000_000).saturating_mul(1_000_000);
    for letter in Time(whole).rfc3339().chars().filter(|c| !matches!(c, '-' | ':')) {
        let _ = text.write_char(letter);
    }
    text
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' => out.push_str("\\n"),
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

fn push_line(out: &mut String, line: &str) {
    let mut bytes = 0;
    for letter in line.chars() {
        let wide = letter.len_utf8();
        if bytes + wide > LINE_BYTES_MAX {
            out.push_str("\r\n ");
            bytes = 1;
        }
        out.push(letter);
        bytes += wide;
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(title: &str, text: &str) -> CalendarEntry {
        CalendarEntry {
            id: "card-1".into(),
            day: "2026-12-31".parse().unwrap(),
            title: title.into(),
            text: text.into(),
            address: "https://kizashi.example/cards/1".into(),
        }
    }

    /// Lines put together again, and texts as a reader has them.
    fn read(calendar: &str) -> Vec<(String, String)> {
        let whole = calendar.replace("\r\n ", "");
        let plain = |value: &str| {
            let (mut out, mut letters) = (String::new(), value.chars());
            while let Some(c) = letters.next() {
                match c {
                    '\\' => match letters.next() {
                        Some('n') => out.push('\n'),
                        Some(other) => out.push(other),
                        None => {}
                    },
                    other => out.push(other),
                }
            }
            out
        };
        let lines = whole.split("\r\n").filter(|l| !l.is_empty());
        lines.map(|l| l.split_once(':').unwrap()).map(|(k, v)| (k.to_owned(), plain(v))).collect()
    }

    #[test]
    fn a_calendar_is_written_as_the_standard_says() {
        let text =
            write_calendar("兆し", "kizashi.example", Time(1_795_000_000_123_456), &[entry("a, b; c\\d\ne", "")]);
        let wanted = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kizashi//Kizashi//JA\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n\
            X-WR-CALNAME:兆し\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\nBEGIN:VEVENT\r\n\
            UID:card-1@kizashi.example\r\nDTSTAMP:20261118T110640Z\r\nDTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n\
            SUMMARY:a\\, b\\; c\\\\d\\ne\r\nURL:https://kizashi.example/cards/1\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(text, wanted);
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_no_line_is_too_long(title in "[\\PC\n]{0,120}", text in "[あ-ん,;\\\\\n]{1,90}") {
            let calendar = write_calendar("名", "h", Time(0), &[entry(&title, &text)]);
            for line in calendar.split("\r\n") {
                prop_assert!(line.len() <= LINE_BYTES_MAX, "{line}");
            }
            let found = read(&calendar);
            let find = |key: &str| found.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()).unwrap();
            let kept: String = title.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
            prop_assert_eq!(find("SUMMARY"), kept);
            prop_assert_eq!(find("DESCRIPTION"), text);
        }
    }
}
