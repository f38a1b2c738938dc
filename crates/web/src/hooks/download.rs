//! The list of hooks and forms as a file.

use axum::extract::{Path, State};
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::hooks::{self, Hook, Tally};
use kizashi_domain::intake::Refusal;

use crate::csv;
use crate::imports::phrase;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data/hooks/{id}/refused.csv`: the refused messages of a hook that wait, each with its reasons and its text.
pub(crate) async fn download_refused(
    State(web): State<Web>,
    visit: Visit,
    Path(hook): Path<String>,
) -> Result<Response, Problem> {
    const KEYS: [&str; 6] =
        ["hook-received", "hook-message-id", "imports-column", "imports-value", "imports-reason", "csv-text"];
    let hook = hook.parse().map_err(|_| Problem::NotFound)?;
    let (hook, _) = hooks::open_hook(&web.app, visit.viewer.workspace, hook).await?;
    let grant = visit.permit(Action::Administer)?;
    let found = hooks::list_messages(&web.app, &grant, hook.id, true).await?;
    let s = &visit.shell;
    let rows = found.into_iter().map(|message| {
        let of = |text: &dyn Fn(&Refusal) -> String| message.refusals.iter().map(text).collect::<Vec<_>>().join("\n");
        vec![
            csv::moment(s, Some(message.received_at)),
            message.message_id.clone(),
            of(&|r| r.field.clone()),
            of(&|r| r.value.clone()),
            of(&|r| phrase(&s.words, &r.reason)),
            message.body.clone(),
        ]
    });
    Ok(csv::send_rows(s, "refused-messages", &KEYS, rows))
}

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
