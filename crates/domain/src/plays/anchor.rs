//! The dates that work is counted from: those of a customer's contract, and the closing days of our own books.

use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::time::Day;

/// A date that work is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// 利用開始日: when the customer came.
    Since,
    /// 契約開始日: when the term that runs now began.
    ContractStart,
    /// 解約通知期限.
    NoticeDeadline,
    /// 契約終了日.
    ContractEnd,
    /// 締め日: when our books of a month are closed.
    MonthClosing,
    /// 四半期末: the last day of our fiscal quarter.
    QuarterEnd,
    /// 年度末: the last day of our fiscal year.
    YearEnd,
}

impl Anchor {
    /// All, in the order of a menu.
    pub const ALL: [Self; 7] = [
        Self::Since,
        Self::ContractStart,
        Self::NoticeDeadline,
        Self::ContractEnd,
        Self::MonthClosing,
        Self::QuarterEnd,
        Self::YearEnd,
    ];
    /// Those that lie ahead, so that work can be due before them.
    pub const AHEAD: [Self; 5] =
        [Self::NoticeDeadline, Self::ContractEnd, Self::MonthClosing, Self::QuarterEnd, Self::YearEnd];
    /// Those that lie behind, so that every so many months can be counted from them.
    pub const BEHIND: [Self; 2] = [Self::Since, Self::ContractStart];

    /// The word in files and forms; for dates of the contract, the name of the customer's figure.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Since => "since",
            Self::ContractStart => "contract_start",
            Self::NoticeDeadline => "notice_deadline",
            Self::ContractEnd => "contract_end",
            Self::MonthClosing => "month_closing",
            Self::QuarterEnd => "quarter_end",
            Self::YearEnd => "year_end",
        }
    }

    /// Reads [`Anchor::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.word() == word)
    }

    /// Whether it is a day of our own books, which comes again and again and is the same for every customer.
    pub const fn is_closing(self) -> bool {
        matches!(self, Self::MonthClosing | Self::QuarterEnd | Self::YearEnd)
    }

    /// The first of our own closing days on or after a day; `None` for a date of the customer.
    pub fn closing_from(self, day: Day, calendar: &Calendar) -> Option<Day> {
        match self {
            Self::MonthClosing => Some(calendar.closing_day_of(day)),
            Self::QuarterEnd => Some(calendar.fiscal_quarter_of(day).last),
            Self::YearEnd => {
                let mut quarter = calendar.fiscal_quarter_of(day);
                while quarter.number < 4 {
                    quarter = calendar.fiscal_quarter_of(quarter.last.plus(1));
                }
                Some(quarter.last)
            }
            _ => None,
        }
    }
}

/// The dates of a customer as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CustomerDates {
    /// 利用開始日.
    pub since: Option<Day>,
    /// 契約開始日.
    pub contract_start: Option<Day>,
    /// 解約通知期限.
    pub notice_deadline: Option<Day>,
    /// 契約終了日.
    pub contract_end: Option<Day>,
}

impl CustomerDates {
    /// One of them; `None` too for what is no date of the customer.
    pub const fn find(&self, anchor: Anchor) -> Option<Day> {
        match anchor {
            Anchor::Since => self.since,
            Anchor::ContractStart => self.contract_start,
            Anchor::NoticeDeadline => self.notice_deadline,
            Anchor::ContractEnd => self.contract_end,
            Anchor::MonthClosing | Anchor::QuarterEnd | Anchor::YearEnd => None,
        }
    }
}
