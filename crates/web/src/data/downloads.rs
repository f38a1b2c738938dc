//! The sources, how much is known of which field, and the disagreements, as files.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::intake;

use super::fields::{said, source_name};
use crate::csv;
use crate::customers::field_label;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data/sources.csv`.
pub(crate) async fn download_sources(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 6] = ["data-source", "data-state", "data-last", "data-rows-30", "data-rows", "data-refused"];
    let grant = visit.permit(Action::Export)?;
    let sources = intake::list_sources(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    let row = |source: intake::SourceView| {
        let refused: i64 = source.refused.iter().map(|(_, _, n)| n).sum();
        let state = match (source.quiet, source.last_day) {
            (true, Some(day)) => s.words.with("silent-days", &[("n", (s.today.0 - day.0).into())]),
            (true, None) => s.words.t("never"),
            (false, _) => s.words.t("data-alive"),
        };
        let last = csv::moment(s, source.last_received_at);
        vec![source.name, state, last, source.events_30d.to_string(), source.events.to_string(), refused.to_string()]
    };
    Ok(csv::send_rows(s, "sources", &KEYS, sources.into_iter().map(row)))
}

/// `GET /data/fields.csv`.
pub(crate) async fn download_coverage(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 7] = [
        "fields-field",
        "csv-field-id",
        "coverage-filled",
        "csv-of-all",
        "fields-from",
        "csv-learned",
        "coverage-owner",
    ];
    let grant = visit.permit(Action::Export)?;
    let found = intake::list_coverage(&web.app, grant.workspace()).await?;
    let owners = intake::list_field_owners(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    let rows = found.fields.iter().chain(&found.figures).map(|field| {
        vec![
            field_label(s, &field.field),
            field.field.clone(),
            field.filled.to_string(),
            found.customers.to_string(),
            field.sources.iter().map(|name| source_name(s, name)).collect::<Vec<_>>().join(" · "),
            csv::moment(s, field.last_at),
            owners.get(&field.field).map(|owner| source_name(s, owner)).unwrap_or_default(),
        ]
    });
    Ok(csv::send_rows(s, "field-coverage", &KEYS, rows))
}

/// `GET /data/conflicts.csv`.
pub(crate) async fn download_conflicts(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 5] = ["column-name", "fields-field", "conflicts-says", "conflicts-who", "csv-learned"];
    let grant = visit.permit(Action::Export)?;
    let found = intake::list_conflicts(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    let row = |c: intake::ConflictView| {
        let (field, offered) = (field_label(s, &c.field), said(s, &c.field, &c.offered));
        vec![c.name, field, offered, c.source, csv::moment(s, Some(c.noted_at))]
    };
    Ok(csv::send_rows(s, "disagreements", &KEYS, found.into_iter().map(row)))
}
