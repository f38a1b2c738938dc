//! How a file is read, taken along as a map file, and brought back from one.

use axum::extract::{FromRequest, FromRequestParts, Multipart, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::{Error, Refused, imports};
use maud::{Markup, html};

use crate::parts::form::token;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Shell, Visit, is_csrf_token};

/// The largest map file.
const MAP_BYTES_MAX: usize = 64 * 1024;

/// `GET /data/imports/{id}/map.toml`: what `kizashi import --map` reads too.
pub(crate) async fn download_map(
    State(web): State<Web>,
    visit: Visit,
    Path(import): Path<String>,
) -> Result<Response, Problem> {
    let import = import.parse().map_err(|_| Problem::NotFound)?;
    imports::open_import(&web.app, visit.viewer.workspace, import).await?;
    let grant = visit.permit(Action::Configure)?;
    let text = imports::show_map(&web.app, grant.workspace(), web.files.as_ref(), import).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/toml; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"map.toml\""),
    ];
    Ok((headers, text).into_response())
}

/// `POST /data/imports/{id}/map`: a form with the token first and then the file.
pub(crate) async fn take_map(
    State(web): State<Web>,
    Path(import): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::from_request_parts(&mut parts, &web).await?;
    let request = Request::from_parts(parts, body);
    let mut form = Multipart::from_request(request, &web).await.map_err(|_| Problem::Forbidden)?;
    let broken_off = |_| Problem::Refused("imports-broken-off".into());
    let mut may = None;
    while let Some(field) = form.next_field().await.map_err(broken_off)? {
        match (field.name(), &may) {
            (Some("csrf"), None) => {
                if !is_csrf_token(&visit.viewer.csrf, &field.text().await.map_err(broken_off)?) {
                    return Err(Problem::Forbidden);
                }
                may = Some(visit.permit(Action::Configure)?);
            }
            (Some("map"), Some(grant)) => {
                let bytes = field.bytes().await.map_err(broken_off)?;
                let import = import.parse().map_err(|_| Problem::NotFound)?;
                let text =
                    String::from_utf8(bytes.to_vec()).ok().filter(|t| t.len() <= MAP_BYTES_MAX && !t.trim().is_empty());
                let text = text.ok_or_else(|| Problem::Refused("imports-map-unread".into()))?;
                let text = text.trim_start_matches('\u{feff}');
                let address = format!("/data/imports/{import}");
                return match imports::keep_map_file(&web.app, grant, web.files.as_ref(), import, text).await {
                    Ok(()) => Ok(Redirect::to(&address).into_response()),
                    Err(Error::Refused(Refused::Settings(said))) => {
                        let page = visit.shell.page(&wrong(&visit.shell, &address, &said));
                        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
                    }
                    Err(error) => Err(error.into()),
                };
            }
            _ => return Err(Problem::Forbidden),
        }
    }
    Err(if may.is_some() { Problem::Refused("imports-no-file".into()) } else { Problem::Forbidden })
}

/// What is wrong with a map, as it was found, with its place. The draft is as it was.
fn wrong(s: &Shell, address: &str, said: &str) -> Page {
    let title = s.words.t("imports-map");
    let body = html! {
        p.small { a.plain href=(address) { "← " (s.words.t("imports-back-to-columns")) } }
        h1 { (title) }
        div.wrongs role="alert" { p { strong { (s.words.t("imports-map-wrong")) } } p.small lang="en" { (said) } }
    };
    Page { title, place: Place::Data, body }
}

/// The way out and the way in.
pub fn section(s: &Shell, address: &str) -> Markup {
    let w = &s.words;
    html! {
        details.part {
            summary { (w.t("imports-map")) }
            p.help { (w.t("imports-map-help")) }
            p { a.btn href={ (address) "/map.toml" } download { (w.t("imports-map-get")) } }
            form.inline method="post" action={ (address) "/map" } enctype="multipart/form-data" {
                (token(&s.csrf))
                label for="map" { (w.t("imports-map-give")) }
                input #map type="file" name="map" accept=".toml,text/plain,application/toml" required;
                button.btn { (w.t("imports-map-read")) }
            }
        }
    }
}
