//! A row of text, and its values by field.

use std::borrow::Cow;

use kizashi_domain::intake::parse;
use kizashi_domain::intake::{CustomerNames, Named, Reason};
use kizashi_domain::limits::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::time::{Day, Time, Zone};

use super::event::check_name;
use crate::map::{Bound, Form, Layout, Source, TimeForm};
use crate::parsed::Fault;
use crate::rejected::unprotect;
use crate::segment::trim;

/// A row: its fields' text, one behind the other, and where each ends.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub text: &'a str,
    pub ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// A field as it stands there.
    pub fn raw(&self, index: usize) -> &'a str {
        let from = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(usize::MAX) };
        let to = self.ends.get(index).copied().unwrap_or(0);
        self.text.get(from..to).unwrap_or_default()
    }

    /// A field without spaces around it and without what spreadsheets need: an apostrophe before what would be a formula,
    /// and `="001"` around a code with leading zeros.
    pub fn get(&self, index: usize) -> &'a str {
        let text = trim(self.raw(index));
        match text.as_bytes().first() {
            Some(b'\'') => unprotect(text),
            Some(b'=') => match text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"')) {
                Some(inner) if !inner.contains('"') => trim(inner),
                _ => text,
            },
            _ => text,
        }
    }

    /// All fields as they stand there, but for a protecting apostrophe.
    pub fn to_fields(self) -> Vec<String> {
        (0..self.ends.len()).map(|i| unprotect(self.raw(i)).to_owned()).collect()
    }
}

/// Adds what pairs of columns say together to a row's fields: a time of day stands behind its date, unless that has one.
pub fn write_joined(joins: &[(usize, usize)], text: &mut String, ends: &mut Vec<usize>) {
    for (front, behind) in joins {
        let row = Row { text, ends };
        let (front, behind) = (row.get(*front), row.get(*behind));
        let parts = [front, if front.contains(':') { "" } else { behind }];
        let joined = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        text.push_str(&joined);
        ends.push(text.len());
    }
}

/// The values of one row.
pub struct Cells<'a> {
    pub layout: &'a Layout,
    pub row: Row<'a>,
    pub zone: &'a Zone,
    /// Customers by name: those known before, and those that the file itself brought. `None` where only codes count.
    pub names: Option<[&'a CustomerNames; 2]>,
}

impl<'a> Cells<'a> {
    /// The customer that the row is about: by code, else by name.
    pub fn customer(&self) -> Result<String, Fault> {
        if let Some(code) = self.text("customer")? {
            return Ok(self.code_of(code));
        }
        let Some((bound, text)) = self.find("customer_name") else { return Err(self.missing("customer")) };
        let fault = |reason| Err(Fault::new(bound.title(), text, reason));
        match self.named(text) {
            None => Err(self.missing("customer")),
            Some(Named::One(code)) => Ok(code.to_owned()),
            Some(Named::Several(codes)) => fault(Reason::SeveralCustomers { codes: codes.join(", ") }),
            Some(Named::Nobody) => fault(Reason::UnknownCustomer),
        }
    }

    /// The code of a row that is itself a customer: its own, else that of the one with its name, else the name.
    pub fn own_code(&self) -> Result<String, Fault> {
        if let Some(code) = self.text("external_id")? {
            return Ok(code);
        }
        let Some((bound, text)) = self.find("name") else { return Err(self.missing("external_id")) };
        match self.named(text) {
            None => Err(self.missing("external_id")),
            Some(Named::One(code)) => Ok(code.to_owned()),
            Some(Named::Several(codes)) => {
                Err(Fault::new(bound.title(), text, Reason::SeveralCustomers { codes: codes.join(", ") }))
            }
            Some(Named::Nobody) => self.need("name"),
        }
    }

    /// The code that a text stands for: itself, unless it is no code but the name of one customer.
    pub fn code_of(&self, text: String) -> String {
        let is_code = self.names.is_none_or(|all| all.iter().any(|names| names.has_code(&text)));
        match self.named(&text) {
            Some(Named::One(code)) if !is_code => code.to_owned(),
            _ => text,
        }
    }

    fn named(&self, text: &str) -> Option<Named<'a>> {
        let [known, brought] = self.names?;
        Some(match known.find(text) {
            Named::Nobody => brought.find(text),
            found => found,
        })
    }

    /// The text of a bound field; empty is none.
    pub fn raw(&self, bound: &'a Bound) -> Option<&'a str> {
        let text = match &bound.source {
            Source::Column(index) => self.row.get(*index),
            Source::Constant(text) => text.as_str(),
        };
        (!text.is_empty()).then_some(text)
    }

    fn find(&self, name: &str) -> Option<(&'a Bound, &'a str)> {
        let bound = self.layout.find(name)?;
        self.raw(bound).map(|text| (bound, text))
    }

    /// A text, a name or one of our words, as the field's form says.
    pub fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        let Some((bound, text)) = self.find(name) else { return Ok(None) };
        let told = bound.column.words.iter().find(|(theirs, _)| theirs == text).map(|(_, ours)| ours.as_str());
        let fault = |reason| Fault::new(bound.title(), text, reason);
        let value = told.unwrap_or(text);
        let one_line = join_lines(value);
        let value = if matches!(bound.field.map(|f| f.form), Some(Form::Text)) { value } else { one_line.as_ref() };
        match bound.field.map(|f| f.form) {
            Some(Form::Text) => check_text(value).map_err(fault)?,
            Some(Form::Word(words, open)) => {
                let folded = value.to_lowercase();
                let found = words.iter().find(|(ours, theirs)| *ours == folded || theirs.contains(&value));
                if let Some((ours, _)) = found {
                    return Ok(Some((*ours).to_owned()));
                }
                if !open {
                    let words = words.iter().map(|(ours, _)| *ours).collect::<Vec<_>>().join(", ");
                    return Err(fault(Reason::NotOneOf { words }));
                }
                check_name(value).map_err(fault)?;
            }
            _ => check_name(value).map_err(fault)?,
        }
        Ok(Some(value.to_owned()))
    }

    /// A text that must be there.
    pub fn need(&self, name: &str) -> Result<String, Fault> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// The fault of a required field that is empty.
    pub fn missing(&self, name: &str) -> Fault {
        Fault::new(self.layout.find(name).map_or(name, Bound::title), "", Reason::Required)
    }

    fn read<T>(&self, name: &str, read: impl Fn(&Bound, &str) -> Result<T, Reason>) -> Result<Option<T>, Fault> {
        let Some((bound, text)) = self.find(name).filter(|(_, text)| !is_blank(text)) else { return Ok(None) };
        let told = bound.column.words.iter().find(|(theirs, _)| theirs == text).map_or(text, |(_, ours)| ours);
        read(bound, told).map(Some).map_err(|reason| Fault::new(bound.title(), text, reason))
    }

    /// A day.
    pub fn day(&self, name: &str) -> Result<Option<Day>, Fault> {
        self.read(name, |bound, text| match bound.column.form {
            TimeForm::Date if is_serial(text) => {
                parse::read_serial(text, false, self.zone).map(|at| self.zone.day_of(at))
            }
            TimeForm::Date => parse::read_day(text, self.zone),
            form => read_instant(text, form, self.zone).map(|at| self.zone.day_of(at)),
        })
    }

    /// An instant.
    pub fn time(&self, name: &str) -> Result<Option<Time>, Fault> {
        self.read(name, |bound, text| read_instant(text, bound.column.form, self.zone))
    }

    /// A whole figure within the field's limits.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.read(name, |bound, text| {
            let unit = bound.column.unit.unwrap_or(1);
            let value = parse::read_integer(text).and_then(|n| n.checked_mul(unit)).ok_or(Reason::NotANumber)?;
            within(bound, value)
        })
    }

    /// A term in months: `12`, `1年`, `1年6か月`.
    pub fn months(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.read(name, |bound, text| {
            let months = parse::read_months(text).ok_or(Reason::NotANumber)?;
            within(bound, months)
        })
    }

    /// Days before an end: `60`, `60日前`, `3ヶ月前`.
    pub fn lead(&self, name: &str, end: Option<Day>) -> Result<Option<i64>, Fault> {
        self.read(name, |bound, text| {
            let lead = parse::read_lead(text).ok_or(Reason::NotANumber)?;
            within(bound, lead.days_before(end))
        })
    }

    /// A time span in seconds.
    pub fn seconds(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.read(name, |bound, text| {
            parse::read_duration(text, bound.column.unit.unwrap_or(1)).ok_or(Reason::NotASpan)
        })
    }

    /// A figure.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Fault> {
        self.read(name, read_figure)
    }

    /// A percentage from 0 to 100: `60`, `60%`, or `0.6` as a workbook keeps 60 %. One alone is the whole: nobody writes 1 %.
    pub fn percent(&self, name: &str) -> Result<Option<i64>, Fault> {
        self.read(name, |_, text| {
            let bare = text.trim_end_matches(['%', '％']);
            let n = parse::read_number(bare).ok_or(Reason::NotANumber)?;
            let is_fraction = bare.len() == text.len() && n <= 1.0;
            let percent = if is_fraction { n * 100.0 } else { n };
            #[allow(clippy::cast_possible_truncation)]
            let whole = (0.0..=100.0).contains(&percent).then_some(percent.round() as i64);
            whole.ok_or(Reason::OutOfRange { min: 0, max: 100 })
        })
    }

    /// Money in the currency behind the figure (`12.50 USD`), else the column's, yen when none is said.
    pub fn money(&self, name: &str) -> Result<Option<Money>, Fault> {
        self.read(name, |bound, text| {
            let coded = text.rsplit_once(' ').and_then(|(figure, code)| Some((figure, Currency::parse(code)?)));
            let (text, coded) = coded.map_or((text, None), |(figure, currency)| (figure, Some(currency)));
            let currency = coded.or(bound.column.currency).unwrap_or(Currency::JPY);
            let minor = parse::read_decimal(text)
                .and_then(|d| d.to_minor(bound.column.unit.unwrap_or(1), currency.decimals()))
                .ok_or(Reason::NotANumber)?;
            Ok(Money { minor, currency })
        })
    }

    /// A row of totals below a table: its customer would be called 合計.
    pub fn check_total(&self, name: &str) -> Result<(), Fault> {
        match self.find(name) {
            Some((bound, text)) if is_total(text) => Err(Fault::new(bound.title(), text, Reason::TotalRow)),
            _ => Ok(()),
        }
    }

    /// Yes or no.
    pub fn yes(&self, name: &str) -> Result<Option<bool>, Fault> {
        self.read(name, |_, text| parse::read_bool(text).ok_or_else(not_yes_or_no))
    }

    /// A figure of one's own.
    pub fn figure(&self, bound: &'a Bound) -> Result<Option<f64>, Fault> {
        let Some(text) = self.raw(bound).filter(|text| !is_blank(text)) else { return Ok(None) };
        read_figure(bound, text).map(Some).map_err(|reason| Fault::new(bound.title(), text, reason))
    }
}

fn within(bound: &Bound, value: i64) -> Result<i64, Reason> {
    match bound.field.map(|f| f.form) {
        Some(Form::Integer(min, max)) if !(min..=max).contains(&value) => Err(Reason::OutOfRange { min, max }),
        _ => Ok(value),
    }
}

/// What is said of a text that is neither yes nor no.
pub fn not_yes_or_no() -> Reason {
    Reason::NotOneOf { words: "true, false, ○, ×, はい, いいえ, 有, 無".to_owned() }
}

/// What stands where there is no date and no figure.
pub(super) fn is_blank(text: &str) -> bool {
    matches!(text, "-" | "－" | "ー" | "―" | "‐" | "—" | "なし" | "未定" | "N/A" | "n/a" | "#N/A" | "NULL" | "null")
}

/// The word that opens a row of totals.
pub(super) fn is_total(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(bare.as_str(), "合計" | "小計" | "総計" | "総合計" | "計")
}

fn read_figure(bound: &Bound, text: &str) -> Result<f64, Reason> {
    #[allow(clippy::cast_precision_loss)]
    let unit = bound.column.unit.unwrap_or(1) as f64;
    parse::read_number(text).map(|n| n * unit).filter(|n| n.is_finite()).ok_or(Reason::NotANumber)
}

/// Reads an instant in the form that the map names.
pub(super) fn read_instant(text: &str, form: TimeForm, zone: &Zone) -> Result<Time, Reason> {
    let count = |scale: f64| {
        let n = parse::read_number(text).map(|n| n * scale);
        // From year 1 to year 9999, in microseconds.
        #[allow(clippy::cast_possible_truncation)]
        n.filter(|n| (-6.2e16..2.5e17).contains(n)).map(|n| Time(n.round() as i64)).ok_or(Reason::NotATime)
    };
    match form {
        TimeForm::Date if is_serial(text) => parse::read_serial(text, false, zone),
        TimeForm::Date => parse::read_time(text, zone),
        TimeForm::Excel => parse::read_serial(text, false, zone),
        TimeForm::Excel1904 => parse::read_serial(text, true, zone),
        TimeForm::Unix => count(1_000_000.0),
        TimeForm::UnixMs => count(1_000.0),
    }
}

/// A date that Excel shows as its bare count of days: 46113 or 46113.395. Five digits are no date in any other way; counts before
/// 1954 and after 2119 are.
fn is_serial(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    whole.len() == 5
        && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
        && (20_000..80_000).contains(&whole.parse().unwrap_or(0))
}

/// A name whose cell was broken into lines stands on one.
fn join_lines(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\r']) {
        Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(text)
    }
}

fn check_text(text: &str) -> Result<(), Reason> {
    if text.len() > TEXT_CHARS_MAX && text.chars().count() > TEXT_CHARS_MAX {
        return Err(Reason::TooLong { max: TEXT_CHARS_MAX });
    }
    if text.bytes().any(|b| b == 0x7f || b < 0x20 && !matches!(b, b'\n' | b'\r' | b'\t')) {
        return Err(Reason::ControlCharacter);
    }
    Ok(())
}

const _: () = assert!(NAME_CHARS_MAX < TEXT_CHARS_MAX);
