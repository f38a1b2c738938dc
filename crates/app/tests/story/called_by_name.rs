//! Tables of offices call people by their names, and who calls may say a name that a customer no longer has.

use std::collections::BTreeMap;

use kizashi_app::access::{NewStaff, Role, add_staff};
use kizashi_app::imports::Taking;
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::merges::{merge, undo_merge};
use kizashi_app::records::export_records;
use kizashi_app::search::search;
use kizashi_domain::intake::{ActivityRow, ContactRow, CustomerRow, DealRow, Parsed, Record, RecordKind, ResponseRow};
use kizashi_domain::lang::Lang;
use kizashi_testkit::Stage;

use crate::{BOTH, SAAS};

async fn keep(stage: &Stage, records: Vec<Record>) -> kizashi_app::intake::Kept {
    let received: Vec<Received> =
        records.into_iter().map(|record| Received { at: stage.app.now(), assumed: false, record }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap()
}

fn company(code: &str, name: &str, owner: &str) -> Record {
    let (external_id, name, owner) = (code.into(), Some(name.into()), Some(owner.into()));
    Record::Customer(CustomerRow { external_id, name, owner, ..CustomerRow::default() })
}

fn person(code: &str, id: &str, name: &str) -> Record {
    let (external_id, customer, name) = (id.into(), code.into(), Some(name.into()));
    Record::Contact(ContactRow { external_id, customer, name, ..ContactRow::default() })
}

fn visit(stage: &Stage, id: &str, contact: &str, staff: &str) -> Record {
    Record::Activity(ActivityRow {
        external_id: id.into(),
        customer: "c1".into(),
        contact: Some(contact.into()),
        kind: "visit".into(),
        direction: None,
        at: stage.app.now(),
        staff: Some(staff.into()),
        subject: None,
        body: None,
    })
}

/// A field of every record of a kind, by its code.
async fn read(stage: &Stage, kind: RecordKind, field: &str) -> BTreeMap<String, String> {
    let (records, _) = export_records(&stage.app, &stage.console(), kind, None, None).await.unwrap();
    let text = |record: &kizashi_app::records::Object, name: &str| {
        record.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned()
    };
    records.iter().map(|record| (text(record, "external_id"), text(record, field))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_and_contacts_are_found_by_their_names() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-02").await;
        for (n, name) in ["早瀬 美緒", "佐藤 一", "佐藤 花"].into_iter().enumerate() {
            let email = format!("s{n}@shiken.example");
            let new = NewStaff { email, name: name.into(), role: Role::Csm, language: Lang::Ja, password: None };
            add_staff(&stage.app, &stage.console(), new).await.unwrap();
        }
        let records = vec![
            company("c1", "ミナト", "早瀬"),
            company("c2", "アオバ", "佐藤"),
            person("c1", "p1", "小野 里奈"),
            person("c2", "p2", "小野 次郎"),
            visit(&stage, "v1", "小野様", "早瀬 美緒"),
            visit(&stage, "v2", "p1", "だれか"),
            visit(&stage, "v3", "知らない人", "佐藤　花"),
            Record::Deal(DealRow {
                external_id: "d1".into(),
                customer: "c1".into(),
                owner: Some("早瀬さん".into()),
                ..DealRow::default()
            }),
            Record::Response(ResponseRow {
                external_id: "r1".into(),
                customer: "c1".into(),
                contact: Some("小野里奈".into()),
                survey: "nps".into(),
                score: Some(9.0),
                comment: None,
                at: stage.app.now(),
            }),
        ];
        let mut taking = Taking::begin(&stage.app, "crm");
        taking.take(&stage.app, Parsed { records: records.clone(), ..Parsed::default() }).unwrap();
        let strangers = taking.list_strangers(&stage.app, stage.workspace).await.unwrap();
        assert_eq!(strangers, ["だれか", "佐藤"], "{on:?}: two are called so, and one nobody");
        assert_eq!(keep(&stage, records.clone()).await.added, 9);
        let again = keep(&stage, records).await;
        assert_eq!((again.added, again.changed, again.same), (0, 0, 9), "{on:?}");

        let owners = read(&stage, RecordKind::Customers, "owner").await;
        assert!(!owners["c1"].is_empty() && owners["c2"].is_empty(), "{on:?}: {owners:?}");
        assert_eq!(read(&stage, RecordKind::Deals, "owner").await["d1"], owners["c1"]);
        let staff = read(&stage, RecordKind::Activities, "staff").await;
        assert_eq!((&staff["v1"], staff["v2"].as_str()), (&owners["c1"], ""), "{on:?}");
        assert!(!staff["v3"].is_empty() && staff["v3"] != staff["v1"], "{on:?}: {staff:?}");
        let contacts = read(&stage, RecordKind::Activities, "contact").await;
        assert_eq!([&contacts["v1"], &contacts["v2"], &contacts["v3"]], ["p1", "p1", "知らない人"], "{on:?}");
        assert_eq!(read(&stage, RecordKind::Responses, "contact").await["r1"], "p1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_found_by_the_name_of_one_that_went_into_it() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-02").await;
        keep(&stage, vec![company("c1", "ミナト製作所", ""), company("old-7", "株式会社白樺工業", "")]).await;
        let find = |text: &'static str| {
            let (app, workspace) = (stage.app.clone(), stage.workspace);
            async move { search(&app, workspace, text).await.unwrap().customers }
        };
        let (stays, goes) = (find("ミナト").await[0].id, find("白樺").await[0].id);
        let made = merge(&stage.app, &stage.console(), stays, goes).await.unwrap();
        for text in ["白樺工業", "白樺", "old-7", "㈱白樺工業"] {
            let hits = find(text).await;
            assert_eq!(hits.len(), 1, "{on:?}: {text}");
            assert_eq!((hits[0].id, hits[0].was.as_deref()), (stays, Some("株式会社白樺工業")), "{on:?}: {text}");
        }
        assert_eq!(find("ミナト").await[0].was, None);
        undo_merge(&stage.app, &stage.console(), made).await.unwrap();
        let hits = find("白樺").await;
        assert_eq!((hits.len(), hits[0].was.as_deref()), (1, None), "{on:?}");
    }
}
