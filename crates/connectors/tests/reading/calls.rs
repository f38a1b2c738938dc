//! Logs of telephone systems and ticket lists as call centres export them.

use kizashi_domain::intake::{Record, TicketRow};

use super::{mapped, options, read_good, refusals};

fn tickets(name: &str, text: &str) -> (Vec<TicketRow>, Vec<String>) {
    let parsed = read_good(name, text, options());
    let rows = parsed.records.iter().map(|r| if let Record::Ticket(row) = r { row.clone() } else { panic!("{r:?}") });
    (rows.collect(), refusals(&parsed))
}

#[test]
fn a_call_log_is_known_by_its_headings_and_lost_calls_need_no_customer() {
    let log = "通話ID,着信日時,顧客ID,オペレーター,通話時間（分）,後処理時間,応答結果\n\
        c1,2026/11/20 9:01:02,k1,青木,3.5,1:05,応答\n\
        c2,2026/11/20 9:02,,,,,放棄\n\
        c3,2026/11/20 9:03,k2,石井,00:12:30,2分5秒,\n\
        c4,2026/11/20 9:04,k2,石井,すぐ,0,応答\n\
        c5,2026/11/20 9:05,k2,石井,5,0,たぶん\n";
    let (rows, refused) = tickets("calls.csv", log);
    let spans: Vec<_> = rows.iter().map(|r| (r.talk_s, r.wrap_up_s, r.abandoned)).collect();
    let [answered, lost, unmarked] =
        [(Some(210), Some(65), Some(false)), (None, None, Some(true)), (Some(750), Some(125), Some(false))];
    assert_eq!(spans, [answered, lost, unmarked], "who talked was answered even where only lost calls are marked");
    assert_eq!((rows[1].customer.as_str(), rows[1].channel.as_deref()), ("", Some("phone")));
    assert_eq!(rows[0].operator.as_deref(), Some("青木"));
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert!(refused[0].contains("5 通話時間（分） is not a time span"), "{refused:?}");
    assert!(refused[1].contains("6 応答結果 is not one of yes, no"), "{refused:?}");
}

#[test]
fn an_inquiry_in_writing_still_needs_its_customer() {
    let list = "受付番号,受付日時,顧客ID,分類,経路,優先度,ステータス,対応者,満足度\n\
        1,2026-11-20,k1,不具合,メール,至急,対応中,石井,\n\
        2,2026-11-20,,不具合,メール,低,完了,石井,5\n";
    let (rows, refused) = tickets("list.csv", list);
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    let words = [&row.channel, &row.priority, &row.status, &row.operator].map(|w| w.as_deref().unwrap());
    assert_eq!(words, ["mail", "high", "open", "石井"]);
    assert_eq!(refused, ["3 顧客ID is required and empty"]);
}

#[test]
fn objects_and_maps_say_the_same() {
    let line = r#"{"call_id":"c1","started_at":"2026-11-20T09:00:00+09:00","agent":"Aoki","talk_time":95,"acw":"0:40","call_result":"answered","direction":"inbound"}"#;
    let (rows, refused) = tickets("calls.ndjson", line);
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!((rows[0].talk_s, rows[0].wrap_up_s, rows[0].direction.as_deref()), (Some(95), Some(40), Some("in")));

    let map = "as = \"tickets\"\n[columns]\nopened_at = \"When\"\ntalk_s = { column = \"Length\", unit = \"分\" }\n\
        abandoned = { column = \"End\", words = { \"left\" = \"yes\", \"ok\" = \"no\" } }\n";
    let parsed = read_good("calls.csv", "When,Length,End\n2026-11-20 9:00,2,ok\n2026-11-20 9:10,,left\n", mapped(map));
    let ends: Vec<_> = parsed
        .records
        .iter()
        .map(|r| if let Record::Ticket(row) = r { (row.talk_s, row.abandoned) } else { panic!() })
        .collect();
    assert_eq!(ends, [(Some(120), Some(false)), (None, Some(true))]);
    assert_eq!(parsed.records[0].customer(), "");
}
