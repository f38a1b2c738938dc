//! A file of letters: one (`.eml`), or many behind lines that begin with `From ` (`.mbox`).

use std::io::{self, BufRead, Read as _};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use kizashi_domain::intake::{Reason, Refusal, Refused};
use kizashi_domain::limits::{MAIL_BYTES_MAX, MAILS_MAX};

use super::letter::read;
use crate::error::Error;
use crate::input::Input;
use crate::parsed::{Fault, Parsed};

/// Letters handed over at once.
const BATCH_LETTERS: u64 = 200;
/// Bytes of letters handed over at once.
const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// Heads by which a letter is known that has no ending to tell.
const HEADS: [&str; 14] = [
    "received:",
    "return-path:",
    "delivered-to:",
    "x-original-to:",
    "message-id:",
    "mime-version:",
    "from:",
    "to:",
    "date:",
    "subject:",
    "reply-to:",
    "dkim-signature:",
    "content-type:",
    "authentication-results:",
];

/// Whether a file holds letters: by its ending, else by its first lines.
pub fn is_mail(name: &str, head: &[u8]) -> bool {
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    if name.ends_with(".eml") || name.ends_with(".mbox") {
        return true;
    }
    let is_of_many = |line: &str| line.starts_with("From ") && line.contains(':');
    let text = String::from_utf8_lossy(head.get(..head.len().min(4_096)).unwrap_or_default());
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let first = lines.next().unwrap_or_default();
    let is_head = |line: &str| HEADS.iter().any(|h| line.to_lowercase().starts_with(h));
    if is_of_many(first) {
        return lines.next().is_some_and(|line| line.split_once(':').is_some_and(|(name, _)| !name.contains(' ')));
    }
    is_head(first) && lines.take(12).filter(|line| is_head(line)).count() >= 2
}

/// Reads the letters of a file, one after the other.
pub struct MailReader {
    bytes: Box<dyn BufRead + Send>,
    name: String,
    taken: Arc<AtomicU64>,
    /// Lines read, and that on which the present letter began.
    line: u64,
    /// `From ` divides the letters.
    is_of_many: bool,
    is_begun: bool,
    letters: usize,
}

impl MailReader {
    pub fn open(input: Input, head: &[u8]) -> Self {
        let Input { bytes, taken, name, .. } = input;
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let is_of_many = head.starts_with(b"From ");
        Self { bytes, name, taken, line: 0, is_of_many, is_begun: false, letters: 0 }
    }

    pub fn next_batch(&mut self, parsed: &mut Parsed) -> Result<(), Error> {
        let mut size = 0;
        while parsed.rows < BATCH_LETTERS && size < BATCH_BYTES {
            let begin = self.line + 1;
            let next = self.next_letter().map_err(|e| Input::explain(&self.name, &self.taken, begin, e))?;
            let Some((raw, is_whole)) = next else { break };
            self.letters += 1;
            if self.letters > MAILS_MAX {
                let limit = format!("{MAILS_MAX} letters");
                return Err(Error::TooManyLetters { name: self.name.clone(), limit });
            }
            size += raw.len();
            parsed.rows += 1;
            let letter = if is_whole { read(&raw, None) } else { Err(too_large()) };
            match letter {
                Ok(letter) => parsed.letters.push(letter),
                Err(fault) => parsed.refused.push(Refused {
                    refusal: Refusal { line: begin, field: fault.field, value: fault.value, reason: fault.reason },
                    original: Vec::new(),
                }),
            }
        }
        Ok(())
    }

    /// The bytes of the next letter, and whether they are all of it.
    fn next_letter(&mut self) -> io::Result<Option<(Vec<u8>, bool)>> {
        let (mut raw, mut is_whole, mut is_after_blank) = (Vec::new(), true, true);
        let mut line = Vec::new();
        loop {
            line.clear();
            // A line without end is cut into pieces.
            let read = (&mut self.bytes).take(MAIL_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
            if read == 0 {
                let is_any = self.is_begun && !raw.is_empty();
                self.is_begun = false;
                return Ok(is_any.then_some((raw, is_whole)));
            }
            self.line += 1;
            if self.is_of_many && is_after_blank && is_divider(&line) {
                is_after_blank = false;
                if self.is_begun && !raw.is_empty() {
                    return Ok(Some((raw, is_whole)));
                }
                self.is_begun = true;
                continue;
            }
            self.is_begun = true;
            is_after_blank = line.iter().all(|b| matches!(b, b'\r' | b'\n'));
            let text = if self.is_of_many { unescape(&line) } else { &line };
            if raw.len() + text.len() <= MAIL_BYTES_MAX {
                raw.extend_from_slice(text);
            } else {
                is_whole = false;
            }
        }
    }
}

fn too_large() -> Fault {
    Fault::of_row(Reason::TooLarge { max: MAIL_BYTES_MAX })
}

/// `From sato@example.jp Fri Nov 20 10:00:00 2026`: a line of a letter that begins with «From » has no time in it.
fn is_divider(line: &[u8]) -> bool {
    line.starts_with(b"From ") && line.contains(&b':') && line.iter().filter(|b| b.is_ascii_digit()).count() >= 4
}

/// `>From ` stands for `From `, and `>>From ` for `>From `.
fn unescape(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|b| **b == b'>').count();
    let is_escaped = marks > 0 && line.get(marks..).is_some_and(|rest| rest.starts_with(b"From "));
    if is_escaped { line.get(1..).unwrap_or_default() } else { line }
}
