//! What edited settings would change today, before they are saved.

use std::sync::Arc;

use kizashi_domain::health::{Band, Verdict};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::measure::{Kind, Metric, Reading};
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{Rule, SCORE, Side, Trigger};

use super::census::{Census, Counted, count_edited, open_census};
use crate::{App, Result};

/// Customers named by a rehearsal.
const NAMED_MAX: usize = 8;

/// A customer whose score would move.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Customer.
    pub id: Id<Customer>,
    /// Name.
    pub name: String,
    /// Band and points now.
    pub before: (Band, Option<i32>),
    /// Band and points with the edit.
    pub after: (Band, Option<i32>),
}

/// What an edit would do to today's scores and values.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The count that it rests on.
    pub census: Arc<Census>,
    /// The count with the edit; the same one where the edit leaves alone how metrics are computed.
    pub edited: Arc<Census>,
    /// Customers a band, now and with the edit: red, amber, green, not judged.
    pub bands: [(usize, usize); 4],
    /// From one band to another, and how many.
    pub moves: Vec<(Band, Band, usize)>,
    /// Customers whose points would move, those of `moves` included.
    pub shifted: usize,
    /// Some of them, those who change their band first, then the largest moves.
    pub named: Vec<Moved>,
}

const BANDS: [Band; 4] = [Band::Red, Band::Amber, Band::Green, Band::Unknown];

/// Judges everybody with the pack in force and with an edited one. An edit of how a metric is computed, or of the calendar,
/// has everybody counted anew.
pub async fn rehearse(app: &App, workspace: Id<Workspace>, pack: &Pack) -> Result<Effect> {
    let census = open_census(app, workspace).await?;
    let old = &census.settings.pack;
    let places = same_metrics(&old.metrics, &pack.metrics).filter(|_| old.calendar == pack.calendar);
    let (edited, places) = match places {
        Some(places) => (Arc::clone(&census), places),
        None => (Arc::new(count_edited(app, &census, pack).await?), (0..pack.metrics.len()).collect()),
    };
    let pack = pack.clone();
    app.blocking(move |_| {
        // Both are in the order of their ids; who came or left between two counts is in one of them only.
        let anew =
            |id| edited.customers.binary_search_by_key(&id, |c| c.id).ok().and_then(|at| edited.customers.get(at));
        let pairs = census.customers.iter().map(|c| judge_twice(&census, c, anew(c.id), &pack, &places));
        let pairs: Vec<Pair> = pairs.collect();
        Ok(sum_up(&census, Arc::clone(&edited), &pairs))
    })
    .await
}

/// For each metric of the new list its place in the old one; `None` when one is new or computed in another way.
fn same_metrics(old: &[Metric], new: &[Metric]) -> Option<Vec<usize>> {
    let bare = |m: &Metric| Metric {
        title: kizashi_domain::lang::Text::default(),
        description: kizashi_domain::lang::Text::default(),
        owner: None,
        ..m.clone()
    };
    new.iter().map(|m| old.iter().position(|o| o.id == m.id && bare(o) == bare(m))).collect()
}

type Pair = (Option<Verdict>, Option<Verdict>);

fn judge_twice(census: &Census, now: &Counted, edited: Option<&Counted>, pack: &Pack, places: &[usize]) -> Pair {
    let readings = now.readings(census.day);
    let moved: Vec<Reading> = match edited.filter(|e| !std::ptr::eq(*e, now)) {
        Some(edited) => edited.readings(census.day),
        None => {
            let read = |at: &usize| readings.get(*at).copied().unwrap_or(Reading::missing(census.day));
            places.iter().map(read).collect()
        }
    };
    (now.judge(&census.settings.pack, &readings, census.day), now.judge(pack, &moved, census.day))
}

fn shown(verdict: Option<&Verdict>) -> (Band, Option<i32>) {
    verdict.map_or((Band::Unknown, None), |v| (v.band, v.shown()))
}

fn sum_up(census: &Arc<Census>, edited: Arc<Census>, pairs: &[Pair]) -> Effect {
    let mut bands = [(0, 0); 4];
    let mut moves: Vec<(Band, Band, usize)> = Vec::new();
    let mut named = Vec::new();
    for (customer, (before, after)) in census.customers.iter().zip(pairs) {
        let (before, after) = (shown(before.as_ref()), shown(after.as_ref()));
        for (slot, band) in bands.iter_mut().zip(BANDS) {
            slot.0 += usize::from(before.0 == band);
            slot.1 += usize::from(after.0 == band);
        }
        if before == after {
            continue;
        }
        if before.0 != after.0 {
            match moves.iter_mut().find(|(from, to, _)| (*from, *to) == (before.0, after.0)) {
                Some(found) => found.2 += 1,
                None => moves.push((before.0, after.0, 1)),
            }
        }
        named.push(Moved { id: customer.id, name: customer.name.clone(), before, after });
    }
    let size = |m: &Moved| (m.before.1.unwrap_or(0) - m.after.1.unwrap_or(0)).abs();
    named.sort_by_key(|m| (m.before.0 == m.after.0, std::cmp::Reverse(size(m))));
    moves.sort_by_key(|(_, _, n)| std::cmp::Reverse(*n));
    let shifted = named.len();
    named.truncate(NAMED_MAX);
    Effect { census: Arc::clone(census), edited, bands, moves, shifted, named }
}

/// For how many customers a rule's condition holds today, whatever it noticed before. `None` for conditions about more than a
/// day.
pub async fn count_rule(app: &App, workspace: Id<Workspace>, rule: &Rule) -> Result<Option<(Arc<Census>, usize)>> {
    let census = open_census(app, workspace).await?;
    let is_about_a_day = matches!(
        rule.when,
        Trigger::Threshold { .. }
            | Trigger::DateApproaching { .. }
            | Trigger::Disagreement { .. }
            | Trigger::RedAccount { .. }
    );
    if !is_about_a_day {
        return Ok(None);
    }
    let rule = rule.clone();
    app.blocking(move |_| {
        let count = census.customers.iter().filter(|c| holds(&census, c, &rule)).count();
        Ok(Some((census, count)))
    })
    .await
}

fn holds(census: &Census, customer: &Counted, rule: &Rule) -> bool {
    let pack = &census.settings.pack;
    if !rule.audience.holds(&customer.profile, census.day) {
        return false;
    }
    let readings = customer.readings(census.day);
    let score = || customer.judge(pack, &readings, census.day).and_then(|v| v.shown()).map(f64::from);
    let value = |of: &str| {
        if of == SCORE {
            return score();
        }
        let place = pack.metrics.iter().position(|m| m.id == of)?;
        readings.get(place).and_then(Reading::fresh)
    };
    let beyond = |of: &str, side: Side, limit: f64| {
        value(of).is_some_and(|v| match side {
            Side::Below => v <= limit,
            Side::Above => v >= limit,
        })
    };
    let main = match &rule.when {
        Trigger::Threshold { of, side, fire, .. } => beyond(of, *side, *fire),
        Trigger::DateApproaching { of, within_days } => {
            let is_date = pack.metric(of).is_some_and(|m| m.kind == Kind::DaysUntil);
            is_date && value(of).is_some_and(|v| (0.0..=f64::from(*within_days)).contains(&v))
        }
        Trigger::Disagreement { views } | Trigger::RedAccount { views } => {
            let seen = |good| views.iter().any(|v| value(&v.of).and_then(|x| v.judge(x)) == Some(good));
            seen(false) && (matches!(rule.when, Trigger::RedAccount { .. }) || seen(true))
        }
        _ => false,
    };
    main && rule.also.iter().all(|a| beyond(&a.of, a.side, a.limit))
}
