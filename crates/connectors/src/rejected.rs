//! Refused rows as a file that opens in a spreadsheet, can be mended there, and given again.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::csv::JSON_TITLE;
use crate::map::ADDED;
use crate::parsed::Refused;

/// Writes FILE.rejected.csv: the file's own columns, then line, column, value and reason. UTF-8 with a mark, `\r\n`.
///
/// Refused lines of NDJSON stand in one column of their own; given again, they are read as the lines that they were.
#[derive(Debug)]
pub struct RejectedWriter<W: Write> {
    out: W,
    /// How many columns the file has, and which of them are kept: not those that a file of refused rows added.
    columns: usize,
    kept: Vec<usize>,
    rows: u64,
}

impl<W: Write> RejectedWriter<W> {
    /// Writes the row of headings. `titles` is empty for NDJSON.
    pub fn new(mut out: W, titles: &[String]) -> io::Result<Self> {
        out.write_all("\u{FEFF}".as_bytes())?;
        let json = [JSON_TITLE.to_owned()];
        let titles = if titles.is_empty() { &json[..] } else { titles };
        let (kept, names): (Vec<usize>, Vec<&str>) =
            titles.iter().map(String::as_str).enumerate().filter(|(_, t)| !ADDED.contains(t)).unzip();
        write_row(&mut out, names.into_iter().chain(ADDED))?;
        Ok(Self { out, columns: titles.len(), kept, rows: 0 })
    }

    /// Writes a refused row. `reason` is worded for people. Fields beyond the headings are joined to the last one, so that
    /// nothing of a row with too many is lost.
    pub fn write(&mut self, refused: &Refused, reason: &str) -> io::Result<()> {
        let fields = &refused.original;
        let mut row: Vec<Cow<'_, str>> =
            self.kept.iter().map(|index| Cow::Borrowed(fields.get(*index).map_or("", String::as_str))).collect();
        if let (Some(last), Some(beyond @ [_, ..])) = (row.last_mut(), fields.get(self.columns..)) {
            *last = Cow::Owned(format!("{last},{}", beyond.join(",")));
        }
        let line = refused.refusal.line.to_string();
        let added = [line.as_str(), &refused.refusal.field, &refused.refusal.value, reason];
        self.rows += 1;
        write_row(&mut self.out, row.iter().map(AsRef::as_ref).chain(added))
    }

    /// How many rows were written.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes out what is held back.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

fn write_row<'a>(out: &mut impl Write, fields: impl Iterator<Item = &'a str>) -> io::Result<()> {
    for (index, field) in fields.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        let field = protect(field);
        if field.contains(['"', ',', '\r', '\n']) || field.trim() != field.as_ref() {
            write!(out, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            out.write_all(field.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

/// A spreadsheet would take the text for a formula.
fn is_formula(text: &str) -> bool {
    let rest = text.trim_start_matches('\'');
    let starts = rest.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    // A plain number is none: -5 stays -5.
    starts && !(rest.len() == text.len() && is_plain_number(text))
}

fn is_plain_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+')) && text.parse::<f64>().is_ok()
}

/// Puts an apostrophe before a text that a spreadsheet would take for a formula; plain numbers stay as they are.
pub fn protect(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Takes the apostrophe of [`protect`] off again.
pub fn unprotect(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_inert_and_numbers_stay() {
        for text in ["=1+1", "+81-3", "-x", "@SUM", "\tx", "＝A1", "－１", "'=1", "-1-1", "--1"] {
            assert_eq!(protect(text), format!("'{text}"), "{text}");
        }
        for text in ["-5", "+1.5", "abc", "", "'abc", "a=b", "'"] {
            assert_eq!(protect(text), text);
        }
    }

    proptest! {
        #[test]
        fn protection_can_be_taken_off(text in "['=+\\-@\t＝0-9a]{0,6}") {
            let protected = protect(&text);
            prop_assert_eq!(unprotect(&protected), text.as_str());
        }
    }
}
