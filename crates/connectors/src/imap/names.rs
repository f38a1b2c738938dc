//! Names of folders as IMAP writes them: modified UTF-7 (RFC 3501, 5.1.3), `&ZeVnLIqe-` for 日本語.

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const CODE: GeneralPurpose = GeneralPurpose::new(
    &IMAP_MUTF7,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A name for the server.
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut held: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut held, &mut out);
            out.push_str(if c == '&' { "&-" } else { "" });
            if c != '&' {
                out.push(c);
            }
        } else {
            held.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut held, &mut out);
    out
}

fn flush(held: &mut Vec<u8>, out: &mut String) {
    if !held.is_empty() {
        out.push('&');
        out.push_str(&CODE.encode(&held));
        out.push('-');
        held.clear();
    }
}

/// A name for people; what is not understood stays as it is.
pub fn decode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, from)) = rest.split_once('&') {
        out.push_str(before);
        let Some((code, after)) = from.split_once('-') else {
            out.push('&');
            rest = from;
            continue;
        };
        rest = after;
        if code.is_empty() {
            out.push('&');
            continue;
        }
        let bytes = CODE.decode(code).unwrap_or_default();
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |n, b| n << 8 | u16::from(*b))).collect();
        match String::from_utf16(&units) {
            Ok(text) if !text.is_empty() => out.push_str(&text),
            _ => out.push_str(&format!("&{code}-")),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_written_as_servers_know_them() {
        for (name, want) in
            [("INBOX", "INBOX"), ("日本語", "&ZeVnLIqe-"), ("R&D/送信済み", "R&-D/&kAFP4W4IMH8-"), ("台北", "&U,BTFw-")]
        {
            assert_eq!(encode(name), want);
            assert_eq!(decode(want), name);
        }
        assert_eq!(decode("a & b"), "a & b");
        assert_eq!(decode("&!!-x"), "&!!-x");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(name in "\\PC{0,30}") {
            prop_assert_eq!(decode(&encode(&name)), name);
        }
    }
}
