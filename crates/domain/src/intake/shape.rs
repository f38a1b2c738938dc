//! The fields of records as others see them: names, shapes, limits and what they are for. Reading and describing JSON follow
//! from this one list.

mod lists;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::record::{
    ActivityRow, ContactRow, ContractRow, CustomerRow, DealRow, Record, RecordKind, ResponseRow, TicketRow,
};
use crate::limits::{FIGURES_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use crate::money::Currency;
use crate::time::{Day, Time};

pub use lists::fields;

/// What a field may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A word or name of at most [`NAME_CHARS_MAX`] characters.
    Word,
    /// A text of at most [`TEXT_CHARS_MAX`] characters.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A whole number between two.
    Whole(i64, i64),
    /// A number between two.
    Number(f64, f64),
    /// Yes or no.
    Flag,
    /// A day, `2026-11-24`.
    Day,
    /// An instant, `2026-11-24T09:30:00Z`.
    Time,
    /// `{"minor": 5040000, "currency": "JPY"}`, in the currency's minor unit.
    Money,
    /// Figures of one's own by name, at most [`FIGURES_MAX`].
    Figures,
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it may hold.
    pub shape: Shape,
    /// Whether a new record must have it.
    pub required: bool,
    /// What it is for.
    pub says: &'static str,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Its name.
    pub field: String,
    /// Why, and what would do.
    pub reason: String,
}

/// Reads a record from an object. `known` = fields that need not be given, since the record is there already.
///
/// # Errors
/// Everything that is wrong with it: unknown fields, wrong shapes, missing fields.
pub fn read_record(kind: RecordKind, object: &Map<String, Value>, known: bool) -> Result<Record, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let mut fault = |field: &str, reason: String| faults.push(FieldFault { field: field.to_owned(), reason });
    let mut row = Map::new();
    for (name, value) in object {
        match fields(kind).iter().find(|f| f.name == name) {
            None => fault(
                &name.chars().take(NAME_CHARS_MAX).collect::<String>(),
                format!("unknown: {} have no such field", kind.word()),
            ),
            Some(field) => match read_value(field, value) {
                Ok(read) => {
                    row.insert(name.clone(), read);
                }
                Err(reason) => fault(name, reason),
            },
        }
    }
    for field in fields(kind).iter().filter(|f| f.required && !known && !object.contains_key(f.name)) {
        fault(field.name, "is required".to_owned());
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    build(kind, Value::Object(row)).map_err(|reason| vec![FieldFault { field: String::new(), reason }])
}

fn build(kind: RecordKind, row: Value) -> Result<Record, String> {
    fn of<T: DeserializeOwned>(row: Value) -> Result<T, String> {
        serde_json::from_value(row).map_err(|e| e.to_string())
    }
    Ok(match kind {
        RecordKind::Customers => Record::Customer(of::<CustomerRow>(row)?),
        RecordKind::Contacts => Record::Contact(of::<ContactRow>(row)?),
        RecordKind::Contracts => Record::Contract(of::<ContractRow>(row)?),
        RecordKind::Deals => Record::Deal(of::<DealRow>(row)?),
        RecordKind::Activities => Record::Activity(of::<ActivityRow>(row)?),
        RecordKind::Tickets => Record::Ticket(of::<TicketRow>(row)?),
        RecordKind::Responses => Record::Response(of::<ResponseRow>(row)?),
        RecordKind::Events => return Err("events come in at /v1/batch".to_owned()),
    })
}

/// A value as the rows of [`super::record`] have it.
fn read_value(field: &Field, value: &Value) -> Result<Value, String> {
    let text = |chars_max: usize| {
        let text = value.as_str().ok_or("must be a string")?;
        if field.required && text.trim().is_empty() {
            return Err("must not be empty".to_owned());
        }
        if text.chars().count() > chars_max {
            return Err(format!("must have at most {chars_max} characters"));
        }
        // What no screen can show does not belong into a field.
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r') {
            return Err("must have no control characters".to_owned());
        }
        Ok(text)
    };
    match field.shape {
        Shape::Word => {
            let text = text(NAME_CHARS_MAX)?;
            if text.contains(['\n', '\r']) { Err("must be one line".to_owned()) } else { Ok(json!(text)) }
        }
        Shape::Text => Ok(json!(text(TEXT_CHARS_MAX)?)),
        Shape::Choice(words) => match value.as_str() {
            Some(word) if words.contains(&word) => Ok(json!(word)),
            _ => Err(format!("must be one of {}", words.join(", "))),
        },
        Shape::Whole(least, most) => match value.as_i64() {
            Some(n) if (least..=most).contains(&n) => Ok(json!(n)),
            _ => Err(format!("must be a whole number from {least} to {most}")),
        },
        Shape::Number(least, most) => match value.as_f64() {
            Some(n) if (least..=most).contains(&n) => Ok(json!(n)),
            _ => Err(format!("must be a number from {least} to {most}")),
        },
        Shape::Flag => value.as_bool().map(|b| json!(b)).ok_or_else(|| "must be true or false".to_owned()),
        Shape::Day => {
            let day = value.as_str().and_then(read_day);
            day.map(|d| json!(d.0)).ok_or_else(|| "must be a day between 1900 and 2200 such as 2026-11-24".to_owned())
        }
        Shape::Time => {
            let at = value.as_str().and_then(read_time);
            at.map(|t| json!(t.0)).ok_or_else(|| {
                "must be an instant between 1900 and 2200 with its offset, such as 2026-11-24T09:30:00+09:00".to_owned()
            })
        }
        Shape::Money => read_money(value),
        Shape::Figures => read_figures(value),
    }
}

fn read_day(text: &str) -> Option<Day> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let day: Day = text.parse().ok().filter(|_| plain)?;
    (1900..=2200).contains(&day.ymd().0).then_some(day)
}

/// Reads an instant as [`show_value`] writes it.
pub fn read_time(text: &str) -> Option<Time> {
    let at: jiff::Timestamp = text.parse().ok()?;
    let at = Time(at.as_microsecond());
    let day = Day(i32::try_from(at.0.div_euclid(crate::time::DAY_US)).ok()?);
    (1900..=2200).contains(&day.ymd().0).then_some(at)
}

fn read_money(value: &Value) -> Result<Value, String> {
    let object = value.as_object().filter(|o| o.keys().all(|k| k == "minor" || k == "currency"));
    let read = object.and_then(|o| {
        let minor = o.get("minor")?.as_i64().filter(|m| m.unsigned_abs() <= 1_000_000_000_000_000)?;
        let currency = Currency::parse(o.get("currency")?.as_str()?)?;
        Some(json!({ "minor": minor, "currency": currency.code() }))
    });
    read.ok_or_else(|| "must be {\"minor\": whole number, \"currency\": three letters}".to_owned())
}

fn read_figures(value: &Value) -> Result<Value, String> {
    let object = value.as_object().ok_or("must be an object of numbers by name")?;
    if object.len() > FIGURES_MAX {
        return Err(format!("must have at most {FIGURES_MAX} figures"));
    }
    let mut figures = Vec::new();
    for (name, figure) in object {
        let plain =
            !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !plain {
            return Err("must have names of at most 64 ASCII letters, digits and _".to_owned());
        }
        let Some(figure) = figure.as_f64().filter(|f| f.abs() <= 1e15) else {
            return Err("must have numbers as values".to_owned());
        };
        figures.push(json!([name, figure]));
    }
    Ok(Value::Array(figures))
}

/// A value of a row as others see it: days and instants as texts.
pub fn show_value(field: &Field, value: Value) -> Value {
    match (field.shape, &value) {
        (Shape::Day, Value::Number(n)) => {
            n.as_i64().and_then(|d| i32::try_from(d).ok()).map_or(Value::Null, |d| json!(Day(d).to_string()))
        }
        (Shape::Time, Value::Number(n)) => n.as_i64().map_or(Value::Null, |at| json!(Time(at).rfc3339())),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(kind: RecordKind, value: Value) -> Result<Record, Vec<FieldFault>> {
        read_record(kind, value.as_object().unwrap(), false)
    }

    #[test]
    fn every_field_is_one_of_its_row() {
        let value = |shape: Shape| match shape {
            Shape::Word | Shape::Text => json!("あ"),
            Shape::Choice(words) => json!(words[0]),
            Shape::Whole(..) => json!(3),
            Shape::Number(..) => json!(2.5),
            Shape::Flag => json!(true),
            Shape::Day => json!("2026-11-24"),
            Shape::Time => json!("2026-11-24T09:30:00+09:00"),
            Shape::Money => json!({ "minor": 5, "currency": "jpy" }),
            Shape::Figures => json!({ "nps": 8 }),
        };
        for kind in RecordKind::ALL.into_iter().filter(|k| *k != RecordKind::Events) {
            let object: Map<String, Value> = fields(kind).iter().map(|f| (f.name.to_owned(), value(f.shape))).collect();
            let record = read_record(kind, &object, false).unwrap();
            // Nothing given was lost on the way into the row.
            let row = match serde_json::to_value(&record).unwrap() {
                Value::Object(outer) => outer.into_iter().next().unwrap().1,
                other => other,
            };
            for field in fields(kind) {
                let back = show_value(field, row[field.name].clone());
                let expected = match field.shape {
                    Shape::Time => json!("2026-11-24T00:30:00Z"),
                    Shape::Money => json!({ "minor": 5, "currency": "JPY" }),
                    Shape::Figures => json!([["nps", 8.0]]),
                    shape => value(shape),
                };
                assert_eq!(back, expected, "{} of {}", field.name, kind.word());
            }
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        let faults = read(
            RecordKind::Contacts,
            json!({ "external_id": " ", "name": "a\nb", "role": "boss", "left_on": "2026-02-30", "nmae": 1, "email": 5 }),
        )
        .unwrap_err();
        let told: Vec<String> = faults.iter().map(|f| format!("{}: {}", f.field, f.reason)).collect();
        assert_eq!(faults.len(), 7, "{told:#?}");
        for part in ["customer: is required", "nmae: unknown", "role: must be one of admin", "email: must be a string"]
        {
            assert!(told.iter().any(|t| t.starts_with(part)), "{part} is not in {told:#?}");
        }
        assert!(read_record(RecordKind::Contacts, &Map::new(), true).is_ok());
    }

    proptest! {
        #[test]
        fn hostile_values_are_refused_or_read(text in "\\PC{0,40}", number in any::<f64>(), whole in any::<i64>()) {
            for kind in RecordKind::ALL {
                for field in fields(kind) {
                    for value in [json!(text), json!(number), json!(whole), json!([text]), json!({ "minor": whole }), Value::Null] {
                        let object = Map::from_iter([(field.name.to_owned(), value)]);
                        let _told_or_read = read_record(kind, &object, true);
                    }
                }
            }
        }
    }
}
