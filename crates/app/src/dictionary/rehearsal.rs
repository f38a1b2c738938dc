//! What edited settings would change today, before they are saved.

use std::sync::Arc;

use kizashi_domain::health::{Band, Verdict};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::measure::{Kind, Metric, Reading};
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{Rule, SCORE, Side, Trigger};

use super::census::{Census, Counted, open_census};
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

/// What edited models would do to today's scores.
#[derive(Clone, Debug)]
pub struct Effect {
    /// The count that it rests on.
    pub census: Arc<Census>,
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

/// Judges everybody with the pack in force and with an edited one. `None` when the edit changes how a metric is computed:
/// then only a new count can tell.
pub async fn rehearse(app: &App, workspace: Id<Workspace>, edited: &Pack) -> Result<Option<Effect>> {
    let census = open_census(app, workspace).await?;
    let (old, new) = (&census.settings.pack, edited);
    let places = match same_metrics(&old.metrics, &new.metrics) {
        Some(places) if census.settings.pack.calendar == new.calendar => places,
        _ => return Ok(None),
    };
    let edited = edited.clone();
    let effect = app
        .blocking(move |_| {
            let pairs = census.customers.iter().map(|c| judge_twice(&census, c, &edited, &places)).collect::<Vec<_>>();
            Ok(sum_up(&census, &pairs))
        })
        .await?;
    Ok(Some(effect))
}

/// For each metric of the new list its place in the old one; `None` when one is computed in another way. A metric that is new
/// has no readings yet, so it stands in the way only when the old list has it otherwise.
fn same_metrics(old: &[Metric], new: &[Metric]) -> Option<Vec<Option<usize>>> {
    let bare = |m: &Metric| Metric {
        title: kizashi_domain::lang::Text::default(),
        description: kizashi_domain::lang::Text::default(),
        owner: None,
        ..m.clone()
    };
    new.iter()
        .map(|m| match old.iter().position(|o| o.id == m.id) {
            Some(at) => old.get(at).filter(|o| bare(o) == bare(m)).map(|_| Some(at)),
            None => None,
        })
        .collect()
}

type Pair = (Option<Verdict>, Option<Verdict>);

fn judge_twice(census: &Census, customer: &Counted, edited: &Pack, places: &[Option<usize>]) -> Pair {
    let readings = customer.readings(census.day);
    let moved: Vec<Reading> = places
        .iter()
        .map(|at| at.and_then(|i| readings.get(i)).copied().unwrap_or(Reading::missing(census.day)))
        .collect();
    (customer.judge(&census.settings.pack, &readings, census.day), customer.judge(edited, &moved, census.day))
}

fn shown(verdict: Option<&Verdict>) -> (Band, Option<i32>) {
    verdict.map_or((Band::Unknown, None), |v| (v.band, v.shown()))
}

fn sum_up(census: &Arc<Census>, pairs: &[Pair]) -> Effect {
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
    Effect { census: Arc::clone(census), bands, moves, shifted, named }
}

/// For how many customers a rule's condition holds today, whatever it noticed before. `None` for conditions about more than a
/// day.
pub async fn count_rule(app: &App, workspace: Id<Workspace>, rule: &Rule) -> Result<Option<(Arc<Census>, usize)>> {
    let census = open_census(app, workspace).await?;
    if !matches!(rule.when, Trigger::Threshold { .. } | Trigger::DateApproaching { .. }) {
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
        _ => false,
    };
    main && rule.also.iter().all(|a| beyond(&a.of, a.side, a.limit))
}
