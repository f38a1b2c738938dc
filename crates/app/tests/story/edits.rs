//! Many customers changed at once, taken back at once; views that the team shares.

use kizashi_app::Error;
use kizashi_app::access::{Action, Grant, Role, permit};
use kizashi_app::customers::{ListQuery, ListRow, change_field, drop_view, keep_view, list_customers, list_views};
use kizashi_app::imports::{Chosen, Edit, keep_edit, list_imports, plan_edit, undo_import};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::schedule::score_all;
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

async fn with_customers(stage: &Stage, n: usize) {
    let at = stage.app.now();
    let record = |n: usize| {
        Record::Customer(CustomerRow {
            external_id: format!("c{n}"),
            name: Some(format!("会社{n:02}")),
            stage: Some(if n.is_multiple_of(3) { "adoption" } else { "onboarding" }.to_owned()),
            region: Some("関東".to_owned()),
            ..CustomerRow::default()
        })
    };
    let records: Vec<Received> = (0..n).map(|n| Received { at, assumed: true, record: record(n) }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &records, false).await.unwrap();
    score_all(&stage.app, stage.workspace).await.unwrap();
}

async fn all(stage: &Stage) -> Vec<ListRow> {
    let query = ListQuery { rows: 100, ..ListQuery::default() };
    let mut rows = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows;
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn edit(field: &str, value: &str) -> Edit {
    Edit { field: field.to_owned(), value: value.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_many_changes_what_was_seen_and_goes_back_as_a_whole() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        with_customers(&stage, 9).await;
        stage.go_to("2026-11-25");
        let csm = stage.staff("csm", Role::Csm).await.viewer;
        let grant = permit(&csm, Action::Work).unwrap();
        let onboarding = Chosen::All(Box::new(ListQuery { stage: "onboarding".into(), ..ListQuery::default() }));
        let wish = edit("stage", "adoption");
        let plan = plan_edit(&stage.app, &grant, &onboarding, &wish).await.unwrap();
        assert_eq!((plan.chosen, plan.changes.len()), (6, 6), "{on:?}");
        assert!(plan.changes.iter().all(|c| c.before == "onboarding"));
        // Not what was seen: nothing happens.
        assert!(keep_edit(&stage.app, &grant, &onboarding, &wish, 5).await.is_err());
        assert_eq!(all(&stage).await.iter().filter(|r| r.stage == "adoption").count(), 3);
        let (run, changed) = keep_edit(&stage.app, &grant, &onboarding, &wish, 6).await.unwrap();
        assert_eq!(changed, 6);
        let rows = all(&stage).await;
        assert!(rows.iter().all(|r| r.stage == "adoption" && r.region == "関東"), "{on:?} {rows:?}");
        // Once more there is nothing to change.
        let ids = Chosen::Ids(rows.iter().map(|r| r.id).collect());
        assert_eq!(plan_edit(&stage.app, &grant, &ids, &wish).await.unwrap().changes.len(), 0);
        // What somebody changed since stays when the rest goes back.
        stage.go_to("2026-11-26");
        change_field(&stage.app, &grant, rows[1].id, "stage", "renewal").await.unwrap();
        let undone = undo_import(&stage.app, &grant, run).await.unwrap();
        assert_eq!((undone.restored, undone.removed), (6, 0), "{on:?} {undone:?}");
        let stages: Vec<String> = all(&stage).await.into_iter().map(|r| r.stage).collect();
        let expected = [
            "adoption",
            "renewal",
            "onboarding",
            "adoption",
            "onboarding",
            "onboarding",
            "adoption",
            "onboarding",
            "onboarding",
        ];
        assert_eq!(stages, expected, "{on:?}");
        assert_eq!(list_imports(&stage.app, stage.workspace).await.unwrap()[0].staff.as_deref(), Some("csm"));
    }
}

#[tokio::test]
async fn an_edit_that_makes_no_sense_is_refused_and_changes_nothing() {
    let stage = Stage::set(BOTH[0], SAAS, "2026-11-24").await;
    with_customers(&stage, 3).await;
    let grant = Grant::of_console(stage.workspace);
    let before = format!("{:?}", all(&stage).await);
    let everybody = Chosen::All(Box::default());
    for (field, value) in
        [("owner", "nobody"), ("stage", "a\u{7}b"), ("name", "x"), ("mrr", "1"), ("region", &"あ".repeat(300))]
    {
        assert!(keep_edit(&stage.app, &grant, &everybody, &edit(field, value), 3).await.is_err(), "{field}");
    }
    let stranger = Chosen::Ids(vec![kizashi_domain::id::Id::from_uuid(uuid::Uuid::from_u128(7))]);
    let refused = keep_edit(&stage.app, &grant, &stranger, &edit("stage", "x"), 1).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
    assert_eq!(format!("{:?}", all(&stage).await), before);
}

#[tokio::test]
async fn a_shared_view_is_seen_by_all_and_removed_by_its_author_alone() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let (one, other) = (stage.staff("one", Role::Csm).await.viewer, stage.staff("other", Role::Csm).await.viewer);
        let grant = permit(&one, Action::Work).unwrap();
        keep_view(&stage.app, &grant, "大手", "segment=enterprise", true).await.unwrap();
        keep_view(&stage.app, &grant, "自分用", "stage=renewal", false).await.unwrap();
        let seen = list_views(&stage.app, &other).await.unwrap();
        let told: Vec<_> = seen.iter().map(|v| (v.name.as_str(), v.by.as_deref())).collect();
        assert_eq!(told, [("大手", Some("one"))], "{on:?}");
        let theirs = permit(&other, Action::Work).unwrap();
        assert!(drop_view(&stage.app, &theirs, seen[0].id).await.is_err());
        assert_eq!(list_views(&stage.app, &one).await.unwrap().len(), 2);
        // Kept again for oneself alone, nobody else sees it.
        keep_view(&stage.app, &grant, "大手", "segment=enterprise", false).await.unwrap();
        assert!(list_views(&stage.app, &other).await.unwrap().is_empty());
    }
}
