//! A run of a play for one customer: which steps are open, what follows from an answer, from a day and from what is measured.
//!
//! Nothing here fails or waits: a state and a look at the customer become the next state and what is to be done now. The same look
//! twice changes nothing the second time, so that a job may be repeated after a crash.

use super::anchor::CustomerDates;
use super::due::{due_of, redate};
use super::play::{Edge, Play, Way, edges};
use super::state::{End, RunState, Standing, StepState};
use super::step::{Bound, Doing, OnTimeout, Step, Until};
use crate::calendar::Calendar;
use crate::time::Day;

/// What a metric or the score says; `None` when it is not measured.
pub type Measured<'a> = &'a dyn Fn(&str) -> Option<f64>;

/// The first day on which a condition held; `None` when that is not known.
pub type FirstDay<'a> = &'a dyn Fn(&Bound) -> Option<Day>;

/// A look at the customer of a run.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// Today.
    pub day: Day,
    /// Whether the customer has left.
    pub has_left: bool,
    /// Whether it rests.
    pub is_paused: bool,
    /// What is measured; `None` = nobody looked.
    pub value: Option<Measured<'a>>,
    /// Since when what is measured today was so first; `None` = nobody looked.
    pub first: Option<FirstDay<'a>>,
    /// The dates of its contract.
    pub dates: CustomerDates,
    /// Whether the product can do a step by itself now: somebody to write to is known.
    pub can_do: &'a dyn Fn(&Step) -> bool,
}

/// Something to be done now, by the place of its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It is somebody's work from now on.
    Ask(usize),
    /// The product does it.
    Do(usize),
    /// Managers are told that it is late.
    Escalate(usize),
}

/// Begins a run; nothing is open before [`advance`].
pub fn start(play: &Play, day: Day, calendar: &Calendar) -> RunState {
    let due_on = calendar.add_business_days(day, narrow(play.due_business_days));
    RunState { started_on: day, due_on, steps: vec![StepState::default(); play.steps().len()], ended: None }
}

pub(super) fn narrow(days: u32) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX).min(3_660)
}

pub(super) fn narrow_signed(days: i32) -> i32 {
    days.clamp(-3_660, 3_660)
}

/// What the steps before one say of it.
enum Gate {
    Blocked,
    Free,
    Closed,
}

/// Whether a milestone has not been reached by the day on which it was expected.
fn is_missed(milestone: &StepState, today: Day) -> bool {
    milestone.standing == Standing::Open && milestone.due_on.is_some_and(|due| due < today)
}

fn judge_gate(before: &[Edge], states: &[StepState], today: Day) -> Gate {
    let mut is_alive = before.is_empty();
    for edge in before {
        let Some(from) = states.get(edge.from) else { continue };
        if edge.way == Way::Missed && is_missed(from, today) {
            is_alive = true;
        } else if !from.standing.is_over() {
            return Gate::Blocked;
        }
        is_alive |= from.standing.lets_pass() && edge.way.is_taken(from.chose);
    }
    if is_alive { Gate::Free } else { Gate::Closed }
}

/// Whether a step is there for milestones that are all reached after all.
fn is_in_vain(before: &[Edge], states: &[StepState]) -> bool {
    let is_over = |e: &Edge| states.get(e.from).is_some_and(|from| from.standing.is_over());
    !before.is_empty() && before.iter().all(|e| e.way == Way::Missed && is_over(e))
}

/// The day on which a wait is over by itself.
fn waits_until(step: &Step, state: &StepState, ready: Day, calendar: &Calendar) -> Option<Day> {
    match &step.doing {
        Doing::Wait(Until::Before(_)) => state.due_on,
        Doing::Wait(Until::Days(days) | Until::Holds { timeout_business_days: days, .. }) => {
            Some(calendar.add_business_days(ready, narrow(*days)))
        }
        _ => None,
    }
}

/// What becomes of an open step at a look.
enum Turn {
    Stays,
    Over(Standing),
    /// A branch, with what it saw.
    Chose(bool, Option<f64>),
    /// Reached, on this day.
    Reached(Day),
    Ends,
}

fn look(run: &RunState, (step, state): (&Step, &StepState), sight: &Sight<'_>, calendar: &Calendar) -> Turn {
    let ready = state.ready_on.unwrap_or(sight.day);
    let end = waits_until(step, state, ready, calendar);
    match &step.doing {
        Doing::Wait(Until::Days(_) | Until::Before(_)) => match end {
            // Without the date it was waited for in vain.
            Some(end) if sight.day >= end && step.dated_back().is_some() && state.dated_from.is_none() => {
                Turn::Over(Standing::TimedOut)
            }
            Some(end) if sight.day >= end => Turn::Over(Standing::Done),
            _ => Turn::Stays,
        },
        Doing::Wait(Until::Holds { bound, on_timeout, .. }) => {
            let holds = sight.value.map(|value| bound.holds(value(&bound.of)));
            let end = end.unwrap_or(sight.day);
            match holds {
                Some(true) => Turn::Over(Standing::Done),
                // A day more when nobody looked, so that the last day counts.
                _ if sight.day < end || (holds.is_none() && sight.day == end) => Turn::Stays,
                _ if *on_timeout == OnTimeout::End => Turn::Ends,
                _ => Turn::Over(Standing::TimedOut),
            }
        }
        Doing::Branch { when, .. } => match sight.value {
            Some(value) => {
                let seen = value(&when.of);
                Turn::Chose(when.holds(seen), seen)
            }
            None if sight.day > ready => Turn::Chose(false, None),
            None => Turn::Stays,
        },
        Doing::Milestone { evidence: Some(bound), .. } => match sight.value {
            Some(value) if bound.holds(value(&bound.of)) => {
                let first = sight.first.and_then(|first| first(bound)).unwrap_or(sight.day);
                Turn::Reached(first.max(run.started_on).min(sight.day))
            }
            _ => Turn::Stays,
        },
        _ => Turn::Stays,
    }
}

/// Ends a run: what is not over is left.
pub(super) fn end(run: &mut RunState, how: End, day: Day) {
    run.ended = Some((how, day));
    for state in run.steps.iter_mut().filter(|s| !s.standing.is_over()) {
        state.standing = Standing::Bypassed;
        state.finished_on = Some(day);
    }
}

/// Goes on as far as it goes: the next state, and what is to be done now.
pub fn advance(play: &Play, run: &RunState, sight: &Sight<'_>, calendar: &Calendar) -> (RunState, Vec<Effect>) {
    let mut run = run.clone();
    let mut effects = Vec::new();
    if run.ended.is_some() {
        return (run, effects);
    }
    if sight.has_left && !play.with_paused {
        end(&mut run, End::CustomerLeft, sight.day);
        return (run, effects);
    }
    if sight.is_paused && !play.with_paused {
        return (run, effects);
    }
    let steps = play.steps();
    run.steps.resize(steps.len(), StepState::default());
    let before = edges(&steps);
    for (at, step) in steps.iter().enumerate() {
        let Some(mut state) = run.steps.get(at).copied() else { continue };
        redate(&run, (step, &mut state), sight.day, &sight.dates, calendar);
        put(&mut run, at, state);
    }
    loop {
        let mut moved = false;
        for (at, step) in steps.iter().enumerate() {
            moved |= go_on(&mut run, (at, step), &before, sight, calendar, &mut effects);
            if run.ended.is_some() {
                effects.retain(|e| !matches!(e, Effect::Ask(_)));
                return (run, effects);
            }
        }
        if !moved {
            break;
        }
    }
    if run.steps.iter().all(|s| s.standing.is_over()) {
        end(&mut run, End::Finished, sight.day);
        return (run, effects);
    }
    for (at, step) in steps.iter().enumerate() {
        let Some(state) = run.steps.get_mut(at) else { continue };
        if let Some(on) = escalates_on(step, state, calendar)
            && sight.day >= on
        {
            state.escalated_on = Some(sight.day);
            effects.push(Effect::Escalate(at));
        }
    }
    (run, effects)
}

/// One step at a look; whether anything changed.
fn go_on(
    run: &mut RunState,
    (at, step): (usize, &Step),
    before: &[Vec<Edge>],
    sight: &Sight<'_>,
    calendar: &Calendar,
    effects: &mut Vec<Effect>,
) -> bool {
    let Some(old) = run.steps.get(at).copied() else { return false };
    let before = before.get(at).map_or(&[][..], Vec::as_slice);
    let mut state = old;
    match old.standing {
        Standing::Later => match judge_gate(before, &run.steps, sight.day) {
            Gate::Blocked => return false,
            Gate::Closed => (state.standing, state.finished_on) = (Standing::Bypassed, Some(sight.day)),
            Gate::Free => {
                let ready = *state.ready_on.get_or_insert(sight.day);
                if state.due_on.is_none() {
                    let (due, dated_from) = due_of(step, run, ready, &sight.dates, calendar);
                    (state.due_on, state.dated_from) = (Some(due), dated_from);
                }
                let alone = step.kind().has_mode() && step.is_automatic() && (sight.can_do)(step);
                state.asks = !alone && !step.kind().runs_itself() && (step.is_work() || step.kind().has_mode());
                if alone {
                    (state.standing, state.finished_on) = (Standing::Done, Some(sight.day));
                    effects.push(Effect::Do(at));
                } else {
                    state.standing = Standing::Open;
                }
                if state.asks {
                    effects.push(Effect::Ask(at));
                }
            }
        },
        Standing::Open if is_in_vain(before, &run.steps) => {
            (state.standing, state.finished_on) = (Standing::Bypassed, Some(sight.day));
        }
        Standing::Open => match look(run, (step, &old), sight, calendar) {
            Turn::Stays => return false,
            Turn::Reached(on) => (state.standing, state.finished_on) = (Standing::Done, Some(on)),
            Turn::Over(standing) => (state.standing, state.finished_on) = (standing, Some(sight.day)),
            Turn::Chose(way, seen) => {
                (state.standing, state.finished_on) = (Standing::Done, Some(sight.day));
                (state.chose, state.chose_value) = (Some(way), seen);
            }
            Turn::Ends => {
                (state.standing, state.finished_on) = (Standing::TimedOut, Some(sight.day));
                put(run, at, state);
                end(run, End::TimedOut, sight.day);
                return true;
            }
        },
        _ => return false,
    }
    put(run, at, state);
    true
}

fn put(run: &mut RunState, at: usize, state: StepState) {
    if let Some(slot) = run.steps.get_mut(at) {
        *slot = state;
    }
}

/// When managers are told of a step, unless they were.
fn escalates_on(step: &Step, state: &StepState, calendar: &Calendar) -> Option<Day> {
    let waits = step.escalate_business_days?;
    let due = state.due_on.filter(|_| state.standing == Standing::Open && state.escalated_on.is_none())?;
    (!step.kind().runs_itself()).then(|| calendar.add_business_days(due, narrow(waits).max(1)))
}

/// The next day on which time alone changes something; `None` when only an answer or a measurement does.
pub fn next_look(play: &Play, run: &RunState, today: Day, calendar: &Calendar) -> Option<Day> {
    if run.ended.is_some() {
        return None;
    }
    let steps = play.steps();
    let mut days = Vec::new();
    for (step, state) in steps.iter().zip(&run.steps).filter(|(_, s)| s.standing == Standing::Open) {
        let ready = state.ready_on.unwrap_or(today);
        days.extend(waits_until(step, state, ready, calendar).into_iter().flat_map(|end| [end, end.plus(1)]));
        match &step.doing {
            Doing::Branch { .. } => days.push(ready.plus(1)),
            Doing::Milestone { missed: Some(_), .. } => days.extend(state.due_on.map(|due| due.plus(1))),
            _ => {}
        }
        days.extend(escalates_on(step, state, calendar));
    }
    days.into_iter().filter(|d| *d > today).min()
}
