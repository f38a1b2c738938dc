//! What identifies an event, and where a customer's events live.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128_with_seed};

/// Bytes of an [`IdHash`].
pub const ID_BYTES: usize = 8;
/// 64 bits that stand for one (source, external id) among the events of one customer: ids of different customers never meet,
/// so that even a million events a month stay apart but for one chance in thirty million.
pub type IdHash = [u8; ID_BYTES];

/// Hashes the external ids of one source.
#[derive(Clone, Copy, Debug)]
pub struct IdHasher {
    seed: u64,
}

impl IdHasher {
    /// For the ids of `source`.
    pub fn new(source: &str) -> Self {
        Self { seed: xxh3_64(source.as_bytes()) }
    }

    /// The hash of one external id.
    pub fn hash(self, id: &str) -> IdHash {
        let full = xxh3_128_with_seed(id.as_bytes(), self.seed).to_le_bytes();
        let mut hash = IdHash::default();
        hash.copy_from_slice(full.first_chunk::<ID_BYTES>().unwrap_or(&[0; ID_BYTES]));
        hash
    }
}

/// The stored identity of an event: the first 64 bits of xxh3-128 of its id, seeded with xxh3-64 of its source.
pub fn id_hash(source: &str, id: &str) -> IdHash {
    IdHasher::new(source).hash(id)
}

/// Bytes of a user's hash in the cells.
pub const USER_BYTES: usize = 6;

/// 48 bits that stand for a user among those of one customer.
pub fn user_hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes()) & ((1 << (8 * USER_BYTES)) - 1)
}

/// Hash of a customer, the same on every machine.
pub fn text_hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// The bucket of a customer hash.
pub fn bucket_of(customer_hash: u64, buckets: u32) -> u32 {
    (customer_hash % u64::from(buckets.max(1))) as u32
}

/// Which of `passes` slices a customer falls into; independent of its bucket.
pub fn pass_of(customer_hash: u64, passes: u32) -> u32 {
    ((customer_hash >> 32) % u64::from(passes.max(1))) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_and_id_do_not_run_into_each_other() {
        assert_ne!(id_hash("ab", "c"), id_hash("a", "bc"));
        assert_eq!(id_hash("ab", "c"), IdHasher::new("ab").hash("c"));
    }
}
