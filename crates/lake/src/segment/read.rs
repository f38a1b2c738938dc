//! Reads the Parquet file of a segment, whole or a run of rows.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use kizashi_domain::intake::Says;
use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::file::serialized_reader::{ReadOptionsBuilder, SerializedFileReader};

use crate::error::{SourceError, damaged, told, told_parquet};
use crate::ids::{ID_BYTES, IdHash};
use crate::rows::Rows;
use crate::segment::write::column;
use crate::texts::{NONE, Texts};

/// An open Parquet file of events.
pub struct EventFile {
    path: PathBuf,
    reader: SerializedFileReader<File>,
}

/// Where the ids of some rows lie in the file, [`ID_BYTES`] each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdRun {
    /// Byte in the file.
    pub offset: u64,
    /// How many ids.
    pub rows: u64,
}

impl EventFile {
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let file = File::open(path).map_err(told)?;
        let options = ReadOptionsBuilder::new().with_page_index().build();
        let reader = SerializedFileReader::new_with_options(file, options).map_err(|e| told_parquet(path, e))?;
        let schema = reader.metadata().file_metadata().schema_descr();
        if !schema.columns().iter().map(|c| c.physical_type()).eq(column::TYPES) {
            return Err(damaged(path, "it has other columns than a file of events"));
        }
        Ok(Self { path: path.to_owned(), reader })
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        usize::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// All rows, or a run of them.
    pub fn read(&self, range: Range<usize>) -> Result<Rows, SourceError> {
        let mut rows = Rows::default();
        self.each_group(range, |group, part| read_group(group, part, &mut rows))?;
        Ok(rows)
    }

    /// Only `occurred_at`.
    pub fn times(&self, range: Range<usize>) -> Result<Vec<i64>, SourceError> {
        let mut times = Vec::with_capacity(range.len());
        self.each_group(range, |group, part| {
            let (more, _) = take::<Int64Type>(group, column::OCCURRED, part, false)?;
            times.extend(more);
            Ok(())
        })?;
        Ok(times)
    }

    /// Only `received_at`.
    pub fn received(&self, range: Range<usize>) -> Result<Vec<i64>, SourceError> {
        let mut times = Vec::with_capacity(range.len());
        self.each_group(range, |group, part| {
            let (occurred, _) = take::<Int64Type>(group, column::OCCURRED, part.clone(), false)?;
            read_received(group, part, &occurred, &mut times)
        })?;
        Ok(times)
    }

    /// Where the ids lie.
    pub fn id_runs(&self) -> Result<Vec<IdRun>, SourceError> {
        let mut runs = Vec::new();
        let metadata = self.reader.metadata();
        for (g, group) in metadata.row_groups().iter().enumerate() {
            let index = metadata.page_index_for_row_group(g);
            let pages = index.page_locations(column::ID).ok_or_else(|| damaged(&self.path, "no page index"))?;
            let ends = pages.iter().skip(1).map(|p| p.first_row_index).chain([group.num_rows()]);
            for (page, end) in pages.iter().zip(ends) {
                let rows = u64::try_from(end - page.first_row_index).unwrap_or(0);
                let to = u64::try_from(page.offset + i64::from(page.compressed_page_size)).unwrap_or(0);
                let offset = to
                    .checked_sub(rows * ID_BYTES as u64)
                    .ok_or_else(|| damaged(&self.path, "a page of ids is short"))?;
                runs.push(IdRun { offset, rows });
            }
        }
        Ok(runs)
    }

    fn each_group(
        &self,
        range: Range<usize>,
        mut each: impl FnMut(&dyn RowGroupReader, Range<usize>) -> Result<(), ParquetError>,
    ) -> Result<(), SourceError> {
        let mut first = 0;
        for g in 0..self.reader.num_row_groups() {
            let told = |e| told_parquet(&self.path, e);
            let group = self.reader.get_row_group(g).map_err(told)?;
            let next = first + usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            let (from, to) = (range.start.max(first), range.end.min(next));
            if from < to {
                each(group.as_ref(), from - first..to - first).map_err(told)?;
            }
            first = next;
        }
        Ok(())
    }
}

fn read_group(group: &dyn RowGroupReader, part: Range<usize>, rows: &mut Rows) -> Result<(), ParquetError> {
    let n = part.len();
    let (ids, _) = take::<FixedLenByteArrayType>(group, column::ID, part.clone(), false)?;
    for id in &ids {
        let id: &IdHash = id.data().first_chunk().ok_or_else(|| short("id"))?;
        rows.ids.push(*id);
    }
    texts(group, column::SOURCE, part.clone(), false, &mut rows.sources, &mut rows.source)?;
    texts(group, column::CUSTOMER, part.clone(), false, &mut rows.customers, &mut rows.customer)?;
    texts(group, column::USER, part.clone(), true, &mut rows.users, &mut rows.user)?;
    texts(group, column::EVENT, part.clone(), false, &mut rows.names, &mut rows.name)?;
    texts(group, column::PROPERTIES, part.clone(), true, &mut rows.properties, &mut rows.property)?;
    let (occurred, _) = take::<Int64Type>(group, column::OCCURRED, part.clone(), false)?;
    read_received(group, part.clone(), &occurred, &mut rows.received)?;
    rows.occurred.extend(occurred);
    let (assumed, _) = take::<BoolType>(group, column::ASSUMED, part.clone(), false)?;
    rows.assumed.extend(assumed);
    let (kinds, _) = take::<Int32Type>(group, column::KIND, part.clone(), false)?;
    rows.says.extend(kinds.iter().map(|k| if *k == 1 { Says::Deleted } else { Says::Once }));
    let (values, defined) = take::<DoubleType>(group, column::VALUE, part, true)?;
    let mut values = values.into_iter();
    for d in &defined {
        rows.value.push(if *d == 0 { f64::NAN } else { values.next().ok_or_else(|| short("value"))? });
    }
    let len = rows.ids.len();
    let even = [rows.customer.len(), rows.user.len(), rows.received.len(), rows.says.len(), rows.value.len()];
    if len < n || even.iter().any(|l| *l != len) { Err(short("row group")) } else { Ok(()) }
}

/// Without a time of its own, an event was received when it happened.
fn read_received(
    group: &dyn RowGroupReader,
    part: Range<usize>,
    occurred: &[i64],
    into: &mut Vec<i64>,
) -> Result<(), ParquetError> {
    let (received, defined) = take::<Int64Type>(group, column::RECEIVED, part, true)?;
    let mut received = received.into_iter();
    for (at, d) in occurred.iter().zip(&defined) {
        into.push(if *d == 0 { *at } else { received.next().ok_or_else(|| short("received_at"))? });
    }
    Ok(())
}

/// Values and definition levels of a run of rows in a row group.
pub(super) fn take<T: DataType>(
    group: &dyn RowGroupReader,
    column: usize,
    part: Range<usize>,
    optional: bool,
) -> Result<(Vec<T::T>, Vec<i16>), ParquetError> {
    let mut reader: ColumnReaderImpl<T> = get_typed_column_reader(group.get_column_reader(column)?);
    if part.start > 0 {
        reader.skip_records(part.start)?;
    }
    let mut values = Vec::with_capacity(part.len());
    let mut defined = Vec::new();
    let (records, _, _) = reader.read_records(part.len(), optional.then_some(&mut defined), None, &mut values)?;
    if records == part.len() { Ok((values, defined)) } else { Err(short("column")) }
}

fn texts(
    group: &dyn RowGroupReader,
    column: usize,
    part: Range<usize>,
    optional: bool,
    texts: &mut Texts,
    codes: &mut Vec<u32>,
) -> Result<(), ParquetError> {
    let (values, defined) = take::<ByteArrayType>(group, column, part, optional)?;
    let mut last: Option<(ByteArray, u32)> = None;
    let mut code = |value: ByteArray| -> Result<u32, ParquetError> {
        // Sorted by customer, so the same text comes many times in a row.
        if let Some((text, code)) = &last
            && *text == value
        {
            return Ok(*code);
        }
        let code = texts.code(std::str::from_utf8(value.data()).map_err(|_| short("text"))?);
        last = Some((value, code));
        Ok(code)
    };
    let mut values = values.into_iter();
    if !optional {
        for value in values {
            codes.push(code(value)?);
        }
        return Ok(());
    }
    for d in &defined {
        codes.push(if *d == 0 { NONE } else { code(values.next().ok_or_else(|| short("text"))?)? });
    }
    Ok(())
}

pub(super) fn short(what: &str) -> ParquetError {
    ParquetError::General(format!("a {what} is short or not what it should be"))
}
