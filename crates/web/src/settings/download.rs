//! The versions of the settings as a file.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::Action;
use kizashi_app::settings::{self as use_case, VersionRow};

use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /settings/versions.csv`: who changed the settings when and why, the newest first.
pub(crate) async fn download_versions(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 4] = ["settings-version-head", "settings-when-saved", "settings-who", "settings-comment"];
    let grant = visit.permit(Action::Export)?;
    let head = csv::head(KEYS.iter().map(|key| visit.shell.words.t(key)));
    let read = move |before| {
        let (web, workspace) = (web.clone(), grant.workspace());
        async move {
            let rows = use_case::list_versions(&web.app, workspace, before).await?;
            // The first version is number one.
            let next = rows.last().map(|row| row.version).filter(|version| *version > 1);
            Ok((rows, next))
        }
    };
    let write = move |row: &VersionRow| {
        let who = row.who.clone().unwrap_or_else(|| visit.shell.words.t("settings-console"));
        let cells = [row.version.to_string(), csv::moment(&visit.shell, Some(row.at)), who, row.comment.clone()];
        csv::line(cells.into_iter())
    };
    Ok(csv::send_pages("settings-versions", head, read, write))
}
