//! CSV files.

use std::io::Cursor;

use kizashi_domain::intake::{Record, RecordKind};
use kizashi_domain::limits::{COLUMNS_MAX, LINE_BYTES_MAX};
use kizashi_domain::money::{Currency, Money};
use proptest::prelude::*;

use super::{Drops, events, ids, mapped, of_kind, options, read_all, read_good, read_stream, refusals};

const EVENTS: &str = "as = \"events\"\n[columns]\ncustomer = \"c\"\noccurred_at = \"t\"\nevent = \"e\"\n";
const NO_TIME: &str = "is not a date or time (for example 2026-11-26, 2026/11/26 9:30, 令和8年11月26日)";

#[test]
fn a_file_without_a_map_is_guessed() {
    let text =
        "顧客コード,会社名,フリガナ,従業員数,契約開始日\n001,㈱ミナト,ミナト,\"1,200名\",令和8年4月1日\n002,Ａ社,,,\n";
    let parsed = read_good("customers.csv", text, options());
    assert_eq!(refusals(&parsed), Vec::<String>::new());
    let Record::Customer(first) = &parsed.records[0] else { panic!() };
    assert_eq!(first.external_id, "001");
    assert_eq!(first.name.as_deref(), Some("㈱ミナト"));
    assert_eq!(first.employees, Some(1200));
    assert_eq!(first.since.unwrap().to_string(), "2026-04-01");
    let Record::Customer(second) = &parsed.records[1] else { panic!() };
    assert_eq!((second.employees, second.since, second.reading.clone()), (None, None, None));
}

#[test]
fn lines_are_counted_with_those_inside_quotes() {
    for (end, name) in [("\r\n", "crlf"), ("\n", "lf"), ("\r", "cr")] {
        let text = "c,t,e\n\na,2026-01-01,\"x\ny\"\n\nb,nix,z\nc,2026-01-02\nd,2026-01-03,ok".replace('\n', end);
        let want = [
            "3 e holds a control character".to_owned(),
            format!("6 t {NO_TIME}"),
            "7  has 2 fields where the header has 3".to_owned(),
        ];
        let parsed = read_good("e.csv", text.clone(), mapped(EVENTS));
        assert_eq!(refusals(&parsed), want, "{name}");
        assert_eq!(parsed.events.len(), 1);
        let (drops, _) = read_stream("e.csv", Box::new(Drops(Cursor::new(text.into_bytes()))), mapped(EVENTS));
        assert_eq!(refusals(&drops), want, "{name} byte by byte");
        assert_eq!(parsed.refused[1].original, ["b", "nix", "z"]);
        assert_eq!(parsed.refused[1].refusal.value, "nix");
    }
}

#[test]
fn equal_rows_are_kept_and_the_same_file_gives_the_same_ids() {
    let text = "c,t,e,note\na,2026-01-01,x,1\na,2026-01-01,x,1\nb,2026-01-01,x,\na,2026-01-01,x,1\n";
    let first = read_good("e.csv", text, mapped(EVENTS));
    let mut seen = ids(&first);
    assert_eq!(seen, ids(&read_good("e.csv", text, mapped(EVENTS))));
    // Neither the order of columns, nor their encoding, nor an empty one more is contents.
    let other = "\u{FEFF}note,e,t,c,more\r\n1,x,2026-01-01,a,\r\n1,x,2026-01-01,a,\r\n,x,2026-01-01,b,\r\n1,x,2026-01-01,a,\r\n";
    assert_eq!(seen, ids(&read_good("e.csv", other, mapped(EVENTS))));
    // What stands in a column that is not read is contents.
    let changed = read_good("e.csv", text.replace(",x,\n", ",x,9\n"), mapped(EVENTS));
    assert_ne!(ids(&changed)[2], seen[2]);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[test]
fn cells_may_hold_quotes_delimiters_and_lines() {
    let text = "顧客ID,会社名,目標,備考\n1,\"Ａ, \"\"B\"\" 社\",\"一行目\r\n二行目\",\"\"\n";
    let parsed = read_good("c.csv", text, options());
    let Record::Customer(row) = &parsed.records[0] else { panic!() };
    assert_eq!(row.name.as_deref(), Some("Ａ, \"B\" 社"));
    assert_eq!(row.goal.as_deref(), Some("一行目\r\n二行目"));
}

#[test]
fn a_quotation_mark_never_closed_costs_its_line() {
    let text = "c,t,e\na,2026-01-01,x\nb,2026-01-01,\"x\nc,2026-01-01,x\nd,2026-01-01,x\n";
    let parsed = read_good("e.csv", text, mapped(EVENTS));
    assert_eq!(refusals(&parsed), ["3  holds a quotation mark that is not closed"]);
    assert_eq!(parsed.events.iter().map(|e| e.customer.to_owned()).collect::<Vec<_>>(), ["a", "c", "d"]);
    // Closed by the next row's mark, it would swallow two rows.
    let text = "c,t,e\nb,2026-01-01,\"x\nc,2026-01-01,\"y\"\nd,2026-01-01,x\n";
    let parsed = read_good("e.csv", text, mapped(EVENTS));
    assert_eq!(refusals(&parsed), ["2  holds a quotation mark that is not closed"]);
    assert_eq!(parsed.events.len(), 2);
}

#[test]
fn a_line_beyond_the_limit_is_skipped_and_the_next_is_read() {
    let long = "x".repeat(LINE_BYTES_MAX * 3);
    for open in ["", "\""] {
        let text = format!("c,t,e\na,2026-01-01,{open}{long}\nb,2026-01-01,y\n");
        let parsed = read_good("e.csv", text, mapped(EVENTS));
        assert_eq!(refusals(&parsed), [format!("2  is larger than {LINE_BYTES_MAX} bytes")]);
        assert_eq!(parsed.events.len(), 1);
    }
}

#[test]
fn rows_of_nothing_and_trailing_commas_are_let_be() {
    let text = "c,t,e\n,,\n\na,2026-01-01,x,,\nb,2026-01-01,x,y\n";
    let parsed = read_good("e.csv", text, mapped(EVENTS));
    assert_eq!(refusals(&parsed), ["5  has 4 fields where the header has 3"]);
    assert_eq!(parsed.rows, 2);
}

#[test]
fn headings_are_checked() {
    let fail = |text: &str, map: &str| read_all("e.csv", text, mapped(map)).1.unwrap().to_string();
    assert!(fail("", EVENTS).contains("is empty"));
    assert!(fail("\n\n\r\n", EVENTS).contains("is empty"));
    assert!(fail("c,t,e,e\n", EVENTS).contains("two columns are called \"e\""));
    assert!(fail("c,t,x\n", EVENTS).contains("no column \"e\"; there are c, t, x"));
    assert!(fail(&"a,".repeat(COLUMNS_MAX + 1), EVENTS).contains("at most 500"));
    assert!(fail("c,t,e\n", "as = \"events\"\n[columns]\ncustomer = \"c\"\n").contains("occurred_at (such as"));
    let told = read_all("e.csv", "a,b\n1,2\n", options()).1.unwrap().to_string();
    assert!(told.contains("cannot be told from its columns (a, b)"), "{told}");
    // Titles that nobody reads may be empty or stand twice.
    let parsed = read_good("e.csv", "c,t,e,,z,z\na,2026-01-01,x,1,2,3\n", mapped(EVENTS));
    assert_eq!(parsed.events.len(), 1);
}

#[test]
fn zero_bytes_and_control_characters_are_refused() {
    let parsed = read_good("e.csv", "c,t,e\na\0b,2026-01-01,x\nc,2026-01-01,y\u{7}\n", mapped(EVENTS));
    assert_eq!(refusals(&parsed), ["2 c holds a control character", "3 e holds a control character"]);
    let parsed = read_good("e.csv", format!("c,t,e\n{},2026-01-01,x\n", "あ".repeat(257)), mapped(EVENTS));
    assert_eq!(refusals(&parsed), ["2 c is longer than 256 characters"]);
}

#[test]
fn contracts_come_as_offices_write_them() {
    let text = "顧客ID,契約番号,プラン,席数,月額（千円）,契約開始日,更新日,自動更新,通知期限\n\
                0012,K-1,標準,50席,\"1,200\",R8.4.1,2027/4/1,○,2026年12月31日\n\
                0013,K-2,標準,,△5,2026/4/1,2026/3/1,×,\n\
                0014,K-3,標準,x,1,2026/4/1,,たぶん,\n";
    let parsed = read_good("contracts.csv", text, options());
    let Record::Contract(row) = &parsed.records[0] else { panic!() };
    assert_eq!(row.customer, "0012");
    assert_eq!(row.amount, Some(Money::yen(1_200_000 * 12)));
    assert_eq!((row.months, row.seats, row.auto_renew), (Some(12), Some(50), Some(true)));
    assert_eq!(row.end.unwrap().to_string(), "2027-03-31");
    assert_eq!(row.notice_days, Some(90));
    assert_eq!(refusals(&parsed), ["3 更新日 lies before the first day", "4 席数 is not a number"]);
}

#[test]
fn money_has_its_currency_and_unit() {
    let map = "as = \"contracts\"\n[columns]\ncustomer = \"c\"\namount = { column = \"a\", currency = \"USD\", unit = \"千\" }\n";
    let parsed = read_good("c.csv", "c,a\n1,\"$1,234.5\"\n", mapped(map));
    let Record::Contract(row) = &parsed.records[0] else { panic!() };
    assert_eq!(row.amount, Some(Money { minor: 123_450_000, currency: Currency::parse("USD").unwrap() }));
    assert_eq!(row.external_id, "1");
}

#[test]
fn words_of_an_office_become_ours() {
    let text = "顧客ID,対応日時,種別,方向,件名\n1,2026/4/1 9:30,訪問,双方向,定例\n1,2026/4/2,ゴルフ,,\n1,2026/4/2,電話,斜め,\n";
    let parsed = read_good("a.csv", text, of_kind(RecordKind::Activities));
    let kinds: Vec<_> = parsed
        .records
        .iter()
        .map(|r| match r {
            Record::Activity(a) => (a.kind.as_str(), a.direction.as_deref()),
            _ => panic!(),
        })
        .collect();
    assert_eq!(kinds, [("visit", Some("both")), ("ゴルフ", None)]);
    assert_eq!(refusals(&parsed), ["4 方向 is not one of in, out, both"]);
    let map = "as = \"contacts\"\n[columns]\ncustomer = \"c\"\nname = \"n\"\nrole = { column = \"r\", words = { \"役員\" = \"key_person\" } }\n";
    let parsed = read_good("p.csv", "c,n,r\n1,山田,役員\n", mapped(map));
    let Record::Contact(row) = &parsed.records[0] else { panic!() };
    assert_eq!((row.role.as_deref(), row.external_id.as_str()), (Some("key_person"), "1/山田"));
}

#[test]
fn a_cell_protected_from_spreadsheets_is_read_as_it_was() {
    let parsed = read_good("p.csv", "customer,name,phone\n1,山田,'+81-3-1234\n", of_kind(RecordKind::Contacts));
    let Record::Contact(row) = &parsed.records[0] else { panic!() };
    assert_eq!(row.phone.as_deref(), Some("+81-3-1234"));
}

#[test]
fn a_sheet_of_an_office_is_read_as_it_is() {
    let text = "利用状況一覧,,\n2026年4月1日現在,,\n\n顧客ID,従業員数,契約開始日\n=\"001\",\"1,200\",2026/4/1\n\"=\"\"002\"\"\",－,未定\n合　計,\"1,200\",\n";
    let parsed = read_good("c.csv", text, of_kind(RecordKind::Customers));
    let rows: Vec<_> = parsed
        .records
        .iter()
        .map(|r| match r {
            Record::Customer(c) => (c.external_id.as_str(), c.employees, c.since.map(|d| d.to_string())),
            _ => panic!(),
        })
        .collect();
    assert_eq!(rows, [("001", Some(1200), Some("2026-04-01".to_owned())), ("002", None, None)]);
    assert_eq!((parsed.left_out.as_slice(), refusals(&parsed).len()), ([7].as_slice(), 0));
}

#[test]
fn delimiters_are_found() {
    for (name, text) in [
        ("e.txt", "c;t;e\na;2026-01-01;x,y\n"),
        ("e.txt", "c\tt\te\na\t2026-01-01\tx,y\n"),
        ("e.tsv", "c\tt\te\na\t2026-01-01\tx,y\n"),
        ("e.csv", "c,t,e\na,2026-01-01,\"x,y\"\n"),
    ] {
        let parsed = read_good(name, text, mapped(EVENTS));
        assert_eq!(parsed.events.iter().next().unwrap().name, "x,y", "{text}");
    }
    let map = format!("delimiter = \"|\"\nskip_rows = 2\n{EVENTS}");
    let parsed = read_good("e.csv", "利用実績\n2026年\nc|t|e\na|2026-01-01|x\nb|nix|x\n", mapped(&map));
    assert_eq!((parsed.events.len(), refusals(&parsed)), (1, vec![format!("5 t {NO_TIME}")]));
}

#[test]
fn times_without_a_zone_take_the_map_s() {
    let map = format!("time_zone = \"America/New_York\"\n{EVENTS}");
    let parsed = read_good("e.csv", "c,t,e\na,1997-01-01,x\na,2026-03-08 02:30,x\n", mapped(&map));
    let event = parsed.events.iter().next().unwrap();
    assert_eq!(event.occurred_at.rfc3339(), "1997-01-01T05:00:00Z");
    assert!(event.assumed);
    assert_eq!(refusals(&parsed), ["3 t is a time that does not exist in its time zone (clock change)"]);
    let map = "as = \"events\"\n[columns]\ncustomer = \"c\"\noccurred_at = { column = \"t\", form = \"excel\" }\nevent = \"e\"\n";
    let parsed = read_good("e.csv", "c,t,e\na,46113.5,x\n", mapped(map));
    assert_eq!(parsed.events.iter().next().unwrap().occurred_at.rfc3339(), "2026-04-01T03:00:00Z");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn where_the_stream_is_cut_does_not_matter(text in "([ab\"\n\r, ]|c,t,e\n|x,2026-01-01,y\r\n|\"q\r\nr\"){0,40}") {
        let text = format!("c,t,e\n{text}");
        let (whole, _) = read_all("e.csv", text.clone(), mapped(EVENTS));
        let (drops, _) = read_stream("e.csv", Box::new(Drops(Cursor::new(text.into_bytes()))), mapped(EVENTS));
        prop_assert_eq!(events(&whole), events(&drops));
        prop_assert_eq!(refusals(&whole), refusals(&drops));
    }
}
