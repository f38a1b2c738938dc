//! Headers of every answer, and the two checks against forged requests.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::extract::Ask;
use crate::problem::Problem;
use crate::serve::Web;

const TOKEN_BYTES: usize = 16;

/// Sixteen random bytes as text. Without randomness there is no safe answer, so the caller fails.
pub fn new_nonce() -> Result<String, Problem> {
    let mut bytes = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| Problem::failed("no randomness"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn secret_of(session: &str) -> [u8; TOKEN_BYTES] {
    let digest = Sha256::new().chain_update(b"kizashi form token\0").chain_update(session.as_bytes()).finalize();
    let mut secret = [0_u8; TOKEN_BYTES];
    for (to, from) in secret.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    secret
}

/// A form token of this session, masked anew for each page so that compressed pages give nothing away.
pub fn csrf_token(session: &str, nonce: &str) -> String {
    let mask = secret_of(nonce);
    let masked: Vec<u8> = secret_of(session).iter().zip(mask).map(|(a, b)| a ^ b).collect();
    URL_SAFE_NO_PAD.encode([mask.as_slice(), masked.as_slice()].concat())
}

/// Whether a form's token belongs to this session. Takes the same time whatever differs.
pub fn is_csrf_token(session: &str, token: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
    if bytes.len() != 2 * TOKEN_BYTES {
        return false;
    }
    let (mask, masked) = bytes.split_at(TOKEN_BYTES);
    let difference = mask.iter().zip(masked).zip(secret_of(session)).fold(0_u8, |all, ((a, b), c)| all | (a ^ b ^ c));
    difference == 0
}

/// A page of another site may not send us anything: browsers say where a request comes from. A proxy may have changed the
/// host, so pages of the public address are ours too.
fn is_from_here(method: &Method, headers: &HeaderMap, public_origin: Option<&str>) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    if let (Some(origin), Some(ours)) = (text("origin"), public_origin)
        && origin.eq_ignore_ascii_case(ours)
    {
        return true;
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host)),
        // Neither header: not a browser, so there is no cookie to misuse; the form token still has to be right.
        (None, _) => true,
        (Some(_), None) => false,
    }
}

/// Around every page: the origin check before, the headers and error pages after.
pub(crate) async fn guard(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let nonce = match new_nonce() {
        Ok(nonce) => nonce,
        Err(problem) => return problem.bare(),
    };
    let ask = Ask::of(&request, nonce.clone());
    request.extensions_mut().insert(ask.clone());
    let mut response = if is_from_here(request.method(), request.headers(), web.options.public_origin.as_deref()) {
        next.run(request).await
    } else {
        Problem::Forbidden.into_response()
    };
    if let Some(problem) = Problem::found_in(&mut response) {
        response = problem.draw(&ask, response);
    }
    seal(&mut response, &nonce, web.options.is_https);
    response
}

/// Any address that is none of ours.
pub(crate) async fn not_found() -> Problem {
    Problem::NotFound
}

/// Headers of every page.
pub(crate) fn seal(response: &mut Response, nonce: &str, is_https: bool) {
    let headers = response.headers_mut();
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        // What is sent as somebody's file has a stricter one already.
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "same-origin");
    set("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    if is_https {
        set("strict-transport-security", "max-age=31536000");
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_session_and_for_no_other() {
        let (one, two) = (csrf_token("session a", "n1"), csrf_token("session a", "n2"));
        assert_ne!(one, two, "masked anew for each page");
        assert!(is_csrf_token("session a", &one) && is_csrf_token("session a", &two));
        assert!(!is_csrf_token("session b", &one));
        for bad in ["", "AAAA", &one[1..], &format!("{one}A"), "日本語"] {
            assert!(!is_csrf_token("session a", bad), "{bad:?}");
        }
    }

    #[test]
    fn only_our_own_pages_may_send() {
        let ask_at = |public: Option<&str>, method: Method, pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(k, v)| ((*k).parse().unwrap(), HeaderValue::from_static(v))).collect();
            is_from_here(&method, &headers, public)
        };
        let ask = |method: Method, pairs: &[(&'static str, &'static str)]| ask_at(None, method, pairs);
        // Behind a proxy that changes the host.
        let public = Some("https://a.example");
        assert!(!ask(Method::POST, &[("origin", "https://a.example"), ("host", "127.0.0.1:8080")]));
        assert!(ask_at(public, Method::POST, &[("origin", "https://a.example"), ("host", "127.0.0.1:8080")]));
        assert!(ask_at(public, Method::POST, &[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!ask_at(public, Method::POST, &[("origin", "https://b.example"), ("host", "127.0.0.1:8080")]));
        assert!(!ask_at(public, Method::POST, &[("origin", "http://a.example"), ("host", "127.0.0.1:8080")]));
        assert!(!ask_at(
            public,
            Method::POST,
            &[("origin", "https://a.example"), ("host", "127.0.0.1"), ("sec-fetch-site", "cross-site")]
        ));
        assert!(ask(Method::GET, &[("origin", "https://evil.example"), ("host", "a")]));
        assert!(ask(
            Method::POST,
            &[("origin", "https://a.example"), ("host", "a.example"), ("sec-fetch-site", "same-origin")]
        ));
        assert!(!ask(Method::POST, &[("origin", "https://evil.example"), ("host", "a.example")]));
        assert!(!ask(Method::POST, &[("origin", "null"), ("host", "a.example")]));
        assert!(!ask(Method::POST, &[("host", "a.example"), ("sec-fetch-site", "cross-site")]));
        assert!(!ask(Method::POST, &[("host", "a.example"), ("sec-fetch-site", "same-site")]));
        assert!(!ask(Method::POST, &[("origin", "https://a.example.evil.example"), ("host", "a.example")]));
    }
}
