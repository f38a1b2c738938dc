//! Which source may write a field: others fill what is empty, and what they say instead is listed.

use kizashi_app::access::{Action, Role, permit};
use kizashi_app::customers::{ListQuery, change_field, list_customers, list_fields};
use kizashi_app::intake::{
    OWN_SOURCE, Received, keep_field_owner, keep_records, list_conflicts, list_coverage, settle_conflict,
};
use kizashi_app::schedule::score_all;
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{CustomerRow, Record};
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

async fn say(stage: &Stage, source: &str, region: &str, employees: Option<i64>) -> u64 {
    let row = CustomerRow {
        external_id: "c1".into(),
        name: Some("ミナト製作所".into()),
        region: Some(region.into()),
        employees,
        ..CustomerRow::default()
    };
    let received = [Received { at: stage.app.now(), assumed: false, record: Record::Customer(row) }];
    let kept = keep_records(&stage.app, stage.workspace, source, &received, false).await.unwrap();
    kept.added + kept.changed
}

async fn fields(stage: &Stage) -> (Id<Customer>, String, String) {
    let query = ListQuery { rows: 5, ..ListQuery::default() };
    let id = list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows[0].id;
    let fields = list_fields(&stage.app, stage.workspace, id, None).await.unwrap();
    let of = |name: &str| fields.iter().find(|f| f.name == name).unwrap().value.clone();
    (id, of("region"), of("employees"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_with_an_owner_is_filled_by_anybody_and_changed_by_its_owner_alone() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let manager = stage.staff("manager", Role::Manager).await.viewer;
        let grant = permit(&manager, Action::Configure).unwrap();
        say(&stage, "crm", "", None).await;
        say(&stage, "excel", "関西", Some(40)).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        keep_field_owner(&stage.app, &grant, "region", "crm").await.unwrap();
        keep_field_owner(&stage.app, &grant, "employees", OWN_SOURCE).await.unwrap();
        assert!(keep_field_owner(&stage.app, &grant, "region", "nobody").await.is_err());
        assert!(keep_field_owner(&stage.app, &grant, "churned_on", "crm").await.is_err());

        // Its owner changes it; another does not, and is listed once however often it says so.
        stage.go_to("2026-11-25");
        assert_eq!(say(&stage, "crm", "関東", None).await, 1, "{on:?}");
        for _ in 0..3 {
            assert_eq!(say(&stage, "excel", "関西", Some(55)).await, 0, "{on:?}");
        }
        let (id, region, employees) = fields(&stage).await;
        assert_eq!((region.as_str(), employees.as_str()), ("関東", "40"), "{on:?}");
        let mut told: Vec<_> = list_conflicts(&stage.app, stage.workspace).await.unwrap();
        told.sort_by(|a, b| a.field.cmp(&b.field));
        let said: Vec<_> = told.iter().map(|c| (c.field.as_str(), c.source.as_str(), c.offered.as_str())).collect();
        assert_eq!(said, [("employees", "excel", "55"), ("region", "excel", "関西")], "{on:?}");

        // By hand a field of another source is not changed, one's own is.
        let work = permit(&manager, Action::Work).unwrap();
        assert!(change_field(&stage.app, &work, id, "region", "東北").await.is_err());
        change_field(&stage.app, &work, id, "employees", "41").await.unwrap();

        // Taken over or left, each waits no more; said once more it stays so, something else asks again.
        settle_conflict(&stage.app, &work, told[1].id, true).await.unwrap();
        settle_conflict(&stage.app, &work, told[0].id, false).await.unwrap();
        assert!(settle_conflict(&stage.app, &work, told[0].id, true).await.is_err());
        let (_, region, employees) = fields(&stage).await;
        assert_eq!((region.as_str(), employees.as_str()), ("関西", "41"), "{on:?}");
        say(&stage, "excel", "関西", Some(55)).await;
        assert!(list_conflicts(&stage.app, stage.workspace).await.unwrap().is_empty(), "{on:?}");
        say(&stage, "excel", "関西", Some(60)).await;
        assert_eq!(list_conflicts(&stage.app, stage.workspace).await.unwrap().len(), 1, "{on:?}");
        // The owner's next word counts.
        say(&stage, "crm", "九州", None).await;
        assert_eq!(fields(&stage).await.1, "九州", "{on:?}");
        // Without an owner, whoever spoke last.
        keep_field_owner(&stage.app, &grant, "employees", "").await.unwrap();
        say(&stage, "excel", "関西", Some(60)).await;
        assert_eq!(fields(&stage).await.2, "60", "{on:?}");
    }
}

#[tokio::test]
async fn coverage_counts_those_who_are_served() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let row = |code: &str, region: Option<&str>, churned_on: Option<&str>| {
            Record::Customer(CustomerRow {
                external_id: code.into(),
                name: Some(format!("会社{code}")),
                region: region.map(str::to_owned),
                churned_on: churned_on.map(|day| day.parse().unwrap()),
                figures: if code == "a" { vec![("nps".into(), 8.0)] } else { vec![] },
                ..CustomerRow::default()
            })
        };
        let records =
            [row("a", Some("関東"), None), row("b", None, None), row("gone", Some("関西"), Some("2026-05-01"))];
        let received: Vec<Received> =
            records.into_iter().map(|record| Received { at: stage.app.now(), assumed: true, record }).collect();
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
        let found = list_coverage(&stage.app, stage.workspace).await.unwrap();
        let of = |name: &str| found.fields.iter().chain(&found.figures).find(|f| f.field == name).unwrap().filled;
        assert_eq!(found.customers, 2, "{on:?}");
        assert_eq!((of("name"), of("region"), of("industry"), of("nps")), (2, 1, 0, 1), "{on:?}");
        let region = found.fields.iter().find(|f| f.field == "region").unwrap();
        assert_eq!(region.sources, ["crm"], "{on:?}");
    }
}
