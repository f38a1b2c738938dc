//! The running server: a listener, the product behind it, and the end.

use std::future::Future;
use std::sync::{Arc, RwLock};

use axum::Router;
use kizashi_app::App;
use kizashi_app::settings::Settings;
use kizashi_domain::intake::{Connector, Files, Hooks};
use kizashi_domain::lang::Lang;
use tokio::sync::Semaphore;

use crate::intake::Counters;
use crate::words::{Terms, Words};

/// Bodies of intake taken in at once; more wait, and beyond that are asked to come again.
const INTAKE_AT_ONCE_MAX: usize = 64;
/// Bodies of intake that wait for one of these places.
const INTAKE_WAITING_MAX: usize = 128;

/// What the server is given.
#[derive(Clone)]
pub struct State {
    /// The product.
    pub app: App,
    /// Understands intake bodies.
    pub connector: Arc<dyn Connector>,
    /// Understands files, and keeps those that a browser brings.
    pub files: Arc<dyn Files>,
    /// Understands what others push.
    pub hooks: Arc<dyn Hooks>,
}

/// How the server stands in the world.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Browsers reach it by https, through a proxy that speaks to us alone: cookies become `__Host-`, HSTS is sent.
    pub is_https: bool,
    /// Where browsers find it (scheme, host, port unless usual), for proxies that change the `Host` header.
    pub public_origin: Option<String>,
    /// Who may read `/metrics`; without a token, anybody who reaches the listener, which is on loopback by default.
    pub metrics_token: Option<String>,
    /// Others in one's own network may be told, and by plain http.
    pub may_reach_private: bool,
}

/// What every handler works with. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    pub(crate) app: App,
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) hooks: Arc<dyn Hooks>,
    pub(crate) options: Arc<Options>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) intake_places: Arc<Semaphore>,
    pub(crate) intake_queue: Arc<Semaphore>,
    /// Programs write one after the other: what a version was compared with stays true until it is written.
    pub(crate) api_turn: Arc<tokio::sync::Mutex<()>>,
    words: Arc<RwLock<Option<Renamed>>>,
}

/// Words with the terms of one version of the settings.
struct Renamed {
    version: i64,
    both: [Words; 2],
}

impl Web {
    fn new(state: State, options: Options) -> Self {
        Self {
            app: state.app,
            connector: state.connector,
            files: state.files,
            hooks: state.hooks,
            options: Arc::new(options),
            counters: Arc::default(),
            intake_places: Arc::new(Semaphore::new(INTAKE_AT_ONCE_MAX)),
            intake_queue: Arc::new(Semaphore::new(INTAKE_WAITING_MAX)),
            api_turn: Arc::default(),
            words: Arc::default(),
        }
    }

    /// The words of a workspace, made once a version of its settings.
    pub(crate) fn words(&self, settings: &Settings, lang: Lang) -> Words {
        let of = |both: &[Words; 2]| both.iter().find(|w| w.lang() == lang).cloned();
        if let Ok(kept) = self.words.read()
            && let Some(found) = kept.as_ref().filter(|r| r.version == settings.version).and_then(|r| of(&r.both))
        {
            return found;
        }
        let terms = Terms::of(&settings.pack);
        let both = [Words::renamed(Lang::Ja, &terms), Words::renamed(Lang::En, &terms)];
        let found = of(&both).unwrap_or_else(|| Words::plain(lang));
        if let Ok(mut kept) = self.words.write() {
            *kept = Some(Renamed { version: settings.version, both });
        }
        found
    }
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
    serve_with(listener, state, Options::default(), shutdown).await
}

/// [`serve`] with options.
///
/// # Errors
/// The listener fails.
pub async fn serve_with(
    listener: tokio::net::TcpListener,
    state: State,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router_with(state, options)).with_graceful_shutdown(shutdown).await
}

/// Every route.
pub fn router(state: State) -> Router {
    router_with(state, Options::default())
}

/// [`router`] with options.
pub fn router_with(state: State, options: Options) -> Router {
    crate::routes::all(Web::new(state, options))
}
