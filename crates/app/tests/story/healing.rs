//! How cards end by themselves, and what keeps them from it.

use kizashi_app::access::Role;
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::notices::list_notices;
use kizashi_app::plays::{self, CardRow, CardState, Outcome};
use kizashi_app::schedule::{Schedule, score_all};
use kizashi_app::settings::{keep_pack, open_settings};
use kizashi_domain::intake::{CustomerRow, Record, ResponseRow};
use kizashi_domain::time::Day;

use crate::attention::{risks, set, work};
use crate::{BOTH, log_in};

#[tokio::test]
async fn what_nobody_touched_ends_by_itself_and_what_somebody_touched_is_proposed() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["alone", "cared"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let find = |name: &str, rows: &[CardRow]| rows.iter().find(|c| c.subject == name).unwrap().id;
        let rows = risks(&stage).await;
        let (alone, cared) = (find("alone", &rows), find("cared", &rows));
        plays::note_card(&stage.app, &work(&viewer), cared, "電話しました").await.unwrap();
        let first = stage.today().0;
        for day in (first..first + 120).step_by(3) {
            for name in ["alone", "cared"] {
                log_in(&stage, name, day..=day + 2, 10).await;
            }
            stage.go_to(&Day(day + 3).to_string());
            score_all(&stage.app, stage.workspace).await.unwrap();
            let state = plays::open_card(&stage.app, stage.workspace, alone).await.unwrap().row.state;
            if state == CardState::Closed {
                break;
            }
        }
        let alone = plays::open_card(&stage.app, stage.workspace, alone).await.unwrap();
        assert_eq!((alone.row.state, alone.row.outcome), (CardState::Closed, Some(Outcome::Recovered)), "{on:?}");
        assert_eq!(alone.steps[0].step, "recovered");
        assert_eq!(alone.steps[0].staff, None);
        let cared = plays::open_card(&stage.app, stage.workspace, cared).await.unwrap();
        assert_eq!((cared.row.state, cared.row.is_over), (CardState::New, true), "{on:?}");
    }
}

#[tokio::test]
async fn what_would_end_today_stays_when_something_new_fires_today() {
    for on in BOTH {
        let (stage, _) = set(on, &["a"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let limit = i64::from(settings.pack.cards.healthy_days);
        let card = risks(&stage).await.remove(0).id;
        let first = stage.today().0;
        let mut day = first;
        // Every day is used well until one day is left before it would end.
        while plays::open_card(&stage.app, stage.workspace, card).await.unwrap().row.healthy_days < limit - 1 {
            log_in(&stage, "a", day..=day, 10).await;
            day += 1;
            assert!(day < first + 120, "{on:?}: never healthy");
            stage.go_to(&Day(day).to_string());
            score_all(&stage.app, stage.workspace).await.unwrap();
        }
        stage.go_to(&Day(day + 1).to_string());
        let response = ResponseRow {
            external_id: "r1".into(),
            customer: "a".into(),
            contact: None,
            survey: "nps".into(),
            score: Some(1.0),
            comment: None,
            at: stage.app.now(),
        };
        let received = [Received { assumed: false, at: stage.app.now(), record: Record::Response(response) }];
        keep_records(&stage.app, stage.workspace, "survey", &received, false).await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();
        let page = plays::open_card(&stage.app, stage.workspace, card).await.unwrap();
        assert!(page.causes.iter().any(|c| c.rule == "detractor"), "{on:?}: it joined the card");
        assert_eq!((page.row.state, page.row.healthy_days), (CardState::New, 0), "{on:?}");
    }
}

#[tokio::test]
async fn a_rule_that_is_taken_out_and_put_back_knows_what_it_knew() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["open", "closed"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let rows = risks(&stage).await;
        let find = |name: &str| rows.iter().find(|c| c.subject == name).unwrap().id;
        let (open, closed) = (find("open"), find("closed"));
        plays::close_card(&stage.app, &work(&viewer), closed, Outcome::Solved, "話した").await.unwrap();
        let causes = plays::open_card(&stage.app, stage.workspace, open).await.unwrap().causes.len();
        let settings = open_settings(&stage.app, stage.workspace).await.unwrap();
        let whole = settings.pack.clone();
        let mut without = whole.clone();
        without.signals.retain(|rule| rule.card != kizashi_domain::signals::CardKind::Risk);
        for (day, pack) in (0..20).map(|n| (n, if n == 3 { Some(&without) } else { (n == 5).then_some(&whole) })) {
            let day = stage.today().0 + i32::from(day > 0);
            stage.go_to(&Day(day).to_string());
            if let Some(pack) = pack {
                let version = open_settings(&stage.app, stage.workspace).await.unwrap().version;
                keep_pack(&stage.app, &stage.console(), version, pack, "試す").await.unwrap();
            }
            for name in ["open", "closed"] {
                log_in(&stage, name, day - 1..=day - 1, 1).await;
            }
            score_all(&stage.app, stage.workspace).await.unwrap();
        }
        let page = plays::open_card(&stage.app, stage.workspace, open).await.unwrap();
        assert_eq!((page.row.state, page.row.healthy_days), (CardState::New, 0), "{on:?}: it still holds");
        assert_eq!(page.causes.len(), causes, "{on:?}: nothing fired once more");
        let again = risks(&stage).await;
        assert!(again.iter().all(|c| c.subject == "open"), "{on:?}: what was closed stays closed: {again:?}");
    }
}

#[tokio::test]
async fn nobody_is_asked_for_work_about_a_customer_that_left() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["alone", "cared", "stays"]).await;
        let boss = stage.staff("boss", Role::Manager).await.viewer;
        let mut schedule = Schedule::default();
        schedule.turn(&stage.app, stage.workspace).await.unwrap();
        let rows = risks(&stage).await;
        let find = |name: &str| rows.iter().find(|c| c.subject == name).unwrap().id;
        plays::note_card(&stage.app, &work(&viewer), find("cared"), "電話しました").await.unwrap();
        let left = |name: &str| {
            let row = CustomerRow {
                external_id: name.into(),
                churned_on: Some("2026-10-29".parse().unwrap()),
                ..CustomerRow::default()
            };
            Received { assumed: false, at: stage.app.now(), record: Record::Customer(row) }
        };
        keep_records(&stage.app, stage.workspace, "crm", &[left("alone"), left("cared")], false).await.unwrap();
        for _ in 0..4 {
            schedule.turn(&stage.app, stage.workspace).await.unwrap();
        }
        let alone = plays::open_card(&stage.app, stage.workspace, find("alone")).await.unwrap();
        assert_eq!((alone.row.state, alone.row.outcome), (CardState::Closed, Some(Outcome::Unsolved)), "{on:?}");
        assert_eq!((alone.steps[0].step.as_str(), alone.steps[0].staff.as_deref()), ("left", None));
        let runs = plays::list_runs_of_card(&stage.app, stage.workspace, find("alone")).await.unwrap();
        assert!(runs.iter().all(|run| run.ended.is_some()), "{on:?}: {runs:?}");
        // What somebody touched is theirs to close; nobody is told that it is late.
        stage.go_to("2026-11-20");
        for _ in 0..4 {
            schedule.turn(&stage.app, stage.workspace).await.unwrap();
        }
        let cared = plays::open_card(&stage.app, stage.workspace, find("cared")).await.unwrap();
        assert_eq!(cared.row.state, CardState::New, "{on:?}");
        assert_eq!(cared.row.leaves_on, Some("2026-10-29".parse().unwrap()));
        let told = list_notices(&stage.app, &boss, None).await.unwrap().0;
        let told: Vec<String> = told.iter().map(|n| format!("{:?}", n.content)).collect();
        assert!(told.iter().any(|t| t.contains("stays")), "{on:?}: {told:?}");
        assert!(!told.iter().any(|t| t.contains("cared") || t.contains("alone")), "{on:?}: {told:?}");
    }
}

#[tokio::test]
async fn what_goes_on_after_its_card_was_closed_is_listed_until_it_is_over() {
    for on in BOTH {
        let (stage, viewer) = set(on, &["tried", "wrong", "open"]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let rows = risks(&stage).await;
        let find = |name: &str| rows.iter().find(|c| c.subject == name).unwrap().id;
        let lasting = async || {
            let page = plays::open_quiet(&stage.app, stage.workspace, None, 8, (0, false)).await.unwrap();
            page.lasting.into_iter().map(|sign| (sign.name, sign.outcome)).collect::<Vec<_>>()
        };
        assert!(lasting().await.is_empty(), "{on:?}: all is open");
        plays::close_card(&stage.app, &work(&viewer), find("tried"), Outcome::Unsolved, "会えなかった").await.unwrap();
        plays::close_card(&stage.app, &work(&viewer), find("wrong"), Outcome::FalseAlarm, "季節の波").await.unwrap();
        let listed = lasting().await;
        assert!(
            !listed.is_empty() && listed.iter().all(|s| *s == ("tried".into(), Outcome::Unsolved)),
            "{on:?}: {listed:?}"
        );
        // Opened again it is work, and no more among what was kept quiet.
        plays::reopen_card(&stage.app, &work(&viewer), find("tried")).await.unwrap();
        assert!(lasting().await.is_empty(), "{on:?}");
    }
}
