//! Colleagues who can be meant with `@` in a note.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use kizashi_app::access::{StaffRow, list_staff};
use maud::{Markup, html};

use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Visit};

/// `GET /colleagues`: a page, or the rows alone for the list that opens at `@`.
pub(crate) async fn open_colleagues(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let staff = list_staff(&web.app, visit.viewer.workspace).await?;
    let s = &visit.shell;
    if s.is_fragment {
        return Ok(Html(rows(&staff).into_string()).into_response());
    }
    let title = s.words.t("colleagues-title");
    let body = html! {
        div.reading-page { h1 { (title) } p.faint { (s.words.t("colleagues-what")) } (rows(&staff)) }
    };
    Ok(s.page(&Page { title, place: Place::Elsewhere, body }))
}

fn rows(staff: &[StaffRow]) -> Markup {
    html! {
        ul.plain { @for person in staff { li data-name=(person.name) data-mail=(person.email) { (person.name) " " span.small.faint { (person.email) } } } }
    }
}
