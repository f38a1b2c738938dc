//! How often each signal was right, and what would make a noisy one better.

use std::collections::BTreeMap;

use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::signals::{Answered, Proposal, Rule, Tally, Trigger, figure_of, propose};
use kizashi_domain::time::Day;

use super::read::Outcome;
use super::store;
use crate::{App, Result};

/// How far back cards are counted.
const DAYS: i32 = 365;

/// One signal.
#[derive(Clone, Debug)]
pub struct SignalPrecision {
    /// Id of its rule.
    pub rule: String,
    /// Its title; `None` when the rule is no longer there.
    pub title: Option<Text>,
    /// How its cards ended.
    pub tally: Tally,
    /// For a noisy one: what would make it better, when anything would.
    pub proposal: Option<Proposal>,
    /// Metric that its limit is about, or `score`; empty for other kinds.
    pub of: String,
}

/// All signals, the noisy ones first.
#[derive(Clone, Debug)]
pub struct Precision {
    /// Cards opened since this day.
    pub since: Day,
    /// Signals.
    pub signals: Vec<SignalPrecision>,
}

fn add(tally: &mut Tally, outcome: Option<&str>, by_person: bool, n: u32) {
    tally.opened += n;
    match (outcome.and_then(Outcome::parse), by_person) {
        (Some(Outcome::Recovered), false) => tally.unseen += n,
        (Some(Outcome::Recovered), true) => tally.recovered += n,
        (Some(Outcome::Solved), _) => tally.solved += n,
        (Some(Outcome::Unsolved), _) => tally.unsolved += n,
        (Some(Outcome::FalseAlarm), _) => tally.false_alarms += n,
        (None, _) => {}
    }
}

/// Counts the closed cards of the last year by the rules behind them.
pub async fn open_precision(app: &App, ws: Id<Workspace>) -> Result<Precision> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let since = settings.day_of(app.now()).plus(-DAYS);
    let since_at = settings.zone.start_of(since);
    let mut tallies: BTreeMap<String, Tally> =
        settings.pack.signals.iter().map(|r| (r.id.clone(), Tally::default())).collect();
    for (rule, outcome, by_person, n) in store::list_tallies(app, ws, since_at).await? {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        add(tallies.entry(rule).or_default(), outcome.as_deref(), by_person, n);
    }
    let mut signals = Vec::with_capacity(tallies.len());
    for (id, tally) in tallies {
        let rule = settings.pack.rule(&id);
        let proposal = match rule.filter(|_| tally.is_noisy()) {
            Some(rule) => find_proposal(app, ws, rule, since_at).await?,
            None => None,
        };
        let of = rule.map_or("", |r| match &r.when {
            Trigger::Threshold { of, .. } | Trigger::Change { of, .. } => of,
            _ => "",
        });
        signals.push(SignalPrecision {
            title: rule.map(|r| rule_title(r, &settings.pack.metrics)),
            tally,
            proposal,
            of: of.to_owned(),
            rule: id,
        });
    }
    let share = |s: &SignalPrecision| s.tally.share().map_or(2.0, |share| share.share);
    signals.sort_by(|a, b| {
        let order = (!a.tally.is_noisy()).cmp(&!b.tally.is_noisy());
        order.then(share(a).total_cmp(&share(b))).then(b.tally.opened.cmp(&a.tally.opened))
    });
    Ok(Precision { since, signals })
}

async fn find_proposal(
    app: &App,
    ws: Id<Workspace>,
    rule: &Rule,
    since: kizashi_domain::time::Time,
) -> Result<Option<Proposal>> {
    let answered = store::list_answered(app, ws, &rule.id, since).await?;
    let read = |f: store::AnsweredFiring| {
        let outcome = Outcome::parse(&f.outcome)?;
        Some(Answered {
            figure: figure_of(rule, &f.figures),
            lasted_days: f.healthy_from.and_then(|d| u32::try_from(d.0 - f.fired.0).ok()),
            is_real: matches!(outcome, Outcome::Solved | Outcome::Unsolved),
        })
    };
    let answered: Vec<Answered> = answered.into_iter().filter_map(read).collect();
    Ok(propose(rule, &answered))
}
