//! Workbooks as offices make them: titles above the headings, headings in two rows, joined cells, totals, several sheets; and those
//! that nobody should open.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use kizashi_connectors::{Error, Options, Parsed, Reader, Workbook};
use kizashi_domain::intake::{CustomerNames, Record, RecordKind};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook as Writer, Worksheet};

use super::{drain, options, read_good, refusals};

/// A list of customers with a contract as a sales office keeps it.
fn write_contracts(sheet: &mut Worksheet) {
    let date = Format::new().set_num_format("yyyy/m/d");
    let plain = Format::new();
    sheet.set_name("契約一覧").unwrap();
    sheet.write(0, 0, "契約管理表").unwrap();
    sheet.write(1, 6, "2026年11月20日現在").unwrap();
    sheet.merge_range(3, 0, 4, 0, "顧客コード", &plain).unwrap();
    sheet.merge_range(3, 1, 3, 3, "契約", &plain).unwrap();
    for (column, title) in ["開始日", "終了日", "月額\n（千円）"].into_iter().enumerate() {
        sheet.write(4, u16::try_from(column).unwrap() + 1, title).unwrap();
    }
    sheet.merge_range(3, 4, 4, 4, "自動更新", &plain).unwrap();
    let rows: [(&str, Option<f64>, &str, &str, &str); 3] = [
        ("0001", None, "令和8年3月31日", "△1,234.5", "○"),
        ("0002", Some(46_113.0), "2027/3/31", "450", "×"),
        ("0003", None, "平成40年3月31日", "４５０", "○"),
    ];
    for (n, (code, serial, end, monthly, renews)) in rows.into_iter().enumerate() {
        let row = u32::try_from(n).unwrap() + 6;
        sheet.write(row, 0, code).unwrap();
        match serial {
            // A count of days in a cell that nobody called a date.
            Some(serial) => sheet.write(row, 1, serial).unwrap(),
            None => sheet.write_with_format(row, 1, ExcelDateTime::from_ymd(2025, 4, 1).unwrap(), &date).unwrap(),
        };
        sheet.write(row, 2, end).unwrap();
        sheet.write(row, 3, monthly).unwrap();
        sheet.write(row, 4, renews).unwrap();
    }
    sheet.write(11, 0, "合　計").unwrap();
    sheet.write(11, 3, 1_684.5).unwrap();
}

fn write_people(sheet: &mut Worksheet) {
    sheet.set_name("担当者").unwrap();
    for (column, title) in ["会社名", "担当者名", "メールアドレス", "役職"].into_iter().enumerate() {
        sheet.write(0, u16::try_from(column).unwrap(), title).unwrap();
    }
    sheet.merge_range(1, 0, 2, 0, "㈱ミナト製作所", &Format::new()).unwrap();
    for (row, name, email) in [(1, "髙橋 蓮", "ren@minato.example"), (2, "山﨑\n結衣", "yui@minato.example")] {
        sheet.write(row, 1, name).unwrap();
        sheet.write(row, 2, email).unwrap();
    }
    for (row, firm) in [(3, "しらかば会"), (4, "知らない会社")] {
        sheet.write(row, 0, firm).unwrap();
        sheet.write(row, 1, "誰か").unwrap();
    }
}

fn office() -> tempfile::NamedTempFile {
    let mut book = Writer::new();
    write_contracts(book.add_worksheet());
    write_people(book.add_worksheet());
    let notes = book.add_worksheet();
    notes.set_name("メモ").unwrap();
    notes.write(0, 0, "来週までに確認すること").unwrap();
    let hidden = book.add_worksheet();
    hidden.set_name("裏").unwrap().set_hidden(true);
    let file = tempfile::Builder::new().suffix(".xlsx").tempfile().unwrap();
    book.save(file.path()).unwrap();
    file
}

fn read_sheet(path: &Path, sheet: &str, options: Options) -> Parsed {
    let options = Options { sheet: Some(sheet.to_owned()), ..options };
    let (parsed, failed) = drain(Reader::open(path, options).unwrap());
    assert!(failed.is_none(), "{failed:?}");
    parsed
}

#[test]
fn each_sheet_is_guessed_by_itself() {
    let file = office();
    let mut book = Workbook::open(file.path()).unwrap();
    assert_eq!(book.sheets(), ["契約一覧", "担当者", "メモ"], "hidden ones are not looked at");
    assert_eq!(book.guess("契約一覧", None, None).unwrap(), RecordKind::Contracts);
    assert_eq!(book.guess("担当者", None, None).unwrap(), RecordKind::Contacts);
    let told = book.guess("メモ", None, None).unwrap_err().to_string();
    assert!(told.contains("メモ") && told.contains("--as"), "{told}");
    let wanted = Options { sheet: Some("ない".into()), ..options() };
    let told = Reader::open(file.path(), wanted).err().unwrap().to_string();
    assert!(told.contains("契約一覧, 担当者, メモ"), "{told}");
}

#[test]
fn two_rows_of_headings_titles_above_and_totals_below() {
    let file = office();
    let options = Options { sheet: Some("契約一覧".into()), ..options() };
    let reader = Reader::open(file.path(), options.clone()).unwrap();
    assert_eq!(reader.titles(), ["顧客コード", "契約 / 開始日", "契約 / 終了日", "契約 / 月額 （千円）", "自動更新"]);
    let (parsed, _) = drain(reader);
    let terms: Vec<_> = parsed
        .records
        .iter()
        .map(|r| match r {
            Record::Contract(c) => {
                let day = |d: Option<kizashi_domain::time::Day>| d.map(|d| d.to_string()).unwrap_or_default();
                (c.customer.as_str(), day(c.start), day(c.end), c.amount.map(|a| a.minor), c.auto_renew)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let want = [
        ("0001", "2025-04-01".to_owned(), "2026-03-31".to_owned(), Some(-1_234_500 * 12), Some(true)),
        ("0002", "2026-04-01".to_owned(), "2027-03-31".to_owned(), Some(450_000 * 12), Some(false)),
    ];
    assert_eq!(terms, want);
    assert_eq!(parsed.left_out, [12], "the row of totals, by its number in the sheet");
    let refused = refusals(&parsed);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with("9 契約 / 終了日 is a year that 平成 never had"), "{refused:?}");
    assert_eq!(parsed.rows, 3);
}

#[test]
fn customers_are_found_by_name_and_joined_cells_reach_down() {
    let file = office();
    let mut names = CustomerNames::default();
    names.add("C1", "株式会社ミナト製作所");
    names.add("C2", "しらかば会");
    names.add("C3", "有限会社しらかば会");
    let parsed = read_sheet(file.path(), "担当者", Options { names: Arc::new(names), ..options() });
    let people: Vec<_> = parsed
        .records
        .iter()
        .map(|r| match r {
            Record::Contact(c) => (c.customer.as_str(), c.name.as_deref().unwrap()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(people, [("C1", "髙橋 蓮"), ("C1", "山﨑 結衣")]);
    let refused = refusals(&parsed);
    assert!(refused[0].starts_with("4 会社名 is the name of several customers (C2, C3)"), "{refused:?}");
    assert!(refused[1].starts_with("5 会社名 is the name of no customer"), "{refused:?}");
}

#[test]
fn customers_without_codes_are_known_by_their_names() {
    let text = "会社名,業種,従業員数\n株式会社ミナト,製造,10\n㈱ミナト,製造,12\n新しい会社,小売,3\n";
    let mut names = CustomerNames::default();
    names.add("C9", "新しい会社 株式会社");
    let parsed = read_good("c.csv", text, Options { names: Arc::new(names), ..options() });
    let codes: Vec<&str> = parsed.records.iter().map(Record::customer).collect();
    assert_eq!(codes, ["株式会社ミナト", "株式会社ミナト", "C9"]);
}

#[test]
fn a_sheet_says_what_its_csv_says() {
    let titles = ["顧客コード", "会社名", "従業員数", "利用開始日"];
    let rows = [["001", "表計算ソフト能率", "1,200", "R7.4.1"], ["002", "ｶﾌﾞｼｷｶﾞｲｼｬ 表示", "－", "未定"]];
    let mut book = Writer::new();
    let sheet = book.add_worksheet();
    let mut csv = titles.join(",");
    for (row, cells) in [titles].iter().chain(&rows).enumerate() {
        for (column, text) in cells.iter().enumerate() {
            sheet.write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *text).unwrap();
        }
    }
    for cells in rows {
        csv.push('\n');
        csv.push_str(&cells.map(|c| format!("\"{c}\"")).join(","));
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    book.save(file.path()).unwrap();
    let (of_sheet, _) = drain(Reader::open(file.path(), options()).unwrap());
    assert_eq!(of_sheet.records, read_good("c.csv", csv, options()).records);
}

/// An archive with these parts.
fn archive(parts: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    file
}

#[test]
fn an_opendocument_sheet_is_read_too() {
    let manifest = br#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#;
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: [&str; 3]| format!("<table:table-row>{}</table:table-row>", cells.map(cell).concat());
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"顧客\">{}{}</table:table></office:spreadsheet></office:body></office:document-content>",
        row(["顧客コード", "会社名", "業種"]),
        row(["001", "ミナト", "製造"]),
    );
    let file = archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest),
        ("content.xml", content.as_bytes()),
    ]);
    let (parsed, failed) = drain(Reader::open(file.path(), options()).unwrap());
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(parsed.records.iter().map(Record::customer).collect::<Vec<_>>(), ["001"]);
}

/// The older form of file around an encrypted workbook: a header, a table of sectors, a directory.
fn encrypted() -> Vec<u8> {
    let mut bytes = vec![0_u8; 512 * 3];
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    let (free, end) = (0xffff_ffff_u32.to_le_bytes(), 0xffff_fffe_u32.to_le_bytes());
    put(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &1_u32.to_le_bytes());
    put(48, &1_u32.to_le_bytes());
    put(56, &4096_u32.to_le_bytes());
    put(60, &end);
    put(68, &end);
    for slot in 1..109 {
        put(76 + slot * 4, &free);
    }
    put(512, &0xffff_fffd_u32.to_le_bytes());
    put(516, &end);
    for slot in 2..128 {
        put(512 + slot * 4, &free);
    }
    for (n, (name, kind)) in [("Root Entry", 5_u8), ("EncryptedPackage", 2), ("", 0), ("", 0)].into_iter().enumerate() {
        let at = 1024 + n * 128;
        let units: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        put(at, &units);
        put(at + 64, &u16::try_from(units.len()).unwrap().to_le_bytes());
        put(at + 66, &[kind, 1]);
        put(at + 68, &free);
        put(at + 72, &free);
        put(at + 76, &if n == 0 { 1_u32.to_le_bytes() } else { free });
        put(at + 116, &end);
    }
    bytes
}

#[test]
fn what_nobody_should_open_is_refused_with_its_reason() {
    let open = |bytes: &[u8]| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        Reader::open(file.path(), options()).err().unwrap()
    };
    assert!(matches!(open(&encrypted()), Error::Locked { .. }));
    assert!(matches!(open(b"PK\x03\x04 and nothing behind it"), Error::BrokenBook { .. }));
    assert!(matches!(open(b"\xd0\xcf\x11\xe0 and nothing behind it"), Error::BrokenBook { .. }));
    let no_book = archive(&[("readme.txt", b"hello")]);
    assert!(matches!(Reader::open(no_book.path(), options()).err().unwrap(), Error::BrokenBook { .. }));
    let zeros = vec![0_u8; 32 * 1024 * 1024];
    let parts: Vec<(String, &[u8])> = (0..32).map(|n| (format!("xl/{n}.xml"), zeros.as_slice())).collect();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, b)| (n.as_str(), *b)).collect();
    assert!(matches!(Reader::open(archive(&parts).path(), options()).err().unwrap(), Error::BombBook { .. }));
}

#[test]
fn a_damaged_workbook_never_ends_the_program() {
    let file = office();
    let good = std::fs::read(file.path()).unwrap();
    for at in (0..good.len()).step_by(97) {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        let mut damaged = tempfile::NamedTempFile::new().unwrap();
        damaged.write_all(&bad).unwrap();
        if let Ok(reader) = Reader::open(damaged.path(), options()) {
            let _ = drain(reader);
        }
    }
    for len in (0..good.len()).step_by(501) {
        let mut cut = tempfile::NamedTempFile::new().unwrap();
        cut.write_all(&good[..len]).unwrap();
        if let Ok(reader) = Reader::open(cut.path(), options()) {
            let _ = drain(reader);
        }
    }
}
