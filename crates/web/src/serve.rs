//! The running server: a listener, the product behind it, and the end.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use kizashi_app::App;
use kizashi_domain::intake::Connector;

/// What every handler works with.
#[derive(Clone)]
pub struct State {
    /// The product.
    pub app: App,
    /// Understands intake bodies.
    pub connector: Arc<dyn Connector>,
}

/// Serves pages and intake until `shutdown`, then ends what is under way.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    state: State,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(state)).with_graceful_shutdown(shutdown).await
}

/// Every route.
pub fn router(state: State) -> Router {
    Router::new().route("/healthz", get(|| async { "ok" })).with_state(state)
}
