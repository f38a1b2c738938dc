//! Text whose charset is missing, wrong, or broken over encoded words.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use crate::input::find_encoding;

/// Stands where a byte was no text.
pub const BROKEN: char = '\u{fffd}';
/// Begins a shift of ISO-2022-JP.
const ESCAPE: char = '\u{1b}';

/// Whether a text was read in a charset that is not its own.
pub fn is_doubtful(text: &str) -> bool {
    text.contains([BROKEN, ESCAPE])
}

/// Text in a charset that nobody names, or names wrongly: what it most likely is.
pub fn decode_unnamed(bytes: &[u8]) -> String {
    let encoding: &'static Encoding = if bytes.windows(2).any(|w| w == b"\x1b$" || w == b"\x1b(") {
        ISO_2022_JP
    } else if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(Some(b"jp"), Utf8Detection::Deny)
    };
    encoding.decode(bytes).0.into_owned()
}

/// A head line decoded by hand: neighbouring encoded words of one charset are put together before they are read, because some
/// programs cut a letter in two.
pub fn decode_words(raw: &[u8]) -> String {
    let unfolded: Vec<u8> = raw.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let text = decode_unnamed(&unfolded);
    let mut out = String::new();
    let mut pending: Option<(String, Vec<u8>)> = None;
    let mut rest = text.as_str();
    while let Some(at) = rest.find("=?") {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        // Only blanks between two words belong to the words.
        if pending.is_none() || !before.trim().is_empty() {
            flush(&mut pending, &mut out);
            out.push_str(before);
        }
        let Some((charset, bytes, after)) = read_word(from) else {
            flush(&mut pending, &mut out);
            out.push_str("=?");
            rest = from.get(2..).unwrap_or_default();
            continue;
        };
        match &mut pending {
            Some((same, held)) if *same == charset => held.extend(bytes),
            _ => {
                flush(&mut pending, &mut out);
                pending = Some((charset, bytes));
            }
        }
        rest = after;
    }
    flush(&mut pending, &mut out);
    out.push_str(rest);
    out.trim().to_owned()
}

fn flush(pending: &mut Option<(String, Vec<u8>)>, out: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        let named = find_encoding(&charset).map(|encoding| encoding.decode(&bytes).0.into_owned());
        out.push_str(&named.filter(|text| !is_doubtful(text)).unwrap_or_else(|| decode_unnamed(&bytes)));
    }
}

/// `=?charset?B?…?=`: its charset, its bytes, and what follows.
fn read_word(text: &str) -> Option<(String, Vec<u8>, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (way, rest) = rest.split_once('?')?;
    let (body, after) = rest.split_once("?=")?;
    if charset.len() > 40 || charset.contains(char::is_whitespace) {
        return None;
    }
    let charset = charset.split('*').next().unwrap_or_default().to_lowercase();
    let bytes = match way {
        "B" | "b" => base64_decode(body.as_bytes())?,
        "Q" | "q" => quoted_printable_decode(body.replace('_', " ").as_bytes())?,
        _ => return None,
    };
    Some((charset, bytes, after))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn a_letter_that_was_cut_in_two_is_put_together() {
        let whole = "お見積の件".as_bytes();
        let (first, second) = whole.split_at(4);
        let raw = format!(" =?UTF-8?B?{}?=\r\n =?utf-8?B?{}?= (1)", STANDARD.encode(first), STANDARD.encode(second));
        assert_eq!(decode_words(raw.as_bytes()), "お見積の件 (1)");
        assert_eq!(decode_words(b"Re: =?utf-8?Q?a_b=21?= c =?broken"), "Re: a b! c =?broken");
    }

    #[test]
    fn text_without_a_charset_is_found_out() {
        let (jis, _, _) = ISO_2022_JP.encode("資料をお送りします");
        let (sjis, _, _) = encoding_rs::SHIFT_JIS.encode("資料をお送りします。よろしくお願いいたします。");
        assert_eq!(decode_unnamed(&jis), "資料をお送りします");
        assert_eq!(decode_unnamed(&sjis), "資料をお送りします。よろしくお願いいたします。");
        assert_eq!(decode_unnamed("資料".as_bytes()), "資料");
        assert_eq!(decode_words(&jis), "資料をお送りします");
    }
}
