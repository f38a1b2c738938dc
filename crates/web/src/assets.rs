//! The front-end files of `assets/dist`, embedded in a release build and read from disk in a debug build.
//!
//! Their names carry a hash of their contents, so a browser may keep them for ever. Without a built `dist` the pages
//! still work; they only have no style.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/dist"]
struct Dist;

type Manifest = HashMap<String, String>;

static MANIFEST: LazyLock<Manifest> = LazyLock::new(read_manifest);

fn read_manifest() -> Manifest {
    Dist::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
}

/// While one works on the front end, a new build shows without a restart.
fn manifest() -> Cow<'static, Manifest> {
    if cfg!(debug_assertions) { Cow::Owned(read_manifest()) } else { Cow::Borrowed(&MANIFEST) }
}

/// The address of an asset by its logical name (`app.css`); `None` when the front end was not built.
pub fn address(name: &str) -> Option<String> {
    manifest().get(name).map(|file| format!("/assets/{file}"))
}

/// Whether `dist` was built; `doctor` and the start message say so.
pub fn are_built() -> bool {
    !manifest().is_empty()
}

/// `GET /assets/{file}`.
pub async fn send(Path(name): Path<String>, request: HeaderMap) -> Response {
    if !manifest().values().any(|file| *file == name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let tag = format!("\"{name}\"");
    let has = |header: header::HeaderName, word: &str| {
        request.get(header).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains(word))
    };
    let packed = has(header::ACCEPT_ENCODING, "gzip").then(|| Dist::get(&format!("{name}.gz"))).flatten();
    let is_packed = packed.is_some();
    let Some(file) = packed.or_else(|| Dist::get(&name)) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = if has(header::IF_NONE_MATCH, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.into_owned()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind_of(&name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_packed && response.status() == StatusCode::OK {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
