//! What the catalog remembers of a segment, so that no file is opened to say how a source arrives.

use std::collections::{BTreeMap, BTreeSet};

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
    /// Business-zone days on which events were received, sorted; assumed receipts are left out. `None` in segments written
    /// before it was counted: then they count as received when they happened.
    #[serde(default)]
    pub received: Option<Vec<i32>>,
    /// Codes of the event names, sorted. `None` in segments written before it was counted.
    #[serde(default)]
    pub names: Option<Vec<u32>>,
}

/// Events of one source on one day.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    pub events: u64,
    pub last_received: i64,
    pub last_occurred: i64,
}

impl Default for Count {
    fn default() -> Self {
        Self { events: 0, last_received: i64::MIN, last_occurred: i64::MIN }
    }
}

impl Count {
    /// Takes in what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.events += other.events;
        self.last_received = self.last_received.max(other.last_received);
        self.last_occurred = self.last_occurred.max(other.last_occurred);
    }
}

/// One source under construction.
#[derive(Clone, Debug, Default)]
struct Sum {
    total: Count,
    per_day: BTreeMap<i32, u64>,
    received: BTreeSet<i32>,
    names: BTreeSet<u32>,
    /// Some of its names were not written down.
    has_unknown_names: bool,
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
pub struct Sums(BTreeMap<String, Sum>);

impl Sums {
    fn of(&mut self, source: &str) -> &mut Sum {
        if !self.0.contains_key(source) {
            self.0.insert(source.to_owned(), Sum::default());
        }
        self.0.entry(source.to_owned()).or_default()
    }

    /// Counts one source's events of one day.
    pub fn count(&mut self, source: &str, day: i32, count: Count) {
        let sum = self.of(source);
        sum.total.add(count);
        *sum.per_day.entry(day).or_default() += count.events;
    }

    /// Notes on which days events of a source were received.
    pub fn note_received(&mut self, source: &str, days: impl IntoIterator<Item = i32>) {
        self.of(source).received.extend(days);
    }

    /// Notes which names a source brought.
    pub fn note_names(&mut self, source: &str, names: impl IntoIterator<Item = u32>) {
        self.of(source).names.extend(names);
    }

    /// Counts what others counted.
    pub fn absorb(&mut self, other: &Self) {
        for (source, theirs) in &other.0 {
            let ours = self.of(source);
            ours.total.add(theirs.total);
            for (day, events) in &theirs.per_day {
                *ours.per_day.entry(*day).or_default() += events;
            }
            ours.received.extend(&theirs.received);
            ours.names.extend(&theirs.names);
            ours.has_unknown_names |= theirs.has_unknown_names;
        }
    }

    /// Counts what a segment remembers.
    pub fn add(&mut self, summary: &SourceSummary) {
        let (last_received, last_occurred) = (summary.last_received, summary.last_occurred);
        self.of(&summary.source).total.add(Count { events: 0, last_received, last_occurred });
        for (day, events) in &summary.per_day {
            let count =
                Count { events: *events, last_received: summary.last_received, last_occurred: summary.last_occurred };
            self.count(&summary.source, *day, count);
        }
        match &summary.received {
            Some(days) => self.note_received(&summary.source, days.iter().copied()),
            None => self.note_received(&summary.source, summary.per_day.iter().map(|(day, _)| *day)),
        }
        match &summary.names {
            Some(names) => self.note_names(&summary.source, names.iter().copied()),
            None => self.of(&summary.source).has_unknown_names = true,
        }
    }

    pub fn summaries(self) -> Vec<SourceSummary> {
        let each = |(source, sum): (String, Sum)| SourceSummary {
            source,
            last_received: sum.total.last_received,
            last_occurred: sum.total.last_occurred,
            per_day: sum.per_day.into_iter().filter(|d| d.1 > 0).collect(),
            received: Some(sum.received.into_iter().collect()),
            names: (!sum.has_unknown_names).then(|| sum.names.into_iter().collect()),
        };
        self.0.into_iter().map(each).collect()
    }

    pub fn arrivals(self) -> Vec<Arrivals> {
        let each = |s: SourceSummary| Arrivals {
            source: s.source,
            last_received_at: Time(s.last_received),
            last_occurred_at: Time(s.last_occurred),
            per_day: s.per_day.into_iter().map(|(d, n)| (Day(d), n)).collect(),
            received: s.received.unwrap_or_default().into_iter().map(Day).collect(),
            names: s.names,
        };
        self.summaries().into_iter().map(each).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_catalog_did_not_count_is_unknown_and_not_nothing() {
        let old = r#"{"source":"app","last_received":9,"last_occurred":8,"per_day":[[3,2],[5,1]]}"#;
        let old: SourceSummary = serde_json::from_str(old).unwrap();
        let new =
            SourceSummary { per_day: vec![(9, 4)], received: Some(vec![10]), names: Some(vec![1]), ..old.clone() };
        let mut sums = Sums::default();
        sums.add(&old);
        sums.add(&new);
        let arrivals = sums.arrivals();
        assert_eq!(arrivals.len(), 1);
        assert_eq!(arrivals[0].per_day, [(Day(3), 2), (Day(5), 1), (Day(9), 4)]);
        assert_eq!((&arrivals[0].received, &arrivals[0].names), (&vec![Day(3), Day(5), Day(10)], &None));
        let mut sums = Sums::default();
        sums.add(&new);
        assert_eq!(sums.arrivals()[0].names, Some(vec![1]));
    }
}
