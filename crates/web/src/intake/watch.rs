//! Alive, ready, and counters for Prometheus.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::serve::Web;

/// Counted since the start.
#[derive(Debug, Default)]
pub struct Counters {
    pub(crate) requests: AtomicU64,
    pub(crate) events: AtomicU64,
    pub(crate) records: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) unknown_keys: AtomicU64,
    pub(crate) asked_to_wait: AtomicU64,
    pub(crate) failures: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Ordering::Relaxed);
    }
}

/// `GET /healthz`: the program runs.
pub(crate) async fn is_alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers.
pub(crate) async fn is_ready(State(web): State<Web>) -> Response {
    match web.app.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "web: not ready");
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], "not ready\n").into_response()
        }
    }
}

/// `GET /metrics`.
pub(crate) async fn list_counters(State(web): State<Web>, headers: HeaderMap) -> Response {
    if let Some(token) = &web.options.metrics_token {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !is_same(given.as_bytes(), format!("Bearer {token}").as_bytes()) {
            return StatusCode::NOT_FOUND.into_response();
        }
    }
    let c = &web.counters;
    let mut text = String::new();
    for (name, help, counter) in [
        ("kizashi_intake_requests_total", "Intake requests.", &c.requests),
        ("kizashi_intake_events_total", "Events made durable.", &c.events),
        ("kizashi_intake_records_total", "Records kept.", &c.records),
        ("kizashi_intake_refused_total", "Messages refused inside accepted requests.", &c.refused),
        ("kizashi_intake_unknown_keys_total", "Requests with an unknown write key.", &c.unknown_keys),
        ("kizashi_intake_asked_to_wait_total", "Requests asked to come again later.", &c.asked_to_wait),
        ("kizashi_failures_total", "Requests that failed on our side.", &c.failures),
    ] {
        let _ =
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {}", counter.load(Ordering::Relaxed));
    }
    // Without the database the counters alone are told.
    if let Ok(waiting) = kizashi_app::intake::count_waiting(&web.app).await {
        let name = "kizashi_customers_waiting";
        let _ = writeln!(text, "# HELP {name} Customers waiting to be scored.\n# TYPE {name} gauge\n{name} {waiting}");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Compares in the same time whatever differs.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0_u8, |all, (x, y)| all | (x ^ y)) == 0
}
