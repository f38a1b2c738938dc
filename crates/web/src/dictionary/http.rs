//! Requests about the dictionary.

use axum::extract::State;
use axum::response::Response;

use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /dictionary`.
pub(crate) async fn open_dictionary(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let (census, entries) = kizashi_app::dictionary::open_dictionary(&web.app, visit.viewer.workspace).await?;
    Ok(visit.shell.page(&super::pages::dictionary(&visit.shell, &census, &entries)))
}
