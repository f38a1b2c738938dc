//! Reading a map file; whatever is not known is refused with its place.

use kizashi_domain::intake::RecordKind;
use kizashi_domain::money::Currency;
use kizashi_domain::time::Zone;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::{Form, known_fields};
use super::{Column, Map, TimeForm, read_span_unit, read_unit};
use crate::error::Error;

const TOP_KEYS: [&str; 9] =
    ["source", "as", "time_zone", "encoding", "delimiter", "skip_rows", "columns", "figures", "properties"];
const COLUMN_KEYS: [&str; 7] = ["column", "value", "currency", "unit", "form", "words", "with"];
/// What the records of a tap need besides: amounts in cents, in the currency that the record names, for so many pieces.
const STREAM_COLUMN_KEYS: [&str; 3] = ["times", "currency_column", "minor"];

pub type Entry<'a> = Spanned<DeValue<'a>>;

/// A text under reading; turns byte positions into lines and columns.
pub struct Reading<'a>(pub &'a str);

impl Reading<'_> {
    pub fn fail<T>(&self, at: usize, message: impl Into<String>) -> Result<T, Error> {
        let before = self.0.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        Err(Error::Map { place: format!("line {line}, column {column}"), message: message.into() })
    }

    pub fn text(&self, entry: &Entry<'_>, key: &str) -> Result<String, Error> {
        match entry.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            _ => self.fail(entry.span().start, format!("{key} must be a text in quotation marks")),
        }
    }

    pub fn table<'t, 'a>(&self, entry: &'t Entry<'a>, key: &str) -> Result<&'t DeTable<'a>, Error> {
        match entry.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => self.fail(entry.span().start, format!("{key} must be a table")),
        }
    }

    pub fn unknown<T>(&self, at: usize, key: &str, known: &[&str]) -> Result<T, Error> {
        self.fail(at, format!("{key:?} is not known here; known are {}", known.join(", ")))
    }

    /// The text as a table.
    pub fn parse(&self) -> Result<DeTable<'_>, Error> {
        match DeTable::parse(self.0) {
            Ok(table) => Ok(table.into_inner()),
            Err(error) => self.fail(error.span().map_or(0, |s| s.start), error.message().to_owned()),
        }
    }
}

impl Map {
    /// Reads the text of a map file. `kind` is what the command line says; it must not contradict the file.
    pub fn read(text: &str, kind: Option<RecordKind>) -> Result<Self, Error> {
        let reading = Reading(text);
        let map = Self::read_table(&reading, &reading.parse()?, kind, &TOP_KEYS)?;
        if let Some((name, _)) = map.columns.iter().find(|(_, c)| c.is_of_stream()) {
            let known = STREAM_COLUMN_KEYS.join(", ");
            return reading.fail(0, format!("{name}: {known} are for the records of a tap only"));
        }
        Ok(map)
    }

    /// Reads a table with the keys of a map file; of all of them only `known` may stand there.
    pub(crate) fn read_table(
        reading: &Reading<'_>,
        table: &DeTable<'_>,
        kind: Option<RecordKind>,
        known: &[&str],
    ) -> Result<Self, Error> {
        let mut map = Self { kind, ..Self::default() };
        if let Some(entry) = table.get("as") {
            let word = reading.text(entry, "as")?;
            let Some(found) = RecordKind::parse(&word) else {
                let known: Vec<&str> = RecordKind::ALL.iter().map(|k| k.word()).collect();
                return reading.unknown(entry.span().start, &word, &known);
            };
            if kind.is_some_and(|k| k != found) {
                return reading.fail(entry.span().start, format!("the map is for {word}, another kind was asked for"));
            }
            map.kind = Some(found);
        }
        for (key, entry) in table {
            let at = key.span().start;
            match key.get_ref().as_ref() {
                other if !known.contains(&other) => return reading.unknown(at, other, known),
                // What only a stream has is read where the stream is.
                "as" | "only" | "needs" => {}
                "source" => map.source = Some(reading.text(entry, "source")?),
                "time_zone" => {
                    let zone = Zone::named(&reading.text(entry, "time_zone")?);
                    map.zone = Some(zone.or_else(|e| reading.fail(entry.span().start, e.to_string()))?);
                }
                "encoding" => {
                    let label = reading.text(entry, "encoding")?;
                    if crate::input::find_encoding(&label).is_none() {
                        return reading.fail(entry.span().start, format!("the encoding {label:?} is not known"));
                    }
                    map.encoding = Some(label);
                }
                "delimiter" => map.delimiter = Some(read_delimiter(reading, entry)?),
                "skip_rows" => map.skip_rows = read_count(reading, entry)?,
                "columns" => read_columns(reading, reading.table(entry, "columns")?, &mut map)?,
                "figures" => map.figures.extend(read_figures(reading, entry)?),
                "properties" => map.properties.extend(read_names(reading, entry, "properties")?),
                other => return reading.unknown(at, other, known),
            }
        }
        map.check(reading)
    }

    /// What only makes sense for some kinds.
    fn check(self, reading: &Reading<'_>) -> Result<Self, Error> {
        let is = |kind| self.kind.is_none_or(|k| k == kind);
        if !self.properties.is_empty() && !is(RecordKind::Events) {
            return reading.fail(0, "properties are for events only");
        }
        if !self.figures.is_empty() && !is(RecordKind::Customers) {
            return reading.fail(0, "figures are for customers only");
        }
        Ok(self)
    }
}

fn read_columns(reading: &Reading<'_>, table: &DeTable<'_>, map: &mut Map) -> Result<(), Error> {
    for (key, entry) in table {
        let name = key.get_ref().as_ref();
        match name {
            "properties" => map.properties.extend(read_names(reading, entry, name)?),
            "figures" => map.figures.extend(read_figures(reading, entry)?),
            _ => {
                let fields: Vec<_> = match map.kind {
                    Some(kind) => known_fields(kind).iter().collect(),
                    None => RecordKind::ALL.iter().flat_map(|k| known_fields(*k)).collect(),
                };
                let wanted = field_name(map.kind, name);
                let Some(field) = fields.iter().find(|f| f.name == wanted) else {
                    let mut known: Vec<&str> = fields.iter().map(|f| f.name).collect();
                    known.sort_unstable();
                    known.dedup();
                    return reading.unknown(key.span().start, name, &known);
                };
                let column = read_column(reading, entry, name)?;
                if column.with.is_some() && !matches!(field.form, Form::Name | Form::Text | Form::Day | Form::Time) {
                    return reading.fail(entry.span().start, format!("{name} takes one column: no with"));
                }
                let is_figure = matches!(field.form, Form::Money | Form::Number | Form::Integer(..) | Form::Span);
                if (column.unit.is_some() || column.currency.is_some()) && !is_figure {
                    return reading.fail(entry.span().start, format!("{name} is no figure: no unit or currency"));
                }
                map.columns.push((wanted.to_owned(), column));
            }
        }
    }
    Ok(())
}

/// In a file of customers the customer is the row itself; both words are understood.
pub(super) fn field_name(kind: Option<RecordKind>, name: &str) -> &str {
    if kind == Some(RecordKind::Customers) && name == "customer" { "external_id" } else { name }
}

fn read_column(reading: &Reading<'_>, entry: &Entry<'_>, name: &str) -> Result<Column, Error> {
    let at = entry.span().start;
    let table = match entry.get_ref() {
        DeValue::String(column) => return Ok(Column { name: Some(column.to_string()), ..Column::default() }),
        DeValue::Table(table) => table,
        _ => {
            return reading
                .fail(at, format!("{name} must name a column (\"…\") or give a constant ({{ value = \"…\" }})"));
        }
    };
    let mut column = Column::default();
    for (key, entry) in table {
        let at = entry.span().start;
        match key.get_ref().as_ref() {
            "column" => column.name = Some(reading.text(entry, "column")?),
            "value" => column.value = Some(read_constant(reading, entry)?),
            "currency" => {
                let code = reading.text(entry, "currency")?;
                let Some(currency) = Currency::parse(&code) else {
                    return reading.fail(at, format!("{code:?} is no currency code such as JPY"));
                };
                column.currency = Some(currency);
            }
            "unit" => {
                let text = read_constant(reading, entry)?;
                let Some(unit) = read_unit(&text).or_else(|| read_span_unit(&text)) else {
                    let known = "円, 千円, 万円, 百万円, 億円, 秒, 分, 時間 or a number";
                    return reading.fail(at, format!("{text:?} is no unit; known are {known}"));
                };
                column.unit = Some(unit);
            }
            "form" => column.form = read_form(reading, entry)?,
            "words" => {
                for (theirs, ours) in reading.table(entry, "words")? {
                    column.words.push((theirs.get_ref().to_string(), reading.text(ours, "words")?));
                }
            }
            "times" => column.times = Some(reading.text(entry, "times")?),
            "with" => column.with = Some(reading.text(entry, "with")?),
            "currency_column" => column.currency_column = Some(reading.text(entry, "currency_column")?),
            "minor" => match entry.get_ref() {
                DeValue::Boolean(is_minor) => column.is_minor = *is_minor,
                _ => return reading.fail(at, "minor must be true or false"),
            },
            other => return reading.unknown(key.span().start, other, &COLUMN_KEYS),
        }
    }
    if column.with.is_some() && column.name.is_none() {
        return reading.fail(at, format!("{name}: with goes behind a column"));
    }
    if column.name.is_some() == column.value.is_some() {
        return reading.fail(at, format!("{name} needs either column or value"));
    }
    Ok(column)
}

pub fn read_constant(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<String, Error> {
    match entry.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(n) => Ok(n.to_string()),
        DeValue::Float(n) => Ok(n.to_string()),
        DeValue::Boolean(b) => Ok(b.to_string()),
        _ => reading.fail(entry.span().start, "must be a text or a figure"),
    }
}

fn read_form(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<TimeForm, Error> {
    let word = reading.text(entry, "form")?;
    Ok(match word.as_str() {
        "date" => TimeForm::Date,
        "excel" => TimeForm::Excel,
        "excel1904" => TimeForm::Excel1904,
        "unix" => TimeForm::Unix,
        "unix_ms" => TimeForm::UnixMs,
        _ => {
            return reading.unknown(entry.span().start, &word, &["date", "excel", "excel1904", "unix", "unix_ms"]);
        }
    })
}

pub fn read_names(reading: &Reading<'_>, entry: &Entry<'_>, key: &str) -> Result<Vec<String>, Error> {
    let DeValue::Array(list) = entry.get_ref() else {
        return reading.fail(entry.span().start, format!("{key} must be a list of columns"));
    };
    list.iter().map(|e| reading.text(e, key)).collect()
}

/// `["nps", "seats"]` or `{ nps = "NPS", fee = { column = "月額", unit = "千円" } }`.
fn read_figures(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<Vec<(String, Column)>, Error> {
    if matches!(entry.get_ref(), DeValue::Array(_)) {
        let names = read_names(reading, entry, "figures")?;
        return Ok(names.into_iter().map(|n| (n.clone(), Column { name: Some(n), ..Column::default() })).collect());
    }
    let table = reading.table(entry, "figures")?;
    table
        .iter()
        .map(|(key, entry)| {
            let name = key.get_ref().as_ref();
            Ok((name.to_owned(), read_column(reading, entry, name)?))
        })
        .collect()
}

fn read_delimiter(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<u8, Error> {
    match reading.text(entry, "delimiter")?.as_str() {
        "," | "comma" => Ok(b','),
        "\t" | "tab" => Ok(b'\t'),
        ";" => Ok(b';'),
        "|" => Ok(b'|'),
        other => reading.unknown(entry.span().start, other, &["comma", "tab", ";", "|"]),
    }
}

fn read_count(reading: &Reading<'_>, entry: &Entry<'_>) -> Result<u64, Error> {
    let count = match entry.get_ref() {
        DeValue::Integer(n) => u64::from_str_radix(n.as_str(), n.radix()).ok(),
        _ => None,
    };
    match count.filter(|n| *n <= 1_000) {
        Some(n) => Ok(n),
        None => reading.fail(entry.span().start, "skip_rows must be a number from 0 to 1000"),
    }
}
