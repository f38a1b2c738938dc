//! Files of one JSON object a line.

use std::io::Cursor;

use kizashi_connectors::{Groups, Options};
use kizashi_domain::intake::{Record, RecordKind};
use kizashi_domain::limits::{EVENT_BYTES_MAX, LINE_BYTES_MAX};

use super::{Drops, events, ids, mapped, of_kind, options, read_good, read_stream, refusals};

#[test]
fn lines_of_every_form_are_read() {
    let text = concat!(
        "\u{FEFF}{\"type\":\"track\",\"messageId\":\"m1\",\"userId\":\"u\",\"event\":\"login\",\"timestamp\":\"2026-11-01T00:00:00Z\",\"context\":{\"groupId\":\"c\"}}\r\n",
        "\n",
        "{\"id\":\"m2\",\"customer\":\"c\",\"user\":\"u\",\"event\":\"login\",\"occurred_at\":\"2026/11/1 9:00\",\"value\":\"1,200\",\"received_at\":\"2026-11-02T00:00:00Z\"}\n",
        "{\"batch\":[{\"type\":\"track\",\"messageId\":\"m3\",\"userId\":\"u\",\"event\":\"x\",\"timestamp\":\"2026-11-01T00:00:00Z\"},{\"type\":\"track\"}],\"context\":{\"groupId\":\"c\"}}\n",
        "{\"type\":\"page\",\"messageId\":\"m4\",\"userId\":\"u\",\"name\":\"料金\",\"timestamp\":\"2026-11-01T00:00:00Z\",\"context\":{\"groupId\":\"c\"},\"properties\":{\"path\":\"/\"}}\n",
        "nonsense\n",
        "{\"event\":\"login\",\"customer\":\"c\"}\n",
        "{\"event\":{},\"customer\":\"c\",\"occurred_at\":\"2026-11-01\"}\n",
        "{\"event\":\"x\",\"customer\":\"c\",\"occurred_at\":\"2026-11-01\",\"value\":\"many\"}",
    );
    let parsed = read_good("e.ndjson", text, options());
    assert_eq!(ids(&parsed), ["m1", "m2", "m3", "m4"]);
    let all: Vec<_> = parsed.events.iter().collect();
    assert!(all[0].assumed && all[0].received_at == all[0].occurred_at);
    assert_eq!((all[1].value, all[1].assumed), (Some(1200.0), false));
    assert_eq!(all[1].occurred_at, all[0].occurred_at);
    assert_eq!(all[2].customer, "c");
    assert_eq!((all[3].name, all[3].properties), ("page", "{\"name\":\"料金\",\"path\":\"/\"}"));
    assert_eq!(
        refusals(&parsed),
        [
            "4 event is required and empty",
            "6  is not a JSON object: not valid JSON, column 2",
            "7 timestamp is required and empty",
            "8 event is neither text nor a number",
            "9 value is not a number",
        ]
    );
    assert_eq!(parsed.refused[1].original, ["nonsense"]);
}

#[test]
fn any_number_of_workers_gives_the_same_in_the_same_order() {
    let mut text = String::new();
    for i in 0..30_000 {
        match i % 997 {
            0 => text.push_str("{\"type\":\"group\",\"userId\":\"u1\",\"groupId\":\"c2\",\"timestamp\":\"2026-11-01T00:00:00Z\"}\n"),
            1 => text.push_str("broken\n"),
            2 => text.push_str("{\"event\":\"same\",\"customer\":\"c\",\"occurred_at\":\"2026-11-01\"}\n"),
            3 => text.push_str("{\"event\":\"mine\",\"userId\":\"u1\",\"messageId\":\"u1\",\"timestamp\":\"2026-11-01T00:00:00Z\"}\n"),
            _ => text.push_str(&format!("{{\"event\":\"e\",\"customer\":\"c{i}\",\"id\":\"m{i}\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"properties\":{{\"filler\":\"{:0>80}\"}}}}\n", i)),
        }
    }
    let read = |workers| read_good("e.ndjson", text.clone(), Options { workers, ..options() });
    let one = read(1);
    for workers in [2, 5] {
        let more = read(workers);
        assert_eq!(events(&one), events(&more));
        assert_eq!(refusals(&one), refusals(&more));
        assert_eq!(one.groups, more.groups);
    }
    assert_eq!(refusals(&one)[1], "999  is not a JSON object: not valid JSON, column 1");
    assert_eq!(one.groups, [("u1".to_owned(), "c2".to_owned())]);
    // Equal lines are all kept, each under its own id.
    let mut same = ids(&one);
    let total = same.len();
    same.sort();
    same.dedup();
    assert_eq!(total - same.len(), one.events.iter().filter(|e| e.id == "u1").count() - 1);
}

#[test]
fn a_user_belongs_where_the_last_group_call_said() {
    let track = |id: &str| {
        format!(
            "{{\"type\":\"track\",\"messageId\":\"{id}\",\"userId\":\"u\",\"event\":\"e\",\"timestamp\":\"2026-11-01T00:00:00Z\"}}\n"
        )
    };
    let group = |c: &str| format!("{{\"type\":\"group\",\"userId\":\"u\",\"groupId\":\"{c}\"}}\n");
    let text = [
        track("m1"),
        group("c1"),
        track("m2"),
        group("c2"),
        track("m3"),
        "{\"type\":\"alias\",\"previousId\":\"u\",\"userId\":\"v\"}\n".to_owned(),
        track("m4").replace("\"u\"", "\"v\""),
        track("m5").replace("\"u\"", "\"stranger\""),
    ]
    .concat();
    let parsed = read_good("e.ndjson", text, options());
    let mut found: Vec<_> = parsed.events.iter().map(|e| (e.id, e.customer)).collect();
    found.sort_unstable();
    // An event before the first group call is taken with what the same piece of the file tells later.
    assert_eq!(found, [("m1", "c2"), ("m2", "c1"), ("m3", "c2"), ("m4", "c2")]);
    assert_eq!(
        refusals(&parsed),
        ["8 context.groupId names no customer (context.groupId, or a user seen before in a group call)"]
    );
    assert!(parsed.groups.contains(&("v".to_owned(), "c2".to_owned())));
    // What the caller knows from before is used.
    let groups: Groups = [("stranger", "c7")].into_iter().collect();
    let parsed = read_good("e.ndjson", track("m5").replace("\"u\"", "\"stranger\""), Options { groups, ..options() });
    assert_eq!(parsed.events.iter().next().unwrap().customer, "c7");
}

#[test]
fn lines_and_events_have_limits() {
    let event = |n: usize| {
        format!(
            "{{\"event\":\"e\",\"customer\":\"c\",\"id\":\"m\",\"occurred_at\":\"2026-11-01\",\"properties\":{{\"x\":\"{}\"}}}}\n",
            "y".repeat(n)
        )
    };
    let text =
        [event(EVENT_BYTES_MAX), event(10), event(LINE_BYTES_MAX * 3), event(11), event(LINE_BYTES_MAX + 10)].concat();
    let parsed = read_good("e.ndjson", text.clone(), options());
    assert_eq!(
        refusals(&parsed),
        [
            format!("1  is larger than {EVENT_BYTES_MAX} bytes"),
            format!("3  is larger than {LINE_BYTES_MAX} bytes"),
            format!("5  is larger than {LINE_BYTES_MAX} bytes"),
        ]
    );
    assert_eq!(parsed.events.len(), 2);
    let deep = format!("{{\"event\":\"e\",\"properties\":{}}}\n", "[".repeat(5000));
    assert_eq!(read_good("e.ndjson", deep, options()).refused.len(), 1);
    let (drops, _) = read_stream("e.ndjson", Box::new(Drops(Cursor::new(text.into_bytes()))), options());
    assert_eq!(refusals(&drops), refusals(&parsed));
}

#[test]
fn lines_that_are_no_utf_8_are_refused_alone() {
    let mut bytes = b"{\"event\":\"\xff\xff\",\"customer\":\"c\"}\n".to_vec();
    bytes.extend(b"{\"event\":\"e\",\"customer\":\"c\",\"id\":\"m\",\"occurred_at\":\"2026-11-01\"}\n");
    let parsed = read_good("e.ndjson", bytes, options());
    assert_eq!(refusals(&parsed), ["1  holds bytes that are not UTF-8"]);
    assert_eq!(parsed.events.len(), 1);
}

#[test]
fn records_come_as_objects_too() {
    let text = "{\"顧客ID\":\"1\",\"会社名\":\"Ａ社\"}\n{\"顧客ID\":2,\"会社名\":null,\"業種\":\"製造\",\"従業員数\":\"1,000名\"}\n{\"会社名\":\"x\"}\n[]\n";
    let parsed = read_good("c.ndjson", text, of_kind(RecordKind::Customers));
    // What they are can be told by their keys.
    assert_eq!(read_good("c.ndjson", text, options()).records, parsed.records);
    let Record::Customer(second) = &parsed.records[1] else { panic!() };
    assert_eq!(
        (second.external_id.as_str(), second.industry.as_deref(), second.employees),
        ("2", Some("製造"), Some(1000))
    );
    assert_eq!(refusals(&parsed)[0], "3 顧客ID is required and empty");
    assert_eq!(parsed.refused.len(), 2);
}

#[test]
fn a_map_reaches_into_objects() {
    let map = "as = \"events\"\n[columns]\nid = \"uuid\"\ncustomer = \"account.code\"\noccurred_at = { column = \"ts\", form = \"unix_ms\" }\nevent = \"action\"\nproperties = [\"plan\"]\n";
    let text =
        "{\"uuid\":\"a\",\"account\":{\"code\":\"007\"},\"ts\":1775003400000,\"action\":\"login\",\"plan\":[1]}\n";
    let parsed = read_good("e.ndjson", text, mapped(map));
    let event = parsed.events.iter().next().unwrap();
    assert_eq!((event.customer, event.properties), ("007", "{\"plan\":\"[1]\"}"));
    assert_eq!(event.occurred_at.rfc3339(), "2026-04-01T00:30:00Z");
}
