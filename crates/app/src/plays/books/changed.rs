//! The plays that a whole document, or an earlier version of the settings, would put in force, each with its rehearsal.

use kizashi_domain::pack::{Pack, list_changed_plays};

use super::rehearsal::{Cast, MailLimit, Rehearsal};
use super::{Book, list_too_soon, published};
use crate::settings::Settings;
use crate::{App, Result};

/// Plays that are rehearsed at once.
const REHEARSED_MAX: usize = 40;

/// A play that another pack would put in force.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// The play.
    pub book: Book,
    /// Whether there is none with this id yet.
    pub is_new: bool,
    /// Steps that would run by themselves from now on though hardly anybody did them by hand: their places, and how often it was done.
    pub too_soon: Vec<(usize, i64)>,
    /// What it would have done; `None` = beyond those that are rehearsed at once.
    pub rehearsal: Option<Rehearsal>,
}

/// Rehearses the plays of a pack that are new or other ones than those in force, in its order.
pub async fn rehearse_changed(app: &App, settings: &Settings, pack: &Pack, limit: MailLimit) -> Result<Vec<Rehearsed>> {
    let plays = list_changed_plays(&settings.pack, pack);
    let mut out = Vec::with_capacity(plays.len());
    if plays.is_empty() {
        return Ok(out);
    }
    let cast = Cast::load(app, settings.workspace).await?;
    let edited = settings.edited(pack);
    for (at, play) in plays.into_iter().enumerate() {
        let Some(book) = published(pack, &play.id) else { continue };
        let rehearsal = match at < REHEARSED_MAX {
            true => Some(cast.rehearse(app, (settings, &edited), &book, limit).await?),
            false => None,
        };
        let before = published(&settings.pack, &play.id);
        let too_soon = list_too_soon(app, settings, &book, before.as_ref()).await?;
        out.push(Rehearsed { is_new: before.is_none(), book, too_soon, rehearsal });
    }
    Ok(out)
}
