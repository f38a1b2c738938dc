//! Requests of readers about their notices.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::notices::{count_unseen, list_notice_cards, list_notices, open_notice as find_notice, see_notices};
use kizashi_domain::id::{Id, Notice};
use kizashi_domain::time::Time;
use serde::Deserialize;

use super::pages;
use crate::cards::id;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

/// Which page of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    /// What stands behind the last row: its time and id.
    pub after: String,
    /// Which tab.
    pub tab: String,
}

/// Reads a cursor: `MICROS_ID`.
pub(super) fn cursor<T>(text: &str) -> Option<(Time, Id<T>)> {
    let (at, id) = text.split_once('_')?;
    Some((Time(at.parse().ok()?), id.parse().ok()?))
}

/// Writes a cursor.
pub(super) fn write_cursor<T>((at, id): (Time, Id<T>)) -> String {
    format!("{}_{id}", at.micros())
}

/// `GET /notices`.
pub(crate) async fn open_notices(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let before = cursor::<Notice>(&query.after);
    let (rows, next) = list_notices(&web.app, &visit.viewer, before).await?;
    let unseen = count_unseen(&web.app, &visit.viewer).await?;
    let next = next.map(write_cursor);
    Ok(visit.shell.page(&pages::list(&visit.shell, &rows, unseen, before.is_some(), next.as_deref())))
}

/// `GET /notices/{id}`: one notice, which is seen by that.
pub(crate) async fn open_notice(
    State(web): State<Web>,
    visit: Visit,
    Path(notice): Path<String>,
) -> Result<Response, Problem> {
    let row = find_notice(&web.app, &visit.viewer, id(&notice)?).await?;
    if row.seen_at.is_none() {
        see_notices(&web.app, &visit.viewer, Some(row.id)).await?;
    }
    let may = visit.permit(Action::Work).is_ok();
    let cards = list_notice_cards(&web.app, &visit.viewer, &row).await?;
    Ok(visit.shell.page(&pages::one(&visit.shell, &row, &cards, may)))
}

/// `POST /notices/seen`.
pub(crate) async fn see_all(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    see_notices(&web.app, &posted.visit.viewer, None).await?;
    Ok(Redirect::to("/notices").into_response())
}

/// `POST /notices/digest`: the digest of this moment, on one's own ways.
pub(crate) async fn ask_digest(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let made = kizashi_app::notices::ask_digest(&web.app, &posted.visit.viewer).await?;
    let to = made.map_or_else(|| "/notices".to_owned(), |id| format!("/notices/{id}"));
    Ok(Redirect::to(&format!("{to}?said={}", Said::NoticesMade.word())).into_response())
}

/// `POST /notices/postings/{id}/again`.
pub(crate) async fn send_again(
    State(web): State<Web>,
    Path(posting): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    kizashi_app::notices::send_again(&web.app, &grant, id(&posting)?).await?;
    Ok(Redirect::to(&posted.back_saying("/notices", Said::Sent, "")).into_response())
}
