//! Numbers, days, figures and owners that a person empties: they end from today, what was said before stays, and they come back.

use kizashi_app::access::{Action, Grant, Role, permit};
use kizashi_app::customers::{FieldView, ListQuery, change_field, list_customers, list_fields};
use kizashi_app::imports::{Chosen, Edit, keep_edit, undo_import};
use kizashi_app::intake::{Received, keep_records, list_coverage};
use kizashi_app::records::export_records;
use kizashi_app::schedule::score_all;
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{CustomerRow, Record, RecordKind};
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

async fn bring(stage: &Stage) -> u64 {
    let row = CustomerRow {
        external_id: "c1".into(),
        name: Some("ミナト製作所".into()),
        employees: Some(40),
        since: Some("2024-04-01".parse().unwrap()),
        churned_on: Some("2027-03-31".parse().unwrap()),
        figures: vec![("nps".into(), 8.0)],
        ..CustomerRow::default()
    };
    let received = [Received { at: stage.app.now(), assumed: false, record: Record::Customer(row) }];
    let kept = keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    kept.added + kept.changed
}

async fn fields(stage: &Stage, id: Id<Customer>, as_of: Option<&str>) -> Vec<FieldView> {
    list_fields(&stage.app, stage.workspace, id, as_of.map(|day| day.parse().unwrap())).await.unwrap()
}

fn says(fields: &[FieldView], name: &str) -> String {
    fields.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no field {name}")).value.clone()
}

const NAMES: [&str; 4] = ["employees", "since", "churned_on", "nps"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_emptied_ends_today_stays_in_the_history_and_comes_back() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-20").await;
        assert_eq!(bring(&stage).await, 1);
        score_all(&stage.app, stage.workspace).await.unwrap();
        let query = ListQuery { rows: 5, ..ListQuery::default() };
        let id = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
        let csm = stage.staff("csm", Role::Csm).await.viewer;
        let grant = permit(&csm, Action::Work).unwrap();
        let given = ["40", "2024-04-01", "2027-03-31", "8"];
        let now = fields(&stage, id, None).await;
        assert_eq!(NAMES.map(|name| says(&now, name)), given, "{on:?}");
        assert!(NAMES.iter().all(|name| now.iter().any(|f| f.name == *name && f.is_open)), "{on:?}");

        stage.go_to("2026-11-24");
        for name in NAMES {
            change_field(&stage.app, &grant, id, name, " ").await.unwrap();
        }
        let emptied = fields(&stage, id, None).await;
        assert_eq!(NAMES.map(|name| says(&emptied, name)), ["", "", "", ""], "{on:?}");
        // As it was known before, and in the versions.
        let then = fields(&stage, id, Some("2026-11-21")).await;
        assert_eq!(NAMES.map(|name| says(&then, name)), given, "{on:?}");
        for (name, value) in NAMES.into_iter().zip(given) {
            let field = emptied.iter().find(|f| f.name == name).unwrap();
            assert!(field.versions.iter().any(|v| v.value == value), "{on:?} {name}");
            assert_eq!(field.versions.iter().find(|v| v.value.is_empty()).unwrap().who.as_deref(), Some("csm"));
        }
        let (found, _) =
            export_records(&stage.app, &Grant::of_console(stage.workspace), RecordKind::Customers, None, None)
                .await
                .unwrap();
        assert!(["employees", "since", "churned_on"].iter().all(|name| !found[0].contains_key(*name)), "{found:?}");
        let covered = list_coverage(&stage.app, stage.workspace).await.unwrap();
        assert!(covered.figures.iter().all(|f| f.field != "nps"), "{on:?} {covered:?}");
        // Emptying it once more is nothing new.
        change_field(&stage.app, &grant, id, "nps", "").await.unwrap();
        let again = fields(&stage, id, None).await;
        let count = |all: &[FieldView]| all.iter().find(|f| f.name == "nps").unwrap().versions.len();
        assert_eq!(count(&again), count(&emptied), "{on:?}");

        // Whoever brings it again is heard, once.
        stage.go_to("2026-11-25");
        assert_eq!(bring(&stage).await, 1, "{on:?}");
        let back = fields(&stage, id, None).await;
        assert_eq!(NAMES.map(|name| says(&back, name)), given, "{on:?}");
        assert_eq!(bring(&stage).await, 0, "{on:?}");
        // By hand too, with another value; an earlier first day is the first day.
        stage.go_to("2026-11-26");
        change_field(&stage.app, &grant, id, "since", "2023-04-01").await.unwrap();
        change_field(&stage.app, &grant, id, "nps", "9.5").await.unwrap();
        let changed = fields(&stage, id, None).await;
        assert_eq!((says(&changed, "since").as_str(), says(&changed, "nps").as_str()), ("2023-04-01", "9.5"), "{on:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_emptied_or_read_is_refused() {
    let stage = Stage::set(BOTH[0], SAAS, "2026-11-24").await;
    bring(&stage).await;
    score_all(&stage.app, stage.workspace).await.unwrap();
    let query = ListQuery { rows: 5, ..ListQuery::default() };
    let id = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
    let grant = Grant::of_console(stage.workspace);
    for (name, value) in [
        ("name", ""),
        ("nps", "eight"),
        ("nps", "1e400"),
        ("nps", "NaN"),
        ("mrr", ""),
        ("open_deals", "1"),
        ("never_seen", ""),
        ("never_seen", "3"),
        ("churned_on", "tomorrow"),
        ("employees", "-1"),
        ("x'; DROP TABLE customer", ""),
    ] {
        assert!(change_field(&stage.app, &grant, id, name, value).await.is_err(), "{name} = {value}");
    }
    let now = fields(&stage, id, None).await;
    assert_eq!(says(&now, "nps"), "8");
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_of_many_are_emptied_and_come_back_together() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let csm = stage.staff("csm", Role::Csm).await.viewer;
        let grant = permit(&csm, Action::Work).unwrap();
        bring(&stage).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let all = Chosen::All(Box::default());
        let owner = |value: String| Edit { field: "owner".into(), value };
        keep_edit(&stage.app, &grant, &all, &owner(csm.staff.to_string()), 1).await.unwrap();
        stage.go_to("2026-11-25");
        let (run, _) = keep_edit(&stage.app, &grant, &all, &owner(String::new()), 1).await.unwrap();
        let query = ListQuery { rows: 5, ..ListQuery::default() };
        let read =
            || async { list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].owner.clone() };
        assert_eq!(read().await, None, "{on:?}");
        assert_eq!(undo_import(&stage.app, &grant, run).await.unwrap().restored, 1, "{on:?}");
        assert_eq!(read().await.as_deref(), Some("csm"), "{on:?}");
    }
}
