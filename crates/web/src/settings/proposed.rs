//! The form of a signal, as it is or filled in with what its closed cards speak for.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use kizashi_app::plays::{Met, Proposed, open_proposal};
use maud::{Markup, html};
use serde::Deserialize;

use super::desk::What;
use super::http::{answer, draft, foretell, keep, show};
use super::sheet::Draft;
use super::signal;
use crate::cards::{say_change, say_effect};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Shell, Visit};

/// Cases that are named; the sentence above says how many there are.
const CASES_SHOWN: usize = 20;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    proposed: String,
}

/// `GET /settings/signals/{id}`; with `proposed`, filled in with the change that its precision speaks for.
pub(crate) async fn edit_signal(
    State(web): State<Web>,
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let found = match asked.proposed.is_empty() {
        true => None,
        false => open_proposal(&web.app, visit.viewer.workspace, &id).await?,
    };
    let what = What::Signal(id);
    let Some(found) = found else { return show(&web, &visit, &what).await };
    let pack = &visit.settings.pack;
    let mut edited = pack.clone();
    edited.signals.iter_mut().filter(|r| r.id == found.rule.id).for_each(|r| *r = found.rule.clone());
    let (s, change) = (&visit.shell, say_change(&visit.shell, &found.proposal.change, &found.of, pack));
    let mut sheet = signal::fill(&found.rule, pack);
    let comment = [("change", change.clone().into()), ("effect", say_effect(s, &found.proposal).into())];
    sheet.put("comment", s.words.with("proposed-comment", &comment));
    let preview = foretell(&web, &visit, &what, &edited).await?;
    let lead = Some(lead(s, &found, &change));
    answer(&visit, &Draft { preview, lead, ..draft(&visit, &what, &sheet, None) }, StatusCode::OK)
}

/// `POST /settings/signals/{id}`.
pub(crate) async fn keep_signal(
    State(web): State<Web>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    keep(&web, &posted, &What::Signal(id)).await
}

/// What is proposed, and on what it rests.
fn lead(s: &Shell, found: &Proposed, change: &str) -> Markup {
    let w = &s.words;
    let (lost, dropped): (Vec<&Met>, Vec<&Met>) = found.gone.iter().partition(|met| met.is_real);
    html! {
        section.note.proposed aria-label=(w.t("proposed-title")) {
            p { strong { (w.t("proposed-title")) } " " (change) }
            p { (say_effect(s, &found.proposal)) " " (w.t("proposed-until-saved")) }
            @for (key, cases) in [("proposed-lost", lost), ("proposed-dropped", dropped)] {
                @if !cases.is_empty() {
                    details open[key == "proposed-lost"] {
                        summary { (w.with(key, &[("n", cases.len().into())])) }
                        ul { @for met in cases.iter().take(CASES_SHOWN) { (case(s, met)) } }
                        @if cases.len() > CASES_SHOWN { p.small.faint { (w.with("many-more", &[("n", (cases.len() - CASES_SHOWN).into())])) } }
                    }
                }
            }
            p.small { a.plain href="/cards/precision" { "← " (w.t("precision-title")) } }
        }
    }
}

fn case(s: &Shell, met: &Met) -> Markup {
    let w = &s.words;
    html! {
        li {
            span.faint.nowrap { (w.day(met.day, s.today)) } " "
            a href={ "/cards/" (met.card) } { @match &met.customer { Some((_, name)) => (name), None => (w.t("proposed-card")) } }
            @if let Some(reason) = met.reason { " " span.faint { (w.word("false", reason.word())) } }
        }
    }
}
