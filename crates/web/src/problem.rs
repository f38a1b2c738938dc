//! What can go wrong on the way to a page, and the page that says so.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use kizashi_app::{Error, Refused};
use kizashi_domain::time::{Day, Zone};
use maud::{Markup, html};

use crate::shell::{Ask, Page, Place, Shell};
use crate::words::Words;

/// A page that cannot be had now may be asked for again after so many seconds.
const RETRY_AFTER_S: u32 = 5;

/// Why there is no page, told apart by what the reader can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing here, or nothing that this reader may know of.
    #[error("not found")]
    NotFound,
    /// Not signed in.
    #[error("not signed in")]
    SignedOut,
    /// The request does not come from our own page, or its token is old.
    #[error("forbidden")]
    Forbidden,
    /// The role of the reader may not do this.
    #[error("not allowed")]
    NotAllowed,
    /// The input cannot be taken; the key says why, empty when nothing more is known.
    #[error("refused")]
    Refused(String),
    /// Too much at once, or no space left; try again after so many seconds.
    #[error("busy")]
    Busy(u32),
    /// Our fault. The cause was logged, never shown.
    #[error("failed")]
    Failed,
}

impl Problem {
    /// Logs the cause once and shows a page without it.
    pub fn failed(cause: &str) -> Self {
        tracing::error!(cause, "web: a page failed");
        Self::Failed
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignedOut => StatusCode::SEE_OTHER,
            Self::Forbidden | Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn key(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::SignedOut => "signed-out",
            Self::Forbidden => "forbidden",
            Self::NotAllowed => "not-allowed",
            Self::Refused(_) => "refused",
            Self::Busy(_) => "busy",
            Self::Failed => "failed",
        }
    }

    /// An answer without a page, when not even a nonce can be made.
    pub fn bare(&self) -> Response {
        self.status().into_response()
    }

    /// The problem of an answer: ours, or a bare status of the framework (an unknown path, a wrong method, a body too large).
    pub(crate) fn found_in(response: &mut Response) -> Option<Self> {
        if let Some(problem) = response.extensions_mut().remove::<Self>() {
            return Some(problem);
        }
        if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"))
        {
            return None;
        }
        match response.status() {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Some(Self::NotFound),
            StatusCode::BAD_REQUEST
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::PAYLOAD_TOO_LARGE => Some(Self::Refused(String::new())),
            StatusCode::FORBIDDEN => Some(Self::Forbidden),
            status if status.is_server_error() => Some(Self::Failed),
            _ => None,
        }
    }

    /// The page of this problem, keeping the status that was decided.
    pub(crate) fn draw(&self, ask: &Ask, was: Response) -> Response {
        if *self == Self::SignedOut {
            return to_sign_in(ask);
        }
        let status =
            if was.status().is_client_error() || was.status().is_server_error() { was.status() } else { self.status() };
        let shell = Shell::of_stranger(ask);
        if ask.is_fragment {
            return self.draw_notice(&shell, status);
        }
        let page = Page {
            title: shell.words.t(&format!("problem-{}-title", self.key())),
            place: Place::Elsewhere,
            body: self.body(&shell.words),
        };
        let mut response = (status, Html(shell.draw(&page).into_string())).into_response();
        if let Self::Busy(after_s) = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*after_s));
        }
        response
    }

    /// Inside a page the problem is a notice; what was being edited stays as it was.
    fn draw_notice(&self, shell: &Shell, status: StatusCode) -> Response {
        let w = &shell.words;
        let text = match self {
            Self::Refused(key) if !key.is_empty() => w.t(key),
            _ => w.t(&format!("problem-{}-text", self.key())),
        };
        let notice = html! { div.toast.bad role="alert" { (text) } };
        let headers = [("hx-retarget", "#toasts"), ("hx-reswap", "innerHTML"), ("hx-reselect", ".toast")];
        (status, headers, Html(notice.into_string())).into_response()
    }

    /// What happened, what was kept, what to do.
    pub fn body(&self, w: &Words) -> Markup {
        let key = self.key();
        html! {
            div.reading-page {
                p.code { (self.status().as_u16()) }
                h1 { (w.t(&format!("problem-{key}-title"))) }
                div.prose {
                    @if let Self::Refused(key) = self { @if !key.is_empty() { p { strong { (w.t(key)) } } } }
                    p { (w.t(&format!("problem-{key}-text"))) }
                }
                p.btns { a.btn href="/today" { (w.t("problem-home")) } }
            }
        }
    }
}

/// Signing in leads back to where one wanted to go; htmx has to leave its part of the page for that.
fn to_sign_in(ask: &Ask) -> Response {
    let address = format!("/sign-in?next={}", crate::address::encode(&ask.address));
    let mut response = if ask.is_fragment { StatusCode::OK } else { StatusCode::SEE_OTHER }.into_response();
    if let Ok(value) = HeaderValue::from_str(&address) {
        let name = if ask.is_fragment { header::HeaderName::from_static("hx-redirect") } else { header::LOCATION };
        response.headers_mut().insert(name, value);
    }
    response
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refused) => match refused {
                Refused::NotFound => Self::NotFound,
                Refused::SignIn => Self::SignedOut,
                Refused::NotAllowed => Self::NotAllowed,
                Refused::Field { reason, .. } => Self::Refused(format!("reason-{reason}")),
                Refused::Changed => Self::Refused("refused-changed".into()),
                Refused::Taken => Self::Refused("refused-taken".into()),
                Refused::NoWorkspace => Self::Refused("refused-no-workspace".into()),
                Refused::SecretKey(why) => Self::Refused(format!("refused-secret-key-{why}")),
                Refused::WrongPassword
                | Refused::TooManyAttempts { .. }
                | Refused::Settings(_)
                | Refused::UnknownKey => Self::Refused(String::new()),
            },
            Error::Again(why) => {
                tracing::warn!(why, "web: asked to wait");
                Self::Busy(RETRY_AFTER_S)
            }
            Error::Failed { what, detail } => {
                tracing::error!(what, detail, "web: a page failed");
                Self::Failed
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Shell {
    /// The shell of a page for nobody in particular.
    pub fn of_stranger(ask: &Ask) -> Self {
        Self {
            words: Words::plain(ask.lang),
            theme: ask.theme,
            nonce: ask.nonce.clone(),
            address: ask.address.clone(),
            is_fragment: ask.is_fragment,
            csrf: String::new(),
            who: None,
            workspace: String::new(),
            today: Day(0),
            zone: Zone::UTC,
            notice: None,
            unseen: 0,
        }
    }
}
