//! Customers of whom nothing was heard: no talk, no inquiry. They leave without asking.

use kizashi_app::customers::{ListQuery, Sort, list_customers};
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::schedule::score_all;
use kizashi_domain::intake::{ActivityRow, CustomerRow, Record, TicketRow};
use kizashi_domain::time::{Day, Time, Zone};
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

const TODAY: &str = "2026-10-30";

fn at(day: Day) -> Time {
    Zone::named("Asia/Tokyo").unwrap().start_of(day)
}

fn talk(stage: &Stage, of: &str, days: i32, kind: &str, direction: &str) -> Record {
    Record::Activity(ActivityRow {
        external_id: format!("{of}-{days}-{kind}-{direction}"),
        customer: of.into(),
        kind: kind.into(),
        direction: Some(direction.into()),
        at: at(stage.today().plus(-days)),
        subject: Some("定例".into()),
        ..ActivityRow::default()
    })
}

fn inquiry(stage: &Stage, of: &str, days: i32, direction: &str) -> Record {
    Record::Ticket(TicketRow {
        external_id: format!("{of}-{days}-{direction}"),
        customer: of.into(),
        direction: Some(direction.into()),
        opened_at: at(stage.today().plus(-days)),
        ..TicketRow::default()
    })
}

#[tokio::test]
async fn who_neither_talked_nor_asked_for_so_long_is_found_with_what_it_pays() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, TODAY).await;
        let today = stage.today();
        // Who it is, and since when a customer.
        let all = [
            ("talked", 400),
            ("edge", 400),
            ("past-edge", 400),
            ("asked", 400),
            ("only-called", 400),
            ("only-noted", 400),
            ("only-rung-up", 400),
            ("never", 400),
            ("new", 20),
            ("gone", 400),
        ];
        let mut records: Vec<Record> = all
            .iter()
            .map(|(name, since)| {
                Record::Customer(CustomerRow {
                    external_id: (*name).into(),
                    name: Some(format!("{name}商事")),
                    since: Some(today.plus(-since)),
                    churned_on: (*name == "gone").then(|| today.plus(-3)),
                    ..CustomerRow::default()
                })
            })
            .collect();
        records.extend(
            ["asked", "only-called", "only-noted", "only-rung-up", "gone"]
                .map(|of| talk(&stage, of, 100, "call", "in")),
        );
        records.extend([
            talk(&stage, "talked", 10, "meeting", "both"),
            talk(&stage, "edge", 60, "mail", "in"),
            talk(&stage, "past-edge", 61, "mail", "in"),
            talk(&stage, "only-called", 5, "call", "out"),
            talk(&stage, "only-noted", 5, "note", "in"),
            inquiry(&stage, "asked", 10, "in"),
            inquiry(&stage, "only-rung-up", 10, "out"),
        ]);
        let now = stage.app.now();
        let received: Vec<_> = records.into_iter().map(|record| Received { assumed: false, at: now, record }).collect();
        keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
        score_all(&stage.app, stage.workspace).await.unwrap();

        let ask = async |days: Option<i32>, sort: Sort, search: &str| {
            let query = ListQuery { silent_days: days, sort, search: search.into(), rows: 50, ..ListQuery::default() };
            let page = list_customers(&stage.app, stage.workspace, &query).await.unwrap();
            let mut names: Vec<String> = page.rows.into_iter().map(|row| row.external_id).collect();
            assert_eq!(usize::try_from(page.total).unwrap(), names.len(), "{on:?}: the count is that of the list");
            names.sort();
            names
        };
        let silent = ["never", "only-called", "only-noted", "only-rung-up", "past-edge"];
        for sort in Sort::ALL {
            assert_eq!(ask(Some(60), sort, "").await, silent, "{on:?}, {sort:?}");
            assert_eq!(ask(Some(60), sort, "only").await, silent[1..4], "{on:?}, {sort:?}");
        }
        assert_eq!(ask(None, Sort::Mrr, "").await.len(), 9, "{on:?}: all but the one that left");
        assert_eq!(ask(Some(180), Sort::Mrr, "").await, ["never"], "{on:?}");
        let mut by_30 = silent.map(str::to_owned).to_vec();
        by_30.insert(0, "edge".into());
        assert_eq!(ask(Some(30), Sort::Mrr, "").await, by_30, "{on:?}");
    }
}
