//! What a request asks for, read once from its headers.

use axum::extract::Request;
use axum::http::{HeaderMap, header};

use super::Theme;
use crate::address::own;
use crate::words::{Lang, parse_lang, wanted_lang};

/// The wishes of a request that do not depend on who asks.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Nonce of this answer.
    pub nonce: String,
    /// Path and query.
    pub address: String,
    /// Language, by cookie, then by header.
    pub lang: Lang,
    /// Language chosen in this browser.
    pub chosen_lang: Option<Lang>,
    /// Theme.
    pub theme: Theme,
    /// htmx asks for a part of a page.
    pub is_fragment: bool,
}

impl Ask {
    /// Reads a request.
    pub fn of(request: &Request, nonce: String) -> Self {
        let headers = request.headers();
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
        let is_fragment = text("hx-request") == Some("true")
            && text("hx-history-restore-request") != Some("true")
            && text("hx-boosted") != Some("true");
        // A part of a page belongs to the page that is open, so that its forms lead back there.
        let open = text("hx-current-url").filter(|_| is_fragment).and_then(path_of).and_then(own);
        let address = open.unwrap_or_else(|| request.uri().path_and_query().map_or("/", |p| p.as_str())).to_owned();
        let chosen_lang = cookie(headers, "kizashi_language").and_then(parse_lang);
        Self {
            nonce,
            address,
            lang: chosen_lang.or_else(|| text("accept-language").and_then(wanted_lang)).unwrap_or_default(),
            theme: cookie(headers, "kizashi_theme").map(Theme::parse).unwrap_or_default(),
            is_fragment,
            chosen_lang,
        }
    }
}

/// Path and query of an absolute address.
fn path_of(address: &str) -> Option<&str> {
    let rest = address.split_once("://")?.1;
    rest.find('/').and_then(|at| rest.get(at..))
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
