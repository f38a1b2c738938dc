//! Lines in the Segment form, and plain events.

use kizashi_domain::intake::Reason;
use kizashi_domain::limits::LINE_BYTES_MAX;
use kizashi_domain::time::Zone;

use crate::error::Error;
use crate::ids::EqualRows;
use crate::input::BROKEN;
use crate::parsed::{Fault, Parsed};
use crate::segment::{Before, Chunk, Clock, Groups, Outer, Parser, trim};

/// Reads lines that are messages.
#[derive(Debug)]
pub struct LineParser {
    parser: Parser,
    is_marked: bool,
    /// Whose customer each user is.
    pub groups: Groups,
}

impl LineParser {
    pub const fn new(zone: Zone, groups: Groups) -> Self {
        Self { parser: Parser::new(zone, Clock::File), is_marked: false, groups }
    }

    /// Reads whole lines; line numbers count from `first`.
    pub fn parse_lines(&mut self, bytes: &[u8], first: u64, chunk: &mut Chunk) {
        let mut line = first;
        let mut at = 0;
        let whole = std::str::from_utf8(bytes).ok();
        // Only a decoder leaves the mark; most files hold none.
        self.is_marked = memchr::memmem::find(bytes, "\u{FDD1}".as_bytes()).is_some();
        for end in memchr::memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len())) {
            let text = match whole {
                Some(text) => Ok(text.get(at..end).unwrap_or_default()),
                None => std::str::from_utf8(bytes.get(at..end).unwrap_or_default())
                    .map_err(|_| String::from_utf8_lossy(bytes.get(at..end).unwrap_or_default()).into_owned()),
            };
            match text {
                Ok(text) => self.parse_one(trim(text), line, chunk),
                Err(lossy) => refuse_encoding(&lossy, line, chunk),
            }
            line += 1;
            at = end + 1;
        }
        // A last line break begins no line.
        chunk.lines = line - first - u64::from(bytes.last() == Some(&b'\n') || bytes.is_empty());
    }

    fn parse_one(&mut self, text: &str, line: u64, chunk: &mut Chunk) {
        if text.is_empty() {
            return;
        }
        if text.len() > LINE_BYTES_MAX {
            chunk.parsed.rows += 1;
            let fault = Fault::of_row(Reason::TooLarge { max: LINE_BYTES_MAX });
            chunk.parsed.refused.push(fault.at(line, Vec::new()));
            return;
        }
        if self.is_marked && text.contains(BROKEN) {
            return refuse_encoding(&text.replace(BROKEN, "\u{FFFD}"), line, chunk);
        }
        self.parser.take(text, line, None, Outer::default(), chunk);
    }

    /// Reads one line and decides it at once.
    pub fn parse_line(&mut self, text: &str, line: u64, equal: &mut EqualRows, into: &mut Parsed) -> Result<(), Error> {
        let mut chunk = Chunk { parsed: std::mem::take(into), ..Chunk::default() };
        self.parse_one(text, line, &mut chunk);
        *into = self.resolve(chunk, equal)?;
        Ok(())
    }

    /// Decides what depends on the order of messages.
    pub fn resolve(&mut self, chunk: Chunk, equal: &mut EqualRows) -> Result<Parsed, Error> {
        let known = chunk.parsed.groups.len();
        let parsed = chunk.resolve(Before::Groups(&self.groups), equal)?;
        for (user, customer) in parsed.groups.iter().skip(known) {
            self.groups.learn(user, customer);
        }
        Ok(parsed)
    }
}

fn refuse_encoding(text: &str, line: u64, chunk: &mut Chunk) {
    chunk.parsed.rows += 1;
    let fault = Fault::new("", text, Reason::BadEncoding { encoding: "UTF-8".to_owned() });
    chunk.parsed.refused.push(fault.at(line, vec![text.to_owned()]));
}
