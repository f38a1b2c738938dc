//! The `[calendar]` of a pack: how people write the days on which a company is closed.
//!
//! ```toml
//! [calendar]
//! weekend = ["saturday", "sunday"]
//! holidays = "japan"                 # or "none"
//! fiscal_year_from_month = 4
//! closing_day = "end"                # books are closed at the end of the month; or "20"
//! hours = ["9:00", "18:00"]          # business hours, for times of answering
//! open = ["2026-05-02"]              # worked although it would be off
//!
//! [[calendar.closed]]
//! title = { ja = "夏季休業", en = "Summer closure" }
//! from = "2026-08-13"                # or 08-13: every year
//! to = "2026-08-16"
//! ```

use serde::{Deserialize, Serialize};

use crate::calendar::{Closing, Closure, Holidays, Hours, Rules, When};
use crate::lang::Text;
use crate::limits::CLOSED_SPANS_MAX;
use crate::time::Day;

/// Names of the days of the week, Monday first, as a pack writes them.
pub const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closed {
    title: Text,
    from: String,
    to: String,
}

/// The section as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Written {
    weekend: Vec<String>,
    holidays: Holidays,
    fiscal_year_from_month: i8,
    closing_day: String,
    hours: [String; 2],
    open: Vec<String>,
    closed: Vec<Closed>,
}

impl Default for Written {
    fn default() -> Self {
        Self::of(&Rules::default())
    }
}

/// A day of every year: `12-29`.
fn parse_yearly(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year, so that 02-29 is a day.
    Day::from_ymd(2024, month, day).map(|_| (month, day))
}

/// The span of two dates, `2026-08-13` or `08-13` for every year.
///
/// # Errors
/// What is wrong with them, in both languages.
pub fn parse_span(from: &str, to: &str) -> Result<When, Text> {
    let (from, to) = (from.trim(), to.trim());
    if let (Some(from), Some(to)) = (parse_yearly(from), parse_yearly(to)) {
        return Ok(When::Yearly { from, to });
    }
    match (from.parse::<Day>(), to.parse::<Day>()) {
        (Ok(from), Ok(to)) if from <= to => Ok(When::Range { from, to }),
        (Ok(_), Ok(_)) => Err(Text::new("終わりが始まりより前です。", "the span ends before it begins")),
        _ => Err(Text {
            ja: format!(
                "日付「{from}」「{to}」が読めません。2026-08-13、または毎年の 08-13 のように、両方を同じ形で書いてください。"
            ),
            en: format!("the dates {from:?} and {to:?} are not both like 2026-08-13 or, for every year, 08-13"),
        }),
    }
}

/// The two dates of a span as a pack writes them.
pub fn show_span(when: When) -> (String, String) {
    match when {
        When::Range { from, to } => (from.to_string(), to.to_string()),
        When::Yearly { from, to } => (format!("{:02}-{:02}", from.0, from.1), format!("{:02}-{:02}", to.0, to.1)),
    }
}

impl Written {
    pub(super) fn of(rules: &Rules) -> Self {
        let closed = rules.closures.iter().map(|c| {
            let (from, to) = show_span(c.when);
            Closed { title: Text::new(&c.ja, &c.en), from, to }
        });
        Self {
            weekend: WEEKDAYS.iter().zip(rules.weekend).filter(|(_, off)| *off).map(|(n, _)| (*n).to_owned()).collect(),
            holidays: rules.holidays,
            fiscal_year_from_month: rules.fiscal_month,
            closing_day: rules.closing.word(),
            hours: [rules.hours.from_minute, rules.hours.to_minute].map(Hours::show_minute),
            open: rules.open_days.iter().map(Day::to_string).collect(),
            closed: closed.collect(),
        }
    }

    /// The rules, or the key that is wrong, a text near it, and why.
    pub(super) fn rules(&self) -> Result<Rules, (&'static str, String, Text)> {
        let mut weekend = [false; 7];
        for name in &self.weekend {
            let Some(place) = WEEKDAYS.iter().position(|day| day == name).and_then(|i| weekend.get_mut(i)) else {
                let ja = format!("曜日「{name}」はありません。monday のように書いてください。");
                return Err(("weekend", name.clone(), Text { ja, en: format!("{name:?} is no day of the week") }));
            };
            *place = true;
        }
        if !(1..=12).contains(&self.fiscal_year_from_month) {
            let reason = Text::new("1〜12 の月にしてください。", "a month from 1 to 12 is needed");
            return Err(("fiscal_year_from_month", String::new(), reason));
        }
        let Some(closing) = Closing::parse(&self.closing_day) else {
            let (ja, en) =
                ("締め日は end（月末）か 1〜28 の日にしてください。", "a closing day is end, or a day from 1 to 28");
            return Err(("closing_day", self.closing_day.clone(), Text::new(ja, en)));
        };
        let [opens, closes] = &self.hours;
        let parsed = Hours::parse_minute(opens).zip(Hours::parse_minute(closes));
        let Some(hours) = parsed.and_then(|(opens, closes)| Hours::of(opens, closes)) else {
            let reason = Text {
                ja: format!(
                    "営業時間「{opens}」「{closes}」が読めません。9:00 と 18:00 のように、始まりと終わりを書いてください。"
                ),
                en: format!(
                    "the hours {opens:?} and {closes:?} are not like 9:00 and 18:00, the first before the second"
                ),
            };
            return Err(("hours", opens.clone(), reason));
        };
        if self.closed.len() + self.open.len() > CLOSED_SPANS_MAX {
            let reason = Text {
                ja: format!("休みの日の行は合わせて {CLOSED_SPANS_MAX} までです。"),
                en: format!("at most {CLOSED_SPANS_MAX} lines of days"),
            };
            return Err(("closed", String::new(), reason));
        }
        let mut open_days = Vec::with_capacity(self.open.len());
        for text in &self.open {
            let Ok(day) = text.parse::<Day>() else {
                let ja = format!("日付「{text}」が読めません。2026-05-02 のように書いてください。");
                return Err(("open", text.clone(), Text { ja, en: format!("{text:?} is no date like 2026-05-02") }));
            };
            open_days.push(day);
        }
        open_days.sort_unstable();
        open_days.dedup();
        let mut closures = Vec::with_capacity(self.closed.len());
        for c in &self.closed {
            let when = parse_span(&c.from, &c.to).map_err(|reason| ("from", c.from.clone(), reason))?;
            closures.push(Closure {
                ja: c.title.get(crate::lang::Lang::Ja).to_owned(),
                en: c.title.get(crate::lang::Lang::En).to_owned(),
                when,
            });
        }
        let fiscal_month = self.fiscal_year_from_month;
        Ok(Rules { weekend, holidays: self.holidays, closures, open_days, fiscal_month, closing, hours })
    }
}
