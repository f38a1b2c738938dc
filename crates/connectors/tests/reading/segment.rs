//! Segment calls as clients send them.

use std::cell::RefCell;

use kizashi_connectors::segment::{BodyError, Call, find_write_key, parse_body, parse_body_asking};
use kizashi_connectors::{Groups, Parsed};
use kizashi_domain::intake::{Record, parse};
use kizashi_domain::limits::{EVENT_BYTES_MAX, INTAKE_INFLATED_BYTES_MAX};
use kizashi_domain::time::{Time, Zone};
use proptest::prelude::*;

use super::{events, refusals};

const NOON: &str = "2026-11-22T12:00:00Z";

fn at(text: &str) -> Time {
    parse::read_rfc3339(text.as_bytes()).unwrap()
}

fn read(call: Call, body: &str) -> Parsed {
    parse_body(call, body.as_bytes(), at(NOON), &Zone::UTC, &Groups::default()).unwrap()
}

#[test]
fn a_batch_is_read_message_by_message() {
    let body = r#"{"sentAt":"2026-11-22T00:00:10Z","context":{"groupId":"c9"},"batch":[
        {"type":"track","event":"login","userId":"u1","messageId":"m1","timestamp":"2026-11-22T00:00:00Z","properties":{"value":3,"a":1}},
        {"type":"track","event":"","userId":"u1","messageId":"m2"},
        {"type":"identify","userId":"u1","traits":{"firstName":"太郎","lastName":"山田"}},
        {"type":"group","userId":"u2","groupId":"c2","traits":{"name":"C2","employees":"50名","mrr":100}},
        {"type":"dance"}, 7, {"batch":[]}]}"#;
    let parsed = read(Call::Batch, body);
    let event = parsed.events.iter().next().unwrap();
    assert_eq!((event.id, event.customer, event.user, event.name, event.value), ("m1", "c9", "u1", "login", Some(3.0)));
    assert_eq!(event.properties, r#"{"a":1}"#);
    assert_eq!(event.occurred_at, at("2026-11-22T11:59:50Z"));
    assert_eq!((event.received_at, event.assumed), (at(NOON), false));
    let Record::Contact(contact) = &parsed.records[0] else { panic!() };
    assert_eq!((contact.name.as_deref(), contact.customer.as_str()), (Some("山田 太郎"), "c9"));
    let Record::Customer(customer) = &parsed.records[1] else { panic!() };
    assert_eq!((customer.external_id.as_str(), customer.employees), ("c2", Some(50)));
    assert_eq!(customer.figures, [("mrr".to_owned(), 100.0)]);
    assert_eq!(parsed.groups, [("u1".to_owned(), "c9".to_owned()), ("u2".to_owned(), "c2".to_owned())]);
    assert_eq!(
        refusals(&parsed),
        [
            "1 event is required and empty",
            "4 type is not a known message type",
            "5  is not a JSON object: not an object of the expected form, column 1",
            "6 type is not a known message type",
        ]
    );
}

/// Bodies in the shape of each official client, with what it is known to do differently.
#[test]
fn every_client_is_understood() {
    // Node: an outer sentAt, writeKey in the body.
    let node = r#"{"batch":[{"timestamp":"2026-11-22T11:59:00.000Z","integrations":{},"userId":"u","type":"track","event":"report_export","properties":{"rows":10},"context":{"groupId":"acme","library":{"name":"@segment/analytics-node","version":"3.1.0"}},"messageId":"node-next-1","_metadata":{"nodeVersion":"22"}}],"writeKey":"KEY","sentAt":"2026-11-22T11:59:30.000Z"}"#;
    // Python: anonymousId null, times with an offset and microseconds.
    let python = r#"{"batch": [{"integrations": {}, "anonymousId": null, "properties": {}, "timestamp": "2026-11-22T11:59:00.217000+00:00", "context": {"groupId": "acme", "library": {"name": "analytics-python"}}, "userId": "u", "type": "track", "event": "report_export", "messageId": "py-1"}], "sentAt": "2026-11-22T11:59:30+00:00"}"#;
    // RudderStack: originalTimestamp and sentAt in the message, channel, snake-case nothing.
    let rudder = r#"{"batch":[{"userId":"u","event":"report_export","type":"track","channel":"server","context":{"groupId":"acme"},"originalTimestamp":"2026-11-22T11:59:00.000Z","sentAt":"2026-11-22T11:59:30.000Z","messageId":"r-1"}]}"#;
    for (body, id) in [(node, "node-next-1"), (python, "py-1"), (rudder, "r-1")] {
        let parsed = read(Call::Batch, body);
        assert_eq!(refusals(&parsed), Vec::<String>::new());
        let e = parsed.events.iter().next().unwrap();
        assert_eq!((e.id, e.customer, e.user, e.name), (id, "acme", "u", "report_export"));
        // The client's clock was thirty seconds behind ours.
        assert_eq!(e.occurred_at.micros() / 1_000_000, at("2026-11-22T11:59:30Z").micros() / 1_000_000);
    }
    assert_eq!(find_write_key(node.as_bytes()).as_deref(), Some("KEY"));
    assert_eq!(find_write_key(python.as_bytes()), None);
    // The browser posts one message to an address that says its type.
    let browser = r#"{"timestamp":"2026-11-22T11:59:00.000Z","anonymousId":"a","event":"view","properties":{"path":"/"},"context":{"groupId":"acme","page":{"url":"https://x"}},"messageId":"ajs-1","writeKey":"KEY","sentAt":"2026-11-22T12:00:00.000Z"}"#;
    let parsed = read(Call::parse("t").unwrap(), browser);
    let e = parsed.events.iter().next().unwrap();
    assert_eq!((e.user, e.properties, e.occurred_at), ("a", "{\"path\":\"/\"}", at("2026-11-22T11:59:00Z")));
}

#[test]
fn the_customer_is_looked_for_in_order() {
    let track = |extra: &str| format!("{{\"event\":\"e\",\"userId\":\"u\",\"messageId\":\"m\"{extra}}}");
    let asked = RefCell::new(Vec::new());
    let read = |extra: &str| {
        let body = format!("{{\"batch\":[{}]}}", track(extra));
        let ask = |user: &str| {
            asked.borrow_mut().push(user.to_owned());
            (user == "u").then(|| "by-user".to_owned())
        };
        let parsed = parse_body_asking(Call::Batch, body.as_bytes(), at(NOON), &Zone::UTC, &ask).unwrap();
        parsed.events.iter().next().map(|e| e.customer.to_owned())
    };
    let all = r#","context":{"groupId":"c1"},"properties":{"groupId":"c2","$groups":{"company":"c3"}}"#;
    assert_eq!(read(all).as_deref(), Some("c1"));
    assert_eq!(read(r#","properties":{"groupId":"c2","$groups":{"company":"c3"}}"#).as_deref(), Some("c2"));
    assert_eq!(read(r#","properties":{"$groups":{"company":"c3"}}"#).as_deref(), Some("c3"));
    assert!(asked.borrow().is_empty());
    assert_eq!(read(r#","context":{"groupId":" "}"#).as_deref(), Some("by-user"));
    assert_eq!(*asked.borrow(), ["u"]);
    assert_eq!(read(r#","userId2":1"#).as_deref(), Some("by-user"));
    let nobody = super::segment::read(Call::Track, r#"{"event":"e"}"#);
    assert!(refusals(&nobody)[0].starts_with("0 context.groupId names no customer"));
    assert_eq!(nobody.refused[0].original, [r#"{"event":"e"}"#]);
}

#[test]
fn a_person_before_the_group_call_finds_the_customer_in_the_same_body() {
    let body = r#"{"batch":[{"type":"identify","userId":"u","traits":{"email":"u@example.jp"}},
        {"type":"track","event":"e","userId":"u","messageId":"m"},{"type":"group","userId":"u","groupId":"c"}]}"#;
    let parsed = read(Call::Batch, body);
    assert_eq!(refusals(&parsed), Vec::<String>::new());
    assert_eq!(parsed.events.iter().next().unwrap().customer, "c");
    assert!(parsed.records.iter().any(|r| matches!(r, Record::Contact(c) if c.customer == "c")));
    let by_company = r#"{"userId":"u","traits":{"name":"U","company":{"id":7,"name":"C7"}}}"#;
    let parsed = read(Call::Identify, by_company);
    assert_eq!(parsed.records[0].customer(), "7");
    // A visitor without an id is nobody yet, and no fault.
    let parsed = read(Call::Identify, r#"{"anonymousId":"a","traits":{}}"#);
    assert_eq!((parsed.records.len(), parsed.refused.len(), parsed.rows), (0, 0, 1));
}

#[test]
fn clocks_are_not_believed_blindly() {
    let one = |times: &str| {
        let body = format!("{{\"event\":\"e\",\"messageId\":\"m\",\"context\":{{\"groupId\":\"c\"}}{times}}}");
        read(Call::Track, &body)
    };
    let when = |times: &str| one(times).events.iter().next().unwrap().occurred_at.rfc3339();
    assert_eq!(when(""), NOON);
    assert_eq!(when(r#","timestamp":"2020-01-01T00:00:00Z""#), "2020-01-01T00:00:00Z");
    assert_eq!(
        when(r#","originalTimestamp":"2026-11-22T10:00:00Z","timestamp":"1999-01-01T00:00:00Z""#),
        "2026-11-22T10:00:00Z"
    );
    // A clock a year ahead, sent at once: now.
    assert_eq!(when(r#","timestamp":"2027-11-22T12:00:00Z","sentAt":"2027-11-22T12:00:05Z""#), "2026-11-22T11:59:55Z");
    // A clock a year ahead that does not say when it sent: not the future.
    assert_eq!(when(r#","timestamp":"2027-11-22T12:00:00Z""#), NOON);
    assert_eq!(when(r#","timestamp":"2026-11-23T11:00:00Z""#), "2026-11-23T11:00:00Z");
    assert_eq!(when(r#","timestamp":"2026-11-22T11:00:00Z","sentAt":"yesterday""#), "2026-11-22T11:00:00Z");
    assert_eq!(refusals(&one(r#","timestamp":"soon""#))[0].split(" is").next(), Some("0 timestamp"));
}

#[test]
fn limits_hold() {
    let big = format!(
        "{{\"batch\":[{{\"event\":\"e\",\"messageId\":\"m\",\"context\":{{\"groupId\":\"c\"}},\"properties\":{{\"x\":\"{}\"}}}},\
         {{\"event\":\"e\",\"messageId\":\"n\",\"context\":{{\"groupId\":\"c\"}}}}]}}",
        "y".repeat(EVENT_BYTES_MAX)
    );
    let parsed = read(Call::Batch, &big);
    assert_eq!(refusals(&parsed), [format!("0  is larger than {EVENT_BYTES_MAX} bytes")]);
    assert_eq!(parsed.events.len(), 1);
    let fail = |call, body: &[u8]| parse_body(call, body, at(NOON), &Zone::UTC, &Groups::default()).unwrap_err();
    assert_eq!(
        fail(Call::Batch, &vec![b' '; INTAKE_INFLATED_BYTES_MAX + 1]),
        BodyError::TooLarge { max: INTAKE_INFLATED_BYTES_MAX }
    );
    for body in ["", "{", "[]", "{\"batch\":{}}", "{\"type\":\"track\"}", "null"] {
        assert!(matches!(fail(Call::Batch, body.as_bytes()), BodyError::NotJson { .. }), "{body}");
    }
    assert!(matches!(fail(Call::Track, b"{]"), BodyError::NotJson { .. }));
    assert!(matches!(fail(Call::Track, b"\xff"), BodyError::NotJson { .. }));
    // What the parser says never holds what was sent.
    let told = fail(Call::Batch, b"{\"batch\":\"my secret\"}").to_string();
    assert!(!told.contains("secret"), "{told}");
    let long = format!("{{\"event\":\"{}\",\"messageId\":\"m\",\"context\":{{\"groupId\":\"c\"}}}}", "e".repeat(257));
    assert_eq!(refusals(&read(Call::Track, &long)), ["0 event is longer than 256 characters"]);
    let control = r#"{"event":"a\u0000b","messageId":"m","context":{"groupId":"c"}}"#;
    assert_eq!(refusals(&read(Call::Track, control)), ["0 event holds a control character"]);
}

#[test]
fn a_message_without_an_id_is_itself_when_sent_again() {
    let body = r#"{"batch":[{"event":"e","context":{"groupId":"c"}},{"event":"e","context":{"groupId":"c"}},{"event":"f","context":{"groupId":"c"}}]}"#;
    let first = read(Call::Batch, body);
    assert_eq!(super::ids(&first), super::ids(&read(Call::Batch, body)));
    let mut ids = super::ids(&first);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One batch or many, the events are the same; what the addresses say makes no difference.
    #[test]
    fn cutting_into_batches_changes_nothing(messages in prop::collection::vec((0_u8..4, 0_u8..3, 0_u8..3), 1..12), cut in 0_usize..12) {
        let texts: Vec<String> = messages.iter().enumerate().map(|(i, (kind, user, customer))| match kind {
            0 => format!("{{\"type\":\"group\",\"userId\":\"u{user}\",\"groupId\":\"c{customer}\"}}"),
            1 => format!("{{\"type\":\"track\",\"event\":\"e\",\"userId\":\"u{user}\",\"messageId\":\"m{i}\",\"context\":{{\"groupId\":\"c{customer}\"}}}}"),
            2 => format!("{{\"type\":\"page\",\"name\":\"p\",\"userId\":\"u{user}\",\"messageId\":\"m{i}\",\"properties\":{{\"groupId\":\"c{customer}\"}}}}"),
            _ => format!("{{\"type\":\"alias\",\"previousId\":\"u{user}\",\"userId\":\"v{customer}\"}}"),
        }).collect();
        let batch = |texts: &[String]| format!("{{\"batch\":[{}]}}", texts.join(","));
        let whole = read(Call::Batch, &batch(&texts));
        let (front, back) = texts.split_at(cut.min(texts.len()));
        let mut groups = Groups::default();
        let mut parts = Vec::new();
        let mut learned = Groups::default();
        for part in [front, back] {
            let parsed = parse_body(Call::Batch, batch(part).as_bytes(), at(NOON), &Zone::UTC, &groups).unwrap();
            for (user, customer) in &parsed.groups {
                groups.learn(user, customer);
            }
            parts.extend(events(&parsed));
        }
        for (user, customer) in &whole.groups {
            learned.learn(user, customer);
        }
        prop_assert_eq!(events(&whole), parts);
        for user in ["u0", "u1", "u2", "v0", "v1", "v2"] {
            prop_assert_eq!(groups.find(user), learned.find(user));
        }
    }
}
