//! Notes: written, changed, removed and brought back; and, in a timeline, the forms for that.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::customers::{self as use_case, Meant, NoteRef, TimelineRow};
use maud::{Markup, html};

use crate::cards::id;
use crate::parts::form::{post_button, token};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Shell};

/// Who reads of it, or that somebody will not.
pub const fn said_of(meant: &Meant, otherwise: Said) -> Said {
    if !meant.unclear.is_empty() {
        Said::NoteUnclear
    } else if meant.people > 0 {
        Said::NoteTold
    } else {
        otherwise
    }
}

/// `POST /customers/{id}/notes`.
pub(crate) async fn keep_note(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let customer = id(&customer)?;
    let grant = posted.visit.permit(Action::Work)?;
    let kind = posted.find("kind").unwrap_or("note");
    let meant = use_case::note_activity(&web.app, &grant, customer, kind, posted.text("text")?).await?;
    let said = said_of(&meant, Said::Note);
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), said, "")).into_response())
}

/// `POST /notes/{id}`.
pub(crate) async fn change_note(
    State(web): State<Web>,
    Path(note): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let (customer, meant) = use_case::change_note(&web.app, &grant, id(&note)?, posted.text("text")?).await?;
    let said = said_of(&meant, Said::NoteChanged);
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), said, "")).into_response())
}

/// `POST /notes/{id}/removal`.
pub(crate) async fn remove_note(
    State(web): State<Web>,
    Path(note): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let customer = use_case::remove_note(&web.app, &grant, id(&note)?).await?;
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::NoteRemoved, &note)).into_response())
}

/// `POST /notes/{id}/restoration`.
pub(crate) async fn restore_note(
    State(web): State<Web>,
    Path(note): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let customer = use_case::restore_note(&web.app, &grant, id(&note)?).await?;
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::NoteRestored, "")).into_response())
}

/// `POST /notes/{id}/seen`: whoever is meant may say so, whatever their role.
pub(crate) async fn see_note(
    State(web): State<Web>,
    Path(note): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    use_case::note_seen(&web.app, &posted.visit.viewer, id(&note)?).await?;
    Ok(Redirect::to(posted.back("/today")).into_response())
}

/// What a note said before, and the forms of whoever wrote it.
pub(super) fn note_tools(s: &Shell, row: &TimelineRow, note: &NoteRef) -> Markup {
    let w = &s.words;
    let is_mine = note.author.is_some() && note.author == s.who.as_ref().and_then(|who| who.id);
    let address = format!("/notes/{}", note.id);
    let control = format!("text-{}", note.id);
    html! {
        @if !note.earlier.is_empty() {
            details.small.earlier {
                summary { (w.t("note-earlier")) }
                @for text in &note.earlier { p.body { del { (text) } } }
            }
        }
        @if is_mine {
            details.small.earlier {
                summary { (w.t("note-change")) }
                form.hunch method="post" action=(address) {
                    (token(&s.csrf))
                    input type="hidden" name="back" value=(s.address);
                    label.sr for=(control) { (w.t("note-title")) }
                    textarea id=(control) name="text" rows="3" maxlength="20000" data-mentions=(w.t("colleagues-title")) required { (row.text) }
                    div.row { button.btn.main { (w.t("note-keep")) } }
                }
                (post_button(&s.csrf, &format!("{address}/removal"), &[("back", &s.address)], html! { button.btn.quiet { (w.t("note-remove")) } }))
            }
        }
    }
}
