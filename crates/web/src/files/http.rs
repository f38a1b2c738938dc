//! Requests about files.

use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, Grant};
use kizashi_app::files as use_case;
use kizashi_domain::id::{Customer, Deal, Id};
use tokio::io::AsyncReadExt as _;

use crate::address::{encode, own};
use crate::cards::id;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit, is_csrf_token};

/// Bytes sent at once.
const PIECE_BYTES: usize = 64 * 1024;

/// What a form says before its files.
#[derive(Default)]
struct Form {
    grant: Option<Grant>,
    deal: Option<Id<Deal>>,
    back: String,
    kept: usize,
}

/// `POST /customers/{id}/files`: a form with the token first, then one file or several.
pub(crate) async fn take_file(
    State(web): State<Web>,
    Path(customer): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let customer: Id<Customer> = id(&customer)?;
    let (mut parts, body) = request.into_parts();
    let visit = Visit::from_request_parts(&mut parts, &web).await?;
    let mut multipart =
        Multipart::from_request(Request::from_parts(parts, body), &web).await.map_err(|_| Problem::Forbidden)?;
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(|_| broken_off())? {
        match (field.name(), &form.grant) {
            (Some("csrf"), None) => {
                let token = field.text().await.map_err(|_| broken_off())?;
                if !is_csrf_token(&visit.viewer.csrf, &token) {
                    return Err(Problem::Forbidden);
                }
                form.grant = Some(visit.permit(Action::Work)?);
            }
            (_, None) => return Err(Problem::Forbidden),
            (Some("deal"), _) => form.deal = Some(id(&field.text().await.map_err(|_| broken_off())?)?),
            (Some("back"), _) => form.back = field.text().await.map_err(|_| broken_off())?,
            (Some("file"), Some(grant)) => {
                keep(&web, grant, (customer, form.deal), field).await?;
                form.kept += 1;
            }
            _ => {}
        }
    }
    if form.kept == 0 {
        return Err(Problem::Refused("reason-file-none".into()));
    }
    let back = own(&form.back).map_or_else(|| format!("/customers/{customer}"), str::to_owned);
    let path = back.split('?').next().unwrap_or_default();
    Ok(Redirect::to(&format!("{path}?said={}#files", Said::File.word())).into_response())
}

fn broken_off() -> Problem {
    Problem::Refused("reason-file-broken-off".into())
}

async fn keep(
    web: &Web,
    grant: &Grant,
    (customer, deal): (Id<Customer>, Option<Id<Deal>>),
    mut field: Field<'_>,
) -> Result<(), Problem> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let mut arriving = use_case::begin_file(&web.app).await?;
    while let Some(piece) = field.chunk().await.map_err(|_| broken_off())? {
        arriving.write(&piece).await?;
    }
    use_case::keep_file(&web.app, grant, customer, deal, (&name, arriving)).await?;
    Ok(())
}

/// `GET /files/{id}`: always as a file to keep, never as a page, whatever it holds.
pub(crate) async fn download_file(
    State(web): State<Web>,
    visit: Visit,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let (file, mut content) = use_case::open_file(&web.app, visit.viewer.workspace, id(&file)?).await?;
    let (send, receive) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(2);
    tokio::spawn(async move {
        loop {
            let mut piece = vec![0_u8; PIECE_BYTES];
            let sent = match content.read(&mut piece).await {
                Ok(0) => return,
                Ok(n) => {
                    piece.truncate(n);
                    send.send(Ok(Bytes::from(piece))).await
                }
                Err(e) => send.send(Err(e)).await,
            };
            if sent.is_err() {
                return;
            }
        }
    });
    let mut response = Body::from_stream(crate::stream::Received(receive)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    let policy = HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CONTENT_DISPOSITION, disposition(&file.name));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes));
    Ok(response)
}

/// The name for old programs in plain letters, and whole for the others.
fn disposition(name: &str) -> HeaderValue {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ()".contains(c) { c } else { '_' }).collect();
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encode(name));
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// `POST /files/{id}/removal`.
pub(crate) async fn remove_file(
    State(web): State<Web>,
    Path(file): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let customer = use_case::remove_file(&web.app, &grant, id(&file)?).await?;
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::FileRemoved, &file)).into_response())
}

/// `POST /files/{id}/restoration`.
pub(crate) async fn restore_file(
    State(web): State<Web>,
    Path(file): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let customer = use_case::restore_file(&web.app, &grant, id(&file)?).await?;
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::FileRestored, "")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_header() {
        let text = disposition("見積\"; x=\"1.pdf");
        assert_eq!(
            text.to_str().unwrap(),
            "attachment; filename=\"____ x__1.pdf\"; filename*=UTF-8''%E8%A6%8B%E7%A9%8D%22%3B%20x%3D%221.pdf"
        );
    }
}
