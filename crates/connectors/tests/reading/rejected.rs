//! Refused rows: written, mended, given again.

use kizashi_connectors::{Reader, RejectedWriter};
use kizashi_domain::intake::RecordKind;

use super::{drain, ids, mapped, of_kind, options, read_good};

const EVENTS: &str =
    "as = \"events\"\n[columns]\ncustomer = \"c\"\noccurred_at = \"t\"\nevent = \"e\"\nvalue = \"v\"\n";

/// The file of refused rows of a reading.
fn reject(name: &str, text: &str, options: kizashi_connectors::Options) -> (kizashi_connectors::Parsed, String) {
    let reader = Reader::open_stream(Box::new(std::io::Cursor::new(text.to_owned())), name, options).unwrap();
    let mut writer = RejectedWriter::new(Vec::new(), reader.titles()).unwrap();
    let (parsed, failed) = drain(reader);
    assert!(failed.is_none());
    for refused in &parsed.refused {
        writer.write(refused, &refused.refusal.reason.to_string()).unwrap();
    }
    (parsed, String::from_utf8(writer.finish().unwrap()).unwrap())
}

#[test]
fn a_mended_file_can_be_given_again() {
    let text = "c,t,e,v\na,2026-01-01,=x,1\n'=b,2026/13/1,\"p,\"\"q\"\"\",-5\nc,2026-01-02,+y,bad\n";
    let (parsed, file) = reject("e.csv", text, mapped(EVENTS));
    assert_eq!(parsed.events.len(), 1);
    assert!(file.starts_with("\u{FEFF}c,t,e,v,_line,_column,_value,_reason\r\n"), "{file}");
    assert!(file.contains("\r\n'=b,2026/13/1,\"p,\"\"q\"\"\",-5,3,t,2026/13/1,"), "{file}");
    assert!(file.contains("\r\nc,2026-01-02,'+y,bad,4,v,bad,is not a number\r\n"), "{file}");
    // Given again as it is, the same rows are refused, and the file does not grow wider.
    let (_, again) = reject("e.rejected.csv", &file, mapped(EVENTS));
    assert_eq!(again.lines().next(), file.lines().next());
    assert_eq!(again.lines().count(), file.lines().count());
    // Mended here or in the first file: the same events under the same ids.
    let mend = |t: &str| t.replace("2026/13/1,\"", "2026/12/1,\"").replace(",bad", ",7");
    let mended = read_good("e.rejected.csv", mend(&file), mapped(EVENTS));
    let whole = read_good("e.csv", mend(text), mapped(EVENTS));
    assert_eq!(ids(&mended), ids(&whole)[1..]);
    assert_eq!(
        mended.events.iter().map(|e| (e.customer, e.name, e.value)).collect::<Vec<_>>(),
        [("=b", "p,\"q\"", Some(-5.0)), ("c", "+y", Some(7.0))]
    );
}

#[test]
fn refused_lines_of_json_can_be_given_again_as_a_table() {
    let text = "{\"event\":\"a\",\"customer\":\"c\",\"occurred_at\":\"soon\"}\n=cmd|' /C calc'!A0\n";
    let (_, file) = reject("e.ndjson", text, options());
    assert!(file.contains("\r\n'=cmd|"), "{file}");
    let mended = read_good("e.rejected.csv", file.replace("\"\"soon\"\"", "\"\"2026-01-01\"\""), options());
    assert_eq!(mended.events.len(), 1);
    let direct = read_good("e.ndjson", text.replace("soon", "2026-01-01"), options());
    assert_eq!(ids(&mended), ids(&direct));
    assert_eq!(mended.refused.len(), 1);
}

#[test]
fn a_row_with_too_many_fields_loses_none() {
    let (_, file) = reject("c.csv", "customer,name\n1,a,b\n2,a,b,c,d,e,f,g\n3\n", of_kind(RecordKind::Customers));
    let rows: Vec<&str> = file.lines().skip(1).collect();
    assert!(rows[0].contains("\"a,b\"") && rows[1].contains("\"a,b,c,d,e,f,g\""), "{file}");
    assert!(rows[2].starts_with("3,,4,"), "{file}");
}

#[test]
fn refused_records_of_json_can_be_given_again_too() {
    let text = "{\"顧客ID\":\"1\",\"従業員数\":\"many\"}\n";
    let (_, file) = reject("c.ndjson", text, of_kind(RecordKind::Customers));
    assert!(file.contains("従業員数,many,is not a number"), "{file}");
    let mended = read_good("c.rejected.csv", file.replace("\"\"many\"\"", "7"), of_kind(RecordKind::Customers));
    assert_eq!((mended.records.len(), mended.refused.len()), (1, 0));
}
