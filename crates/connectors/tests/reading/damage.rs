//! Broken, truncated and hostile files.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use kizashi_connectors::segment::{Call, parse_body};
use kizashi_connectors::{Error, Groups, Options};
use kizashi_domain::intake::RecordKind;
use kizashi_domain::time::{Time, Zone};
use proptest::prelude::*;

use super::{mapped, of_kind, read_all, read_good, refusals};

const EVENTS: &str = "as = \"events\"\n[columns]\ncustomer = \"c\"\noccurred_at = \"t\"\nevent = \"e\"\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn many_rows() -> String {
    let mut text = String::from("c,t,e\n");
    for i in 0..60_000 {
        text.push_str(&format!(
            "customer-{},2026-01-{:02} 10:{:02}:00,event-{}\n",
            i * 7919 % 10_007,
            i % 28 + 1,
            i % 60,
            i % 13
        ));
    }
    text
}

#[test]
fn a_truncated_file_tells_its_place_and_what_was_read_stands() {
    let whole = gzip(many_rows().as_bytes());
    let all = read_good("e.csv.gz", whole.clone(), mapped(EVENTS));
    assert_eq!(all.events.len(), 60_000);
    let (parsed, failed) = read_all("e.csv.gz", &whole[..whole.len() * 2 / 3], mapped(EVENTS));
    let Some(Error::Damaged { name, at_bytes, line, .. }) = failed else { panic!("{failed:?}") };
    assert_eq!((name.as_str(), at_bytes), ("e.csv.gz", (whole.len() * 2 / 3) as u64));
    assert_eq!(line, parsed.rows + 2);
    assert!(parsed.rows > 10_000 && parsed.rows < 60_000);
    assert_eq!(refusals(&parsed), Vec::<String>::new());
    assert!(parsed.events.iter().zip(all.events.iter()).all(|(a, b)| a == b));
    // Only the checksum at the end is wrong.
    let mut spoilt = whole.clone();
    let at = spoilt.len() - 6;
    spoilt[at] ^= 0xff;
    let (_, failed) = read_all("e.csv.gz", spoilt, mapped(EVENTS));
    assert!(matches!(failed, Some(Error::Damaged { .. })), "{failed:?}");
}

#[test]
fn a_truncated_file_of_messages_gives_whole_lines_only() {
    let mut text = String::new();
    for i in 0..40_000 {
        text.push_str(&format!(
            "{{\"event\":\"e{}\",\"customer\":\"c{}\",\"id\":\"m{i}\",\"occurred_at\":\"2026-01-01T00:00:{:02}Z\"}}\n",
            i % 7,
            i * 7919 % 10_007,
            i % 60
        ));
    }
    let whole = gzip(text.as_bytes());
    let (parsed, failed) = read_all("e.ndjson.gz", &whole[..whole.len() - whole.len() / 4], super::options());
    assert!(matches!(failed, Some(Error::Damaged { .. })), "{failed:?}");
    assert_eq!(refusals(&parsed), Vec::<String>::new());
    assert!(parsed.events.len() > 10_000 && parsed.events.len() < 40_000);
    assert!(parsed.events.iter().enumerate().all(|(i, e)| e.id == format!("m{i}")));
}

#[test]
fn a_small_truncated_file_gives_what_it_has() {
    // Of a few rows the compressed text is one block; stored blocks can be cut anywhere.
    let mut out = GzEncoder::new(Vec::new(), Compression::none());
    out.write_all(b"c,t,e\na,2026-01-01,x\nb,2026-01-01,x\nc,2026-01-01,x\n").unwrap();
    let whole = out.finish().unwrap();
    let (parsed, failed) = read_all("e.csv.gz", &whole[..whole.len() - 14], mapped(EVENTS));
    assert!(matches!(failed, Some(Error::Damaged { .. })), "{failed:?}");
    assert_eq!(parsed.events.len(), 2);
    for cut in 2..whole.len() {
        for name in ["e.csv.gz", "e.ndjson.gz"] {
            let (_, failed) = read_all(name, &whole[..cut], mapped(EVENTS));
            assert!(matches!(failed, Some(Error::Damaged { .. })), "{cut} {failed:?}");
        }
    }
}

#[test]
fn a_bomb_is_stopped() {
    // Zeros at the best level shrink a thousand times.
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(b"c,t,e\n").unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..70 {
        out.write_all(&zeros).unwrap();
    }
    let (parsed, failed) = read_all("e.csv.gz", out.finish().unwrap(), mapped(EVENTS));
    assert!(matches!(failed, Some(Error::Bomb { .. })), "{failed:?}");
    assert_eq!(parsed.events.len(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_end_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), name in prop_oneof![
        Just("x.csv"), Just("x.tsv"), Just("x.ndjson"), Just("x"), Just("x.csv.gz")
    ]) {
        let _ = read_all(name, bytes.clone(), of_kind(RecordKind::Events));
        let mut headed = b"customer,occurred_at,event\n".to_vec();
        headed.extend(&bytes);
        let _ = read_all("x.csv", headed, of_kind(RecordKind::Events));
        let mut squeezed = gzip(&bytes);
        if let Some(b) = squeezed.get_mut(bytes.len() % 30) {
            *b ^= 0x5a;
        }
        let _ = read_all(name, squeezed, Options { workers: 1, ..of_kind(RecordKind::Customers) });
    }

    #[test]
    fn any_text_like_csv_ends_without_panic(text in "([a-z表能ｱ０-９,;\t\"'=\r\n\0]|2026/4/1|令和8年4月1日){0,120}") {
        for kind in RecordKind::ALL {
            let _ = read_all("x.csv", text.clone(), of_kind(kind));
        }
        let _ = read_all("x.csv", format!("顧客ID,日時,イベント,値\n{text}"), super::options());
    }

    #[test]
    fn any_body_ends_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), json in "[\\[\\]{}\":,a-z0-9\\\\ ]{0,120}") {
        for call in [Call::Batch, Call::Any, Call::Track, Call::Identify, Call::Group, Call::Alias] {
            let _ = parse_body(call, &bytes, Time(0), &Zone::UTC, &Groups::default());
            let _ = parse_body(call, json.as_bytes(), Time(0), &Zone::UTC, &Groups::default());
        }
    }

    #[test]
    fn any_map_is_read_or_refused(text in "(as|source|columns|[a-z]{1,8}|=|\"[a-z]*\"|\\[|\\]|\\{|\\}|\n|,| |1){0,40}") {
        if let Err(error) = kizashi_connectors::Map::read(&text, None) {
            prop_assert!(error.to_string().starts_with("map file, line "), "{}", error);
        }
    }
}
