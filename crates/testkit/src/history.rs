//! Usage history in memory: the plainest thing that keeps the promises of [`Source`], to test against.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

use kizashi_domain::intake::{EventBatch, EventRef, Joined};
use kizashi_domain::measure::{
    Appended, Arrivals, Bulk, CustomerEvents, HistoryEvent, Loaded, Names, Selection, Source, SourceError, View,
    Withdrawal, Withdrawn,
};
use kizashi_domain::time::{Day, Time, Zone};

#[derive(Clone, Debug)]
struct Kept {
    user: String,
    id: String,
    event: HistoryEvent,
}

#[derive(Debug, Default)]
struct Inner {
    names: Vec<String>,
    ids: HashSet<(String, String)>,
    of_customer: BTreeMap<String, Vec<Kept>>,
    /// What loads brought: customer and id.
    receipts: BTreeMap<String, Vec<(String, String)>>,
    joined: Joined,
}

/// How one source arrived.
#[derive(Default)]
struct Arrived {
    last: Option<(Time, Time)>,
    per_day: BTreeMap<Day, u64>,
    received: BTreeSet<Day>,
    names: BTreeSet<u32>,
}

/// History in memory. Set [`MemoryHistory::fill_disk`] to see what callers do when there is no room.
#[derive(Debug)]
pub struct MemoryHistory {
    zone: Zone,
    inner: Arc<Mutex<Inner>>,
    full: Mutex<bool>,
}

impl MemoryHistory {
    /// Empty, counting days in `zone`.
    pub fn new(zone: Zone) -> Self {
        Self { zone, inner: Arc::default(), full: Mutex::new(false) }
    }

    /// From now on there is no room, or there is again.
    ///
    /// # Panics
    /// When another test thread panicked while holding it.
    pub fn fill_disk(&self, full: bool) {
        *self.full.lock().unwrap() = full;
    }

    /// How many events are kept.
    ///
    /// # Panics
    /// When another test thread panicked while holding it.
    pub fn len(&self) -> usize {
        self.inner.lock().unwrap().of_customer.values().map(Vec::len).sum()
    }

    /// Nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A load of [`MemoryHistory`].
struct MemoryLoad {
    inner: Arc<Mutex<Inner>>,
    source: String,
    batches: Mutex<Vec<EventBatch>>,
}

impl MemoryLoad {
    fn settle(&self, receipt: Option<&str>, keep: bool) -> Loaded {
        let mut inner = self.inner.lock().unwrap();
        let mut loaded = Loaded::default();
        let mut brought = Vec::new();
        let mut seen = HashSet::new();
        for batch in self.batches.lock().unwrap().iter() {
            for e in batch.iter() {
                let id = (self.source.clone(), e.id.to_owned());
                if inner.ids.contains(&id) || !seen.insert(id) {
                    loaded.duplicates += 1;
                    continue;
                }
                loaded.accepted += 1;
                loaded.touched.push(e.customer.to_owned());
                brought.push((e.customer.to_owned(), e.id.to_owned()));
                if keep {
                    inner.add(&self.source, e);
                }
            }
        }
        loaded.touched.sort();
        loaded.touched.dedup();
        if let (Some(name), true) = (receipt, keep) {
            inner.receipts.insert(name.to_owned(), brought);
        }
        loaded
    }
}

impl Bulk for MemoryLoad {
    fn add(&self, batch: &EventBatch) -> Result<(), SourceError> {
        self.batches.lock().unwrap().push(batch.clone());
        Ok(())
    }

    fn count(&self) -> Result<Loaded, SourceError> {
        Ok(self.settle(None, false))
    }

    fn commit(self: Box<Self>, receipt: Option<&str>) -> Result<Loaded, SourceError> {
        Ok(self.settle(receipt, true))
    }
}

impl Inner {
    /// Events by who they count for, in the order of time.
    fn by_customer(&self) -> BTreeMap<&str, Vec<&Kept>> {
        let mut all: BTreeMap<&str, Vec<&Kept>> = BTreeMap::new();
        for (code, list) in &self.of_customer {
            all.entry(self.joined.survivor(code)).or_default().extend(list);
        }
        all.values_mut().for_each(|list| list.sort_by_key(|k| k.event.occurred_at));
        all
    }

    /// Adds an event unless its id is there.
    fn add(&mut self, source: &str, e: EventRef<'_>) {
        if !self.ids.insert((source.to_owned(), e.id.to_owned())) {
            return;
        }
        if !self.names.iter().any(|n| n == e.name) {
            self.names.push(e.name.to_owned());
        }
        let event = HistoryEvent {
            source: source.to_owned(),
            user: (!e.user.is_empty()).then(|| e.user.to_owned()),
            name: e.name.to_owned(),
            occurred_at: e.occurred_at,
            received_at: e.received_at,
            assumed: e.assumed,
            value: e.value,
            properties: e.properties.to_owned(),
        };
        let list = self.of_customer.entry(e.customer.to_owned()).or_default();
        list.push(Kept { user: e.user.to_owned(), id: e.id.to_owned(), event });
        list.sort_by_key(|k| k.event.occurred_at);
    }
}

/// What stands for a user.
fn key_of(user: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    user.hash(&mut hasher);
    hasher.finish()
}

impl Source for MemoryHistory {
    fn begin_load(&self, source: &str, _now: Time) -> Result<Box<dyn Bulk>, SourceError> {
        let inner = Arc::clone(&self.inner);
        Ok(Box::new(MemoryLoad { inner, source: source.to_owned(), batches: Mutex::default() }))
    }

    fn join(&self, joined: Joined) {
        self.inner.lock().unwrap().joined = joined;
    }

    fn withdraw(&self, source: &str, what: Withdrawal<'_>) -> Result<Withdrawn, SourceError> {
        let mut inner = self.inner.lock().unwrap();
        let events = match what {
            Withdrawal::Load(name) => inner.receipts.get(name).cloned().unwrap_or_default(),
            Withdrawal::Events(events) => inner.joined.spread(events),
        };
        let mut withdrawn = Withdrawn::default();
        for (customer, id) in events {
            if inner.ids.remove(&(source.to_owned(), id.clone())) {
                withdrawn.events += 1;
                if let Some(list) = inner.of_customer.get_mut(&customer) {
                    list.retain(|k| k.id != id || k.event.source != source);
                }
                inner.of_customer.retain(|_, list| !list.is_empty());
                withdrawn.touched.push(customer);
            }
        }
        withdrawn.touched.sort();
        withdrawn.touched.dedup();
        Ok(withdrawn)
    }

    fn append(&self, source: &str, batch: &EventBatch) -> Result<Appended, SourceError> {
        if *self.full.lock().unwrap() {
            return Err(SourceError::NoSpace);
        }
        let mut inner = self.inner.lock().unwrap();
        for e in batch.iter() {
            inner.add(source, e);
        }
        Ok(Appended { durable: batch.len() as u64 })
    }

    fn user_key(&self, user: &str) -> Option<u64> {
        Some(key_of(user))
    }

    fn names(&self) -> Result<Names, SourceError> {
        Ok(Names(self.inner.lock().unwrap().names.clone()))
    }

    fn visit(&self, selection: Selection<'_>, each: &(dyn Fn(CustomerEvents<'_>) + Sync)) -> Result<(), SourceError> {
        self.visit_as(selection, View::default(), each)
    }

    fn visit_as(
        &self,
        selection: Selection<'_>,
        view: View,
        each: &(dyn Fn(CustomerEvents<'_>) + Sync),
    ) -> Result<(), SourceError> {
        let received_day = |at: Time| {
            let day = self.zone.day_of(at);
            let after = view.known_at.is_some_and(|known| day == self.zone.day_of(known) && at > known);
            day.plus(i32::from(after)).0
        };
        let inner = self.inner.lock().unwrap();
        for (customer, list) in &inner.by_customer() {
            if matches!(selection, Selection::Only(ids) if !ids.iter().any(|id| id == customer)) {
                continue;
            }
            let mut keys: Vec<u64> = list.iter().filter(|k| !k.user.is_empty()).map(|k| key_of(&k.user)).collect();
            keys.sort_unstable();
            keys.dedup();
            let code = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let users: Vec<u32> = list
                .iter()
                .map(|k| match k.user.as_str() {
                    "" => u32::MAX,
                    user => keys.binary_search(&key_of(user)).map_or(u32::MAX, code),
                })
                .collect();
            let days: Vec<i32> = list.iter().map(|k| self.zone.day_of(k.event.occurred_at).0).collect();
            let names: Vec<u32> =
                list.iter().map(|k| code(inner.names.iter().position(|n| *n == k.event.name).unwrap_or(0))).collect();
            let values: Vec<f64> = list.iter().map(|k| k.event.value.unwrap_or(f64::NAN)).collect();
            let received: Vec<i32> = list.iter().map(|k| received_day(k.event.received_at)).collect();
            each(CustomerEvents {
                customer,
                days: &days,
                names: &names,
                users: &users,
                user_count: code(keys.len()),
                user_keys: &keys,
                values: &values,
                received_days: Some(&received),
                retracted_days: None,
            });
        }
        Ok(())
    }

    fn timeline(&self, customer: &str, before: Option<Time>, limit: usize) -> Result<Vec<HistoryEvent>, SourceError> {
        let inner = self.inner.lock().unwrap();
        let all = inner.by_customer();
        let list = all.get(customer).map(Vec::as_slice).unwrap_or_default();
        let before = before.unwrap_or(Time(i64::MAX));
        Ok(list.iter().rev().map(|k| &k.event).filter(|e| e.occurred_at < before).take(limit).cloned().collect())
    }

    fn customers(&self) -> Result<Vec<String>, SourceError> {
        Ok(self.inner.lock().unwrap().by_customer().keys().map(|c| (*c).to_owned()).collect())
    }

    fn arrivals(&self) -> Result<Vec<Arrivals>, SourceError> {
        let inner = self.inner.lock().unwrap();
        let mut per_source: BTreeMap<String, Arrived> = BTreeMap::new();
        for k in inner.of_customer.values().flatten() {
            let e = &k.event;
            let arrived = per_source.entry(e.source.clone()).or_default();
            arrived.last = Some(arrived.last.map_or((e.received_at, e.occurred_at), |(received, occurred)| {
                (received.max(e.received_at), occurred.max(e.occurred_at))
            }));
            *arrived.per_day.entry(self.zone.day_of(e.occurred_at)).or_default() += 1;
            if !e.assumed {
                arrived.received.insert(self.zone.day_of(e.received_at));
            }
            let code = inner.names.iter().position(|n| *n == e.name).unwrap_or(0);
            arrived.names.insert(u32::try_from(code).unwrap_or(u32::MAX));
        }
        Ok(per_source
            .into_iter()
            .map(|(source, arrived)| {
                let (last_received_at, last_occurred_at) = arrived.last.unwrap_or((Time(0), Time(0)));
                Arrivals {
                    source,
                    last_received_at,
                    last_occurred_at,
                    per_day: arrived.per_day.into_iter().collect(),
                    received: arrived.received.into_iter().collect(),
                    names: Some(arrived.names.into_iter().collect()),
                }
            })
            .collect())
    }
}
