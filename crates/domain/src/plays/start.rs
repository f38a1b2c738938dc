//! When a play begins by itself: with a stage, around a date, every so many months.

use serde::{Deserialize, Serialize};

use super::anchor::{Anchor, CustomerDates};
use super::run::narrow_signed;
use crate::calendar::Calendar;
use crate::time::Day;

/// A date that passed longer ago begins nothing: a weekend and a long holiday are bridged, the past is not made up for.
pub const CALLED_DAYS: i32 = 7;
/// Business days lie closer together than this on any calendar that somebody works by: holidays in a row, and a weekend a week.
const CLOSED_DAYS: i32 = 90;

/// Turns that one span is asked for; a span has far fewer.
const TURNS_MAX: usize = 1_000;

/// When a play begins by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Start {
    /// When a customer enters this stage.
    Stage(String),
    /// On days that are counted from a date.
    Dated(Dated),
}

/// Days that are counted from a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// From which date. Our own closing days come again by themselves.
    pub date: Anchor,
    /// Every so many months after it; `None` = on it.
    pub every_months: Option<u32>,
    /// So many business days after that day; before it, when negative.
    pub business_days: i32,
}

impl Dated {
    /// The day on which a play begins that is counted from `date`.
    fn begins(&self, date: Day, calendar: &Calendar) -> Day {
        let days = narrow_signed(self.business_days);
        match days {
            // Counted from the last day on which anybody works, as due days are.
            ..0 => calendar.add_business_days(calendar.previous_business_day(date), days),
            _ => calendar.add_business_days(date, days),
        }
    }

    /// The dates that may call for the play within a span, oldest first.
    fn dates(&self, known: &CustomerDates, (first, last): (Day, Day), calendar: &Calendar) -> Vec<Day> {
        let days = narrow_signed(self.business_days);
        let (near, far) = (days.abs(), days.abs() * 2 + CLOSED_DAYS);
        let (from, until) =
            if days < 0 { (first.plus(near), last.plus(far)) } else { (first.plus(-far), last.plus(-near)) };
        let within = |day: &Day| (from..=until).contains(day);
        if self.date.is_closing() {
            let next = |day: &Day| self.date.closing_from(day.plus(1), calendar);
            return std::iter::successors(next(&from.plus(-1)), next).take_while(within).collect();
        }
        let Some(date) = known.find(self.date) else { return Vec::new() };
        let Some(months) = self.every_months.map(i64::from).filter(|m| *m > 0) else {
            return Some(date).filter(within).into_iter().collect();
        };
        // No month is longer than 31 days, so that no turn before this one can lie within.
        let skipped = (i64::from(from.0 - date.0) / 31 / months - 1).max(0);
        let turns = (skipped + 1..).map(|n| date.plus_months(n * months)).take(TURNS_MAX);
        turns.take_while(|day| *day <= until).filter(within).collect()
    }

    /// The days of a span on which a customer calls for the play, oldest first.
    pub fn calls(&self, known: &CustomerDates, (first, last): (Day, Day), calendar: &Calendar) -> Vec<Day> {
        let days = self.dates(known, (first, last), calendar).into_iter().map(|date| self.begins(date, calendar));
        let mut days: Vec<Day> = days.filter(|day| (first..=last).contains(day)).collect();
        days.dedup();
        days
    }

    /// The last day, lately, on which a customer called for the play.
    pub fn called_lately(&self, known: &CustomerDates, today: Day, calendar: &Calendar) -> Option<Day> {
        self.calls(known, (today.plus(1 - CALLED_DAYS), today), calendar).pop()
    }
}

/// A start as files have it: one table with the keys of both kinds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<Anchor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every_months: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    business_days: Option<i32>,
}

impl TryFrom<Written> for Start {
    type Error = String;

    fn try_from(w: Written) -> Result<Self, String> {
        match (w.stage, w.date) {
            (Some(stage), None) if w.every_months.is_none() && w.business_days.is_none() => Ok(Self::Stage(stage)),
            (None, Some(date)) => {
                let business_days = w.business_days.unwrap_or(0);
                Ok(Self::Dated(Dated { date, every_months: w.every_months, business_days }))
            }
            _ => Err("start needs either stage, or date with every_months and business_days beside it".to_owned()),
        }
    }
}

impl From<Start> for Written {
    fn from(start: Start) -> Self {
        match start {
            Start::Stage(stage) => Self { stage: Some(stage), ..Self::default() },
            Start::Dated(Dated { date, every_months, business_days }) => Self {
                date: Some(date),
                every_months,
                business_days: Some(business_days).filter(|n| *n != 0),
                ..Self::default()
            },
        }
    }
}
