//! Files and messages as they come, read as a user of the crate would.

// Helpers of tests are outside the functions that clippy knows for tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod calls;
mod csv;
mod damage;
mod encodings;
mod equivalence;
mod examples;
mod hooks;
mod looks;
mod mail;
mod maps;
mod ndjson;
mod rejected;
mod segment;
mod singer;
mod table;
mod workbook;

use std::io::{Cursor, Read};

use kizashi_connectors::{Error, Map, Options, Parsed, Reader};
use kizashi_domain::intake::RecordKind;
use kizashi_domain::time::Zone;

/// Options in Tokyo time.
pub fn options() -> Options {
    Options { workers: 2, ..Options::new(Zone::named("Asia/Tokyo").unwrap()) }
}

/// Options for files of this kind.
pub fn of_kind(kind: RecordKind) -> Options {
    Options { kind: Some(kind), ..options() }
}

/// Options with a map.
pub fn mapped(map: &str) -> Options {
    Options { map: Some(Map::read(map, None).unwrap()), ..options() }
}

/// Reads a text under a name to its end; the batches joined, and the error when there was one.
pub fn read_all(name: &str, bytes: impl Into<Vec<u8>>, options: Options) -> (Parsed, Option<Error>) {
    read_stream(name, Box::new(Cursor::new(bytes.into())), options)
}

/// Reads a stream to its end.
pub fn read_stream(name: &str, stream: Box<dyn Read + Send>, options: Options) -> (Parsed, Option<Error>) {
    match Reader::open_stream(stream, name, options) {
        Ok(reader) => drain(reader),
        Err(error) => (Parsed::default(), Some(error)),
    }
}

/// Reads a text that must not fail.
pub fn read_good(name: &str, bytes: impl Into<Vec<u8>>, options: Options) -> Parsed {
    let (parsed, failed) = read_all(name, bytes, options);
    assert!(failed.is_none(), "{failed:?}");
    parsed
}

/// Reads to the end.
pub fn drain(reader: Reader) -> (Parsed, Option<Error>) {
    let mut all = Parsed::default();
    let mut failed = None;
    for batch in reader {
        match batch {
            Ok(batch) => {
                for event in batch.events.iter() {
                    all.events.push(event);
                }
                all.records.extend(batch.records);
                all.refused.extend(batch.refused);
                all.groups.extend(batch.groups);
                all.rows += batch.rows;
                all.left_out.extend(batch.left_out);
            }
            Err(error) => failed = Some(error),
        }
    }
    (all, failed)
}

/// Line, field and reason of each refusal, in short.
pub fn refusals(parsed: &Parsed) -> Vec<String> {
    parsed.refused.iter().map(|r| format!("{} {} {}", r.refusal.line, r.refusal.field, r.refusal.reason)).collect()
}

/// Every event on a line of text, to compare whole readings.
pub fn events(parsed: &Parsed) -> Vec<String> {
    parsed.events.iter().map(|e| format!("{e:?}")).collect()
}

/// Ids of the events.
pub fn ids(parsed: &Parsed) -> Vec<String> {
    parsed.events.iter().map(|e| e.id.to_owned()).collect()
}

/// Gives one byte at a time, so that every cut is tried.
pub struct Drops(pub Cursor<Vec<u8>>);

impl Read for Drops {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = into.len().min(1);
        self.0.read(&mut into[..n])
    }
}
