//! Runs as they would have gone, judged by what was measured on each of their days and known by its end.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use kizashi_db::ToValue;
use kizashi_domain::health::Verdict;
use kizashi_domain::id::{Customer, Id};
use kizashi_domain::measure::CustomerEvents;
use kizashi_domain::pack::Pack;
use kizashi_domain::plays::{CustomerDates, Doing, Entry, Known, Play, Refusal, RunState, foretell, judge_entry};
use kizashi_domain::signals::SCORE;
use kizashi_domain::time::Day;

use crate::health::{AllWords, DayView, Days, Word, load_words};
use crate::measure::{Run, Subject, Which, visit_subjects, with_parts};
use crate::pipeline::Span;
use crate::plays::runs::dates_on;
use crate::settings::Settings;
use crate::{App, Result};

/// Customers by their ids.
pub(super) type Subjects = HashMap<Id<Customer>, Subject>;
/// A customer that called for a play on a day.
pub(super) type Call = (Id<Customer>, Day);

/// A run as it would have gone.
pub(super) struct Foretold {
    pub customer: Id<Customer>,
    /// When it would have begun.
    pub day: Day,
    pub run: RunState,
    /// The score on the day on which each step was over, when a letter tells it.
    pub scores: Vec<Option<f64>>,
}

/// What would have come of the days on which customers called for a play.
#[derive(Default)]
pub(super) struct Outcome {
    /// Oldest first.
    pub runs: Vec<Foretold>,
    pub left_out: Vec<Refusal>,
}

/// Foretells the runs of a play for the customers that called for it: `calls` in the order of their days.
pub(super) async fn foretell_calls(
    app: &App,
    settings: &Settings,
    play: &Play,
    (subjects, calls): (&Subjects, &[Call]),
    (first, today): (Day, Day),
) -> Result<Outcome> {
    let mut days_of: HashMap<Id<Customer>, Vec<Day>> = HashMap::new();
    for (customer, day) in calls {
        days_of.entry(*customer).or_default().push(*day);
    }
    let wanted: HashMap<String, Subject> = days_of
        .keys()
        .filter_map(|id| subjects.get(id))
        .map(|subject| (subject.external_id.clone(), subject.clone()))
        .collect();
    let past = Past::prepare(app, settings, play, &wanted, (first, today)).await?;
    let play = play.clone();
    let mut out = app
        .blocking(move |history| {
            let out = Mutex::new(Outcome::default());
            visit_subjects(history, &wanted, false, &|subject, events| {
                let Some(days) = days_of.get(&subject.id) else { return };
                let told = past.tell(&play, subject, &events, days);
                if let Ok(mut out) = out.lock() {
                    out.runs.extend(told.runs);
                    out.left_out.extend(told.left_out);
                }
            })?;
            Ok(out.into_inner().unwrap_or_default())
        })
        .await?;
    out.runs.sort_by_key(|told| (told.day, told.customer));
    Ok(out)
}

/// Whether a letter tells the score.
fn tells_score(play: &Play) -> bool {
    let tells = |doing: &Doing| match doing {
        Doing::Mail { subject, body, .. } => {
            [&subject.ja, &subject.en, &body.ja, &body.en].iter().any(|text| text.contains("{score}"))
        }
        _ => false,
    };
    play.steps.iter().any(|step| tells(&step.doing))
}

/// The pack with nothing but what a play looks at, so that nothing else is computed.
fn reduce(pack: &Pack, play: &Play) -> Pack {
    let looks: HashSet<&str> = play.subjects().into_iter().collect();
    let with_score = looks.contains(SCORE) || tells_score(play);
    let models = if with_score { pack.models.clone() } else { Vec::new() };
    let measured = models.iter().flat_map(|m| &m.groups).flat_map(|g| &g.measures).map(|m| m.metric.clone());
    let ids: Vec<String> = looks.into_iter().map(str::to_owned).chain(measured).collect();
    Pack { metrics: with_parts(&pack.metrics, &ids), models, ..pack.clone() }
}

/// What a rehearsal computes from.
struct Past {
    run: Run,
    first: Day,
    today: Day,
    /// Each day by what was known at its end, from `first` on.
    spans: Vec<Span>,
    words: AllWords,
    with_scores: bool,
}

impl Past {
    async fn prepare(
        app: &App,
        settings: &Settings,
        play: &Play,
        wanted: &HashMap<String, Subject>,
        (first, today): (Day, Day),
    ) -> Result<Self> {
        let run = Run::prepare_under(app, Arc::new(settings.edited(&reduce(&settings.pack, play)))).await?;
        let spans = (first.0..=today.0).map(Day).map(|day| Span::between(&run, day, day, Some(day))).collect();
        let ids = wanted.values().map(|s| s.id.to_value()).collect();
        let words = load_words(app, settings, Which::Only(&[]), ids).await?;
        Ok(Self { run, first, today, spans, words, with_scores: tells_score(play) })
    }

    /// What would have come of the days on which one customer called.
    fn tell(&self, play: &Play, subject: &Subject, events: &CustomerEvents<'_>, days: &[Day]) -> Outcome {
        let words = self.words.get(&subject.id).map(Vec::as_slice).unwrap_or_default();
        let seen = Seen { past: self, subject, events, words, views: RefCell::default() };
        let mut out = Outcome::default();
        let mut last: Option<(Day, Option<Day>)> = None;
        for day in days {
            let profile = subject.profile_at(*day, None);
            let is_open = last.is_some_and(|(_, end)| end.is_none_or(|end| end >= *day));
            let entry = Entry { profile: &profile, day: *day, is_open, last: last.map(|(began, _)| began) };
            if let Err(why) = judge_entry(play, &entry) {
                out.left_out.push(why);
                continue;
            }
            let run = foretell(play, *day, &self.run.settings.calendar, &seen);
            last = Some((*day, run.ended.map(|(_, end)| end)));
            let score = |on: Day| seen.value(SCORE, on);
            let scores = run.steps.iter().map(|s| s.finished_on.filter(|_| self.with_scores).and_then(score)).collect();
            out.runs.push(Foretold { customer: subject.id, day: *day, run, scores });
        }
        out
    }
}

/// One customer on past days. What nobody asks for is not computed.
struct Seen<'a> {
    past: &'a Past,
    subject: &'a Subject,
    events: &'a CustomerEvents<'a>,
    words: &'a [Word],
    views: RefCell<HashMap<Day, Rc<DayView>>>,
}

impl Seen<'_> {
    /// The view of a day; of days to come, that of today.
    fn view(&self, day: Day) -> Option<Rc<DayView>> {
        let (past, day) = (self.past, day.clamp(self.past.first, self.past.today));
        if let Some(view) = self.views.borrow().get(&day) {
            return Some(Rc::clone(view));
        }
        let span = past.spans.get(usize::try_from(day.0 - past.first.0).ok()?)?;
        let days = Days::new(&past.run, span, self.subject, self.events);
        let view = days.with_words(self.words).knowing(Some(day)).view(day);
        self.views.borrow_mut().insert(day, Rc::clone(&view));
        Some(view)
    }
}

impl Known for Seen<'_> {
    fn value(&self, of: &str, day: Day) -> Option<f64> {
        let view = self.view(day)?;
        if of == SCORE {
            return view.verdict.as_ref().and_then(Verdict::shown).map(f64::from);
        }
        let place = self.past.run.settings.pack.metrics.iter().position(|m| m.id == of)?;
        view.readings.get(place)?.fresh()
    }

    fn dates(&self, day: Day) -> CustomerDates {
        let day = day.min(self.past.today);
        dates_on(&self.subject.attributes, day, Some(day))
    }

    fn changes_after(&self, day: Day) -> bool {
        day < self.past.today
    }
}
