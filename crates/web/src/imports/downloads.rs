//! The list of imports as a file.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::imports::{self, ImportRow};

use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data/imports.csv`.
pub(crate) async fn download_imports(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 10] = [
        "imports-when",
        "imports-file",
        "imports-kind",
        "imports-source",
        "imports-who",
        "imports-state",
        "imports-added",
        "imports-changed",
        "imports-same",
        "imports-refused",
    ];
    let grant = visit.permit(Action::Export)?;
    let found = imports::list_imports(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    let row = |row: ImportRow| {
        let kinds: Vec<String> =
            row.kind.split('+').filter(|k| !k.is_empty()).map(|k| s.words.word("import-kind", k)).collect();
        vec![
            csv::moment(s, Some(row.started_at)),
            row.file_name,
            kinds.join(" · "),
            row.source,
            row.staff.unwrap_or_else(|| s.words.t("imports-console")),
            s.words.word("import-state", row.state.word()),
            row.report.added.to_string(),
            (row.report.changed + row.report.deleted).to_string(),
            row.report.same.to_string(),
            row.report.refused.to_string(),
        ]
    };
    Ok(csv::send_rows(s, "imports", &KEYS, found.into_iter().map(row)))
}
