//! Rules look at customers; what they notice goes to [`crate::plays`].

mod deeds;
mod firings;
mod happened;
mod key_accounts;
mod replay;
mod sheet;
mod store;
mod trace;

use std::collections::HashMap;

use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::measure::Reading;
use kizashi_domain::signals::{
    ARRIVAL_DAYS, Awaited, Firing, Happening, Occurrence, Rule, RuleState, SCORE, Since, Trigger, View, notice,
};
use kizashi_domain::time::Day;
use serde::{Deserialize, Serialize};

use crate::health::{Assessment, Days};
use crate::measure::{Run, Subject, Which};
use crate::{App, Result};

use deeds::People;
use sheet::{Places, Recalled};
use trace::Trace;

pub use firings::{FiringQuery, FiringRow, Tally, count_firings, list_firings};
pub(crate) use firings::{Firings, keep_feed_firing, list_standing, prune_firings};
pub(crate) use key_accounts::KeyAccounts;
pub(crate) use replay::keep_past_firing;
pub use replay::{PastFiring, Window, replay};
pub(crate) use store::{States, find_state, keep_state, list_parents_of_red};

/// How many days of a customer's past rules replay when they meet it for the first time.
const REPLAY_DAYS: i32 = 45;
/// The furthest that a rule looks back from a day.
pub(crate) const LOOK_BACK_DAYS: i32 = 120;
/// A firing found in the past is still worth a card for so many days.
const FIRED_LATELY_DAYS: i32 = 30;

/// A rule's memory of a subject: what it knew before today's first look, and after the last, so that facts that come in
/// during the day are looked at again without counting the day twice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    pub day: Day,
    pub before: RuleState,
    pub after: RuleState,
}

impl Memory {
    /// The state to start today's look from.
    pub fn start(&self, today: Day) -> RuleState {
        if self.day == today { self.before.clone() } else { self.after.clone() }
    }

    /// As it is on a later day, when nothing was learned until then.
    fn through(&self, day: Day) -> Self {
        if day <= self.day {
            return self.clone();
        }
        let looked = |on: Day| RuleState { looked_on: Some(on), ..self.after.clone() };
        Self { day, before: looked(day.plus(-1)), after: looked(day) }
    }
}

/// What rules know before they look.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// As stored, by subject.
    states: HashMap<String, String>,
    /// Where each rule stands in the pack.
    places: Places,
    happenings: HashMap<Id<Customer>, Vec<Happening>>,
    people: HashMap<Id<Customer>, People>,
    key_accounts: KeyAccounts,
}

/// What the rules found about one customer.
#[derive(Debug, Default)]
pub(crate) struct Outlook {
    pub firings: Vec<Firing>,
    /// What every rule remembers, by its place in the pack, in its order; empty = a second look on a day, at which nothing changed.
    pub states: Vec<(usize, Memory)>,
    /// What rules remember that are in the pack no more, until they are back.
    pub gone: Vec<(String, Memory)>,
    /// Whether a rule learned something: else only the day of the look is new, which the standing tells.
    pub learned: bool,
    /// What is written down of firings, and of those that are over.
    pub traces: Vec<Trace>,
}

/// Loads the states of rules and what happened lately.
pub(crate) async fn load_look(
    app: &App,
    run: &Run,
    which: Which<'_>,
    today: Day,
    subjects: &HashMap<String, Subject>,
) -> Result<Look> {
    let ws = run.settings.workspace;
    let from = today.plus(-(REPLAY_DAYS + ARRIVAL_DAYS));
    let ids: Option<Vec<Id<Customer>>> = match which {
        Which::All => None,
        Which::Only(_) => Some(subjects.values().map(|s| s.id).collect()),
    };
    let lists = store::list_rule_lists(app, ws).await?;
    let rules = run.settings.pack.signals.iter().map(|rule| rule.id.as_str());
    Ok(Look {
        places: Places::new(rules, &lists),
        states: store::list_states(app, ws, ids.as_deref()).await?,
        happenings: happened::list_happenings(app, &run.settings, ids.as_deref(), from, today).await?,
        people: deeds::list_people(app, run, ids.as_deref()).await?,
        key_accounts: KeyAccounts::find(app, ws, &run.settings.pack.cards).await?,
    })
}

/// Changes of the monthly amount, from the dated figures.
fn contract_steps(subject: &Subject, from: Day, today: Day) -> Vec<Happening> {
    let versions = subject.attributes.versions("mrr");
    let mut out = Vec::new();
    for v in versions.iter().filter(|v| v.from > from && v.from <= today) {
        let Some((before, _)) = subject.attributes.as_of("mrr", v.from.plus(-1), None) else { continue };
        // The end of the last term is not a smaller contract.
        if before <= 0.0 || v.value <= 0.0 {
            continue;
        }
        let what = if v.value < before { Occurrence::ContractShrank } else { Occurrence::ContractGrew };
        if (v.value - before).abs() > f64::EPSILON {
            let percent = (v.value / before - 1.0) * 100.0;
            out.push(Happening {
                what,
                day: v.from,
                key: format!("mrr:{}", v.from.0),
                detail: format!("{percent:+.0}%"),
            });
        }
    }
    out
}

/// How many days before its own a rule looks at, at most: of those about the score, or of those about metrics.
pub(crate) fn days_back(rules: &[Rule], of_score: bool) -> Option<u32> {
    let some = rules.iter().filter(|r| r.when.is_about_score() == of_score);
    some.filter_map(|r| r.when.looks_back_days()).max()
}

/// Rules about changes look at every day of their span: all of them are read in one pass, together with those that the score needs when
/// nobody asked for one yet.
pub(crate) fn read_ahead(days: &mut Days<'_>, first: Day) {
    let rules = &days.run.settings.pack.signals;
    let furthest = |of_score: bool| {
        let days = days_back(rules, of_score)?;
        Some(first.plus(-i32::try_from(days).unwrap_or(0)))
    };
    let (of_metrics, of_score) = (furthest(false), furthest(true));
    let of_score = of_score.filter(|from| !days.keeps_points(*from, days.span.today.plus(-1)));
    if let Some(from) = of_metrics.into_iter().chain(of_score).min() {
        days.read_all(from, days.span.today);
    }
}

/// What each rule of the pack remembers of a customer, and what else its sheet says.
fn recall(look: &Look, subject: &Subject, last: Option<Day>) -> (Vec<Option<Memory>>, Recalled) {
    let text = look.states.get(&subject.id.to_string());
    let mut recalled = text.map(|text| sheet::read(text, &look.places, last)).unwrap_or_default();
    let mut known = vec![None; look.places.len()];
    for (place, memory) in recalled.known.drain(..) {
        if let Some(slot) = known.get_mut(place) {
            *slot = Some(memory);
        }
    }
    (known, recalled)
}

/// Every rule looks at one customer, today, and at the days before when it meets the customer for the first time.
/// `last` = the day of the look before.
pub(crate) fn notice_all(days: &mut Days<'_>, look: &Look, health: &Assessment, last: Option<Day>) -> Outlook {
    let today = days.span.today;
    let run = days.run;
    let subject = days.subject;
    let mut happenings = look.happenings.get(&subject.id).cloned().unwrap_or_default();
    happenings.extend(contract_steps(subject, today.plus(-REPLAY_DAYS), today));
    happenings.sort_by_key(|h| h.day);
    let (known, recalled) = recall(look, subject, last);
    let known_of = |place: usize| known.get(place).and_then(Option::as_ref);
    let around: Around<'_> = (&happenings, look.people.get(&subject.id), look.key_accounts);
    let first = if health.is_first() {
        today.plus(-REPLAY_DAYS).max(subject.profile.since.unwrap_or(Day(i32::MIN)))
    } else {
        today
    };
    let mut out = Outlook::default();
    read_ahead(days, first);
    let rules = run.settings.pack.signals.iter().enumerate();
    for (place, rule) in rules.filter(|(_, r)| r.when != Trigger::FeedSilent) {
        let memory = known_of(place).cloned().unwrap_or_default();
        let from = if health.is_first() { first } else { first_unseen(&memory, today) };
        let mut state = memory.start(today);
        let mut before = state.clone();
        let mut latest: Option<(Firing, RuleState)> = None;
        for d in from.0..=today.0 {
            before = state.clone();
            let (next, firing) = look_once(days, rule, state, Day(d), around);
            state = next;
            latest = firing.map(|f| (f, before.clone())).or(latest);
        }
        // A firing of the past counts when it still stands; what it says is said with today's figures.
        let latest =
            latest.map(|(f, before)| (if f.day == today { f } else { refresh(days, rule, f, around) }, before));
        let latest = latest.map(|(f, before)| match memory.day == today && rule.when.is_arrival() {
            true => (f.with_news_first(&mut state, &memory.after), before),
            false => (f, before),
        });
        let memory_after = Memory { day: today, before, after: state };
        let counts = latest.as_ref().is_some_and(|(f, _)| is_news(rule, f, &memory_after.after, today));
        if let Some((firing, before)) = latest.filter(|_| counts || !health.is_first()) {
            out.traces.push(Trace::fired(&firing, before, memory_after.after.clone()));
            if counts {
                out.firings.push(firing);
            }
        } else if !health.is_first() {
            out.traces.extend(Trace::changed(&rule.id, &memory, &memory_after));
        }
        out.states.push((place, memory_after));
    }
    let stays = |m: &Memory, now: &Memory| m.through(today) == *now;
    // Without a single rule what is known stays, for when they are there again.
    let is_same_list = recalled.count == out.states.len() || out.states.is_empty();
    out.learned = !is_same_list || !out.states.iter().all(|(at, now)| known_of(*at).is_some_and(|m| stays(m, now)));
    if !out.learned && last == Some(today) {
        out.states.clear();
    }
    out.gone = recalled.gone;
    out
}

/// Whether a firing is worth a card: today's, one that stands since lately, and what was never done as long as it is not.
fn is_news(rule: &Rule, firing: &Firing, state: &RuleState, today: Day) -> bool {
    let stands = state.fired && (rule.when.is_no_show() || firing.day > today.plus(-FIRED_LATELY_DAYS));
    firing.day == today || stands || is_lately(rule, firing, today)
}

/// The firing of an earlier day with the figures that hold today, when the condition holds today.
fn refresh(days: &mut Days<'_>, rule: &Rule, firing: Firing, around: Around<'_>) -> Firing {
    if rule.when.is_arrival() {
        return firing;
    }
    let today = days.span.today;
    let ready = RuleState { seen_days: u32::MAX / 2, ..RuleState::default() };
    match look_once(days, rule, ready, today, around).1 {
        Some(now) => Firing { day: firing.day, ..now },
        None => firing,
    }
}

/// Something that happened once does not last: it is worth a card for some days.
fn is_lately(rule: &Rule, firing: &Firing, today: Day) -> bool {
    rule.when.is_arrival() && firing.day > today.plus(-ARRIVAL_DAYS)
}

/// Days that a rule did not look at (the product was off) are looked at now, as far as worth it.
fn first_unseen(memory: &Memory, today: Day) -> Day {
    match memory.after.looked_on {
        Some(_) if memory.day < today => memory.day.plus(1).max(today.plus(-REPLAY_DAYS)),
        _ => today,
    }
}

/// What happened to a customer, its people where a rule asks for them, and who may never be kept quiet.
type Around<'a> = (&'a [Happening], Option<&'a People>, KeyAccounts);

/// What is known of something that should have been done; `None` for rules about other things.
fn await_deed(days: &mut Days<'_>, rule: &Rule, day: Day, people: Option<&People>) -> Option<Awaited> {
    let Trigger::NoShow { of, .. } = &rule.when else { return None };
    let (run, subject, span) = (days.run, days.subject, days.span);
    let profile = days.profile(day);
    let starts = |since| match since {
        Since::Stage => subject.past.stage_began(day),
        _ => subject.attributes.as_of("contract_end", day, None).map(|(_, from)| from),
    };
    let mut awaited = Awaited::of(&rule.when, &profile, starts, &run.settings.calendar)?;
    if awaited.is_late(day) {
        let place = run.plan.index(of)?;
        awaited.told_since = span.provisions(day).and_then(|p| *p.get(place)?).map(|p| p.since);
        if let (Some(people), Some(metric)) = (people, run.settings.pack.metric(of)) {
            awaited.key_person = deeds::judge_key_person(people, metric, &run.names, days.events(), day);
        }
    }
    Some(awaited)
}

fn look_once(
    days: &mut Days<'_>,
    rule: &Rule,
    state: RuleState,
    day: Day,
    (happenings, people, key_accounts): Around<'_>,
) -> (RuleState, Option<Firing>) {
    let run = days.run;
    let (view_of_day, profile) = (days.view(day), days.profile(day));
    let awaited = await_deed(days, rule, day, people);
    let notice_on = days.subject.date("notice_deadline", day);
    let is_never_quiet = key_accounts.is_never_quiet(profile.mrr_minor.unwrap_or(0), notice_on, day);
    let earlier = std::cell::RefCell::new(days);
    let ask = |of: &str, at: Day| {
        let mut days = earlier.try_borrow_mut().ok()?;
        if of == SCORE {
            return days.points(at).map(f64::from);
        }
        days.readings(at).get(run.plan.index(of)?).and_then(Reading::fresh)
    };
    let view = View {
        day,
        is_business_day: run.workdays.is(day),
        profile: &profile,
        places: run.plan.places(),
        readings: &view_of_day.readings,
        verdict: view_of_day.verdict.as_ref(),
        earlier: &ask,
        happenings,
        awaited,
        is_never_quiet,
    };
    notice(rule, state, &view)
}

/// Forgets where rules stand for a customer that is going.
pub(crate) async fn forget_customer(tx: &mut kizashi_db::Tx, ws: Id<Workspace>, customer: Id<Customer>) -> Result<()> {
    firings::forget_customer(tx, ws, customer).await?;
    store::forget_customer(tx, ws, customer).await
}
