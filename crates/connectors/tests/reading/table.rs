//! Rows of tables, and that they are the same facts as rows of CSV.

use kizashi_connectors::{Error, OpenTable, Parsed, Reader};
use kizashi_domain::intake::{BROKEN, RecordKind, TableDamaged, TableRows};

use super::{drain, events, ids, mapped, of_kind, options, read_good, refusals};

/// Rows in batches of two.
fn table(titles: &[&str], rows: &[&[&str]], damage: Option<TableDamaged>) -> OpenTable {
    let mut batches = Vec::new();
    for (n, part) in rows.chunks(2).enumerate() {
        let mut batch = TableRows { first_row: n as u64 * 2 + 1, columns: titles.len(), ..TableRows::default() };
        for row in part {
            let mut at = 0;
            for field in *row {
                batch.text.push_str(field);
                at += field.len();
                batch.ends.push(at);
            }
        }
        batches.push(Ok(batch));
    }
    batches.extend(damage.map(Err));
    OpenTable {
        name: "t.parquet".to_owned(),
        titles: titles.iter().map(|t| (*t).to_owned()).collect(),
        left_out: vec!["tags".to_owned()],
        rows: rows.len() as u64,
        batches: Box::new(batches.into_iter()),
    }
}

const TITLES: [&str; 5] = ["account", "user", "ts", "name", "value"];
const ROWS: [&[&str]; 5] = [
    &["a", "a/u1", "2026-08-03T00:00:00.265865Z", "login", "35.24"],
    &["a", "a/u1", "2026-08-03T00:00:00.265865Z", "login", "35.24"],
    &["b", "", "2026-08-03T09:00:00", "view", ""],
    &["", "", "2026-08-03T09:00:00", "view", ""],
    &["b", "", "soon", "view", "x"],
];

fn good(table: OpenTable, options: kizashi_connectors::Options) -> Parsed {
    let (parsed, failed) = drain(Reader::open_table(table, options).unwrap());
    assert!(failed.is_none(), "{failed:?}");
    parsed
}

#[test]
fn headings_are_guessed_and_what_is_left_out_is_told() {
    let reader = Reader::open_table(table(&TITLES, &ROWS, None), options()).unwrap();
    assert_eq!(reader.kind(), RecordKind::Events);
    let plan = reader.plan();
    let columns: Vec<String> = plan.columns.iter().map(|(field, column)| format!("{field}={column}")).collect();
    for want in ["customer=account", "user=user", "occurred_at=ts", "event=name", "value=value"] {
        assert!(columns.iter().any(|c| c == want), "{want}: {columns:?}");
    }
    assert_eq!(plan.unused, ["tags"]);
}

#[test]
fn the_same_rows_as_csv_are_the_same_facts() {
    let mut csv = TITLES.join(",");
    for row in ROWS {
        csv.push('\n');
        csv.push_str(&row.join(","));
    }
    let a = good(table(&TITLES, &ROWS, None), options());
    let b = read_good("t.csv", csv, options());
    assert_eq!(events(&a), events(&b));
    assert_eq!(a.events.len(), 3);
    // Equal rows stay two, whatever the order of columns.
    assert_eq!(ids(&a)[1], format!("{}-1", ids(&a)[0]));
    // Rows of a table are counted from 1, lines of a file with its headings.
    assert_eq!(refusals(&a), ["4 account is required and empty", &refusals(&b)[1].replacen('6', "5", 1)]);
}

#[test]
fn records_and_maps_go_the_same_way() {
    let titles = ["コード", "名前"];
    let rows: [&[&str]; 2] = [&["k1", "青葉"], &["k2", ""]];
    let map = "as = \"customers\"\n[columns]\nexternal_id = \"コード\"\nname = \"名前\"\n";
    let parsed = good(table(&titles, &rows, None), mapped(map));
    assert_eq!(parsed.records.len(), 2);
    let failed = Reader::open_table(table(&["a", "b"], &[], None), of_kind(RecordKind::Events)).err().unwrap();
    assert!(matches!(&failed, Error::Columns { name, .. } if name == "t.parquet"), "{failed}");
    assert!(matches!(Reader::open_table(table(&["a"], &[], None), options()), Err(Error::Columns { .. })));
}

#[test]
fn bytes_that_are_no_text_and_endless_rows_are_refused() {
    let (broken, long) = (format!("a{BROKEN}"), "x".repeat(2 * 1024 * 1024));
    let time = "2026-08-03T09:00:00Z";
    let rows: [&[&str]; 2] = [&[&broken, "", time, "view", ""], &[&long, "", time, "view", ""]];
    let parsed = good(table(&TITLES, &rows, None), options());
    assert_eq!(parsed.events.len(), 0);
    assert_eq!(refusals(&parsed), ["1 account holds bytes that are not UTF-8", "2  is larger than 1048576 bytes"]);
    assert_eq!(parsed.refused[0].refusal.value, "a\u{FFFD}");
    assert!(parsed.refused[1].original.is_empty());
}

#[test]
fn damage_is_told_with_its_place_and_the_rows_before_stand() {
    let damage = TableDamaged { rows: 3, detail: "row group 2, column ts: short".to_owned() };
    let reader = Reader::open_table(table(&TITLES, &ROWS[..3], Some(damage)), options()).unwrap();
    let (parsed, failed) = drain(reader);
    assert_eq!(parsed.events.len(), 3);
    let told = failed.unwrap().to_string();
    assert!(told.starts_with("t.parquet is damaged after row 3: row group 2, column ts: short"), "{told}");
}
