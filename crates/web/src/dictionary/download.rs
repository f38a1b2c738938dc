//! The dictionary as a file: what every metric means, who uses it, and today's numbers.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::dictionary::{Entry, open_dictionary};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::unit_name;
use kizashi_domain::pack::labels::label_better;

use super::pages::named;
use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Shell, Visit};

const KEYS: [&str; 18] = [
    "csv-metric",
    "csv-metric-title",
    "support-definition",
    "csv-description",
    "settings-unit",
    "settings-better",
    "settings-window",
    "settings-stale",
    "settings-source",
    "settings-owner",
    "dictionary-used-by",
    "state-measured",
    "state-stale",
    "state-missing",
    "state-not-applicable",
    "dictionary-least",
    "dictionary-median",
    "dictionary-most",
];

/// `GET /dictionary.csv`.
pub(crate) async fn download_dictionary(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Export)?;
    let (_, entries) = open_dictionary(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    Ok(csv::send_rows(s, "dictionary", &KEYS, entries.iter().map(|entry| cells(s, entry))))
}

fn cells(s: &Shell, entry: &Entry) -> Vec<String> {
    let (w, m, spread) = (&s.words, &entry.metric, &entry.spread);
    let names = |list: &[(String, Text)]| list.iter().map(|(id, title)| named(s, title, id)).collect::<Vec<_>>();
    let used = [names(&entry.models), names(&entry.signals), names(&entry.parts_of)].concat();
    vec![
        m.id.clone(),
        m.name(w.lang()).to_owned(),
        w.text(&entry.definition).to_owned(),
        w.text(&m.description).to_owned(),
        w.text(&unit_name(&m.unit)).to_owned(),
        w.text(&label_better(m.better)).to_owned(),
        csv::number(m.window_days),
        csv::number(m.stale_after_days),
        m.provided_by.clone().unwrap_or_default(),
        m.owner.clone().unwrap_or_default(),
        used.join(" · "),
        spread.measured.to_string(),
        spread.stale.to_string(),
        spread.missing.to_string(),
        spread.not_applicable.to_string(),
        csv::number(spread.values.map(|v| v.0)),
        csv::number(spread.values.map(|v| v.1)),
        csv::number(spread.values.map(|v| v.2)),
    ]
}
