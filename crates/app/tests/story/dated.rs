//! Steps that are dated back from a contract, from the file to the page.

use kizashi_app::intake::{Received, keep_records};
use kizashi_app::plays::{self, RunPage};
use kizashi_app::schedule::Schedule;
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::intake::{ContractRow, CustomerRow, Record};
use kizashi_domain::plays::Dating;
use kizashi_domain::time::Day;
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

const RENEW: &str = r#"
[[play]]
id = "renew"
title = "renew"
what = "renew"
due_business_days = 60

[[play.step]]
id = "results"
title = "results"
due_before = { date = "notice_deadline", business_days = 10 }
due_business_days = 3

[[play.step]]
id = "hand_in"
title = "hand in"
after = []
due_before = { date = "contract_end", business_days = 5 }
"#;

pub(crate) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(crate) async fn keep(stage: &Stage, record: Record) {
    let received = [Received { at: stage.app.now(), assumed: false, record }];
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
}

pub(crate) async fn sign(stage: &Stage, customer: &str, notice_days: i64) {
    let row = ContractRow {
        external_id: format!("contract of {customer}"),
        customer: customer.to_owned(),
        start: Some(day("2026-04-01")),
        end: Some(day("2027-03-31")),
        notice_days: Some(notice_days),
        ..ContractRow::default()
    };
    keep(stage, Record::Contract(row)).await;
}

async fn settle(stage: &Stage) {
    let mut schedule = Schedule::default();
    for _ in 0..20 {
        if !schedule.turn(&stage.app, stage.workspace).await.unwrap() {
            return;
        }
    }
    panic!("the jobs never come to rest");
}

pub(crate) async fn find(stage: &Stage, code: &str) -> Id<Customer> {
    let query = kizashi_app::customers::ListQuery { rows: 50, ..Default::default() };
    let rows = kizashi_app::customers::list_customers(&stage.app, stage.workspace, &query).await.unwrap().rows;
    rows.into_iter().find(|r| r.external_id == code).unwrap().id
}

async fn begin(stage: &Stage, code: &str) -> uuid::Uuid {
    plays::start_run(&stage.app, &stage.console(), find(stage, code).await, "renew").await.unwrap()
}

async fn page(stage: &Stage, run: uuid::Uuid) -> RunPage {
    plays::open_run(&stage.app, stage.workspace, run).await.unwrap()
}

/// Due day of a step, and how it came about.
fn due(page: &RunPage, at: usize) -> (Day, Option<Dating>) {
    (page.steps[at].state.due_on.unwrap(), page.steps[at].dating)
}

#[tokio::test]
async fn an_open_step_follows_the_contract_and_a_person_has_the_last_word_until_it_moves_again() {
    for on in BOTH {
        let stage = Stage::set(on, &format!("{SAAS}\n{RENEW}"), "2026-11-24").await;
        for id in ["acme", "loose", "late"] {
            let row = CustomerRow { external_id: id.into(), name: Some(id.into()), ..CustomerRow::default() };
            keep(&stage, Record::Customer(row)).await;
        }
        sign(&stage, "acme", 60).await;
        settle(&stage).await;
        let (acme, loose) = (begin(&stage, "acme").await, begin(&stage, "loose").await);
        // 60 days before 31 March is a Saturday; the deadline is the Friday before it.
        let dated = page(&stage, acme).await;
        assert_eq!(due(&dated, 0), (day("2027-01-15"), Some(Dating::Kept(day("2027-01-29")))), "{on:?}");
        assert_eq!(due(&dated, 1), (day("2027-03-24"), Some(Dating::Kept(day("2027-03-31")))), "{on:?}");
        let plain = page(&stage, loose).await;
        assert_eq!(due(&plain, 0), (day("2026-11-27"), Some(Dating::Unknown)), "{on:?}");
        assert_eq!(due(&plain, 1).1, Some(Dating::Unknown), "{on:?}");
        assert_eq!(due(&plain, 1).0, plain.row.due_day, "with the play");

        // Ninety days of notice: the last business day of the year, and ten before that one.
        sign(&stage, "acme", 90).await;
        settle(&stage).await;
        let moved = page(&stage, acme).await;
        assert_eq!(due(&moved, 0), (day("2026-12-14"), Some(Dating::Kept(day("2026-12-28")))), "{on:?}");
        assert_eq!(due(&moved, 1), due(&dated, 1), "{on:?}: the end of the contract stays");
        assert_eq!(moved.row.next_due, Some(day("2026-12-14")), "{on:?}: lists know of it");

        plays::shift_run(&stage.app, &stage.console(), acme, 2, None).await.unwrap();
        settle(&stage).await;
        kizashi_app::schedule::score_all(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(due(&page(&stage, acme).await, 0), (day("2026-12-16"), Some(Dating::Moved(day("2026-12-14")))));
        sign(&stage, "acme", 60).await;
        settle(&stage).await;
        assert_eq!(due(&page(&stage, acme).await, 0).0, day("2027-01-15"), "{on:?}");

        // A deadline becomes known; and a play that begins too late for it.
        sign(&stage, "loose", 60).await;
        sign(&stage, "late", 90).await;
        stage.go_to("2026-12-21");
        settle(&stage).await;
        assert_eq!(due(&page(&stage, loose).await, 0).0, day("2027-01-15"), "{on:?}");
        let late = begin(&stage, "late").await;
        assert_eq!(due(&page(&stage, late).await, 0), (day("2026-12-21"), Some(Dating::TooLate(day("2026-12-14")))));
    }
}
