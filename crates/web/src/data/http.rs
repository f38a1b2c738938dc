//! Requests about data.

use axum::extract::State;
use axum::response::Response;

use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data`.
pub(crate) async fn open_data(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let sources = kizashi_app::intake::list_sources(&web.app, visit.viewer.workspace).await?;
    let letters = kizashi_app::mail::count_waiting(&web.app, visit.viewer.workspace).await?;
    let waiting = super::waiting::list_waiting(&web, &visit).await?;
    Ok(visit.shell.page(&super::pages::data(&visit.shell, &sources, letters, &waiting)))
}
