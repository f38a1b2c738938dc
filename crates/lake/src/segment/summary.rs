//! What the catalog remembers of a segment, so that no file is opened to say how a source arrives.

use std::collections::BTreeMap;

use kizashi_domain::measure::Arrivals;
use kizashi_domain::time::{Day, Time};
use serde::{Deserialize, Serialize};

/// How the events of one source in one segment arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSummary {
    pub source: String,
    pub last_received: i64,
    pub last_occurred: i64,
    /// (business-zone day, events that count), sorted by day.
    pub per_day: Vec<(i32, u64)>,
}

impl SourceSummary {
    /// Takes away or gives back an event of a day.
    pub fn recount(&mut self, day: i32, counts: bool) {
        match self.per_day.binary_search_by_key(&day, |d| d.0) {
            Ok(at) => {
                if let Some((_, events)) = self.per_day.get_mut(at) {
                    *events = if counts { *events + 1 } else { events.saturating_sub(1) };
                }
            }
            Err(at) if counts => self.per_day.insert(at, (day, 1)),
            Err(_) => {}
        }
        self.per_day.retain(|d| d.1 > 0);
    }
}

/// Sums of several sources under construction.
#[derive(Clone, Debug, Default)]
pub struct Sums(BTreeMap<String, (i64, i64, BTreeMap<i32, u64>)>);

impl Sums {
    /// Counts one source's events of one day.
    pub fn count(&mut self, source: &str, day: i32, events: u64, received: i64, occurred: i64) {
        self.add_days(source, (received, occurred), &[(day, events)]);
    }

    /// Counts what a segment remembers.
    pub fn add(&mut self, summary: &SourceSummary) {
        self.add_days(&summary.source, (summary.last_received, summary.last_occurred), &summary.per_day);
    }

    fn add_days(&mut self, source: &str, (received, occurred): (i64, i64), per_day: &[(i32, u64)]) {
        if !self.0.contains_key(source) {
            self.0.insert(source.to_owned(), (i64::MIN, i64::MIN, BTreeMap::new()));
        }
        if let Some((last_received, last_occurred, days)) = self.0.get_mut(source) {
            *last_received = received.max(*last_received);
            *last_occurred = occurred.max(*last_occurred);
            for (day, events) in per_day {
                *days.entry(*day).or_default() += events;
            }
        }
    }

    pub fn summaries(self) -> Vec<SourceSummary> {
        let each = |(source, (last_received, last_occurred, days)): (String, (i64, i64, BTreeMap<i32, u64>))| {
            let per_day = days.into_iter().filter(|d| d.1 > 0).collect();
            SourceSummary { source, last_received, last_occurred, per_day }
        };
        self.0.into_iter().map(each).collect()
    }

    pub fn arrivals(self) -> Vec<Arrivals> {
        let each = |s: SourceSummary| Arrivals {
            source: s.source,
            last_received_at: Time(s.last_received),
            last_occurred_at: Time(s.last_occurred),
            per_day: s.per_day.into_iter().map(|(d, n)| (Day(d), n)).collect(),
        };
        self.summaries().into_iter().map(each).collect()
    }
}
