//! Rows of a result as CSV, as one JSON object a line, or as Parquet.

use std::io::{self, Write};

use kizashi_domain::time::Day;
use kizashi_lake::{Cell, CellKind, TableWriter};

use super::{Exit, Output};
use crate::args::{Format, Out};

/// A result under writing. What is not finished is not whole.
pub enum Sheet<'a> {
    /// Text as it comes.
    Lines(Lines, &'a mut (dyn Write + Send)),
    /// Columns, held back in groups of rows.
    Table(Box<TableWriter<&'a mut (dyn Write + Send)>>),
}

/// How rows are written as text.
#[derive(Clone)]
pub struct Lines {
    names: Vec<String>,
    json: bool,
}

impl<'a> Sheet<'a> {
    /// Begins a result with these columns on standard output, or in the file that was named.
    pub fn begin(output: &'a mut Output, to: &Out, columns: &[(&str, CellKind)]) -> Result<Self, Exit> {
        output.redirect(to.out.as_deref())?;
        if to.format == Format::Parquet {
            if !output.takes_bytes() {
                return Err(Exit::usage("Parquet is not for a terminal: name a file with --out FILE"));
            }
            return Ok(Self::Table(Box::new(TableWriter::new(output.out(), columns)?)));
        }
        let lines = Lines::new(to.format, columns.iter().map(|(name, _)| (*name).to_owned()).collect());
        let out = output.out();
        lines.write_head(out)?;
        Ok(Self::Lines(lines, out))
    }

    /// Adds a row.
    pub fn write(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        match self {
            Self::Lines(lines, out) => lines.write(*out, row.iter().copied()),
            Self::Table(table) => table.write(row.iter().copied()),
        }
    }

    /// Adds rows that were written as text before.
    pub fn write_lines(&mut self, written: &[u8]) -> io::Result<()> {
        match self {
            Self::Lines(_, out) => out.write_all(written),
            Self::Table(_) => Err(io::Error::other("text in a table")),
        }
    }

    /// Ends the result.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Lines(_, out) => out.flush(),
            Self::Table(table) => table.finish().map(|_| ()),
        }
    }
}

impl Lines {
    /// For CSV or JSON.
    pub fn new(format: Format, names: Vec<String>) -> Self {
        Self { names, json: format == Format::Json }
    }

    fn write_head(&self, out: &mut (dyn Write + Send)) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        let names: Vec<_> = self.names.iter().map(|name| field(name)).collect();
        writeln!(out, "{}", names.join(","))
    }

    /// Writes a row.
    pub fn write<'c>(&self, out: &mut dyn Write, row: impl Iterator<Item = Cell<'c>>) -> io::Result<()> {
        if self.json {
            let object: serde_json::Map<String, serde_json::Value> =
                self.names.iter().cloned().zip(row.map(json_of)).collect();
            return writeln!(out, "{}", serde_json::Value::Object(object));
        }
        for (i, cell) in row.enumerate() {
            if i > 0 {
                out.write_all(b",")?;
            }
            write_cell(out, cell)?;
        }
        out.write_all(b"\n")
    }
}

/// Whole numbers without a point, others as short as they stay exact; nothing when missing.
fn write_cell(out: &mut dyn Write, cell: Cell<'_>) -> io::Result<()> {
    match cell {
        Cell::Missing => Ok(()),
        Cell::Text(text) => out.write_all(field(text).as_bytes()),
        Cell::Number(value) if value.is_nan() => Ok(()),
        Cell::Number(value) => write!(out, "{value}"),
        Cell::Integer(value) => write!(out, "{value}"),
        Cell::Bool(value) => write!(out, "{value}"),
        Cell::Day(day) => write!(out, "{day}"),
        Cell::Time(at) => out.write_all(at.rfc3339().as_bytes()),
    }
}

fn json_of(cell: Cell<'_>) -> serde_json::Value {
    match cell {
        Cell::Missing => serde_json::Value::Null,
        Cell::Text(text) => text.into(),
        Cell::Number(value) => {
            serde_json::Number::from_f64(value).map_or(serde_json::Value::Null, serde_json::Value::Number)
        }
        Cell::Integer(value) => value.into(),
        Cell::Bool(value) => value.into(),
        Cell::Day(day) => day.to_string().into(),
        Cell::Time(at) => at.rfc3339().into(),
    }
}

/// A field of a CSV file.
fn field(text: &str) -> std::borrow::Cow<'_, str> {
    let guarded = kizashi_connectors::protect(text);
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\"")).into()
    } else {
        guarded
    }
}

/// A text that may be missing; so is an empty one.
pub fn text(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Missing } else { Cell::Text(text) }
}

/// A whole number that may be missing.
pub fn integer(value: Option<impl Into<i64>>) -> Cell<'static> {
    value.map_or(Cell::Missing, |v| Cell::Integer(v.into()))
}

/// A day that may be missing.
pub fn day(day: Option<Day>) -> Cell<'static> {
    day.map_or(Cell::Missing, Cell::Day)
}
