//! Requests about access.

use axum::Form;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, response::AppendHeaders};
use kizashi_app::access::{SESSION_S_MAX, close_session, open_session, set_language};
use kizashi_app::{Error, Refused};
use serde::Deserialize;

use crate::address::own;
use crate::parts::form::Wrong;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Ask, Posted, Shell, Theme, cookie};
use crate::words::parse_lang;

/// Preferences are kept for a year.
const PREFERENCE_S: i64 = 365 * 24 * 3_600;

fn session_cookie(web: &Web) -> &'static str {
    // The prefix makes browsers insist on https and on this very host; they refuse it on plain http.
    if web.options.is_https { "__Host-kizashi_session" } else { "kizashi_session" }
}

fn set_cookie(web: &Web, name: &str, value: &str, age_s: i64, is_hidden: bool) -> Option<HeaderValue> {
    let secure = if web.options.is_https { "; Secure" } else { "" };
    let hidden = if is_hidden { "; HttpOnly" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={age_s}; SameSite=Lax{hidden}{secure}")).ok()
}

/// The gate before every signed-in route: looks the session up and hands the viewer on.
pub(crate) async fn admit(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let token = cookie(request.headers(), session_cookie(&web)).map(str::to_owned);
    let viewer = match token {
        Some(token) => open_session(&web.app, &token).await,
        None => Ok(None),
    };
    match viewer {
        Ok(Some(viewer)) => {
            request.extensions_mut().insert(viewer);
            next.run(request).await
        }
        Ok(None) => Problem::SignedOut.into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

#[derive(Deserialize)]
pub(crate) struct Next_ {
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`.
pub(crate) async fn open_sign_in(Extension(ask): Extension<Ask>, Query(query): Query<Next_>) -> Response {
    let shell = Shell::of_stranger(&ask);
    shell.page(&super::pages::sign_in(&shell, "", own(&query.next).unwrap_or("/today"), &[], None))
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`.
pub(crate) async fn sign_in(
    State(web): State<Web>,
    Extension(ask): Extension<Ask>,
    Form(sent): Form<Credentials>,
) -> Result<Response, Problem> {
    let next = own(&sent.next).unwrap_or("/today");
    match kizashi_app::access::sign_in(&web.app, &sent.email, &sent.password).await {
        Ok(signed) => {
            let cookie =
                set_cookie(&web, session_cookie(&web), &signed.token, SESSION_S_MAX, true).ok_or(Problem::Failed)?;
            Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Redirect::to(next)).into_response())
        }
        Err(Error::Refused(refused)) => {
            let shell = Shell::of_stranger(&ask);
            let (status, text) = match refused {
                Refused::WrongPassword => (StatusCode::UNPROCESSABLE_ENTITY, shell.words.t("refused-wrong-password")),
                Refused::TooManyAttempts { wait_s } => (
                    StatusCode::TOO_MANY_REQUESTS,
                    shell.words.with("refused-too-many-attempts", &[("n", wait_s.into())]),
                ),
                other => return Err(Problem::from(Error::Refused(other))),
            };
            let wrong = [Wrong { field: "password", text }];
            let page = super::pages::sign_in(&shell, &sent.email, next, &wrong, None);
            Ok((status, shell.page(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-out`.
pub(crate) async fn sign_out(State(web): State<Web>, headers: HeaderMap, _posted: Posted) -> Result<Response, Problem> {
    if let Some(token) = cookie(&headers, session_cookie(&web)) {
        close_session(&web.app, token).await?;
    }
    let gone = set_cookie(&web, session_cookie(&web), "", 0, true).ok_or(Problem::Failed)?;
    let clear = HeaderValue::from_static("\"cache\", \"storage\"");
    let headers = [(header::SET_COOKIE, gone), (header::HeaderName::from_static("clear-site-data"), clear)];
    Ok((AppendHeaders(headers), Redirect::to("/sign-in")).into_response())
}

/// `POST /preferences`: language and theme of the reader.
pub(crate) async fn keep_preferences(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let mut response = Redirect::to(posted.back("/today")).into_response();
    let mut keep = |name: &str, value: &str| {
        if let Some(cookie) = set_cookie(&web, name, value, PREFERENCE_S, true) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    };
    if let Some(theme) = posted.find("theme") {
        keep("kizashi_theme", Theme::parse(theme).tag());
    }
    if let Some(lang) = posted.find("language").and_then(parse_lang) {
        keep("kizashi_language", crate::words::tag(lang));
        set_language(&web.app, &posted.visit.viewer, lang).await?;
    }
    Ok(response)
}
