//! Tables of others, read; tables of ours, read back; damage and hostility.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use kizashi_domain::intake::{TableDamaged, TableRows};
use kizashi_domain::time::{Day, Time};
use kizashi_lake::{Cell, CellKind, Table, TableWriter, is_table};
use parquet::basic::Compression;
use parquet::data_type::{
    BoolType, ByteArrayType, DoubleType, FixedLenByteArrayType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

const COLUMNS: [(&str, CellKind); 6] = [
    ("customer", CellKind::Text),
    ("value", CellKind::Number),
    ("seats", CellKind::Integer),
    ("active", CellKind::Bool),
    ("day", CellKind::Day),
    ("at", CellKind::Time),
];

/// A table of ours with `rows` rows, some of whose values are missing.
fn sample(rows: usize) -> Vec<u8> {
    let mut writer = TableWriter::new(Vec::new(), &COLUMNS).unwrap();
    for i in 0..rows {
        let name = format!("顧客{}", i % 100);
        let row = if i % 7 == 3 {
            [Cell::Text(&name), Cell::Number(f64::NAN), Cell::Missing, Cell::Missing, Cell::Missing, Cell::Missing]
        } else {
            [
                Cell::Text(&name),
                Cell::Number(i as f64 / 4.0),
                Cell::Integer(-(i as i64)),
                Cell::Bool(i % 2 == 0),
                Cell::Day(Day(20_000 + i as i32)),
                Cell::Time(Time(1_790_000_000_000_000 + i as i64)),
            ]
        };
        writer.write(row).unwrap();
    }
    writer.finish().unwrap()
}

fn kept(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.parquet");
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    (dir, path)
}

/// All rows as fields, and what ended the reading.
fn read(table: Table) -> (Vec<Vec<String>>, Option<TableDamaged>) {
    let (mut rows, mut failed) = (Vec::new(), None);
    for batch in table {
        match batch {
            Ok(batch) => {
                assert_eq!(batch.first_row, rows.len() as u64 + 1);
                rows.extend(fields(&batch));
            }
            Err(damage) => failed = Some(damage),
        }
    }
    (rows, failed)
}

fn fields(batch: &TableRows) -> Vec<Vec<String>> {
    let cut = |(text, ends): (&str, &[usize])| {
        let from = [0].into_iter().chain(ends.iter().copied());
        from.zip(ends).map(|(from, to)| text[from..*to].to_owned()).collect()
    };
    batch.iter().map(cut).collect()
}

#[test]
fn what_is_written_is_read_back() {
    let (_dir, path) = kept(&sample(70_000));
    assert!(is_table(&path));
    let table = Table::open(&path).unwrap();
    assert_eq!(table.titles(), COLUMNS.map(|(name, _)| name));
    assert_eq!(table.rows(), 70_000);
    let (rows, failed) = read(table);
    assert_eq!((rows.len(), failed), (70_000, None));
    assert_eq!(rows[0], ["顧客0", "0", "0", "true", "2024-10-04", "2026-09-21T14:13:20Z"]);
    assert_eq!(rows[3], ["顧客3", "", "", "", "", ""]);
    assert_eq!(rows[69_999][1..3], ["17499.75", "-69999"]);
}

/// A file as other programs write it.
fn foreign(compression: Compression) -> Vec<u8> {
    let schema = "message m {
        required byte_array plain;
        optional int64 wall (TIMESTAMP(MILLIS,false));
        optional int64 nanos (TIMESTAMP(NANOS,true));
        required int96 old;
        optional int32 price (DECIMAL(9,2));
        optional fixed_len_byte_array(16) id (UUID);
        required int32 small (INTEGER(8,false));
        optional group place { optional byte_array city (UTF8); }
        repeated int32 tags;
        required fixed_len_byte_array(5) raw;
        required boolean yes;
        optional double figure;
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    macro_rules! put {
        ($kind:ty, $values:expr, $defined:expr, $repeated:expr) => {{
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<$kind>().write_batch($values, $defined, $repeated).unwrap();
            column.close().unwrap();
        }};
    }
    put!(ByteArrayType, &[b"a".to_vec().into(), vec![0xff, b'b'].into()], None, None);
    put!(Int64Type, &[1_793_491_200_500], Some(&[1, 0]), None);
    put!(Int64Type, &[1_793_491_200_000_000_999], Some(&[0, 1]), None);
    let mut old = Int96::new();
    old.set_data(1_000_000_000, 0, 2_440_589);
    put!(Int96Type, &[old, old], None, None);
    put!(Int32Type, &[-1_205, 7], Some(&[1, 1]), None);
    put!(FixedLenByteArrayType, &[vec![0xab; 16].into()], Some(&[1, 0]), None);
    put!(Int32Type, &[200, -1], None, None);
    put!(ByteArrayType, &[b"kobe".to_vec().into()], Some(&[2, 0]), None);
    put!(Int32Type, &[1, 2], Some(&[1, 1, 0]), Some(&[0, 1, 0]));
    put!(FixedLenByteArrayType, &[vec![0; 5].into(), vec![0; 5].into()], None, None);
    put!(BoolType, &[true, false], None, None);
    put!(DoubleType, &[f64::NAN, 0.1], Some(&[1, 1]), None);
    group.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn columns_of_other_programs_have_one_text_each() {
    let all =
        [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::GZIP(Default::default()), Compression::LZ4_RAW];
    for compression in all.into_iter().chain([Compression::ZSTD(Default::default())]) {
        let (_dir, path) = kept(&foreign(compression));
        let table = Table::open(&path).unwrap();
        let titles = ["plain", "wall", "nanos", "old", "price", "id", "small", "place.city", "yes", "figure"];
        assert_eq!(table.titles(), titles);
        assert_eq!(table.left_out(), ["tags", "raw"]);
        let (rows, failed) = read(table);
        assert_eq!(failed, None);
        let uuid = "abababab-abab-abab-abab-abababababab";
        let (first, second) = ("2026-11-01T00:00:00.500000", "2026-11-01T00:00:00Z");
        let old = "1970-01-02T00:00:01Z";
        assert_eq!(rows[0], ["a", first, "", old, "-12.05", uuid, "200", "kobe", "true", ""]);
        assert_eq!(rows[1], ["\u{FDD1}b", "", second, old, "0.07", "", "4294967295", "", "false", "0.1"]);
    }
}

#[test]
fn a_cut_file_is_refused_with_its_reason() {
    let whole = sample(500);
    for length in [0, 3, 4, 8, whole.len() / 2, whole.len() - 1] {
        let (_dir, path) = kept(&whole[..length]);
        assert!(Table::open(&path).err().unwrap().contains("footer"), "{length}");
    }
}

/// Whatever a byte is changed into, reading ends: with the rows, or with an error that says where.
#[test]
fn a_changed_byte_never_stops_the_program() {
    let whole = sample(300);
    let (mut damaged, mut refused) = (0, 0);
    for at in (4..whole.len() - 8).step_by(11) {
        for change in [0x01, 0x80] {
            let mut bytes = whole.clone();
            bytes[at] ^= change;
            let (_dir, path) = kept(&bytes);
            match Table::open(&path) {
                Err(_) => refused += 1,
                Ok(table) => damaged += usize::from(read(table).1.is_some()),
            }
        }
    }
    assert!(damaged > 0 && refused > 0, "{damaged} {refused}");
}

#[test]
fn damage_in_the_middle_leaves_the_rows_before_it() {
    let whole = sample(200_000);
    let (_dir, path) = kept(&whole);
    let metadata = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
    let (from, _) = metadata.metadata().row_group(1).column(2).byte_range();
    let mut bytes = whole.clone();
    bytes[from as usize..][..64].fill(0xa5);
    let (_dir, path) = kept(&bytes);
    let (rows, failed) = read(Table::open(&path).unwrap());
    let failed = failed.unwrap();
    assert_eq!(failed.rows, rows.len() as u64);
    assert_eq!(rows.len(), 65_536);
    assert!(failed.detail.starts_with("row group 2, column seats"), "{failed}");
    let (_dir, path) = kept(&whole);
    assert!(read(Table::open(&path).unwrap()).0.starts_with(&rows));
}
