//! How a play has gone so far, and what to look at again.

/// How one step went over all runs of a play.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepRecord {
    /// Its id.
    pub step: String,
    /// Runs in which it was done.
    pub done: usize,
    /// Runs in which a person left it out.
    pub skipped: usize,
    /// Runs that stand at it beyond its due day.
    pub late: usize,
    /// Median of the business days from when it could begin to when it was done.
    pub business_days: Option<u32>,
}

/// How a play has gone so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Runs that ever began.
    pub runs: usize,
    /// Under way.
    pub open: usize,
    /// Gone through to the end.
    pub finished: usize,
    /// Stopped by a person.
    pub stopped: usize,
    /// Median of the business days of those that were gone through.
    pub business_days: Option<u32>,
    /// Its steps.
    pub steps: Vec<StepRecord>,
    /// Cards behind the runs that were closed: solved, unsolved, false alarm, recovered by themselves.
    pub outcomes: [usize; 4],
}

/// Something to look at again. A figure of fewer cases says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Few runs are gone through to the end.
    SeldomFinished,
    /// It takes longer than the play allows.
    SlowerThanDue,
    /// Runs stand at this step.
    Stalls(String),
    /// This step is left out often.
    Skipped(String),
    /// Most of its cards end unsolved.
    SeldomSolves,
    /// Most of its cards are false alarms: the signal wants a look.
    FalseAlarms,
}

/// Fewer cases say nothing.
const CASES_MIN: usize = 5;
/// Late runs at a step that make it one where runs stand.
const LATE_MIN: usize = 3;

/// What to look at again, the weightiest first.
pub fn find_hints(record: &Record, due_business_days: u32) -> Vec<Hint> {
    let mut hints = Vec::new();
    let [solved, unsolved, false_alarm, recovered] = record.outcomes;
    let closed = solved + unsolved + false_alarm + recovered;
    if closed >= CASES_MIN && false_alarm * 2 > closed {
        hints.push(Hint::FalseAlarms);
    } else if closed >= CASES_MIN && unsolved * 2 > closed {
        hints.push(Hint::SeldomSolves);
    }
    let ended = record.finished + record.stopped;
    if ended >= CASES_MIN && record.finished * 2 < ended {
        hints.push(Hint::SeldomFinished);
    }
    if record.finished >= CASES_MIN && record.business_days.is_some_and(|days| days > due_business_days) {
        hints.push(Hint::SlowerThanDue);
    }
    for step in &record.steps {
        if step.late >= LATE_MIN {
            hints.push(Hint::Stalls(step.step.clone()));
        }
        let over = step.done + step.skipped;
        if over >= CASES_MIN && step.skipped * 3 >= over {
            hints.push(Hint::Skipped(step.step.clone()));
        }
    }
    hints
}

/// The middle of some numbers; the lower one of two.
pub fn find_median(mut values: Vec<u32>) -> Option<u32> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_cases_say_nothing_and_many_do() {
        let step = |skipped, done, late| StepRecord { step: "s".into(), done, skipped, late, business_days: None };
        let cases = [
            (Record::default(), vec![]),
            (Record { outcomes: [1, 3, 0, 0], ..Record::default() }, vec![]),
            (Record { outcomes: [1, 4, 0, 0], ..Record::default() }, vec![Hint::SeldomSolves]),
            (Record { outcomes: [1, 0, 5, 0], ..Record::default() }, vec![Hint::FalseAlarms]),
            (Record { finished: 1, stopped: 4, ..Record::default() }, vec![Hint::SeldomFinished]),
            (Record { finished: 5, business_days: Some(11), ..Record::default() }, vec![Hint::SlowerThanDue]),
            (Record { finished: 5, business_days: Some(10), ..Record::default() }, vec![]),
            (Record { steps: vec![step(2, 4, 2)], ..Record::default() }, vec![Hint::Skipped("s".into())]),
            (Record { steps: vec![step(0, 4, 3)], ..Record::default() }, vec![Hint::Stalls("s".into())]),
        ];
        for (record, hints) in cases {
            assert_eq!(find_hints(&record, 10), hints, "{record:?}");
        }
    }

    #[test]
    fn the_middle_is_one_of_them() {
        assert_eq!(find_median(vec![]), None);
        assert_eq!(find_median(vec![3, 1]), Some(1));
        assert_eq!(find_median(vec![5, 1, 3]), Some(3));
    }
}
