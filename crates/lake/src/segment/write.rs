//! Writes the Parquet file of a segment: the truth, readable by any tool.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use kizashi_domain::intake::Says;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, TypePtr};

use crate::error::{SourceError, told, told_parquet};
use crate::ids::ID_BYTES;
use crate::rows::Rows;
use crate::texts::Texts;

/// Rows of a row group: small enough that one customer's page is read quickly, large enough that dictionaries pay.
pub const GROUP_ROWS: usize = 128 * 1024;
/// Rows of a page.
const PAGE_ROWS: usize = 16 * 1024;
/// Texts of one column chunk after which the dictionary is given up for plain text.
const DICTIONARY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The columns. `received_at` is null when it equals `occurred_at`; `kind` is 0 for an event, 1 for a row which says that the
/// event of its id is deleted.
const SCHEMA: &str = "message event {
    required fixed_len_byte_array(8) id;
    required byte_array source (UTF8);
    required byte_array customer (UTF8);
    optional byte_array user (UTF8);
    required byte_array event (UTF8);
    required int64 occurred_at (TIMESTAMP(MICROS,true));
    optional int64 received_at (TIMESTAMP(MICROS,true));
    required boolean assumed;
    optional double value;
    optional byte_array properties (UTF8);
    required int32 kind (INTEGER(8,false));
}";

/// Places of the columns in the schema.
pub mod column {
    use parquet::basic::Type;

    pub const ID: usize = 0;
    pub const SOURCE: usize = 1;
    pub const CUSTOMER: usize = 2;
    pub const USER: usize = 3;
    pub const EVENT: usize = 4;
    pub const OCCURRED: usize = 5;
    pub const RECEIVED: usize = 6;
    pub const ASSUMED: usize = 7;
    pub const VALUE: usize = 8;
    pub const PROPERTIES: usize = 9;
    pub const KIND: usize = 10;

    /// Their physical types, in order.
    pub const TYPES: [Type; 11] = [
        Type::FIXED_LEN_BYTE_ARRAY,
        Type::BYTE_ARRAY,
        Type::BYTE_ARRAY,
        Type::BYTE_ARRAY,
        Type::BYTE_ARRAY,
        Type::INT64,
        Type::INT64,
        Type::BOOLEAN,
        Type::DOUBLE,
        Type::BYTE_ARRAY,
        Type::INT32,
    ];
}

/// How large the file became, and its CRC-32.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    pub bytes: u64,
    pub crc: u32,
}

/// The texts of some rows as the Parquet library wants them; made once for all files of these rows.
pub struct Dressed<'a> {
    rows: &'a Rows,
    customers: Vec<ByteArray>,
    users: Vec<ByteArray>,
    names: Vec<ByteArray>,
    sources: Vec<ByteArray>,
    properties: Vec<ByteArray>,
}

impl<'a> Dressed<'a> {
    pub fn new(rows: &'a Rows) -> Self {
        Self {
            rows,
            customers: dress(&rows.customers),
            users: dress(&rows.users),
            names: dress(&rows.names),
            sources: dress(&rows.sources),
            properties: dress(&rows.properties),
        }
    }
}

fn dress(texts: &Texts) -> Vec<ByteArray> {
    let (arena, ends) = texts.parts();
    let all = ByteArray::from(arena.as_bytes().to_vec());
    let mut from = 0;
    let mut dressed = Vec::with_capacity(ends.len());
    for to in ends {
        dressed.push(all.slice(from, to - from));
        from = *to;
    }
    dressed
}

/// Writes the rows in the given order, flushed to the disk. The file must not exist.
pub fn write_events(path: &Path, dressed: &Dressed<'_>, order: &[u32]) -> Result<Written, SourceError> {
    let file = File::create_new(path).map_err(told)?;
    let out = Summed::new(file);
    let told = |e| told_parquet(path, e);
    let schema = schema(path)?;
    let mut writer = SerializedFileWriter::new(out, schema, Arc::new(properties(path)?)).map_err(told)?;
    for chunk in order.chunks(GROUP_ROWS) {
        let mut group = writer.next_row_group().map_err(told)?;
        write_group(&mut group, dressed, chunk).map_err(told)?;
        group.close().map_err(told)?;
    }
    let out = writer.into_inner().map_err(told)?;
    let (bytes, crc) = out.finish()?;
    Ok(Written { bytes, crc })
}

fn schema(path: &Path) -> Result<TypePtr, SourceError> {
    parse_message_type(SCHEMA).map(Arc::new).map_err(|e| told_parquet(path, e))
}

fn properties(path: &Path) -> Result<WriterProperties, SourceError> {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(3).map_err(|e| told_parquet(path, e))?);
    let id = || ColumnPath::from("id");
    let times = ["occurred_at", "received_at"].map(ColumnPath::from);
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("kizashi".to_owned())
        .set_compression(zstd)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS / 4)
        .set_data_page_size_limit(4 * 1024 * 1024)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES_MAX)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_statistics_enabled(ColumnPath::from("customer"), EnabledStatistics::Page)
        // Hashes neither compress nor repeat. Their pages stay plain, so that a customer's ids can be read in place.
        .set_column_statistics_enabled(id(), EnabledStatistics::None)
        .set_column_compression(id(), Compression::UNCOMPRESSED)
        .set_column_dictionary_enabled(id(), false)
        .set_column_encoding(id(), Encoding::PLAIN);
    for time in times {
        builder = builder
            .set_column_dictionary_enabled(time.clone(), false)
            .set_column_encoding(time, Encoding::DELTA_BINARY_PACKED);
    }
    Ok(builder.build())
}

type Group<'a> = SerializedRowGroupWriter<'a, Summed>;

fn write_group(group: &mut Group<'_>, dressed: &Dressed<'_>, order: &[u32]) -> Result<(), ParquetError> {
    let rows = dressed.rows;
    write_ids(group, rows, order)?;
    write_texts(group, &dressed.sources, &rows.source, order, false)?;
    write_texts(group, &dressed.customers, &rows.customer, order, false)?;
    write_texts(group, &dressed.users, &rows.user, order, true)?;
    write_texts(group, &dressed.names, &rows.name, order, false)?;
    let occurred: Vec<i64> = picked(&rows.occurred, order).collect();
    put::<Int64Type>(group, &occurred, None)?;
    write_received(group, rows, order, &occurred)?;
    let assumed: Vec<bool> = picked(&rows.assumed, order).collect();
    put::<BoolType>(group, &assumed, None)?;
    let defined: Vec<i16> = picked(&rows.value, order).map(|v| i16::from(!v.is_nan())).collect();
    let values: Vec<f64> = picked(&rows.value, order).filter(|v| !v.is_nan()).collect();
    put::<DoubleType>(group, &values, Some(&defined))?;
    write_texts(group, &dressed.properties, &rows.property, order, true)?;
    let kinds: Vec<i32> = picked(&rows.says, order).map(|s| i32::from(s == Says::Deleted)).collect();
    put::<Int32Type>(group, &kinds, None)
}

fn write_ids(group: &mut Group<'_>, rows: &Rows, order: &[u32]) -> Result<(), ParquetError> {
    let flat: Vec<u8> = picked(&rows.ids, order).flatten().collect();
    let all = ByteArray::from(flat);
    let ids: Vec<FixedLenByteArray> = (0..order.len()).map(|i| all.slice(i * ID_BYTES, ID_BYTES).into()).collect();
    put::<FixedLenByteArrayType>(group, &ids, None)
}

fn write_received(group: &mut Group<'_>, rows: &Rows, order: &[u32], occurred: &[i64]) -> Result<(), ParquetError> {
    let received = || picked(&rows.received, order).zip(occurred);
    let defined: Vec<i16> = received().map(|(r, o)| i16::from(r != *o)).collect();
    let values: Vec<i64> = received().filter(|(r, o)| r != *o).map(|(r, _)| r).collect();
    put::<Int64Type>(group, &values, Some(&defined))
}

fn write_texts(
    group: &mut Group<'_>,
    texts: &[ByteArray],
    codes: &[u32],
    order: &[u32],
    optional: bool,
) -> Result<(), ParquetError> {
    let values: Vec<ByteArray> = picked(codes, order).filter_map(|c| texts.get(c as usize)).cloned().collect();
    if !optional {
        return put::<ByteArrayType>(group, &values, None);
    }
    let defined: Vec<i16> = picked(codes, order).map(|c| i16::from((c as usize) < texts.len())).collect();
    put::<ByteArrayType>(group, &values, Some(&defined))
}

fn picked<'a, T: Copy>(column: &'a [T], order: &'a [u32]) -> impl Iterator<Item = T> + 'a {
    order.iter().filter_map(|r| column.get(*r as usize).copied())
}

pub(super) fn put<T: DataType>(
    group: &mut Group<'_>,
    values: &[T::T],
    defined: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("more columns written than the schema has".to_owned()));
    };
    column.typed::<T>().write_batch(values, defined, None)?;
    column.close()
}

/// Sums up what goes through it.
pub struct Summed {
    inner: BufWriter<File>,
    bytes: u64,
    crc: crc32fast::Hasher,
}

impl Summed {
    pub fn new(file: File) -> Self {
        Self { inner: BufWriter::with_capacity(256 * 1024, file), bytes: 0, crc: crc32fast::Hasher::new() }
    }

    /// Flushes to the disk; says the size and the CRC-32.
    pub fn finish(self) -> Result<(u64, u32), SourceError> {
        let file = self.inner.into_inner().map_err(|e| told(e.into_error()))?;
        file.sync_all().map_err(told)?;
        Ok((self.bytes, self.crc.finalize()))
    }
}

impl Write for Summed {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(buf)?;
        self.crc.update(buf.get(..n).unwrap_or_default());
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
