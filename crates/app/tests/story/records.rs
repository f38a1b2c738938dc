use kizashi_app::customers::{ListQuery, Moment, Sort, list_customers, open_customer};
use kizashi_app::intake::{Kept, Received, keep_records};
use kizashi_app::schedule::score_all;
use kizashi_domain::intake::{ActivityRow, ContactRow, ContractRow, CustomerRow, Record, TicketRow};
use kizashi_domain::money::Money;
use kizashi_domain::time::Day;
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn text(t: &str) -> Option<String> {
    Some(t.to_owned())
}

fn minato(stage: &Stage) -> Vec<Record> {
    vec![
        Record::Customer(CustomerRow {
            external_id: "c1".into(),
            name: text("株式会社ミナト製作所"),
            reading: text("ミナトセイサクショ"),
            stage: text("adoption"),
            since: Some(day("2025-04-01")),
            figures: vec![("nps".into(), 8.0)],
            ..CustomerRow::default()
        }),
        Record::Contact(ContactRow {
            external_id: "p1".into(),
            customer: "c1".into(),
            name: text("高橋 蓮"),
            role: text("champion"),
            ..ContactRow::default()
        }),
        Record::Contract(ContractRow {
            external_id: "k1".into(),
            customer: "c1".into(),
            plan: text("Standard"),
            seats: Some(20),
            amount: Some(Money::yen(5_040_000)),
            months: Some(12),
            start: Some(day("2026-01-01")),
            auto_renew: Some(true),
            notice_days: Some(60),
            ..ContractRow::default()
        }),
        Record::Activity(ActivityRow {
            external_id: "a1".into(),
            customer: "c1".into(),
            contact: text("p1"),
            kind: "meeting".into(),
            at: Stage::morning(&stage.zone, "2026-11-20"),
            subject: text("定例会"),
            ..ActivityRow::default()
        }),
        Record::Ticket(TicketRow {
            external_id: "t1".into(),
            customer: "c2".into(),
            subject: text("ログインできない"),
            opened_at: Stage::morning(&stage.zone, "2026-11-19"),
            ..TicketRow::default()
        }),
    ]
}

async fn keep(stage: &Stage, records: Vec<Record>) -> Kept {
    let at = stage.app.now();
    let received: Vec<Received> = records.into_iter().map(|record| Received { at, assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap()
}

#[tokio::test]
async fn the_same_records_twice_change_nothing() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        assert_eq!(keep(&stage, minato(&stage)).await, Kept { added: 5, ..Kept::default() }, "{on:?}");
        let events = stage.history.len();
        assert!(events >= 3, "a meeting, its two-way contact and a ticket became events: {events}");
        stage.go_to("2026-11-25");
        assert_eq!(keep(&stage, minato(&stage)).await, Kept { same: 5, ..Kept::default() }, "{on:?}");
        assert_eq!(stage.history.len(), events);
    }
}

#[tokio::test]
async fn a_contract_gives_mrr_notice_deadline_and_a_later_version_keeps_the_old_one() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        keep(&stage, minato(&stage)).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let query = ListQuery { search: "みなと".into(), rows: 10, ..ListQuery::default() };
        let page = list_customers(&stage.app, stage.workspace, &query).await.unwrap();
        let row = &page.rows[0];
        assert_eq!((page.total, row.mrr), (1, Some(Money::yen(420_000))));
        // 60 days before 2026-12-31 is Sunday 1 November; the business day before is Friday 30 October.
        assert_eq!((row.end_day, row.notice_on), (Some(day("2026-12-31")), Some(day("2026-10-30"))));

        stage.go_to("2026-11-26");
        let smaller = ContractRow {
            external_id: "k1".into(),
            customer: "c1".into(),
            seats: Some(10),
            amount: Some(Money::yen(2_400_000)),
            start: Some(day("2027-01-01")),
            months: Some(12),
            ..ContractRow::default()
        };
        assert_eq!(keep(&stage, vec![Record::Contract(smaller)]).await.added, 1);
        let customer = open_customer(&stage.app, stage.workspace, row.id, Moment::default()).await.unwrap();
        let terms: Vec<_> = customer.contracts.iter().map(|c| (c.start_day.to_string(), c.seats, c.in_force)).collect();
        assert_eq!(terms, [("2027-01-01".to_owned(), Some(10), false), ("2026-01-01".to_owned(), Some(20), true)]);
        assert_eq!(customer.row.mrr, Some(Money::yen(420_000)), "the new term has not begun");
    }
}

#[tokio::test]
async fn pages_of_the_list_meet_everyone_once_in_every_order() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let mut records = Vec::new();
        for i in 0..23 {
            let id = format!("c{i:02}");
            records.push(Record::Customer(CustomerRow {
                external_id: id.clone(),
                name: text(&format!("同名商事{}", i % 3)),
                since: Some(day("2025-01-01")),
                ..CustomerRow::default()
            }));
            if i % 2 == 0 {
                records.push(Record::Contract(ContractRow {
                    external_id: id.clone(),
                    customer: id,
                    amount: Some(Money::yen(120_000 * (i % 4 + 1))),
                    start: Some(day("2026-06-01")),
                    notice_days: Some(30),
                    ..ContractRow::default()
                }));
            }
        }
        keep(&stage, records).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        for sort in Sort::ALL {
            for reverse in [false, true] {
                let mut query = ListQuery { sort, reverse, rows: 7, ..ListQuery::default() };
                let mut seen = Vec::new();
                loop {
                    let page = list_customers(&stage.app, stage.workspace, &query).await.unwrap();
                    assert_eq!(page.total, 23, "{on:?} {sort:?}");
                    seen.extend(page.rows.into_iter().map(|r| r.external_id));
                    let Some(next) = page.next else { break };
                    query.after = Some(next);
                }
                let all = seen.len();
                seen.sort();
                seen.dedup();
                assert_eq!((all, seen.len()), (23, 23), "{on:?} {sort:?} reverse {reverse}");
            }
        }
    }
}

#[tokio::test]
async fn the_order_of_the_list_follows_what_came_after_the_first_scoring() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let customer = |id: &str| {
            Record::Customer(CustomerRow {
                external_id: id.into(),
                since: Some(day("2025-01-01")),
                ..CustomerRow::default()
            })
        };
        let contract = |id: &str, start: &str| {
            Record::Contract(ContractRow {
                external_id: id.into(),
                customer: id.into(),
                start: Some(day(start)),
                months: Some(12),
                notice_days: Some(30),
                ..ContractRow::default()
            })
        };
        keep(&stage, vec![customer("late"), customer("soon"), contract("late", "2026-10-01")]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        let meeting = Record::Activity(ActivityRow {
            external_id: "a1".into(),
            customer: "late".into(),
            kind: "meeting".into(),
            at: stage.app.now(),
            ..ActivityRow::default()
        });
        keep(&stage, vec![contract("soon", "2026-02-01"), meeting]).await;
        score_all(&stage.app, stage.workspace).await.unwrap();
        for (sort, first) in [(Sort::Notice, "soon"), (Sort::Contact, "soon")] {
            let query = ListQuery { sort, rows: 5, ..ListQuery::default() };
            let page = list_customers(&stage.app, stage.workspace, &query).await.unwrap();
            assert_eq!(page.rows[0].external_id, first, "{on:?} {sort:?}");
        }
    }
}
