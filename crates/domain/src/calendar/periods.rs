//! Months and quarters as a company closes them: 締め日, the last business day, fiscal quarters.

use serde::{Deserialize, Serialize};

use super::Calendar;
use crate::time::Day;

/// The last closing day that every month has.
const DATE_MAX: i8 = 28;

/// On which day of the month books are closed (締め日).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// 月末締め: the last day of the month.
    #[default]
    MonthEnd,
    /// A day of every month, 1 to 28.
    On(i8),
}

impl Closing {
    /// Reads `end` (also 末 and 末日) or a day of the month, 1 to 28.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "end" | "末" | "末日" | "月末" => Some(Self::MonthEnd),
            other => {
                let date = other.trim_end_matches('日').parse::<i8>().ok()?;
                (1..=DATE_MAX).contains(&date).then_some(Self::On(date))
            }
        }
    }

    /// What [`Closing::parse`] reads.
    pub fn word(self) -> String {
        match self {
            Self::MonthEnd => "end".to_owned(),
            Self::On(date) => date.to_string(),
        }
    }
}

/// A quarter of a fiscal year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarter {
    /// The calendar year in which the fiscal year began.
    pub year: i16,
    /// 1 to 4.
    pub number: u8,
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
}

/// The first day of a month that lies `months` after another.
fn month_after(year: i16, month: i8, months: i16) -> Option<Day> {
    let index = i32::from(year) * 12 + i32::from(month) - 1 + i32::from(months);
    let (year, month) = (i16::try_from(index.div_euclid(12)).ok()?, i8::try_from(index.rem_euclid(12) + 1).ok()?);
    Day::from_ymd(year, month, 1)
}

fn month_end(day: Day) -> Day {
    let (year, month, _) = day.ymd();
    month_after(year, month, 1).map_or(day, |next| next.plus(-1))
}

impl Calendar {
    /// The closing day of the period that holds `day`: `day` itself when books are closed on it, else the next one.
    pub fn closing_day_of(&self, day: Day) -> Day {
        let Closing::On(date) = self.rules.closing else { return month_end(day) };
        let (year, month, today) = day.ymd();
        let ahead = i16::from(today > date);
        month_after(year, month, ahead).map_or(day, |first| first.plus(i32::from(date) - 1))
    }

    /// The business day by which that period must be closed: the closing day, or the last business day before it.
    pub fn closing_business_day_of(&self, day: Day) -> Day {
        self.previous_business_day(self.closing_day_of(day))
    }

    /// The last business day of the month that holds `day`.
    pub fn last_business_day_of_month(&self, day: Day) -> Day {
        self.previous_business_day(month_end(day))
    }

    /// The fiscal quarter that holds `day`.
    pub fn fiscal_quarter_of(&self, day: Day) -> Quarter {
        let start = self.fiscal_year_start(day);
        let (year, month, _) = start.ymd();
        let begins = |number: u8| month_after(year, month, 3 * (i16::from(number) - 1)).unwrap_or(start);
        let number = (1..=4).rev().find(|n| begins(*n) <= day).unwrap_or(1);
        Quarter { year, number, first: begins(number), last: begins(number + 1).plus(-1) }
    }
}
