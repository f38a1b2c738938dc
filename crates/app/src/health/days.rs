//! Readings and verdicts of one customer by day, computed when asked for.

use std::collections::HashMap;
use std::rc::Rc;

use kizashi_domain::customers::Profile;
use kizashi_domain::health::{Verdict, choose, judge, judge_points, lay_over};
use kizashi_domain::measure::{CustomerEvents, Facts, Reading, Scratch, read_states};
use kizashi_domain::time::Day;

use super::Last;
use super::overrides::Word;
use crate::measure::{Run, Subject, read_day};
use crate::pipeline::Span;

/// Readings and verdict of a day.
#[derive(Clone, Debug)]
pub(crate) struct DayView {
    pub readings: Rc<Vec<Reading>>,
    /// As shown: with a person's word over it, when there is one.
    pub verdict: Option<Verdict>,
}

/// The days of one customer, under one version of the settings.
pub(crate) struct Days<'a> {
    pub run: &'a Run,
    pub span: &'a Span,
    pub subject: &'a Subject,
    events: &'a CustomerEvents<'a>,
    words: &'a [Word],
    /// The points of earlier days as they were kept.
    kept: Option<&'a Last>,
    /// Count only what was known by the end of this day.
    known: Option<Day>,
    scratch: Scratch,
    seen: HashMap<Day, Rc<DayView>>,
    /// Readings of days whose verdict nobody asked for yet.
    read: HashMap<Day, Rc<Vec<Reading>>>,
    /// Points of days of which nobody asked for more.
    points: HashMap<Day, Option<i32>>,
    /// The profile, and the days `[from, until)` on which it holds.
    profile: Option<(Day, Day, Rc<Profile>)>,
}

impl<'a> Days<'a> {
    pub fn new(run: &'a Run, span: &'a Span, subject: &'a Subject, events: &'a CustomerEvents<'a>) -> Self {
        Self {
            run,
            span,
            subject,
            events,
            words: &[],
            kept: None,
            known: None,
            scratch: Scratch::default(),
            seen: HashMap::new(),
            read: HashMap::new(),
            points: HashMap::new(),
            profile: None,
        }
    }

    /// With what people said over the score.
    pub fn with_words(mut self, words: &'a [Word]) -> Self {
        self.words = words;
        self
    }

    /// With the points that are kept of earlier days: what was shown on a day is not reckoned again as long as it can be compared.
    pub fn with_kept(mut self, kept: Option<&'a Last>) -> Self {
        self.kept = kept;
        self
    }

    /// Counting only what was known by the end of a day.
    pub fn knowing(mut self, known: Option<Day>) -> Self {
        self.known = known;
        self
    }

    /// The same customer under other settings.
    pub fn under(&self, run: &'a Run, span: &'a Span) -> Self {
        Self::new(run, span, self.subject, self.events).with_words(self.words).knowing(self.known)
    }

    /// Its events.
    pub const fn events(&self) -> &'a CustomerEvents<'a> {
        self.events
    }

    /// First day on which anything happened.
    pub fn first_event(&self) -> Option<Day> {
        self.events.days.first().map(|d| Day(*d))
    }

    /// What conditions look at, on a day.
    pub fn profile(&mut self, day: Day) -> Rc<Profile> {
        if let Some((from, until, profile)) = &self.profile
            && (*from..*until).contains(&day)
        {
            return Rc::clone(profile);
        }
        let profile = Rc::new(self.subject.profile_at(day, self.known));
        let (from, until) = self.subject.steady_around(day);
        self.profile = Some((from, until, Rc::clone(&profile)));
        profile
    }

    /// The view of a day.
    pub fn view(&mut self, day: Day) -> Rc<DayView> {
        if let Some(view) = self.seen.get(&day) {
            return Rc::clone(view);
        }
        let readings = self.readings(day);
        let view = Rc::new(self.judge(day, readings));
        self.seen.insert(day, Rc::clone(&view));
        view
    }

    /// The points that were kept of an earlier day, when they are.
    fn kept_points(&self, day: Day) -> Option<Option<i32>> {
        let kept = self.kept.filter(|_| day < self.span.today)?.points(day, self.run.settings.scale)?;
        Some(kept.and_then(|points| i32::try_from(points).ok()))
    }

    /// Whether the points of these days are all kept.
    pub fn keeps_points(&self, from: Day, to: Day) -> bool {
        (from.0..=to.0).all(|d| self.kept_points(Day(d)).is_some())
    }

    /// The points that were shown on a day.
    pub fn points(&mut self, day: Day) -> Option<i32> {
        if let Some(points) = self.kept_points(day) {
            return points;
        }
        let shown = |view: &DayView| view.verdict.as_ref().and_then(Verdict::shown);
        if let Some(view) = self.seen.get(&day) {
            return shown(view);
        }
        if self.words.iter().any(|w| w.holds(day, self.known)) {
            return shown(&self.view(day));
        }
        if let Some(points) = self.points.get(&day) {
            return *points;
        }
        let (readings, profile) = (self.readings(day), self.profile(day));
        let pack = &self.run.settings.pack;
        let model = choose(&pack.models, &profile, day);
        let points = model.and_then(|m| judge_points(m, &pack.metrics, &readings, profile.age_days(day)));
        self.points.insert(day, points);
        points
    }

    /// The readings of a day, without judging them.
    pub fn readings(&mut self, day: Day) -> Rc<Vec<Reading>> {
        if let Some(found) = self.seen.get(&day).map(|view| &view.readings).or_else(|| self.read.get(&day)) {
            return Rc::clone(found);
        }
        let provisions = self.span.provisions(day).unwrap_or_default();
        let known = (day, self.known);
        let found = Rc::new(read_day(self.run, self.subject, self.events, provisions, known, &mut self.scratch));
        self.read.insert(day, Rc::clone(&found));
        found
    }

    /// Computes all views of a span of days in few passes.
    pub fn fill(&mut self, from: Day, to: Day) {
        self.read_all(from, to);
        for d in from.0..=to.0 {
            self.view(Day(d));
        }
    }

    /// Computes the readings of a span of days in few passes: much quicker than day by day.
    pub fn read_all(&mut self, mut from: Day, mut to: Day) {
        let is_there = |days: &Self, day| days.seen.contains_key(&day) || days.read.contains_key(&day);
        while from <= to && is_there(self, from) {
            from = from.plus(1);
        }
        while from <= to && is_there(self, to) {
            to = to.plus(-1);
        }
        if from > to {
            return;
        }
        let metrics = &self.run.settings.pack.metrics;
        for (first, last) in self.span.runs(from, to) {
            let alive = self.span.alive_over(first, last);
            let facts = Facts {
                events: self.events,
                attributes: &self.subject.attributes,
                workdays: &self.run.workdays,
                known_day: self.known,
                alive_through: &alive,
            };
            let (span, read, since) = (self.span, &mut self.read, self.subject.profile.since);
            self.run.plan.rows(first, last, &facts, &mut self.scratch, &mut |day, row| {
                if let Some(provisions) = span.provisions(day) {
                    read.insert(day, Rc::new(read_states(metrics, row, provisions, since, day)));
                }
            });
        }
    }

    /// What a model of the settings says of a day, be it the one of that day or not.
    pub fn judge_by(&mut self, model: &str, day: Day) -> Option<Verdict> {
        let (readings, profile) = (self.readings(day), self.profile(day));
        let pack = &self.run.settings.pack;
        let model = pack.models.iter().find(|m| m.id == model)?;
        Some(judge(model, &pack.metrics, &readings, profile.age_days(day)))
    }

    fn judge(&mut self, day: Day, readings: Rc<Vec<Reading>>) -> DayView {
        let pack = &self.run.settings.pack;
        let profile = self.profile(day);
        let computed =
            choose(&pack.models, &profile, day).map(|m| judge(m, &pack.metrics, &readings, profile.age_days(day)));
        let word = self.words.iter().rfind(|w| w.holds(day, self.known));
        let verdict = computed.map(|v| match word {
            Some(word) => lay_over(v, &word.word, day),
            None => v,
        });
        DayView { readings, verdict }
    }
}
