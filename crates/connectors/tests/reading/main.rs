//! Files and messages as they come, read as a user of the crate would.

mod csv;
mod examples;
mod segment;

use std::io::Cursor;

use kizashi_connectors::{Error, Options, Parsed, Reader};
use kizashi_domain::time::Zone;

/// Options in Tokyo time.
pub fn options() -> Options {
    Options::new(Zone::named("Asia/Tokyo").unwrap())
}

/// Reads a text under a name to its end; the batches joined, and the error when there was one.
pub fn read_all(name: &str, bytes: impl Into<Vec<u8>>, options: Options) -> (Parsed, Option<Error>) {
    match Reader::open_stream(Box::new(Cursor::new(bytes.into())), name, options) {
        Ok(reader) => drain(reader),
        Err(error) => (Parsed::default(), Some(error)),
    }
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
