//! Where browsers find the server.

use std::str::FromStr;

/// Scheme, host and port of the address that browsers use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// As browsers write it in `Origin`: lower case, without the usual port.
    pub origin: String,
    /// Browsers come by https.
    pub is_https: bool,
}

/// Why a text is no such address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("it begins with neither https:// nor http://")]
    Scheme,
    #[error("Kizashi stands at the root of a host: leave out what follows the host and port")]
    Path,
    #[error("the host is missing, or is not a name or address")]
    Host,
    #[error("the port is no number from 1 to 65535")]
    Port,
}

impl FromStr for PublicUrl {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let lower = text.trim().to_ascii_lowercase();
        let (is_https, rest) = match (lower.strip_prefix("https://"), lower.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(Fault::Scheme),
        };
        let place = rest.strip_suffix('/').unwrap_or(rest);
        if place.contains(['/', '?', '#']) {
            return Err(Fault::Path);
        }
        // The colons of an IPv6 address stand inside its brackets.
        let after_brackets = place.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match place.get(after_brackets..).and_then(|tail| tail.split_once(':')) {
            Some((name, port)) => (place.get(..after_brackets + name.len()).unwrap_or_default(), Some(port)),
            None => (place, None),
        };
        if !is_host(host) {
            return Err(Fault::Host);
        }
        let usual = if is_https { 443 } else { 80 };
        let scheme = if is_https { "https" } else { "http" };
        let port = match port {
            None => usual,
            Some(text) => text.parse::<u16>().ok().filter(|p| *p > 0 && !text.starts_with('+')).ok_or(Fault::Port)?,
        };
        let origin = if port == usual { format!("{scheme}://{host}") } else { format!("{scheme}://{host}:{port}") };
        Ok(Self { origin, is_https })
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_what_browsers_write_in_origin() {
        for (text, origin, is_https) in [
            ("https://kizashi.example.jp", "https://kizashi.example.jp", true),
            ("https://Kizashi.Example.JP:443/", "https://kizashi.example.jp", true),
            ("http://cs.local:80", "http://cs.local", false),
            (" http://10.0.0.5:8080 ", "http://10.0.0.5:8080", false),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", true),
            ("https://[2001:db8::1]", "https://[2001:db8::1]", true),
        ] {
            assert_eq!(text.parse(), Ok(PublicUrl { origin: origin.to_owned(), is_https }), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        for (text, fault) in [
            ("", Fault::Scheme),
            ("kizashi.example.jp", Fault::Scheme),
            ("ftp://kizashi.example.jp", Fault::Scheme),
            ("https://", Fault::Host),
            ("https:///", Fault::Host),
            ("https://a..b", Fault::Host),
            ("https://user@host", Fault::Host),
            ("https://日本.example", Fault::Host),
            ("https://[::1", Fault::Host),
            ("https://a b", Fault::Host),
            ("https://example.jp/kizashi", Fault::Path),
            ("https://example.jp?x", Fault::Path),
            ("https://example.jp:0", Fault::Port),
            ("https://example.jp:65536", Fault::Port),
            ("https://example.jp:", Fault::Port),
            ("https://example.jp:+80", Fault::Port),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(fault), "{text}");
        }
    }
}
