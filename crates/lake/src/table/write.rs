//! Tables of ours as Parquet, for whoever reads them elsewhere.

use std::io::{self, Write};
use std::sync::Arc;

use kizashi_domain::time::{Day, Time};
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

/// Rows of a row group; so many are held in memory.
const GROUP_ROWS: usize = 64 * 1024;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// A text.
    Text,
    /// A figure.
    Number,
    /// A whole number.
    Integer,
    /// Yes or no.
    Bool,
    /// A day.
    Day,
    /// An instant, with microseconds.
    Time,
}

/// One value, of the kind of its column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// None.
    Missing,
    /// A text.
    Text(&'a str),
    /// A figure; NaN is none.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Bool(bool),
    /// A day.
    Day(Day),
    /// An instant.
    Time(Time),
}

enum Held {
    Texts(Vec<ByteArray>),
    Numbers(Vec<f64>),
    Integers(Vec<i64>),
    Bools(Vec<bool>),
    Days(Vec<i32>),
    Times(Vec<i64>),
}

struct Column {
    held: Held,
    defined: Vec<i16>,
}

/// A table under writing, row by row. Every column may be missing a value.
pub struct TableWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Column>,
    rows: usize,
}

fn told(e: ParquetError) -> io::Error {
    match e {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(io) => *io,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a table with these columns: name and kind.
    pub fn new(out: W, columns: &[(&str, CellKind)]) -> io::Result<Self> {
        let mut fields = Vec::with_capacity(columns.len());
        for (name, kind) in columns {
            fields.push(Arc::new(field(name, *kind).map_err(told)?));
        }
        let schema = Type::group_type_builder("table").with_fields(fields).build().map_err(told)?;
        let properties = WriterProperties::builder()
            .set_created_by("kizashi".to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).map_err(told)?))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(told)?;
        let columns = columns.iter().map(|(_, kind)| Column { held: hold(*kind), defined: Vec::new() }).collect();
        Ok(Self { writer, columns, rows: 0 })
    }

    /// Adds a row. A value of another kind than its column's counts as missing.
    pub fn write<'a>(&mut self, row: impl IntoIterator<Item = Cell<'a>>) -> io::Result<()> {
        let mut cells = row.into_iter();
        for column in &mut self.columns {
            column.push(cells.next().unwrap_or(Cell::Missing));
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS { self.write_group() } else { Ok(()) }
    }

    /// Writes what is held and ends the table.
    pub fn finish(mut self) -> io::Result<W> {
        if self.rows > 0 {
            self.write_group()?;
        }
        let mut out = self.writer.into_inner().map_err(told)?;
        out.flush()?;
        Ok(out)
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut group = self.writer.next_row_group().map_err(told)?;
        for column in &mut self.columns {
            column.write(&mut group).map_err(told)?;
        }
        group.close().map_err(told)?;
        self.rows = 0;
        Ok(())
    }
}

fn field(name: &str, kind: CellKind) -> Result<Type, ParquetError> {
    let (physical, logical) = match kind {
        CellKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        CellKind::Number => (Physical::DOUBLE, None),
        CellKind::Integer => (Physical::INT64, None),
        CellKind::Bool => (Physical::BOOLEAN, None),
        CellKind::Day => (Physical::INT32, Some(LogicalType::Date)),
        CellKind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_converted_type(ConvertedType::NONE)
        .with_logical_type(logical)
        .build()
}

const fn hold(kind: CellKind) -> Held {
    match kind {
        CellKind::Text => Held::Texts(Vec::new()),
        CellKind::Number => Held::Numbers(Vec::new()),
        CellKind::Integer => Held::Integers(Vec::new()),
        CellKind::Bool => Held::Bools(Vec::new()),
        CellKind::Day => Held::Days(Vec::new()),
        CellKind::Time => Held::Times(Vec::new()),
    }
}

impl Column {
    fn push(&mut self, cell: Cell<'_>) {
        let there = match (&mut self.held, cell) {
            (Held::Texts(v), Cell::Text(text)) => {
                // Neighbours are often the same: one piece of memory for all of them.
                let same = v.last().filter(|last| last.data() == text.as_bytes()).cloned();
                v.push(same.unwrap_or_else(|| ByteArray::from(text)));
                true
            }
            (Held::Numbers(v), Cell::Number(n)) if !n.is_nan() => {
                v.push(n);
                true
            }
            (Held::Integers(v), Cell::Integer(n)) => {
                v.push(n);
                true
            }
            (Held::Bools(v), Cell::Bool(b)) => {
                v.push(b);
                true
            }
            (Held::Days(v), Cell::Day(day)) => {
                v.push(day.0);
                true
            }
            (Held::Times(v), Cell::Time(at)) => {
                v.push(at.micros());
                true
            }
            _ => false,
        };
        self.defined.push(i16::from(there));
    }

    fn write<W: Write + Send>(&mut self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<(), ParquetError> {
        match &mut self.held {
            Held::Texts(v) => put::<ByteArrayType, W>(group, v, &self.defined)?,
            Held::Numbers(v) => put::<DoubleType, W>(group, v, &self.defined)?,
            Held::Integers(v) | Held::Times(v) => put::<Int64Type, W>(group, v, &self.defined)?,
            Held::Bools(v) => put::<BoolType, W>(group, v, &self.defined)?,
            Held::Days(v) => put::<Int32Type, W>(group, v, &self.defined)?,
        }
        self.defined.clear();
        Ok(())
    }
}

fn put<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &mut Vec<T::T>,
    defined: &[i16],
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("more columns than the table has".to_owned()));
    };
    column.typed::<T>().write_batch(values, Some(defined), None)?;
    values.clear();
    column.close()
}
