//! The list of hooks and forms as a file.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::hooks::{self, Hook, Tally};

use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data/hooks.csv`.
pub(crate) async fn download_hooks(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 7] =
        ["hook-name", "csv-kind", "hook-state", "hook-last", "hook-accepted", "hook-duplicates", "hook-refused"];
    let grant = visit.permit(Action::Export)?;
    let found = hooks::list_hooks(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    let row = |(hook, tally): (Hook, Tally)| {
        vec![
            hook.name,
            s.words.word("hook-kind", hook.kind.word()),
            s.words.t(if hook.off_at.is_some() { "hook-off" } else { "hook-on" }),
            csv::moment(s, tally.last_at),
            tally.accepted.to_string(),
            tally.duplicates.to_string(),
            tally.refused.to_string(),
        ]
    };
    Ok(csv::send_rows(s, "hooks", &KEYS, found.into_iter().map(row)))
}
