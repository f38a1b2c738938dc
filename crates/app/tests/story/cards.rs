use kizashi_app::access::{Action, Role, permit};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::plays::{self, CardQuery, CardState, Outcome};
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_app::today::open_today;
use kizashi_app::{Error, Refused};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_domain::signals::{CardKind, WhyQuiet};
use kizashi_domain::time::Day;
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS, log_in};

const TODAY: &str = "2026-10-30";

/// Two customers: one goes on as before, of the other one person of ten is left since two weeks.
async fn set(on: kizashi_testkit::On) -> Stage {
    let stage = Stage::set(on, SAAS, TODAY).await;
    let at = stage.app.now();
    let customer = |id: &str, name: &str| Received {
        assumed: false,
        at,
        record: Record::Customer(CustomerRow {
            external_id: id.to_owned(),
            name: Some(name.to_owned()),
            stage: Some("adoption".to_owned()),
            since: Some("2025-04-01".parse().unwrap()),
            owner: Some("sato@shiken.example".to_owned()),
            ..CustomerRow::default()
        }),
    };
    stage.staff("sato", Role::Csm).await;
    let records = [customer("steady", "変わらず商事"), customer("falling", "減りゆく商事")];
    keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
    let today = stage.today().0;
    log_in(&stage, "steady", today - 150..=today - 1, 10).await;
    log_in(&stage, "falling", today - 150..=today - 22, 10).await;
    log_in(&stage, "falling", today - 21..=today - 1, 1).await;
    stage
}

fn open() -> CardQuery {
    CardQuery { rows: 50, ..CardQuery::default() }
}

#[tokio::test]
async fn a_fall_becomes_one_card_that_says_what_when_who_and_why_and_is_never_doubled() {
    for on in BOTH {
        let stage = set(on).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let cards = plays::list_cards(&stage.app, stage.workspace, &open()).await.unwrap().rows;
        let risks: Vec<_> = cards.iter().filter(|c| c.kind == CardKind::Risk).collect();
        assert_eq!(risks.len(), 1, "{on:?}: {:?}", cards.iter().map(|c| (&c.subject, &c.title.ja)).collect::<Vec<_>>());
        let card = risks[0];
        assert_eq!(card.subject, "減りゆく商事");
        assert_eq!(card.owner.as_deref(), Some("sato"));
        assert!(card.due_day > stage.today());
        for lang in [&card.what, &card.title] {
            assert!(!lang.ja.is_empty() && !lang.en.is_empty());
        }
        assert!(!card.why.is_empty());

        // The same day again, and the days after: the same card.
        score_all(&stage.app, stage.workspace).await.unwrap();
        stage.go_to("2026-10-31");
        score_all(&stage.app, stage.workspace).await.unwrap();
        stage.go_to("2026-11-02");
        score_all(&stage.app, stage.workspace).await.unwrap();
        let after = plays::list_cards(&stage.app, stage.workspace, &open()).await.unwrap().rows;
        let after: Vec<_> = after.iter().filter(|c| c.kind == CardKind::Risk && c.subject == "減りゆく商事").collect();
        assert_eq!(after.len(), 1, "{on:?}");
        assert_eq!(after[0].id, card.id);
    }
}

#[tokio::test]
async fn a_card_is_taken_put_off_closed_with_an_outcome_and_reopened() {
    for on in BOTH {
        let stage = set(on).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let viewer = stage.staff("tanaka", Role::Csm).await.viewer;
        let grant = permit(&viewer, Action::Work).unwrap();
        let list = plays::list_cards(&stage.app, stage.workspace, &open()).await.unwrap();
        let card = list.rows.iter().find(|c| c.kind == CardKind::Risk).unwrap().id;
        let state = async || plays::open_card(&stage.app, stage.workspace, card).await.unwrap();

        plays::take_card(&stage.app, &grant, card).await.unwrap();
        let page = state().await;
        assert_eq!((page.row.state, page.row.owner.as_deref()), (CardState::Taken, Some("tanaka")));
        let late = Day(stage.today().0 + 400);
        let refused = plays::snooze_card(&stage.app, &grant, card, late, "").await;
        assert!(matches!(refused, Err(Error::Refused(Refused::Field { field: "until", .. }))), "{refused:?}");
        plays::snooze_card(&stage.app, &grant, card, stage.today().plus(3), "出張中").await.unwrap();
        let today = open_today(&stage.app, &viewer).await.unwrap();
        assert!(today.cards.iter().all(|c| c.id != card), "put off, so not among today's");
        assert!(
            today.quiet.iter().any(|q| q.row.id == card && matches!(q.why, WhyQuiet::Later(_))),
            "but listed with its reason"
        );

        plays::close_card(&stage.app, &grant, card, Outcome::Solved, "面談し再教育を約束").await.unwrap();
        let page = state().await;
        assert_eq!((page.row.state, page.row.outcome), (CardState::Closed, Some(Outcome::Solved)));
        let twice = plays::close_card(&stage.app, &grant, card, Outcome::FalseAlarm, "様子を見た").await;
        assert!(matches!(twice, Err(Error::Refused(Refused::Changed))), "{twice:?}");
        // What was answered is not asked again while it lasts.
        score_all(&stage.app, stage.workspace).await.unwrap();
        let again = plays::list_cards(&stage.app, stage.workspace, &open()).await.unwrap().rows;
        assert!(again.iter().all(|c| c.kind != CardKind::Risk), "{on:?}");

        plays::reopen_card(&stage.app, &grant, card).await.unwrap();
        let page = state().await;
        assert_eq!((page.row.state, page.row.outcome), (CardState::Taken, None));
        let steps: Vec<_> = page.steps.iter().rev().map(|s| s.step.as_str()).collect();
        assert_eq!(steps, ["opened", "taken", "snoozed", "closed", "reopened"], "{on:?}");
    }
}

#[tokio::test]
async fn fifty_people_close_one_card_and_one_wins() {
    for on in BOTH {
        let stage = set(on).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let viewer = stage.staff("tanaka", Role::Csm).await.viewer;
        let grant = permit(&viewer, Action::Work).unwrap();
        let card = plays::list_cards(&stage.app, stage.workspace, &open()).await.unwrap().rows[0].id;
        let tries = (0..50).map(|_| {
            let (app, grant) = (stage.app.clone(), grant.clone());
            tokio::spawn(async move {
                plays::close_card(&app, &grant, card, Outcome::Solved, "様子を見た").await.is_ok()
            })
        });
        let mut won = 0;
        for one in tries.collect::<Vec<_>>() {
            won += usize::from(one.await.unwrap());
        }
        assert_eq!(won, 1, "{on:?}");
    }
}

/// A feed that is cut raises one card for the data, none for its customers.
#[tokio::test]
async fn a_silent_feed_is_one_card_for_the_admin_and_none_for_customers() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, TODAY).await;
        stage.staff("boss", Role::Admin).await;
        let today = stage.today().0;
        let names = ["a", "b", "c"];
        let at = stage.app.now();
        let since = Some("2025-04-01".parse().unwrap());
        let records = names.map(|n| Received {
            assumed: false,
            at,
            record: Record::Customer(CustomerRow { external_id: n.to_owned(), since, ..CustomerRow::default() }),
        });
        keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
        for name in names {
            log_in(&stage, name, today - 150..=today - 8, 6).await;
        }
        score_all(&stage.app, stage.workspace).await.unwrap();
        let cards = plays::list_cards(&stage.app, stage.workspace, &open()).await.unwrap().rows;
        let told: Vec<_> = cards.iter().map(|c| (c.kind, c.subject.as_str(), c.owner.as_deref())).collect();
        assert_eq!(told, [(CardKind::Data, "product", Some("boss"))], "{on:?}");
    }
}

/// An event that comes in is seen in the score of its customer after a turn of the jobs, and only that customer is scored.
#[tokio::test]
async fn new_facts_are_scored_and_new_customers_are_made() {
    for on in BOTH {
        let stage = set(on).await;
        let mut schedule = Schedule::default();
        assert!(schedule.turn(&stage.app, stage.workspace).await.unwrap(), "the first turn scores everybody");
        assert!(!schedule.turn(&stage.app, stage.workspace).await.unwrap(), "nothing is left to do");
        let today = stage.today().0;
        log_in(&stage, "unheard-of", today..=today, 2).await;
        assert!(schedule.turn(&stage.app, stage.workspace).await.unwrap());
        let found = kizashi_app::search::search(&stage.app, stage.workspace, "unheard").await.unwrap().customers;
        assert_eq!(found.len(), 1, "{on:?}");
        assert!(found[0].band.is_some(), "and it has a verdict");
        assert!(!schedule.turn(&stage.app, stage.workspace).await.unwrap());
    }
}
