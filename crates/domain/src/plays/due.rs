//! By when a step is due: so many business days after it could begin, or before a date of the customer's contract.

use serde::{Deserialize, Serialize};

use super::run::narrow;
use super::state::{RunState, Standing, StepState};
use super::step::{Doing, Step};
use crate::calendar::Calendar;
use crate::time::Day;

/// A date of a customer's contract that work is dated back from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractDate {
    /// 解約通知期限.
    NoticeDeadline,
    /// 契約終了日.
    ContractEnd,
}

impl ContractDate {
    /// All, in the order of a menu.
    pub const ALL: [Self; 2] = [Self::NoticeDeadline, Self::ContractEnd];

    /// The word in files and forms, and the name of the customer's figure.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoticeDeadline => "notice_deadline",
            Self::ContractEnd => "contract_end",
        }
    }

    /// Reads [`ContractDate::word`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.word() == word)
    }
}

/// 期限の逆算: due so many business days before a date of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueBefore {
    /// Which date.
    pub date: ContractDate,
    /// How many business days before it; 0 = on it, or on the last business day before it.
    pub business_days: u32,
}

impl DueBefore {
    /// The due day that a date of the contract means.
    pub fn day(self, date: Day, calendar: &Calendar) -> Day {
        // Counted from the last day on which anybody works, so that more days are always an earlier day.
        calendar.add_business_days(calendar.previous_business_day(date), -narrow(self.business_days))
    }
}

/// The dates of a customer's contract as far as they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContractDates {
    /// 解約通知期限.
    pub notice_deadline: Option<Day>,
    /// 契約終了日.
    pub contract_end: Option<Day>,
}

impl ContractDates {
    /// One of them.
    pub const fn find(&self, date: ContractDate) -> Option<Day> {
        match date {
            ContractDate::NoticeDeadline => self.notice_deadline,
            ContractDate::ContractEnd => self.contract_end,
        }
    }
}

/// How the due day of a step that is dated back came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dating {
    /// It is counted back from this date.
    Kept(Day),
    /// That day was over when the step could begin, so it is due at once; the day that was over.
    TooLate(Day),
    /// A person set another day; the day that counting back gives.
    Moved(Day),
    /// The contract has no such date: the ordinary rule holds.
    Unknown,
}

/// How the due day of a step came about; `None` for a step that has none yet, or is not dated back.
pub fn judge_dating(step: &Step, state: &StepState, calendar: &Calendar) -> Option<Dating> {
    let (before, due, ready) = (step.due_before?, state.due_on?, state.ready_on?);
    let Some(date) = state.dated_from else { return Some(Dating::Unknown) };
    let counted = before.day(date, calendar);
    Some(if due == counted {
        Dating::Kept(date)
    } else if counted < ready && due == calendar.next_business_day(ready) {
        Dating::TooLate(counted)
    } else {
        Dating::Moved(counted)
    })
}

/// When a step that could begin on `ready` is due, and the date of the contract that this is counted back from.
pub(super) fn due_of(
    step: &Step,
    run: &RunState,
    ready: Day,
    dates: &ContractDates,
    calendar: &Calendar,
) -> (Day, Option<Day>) {
    let found = step.due_before.and_then(|before| Some((before, dates.find(before.date)?)));
    match found {
        Some((before, date)) => (before.day(date, calendar).max(calendar.next_business_day(ready)), Some(date)),
        None => (ordinary_due(step, run, ready, calendar), None),
    }
}

fn ordinary_due(step: &Step, run: &RunState, ready: Day, calendar: &Calendar) -> Day {
    match (&step.doing, step.due_business_days) {
        (Doing::Milestone { expected_business_days, .. }, _) => {
            calendar.add_business_days(run.started_on, narrow(*expected_business_days))
        }
        (_, Some(days)) => calendar.add_business_days(ready, narrow(days)),
        (_, None) => run.due_on.max(calendar.next_business_day(ready)),
    }
}

/// Dates an open step anew when the date of the contract moved. One that is over moves no more: what follows it belongs to the next
/// term, and a step that was late would be far from late.
pub(super) fn redate(
    run: &RunState,
    (step, state): (&Step, &mut StepState),
    today: Day,
    dates: &ContractDates,
    calendar: &Calendar,
) {
    let Some(before) = step.due_before.filter(|_| state.standing == Standing::Open) else { return };
    let is_over = state.dated_from.is_some_and(|date| date < today);
    if is_over || state.dated_from == dates.find(before.date) {
        return;
    }
    let (due, date) = due_of(step, run, state.ready_on.unwrap_or(today), dates, calendar);
    if state.due_on != Some(due) {
        // Managers were told of another day.
        (state.due_on, state.escalated_on) = (Some(due), None);
    }
    state.dated_from = date;
}
