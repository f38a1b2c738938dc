//! The form of a log file: a head, then frames.
//!
//! ```text
//! head   magic 8 · number of the file 8
//! frame  magic 4 · length 4 · CRC of the payload 4 · durable 8 · CRC of these four 4 · payload
//! ```
//!
//! `durable` is how much of the file was flushed before the frame was written. It tells a write that was cut short by a power
//! failure (nothing behind the bad frame claims that it had been flushed) from damage to what had been acknowledged.

use crate::wire::{Get, Put};

pub const HEAD_BYTES: u64 = 16;
pub const FRAME_HEAD_BYTES: usize = 24;
const FILE_MAGIC: [u8; 8] = *b"KZLOG01\n";
const FRAME_MAGIC: [u8; 4] = [0xf7, b'K', b'Z', 0x0e];

/// First bytes of a log file.
pub fn head(number: u64) -> Vec<u8> {
    let mut put = Put::default();
    put.0.extend_from_slice(&FILE_MAGIC);
    put.u64(number);
    put.0
}

/// Adds a frame.
pub fn put_frame(out: &mut Vec<u8>, payload: &[u8], payload_crc: u32, durable: u64) {
    let from = out.len();
    let mut put = Put(std::mem::take(out));
    put.0.extend_from_slice(&FRAME_MAGIC);
    put.u32(payload.len() as u32);
    put.u32(payload_crc);
    put.u64(durable);
    let crc = crc32fast::hash(put.0.get(from..).unwrap_or_default());
    put.u32(crc);
    put.0.extend_from_slice(payload);
    *out = put.0;
}

/// A good frame in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    pub payload: &'a [u8],
    pub durable: u64,
    /// Where the next one begins.
    pub next: usize,
}

/// The frame at a place, if it is whole.
pub fn frame_at(file: &[u8], at: usize) -> Option<Frame<'_>> {
    let head = file.get(at..at + FRAME_HEAD_BYTES)?;
    let mut get = Get(head);
    if get.array::<4>().ok()? != FRAME_MAGIC {
        return None;
    }
    let len = get.u32().ok()? as usize;
    let crc = get.u32().ok()?;
    let durable = get.u64().ok()?;
    if crc32fast::hash(head.get(..FRAME_HEAD_BYTES - 4)?) != get.u32().ok()? {
        return None;
    }
    let from = at + FRAME_HEAD_BYTES;
    let next = from.checked_add(len)?;
    let payload = file.get(from..next)?;
    (crc32fast::hash(payload) == crc).then_some(Frame { payload, durable, next })
}

/// What a log file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scan<'a> {
    /// Good frames in order.
    pub payloads: Vec<&'a [u8]>,
    /// How long the file is up to where a write was cut short.
    pub good: u64,
    /// Bytes behind that which were never acknowledged.
    pub torn: u64,
    /// Places (from, to) of bytes that had been acknowledged and are no longer what was written.
    pub damage: Vec<(u64, u64)>,
}

/// Reads a log file. `closed` says that a later file exists: then all of this one had been flushed.
pub fn scan(file: &[u8], number: u64, closed: bool) -> Scan<'_> {
    let mut scan = Scan::default();
    if file.get(..HEAD_BYTES as usize) != Some(&head(number)) {
        // A head is flushed before the first frame is written.
        match next_frame(file, 0) {
            None if !closed => scan.torn = file.len() as u64,
            None => scan.damage.push((0, file.len() as u64)),
            Some(at) => {
                scan.damage.push((0, at as u64));
                scan_frames(file, at, closed, &mut scan);
            }
        }
        return scan;
    }
    scan.good = HEAD_BYTES;
    scan_frames(file, HEAD_BYTES as usize, closed, &mut scan);
    scan
}

fn scan_frames<'a>(file: &'a [u8], mut at: usize, closed: bool, scan: &mut Scan<'a>) {
    while at < file.len() {
        if let Some(frame) = frame_at(file, at) {
            scan.payloads.push(frame.payload);
            at = frame.next;
            scan.good = at as u64;
            continue;
        }
        // Was anything here acknowledged? So says every later frame that was written after a flush beyond this place.
        let mut search = at + 1;
        let mut acknowledged = None;
        while let Some(later) = next_frame(file, search) {
            let Some(frame) = frame_at(file, later) else { break };
            if frame.durable > at as u64 {
                acknowledged = Some(later);
                break;
            }
            search = frame.next;
        }
        match acknowledged {
            None if !closed => {
                scan.torn = (file.len() - at) as u64;
                return;
            }
            None => {
                scan.damage.push((at as u64, file.len() as u64));
                return;
            }
            Some(_) => {
                let next = next_frame(file, at + 1).unwrap_or(file.len());
                scan.damage.push((at as u64, next as u64));
                at = next;
            }
        }
    }
}

/// The next place at or behind `from` where a whole frame begins.
fn next_frame(file: &[u8], from: usize) -> Option<usize> {
    let rest = file.get(from..)?;
    let starts = rest.windows(4).enumerate().filter(|(_, w)| *w == FRAME_MAGIC).map(|(i, _)| from + i);
    starts.into_iter().find(|at| frame_at(file, *at).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file_of(payloads: &[&[u8]]) -> (Vec<u8>, Vec<usize>) {
        let mut file = head(3);
        let mut ends = vec![file.len()];
        for p in payloads {
            let durable = file.len() as u64;
            put_frame(&mut file, p, crc32fast::hash(p), durable);
            ends.push(file.len());
        }
        (file, ends)
    }

    #[test]
    fn a_cut_at_any_byte_loses_only_the_frame_it_cuts() {
        let (file, ends) = file_of(&[b"one", b"", b"three three", &[0xf7; 40]]);
        for cut in 0..file.len() {
            let scan = scan(&file[..cut], 3, false);
            let whole = ends.iter().filter(|e| **e <= cut).count().saturating_sub(1);
            assert_eq!(scan.payloads.len(), whole, "cut at {cut}");
            assert!(scan.damage.is_empty());
            assert_eq!(scan.good + scan.torn, cut as u64);
        }
    }

    #[test]
    fn a_flipped_bit_in_what_was_acknowledged_is_damage() {
        let (file, ends) = file_of(&[b"one", b"two two", b"three"]);
        let last = ends[ends.len() - 2];
        for at in HEAD_BYTES as usize..file.len() {
            let mut bad = file.clone();
            bad[at] ^= 4;
            let open = scan(&bad, 3, false);
            assert_eq!(open.payloads.len(), 2, "flip at {at}");
            if at < last {
                assert_eq!(open.damage.len(), 1);
            } else {
                // The last frame of the open file may as well have been cut short.
                assert!(open.damage.is_empty() && open.torn > 0);
            }
            assert_eq!(scan(&bad, 3, true).damage.len(), 1);
        }
    }

    #[test]
    fn frames_of_one_unflushed_write_are_cut_together() {
        let mut file = head(3);
        put_frame(&mut file, b"kept", crc32fast::hash(b"kept"), HEAD_BYTES);
        let durable = file.len() as u64;
        put_frame(&mut file, b"lost", crc32fast::hash(b"lost"), durable);
        put_frame(&mut file, b"whole by chance", crc32fast::hash(b"whole by chance"), durable);
        file[durable as usize + FRAME_HEAD_BYTES] ^= 1;
        let scan = scan(&file, 3, false);
        assert_eq!(scan.payloads, [b"kept"]);
        assert_eq!(scan.good, durable);
        assert!(scan.damage.is_empty());
    }
}
