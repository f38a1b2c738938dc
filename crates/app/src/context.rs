//! What every use case works with.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use kizashi_db::{Db, DbError};
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::intake::Joined;
use kizashi_domain::intake::mail::Mailboxes;
use kizashi_domain::measure::Source;
use kizashi_domain::time::Time;
use uuid::Uuid;

use crate::customers::Choices;
use crate::dictionary::CensusCache;
use crate::files::Folder;
use crate::intake::SourceCache;
use crate::measure::PositionsCache;
use crate::schedule::UnderWay;
use crate::secrets::{KeyRing, KeyText};
use crate::settings::SettingsCache;
use crate::{Error, Result};

/// Where "now" comes from; tests bring their own.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands until it is moved.
#[derive(Debug, Default)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Stands at `at`.
    pub fn at(at: Time) -> Self {
        Self(AtomicI64::new(at.micros()))
    }

    /// Moves to `at`.
    pub fn set(&self, at: Time) {
        self.0.store(at.micros(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

/// The running product: database, usage history, clock. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) db: Db,
    pub(crate) history: Arc<dyn Source>,
    clock: Arc<dyn Clock>,
    pub(crate) settings: Arc<SettingsCache>,
    pub(crate) sources: Arc<SourceCache>,
    pub(crate) dirty: Arc<DirtyMarks>,
    pub(crate) scoring: Arc<UnderWay>,
    /// What the filters of the list offer, and when that was read.
    pub(crate) choices: Arc<Mutex<Option<(Time, Choices)>>>,
    /// What is being fetched from other systems.
    pub(crate) pulls: Arc<crate::pulls::Running>,
    /// Imports under way.
    pub(crate) imports: Arc<crate::imports::Jobs>,
    /// The last count of everybody's readings.
    pub(crate) census: Arc<CensusCache>,
    /// What positions are read from.
    pub(crate) positions: Arc<PositionsCache>,
    /// Customers that are one.
    joined: Arc<RwLock<Arc<Joined>>>,
    /// The key that opens secrets.
    pub(crate) secrets: Arc<KeyRing>,
    /// Where the contents of files lie.
    pub(crate) files: Option<Folder>,
    /// Opens mailboxes.
    pub(crate) mailboxes: Option<Arc<dyn Mailboxes>>,
}

/// Customers marked dirty and not yet taken, so that a busy customer is not written again for every event.
#[derive(Debug, Default)]
pub(crate) struct DirtyMarks(Mutex<HashSet<String>>);

impl DirtyMarks {
    /// Those of `customers` that were not marked; they are from now on.
    pub(crate) fn add(&self, customers: Vec<String>) -> Vec<String> {
        match self.0.lock() {
            Ok(mut marked) => customers.into_iter().filter(|c| marked.insert(c.clone())).collect(),
            Err(_) => customers,
        }
    }

    /// Forgets marks before their rows are taken, so that a fact that comes meanwhile marks anew.
    pub(crate) fn remove(&self, customers: &[String]) {
        if let Ok(mut marked) = self.0.lock() {
            for c in customers {
                marked.remove(c);
            }
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("db", &self.db.engine()).finish_non_exhaustive()
    }
}

/// Name of the SQLite file in a data folder.
pub const DATABASE_FILE: &str = "kizashi.db";

impl App {
    /// Opens the database (`database_url` when given, else the SQLite file of the data folder) and brings it up to date. Secrets
    /// are sealed with `secret_key`, else with the key file of the data folder.
    pub async fn open(
        data: &Path,
        database_url: Option<&str>,
        secret_key: Option<KeyText>,
        history: Arc<dyn Source>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        let db = match database_url {
            Some(url) => Db::open_postgres(url).await?,
            None => Db::open_sqlite(&data.join(DATABASE_FILE)).await?,
        };
        let app = Self::with(db, history, clock).await?;
        Ok(Self { secrets: Arc::new(KeyRing::of(data, secret_key)), ..app }.keeping_files_in(data))
    }

    /// Keeps the contents of files in a folder inside of this one.
    #[must_use]
    pub fn keeping_files_in(self, data: &Path) -> Self {
        Self { files: Some(Folder::of(data)), ..self }
    }

    /// The same product by another clock, so that a past can be written down as it went, such as that of the demo company.
    #[must_use]
    pub fn by_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self.clone() }
    }

    /// Reads mailboxes by these means.
    #[must_use]
    pub fn reading_mailboxes_by(self, mailboxes: Arc<dyn Mailboxes>) -> Self {
        Self { mailboxes: Some(mailboxes), ..self }
    }

    /// The time zone of the workspace in this database; `None` before there is one.
    pub async fn find_zone(data: &Path, database_url: Option<&str>, now: Time) -> Result<Option<String>> {
        let db = match database_url {
            Some(url) => Db::open_postgres(url).await?,
            None => Db::open_sqlite(&data.join(DATABASE_FILE)).await?,
        };
        db.migrate(now).await?;
        let zone = crate::settings::find_zone(&db).await;
        db.close().await;
        zone
    }

    /// On an open database, with a key of secrets that ends with the process; for tests.
    pub async fn with(db: Db, history: Arc<dyn Source>, clock: Arc<dyn Clock>) -> Result<Self> {
        db.migrate(clock.now()).await?;
        let app = Self {
            db,
            history,
            clock,
            settings: Arc::default(),
            sources: Arc::default(),
            dirty: Arc::default(),
            scoring: Arc::default(),
            choices: Arc::default(),
            imports: Arc::default(),
            pulls: Arc::default(),
            census: Arc::default(),
            positions: Arc::default(),
            joined: Arc::default(),
            secrets: Arc::new(KeyRing::of_memory()?),
            files: None,
            mailboxes: None,
        };
        if let Some(workspace) = app.workspace().await? {
            crate::search::index_when_empty(&app, workspace).await?;
            crate::merges::join(&app, workspace).await?;
        }
        Ok(app)
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Which database engine; for messages only.
    pub fn engine(&self) -> kizashi_db::Engine {
        self.db.engine()
    }

    /// Customers that are one.
    pub(crate) fn joined(&self) -> Arc<Joined> {
        Arc::clone(&self.joined.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these are one, here and in the history.
    pub(crate) fn set_joined(&self, joined: Joined) {
        *self.joined.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(joined.clone());
        self.history.join(joined);
    }

    /// A new id.
    pub(crate) fn new_id<T>() -> Id<T> {
        Id::from_uuid(Uuid::now_v7())
    }

    /// Runs blocking work on history away from the threads that serve.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Source) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let history = Arc::clone(&self.history);
        tokio::task::spawn_blocking(move || work(history.as_ref()))
            .await
            .map_err(|e| Error::failed("a background step stopped", e))?
    }

    /// Checks the database; findings, none when sound.
    pub async fn check_database(&self) -> Result<Vec<String>> {
        Ok(self.db.check().await?)
    }

    /// Answers when the database does.
    pub async fn ready(&self) -> std::result::Result<(), DbError> {
        self.db.find::<(i64,)>(kizashi_db::sql!("SELECT count(*) FROM workspace"), vec![]).await.map(|_| ())
    }

    /// The workspace of this installation; `None` before `kizashi init`.
    pub async fn workspace(&self) -> Result<Option<Id<Workspace>>> {
        crate::settings::find_workspace(self).await
    }

    /// Closes the database after its work.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
