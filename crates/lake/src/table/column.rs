//! One column of a foreign table: what its values are, and each of them as text.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;
use parquet::schema::types::ColumnDescriptor;

use super::text::{write_bytes, write_day, write_decimal, write_float, write_integer, write_time, write_uuid};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Bool,
    Integer,
    Unsigned,
    /// Digits behind the point.
    Decimal(u32),
    Float,
    Day,
    /// So many units make a second; with a zone it is an instant, without one the time on a wall.
    Time {
        per_second: i64,
        zoned: bool,
    },
    Text,
    Uuid,
}

/// Decoded values; nulls take no place.
enum Values {
    Bools(Vec<bool>),
    Ints(Vec<i32>),
    Longs(Vec<i64>),
    Stamps(Vec<Int96>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

/// A column under reading.
pub struct Column {
    index: usize,
    form: Form,
    /// The definition level of a value that is there.
    defined_at: i16,
    reader: Option<ColumnReader>,
    values: Values,
    defined: Vec<i16>,
    row: usize,
    value: usize,
}

impl Column {
    /// `None` for a column that is not one text a row.
    pub fn bind(index: usize, descr: &ColumnDescriptor) -> Option<Self> {
        let form = if descr.max_rep_level() == 0 { find_form(descr)? } else { return None };
        let values = match descr.physical_type() {
            Type::BOOLEAN => Values::Bools(Vec::new()),
            Type::INT32 => Values::Ints(Vec::new()),
            Type::INT64 => Values::Longs(Vec::new()),
            Type::INT96 => Values::Stamps(Vec::new()),
            Type::FLOAT => Values::Floats(Vec::new()),
            Type::DOUBLE => Values::Doubles(Vec::new()),
            Type::BYTE_ARRAY => Values::Bytes(Vec::new()),
            Type::FIXED_LEN_BYTE_ARRAY => Values::Fixed(Vec::new()),
        };
        let defined_at = descr.max_def_level();
        Some(Self { index, form, defined_at, reader: None, values, defined: Vec::new(), row: 0, value: 0 })
    }

    /// Its place among the leaves of the schema.
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Goes on with a row group.
    pub fn open(&mut self, group: &dyn RowGroupReader) -> Result<(), ParquetError> {
        self.reader = Some(group.get_column_reader(self.index)?);
        Ok(())
    }

    /// Decodes the values of the next rows.
    pub fn decode(&mut self, rows: usize) -> Result<(), ParquetError> {
        (self.row, self.value) = (0, 0);
        self.defined.clear();
        let defined = (self.defined_at > 0).then_some(&mut self.defined);
        macro_rules! read {
            ($reader:expr, $values:expr) => {{
                $values.clear();
                $reader.read_records(rows, defined, None, $values)?
            }};
        }
        let (records, ..) = match (&mut self.reader, &mut self.values) {
            (Some(ColumnReader::BoolColumnReader(r)), Values::Bools(v)) => read!(r, v),
            (Some(ColumnReader::Int32ColumnReader(r)), Values::Ints(v)) => read!(r, v),
            (Some(ColumnReader::Int64ColumnReader(r)), Values::Longs(v)) => read!(r, v),
            (Some(ColumnReader::Int96ColumnReader(r)), Values::Stamps(v)) => read!(r, v),
            (Some(ColumnReader::FloatColumnReader(r)), Values::Floats(v)) => read!(r, v),
            (Some(ColumnReader::DoubleColumnReader(r)), Values::Doubles(v)) => read!(r, v),
            (Some(ColumnReader::ByteArrayColumnReader(r)), Values::Bytes(v)) => read!(r, v),
            (Some(ColumnReader::FixedLenByteArrayColumnReader(r)), Values::Fixed(v)) => read!(r, v),
            _ => return Err(ParquetError::General("its type changes".to_owned())),
        };
        let complete = records == rows && (self.defined_at == 0 || self.defined.len() == rows);
        if complete { Ok(()) } else { Err(ParquetError::General(format!("it ends after {records} of {rows} rows"))) }
    }

    /// Writes the value of the next row, nothing when there is none (or when it is not `wanted`).
    pub fn write_next(&mut self, wanted: bool, text: &mut String) {
        let defined = self.defined_at == 0 || self.defined.get(self.row) == Some(&self.defined_at);
        self.row += 1;
        if defined {
            let at = self.value;
            self.value += 1;
            if wanted {
                write_value(self.form, &self.values, at, text);
            }
        }
    }
}

fn write_value(form: Form, values: &Values, at: usize, text: &mut String) {
    match values {
        Values::Bools(v) => text.push_str(if v.get(at) == Some(&true) { "true" } else { "false" }),
        Values::Ints(v) => {
            let Some(v) = v.get(at).copied() else { return };
            let unsigned = form == Form::Unsigned;
            write_whole(form, if unsigned { i64::from(v.cast_unsigned()) } else { i64::from(v) }, text);
        }
        Values::Longs(v) => write_whole(form, v.get(at).copied().unwrap_or_default(), text),
        Values::Stamps(v) => {
            if let Some(v) = v.get(at) {
                write_time(v.to_micros(), 1_000_000, true, text);
            }
        }
        Values::Floats(v) => {
            if let Some(v) = v.get(at).filter(|v| !v.is_nan()) {
                // As the shorter type shows it: 0.1 and not 0.10000000149011612.
                text.push_str(&v.to_string());
            }
        }
        Values::Doubles(v) => {
            if let Some(v) = v.get(at).filter(|v| !v.is_nan()) {
                write_float(*v, text);
            }
        }
        Values::Bytes(v) => write_raw(form, v.get(at).map(ByteArray::data).unwrap_or_default(), text),
        Values::Fixed(v) => write_raw(form, v.get(at).map(|v| v.data()).unwrap_or_default(), text),
    }
}

fn write_whole(form: Form, value: i64, text: &mut String) {
    match form {
        Form::Decimal(scale) => write_decimal(i128::from(value), scale, text),
        Form::Unsigned => write_integer(i128::from(value.cast_unsigned()), text),
        Form::Day => write_day(value, text),
        Form::Time { per_second, zoned } => write_time(value, per_second, zoned, text),
        _ => write_integer(i128::from(value), text),
    }
}

fn write_raw(form: Form, bytes: &[u8], text: &mut String) {
    match form {
        Form::Decimal(scale) => {
            // Big-endian with its sign; what is longer than sixteen bytes is refused as no number.
            let mut wide = [if bytes.first().is_some_and(|b| *b > 0x7f) { 0xff } else { 0 }; 16];
            match wide.len().checked_sub(bytes.len()).and_then(|from| wide.get_mut(from..)) {
                Some(end) => {
                    end.copy_from_slice(bytes);
                    write_decimal(i128::from_be_bytes(wide), scale, text);
                }
                None => write_bytes(b"\xff", text),
            }
        }
        Form::Uuid => write_uuid(bytes, text),
        _ => write_bytes(bytes, text),
    }
}

fn find_form(descr: &ColumnDescriptor) -> Option<Form> {
    let physical = descr.physical_type();
    if let Some(form) = descr.logical_type_ref().and_then(|logical| form_of_logical(logical, physical)) {
        return Some(form);
    }
    let scale = u32::try_from(descr.type_scale()).unwrap_or(0);
    Some(match (descr.converted_type(), physical) {
        (ConvertedType::DECIMAL, _) => Form::Decimal(scale),
        (ConvertedType::DATE, _) => Form::Day,
        (ConvertedType::TIMESTAMP_MILLIS, _) => Form::Time { per_second: 1_000, zoned: true },
        (ConvertedType::TIMESTAMP_MICROS, _) => Form::Time { per_second: 1_000_000, zoned: true },
        (ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64, _) => {
            Form::Unsigned
        }
        (ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS | ConvertedType::INTERVAL, _) => return None,
        (ConvertedType::BSON, _) | (_, Type::FIXED_LEN_BYTE_ARRAY) => return None,
        (_, Type::BOOLEAN) => Form::Bool,
        (_, Type::INT32 | Type::INT64) => Form::Integer,
        // Old programs write instants so, and nothing else.
        (_, Type::INT96) => Form::Time { per_second: 1_000_000, zoned: true },
        (_, Type::FLOAT | Type::DOUBLE) => Form::Float,
        // Texts of old programs do not say that they are.
        (_, Type::BYTE_ARRAY) => Form::Text,
    })
}

fn form_of_logical(logical: &LogicalType, physical: Type) -> Option<Form> {
    Some(match logical {
        LogicalType::String | LogicalType::Enum | LogicalType::Json => Form::Text,
        LogicalType::Decimal(d) if !matches!(physical, Type::BOOLEAN | Type::INT96 | Type::FLOAT | Type::DOUBLE) => {
            Form::Decimal(u32::try_from(d.scale).ok()?)
        }
        LogicalType::Date => Form::Day,
        LogicalType::Timestamp(t) => {
            let per_second = match t.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            };
            Form::Time { per_second, zoned: t.is_adjusted_to_u_t_c }
        }
        LogicalType::Integer(i) if !i.is_signed => Form::Unsigned,
        LogicalType::Integer(_) => Form::Integer,
        LogicalType::Uuid => Form::Uuid,
        _ => return None,
    })
}
