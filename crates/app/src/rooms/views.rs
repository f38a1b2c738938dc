//! What is seen of a customer from the sides that make a red account: those of the rule that fired, else those that weigh most.

use std::collections::HashMap;
use std::sync::Mutex;

use kizashi_domain::health::Verdict;
use kizashi_domain::id::{Card, Customer, Id, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::{CustomerEvents, Metric};
use kizashi_domain::pack::labels::label_subject;
use kizashi_domain::rooms::{View, find_views, gather_views};
use kizashi_domain::signals::{Facet, SCORE, Trigger};

use crate::health::{DayView, Days};
use crate::measure::{Run, Subject, Which, load_subjects, visit_subjects};
use crate::pipeline::Span;
use crate::plays::{self, CauseRow};
use crate::settings::Settings;
use crate::{App, Refused, Result};

/// Why a card asks for a room.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    /// What fired, a sentence each.
    pub why: Vec<Text>,
    /// What the bad sides are called.
    pub bad: Vec<Text>,
}

/// The sides of the red accounts behind a card; none when no such rule made it.
pub(super) struct Sides {
    pub facets: Vec<Facet>,
    pub reason: Reason,
}

/// What the red accounts behind a card looked at. Of a rule that is gone nothing is known.
///
/// # Errors
/// [`Refused::NotFound`] for a card of another customer.
pub(super) async fn find_sides(
    app: &App,
    settings: &Settings,
    customer: Id<Customer>,
    card: Id<Card>,
) -> Result<Sides> {
    let found = plays::find_causes(app, settings.workspace, card).await?;
    let (_, causes) = found.filter(|(of, _)| *of == Some(customer)).ok_or(Refused::NotFound)?;
    let mut sides = Sides { facets: Vec::new(), reason: Reason::default() };
    let mut told = Vec::new();
    for cause in &causes {
        let Some(rule) = settings.pack.rule(&cause.rule) else { continue };
        let Trigger::RedAccount { views } = &rule.when else { continue };
        // The newest firing of a rule says how it stands.
        if told.contains(&&rule.id) {
            continue;
        }
        told.push(&rule.id);
        sides.reason.why.push(cause.why.clone());
        sides.reason.bad.extend(bad_ones(cause, views, &settings.pack.metrics));
        sides.facets.extend(views.iter().cloned());
    }
    Ok(sides)
}

/// What those sides are called on which a firing rests.
fn bad_ones(cause: &CauseRow, facets: &[Facet], metrics: &[Metric]) -> Vec<Text> {
    let is_bad = |facet: &&Facet| cause.figures.iter().any(|f| f.is_view && f.of == facet.of && f.good == Some(false));
    facets.iter().filter(is_bad).map(|facet| own_title(facet, metrics)).collect()
}

fn own_title(facet: &Facet, metrics: &[Metric]) -> Text {
    if facet.title.is_empty() { label_subject(&facet.of, metrics) } else { facet.title.clone() }
}

/// 利用状況：ログインのふだんとの差: what the rule calls it, and the metric behind it.
fn full_title(facet: &Facet, metrics: &[Metric]) -> Text {
    let (own, metric) = (own_title(facet, metrics), label_subject(&facet.of, metrics));
    if own == metric {
        return own;
    }
    Text { ja: format!("{}：{}", own.ja, metric.ja), en: format!("{}: {}", own.en, metric.en) }
}

/// Looks at a customer, by its code, as it is now: from the sides of rules when there are any, else from those that weigh most.
pub(super) async fn look(app: &App, ws: Id<Workspace>, code: &str, facets: Vec<Facet>) -> Result<Vec<View>> {
    look_with(app, ws, code, move |run, day| {
        let metrics = &run.settings.pack.metrics;
        if facets.is_empty() {
            return heaviest(run, day);
        }
        let see = |facet: &Facet| View::of_rule(facet, full_title(facet, metrics), value_of(&facet.of, metrics, day));
        gather_views(facets.iter().map(see).collect())
    })
    .await
}

/// Looks again, as it is now, from the sides from which it was seen before.
pub(super) async fn look_again(app: &App, ws: Id<Workspace>, code: &str, then: &[View]) -> Result<Vec<View>> {
    let sides: Vec<View> = then.iter().filter(|view| view.limit.is_some()).cloned().collect();
    look_with(app, ws, code, move |run, day| {
        if sides.is_empty() {
            return heaviest(run, day);
        }
        let metrics = &run.settings.pack.metrics;
        sides.iter().filter_map(|side| side.again(value_of(&side.of, metrics, day))).collect()
    })
    .await
}

fn heaviest(run: &Run, day: &DayView) -> Vec<View> {
    day.verdict.as_ref().map(|verdict| find_views(verdict, &run.settings.pack.metrics)).unwrap_or_default()
}

/// The fresh value of a metric, or the score.
fn value_of(of: &str, metrics: &[Metric], day: &DayView) -> Option<f64> {
    if of == SCORE {
        return day.verdict.as_ref().and_then(Verdict::shown).map(f64::from);
    }
    let place = metrics.iter().position(|m| m.id == of)?;
    day.readings.get(place)?.fresh()
}

async fn look_with(
    app: &App,
    ws: Id<Workspace>,
    code: &str,
    see: impl Fn(&Run, &DayView) -> Vec<View> + Send + Sync + 'static,
) -> Result<Vec<View>> {
    let today = crate::settings::open_settings(app, ws).await?.day_of(app.now());
    let run = Run::prepare(app, ws, today).await?;
    let span = Span::of_page(&run, today, None);
    let subjects: HashMap<String, Subject> = load_subjects(app, ws, Which::Only(&[code.to_owned()])).await?;
    app.blocking(move |history| {
        let seen = Mutex::new(Vec::new());
        visit_subjects(history, &subjects, false, &|subject: &Subject, events: CustomerEvents<'_>| {
            let day = Days::new(&run, &span, subject, &events).view(span.today);
            let views = see(&run, &day);
            if let Ok(mut seen) = seen.lock() {
                *seen = views;
            }
        })?;
        Ok(seen.into_inner().unwrap_or_default())
    })
    .await
}
