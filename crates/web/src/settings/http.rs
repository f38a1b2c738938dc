//! Requests about settings.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, permit};
use kizashi_app::dictionary::{Census, count_rule, open_census, rehearse};
use kizashi_app::settings::{self as use_case, Settings, Version};
use kizashi_app::{Error, Refused};
use kizashi_domain::limits::PAGE_ROWS_MAX;
use kizashi_domain::pack::{Difference, Pack, Section, compare};
use serde::Deserialize;

use super::desk::{self, NEW, What};
use super::fields::{Reader, Sheet, Wrongs};
use super::sheet::{self, Draft, Preview};
use super::taking::look_at;
use super::{calendar, overview, versions};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

/// The saved version, from 1, that a path or a query names.
pub(super) fn number(text: &str) -> Result<i64, Problem> {
    text.parse::<i64>().ok().filter(|n| *n > 0).ok_or(Problem::NotFound)
}

pub(super) fn may(visit: &Visit) -> bool {
    permit(&visit.viewer, Action::Configure).is_ok()
}

/// `GET /settings`.
pub(crate) async fn open_settings(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let last = use_case::list_versions(&web.app, visit.viewer.workspace, None).await?;
    Ok(visit.shell.page(&overview::overview(&visit.shell, &visit.settings, last.first(), may(&visit))))
}

/// Draws a form with what was found about it.
pub(super) fn answer(visit: &Visit, draft: &Draft<'_>, status: StatusCode) -> Result<Response, Problem> {
    let page = sheet::page(&visit.shell, draft).ok_or(Problem::NotFound)?;
    Ok((status, visit.shell.page(&page)).into_response())
}

pub(super) async fn show(web: &Web, visit: &Visit, what: &What) -> Result<Response, Problem> {
    let pack = &visit.settings.pack;
    let sheet = desk::fill(what, pack).ok_or(Problem::NotFound)?;
    let census = count_for(web, visit, matches!(what, What::Measure(..))).await?;
    let census = census.as_deref();
    if matches!(what, What::Removal(..)) {
        // What is taken out can be said before anything is entered.
        let (mut wrongs, words) = (Wrongs::default(), &visit.shell.words);
        let mut reader = Reader { sheet: &sheet, wrongs: &mut wrongs, words };
        let preview = match desk::edit(what, pack, &mut reader, census) {
            Some(edited) if wrongs.is_empty() => foretell(web, visit, what, &edited).await?,
            _ => Preview::default(),
        };
        let draft = Draft { wrongs: &wrongs, preview, ..draft(visit, what, &sheet, census) };
        return answer(visit, &draft, StatusCode::OK);
    }
    answer(visit, &draft(visit, what, &sheet, census), StatusCode::OK)
}

/// Today's values where they are wanted: counting everybody may take a moment.
async fn count_for(web: &Web, visit: &Visit, is_wanted: bool) -> Result<Option<Arc<Census>>, Problem> {
    if !is_wanted {
        return Ok(None);
    }
    Ok(Some(open_census(&web.app, visit.viewer.workspace).await?))
}

pub(super) fn draft<'a>(visit: &'a Visit, what: &'a What, sheet: &'a Sheet, census: Option<&'a Census>) -> Draft<'a> {
    static NO_WRONGS: Wrongs = Wrongs::none();
    Draft {
        what,
        pack: &visit.settings.pack,
        base: visit.settings.version,
        sheet,
        wrongs: &NO_WRONGS,
        stale: None,
        preview: Preview::default(),
        may: may(visit),
        census,
        lead: None,
    }
}

/// What an edit would change, in words and in today's scores.
pub(super) async fn foretell(web: &Web, visit: &Visit, what: &What, edited: &Pack) -> Result<Preview, Problem> {
    let workspace = visit.viewer.workspace;
    let pack = &visit.settings.pack;
    let mut preview = Preview { differences: Some(compare(pack, edited)), ..Preview::default() };
    if let What::Signal(id) = what
        && let (Some(old), Some(new)) = (pack.rule(id), edited.rule(id))
    {
        let counts = (count_rule(&web.app, workspace, old).await?, count_rule(&web.app, workspace, new).await?);
        if let (Some((_, before)), Some((_, after))) = counts {
            preview.held = Some((before, after));
        }
    } else if !matches!(what, What::Removal(Section::Play, _)) {
        // A play moves no score.
        preview.effect = Some(rehearse(&web.app, workspace, edited).await?);
    }
    if use_case::begins_other_plays(pack, edited) {
        preview.begins = Some(look_at(web, visit, edited).await?);
    }
    Ok(preview)
}

/// What somebody else saved since the version that a form is based on.
pub(super) async fn news_since(web: &Web, settings: &Settings, base: i64) -> Result<Vec<Difference>, Problem> {
    let old: Version = use_case::open_version(&web.app, settings.workspace, base).await?;
    Ok(compare(&old.pack, &settings.pack))
}

pub(super) async fn keep(web: &Web, posted: &Posted, what: &What) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let grant = visit.permit(Action::Configure)?;
    let settings: &Arc<Settings> = &visit.settings;
    let base = posted.text("base").ok().and_then(|b| b.parse().ok()).unwrap_or(0);
    let doing = posted.find("do").unwrap_or("preview");
    let mut sheet = Sheet::of(posted.pairs());
    if doing == "more" {
        sheet.add_blank_rows();
    }
    let preset = calendar::asked_preset(doing).filter(|_| *what == What::Calendar);
    if let Some(preset) = preset {
        calendar::add_preset(&mut sheet, preset, visit.shell.today);
    }
    // A new measure gets its first curve from what customers have.
    let census = count_for(web, visit, matches!(what, What::Model(_) | What::Measure(..))).await?;
    let census = census.as_deref();
    if base != settings.version {
        // Nothing entered is lost, and the next attempt is made knowingly.
        let stale = Some(news_since(web, settings, base).await?);
        return answer(visit, &Draft { stale, ..draft(visit, what, &sheet, census) }, StatusCode::CONFLICT);
    }
    if doing == "more" || preset.is_some() {
        return answer(visit, &draft(visit, what, &sheet, census), StatusCode::OK);
    }
    let mut wrongs = Wrongs::default();
    let mut reader = Reader { sheet: &sheet, wrongs: &mut wrongs, words: &visit.shell.words };
    let edited = desk::edit(what, &settings.pack, &mut reader, census).ok_or(Problem::NotFound)?;
    if doing == "save" && sheet.text("comment").is_empty() {
        wrongs.note("comment", visit.shell.words.t("settings-wrong-comment"));
    }
    let mut preview = Preview::default();
    if doing == "save" && wrongs.is_empty() {
        let told = (sheet.text("comment"), sheet.text("rehearsed"));
        match use_case::keep_edit(&web.app, &grant, base, &edited, told).await {
            Ok(_) => return Ok(leave(desk::after(what, &sheet), base + 1)),
            Err(Error::Refused(Refused::Changed)) => return Err(Problem::Refused("refused-changed".into())),
            Err(Error::Refused(Refused::Field { field, reason })) => {
                if field == "rehearsed" {
                    // What it would have done is shown with the box that is missing.
                    preview = foretell(web, visit, what, &edited).await?;
                }
                let field = if matches!(field, "comment" | "rehearsed") { field } else { "" };
                wrongs.note(field, visit.shell.words.t(&format!("reason-{reason}")));
            }
            Err(other) => return Err(other.into()),
        }
    } else if wrongs.is_empty() {
        preview = foretell(web, visit, what, &edited).await?;
    }
    let status = if wrongs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    answer(visit, &Draft { wrongs: &wrongs, preview, ..draft(visit, what, &sheet, census) }, status)
}

/// After saving: on to what was made, else to what was changed.
pub(super) fn leave(on: Option<What>, version: i64) -> Response {
    let address = on.map_or_else(|| format!("/settings/versions/{version}"), |what| what.address());
    Redirect::to(&format!("{address}?said={}", Said::Settings.word())).into_response()
}

macro_rules! form {
    ($show:ident, $keep:ident, $address:literal, |$path:ident: $ty:ty| $what:expr) => {
        #[doc = concat!("`GET ", $address, "`.")]
        pub(crate) async fn $show(
            State(web): State<Web>,
            visit: Visit,
            Path($path): Path<$ty>,
        ) -> Result<Response, Problem> {
            show(&web, &visit, &$what).await
        }

        #[doc = concat!("`POST ", $address, "`.")]
        pub(crate) async fn $keep(
            State(web): State<Web>,
            Path($path): Path<$ty>,
            posted: Posted,
        ) -> Result<Response, Problem> {
            keep(&web, &posted, &$what).await
        }
    };
}

form!(edit_model, keep_model, "/settings/models/{id}", |id: String| What::Model(id));
form!(edit_metric, keep_metric, "/settings/metrics/{id}", |id: String| What::Metric(id));
form!(edit_measure, keep_measure, "/settings/models/{id}/measures/{metric}", |ids: (String, String)| {
    What::Measure(ids.0, ids.1)
});
form!(show_removal_of_model, remove_model, "/settings/models/{id}/removal", |id: String| {
    What::Removal(Section::Model, id)
});
form!(show_removal_of_metric, remove_metric, "/settings/metrics/{id}/removal", |id: String| {
    What::Removal(Section::Metric, id)
});
form!(show_removal_of_signal, remove_signal, "/settings/signals/{id}/removal", |id: String| {
    What::Removal(Section::Signal, id)
});
form!(show_removal_of_play, remove_play, "/settings/plays/{id}/removal", |id: String| {
    What::Removal(Section::Play, id)
});
form!(open_new, keep_new, "/settings/new/{kind}", |kind: String| {
    let section = NEW.iter().find(|(word, _)| *word == kind).ok_or(Problem::NotFound)?.1;
    What::New(section)
});

/// `GET /settings/cards`.
pub(crate) async fn edit_cards(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    show(&web, &visit, &What::Cards).await
}

/// `POST /settings/cards`.
pub(crate) async fn keep_cards(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    keep(&web, &posted, &What::Cards).await
}

/// `GET /settings/calendar`.
pub(crate) async fn edit_calendar(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    show(&web, &visit, &What::Calendar).await
}

/// `POST /settings/calendar`.
pub(crate) async fn keep_calendar(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    keep(&web, &posted, &What::Calendar).await
}

/// `GET /settings/order`.
pub(crate) async fn edit_order(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    show(&web, &visit, &What::Order).await
}

/// `POST /settings/order`.
pub(crate) async fn keep_order(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    keep(&web, &posted, &What::Order).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Versions {
    before: String,
    from: String,
    to: String,
    version: String,
}

/// `GET /settings/versions`.
pub(crate) async fn open_versions(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<Versions>,
) -> Result<Response, Problem> {
    let before = query.before.parse().ok();
    let rows = use_case::list_versions(&web.app, visit.viewer.workspace, before).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|n| n == PAGE_ROWS_MAX);
    let next =
        rows.last().filter(|r| is_full && r.version > 1).map(|r| format!("/settings/versions?before={}", r.version));
    let page = versions::versions(&visit.shell, &rows, visit.settings.version, next.as_deref());
    Ok(visit.shell.page(&page))
}

/// `GET /settings/versions/{version}`.
pub(crate) async fn open_version(
    State(web): State<Web>,
    visit: Visit,
    Path(version): Path<String>,
) -> Result<Response, Problem> {
    let workspace = visit.viewer.workspace;
    let version = use_case::open_version(&web.app, workspace, number(&version)?).await?;
    let edits = match version.row.version {
        1 => None,
        n => Some(compare(&use_case::open_version(&web.app, workspace, n - 1).await?.pack, &version.pack)),
    };
    let begins_plays = use_case::stamp_plays(&visit.settings.pack, &version.pack).is_some();
    let back = may(&visit).then_some(begins_plays);
    let page = versions::version(&visit.shell, &version, edits.as_deref(), visit.settings.version, back);
    Ok(visit.shell.page(&page))
}

/// `GET /settings/comparison?from=…&to=…`; without them, the last edit.
pub(crate) async fn compare_versions(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<Versions>,
) -> Result<Response, Problem> {
    let newest = visit.settings.version;
    let chosen = |text: &str, otherwise: i64| if text.is_empty() { Ok(otherwise) } else { number(text) };
    let (from, to) = (chosen(&query.from, (newest - 1).max(1))?, chosen(&query.to, newest)?);
    let workspace = visit.viewer.workspace;
    let from = use_case::open_version(&web.app, workspace, from).await?;
    let to = use_case::open_version(&web.app, workspace, to).await?;
    let list = compare(&from.pack, &to.pack);
    Ok(visit.shell.page(&versions::comparison(&visit.shell, &from.row, &to.row, &list)))
}

/// `GET /settings.toml`: the document of a version, as it was saved.
pub(crate) async fn download(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<Versions>,
) -> Result<Response, Problem> {
    let number = if query.version.is_empty() { visit.settings.version } else { number(&query.version)? };
    let version = use_case::open_version(&web.app, visit.viewer.workspace, number).await?;
    let mut response = version.document.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/toml; charset=utf-8"));
    let name = format!("attachment; filename=\"settings-{number}.toml\"");
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(|_| Problem::NotFound)?);
    Ok(response)
}
