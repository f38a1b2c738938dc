//! By when a step is due: so many business days after it could begin, or before a date of the contract or of our own books.

use serde::{Deserialize, Serialize};

use super::anchor::{Anchor, CustomerDates};
use super::run::narrow;
use super::state::{RunState, Standing, StepState};
use super::step::{Doing, Step};
use crate::calendar::Calendar;
use crate::time::Day;

/// 期限の逆算: so many business days before a date of the contract, or before our own closing day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DueBefore {
    /// Which date: one of [`Anchor::AHEAD`].
    pub date: Anchor,
    /// How many business days before it; 0 = on it, or on the last business day before it.
    pub business_days: u32,
}

impl DueBefore {
    /// The due day that a date of the contract means.
    pub fn day(self, date: Day, calendar: &Calendar) -> Day {
        // Counted from the last day on which anybody works, so that more days are always an earlier day.
        calendar.add_business_days(calendar.previous_business_day(date), -narrow(self.business_days))
    }

    /// The date that is counted back from, for what could begin on `ready`. Of our own closing days it is the first that leaves time:
    /// what begins after its day belongs to the next closing.
    pub(super) fn find_date(self, ready: Day, dates: &CustomerDates, calendar: &Calendar) -> Option<Day> {
        if !self.date.is_closing() {
            return dates.find(self.date);
        }
        let begins = calendar.next_business_day(ready);
        let next = |day: &Day| self.date.closing_from(day.plus(1), calendar);
        let mut closings = std::iter::successors(next(&ready.plus(-1)), next).take(CLOSINGS_MAX);
        closings.find(|closing| self.day(*closing, calendar) >= begins)
    }
}

/// Closing days that are looked at: a play is shorter than all of them together.
const CLOSINGS_MAX: usize = 60;

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
    let (before, due, ready) = (step.dated_back()?, state.due_on?, state.ready_on?);
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
    dates: &CustomerDates,
    calendar: &Calendar,
) -> (Day, Option<Day>) {
    let found = step.dated_back().and_then(|before| Some((before, before.find_date(ready, dates, calendar)?)));
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
    dates: &CustomerDates,
    calendar: &Calendar,
) {
    let Some(before) = step.dated_back().filter(|_| state.standing == Standing::Open) else { return };
    let is_over = state.dated_from.is_some_and(|date| date < today);
    let ready = state.ready_on.unwrap_or(today);
    if is_over || state.dated_from == before.find_date(ready, dates, calendar) {
        return;
    }
    let (due, date) = due_of(step, run, ready, dates, calendar);
    if state.due_on != Some(due) {
        // Managers were told of another day.
        (state.due_on, state.escalated_on) = (Some(due), None);
    }
    state.dated_from = date;
}
