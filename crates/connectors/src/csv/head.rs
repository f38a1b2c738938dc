//! The first rows of a file, as they stand there.

use std::path::Path;

use kizashi_domain::limits::LINE_BYTES_MAX;

use super::headings::guess_delimiter;
use super::records::{Found, Records};
use crate::error::Error;
use crate::input::{Decode, Input, find_encoding, open_file, sniff};
use crate::reader::is_of_objects;

/// The first rows of a file.
pub struct Head {
    pub rows: Vec<Vec<String>>,
    pub encoding: &'static str,
}

/// Reads the first rows; `None` of a file of JSON objects.
pub fn read_head(path: &Path, encoding: Option<&str>, rows_max: usize) -> Result<Option<Head>, Error> {
    let mut input = open_file(path)?;
    let head = sniff(&mut input.bytes).map_err(|error| Input::explain(&input.name, &input.taken, 1, error))?;
    if is_of_objects(&input.name, &head) {
        return Ok(None);
    }
    let Input { bytes, taken, name, .. } = input;
    let mut records = Records::new(Decode::new(bytes, encoding.and_then(find_encoding)), b',');
    let explain = |error| Input::explain(&name, &taken, 1, error);
    let delimiter = guess_delimiter(records.peek().map_err(explain)?);
    records.set_delimiter(delimiter);
    let mut rows = Vec::new();
    while rows.len() < rows_max {
        match records.find().map_err(explain)? {
            Found::End => break,
            Found::TooLong | Found::Unclosed => {}
            Found::Row => rows.extend(records.row().filter(|r| r.text.len() < LINE_BYTES_MAX).map(|r| r.to_fields())),
        }
    }
    Ok(Some(Head { rows, encoding: records.encoding() }))
}
