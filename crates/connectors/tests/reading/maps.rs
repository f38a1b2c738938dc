//! Map files: what is not known is refused with its place.

use kizashi_connectors::Map;
use kizashi_domain::intake::{Record, RecordKind};

use super::{mapped, of_kind, options, read_good};

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (text, want) in [
        ("sorce = \"x\"\n", "line 1, column 1: \"sorce\" is not known here; known are source, as, time_zone"),
        ("as = \"event\"\n", "line 1, column 6: \"event\" is not known here; known are customers, contacts"),
        (
            "as = \"events\"\n[columns]\ncustomer = \"c\"\nstuff = \"d\"\n",
            "line 4, column 1: \"stuff\" is not known here; known are customer, deleted, event, id",
        ),
        ("[columns]\ncustomer = 7\n", "line 2, column 12: customer must name a column"),
        (
            "[columns]\ncustomer = { colum = \"x\" }\n",
            "line 2, column 14: \"colum\" is not known here; known are column, value",
        ),
        ("[columns]\ncustomer = { column = \"x\", value = \"y\" }\n", "customer needs either column or value"),
        ("[columns]\ncustomer = { column = \"x\", unit = \"円\" }\n", "customer is no figure"),
        ("time_zone = \"Asia/Tokio\"\n", "line 1, column 13: unknown time zone \"Asia/Tokio\""),
        ("encoding = \"sjiss\"\n", "the encoding \"sjiss\" is not known"),
        ("as = \"contracts\"\n[columns]\namount = { column = \"a\", currency = \"円\" }\n", "is no currency code"),
        (
            "as = \"contracts\"\n[columns]\namount = { column = \"a\", unit = \"kg\" }\n",
            "is no unit; known are 円, 千円",
        ),
        ("as = \"contracts\"\n[columns]\nproperties = [\"a\"]\n", "properties are for events only"),
        ("as = \"events\"\n[columns]\noccurred_at = { column = \"a\", form = \"mdy\" }\n", "known are date, excel"),
        ("as = \"events\"\nas = \"events\"\n", "line 2"),
        ("as = \n", "line 1"),
    ] {
        let told = Map::read(text, None).unwrap_err().to_string();
        assert!(told.contains(want), "{text:?} told {told:?}");
    }
    let told = Map::read("as = \"events\"\n", Some(RecordKind::Customers)).unwrap_err().to_string();
    assert!(told.contains("another kind was asked for"), "{told}");
}

#[test]
fn figures_of_one_s_own_are_read() {
    for figures in ["[\"NPS\"]", "{ nps = \"NPS\", fee = { column = \"月額\", unit = \"千円\" } }"] {
        let map = format!("as = \"customers\"\n[columns]\nexternal_id = \"id\"\nfigures = {figures}\n");
        let parsed = read_good("c.csv", "id,NPS,月額\n1,△2,12\n2,,\n", mapped(&map));
        let Record::Customer(row) = &parsed.records[0] else { panic!() };
        assert!(row.figures.iter().any(|(name, n)| name.to_lowercase() == "nps" && (*n + 2.0).abs() < 1e-9));
        assert!(!figures.starts_with('{') || row.figures.contains(&("fee".to_owned(), 12_000.0)));
        let Record::Customer(empty) = &parsed.records[1] else { panic!() };
        assert!(empty.figures.is_empty());
    }
}

#[test]
fn a_customer_may_be_called_so_in_a_file_of_customers() {
    for head in ["as = \"customers\"\n", ""] {
        let map = Map::read(&format!("{head}[columns]\ncustomer = \"id\"\n"), None).unwrap();
        let options = kizashi_connectors::Options { map: Some(map), ..of_kind(RecordKind::Customers) };
        assert_eq!(read_good("c.csv", "id\n7\n", options).records[0].customer(), "7");
    }
}

#[test]
fn what_was_guessed_is_told() {
    let text = "顧客ID,会社名,謎\n1,Ａ社,x\n";
    let reader =
        kizashi_connectors::Reader::open_stream(Box::new(std::io::Cursor::new(text)), "c.csv", options()).unwrap();
    let plan = reader.plan();
    assert!(plan.guessed);
    assert_eq!(plan.kind, RecordKind::Customers);
    assert_eq!(
        plan.columns,
        [("external_id".to_owned(), "顧客ID".to_owned()), ("name".to_owned(), "会社名".to_owned())]
    );
    assert_eq!(plan.unused, ["謎"]);
    // A map that names no columns leaves them to be guessed.
    let parsed = read_good("c.csv", text, mapped("source = \"crm\"\nas = \"customers\"\n"));
    assert_eq!(parsed.records.len(), 1);
    // Columns of events that no field takes stay with the event.
    let parsed = read_good("e.csv", "顧客ID,日時,操作,画面番号\n1,2026-01-01,login,007\n", of_kind(RecordKind::Events));
    assert_eq!(parsed.events.iter().next().unwrap().properties, "{\"画面番号\":\"007\"}");
}

#[test]
fn two_columns_may_be_one_text() {
    let map = "as = \"activities\"\n[columns]\ncustomer = \"顧客\"\nat = { column = \"日\", with = \"時刻\" }\n\
               subject = { column = \"件\", with = \"名\" }\n";
    let text =
        "顧客,日,時刻,件,名\nc1,2026/11/20,14:30,定例,会\nc1,令和8年11月21日,,定例,\nc1,2026/11/22 9:05,10:00,,会\n";
    let guessed = text.replace("件,名", "件名,x").replace("日,時刻", "訪問日,時刻");
    let parsed = read_good("a.csv", text, mapped(map));
    let by_titles = read_good("a.csv", guessed, of_kind(RecordKind::Activities));
    let of = |records: &[Record]| -> Vec<(String, Option<String>)> {
        let one = |r: &Record| match r {
            Record::Activity(row) => (row.at.rfc3339(), row.subject.clone()),
            other => panic!("{other:?}"),
        };
        records.iter().map(one).collect()
    };
    let said = of(&parsed.records);
    let subjects: Vec<_> = said.iter().map(|(_, subject)| subject.as_deref()).collect();
    assert_eq!(subjects, [Some("定例 会"), Some("定例"), Some("会")]);
    let times: Vec<_> = said.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(times[0].get(..16), Some("2026-11-20T05:30"), "{times:?}");
    assert_eq!(times[2].get(..16), Some("2026-11-22T00:05"), "what has a time of day already takes no other");
    let again: Vec<_> = of(&by_titles.records).into_iter().map(|(at, _)| at).collect();
    assert_eq!(again, times, "a column called 時刻 goes behind the day without being told");
    for (map, want) in [
        ("as = \"contracts\"\n[columns]\nseats = { column = \"a\", with = \"b\" }\n", "takes one column"),
        ("as = \"contracts\"\n[columns]\nplan = { value = \"a\", with = \"b\" }\n", "goes behind a column"),
    ] {
        let told = Map::read(map, None).unwrap_err().to_string();
        assert!(told.contains(want), "{told}");
    }
}

#[test]
fn a_column_of_codes_may_hold_names() {
    let mut names = kizashi_domain::intake::CustomerNames::default();
    names.add("C1", "株式会社ミナト");
    names.add("C2", "C1");
    let options =
        || kizashi_connectors::Options { names: std::sync::Arc::new(names.clone()), ..of_kind(RecordKind::Deals) };
    let parsed = read_good("d.csv", "顧客,商談名\nミナト（株）,a\nC1,b\n新しい会社,c\n", options());
    let customers: Vec<&str> = parsed.records.iter().map(Record::customer).collect();
    assert_eq!(customers, ["C1", "C1", "新しい会社"], "a code is a code, even when it is somebody's name");
}

#[test]
fn terms_are_read_in_months_and_notice_by_the_calendar() {
    let text = "顧客ID,契約開始,契約満了,契約期間,解約予告\nc1,2026/4/1,2027/3/31,1年,3ヶ月前\nc2,2026/4/1,2027/3/31,12ヶ月,60日前\n";
    let parsed = read_good("k.csv", text, of_kind(RecordKind::Contracts));
    let of = |r: &Record| match r {
        Record::Contract(row) => (row.months, row.notice_days),
        other => panic!("{other:?}"),
    };
    assert_eq!(parsed.records.iter().map(of).collect::<Vec<_>>(), [(Some(12), Some(90)), (Some(12), Some(60))]);
}
