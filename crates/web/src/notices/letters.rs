//! Requests about letters to customers: what waits and why, what went, what did not.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::notices::{
    count_letters, drop_opt_out, keep_letter_text, keep_opt_out, list_letters, list_opt_outs, restore_letter,
    withdraw_letter,
};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::Outgoing;

use super::http::{ListQuery, cursor, write_cursor};
use super::letter_pages::{TABS, View, page};
use crate::cards::id;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

/// `GET /notices/letters`.
pub(crate) async fn open_letters(
    State(web): State<Web>,
    visit: Visit,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let ws = visit.viewer.workspace;
    let tab = TABS.into_iter().find(|tab| *tab == query.tab).unwrap_or("waiting");
    let before = cursor::<Outgoing>(&query.after);
    let (rows, next) = list_letters(&web.app, ws, tab, before).await?;
    let view = View {
        tab,
        counts: count_letters(&web.app, ws).await?,
        rows,
        is_later: before.is_some(),
        next: next.map(write_cursor),
        spared: list_opt_outs(&web.app, ws).await?,
        may: visit.permit(Action::Work).is_ok(),
    };
    Ok(visit.shell.page(&page(&visit.shell, &view)))
}

/// `POST /notices/letters/{id}/text`: it was looked at, and goes with this text in the name of whoever has the customer now.
pub(crate) async fn keep_text(
    State(web): State<Web>,
    Path(letter): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let text = (posted.find("subject").unwrap_or_default(), posted.find("body").unwrap_or_default());
    keep_letter_text(&web.app, &grant, id(&letter)?, text).await?;
    Ok(Redirect::to(&posted.back_saying("/notices/letters", Said::LetterKept, "")).into_response())
}

/// `POST /notices/letters/{id}/removal`: the letter is not to go.
pub(crate) async fn withdraw(
    State(web): State<Web>,
    Path(letter): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    withdraw_letter(&web.app, &posted.visit.permit(Action::Work)?, id(&letter)?).await?;
    Ok(Redirect::to(&posted.back_saying("/notices/letters", Said::LetterWithdrawn, &letter)).into_response())
}

/// `POST /notices/letters/{id}/restoration`: it is to go after all.
pub(crate) async fn restore(
    State(web): State<Web>,
    Path(letter): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    restore_letter(&web.app, &posted.visit.permit(Action::Work)?, id(&letter)?).await?;
    Ok(Redirect::to(&posted.back_saying("/notices/letters", Said::LetterRestored, "")).into_response())
}

/// `POST /notices/spared`: somebody asked to be spared surveys and tips.
pub(crate) async fn spare(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    match keep_opt_out(&web.app, &grant, posted.text("person")?).await {
        Ok(()) => Ok(Redirect::to(&posted.back_saying("/notices/letters", Said::NoticesKept, "")).into_response()),
        Err(Error::Refused(Refused::Field { reason, .. })) => Err(Problem::Refused(format!("reason-{reason}"))),
        Err(other) => Err(other.into()),
    }
}

/// `POST /notices/spared/end`.
pub(crate) async fn end_sparing(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    drop_opt_out(&web.app, &posted.visit.permit(Action::Work)?, posted.text("person")?).await?;
    Ok(Redirect::to(&posted.back_saying("/notices/letters", Said::NoticesKept, "")).into_response())
}
