//! `POST /hooks/{id}`: a signed message. 200 says that everything it said is kept, or listed as refused.

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kizashi_app::hooks::{NotReceived, receive as take};
use kizashi_app::{Error, Refused};
use kizashi_domain::intake::{HookCall, Unproven};
use serde_json::json;

use crate::serve::Web;

/// How long a sender waits before it comes again.
const RETRY_AFTER_S: u32 = 30;
/// Headers that are looked at.
const HEADERS_MAX: usize = 100;

fn say(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response =
        (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
    }
    response
}

fn wrong(status: StatusCode, code: &str, message: &str) -> Response {
    say(status, &json!({ "code": code, "message": message }))
}

/// Where this server is found, as others write it.
pub(crate) fn origin_of(web: &Web, headers: &HeaderMap) -> String {
    if let Some(origin) = &web.options.public_origin {
        return origin.clone();
    }
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("localhost");
    format!("{}://{host}", if web.options.is_https { "https" } else { "http" })
}

/// `POST /hooks/{id}`.
pub(crate) async fn receive(
    State(web): State<Web>,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let not_found = || wrong(StatusCode::NOT_FOUND, "not_found", "there is no such hook");
    let Ok(id) = id.parse() else { return not_found() };
    let Some(_place) = crate::intake::find_place(&web).await else {
        return wrong(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many requests at once; try again");
    };
    let address = format!("{}{}", origin_of(&web, &headers), uri.path_and_query().map_or("/", |p| p.as_str()));
    let pairs: Vec<(String, String)> = headers
        .iter()
        .take(HEADERS_MAX)
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let call = HookCall { address: &address, headers: &pairs, body: &body };
    match take(&web.app, web.hooks.as_ref(), id, &call).await {
        Ok(s) => {
            say(StatusCode::OK, &json!({ "accepted": s.accepted, "duplicates": s.duplicates, "refused": s.refused }))
        }
        Err(NotReceived::Unproven(why)) => {
            let message = match why {
                Unproven::Missing => "the signature or its time is missing",
                Unproven::Stale => "signed too long ago; look at your clock",
                Unproven::Wrong => "the signature is wrong",
            };
            wrong(StatusCode::UNAUTHORIZED, "unproven", message)
        }
        Err(NotReceived::Error(Error::Refused(Refused::NotFound))) => not_found(),
        Err(NotReceived::Error(error)) => {
            tracing::error!(%error, "web: a hook failed");
            wrong(StatusCode::SERVICE_UNAVAILABLE, "try_again", "not kept; try again")
        }
    }
}

/// Headers of answers to programs, and an answer for what the framework refused.
pub(crate) async fn dress(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_ours =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|v| !v.as_bytes().starts_with(b"text/plain"));
    let mut response = match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE if !is_ours => {
            wrong(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large")
        }
        status if !is_ours && status.is_client_error() => wrong(status, "bad_request", "the request is not understood"),
        _ => response,
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    response
}
