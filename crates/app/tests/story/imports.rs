//! An import is taken back as a whole, and the same import again makes the same state as one.

use kizashi_app::access::Grant;
use kizashi_app::customers::{ListQuery, Moment, list_customers, open_customer};
use kizashi_app::imports::{Report, State, Taking, begin_run, end_run, list_imports, open_import, undo_import};
use kizashi_app::intake::{Kept, Received, keep_records};
use kizashi_app::schedule::{score_all, score_dirty};
use kizashi_domain::id::{Id, Import};
use kizashi_domain::intake::{
    ActivityRow, ContactRow, ContractRow, CustomerRow, DealRow, EventBatch, Parsed, Record, RecordKind, ResponseRow,
    TicketRow, Wish,
};
use kizashi_domain::money::Money;
use kizashi_domain::time::DAY_US;
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS, event};

fn text(t: &str) -> Option<String> {
    Some(t.to_owned())
}

fn customer(code: &str, name: &str, industry: &str) -> Record {
    Record::Customer(CustomerRow {
        external_id: code.into(),
        name: text(name),
        industry: text(industry),
        since: Some("2025-04-01".parse().unwrap()),
        figures: vec![("nps".into(), 8.0)],
        ..CustomerRow::default()
    })
}

fn contact(code: &str, title: &str) -> Record {
    Record::Contact(ContactRow {
        external_id: code.into(),
        customer: "c1".into(),
        name: text("高橋 蓮"),
        title: text(title),
        ..ContactRow::default()
    })
}

fn contract(code: &str, customer: &str, yen: i64) -> Record {
    Record::Contract(ContractRow {
        external_id: code.into(),
        customer: customer.into(),
        amount: Some(Money::yen(yen)),
        months: Some(12),
        start: Some("2026-01-01".parse().unwrap()),
        ..ContractRow::default()
    })
}

/// What a file of the sales office holds: it changes c1 and its person and contract, and brings c2 whole.
fn file(stage: &Stage) -> Parsed {
    let at = stage.app.now().plus_us(-DAY_US);
    let mut events = EventBatch::default();
    for (id, customer) in [("e1", "c1"), ("e2", "c2"), ("e3", "c3")] {
        events.push(event(id, customer, "u", "login", at));
    }
    let records = vec![
        customer("c1", "株式会社ミナト製作所", "商社"),
        customer("c2", "しらかば会", "医療"),
        contact("p1", "部長"),
        contract("k1", "c1", 2_400_000),
        contract("k2", "c2", 1_200_000),
        deal("d0", "won"),
        deal("d1", "quote"),
        Record::Activity(ActivityRow {
            external_id: "a1".into(),
            customer: "c1".into(),
            kind: "meeting".into(),
            at,
            ..ActivityRow::default()
        }),
        Record::Ticket(TicketRow {
            external_id: "t1".into(),
            customer: "c1".into(),
            subject: text("ログインできない"),
            opened_at: at,
            closed_at: Some(at),
            ..TicketRow::default()
        }),
        Record::Response(ResponseRow {
            external_id: "r1".into(),
            customer: "c2".into(),
            survey: "nps".into(),
            score: Some(9.0),
            at,
            ..ResponseRow::default()
        }),
    ];
    Parsed { events, records, rows: 13, ..Parsed::default() }
}

fn deal(id: &str, stage: &str) -> Record {
    Record::Deal(DealRow {
        external_id: id.into(),
        customer: "c1".into(),
        title: text(id),
        stage: text(stage),
        amount: Some(Money::yen(500_000)),
        ..DealRow::default()
    })
}

async fn import(stage: &Stage, parsed: Parsed) -> (Id<Import>, Kept) {
    let wish = Wish { source: "crm".into(), ..Wish::default() };
    let run = begin_run(&stage.app, stage.workspace, &wish, "顧客.xlsx", 1).await.unwrap();
    let mut taking = Taking::begin(&stage.app, "crm");
    taking.take(&stage.app, parsed).unwrap();
    let kept = taking.keep(&stage.app, stage.workspace, run, None).await.unwrap();
    let report = Report::of(Some(RecordKind::Customers), (13, 0), kept, 0);
    end_run(&stage.app, stage.workspace, run, &report).await.unwrap();
    score_dirty(&stage.app, stage.workspace).await.unwrap();
    (run, kept)
}

/// Everything that pages show of a customer that does not come from the clock.
async fn told(stage: &Stage, name: &str) -> String {
    let query = ListQuery { search: name.into(), rows: 1, ..ListQuery::default() };
    let found = list_customers(&stage.app, stage.workspace, &query).await.unwrap();
    let Some(hit) = found.rows.first() else { return "nobody".into() };
    let page = open_customer(&stage.app, stage.workspace, hit.id, Moment::default()).await.unwrap();
    let contracts: Vec<_> = page.contracts.iter().map(|c| (c.start_day, c.seats, c.in_force)).collect();
    let deals: Vec<_> = page.deals.iter().map(|d| (&d.title, &d.stage, d.amount, d.closed_on)).collect();
    format!("{} {:?} {contracts:?} {deals:?} {:?} {:?}", page.row.name, page.row.mrr, page.row.points, page.contacts)
}

async fn before(stage: &Stage) {
    let at = stage.app.now();
    let records = [
        customer("c1", "ミナト製作所", "製造"),
        contact("p1", "課長"),
        contract("k1", "c1", 1_200_000),
        deal("d0", "proposal"),
    ];
    let received: Vec<Received> = records.into_iter().map(|record| Received { at, assumed: true, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
    score_all(&stage.app, stage.workspace).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn import_undo_and_import_again_is_one_import() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let grant = Grant::of_console(stage.workspace);
        before(&stage).await;
        let (was, events_before) = (told(&stage, "ミナト").await, stage.history.len());
        stage.go_to("2026-11-25");

        let (run, kept) = import(&stage, file(&stage)).await;
        assert_eq!((kept.added, kept.changed), (9, 4), "{on:?}");
        let is = told(&stage, "ミナト").await;
        let other = told(&stage, "しらかば").await;
        let events = stage.history.len();
        assert!(is.contains("株式会社ミナト製作所") && is.contains("部長"), "{is}");
        assert!(other != "nobody" && told(&stage, "c3").await != "nobody" && events > events_before + 5);

        let undone = undo_import(&stage.app, &grant, run).await.unwrap();
        score_dirty(&stage.app, stage.workspace).await.unwrap();
        assert_eq!((undone.left, undone.restored), (0, 4), "{on:?} {undone:?}");
        assert_eq!(told(&stage, "ミナト").await, was, "{on:?}");
        assert_eq!((told(&stage, "しらかば").await.as_str(), told(&stage, "c3").await.as_str()), ("nobody", "nobody"));
        assert_eq!(stage.history.len(), events_before, "{on:?}: what follows from records is gone too");
        let row = open_import(&stage.app, stage.workspace, run).await.unwrap();
        assert_eq!((row.state, row.can_be_undone()), (State::Undone, false));
        assert!(undo_import(&stage.app, &grant, run).await.is_err(), "once is enough");

        let (_, again) = import(&stage, file(&stage)).await;
        assert_eq!(again, kept, "{on:?}");
        assert_eq!(
            (told(&stage, "ミナト").await, told(&stage, "しらかば").await),
            (is.clone(), other.clone()),
            "{on:?}"
        );
        assert_eq!(stage.history.len(), events, "{on:?}");
        let (_, third) = import(&stage, file(&stage)).await;
        assert_eq!((third.added, third.changed, third.same), (0, 0, 13), "{on:?}: the same file changes nothing");
        assert_eq!(list_imports(&stage.app, stage.workspace).await.unwrap().len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_since_stays_and_is_named() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let grant = Grant::of_console(stage.workspace);
        before(&stage).await;
        stage.go_to("2026-11-25");
        let (run, _) = import(&stage, file(&stage)).await;
        stage.go_to("2026-11-26");
        let (at, assumed) = (stage.app.now(), true);
        let later = [contact("p1", "取締役"), contract("k9", "c2", 600_000)];
        let later: Vec<Received> = later.into_iter().map(|record| Received { at, assumed, record }).collect();
        keep_records(&stage.app, stage.workspace, "crm", &later, false).await.unwrap();

        let undone = undo_import(&stage.app, &grant, run).await.unwrap();
        let names: Vec<String> = undone.left_names.iter().map(|(kind, name)| format!("{kind} {name}")).collect();
        assert_eq!(names, ["contacts 高橋 蓮", "customers しらかば会"], "{on:?}");
        let is = told(&stage, "ミナト").await;
        assert!(is.starts_with("ミナト製作所 ") && is.contains("取締役"), "{on:?}: {is}");
        assert_ne!(told(&stage, "c2").await, "nobody", "a contract of somebody else holds on to it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_tells_old_and_new_and_keeps_nothing() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        before(&stage).await;
        let was = told(&stage, "ミナト").await;
        let mut taking = Taking::begin(&stage.app, "crm");
        taking.take(&stage.app, file(&stage)).unwrap();
        let (kept, samples) = taking.try_out(&stage.app, stage.workspace).await.unwrap();
        assert_eq!((kept.added, kept.changed, kept.same), (9, 4, 0), "{on:?}");
        let changed: Vec<String> = samples
            .changed
            .iter()
            .flat_map(|s| s.fields.iter().map(|(field, old, new)| format!("{} {field}: {old} > {new}", s.code)))
            .collect();
        let want = [
            "c1 name: ミナト製作所 > 株式会社ミナト製作所",
            "c1 industry: 製造 > 商社",
            "p1 title: 課長 > 部長",
            "k1 amount: 1200000 JPY > 2400000 JPY",
            "d0 stage: proposal > won",
            "d0 closed_on:  > 2026-11-24",
        ];
        assert_eq!(changed, want, "{on:?}");
        assert_eq!(told(&stage, "ミナト").await, was, "{on:?}");
        assert_eq!(told(&stage, "しらかば").await, "nobody");
    }
}
