//! CSV files.

use kizashi_connectors::Map;
use kizashi_domain::intake::{Record, RecordKind};

use super::{options, read_all, refusals};

#[test]
fn a_file_without_a_map_is_guessed() {
    let text =
        "顧客コード,会社名,フリガナ,従業員数,契約開始日\n001,㈱ミナト,ミナト,\"1,200名\",令和8年4月1日\n002,Ａ社,,,\n";
    let (parsed, failed) = read_all("customers.csv", text, options());
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(refusals(&parsed), Vec::<String>::new());
    let Record::Customer(first) = &parsed.records[0] else { panic!() };
    assert_eq!(first.external_id, "001");
    assert_eq!(first.employees, Some(1200));
    assert_eq!(first.since.unwrap().to_string(), "2026-04-01");
    assert_eq!(parsed.records.len(), 2);
}

#[test]
fn lines_are_counted_with_those_inside_quotes() {
    let map = Map::read("[columns]\ncustomer = \"c\"\noccurred_at = \"t\"\nevent = \"e\"\n", Some(RecordKind::Events))
        .unwrap();
    let text = "c,t,e\r\n\r\na,2026-01-01,\"x\r\ny\"\r\n\r\nb,nix,z\r\nc,2026-01-02\r\n";
    let (parsed, failed) = read_all("e.csv", text, kizashi_connectors::Options { map: Some(map), ..options() });
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(
        refusals(&parsed),
        [
            "3 e holds a control character",
            "6 t is not a date or time (for example 2026-11-26, 2026/11/26 9:30, 令和8年11月26日)",
            "7  has 2 fields where the header has 3"
        ]
    );
}
