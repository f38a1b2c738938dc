//! Sends what `app` has written down to be told: the door outside, with the client of `connectors`.

use std::sync::Arc;
use std::time::Duration;

use kizashi_app::subscriptions::{Due, Tried, forget_old, keep_tried, take_due};
use kizashi_connectors::post::{Letter, Postman};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::time::Time;

use crate::home::Home;

/// How long the job rests when nothing is due.
const REST_MS: u64 = 500;
/// How long it rests after a failure.
const FAILED_REST_MS: u64 = 5_000;
/// Turns without anything due after which old tellings are looked through: about an hour.
const FORGET_TURNS: u32 = 7_200;

/// Sends what is due, for ever. `may_private` lets it reach one's own network.
pub async fn keep_telling(home: Home, workspace: Id<Workspace>, may_private: bool) {
    let postman = Arc::new(Postman::new(may_private));
    let mut turns = 0_u32;
    loop {
        let rest_ms = match tell_due(&home, workspace, &postman).await {
            Ok(0) => REST_MS,
            Ok(_) => 0,
            Err(e) => {
                tracing::error!("telling others: {e}");
                FAILED_REST_MS
            }
        };
        turns += 1;
        if turns >= FORGET_TURNS {
            turns = 0;
            if let Err(e) = forget_old(&home.app, workspace).await {
                tracing::error!("forgetting what was told: {e}");
            }
        }
        tokio::time::sleep(Duration::from_millis(rest_ms)).await;
    }
}

/// Takes what is due and sends it side by side; how many.
async fn tell_due(home: &Home, workspace: Id<Workspace>, postman: &Arc<Postman>) -> kizashi_app::Result<usize> {
    let due = take_due(&home.app, workspace).await?;
    let count = due.len();
    let mut sending = tokio::task::JoinSet::new();
    for one in due {
        let (home, postman) = (home.clone(), Arc::clone(postman));
        sending.spawn(async move {
            let now = home.app.now();
            let sent = tokio::task::spawn_blocking(move || (send(&postman, &one, now), one)).await;
            match sent {
                Ok((tried, one)) => keep_tried(&home.app, workspace, &one, &tried).await,
                Err(e) => Err(kizashi_app::Error::failed("telling others", e)),
            }
        });
    }
    while let Some(ended) = sending.join_next().await {
        ended.map_err(|e| kizashi_app::Error::failed("telling others", e))??;
    }
    Ok(count)
}

fn send(postman: &Postman, due: &Due, at: Time) -> Tried {
    let secrets: Vec<&str> = due.secrets.iter().map(|s| s.expose()).collect();
    let id = format!("msg_{}", due.id);
    let reply = postman.send(&Letter { address: &due.address, id: &id, at, secrets: &secrets, body: &due.body });
    Tried {
        status: reply.status,
        fault: reply.fault,
        answer: reply.answer,
        duration_ms: reply.duration_ms,
        retry_after_s: reply.retry_after_s,
    }
}
