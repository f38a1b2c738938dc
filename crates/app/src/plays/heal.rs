//! The look at open cards: how much each presses today, and whether what it was opened for is over.

use std::collections::HashMap;

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Customer, Id};
use kizashi_domain::measure::Feeds;
use kizashi_domain::signals::{Rule, Stake, can_heal, count_healthy, joint_severity, rank, risk_of};
use kizashi_domain::time::Day;

use super::closing::tell_closed;
use super::read::Outcome;
use super::runs::end_runs_of;
use super::store::{self, OpenCard, Step};
use crate::measure::Run;
use crate::pipeline::{Assessed, Span};
use crate::settings::Settings;
use crate::{App, Result};

/// A priority that moved less, by itself or as a share of what it was, is left as it is.
const PRIORITY_STEP: f64 = 1.0;
const PRIORITY_SHARE: f64 = 0.03;

/// What is pressing about a customer today.
pub(super) fn stake_of(a: &Assessed, severity: f64, typical_mrr_minor: i64, today: Day) -> Stake {
    let notice_on = a.subject.date("notice_deadline", today);
    Stake {
        risk: risk_of(severity, a.health.verdict.shown()),
        mrr_minor: a.subject.profile.mrr_minor.unwrap_or(0),
        typical_mrr_minor,
        days_left: notice_on.filter(|d| *d >= today).map(|d| d.0 - today.0),
        can_act: a.subject.owner_id.is_some(),
    }
}

/// MRR of the middle customer of a chunk; the chunk is a fair sample.
pub(super) fn typical_mrr(chunk: &[Assessed]) -> i64 {
    let mut all: Vec<i64> = chunk.iter().filter_map(|a| a.subject.profile.mrr_minor).filter(|m| *m > 0).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or(1)
}

/// The open cards of a chunk of customers as they stood before the look, and the rules behind each.
#[derive(Debug, Default)]
pub(crate) struct Open {
    cards: Vec<OpenCard>,
    rules: HashMap<Id<Card>, Vec<String>>,
}

/// A second look on the same day finds nothing new.
fn is_looked(a: &Assessed) -> bool {
    !a.look.states.is_empty()
}

/// Finds the open cards that a look at a chunk of customers may change.
pub(crate) async fn list_open(app: &App, run: &Run, chunk: &[Assessed]) -> Result<Open> {
    let ws = run.settings.workspace;
    let looked: Vec<Id<Customer>> = chunk.iter().filter(|a| is_looked(a)).map(|a| a.subject.id).collect();
    let mut cards = store::list_open_of(app, ws, &looked).await?;
    cards.sort_by_key(|card| (card.customer, card.id));
    let rules = store::list_rules_of(app, ws, &cards.iter().map(|c| c.id).collect::<Vec<_>>()).await?;
    Ok(Open { cards, rules })
}

/// Looks at the open cards of a chunk of customers. A card whose every cause is over for long enough ends by itself when nobody touched
/// it; else its page proposes to close it. A card for which something fired in this look is not over: it was written just now.
pub(crate) async fn heal(
    tx: &mut Tx,
    app: &App,
    run: &Run,
    span: &Span,
    (chunk, open): (&[Assessed], &Open),
) -> Result<()> {
    let ws = run.settings.workspace;
    let looked: HashMap<Id<Customer>, &Assessed> =
        chunk.iter().filter(|a| is_looked(a)).map(|a| (a.subject.id, a)).collect();
    let cooling = chunk.iter().filter(|a| is_looked(a)).flat_map(|a| list_cooling(run, a, span.today));
    store::keep_quiet_signs(tx, ws, span.today, cooling).await?;
    let rules: HashMap<&str, &Rule> = run.settings.pack.signals.iter().map(|r| (r.id.as_str(), r)).collect();
    let typical = typical_mrr(chunk);
    let (mut priorities, mut healthy, mut over) = (Vec::new(), Vec::new(), Vec::new());
    for card in &open.cards {
        let Some(a) = looked.get(&card.customer) else { continue };
        let fired = |rule: &&Rule| store::kind_word(rule.card) == card.kind;
        if a.look.firings.iter().filter_map(|f| rules.get(f.rule.as_str()).copied()).any(|r| fired(&r)) {
            continue;
        }
        let known = open.rules.get(&card.id).map(Vec::as_slice).unwrap_or_default();
        let severity = joint_severity(known.iter().filter_map(|id| rules.get(id.as_str())).map(|r| r.severity));
        let priority = f64::from(rank(&stake_of(a, severity, typical, span.today)));
        if !known.is_empty()
            && severity > 0.0
            && (priority - card.priority).abs() >= PRIORITY_STEP.max(card.priority * PRIORITY_SHARE)
        {
            priorities.push((card.id, priority));
        }
        let stands = known.is_empty() || known.iter().any(|id| stands(run, a, id));
        let limit = run.settings.pack.cards.healthy_days;
        let health = Health { card: card.id, days: card.healthy_days, counted_on: card.healthy_day, limit };
        if !health.changes(stands, span.today) {
            continue;
        }
        let days = if stands { None } else { health.count(span.today) };
        // One that may end now is looked at under the lock: somebody may have touched it meanwhile.
        if days.is_some_and(|days| limit > 0 && days >= limit) && card.touched_at.is_none() {
            over.push(health);
        } else {
            healthy.push((card.id, card.healthy_days, days));
        }
    }
    store::keep_priorities(tx, ws, priorities.into_iter()).await?;
    store::keep_healthy(tx, ws, healthy.into_iter(), (span.today, app.now())).await?;
    for health in over {
        keep_health(tx, app, &run.settings, &health, false, span.today).await?;
    }
    Ok(())
}

/// Whether a cause holds today. A rule that is gone can say nothing: its card is for a person to end.
fn stands(run: &Run, a: &Assessed, id: &str) -> bool {
    let pack = run.settings.pack.signals.iter().enumerate();
    let Some((place, rule)) = pack.into_iter().find(|(_, rule)| rule.id == id) else { return true };
    let memory = a.look.states.iter().find(|(at, _)| *at == place).map(|(_, memory)| memory);
    // What is seen again and waits, for as long as its rule asks or for the end of its cooldown, is not over.
    !can_heal(&rule.when) || memory.is_none_or(|m| m.after.fired || m.after.seen_days > 0)
}

/// Looks at the open cards about sources. One whose source delivers again ends by itself when nobody touched it; else its page
/// proposes to close it. Of a source that is gone nothing can be said.
pub(super) async fn heal_feeds(app: &App, run: &Run, feeds: &Feeds, today: Day) -> Result<()> {
    let ws = run.settings.workspace;
    let limit = run.settings.pack.cards.healthy_days_of_source();
    for card in store::list_open_of_sources(app, ws).await? {
        let Some(source) = card.subject.strip_prefix("source:") else { continue };
        let Some(feed) = feeds.list.iter().find(|feed| feed.source == source) else { continue };
        let health = Health { card: card.id, days: card.healthy_days, counted_on: card.healthy_day, limit };
        if health.changes(feed.is_silent, today) {
            let mut tx = app.db.write().await?;
            keep_health(&mut tx, app, &run.settings, &health, feed.is_silent, today).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// For how long an open card has been healthy, and after how many days it is over.
struct Health {
    card: Id<Card>,
    days: i64,
    counted_on: Option<Day>,
    limit: u32,
}

impl Health {
    /// Healthy days with today, unless it was counted.
    fn count(&self, today: Day) -> Option<u32> {
        count_healthy(u32::try_from(self.days).unwrap_or(0), self.counted_on.map(|d| d.0), today.0)
    }

    /// Whether a look changes anything: what stands ends the count, and a day counts once.
    fn changes(&self, stands: bool, today: Day) -> bool {
        if stands { self.days != 0 } else { self.count(today).is_some() }
    }
}

async fn keep_health(
    tx: &mut Tx,
    app: &App,
    settings: &Settings,
    health: &Health,
    stands: bool,
    today: Day,
) -> Result<()> {
    let (ws, card, limit, now) = (settings.workspace, health.card, health.limit, app.now());
    if !health.changes(stands, today) {
        return Ok(());
    }
    let Some(mut life) = store::find_life(tx, ws, card).await?.filter(|life| life.closed_at.is_none()) else {
        return Ok(());
    };
    let mut ends = false;
    if stands {
        life.forget_health();
    } else {
        // As it stands under the lock, not as it was when the look began.
        let health = Health { days: life.healthy_days, counted_on: life.healthy_day, ..*health };
        let Some(days) = health.count(today) else { return Ok(()) };
        life.healthy_days = i64::from(days);
        life.healthy_day = Some(today);
        life.healthy_from_day = life.healthy_from_day.or(Some(today));
        ends = limit > 0 && days >= limit && life.touched_at.is_none();
    }
    if ends {
        life.close((now, None), Outcome::Recovered.word(), &tell_healed(life.healthy_days));
    }
    if store::keep_life(tx, ws, card, &life, now).await? && ends {
        store::insert_step(tx, ws, card, Step::of("recovered", now)).await?;
        tell_closed(tx, app, ws, card, &life).await?;
        end_runs_of(tx, (app, settings), card, None).await?;
    }
    Ok(())
}

/// What came of a card that ended by itself. A note has one text for everybody: it says so in both languages.
fn tell_healed(days: i64) -> String {
    format!("きっかけが{days}日収まったため自動で完了 / Over for {days} days, closed by itself")
}

/// Signs that would have fired today but for the cooldown of their rule: customer, rule, and the day on which it fired.
fn list_cooling<'a>(run: &'a Run, a: &'a Assessed, today: Day) -> impl Iterator<Item = (Id<Customer>, &'a str, Day)> {
    a.look.states.iter().filter_map(move |(place, memory)| {
        let rule = run.settings.pack.signals.get(*place).filter(|r| r.cooldown_days > 0)?;
        let after = &memory.after;
        let fired = after.fired_on.filter(|on| *on < today)?;
        let meant = !after.fired && after.seen_days >= rule.wanted_days() && after.cools(rule, today);
        meant.then_some((a.subject.id, rule.id.as_str(), fired))
    })
}
