//! The same events as CSV and as NDJSON, in any encoding, are the same events.

use proptest::prelude::*;

use super::{events, mapped, options, read_good, refusals};

const MAP: &str = "as = \"events\"\n[columns]\nid = \"id\"\ncustomer = \"customer\"\nuser = \"user\"\nevent = \"event\"\n\
                   occurred_at = \"occurred_at\"\nreceived_at = \"received_at\"\nvalue = \"value\"\nproperties = [\"メモ\", \"b\"]\n";

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_truth_in_two_forms(rows in prop::collection::vec((
        "[a-z0-9表能]{1,6}", "[a-zＡ-Ｚ ,\"|\\\\]{0,8}", "[a-z0-9@]{0,5}", "(login|表示|x\"y)",
        0_i64..2_000_000_000, prop::option::of(0_i64..100_000), prop::option::of(-1000_i32..100_000), "[a-z \",表\\\\]{0,6}",
    ), 0..20)) {
        let mut csv = String::from("id,customer,user,event,occurred_at,received_at,value,メモ,b\n");
        let mut ndjson = String::new();
        for (id, customer, user, event, at, late, value, note) in &rows {
            let customer = format!("c{customer}");
            let at_text = jiff::Timestamp::from_second(*at).unwrap().to_string();
            let received = late.map(|l| jiff::Timestamp::from_second(at + l).unwrap().to_string());
            let value_text = value.map(|v| (f64::from(v) / 100.0).to_string());
            let fields = [id.as_str(), &customer, user, event, &at_text, received.as_deref().unwrap_or(""),
                value_text.as_deref().unwrap_or(""), note, ""];
            csv.push_str(&fields.map(cell).join(","));
            csv.push('\n');
            let mut object = serde_json::json!({
                "id": id, "customer": customer, "user": user, "event": event, "occurred_at": at_text, "received_at": received,
            });
            if let Some(value) = value {
                object["value"] = (f64::from(*value) / 100.0).into();
            }
            if !note.trim().is_empty() {
                object["properties"] = serde_json::json!({ "メモ": note.trim() });
            }
            ndjson.push_str(&format!("{object}\n"));
        }
        let from_csv = read_good("e.csv", csv.clone(), mapped(MAP));
        let from_ndjson = read_good("e.ndjson", ndjson, options());
        prop_assert_eq!(refusals(&from_csv), Vec::<String>::new());
        prop_assert_eq!(refusals(&from_ndjson), Vec::<String>::new());
        prop_assert_eq!(events(&from_csv), events(&from_ndjson));
        prop_assert_eq!(from_csv.events.len(), rows.len());
        // In another encoding nothing changes, ids that are made from contents included.
        let no_id = csv.replacen("id,", "x,", 1);
        let map = MAP.replace("id = \"id\"\n", "");
        let (sjis, _, lossy) = encoding_rs::SHIFT_JIS.encode(&no_id);
        prop_assert!(!lossy);
        let plain = read_good("e.csv", no_id.clone(), mapped(&map));
        let shifted = read_good("e.csv", sjis.into_owned(), mapped(&map));
        prop_assert_eq!(events(&plain), events(&shifted));
    }
}
