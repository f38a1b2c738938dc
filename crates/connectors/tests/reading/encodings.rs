//! Encodings met in Japan, through the whole reader.

use kizashi_domain::intake::{Record, RecordKind};

use super::{of_kind, options, read_all, read_good, refusals};

const TEXT: &str =
    "顧客コード,会社名,フリガナ,備考\r\n001,表計算ソフト能力開発,ﾋｮｳｹｲｻﾝ,\"十\\|\"\r\n002,申込予約社,ﾓｳｼｺﾐ,暴噂\r\n";

fn names(bytes: Vec<u8>, name: &str) -> Vec<(String, Option<String>)> {
    let parsed = read_good(name, bytes, of_kind(RecordKind::Customers));
    assert_eq!(refusals(&parsed), Vec::<String>::new());
    parsed
        .records
        .iter()
        .map(|r| match r {
            Record::Customer(c) => (c.name.clone().unwrap(), c.reading.clone()),
            _ => panic!(),
        })
        .collect()
}

#[test]
fn second_bytes_that_look_like_marks_do_not_split() {
    let want = names(TEXT.as_bytes().to_vec(), "utf8.csv");
    assert_eq!(want[0], ("表計算ソフト能力開発".to_owned(), Some("ﾋｮｳｹｲｻﾝ".to_owned())));
    let encode = |label: &str| encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(TEXT).0.into_owned();
    assert_eq!(names(encode("shift_jis"), "sjis.csv"), want);
    assert_eq!(names(encode("euc-jp"), "euc.csv"), want);
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(TEXT.as_bytes());
    assert_eq!(names(marked, "bom.csv"), want);
    let mut wide = vec![0xff, 0xfe];
    wide.extend(TEXT.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(names(wide, "unicode.txt"), want);
}

#[test]
fn bytes_that_are_no_text_refuse_their_row_only() {
    let mut bytes = "customer,name\n".as_bytes().to_vec();
    for i in 0..40 {
        bytes.extend(format!("{i},会社{i}\n").bytes());
    }
    bytes.extend(b"x,\xff\xfe\n");
    bytes.extend("y,最後\n".bytes());
    let parsed = read_good("c.csv", bytes, of_kind(RecordKind::Customers));
    assert_eq!(refusals(&parsed), ["42 name holds bytes that are not UTF-8"]);
    assert_eq!(parsed.records.len(), 41);
}

#[test]
fn a_map_can_say_the_encoding() {
    let map = "as = \"customers\"\nencoding = \"cp932\"\n[columns]\nexternal_id = \"id\"\nname = \"名\"\n";
    // Two letters that chance could read as anything.
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode("id,名\n1,ｱｲ\n");
    let parsed = read_good("c.csv", bytes.into_owned(), super::mapped(map));
    let Record::Customer(row) = &parsed.records[0] else { panic!() };
    assert_eq!(row.name.as_deref(), Some("ｱｲ"));
}

#[test]
fn files_that_are_no_text_are_named() {
    for (bytes, want) in [
        (&b"PK\x03\x04rest"[..], "an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel workbook"),
        (b"PAR1rest", "a Parquet file"),
        (b"\x28\xb5\x2f\xfdrest", "zstd"),
    ] {
        let told = read_all("x.csv", bytes, options()).1.unwrap().to_string();
        assert!(told.contains(want), "{told}");
    }
}
