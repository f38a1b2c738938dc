//! Sources: where facts come from, their write keys, which user belongs to which customer.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::time::{Day, Time};

use super::store;
use crate::access::{Grant, token};
use crate::{App, Refused, Result};

type Groups = Arc<RwLock<HashMap<String, String>>>;
type Key = (Id<Workspace>, String);

/// Keys and groups read so far; a request must not cost a query for them.
#[derive(Debug, Default)]
pub(crate) struct SourceCache {
    keys: RwLock<HashMap<String, Key>>,
    groups: RwLock<HashMap<Key, Groups>>,
}

/// A source for the page 「データ」.
#[derive(Clone, Debug)]
pub struct SourceView {
    /// Name.
    pub name: String,
    /// Whether it has a write key.
    pub has_key: bool,
    /// When its last event was received.
    pub last_received_at: Option<Time>,
    /// The last day with events.
    pub last_day: Option<Day>,
    /// Events of the last 30 days.
    pub events_30d: u64,
    /// Events in all.
    pub events: u64,
    /// Silent for longer than its rhythm.
    pub quiet: bool,
    /// Messages refused in the last 30 days: field, reason, how often.
    pub refused: Vec<(String, String, i64)>,
}

/// The source behind a write key.
pub(super) async fn find_by_key(app: &App, write_key: &str) -> Result<Key> {
    let hash = crate::access::hash_key(write_key);
    if let Ok(keys) = app.sources.keys.read()
        && let Some(found) = keys.get(&hash)
    {
        return Ok(found.clone());
    }
    let Some(found) = store::find_source_by_key(app, &hash).await? else { return Err(Refused::UnknownKey.into()) };
    if let Ok(mut keys) = app.sources.keys.write() {
        keys.insert(hash, found.clone());
    }
    Ok(found)
}

/// The customers of a source's users.
pub(super) async fn groups_of(app: &App, workspace: Id<Workspace>, source: &str) -> Result<Groups> {
    let key = (workspace, source.to_owned());
    if let Ok(all) = app.sources.groups.read()
        && let Some(found) = all.get(&key)
    {
        return Ok(Arc::clone(found));
    }
    let rows = store::list_groups(app, workspace, source).await?;
    let fresh: Groups = Arc::new(RwLock::new(rows.into_iter().collect()));
    match app.sources.groups.write() {
        Ok(mut all) => Ok(Arc::clone(all.entry(key).or_insert(fresh))),
        Err(_) => Ok(fresh),
    }
}

/// Makes a write key for a source (a new one replaces the old); it is shown once and kept only as a hash.
pub async fn add_write_key(app: &App, grant: &Grant, source: &str) -> Result<String> {
    let key = format!("kwk_{}", token()?);
    keep_key(app, grant, source, Some(&key)).await?;
    Ok(key)
}

/// Takes a source's write key away.
pub async fn revoke_write_key(app: &App, grant: &Grant, source: &str) -> Result<()> {
    keep_key(app, grant, source, None).await
}

async fn keep_key(app: &App, grant: &Grant, source: &str, key: Option<&str>) -> Result<()> {
    store::keep_key(app, grant, source, key.map(crate::access::hash_key).as_deref()).await?;
    if let Ok(mut keys) = app.sources.keys.write() {
        keys.clear();
    }
    Ok(())
}

/// Names of the sources that have a write key.
pub async fn list_write_keys(app: &App, workspace: Id<Workspace>) -> Result<Vec<String>> {
    Ok(store::list_sources(app, workspace).await?.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect())
}

/// All sources with their arrivals.
pub async fn list_sources(app: &App, workspace: Id<Workspace>) -> Result<Vec<SourceView>> {
    let settings = crate::settings::open_settings(app, workspace).await?;
    let today = settings.day_of(app.now());
    let (feeds, _) = crate::measure::list_feeds(app, &settings, today).await?;
    let arrivals = app.blocking(|h| Ok(h.arrivals()?)).await?;
    let refused = store::list_refused(app, workspace, today.plus(-30)).await?;
    let mut names: Vec<(String, bool)> = store::list_sources(app, workspace).await?;
    for a in &arrivals {
        if !names.iter().any(|(n, _)| *n == a.source) {
            names.push((a.source.clone(), false));
        }
    }
    names.sort();
    Ok(names
        .into_iter()
        .map(|(name, has_key)| {
            let found = arrivals.iter().find(|a| a.source == name);
            let count =
                |from: Day| found.map_or(0, |a| a.per_day.iter().filter(|(d, _)| *d > from).map(|(_, n)| n).sum());
            SourceView {
                has_key,
                last_received_at: found.map(|a| a.last_received_at),
                last_day: found.and_then(|a| a.per_day.last()).map(|(d, _)| *d),
                events_30d: count(today.plus(-30)),
                events: count(Day(i32::MIN)),
                quiet: feeds.list.iter().any(|f| f.source == name && f.is_silent),
                refused: refused.iter().filter(|r| r.0 == name).map(|r| (r.1.clone(), r.2.clone(), r.3)).collect(),
                name,
            }
        })
        .collect())
}
