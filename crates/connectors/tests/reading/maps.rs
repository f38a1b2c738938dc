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
