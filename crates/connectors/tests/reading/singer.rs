//! What taps write, read with the maps that ship and with one's own.

use std::io::Cursor;

use kizashi_connectors::Parsed;
use kizashi_connectors::singer::{PRESETS, SingerReader, StreamMaps, find_preset};
use kizashi_domain::intake::Record;
use kizashi_domain::time::Zone;
use serde_json::{Value, json};

use super::refusals;

struct Read {
    parsed: Parsed,
    states: Vec<String>,
    notes: Vec<String>,
    failed: Option<String>,
}

fn read_text(map: &str, text: String) -> Read {
    let maps = StreamMaps::read(map).unwrap();
    let reader = SingerReader::open_stream(Box::new(Cursor::new(text)), maps, Zone::named("Asia/Tokyo").unwrap());
    let mut read = Read { parsed: Parsed::default(), states: Vec::new(), notes: Vec::new(), failed: None };
    for piece in reader {
        match piece {
            Ok(piece) => {
                for event in piece.parsed.events.iter() {
                    read.parsed.events.push(event);
                }
                read.parsed.records.extend(piece.parsed.records);
                read.parsed.refused.extend(piece.parsed.refused);
                read.parsed.rows += piece.parsed.rows;
                read.states.extend(piece.state);
                read.notes.extend(piece.notes);
            }
            Err(error) => read.failed = Some(error.to_string()),
        }
    }
    read
}

fn read(map: &str, messages: &[Value]) -> Read {
    read_text(map, messages.iter().map(|m| format!("{m}\n")).collect())
}

fn schema(stream: &str, keys: &[&str], properties: Value) -> Value {
    json!({ "type": "SCHEMA", "stream": stream, "key_properties": keys, "schema": { "properties": properties } })
}

fn record(stream: &str, record: Value) -> Value {
    json!({ "type": "RECORD", "stream": stream, "record": record, "time_extracted": "2026-11-01T00:00:00Z" })
}

fn preset(name: &str, messages: &[Value]) -> Vec<Record> {
    let read = read(find_preset(name).unwrap(), messages);
    assert!(read.parsed.refused.is_empty(), "{:?}", refusals(&read.parsed));
    read.parsed.records
}

const FIRMS: &str = "[streams.firms]\nas = \"customers\"\n[streams.firms.columns]\nname = \"name\"\n";

#[test]
fn maps_that_ship_are_maps() {
    for (name, text) in PRESETS {
        let maps = StreamMaps::read(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(maps.source.as_deref(), Some(name));
    }
}

#[test]
fn salesforce() {
    let text = json!({ "type": ["null", "string"] });
    let records = preset(
        "salesforce",
        &[
            schema("Account", &["Id"], json!({ "Id": text, "Name": text, "Website": text, "NumberOfEmployees": text })),
            record(
                "Account",
                json!({ "Id": "001A", "Name": "Minato", "Website": "https://www.minato.example/", "NumberOfEmployees": 120 }),
            ),
            schema("Contact", &["Id"], json!({ "Id": text, "AccountId": text, "Name": text, "Email": text })),
            record(
                "Contact",
                json!({ "Id": "003A", "AccountId": "001A", "Name": "Sato", "Email": "sato@minato.example" }),
            ),
            record("Contact", json!({ "Id": "003B", "AccountId": null, "Name": "Nobody" })),
            schema("Case", &["Id"], Value::Null),
            record(
                "Case",
                json!({ "Id": "500A", "CaseNumber": "00001001", "AccountId": "001A", "CreatedDate": "2026-10-01T01:02:03.000000Z",
                    "Origin": "Web", "Priority": "High", "Status": "Closed", "ClosedDate": "2026-10-02T01:02:03.000000Z" }),
            ),
        ],
    );
    let [Record::Customer(account), Record::Contact(contact), Record::Ticket(case)] = records.as_slice() else {
        panic!("{records:?}")
    };
    assert_eq!((account.external_id.as_str(), account.employees), ("001A", Some(120)));
    assert_eq!(account.domain.as_deref(), Some("minato.example"));
    assert_eq!((contact.customer.as_str(), contact.external_id.as_str()), ("001A", "003A"));
    assert_eq!((case.external_id.as_str(), case.channel.as_deref()), ("00001001", Some("form")));
    assert_eq!((case.priority.as_deref(), case.status.as_deref()), (Some("high"), Some("closed")));
}

#[test]
fn hubspot_wraps_its_properties_and_lists_its_companies() {
    let records = preset(
        "hubspot",
        &[
            schema("companies", &["companyId"], Value::Null),
            record(
                "companies",
                json!({ "companyId": 77, "property_name": { "value": "Sora", "timestamp": 1 }, "property_numberofemployees": { "value": "30" } }),
            ),
            schema("contacts", &["id"], Value::Null),
            record(
                "contacts",
                json!({ "id": "5", "property_lastname": "鈴木", "property_firstname": "花子", "property_email": "h@sora.example",
                    "associations": { "companies": { "results": [{ "id": "77", "type": "contact_to_company" }] } } }),
            ),
            record("contacts", json!({ "id": "6", "property_lastname": "誰か", "associations": null })),
        ],
    );
    let [Record::Customer(company), Record::Contact(contact)] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((company.external_id.as_str(), company.name.as_deref()), ("77", Some("Sora")));
    assert_eq!(company.employees, Some(30));
    assert_eq!((contact.customer.as_str(), contact.name.as_deref()), ("77", Some("鈴木 花子")));
}

#[test]
fn zendesk_brings_no_agents() {
    let records = preset(
        "zendesk",
        &[
            schema("organizations", &["id"], Value::Null),
            record("organizations", json!({ "id": 9, "name": "Umi", "domain_names": ["umi.example"] })),
            schema("users", &["id"], Value::Null),
            record("users", json!({ "id": 1, "role": "agent", "organization_id": 9, "name": "we" })),
            record("users", json!({ "id": 2, "role": "end-user", "organization_id": 9, "name": "they" })),
            schema(
                "tickets",
                &["id"],
                json!({ "created_at": { "format": "date-time" }, "id": {}, "organization_id": {}, "status": {}, "via": {} }),
            ),
            record(
                "tickets",
                json!({ "id": 3, "organization_id": 9, "created_at": "2026-10-01T10:00:00", "status": "pending", "via": { "channel": "email" } }),
            ),
        ],
    );
    let [Record::Customer(org), Record::Contact(user), Record::Ticket(ticket)] = records.as_slice() else {
        panic!("{records:?}")
    };
    assert_eq!((org.domain.as_deref(), user.external_id.as_str()), (Some("umi.example"), "2"));
    // An instant without a zone is of UTC, whatever the zone of the workspace.
    assert_eq!(ticket.opened_at, kizashi_domain::intake::parse::read_rfc3339(b"2026-10-01T10:00:00Z").unwrap());
    assert_eq!((ticket.channel.as_deref(), ticket.status.as_deref()), (Some("mail"), Some("waiting")));
}

#[test]
fn stripe_counts_in_cents() {
    let subscription = |id: &str, plan: Value, quantity: i64| {
        record(
            "subscriptions",
            json!({ "id": id, "customer": "cus_1", "status": "active", "quantity": quantity, "plan": plan, "cancel_at_period_end": false,
                "current_period_start": "2026-10-01T00:00:00Z", "current_period_end": "2026-11-01T00:00:00Z" }),
        )
    };
    let plan = |amount: i64, currency: &str, interval: &str| json!({ "amount": amount, "currency": currency, "interval": interval, "interval_count": 1 });
    let records = preset(
        "stripe",
        &[
            schema("subscriptions", &["id"], Value::Null),
            subscription("sub_1", plan(1_999, "usd", "month"), 3),
            subscription("sub_2", plan(120_000, "jpy", "year"), 1),
        ],
    );
    let [Record::Contract(dollars), Record::Contract(yen)] = records.as_slice() else { panic!("{records:?}") };
    let amount = dollars.amount.unwrap();
    assert_eq!((amount.minor, amount.currency.code(), dollars.months), (5_997, "USD", Some(1)));
    let amount = yen.amount.unwrap();
    assert_eq!((amount.minor, amount.currency.code(), yen.months), (120_000, "JPY", Some(12)));
    assert_eq!((dollars.end.unwrap().to_string().as_str(), dollars.auto_renew), ("2026-10-31", Some(true)));
}

#[test]
fn a_record_without_its_key_is_refused_with_its_line() {
    let read = read(
        "[streams.pay]\nas = \"events\"\n[streams.pay.columns]\ncustomer = \"c\"\noccurred_at = \"at\"\nevent = { value = \"pay\" }\nvalue = \"sum\"\n",
        &[
            schema(
                "pay",
                &["shop", "no"],
                json!({ "shop": {}, "no": {}, "c": {}, "at": { "format": "date-time" }, "sum": {} }),
            ),
            record(
                "pay",
                json!({ "shop": "a", "no": 1, "c": "c1", "at": "2026-10-01T00:00:00+00:00", "sum": "12345678.90" }),
            ),
            record("pay", json!({ "shop": "a", "no": null, "c": "c1", "at": "2026-10-01T00:00:00Z" })),
            record("pay", json!({ "shop": "a", "no": 2, "c": null, "at": "2026-10-01T00:00:00Z" })),
            record("pay", json!({ "shop": "a", "no": 3, "c": "c1", "at": "yesterday" })),
            record(
                "pay",
                json!({ "shop": "a", "no": 4, "c": "c1", "at": "2026-10-01T00:00:00Z", "_sdc_deleted_at": "2026-10-02T00:00:00Z" }),
            ),
        ],
    );
    let ids: Vec<(String, Option<f64>)> = read.parsed.events.iter().map(|e| (e.id.to_owned(), e.value)).collect();
    assert_eq!(ids, [("a-1".to_owned(), Some(12_345_678.9))]);
    let said = refusals(&read.parsed);
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!((said[0].as_str(), said[1].as_str()), ("3 no is required and empty", "4 c is required and empty"));
    assert!(said[2].starts_with("5 at is not a date"), "{said:?}");
    assert!(read.notes.iter().any(|n| n.contains("1 records are gone")), "{:?}", read.notes);
    // The whole message is kept, to be mended where it came from.
    assert!(read.parsed.refused[0].original[0].contains("\"RECORD\""));
}

#[test]
fn messages_that_are_not_understood_are_named_once_or_refused() {
    let broken = "{\"type\":\"RECORD\",\"stream\":\"firms\",\"rec";
    let long = "x".repeat(2 * 1024 * 1024);
    let text = format!(
        "{}\nhello\n{}\n{}\n{}\n{}\n{}\n{long}\n{}\n{broken}",
        record("firms", json!({ "id": 1 })),
        json!({ "type": "LOG", "text": "x" }),
        json!({ "type": "LOG", "text": "y" }),
        json!({ "type": "ACTIVATE_VERSION", "stream": "firms", "version": 3 }),
        schema("others", &["id"], Value::Null),
        record("others", json!({ "id": 1 })),
        json!({ "type": "STATE", "value": { "bookmarks": { "firms": 1 } } }),
    );
    let read = read_text(FIRMS, text);
    let said = refusals(&read.parsed);
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[0].starts_with("1 ") && said[0].contains("no SCHEMA"), "{said:?}");
    assert!(said[1].starts_with("2 ") && said[2].starts_with("8 ") && said[3].starts_with("10 "), "{said:?}");
    assert_eq!(read.states, ["{\"bookmarks\":{\"firms\":1}}"]);
    assert_eq!(read.notes.iter().filter(|n| n.contains("LOG")).count(), 1, "{:?}", read.notes);
    assert!(read.notes.iter().any(|n| n.contains("others") && n.contains("1 records are left out")));
}

#[test]
fn records_in_files_of_the_tap_end_the_reading() {
    let read = read(
        FIRMS,
        &[
            schema("firms", &["id"], Value::Null),
            record("firms", json!({ "id": 1, "name": "A" })),
            json!({ "type": "BATCH", "stream": "firms", "manifest": ["file:///tmp/x.gz"] }),
            json!({ "type": "STATE", "value": {} }),
        ],
    );
    assert!(read.failed.unwrap().contains("BATCH"));
    assert!(read.states.is_empty());
}

#[test]
fn a_stream_whose_schema_lacks_what_is_needed_is_no_surprise() {
    let map =
        "[streams.t]\nas = \"tickets\"\n[streams.t.columns]\ncustomer = \"c\"\nopened_at = \"at\"\nsubject = \"s\"\n";
    let one = read(map, &[schema("t", &["id"], json!({ "id": {}, "c": {}, "at": {} }))]);
    assert!(one.failed.is_none() && one.notes[0].contains("does not bring s for subject"), "{:?}", one.notes);
    let two = read(map, &[schema("t", &["id"], json!({ "id": {}, "c": {} }))]);
    assert!(two.failed.unwrap().contains("opened_at"));
    // Without columns in the map they are guessed by the names of the keys.
    let guessed = read(
        "[streams.t]\nas = \"customers\"\n",
        &[
            schema("t", &[], json!({ "customer_code": {}, "company_name": {} })),
            record("t", json!({ "customer_code": "7", "company_name": "A" })),
        ],
    );
    assert_eq!(guessed.parsed.records[0].customer(), "7");
}

#[test]
fn what_is_wrong_in_a_map_is_said_with_its_place() {
    for (text, want) in [
        ("", "name 1 to 200 streams"),
        ("[streams.a]\n", "line 1, column 10: say with `as`"),
        ("[streams.a]\nas = \"custommers\"\n", "line 2, column 6"),
        ("[streams.a]\nas = \"customers\"\nnedds = []\n", "\"nedds\" is not known here"),
        ("[streams.a]\nas = \"customers\"\n[streams.a.columns]\nnme = \"x\"\n", "line 4, column 1"),
        ("stream = 1\n", "known are source, time_zone, streams"),
    ] {
        let told = StreamMaps::read(text).unwrap_err().to_string();
        assert!(told.contains(want), "{text:?} told {told:?}");
    }
    let told = kizashi_connectors::Map::read(
        "as = \"contracts\"\n[columns]\namount = { column = \"a\", minor = true }\n",
        None,
    );
    assert!(told.unwrap_err().to_string().contains("for the records of a tap only"));
}
