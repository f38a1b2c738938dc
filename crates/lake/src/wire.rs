//! Little-endian bytes for the log, the spill files and the cells: a writer and a reader that cannot run past its end.

use kizashi_domain::measure::SourceError;

/// Bytes under construction.
#[derive(Default)]
pub struct Put(pub Vec<u8>);

impl Put {
    pub fn u8(&mut self, v: u8) {
        self.0.push(v);
    }

    pub fn u32(&mut self, v: u32) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }

    pub fn u64(&mut self, v: u64) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }

    pub fn i64(&mut self, v: i64) {
        self.0.extend_from_slice(&v.to_le_bytes());
    }

    /// A length or count; what does not fit is caught by the reader's own bounds.
    pub fn len(&mut self, v: usize) {
        self.u64(v as u64);
    }

    /// Seven bits a byte, the last one without its top bit.
    pub fn varint(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.0.push((v & 0x7f) as u8 | 0x80);
            v >>= 7;
        }
        self.0.push(v as u8);
    }

    pub fn bytes(&mut self, v: &[u8]) {
        self.len(v.len());
        self.0.extend_from_slice(v);
    }

    /// Codes in 1, 2 or 4 bytes each, as the largest needs. `u32::MAX` (none) is stored as 0, the others one higher.
    pub fn codes(&mut self, codes: &[u32]) {
        let top = codes.iter().map(|c| c.wrapping_add(1)).max().unwrap_or(0);
        if top <= 0xff {
            self.u8(1);
            self.0.extend(codes.iter().map(|c| c.wrapping_add(1) as u8));
        } else if top <= 0xffff {
            self.u8(2);
            self.0.reserve(codes.len() * 2);
            for c in codes {
                self.0.extend_from_slice(&(c.wrapping_add(1) as u16).to_le_bytes());
            }
        } else {
            self.u8(4);
            self.0.reserve(codes.len() * 4);
            for c in codes {
                self.0.extend_from_slice(&c.wrapping_add(1).to_le_bytes());
            }
        }
    }
}

/// The bytes end before what they promise, or promise what cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short;

impl From<Short> for SourceError {
    fn from(_: Short) -> Self {
        Self::Damaged("a stored block ends early or holds what cannot be".to_owned())
    }
}

/// Bytes being read.
#[derive(Clone, Copy)]
pub struct Get<'a>(pub &'a [u8]);

impl<'a> Get<'a> {
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], Short> {
        let (head, rest) = self.0.split_at_checked(n).ok_or(Short)?;
        self.0 = rest;
        Ok(head)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Short> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(Short)?;
        self.0 = rest;
        Ok(*head)
    }

    pub fn u8(&mut self) -> Result<u8, Short> {
        self.array::<1>().map(|[b]| b)
    }

    pub fn u32(&mut self) -> Result<u32, Short> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, Short> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn i64(&mut self) -> Result<i64, Short> {
        self.array().map(i64::from_le_bytes)
    }

    /// A count of things of at least `each` bytes that are still to come, so that a wrong count cannot ask for memory.
    pub fn count(&mut self, each: usize) -> Result<usize, Short> {
        let n = usize::try_from(self.u64()?).map_err(|_| Short)?;
        if n.checked_mul(each).is_none_or(|bytes| bytes > self.0.len()) { Err(Short) } else { Ok(n) }
    }

    pub fn varint(&mut self) -> Result<u64, Short> {
        let mut v = 0_u64;
        for shift in (0..64).step_by(7) {
            let b = self.u8()?;
            v |= u64::from(b & 0x7f) << shift;
            if b & 0x80 == 0 {
                return Ok(v);
            }
        }
        Err(Short)
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], Short> {
        let n = self.count(1)?;
        self.take(n)
    }

    /// What [`Put::codes`] wrote; each is below `limit` or none.
    pub fn codes(&mut self, rows: usize, limit: usize) -> Result<Vec<u32>, Short> {
        let codes: Vec<u32> = match self.u8()? {
            1 => self.take(rows)?.iter().map(|b| u32::from(*b).wrapping_sub(1)).collect(),
            2 => {
                let raw = self.take(rows.checked_mul(2).ok_or(Short)?)?;
                raw.as_chunks::<2>().0.iter().map(|b| u32::from(u16::from_le_bytes(*b)).wrapping_sub(1)).collect()
            }
            4 => {
                let raw = self.take(rows.checked_mul(4).ok_or(Short)?)?;
                raw.as_chunks::<4>().0.iter().map(|b| u32::from_le_bytes(*b).wrapping_sub(1)).collect()
            }
            _ => return Err(Short),
        };
        if codes.iter().all(|c| *c == u32::MAX || (*c as usize) < limit) { Ok(codes) } else { Err(Short) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_back_in_every_width() {
        for top in [3_u32, 300, 70_000] {
            let codes = [0, u32::MAX, top, 1];
            let mut put = Put::default();
            put.codes(&codes);
            assert_eq!(Get(&put.0).codes(4, top as usize + 1).unwrap(), codes);
            assert_eq!(Get(&put.0).codes(4, top as usize), Err(Short));
            assert_eq!(Get(put.0.split_last().unwrap().1).codes(4, top as usize + 1), Err(Short));
        }
    }

    #[test]
    fn varints_come_back_and_an_endless_one_is_refused() {
        for v in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut put = Put::default();
            put.varint(v);
            assert_eq!(Get(&put.0).varint(), Ok(v));
        }
        assert_eq!(Get(&[0xff; 20]).varint(), Err(Short));
        assert_eq!(Get(&u64::MAX.to_le_bytes()).count(1), Err(Short));
    }
}
