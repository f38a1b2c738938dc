//! Cards that firings of past days would have opened then, for a workspace that begins with a past. What became of them is said with
//! the use cases of today's cards, by a clock that stands in the past.

use std::collections::HashMap;

use kizashi_domain::id::{Card, Id};
use kizashi_domain::signals::{Firing, Rule, Stake, joint_severity, merge, rank, risk_of};

use super::respond::{Facts, find_latest, keep_drafts, write_draft};
use super::runs::{Beginning, begin_named};
use super::store;
use crate::access::Grant;
use crate::signals::{PastFiring, keep_past_firing};
use crate::{App, Result};

/// What a card of the past rests on: firings of one customer whose rules make cards of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Recalled<'a> {
    /// The firings.
    pub firings: &'a [PastFiring],
    /// MRR of the middle customer, in minor units.
    pub typical_mrr_minor: i64,
    /// Whether the play that the card names begins with it, as it does with today's cards.
    pub begins_play: bool,
}

/// Opens the card of a past day, as of the app's clock. `None` when nothing is left to say: a card told it already.
pub async fn recall_card(app: &App, grant: &Grant, recalled: &Recalled<'_>) -> Result<Option<Id<Card>>> {
    let ws = grant.workspace();
    let settings = crate::settings::open_settings(app, ws).await?;
    let Some(first) = recalled.firings.first() else { return Ok(None) };
    let today = settings.day_of(app.now());
    let rules: HashMap<&str, &Rule> = settings.pack.signals.iter().map(|r| (r.id.as_str(), r)).collect();
    let known = |f: &PastFiring| Some((*rules.get(f.firing.rule.as_str())?, f.firing.clone()));
    let firings: Vec<(&Rule, Firing)> = recalled.firings.iter().filter_map(known).collect();
    let facts: Facts<'_> =
        recalled.firings.iter().filter_map(|f| Some((f.firing.rule.as_str(), f.after.last_key.as_deref()?))).collect();
    let subject = &first.subject;
    let profile = subject.profile_at(today, None);
    let stake = Stake {
        risk: risk_of(joint_severity(firings.iter().map(|(r, _)| r.severity)), first.points),
        mrr_minor: profile.mrr_minor.unwrap_or(0),
        typical_mrr_minor: recalled.typical_mrr_minor,
        days_left: subject.date("notice_deadline", today).filter(|d| *d >= today).map(|d| d.0 - today.0),
        can_act: subject.owner_id.is_some(),
    };
    let mut tx = app.db.write().await?;
    for past in recalled.firings {
        keep_past_firing(&mut tx, app, &settings, past).await?;
    }
    let mut opened = None;
    for draft in merge(firings).iter().take(1) {
        let of = (today, f64::from(rank(&stake)), find_latest(draft, stake.days_left, today));
        let who = store::Subject { key: subject.id.to_string(), customer: Some(subject.id), owner: subject.owner_id };
        let drafts: Vec<store::Drafted> = write_draft(app, &settings, of, who, draft, &facts).into_iter().collect();
        opened = keep_drafts(&mut tx, app, &settings, &drafts).await?.opened.into_iter().flatten().next();
    }
    if let Some(card) = opened.filter(|_| recalled.begins_play) {
        let whom = Beginning { customer: subject.id, owner: subject.owner_id, profile: &profile };
        begin_named(&mut tx, app, &settings, (card, &whom)).await?;
    }
    tx.commit().await?;
    Ok(opened)
}
