//! Cutting a stream into pieces of whole lines.

use std::io::{self, BufRead};

use kizashi_domain::limits::LINE_BYTES_MAX;

use crate::input::Decode;

/// How large a piece is, about.
const PIECE_BYTES: usize = 1024 * 1024;

/// Where the bytes come from.
pub enum Stream {
    /// Bytes that should be UTF-8.
    Plain(Box<dyn BufRead + Send>),
    /// Another encoding.
    Decoded(Box<Decode>),
}

impl Stream {
    fn fill(&mut self, into: &mut Vec<u8>) -> io::Result<bool> {
        match self {
            Self::Decoded(decode) => decode.fill(into),
            Self::Plain(bytes) => loop {
                match bytes.fill_buf() {
                    Ok([]) => return Ok(false),
                    Ok(there) => {
                        let n = there.len();
                        into.extend_from_slice(there);
                        bytes.consume(n);
                        return Ok(true);
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            },
        }
    }
}

/// A piece of a file.
pub enum Piece {
    /// Whole lines; the last may lack its line break.
    Lines(Vec<u8>),
    /// A line longer than the limit was skipped.
    TooLong,
}

/// Cuts a stream at line ends.
pub struct Cutter {
    stream: Stream,
    rest: Vec<u8>,
    at_end: bool,
    at_start: bool,
}

impl Cutter {
    pub const fn new(stream: Stream) -> Self {
        Self { stream, rest: Vec::new(), at_end: false, at_start: true }
    }

    /// The next piece; `None` at the end. Before an error, what was read up to it comes as a piece, its last line
    /// left out: it may be cut.
    pub fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        loop {
            if self.at_end {
                let last = std::mem::take(&mut self.rest);
                return Ok((!last.is_empty()).then_some(Piece::Lines(last)));
            }
            let mut piece = std::mem::take(&mut self.rest);
            piece.reserve((PIECE_BYTES + PIECE_BYTES / 4).saturating_sub(piece.len()));
            let filled = self.fill_piece(&mut piece);
            if let Err(error) = filled {
                let whole = memchr::memrchr(b'\n', &piece).map_or(0, |at| at + 1);
                piece.truncate(whole);
                if piece.is_empty() {
                    return Err(error);
                }
                // The same error comes again when it is asked for the next piece.
                return Ok(Some(Piece::Lines(piece)));
            }
            if self.at_start {
                self.at_start = false;
                if piece.starts_with(b"\xef\xbb\xbf") {
                    piece.drain(..3);
                }
            }
            if self.at_end {
                self.rest = piece;
                continue;
            }
            if let Some(at) = memchr::memrchr(b'\n', &piece) {
                self.rest = piece.split_off(at + 1);
                return Ok(Some(Piece::Lines(piece)));
            }
            if piece.len() > LINE_BYTES_MAX {
                return self.skip_line();
            }
            self.rest = piece;
        }
    }

    fn fill_piece(&mut self, piece: &mut Vec<u8>) -> io::Result<()> {
        let target = PIECE_BYTES.max(piece.len() + 1);
        while piece.len() < target {
            if !self.stream.fill(piece)? {
                self.at_end = true;
                break;
            }
        }
        Ok(())
    }

    /// Goes behind the next line break without keeping what is before it.
    fn skip_line(&mut self) -> io::Result<Option<Piece>> {
        let mut buf = Vec::new();
        loop {
            buf.clear();
            if !self.stream.fill(&mut buf)? {
                self.at_end = true;
                return Ok(Some(Piece::TooLong));
            }
            if let Some(at) = memchr::memchr(b'\n', &buf) {
                self.rest = buf.split_off(at + 1);
                return Ok(Some(Piece::TooLong));
            }
        }
    }
}
