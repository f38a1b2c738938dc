use proptest::prelude::*;

use super::tests::{Stage, day, play, step, task};
use super::*;
use crate::calendar::Calendar;
use crate::time::Day;

fn before(id: &str, date: Anchor, business_days: u32) -> Step {
    Step { due_before: Some(DueBefore { date, business_days }), due_business_days: Some(3), ..task(id) }
}

fn notice(day: Day) -> CustomerDates {
    CustomerDates { notice_deadline: Some(day), ..CustomerDates::default() }
}

#[test]
fn due_days_are_counted_back_over_weekends_holidays_and_the_turn_of_the_year() {
    let calendar = Calendar::default();
    // (the date of the contract, business days before it, the due day), counted by hand on the calendar of Japan.
    let table = [
        ("2027-01-15", 0, "2027-01-15"),
        ("2027-01-15", 1, "2027-01-14"),
        // 11 January is 成人の日.
        ("2027-01-15", 4, "2027-01-08"),
        // 4 January is the first business day of the year, and 28 December the last one before it.
        ("2027-01-15", 8, "2027-01-04"),
        ("2027-01-15", 9, "2026-12-28"),
        ("2027-01-15", 10, "2026-12-25"),
        ("2027-01-15", 30, "2026-11-27"),
        // 23 November is 勤労感謝の日.
        ("2026-11-24", 1, "2026-11-20"),
        // A date on which nobody works is as good as the last business day before it.
        ("2027-01-31", 0, "2027-01-29"),
        ("2027-01-31", 1, "2027-01-28"),
        ("2027-01-01", 0, "2026-12-28"),
        ("2027-01-01", 1, "2026-12-25"),
        // Golden Week.
        ("2027-05-07", 2, "2027-04-30"),
        // A leap day.
        ("2028-03-01", 1, "2028-02-29"),
    ];
    for (date, business_days, due) in table {
        let before = DueBefore { date: Anchor::ContractEnd, business_days };
        assert_eq!(before.day(day(date), &calendar), day(due), "{business_days} before {date}");
    }
}

#[test]
fn a_step_is_due_before_the_deadline_and_moves_with_it_until_it_is_over() {
    let play = play(vec![before("a", Anchor::NoticeDeadline, 10), task("b")]);
    let mut s = Stage::new(&play, "2026-11-24");
    s.dates = notice(day("2027-01-15"));
    s.look("2026-11-24", None);
    let dated = |s: &Stage<'_>| judge_dating(&play.steps[0], &s.run.steps[0], &s.calendar);
    assert_eq!(s.run.steps[0].due_on, Some(day("2026-12-25")));
    assert_eq!(dated(&s), Some(Dating::Kept(day("2027-01-15"))));
    assert!(s.run.watches(&play), "whoever knows of another deadline looks at it");

    // A longer notice: it is due earlier. A person's day stays until the deadline moves again.
    s.dates = notice(day("2026-12-28"));
    s.look("2026-11-25", None);
    assert_eq!(s.run.steps[0].due_on, Some(day("2026-12-14")));
    s.run.steps[0].due_on = Some(day("2026-12-16"));
    s.look("2026-11-26", None);
    assert_eq!(s.run.steps[0].due_on, Some(day("2026-12-16")));
    assert_eq!(dated(&s), Some(Dating::Moved(day("2026-12-14"))));
    s.dates = notice(day("2027-01-29"));
    s.look("2026-11-27", None);
    assert_eq!(s.run.steps[0].due_on, Some(day("2027-01-15")));

    // The contract has no deadline any more: the ordinary rule, from when it could begin.
    s.dates = CustomerDates::default();
    s.look("2026-11-30", None);
    assert_eq!((s.run.steps[0].due_on, dated(&s)), (Some(day("2026-11-27")), Some(Dating::Unknown)));

    // What was late before a deadline is late after it, whatever the next term says.
    s.dates = notice(day("2026-12-10"));
    s.look("2026-12-01", None);
    let due = s.run.steps[0].due_on;
    s.dates = notice(day("2027-12-10"));
    s.look("2026-12-11", None);
    assert_eq!(s.run.steps[0].due_on, due);
}

#[test]
fn a_step_that_opens_too_late_is_due_at_once_and_says_so() {
    let play = play(vec![task("a"), before("b", Anchor::NoticeDeadline, 10)]);
    let mut s = Stage::new(&play, "2026-12-11");
    s.dates = notice(day("2026-12-18"));
    s.look("2026-12-11", None);
    s.say(0, Answer::Done, "2026-12-11");
    // A Saturday: it can be done on the next business day.
    s.look("2026-12-12", None);
    assert_eq!(s.run.steps[1].due_on, Some(day("2026-12-14")));
    let dating = judge_dating(&play.steps[1], &s.run.steps[1], &s.calendar);
    assert_eq!(dating, Some(Dating::TooLate(day("2026-12-04"))));
    // Managers hear of the new day when it moves.
    s.run.steps[1].escalated_on = Some(day("2026-12-16"));
    s.dates = notice(day("2027-01-15"));
    s.look("2026-12-16", None);
    assert_eq!((s.run.steps[1].due_on, s.run.steps[1].escalated_on), (Some(day("2026-12-25")), None));
}

#[test]
fn a_pause_gives_no_days_back_that_the_contract_does_not_give() {
    let play = play(vec![before("a", Anchor::ContractEnd, 5)]);
    let mut s = Stage::new(&play, "2026-11-24");
    s.dates = CustomerDates { contract_end: Some(day("2026-12-18")), ..CustomerDates::default() };
    s.look("2026-11-24", None);
    let before = s.run.steps[0];
    assert_eq!(before.due_on, Some(day("2026-12-11")));
    let after = s.run.resumed(day("2026-11-25"), day("2026-12-02"), &s.calendar);
    assert_eq!(after.steps[0], before);
}

#[test]
fn a_rehearsal_counts_back_from_what_was_known_on_its_day() {
    struct Moving;
    impl Known for Moving {
        fn value(&self, _: &str, _: Day) -> Option<f64> {
            None
        }
        fn dates(&self, on: Day) -> CustomerDates {
            notice(day(if on < day("2026-12-01") { "2026-12-18" } else { "2027-01-29" }))
        }
        fn changes_after(&self, on: Day) -> bool {
            on < day("2026-12-31")
        }
    }
    let play = play(vec![before("a", Anchor::NoticeDeadline, 5)]);
    let run = foretell(&play, day("2026-11-24"), &Calendar::default(), &Moving);
    assert_eq!(run.ended, Some((End::Finished, day("2027-01-22"))));
}

#[test]
fn files_say_it_and_say_what_is_wrong_with_it() {
    let text = "id = \"a\"\ntitle = \"a\"\ndue_before = { date = \"notice_deadline\", business_days = 30 }";
    let read = |text: &str| toml::from_str::<Step>(text);
    let step = read(text).unwrap();
    assert_eq!(step.due_before, Some(DueBefore { date: Anchor::NoticeDeadline, business_days: 30 }));
    assert_eq!(read(&toml::to_string(&step).unwrap()).unwrap(), step);
    let other = read(&text.replace("notice_deadline", "birthday")).unwrap_err().to_string();
    assert!(other.contains("notice_deadline") && other.contains("contract_end"), "{other}");
    assert!(read(&text.replace("business_days", "days")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever the deadline does: an open step is due on a business day that the rule gives for the deadline of now, never before it
    /// could begin, and a repeated look changes nothing ([`Stage::look_on`] looks twice).
    #[test]
    fn an_open_step_follows_its_deadline(
        days in 0_u32..60, moves in prop::collection::vec((0_i32..4, prop::option::of(0_i32..200)), 1..12),
    ) {
        let play = play(vec![before("a", Anchor::NoticeDeadline, days), step("b", Doing::Task)]);
        let mut s = Stage::new(&play, "2026-11-20");
        let mut today = day("2026-11-20");
        let mut last: Option<Day> = None;
        for (gap, ahead) in moves {
            today = today.plus(gap);
            let date = ahead.map(|n| today.plus(n));
            s.dates = CustomerDates { notice_deadline: date, ..CustomerDates::default() };
            s.look_on(today, None, true);
            let state = s.run.steps[0];
            let (ready, due) = (state.ready_on.unwrap(), state.due_on.unwrap());
            prop_assert!(s.calendar.is_business_day(due) && due >= ready);
            if last.is_none_or(|last| last >= today) {
                last = date;
            }
            prop_assert_eq!(state.dated_from, last);
            let earliest = s.calendar.next_business_day(ready);
            let expected = match last {
                Some(date) => play.steps[0].due_before.unwrap().day(date, &s.calendar).max(earliest),
                None => s.calendar.add_business_days(ready, 3),
            };
            prop_assert_eq!(due, expected);
        }
    }
}

#[test]
fn work_is_due_before_the_books_are_closed() {
    let calendar = Calendar::default();
    // (closing, business days before it, from when it can be done, the closing day that is meant, the due day), by hand.
    let table = [
        (Anchor::MonthClosing, 2, "2026-11-02", "2026-11-30", "2026-11-26"),
        // On its very day there is just time; after it the next closing is meant. 31 December is closed: the last business day is the 28th.
        (Anchor::MonthClosing, 2, "2026-11-26", "2026-11-30", "2026-11-26"),
        (Anchor::MonthClosing, 2, "2026-11-27", "2026-12-31", "2026-12-24"),
        (Anchor::MonthClosing, 0, "2027-01-30", "2027-02-28", "2027-02-26"),
        (Anchor::QuarterEnd, 5, "2026-11-02", "2026-12-31", "2026-12-21"),
        (Anchor::YearEnd, 10, "2026-11-02", "2027-03-31", "2027-03-16"),
        (Anchor::YearEnd, 0, "2027-04-01", "2028-03-31", "2028-03-31"),
    ];
    for (date, business_days, ready, closing, due) in table {
        let before = DueBefore { date, business_days };
        let play = play(vec![Step { due_before: Some(before), ..task("a") }]);
        let mut s = Stage::new(&play, ready);
        s.look(ready, None);
        let state = s.run.steps[0];
        assert_eq!((state.dated_from, state.due_on), (Some(day(closing)), Some(day(due))), "{date:?} from {ready}");
        assert_eq!(judge_dating(&play.steps[0], &state, &calendar), Some(Dating::Kept(day(closing))));
        assert!(!s.run.watches(&play), "no contract moves it");
    }
}

#[test]
fn a_wait_goes_on_until_its_day_before_the_deadline_and_moves_with_it() {
    let wait = step("w", Doing::Wait(Until::Before(DueBefore { date: Anchor::NoticeDeadline, business_days: 10 })));
    let play = Play { due_business_days: 20, ..play(vec![wait, task("b")]) };
    let mut s = Stage::new(&play, "2026-11-24");
    s.dates = notice(day("2027-01-15"));
    s.look("2026-11-24", None);
    assert_eq!((s.standings(), s.run.steps[0].due_on), ("o.".into(), Some(day("2026-12-25"))));
    assert!(s.run.watches(&play));
    assert_eq!(next_look(&play, &s.run, day("2026-11-24"), &s.calendar), Some(day("2026-12-25")));
    // The deadline moved away before that day: it waits on.
    s.dates = notice(day("2027-01-29"));
    s.look("2026-12-25", None);
    assert_eq!((s.standings(), s.run.steps[0].due_on), ("o.".into(), Some(day("2027-01-15"))));
    s.look("2027-01-15", None);
    assert_eq!(s.standings(), "Do");

    // Without a deadline it waits as long as the play is to last, and says that it waited in vain.
    let mut s = Stage::new(&play, "2026-11-24");
    s.look("2026-11-24", None);
    s.look(&s.run.due_on.plus(-1).to_string(), None);
    assert_eq!(s.standings(), "o.");
    s.look(&s.run.due_on.to_string(), None);
    assert_eq!(s.standings(), "To");

    // Where the day is over already nothing is waited for.
    let mut s = Stage::new(&play, "2026-11-24");
    s.dates = notice(day("2026-11-25"));
    s.look("2026-11-24", None);
    assert_eq!(s.standings(), "Do");
}
