//! Answers to programs: objects with their version, and problems as RFC 9457 has them.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kizashi_app::records::{IGNORED, is_changeable};
use kizashi_app::{Error, Refused};
use kizashi_domain::intake::RecordKind;
use kizashi_domain::intake::shape::FieldFault;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Clients wait at least so long after an overload.
const RETRY_AFTER_S: u32 = 5;
/// Hexadecimal digits of a version.
const VERSION_CHARS: usize = 32;

/// What went wrong, as a program can tell it apart.
#[derive(Debug)]
pub(crate) struct Fault {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fields: Vec<FieldFault>,
}

impl Fault {
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), fields: Vec::new() }
    }

    pub fn of_fields(fields: Vec<FieldFault>) -> Self {
        let detail = "one or more fields cannot be taken; nothing was changed";
        Self { fields, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-fields", detail) }
    }

    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The body.
    pub fn body(&self) -> String {
        let mut body = json!({
            "type": format!("urn:kizashi:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Problem"),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let (false, Some(body)) = (self.fields.is_empty(), body.as_object_mut()) {
            let pointer = |f: &FieldFault| format!("/{}", f.field.replace('~', "~0").replace('/', "~1"));
            let errors = self.fields.iter().map(|f| json!({ "pointer": pointer(f), "detail": f.reason }));
            body.insert("errors".to_owned(), errors.collect::<Vec<_>>().into());
        }
        body.to_string()
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(Refused::NotFound) => {
                Self::new(StatusCode::NOT_FOUND, "not-found", "there is no such record")
            }
            Error::Refused(Refused::NotAllowed) => {
                Self::new(StatusCode::FORBIDDEN, "missing-scope", "the token lacks the scope for this")
            }
            Error::Refused(refused) => Self::new(StatusCode::CONFLICT, "refused", refused.to_string()),
            Error::Again(why) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", why),
            Error::Failed { what, detail } => {
                tracing::error!(what, detail, "web: an API request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "this is our fault; nothing was changed")
            }
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = as_problem(self.status, self.body());
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"kizashi\""));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
            }
            _ => {}
        }
        response
    }
}

/// An answer with a problem for its body.
pub(crate) fn as_problem(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
}

/// An answer with JSON for its body.
pub(crate) fn as_json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn hex(bytes: &[u8], chars: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in bytes.iter().take(chars / 2) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The SHA-256 of some parts, each with its length.
pub(crate) fn digest(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part);
    }
    hex(&sha.finalize(), 64)
}

/// The version of an object, as `ETag` tells it: what a write did not take is no part of the record.
pub(crate) fn version_of(object: &serde_json::Map<String, Value>) -> String {
    let fields: Vec<(&String, &Value)> = object.iter().filter(|(name, _)| *name != IGNORED).collect();
    let text = serde_json::to_string(&fields).unwrap_or_default();
    format!("\"{}\"", digest(&[text.as_bytes()]).chars().take(VERSION_CHARS).collect::<String>())
}

/// Whether a header such as `If-Match` names this version. `None` when it is not there.
pub(crate) fn names_version(headers: &HeaderMap, name: header::HeaderName, version: &str) -> Option<bool> {
    let given = headers.get(name)?.to_str().unwrap_or_default();
    Some(given.split(',').map(|v| v.trim().trim_start_matches("W/")).any(|v| v == "*" || v == version))
}

/// Around the API: what the framework says becomes a problem too, and nothing is cached or guessed.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let mut parts = request.uri().path().split('/').skip(3);
    let kind = parts.next().and_then(RecordKind::parse);
    let is_fixed = parts.next().is_some() && kind.is_some_and(|k| !is_changeable(k));
    let mut response = next.run(request).await;
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| {
        v.as_bytes().starts_with(b"application/json") || v.as_bytes().starts_with(b"application/problem+json")
    });
    let status = response.status();
    if !is_json && (status.is_client_error() || status.is_server_error()) {
        let fault = match status {
            StatusCode::METHOD_NOT_ALLOWED => {
                Fault::new(status, "method-not-allowed", "this address knows other methods")
            }
            StatusCode::PAYLOAD_TOO_LARGE => Fault::new(status, "too-large", "the body is too large"),
            StatusCode::NOT_FOUND => Fault::new(status, "not-found", "there is no such address"),
            _ => Fault::new(status, "bad-request", "the request is not understood"),
        };
        response = fault.into_response();
        // One address serves every kind, and the framework would name its methods: what happened at an instant cannot be changed.
        if status == StatusCode::METHOD_NOT_ALLOWED && is_fixed {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        }
    }
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
