//! What the page of one customer computes from its facts: the verdict of a day as it was known, the same day as it is known
//! now, and the usage behind it.

use std::collections::HashMap;
use std::sync::Mutex;

use kizashi_db::ToValue;
use kizashi_domain::health::{Change, Verdict, relearn};
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::lang::Text;
use kizashi_domain::measure::{CustomerEvents, Facts, Kind, Metric, Scratch, Series};
use kizashi_domain::time::Day;

use super::page::Moment;
use super::read::{HistoryPoint, UsageSeries};
use crate::health::{self, Base, Compared, Days, Word};
use crate::measure::{Run, Subject, Which, count_missing_positions, visit_subjects};
use crate::pipeline::Span;
use crate::settings::Settings;
use crate::{App, Result};

const USAGE_DAYS: i32 = 180;
const USAGE_CHARTS_MAX: usize = 6;
/// Past days that are computed again, to show where late data changed them.
const AGAIN_DAYS: i32 = 120;
/// The furthest day back that a comparison may reach.
const AGAINST_DAYS_MAX: i32 = 800;

/// What was computed.
#[derive(Default)]
pub(super) struct Reckoned {
    pub since: Day,
    pub verdict: Option<Verdict>,
    pub change: Option<Change>,
    /// Today's facts under the settings of the earlier day, when they were others.
    pub under_old: Option<Verdict>,
    pub sentence: Text,
    pub usage: Vec<UsageSeries>,
    /// The past day with everything known now and the settings of now.
    pub again: Option<Verdict>,
    /// Why that differs.
    pub relearned: Option<Change>,
    /// Points of past days as they are known now, under the settings of this version.
    pub recomputed: (i64, Vec<(Day, Option<i64>)>),
}

/// Settings and days of one page.
struct Frame {
    now: Run,
    /// The settings of the day shown, when they were others.
    then: Option<Run>,
    span: Span,
    /// The settings of the day it is compared with, when they were others.
    base: Option<Base>,
    words: Vec<Word>,
    known: Option<Day>,
}

impl Frame {
    fn run(&self) -> &Run {
        self.then.as_ref().unwrap_or(&self.now)
    }
}

/// Computes one customer's page for the end of `day`, counting what was known by the end of `known`.
pub(super) async fn reckon(
    app: &App,
    settings: &Settings,
    subject: Subject,
    moment: Moment,
    day: Day,
    known: Option<Day>,
) -> Result<Reckoned> {
    let mut now = Run::prepare(app, settings.workspace, day).await?;
    let mut then = match known {
        Some(day) => match crate::settings::open_settings_of(app, settings, day).await? {
            Some(old) => Some(Run::prepare_under(app, old).await?),
            None => None,
        },
        None => None,
    };
    let against = moment.against.filter(|d| *d < day && *d > day.plus(-AGAINST_DAYS_MAX));
    let span = match (against, then.as_ref().unwrap_or(&now)) {
        (Some(since), run) => Span::between(run, since, day, known),
        (None, run) => Span::of_page(run, day, known),
    };
    // Today is counted by the run of the night; until then the newest count before it serves.
    let days: Vec<Day> = std::iter::once(span.since).chain(known.map(|_| day)).collect();
    now = count_missing_positions(app, now, &days).await?;
    if let Some(old) = then {
        then = Some(count_missing_positions(app, old, &days).await?);
    }
    let run = then.as_ref().unwrap_or(&now);
    let base = health::load_base(app, run, &span, span.since).await?;
    let mut words = health::load_words_of(app, settings, subject.id).await?;
    let words = words.remove(&subject.id).unwrap_or_default();
    let frame = Frame { then, span, base, words, known, now };
    let subjects = HashMap::from([(subject.external_id.clone(), subject)]);
    app.blocking(move |history| {
        let out = Mutex::new(Reckoned::default());
        visit_subjects(history, &subjects, false, &|subject, events| {
            let reckoned = compute(&frame, subject, &events);
            if let Ok(mut out) = out.lock() {
                *out = reckoned;
            }
        })?;
        Ok(out.into_inner().unwrap_or_default())
    })
    .await
}

fn compute(frame: &Frame, subject: &Subject, events: &CustomerEvents<'_>) -> Reckoned {
    let (run, span) = (frame.run(), &frame.span);
    let day = span.today;
    let mut days = Days::new(run, span, subject, events).with_words(&frame.words).knowing(frame.known);
    let left = days.profile(day).has_left(day);
    let compared = health::compare(&mut days, frame.base.as_ref(), span.since, day).filter(|_| !left);
    let mut out = Reckoned { since: span.since, ..Reckoned::default() };
    if let Some(Compared { verdict, change, under_old }) = compared {
        out.sentence = health::sentence(run, &verdict, &change, true);
        (out.verdict, out.change, out.under_old) = (Some(verdict), Some(change), under_old);
    }
    if frame.known.is_some() {
        learn_again(frame, subject, events, &mut out);
    }
    out.usage = draw_usage(run, span, subject, events, frame.known, out.verdict.as_ref());
    out.recomputed = recompute(frame, subject, events);
    out
}

/// What is said of a customer today.
pub(super) struct Judged {
    pub since: Day,
    pub verdict: Verdict,
    pub change: Change,
    pub sentence: Text,
}

/// Judges these customers as their facts are now, in one pass over their events. Those without a model and those that have left are left out.
pub(super) async fn judge_now(
    app: &App,
    settings: &Settings,
    subjects: HashMap<String, Subject>,
    today: Day,
) -> Result<HashMap<Id<Customer>, Judged>> {
    let run = Run::prepare(app, settings.workspace, today).await?;
    let span = Span::of_page(&run, today, None);
    let run = count_missing_positions(app, run, &[span.since]).await?;
    let base = health::load_base(app, &run, &span, span.since).await?;
    let ids = subjects.values().map(|subject| subject.id.to_value()).collect();
    let words = health::load_words(app, settings, Which::Only(&[]), ids).await?;
    app.blocking(move |history| {
        let out = Mutex::new(HashMap::new());
        visit_subjects(history, &subjects, false, &|subject, events| {
            let words = words.get(&subject.id).map(Vec::as_slice).unwrap_or_default();
            let mut days = Days::new(&run, &span, subject, &events).with_words(words);
            if days.profile(today).has_left(today) {
                return;
            }
            let Some(Compared { verdict, change, .. }) = health::compare(&mut days, base.as_ref(), span.since, today)
            else {
                return;
            };
            let sentence = health::sentence(&run, &verdict, &change, true);
            if let Ok(mut out) = out.lock() {
                out.insert(subject.id, Judged { since: span.since, verdict, change, sentence });
            }
        })?;
        Ok(out.into_inner().unwrap_or_default())
    })
    .await
}

/// The past day once more, with everything that is known now and the settings of now.
fn learn_again(frame: &Frame, subject: &Subject, events: &CustomerEvents<'_>, out: &mut Reckoned) {
    let day = frame.span.today;
    let span = frame.span.knowing(&frame.now, None);
    let again = Days::new(&frame.now, &span, subject, events).with_words(&frame.words).view(day).verdict.clone();
    // The same facts under the settings of that day part what was learned from what was set.
    let middle = frame.then.as_ref().and_then(|then| {
        let span = frame.span.knowing(then, None);
        Days::new(then, &span, subject, events).with_words(&frame.words).view(day).verdict.clone()
    });
    if let (Some(before), Some(after)) = (&out.verdict, &again) {
        out.relearned = Some(relearn(before, after, middle.as_ref()));
    }
    out.again = again;
}

/// Scores of the last months as they are known now.
fn recompute(frame: &Frame, subject: &Subject, events: &CustomerEvents<'_>) -> (i64, Vec<(Day, Option<i64>)>) {
    let to = frame.span.today;
    let first = subject.profile.since.unwrap_or(Day(i32::MIN)).max(to.plus(1 - AGAIN_DAYS));
    let span = Span::between(&frame.now, first.min(to), to, None);
    let mut days = Days::new(&frame.now, &span, subject, events).with_words(&frame.words);
    if first < to {
        days.fill(first, to);
    }
    let points =
        |d: i32, days: &mut Days<'_>| days.view(Day(d)).verdict.as_ref().and_then(Verdict::shown).map(i64::from);
    (frame.now.settings.version, (first.0..=to.0).map(|d| (Day(d), points(d, &mut days))).collect())
}

/// Puts what is known now beside what was known then, where the settings are the same and the points are not.
pub(super) fn lay_again(history: &mut [HistoryPoint], (version, points): &(i64, Vec<(Day, Option<i64>)>)) {
    for point in history.iter_mut().filter(|p| p.settings_version == *version) {
        let found = points.binary_search_by_key(&point.day, |(d, _)| *d).ok().and_then(|i| points.get(i));
        point.again = found.map(|(_, again)| *again).filter(|again| *again != point.points);
    }
}

/// Whether a metric makes a line worth drawing.
fn is_drawn(metric: &Metric) -> bool {
    matches!(
        metric.kind,
        Kind::Count | Kind::Sum | Kind::DistinctUsers | Kind::DistinctDays | Kind::DistinctEvents | Kind::Ratio
    ) && metric.offset_days == 0
}

/// Until when a metric's line is drawn: as long as its facts are whole, and one that is made of others as long as any of
/// them moves, so that it ends with the value that the verdict has.
fn end_of(metric: &Metric, metrics: &[Metric], alive: &[Day], to: Day) -> Day {
    let own = |id: &str| metrics.iter().position(|m| m.id == id).and_then(|i| alive.get(i)).copied();
    let end = if metric.kind.is_derived() { metric.of.iter().filter_map(|id| own(id)).max() } else { own(&metric.id) };
    end.unwrap_or(to).min(to)
}

fn draw_usage(
    run: &Run,
    span: &Span,
    subject: &Subject,
    events: &CustomerEvents<'_>,
    known_day: Option<Day>,
    verdict: Option<&Verdict>,
) -> Vec<UsageSeries> {
    let metrics = &run.settings.pack.metrics;
    let (from, to) = (span.today.plus(1 - USAGE_DAYS), span.today);
    let mut series = Series::default();
    // As in the verdict: what rests on a silent feed stays as it was last known, and so does what is computed of it.
    let alive = span.alive(to).unwrap_or_default();
    let facts =
        Facts { events, attributes: &subject.attributes, workdays: &run.workdays, known_day, alive_through: alive };
    run.plan.series(from, to, &facts, &mut Scratch::default(), &mut series);
    let judged: Vec<&str> = verdict.map(|v| v.measures().map(|l| l.metric.as_str()).collect()).unwrap_or_default();
    let mut out = Vec::new();
    for (i, metric) in metrics.iter().enumerate() {
        if out.len() == USAGE_CHARTS_MAX || !is_drawn(metric) || !judged.contains(&metric.id.as_str()) {
            continue;
        }
        let last = end_of(metric, metrics, alive, to);
        let first = subject.profile.since.unwrap_or(Day(i32::MIN));
        let points: Vec<(Day, Option<f64>)> = (from.0..=to.0)
            .map(|d| (Day(d), series.value(i, Day(d)).filter(|_| Day(d) <= last && Day(d) >= first)))
            .collect();
        if points.iter().any(|(_, v)| v.is_some_and(|v| v != 0.0)) {
            out.push(UsageSeries {
                metric: metric.id.clone(),
                title: metric.title.clone(),
                unit: metric.unit.clone(),
                points,
            });
        }
    }
    out
}
