//! Plays that begin by themselves around a date, and what follows when a milestone is not reached.

use std::collections::BTreeSet;

use kizashi_app::plays::{self, Cause, RunPage, RunQuery, RunTab, books};
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_app::settings::open_settings;
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::plays::Standing;
use kizashi_domain::time::Day;
use kizashi_testkit::Stage;

use crate::dated::{day, find, keep, sign};
use crate::{BOTH, SAAS, log_in};

const DATED: &str = r#"
[[play]]
id = "every_quarter"
title = "every quarter"
what = "every quarter"
due_business_days = 5
start = { date = "since", every_months = 3 }

[[play]]
id = "before_closing"
title = "before closing"
what = "before closing"
due_business_days = 5
start = { date = "month_closing", business_days = -2 }

[[play]]
id = "before_deadline"
title = "before deadline"
what = "before deadline"
due_business_days = 5
start = { date = "notice_deadline", business_days = -10 }
reentry = "never"

[[play]]
id = "set_up"
title = "set up"
what = "set up"
due_business_days = 30

[[play.step]]
id = "first_use"
kind = "milestone"
title = "first use"
expected_business_days = 5
evidence = { of = "users_28d", side = "above", limit = 3 }
missed = "help"

[[play.step]]
id = "help"
title = "help"
due_business_days = 2

[[play.step]]
id = "thanks"
title = "thanks"
after = ["first_use"]
"#;

/// The plays that ship begin nothing of their own here.
fn pack() -> String {
    let lines = SAAS.lines().filter(|line| !line.starts_with("start = "));
    format!("{}\n{DATED}", lines.collect::<Vec<_>>().join("\n"))
}

async fn enter(stage: &Stage, id: &str, since: &str) {
    let since = Some(day(since));
    let row = CustomerRow { external_id: id.into(), name: Some(id.into()), since, ..CustomerRow::default() };
    keep(stage, Record::Customer(row)).await;
}

/// A night, and what follows from it.
async fn pass_night(stage: &Stage, schedule: &mut Schedule, today: Day) {
    stage.go_to(&today.to_string());
    for _ in 0..40 {
        if !schedule.turn(&stage.app, stage.workspace).await.unwrap() {
            return;
        }
    }
    panic!("the jobs never come to rest");
}

/// Runs of a play: who and from which day.
async fn begun(stage: &Stage, play: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for tab in [RunTab::Open, RunTab::Ended] {
        let query = RunQuery { tab, play: play.to_owned(), rows: 50, ..RunQuery::default() };
        let list = plays::list_runs(&stage.app, stage.workspace, &query).await.unwrap();
        found.extend(list.rows.into_iter().map(|r| (r.customer, r.started_on.to_string())));
    }
    found
}

fn pairs(list: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    list.iter().map(|(who, on)| ((*who).to_owned(), (*on).to_owned())).collect()
}

/// Everybody's open steps are done, so that the next turn finds nothing under way.
async fn finish_all(stage: &Stage, play: &str) {
    let query = RunQuery { play: play.to_owned(), rows: 50, ..RunQuery::default() };
    for row in plays::list_runs(&stage.app, stage.workspace, &query).await.unwrap().rows {
        let page = plays::open_run(&stage.app, stage.workspace, row.id).await.unwrap();
        for view in page.steps {
            plays::answer_step(&stage.app, &stage.console(), view.task, plays::StepAnswer::Done, "").await.unwrap();
        }
    }
}

#[tokio::test]
async fn plays_begin_on_their_dates_once_and_the_rehearsal_tells_the_same() {
    for on in BOTH {
        let stage = Stage::set(on, &pack(), "2026-11-16").await;
        // On 17 November a year and a quarter are over; of the other it is the 28th, a Saturday.
        enter(&stage, "autumn", "2025-08-17").await;
        enter(&stage, "leap", "2024-02-28").await;
        sign(&stage, "autumn", 90).await;
        let mut schedule = Schedule::default();
        for n in 0..45 {
            let today = day("2026-11-16").plus(n);
            // Of some days nobody knows, and of some there are two nights.
            if n % 9 != 4 {
                pass_night(&stage, &mut schedule, today).await;
                score_all(&stage.app, stage.workspace).await.unwrap();
                finish_all(&stage, "before_closing").await;
            }
        }
        let quarters = pairs(&[("autumn", "2026-11-17"), ("leap", "2026-11-30")]);
        assert_eq!(begun(&stage, "every_quarter").await, quarters, "{on:?}");
        let closings = pairs(&[
            ("autumn", "2026-11-26"),
            ("autumn", "2026-12-24"),
            ("leap", "2026-11-26"),
            ("leap", "2026-12-24"),
        ]);
        assert_eq!(begun(&stage, "before_closing").await, closings, "{on:?}");
        // 90 days before the end it is 31 December, that is the 28th; ten business days before that one.
        let deadlines = pairs(&[("autumn", "2026-12-14")]);
        assert_eq!(begun(&stage, "before_deadline").await, deadlines, "{on:?}");
        let query = RunQuery { play: "before_deadline".into(), rows: 1, ..RunQuery::default() };
        let run = plays::list_runs(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
        let page = plays::open_run(&stage.app, stage.workspace, run).await.unwrap();
        assert_eq!(page.cause, Some(Cause::Date), "{on:?}");

        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        for (play, met) in
            [("every_quarter", &quarters), ("before_closing", &closings), ("before_deadline", &deadlines)]
        {
            let book = books::open_book(&stage.app, &settings, play).await.unwrap().book;
            let told = books::rehearse(&stage.app, &settings, &book, None).await.unwrap();
            let told: BTreeSet<_> = told.met.into_iter().map(|m| (m.name, m.day.to_string())).collect();
            // The rehearsal looks further back than the walk.
            let told: BTreeSet<_> = told.into_iter().filter(|(_, on)| on.as_str() >= "2026-11-16").collect();
            assert_eq!(&told, met, "{on:?}: {play}");
        }
    }
}

#[tokio::test]
async fn a_date_that_moves_begins_no_second_run_while_one_is_under_way_and_an_old_date_begins_nothing() {
    for on in BOTH {
        let stage = Stage::set(on, &pack(), "2026-12-13").await;
        for id in ["moved", "late"] {
            enter(&stage, id, "2025-01-10").await;
        }
        sign(&stage, "moved", 90).await;
        let mut schedule = Schedule::default();
        for n in 0..3 {
            pass_night(&stage, &mut schedule, day("2026-12-13").plus(n)).await;
        }
        assert_eq!(begun(&stage, "before_deadline").await, pairs(&[("moved", "2026-12-14")]), "{on:?}");
        sign(&stage, "moved", 85).await;
        // A contract that becomes known long after its day, and one of which it was the day before yesterday.
        sign(&stage, "late", 90).await;
        for n in [22, 23, 24, 25] {
            pass_night(&stage, &mut schedule, day("2026-12-01").plus(n)).await;
        }
        assert_eq!(begun(&stage, "before_deadline").await, pairs(&[("moved", "2026-12-14")]), "{on:?}");
        // 12 January; the tenth business day before it is 22 December.
        sign(&stage, "late", 78).await;
        pass_night(&stage, &mut schedule, day("2026-12-27")).await;
        let both = pairs(&[("late", "2026-12-22"), ("moved", "2026-12-14")]);
        assert_eq!(begun(&stage, "before_deadline").await, both, "{on:?}: it is made up for what passed lately");
    }
}

async fn open_set_up(stage: &Stage, customer: &str) -> uuid::Uuid {
    let id = find(stage, customer).await;
    plays::start_run(&stage.app, &stage.console(), id, "set_up").await.unwrap()
}

async fn page(stage: &Stage, run: uuid::Uuid) -> RunPage {
    plays::open_run(&stage.app, stage.workspace, run).await.unwrap()
}

fn standings(page: &RunPage) -> Vec<Standing> {
    page.steps.iter().map(|v| v.state.standing).collect()
}

#[tokio::test]
async fn a_missed_milestone_begins_its_help_and_one_reached_is_dated_by_what_happened() {
    use Standing::{Bypassed, Done, Later, Open};
    for on in BOTH {
        let stage = Stage::set(on, &pack(), "2026-11-24").await;
        for id in ["quick", "slow"] {
            enter(&stage, id, "2026-11-20").await;
            // One person alone, so that the feed is known to be alive.
            log_in(&stage, id, day("2026-11-20").0..=day("2026-11-23").0, 1).await;
        }
        let mut schedule = Schedule::default();
        pass_night(&stage, &mut schedule, day("2026-11-24")).await;
        let (quick, slow) = (open_set_up(&stage, "quick").await, open_set_up(&stage, "slow").await);
        pass_night(&stage, &mut schedule, day("2026-11-25")).await;
        assert_eq!(standings(&page(&stage, quick).await), [Open, Later, Later], "{on:?}");
        assert_eq!(page(&stage, quick).await.steps[1].begins_if_missed.len(), 1, "{on:?}: and the page says so");

        // Three people came on Thursday; the file with that day arrives on Tuesday, the last day.
        log_in(&stage, "quick", day("2026-11-26").0..=day("2026-11-30").0, 4).await;
        log_in(&stage, "slow", day("2026-11-26").0..=day("2026-11-30").0, 1).await;
        pass_night(&stage, &mut schedule, day("2026-12-01")).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let found = page(&stage, quick).await;
        assert_eq!(standings(&found), [Done, Bypassed, Open], "{on:?}");
        assert_eq!(found.steps[0].state.finished_on, Some(day("2026-11-26")), "{on:?}");
        assert_eq!(found.steps[2].state.ready_on, Some(day("2026-12-01")), "{on:?}: nobody could thank them earlier");
        assert_eq!(standings(&page(&stage, slow).await), [Open, Later, Later], "{on:?}");

        // The day after, help is asked for: without a look at figures too, by the job of the day.
        pass_night(&stage, &mut schedule, day("2026-12-02")).await;
        let missed = page(&stage, slow).await;
        assert_eq!(standings(&missed), [Open, Open, Later], "{on:?}");
        assert_eq!(missed.steps[1].state.due_on, Some(day("2026-12-04")), "{on:?}");
        assert!(missed.steps[1].state.asks, "{on:?}: it is somebody's work");

        log_in(&stage, "slow", day("2026-12-02").0..=day("2026-12-02").0, 5).await;
        pass_night(&stage, &mut schedule, day("2026-12-03")).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let found = page(&stage, slow).await;
        assert_eq!(standings(&found), [Done, Bypassed, Open], "{on:?}: nothing is left to help with");
        assert_eq!(found.steps[0].state.finished_on, Some(day("2026-12-02")), "{on:?}");
    }
}
