//! Who may be in the list twice, as a file.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::merges::list_suspects;

use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data/merges.csv`.
pub(crate) async fn download_suspects(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 5] =
        ["csv-merge-one", "csv-merge-one-name", "csv-merge-other", "csv-merge-other-name", "merges-why"];
    let grant = visit.permit(Action::Export)?;
    let found = list_suspects(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    let rows = found.pairs.into_iter().map(|(one, other, why)| {
        let why: Vec<String> = why.iter().map(|reason| s.words.word("merge-reason", reason.word())).collect();
        vec![one.code, one.name, other.code, other.name, why.join(" · ")]
    });
    Ok(csv::send_rows(s, "doubles", &KEYS, rows))
}
