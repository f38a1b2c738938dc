//! Requests about signals.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kizashi_app::plays::open_signal as use_case;
use kizashi_app::signals::FiringQuery;
use kizashi_domain::limits::NAME_CHARS_MAX;
use serde::Deserialize;

use super::pages::{self, View};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// Firings of one page.
const ROWS: i64 = 30;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    customer: String,
    after: String,
}

/// `GET /signals/{id}`.
pub(crate) async fn open_signal(
    State(web): State<Web>,
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    if id.chars().count() > NAME_CHARS_MAX {
        return Err(Problem::NotFound);
    }
    let after = asked.after.split_once('.').and_then(|(day, key)| Some((day.parse().ok()?, key.to_owned())));
    let is_first = after.is_none();
    let query = FiringQuery { rule: id, customer: asked.customer.parse().ok(), after, rows: ROWS };
    let page = use_case(&web.app, visit.viewer.workspace, &query).await?;
    let view = View { query: &query, page: &page, pack: &visit.settings.pack, is_first };
    Ok(visit.shell.page(&pages::signal(&visit.shell, &view)))
}
