//! Addresses: percent-encoding, and which addresses we lead back to.

/// Percent-encodes text for a query value.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// An address of our own to go back to, never another site: one slash, then no slash or backslash, no control character.
pub fn own(address: &str) -> Option<&str> {
    let rest = address.strip_prefix('/')?;
    let is_own = !rest.starts_with(['/', '\\'])
        && !address.chars().any(|c| c.is_control() || c == '\\')
        && address.len() < 2_000;
    is_own.then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_are_led_back_to() {
        for good in ["/", "/today", "/customers?q=%E3%83%9F&sort=score"] {
            assert_eq!(own(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https:evil",
            "https://evil.example",
            "today",
            "/a\r\nx: y",
            "/a\\b",
        ] {
            assert_eq!(own(bad), None, "{bad:?}");
        }
        assert_eq!(encode("/a?b=ミ&c"), "/a%3Fb%3D%E3%83%9F%26c");
    }
}
