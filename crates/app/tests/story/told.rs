//! Others are told what happens: written with what happened, sent until acknowledged, and never after that.

use kizashi_app::intake::{Received, keep_records};
use kizashi_app::subscriptions::{
    Due, Occurrence, Tried, add_subscription, change_secret, forget_old, keep_tried, list_deliveries,
    list_subscriptions, open_delivery, send_again, switch_subscription, take_due,
};
use kizashi_domain::id::{Id, Subscription};
use kizashi_domain::intake::{CustomerRow, Record, TicketRow};
use kizashi_domain::time::Time;
use kizashi_testkit::Stage;
use serde_json::Value;

use super::{BOTH, SAAS, log_in};

const HOUR_US: i64 = 3_600_000_000;

async fn subscribe(stage: &Stage, name: &str, occurrences: &[Occurrence]) -> Id<Subscription> {
    let (address, grant) = ("https://told.example/in", stage.console());
    let made = add_subscription(&stage.app, &grant, name, address, occurrences, false).await.unwrap();
    assert!(made.1.expose().starts_with("whsec_"));
    made.0
}

async fn keep(stage: &Stage, records: &[Record]) {
    let at = stage.app.now();
    let received: Vec<Received> = records.iter().map(|r| Received { at, assumed: false, record: r.clone() }).collect();
    keep_records(&stage.app, stage.workspace, "crm", &received, false).await.unwrap();
}

fn customer(code: &str, name: &str) -> Record {
    Record::Customer(CustomerRow { external_id: code.into(), name: Some(name.into()), ..CustomerRow::default() })
}

fn ticket(code: &str, customer: &str) -> Record {
    let opened_at = Time(1_795_000_000_000_000);
    Record::Ticket(TicketRow { external_id: code.into(), customer: customer.into(), opened_at, ..TicketRow::default() })
}

fn said(due: &[Due]) -> Vec<(String, String)> {
    let read = |d: &Due| -> Value { serde_json::from_str(&d.body).unwrap() };
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    due.iter().map(read).map(|v| (text(&v["type"]), text(&v["data"]["external_id"]))).collect()
}

fn answered(status: u16) -> Tried {
    Tried { status: Some(status), answer: "返事".into(), duration_ms: 12, ..Tried::default() }
}

fn later(stage: &Stage, us: i64) {
    stage.clock.set(stage.app.now().plus_us(us));
}

#[tokio::test]
async fn what_happened_is_told_once_to_those_who_asked() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let ws = stage.workspace;
        keep(&stage, &[customer("C0", "前からの会社")]).await;
        subscribe(&stage, "crm", &[Occurrence::CustomerCreated, Occurrence::CustomerChanged]).await;
        subscribe(&stage, "desk", &[Occurrence::TicketCreated]).await;
        let batch = [customer("C1", "一社"), customer("C0", "名を変えた会社"), ticket("T1", "C2"), ticket("T1", "C2")];
        keep(&stage, &batch).await;
        keep(&stage, &batch).await;
        let due = take_due(&stage.app, ws).await.unwrap();
        let mut told = said(&due);
        told.sort();
        let wanted = [
            ("customer.changed", "C0"),
            ("customer.created", "C1"),
            ("customer.created", "C2"),
            ("ticket.created", "T1"),
        ];
        assert_eq!(told, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())), "{on:?}");
        assert!(take_due(&stage.app, ws).await.unwrap().is_empty(), "nobody else takes what is being sent");
        for one in &due {
            keep_tried(&stage.app, ws, one, &answered(204)).await.unwrap();
        }
        later(&stage, 24 * HOUR_US);
        assert!(take_due(&stage.app, ws).await.unwrap().is_empty(), "what was acknowledged is never sent again");
    }
}

#[tokio::test]
async fn what_a_killed_process_took_and_what_failed_comes_again() {
    for on in BOTH {
        let stage = Stage::set(on, SAAS, "2026-11-24").await;
        let ws = stage.workspace;
        let id = subscribe(&stage, "desk", &[Occurrence::TicketCreated]).await;
        keep(&stage, &[ticket("T1", "C1")]).await;
        let killed = take_due(&stage.app, ws).await.unwrap().remove(0);
        later(&stage, HOUR_US);
        let second = take_due(&stage.app, ws).await.unwrap().remove(0);
        assert_eq!((second.id, second.attempt), (killed.id, 2));
        keep_tried(&stage.app, ws, &second, &answered(500)).await.unwrap();
        later(&stage, HOUR_US);
        let third = take_due(&stage.app, ws).await.unwrap().remove(0);
        let none = Tried { fault: "timeout", duration_ms: 20_000, ..Tried::default() };
        keep_tried(&stage.app, ws, &third, &none).await.unwrap();
        let grant = stage.console();
        let (told, tries) = open_delivery(&stage.app, ws, third.id).await.unwrap();
        assert_eq!((told.state.as_str(), told.attempts, tries.len()), ("waiting", 3, 2), "{on:?}");
        assert_eq!(
            (tries[1].status, tries[1].answer.as_str(), tries[0].fault.as_str()),
            (Some(500), "返事", "timeout")
        );

        // Days without a word: paused, and what happens is collected.
        for _ in 0..20 {
            later(&stage, 25 * HOUR_US);
            for one in take_due(&stage.app, ws).await.unwrap() {
                keep_tried(&stage.app, ws, &one, &answered(500)).await.unwrap();
            }
        }
        let paused = list_subscriptions(&stage.app, ws).await.unwrap().remove(0);
        assert!(paused.paused_at.is_some() && paused.paused_why == "failing", "{on:?}: {paused:?}");
        keep(&stage, &[ticket("T2", "C1")]).await;
        assert!(take_due(&stage.app, ws).await.unwrap().is_empty());
        switch_subscription(&stage.app, &grant, id, true).await.unwrap();
        let mut woken = said(&take_due(&stage.app, ws).await.unwrap());
        woken.sort();
        assert!(woken.iter().any(|(_, code)| code == "T2"), "{on:?}: {woken:?}");
        let all = list_deliveries(&stage.app, &grant, id).await.unwrap();
        assert_eq!(all.len(), 2, "nothing is lost");

        send_again(&stage.app, &grant, third.id).await.unwrap();
        let again = take_due(&stage.app, ws).await.unwrap();
        assert!(again.iter().any(|d| d.id == third.id && d.attempt == 1));
        keep_tried(&stage.app, ws, &again[0], &answered(410)).await.unwrap();
        let gone = list_subscriptions(&stage.app, ws).await.unwrap().remove(0);
        assert_eq!(gone.paused_why, "gone");
        forget_old(&stage.app, ws).await.unwrap();
    }
}

#[tokio::test]
async fn cards_and_bands_are_told_and_two_secrets_sign_while_one_is_replaced() {
    let stage = Stage::set(BOTH[0], SAAS, "2026-11-24").await;
    let ws = stage.workspace;
    let id = subscribe(&stage, "all", &Occurrence::ALL).await;
    let today = stage.today().0;
    log_in(&stage, "C1", today - 120..=today - 40, 6).await;
    kizashi_app::schedule::score_all(&stage.app, ws).await.unwrap();
    let due = take_due(&stage.app, ws).await.unwrap();
    let opened: Vec<&Due> = due.iter().filter(|d| d.body.contains("card.opened")).collect();
    assert!(!opened.is_empty(), "{:?}", said(&due));
    let data: Value = serde_json::from_str(&opened[0].body).unwrap();
    assert!(data["data"]["title"]["ja"].is_string() && data["timestamp"].is_string(), "{data}");
    assert_eq!(due[0].secrets.len(), 1);
    change_secret(&stage.app, &stage.console(), id).await.unwrap();
    keep(&stage, &[ticket("T1", "C1")]).await;
    let due = take_due(&stage.app, ws).await.unwrap();
    assert_eq!(due[0].secrets.len(), 2);
    assert_ne!(due[0].secrets[0], due[0].secrets[1]);
    for (name, address) in
        [("a", "http://told.example/"), ("a", "https://me@told.example/"), ("a", "https://"), ("", "https://a.example")]
    {
        let grant = stage.console();
        let made = add_subscription(&stage.app, &grant, name, address, &Occurrence::ALL, false).await;
        assert!(made.is_err(), "{name} {address}");
    }
}
