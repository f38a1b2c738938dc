//! `serve`: pages, intake, and the jobs beside them.

use std::sync::Arc;
use std::time::Duration;

use kizashi_app::schedule::Schedule;
use kizashi_app::{imports, pulls};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::{Files, Hooks};
use kizashi_web::Options;
use tokio::net::TcpListener;

use super::Exit;
use crate::args::{Door, Serve};
use crate::control;
use crate::files::Uploads;
use crate::home::Home;
use crate::noticing::{Stand, keep_noticing};
use crate::pushed::Pushed;
use crate::segment::Segment;
use crate::telling::keep_telling;

/// How long the jobs rest when there was nothing to do.
const REST_MS: u64 = 50;
/// How long the jobs rest after a failure.
const FAILED_REST_MS: u64 = 5_000;
/// How often pushed messages are looked through that were not kept at once.
const RECEIVE_EVERY_MS: u64 = 15_000;
/// How often it is looked whether a query of another system is due.
const PULL_EVERY_MS: u64 = 2_000;
/// How often the log is folded into segments.
const FOLD_EVERY_MS: u64 = 10_000;

/// Runs the command until SIGTERM or Ctrl-C.
pub async fn run(args: Serve) -> Result<Exit, Exit> {
    let home = Home::open(&args.data).await?;
    let workspace = home.workspace().await?;
    let listen = args.door.listen;
    let listener = TcpListener::bind(listen).await.map_err(|e| Exit::failed(format!("{listen}: {e}")))?;
    let address = listener.local_addr()?;
    println!("http://{address}");
    tracing::info!("serving {} at http://{address}", home.dir.display());
    let files: Arc<dyn Files> = Arc::new(Uploads::new(&home.dir, home.zone.clone()));
    let stand = Stand {
        origin: args.door.public_url.as_ref().map_or_else(|| format!("http://{address}"), |u| u.origin.clone()),
        may_private: args.door.hooks_to_private,
    };
    let jobs = [
        tokio::spawn(keep_pulling(home.clone(), Arc::clone(&files), workspace)),
        tokio::spawn(keep_scoring(home.clone(), workspace)),
        tokio::spawn(keep_folding(home.clone())),
        tokio::spawn(keep_receiving(home.clone(), workspace)),
        tokio::spawn(keep_telling(home.clone(), workspace, args.door.hooks_to_private)),
        tokio::spawn(keep_noticing(home.clone(), workspace, stand)),
        tokio::spawn(control::listen(home.clone())),
    ];
    if let Err(e) = imports::tidy_uploads(&home.app, workspace, files.as_ref()).await {
        tracing::warn!("files that nobody went on with: {e}");
    }
    let connector = Arc::new(Segment { zone: home.zone.clone() });
    let hooks: Arc<dyn Hooks> = Arc::new(Pushed { zone: home.zone.clone() });
    let state = kizashi_web::State { app: home.app.clone(), connector, files, hooks };
    let served = kizashi_web::serve_with(listener, state, options(args.door), stopped()).await;
    for job in &jobs {
        job.abort();
    }
    home.app.close().await;
    served?;
    Ok(Exit::Done)
}

fn options(door: Door) -> Options {
    Options {
        is_https: door.public_url.as_ref().is_some_and(|u| u.is_https),
        public_origin: door.public_url.map(|u| u.origin),
        metrics_token: door.metrics_token,
        may_reach_private: door.hooks_to_private,
    }
}

async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping");
}

async fn keep_scoring(home: Home, workspace: Id<Workspace>) {
    let mut schedule = Schedule::default();
    loop {
        let rest_ms = match schedule.turn(&home.app, workspace).await {
            Ok(true) => 0,
            Ok(false) => REST_MS,
            Err(e) => {
                tracing::error!("scoring: {e}");
                FAILED_REST_MS
            }
        };
        tokio::time::sleep(Duration::from_millis(rest_ms)).await;
    }
}

/// Reads again what was pushed and not kept at once.
async fn keep_receiving(home: Home, workspace: Id<Workspace>) {
    let hooks = Pushed { zone: home.zone.clone() };
    loop {
        tokio::time::sleep(Duration::from_millis(RECEIVE_EVERY_MS)).await;
        if let Err(e) = kizashi_app::hooks::retry_waiting(&home.app, &hooks, workspace).await {
            tracing::error!("pushed messages: {e}");
        }
    }
}

async fn keep_pulling(home: Home, files: Arc<dyn Files>, workspace: Id<Workspace>) {
    loop {
        if let Err(e) = pulls::run_due(&home.app, &files, workspace).await {
            tracing::error!("queries of other systems: {e}");
        }
        tokio::time::sleep(Duration::from_millis(PULL_EVERY_MS)).await;
    }
}

async fn keep_folding(home: Home) {
    loop {
        tokio::time::sleep(Duration::from_millis(FOLD_EVERY_MS)).await;
        let lake = home.lake.clone();
        let folded = tokio::task::spawn_blocking(move || {
            if lake.pending().events > 0 {
                lake.fold()?;
                lake.compact()?;
            }
            Ok::<(), kizashi_domain::measure::SourceError>(())
        })
        .await;
        match folded {
            Ok(Ok(())) => {}
            // The log keeps everything until there is room again.
            Ok(Err(e)) => tracing::error!("folding the log: {e}"),
            Err(e) => tracing::error!("folding the log: {e}"),
        }
    }
}
