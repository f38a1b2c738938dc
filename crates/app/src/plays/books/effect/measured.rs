//! The metrics by which signs were noticed, read on the days of a case.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use kizashi_db::{ToValue, args, sql};
use kizashi_domain::id::{Card, Id};
use kizashi_domain::limits::EFFECT_MEASURED_MAX;
use kizashi_domain::measure::Kind;
use kizashi_domain::pack::Pack;
use kizashi_domain::signals::{Because, noticed_by};
use kizashi_domain::time::Day;

use super::{AFTER_DAYS, Asked, Case, Measured, Values, sum_up};
use crate::health::Days;
use crate::measure::{Run, Subject, Which, load_subjects, visit_subjects, with_parts};
use crate::pipeline::Span;
use crate::{App, Error, Result};

/// The metrics of each card by their ids, each with the day on which it begins to be looked at.
type Causes = HashMap<Id<Card>, Vec<(String, Day)>>;

/// What the metrics behind the signs were at the beginning, at the end and a while after it, those of most cases first; and whether only the
/// newest cases were read.
pub(super) async fn measure(
    app: &App,
    asked: &Asked<'_>,
    (ran, others): (&[Case], &[Case]),
    today: Day,
) -> Result<(Vec<Measured>, bool)> {
    let is_cut = ran.len().max(others.len()) > EFFECT_MEASURED_MAX;
    let newest = |cases: &'_ [Case]| cases.len().min(EFFECT_MEASURED_MAX);
    let ran = ran.get(..newest(ran)).unwrap_or_default();
    let others = others.get(..newest(others)).unwrap_or_default();
    let causes = list_causes(app, asked, ran.iter().chain(others)).await?;
    if causes.is_empty() {
        return Ok((Vec::new(), is_cut));
    }
    let read = read_all(app, asked, &causes, ran.iter().chain(others), today).await?;
    let mut sides: BTreeMap<&str, [Vec<(Day, Values)>; 2]> = BTreeMap::new();
    for (side, cases) in [ran, others].into_iter().enumerate() {
        for case in cases {
            for (metric, _) in causes.get(&case.card).into_iter().flatten() {
                let values = read.get(&(case.card, metric.clone())).copied().unwrap_or_default();
                if let Some(side) = sides.entry(metric).or_default().get_mut(side) {
                    side.push((case.ended_on, values));
                }
            }
        }
    }
    let sum = |(metric, [ran, others]): (&str, [Vec<(Day, Values)>; 2])| Measured {
        metric: metric.to_owned(),
        ran: sum_up(ran.into_iter(), today),
        others: sum_up(others.into_iter(), today),
    };
    let mut out: Vec<Measured> = sides.into_iter().map(sum).collect();
    out.sort_by_key(|m| std::cmp::Reverse((m.ran.cases, m.others.cases)));
    Ok((out, is_cut))
}

/// By which metrics the signs of each card were noticed. What joined it later begins on the day on which it did; the score stands beside,
/// and what counts down to a date moves by itself.
async fn list_causes(app: &App, asked: &Asked<'_>, cases: impl Iterator<Item = &Case>) -> Result<Causes> {
    let spans: HashMap<Id<Card>, (Day, Day)> = cases.map(|case| (case.card, (case.opened_on, case.ended_on))).collect();
    let statement = sql!(
        "SELECT card_id, rule, fired_day, figures FROM card_cause WHERE workspace_id = $1 AND card_id IN ($2) ",
        "ORDER BY card_id, rule, fired_day"
    );
    let keys = spans.keys().map(ToValue::to_value).collect();
    let rows: Vec<(Id<Card>, String, Day, String)> =
        app.db.list_in(statement, args![asked.settings.workspace], keys).await?;
    let can_be_told = |of: &str| asked.settings.pack.metrics.iter().any(|m| m.id == of && m.kind != Kind::DaysUntil);
    let mut causes = Causes::new();
    for (card, rule, day, figures) in rows {
        let Some((opened_on, _)) = spans.get(&card).filter(|(_, ended_on)| day <= *ended_on) else { continue };
        if !asked.rules.contains(&rule.as_str()) {
            continue;
        }
        let because: Vec<Because> = serde_json::from_str(&figures).map_err(|e| Error::failed("figures", e))?;
        for of in noticed_by(&because).into_iter().filter(|of| can_be_told(of)) {
            let (mine, begins) = (causes.entry(card).or_default(), day.max(*opened_on));
            match mine.iter_mut().find(|(known, _)| known == of) {
                Some((_, earliest)) => *earliest = begins.min(*earliest),
                None => mine.push((of.to_owned(), begins)),
            }
        }
    }
    Ok(causes)
}

/// The values of each card's metrics on its days, in one pass over the events of the customers concerned.
async fn read_all(
    app: &App,
    asked: &Asked<'_>,
    causes: &Causes,
    cases: impl Iterator<Item = &Case>,
    today: Day,
) -> Result<HashMap<(Id<Card>, String), Values>> {
    let settings = asked.settings;
    let mut of: HashMap<String, Vec<Looked>> = HashMap::new();
    for case in cases {
        let Some(metrics) = causes.get(&case.card) else { continue };
        let ends = [case.ended_on, case.ended_on.plus(AFTER_DAYS)].map(|day| Some(day).filter(|day| *day <= today));
        let looked = Looked { card: case.card, ends, metrics: metrics.clone() };
        of.entry(case.code.clone()).or_default().push(looked);
    }
    let first = causes.values().flatten().map(|(_, begins)| *begins).min().unwrap_or(today);
    let codes: Vec<String> = of.keys().cloned().collect();
    let subjects = load_subjects(app, settings.workspace, Which::Only(&codes)).await?;
    let ids: Vec<String> = causes.values().flatten().map(|(metric, _)| metric.clone()).collect();
    let metrics = with_parts(&settings.pack.metrics, &ids);
    let reduced = Pack { metrics, models: Vec::new(), ..settings.pack.clone() };
    let run = Run::prepare_under(app, Arc::new(settings.edited(&reduced))).await?;
    let span = Span::between(&run, first, today, None);
    app.blocking(move |history| {
        let out = Mutex::new(HashMap::new());
        visit_subjects(history, &subjects, false, &|subject, events| {
            let mut days = Days::new(&run, &span, subject, &events);
            for looked in of.get(&subject.external_id).into_iter().flatten() {
                let read = looked.read(&mut days, subject, &run.settings.pack);
                if let Ok(mut out) = out.lock() {
                    out.extend(read);
                }
            }
        })?;
        Ok(out.into_inner().unwrap_or_default())
    })
    .await
}

/// What is looked at of a case.
struct Looked {
    card: Id<Card>,
    /// The day of the end, and a while after it; those that have come.
    ends: [Option<Day>; 2],
    metrics: Vec<(String, Day)>,
}

impl Looked {
    fn read(&self, days: &mut Days<'_>, subject: &Subject, pack: &Pack) -> Vec<((Id<Card>, String), Values)> {
        let mut value = |place: usize, day: Option<Day>| {
            // Of a customer that has left, nothing is measured any more.
            let day = day.filter(|day| !subject.profile_at(*day, None).has_left(*day))?;
            days.readings(day).get(place)?.fresh()
        };
        let of = |(metric, begins): &(String, Day)| {
            let place = pack.metrics.iter().position(|m| m.id == *metric)?;
            let [end, after] = self.ends;
            let values = [Some(*begins), end, after].map(|day| value(place, day));
            Some(((self.card, metric.clone()), values))
        };
        self.metrics.iter().filter_map(of).collect()
    }
}
