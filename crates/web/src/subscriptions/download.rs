//! Who is told what, as a file. Addresses of others are for those who may change them.

use axum::extract::State;
use axum::response::Response;
use kizashi_app::access::{Action, permit};
use kizashi_app::subscriptions::{self, Subscription};

use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::Visit;

/// `GET /data/subscriptions.csv`.
pub(crate) async fn download_subscriptions(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    const KEYS: [&str; 6] = ["hook-name", "hook-address", "hook-what", "hook-state", "hook-last", "hook-unsent"];
    let grant = visit.permit(Action::Export)?;
    let may = permit(&visit.viewer, Action::Administer).is_ok();
    let found = subscriptions::list_subscriptions(&web.app, grant.workspace()).await?;
    let s = &visit.shell;
    let row = |one: Subscription| {
        let what: Vec<&str> = one.occurrences.iter().map(|o| o.word()).collect();
        let what = what.join(" · ");
        vec![
            one.name.clone(),
            if may { one.address.clone() } else { String::new() },
            what,
            s.words.t(super::pages::state_key(&one)),
            csv::moment(s, one.told_at),
            one.waiting.to_string(),
        ]
    };
    Ok(csv::send_rows(s, "subscriptions", &KEYS, found.into_iter().map(row)))
}
