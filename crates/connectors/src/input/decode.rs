//! Any encoding met in Japan, to UTF-8, before anything is split: the second byte of 表 in Shift_JIS is a backslash.

use std::io::{self, BufRead, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use kizashi_domain::intake::BROKEN;

/// How much is looked at to find an encoding, from the first byte that is not plain ASCII.
const SAMPLE_BYTES: usize = 256 * 1024;
const CHUNK_BYTES: usize = 64 * 1024;

/// An encoding by its name: `utf-8`, `cp932`, `sjis`, `euc-jp` and all labels of the web.
pub fn find_encoding(label: &str) -> Option<&'static Encoding> {
    match label.trim().to_ascii_lowercase().as_str() {
        "cp932" | "windows31j" | "ms932" => Some(SHIFT_JIS),
        other => Encoding::for_label(other.as_bytes()),
    }
}

/// A stream of bytes that gives UTF-8.
pub struct Decode {
    bytes: Box<dyn BufRead + Send>,
    state: State,
    chunk: Vec<u8>,
}

enum State {
    /// Nothing was read: a mark may stand at the front.
    Start,
    /// Only ASCII so far.
    Ascii,
    /// The encoding is known.
    Known { decoder: Box<Decoder>, encoding: &'static Encoding },
    /// The end was reached.
    End(&'static str),
}

impl Decode {
    /// Decodes as `encoding`, or finds the encoding out.
    pub fn new(bytes: Box<dyn BufRead + Send>, encoding: Option<&'static Encoding>) -> Self {
        let state = match encoding {
            Some(encoding) => State::Known { decoder: Box::new(encoding.new_decoder_with_bom_removal()), encoding },
            None => State::Start,
        };
        Self { bytes, state, chunk: Vec::with_capacity(CHUNK_BYTES) }
    }

    /// The encoding's name as far as it is known.
    pub fn encoding(&self) -> &'static str {
        match &self.state {
            State::Start | State::Ascii => "US-ASCII",
            State::Known { encoding, .. } => encoding.name(),
            State::End(name) => name,
        }
    }

    /// Appends the next piece of text; `false` at the end.
    pub fn fill(&mut self, into: &mut Vec<u8>) -> io::Result<bool> {
        if let State::End(_) = self.state {
            return Ok(false);
        }
        self.chunk.clear();
        if !self.read_more(CHUNK_BYTES)? {
            self.end(into);
            return Ok(false);
        }
        if let State::Start = self.state {
            self.state = State::Ascii;
            if let Some(encoding) = find_mark(&self.chunk) {
                self.decide(encoding);
            }
        }
        if let State::Ascii = self.state {
            match self.chunk.iter().position(|b| !b.is_ascii() || matches!(b, 0 | 0x1b)) {
                None => {
                    into.extend_from_slice(&self.chunk);
                    return Ok(true);
                }
                Some(at) => {
                    into.extend(self.chunk.drain(..at));
                    let whole = self.read_sample()?;
                    self.decide(guess(&self.chunk, whole));
                }
            }
        }
        self.decode_chunk(into);
        Ok(true)
    }

    /// Reads at least one byte behind the chunk; `false` at the end.
    fn read_more(&mut self, bytes: usize) -> io::Result<bool> {
        let before = self.chunk.len();
        (&mut self.bytes).take(bytes as u64).read_to_end_once(&mut self.chunk)?;
        Ok(self.chunk.len() > before)
    }

    /// Fills the chunk up to a sample; `true` when the file ends in it.
    fn read_sample(&mut self) -> io::Result<bool> {
        while self.chunk.len() < SAMPLE_BYTES {
            if !self.read_more(CHUNK_BYTES)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn decide(&mut self, encoding: &'static Encoding) {
        self.state = State::Known { decoder: Box::new(encoding.new_decoder_with_bom_removal()), encoding };
    }

    fn decode_chunk(&mut self, into: &mut Vec<u8>) {
        if let State::Known { decoder, .. } = &mut self.state {
            decode(decoder, &self.chunk, false, into);
        }
    }

    fn end(&mut self, into: &mut Vec<u8>) {
        if let State::Known { decoder, .. } = &mut self.state {
            decode(decoder, &[], true, into);
        }
        self.state = State::End(self.encoding());
    }
}

/// One read into a vector, as much as is there.
trait ReadOnce {
    fn read_to_end_once(&mut self, into: &mut Vec<u8>) -> io::Result<()>;
}

impl<R: BufRead> ReadOnce for io::Take<R> {
    fn read_to_end_once(&mut self, into: &mut Vec<u8>) -> io::Result<()> {
        let n = {
            let there = loop {
                match self.fill_buf() {
                    Ok(there) => break there.len(),
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => return Err(e),
                }
            };
            into.extend_from_slice(self.fill_buf()?);
            there
        };
        self.consume(n);
        Ok(())
    }
}

fn decode(decoder: &mut Decoder, mut from: &[u8], last: bool, into: &mut Vec<u8>) {
    loop {
        let room = decoder.max_utf8_buffer_length_without_replacement(from.len()).unwrap_or(from.len() * 3 + 16);
        let start = into.len();
        into.resize(start + room, 0);
        let Some(space) = into.get_mut(start..) else { return };
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(from, space, last);
        into.truncate(start + written);
        from = from.get(read..).unwrap_or_default();
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                let mut mark = [0; 4];
                into.extend_from_slice(BROKEN.encode_utf8(&mut mark).as_bytes());
            }
        }
    }
}

/// A byte order mark, or the zero bytes that give UTF-16 away.
fn find_mark(head: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding);
    }
    let head = head.get(..head.len().min(4096)).unwrap_or_default();
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd > head.len() / 6 && even == 0 {
        return Some(UTF_16LE);
    }
    (even > head.len() / 6 && odd == 0).then_some(UTF_16BE)
}

/// The encoding of a sample that starts where a text leaves ASCII.
fn guess(sample: &[u8], whole: bool) -> &'static Encoding {
    let (good, bad) = count_utf8(sample, whole);
    // A few broken bytes in a file that is UTF-8 otherwise do not turn it into another encoding.
    if bad == 0 && good > 0 || bad * 20 < good {
        return UTF_8;
    }
    if good == 0 && bad == 0 && !sample.contains(&0x1b) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, whole);
    let guess = detector.guess(Some(b"jp"), Utf8Detection::Deny);
    // ISO-2022-JP shows itself by escapes; without any other sign a text is ASCII with a stray escape.
    if guess == ISO_2022_JP && !has_iso_2022_jp(sample) {
        return UTF_8;
    }
    if count_broken(guess, sample, whole) > 0 && count_broken(SHIFT_JIS, sample, whole) == 0 {
        return SHIFT_JIS;
    }
    guess
}

fn has_iso_2022_jp(sample: &[u8]) -> bool {
    sample.windows(3).any(|w| matches!(w, [0x1b, b'$', b'B' | b'@'] | [0x1b, b'(', b'J' | b'B' | b'I']))
}

/// Characters of two and more bytes that are UTF-8, and bytes that are not. A cut at the end counts for nothing.
fn count_utf8(sample: &[u8], whole: bool) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    let mut rest = sample;
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => return (good + text.chars().filter(|c| !c.is_ascii()).count(), bad),
            Err(error) => {
                let (front, back) = rest.split_at(error.valid_up_to());
                good += String::from_utf8_lossy(front).chars().filter(|c| !c.is_ascii()).count();
                match error.error_len() {
                    None => return (good, bad + usize::from(whole)),
                    Some(n) => {
                        bad += 1;
                        rest = back.get(n..).unwrap_or_default();
                    }
                }
            }
        }
    }
}

fn count_broken(encoding: &'static Encoding, sample: &[u8], whole: bool) -> usize {
    let mut text = Vec::new();
    decode(&mut encoding.new_decoder_without_bom_handling(), sample, whole, &mut text);
    String::from_utf8_lossy(&text).chars().filter(|c| *c == BROKEN).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: Vec<u8>) -> (String, &'static str) {
        let mut decode = Decode::new(Box::new(io::Cursor::new(bytes)), None);
        let mut out = Vec::new();
        while decode.fill(&mut out).unwrap() {}
        (String::from_utf8(out).unwrap(), decode.encoding())
    }

    #[test]
    fn encodings_are_found_by_themselves() {
        let text = "顧客ID,会社名,フリガナ\n1,表計算ソフト能率,ﾋｮｳｹｲｻﾝ\n2,㈱髙島屋①,タカシマヤ\n";
        for (label, want) in
            [("utf-8", "UTF-8"), ("cp932", "Shift_JIS"), ("euc-jp", "EUC-JP"), ("iso-2022-jp", "ISO-2022-JP")]
        {
            let source = if label == "cp932" { text.to_owned() } else { text.replace("㈱髙島屋①", "高島屋") };
            let source = if label == "iso-2022-jp" {
                source.replace("ﾋｮｳｹｲｻﾝ", "ヒョウケイサン")
            } else {
                source
            };
            let (bytes, _, lossy) = find_encoding(label).unwrap().encode(&source);
            assert!(!lossy, "{label}");
            assert_eq!(read(bytes.into_owned()), (source, want), "{label}");
        }
        for (mark, big) in [(vec![0xff, 0xfe], false), (vec![0xfe, 0xff], true), (vec![], false)] {
            let mut bytes = mark.clone();
            // Without a mark only a text that is mostly ASCII can be told.
            let text = if mark.is_empty() { "id\tname\n1\tABC 商事\n" } else { text };
            for unit in text.encode_utf16() {
                bytes.extend(if big { unit.to_be_bytes() } else { unit.to_le_bytes() });
            }
            assert_eq!(read(bytes).0, text);
        }
    }

    #[test]
    fn an_encoding_shows_late() {
        let text = format!("id,name\n{}9,ｶﾌﾞｼｷｶﾞｲｼｬ 表示\n", "1,abc\n".repeat(50_000));
        let (bytes, _, _) = SHIFT_JIS.encode(&text);
        assert_eq!(read(bytes.into_owned()), (text, "Shift_JIS"));
    }

    #[test]
    fn broken_bytes_are_marked_and_the_rest_stands() {
        let mut bytes = "名前\n".repeat(50).into_bytes();
        bytes.extend(b"x\xffy\n");
        let (text, encoding) = read(bytes);
        assert_eq!(encoding, "UTF-8");
        assert!(text.ends_with("x\u{FDD1}y\n"));
    }
}
