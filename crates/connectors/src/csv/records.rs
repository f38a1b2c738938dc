//! Records of a CSV text, in bounded memory whatever the file holds.
//!
//! The splitting is `csv-core`'s. What is added: a limit on a record's length, line numbers that count the lines inside
//! quoted fields, and recovery: a quotation mark that is never closed costs its line and not the rest of the file.

use std::io;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use kizashi_domain::limits::LINE_BYTES_MAX;

use crate::build::Row;
use crate::input::Decode;

/// What was found next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A record; see [`Records::row`].
    Row,
    /// A record longer than the limit, skipped.
    TooLong,
    /// A quoted field that is not closed as it should be; its first line was skipped.
    Unclosed,
    /// The end.
    End,
}

/// A reader of records.
pub struct Records {
    decode: Decode,
    core: Reader,
    delimiter: u8,
    buf: Vec<u8>,
    /// Where the record under reading starts in `buf`, and how far it was read.
    start: usize,
    pos: usize,
    at_end: bool,
    fields: Vec<u8>,
    ends: Vec<usize>,
    fields_len: usize,
    ends_len: usize,
    /// Line of `start`, and of the record found last.
    line: u64,
    found_line: u64,
    /// The last byte gone over was `\r`: a `\n` behind it is the same line break.
    after_cr: bool,
}

impl Records {
    pub fn new(decode: Decode, delimiter: u8) -> Self {
        Self {
            decode,
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            delimiter,
            buf: Vec::new(),
            start: 0,
            pos: 0,
            at_end: false,
            fields: vec![0; 4096],
            ends: vec![0; 64],
            fields_len: 0,
            ends_len: 0,
            line: 1,
            found_line: 1,
            after_cr: false,
        }
    }

    /// The line on which the record found last starts.
    pub const fn found_line(&self) -> u64 {
        self.found_line
    }

    /// The encoding as far as it is known.
    pub fn encoding(&self) -> &'static str {
        self.decode.encoding()
    }

    /// The record found last; `None` when it is no UTF-8, which decoding rules out.
    pub fn row(&self) -> Option<Row<'_>> {
        let text = std::str::from_utf8(self.fields.get(..self.fields_len)?).ok()?;
        Some(Row { text, ends: self.ends.get(..self.ends_len)? })
    }

    /// Looks at the next line, or at so much of it as tells the delimiter, without taking it.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        const ENOUGH_BYTES: usize = 64 * 1024;
        loop {
            let rest = self.buf.get(self.start..).unwrap_or_default();
            if rest.len() >= ENOUGH_BYTES || rest.trim_ascii_start().contains(&b'\n') || !self.fill()? {
                return Ok(self.buf.get(self.start..).unwrap_or_default());
            }
        }
    }

    /// Changes the delimiter, before the first record.
    pub fn set_delimiter(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
        self.core = ReaderBuilder::new().delimiter(delimiter).build();
    }

    /// Skips whole lines.
    pub fn skip_lines(&mut self, lines: u64) -> io::Result<()> {
        for _ in 0..lines {
            self.skip_line()?;
        }
        Ok(())
    }

    fn fill(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 {
            self.buf.drain(..self.start);
            self.pos -= self.start;
            self.start = 0;
        }
        self.at_end = !self.decode.fill(&mut self.buf)?;
        // The decoder may give a last character together with the end.
        Ok(!self.at_end || self.pos < self.buf.len())
    }

    /// Finds the next record; blank lines are no records.
    pub fn find(&mut self) -> io::Result<Found> {
        self.skip_blank()?;
        self.found_line = self.line;
        (self.fields_len, self.ends_len) = (0, 0);
        loop {
            let input = self.buf.get(self.pos..).unwrap_or_default();
            if input.is_empty() && self.fill()? {
                continue;
            }
            let input = self.buf.get(self.pos..).unwrap_or_default();
            let (Some(out), Some(ends)) = (self.fields.get_mut(self.fields_len..), self.ends.get_mut(self.ends_len..))
            else {
                return Ok(Found::End);
            };
            let (result, read, written, ended) = self.core.read_record(input, out, ends);
            self.pos += read;
            self.fields_len += written;
            self.ends_len += ended;
            match result {
                ReadRecordResult::InputEmpty => {
                    if self.pos - self.start > LINE_BYTES_MAX {
                        return self.give_up(Found::TooLong);
                    }
                }
                ReadRecordResult::OutputFull => self.fields.resize(self.fields.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => {
                    let raw = self.buf.get(self.start..self.pos).unwrap_or_default();
                    if raw.len() > LINE_BYTES_MAX {
                        return self.give_up(Found::TooLong);
                    }
                    let lines = count_lines(raw);
                    let unended = self.at_end && !matches!(raw.last(), Some(b'\n' | b'\r'));
                    if (lines > 1 || unended) && !is_well_quoted(raw, self.delimiter) {
                        return self.give_up(Found::Unclosed);
                    }
                    self.line += lines;
                    self.after_cr = raw.last() == Some(&b'\r');
                    self.start = self.pos;
                    return Ok(Found::Row);
                }
                ReadRecordResult::End => return Ok(Found::End),
            }
        }
    }

    /// Leaves the record under reading and goes on behind its first line.
    fn give_up(&mut self, found: Found) -> io::Result<Found> {
        self.core = ReaderBuilder::new().delimiter(self.delimiter).build();
        self.pos = self.start;
        self.skip_line()?;
        Ok(found)
    }

    /// Goes on behind the next line break, however far it is.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let rest = self.buf.get(self.start..).unwrap_or_default();
            if self.after_cr && rest.first() == Some(&b'\n') {
                self.after_cr = false;
                self.start += 1;
                continue;
            }
            if let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
                self.after_cr = rest.get(at) == Some(&b'\r');
                self.start += at + 1;
                self.pos = self.start;
                self.line += 1;
                return Ok(());
            }
            self.after_cr &= rest.is_empty();
            self.start = self.buf.len();
            self.pos = self.start;
            if !self.fill()? {
                return Ok(());
            }
        }
    }

    /// Goes over line breaks before a record, so that the record's line is right.
    fn skip_blank(&mut self) -> io::Result<()> {
        loop {
            match self.buf.get(self.start) {
                Some(b'\n') => {
                    self.line += u64::from(!self.after_cr);
                    self.after_cr = false;
                }
                Some(b'\r') => {
                    self.line += 1;
                    self.after_cr = true;
                }
                Some(_) => break,
                None => {
                    self.pos = self.start;
                    if !self.fill()? {
                        break;
                    }
                    continue;
                }
            }
            self.start += 1;
        }
        self.after_cr = false;
        self.pos = self.start;
        Ok(())
    }
}

/// Line breaks of a record: `\n`, `\r\n`, and a lone `\r`.
fn count_lines(raw: &[u8]) -> u64 {
    let mut lines = 0;
    for at in memchr::memchr2_iter(b'\n', b'\r', raw) {
        let is_pair = raw.get(at) == Some(&b'\r') && raw.get(at + 1) == Some(&b'\n');
        lines += u64::from(!is_pair);
    }
    lines
}

/// Every quoted field starts behind a delimiter and ends before one.
fn is_well_quoted(raw: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut at_start) = (false, true);
    let mut bytes = raw.iter().copied().peekable();
    while let Some(b) = bytes.next() {
        if quoted {
            if b != b'"' {
                continue;
            }
            match bytes.peek() {
                Some(b'"') => {
                    bytes.next();
                }
                Some(next) if *next == delimiter || matches!(next, b'\n' | b'\r') => quoted = false,
                None => quoted = false,
                Some(_) => return false,
            }
            at_start = false;
        } else if b == b'"' && at_start {
            quoted = true;
        } else {
            at_start = b == delimiter || matches!(b, b'\n' | b'\r');
        }
    }
    !quoted
}
