//! What closing a card does to the plays that it began, what a further sign does to a card that is there, and that nothing that arrives is
//! swallowed by what arrived before.

use kizashi_app::access::{Action, Grant, Role, permit};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::plays::{self, Act, CardPage, CardState, Closing, Outcome, RunTab, StepAnswer};
use kizashi_app::schedule::score_all;
use kizashi_db::{args, sql};
use kizashi_domain::id::{Card, Id};
use kizashi_domain::intake::{Record, ResponseRow};
use kizashi_domain::plays::{End, Standing};
use kizashi_testkit::Stage;
use uuid::Uuid;

use crate::BOTH;
use crate::playbooks::{page, runs, set};

async fn of_sato(stage: &Stage) -> Grant {
    permit(&stage.staff("suzuki", Role::Csm).await.viewer, Action::Work).unwrap()
}

async fn begun(stage: &Stage) -> (Uuid, Id<Card>) {
    let run = runs(stage, RunTab::Open, "story").await.remove(0).id;
    (run, page(stage, run).await.card.unwrap())
}

async fn open(stage: &Stage, card: Id<Card>) -> CardPage {
    plays::open_card(&stage.app, stage.workspace, card).await.unwrap()
}

async fn ended(stage: &Stage, run: Uuid) -> Option<End> {
    page(stage, run).await.row.ended.map(|(end, _)| end)
}

async fn answer(stage: &Stage, id: &str, score: f64) {
    let response = ResponseRow {
        external_id: id.into(),
        customer: "falling".into(),
        contact: None,
        survey: "nps".into(),
        score: Some(score),
        comment: None,
        at: stage.app.now(),
    };
    let received = [Received { assumed: false, at: stage.app.now(), record: Record::Response(response) }];
    keep_records(&stage.app, stage.workspace, "survey", &received, false).await.unwrap();
}

#[tokio::test]
async fn a_false_alarm_ends_what_it_began_and_taking_it_back_goes_on() {
    for on in BOTH {
        let stage = set(on).await;
        let (run, card) = begun(&stage).await;
        let grant = of_sato(&stage).await;
        let ring = page(&stage, run).await.steps[0].task;
        plays::answer_step(&stage.app, &grant, ring, StepAnswer::Done, "つながった").await.unwrap();
        let touched = open(&stage, card).await.row;
        assert_eq!(touched.state, CardState::New);
        assert!(
            touched.limit.is_none_or(|(late, _)| late == plays::Late::Closing),
            "{on:?}: a step is work for its card"
        );

        plays::close_card(&stage.app, &grant, card, Outcome::FalseAlarm, "様子を見た").await.unwrap();
        assert_eq!(ended(&stage, run).await, Some(End::CardClosed), "{on:?}");
        let until = stage.today().plus(60);
        let tasks = plays::list_open_tasks(&stage.app, stage.workspace, None, until, 50).await.unwrap();
        assert!(tasks.iter().all(|t| t.run != run), "{on:?}: nobody has to do its steps");

        plays::reopen_card(&stage.app, &grant, card).await.unwrap();
        assert_eq!(ended(&stage, run).await, None, "{on:?}");
        assert_eq!(page(&stage, run).await.steps[0].state.standing, Standing::Done, "what was done stays done");

        // What is solved may still have steps to go, unless somebody says so.
        plays::close_card(&stage.app, &grant, card, Outcome::Solved, "戻った").await.unwrap();
        assert_eq!(ended(&stage, run).await, None);
        assert_eq!(plays::count_under_way(&stage.app, stage.workspace, card).await.unwrap(), 1);
        plays::reopen_card(&stage.app, &grant, card).await.unwrap();
        let closing = Closing { ends_plays: true, ..Closing::with(Outcome::Solved, "戻った") };
        let many = plays::change_cards(&stage.app, &grant, &[card], &Act::Close(closing)).await.unwrap();
        assert_eq!(ended(&stage, run).await, Some(End::CardClosed), "{on:?}");
        assert_eq!(plays::undo_cards(&stage.app, &grant, many.batch).await.unwrap(), (1, 0));
        assert_eq!((ended(&stage, run).await, open(&stage, card).await.row.state), (None, CardState::New), "{on:?}");
    }
}

#[tokio::test]
async fn a_letter_that_waits_does_not_go_once_its_card_is_closed() {
    for on in BOTH {
        let stage = set(on).await;
        let (run, card) = begun(&stage).await;
        let grant = of_sato(&stage).await;
        let ring = page(&stage, run).await.steps[0].task;
        plays::answer_step(&stage.app, &grant, ring, StepAnswer::Done, "").await.unwrap();
        stage.go_to("2026-11-04");
        let mut schedule = kizashi_app::schedule::Schedule::default();
        for _ in 0..2 {
            while schedule.turn(&stage.app, stage.workspace).await.unwrap() {}
        }
        let letters = async || -> Vec<(String, String)> {
            let all = sql!("SELECT state, why FROM outgoing WHERE workspace_id = $1 ORDER BY id LIMIT 10");
            stage.db.list(all, args![stage.workspace]).await.unwrap()
        };
        let waiting = letters().await;
        assert_eq!(waiting.iter().map(|(state, _)| state.as_str()).collect::<Vec<_>>(), ["waiting"], "{on:?}");
        plays::close_card(&stage.app, &grant, card, Outcome::FalseAlarm, "様子を見た").await.unwrap();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(letters().await, [("declined".to_owned(), "card-closed".to_owned())], "{on:?}");
        plays::reopen_card(&stage.app, &grant, card).await.unwrap();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(letters().await, [("waiting".to_owned(), String::new())], "{on:?}: it goes after all");
        plays::close_card(&stage.app, &grant, card, Outcome::FalseAlarm, "様子を見た").await.unwrap();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        plays::reopen_run(&stage.app, &grant, run).await.unwrap();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(letters().await[0].0, "waiting", "{on:?}: also when the play alone goes on");
    }
}

#[tokio::test]
async fn a_further_sign_wakes_its_card_and_brings_its_own_play() {
    for on in BOTH {
        let stage = set(on).await;
        let (_, card) = begun(&stage).await;
        let grant = of_sato(&stage).await;
        let until = stage.today().plus(31);
        plays::snooze_card(&stage.app, &grant, card, until, "来月の定例で").await.unwrap();
        // What stands does not wake it.
        stage.go_to("2026-11-02");
        score_all(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(open(&stage, card).await.row.snoozed_until, Some(until), "{on:?}");

        answer(&stage, "r1", 1.0).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let woken = open(&stage, card).await;
        assert_eq!(woken.row.snoozed_until, None, "{on:?}: an answer came meanwhile");
        assert!(woken.steps.iter().any(|s| s.step == "roused" && s.staff.is_none()), "{on:?}");
        let plays: Vec<String> = woken.runs.iter().map(|r| r.play.clone()).collect();
        assert!(plays.contains(&"answer_detractor".to_owned()), "{on:?}: {plays:?}");
        score_all(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(open(&stage, card).await.runs.len(), plays.len(), "{on:?}: each once");
    }
}

#[tokio::test]
async fn of_several_bad_answers_on_one_day_none_is_swallowed() {
    for on in BOTH {
        let stage = set(on).await;
        let (_, card) = begun(&stage).await;
        let grant = of_sato(&stage).await;
        stage.go_to("2026-11-02");
        for (id, score) in [("r1", 1.0), ("r2", 2.0)] {
            answer(&stage, id, score).await;
        }
        score_all(&stage.app, stage.workspace).await.unwrap();
        let details = |page: &CardPage| -> Vec<Vec<String>> {
            let of =
                |c: &plays::CauseRow| c.figures.iter().map(|b| b.detail.clone()).filter(|d| !d.is_empty()).collect();
            page.causes.iter().filter(|c| c.rule == "detractor").map(of).collect()
        };
        assert_eq!(details(&open(&stage, card).await), [["1", "2"]], "{on:?}: both are told at once");

        // One more on the same day: the card tells all three, the newest first.
        answer(&stage, "r3", 3.0).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(details(&open(&stage, card).await), [["3", "1", "2"]], "{on:?}");

        // Closed as false, and another comes that day: a card of its own.
        plays::close_card(&stage.app, &grant, card, Outcome::FalseAlarm, "様子を見た").await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();
        let others = |cards: Vec<plays::CardRow>| cards.into_iter().filter(|c| c.id != card).collect::<Vec<_>>();
        let customer = open(&stage, card).await.row.customer_id.unwrap();
        let list = async || others(plays::list_cards_of(&stage.app, stage.workspace, customer).await.unwrap());
        assert!(list().await.is_empty(), "{on:?}: what was answered is not asked again");
        answer(&stage, "r4", 4.0).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let new = list().await;
        assert_eq!(new.len(), 1, "{on:?}");
        assert_eq!(details(&open(&stage, new[0].id).await)[0][0], "4", "{on:?}");

        // And nothing comes back on the days after.
        plays::close_card(&stage.app, &grant, new[0].id, Outcome::Solved, "様子を見た").await.unwrap();
        for day in ["2026-11-03", "2026-11-04", "2026-11-20"] {
            stage.go_to(day);
            score_all(&stage.app, stage.workspace).await.unwrap();
            let again = list().await.into_iter().filter(|c| c.id != new[0].id);
            for c in again {
                let causes = open(&stage, c.id).await.causes;
                assert!(causes.iter().all(|c| c.rule != "detractor"), "{on:?} {day}: {causes:?}");
            }
        }
    }
}
