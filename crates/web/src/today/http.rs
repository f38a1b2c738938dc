//! Requests of the morning page.

use axum::extract::State;
use axum::response::{Redirect, Response};

use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /`.
pub(crate) async fn lead_to_today(_visit: Visit) -> Redirect {
    Redirect::to("/today")
}

/// `GET /today`.
pub(crate) async fn open_today(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let view = kizashi_app::today::open_today(&web.app, &visit.viewer).await?;
    Ok(visit.shell.page(&super::pages::today(&visit.shell, &view)))
}
