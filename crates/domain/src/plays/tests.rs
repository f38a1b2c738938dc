use super::*;
use crate::calendar::Calendar;
use crate::customers::Profile;
use crate::lang::Text;
use crate::signals::Side;
use crate::time::Day;

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn step(id: &str, doing: Doing) -> Step {
    Step { doing, ..Step::task(id, Text::new(id, id), Text::default()) }
}

pub(super) fn task(id: &str) -> Step {
    step(id, Doing::Task)
}

pub(super) fn play(steps: Vec<Step>) -> Play {
    Play { steps, ..Play::plain("p", Text::new("p", "p"), Text::default(), 10) }
}

pub(super) fn branch(yes: Option<&str>, no: Option<&str>) -> Doing {
    let when = Bound { of: "score".into(), side: Side::Above, limit: 50.0 };
    Doing::Branch { when, yes: yes.map(Into::into), no: no.map(Into::into) }
}

pub(super) fn until(timeout: u32, on_timeout: OnTimeout) -> Doing {
    let bound = Bound { of: "score".into(), side: Side::Above, limit: 50.0 };
    Doing::Wait(Until::Holds { bound, timeout_business_days: timeout, on_timeout })
}

/// A customer under observation.
pub(super) struct Stage<'a> {
    pub play: &'a Play,
    pub run: RunState,
    pub calendar: Calendar,
    pub dates: CustomerDates,
    pub effects: Vec<Effect>,
}

impl<'a> Stage<'a> {
    pub fn new(play: &'a Play, on: &str) -> Self {
        let calendar = Calendar::default();
        Self {
            play,
            run: start(play, day(on), &calendar),
            calendar,
            dates: CustomerDates::default(),
            effects: Vec::new(),
        }
    }

    pub fn look(&mut self, on: &str, score: Option<f64>) -> Vec<Effect> {
        self.look_on(day(on), Some(score), true)
    }

    pub fn look_on(&mut self, day: Day, score: Option<Option<f64>>, can: bool) -> Vec<Effect> {
        let value = |_: &str| score.flatten();
        let sight = Sight {
            day,
            has_left: false,
            is_paused: false,
            value: score.is_some().then_some(&value as Measured<'_>),
            first: None,
            dates: self.dates,
            can_do: &|_| can,
        };
        let (run, effects) = advance(self.play, &self.run, &sight, &self.calendar);
        let (again, nothing) = advance(self.play, &run, &sight, &self.calendar);
        assert_eq!((&again, nothing.as_slice()), (&run, [].as_slice()), "the same look twice");
        self.run = run;
        self.effects.extend(&effects);
        effects
    }

    pub fn say(&mut self, at: usize, what: Answer, on: &str) {
        self.run = answer(self.play, &self.run, at, what, day(on)).unwrap();
    }

    pub fn standings(&self) -> String {
        let letter = |s: &StepState| match s.standing {
            Standing::Later => '.',
            Standing::Open => 'o',
            Standing::Done => 'D',
            Standing::Skipped => 'S',
            Standing::TimedOut => 'T',
            Standing::Bypassed => '-',
            Standing::Declined => 'N',
        };
        self.run.steps.iter().map(letter).collect()
    }
}

#[test]
fn a_play_without_steps_is_a_list_of_one() {
    let play = Play::plain("p", Text::new("電話", "Call"), Text::default(), 3);
    let mut s = Stage::new(&play, "2026-11-27");
    assert_eq!(s.look("2026-11-27", None), [Effect::Ask(0)]);
    assert_eq!(s.run.steps[0].due_on, Some(day("2026-12-02")), "Friday and three business days");
    s.say(0, Answer::Done, "2026-11-30");
    assert_eq!(s.look("2026-11-30", None), []);
    assert_eq!(s.run.ended, Some((End::Finished, day("2026-11-30"))));
}

#[test]
fn due_days_count_from_when_a_step_could_begin() {
    let mut second = task("b");
    second.due_business_days = Some(2);
    let play = play(vec![task("a"), second]);
    let mut s = Stage::new(&play, "2026-12-21");
    s.look("2026-12-21", None);
    s.say(0, Answer::Done, "2026-12-28");
    assert_eq!(s.look("2026-12-28", None), [Effect::Ask(1)]);
    // 29 to 3 January are closed by the usual calendar of a company in Japan.
    assert_eq!(s.run.steps[1].due_on, Some(s.calendar.add_business_days(day("2026-12-28"), 2)));
    assert!(s.calendar.is_business_day(s.run.steps[1].due_on.unwrap()));
}

#[test]
fn a_branch_takes_one_way_and_the_ways_meet_again() {
    let mut join = task("join");
    join.after = Some(vec!["up".into(), "down".into()]);
    let play = play(vec![step("ask", branch(Some("up"), Some("down"))), task("up"), task("down"), join]);
    let mut s = Stage::new(&play, "2026-11-24");
    s.look("2026-11-24", Some(80.0));
    assert_eq!(s.standings(), "Do-.");
    s.say(1, Answer::Done, "2026-11-25");
    s.look("2026-11-25", Some(10.0));
    assert_eq!(s.standings(), "DD-o", "a branch stays decided");
    // What is not measured does not hold; when nobody looked, the next day decides.
    let mut s = Stage::new(&play, "2026-11-24");
    s.look_on(day("2026-11-24"), None, true);
    assert_eq!((s.standings().as_str(), s.run.watches(&play)), ("o...", true));
    assert_eq!(next_look(&play, &s.run, day("2026-11-24"), &s.calendar), Some(day("2026-11-25")));
    s.look_on(day("2026-11-25"), None, true);
    assert_eq!(s.standings(), "D-o.");
}

#[test]
fn waits_run_on_business_days_and_conditions_have_a_last_day() {
    let waits = play(vec![step("w", Doing::Wait(Until::Days(2))), task("t")]);
    let mut s = Stage::new(&waits, "2026-11-20");
    s.look("2026-11-20", None);
    // Saturday, Sunday and 23 November do not count.
    assert_eq!(next_look(&waits, &s.run, day("2026-11-20"), &s.calendar), Some(day("2026-11-25")));
    s.look("2026-11-24", None);
    assert_eq!(s.standings(), "o.");
    s.look("2026-11-25", None);
    assert_eq!(s.standings(), "Do");
    for (how, then) in [(OnTimeout::GoOn, "To"), (OnTimeout::End, "T-")] {
        let play = play(vec![step("w", until(2, how)), task("t")]);
        let mut s = Stage::new(&play, "2026-11-20");
        s.look("2026-11-24", Some(20.0));
        assert_eq!(s.standings(), "o.");
        s.look_on(day("2026-11-26"), None, true);
        assert_eq!(s.standings(), "o.", "ready on the 24th, so the 26th is the last day, and nobody looked yet");
        s.look("2026-11-26", Some(20.0));
        assert_eq!(s.standings(), then);
        assert_eq!(s.run.ended.is_some(), how == OnTimeout::End);
        let mut s = Stage::new(&play, "2026-11-20");
        s.look("2026-11-20", Some(50.0));
        assert_eq!(s.standings(), "Do", "it held at once");
    }
}

#[test]
fn the_product_does_what_it_can_and_asks_otherwise() {
    let field = Doing::Field { field: "stage".into(), value: "adoption".into() };
    let mut auto = step("f", field.clone());
    auto.mode = Mode::Auto;
    let play = play(vec![auto, task("t")]);
    let mut s = Stage::new(&play, "2026-11-24");
    assert_eq!(s.look("2026-11-24", None), [Effect::Do(0), Effect::Ask(1)]);
    let mut s = Stage::new(&play, "2026-11-24");
    assert_eq!(s.look_on(day("2026-11-24"), None, false), [Effect::Ask(0)]);
    assert_eq!((s.standings().as_str(), s.run.steps[0].asks), ("o.", true));
}

#[test]
fn an_approval_that_says_no_ends_the_run_and_can_be_taken_back() {
    let play = play(vec![step("ok", Doing::Approval), task("t")]);
    let mut s = Stage::new(&play, "2026-11-24");
    s.look("2026-11-24", None);
    s.say(0, Answer::Declined, "2026-11-24");
    assert_eq!((s.standings().as_str(), s.run.ended), ("N-", Some((End::Declined, day("2026-11-24")))));
    s.say(0, Answer::Undone, "2026-11-24");
    s.look("2026-11-24", None);
    assert_eq!((s.standings().as_str(), s.run.ended), ("o.", None));
}

#[test]
fn an_answer_is_taken_back_until_something_was_done_after_it() {
    let play = play(vec![task("a"), task("b"), task("c")]);
    let mut s = Stage::new(&play, "2026-11-24");
    s.look("2026-11-24", None);
    s.say(0, Answer::Done, "2026-11-24");
    s.look("2026-11-24", None);
    s.say(0, Answer::Undone, "2026-11-24");
    s.look("2026-11-24", None);
    assert_eq!(s.standings(), "o..");
    s.say(0, Answer::Skipped, "2026-11-24");
    s.look("2026-11-24", None);
    s.say(1, Answer::Done, "2026-11-24");
    assert_eq!(answer(&play, &s.run, 0, Answer::Undone, day("2026-11-24")), None);
    s.look("2026-11-24", None);
    s.say(2, Answer::Done, "2026-11-24");
    s.look("2026-11-24", None);
    assert!(s.run.ended.is_some());
    s.say(2, Answer::Undone, "2026-11-24");
    assert_eq!((s.standings().as_str(), s.run.ended), ("SDo", None), "the last answer opens the run again");
}

#[test]
fn what_decided_itself_after_an_answer_does_not_keep_the_answer() {
    let waits = until(5, OnTimeout::GoOn);
    for between in [waits, branch(Some("b"), Some("c"))] {
        let play = play(vec![task("a"), step("w", between), task("b"), task("c")]);
        let mut s = Stage::new(&play, "2026-11-24");
        s.look("2026-11-24", Some(80.0));
        let first = s.standings();
        s.say(0, Answer::Skipped, "2026-11-24");
        s.look("2026-11-24", Some(80.0));
        assert_eq!(&s.standings()[..3], "SDo");
        s.say(0, Answer::Undone, "2026-11-24");
        s.look("2026-11-24", Some(80.0));
        assert_eq!(s.standings(), first);
        s.say(0, Answer::Done, "2026-11-24");
        s.look("2026-11-24", Some(80.0));
        s.say(2, Answer::Done, "2026-11-24");
        assert_eq!(answer(&play, &s.run, 0, Answer::Undone, day("2026-11-24")), None, "a person went on from it");
    }
}

#[test]
fn managers_are_told_once_when_a_step_stays_late() {
    let mut late = task("a");
    (late.due_business_days, late.escalate_business_days) = (Some(1), Some(2));
    let play = play(vec![late]);
    let mut s = Stage::new(&play, "2026-11-24");
    s.look("2026-11-24", None);
    assert_eq!(next_look(&play, &s.run, day("2026-11-24"), &s.calendar), Some(day("2026-11-27")));
    assert_eq!(s.look("2026-11-26", None), []);
    assert_eq!(s.look("2026-11-30", None), [Effect::Escalate(0)]);
    assert_eq!(s.look("2026-12-01", None), []);
    assert_eq!(next_look(&play, &s.run, day("2026-12-01"), &s.calendar), None);
}

#[test]
fn a_new_version_keeps_what_was_done() {
    let old = play(vec![task("a"), task("b"), task("c")]);
    let new = play(vec![task("z"), task("a"), task("b")]);
    let mut s = Stage::new(&old, "2026-11-24");
    s.look("2026-11-24", None);
    s.say(0, Answer::Done, "2026-11-24");
    s.look("2026-11-24", None);
    let run = move_over(&old, &s.run, &new, &s.calendar);
    let mut moved = Stage { run, ..Stage::new(&new, "2026-11-24") };
    moved.look("2026-11-25", None);
    assert_eq!(moved.standings(), "oDo");
    assert_eq!(moved.run.steps[2].ready_on, Some(day("2026-11-24")), "it was open since then");
}

#[test]
fn a_pause_gives_its_business_days_back() {
    let mut first = task("a");
    first.due_business_days = Some(3);
    let play = play(vec![first]);
    let mut s = Stage::new(&play, "2026-11-24");
    s.look("2026-11-24", None);
    assert_eq!(s.run.steps[0].due_on, Some(day("2026-11-27")));
    let run = s.run.resumed(day("2026-11-25"), day("2026-11-30"), &s.calendar);
    assert_eq!(run.steps[0].due_on, Some(day("2026-12-02")), "three business days were lost");
}

#[test]
fn left_and_paused_customers_are_left_out() {
    let plain = play(vec![task("a")]);
    let with = Play { with_paused: true, ..plain.clone() };
    let calendar = Calendar::default();
    let at = day("2026-11-24");
    for (play, left, paused, expected) in [
        (&plain, true, false, (Some(End::CustomerLeft), Standing::Bypassed)),
        (&plain, false, true, (None, Standing::Later)),
        (&with, true, true, (None, Standing::Open)),
    ] {
        let dates = CustomerDates::default();
        let sight =
            Sight { day: at, has_left: left, is_paused: paused, value: None, first: None, dates, can_do: &|_| true };
        let (run, _) = advance(play, &start(play, at, &calendar), &sight, &calendar);
        assert_eq!((run.ended.map(|e| e.0), run.steps[0].standing), expected);
    }
    let profile = Profile { stage: Some("paused".into()), ..Profile::default() };
    let entry = |is_open, last: Option<&str>| Entry { profile: &profile, day: at, is_open, last: last.map(day) };
    assert_eq!(judge_entry(&plain, &entry(false, None)), Err(Refusal::Paused));
    assert_eq!(judge_entry(&with, &entry(false, Some("2026-11-01"))), Ok(()));
    assert_eq!(judge_entry(&with, &entry(true, None)), Err(Refusal::UnderWay));
    let once = Play { reentry: Reentry::Never, ..with.clone() };
    assert_eq!(judge_entry(&once, &entry(false, Some("2026-11-01"))), Err(Refusal::Once));
    let later = Play { reentry: Reentry::AfterDays(30), ..with };
    assert_eq!(judge_entry(&later, &entry(false, Some("2026-11-01"))), Err(Refusal::Until(day("2026-12-01"))));
    assert_eq!(judge_entry(&later, &entry(false, Some("2026-10-25"))), Ok(()));
}

#[test]
fn letters_are_filled_in_once() {
    let with = Filling { customer: "{owner}".into(), person: "佐藤".into(), ..Filling::default() };
    assert_eq!(fill("{customer} {person}様 {x} {", &with), "{owner} 佐藤様 {x} {");
    assert_eq!(unknown_field("{customer} {x}"), Some("x"));
    assert_eq!(unknown_field("{customer"), None);
}

#[test]
fn a_milestone_that_is_not_reached_in_time_begins_its_step_and_one_that_is_takes_it_back() {
    let evidence = Bound { of: "score".into(), side: Side::Above, limit: 50.0 };
    let milestone = |missed: &str| Doing::Milestone {
        expected_business_days: 5,
        evidence: Some(evidence.clone()),
        missed: Some(missed.into()),
    };
    let help = Step { due_business_days: Some(2), ..task("help") };
    let after = Step { after: Some(vec!["set_up".into()]), ..task("training") };
    let play = play(vec![step("set_up", milestone("help")), help, after]);
    // Tuesday, 24 November; five business days later it is 1 December.
    let begun = || {
        let mut s = Stage::new(&play, "2026-11-24");
        s.look("2026-11-24", Some(10.0));
        assert_eq!((s.standings(), s.run.steps[0].due_on), ("o..".into(), Some(day("2026-12-01"))));
        assert_eq!(next_look(&play, &s.run, day("2026-11-24"), &s.calendar), Some(day("2026-12-02")));
        s
    };

    // Reached on its last day: nobody is asked.
    let mut s = begun();
    s.look("2026-12-01", Some(10.0));
    assert_eq!(s.standings(), "o..");
    s.look("2026-12-01", Some(60.0));
    assert_eq!(s.standings(), "D-o");

    // Missed: help is asked for once, the milestone stays open, and what follows it waits for it.
    let mut s = begun();
    assert_eq!(s.look("2026-12-02", Some(10.0)), [Effect::Ask(1)]);
    assert_eq!((s.standings(), s.run.steps[1].due_on), ("oo.".into(), Some(day("2026-12-04"))));
    s.say(1, Answer::Done, "2026-12-03");
    s.look("2026-12-03", Some(10.0));
    assert_eq!(s.standings(), "oD.");
    s.look("2026-12-10", Some(60.0));
    assert_eq!(s.standings(), "DDo", "what was done stays done");

    // Missed, and reached before anybody helped: there is nothing to help with any more.
    let mut s = begun();
    s.look("2026-12-02", Some(10.0));
    s.look("2026-12-03", Some(60.0));
    assert_eq!(s.standings(), "D-o");
}

#[test]
fn a_milestone_was_reached_on_the_day_on_which_it_first_held() {
    let evidence = Bound { of: "score".into(), side: Side::Above, limit: 50.0 };
    let play =
        play(vec![step("m", Doing::Milestone { expected_business_days: 5, evidence: Some(evidence), missed: None })]);
    let calendar = Calendar::default();
    let begun = start(&play, day("2026-11-24"), &calendar);
    for (first, on) in [
        (Some("2026-11-26"), "2026-11-26"),
        // What held before the run began is reached with its beginning; nothing is reached in days to come.
        (Some("2026-11-01"), "2026-11-24"),
        (Some("2026-12-24"), "2026-12-02"),
        (None, "2026-12-02"),
    ] {
        let first = first.map(day);
        let sight = Sight {
            day: day("2026-12-02"),
            has_left: false,
            is_paused: false,
            value: Some(&|_| Some(60.0)),
            first: Some(&|bound| first.filter(|_| bound.of == "score")),
            dates: CustomerDates::default(),
            can_do: &|_| true,
        };
        let (run, _) = advance(&play, &begun, &sight, &calendar);
        assert_eq!(run.steps[0].finished_on, Some(day(on)), "{first:?}");
    }
}
