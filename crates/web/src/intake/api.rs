//! The Segment-compatible intake. 200 says that everything accepted is on disk; anything else says what to do.

use std::io::Read as _;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kizashi_app::intake::NotAccepted;
use kizashi_app::{Error, Refused};
use kizashi_domain::limits::INTAKE_INFLATED_BYTES_MAX;

use super::Counters;
use crate::serve::Web;

/// The last parts of the addresses that Segment's clients call.
const KINDS: [&str; 8] = ["batch", "track", "identify", "group", "page", "screen", "alias", "import"];
/// How long a request waits for a place at most.
const WAIT_MS_MAX: u64 = 2_000;
/// Clients wait at least so long after an overload.
const RETRY_AFTER_S: u32 = 5;

/// An answer that clients understand: they read both keys.
fn say(status: StatusCode, code: &str, message: &str) -> Response {
    let body = serde_json::json!({ "code": code, "message": message }).to_string();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response();
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
    }
    response
}

/// `POST /v1/{kind}`.
pub(crate) async fn accept(
    State(web): State<Web>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    Counters::add(&web.counters.requests, 1);
    if !KINDS.contains(&kind.as_str()) {
        return say(StatusCode::NOT_FOUND, "not_found", "no such call");
    }
    // A bounded number of bodies is worked on at once; beyond it the client, which keeps its events, comes again.
    let Some(_place) = find_place(&web).await else {
        Counters::add(&web.counters.asked_to_wait, 1);
        return say(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many requests at once; try again");
    };
    let body = match inflate(&headers, body) {
        Ok(body) => body,
        Err(response) => return *response,
    };
    let Some(key) = find_key(&headers, &body) else {
        return say(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "give the write key as the user name of Basic authorization",
        );
    };
    let kind = if kind == "import" { "batch" } else { kind.as_str() };
    match kizashi_app::intake::accept(&web.app, web.connector.as_ref(), &key, kind, &body).await {
        Ok(accepted) => {
            Counters::add(&web.counters.events, accepted.events);
            Counters::add(&web.counters.records, accepted.records);
            Counters::add(&web.counters.refused, accepted.refused.len() as u64);
            // Clients drop a whole batch on 400: what was refused is counted on the data page instead.
            (StatusCode::OK, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], "{\"success\":true}")
                .into_response()
        }
        Err(NotAccepted::Body(refusal)) => say(StatusCode::BAD_REQUEST, "bad_request", &refusal.reason.to_string()),
        Err(NotAccepted::Error(error)) => decline(&web, &error),
    }
}

/// A place among the bodies that are worked on at once; a bounded number of others waits for one for a moment.
pub(crate) async fn find_place(web: &Web) -> Option<tokio::sync::SemaphorePermit<'_>> {
    if let Ok(place) = web.intake_places.try_acquire() {
        return Some(place);
    }
    let _waiting = web.intake_queue.try_acquire().ok()?;
    tokio::time::timeout(std::time::Duration::from_millis(WAIT_MS_MAX), web.intake_places.acquire()).await.ok()?.ok()
}

fn decline(web: &Web, error: &Error) -> Response {
    match error {
        Error::Refused(Refused::UnknownKey | Refused::NoWorkspace) => {
            Counters::add(&web.counters.unknown_keys, 1);
            say(StatusCode::UNAUTHORIZED, "unauthorized", "unknown write key")
        }
        Error::Refused(refused) => say(StatusCode::BAD_REQUEST, "bad_request", &refused.to_string()),
        Error::Again(why) => {
            Counters::add(&web.counters.asked_to_wait, 1);
            say(StatusCode::SERVICE_UNAVAILABLE, "try_again", why)
        }
        Error::Failed { what, detail } => {
            Counters::add(&web.counters.failures, 1);
            tracing::error!(what, detail, "web: intake failed");
            // Nothing was promised, so the client keeps its events and sends them again.
            say(StatusCode::SERVICE_UNAVAILABLE, "try_again", "not kept; try again")
        }
    }
}

/// The body as it was before gzip, never more than the limit.
fn inflate(headers: &HeaderMap, body: Bytes) -> Result<Bytes, Box<Response>> {
    let coding = headers.get(header::CONTENT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("identity");
    match coding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => {
            let limit = INTAKE_INFLATED_BYTES_MAX as u64;
            let mut out = Vec::new();
            let read = flate2::read::MultiGzDecoder::new(body.as_ref()).take(limit + 1).read_to_end(&mut out);
            match read {
                Ok(n) if n as u64 > limit => {
                    Err(Box::new(say(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large")))
                }
                Ok(_) => Ok(Bytes::from(out)),
                Err(_) => Err(Box::new(say(StatusCode::BAD_REQUEST, "bad_request", "the body is not gzip"))),
            }
        }
        _ => Err(Box::new(say(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported", "only gzip is understood"))),
    }
}

/// The write key: user name of Basic authorization (the colon may be missing), else `writeKey` of the body.
fn find_key(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Basic ").or_else(|| v.strip_prefix("basic ")))
        .and_then(|v| STANDARD.decode(v.trim()).ok())
        .and_then(|v| String::from_utf8(v).ok())
        .map(|v| v.split(':').next().unwrap_or_default().to_owned());
    basic.filter(|key| !key.is_empty()).or_else(|| {
        #[derive(serde::Deserialize)]
        struct Keyed {
            #[serde(rename = "writeKey")]
            write_key: String,
        }
        serde_json::from_slice::<Keyed>(body).ok().map(|k| k.write_key).filter(|k| !k.is_empty())
    })
}

/// Around intake: errors of the framework become JSON too, and nothing is cached or guessed.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_json =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"application/json"));
    let mut response = match response.status() {
        _ if is_json => response,
        StatusCode::PAYLOAD_TOO_LARGE => say(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large"),
        StatusCode::METHOD_NOT_ALLOWED => say(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "use POST"),
        status if status.is_client_error() => say(status, "bad_request", "the request is not understood"),
        _ => response,
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
