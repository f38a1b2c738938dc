//! What pages show as files: whole, inert, and for those who may take data along.

use axum::http::StatusCode;
use kizashi_app::access::Grant;
use kizashi_app::intake::{Received, keep_records};
use kizashi_app::records::export_records;
use kizashi_domain::intake::{ContactRow, ContractRow, CustomerRow, Record, RecordKind, TicketRow};
use kizashi_domain::money::Money;
use kizashi_domain::time::{Day, Time};
use kizashi_web::Options;

use crate::house::House;

fn text(t: &str) -> Option<String> {
    Some(t.to_owned())
}

async fn keep(house: &House, records: Vec<Record>) {
    let at = house.app.now();
    let received: Vec<Received> = records.into_iter().map(|record| Received { at, assumed: false, record }).collect();
    keep_records(&house.app, house.workspace, "crm", &received, false).await.unwrap();
}

async fn id_of(house: &House, code: &str) -> String {
    let grant = Grant::of_console(house.workspace);
    let (found, _) = export_records(&house.app, &grant, RecordKind::Customers, None, None).await.unwrap();
    let object = found.iter().find(|o| o["external_id"] == code).unwrap();
    object["id"].as_str().unwrap().to_owned()
}

fn customer(code: &str, name: &str) -> Record {
    Record::Customer(CustomerRow { external_id: code.into(), name: text(name), ..CustomerRow::default() })
}

fn person(code: &str, customer: &str, name: &str) -> Record {
    let (external_id, customer, name) = (code.into(), customer.into(), text(name));
    Record::Contact(ContactRow { external_id, customer, name, role: text("champion"), ..ContactRow::default() })
}

#[tokio::test]
async fn records_leave_as_files_whole_inert_and_of_one_customer() {
    let house = House::build(Options::default()).await;
    let mut records =
        vec![customer("c1", "ミナト, 製作所"), customer("c2", "しらかば会"), person("=1+1", "c2", "@佐藤")];
    // More than one part of the file.
    records.extend((0..1_100).map(|n| person(&format!("p{n}"), "c1", &format!("人{n}"))));
    records.push(Record::Contract(ContractRow {
        external_id: "k1".into(),
        customer: "c1".into(),
        amount: Some(Money::yen(1_200_000)),
        months: Some(12),
        start: Some(Day::from_ymd(2026, 4, 1).unwrap()),
        auto_renew: Some(true),
        ..ContractRow::default()
    }));
    keep(&house, records).await;
    let cookie = house.sign_in("csm@example.jp").await;

    let all = house.get("/contacts.csv", &cookie).await;
    assert_eq!((all.status, all.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert!(all.text.starts_with("\u{feff}ID,顧客ID,顧客名,名前,"), "{}", all.text.lines().next().unwrap());
    assert_eq!(all.text.lines().count(), 1 + 1_101);
    assert!(all.text.contains("'=1+1,c2,しらかば会,'@佐藤,"), "a formula stays a text");
    assert!(all.text.contains("p7,c1,\"ミナト, 製作所\",人7,,,推進役"));
    let contracts = house.get("/contracts.csv", &cookie).await.text;
    assert!(contracts.contains(",1200000,JPY,12,2026-04-01,"), "{contracts}");

    let id = id_of(&house, "c2").await;
    let of_one = house.get(&format!("/contacts.csv?customer={id}"), &cookie).await.text;
    assert_eq!(of_one.lines().count(), 2, "{of_one}");
    let shown = house.get(&format!("/customers/{id}/contacts.csv"), &cookie).await.text;
    assert!(shown.contains("'@佐藤") && shown.lines().count() == 2, "{shown}");
    assert_eq!(house.get("/contacts.csv?customer=nobody", &cookie).await.status, StatusCode::NOT_FOUND);
    assert_eq!(house.get("/support.csv?table=nothing", &cookie).await.status, StatusCode::NOT_FOUND);
    let fields = house.get(&format!("/customers/{id}/fields.csv"), &cookie).await.text;
    assert!(fields.contains("名前,しらかば会,2026-11-24,2026-11-24 12:00,crm,"), "{fields}");
}

#[tokio::test]
async fn what_happened_leaves_whole_even_when_much_happened_at_once() {
    let house = House::build(Options::default()).await;
    let noon = house.app.now();
    let ticket = |n: i64| {
        // Seventy at each instant: more than a page shows, less than a part of a file.
        let opened_at = Time(noon.micros() - (n / 70) * 3_600_000_000);
        let (external_id, subject) = (format!("t{n}"), text(&format!("件{n}。")));
        Record::Ticket(TicketRow { external_id, customer: "c1".into(), subject, opened_at, ..TicketRow::default() })
    };
    keep(&house, (0..350).map(ticket).collect()).await;
    let id = id_of(&house, "c1").await;
    let cookie = house.sign_in("csm@example.jp").await;
    let file = house.get(&format!("/customers/{id}/history.csv?kind=ticket"), &cookie).await.text;
    assert_eq!(file.lines().count(), 1 + 350);
    for n in 0..350 {
        assert_eq!(file.matches(&format!(",件{n}。,")).count(), 1, "{n}");
    }
}

#[tokio::test]
async fn files_are_for_those_who_may_take_data_along() {
    let house = House::build(Options::default()).await;
    let reader = house.sign_in("reader@example.jp").await;
    let manager = house.sign_in("manager@example.jp").await;
    let routes = kizashi_web::routes::table();
    let files: Vec<&str> =
        routes.iter().map(|r| r.path).filter(|path| path.ends_with(".csv") && !path.contains('{')).collect();
    assert!(files.len() > 15, "{files:?}");
    for path in files {
        assert_eq!(house.get(path, &reader).await.status, StatusCode::FORBIDDEN, "{path}");
        let answer = house.get(path, &manager).await;
        assert!(answer.status == StatusCode::OK && answer.text.starts_with('\u{feff}'), "{path}");
        assert!(answer.header("content-disposition").ends_with(".csv\""), "{path}");
    }
}
