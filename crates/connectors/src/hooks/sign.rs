//! Signatures, as those who send publish them. All are HMAC-SHA256 and compared in constant time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use kizashi_domain::intake::{HOOK_TOLERANCE_US, HookCall, HookKind, Unproven};
use kizashi_domain::time::{Time, Zone};
use sha2::Sha256;

/// Signatures of one request that are looked at.
const SIGNATURES_MAX: usize = 20;

fn hmac(key: &[u8], parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        mac.update(part);
    }
    Some(mac)
}

/// Whether one of the signatures is that of the parts under one of the keys.
fn is_signed(keys: &[Vec<u8>], parts: &[&[u8]], signatures: &[Vec<u8>]) -> bool {
    // No way out before the end: how long it takes tells nothing.
    let mut found = false;
    for key in keys {
        for signature in signatures.iter().take(SIGNATURES_MAX) {
            found |= hmac(key, parts).is_some_and(|mac| mac.verify_slice(signature).is_ok());
        }
    }
    found
}

/// The key of a Standard Webhooks secret: Base64 behind `whsec_`.
pub fn standard_key(secret: &str) -> Option<Vec<u8>> {
    let text = secret.trim();
    STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).ok().filter(|key| !key.is_empty())
}

/// The signature of what we send, as Standard Webhooks says: `v1,` and Base64. `None` when the secret is none.
pub fn sign_standard(secret: &str, id: &str, sent_at_s: i64, body: &str) -> Option<String> {
    let key = standard_key(secret)?;
    let mac = hmac(&key, &[format!("{id}.{sent_at_s}.").as_bytes(), body.as_bytes()])?;
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Whether a request is signed with one of the secrets, and lately.
pub fn prove(kind: HookKind, secrets: &[&str], call: &HookCall<'_>, now: Time) -> Result<(), Unproven> {
    let proof = match kind {
        HookKind::Standard => read_standard(call),
        HookKind::Stripe => read_stripe(call),
        HookKind::Zendesk => read_zendesk(call),
        HookKind::Hubspot => read_hubspot(call),
        HookKind::Form => None,
    }
    .ok_or(Unproven::Missing)?;
    let keys: Vec<Vec<u8>> = match kind {
        HookKind::Standard => secrets.iter().filter_map(|s| standard_key(s)).collect(),
        _ => secrets.iter().map(|s| s.as_bytes().to_vec()).collect(),
    };
    let parts: Vec<&[u8]> = proof.before.iter().map(Vec::as_slice).chain([call.body]).chain([proof.behind]).collect();
    if !is_signed(&keys, &parts, &proof.signatures) {
        return Err(Unproven::Wrong);
    }
    // Looked at last: whoever has no secret learns nothing about our clock.
    if now.micros().abs_diff(proof.sent_at.micros()) > HOOK_TOLERANCE_US.unsigned_abs() {
        return Err(Unproven::Stale);
    }
    Ok(())
}

/// What a request brings to prove itself; signed is what stands before the body, the body, and what stands behind.
struct Proof<'a> {
    sent_at: Time,
    before: Vec<Vec<u8>>,
    behind: &'a [u8],
    signatures: Vec<Vec<u8>>,
}

fn seconds(text: &str) -> Option<Time> {
    text.parse::<i64>().ok()?.checked_mul(1_000_000).map(Time)
}

fn read_standard<'a>(call: &HookCall<'a>) -> Option<Proof<'a>> {
    let find = |name: &str| call.header(&format!("webhook-{name}")).or_else(|| call.header(&format!("svix-{name}")));
    let (id, sent) = (find("id")?, find("timestamp")?);
    let signatures = find("signature")?.split(' ').filter_map(|s| s.strip_prefix("v1,"));
    let signatures = signatures.filter_map(|s| STANDARD.decode(s).ok()).collect();
    Some(Proof { sent_at: seconds(sent)?, before: vec![format!("{id}.{sent}.").into_bytes()], behind: b"", signatures })
}

fn read_stripe<'a>(call: &HookCall<'a>) -> Option<Proof<'a>> {
    let header = call.header("stripe-signature")?;
    let pairs: Vec<(&str, &str)> = header.split(',').filter_map(|p| p.trim().split_once('=')).collect();
    let sent = pairs.iter().find(|(name, _)| *name == "t")?.1;
    let signatures = pairs.iter().filter(|(name, _)| *name == "v1").filter_map(|(_, hex)| read_hex(hex)).collect();
    Some(Proof { sent_at: seconds(sent)?, before: vec![format!("{sent}.").into_bytes()], behind: b"", signatures })
}

fn read_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}

fn read_zendesk<'a>(call: &HookCall<'a>) -> Option<Proof<'a>> {
    let sent = call.header("x-zendesk-webhook-signature-timestamp")?;
    let signature = STANDARD.decode(call.header("x-zendesk-webhook-signature")?).ok()?;
    let sent_at = kizashi_domain::intake::parse::read_time(sent, &Zone::UTC).ok()?;
    Some(Proof { sent_at, before: vec![sent.as_bytes().to_vec()], behind: b"", signatures: vec![signature] })
}

fn read_hubspot<'a>(call: &HookCall<'a>) -> Option<Proof<'a>> {
    let (index, sent) = call
        .headers
        .iter()
        .enumerate()
        .find(|(_, (n, _))| n == "x-hubspot-request-timestamp")
        .map(|(i, (_, v))| (i, v))?;
    let signature = STANDARD.decode(call.header("x-hubspot-signature-v3")?).ok()?;
    let sent_at = sent.parse::<i64>().ok()?.checked_mul(1_000).map(Time)?;
    let before = vec![b"POST".to_vec(), plain_address(call.address).into_bytes()];
    let behind = call.headers.get(index).map_or(b"".as_slice(), |(_, v)| v.as_bytes());
    Some(Proof { sent_at, before, behind, signatures: vec![signature] })
}

/// The address with those signs written plainly that HubSpot writes plainly before signing.
fn plain_address(address: &str) -> String {
    const PLAIN: [(&str, &str); 12] = [
        ("%3A", ":"),
        ("%2F", "/"),
        ("%3F", "?"),
        ("%40", "@"),
        ("%21", "!"),
        ("%24", "$"),
        ("%27", "'"),
        ("%28", "("),
        ("%29", ")"),
        ("%2A", "*"),
        ("%2C", ","),
        ("%3B", ";"),
    ];
    let mut out = address.to_owned();
    for (coded, plain) in PLAIN {
        out = out.replace(coded, plain).replace(&coded.to_lowercase(), plain);
    }
    out
}
