//! Requests about the support desk.

use axum::extract::{Query, State};
use axum::response::Response;
use kizashi_app::support::{self as use_case, SupportQuery};
use kizashi_domain::limits::NAME_CHARS_MAX;
use kizashi_domain::support::Period;

use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /support`.
pub(crate) async fn open_support(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let query = read_query(&pairs);
    let found = use_case::open_support(&web.app, visit.viewer.workspace, &query).await?;
    Ok(visit.shell.page(&super::pages::support(&visit.shell, &query, &found)))
}

/// Which inquiries an address means.
pub(super) fn read_query(pairs: &[(String, String)]) -> SupportQuery {
    let find = |name: &str| -> String {
        let found = pairs.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.trim().chars().take(NAME_CHARS_MAX).collect()).unwrap_or_default()
    };
    SupportQuery {
        period: Period::parse(&find("period")).unwrap_or_default(),
        channel: find("channel"),
        category: find("category"),
    }
}
