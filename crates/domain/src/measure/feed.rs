//! Whether a feed is alive, judged by its own rhythm, and what that means for the values that rest on it.
//!
//! Two things are told apart. *Facts* have days on which they happened: a day without any fact of a source on which there is
//! always one is a day that was not measured, never a zero. *Arrivals* are the days on which the source sent something: a file
//! once a month may hold facts of every day. Silence is judged by arrivals, zeros by facts.

use super::facts::WorkDays;
use super::metric::{Events, Kind, Metric};
use super::plan::{is_record_event, record_kind};
use super::rhythm::Rhythm;
use super::source::{Arrivals, Names};
use crate::intake::BY_HAND;
use crate::time::Day;

/// A source that has sent nothing for so long, while others that bring the same did, is history.
const ENDED_DAYS: i32 = 90;
/// A source that begins so shortly before another one ends has taken its place.
const HANDED_OVER_DAYS: i32 = 14;

/// A source on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Name of the source.
    pub source: String,
    /// The day of its first fact.
    pub since: Day,
    /// The day of its last fact.
    pub last_fact_day: Day,
    /// The last day on which it sent something, as far as known.
    pub last_arrival_day: Day,
    /// The last day through which its facts are whole: today, or the day before the first that usually has facts and has none.
    /// After it silence is no zero.
    pub whole_through: Day,
    /// The last day through which nobody can say that it is late: as `whole_through`, but holidays and the days around them
    /// make nothing late. Values age from here.
    pub alive_through: Day,
    /// Its usual longest gap between arrivals in steady business days.
    pub usual_gap_days: u32,
    /// Steady business days since the last arrival, today not counted.
    pub gap_days: u32,
    /// It has been quiet for clearly longer than it ever is.
    pub is_silent: bool,
    /// Nothing that should have come by the end of yesterday is missing; today is not over.
    pub is_settled: bool,
}

fn sent_by(arrivals: &Arrivals, day: Day) -> &[Day] {
    arrivals.received.get(..arrivals.received.partition_point(|d| *d <= day)).unwrap_or(&[])
}

/// Judges a source on a day, by what was known at the end of `known`; `None` = everything that is known. `None` when it has no
/// facts up to `today`.
pub fn judge(arrivals: &Arrivals, workdays: &WorkDays, today: Day, known: Option<Day>) -> Option<Feed> {
    // What happened after it last sent something was not known; facts of which nobody wrote down when they came always were.
    let told = known.and_then(|k| sent_by(arrivals, k).last().copied()).map_or(today, |last| last.min(today));
    let upto = arrivals.per_day.partition_point(|(d, _)| *d <= told);
    let days: Vec<Day> = arrivals.per_day.get(..upto)?.iter().filter(|(_, n)| *n > 0).map(|(day, _)| *day).collect();
    let (since, last_fact_day) = (*days.first()?, *days.last()?);
    let sent = sent_by(arrivals, known.map_or(today, |k| k.min(today)));
    let by_hand = arrivals.source == BY_HAND;
    // A day that has only begun is not a zero either: until something comes, yesterday's figures hold.
    let rhythm = Rhythm::learn(&days, workdays);
    let missing = rhythm.first_missing(last_fact_day, today, workdays).filter(|_| !by_hand);
    let due = rhythm.first_due(last_fact_day, today, workdays).filter(|_| !by_hand);
    let mut feed = Feed {
        source: arrivals.source.clone(),
        since,
        last_fact_day,
        last_arrival_day: sent.last().copied().unwrap_or(last_fact_day),
        whole_through: missing.map_or(today, |d| d.plus(-1)),
        alive_through: due.map_or(today, |d| d.plus(-1)),
        usual_gap_days: 1,
        gap_days: 0,
        is_silent: false,
        is_settled: missing.is_none_or(|d| d >= today),
    };
    feed.gap_days = workdays.count_steady(feed.last_arrival_day, today.plus(-1));
    // What has come only once has no rhythm yet.
    if sent.len() > 1 && !by_hand {
        let rhythm = Rhythm::learn(sent, workdays);
        feed.usual_gap_days = rhythm.usual_gap_days;
        feed.is_silent = rhythm.is_broken(feed.last_arrival_day, today, workdays);
        // The facts may be there, or not be due before the next arrival.
        feed.is_settled |= rhythm.first_missing(feed.last_arrival_day, today.plus(-1), workdays).is_none();
    }
    Some(feed)
}

/// Which sources provide each metric. Made once for a history and its metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Providers {
    of: Vec<Vec<String>>,
    /// Metrics that count days since something: a day that has only begun is a day all the same.
    counts_days: Vec<bool>,
}

impl Providers {
    /// The source that a metric names, when there is one of that name; else the sources that bring its events, or for records
    /// (activities, tickets, answers) those that bring records of the kind.
    pub fn find(metrics: &[Metric], arrivals: &[Arrivals], names: &Names) -> Self {
        let brings = |a: &Arrivals, wanted: &dyn Fn(&str) -> bool| match &a.names {
            None => true,
            Some(codes) => codes.iter().any(|c| names.0.get(*c as usize).is_some_and(|n| wanted(n))),
        };
        let of_metric = |metric: &Metric| -> Vec<String> {
            let counts = |name: &str| match &metric.event {
                Events::All => !is_record_event(name) && !metric.except.iter().any(|e| e == name),
                listed => listed
                    .names()
                    .iter()
                    .any(|l| l == name || record_kind(l).is_some_and(|kind| record_kind(name) == Some(kind))),
            };
            let mut of: Vec<&str> = arrivals.iter().filter(|a| brings(a, &counts)).map(|a| a.source.as_str()).collect();
            let named = metric.provided_by.as_deref().unwrap_or("");
            // What nobody ever brought is not fed, whatever its name.
            if !of.is_empty() && arrivals.iter().any(|a| a.source == named) {
                of = vec![named];
            }
            of.into_iter().map(str::to_owned).collect()
        };
        Self {
            of: metrics.iter().map(of_metric).collect(),
            counts_days: metrics.iter().map(|m| m.kind == Kind::DaysSince).collect(),
        }
    }

    /// Whether a source provides the metric at this place.
    pub fn has(&self, metric: usize, source: &str) -> bool {
        self.of.get(metric).is_some_and(|of| of.iter().any(|s| s == source))
    }
}

/// What a metric rests on, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provision {
    /// The day of the first fact of those who provide it.
    pub since: Day,
    /// The last day through which their facts are whole: figures of later days are those of this one.
    pub whole_through: Day,
    /// The last day through which nobody can say that one of them is late: values age from here.
    pub alive_through: Day,
    /// One of them has been quiet for clearly longer than it ever is.
    pub is_silent: bool,
    /// Nothing that should have come from them by the end of yesterday is missing.
    pub is_settled: bool,
}

/// All feeds of a workspace on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feeds {
    /// One a source.
    pub list: Vec<Feed>,
}

impl Feeds {
    /// Judges every source.
    pub fn judge(arrivals: &[Arrivals], workdays: &WorkDays, today: Day) -> Self {
        Self::judge_known(arrivals, workdays, today, None)
    }

    /// Judges every source by what was known at the end of a day.
    pub fn judge_known(arrivals: &[Arrivals], workdays: &WorkDays, today: Day, known: Option<Day>) -> Self {
        Self { list: arrivals.iter().filter_map(|a| judge(a, workdays, today, known)).collect() }
    }

    /// The feed of one source.
    pub fn find(&self, source: &str) -> Option<&Feed> {
        self.list.iter().find(|f| f.source == source)
    }

    /// What each metric rests on; `None` for one that was never fed.
    pub fn provide(&self, providers: &Providers, today: Day) -> Vec<Option<Provision>> {
        let mut made: Vec<(&[String], Option<Provision>)> = Vec::new();
        let mut out = Vec::with_capacity(providers.of.len());
        for (sources, counts_days) in providers.of.iter().zip(&providers.counts_days) {
            let known = made.iter().find(|(of, _)| *of == sources.as_slice()).map(|(_, provision)| *provision);
            let provision = known.unwrap_or_else(|| {
                let provision = self.provision_of(sources, today);
                made.push((sources, provision));
                provision
            });
            let is_today = |p: &Provision| *counts_days && p.whole_through >= today.plus(-1);
            out.push(provision.map(|p| match is_today(&p) {
                true => Provision { whole_through: today, alive_through: today, ..p },
                false => p,
            }));
        }
        out
    }

    /// Of several sources every one counts, since a customer's facts may come from any of them; but not those whose place
    /// another one has taken.
    fn provision_of(&self, sources: &[String], today: Day) -> Option<Provision> {
        let all: Vec<&Feed> = sources.iter().filter_map(|s| self.find(s)).collect();
        let since = all.iter().map(|f| f.since).min()?;
        let has_ended = |f: &Feed| {
            all.iter().any(|g| {
                let took_over = f.whole_through < today && g.since >= f.last_fact_day.plus(-HANDED_OVER_DAYS);
                let outlived = f.last_arrival_day < today.plus(-ENDED_DAYS) && g.last_arrival_day > f.last_arrival_day;
                g.source != f.source && g.source != BY_HAND && (took_over || outlived)
            })
        };
        let live = || all.iter().filter(|f| !has_ended(f));
        Some(Provision {
            since,
            whole_through: live().map(|f| f.whole_through).min()?,
            alive_through: live().map(|f| f.alive_through).min()?,
            is_silent: live().any(|f| f.is_silent),
            is_settled: live().all(|f| f.is_settled),
        })
    }
}
