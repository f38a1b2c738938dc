//! Versions of the settings: who put what in force, when and why.

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::limits::{COMMENT_CHARS_MAX, PAGE_ROWS_MAX, SETTINGS_BYTES_MAX};
use kizashi_domain::pack::{Difference, Pack, compare, list_changed_plays};
use kizashi_domain::time::Time;
use sha2::{Digest as _, Sha256};

use super::{open_settings, store};
use crate::access::Grant;
use crate::{App, Error, Refused, Result};

/// A version in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// Number, from 1.
    pub version: i64,
    /// When it was put in force.
    pub at: Time,
    /// Who; `None` for the person at the machine.
    pub who: Option<String>,
    /// Why.
    pub comment: String,
}

/// A version whole.
#[derive(Clone, Debug)]
pub struct Version {
    /// Who, when and why.
    pub row: VersionRow,
    /// The document as it was saved.
    pub document: String,
    /// What it says.
    pub pack: Pack,
}

/// Versions, newest first, those before `before` when given; one page.
pub async fn list_versions(app: &App, workspace: Id<Workspace>, before: Option<i64>) -> Result<Vec<VersionRow>> {
    store::list_versions(app, workspace, before, PAGE_ROWS_MAX).await
}

/// One version.
pub async fn open_version(app: &App, workspace: Id<Workspace>, version: i64) -> Result<Version> {
    let Some((row, document)) = store::find_row(app, workspace, version).await? else {
        return Err(Refused::NotFound.into());
    };
    let pack = Pack::parse(&document).map_err(|e| Error::failed("a stored version of the settings", e))?;
    Ok(Version { row, document, pack })
}

/// What tells the new and changed plays of a pack from those of any other: whoever saw their rehearsals hands it back. `None` = it
/// changes nothing about plays.
pub fn stamp_plays(before: &Pack, after: &Pack) -> Option<String> {
    let plays = list_changed_plays(before, after);
    if plays.is_empty() {
        return None;
    }
    let begun: Vec<_> = after.signals.iter().filter_map(|s| Some((&s.id, s.play.as_ref()?))).collect();
    let text = serde_json::to_vec(&(&plays, begun)).unwrap_or_default();
    Some(Sha256::digest(&text).iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// Puts a document in force as a new version. A document with a mistake is refused and the old version stays; so is one that
/// was made from another version than the last, when `base` says from which, and one with new or changed plays whose rehearsals nobody
/// saw: `rehearsed` is their [`stamp_plays`].
///
/// Everybody is scored anew by the next turn of the jobs ([`crate::schedule`]); scores of past days stay what they were.
pub async fn keep_settings(
    app: &App,
    grant: &Grant,
    base: Option<i64>,
    document: &str,
    (comment, rehearsed): (&str, &str),
) -> Result<Vec<Difference>> {
    let pack = read_document(document)?;
    require_rehearsal(app, grant, &pack, rehearsed).await?;
    keep(app, grant, base, &pack, document, comment).await
}

fn read_document(document: &str) -> Result<Pack> {
    if document.len() > SETTINGS_BYTES_MAX {
        return Err(Refused::Field { field: "document", reason: "too-large" }.into());
    }
    Ok(Pack::parse(document).map_err(|e| Refused::Settings(e.to_string()))?)
}

/// A play that nobody rehearsed is not put in force.
async fn require_rehearsal(app: &App, grant: &Grant, pack: &Pack, rehearsed: &str) -> Result<()> {
    let before = open_settings(app, grant.workspace()).await?;
    match stamp_plays(&before.pack, pack) {
        Some(stamp) if stamp != rehearsed => {
            Err(Refused::Field { field: "rehearsed", reason: "rehearse-first" }.into())
        }
        _ => Ok(()),
    }
}

/// Puts a pack that was edited in forms in force, as [`keep_settings`] does with a document; plays are published from their rehearsals.
pub async fn keep_pack(app: &App, grant: &Grant, base: i64, pack: &Pack, comment: &str) -> Result<Vec<Difference>> {
    let document = pack.to_toml();
    // What forms make is read back like a file, so that nothing is kept that could not be read tomorrow.
    let pack = read_document(&document)?;
    keep(app, grant, Some(base), &pack, &document, comment).await
}

/// Whether a signal begins another play than it did: what nobody rehearsed with it is not begun by it.
pub fn begins_other_plays(before: &Pack, after: &Pack) -> bool {
    let was = |id: &str| before.rule(id).and_then(|rule| rule.play.as_ref());
    after.signals.iter().any(|rule| rule.play.is_some() && rule.play.as_ref() != was(&rule.id))
}

/// The same for a form of a person: where signals begin other plays, somebody must have seen what those would have done. `rehearsed` as for
/// [`keep_settings`].
pub async fn keep_edit(
    app: &App,
    grant: &Grant,
    base: i64,
    pack: &Pack,
    (comment, rehearsed): (&str, &str),
) -> Result<Vec<Difference>> {
    if begins_other_plays(&open_settings(app, grant.workspace()).await?.pack, pack) {
        require_rehearsal(app, grant, pack, rehearsed).await?;
    }
    keep_pack(app, grant, base, pack, comment).await
}

/// Puts an earlier version in force again, as a new one. `rehearsed` as for [`keep_settings`].
pub async fn restore_version(
    app: &App,
    grant: &Grant,
    base: i64,
    version: i64,
    (comment, rehearsed): (&str, &str),
) -> Result<Vec<Difference>> {
    let earlier = open_version(app, grant.workspace(), version).await?;
    require_rehearsal(app, grant, &earlier.pack, rehearsed).await?;
    keep(app, grant, Some(base), &earlier.pack, &earlier.document, comment).await
}

async fn keep(
    app: &App,
    grant: &Grant,
    base: Option<i64>,
    pack: &Pack,
    document: &str,
    comment: &str,
) -> Result<Vec<Difference>> {
    let comment = comment.trim();
    if comment.is_empty() {
        return Err(Refused::Field { field: "comment", reason: "required" }.into());
    }
    if comment.chars().count() > COMMENT_CHARS_MAX {
        return Err(Refused::Field { field: "comment", reason: "too-long" }.into());
    }
    let before = open_settings(app, grant.workspace()).await?;
    if base.is_some_and(|base| base != before.version) {
        return Err(Refused::Changed.into());
    }
    if pack.time_zone != before.pack.time_zone {
        // Days of usage history were cut by the zone when they came in.
        return Err(Refused::Field { field: "document", reason: "time-zone-is-fixed" }.into());
    }
    pack.check_file_after(document, &before.pack).map_err(|e| Refused::Settings(e.to_string()))?;
    let differences = compare(&before.pack, pack);
    if differences.is_empty() {
        return Err(Refused::Field { field: "document", reason: "nothing-changed" }.into());
    }
    store::insert_version(app, grant, base, document, comment).await?;
    Ok(differences)
}
