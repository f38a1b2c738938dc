//! The days that a report is about.

use crate::calendar::Calendar;
use crate::time::Day;

/// Which days: whole weeks and the running one, or the fiscal year so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// The last four whole weeks and the running one.
    Month,
    /// The last thirteen whole weeks and the running one.
    #[default]
    Quarter,
    /// From the first day of the fiscal year.
    FiscalYear,
}

impl Period {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::FiscalYear];

    /// The word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Month => "4w",
            Self::Quarter => "13w",
            Self::FiscalYear => "year",
        }
    }

    /// Reads [`Period::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }

    /// First and last day, `today` being the last.
    pub fn span(self, today: Day, calendar: &Calendar) -> (Day, Day) {
        let from = match self {
            Self::Month => monday_of(today).plus(-28),
            Self::Quarter => monday_of(today).plus(-91),
            Self::FiscalYear => calendar.fiscal_year_start(today),
        };
        (from, today)
    }
}

/// The Monday on or before `day`.
pub fn monday_of(day: Day) -> Day {
    // The first day of all, 1970-01-01, was a Thursday.
    day.plus(-(day.0 + 3).rem_euclid(7))
}
