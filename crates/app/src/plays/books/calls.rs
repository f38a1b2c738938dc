//! When customers would have called for a play: with its signals, a stage, a date.

use std::collections::HashSet;

use kizashi_domain::plays::{Anchor, Dated, Start};
use kizashi_domain::time::Day;

use super::past::{Call, Subjects};
use super::store::Sign;
use super::{Book, store};
use crate::plays::runs::dates_of;
use crate::settings::Settings;
use crate::{App, Result};

/// When customers would have called for a play.
#[derive(Default)]
pub(super) struct Calls {
    /// Oldest first.
    pub list: Vec<Call>,
    /// Signs of the play that would have called for nothing: they are added to a card that another one had opened.
    pub merged: usize,
}

/// When each customer would have called for the play.
pub(super) async fn list_calls(
    app: &App,
    settings: &Settings,
    book: &Book,
    subjects: &Subjects,
    span: (Day, Day),
) -> Result<Calls> {
    let mut calls: HashSet<Call> = HashSet::new();
    let signs = store::list_signs(app, settings.workspace, &book.signals, span).await?;
    // As the settings would be with this play: its signs name it, and no other does.
    let of = |sign: &Sign| {
        let rule = settings.pack.rule(&sign.rule);
        let other = rule.and_then(|rule| rule.play.clone()).filter(|play| *play != book.play.id);
        let is_own = book.signals.contains(&sign.rule);
        (rule.map_or(0.0, |rule| rule.severity), if is_own { Some(book.play.id.clone()) } else { other })
    };
    let mut merged = 0;
    for of_card in signs.chunk_by(|a, b| a.card == b.card) {
        let called = list_named_days(of_card, &book.play.id, &of);
        let own = |sign: &&Sign| book.signals.contains(&sign.rule) && span.0 <= sign.day && sign.day <= span.1;
        merged += of_card.iter().filter(own).filter(|sign| !called.contains(&sign.day)).count();
        let customer = of_card.first().map(|sign| sign.customer);
        let within = called.into_iter().filter(|day| span.0 <= *day && *day <= span.1);
        calls.extend(customer.into_iter().flat_map(|customer| within.clone().map(move |day| (customer, day))));
    }
    match &book.play.start {
        None => {}
        Some(Start::Stage(stage)) => calls.extend(list_entered(app, settings, stage, subjects, span).await?),
        Some(Start::Dated(dated)) => calls.extend(list_dated(settings, dated, subjects, span)),
    }
    let mut calls: Vec<_> = calls.into_iter().collect();
    calls.sort_by_key(|(customer, day)| (*day, *customer));
    Ok(Calls { list: calls, merged })
}

/// The days on which a card would have come to name a play: with its first sign, or with a later one that presses more. Its signs are
/// of one card, the oldest first; `of` says how severe a sign is, and which play it names.
fn list_named_days(signs: &[Sign], play: &str, of: &dyn Fn(&Sign) -> (f64, Option<String>)) -> Vec<Day> {
    let mut days = Vec::new();
    let mut now: Option<(f64, Option<String>)> = None;
    for of_day in signs.chunk_by(|a, b| a.day == b.day) {
        let Some(day) = of_day.first().map(|sign| sign.day) else { continue };
        let mut told: Vec<_> = of_day.iter().map(|sign| (of(sign), &sign.rule)).collect();
        told.sort_by(|a, b| b.0.0.total_cmp(&a.0.0).then_with(|| a.1.cmp(b.1)));
        let severity = told.first().map_or(0.0, |((severity, _), _)| *severity);
        if now.as_ref().is_some_and(|(most, _)| severity <= *most) {
            continue;
        }
        let named = told.into_iter().find_map(|((_, play), _)| play);
        let is_new = now.as_ref().is_none_or(|(_, before)| *before != named);
        if is_new && named.as_deref() == Some(play) {
            days.push(day);
        }
        now = Some((severity, named));
    }
    days
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

#[cfg(test)]
mod tests {
    use kizashi_domain::id::Id;

    use super::*;

    /// Signs as day and rule; rules as severity and play.
    fn named(signs: &[(i32, &str)], play: &str) -> Vec<i32> {
        let of = |(day, rule): &(i32, &str)| Sign {
            card: Id::from_uuid(uuid::Uuid::nil()),
            customer: Id::from_uuid(uuid::Uuid::nil()),
            day: Day(*day),
            rule: (*rule).to_owned(),
        };
        let signs: Vec<Sign> = signs.iter().map(of).collect();
        let says = |sign: &Sign| match sign.rule.as_str() {
            "low" => (0.3, Some("mild".to_owned())),
            "mid" => (0.5, Some("mend".to_owned())),
            "high" => (0.9, Some("save".to_owned())),
            _ => (0.6, None),
        };
        list_named_days(&signs, play, &says).into_iter().map(|day| day.0).collect()
    }

    #[test]
    fn a_card_names_one_play_and_changes_it_only_for_what_presses_more() {
        assert_eq!(named(&[(1, "mid")], "mend"), [1]);
        assert_eq!(named(&[(1, "mid"), (1, "high")], "mend"), [0; 0], "another one led");
        assert_eq!(named(&[(1, "mid"), (5, "low")], "mild"), [0; 0], "it joins a card that presses more");
        assert_eq!(named(&[(1, "mid"), (5, "high")], "save"), [5], "the card gives way");
        assert_eq!(named(&[(1, "mid"), (5, "mid")], "mend"), [1], "once");
        assert_eq!(named(&[(1, "silent"), (1, "mid")], "mend"), [1], "a lead without a play leaves it to the next");
        assert_eq!(named(&[(1, "low"), (2, "mid"), (3, "high")], "mend"), [2]);
    }
}
