//! From drafts to cards: what no card has told yet opens one, or goes to the open one of the same subject and kind. Many at a time, by the
//! files of the tables.

use std::collections::HashSet;

use kizashi_db::{ToValue, Tx, Value};
use kizashi_domain::id::{Card, Customer, Id, Workspace};

use super::card::{insert_cards, update_cards, wake_cards};
use super::cause::{Cause, keep_causes, list_rules_now, list_told};
use super::open_now::{OpenNow, list_open_now};
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
    let is_told = |draft: &Drafted, cause: &Cause| told.get(&draft.subject.key).is_some_and(|told| told.knows(cause));
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

/// What became of drafts.
pub(in crate::plays) struct Kept {
    /// For each draft the card that it opened.
    pub opened: Vec<Option<Id<Card>>>,
    /// Plays that newly found causes of cards that were open already name.
    pub joined: Vec<Joined>,
}

/// A play that a cause brings to a card that was open already.
pub(in crate::plays) struct Joined {
    pub customer: Id<Customer>,
    pub card: Id<Card>,
    pub play: String,
}

/// The cards asleep that are woken: by something that happened, and by a sign that they do not stand for yet and that presses as much.
async fn list_woken(tx: &mut Tx, ws: Id<Workspace>, asleep: &[(&OpenNow, &Meant<'_>)]) -> Result<Vec<Id<Card>>> {
    if asleep.is_empty() {
        return Ok(Vec::new());
    }
    let known = list_rules_now(tx, ws, asleep.iter().map(|(card, _)| card.id)).await?;
    let wakes = |(card, m): &&(&OpenNow, &Meant<'_>)| {
        let is_new = |cause: &&Cause| !known.contains(&(card.id, cause.rule.clone()));
        let happened = |cause: &&Cause| !cause.fact.is_empty();
        m.news.iter().any(happened) || (card.gives_way(&m.draft.due) && m.news.iter().any(is_new))
    };
    Ok(asleep.iter().filter(wakes).map(|(card, _)| card.id).collect())
}

/// Opens or updates the cards of drafts, of which no two are of one subject and kind.
pub(in crate::plays) async fn keep_cards(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    drafts: &[Drafted],
) -> Result<Kept> {
    let mut kept = Kept { opened: vec![None; drafts.len()], joined: Vec::new() };
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
    let (mut updates, mut asleep, mut steps, mut causes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for m in &meant {
        let id = match open.find(m.draft).filter(|card| card.id != m.id) {
            Some(card) => {
                updates.push((card, &m.draft.card, &m.draft.due));
                steps.push((card.id, Step::of("updated", now)));
                if card.is_asleep() {
                    asleep.push((card, m));
                }
                let play = m.news.iter().map(|cause| &cause.play).find(|play| !play.is_empty());
                if let (Some(customer), Some(play)) = (m.draft.subject.customer, play) {
                    kept.joined.push(Joined { customer, card: card.id, play: play.clone() });
                }
                card.id
            }
            None => {
                steps.push((m.id, Step::of("opened", m.draft.due.opened_at)));
                if let Some(slot) = kept.opened.get_mut(m.at) {
                    *slot = Some(m.id);
                }
                m.id
            }
        };
        causes.extend(m.news.iter().map(|cause| (id, *cause)));
    }
    let woken = list_woken(tx, ws, &asleep).await?;
    update_cards(tx, ws, &updates, now).await?;
    wake_cards(tx, ws, &woken).await?;
    steps.extend(woken.iter().map(|card| (*card, Step::of("roused", now))));
    insert_steps(tx, ws, &steps).await?;
    keep_causes(tx, ws, &causes, now).await?;
    Ok(kept)
}
