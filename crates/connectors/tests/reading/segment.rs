//! Segment calls.

use kizashi_connectors::Groups;
use kizashi_connectors::segment::{Call, parse_body};
use kizashi_domain::intake::Record;
use kizashi_domain::time::{Time, Zone};

use super::refusals;

fn at(text: &str) -> Time {
    kizashi_domain::intake::parse::read_rfc3339(text.as_bytes()).unwrap()
}

#[test]
fn a_batch_is_read_message_by_message() {
    let body = r#"{"sentAt":"2026-11-22T00:00:10Z","context":{"groupId":"c9"},"batch":[
        {"type":"track","event":"login","userId":"u1","messageId":"m1","timestamp":"2026-11-22T00:00:00Z","properties":{"value":3,"a":1}},
        {"type":"track","event":"","userId":"u1","messageId":"m2"},
        {"type":"identify","userId":"u1","traits":{"firstName":"太郎","lastName":"山田"}},
        {"type":"group","userId":"u2","groupId":"c2","traits":{"name":"C2","employees":"50名","mrr":100}},
        {"type":"dance"}, 7]}"#;
    let parsed =
        parse_body(Call::Batch, body.as_bytes(), at("2026-11-22T01:00:00Z"), &Zone::UTC, &Groups::default()).unwrap();
    let event = parsed.events.iter().next().unwrap();
    assert_eq!((event.id, event.customer, event.user, event.name, event.value), ("m1", "c9", "u1", "login", Some(3.0)));
    assert_eq!(event.properties, r#"{"a":1}"#);
    assert_eq!(event.occurred_at, at("2026-11-22T00:59:50Z"));
    assert_eq!(event.received_at, at("2026-11-22T01:00:00Z"));
    assert!(!event.assumed);
    assert_eq!(parsed.records.len(), 2);
    let Record::Contact(contact) = &parsed.records[0] else { panic!() };
    assert_eq!(contact.name.as_deref(), Some("山田 太郎"));
    assert_eq!(parsed.groups, [("u1".to_owned(), "c9".to_owned()), ("u2".to_owned(), "c2".to_owned())]);
    assert_eq!(
        refusals(&parsed),
        [
            "1 event is required and empty",
            "4 type is not a known message type",
            "5  is not a JSON object: not an object of the expected form, column 1"
        ]
    );
}
