//! Texts by code, each held once.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::wire::{Get, Put, Short};

/// Code of an absent text.
pub const NONE: u32 = u32::MAX;

/// Texts in one arena, numbered from 0 in the order of their first appearance.
#[derive(Clone, Default)]
pub struct Texts {
    arena: String,
    ends: Vec<usize>,
    /// (hash, code) of the texts that were looked up or added; those that were read come in with the first look.
    table: HashTable<(u64, u32)>,
    hasher: RandomState,
}

impl Texts {
    /// The code of `text`, new or not.
    pub fn code(&mut self, text: &str) -> u32 {
        if self.table.len() < self.ends.len() {
            self.index();
        }
        let hash = self.hasher.hash_one(text.as_bytes());
        let (arena, ends) = (&self.arena, &self.ends);
        let same = |e: &(u64, u32)| e.0 == hash && text_at(arena, ends, e.1) == text;
        if let Some((_, code)) = self.table.find(hash, same) {
            return *code;
        }
        let code = self.ends.len() as u32;
        self.arena.push_str(text);
        self.ends.push(self.arena.len());
        self.table.insert_unique(hash, (hash, code), |e| e.0);
        code
    }

    #[cold]
    fn index(&mut self) {
        for code in self.table.len() as u32..self.ends.len() as u32 {
            let hash = self.hasher.hash_one(text_at(&self.arena, &self.ends, code).as_bytes());
            self.table.insert_unique(hash, (hash, code), |e| e.0);
        }
    }

    /// The code of `text`, [`NONE`] when it is empty.
    pub fn code_or_none(&mut self, text: &str) -> u32 {
        if text.is_empty() { NONE } else { self.code(text) }
    }

    /// The text of a code; empty when there is none.
    pub fn get(&self, code: u32) -> &str {
        text_at(&self.arena, &self.ends, code)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of text held.
    pub fn bytes(&self) -> usize {
        self.arena.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> + '_ {
        (0..self.ends.len() as u32).map(|c| self.get(c))
    }

    /// Forgets the texts, keeps the memory.
    pub fn clear(&mut self) {
        self.arena.clear();
        self.ends.clear();
        self.table.clear();
    }

    /// Takes over the texts of `other`: their codes here, by their codes there.
    pub fn absorb(&mut self, other: &Self) -> Vec<u32> {
        other.iter().map(|t| self.code(t)).collect()
    }

    /// For every code its place in sorted order, and the codes in sorted order.
    pub fn ranks(&self) -> (Vec<u32>, Vec<u32>) {
        let mut sorted: Vec<u32> = (0..self.ends.len() as u32).collect();
        sorted.sort_unstable_by(|a, b| self.get(*a).cmp(self.get(*b)));
        let mut ranks = vec![0; sorted.len()];
        for (rank, code) in sorted.iter().enumerate() {
            if let Some(r) = ranks.get_mut(*code as usize) {
                *r = rank as u32;
            }
        }
        (ranks, sorted)
    }

    /// All text in one piece, and where each ends.
    pub fn parts(&self) -> (&str, &[usize]) {
        (&self.arena, &self.ends)
    }

    pub fn write(&self, put: &mut Put) {
        put.len(self.ends.len());
        let mut from = 0;
        for end in &self.ends {
            put.varint((end - from) as u64);
            from = *end;
        }
        put.bytes(self.arena.as_bytes());
    }

    pub fn read(get: &mut Get<'_>) -> Result<Self, Short> {
        let count = get.count(1)?;
        let mut ends = Vec::with_capacity(count);
        let mut end = 0_usize;
        for _ in 0..count {
            let len = usize::try_from(get.varint()?).map_err(|_| Short)?;
            end = end.checked_add(len).ok_or(Short)?;
            ends.push(end);
        }
        let arena = std::str::from_utf8(get.bytes()?).map_err(|_| Short)?;
        if end == arena.len() && ends.iter().all(|e| arena.is_char_boundary(*e)) {
            Ok(Self { arena: arena.to_owned(), ends, ..Self::default() })
        } else {
            Err(Short)
        }
    }
}

fn text_at<'a>(arena: &'a str, ends: &[usize], code: u32) -> &'a str {
    let i = code as usize;
    let from = i.checked_sub(1).and_then(|p| ends.get(p)).copied().unwrap_or(0);
    ends.get(i).and_then(|to| arena.get(from..*to)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_texts_keep_their_codes_through_bytes() {
        let long = "長".repeat(50_000);
        let all = ["", "a\0b", "😀", &long, "a", "ab", "b"];
        let mut texts = Texts::default();
        for (i, t) in all.iter().enumerate() {
            assert_eq!(texts.code(t), i as u32);
        }
        assert_eq!(texts.code("ab"), 5);
        let mut put = Put::default();
        texts.write(&mut put);
        let back = Texts::read(&mut Get(&put.0)).unwrap();
        assert!(back.iter().eq(all));
        let mut more = back.clone();
        assert_eq!((more.code("ab"), more.code("new")), (5, 7));
        let (ranks, sorted) = back.ranks();
        assert_eq!(sorted.first(), Some(&0));
        assert_eq!(ranks[5], 3);
        for cut in 0..200 {
            assert!(Texts::read(&mut Get(&put.0[..cut])).is_err());
        }
    }
}
