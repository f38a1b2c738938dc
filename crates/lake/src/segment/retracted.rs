//! From when on rows of a segment no longer count, because their event was corrected or deleted: a small Parquet file beside
//! the segment. Like the segment it is never changed; a later one takes its place.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use kizashi_domain::time::Zone;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde::{Deserialize, Serialize};

use crate::days::DayClock;
use crate::error::{SourceError, damaged, told, told_parquet};
use crate::segment::read::take;
use crate::segment::write::{Summed, put};

/// Stands for "at no time": the row was withdrawn, and is as though it had never been said.
pub const WITHDRAWN: i64 = i64::MIN;

/// What the catalog knows of the retractions of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetractedMeta {
    /// Version of the catalog that brought them.
    pub version: u64,
    /// How many.
    pub rows: u64,
    /// Size and CRC-32 of the file.
    pub bytes: u64,
    pub crc: u32,
}

/// Rows that no longer count from some instant on, in order. A row whose instant is that of its receipt never counted: it says
/// that the event is deleted, or something else was said in the same instant and later.
#[derive(Clone, Debug, Default)]
pub struct Retracted {
    rows: Vec<u32>,
    at: Vec<i64>,
    days: Vec<i32>,
}

const SCHEMA: &str = "message retracted {
    required int32 row (INTEGER(32,false));
    required int64 retracted_at (TIMESTAMP(MICROS,true));
}";

impl Retracted {
    /// From (row, instant), sorted by row, each row once. Days are counted in the zone.
    pub fn new(entries: impl IntoIterator<Item = (u32, i64)>, zone: &Zone) -> Self {
        let mut clock = DayClock::new(zone);
        let mut retracted = Self::default();
        for (row, at) in entries {
            retracted.rows.push(row);
            retracted.at.push(at);
            retracted.days.push(clock.day_of(at));
        }
        retracted
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// (row, instant) in order.
    pub fn entries(&self) -> impl Iterator<Item = (u32, i64)> + '_ {
        self.rows.iter().copied().zip(self.at.iter().copied())
    }

    /// (row, day) of the rows in a range, in order.
    pub fn days_in(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, i32)> + '_ {
        let part = self.places(range);
        let rows = self.rows.get(part.clone()).unwrap_or_default().iter().map(|r| *r as usize);
        rows.zip(self.days.get(part).unwrap_or_default().iter().copied())
    }

    /// Whether any row of a range is retracted.
    pub fn is_any_in(&self, range: &Range<usize>) -> bool {
        !self.is_empty() && !self.places(range).is_empty()
    }

    /// When a row was retracted.
    pub fn at(&self, row: usize) -> Option<i64> {
        let place = u32::try_from(row).ok().and_then(|r| self.rows.binary_search(&r).ok())?;
        self.at.get(place).copied()
    }

    fn places(&self, range: &Range<usize>) -> Range<usize> {
        let from = self.rows.partition_point(|r| (*r as usize) < range.start);
        let to = self.rows.partition_point(|r| (*r as usize) < range.end);
        from..to.max(from)
    }
}

/// Writes entries that are sorted by row, flushed to the disk. The file must not exist.
pub fn write_retracted(path: &Path, version: u64, entries: &[(u32, i64)]) -> Result<RetractedMeta, SourceError> {
    let file = File::create_new(path).map_err(told)?;
    let written = write_file(file, entries).map_err(|e| told_parquet(path, e))?;
    let (bytes, crc) = written.finish()?;
    Ok(RetractedMeta { version, rows: entries.len() as u64, bytes, crc })
}

fn write_file(file: File, entries: &[(u32, i64)]) -> Result<Summed, ParquetError> {
    let properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("kizashi".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BINARY_PACKED)
        .set_max_row_group_row_count(None)
        .build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(Summed::new(file), schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    let rows: Vec<i32> = entries.iter().map(|e| e.0.cast_signed()).collect();
    put::<Int32Type>(&mut group, &rows, None)?;
    let at: Vec<i64> = entries.iter().map(|e| e.1).collect();
    put::<Int64Type>(&mut group, &at, None)?;
    group.close()?;
    writer.into_inner()
}

/// Reads what was written for a segment with so many rows.
pub fn read_retracted(
    path: &Path,
    meta: &RetractedMeta,
    segment_rows: u64,
    zone: &Zone,
) -> Result<Retracted, SourceError> {
    let bytes = std::fs::read(path).map_err(told)?;
    if bytes.len() as u64 != meta.bytes || crc32fast::hash(&bytes) != meta.crc {
        return Err(damaged(path, "its checksum is not the one in the catalog"));
    }
    drop(bytes);
    let entries = read_file(File::open(path).map_err(told)?).map_err(|e| told_parquet(path, e))?;
    let sorted = entries.iter().zip(entries.iter().skip(1)).all(|(a, b)| a.0 < b.0);
    let last = entries.last().map_or(0, |e| u64::from(e.0) + 1);
    if entries.len() as u64 != meta.rows || !sorted || last > segment_rows {
        return Err(damaged(path, "it does not fit its segment"));
    }
    Ok(Retracted::new(entries, zone))
}

fn read_file(file: File) -> Result<Vec<(u32, i64)>, ParquetError> {
    let reader = SerializedFileReader::new(file)?;
    let mut entries = Vec::new();
    for g in 0..reader.num_row_groups() {
        let group = reader.get_row_group(g)?;
        let n = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let (rows, _) = take::<Int32Type>(group.as_ref(), 0, 0..n, false)?;
        let (at, _) = take::<Int64Type>(group.as_ref(), 1, 0..n, false)?;
        entries.extend(rows.iter().map(|r| r.cast_unsigned()).zip(at));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retractions_come_back_and_damage_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r");
        let entries = [(0, i64::MIN), (7, -1), (8, 1_700_000_000_000_000), (u32::MAX - 1, i64::MAX)];
        let meta = write_retracted(&path, 5, &entries).unwrap();
        let rows = u64::from(u32::MAX);
        let back = read_retracted(&path, &meta, rows, &Zone::UTC).unwrap();
        assert!(back.entries().eq(entries));
        assert_eq!((back.at(7), back.at(9), back.at(usize::MAX)), (Some(-1), None, None));
        assert!(back.is_any_in(&(5..8)) && !back.is_any_in(&(1..7)) && !back.is_any_in(&(9..9)));
        assert_eq!(back.days_in(&(7..9)).collect::<Vec<_>>(), [(7, -1), (8, 19_675)]);
        assert!(read_retracted(&path, &meta, rows - 1, &Zone::UTC).is_err());
        let good = std::fs::read(&path).unwrap();
        for at in (0..good.len()).step_by(11) {
            let mut bad = good.clone();
            bad[at] ^= 4;
            std::fs::write(&path, bad).unwrap();
            assert!(read_retracted(&path, &meta, rows, &Zone::UTC).is_err());
        }
        assert!(write_retracted(&path, 5, &entries).is_err(), "never over what is there");
    }
}
