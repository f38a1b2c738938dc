//! Which repeated manual work might become a play.

use std::collections::HashMap;

use kizashi_domain::id::{Card, Id};
use kizashi_domain::lang::Text;
use kizashi_domain::limits::PROPOSAL_DAYS;
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::plays::{Handled, Repeated, find_repeated};

use super::store;
use crate::settings::Settings;
use crate::{App, Result};

/// Repeated work with the names that a page shows.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// What was done again and again.
    pub repeated: Repeated,
    /// The signal that opens the cards.
    pub title: Text,
    /// The play that the signal names already: id and title.
    pub current: Option<(String, Text)>,
}

/// Work of the last half year that was done in the same way several times, the most frequent first; what has a play already comes after
/// what has none.
pub async fn list_proposals(app: &App, settings: &Settings) -> Result<Vec<Proposal>> {
    let today = settings.day_of(app.now());
    let since = settings.zone.start_of(today.plus(-PROPOSAL_DAYS));
    let mut done: HashMap<Id<Card>, Vec<String>> = HashMap::new();
    for (card, kind) in store::list_done_since(app, settings.workspace, since).await? {
        done.entry(card).or_default().push(kind);
    }
    let mut handled = Vec::new();
    for card in store::list_closed(app, settings.workspace, since).await? {
        let (from, to) = (settings.day_of(card.opened_at), settings.day_of(card.closed_at));
        handled.push(Handled {
            rule: card.rule.unwrap_or_default(),
            did: done.remove(&card.id).unwrap_or_default(),
            is_complete: card.owner.is_some() && !card.note.trim().is_empty(),
            is_solved: card.outcome == "solved",
            business_days: u32::try_from(settings.calendar.business_days_between(from, to)).unwrap_or(0),
        });
    }
    let pack = &settings.pack;
    let named = |repeated: Repeated| {
        let rule = pack.rule(&repeated.rule)?;
        let current = rule.play.as_deref().and_then(|id| pack.play(id)).map(|p| (p.id.clone(), p.title.clone()));
        Some(Proposal { title: rule_title(rule, &pack.metrics), current, repeated })
    };
    let mut list: Vec<Proposal> = find_repeated(&handled).into_iter().filter_map(named).collect();
    list.sort_by_key(|one| one.current.is_some());
    Ok(list)
}
