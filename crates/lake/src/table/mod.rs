//! Parquet files of others, read as rows of text, and tables of ours written for others. Nothing here touches the history.

mod column;
mod text;
mod write;

use std::fs::File;
use std::path::Path;

use kizashi_domain::intake::{TableDamaged, TableRows};
use kizashi_domain::limits::{
    COLUMNS_MAX, INFLATED_FREE_BYTES_MAX, INFLATION_RATIO_MAX, LINE_BYTES_MAX, READ_ROWS_MAX,
};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};

use column::Column;
pub use write::{Cell, CellKind, TableWriter};

/// Text of one batch; beyond it the batch ends early.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A Parquet file under reading: an iterator of batches of rows. Memory is bounded by the file's own pages. After an error
/// nothing more comes.
pub struct Table {
    reader: SerializedFileReader<File>,
    columns: Vec<Column>,
    titles: Vec<String>,
    left_out: Vec<String>,
    group: usize,
    /// Rows of the open row group that were not decoded yet.
    group_rest: usize,
    /// Rows that are decoded and not given yet.
    decoded_rest: usize,
    given: u64,
    failed: bool,
}

/// Whether a file begins like Parquet.
pub fn is_table(path: &Path) -> bool {
    let mut head = [0; 4];
    File::open(path).and_then(|mut f| std::io::Read::read_exact(&mut f, &mut head)).is_ok()
        && (head == *b"PAR1" || head == *b"PARE")
}

impl Table {
    /// Opens a file. The error says what is wrong with it and what to do.
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        let opened = guard(|| SerializedFileReader::new(file));
        let reader = opened.map_err(|e| format!("its footer cannot be read ({e}); was it copied whole?"))?;
        let mut columns = Vec::new();
        let (mut titles, mut left_out) = (Vec::new(), Vec::new());
        for (index, descr) in reader.metadata().file_metadata().schema_descr().columns().iter().enumerate() {
            let title = descr.path().parts().join(".");
            match Column::bind(index, descr) {
                Some(column) => {
                    columns.push(column);
                    titles.push(title);
                }
                None => left_out.push(title),
            }
        }
        if columns.is_empty() || columns.len() > COLUMNS_MAX {
            return Err(format!("{} columns that can be read; it must have 1 to {COLUMNS_MAX}", columns.len()));
        }
        for (g, group) in reader.metadata().row_groups().iter().enumerate() {
            check_group(group, &columns).map_err(|what| format!("row group {}, {what}", g + 1))?;
        }
        Ok(Self {
            reader,
            columns,
            titles,
            left_out,
            group: 0,
            group_rest: 0,
            decoded_rest: 0,
            given: 0,
            failed: false,
        })
    }

    /// Titles of the columns; members of a structure as `outer.inner`.
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// Columns that cannot be read as one text a row: lists, maps, raw bytes.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// How many rows the file says it has.
    pub fn rows(&self) -> u64 {
        u64::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    fn read_batch(&mut self) -> Result<Option<TableRows>, String> {
        while self.decoded_rest == 0 {
            if self.group_rest == 0 {
                if self.group == self.reader.num_row_groups() {
                    return Ok(None);
                }
                self.open_group()?;
                continue;
            }
            self.decode(self.group_rest.min(READ_ROWS_MAX))?;
        }
        let mut rows = TableRows { first_row: self.given + 1, columns: self.columns.len(), ..TableRows::default() };
        rows.ends.reserve(self.decoded_rest * self.columns.len());
        while self.decoded_rest > 0 && rows.text.len() < BATCH_BYTES_MAX {
            let from = rows.text.len();
            for column in &mut self.columns {
                // Who takes the row refuses it by its length; no more of it is needed for that.
                column.write_next(rows.text.len() - from <= LINE_BYTES_MAX, &mut rows.text);
                rows.ends.push(rows.text.len() - from);
            }
            self.decoded_rest -= 1;
        }
        self.given += rows.len() as u64;
        Ok(Some(rows))
    }

    fn open_group(&mut self) -> Result<(), String> {
        let at = self.group;
        let told = |title: &str, e| format!("row group {}, column {title}: {e}", at + 1);
        let group = guard(|| self.reader.get_row_group(at)).map_err(|e| told("", e))?;
        for (column, title) in self.columns.iter_mut().zip(&self.titles) {
            guard(|| column.open(group.as_ref())).map_err(|e| told(title, e))?;
        }
        self.group_rest = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        self.group += 1;
        Ok(())
    }

    fn decode(&mut self, rows: usize) -> Result<(), String> {
        let group = self.group;
        for (column, title) in self.columns.iter_mut().zip(&self.titles) {
            guard(|| column.decode(rows)).map_err(|e| format!("row group {group}, column {title}: {e}"))?;
        }
        self.group_rest -= rows;
        self.decoded_rest = rows;
        Ok(())
    }
}

impl Iterator for Table {
    type Item = Result<TableRows, TableDamaged>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.read_batch();
        self.failed = next.is_err();
        next.map_err(|detail| TableDamaged { rows: self.given, detail }).transpose()
    }
}

/// The library stops the thread for some damage that it finds; here that is an error like any other.
fn guard<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|e| e.to_string()),
        Err(_) => Err("what is stored there makes no sense".to_owned()),
    }
}

/// What is said of a row group before any of it is read: how it is compressed, and how much comes of it.
fn check_group(group: &RowGroupMetaData, columns: &[Column]) -> Result<(), String> {
    for column in columns {
        let Some(chunk) = group.columns().get(column.index()) else {
            return Err("it has fewer columns than the file says".to_owned());
        };
        let title = chunk.column_path().parts().join(".");
        if matches!(chunk.compression(), Compression::BROTLI(_) | Compression::LZO) {
            return Err(format!(
                "column {title} is compressed with {:?}; write the file with zstd, snappy, gzip, lz4 or without",
                chunk.compression()
            ));
        }
        let size = |bytes: i64| u64::try_from(bytes).unwrap_or(u64::MAX);
        let (packed, whole) = (size(chunk.compressed_size()), size(chunk.uncompressed_size()));
        if whole > INFLATED_FREE_BYTES_MAX && whole / INFLATION_RATIO_MAX > packed {
            return Err(format!("column {title} inflates to more than {INFLATION_RATIO_MAX} times its size"));
        }
    }
    Ok(())
}
