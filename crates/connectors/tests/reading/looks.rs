//! What a workbook of several sheets looks like before one is chosen, and mappings that leave and come back as files.

use kizashi_connectors::{Map, look, map_of, wish_of};
use kizashi_domain::intake::{Binding, RecordKind, Use, Wish};
use rust_xlsxwriter::Workbook as Writer;

fn book() -> tempfile::NamedTempFile {
    let mut book = Writer::new();
    let rows: [(&str, &[&[&str]]); 4] = [
        ("表紙", &[]),
        ("見出しだけ", &[&["顧客コード", "会社名"]]),
        (
            "顧客",
            &[
                &["顧客一覧"],
                &["顧客コード", "会社名", "課題"],
                &["c1", "ミナト", "紙が残る"],
                &[],
                &["c2", "しらかば", ""],
            ],
        ),
        ("担当者", &[&["顧客コード", "担当者名", "メールアドレス", "役割"], &["c1", "高橋", "t@example.jp", "推進役"]]),
    ];
    for (name, rows) in rows {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (r, row) in rows.iter().enumerate() {
            for (c, cell) in row.iter().enumerate() {
                sheet.write(u32::try_from(r).unwrap(), u16::try_from(c).unwrap(), *cell).unwrap();
            }
        }
    }
    let file = tempfile::Builder::new().suffix(".xlsx").tempfile().unwrap();
    book.save(file.path()).unwrap();
    file
}

#[test]
fn sheets_are_counted_and_empty_ones_told_apart() {
    let file = book();
    let found = look(file.path(), &Wish::default()).unwrap();
    let told: Vec<_> = found.sheets.iter().map(|s| (s.name.as_str(), s.kind, s.rows, s.has_more)).collect();
    let (customers, contacts) = (Some(RecordKind::Customers), Some(RecordKind::Contacts));
    assert_eq!(
        told,
        [
            ("表紙", None, 0, false),
            ("見出しだけ", customers, 0, false),
            ("顧客", customers, 2, false),
            ("担当者", contacts, 1, false)
        ]
    );
    assert_eq!(found.sheet.as_deref(), Some("顧客"), "the first that is understood and has rows");
    let left = |done: &[&str]| {
        let done: Vec<String> = done.iter().map(|d| (*d).to_owned()).collect();
        found.sheets_left(&done).map(|s| s.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(left(&[]), ["顧客", "担当者"]);
    assert_eq!(left(&["顧客"]), ["担当者"]);
    assert!(left(&["顧客", "担当者"]).is_empty());
}

#[test]
fn a_mapping_leaves_as_a_file_and_comes_back_the_same() {
    let of = |used: Use, column: Option<&str>, value: Option<&str>, unit: Option<i64>| Binding {
        used,
        column: column.map(str::to_owned),
        value: value.map(str::to_owned),
        unit,
    };
    let wish = Wish {
        kind: Some(RecordKind::Customers),
        encoding: Some("shift_jis".into()),
        source: "営業の\"表\"".into(),
        bindings: vec![
            of(Use::Field("external_id".into()), Some("顧客コード"), None, None),
            of(Use::Field("purpose".into()), Some("利用 = \"目的\"\\"), None, None),
            of(Use::Field("region".into()), None, Some("関東"), None),
            of(Use::Figure("fee".into()), Some("月額"), None, Some(1_000)),
        ],
        ..Wish::default()
    };
    let text = wish.map_text();
    let back = wish_of(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let sorted = |mut w: Wish| {
        w.bindings.sort_by_key(|b| format!("{:?}", b.used));
        w
    };
    assert_eq!(sorted(back), sorted(wish.clone()), "{text}");
    // The command line reads the very same.
    let map = Map::read(&text, None).unwrap();
    assert_eq!((map.kind, map.source.as_deref()), (Some(RecordKind::Customers), Some("営業の\"表\"")));
    assert_eq!(map.columns.len() + map.figures.len(), map_of(&wish).unwrap().columns.len() + 1);
}

#[test]
fn a_mapping_that_cannot_be_used_says_where_and_why() {
    for (text, part) in [
        ("as = \"customers\"\n[columns]\nnope = \"x\"", "line 3"),
        ("as = \"robots\"", "robots"),
        ("time_zone = \"Asia/Tokyo\"", "kizashi import --map"),
        ("skip_rows = 3", "skip_rows"),
        ("[columns]\nname = { column = \"a\", words = { x = \"y\" } }", "words of name"),
        ("= broken", "line 1"),
    ] {
        let said = wish_of(text).unwrap_err();
        assert!(said.contains(part), "{text}: {said}");
    }
}

#[test]
fn what_was_guessed_leaves_as_it_was_guessed() {
    let file = book();
    let found = look(file.path(), &Wish { source: "office".into(), ..Wish::default() }).unwrap();
    let said = found.wish(&Wish { source: "office".into(), ..Wish::default() });
    let back = wish_of(&said.map_text()).unwrap();
    let again = look(file.path(), &Wish { sheet: Some("顧客".into()), ..back }).unwrap();
    assert_eq!(again.columns, found.columns);
    assert!(found.columns.iter().any(|c| c.used == Some(Use::Field("challenges".into()))));
}
