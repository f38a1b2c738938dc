//! Sends a signed message to somebody else's address: by https, to a public machine, within a time, following nobody elsewhere.
//!
//! Where a name leads is looked up once, judged, and connected to: a name that says something else the second time gains nothing.

use std::io::{ErrorKind, Read as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use kizashi_domain::time::Time;
use ureq::http::{Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body, Error, Timeout};

use crate::hooks::sign_standard;

/// How long a try may take, from the look-up to the end of the answer.
const TRY_MS_MAX: u64 = 20_000;
/// How long connecting may take.
const CONNECT_MS_MAX: u64 = 5_000;
/// Of an answer no more than this is read.
const ANSWER_BYTES_MAX: u64 = 4 * 1024;

/// A message to send.
#[derive(Debug)]
pub struct Letter<'a> {
    /// Where to.
    pub address: &'a str,
    /// Its id; the same for every try.
    pub id: &'a str,
    /// When it is sent.
    pub at: Time,
    /// What to sign with; two while a secret is replaced.
    pub secrets: &'a [&'a str],
    /// The text.
    pub body: &'a str,
}

/// A message in the form that its receiver wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Where to.
    pub address: String,
    /// Type of the content.
    pub content_type: &'static str,
    /// Headers besides it.
    pub headers: Vec<(&'static str, String)>,
    /// The content.
    pub body: String,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Reply {
    /// The status, when there was an answer.
    pub status: Option<u16>,
    /// Why there was none: `address`, `private`, `lookup`, `connect`, `timeout`, `tls`, `answer`.
    pub fault: &'static str,
    /// There was no answer, and the other side may have had all of the message.
    pub may_have_gone: bool,
    /// The beginning of the answer.
    pub answer: String,
    /// How long it took.
    pub duration_ms: i64,
    /// How long the other side asks to wait.
    pub retry_after_s: Option<i64>,
}

/// Looks names up, and refuses what leads into one's own network unless that is allowed.
#[derive(Debug)]
struct Guard {
    may_private: bool,
    inner: DefaultResolver,
}

const PRIVATE: &str = "leads to a private address";

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout)?;
        // One bad address among good ones is an attempt to get in.
        if !self.may_private && found.iter().any(|a: &SocketAddr| !is_public(a.ip())) {
            return Err(Error::Other(PRIVATE.into()));
        }
        Ok(found)
    }
}

/// Whether an address is one of the public internet.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

const fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a >= 240
        // Shared by carriers, protocol assignments, old relays, benchmarks.
        || (a == 100 && b >= 64 && b < 128)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let [first, second, ..] = s;
    let [.., seventh, eighth] = s;
    let inner = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        Ipv4Addr::new(a, b, c, d)
    };
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    // Translated addresses hold one of the old kind.
    if s.starts_with(&[0x64, 0xff9b, 0, 0, 0, 0]) {
        return is_public_v4(inner(seventh, eighth));
    }
    let [_, _, third, ..] = s;
    if first == 0x2002 {
        return is_public_v4(inner(second, third));
    }
    // Global unicast, without Teredo, documentation and what is set aside.
    (0x2000..0x4000).contains(&first)
        && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
        && !(first == 0x3fff && second < 0x1000)
}

/// Sends letters.
#[derive(Debug)]
pub struct Postman {
    agent: Agent,
    may_private: bool,
}

impl Postman {
    /// `may_private` lets it reach one's own network, and by plain http.
    pub fn new(may_private: bool) -> Self {
        let config = Agent::config_builder()
            .https_only(!may_private)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_millis(TRY_MS_MAX)))
            .timeout_connect(Some(Duration::from_millis(CONNECT_MS_MAX)))
            .user_agent("Kizashi")
            .build();
        let guard = Guard { may_private, inner: DefaultResolver::default() };
        Self { agent: Agent::with_parts(config, DefaultConnector::new(), guard), may_private }
    }

    /// Sends a letter and waits for the answer; blocks for [`TRY_MS_MAX`] at most.
    pub fn send(&self, letter: &Letter<'_>) -> Reply {
        let began = Instant::now();
        let mut reply = self.try_send(letter);
        reply.duration_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        reply
    }

    /// Sends a parcel and waits for the answer; blocks for [`TRY_MS_MAX`] at most.
    pub fn post(&self, parcel: &Parcel) -> Reply {
        let began = Instant::now();
        if !self.may_reach(&parcel.address) {
            return failed("address");
        }
        let mut request = self.agent.post(&parcel.address).header("content-type", parcel.content_type);
        for (name, value) in &parcel.headers {
            request = request.header(*name, value);
        }
        let mut reply = read(request.send(&parcel.body));
        reply.duration_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        reply
    }

    fn may_reach(&self, address: &str) -> bool {
        address.starts_with("https://") || (self.may_private && address.starts_with("http://"))
    }

    fn try_send(&self, letter: &Letter<'_>) -> Reply {
        if !self.may_reach(letter.address) {
            return failed("address");
        }
        let sent_at_s = letter.at.micros().div_euclid(1_000_000);
        let signatures: Vec<String> =
            letter.secrets.iter().filter_map(|s| sign_standard(s, letter.id, sent_at_s, letter.body)).collect();
        if signatures.is_empty() {
            return failed("address");
        }
        let request = self
            .agent
            .post(letter.address)
            .header("content-type", "application/json")
            .header("webhook-id", letter.id)
            .header("webhook-timestamp", sent_at_s.to_string())
            .header("webhook-signature", signatures.join(" "));
        read(request.send(letter.body))
    }
}

fn failed(fault: &'static str) -> Reply {
    Reply { fault, ..Reply::default() }
}

fn read(sent: Result<Response<Body>, Error>) -> Reply {
    match sent {
        Ok(mut response) => {
            let asked = response.headers().get("retry-after").and_then(|v| v.to_str().ok());
            let retry_after_s = asked.and_then(|v| v.trim().parse().ok());
            let status = response.status().as_u16();
            let mut bytes = Vec::new();
            // What is longer, or breaks off, was an answer all the same.
            let _ = response.body_mut().as_reader().take(ANSWER_BYTES_MAX).read_to_end(&mut bytes);
            let answer = String::from_utf8_lossy(&bytes).into_owned();
            Reply { status: Some(status), answer, retry_after_s, ..Reply::default() }
        }
        Err(error) => Reply { fault: fault_of(&error), may_have_gone: may_have_gone(&error), ..Reply::default() },
    }
}

/// Whether an error can have come after the other side had the message.
fn may_have_gone(error: &Error) -> bool {
    match error {
        Error::Timeout(at) => !matches!(at, Timeout::Resolve | Timeout::Connect | Timeout::SendRequest),
        Error::Io(e) => !matches!(
            e.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable
                | ErrorKind::NetworkDown
        ),
        Error::Protocol(_) | Error::LargeResponseHeader(..) => true,
        _ => false,
    }
}

fn fault_of(error: &Error) -> &'static str {
    match error {
        Error::Other(said) if said.to_string() == PRIVATE => "private",
        Error::HostNotFound => "lookup",
        Error::Timeout(_) => "timeout",
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) | Error::TlsRequired => "tls",
        Error::BadUri(_) | Error::RequireHttpsOnly(_) | Error::Http(_) => "address",
        Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::BodyExceedsLimit(_) => "answer",
        _ => "connect",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for bad in [
            "127.0.0.1",
            "127.255.0.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "2001::1",
            "2001:db8::1",
            "100::1",
            "::7f00:1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(!is_public(bad.parse().unwrap()), "{bad}");
        }
        for good in [
            "8.8.8.8",
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
            "2400:cb00::1",
        ] {
            assert!(is_public(good.parse().unwrap()), "{good}");
        }
    }

    #[test]
    fn ones_own_network_is_refused_however_it_is_written() {
        let postman = Postman::new(false);
        let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let send = |address| postman.send(&Letter { address, id: "m", at: Time(0), secrets: &[key], body: "{}" });
        for address in [
            "https://127.0.0.1:9/",
            "https://localhost:9/",
            "https://[::1]:9/",
            "https://[::ffff:127.0.0.1]:9/",
            "https://0.0.0.0:9/",
            "https://2130706433:9/",
            "https://0x7f.1:9/",
            "https://169.254.169.254/latest",
        ] {
            let reply = send(address);
            assert!(matches!(reply.fault, "private" | "lookup" | "address" | "connect"), "{address}: {reply:?}");
            assert_eq!(reply.status, None, "{address}");
        }
        for address in ["https://127.0.0.1:9/", "https://localhost:9/", "https://[::1]:9/"] {
            assert_eq!(send(address).fault, "private", "{address}");
        }
        for address in ["http://example.com/", "ftp://example.com/", "", "https://", "/data"] {
            assert_eq!(send(address).status, None, "{address}");
        }
        assert_eq!(send("http://example.com/").fault, "address");
    }
}
