//! What rules would have noticed on past days: for a workspace that begins with a past. Writes nothing but what it is told to keep.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kizashi_db::Tx;
use kizashi_domain::id::{Id, Workspace};
use kizashi_domain::measure::CustomerEvents;
use kizashi_domain::signals::{ARRIVAL_DAYS, Firing, Rule, RuleState, Trigger};
use kizashi_domain::time::Day;

use super::sheet::Places;
use super::{Around, KeyAccounts, LOOK_BACK_DAYS, Look, contract_steps, deeds, firings, happened, look_once};
use crate::health::Days;
use crate::measure::{Run, Subject, Which, load_subjects, visit_subjects};
use crate::pipeline::Span;
use crate::settings::Settings;
use crate::{App, Result};

/// A firing of a past day, as the rules of today find it.
#[derive(Clone, Debug)]
pub struct PastFiring {
    /// The customer.
    pub subject: Arc<Subject>,
    /// Rule, day and figures.
    pub firing: Firing,
    /// What the rule knew before the look.
    pub before: RuleState,
    /// And after it.
    pub after: RuleState,
    /// The day on which what it fired for was over; none when it stands, and for what happened once.
    pub over_on: Option<Day>,
    /// Points of the customer on that day.
    pub points: Option<i32>,
}

/// Days that are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Rules begin to look, knowing nothing.
    pub first: Day,
    /// Firings count from this day on: what stood before anybody looked says nothing of when it began.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

/// Every firing of some rules for some customers in a span of days, the oldest first, by what is known now.
pub async fn replay(
    app: &App,
    ws: Id<Workspace>,
    (codes, rules): (&[String], &[&str]),
    window: Window,
) -> Result<Vec<PastFiring>> {
    let run = Run::prepare(app, ws, window.to).await?;
    let subjects = load_subjects(app, ws, Which::Only(codes)).await?;
    let ids: Vec<_> = subjects.values().map(|s| s.id).collect();
    let since = window.first.plus(-ARRIVAL_DAYS);
    let look = Look {
        states: HashMap::new(),
        places: Places::default(),
        happenings: happened::list_happenings(app, &run.settings, Some(&ids), since, window.to).await?,
        people: deeds::list_people(app, &run, Some(&ids)).await?,
        key_accounts: KeyAccounts::find(app, ws, &run.settings.pack.cards).await?,
    };
    let settings = Arc::clone(&run.settings);
    let asked = move |rule: &&Rule| rule.when != Trigger::FeedSilent && rules.contains(&rule.id.as_str());
    let rules: Vec<Rule> = settings.pack.signals.iter().filter(asked).cloned().collect();
    let span = Span::between(&run, window.first.plus(-LOOK_BACK_DAYS), window.to, None);
    let mut found = app
        .blocking(move |history| {
            let found = Mutex::new(Vec::new());
            visit_subjects(history, &subjects, false, &|subject, events| {
                let mine = look_back((&run, &span, &rules), (subject, &events), &look, window);
                if let Ok(mut all) = found.lock() {
                    all.extend(mine);
                }
            })?;
            Ok(found.into_inner().unwrap_or_default())
        })
        .await?;
    found.sort_by(|a, b| {
        let key = |f: &PastFiring| (f.firing.day, f.subject.external_id.clone(), f.firing.rule.clone());
        key(a).cmp(&key(b))
    });
    Ok(found)
}

/// Every rule looks at one customer on every day.
fn look_back(
    (run, span, rules): (&Run, &Span, &[Rule]),
    (subject, events): (&Subject, &CustomerEvents<'_>),
    look: &Look,
    window: Window,
) -> Vec<PastFiring> {
    let mut days = Days::new(run, span, subject, events);
    let mut happenings = look.happenings.get(&subject.id).cloned().unwrap_or_default();
    happenings.extend(contract_steps(subject, window.first, window.to));
    happenings.sort_by_key(|h| h.day);
    let around: Around<'_> = (&happenings, look.people.get(&subject.id), look.key_accounts);
    let first = window.first.max(subject.profile.since.unwrap_or(window.first));
    let furthest = rules.iter().filter_map(|r| r.when.looks_back_days()).max().unwrap_or(0);
    days.read_all(first.plus(-i32::try_from(furthest).unwrap_or(0)), window.to);
    let shared = Arc::new(subject.clone());
    let mut out = Vec::new();
    for rule in rules {
        let mut found = fire(&mut days, rule, (first, window.to), around, &shared);
        found.retain(|f| f.firing.day >= window.from);
        out.extend(found);
    }
    out
}

/// One rule on every day of a span.
fn fire(
    days: &mut Days<'_>,
    rule: &Rule,
    (first, last): (Day, Day),
    around: Around<'_>,
    subject: &Arc<Subject>,
) -> Vec<PastFiring> {
    let mut state = RuleState::default();
    let mut out: Vec<PastFiring> = Vec::new();
    for day in (first.0..=last.0).map(Day) {
        if days.profile(day).has_left(day) {
            break;
        }
        let before = state.clone();
        let (next, firing) = look_once(days, rule, state, day, around);
        state = next;
        if before.fired
            && !state.fired
            && let Some(latest) = out.last_mut()
        {
            latest.over_on = Some(day);
        }
        if let Some(firing) = firing {
            let points = days.view(day).verdict.as_ref().and_then(kizashi_domain::health::Verdict::shown);
            let (subject, after) = (Arc::clone(subject), state.clone());
            out.push(PastFiring { subject, firing, before, after, over_on: None, points });
        }
    }
    out
}

/// Writes a firing of the past down among the others.
pub(crate) async fn keep_past_firing(tx: &mut Tx, app: &App, settings: &Settings, past: &PastFiring) -> Result<()> {
    let seen = (&past.firing, &past.before, &past.after);
    firings::keep_past(tx, (settings.workspace, settings.version, app.now()), past.subject.id, seen, past.over_on).await
}
