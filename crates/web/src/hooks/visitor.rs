//! The contact form as visitors of somebody's site meet it. Nothing in an answer tells who is known here.

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use kizashi_app::hooks::{FORM_TEXT_CHARS_MAX, Hook, Submission, find_form, submit};
use kizashi_app::{Error, Refused};
use maud::{Markup, html};
use serde_json::json;

use super::receive::origin_of;
use crate::parts::form::{Wrong, field};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Ask, Page, Place, Shell, new_nonce, seal};

/// The largest message of a visitor: its longest text in Japanese, every sign as nine.
const BODY_BYTES_MAX: usize = 9 * 4 * FORM_TEXT_CHARS_MAX;
/// A field that people do not see. Whoever fills it in is a program; it is told that all is well.
pub(super) const TRAP: &str = "website";

/// `GET /forms/{id}`: the form as a page, for whoever has no site to put it into.
pub(crate) async fn open_form(
    State(web): State<Web>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let hook = find(&web, &id).await?;
    let nonce = request.extensions().get::<Ask>().map(|a| a.nonce.clone()).unwrap_or_default();
    let shell = shell_of(&hook, Ask::of(&request, nonce));
    Ok(shell.page(&page(&shell, &hook, &Submission::default(), &[])))
}

async fn find(web: &Web, id: &str) -> Result<Hook, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    Ok(find_form(&web.app, id).await?)
}

fn shell_of(hook: &Hook, ask: Ask) -> Shell {
    Shell::of_stranger(&Ask { lang: hook.language, is_fragment: false, ..ask })
}

/// Whether pages of an origin may send: our own, and those that the form names.
fn is_welcome(web: &Web, headers: &HeaderMap, hook: &Hook) -> (bool, Option<String>) {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|v| v.to_str().ok()).map(str::to_lowercase) else {
        // No browser says this; a program could say anything.
        return (true, None);
    };
    let is_named = hook.origins.contains(&origin);
    let is_ours = origin == origin_of(web, headers).to_lowercase();
    (is_named || is_ours, is_named.then_some(origin))
}

fn with_origin(mut response: Response, origin: Option<&str>) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    if let Some(value) = origin.and_then(|o| HeaderValue::from_str(o).ok()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
    }
    response
}

/// `OPTIONS /forms/{id}`: what a browser asks before a script of another site may send.
pub(crate) async fn allow_visitor(State(web): State<Web>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Ok(hook) = find(&web, &id).await else { return StatusCode::NOT_FOUND.into_response() };
    let (_, origin) = is_welcome(&web, &headers, &hook);
    let Some(origin) = origin else { return with_origin(StatusCode::FORBIDDEN.into_response(), None) };
    let mut response = with_origin(StatusCode::NO_CONTENT.into_response(), Some(&origin));
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type, accept"));
    response
}

/// `POST /forms/{id}`.
pub(crate) async fn take_form(State(web): State<Web>, Path(id): Path<String>, request: Request) -> Response {
    let Ok(nonce) = new_nonce() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let ask = Ask::of(&request, nonce.clone());
    let wants_json = ["accept", "content-type"].iter().any(|name| {
        request.headers().get(*name).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("application/json"))
    });
    let hook = match find(&web, &id).await {
        Ok(hook) => hook,
        Err(problem) => return finish(problem.draw(&ask, problem.bare()), &nonce, &web, None),
    };
    let shell = shell_of(&hook, ask);
    let (is_welcome, origin) = is_welcome(&web, request.headers(), &hook);
    if !is_welcome {
        let answer = tell(&shell, wants_json, StatusCode::FORBIDDEN, "hook-form-origin");
        return finish(answer, &nonce, &web, None);
    }
    let answer = match read(request).await {
        Some((submission, false)) => keep(&web, &shell, &hook, submission, wants_json).await,
        // A program filled in what nobody sees.
        Some((_, true)) => tell(&shell, wants_json, StatusCode::OK, "hook-form-thanks"),
        None => tell(&shell, wants_json, StatusCode::UNPROCESSABLE_ENTITY, "hook-form-odd"),
    };
    finish(answer, &nonce, &web, origin.as_deref())
}

fn finish(mut response: Response, nonce: &str, web: &Web, origin: Option<&str>) -> Response {
    seal(&mut response, nonce, web.options.is_https);
    with_origin(response, origin)
}

/// What the visitor wrote, and whether the trap was filled in.
async fn read(request: Request) -> Option<(Submission, bool)> {
    let is_json =
        request.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"application/json"));
    let bytes: Bytes = axum::body::to_bytes(request.into_body(), BODY_BYTES_MAX).await.ok()?;
    let pairs: Vec<(String, String)> = if is_json {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&bytes).ok()?;
        object.into_iter().filter_map(|(k, v)| Some((k, v.as_str()?.to_owned()))).collect()
    } else {
        serde_urlencoded::from_bytes(&bytes).ok()?
    };
    let text = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let submission = Submission {
        company: text("company"),
        name: text("name"),
        email: text("email"),
        phone: text("phone"),
        subject: text("subject"),
        message: text("message"),
    };
    Some((submission, !text(TRAP).is_empty()))
}

async fn keep(web: &Web, shell: &Shell, hook: &Hook, given: Submission, wants_json: bool) -> Response {
    match submit(&web.app, web.hooks.as_ref(), hook.id, given.clone()).await {
        Ok(()) => tell(shell, wants_json, StatusCode::OK, "hook-form-thanks"),
        Err(Error::Refused(Refused::Field { field, reason })) => {
            let text = shell.words.t(&format!("hook-form-wrong-{reason}"));
            if wants_json {
                let body = json!({ "ok": false, "field": field, "message": text });
                return (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(body)).into_response();
            }
            let page = page(shell, hook, &given, &[Wrong { field, text }]);
            (StatusCode::UNPROCESSABLE_ENTITY, shell.page(&page)).into_response()
        }
        Err(Error::Refused(Refused::TooManyAttempts { wait_s })) => {
            let mut answer = tell(shell, wants_json, StatusCode::TOO_MANY_REQUESTS, "hook-form-often");
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
            answer
        }
        Err(error) => {
            tracing::error!(%error, "web: a form was not kept");
            tell(shell, wants_json, StatusCode::SERVICE_UNAVAILABLE, "hook-form-failed")
        }
    }
}

/// One sentence, as a page or for a script.
fn tell(shell: &Shell, wants_json: bool, status: StatusCode, key: &str) -> Response {
    let text = shell.words.t(key);
    if wants_json {
        return (status, axum::Json(json!({ "ok": status == StatusCode::OK, "message": text }))).into_response();
    }
    let body = html! { div.reading-page { h1 { (shell.words.t("hook-form-title")) } p.note role="status" { (text) } } };
    let page = Page { title: shell.words.t("hook-form-title"), place: Place::Elsewhere, body };
    (status, Html(shell.draw(&page).into_string())).into_response()
}

fn page(s: &Shell, hook: &Hook, given: &Submission, wrongs: &[Wrong]) -> Page {
    let w = &s.words;
    let line = |name: &str, kind: &str, value: &str, required: bool, fill: &str| -> Markup {
        let mark = if required { w.t("hook-form-required") } else { String::new() };
        let label = format!("{}{mark}", w.t(&format!("hook-form-{name}")));
        field(
            name,
            &label,
            None,
            wrongs,
            html! {
                input id=(name) name=(name) type=(kind) value=(value) required[required] maxlength="256" autocomplete=(fill)
                    aria-invalid=[wrongs.iter().any(|x| x.field == name).then_some("true")];
            },
        )
    };
    let body = html! {
        div.reading-page {
            h1 { (w.t("hook-form-title")) }
            form.contact method="post" action={ "/forms/" (hook.id) } {
                (line("company", "text", &given.company, false, "organization"))
                (line("name", "text", &given.name, true, "name"))
                (line("email", "email", &given.email, true, "email"))
                (line("phone", "tel", &given.phone, false, "tel"))
                (line("subject", "text", &given.subject, false, "off"))
                (field("message", &format!("{}{}", w.t("hook-form-message"), w.t("hook-form-required")), None, wrongs, html! {
                    textarea #message name="message" rows="8" required maxlength=(FORM_TEXT_CHARS_MAX) { (given.message) }
                }))
                div.trap aria-hidden="true" { label for=(TRAP) { (w.t("hook-form-trap")) } input id=(TRAP) name=(TRAP) tabindex="-1" autocomplete="off"; }
                div.btns { button.btn.main { (w.t("hook-form-send")) } }
            }
        }
    };
    Page { title: w.t("hook-form-title"), place: Place::Elsewhere, body }
}
