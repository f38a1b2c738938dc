//! Deals: versioned, weighed, found, written by hand, taken back.

use kizashi_app::access::{NewStaff, Role, add_staff};
use kizashi_app::customers::{Moment, open_customer};
use kizashi_app::deals::{DealQuery, add_deal, change_deal, list_deals, list_deals_of, open_deal};
use kizashi_app::intake::{Kept, Received, keep_records};
use kizashi_app::search::search;
use kizashi_app::{Error, Refused};
use kizashi_domain::intake::{CustomerRow, DealRow, Record};
use kizashi_domain::lang::Lang;
use kizashi_domain::money::Money;
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

fn text(t: &str) -> Option<String> {
    Some(t.to_owned())
}

fn deal(id: &str, stage: &str, yen: i64) -> DealRow {
    DealRow {
        external_id: id.into(),
        customer: "c1".into(),
        title: text("席の追加"),
        stage: text(stage),
        amount: Some(Money::yen(yen)),
        ..DealRow::default()
    }
}

async fn keep(stage: &Stage, records: Vec<Record>) -> Kept {
    let at = stage.app.now();
    let received: Vec<Received> = records.into_iter().map(|record| Received { at, assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap()
}

async fn set(on: kizashi_testkit::On) -> Stage {
    let stage = Stage::set(on, SAAS, "2026-11-24").await;
    let row = CustomerRow {
        external_id: "c1".into(), name: text("株式会社ミナト製作所"), ..CustomerRow::default()
    };
    keep(&stage, vec![Record::Customer(row)]).await;
    stage
}

#[tokio::test]
async fn deals_are_kept_once_with_their_versions_and_weighed() {
    for on in BOTH {
        let stage = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        let rows = || {
            vec![
                Record::Deal(DealRow {
                    promise: text("移行は無償で一度だけ"), ..deal("d1", "見積", 1_000_000)
                }),
                Record::Deal(DealRow { probability: Some(5), ..deal("d2", "quote", 200_000) }),
                Record::Deal(deal("d3", "受注前の社内検討", 300_000)),
            ]
        };
        assert_eq!(keep(&stage, rows()).await, Kept { added: 3, ..Kept::default() }, "{on:?}");
        assert_eq!(keep(&stage, rows()).await, Kept { same: 3, ..Kept::default() }, "{on:?}");
        let page = list_deals(app, ws, &DealQuery { rows: 2, ..DealQuery::default() }).await.unwrap();
        assert_eq!((page.rows.len(), page.count), (2, 3));
        // 60 % of its stage, 5 % of its own, nothing for a stage that nobody weighed.
        assert_eq!(page.totals[0].amount, Money::yen(1_500_000), "{on:?}");
        assert_eq!(page.totals[0].weighted, Money::yen(610_000), "{on:?}");
        let rest = list_deals(app, ws, &DealQuery { rows: 2, after: page.next, ..DealQuery::default() }).await.unwrap();
        assert_eq!(rest.rows.len(), 1);

        stage.go_to("2026-11-26");
        assert_eq!(keep(&stage, vec![Record::Deal(deal("d1", "won", 900_000))]).await.changed, 1);
        let customer = page.rows[0].customer;
        let now = list_deals_of(app, ws, customer, None).await.unwrap();
        let won = now.iter().find(|d| d.stage == "won").unwrap();
        assert_eq!(won.closed_on.unwrap().to_string(), "2026-11-26", "the day on which we learned it");
        assert_eq!(won.promise, "移行は無償で一度だけ", "what was not given stays");
        let (_, earlier) = open_deal(app, ws, won.id).await.unwrap();
        assert_eq!((earlier.len(), earlier[0].deal.stage.as_str()), (1, "quote"));
        // As of the day before, it was still open and worth more.
        let then =
            open_customer(app, ws, customer, Moment { as_of: Some("2026-11-25".parse().unwrap()), against: None });
        let then = then.await.unwrap().deals;
        let known = then.iter().find(|d| d.id == won.id).unwrap();
        assert_eq!((known.is_open(), known.amount), (true, Some(Money::yen(1_000_000))), "{on:?}");
        assert_eq!(then.len(), 3);

        let found = search(app, ws, "むしょうで").await.unwrap();
        assert!(found.deals.is_empty(), "kanji is not its reading");
        let found = search(app, ws, "無償で").await.unwrap();
        assert_eq!(found.deals.iter().map(|d| d.id).collect::<Vec<_>>(), [won.id.uuid()], "{on:?}");
    }
}

#[tokio::test]
async fn deals_are_written_by_hand_and_wrong_input_changes_nothing() {
    for on in BOTH {
        let stage = set(on).await;
        let (app, ws) = (&stage.app, stage.workspace);
        keep(&stage, vec![Record::Deal(deal("d1", "quote", 10))]).await;
        let grant = stage.console();
        let new = NewStaff {
            email: "sato@example.jp".into(),
            name: "佐藤 健".into(),
            role: Role::Csm,
            language: Lang::Ja,
            password: None,
        };
        let sato = add_staff(app, &grant, new).await.unwrap();
        let first = list_deals(app, ws, &DealQuery { rows: 9, ..DealQuery::default() }).await.unwrap().rows.remove(0);
        let pairs = |given: &[(&str, &str)]| -> Vec<(String, String)> {
            given.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        let given = pairs(&[
            ("title", "外部連携"),
            ("amount", "￥1,200,000"),
            ("probability", "３０％"),
            ("next_on", "2026-12-01"),
            ("owner", &sato.to_string()),
            ("kind", "cross_sell"),
        ]);
        let added = add_deal(app, &grant, first.customer, &given).await.unwrap();
        let (now, _) = open_deal(app, ws, added).await.unwrap();
        assert_eq!((now.amount, now.likelihood, now.owner), (Some(Money::yen(1_200_000)), Some(30), Some(sato)));
        assert_eq!(now.stage, "lead", "the first stage when none is given");
        // Of one owner only, by the next step.
        let mine = DealQuery { owner: Some(sato), rows: 9, ..DealQuery::default() };
        assert_eq!(list_deals(app, ws, &mine).await.unwrap().rows.len(), 1, "{on:?}");

        for (field, value) in [
            ("amount", "たくさん"),
            ("probability", "101"),
            ("next_on", "2026-02-30"),
            ("title", " "),
            ("kind", "gift"),
            ("owner", "nobody"),
            ("stage", "a\u{0}b"),
        ] {
            let refused = change_deal(app, &grant, added, &pairs(&[("next_step", "x"), (field, value)])).await;
            assert!(
                matches!(refused, Err(Error::Refused(Refused::Field { field: f, .. })) if f == field),
                "{field}: {refused:?}"
            );
        }
        assert_eq!(open_deal(app, ws, added).await.unwrap().0.next_step, "");

        // What is emptied by hand is empty, and stays so when the source says nothing of it.
        change_deal(app, &grant, added, &pairs(&[("amount", ""), ("owner", ""), ("next_on", "")])).await.unwrap();
        let (now, earlier) = open_deal(app, ws, added).await.unwrap();
        assert_eq!((now.amount, now.owner, now.next_on), (None, None, None));
        assert_eq!(earlier[0].deal.amount, Some(Money::yen(1_200_000)));
        assert_eq!(earlier[0].deal.owner_name, "佐藤 健", "{on:?}");
    }
}
