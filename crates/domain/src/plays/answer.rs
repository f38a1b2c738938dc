//! What people do to a run: answers, and taking them back; stopping; going on after a pause or under a new version.

use super::play::{Play, Way, edges};
use super::run::{end, narrow};
use super::state::{End, RunState, Standing, StepState};
use super::step::{Kind, Step};
use crate::calendar::Calendar;
use crate::time::Day;

/// What a person says of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done; an approval: yes.
    Done,
    /// It is left out; a wait: it is not waited for.
    Skipped,
    /// An approval: no.
    Declined,
    /// The answer before is taken back.
    Undone,
}

impl RunState {
    /// Stops it.
    #[must_use]
    pub fn stopped(&self, day: Day) -> Self {
        self.ended_by(End::Stopped, day)
    }

    /// Ends it with its card.
    #[must_use]
    pub fn closed(&self, day: Day) -> Self {
        self.ended_by(End::CardClosed, day)
    }

    fn ended_by(&self, how: End, day: Day) -> Self {
        let mut run = self.clone();
        if run.ended.is_none() {
            end(&mut run, how, day);
        }
        run
    }

    /// Takes its end back: what was left is looked at anew.
    #[must_use]
    pub fn reopened(&self) -> Self {
        let mut run = self.clone();
        run.ended = None;
        for state in run.steps.iter_mut().filter(|s| s.standing == Standing::Bypassed) {
            (state.standing, state.finished_on) = (Standing::Later, None);
        }
        run
    }

    /// What was open gets the business days back in which the run stood still.
    #[must_use]
    pub fn resumed(&self, paused_on: Day, today: Day, calendar: &Calendar) -> Self {
        let mut run = self.clone();
        let lost = calendar.business_days_between(paused_on, today).max(0);
        if lost == 0 {
            return run;
        }
        let later = |day: &mut Day| *day = calendar.add_business_days(*day, lost);
        later(&mut run.due_on);
        // The contract does not stand still: what is counted back from its dates stays where it is.
        for state in run.steps.iter_mut().filter(|s| s.standing == Standing::Open && s.dated_from.is_none()) {
            state.ready_on.as_mut().map(later);
            state.due_on.as_mut().map(later);
        }
        run
    }
}

/// Takes a person's answer; `None` when the step cannot be answered so, or what followed from it cannot be undone.
pub fn answer(play: &Play, run: &RunState, at: usize, what: Answer, day: Day) -> Option<RunState> {
    let steps = play.steps();
    let step = steps.get(at)?;
    let mut run = run.clone();
    if what == Answer::Undone {
        return undo(&steps, &run, at);
    }
    let state = run.steps.get_mut(at).filter(|s| run.ended.is_none() && s.standing == Standing::Open)?;
    let standing = match what {
        Answer::Done if !step.kind().runs_itself() => Standing::Done,
        Answer::Skipped if step.kind() != Kind::Branch => Standing::Skipped,
        Answer::Declined if step.kind() == Kind::Approval => Standing::Declined,
        _ => return None,
    };
    (state.standing, state.finished_on) = (standing, Some(day));
    if standing == Standing::Declined {
        end(&mut run, End::Declined, day);
    }
    Some(run)
}

/// A step is open again, and what followed from it by itself is looked at anew; not when somebody answered any of that, or the
/// product did it.
fn undo(steps: &[Step], run: &RunState, at: usize) -> Option<RunState> {
    let by_answer = matches!(run.ended, None | Some((End::Finished | End::Declined, _)));
    let mut run = if by_answer { run.reopened() } else { return None };
    let answered = |s: &StepState| matches!(s.standing, Standing::Done | Standing::Skipped | Standing::Declined);
    let state = run.steps.get_mut(at).filter(|s| answered(s))?;
    (state.standing, state.finished_on, state.escalated_on) = (Standing::Open, None, None);
    let before = edges(steps);
    let mut closing = vec![at];
    while let Some(from) = closing.pop() {
        for (to, list) in before.iter().enumerate().filter(|(_, list)| list.iter().any(|e| e.from == from)) {
            // What was done because it came too late does not follow from its being reached.
            let is_for_delay = list.iter().all(|e| e.from != from || e.way == Way::Missed);
            let decided_itself = steps.get(to).is_some_and(|s| s.kind().runs_itself());
            let state = run.steps.get_mut(to)?;
            debug_assert!(!list.is_empty());
            match state.standing {
                Standing::Later => {}
                Standing::Done | Standing::Skipped | Standing::Declined if is_for_delay => {}
                Standing::Done if !decided_itself => return None,
                Standing::Skipped | Standing::Declined => return None,
                Standing::Open | Standing::Done | Standing::TimedOut | Standing::Bypassed => {
                    *state = StepState::default();
                    closing.push(to);
                }
            }
        }
    }
    Some(run)
}

/// The run under another version of its play: steps are kept by their ids, and what is open is looked at anew.
pub fn move_over(from: &Play, run: &RunState, to: &Play, calendar: &Calendar) -> RunState {
    let old = from.steps();
    let find = |step: &Step| {
        let at = old.iter().position(|o| o.id == step.id && o.kind() == step.kind())?;
        run.steps.get(at).copied()
    };
    let steps = to.steps().into_iter().map(|step| match find(&step) {
        Some(state) if state.standing.lets_pass() || state.standing == Standing::Declined => state,
        Some(state) if state.standing == Standing::Open => StepState {
            standing: Standing::Later,
            ready_on: state.ready_on,
            escalated_on: state.escalated_on,
            ..StepState::default()
        },
        _ => StepState::default(),
    });
    RunState {
        started_on: run.started_on,
        due_on: calendar.add_business_days(run.started_on, narrow(to.due_business_days)),
        steps: steps.collect(),
        ended: run.ended,
    }
}
