//! What a request asks for, read once from its headers.

use axum::extract::Request;
use axum::http::{HeaderMap, header};

use super::Theme;
use crate::words::Locale;

/// The wishes of a request that do not depend on who asks.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Nonce of this answer.
    pub nonce: String,
    /// Path and query.
    pub address: String,
    /// Language, by cookie, then by header.
    pub locale: Locale,
    /// Theme.
    pub theme: Theme,
    /// htmx asks for a part of a page.
    pub is_fragment: bool,
    /// The browser speaks https to us or to a proxy before us.
    pub is_https: bool,
}

impl Ask {
    /// Reads a request.
    pub fn of(request: &Request, nonce: String) -> Self {
        let headers = request.headers();
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
        let address = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Self {
            nonce,
            address,
            locale: cookie(headers, "kizashi_language")
                .and_then(Locale::parse)
                .or_else(|| text("accept-language").and_then(Locale::wanted))
                .unwrap_or_default(),
            theme: cookie(headers, "kizashi_theme").map(Theme::parse).unwrap_or_default(),
            is_fragment: text("hx-request") == Some("true")
                && text("hx-history-restore-request") != Some("true")
                && text("hx-boosted") != Some("true"),
            is_https: request.extensions().get::<crate::Https>().is_some(),
        }
    }
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
