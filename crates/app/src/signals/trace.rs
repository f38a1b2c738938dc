//! What is written down when a rule fires, and when what it fired for is over.

use kizashi_domain::signals::{Firing, RuleState};
use kizashi_domain::time::Day;

use super::Memory;

/// What became of a rule's firing at a look.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Trace {
    /// It fired: what it found, what the rule knew before, and after.
    Fired(Box<(Firing, RuleState, RuleState)>),
    /// What it fired for is over since a day.
    Over(String, Day),
    /// It is not over after all: facts came in later on the same day.
    Stands(String),
}

impl Trace {
    /// Of a firing.
    pub fn fired(firing: &Firing, before: RuleState, after: RuleState) -> Self {
        Self::Fired(Box::new((firing.clone(), before, after)))
    }

    /// Of a look without a firing: `None` when nothing changed.
    pub fn changed(rule: &str, last: &Memory, now: &Memory) -> Option<Self> {
        match (last.after.fired, now.after.fired) {
            (true, false) => Some(Self::Over(rule.to_owned(), now.day)),
            (false, true) => Some(Self::Stands(rule.to_owned())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_written_down() {
        let memory =
            |fired| Memory { day: Day(9), after: RuleState { fired, ..RuleState::default() }, ..Memory::default() };
        let changed = |last, now| Trace::changed("r", &memory(last), &memory(now));
        assert_eq!(changed(true, false), Some(Trace::Over("r".into(), Day(9))));
        assert_eq!(changed(false, true), Some(Trace::Stands("r".into())));
        assert_eq!([changed(true, true), changed(false, false)], [None, None]);
    }
}
