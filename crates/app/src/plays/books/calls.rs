//! When customers would have called for a play: with its signals, a stage, a date.

use std::collections::HashSet;

use kizashi_domain::plays::{Anchor, Dated, Start};
use kizashi_domain::time::Day;

use super::past::{Call, Subjects};
use super::{Book, store};
use crate::plays::runs::dates_of;
use crate::settings::Settings;
use crate::{App, Result};

/// When each customer would have called for the play, oldest first.
pub(super) async fn list_calls(
    app: &App,
    settings: &Settings,
    book: &Book,
    subjects: &Subjects,
    span: (Day, Day),
) -> Result<Vec<Call>> {
    let mut calls: HashSet<Call> = HashSet::new();
    for rule in &book.signals {
        calls.extend(store::list_fired(app, settings.workspace, rule, span).await?);
    }
    match &book.play.start {
        None => {}
        Some(Start::Stage(stage)) => calls.extend(list_entered(app, settings, stage, subjects, span).await?),
        Some(Start::Dated(dated)) => calls.extend(list_dated(settings, dated, subjects, span)),
    }
    let mut calls: Vec<_> = calls.into_iter().collect();
    calls.sort_by_key(|(customer, day)| (*day, *customer));
    Ok(calls)
}

/// When customers entered a stage.
async fn list_entered(
    app: &App,
    settings: &Settings,
    stage: &str,
    subjects: &Subjects,
    span: (Day, Day),
) -> Result<Vec<Call>> {
    let instants = (settings.zone.start_of(span.0), settings.zone.end_of(span.1));
    let set = store::list_entered(app, settings.workspace, stage, instants).await?;
    let set = set.into_iter().map(|(customer, at)| (customer, settings.day_of(at)));
    let new =
        subjects.values().filter_map(|s| Some((s.id, s.profile.since?))).filter(|(_, d)| span.0 <= *d && *d <= span.1);
    let has_entered = |(customer, day): &Call| {
        let Some(subject) = subjects.get(customer) else { return false };
        let stage_on = |day| subject.profile_at(day, None).stage;
        let is_new = subject.profile.since.is_some_and(|since| since >= *day);
        let was_other = is_new || stage_on(day.plus(-1)).as_deref() != Some(stage);
        was_other && stage_on(*day).as_deref() == Some(stage)
    };
    Ok(set.chain(new).filter(has_entered).collect())
}

/// When a date called for the play, by what was known on each day.
fn list_dated(settings: &Settings, dated: &Dated, subjects: &Subjects, span: (Day, Day)) -> Vec<Call> {
    let calendar = &settings.calendar;
    let mut calls = Vec::new();
    for subject in subjects.values() {
        let since = subject.profile.since;
        let from = since.unwrap_or(span.0).max(span.0);
        if dated.date.is_closing() || !Anchor::AHEAD.contains(&dated.date) {
            let dates = dates_of(subject, span.1, None);
            calls.extend(dated.calls(&dates, (from, span.1), calendar).into_iter().map(|day| (subject.id, day)));
            continue;
        }
        for day in (from.0..=span.1.0).map(Day) {
            let dates = dates_of(subject, day, Some(day));
            calls.extend(dated.calls(&dates, (day, day), calendar).into_iter().map(|day| (subject.id, day)));
        }
    }
    calls
}
