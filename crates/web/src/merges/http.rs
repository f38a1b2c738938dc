//! Requests about merges.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::customers::open_head;
use kizashi_app::merges as use_case;
use kizashi_app::search::{QUERY_CHARS_MAX, search};

use super::{compare, pages};
use crate::cards::id;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

/// `GET /data/merges`.
pub(crate) async fn open_merges(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let workspace = visit.viewer.workspace;
    let found = use_case::list_suspects(&web.app, workspace).await?;
    let made = use_case::list_merges(&web.app, workspace, None).await?;
    let view = pages::View {
        found: &found,
        made: &made,
        may_merge: visit.permit(Action::Configure).is_ok(),
        may_part: visit.permit(Action::Work).is_ok(),
    };
    Ok(visit.shell.page(&pages::draw(&visit.shell, &view)))
}

/// `POST /data/merges/apart`: two customers are two.
pub(crate) async fn keep_apart(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let (one, other) = (id(posted.text("one")?)?, id(posted.text("other")?)?);
    use_case::keep_apart(&web.app, &grant, one, other).await?;
    Ok(Redirect::to(&posted.back_saying("/data/merges", Said::Apart, "")).into_response())
}

/// `GET /customers/{id}/merge?with=…`: both beside each other; without the other one, the search for it.
pub(crate) async fn open_merge(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visit.permit(Action::Configure)?;
    let (stays, workspace) = (id(&customer)?, visit.viewer.workspace);
    let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).filter(|v| !v.is_empty());
    if let Some(goes) = find("with") {
        let plan = use_case::plan_merge(&web.app, workspace, stays, id(goes)?).await?;
        return Ok(visit.shell.page(&compare::draw(&visit.shell, &visit.settings.pack, &plan)));
    }
    let head = open_head(&web.app, workspace, stays, None).await?;
    let q: String = find("q").unwrap_or_default().chars().take(QUERY_CHARS_MAX).collect();
    let mut hits = if q.is_empty() { Vec::new() } else { search(&web.app, workspace, &q).await?.customers };
    hits.retain(|hit| hit.id != stays);
    Ok(visit.shell.page(&compare::choose(&visit.shell, &head, &q, &hits)))
}

/// `POST /customers/{id}/merge`.
pub(crate) async fn keep_merge(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    let stays = id(&customer)?;
    let merge = use_case::merge(&web.app, &grant, stays, id(posted.text("with")?)?).await?;
    let said = Said::Merged.word();
    Ok(Redirect::to(&format!("/customers/{stays}?said={said}&of={merge}")).into_response())
}

/// `POST /merges/{id}/undo`.
pub(crate) async fn undo_merge(
    State(web): State<Web>,
    Path(merge): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    let back = use_case::undo_merge(&web.app, &grant, id(&merge)?).await?;
    Ok(Redirect::to(&format!("/customers/{back}?said={}", Said::MergeUndone.word())).into_response())
}
