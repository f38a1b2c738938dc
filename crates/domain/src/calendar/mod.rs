//! The business calendar: which days people work, and how to count them.
//!
//! Built from plain data ([`Rules`]) once; every question is then a look-up. Holidays of Japan are known for
//! 1948–2099; outside those years only weekdays and company closures count.

#[cfg(test)]
mod due_tests;
mod hours;
#[cfg(test)]
mod hours_tests;
mod japan;
mod periods;
mod preset;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::time::Day;

pub use hours::{DAY_MINUTES, Hours, WorkClock};
pub use periods::{Closing, Quarter};
pub use preset::Preset;

/// The name of a closed day in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// Japanese.
    pub ja: &'a str,
    /// English.
    pub en: &'a str,
}

/// Whose national holidays are days off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holidays {
    /// None.
    None,
    /// 国民の祝日, with 振替休日 and 国民の休日.
    #[default]
    Japan,
}

/// When a company is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// Once, both days included.
    Range {
        /// First closed day.
        from: Day,
        /// Last closed day.
        to: Day,
    },
    /// Every year, (month, day) both included; may run over the new year.
    Yearly {
        /// First closed day.
        from: (i8, i8),
        /// Last closed day.
        to: (i8, i8),
    },
}

/// Days off of a company's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// Name in Japanese.
    pub ja: String,
    /// Name in English.
    pub en: String,
    /// When.
    pub when: When,
}

impl Closure {
    fn holds(&self, day: Day) -> bool {
        match self.when {
            When::Range { from, to } => (from..=to).contains(&day),
            When::Yearly { from, to } => {
                let (_, month, date) = day.ymd();
                let at = (month, date);
                if from <= to { (from..=to).contains(&at) } else { at >= from || at <= to }
            }
        }
    }
}

/// What a calendar is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Days off of every week, Monday first.
    pub weekend: [bool; 7],
    /// National holidays.
    pub holidays: Holidays,
    /// Days off of the company.
    pub closures: Vec<Closure>,
    /// Days on which the company works although they would be off.
    pub open_days: Vec<Day>,
    /// The month, from 1, in which the fiscal year begins.
    pub fiscal_month: i8,
    /// On which day of the month books are closed.
    pub closing: Closing,
    /// From when until when people work on a business day.
    pub hours: Hours,
}

/// Saturday, Sunday, the national holidays of Japan, and 年末年始 from 29 December to 3 January.
impl Default for Rules {
    fn default() -> Self {
        let new_year = Closure {
            ja: "年末年始".to_owned(),
            en: "New Year closure".to_owned(),
            when: When::Yearly { from: (12, 29), to: (1, 3) },
        };
        Self {
            weekend: [false, false, false, false, false, true, true],
            holidays: Holidays::Japan,
            closures: vec![new_year],
            open_days: Vec::new(),
            fiscal_month: 4,
            closing: Closing::default(),
            hours: Hours::default(),
        }
    }
}

/// How far a search for a business day goes: a calendar closed for longer has none.
const SEARCH_DAYS_MAX: i32 = 3_660;

/// A business calendar.
#[derive(Clone, Debug)]
pub struct Calendar {
    rules: Rules,
    first: Day,
    /// How many business days lie in `first..first + index`: differences and searches are look-ups.
    before: Vec<u32>,
    /// Sorted by day.
    holidays: Vec<(Day, Name<'static>)>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self::new(Rules::default())
    }
}

impl Calendar {
    /// The calendar of some rules.
    pub fn new(rules: Rules) -> Self {
        let holidays = match rules.holidays {
            Holidays::None => Vec::new(),
            Holidays::Japan => japan::YEARS.flat_map(japan::holidays_of).collect(),
        };
        let first = Day::from_ymd(*japan::YEARS.start(), 1, 1).unwrap_or_default();
        let end = Day::from_ymd(*japan::YEARS.end() + 1, 1, 1).unwrap_or_default();
        let mut calendar = Self { rules, first, before: Vec::new(), holidays };
        let mut count = 0;
        let mut before = vec![0];
        for day in first.0..end.0 {
            count += u32::from(calendar.is_open(Day(day)));
            before.push(count);
        }
        calendar.before = before;
        calendar
    }

    /// What it was made of.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether people work on `day`.
    pub fn is_business_day(&self, day: Day) -> bool {
        match (self.count_before(day), self.count_before(day.plus(1))) {
            (Some(a), Some(b)) => a != b,
            _ => self.is_open(day),
        }
    }

    /// Why `day` is off, other than by its weekday: the national holiday, else the company's closure.
    pub fn closure(&self, day: Day) -> Option<Name<'_>> {
        if self.rules.open_days.contains(&day) {
            return None;
        }
        self.holiday(day).or_else(|| {
            let closure = self.rules.closures.iter().find(|c| c.holds(day))?;
            Some(Name { ja: &closure.ja, en: &closure.en })
        })
    }

    /// The national holiday on `day`.
    pub fn holiday(&self, day: Day) -> Option<Name<'static>> {
        let at = self.holidays.binary_search_by_key(&day, |(d, _)| *d).ok()?;
        self.holidays.get(at).map(|(_, name)| *name)
    }

    /// The first business day on or after `day`. `day` itself when there is none within ten years.
    pub fn next_business_day(&self, day: Day) -> Day {
        (0..SEARCH_DAYS_MAX).map(|n| day.plus(n)).find(|d| self.is_business_day(*d)).unwrap_or(day)
    }

    /// The last business day on or before `day`. `day` itself when there is none within ten years.
    pub fn previous_business_day(&self, day: Day) -> Day {
        (0..SEARCH_DAYS_MAX).map(|n| day.plus(-n)).find(|d| self.is_business_day(*d)).unwrap_or(day)
    }

    /// The `n`-th business day after `day` (before, when negative). With 0, the first one on or after `day`.
    pub fn add_business_days(&self, day: Day, n: i32) -> Day {
        let step = if n < 0 { -1 } else { 1 };
        let mut at = if n < 0 { day } else { self.next_business_day(day) };
        // From a closed day, the next business day is already the first one after it.
        let mut left = if n > 0 && at != day { n.abs() - 1 } else { n.abs() };
        let mut closed_for = 0;
        while left > 0 && closed_for < SEARCH_DAYS_MAX {
            at = at.plus(step);
            if self.is_business_day(at) {
                left -= 1;
                closed_for = 0;
            } else {
                closed_for += 1;
            }
        }
        at
    }

    /// How many business days lie in `(from, to]`; negative when `to` is before `from`.
    pub fn business_days_between(&self, from: Day, to: Day) -> i32 {
        if to < from {
            return -self.business_days_between(to, from);
        }
        match (self.count_before(from.plus(1)), self.count_before(to.plus(1))) {
            (Some(a), Some(b)) => i32::try_from(b - a).unwrap_or(i32::MAX),
            _ => (from.0.saturating_add(1)..=to.0).map(|d| i32::from(self.is_business_day(Day(d)))).sum(),
        }
    }

    fn count_before(&self, day: Day) -> Option<u32> {
        let index = usize::try_from(day.0.checked_sub(self.first.0)?).ok()?;
        self.before.get(index).copied()
    }

    /// The first day of the fiscal year that holds `day`.
    pub fn fiscal_year_start(&self, day: Day) -> Day {
        let (year, month, _) = day.ymd();
        let first = self.rules.fiscal_month.clamp(1, 12);
        Day::from_ymd(if month < first { year - 1 } else { year }, first, 1).unwrap_or(day)
    }

    fn is_open(&self, day: Day) -> bool {
        if self.rules.open_days.contains(&day) {
            return true;
        }
        let weekday = usize::try_from((i64::from(day.0) + 3).rem_euclid(7)).unwrap_or(0);
        !self.rules.weekend.get(weekday).copied().unwrap_or(false) && self.closure(day).is_none()
    }
}

/// 解約通知期限: the last day on which notice can be given, the business day on or before `end - notice_days`.
pub fn notice_deadline(end: Day, notice_days: i64, calendar: &Calendar) -> Day {
    let notice = i32::try_from(notice_days).unwrap_or(i32::MAX);
    calendar.previous_business_day(end.plus(notice.saturating_neg()))
}
