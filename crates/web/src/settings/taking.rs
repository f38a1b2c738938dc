//! Requests that put a whole document in force: one that is uploaded, and an earlier version.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kizashi_app::access::Action;
use kizashi_app::notices::open_sending;
use kizashi_app::plays::books::{Rehearsed, rehearse_changed};
use kizashi_app::settings::{self as use_case, stamp_plays};
use kizashi_app::{Error, Refused};
use kizashi_domain::limits::SETTINGS_BYTES_MAX;
use kizashi_domain::pack::{Difference, Pack, compare};

use super::fields::{Sheet, Wrongs};
use super::http::{leave, news_since, number};
use super::taken::{self, Upload};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Visit};

/// What a document would change.
pub(super) struct Found {
    /// All of it, in words.
    pub differences: Vec<Difference>,
    /// Its new and changed plays with their rehearsals.
    pub plays: Vec<Rehearsed>,
    /// What tells these from those of another document.
    pub stamp: Option<String>,
}

pub(super) async fn look_at(web: &Web, visit: &Visit, pack: &Pack) -> Result<Found, Problem> {
    let settings = &visit.settings;
    let limit = open_sending(&web.app, settings.workspace).await?.mail_limit.map(|l| (l.letters, l.days));
    Ok(Found {
        differences: compare(&settings.pack, pack),
        plays: rehearse_changed(&web.app, settings, pack, limit).await?,
        stamp: stamp_plays(&settings.pack, pack),
    })
}

/// `GET /settings/versions/{version}/restoration`: what going back would change, and what its plays would have done.
pub(crate) async fn show_restoration(
    State(web): State<Web>,
    visit: Visit,
    Path(version): Path<String>,
) -> Result<Response, Problem> {
    visit.permit(Action::Configure)?;
    draw_restoration(&web, &visit, number(&version)?, &Wrongs::none()).await
}

async fn draw_restoration(web: &Web, visit: &Visit, version: i64, wrongs: &Wrongs) -> Result<Response, Problem> {
    let earlier = use_case::open_version(&web.app, visit.viewer.workspace, version).await?;
    let found = look_at(web, visit, &earlier.pack).await?;
    let status = if wrongs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = taken::restoration(&visit.shell, version, visit.settings.version, &found, wrongs);
    Ok((status, visit.shell.page(&page)).into_response())
}

/// `POST /settings/versions/{version}/restoration`.
pub(crate) async fn restore(
    State(web): State<Web>,
    Path(version): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let grant = visit.permit(Action::Configure)?;
    let version = number(&version)?;
    let base = posted.text("base")?.parse().map_err(|_| Problem::Refused("refused-changed".into()))?;
    let comment = visit.shell.words.with("settings-restored-comment", &[("n", version.into())]);
    let rehearsed = posted.find("rehearsed").unwrap_or_default();
    match use_case::restore_version(&web.app, &grant, base, version, (&comment, rehearsed)).await {
        Ok(_) => Ok(leave(None, base + 1)),
        Err(Error::Refused(Refused::Field { field: "rehearsed", reason })) => {
            let mut wrongs = Wrongs::default();
            wrongs.note("rehearsed", visit.shell.words.t(&format!("reason-{reason}")));
            draw_restoration(&web, visit, version, &wrongs).await
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /settings/upload`.
pub(crate) async fn open_upload(visit: Visit) -> Response {
    let base = visit.settings.version;
    let (sheet, wrongs) = (Sheet::default(), Wrongs::none());
    visit
        .shell
        .page(&taken::upload(&visit.shell, &Upload { sheet: &sheet, wrongs: &wrongs, found: None, base, stale: None }))
}

/// A document that was typed or chosen: what it says, or what is wrong with it.
fn read(visit: &Visit, document: &str, wrongs: &mut Wrongs) -> Option<Pack> {
    let s = &visit.shell;
    if document.len() > SETTINGS_BYTES_MAX {
        wrongs.note("document", s.words.t("reason-too-large"));
        return None;
    }
    let pack = Pack::parse(document).and_then(|pack| {
        pack.check_file_after(document, &visit.settings.pack)?;
        Ok(pack)
    });
    match pack {
        Ok(pack) => Some(pack),
        Err(error) => {
            wrongs.note("document", error.phrase(s.words.lang()));
            None
        }
    }
}

/// `POST /settings/upload`: read and compared first; saved when asked.
pub(crate) async fn keep_upload(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let grant = visit.permit(Action::Configure)?;
    let (s, settings) = (&visit.shell, &visit.settings);
    let base = posted.text("base").ok().and_then(|b| b.parse().ok()).unwrap_or(0);
    let sheet = Sheet::of(posted.pairs());
    // A text area sends its lines with CR and LF, and the last one may have lost its end.
    let document = format!("{}\n", posted.find("document").unwrap_or_default().replace("\r\n", "\n"));
    let mut wrongs = Wrongs::default();
    let pack = read(visit, &document, &mut wrongs);
    let mut stale = None;
    if base != settings.version {
        stale = Some(news_since(&web, settings, base).await?);
    } else if posted.find("do") == Some("save") && wrongs.is_empty() {
        let told = (sheet.text("comment"), sheet.text("rehearsed"));
        match use_case::keep_settings(&web.app, &grant, Some(base), &document, told).await {
            Ok(_) => return Ok(leave(None, base + 1)),
            Err(Error::Refused(Refused::Field { field: "comment", .. })) => {
                wrongs.note("comment", s.words.t("settings-wrong-comment"));
            }
            Err(Error::Refused(Refused::Field { field, reason })) => {
                let field = if field == "rehearsed" { field } else { "document" };
                wrongs.note(field, s.words.t(&format!("reason-{reason}")));
            }
            Err(other) => return Err(other.into()),
        }
    }
    let found = match &pack {
        Some(pack) => Some(look_at(&web, visit, pack).await?),
        None => None,
    };
    let status = match (&stale, wrongs.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, true) => StatusCode::OK,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let upload = Upload {
        sheet: &sheet,
        wrongs: &wrongs,
        found: found.as_ref(),
        base: settings.version,
        stale: stale.as_deref(),
    };
    Ok((status, s.page(&taken::upload(s, &upload))).into_response())
}
