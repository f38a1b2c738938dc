//! Verdicts of customers over days, kept with their history.

mod store;
mod terms;

use std::collections::HashMap;
use std::rc::Rc;

use kizashi_domain::health::{Band, Change, Glossary, Verdict, choose, explain, judge};
use kizashi_domain::id::{Customer, Id, Workspace};
use kizashi_domain::lang::{Lang, Text};
use kizashi_domain::measure::{CustomerEvents, Facts, Reading, Scratch, read_states};
use kizashi_domain::time::Day;

use crate::measure::{Run, Subject, Which, read_day};
use crate::pipeline::Span;
use crate::{App, Result};

pub(crate) use store::{keep_scores, parse_spark};
pub(crate) use terms::{AllTerms, load_terms};

/// Points of how many days the list shows.
const SPARK_DAYS: usize = 90;

/// What is stored of a customer's last scoring.
#[derive(Clone, Debug)]
pub(crate) struct Last {
    pub day: Day,
    pub spark: Vec<Option<i64>>,
}

/// The newest scoring of each customer.
pub(crate) async fn load_last(
    app: &App,
    workspace: Id<Workspace>,
    which: Which<'_>,
    subjects: &HashMap<String, Subject>,
) -> Result<HashMap<Id<Customer>, Last>> {
    match which {
        Which::All => store::list_last(app, workspace).await,
        Which::Only(_) => store::find_last(app, workspace, subjects.values().map(|s| s.id)).await,
    }
}

/// Readings and verdict of a day.
#[derive(Clone, Debug)]
pub(crate) struct DayView {
    pub readings: Vec<Reading>,
    pub verdict: Option<Verdict>,
}

/// Readings and verdicts of one customer, computed when asked for.
pub(crate) struct Days<'a> {
    pub run: &'a Run,
    pub span: &'a Span,
    pub subject: &'a Subject,
    events: &'a CustomerEvents<'a>,
    scratch: Scratch,
    seen: HashMap<Day, Rc<DayView>>,
}

impl<'a> Days<'a> {
    pub fn new(run: &'a Run, span: &'a Span, subject: &'a Subject, events: &'a CustomerEvents<'a>) -> Self {
        Self { run, span, subject, events, scratch: Scratch::default(), seen: HashMap::new() }
    }

    /// The view of a day.
    pub fn view(&mut self, day: Day) -> Rc<DayView> {
        if let Some(view) = self.seen.get(&day) {
            return Rc::clone(view);
        }
        let view = Rc::new(self.compute(day));
        self.seen.insert(day, Rc::clone(&view));
        view
    }

    /// Computes all views of a span of days in few passes.
    pub fn fill(&mut self, from: Day, to: Day) {
        let metrics = &self.run.settings.pack.metrics;
        for (first, last) in self.span.runs(from, to) {
            // On these days the same feeds are silent since the same day; those alive are alive on all of them.
            let alive: Vec<Day> =
                self.span.alive(first).unwrap_or_default().iter().map(|a| if *a < first { *a } else { last }).collect();
            let facts = Facts {
                events: self.events,
                attributes: &self.subject.attributes,
                workdays: &self.run.workdays,
                known_day: None,
                alive_through: &alive,
            };
            let mut views = Vec::new();
            self.run.plan.rows(first, last, &facts, &mut self.scratch, &mut |day, row| {
                if let Some(feeds) = self.span.feeds(day) {
                    views.push((day, read_states(metrics, row, feeds, self.subject.profile.since, day)));
                }
            });
            for (day, readings) in views {
                let view = self.judge(day, readings);
                self.seen.insert(day, Rc::new(view));
            }
        }
    }

    fn judge(&self, day: Day, readings: Vec<Reading>) -> DayView {
        let pack = &self.run.settings.pack;
        let profile = &self.subject.profile;
        let verdict =
            choose(&pack.models, profile, day).map(|m| judge(m, &pack.metrics, &readings, profile.age_days(day)));
        DayView { readings, verdict }
    }

    fn compute(&mut self, day: Day) -> DayView {
        let empty = kizashi_domain::measure::Feeds::default();
        let feeds = self.span.feeds(day).unwrap_or(&empty);
        let readings = read_day(self.run, self.subject, self.events, feeds, day, &mut self.scratch);
        self.judge(day, readings)
    }
}

/// A day's score.
#[derive(Clone, Debug)]
pub(crate) struct DayScore {
    pub day: Day,
    pub points: Option<i64>,
    pub band: Band,
    pub range: (i32, i32),
    pub coverage: f64,
    pub model: String,
}

impl DayScore {
    fn of(day: Day, v: &Verdict) -> Self {
        Self {
            day,
            points: v.shown().map(i64::from),
            band: v.band,
            range: v.range,
            coverage: v.coverage,
            model: v.model.clone(),
        }
    }
}

/// The health of one customer today, and the days that were not scored yet.
#[derive(Clone, Debug)]
pub(crate) struct Assessment {
    /// Ends with today.
    pub days: Vec<DayScore>,
    pub verdict: Verdict,
    pub change: Change,
    pub sentence: Text,
    pub spark: Vec<Option<i64>>,
    /// First time that this customer is scored.
    pub first: bool,
}

/// Judges today and every day not scored yet. `None` for a customer without a model, or that has left.
pub(crate) fn assess(days: &mut Days<'_>, last: Option<&Last>) -> Option<Assessment> {
    let (today, since_day) = (days.span.today, days.span.since);
    let profile = &days.subject.profile;
    if profile.has_left(today) || profile.since.is_some_and(|s| s > today) {
        return None;
    }
    let mut from = last.map_or(days.span.backfill_from, |l| l.day.plus(1)).min(today);
    if let Some(first) = profile.since.or_else(|| days.events.days.first().map(|d| Day(*d))) {
        from = from.max(first).min(today);
    }
    if from < today {
        days.fill(from, today);
    }
    let mut scores = Vec::new();
    for d in from.0..=today.0 {
        if let Some(v) = &days.view(Day(d)).verdict {
            scores.push(DayScore::of(Day(d), v));
        }
    }
    let verdict = days.view(today).verdict.clone()?;
    let known_before = profile.since.is_none_or(|s| s <= since_day);
    let before = days.view(since_day).verdict.clone().filter(|_| known_before);
    let change = explain(before.as_ref().unwrap_or(&verdict), &verdict, None);
    let sentence = sentence(days.run, &verdict, &change, false);
    let mut spark: Vec<Option<i64>> = last.map(|l| l.spark.clone()).unwrap_or_default();
    if last.is_some_and(|l| l.day >= from) {
        spark.pop();
    }
    let mut scored = scores.iter().peekable();
    for d in from.0..=today.0 {
        spark.push(scored.next_if(|s| s.day == Day(d)).and_then(|s| s.points));
    }
    let extra = spark.len().saturating_sub(SPARK_DAYS);
    spark.drain(..extra);
    Some(Assessment { days: scores, verdict, change, sentence, spark, first: last.is_none() })
}

/// The generated sentence in both languages, long for the page of the customer or short for lists.
pub(crate) fn sentence(run: &Run, verdict: &Verdict, change: &Change, long: bool) -> Text {
    let words = Glossary { metrics: &run.settings.pack.metrics, models: &run.settings.pack.models };
    let say = |lang| {
        if long {
            kizashi_domain::health::sentence(verdict, Some(change), &words, lang)
        } else {
            kizashi_domain::health::short_sentence(verdict, Some(change), &words, lang)
        }
    };
    Text { ja: say(Lang::Ja), en: say(Lang::En) }
}

/// The word of a band in the database and in addresses.
pub const fn band_word(band: Band) -> &'static str {
    match band {
        Band::Red => "red",
        Band::Amber => "amber",
        Band::Green => "green",
        Band::Unknown => "unknown",
    }
}

/// Reads [`band_word`].
pub fn parse_band(word: &str) -> Option<Band> {
    [Band::Red, Band::Amber, Band::Green, Band::Unknown].into_iter().find(|b| band_word(*b) == word)
}

/// A customer's score on a day, for the command line.
#[derive(Clone, Debug)]
pub struct ScoreRow {
    /// External id of the customer.
    pub customer: String,
    /// The verdict; `None` for one without a model, or that was no customer that day.
    pub verdict: Option<Verdict>,
    /// The generated sentence.
    pub sentence: Text,
}

/// Scores of all customers at the end of a day, by customer.
pub async fn compute_scores(app: &App, workspace: Id<Workspace>, day: Day) -> Result<Vec<ScoreRow>> {
    let run = Run::prepare(app, workspace, day).await?;
    let subjects = crate::measure::load_subjects(app, workspace, Which::All).await?;
    let span = Span::of_page(&run, day);
    app.blocking(move |history| {
        let out = std::sync::Mutex::new(Vec::with_capacity(subjects.len()));
        crate::measure::visit_subjects(history, &subjects, true, &|subject, events| {
            let mut days = Days::new(&run, &span, subject, &events);
            let there = !subject.profile.has_left(day) && subject.profile.since.is_none_or(|s| s <= day);
            let verdict = days.view(day).verdict.clone().filter(|_| there);
            let before = days.view(span.since).verdict.clone();
            let sentence = verdict.as_ref().map_or_else(Text::default, |v| {
                sentence(&run, v, &explain(before.as_ref().unwrap_or(v), v, None), true)
            });
            if let Ok(mut out) = out.lock() {
                out.push(ScoreRow { customer: subject.external_id.clone(), verdict, sentence });
            }
        })?;
        let mut rows = out.into_inner().unwrap_or_default();
        rows.sort_unstable_by(|a, b| a.customer.cmp(&b.customer));
        Ok(rows)
    })
    .await
}
