//! Closures that many companies have, ready to be added.

use super::{Calendar, Closure, Rules, When};
use crate::time::Day;

/// A closure by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// 年末年始: 29 December to 3 January, every year.
    NewYear,
    /// The working days between the holidays of Golden Week, in some years.
    GoldenWeek,
    /// お盆: 13 to 16 August, every year.
    Obon,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NewYear, Self::GoldenWeek, Self::Obon];

    /// Its word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NewYear => "new_year",
            Self::GoldenWeek => "golden_week",
            Self::Obon => "obon",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }

    /// The closures; those of single years for the year of `today` and the one after.
    pub fn closures(self, today: Day) -> Vec<Closure> {
        let yearly = |ja: &str, en: &str, from, to| {
            vec![Closure { ja: ja.to_owned(), en: en.to_owned(), when: When::Yearly { from, to } }]
        };
        match self {
            Self::NewYear => yearly("年末年始", "New Year closure", (12, 29), (1, 3)),
            Self::Obon => yearly("お盆", "Obon", (8, 13), (8, 16)),
            Self::GoldenWeek => {
                let year = today.ymd().0;
                [year, year + 1].into_iter().flat_map(days_between).collect()
            }
        }
    }

    /// Adds its closures to some, but for those that are there already under whatever name.
    pub fn add_to(self, closures: &mut Vec<Closure>, today: Day) -> usize {
        let before = closures.len();
        for new in self.closures(today) {
            if !closures.iter().any(|c| c.when == new.when) {
                closures.push(new);
            }
        }
        closures.len() - before
    }
}

/// Runs of working days between 29 April and the last holiday of Golden Week of a year.
fn days_between(year: i16) -> Vec<Closure> {
    let calendar = Calendar::new(Rules { closures: Vec::new(), ..Rules::default() });
    let (Some(first), Some(last)) = (Day::from_ymd(year, 4, 29), Day::from_ymd(year, 5, 6)) else { return Vec::new() };
    // 6 May is off only when it takes the place of a holiday on a Sunday.
    let last = if calendar.holiday(last).is_some() { last } else { last.plus(-1) };
    let mut runs: Vec<(Day, Day)> = Vec::new();
    for day in (first.0..=last.0).map(Day).filter(|d| calendar.is_business_day(*d)) {
        match runs.last_mut() {
            Some(run) if run.1.plus(1) == day => run.1 = day,
            _ => runs.push((day, day)),
        }
    }
    let closure = |(from, to)| Closure {
        ja: format!("GW中日（{year}年）"),
        en: format!("Golden Week, days between ({year})"),
        when: When::Range { from, to },
    };
    runs.into_iter().map(closure).collect()
}
