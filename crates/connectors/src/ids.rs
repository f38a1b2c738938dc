//! Ids of rows that bring none: a hash of the contents, and a number among equal rows of the file.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use kizashi_domain::limits::ROWS_WITHOUT_ID_MAX;
use xxhash_rust::xxh3::xxh3_128;

use crate::build::Row;
use crate::error::Error;
use crate::map::ADDED;

/// Hashes are spread already.
#[derive(Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*b);
        }
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

type Plain = BuildHasherDefault<AsItIs>;

/// Hashes rows by what stands under which title: the order of columns, empty ones and the columns that a file of refused
/// rows adds do not count.
pub struct RowHash {
    /// Columns in the order of their titles.
    order: Vec<(usize, String)>,
    text: Vec<u8>,
}

impl RowHash {
    pub fn new(titles: &[String]) -> Self {
        let mut order: Vec<(usize, String)> = titles
            .iter()
            .enumerate()
            .filter(|(_, t)| !ADDED.contains(&t.as_str()))
            .map(|(i, t)| (i, t.clone()))
            .collect();
        order.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
        Self { order, text: Vec::new() }
    }

    /// The hash of a row.
    pub fn of(&mut self, row: Row<'_>) -> u128 {
        self.text.clear();
        for (index, title) in &self.order {
            let value = row.get(*index);
            if !value.is_empty() {
                for part in [title.as_str(), value] {
                    self.text.extend_from_slice(&(part.len() as u64).to_le_bytes());
                    self.text.extend_from_slice(part.as_bytes());
                }
            }
        }
        hash_row(&self.text)
    }
}

/// The hash of a row's contents.
pub fn hash_row(contents: &[u8]) -> u128 {
    xxh3_128(contents)
}

/// The id of the first row with this hash: 24 hexadecimal digits, so that a hundred million rows stay apart.
pub fn write_id(hash: u128, number: u32, into: &mut String) {
    use std::fmt::Write as _;
    into.clear();
    let _ = write!(into, "{:024x}", hash >> 32);
    if number > 0 {
        let _ = write!(into, "-{number}");
    }
}

/// Counts equal rows. One row costs about 14 bytes.
pub struct EqualRows {
    // In shards, so that growing never needs twice the memory at once.
    seen: Vec<HashSet<u64, Plain>>,
    again: HashMap<u64, u32, Plain>,
    rows: u64,
}

impl Default for EqualRows {
    fn default() -> Self {
        Self { seen: (0..256).map(|_| HashSet::default()).collect(), again: HashMap::default(), rows: 0 }
    }
}

impl EqualRows {
    /// How many rows with this hash came before.
    pub fn number(&mut self, hash: u128) -> Result<u32, Error> {
        self.rows += 1;
        if self.rows > ROWS_WITHOUT_ID_MAX {
            return Err(Error::TooManyRowsWithoutId { max: ROWS_WITHOUT_ID_MAX });
        }
        #[allow(clippy::cast_possible_truncation)]
        let (key, shard) = ((hash >> 32) as u64, (hash >> 120) as usize);
        let first = self.seen.get_mut(shard).is_none_or(|s| s.insert(key));
        if first {
            return Ok(0);
        }
        let n = self.again.entry(key).or_insert(0);
        *n += 1;
        Ok(*n)
    }
}
