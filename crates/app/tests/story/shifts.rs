//! A card that moves takes the open steps of its plays along when somebody says so, and a move of steps is taken back as a whole.

use kizashi_app::access::{Action, Role, permit};
use kizashi_app::plays::{self, Act, RunPage, StepAnswer, Unshifted};
use kizashi_app::schedule::Schedule;
use kizashi_app::settings::{keep_pack, open_settings};
use kizashi_app::{Error, Refused};
use kizashi_domain::calendar::{Closure, When};
use kizashi_domain::id::{Card, Id};
use kizashi_domain::time::Day;
use kizashi_testkit::Stage;

use crate::BOTH;
use crate::playbooks::{page, runs, set};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The open first step of the play that a card began, with its card.
async fn begun(stage: &Stage) -> (RunPage, Id<Card>) {
    let run = page(stage, runs(stage, plays::RunTab::Open, "story").await[0].id).await;
    let card = run.card.unwrap();
    (run, card)
}

fn due(page: &RunPage) -> (Day, Option<&str>) {
    (page.steps[0].state.due_on.unwrap(), page.steps[0].owner.as_deref())
}

/// When a card is due, and whose it is.
async fn card_of(stage: &Stage, card: Id<Card>) -> (Day, Option<String>) {
    let row = plays::open_card(&stage.app, stage.workspace, card).await.unwrap().row;
    (row.due_day, row.owner)
}

async fn following(stage: &Stage, batch: Id<kizashi_app::plays::Batch>) -> usize {
    plays::count_following(&stage.app, stage.workspace, batch).await.unwrap()
}

#[tokio::test]
async fn the_open_steps_of_a_card_move_with_it_once_and_come_back() {
    for on in BOTH {
        let stage = set(on).await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let grant = permit(&boss, Action::Work).unwrap();
        let (before, card) = begun(&stage).await;
        assert_eq!(due(&before), (day("2026-11-04"), Some("sato")), "{on:?}");
        let at = plays::open_card(&stage.app, stage.workspace, card).await.unwrap().row.due_day;
        let calendar = kizashi_domain::calendar::Calendar::default();

        // Two business days later: the step may follow, once.
        let moved = Act::Move(calendar.add_business_days(at, 2));
        let batch = plays::change_cards(&stage.app, &grant, &[card], &moved).await.unwrap().batch;
        assert_eq!(due(&page(&stage, before.row.id).await), due(&before), "{on:?}: nothing moves unasked");
        assert_eq!(following(&stage, batch).await, 1, "{on:?}");
        let shift = plays::move_following(&stage.app, &grant, batch).await.unwrap();
        assert_eq!(shift.steps, 1, "{on:?}");
        let after = page(&stage, before.row.id).await;
        assert_eq!(due(&after), (day("2026-11-06"), Some("sato")), "{on:?}");
        assert_eq!(after.row.due_day, calendar.add_business_days(before.row.due_day, 2), "{on:?}");
        assert_eq!(following(&stage, batch).await, 0, "{on:?}");
        let twice = plays::move_following(&stage.app, &grant, batch).await;
        assert!(matches!(twice, Err(Error::Refused(Refused::Changed))), "{on:?}: {twice:?}");

        let undone = plays::undo_shift(&stage.app, &grant, shift.shift).await.unwrap();
        assert_eq!(undone, Unshifted { steps: 1, cards: Some(1), left: 0 }, "{on:?}");
        let back = page(&stage, before.row.id).await;
        assert_eq!((due(&back), back.row.due_day), (due(&before), before.row.due_day), "{on:?}");
        assert_eq!(card_of(&stage, card).await.0, at, "{on:?}: the card with them");
        let twice = plays::undo_shift(&stage.app, &grant, shift.shift).await;
        assert!(matches!(twice, Err(Error::Refused(Refused::Changed))), "{on:?}: {twice:?}");
        assert_eq!(following(&stage, batch).await, 0, "{on:?}: the card is where it was");
        let twice = plays::undo_cards(&stage.app, &grant, batch).await;
        assert!(matches!(twice, Err(Error::Refused(Refused::Changed))), "{on:?}: {twice:?}");

        // To another person; what was done with the step since stays.
        let suzuki = stage.staff("suzuki", Role::Csm).await.viewer.staff;
        let handed = plays::change_cards(&stage.app, &grant, &[card], &Act::Hand(Some(suzuki))).await.unwrap().batch;
        assert_eq!(following(&stage, handed).await, 1, "{on:?}");
        let given = plays::move_following(&stage.app, &grant, handed).await.unwrap();
        let theirs = page(&stage, before.row.id).await;
        assert_eq!(due(&theirs), (day("2026-11-04"), Some("suzuki")), "{on:?}");
        assert_eq!(theirs.row.owner.as_deref(), Some("suzuki"), "{on:?}: and what opens later");
        plays::shift_run(&stage.app, &grant, before.row.id, 1, None).await.unwrap();
        let undone = plays::undo_shift(&stage.app, &grant, given.shift).await.unwrap();
        assert_eq!(undone, Unshifted { steps: 0, cards: Some(1), left: 1 }, "{on:?}");
        assert_eq!(card_of(&stage, card).await.1.as_deref(), Some("sato"), "{on:?}");
        let still = page(&stage, before.row.id).await;
        assert_eq!(due(&still), (day("2026-11-05"), Some("suzuki")), "{on:?}: somebody moved it since");

        // A card that nobody's step follows offers nothing; a batch that was taken back neither.
        plays::answer_step(&stage.app, &grant, still.steps[0].task, StepAnswer::Done, "").await.unwrap();
        let later = Act::Move(calendar.add_business_days(at, 5));
        let last = plays::change_cards(&stage.app, &grant, &[card], &later).await.unwrap().batch;
        assert_eq!(following(&stage, last).await, 0, "{on:?}: a wait is nobody's work");
        plays::undo_cards(&stage.app, &grant, last).await.unwrap();
        let none = plays::move_following(&stage.app, &grant, last).await;
        assert!(matches!(none, Err(Error::Refused(Refused::Changed))), "{on:?}: {none:?}");
    }
}

#[tokio::test]
async fn a_move_on_the_page_of_a_run_is_taken_back() {
    for on in BOTH {
        let stage = set(on).await;
        let grant = stage.console();
        let (before, _) = begun(&stage).await;
        let tanaka = stage.staff("tanaka", Role::Csm).await.viewer.staff;
        let shift = plays::shift_run(&stage.app, &grant, before.row.id, 3, Some(tanaka)).await.unwrap();
        assert_eq!(shift.steps, 1, "{on:?}");
        let moved = page(&stage, before.row.id).await;
        assert_eq!((due(&moved), moved.row.owner.as_deref()), ((day("2026-11-09"), Some("tanaka")), Some("tanaka")));
        let undone = plays::undo_shift(&stage.app, &grant, shift.shift).await.unwrap();
        assert_eq!(undone, Unshifted { steps: 1, cards: None, left: 0 }, "{on:?}");
        let back = page(&stage, before.row.id).await;
        assert_eq!(
            (due(&back), back.row.due_day, &back.row.owner),
            (due(&before), before.row.due_day, &before.row.owner)
        );
        // Nothing to change, and what would be due before today, are refused; what is late already may move.
        for (days, reason) in [(0, "nothing-to-move"), (-200, "shift-into-past")] {
            let found = plays::shift_run(&stage.app, &grant, before.row.id, days, None).await;
            assert!(
                matches!(found, Err(Error::Refused(Refused::Field { reason: r, .. })) if r == reason),
                "{on:?}, {days}"
            );
        }
        assert_eq!(due(&page(&stage, before.row.id).await), due(&before), "{on:?}");
        // The same again, and the run ends meanwhile: nothing is left to take back.
        let shift = plays::shift_run(&stage.app, &grant, before.row.id, 3, None).await.unwrap();
        plays::stop_run(&stage.app, &grant, before.row.id, "別の進め方にする").await.unwrap();
        let undone = plays::undo_shift(&stage.app, &grant, shift.shift).await.unwrap();
        assert_eq!(undone, Unshifted { steps: 0, cards: None, left: 1 }, "{on:?}");
    }
}

#[tokio::test]
async fn a_card_that_was_closed_since_its_steps_moved_stays_closed() {
    for on in BOTH {
        let stage = set(on).await;
        let grant = stage.console();
        let (before, card) = begun(&stage).await;
        let at = card_of(&stage, card).await.0;
        let batch = plays::change_cards(&stage.app, &grant, &[card], &Act::Move(at.plus(7))).await.unwrap().batch;
        let shift = plays::move_following(&stage.app, &grant, batch).await.unwrap().shift;
        let moved = card_of(&stage, card).await.0;
        plays::close_card(&stage.app, &grant, card, plays::Outcome::Solved, "話せた").await.unwrap();
        let undone = plays::undo_shift(&stage.app, &grant, shift).await.unwrap();
        assert_eq!(undone, Unshifted { steps: 1, cards: Some(0), left: 1 }, "{on:?}");
        assert_eq!(due(&page(&stage, before.row.id).await), due(&before), "{on:?}: the play goes on without its card");
        let row = plays::open_card(&stage.app, stage.workspace, card).await.unwrap().row;
        assert_eq!((row.state, row.due_day), (plays::CardState::Closed, moved), "{on:?}");
    }
}

#[tokio::test]
async fn what_is_open_keeps_off_days_that_are_closed_later() {
    for on in BOTH {
        let stage = set(on).await;
        let mut schedule = Schedule::default();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let card = risk_of(&stage, "falling商事").await;
        let run = runs(&stage, plays::RunTab::Open, "story").await[0].id;
        let due_of_step = async || due(&page(&stage, run).await).0;
        let (before, step_before) = (card.due_day, due_of_step().await);
        let (_, limit_before) = card.limit.expect("a risk has a limit of answer");
        // All of these days are closed: what was due on them is due before, and limits wait until it is open again.
        let mut pack = settings.pack.clone();
        let closed =
            (before.0.min(step_before.0).min(settings.day_of(limit_before).0))..=(before.0.max(step_before.0) + 1);
        let when = When::Range { from: Day(*closed.start()), to: Day(*closed.end()) };
        pack.calendar.closures.push(Closure { ja: "臨時".into(), en: "Closed".into(), when });
        keep_pack(&stage.app, &stage.console(), settings.version, &pack, "臨時休業").await.unwrap();
        for _ in 0..3 {
            schedule.turn(&stage.app, stage.workspace).await.unwrap();
        }
        let calendar = &open_settings(&stage.app, stage.workspace).await.unwrap().calendar;
        let card = risk_of(&stage, "falling商事").await;
        let expected = |day| {
            let earlier = calendar.previous_business_day(day);
            if earlier < stage.today() { calendar.next_business_day(stage.today()) } else { earlier }
        };
        assert_eq!((card.due_day, due_of_step().await), (expected(before), expected(step_before)), "{on:?}");
        let limit = card.limit.unwrap().1;
        assert!(calendar.is_business_day(settings.day_of(limit)) && limit > limit_before, "{on:?}: {limit:?}");
        let listed = runs(&stage, plays::RunTab::Open, "story").await[0].next_due;
        assert_eq!(listed, Some(due_of_step().await), "{on:?}: lists say the same");
    }
}

async fn risk_of(stage: &Stage, subject: &str) -> plays::CardRow {
    crate::attention::risks(stage).await.into_iter().find(|card| card.subject == subject).unwrap()
}
