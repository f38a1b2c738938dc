//! A product to act on: a database of either engine, history in memory, a clock that stands still, members of staff.

use std::sync::Arc;

use kizashi_app::access::{Grant, NewStaff, Role, SignedIn, add_staff, sign_in};
use kizashi_app::settings::init_workspace;
use kizashi_app::{App, FixedClock};
use kizashi_db::Db;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::lang::Lang;
use kizashi_domain::time::{Day, Time, Zone};

use crate::MemoryHistory;

/// Password of everybody on the stage.
pub const PASSWORD: &str = "correct horse battery";

/// On which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum On {
    Sqlite,
    Postgres,
}

/// Everything a test needs.
pub struct Stage {
    /// The product.
    pub app: App,
    /// Its database, to look behind the pages.
    pub db: Db,
    /// Its history.
    pub history: Arc<MemoryHistory>,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// Its workspace.
    pub workspace: Id<Workspace>,
    /// Asia/Tokyo.
    pub zone: Zone,
    /// Its data folder.
    pub folder: tempfile::TempDir,
}

impl Stage {
    /// A workspace with the given pack; the clock shows ten in the morning of `today` in Tokyo.
    ///
    /// # Panics
    /// When anything does not stand.
    pub async fn set(on: On, pack: &str, today: &str) -> Self {
        let zone = Zone::named("Asia/Tokyo").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let db = match on {
            On::Sqlite => Db::open_sqlite(&folder.path().join("kizashi.db")).await.unwrap(),
            On::Postgres => Db::open_postgres(&crate::postgres::fresh_database()).await.unwrap(),
        };
        let history = Arc::new(MemoryHistory::new(zone.clone()));
        let clock = Arc::new(FixedClock::at(Self::morning(&zone, today)));
        let app = App::with(db.clone(), history.clone(), clock.clone()).await.unwrap().keeping_files_in(folder.path());
        let workspace = init_workspace(&app, "試験商事", pack).await.unwrap();
        Self { app, db, history, clock, workspace, zone, folder }
    }

    /// Ten in the morning of a day.
    ///
    /// # Panics
    /// When it is not a day.
    pub fn morning(zone: &Zone, day: &str) -> Time {
        zone.start_of(day.parse().unwrap()).plus_us(10 * 3_600_000_000)
    }

    /// Moves the clock to ten in the morning of a day.
    pub fn go_to(&self, day: &str) {
        self.clock.set(Self::morning(&self.zone, day));
    }

    /// Today.
    pub fn today(&self) -> Day {
        self.zone.day_of(self.app.now())
    }

    /// The right of the person at the machine.
    pub fn console(&self) -> Grant {
        Grant::of_console(self.workspace)
    }

    /// Adds a member of staff and signs them in.
    ///
    /// # Panics
    /// When they cannot be added.
    pub async fn staff(&self, name: &str, role: Role) -> SignedIn {
        let email = format!("{name}@shiken.example");
        let new = NewStaff {
            email: email.clone(),
            name: name.to_owned(),
            role,
            language: Lang::Ja,
            password: Some(PASSWORD.to_owned()),
        };
        add_staff(&self.app, &self.console(), new).await.unwrap();
        sign_in(&self.app, &email, PASSWORD).await.unwrap()
    }
}
