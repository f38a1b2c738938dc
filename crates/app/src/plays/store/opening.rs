//! From drafts to cards: what no card has told yet opens one, or goes to the open one of the same subject and kind. Many at a time, by the
//! files of the tables.

use std::collections::HashSet;

use kizashi_db::{ToValue, Tx, Value};
use kizashi_domain::id::{Card, Id, Workspace};

use super::card::{insert_cards, list_open_now, update_cards};
use super::cause::{Cause, keep_causes, list_told};
use super::step::{Step, insert_steps};
use super::{Due, NewCard, Subject};
use crate::{App, Result};

/// A card as signs call for it.
pub(in crate::plays) struct Drafted {
    pub subject: Subject,
    pub card: NewCard,
    pub due: Due,
    pub causes: Vec<Cause>,
}

/// A draft with something that no card has told yet.
struct Meant<'a> {
    at: usize,
    draft: &'a Drafted,
    news: Vec<&'a Cause>,
    /// Its id, when it becomes a card of its own.
    id: Id<Card>,
}

/// The causes that no card of the subject has told yet: what a closed card answered is not asked again.
async fn list_meant<'a>(tx: &mut Tx, ws: Id<Workspace>, drafts: &'a [Drafted]) -> Result<Vec<Meant<'a>>> {
    let Some(first) = drafts.iter().flat_map(|d| d.causes.iter().map(|c| c.day)).min() else { return Ok(Vec::new()) };
    let told = list_told(tx, ws, keys_of(drafts.iter()), first).await?;
    let is_told = |draft: &Drafted, cause: &Cause| {
        told.get(&draft.subject.key).is_some_and(|told| told.iter().any(|t| t.0 == cause.rule && t.1 == cause.day))
    };
    let meant = drafts.iter().enumerate().map(|(at, draft)| {
        let news = draft.causes.iter().filter(|cause| !is_told(draft, cause)).collect();
        Meant { at, draft, news, id: App::new_id() }
    });
    Ok(meant.filter(|m| !m.news.is_empty()).collect())
}

fn keys_of<'a>(drafts: impl Iterator<Item = &'a Drafted>) -> Vec<Value> {
    let keys: HashSet<&str> = drafts.map(|d| d.subject.key.as_str()).collect();
    keys.into_iter().map(ToValue::to_value).collect()
}

/// Opens or updates the cards of drafts, of which no two are of one subject and kind; for each the id of the card that it opened.
pub(in crate::plays) async fn keep_cards(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    drafts: &[Drafted],
) -> Result<Vec<Option<Id<Card>>>> {
    let mut opened: Vec<Option<Id<Card>>> = vec![None; drafts.len()];
    let meant = list_meant(tx, ws, drafts).await?;
    let keys = keys_of(meant.iter().map(|m| m.draft));
    let mut open = list_open_now(tx, ws, keys.clone()).await?;
    let fresh: Vec<_> = meant
        .iter()
        .filter(|m| open.find(m.draft).is_none())
        .map(|m| (m.id, &m.draft.subject, &m.draft.card, &m.draft.due))
        .collect();
    if insert_cards(tx, ws, &fresh, None).await? < u64::try_from(fresh.len()).unwrap_or(u64::MAX) {
        // Another process opened some of them at the same moment.
        open = list_open_now(tx, ws, keys).await?;
    }
    let now = app.now();
    let (mut updates, mut steps, mut causes) = (Vec::new(), Vec::new(), Vec::new());
    for m in &meant {
        let id = match open.find(m.draft).filter(|card| card.id != m.id) {
            Some(card) => {
                updates.push((card, &m.draft.card, &m.draft.due));
                steps.push((card.id, Step::of("updated", now)));
                card.id
            }
            None => {
                steps.push((m.id, Step::of("opened", m.draft.due.opened_at)));
                if let Some(slot) = opened.get_mut(m.at) {
                    *slot = Some(m.id);
                }
                m.id
            }
        };
        causes.extend(m.news.iter().map(|cause| (id, *cause)));
    }
    update_cards(tx, ws, &updates, now).await?;
    insert_steps(tx, ws, &steps).await?;
    keep_causes(tx, ws, &causes, now).await?;
    Ok(opened)
}
