//! How often each signal was right, and what would make a noisy one better.

use std::collections::BTreeMap;

use kizashi_domain::id::{Card, Customer, Id, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::pack::titles::rule_title;
use kizashi_domain::signals::{Advice, Answered, FalseReason, Proposal, Rule, Tally, Trigger, advise, figure_of};
use kizashi_domain::time::{Day, Time};

use super::read::Outcome;
use super::store;
use crate::{App, Result};

/// How far back cards are counted.
const DAYS: i32 = 365;
/// With more segments than these none is left out.
const SEGMENTS_MAX: i64 = 50;

/// One signal.
#[derive(Clone, Debug)]
pub struct SignalPrecision {
    /// Id of its rule.
    pub rule: String,
    /// Its title; `None` when the rule is no longer there.
    pub title: Option<Text>,
    /// How its cards ended.
    pub tally: Tally,
    /// Why people say that its false alarms were false, the commonest first.
    pub reasons: Vec<(FalseReason, u32)>,
    /// For a noisy one: what would make it better, or why nothing would.
    pub advice: Option<Advice>,
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
    let mut reasons: BTreeMap<String, Vec<(FalseReason, u32)>> = BTreeMap::new();
    for (rule, reason, n) in store::list_reasons(app, ws, since_at).await? {
        let Some(reason) = FalseReason::parse(&reason) else { continue };
        reasons.entry(rule).or_default().push((reason, u32::try_from(n).unwrap_or(u32::MAX)));
    }
    let mut signals = Vec::with_capacity(tallies.len());
    for (id, tally) in tallies {
        let rule = settings.pack.rule(&id);
        let advice = match rule.filter(|_| tally.is_noisy()) {
            Some(rule) => Some(find_cases(app, ws, rule, since_at).await?.advise(rule)),
            None => None,
        };
        signals.push(SignalPrecision {
            title: rule.map(|r| rule_title(r, &settings.pack.metrics)),
            tally,
            reasons: reasons.remove(&id).unwrap_or_default(),
            advice,
            of: rule.map_or("", subject_of).to_owned(),
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

/// Metric that the limit of a rule is about, or `score`; empty where it has none.
fn subject_of(rule: &Rule) -> &str {
    match &rule.when {
        Trigger::Threshold { of, .. } | Trigger::Change { of, .. } => of,
        _ => "",
    }
}

/// A firing whose card was closed.
#[derive(Clone, Debug)]
pub struct Met {
    /// The card.
    pub card: Id<Card>,
    /// The customer; `None` for what is about a source.
    pub customer: Option<(Id<Customer>, String)>,
    /// When it fired.
    pub day: Day,
    /// Whether it was real.
    pub is_real: bool,
    /// Why it was not, where somebody said so.
    pub reason: Option<FalseReason>,
}

/// A change that is proposed for a signal, and what it would have done.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// The rule with it.
    pub rule: Rule,
    /// The change.
    pub proposal: Proposal,
    /// Metric that its limit is about, or `score`; empty for other kinds.
    pub of: String,
    /// Firings that would not have come, the newest first.
    pub gone: Vec<Met>,
}

/// The change that is proposed for a noisy signal; `None` when there is none.
pub async fn open_proposal(app: &App, ws: Id<Workspace>, rule: &str) -> Result<Option<Proposed>> {
    let settings = crate::settings::open_settings(app, ws).await?;
    let Some(rule) = settings.pack.rule(rule) else { return Ok(None) };
    let since = settings.zone.start_of(settings.day_of(app.now()).plus(-DAYS));
    let mut tally = Tally::default();
    for (id, outcome, by_person, n) in store::list_tallies(app, ws, since).await? {
        if id == rule.id {
            add(&mut tally, outcome.as_deref(), by_person, u32::try_from(n).unwrap_or(u32::MAX));
        }
    }
    if !tally.is_noisy() {
        return Ok(None);
    }
    let cases = find_cases(app, ws, rule, since).await?;
    let Advice::Change(proposal) = cases.advise(rule) else { return Ok(None) };
    let drops = proposal.change.drops(rule, &cases.answered);
    let gone = cases.met.into_iter().zip(drops).filter_map(|(met, drops)| drops.then_some(met)).collect();
    Ok(Some(Proposed { rule: proposal.change.apply(rule), of: subject_of(rule).to_owned(), proposal, gone }))
}

/// The closed cases of a rule, as they are counted and as they are shown.
struct Cases {
    answered: Vec<Answered>,
    met: Vec<Met>,
    segments: Vec<String>,
}

impl Cases {
    fn advise(&self, rule: &Rule) -> Advice {
        advise(rule, &self.answered, &self.segments)
    }
}

async fn find_cases(app: &App, ws: Id<Workspace>, rule: &Rule, since: Time) -> Result<Cases> {
    // One that is not known here would be left out with the noisy one.
    let segments = store::list_segments(app, ws, SEGMENTS_MAX + 1).await?;
    let segments = if i64::try_from(segments.len()).is_ok_and(|n| n <= SEGMENTS_MAX) { segments } else { Vec::new() };
    let mut cases = Cases { answered: Vec::new(), met: Vec::new(), segments };
    for f in store::list_answered(app, ws, &rule.id, since).await? {
        let Some(outcome) = Outcome::parse(&f.outcome) else { continue };
        let is_real = matches!(outcome, Outcome::Solved | Outcome::Unsolved);
        let reason = FalseReason::parse(&f.false_reason).filter(|_| outcome == Outcome::FalseAlarm);
        let age = |since: Day| u32::try_from(f.fired.0.saturating_sub(since.0)).unwrap_or(0);
        cases.answered.push(Answered {
            subject: f.customer.map(|c| c.to_string()).unwrap_or_default(),
            fired: f.fired,
            figure: figure_of(rule, &f.because()),
            lasted_days: f.healthy_from.and_then(|d| u32::try_from(d.0 - f.fired.0).ok()),
            is_real,
            reason,
            segment: f.segment.clone().filter(|s| !s.is_empty()),
            age_days: f.since.map(age),
        });
        cases.met.push(Met { card: f.card, customer: f.customer.zip(f.name), day: f.fired, is_real, reason });
    }
    Ok(cases)
}
