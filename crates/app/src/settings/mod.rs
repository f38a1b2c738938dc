//! The workspace and its settings: a pack as a versioned document.

mod store;
mod versions;

use std::sync::{Arc, RwLock};

use kizashi_domain::calendar::Calendar;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::pack::Pack;
use kizashi_domain::time::{Day, Time, Zone};
use sha2::{Digest as _, Sha256};

use crate::{App, Error, Refused, Result};

pub use versions::{
    Version, VersionRow, begins_other_plays, keep_edit, keep_pack, keep_settings, list_versions, open_version,
    restore_version, stamp_plays,
};

/// The settings in force.
#[derive(Debug)]
pub struct Settings {
    /// Workspace.
    pub workspace: Id<Workspace>,
    /// Name of the company that runs Kizashi.
    pub name: String,
    /// Version of the document.
    pub version: i64,
    /// The pack: terms, metrics, models, signals, plays.
    pub pack: Pack,
    /// Business time zone.
    pub zone: Zone,
    /// Business calendar.
    pub calendar: Calendar,
    /// What points are reckoned by, as a number: those of two days can be compared where it is the same.
    pub(crate) scale: i64,
}

/// Metrics, models and the calendar as one number; what else is settled moves no score.
fn scale_of(pack: &Pack) -> i64 {
    let text = serde_json::to_vec(&(&pack.metrics, &pack.models, &pack.calendar)).unwrap_or_default();
    let start = Sha256::digest(&text).first_chunk().copied().unwrap_or_default();
    i64::from_be_bytes(start)
}

impl Settings {
    /// The business day that holds `at`.
    pub fn day_of(&self, at: Time) -> Day {
        self.zone.day_of(at)
    }

    /// The same with an edited pack that nobody saved yet. The time zone of a workspace does not change.
    pub(crate) fn edited(&self, pack: &Pack) -> Self {
        Self {
            workspace: self.workspace,
            name: self.name.clone(),
            version: self.version,
            pack: pack.clone(),
            zone: self.zone.clone(),
            calendar: Calendar::new(pack.calendar.clone()),
            scale: scale_of(pack),
        }
    }
}

/// The last settings read, so that a page does not parse the pack again.
#[derive(Debug, Default)]
pub struct SettingsCache(RwLock<Option<Arc<Settings>>>);

/// Makes the workspace of an empty installation. `pack` is TOML.
pub async fn init_workspace(app: &App, name: &str, pack: &str) -> Result<Id<Workspace>> {
    if app.workspace().await?.is_some() {
        return Err(Refused::Taken.into());
    }
    let parsed = Pack::parse(pack).map_err(|e| Refused::Settings(e.to_string()))?;
    let zone = parsed.time_zone.clone();
    Zone::named(&zone).map_err(|e| Refused::Settings(e.to_string()))?;
    store::insert_workspace(app, name, &zone, pack).await
}

pub(crate) async fn find_workspace(app: &App) -> Result<Option<Id<Workspace>>> {
    store::find_workspace(app).await
}

pub(crate) async fn find_zone(db: &kizashi_db::Db) -> Result<Option<String>> {
    store::find_zone(db).await
}

/// The settings in force.
pub async fn open_settings(app: &App, workspace: Id<Workspace>) -> Result<Arc<Settings>> {
    let Some(version) = store::find_version(app, workspace).await? else { return Err(Refused::NoWorkspace.into()) };
    if let Ok(guard) = app.settings.0.read()
        && let Some(settings) = guard.as_ref().filter(|s| s.workspace == workspace && s.version == version)
    {
        return Ok(Arc::clone(settings));
    }
    let settings = read_settings(app, workspace, version).await?;
    if let Ok(mut guard) = app.settings.0.write() {
        *guard = Some(Arc::clone(&settings));
    }
    Ok(settings)
}

/// The settings that were in force at the end of a day, when they are another version than `now`.
pub(crate) async fn open_settings_of(app: &App, now: &Settings, day: Day) -> Result<Option<Arc<Settings>>> {
    let end = now.zone.end_of(day);
    let version = store::find_version_at(app, now.workspace, end).await?;
    let Some(version) = version.filter(|v| *v != now.version) else { return Ok(None) };
    read_settings(app, now.workspace, version).await.map(Some)
}

async fn read_settings(app: &App, workspace: Id<Workspace>, version: i64) -> Result<Arc<Settings>> {
    let Some((name, time_zone, document)) = store::find_document(app, workspace, version).await? else {
        return Err(Refused::NoWorkspace.into());
    };
    let pack = Pack::parse(&document).map_err(|e| Error::failed("the stored settings", e))?;
    let zone = Zone::named(&time_zone).map_err(|e| Error::failed("the stored settings", e))?;
    let calendar = Calendar::new(pack.calendar.clone());
    let scale = scale_of(&pack);
    Ok(Arc::new(Settings { workspace, name, version, pack, zone, calendar, scale }))
}
