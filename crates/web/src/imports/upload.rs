//! A file on its way in: streamed to the disk, piece by piece, and gone again when it does not come whole.

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, Grant};
use kizashi_app::imports::{Upload, keep_upload, new_upload};
use kizashi_domain::limits::UPLOAD_BYTES_MAX;
use tokio::io::AsyncWriteExt as _;

use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Visit, is_csrf_token};

/// The folder of an upload that has not come whole yet.
struct Pending(Option<Upload>);

impl Pending {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(folder) = self.0.as_ref().and_then(|upload| upload.path.parent()) {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// `POST /data/imports`: a form with the token first and then the file.
pub(crate) async fn take_upload(State(web): State<Web>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let visit = Visit::from_request_parts(&mut parts, &web).await?;
    let request = Request::from_parts(parts, body);
    let mut form = Multipart::from_request(request, &web).await.map_err(|_| Problem::Forbidden)?;
    let mut may: Option<Grant> = None;
    while let Some(field) = form.next_field().await.map_err(|_| broken_off())? {
        match (field.name(), &may) {
            (Some("csrf"), None) => {
                let token = field.text().await.map_err(|_| broken_off())?;
                if !is_csrf_token(&visit.viewer.csrf, &token) {
                    return Err(Problem::Forbidden);
                }
                may = Some(visit.permit(Action::Configure)?);
            }
            (Some("file"), Some(grant)) => return store(&web, grant, field).await,
            (Some("file"), None) => return Err(Problem::Forbidden),
            _ => {}
        }
    }
    Err(if may.is_some() { Problem::Refused("imports-no-file".into()) } else { Problem::Forbidden })
}

fn broken_off() -> Problem {
    Problem::Refused("imports-broken-off".into())
}

async fn store(web: &Web, grant: &Grant, mut field: Field<'_>) -> Result<Response, Problem> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let upload = new_upload(web.files.as_ref(), &name)?;
    let pending = Pending(Some(upload.clone()));
    let told = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Problem::Busy(60),
        _ => Problem::failed("a file from a browser could not be kept"),
    };
    let mut file = tokio::fs::File::create(&upload.path).await.map_err(told)?;
    let mut bytes = 0_usize;
    while let Some(piece) = field.chunk().await.map_err(|_| too_large_or_broken(bytes))? {
        bytes += piece.len();
        if bytes > UPLOAD_BYTES_MAX {
            return Err(Problem::Refused("imports-too-large".into()));
        }
        file.write_all(&piece).await.map_err(told)?;
    }
    if bytes == 0 {
        return Err(Problem::Refused("imports-no-file".into()));
    }
    file.sync_all().await.map_err(told)?;
    keep_upload(&web.app, grant, &upload, &name, bytes as u64).await?;
    pending.keep();
    Ok(Redirect::to(&format!("/data/imports/{}", upload.id)).into_response())
}

/// The body's own limit ends the stream a little beyond the limit of the file.
fn too_large_or_broken(bytes: usize) -> Problem {
    const NEAR_BYTES: usize = 1024 * 1024;
    if bytes + NEAR_BYTES > UPLOAD_BYTES_MAX { Problem::Refused("imports-too-large".into()) } else { broken_off() }
}
