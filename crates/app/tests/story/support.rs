use kizashi_app::intake::{Kept, Received, check_facts, keep_records};
use kizashi_app::support::{SupportPage, SupportQuery, open_support};
use kizashi_domain::intake::{CustomerRow, Record, TicketRow};
use kizashi_domain::support::{GaugeState, Kpi, Period};
use kizashi_domain::time::Time;
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

fn text(t: &str) -> Option<String> {
    Some(t.to_owned())
}

fn at(stage: &Stage, wall: &str) -> Time {
    stage.zone.instant(wall.parse().unwrap()).unwrap()
}

async fn keep(stage: &Stage, records: Vec<Record>) -> Kept {
    let at = stage.app.now();
    let received: Vec<Received> = records.into_iter().map(|record| Received { at, assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "desk", &received, false).await.unwrap()
}

async fn open(stage: &Stage, query: SupportQuery) -> SupportPage {
    open_support(&stage.app, stage.workspace, &query).await.unwrap()
}

fn ticket(stage: &Stage, id: &str, customer: &str, opened: &str) -> TicketRow {
    TicketRow {
        external_id: id.into(),
        customer: customer.into(),
        opened_at: at(stage, opened),
        ..TicketRow::default()
    }
}

fn week(stage: &Stage) -> Vec<Record> {
    let mail = TicketRow {
        category: text("操作方法"),
        channel: text("mail"),
        // Friday evening, answered on Monday morning.
        answered_at: Some(at(stage, "2026-11-16T09:30:00")),
        satisfaction: Some(5),
        ..ticket(stage, "t1", "c1", "2026-11-13T17:30:00")
    };
    let call = TicketRow {
        category: text("不具合"),
        channel: text("phone"),
        operator: text("青木"),
        talk_s: Some(300),
        wrap_up_s: Some(60),
        abandoned: Some(false),
        ..ticket(stage, "t2", "c1", "2026-11-17T10:00:00")
    };
    let lost =
        TicketRow { channel: text("phone"), abandoned: Some(true), ..ticket(stage, "t3", "", "2026-11-17T09:50:00") };
    let out = TicketRow {
        channel: text("phone"),
        direction: text("out"),
        ..ticket(stage, "t4", "c2", "2026-11-17T11:00:00")
    };
    let customer = CustomerRow { external_id: "c1".into(), name: text("ミナト製作所"), ..CustomerRow::default() };
    let rows = [mail, call, lost, out].map(Record::Ticket);
    std::iter::once(Record::Customer(customer)).chain(rows).collect()
}

#[tokio::test]
async fn calls_without_a_customer_count_as_calls_and_touch_nobody() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let empty = open(&stage, SupportQuery::default()).await;
        assert!(!empty.is_fed, "never fed is not zero");
        assert_eq!(keep(&stage, week(&stage)).await.added, 5, "{on:?}");
        assert_eq!(keep(&stage, week(&stage)).await, Kept { same: 5, ..Kept::default() }, "the same file again");
        let check = check_facts(&stage.app, stage.workspace).await.unwrap();
        assert_eq!((check.customers, check.waiting), (2, 2), "no customer is made up for a call of nobody");

        let page = open(&stage, SupportQuery::default()).await;
        let all = &page.report.all;
        assert_eq!(
            (all.received, all.handled, all.customers, all.unknown),
            (3, 2, 1, 1),
            "outgoing calls are no inquiries"
        );
        let value = |kpi| all.gauge(kpi).value;
        assert_eq!((value(Kpi::AnswerRate), value(Kpi::AbandonRate)), (Some(0.5), Some(0.5)));
        assert_eq!(
            (value(Kpi::TalkTime), value(Kpi::WrapUpTime), value(Kpi::HandlingTime)),
            (Some(300.0), Some(60.0), Some(360.0))
        );
        assert_eq!(value(Kpi::FirstAnswer), Some(64.0 * 3_600.0), "a weekend by the clock");
        assert_eq!(value(Kpi::FirstAnswerWorking), Some(3_600.0), "an hour of business hours");
        assert_eq!(value(Kpi::Csat), Some(1.0));
        assert_eq!(page.names.values().collect::<Vec<_>>(), ["ミナト製作所"]);
        assert_eq!((page.channels.len(), page.categories.len()), (2, 2));

        let mail =
            open(&stage, SupportQuery { channel: "mail".into(), period: Period::Month, ..SupportQuery::default() })
                .await;
        assert_eq!(mail.report.all.received, 1);
        assert_eq!(mail.report.all.gauge(Kpi::AnswerRate).state(), GaugeState::NotApplicable);
        let odd =
            open(&stage, SupportQuery { category: "'; DROP TABLE ticket".into(), ..SupportQuery::default() }).await;
        assert_eq!(odd.report.all.received, 0);
    }
}

#[tokio::test]
async fn a_later_row_says_more_and_what_it_said_before_stays() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        keep(&stage, week(&stage)).await;
        let events = stage.history.len();
        // The caller is found out afterwards, and the mail is closed under another category.
        let known = TicketRow { customer: "c2".into(), ..ticket(&stage, "t3", "c2", "2026-11-17T09:50:00") };
        let closed = TicketRow {
            category: text("契約"),
            closed_at: Some(at(&stage, "2026-11-18T12:00:00")),
            satisfaction: Some(2),
            ..ticket(&stage, "t1", "c1", "2026-11-13T17:30:00")
        };
        let rows: Vec<Record> = [known, closed].map(Record::Ticket).into();
        assert_eq!(keep(&stage, rows.clone()).await, Kept { changed: 2, ..Kept::default() }, "{on:?}");
        assert_eq!(keep(&stage, rows).await, Kept { same: 2, ..Kept::default() });
        assert_eq!(stage.history.len(), events + 2, "opened of the caller who is known now, closed of the mail");
        let page = open(&stage, SupportQuery::default()).await;
        let all = &page.report.all;
        assert_eq!((all.customers, all.unknown, all.gauge(Kpi::Csat).value), (2, 0, Some(0.0)));
        assert_eq!(all.gauge(Kpi::AbandonRate).value, Some(0.5), "still given up");
        assert_eq!(page.categories, ["不具合", "契約"]);
    }
}
