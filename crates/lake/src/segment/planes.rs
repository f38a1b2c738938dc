//! Codes of a block as byte planes: all lowest bytes together, then the next ones. Each plane is small enough that an entropy
//! coder sees one distribution at a time.

use std::io;

use zstd::bulk::{Compressor, Decompressor};

use crate::wire::{Get, Put, Short};

const CONSTANT: u8 = 0;
const RAW: u8 = 1;
const PACKED: u8 = 2;
/// Level of the compressor: entropy coding is what counts here, and reading must be quick.
const LEVEL: i32 = 1;

/// Packs planes.
pub struct Packer {
    zstd: Compressor<'static>,
    plane: Vec<u8>,
}

impl Packer {
    pub fn new() -> io::Result<Self> {
        Ok(Self { zstd: Compressor::new(LEVEL)?, plane: Vec::new() })
    }

    /// Codes in as many planes as the largest needs.
    pub fn codes(&mut self, put: &mut Put, codes: &[u32]) -> io::Result<()> {
        let top = codes.iter().copied().max().unwrap_or(0);
        let width: u8 = match top {
            0..=0xff => 1,
            0x100..=0xffff => 2,
            _ => 4,
        };
        put.u8(width);
        for p in 0..width {
            self.plane(put, codes.iter().map(|c| (c >> (8 * p)) as u8))?;
        }
        Ok(())
    }

    /// Numbers as they are, in eight planes.
    pub fn floats(&mut self, put: &mut Put, values: &[f64]) -> io::Result<()> {
        for p in 0..8 {
            self.plane(put, values.iter().map(|v| (v.to_bits() >> (8 * p)) as u8))?;
        }
        Ok(())
    }

    /// One plane.
    pub fn plane(&mut self, put: &mut Put, bytes: impl Iterator<Item = u8>) -> io::Result<()> {
        self.plane.clear();
        self.plane.extend(bytes);
        let first = self.plane.first().copied().unwrap_or(0);
        if self.plane.iter().all(|b| *b == first) {
            put.u8(CONSTANT);
            put.u8(first);
            return Ok(());
        }
        self.bytes(put)
    }

    fn bytes(&mut self, put: &mut Put) -> io::Result<()> {
        let packed = self.zstd.compress(&self.plane)?;
        if packed.len() < self.plane.len() {
            put.u8(PACKED);
            put.bytes(&packed);
        } else {
            put.u8(RAW);
            put.bytes(&self.plane);
        }
        Ok(())
    }
}

/// Unpacks planes.
pub struct Unpacker {
    zstd: Decompressor<'static>,
    planes: [Vec<u8>; 8],
}

impl Unpacker {
    pub fn new() -> io::Result<Self> {
        Ok(Self { zstd: Decompressor::new()?, planes: Default::default() })
    }

    /// `rows` codes into `codes`.
    pub fn codes(&mut self, get: &mut Get<'_>, rows: usize, codes: &mut Vec<u32>) -> Result<(), Short> {
        let width = get.u8()?;
        if ![1, 2, 4].contains(&width) {
            return Err(Short);
        }
        for p in 0..usize::from(width) {
            self.plane(get, rows, p)?;
        }
        let [a, b, c, d, ..] = &self.planes;
        codes.clear();
        match width {
            1 => codes.extend(a.iter().map(|a| u32::from(*a))),
            2 => codes.extend(a.iter().zip(b).map(|(a, b)| u32::from(u16::from_le_bytes([*a, *b])))),
            _ => codes.extend(
                a.iter().zip(b).zip(c.iter().zip(d)).map(|((a, b), (c, d))| u32::from_le_bytes([*a, *b, *c, *d])),
            ),
        }
        Ok(())
    }

    /// `rows` numbers into `values`.
    pub fn floats(&mut self, get: &mut Get<'_>, rows: usize, values: &mut Vec<f64>) -> Result<(), Short> {
        let mut bits = vec![0_u64; rows];
        for p in 0..8 {
            let plane = self.bytes(get, rows)?;
            for (bits, byte) in bits.iter_mut().zip(plane) {
                *bits |= u64::from(*byte) << (8 * p);
            }
        }
        values.clear();
        values.extend(bits.into_iter().map(f64::from_bits));
        Ok(())
    }

    /// One plane of `rows` bytes.
    pub fn bytes(&mut self, get: &mut Get<'_>, rows: usize) -> Result<&[u8], Short> {
        self.plane(get, rows, 0)?;
        Ok(self.planes.first().map(Vec::as_slice).unwrap_or_default())
    }

    fn plane(&mut self, get: &mut Get<'_>, rows: usize, at: usize) -> Result<(), Short> {
        let plane = self.planes.get_mut(at).ok_or(Short)?;
        plane.clear();
        match get.u8()? {
            CONSTANT => plane.resize(rows, get.u8()?),
            RAW => plane.extend_from_slice(get.bytes()?),
            PACKED => {
                let packed = get.bytes()?;
                plane.reserve(rows);
                self.zstd.decompress_to_buffer(packed, plane).map_err(|_| Short)?;
            }
            _ => return Err(Short),
        }
        if plane.len() == rows { Ok(()) } else { Err(Short) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_come_back() {
        for codes in [vec![], vec![7; 900], (0..70_000).collect::<Vec<u32>>(), vec![1, 300, 0], vec![u32::MAX, 0]] {
            let mut put = Put::default();
            Packer::new().unwrap().codes(&mut put, &codes).unwrap();
            let mut back = Vec::new();
            Unpacker::new().unwrap().codes(&mut Get(&put.0), codes.len(), &mut back).unwrap();
            assert_eq!(back, codes);
            let wrong = codes.len() + 1;
            if codes.iter().any(|c| Some(c) != codes.first()) {
                assert!(Unpacker::new().unwrap().codes(&mut Get(&put.0), wrong, &mut back).is_err());
            }
        }
        let values = [0.5, f64::NAN, -1e300, 3.0];
        let mut put = Put::default();
        Packer::new().unwrap().floats(&mut put, &values).unwrap();
        let mut back = Vec::new();
        Unpacker::new().unwrap().floats(&mut Get(&put.0), 4, &mut back).unwrap();
        assert!(back.iter().zip(values).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
