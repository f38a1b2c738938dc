//! What a customer is after and works with: goal with target, day and state, purpose, challenges, environment.

use std::collections::HashMap;

use kizashi_app::access::{Action, Grant, Role, permit};
use kizashi_app::customers::{ListQuery, Moment, change_field, list_customers, list_fields, open_customer};
use kizashi_app::imports::{Report, begin_run, end_run, undo_import};
use kizashi_app::intake::{
    Origin, Received, keep_field_owner, keep_records, list_conflicts, list_coverage, settle_conflict,
};
use kizashi_app::records::export_records;
use kizashi_app::schedule::score_all;
use kizashi_app::search::{rebuild_index, search};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{CustomerRow, Record, RecordKind, Wish};
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

fn text(t: &str) -> Option<String> {
    Some(t.to_owned())
}

fn row(challenges: &str) -> CustomerRow {
    CustomerRow {
        external_id: "c1".into(),
        name: text("ミナト製作所"),
        goal: text("月次締めを早くする"),
        goal_target: text("10日から5日に"),
        goal_on: Some("2027-03-31".parse().unwrap()),
        goal_state: text("open"),
        purpose: text("経費精算の電子化"),
        challenges: text(challenges),
        environment: text("基幹は自社サーバー。情シス2名。"),
        ..CustomerRow::default()
    }
}

async fn bring(stage: &Stage, source: &str, row: CustomerRow) -> (u64, u64) {
    let received = [Received { at: stage.app.now(), assumed: false, record: Record::Customer(row) }];
    let kept = keep_records(&stage.app, stage.workspace, source, &received, false).await.unwrap();
    (kept.added + kept.changed, kept.same)
}

async fn find_id(stage: &Stage) -> Id<Customer> {
    score_all(&stage.app, stage.workspace).await.unwrap();
    let query = ListQuery { rows: 5, ..ListQuery::default() };
    list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id
}

async fn aims(stage: &Stage, id: Id<Customer>, as_of: Option<&str>) -> HashMap<String, String> {
    let moment = Moment { as_of: as_of.map(|day| day.parse().unwrap()), against: None };
    open_customer(&stage.app, stage.workspace, id, moment).await.unwrap().aims
}

#[tokio::test(flavor = "multi_thread")]
async fn aims_are_kept_with_their_versions_found_and_taken_along() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-20").await;
        assert_eq!(bring(&stage, "crm", row("紙の領収書が残る")).await, (1, 0), "{on:?}");
        assert_eq!(bring(&stage, "crm", row("紙の領収書が残る")).await, (0, 1), "the same again changes nothing");
        let id = find_id(&stage).await;
        stage.go_to("2026-11-24");
        assert_eq!(bring(&stage, "crm", row("承認に3日かかる")).await, (1, 0), "{on:?}");
        let now = aims(&stage, id, None).await;
        assert_eq!((now["challenges"].as_str(), now["goal_on"].as_str()), ("承認に3日かかる", "2027-03-31"), "{on:?}");
        assert_eq!(aims(&stage, id, Some("2026-11-22")).await["challenges"], "紙の領収書が残る", "{on:?}");

        // By hand: wrong words are refused, an empty field ends.
        let csm = stage.staff("csm", Role::Csm).await.viewer;
        let grant = permit(&csm, Action::Work).unwrap();
        for (name, value) in [("goal_state", "nearly"), ("goal_on", "soon"), ("purpose", "a\u{0}b")] {
            assert!(change_field(&stage.app, &grant, id, name, value).await.is_err(), "{name}");
        }
        change_field(&stage.app, &grant, id, "goal_state", "reached").await.unwrap();
        change_field(&stage.app, &grant, id, "goal_on", "").await.unwrap();
        change_field(&stage.app, &grant, id, "environment", "").await.unwrap();
        let now = aims(&stage, id, None).await;
        assert_eq!((now["goal_state"].as_str(), now.get("goal_on"), now.get("environment")), ("reached", None, None));
        let fields = list_fields(&stage.app, stage.workspace, id, None).await.unwrap();
        let challenges = fields.iter().find(|f| f.name == "challenges").unwrap();
        assert_eq!((challenges.value.as_str(), challenges.versions.len()), ("承認に3日かかる", 2), "{on:?}");

        let console = Grant::of_console(stage.workspace);
        let (found, _) = export_records(&stage.app, &console, RecordKind::Customers, None, None).await.unwrap();
        assert_eq!(found[0]["purpose"], "経費精算の電子化", "{on:?}");
        assert!(!found[0].contains_key("goal_on"), "{on:?} {found:?}");
        let covered = list_coverage(&stage.app, stage.workspace).await.unwrap();
        let of = |name: &str| covered.fields.iter().find(|f| f.field == name).unwrap().filled;
        assert_eq!((of("purpose"), of("environment"), of("goal_on")), (1, 0, 0), "{on:?}");

        // The search finds what holds now, also after the index was made anew.
        for _ in 0..2 {
            let hits = search(&stage.app, stage.workspace, "承認に").await.unwrap().aims;
            assert_eq!(hits.iter().map(|h| h.customer).collect::<Vec<_>>(), [id], "{on:?}");
            assert_eq!(search(&stage.app, stage.workspace, "月次締め").await.unwrap().aims.len(), 1, "{on:?}");
            assert!(search(&stage.app, stage.workspace, "紙の領収書").await.unwrap().aims.is_empty(), "{on:?}");
            rebuild_index(&stage.app, stage.workspace).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn aims_have_owners_and_go_back_with_their_import() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-20").await;
        bring(&stage, "crm", row("紙の領収書が残る")).await;
        let id = find_id(&stage).await;
        let manager = stage.staff("manager", Role::Manager).await.viewer;
        let grant = permit(&manager, Action::Configure).unwrap();
        for field in ["challenges", "goal_on"] {
            keep_field_owner(&stage.app, &grant, field, "crm").await.unwrap();
        }
        stage.go_to("2026-11-24");
        let other = CustomerRow { goal_on: Some("2027-06-30".parse().unwrap()), ..row("人手が足りない") };
        assert_eq!(bring(&stage, "excel", other).await, (0, 1), "{on:?}");
        assert_eq!(aims(&stage, id, None).await["challenges"], "紙の領収書が残る", "{on:?}");
        let mut told = list_conflicts(&stage.app, stage.workspace).await.unwrap();
        told.sort_by(|a, b| a.field.cmp(&b.field));
        let said: Vec<_> = told.iter().map(|c| (c.field.as_str(), c.offered.as_str())).collect();
        assert_eq!(said, [("challenges", "人手が足りない"), ("goal_on", "2027-06-30")], "{on:?}");
        let work = permit(&manager, Action::Work).unwrap();
        settle_conflict(&stage.app, &work, told[1].id, true).await.unwrap();
        assert_eq!(aims(&stage, id, None).await["goal_on"], "2027-06-30", "{on:?}");

        // An import of its owner, taken back.
        stage.go_to("2026-11-25");
        let wish = Wish { kind: Some(RecordKind::Customers), source: "crm".into(), ..Wish::default() };
        let run = begin_run(&stage.app, stage.workspace, &wish, "顧客.csv", 1).await.unwrap();
        let record = Record::Customer(row("承認に3日かかる"));
        let received = [Received { at: stage.app.now(), assumed: false, record }];
        let origin = Origin { source: "crm", run: Some(run), author: None };
        keep_records(&stage.app, stage.workspace, origin, &received, false).await.unwrap();
        end_run(&stage.app, stage.workspace, run, &Report::default()).await.unwrap();
        assert_eq!(aims(&stage, id, None).await["challenges"], "承認に3日かかる", "{on:?}");
        undo_import(&stage.app, &Grant::of_console(stage.workspace), run).await.unwrap();
        assert_eq!(aims(&stage, id, None).await["challenges"], "紙の領収書が残る", "{on:?}");
    }
}
