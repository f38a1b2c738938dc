//! How a run would go if everybody answered on the day that a step is due: for rehearsals and for dates beside a form.

use super::{
    Answer, CustomerDates, Play, RunState, Sight, Standing, Step, StepState, advance, answer, next_look, start,
};
use crate::calendar::Calendar;
use crate::time::Day;

/// Looks at most so often; a run has far fewer days on which anything happens.
const LOOKS_MAX: usize = 2_000;

/// What is known of a customer on the days of a run.
pub trait Known {
    /// What a metric or the score says on a day; `None` when it is not measured.
    fn value(&self, of: &str, day: Day) -> Option<f64>;
    /// The dates of its contract as of a day.
    fn dates(&self, day: Day) -> CustomerDates;
    /// Whether another day after this one may say something else. A run that looks at anything is then looked at every day.
    fn changes_after(&self, day: Day) -> bool;
}

/// The same on every day, or one value before a day and another from it on.
struct Said {
    value: f64,
    then: Option<(Day, f64)>,
}

impl Said {
    const fn always(value: f64) -> Self {
        Self { value, then: None }
    }
}

impl Known for Said {
    fn value(&self, _: &str, day: Day) -> Option<f64> {
        Some(self.then.filter(|(from, _)| day >= *from).map_or(self.value, |(_, then)| then))
    }
    fn dates(&self, _: Day) -> CustomerDates {
        CustomerDates::default()
    }
    fn changes_after(&self, day: Day) -> bool {
        self.then.is_some_and(|(from, _)| day < from)
    }
}

/// A run of the play that began on `day`, up to its end.
pub fn foretell(play: &Play, day: Day, calendar: &Calendar, known: &dyn Known) -> RunState {
    let mut run = start(play, day, calendar);
    let steps = play.steps();
    let mut today = day;
    for _ in 0..LOOKS_MAX {
        let value = |of: &str| known.value(of, today);
        let dates = known.dates(today);
        let sight = Sight {
            day: today,
            has_left: false,
            is_paused: false,
            value: Some(&value),
            first: None,
            dates,
            can_do: &|_| true,
        };
        run = advance(play, &run, &sight, calendar).0;
        if run.ended.is_some() {
            break;
        }
        let tomorrow = Some(today.plus(1)).filter(|_| run.watches(play) && known.changes_after(today));
        let days = [next_due(&steps, &run), next_look(play, &run, today, calendar), tomorrow];
        let Some(next) = days.into_iter().flatten().min() else { break };
        today = today.max(next);
        for (at, step) in steps.iter().enumerate() {
            let is_due =
                run.steps.get(at).is_some_and(|s| is_asked(step, s) && s.due_on.is_some_and(|due| due <= today));
            if is_due && let Some(answered) = answer(play, &run, at, Answer::Done, today) {
                run = answered;
            }
        }
    }
    run
}

/// Whether somebody may say of a step that it is done.
fn is_asked(step: &Step, state: &StepState) -> bool {
    state.standing == Standing::Open && !step.kind().runs_itself()
}

fn next_due(steps: &[Step], run: &RunState) -> Option<Day> {
    steps.iter().zip(&run.steps).filter(|(step, s)| is_asked(step, s)).filter_map(|(_, s)| s.due_on).min()
}

/// By when each step would be due: on the longest way, and for a step that lies on another one, on the way that leaves the longest where
/// that step's branch is. So no step is told to be due before one that it follows. `None` for a step that nothing leads to.
pub fn foretell_days(play: &Play, day: Day, calendar: &Calendar) -> Vec<Option<Day>> {
    let due = |s: &StepState| s.due_on.filter(|_| s.standing != Standing::Bypassed);
    // Far beyond any limit on the one side and on the other, so that every condition holds once and fails once.
    let ways = [(f64::MIN, f64::MAX), (f64::MAX, f64::MIN)]
        .map(|(value, other)| (foretell(play, day, calendar, &Said::always(value)), value, other));
    let last = |run: &RunState| run.steps.iter().filter_map(due).max();
    let [low, high] = &ways;
    let (longest, value, other) = if last(&high.0) > last(&low.0) { high } else { low };
    let mut days: Vec<Option<Day>> = longest.steps.iter().map(due).collect();
    let mut fill = |run: &RunState| {
        for (slot, found) in days.iter_mut().zip(run.steps.iter().map(due)) {
            *slot = slot.or(found);
        }
    };
    let mut turns: Vec<Day> = play
        .steps()
        .iter()
        .zip(&longest.steps)
        .filter(|(step, _)| step.bound().is_some())
        .filter_map(|(_, s)| s.finished_on)
        .collect();
    turns.sort_unstable();
    turns.dedup();
    for from in turns.into_iter().rev() {
        fill(&foretell(play, day, calendar, &Said { value: *value, then: Some((from, *other)) }));
    }
    for (run, ..) in &ways {
        fill(run);
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Rules;
    use crate::lang::Text;
    use crate::plays::{Bound, Doing, Until};
    use crate::signals::Side;

    fn step(id: &str, days: u32) -> Step {
        Step { due_business_days: Some(days), ..Step::task(id, Text::new(id, id), Text::default()) }
    }

    fn play(steps: Vec<Step>) -> Play {
        Play { steps, ..Play::plain("p", Text::default(), Text::default(), 10) }
    }

    struct Nothing;

    impl Known for Nothing {
        fn value(&self, _: &str, _: Day) -> Option<f64> {
            None
        }
        fn dates(&self, _: Day) -> CustomerDates {
            CustomerDates::default()
        }
        fn changes_after(&self, _: Day) -> bool {
            false
        }
    }

    fn calendar() -> Calendar {
        Calendar::new(Rules::default())
    }

    #[test]
    fn steps_follow_each_other_in_business_days() {
        let wait = Step { doing: Doing::Wait(Until::Days(5)), ..step("wait", 0) };
        let one = play(vec![step("call", 2), wait, step("look", 1)]);
        // Thursday, 26 November 2026; Monday the 30th is two business days later.
        let day: Day = "2026-11-26".parse().unwrap();
        let run = foretell(&one, day, &calendar(), &Nothing);
        let days: Vec<_> = run.steps.iter().map(|s| s.finished_on.unwrap().to_string()).collect();
        assert_eq!(days, ["2026-11-30", "2026-12-07", "2026-12-08"]);
        assert!(run.ended.is_some());
    }

    #[test]
    fn what_is_waited_for_in_vain_is_waited_for_to_the_end() {
        let bound = Bound { of: "score".into(), side: Side::Above, limit: 60.0 };
        let until = Until::Holds { bound, timeout_business_days: 30, on_timeout: crate::plays::OnTimeout::GoOn };
        let one = play(vec![step("call", 1), Step { doing: Doing::Wait(until), ..step("wait", 0) }, step("look", 1)]);
        let day: Day = "2026-11-24".parse().unwrap();
        let vain = foretell(&one, day, &calendar(), &Said::always(10.0));
        assert!(vain.ended.is_some_and(|(_, end)| end > day.plus(40)));
        let soon = foretell(&one, day, &calendar(), &Said::always(70.0));
        assert!(soon.ended.is_some_and(|(_, end)| end < day.plus(5)));
        // A loop of a broken draft ends, too.
        let knot = Step { after: Some(vec!["b".into()]), ..step("a", 1) };
        let other = Step { after: Some(vec!["a".into()]), ..step("b", 1) };
        assert!(foretell(&play(vec![knot, other]), day, &calendar(), &Nothing).ended.is_none());
    }

    #[test]
    fn both_ways_of_a_branch_have_days() {
        let when = Bound { of: "score".into(), side: Side::Above, limit: 60.0 };
        let fork = Step {
            doing: Doing::Branch { when, yes: Some("thanks".into()), no: Some("team".into()) },
            ..step("fork", 0)
        };
        let one = play(vec![step("call", 1), fork, step("thanks", 1), step("team", 3)]);
        let day: Day = "2026-11-24".parse().unwrap();
        let days = foretell_days(&one, day, &calendar());
        assert_eq!(days[2].unwrap().to_string(), "2026-11-26");
        assert_eq!(days[3].unwrap().to_string(), "2026-11-30");
        let high = foretell(&one, day, &calendar(), &Said::always(80.0));
        assert_eq!(high.steps[3].standing, Standing::Bypassed);
    }

    /// When people are to do a step; what goes by itself is due for nobody, and stands for what comes before it.
    fn due_before(play: &Play, days: &[Option<Day>], id: &str) -> Vec<Day> {
        let at = play.steps().iter().position(|s| s.id == id).unwrap();
        if play.steps()[at].kind().runs_itself() {
            return play.ways()[at].iter().flat_map(|(id, _)| due_before(play, days, id)).collect();
        }
        days[at].into_iter().collect()
    }

    #[test]
    fn no_step_of_a_shipped_play_is_told_to_be_due_before_one_that_it_follows() {
        let packs = [
            include_str!("../../../../packs/saas.toml"),
            include_str!("../../../../packs/start.toml"),
            include_str!("../../../../packs/jichitai.toml"),
            include_str!("../../../../packs/bpo.toml"),
            include_str!("../../../../packs/callcenter.toml"),
        ];
        let (mut plays, mut pairs) = (0, 0);
        for pack in packs.map(|text| crate::pack::Pack::parse(text).unwrap()) {
            for one in &pack.plays {
                plays += 1;
                let days = foretell_days(one, "2026-11-30".parse().unwrap(), &calendar());
                let steps = one.steps();
                for (at, ways) in one.ways().iter().enumerate() {
                    // A step that several lead to waits for whichever comes.
                    let before: Vec<Day> = ways.iter().flat_map(|(id, _)| due_before(one, &days, id)).collect();
                    if let (Some(due), Some(first)) = (days[at], before.iter().min()) {
                        // What is counted back from a date has its own.
                        if steps[at].due_before.is_none() {
                            pairs += 1;
                            assert!(due >= *first, "{}: {} on {due}, what it follows on {first}", one.id, steps[at].id);
                        }
                    }
                }
            }
        }
        assert!(plays >= 30 && pairs >= 80, "{plays} plays, {pairs} pairs");
    }

    #[test]
    fn a_play_without_steps_is_due_with_itself() {
        let run = foretell(&play(vec![]), "2026-11-24".parse().unwrap(), &calendar(), &Nothing);
        assert_eq!((run.steps.len(), run.ended.is_some()), (1, true));
        assert_eq!(run.steps[0].finished_on, Some(run.due_on));
    }
}
