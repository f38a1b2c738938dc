//! From a firing to a card: causes of one customer and kind become one card, an open one is updated, never doubled.

use std::collections::HashMap;

use kizashi_db::Tx;
use kizashi_domain::lang::{Lang, Text};
use kizashi_domain::measure::Feeds;
use kizashi_domain::signals::{CardKind, Draft, Firing, Rule, RuleState, Trigger, merge, notice_feed, phrase, rank};
use kizashi_domain::time::Day;

use super::heal::{heal_feeds, stake_of, typical_mrr};
use super::limits;
use super::store::{self, Cause, Drafted, Due};
use crate::measure::Run;
use crate::pipeline::{Assessed, Span};
use crate::settings::Settings;
use crate::signals::{Memory, find_state, keep_feed_firing, keep_state};
use crate::subscriptions::{Happened, Occurrence, tell};
use crate::{App, Result};

/// A firing in both languages.
struct Words {
    title: Text,
    what: Text,
    why: Text,
}

fn words(settings: &Settings, rule: &Rule, firing: &Firing) -> Words {
    let ja = phrase(rule, firing, &settings.pack.metrics, Lang::Ja);
    let en = phrase(rule, firing, &settings.pack.metrics, Lang::En);
    Words {
        title: Text { ja: ja.title, en: en.title },
        what: Text { ja: ja.what, en: en.what },
        why: Text { ja: ja.why, en: en.why },
    }
}

/// The cards that a chunk of customers calls for.
pub(crate) fn draft(app: &App, run: &Run, span: &Span, chunk: &[Assessed]) -> Drafts {
    let rules: HashMap<&str, &Rule> = run.settings.pack.signals.iter().map(|r| (r.id.as_str(), r)).collect();
    let typical = typical_mrr(chunk);
    let mut drafts = Vec::new();
    for a in chunk.iter().filter(|a| !a.look.firings.is_empty()) {
        let firings = a.look.firings.iter().filter_map(|f| Some((*rules.get(f.rule.as_str())?, f.clone()))).collect();
        let rule_at = |place: usize| run.settings.pack.signals.get(place);
        let states = a.look.states.iter();
        let facts: Facts = states
            .filter_map(|(place, m)| Some((rule_at(*place)?.id.as_str(), m.after.last_key.as_deref()?)))
            .collect();
        for draft in merge(firings) {
            let stake = stake_of(a, draft.severity, typical, span.today);
            let subject = store::Subject {
                key: a.subject.id.to_string(),
                customer: Some(a.subject.id),
                owner: a.subject.owner_id,
            };
            let of = (span.today, f64::from(rank(&stake)), find_latest(&draft, stake.days_left, span.today));
            drafts.extend(write_draft(app, &run.settings, of, subject, &draft, &facts));
        }
    }
    Drafts(drafts)
}

/// Cards to open or to update.
pub(crate) struct Drafts(Vec<Drafted>);

/// Cards that drafts opened or joined.
pub(crate) struct Responded {
    /// How many are new.
    pub cards: usize,
    pub(super) joined: Vec<store::Joined>,
}

/// Opens or updates the cards of drafts.
pub(crate) async fn respond(tx: &mut Tx, app: &App, run: &Run, drafts: &Drafts) -> Result<Responded> {
    let kept = keep_drafts(tx, app, &run.settings, &drafts.0).await?;
    Ok(Responded { cards: kept.opened.into_iter().flatten().count(), joined: kept.joined })
}

/// The last day on which the work can still change anything: what is at risk, and what is to be renewed, is decided by the notice
/// deadline.
pub(super) fn find_latest(draft: &Draft<'_>, days_left: Option<i32>, today: Day) -> Option<Day> {
    let is_decided_then = matches!(draft.kind, CardKind::Risk | CardKind::Milestone);
    days_left.filter(|_| is_decided_then).map(|left| today.plus(left))
}

/// Keys of the facts that arrivals are about, by rule.
pub(super) type Facts<'a> = HashMap<&'a str, &'a str>;

/// A draft in words, with its limits.
pub(super) fn write_draft(
    app: &App,
    settings: &Settings,
    (today, priority, latest): (Day, f64, Option<Day>),
    subject: store::Subject,
    draft: &Draft<'_>,
    facts: &Facts<'_>,
) -> Option<Drafted> {
    let (lead_rule, lead_firing) = draft.causes.first()?;
    let lead = words(settings, lead_rule, lead_firing);
    let first_day = draft.causes.iter().map(|(_, f)| f.day).min().unwrap_or(today);
    // A limit runs from when anybody could see the card, whenever its sign stood.
    let (answer_due_at, close_due_at) = limits::begin(app, settings, (draft.kind, priority));
    let day = settings.calendar.add_business_days(today, i32::try_from(draft.due_business_days).unwrap_or(3));
    let due = Due {
        // A sign found in the past stands since then.
        opened_at: if first_day < today { settings.zone.end_of(first_day).min(app.now()) } else { app.now() },
        day: latest.map_or(day, |latest| day.min(latest)),
        priority,
        answer_due_at,
        close_due_at,
    };
    let card = store::NewCard {
        kind: draft.kind,
        title: lead.title,
        what: lead.what,
        // A lead without an answer of its own leaves it to the next.
        play: draft.causes.iter().find_map(|(rule, _)| rule.play.clone()).unwrap_or_default(),
    };
    let cause = |(rule, firing): &(&Rule, Firing)| Cause {
        rule: rule.id.clone(),
        day: firing.day,
        why: words(settings, rule, firing).why,
        figures: firing.because.clone(),
        play: rule.play.clone().unwrap_or_default(),
        fact: if rule.when.is_arrival() {
            facts.get(rule.id.as_str()).map_or_else(String::new, |f| (*f).to_owned())
        } else {
            String::new()
        },
    };
    Some(Drafted { subject, card, due, causes: draft.causes.iter().map(cause).collect() })
}

/// Opens or updates the cards of drafts and tells of new ones.
pub(super) async fn keep_drafts(
    tx: &mut Tx,
    app: &App,
    settings: &Settings,
    drafts: &[Drafted],
) -> Result<store::Kept> {
    let kept = store::keep_cards(tx, app, settings.workspace, drafts).await?;
    let happened = kept.opened.iter().zip(drafts).filter_map(|(id, Drafted { subject, card, due, .. })| {
        let data = serde_json::json!({
            "id": (*id)?, "customer_id": subject.customer, "kind": store::kind_word(card.kind), "title": card.title,
            "what": card.what, "due_on": due.day.to_string(),
        });
        Some(Happened::new(Occurrence::CardOpened, due.opened_at, &data))
    });
    tell(tx, app, settings.workspace, &happened.collect::<Vec<_>>()).await?;
    Ok(kept)
}

/// One card for each source gone quiet, for whoever looks after the data; never one for its customers. The card of one that delivers
/// again is over.
pub(crate) async fn respond_to_feeds(app: &App, run: &Run, feeds: &Feeds, today: Day) -> Result<usize> {
    let ws = run.settings.workspace;
    let mut opened = 0;
    for rule in run.settings.pack.signals.iter().filter(|r| r.when == Trigger::FeedSilent) {
        for feed in &feeds.list {
            let key = format!("source:{}", feed.source);
            let memory = find_state(app, ws, &key, &rule.id).await?;
            let before = memory.start(today);
            let (after, firing) = notice_feed(rule, before.clone(), feed, today);
            let next = Memory { day: today, before, after };
            if next == memory || (firing.is_none() && next.after == RuleState::default()) {
                continue;
            }
            let mut tx = app.db.write().await?;
            keep_state(&mut tx, app, ws, &key, &rule.id, &next).await?;
            keep_feed_firing(&mut tx, app, run, (&key, &rule.id), firing.as_ref(), (&memory, &next)).await?;
            if let Some(firing) = firing {
                let draft = Draft {
                    kind: CardKind::Data,
                    due_business_days: rule.due_business_days,
                    severity: rule.severity,
                    causes: vec![(rule, firing)],
                };
                let owner = store::find_admin(&mut tx, ws).await?;
                let subject = store::Subject { key, customer: None, owner };
                let of = (today, rule.severity * 1000.0, None);
                let settings = &run.settings;
                let drafts: Vec<Drafted> =
                    write_draft(app, settings, of, subject, &draft, &Facts::new()).into_iter().collect();
                opened += keep_drafts(&mut tx, app, settings, &drafts).await?.opened.into_iter().flatten().count();
            }
            tx.commit().await?;
        }
    }
    heal_feeds(app, run, feeds, today).await?;
    Ok(opened)
}
