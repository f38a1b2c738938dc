//! The list of what is asked of other databases, as a file.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::pulls::{self, PullRow};

use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data/connections.csv`: a query a row.
pub(crate) async fn download_pulls(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 8] = [
        "pulls-title",
        "pulls-query",
        "imports-kind",
        "pulls-state",
        "pulls-next",
        "imports-added",
        "imports-changed",
        "imports-refused",
    ];
    let grant = visit.permit(Action::Configure)?;
    visit.permit(Action::Export)?;
    let connections = pulls::list_connections(&web.app, grant.workspace()).await?;
    let found = pulls::list_pulls(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    let row = |p: PullRow| {
        let state = match (&p.fault, p.done_at) {
            _ if p.is_running => s.words.t("pulls-running"),
            (Some((fault, _)), _) => s.words.word("pull-fault", fault),
            (None, done) => csv::moment(s, done),
        };
        vec![
            connections.iter().find(|c| c.id == p.connection).map(|c| c.name.clone()).unwrap_or_default(),
            p.name,
            p.query.wish.kind.map(|k| s.words.word("import-kind", k.word())).unwrap_or_default(),
            state,
            csv::moment(s, Some(p.next_at)),
            p.report.added.to_string(),
            (p.report.changed + p.report.deleted).to_string(),
            p.report.refused.to_string(),
        ]
    };
    Ok(csv::send_rows(s, "connections", &KEYS, found.into_iter().map(row)))
}
