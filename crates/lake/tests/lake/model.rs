//! The lake against a brute-force model: whatever is done in whatever order, the same facts, each once.

use std::collections::BTreeMap;
use std::sync::Mutex;

use kizashi_domain::intake::{EventBatch, EventRef, Says};
use kizashi_domain::measure::{HistoryEvent, Reach, Selection, Source, View};
use kizashi_domain::time::{DAY_US, Time, Zone};
use kizashi_lake::{Lake, Options, id_hash};
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub struct Fact {
    source: String,
    id: String,
    pub customer: String,
    user: String,
    name: String,
    pub at: i64,
    pub received: i64,
    assumed: bool,
    value: Option<f64>,
    properties: String,
}

impl Fact {
    fn month(&self) -> (i16, i8) {
        let (y, m, _) = Zone::UTC.day_of(Time(self.at)).ymd();
        (y, m)
    }

    pub fn event(&self) -> HistoryEvent {
        HistoryEvent {
            source: self.source.clone(),
            user: Some(self.user.clone()).filter(|u| !u.is_empty()),
            name: self.name.clone(),
            occurred_at: Time(self.at),
            received_at: Time(self.received),
            assumed: self.assumed,
            value: self.value,
            properties: self.properties.clone(),
        }
    }
}

fn batch_of(facts: &[Fact]) -> EventBatch {
    let mut batch = EventBatch::default();
    for f in facts {
        batch.push(EventRef {
            id: &f.id,
            customer: &f.customer,
            user: &f.user,
            name: &f.name,
            occurred_at: Time(f.at),
            received_at: Time(f.received),
            assumed: f.assumed,
            value: f.value,
            properties: &f.properties,
            says: Says::Once,
        });
    }
    batch
}

#[derive(Clone, Debug)]
pub enum Step {
    Append(Vec<Fact>),
    Load(Vec<Fact>),
    DropLoad(Vec<Fact>),
    Fold,
    Compact,
    Reopen,
    OtherZone,
    LoseCells,
}

#[derive(Default)]
pub struct Model(pub Vec<Fact>);

impl Model {
    fn take(&mut self, facts: &[Fact]) {
        for f in facts {
            let same =
                |k: &Fact| k.source == f.source && k.id == f.id && k.customer == f.customer && k.month() == f.month();
            if !self.0.iter().any(same) {
                self.0.push(f.clone());
            }
        }
    }

    /// Sorted by time, then arrival.
    pub fn by_customer(&self) -> BTreeMap<String, Vec<Fact>> {
        let mut all: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
        for f in &self.0 {
            all.entry(f.customer.clone()).or_default().push(f.clone());
        }
        for facts in all.values_mut() {
            facts.sort_by_key(|f| f.at);
        }
        all
    }
}

/// (days, names, users as first seen, values as bits, received days)
pub type Seen = (Vec<i32>, Vec<String>, Vec<Option<usize>>, Vec<u64>, Vec<i32>);

fn first_seen(users: impl Iterator<Item = Option<String>>) -> Vec<Option<usize>> {
    let mut order: Vec<String> = Vec::new();
    users
        .map(|u| {
            u.map(|u| {
                order.iter().position(|o| *o == u).unwrap_or_else(|| {
                    order.push(u);
                    order.len() - 1
                })
            })
        })
        .collect()
}

pub fn visited(lake: &Lake, selection: Selection<'_>) -> BTreeMap<String, Seen> {
    viewed(lake, selection, View::default())
}

fn viewed(lake: &Lake, selection: Selection<'_>, view: View) -> BTreeMap<String, Seen> {
    let names = Mutex::new(None);
    let seen = Mutex::new(BTreeMap::new());
    lake.visit_as(selection, view, &|e| {
        let names = names.lock().unwrap().get_or_insert_with(|| lake.names().unwrap().0).clone();
        assert!(e.users.iter().all(|u| *u == u32::MAX || *u < e.user_count));
        let one = (
            e.days.to_vec(),
            e.names.iter().map(|n| names[*n as usize].clone()).collect(),
            first_seen(e.users.iter().map(|u| (*u != u32::MAX).then(|| u.to_string()))),
            e.values.iter().map(|v| if v.is_nan() { u64::MAX } else { v.to_bits() }).collect(),
            e.received_days.unwrap_or(e.days).to_vec(),
        );
        assert!(seen.lock().unwrap().insert(e.customer.to_owned(), one).is_none(), "a customer was visited twice");
    })
    .unwrap();
    seen.into_inner().unwrap()
}

pub fn expected(model: &Model, zone: &Zone) -> BTreeMap<String, Seen> {
    let each = |(customer, facts): (String, Vec<Fact>)| {
        let seen = (
            facts.iter().map(|f| zone.day_of(Time(f.at)).0).collect(),
            facts.iter().map(|f| f.name.clone()).collect(),
            first_seen(facts.iter().map(|f| Some(f.user.clone()).filter(|u| !u.is_empty()))),
            facts.iter().map(|f| f.value.map_or(u64::MAX, f64::to_bits)).collect(),
            facts.iter().map(|f| zone.day_of(Time(f.received)).0).collect(),
        );
        (customer, seen)
    };
    model.by_customer().into_iter().map(each).collect()
}

pub fn check(lake: &Lake, model: &Model, zone: &Zone) {
    let expected = expected(model, zone);
    assert_eq!(visited(lake, Selection::All), expected);
    let some: Vec<String> = ["c3", "c0", "nobody", "c3", "顧客😀"].iter().map(|s| (*s).to_owned()).collect();
    let mut few = expected.clone();
    few.retain(|c, _| some.contains(c));
    assert_eq!(visited(lake, Selection::Only(&some)), few);
    check_views(lake, model, zone, &expected);
    assert_eq!(lake.customers().unwrap(), expected.keys().cloned().collect::<Vec<_>>());
    for (customer, facts) in model.by_customer() {
        let mut newest: Vec<HistoryEvent> = facts.iter().rev().map(Fact::event).collect();
        assert_eq!(lake.timeline(&customer, None, 1_000).unwrap(), newest);
        assert_eq!(lake.timeline(&customer, None, 3).unwrap(), newest[..newest.len().min(3)]);
        let middle = facts[facts.len() / 2].at;
        newest.retain(|e| e.occurred_at.micros() < middle);
        assert_eq!(lake.timeline(&customer, Some(Time(middle)), 2).unwrap(), newest[..newest.len().min(2)]);
    }
    let mut sums: BTreeMap<String, (i64, i64, BTreeMap<i32, u64>)> = BTreeMap::new();
    for f in &model.0 {
        let s = sums.entry(f.source.clone()).or_insert((i64::MIN, i64::MIN, BTreeMap::new()));
        s.0 = s.0.max(f.received);
        s.1 = s.1.max(f.at);
        *s.2.entry(zone.day_of(Time(f.at)).0).or_default() += 1;
    }
    let arrivals: BTreeMap<_, _> = lake
        .arrivals()
        .unwrap()
        .into_iter()
        .map(|a| {
            let days = a.per_day.iter().map(|(d, n)| (d.0, *n)).collect();
            (a.source, (a.last_received_at.0, a.last_occurred_at.0, days))
        })
        .collect();
    assert_eq!(arrivals, sums);
    let mut exported = Vec::new();
    lake.export(&mut |e| {
        exported.push((e.customer, e.id, e.event.occurred_at));
        true
    })
    .unwrap();
    let mut all: Vec<_> = model.0.iter().map(|f| (f.customer.clone(), id_hash(&f.source, &f.id), Time(f.at))).collect();
    exported.sort();
    all.sort();
    assert_eq!(exported, all);
}

/// What a part of the history must hold, and when what was known to the instant.
pub fn check_views(lake: &Lake, model: &Model, zone: &Zone, expected: &BTreeMap<String, Seen>) {
    for known in model.0.iter().map(|f| f.received - 1).chain(model.0.iter().map(|f| f.received)).step_by(5) {
        let mut told = expected.clone();
        for (customer, facts) in model.by_customer() {
            let received = |f: &Fact| {
                let day = zone.day_of(Time(f.received));
                day.0 + i32::from(day == zone.day_of(Time(known)) && f.received > known)
            };
            told.get_mut(&customer).unwrap().4 = facts.iter().map(received).collect();
        }
        let view = View { reach: None, known_at: Some(Time(known)) };
        assert_eq!(viewed(lake, Selection::All, view), told);
    }
    for since in model.0.iter().map(|f| zone.day_of(Time(f.at))).step_by(7) {
        for last_of_names in [false, true] {
            let view = View { reach: Some(Reach { since, last_of_names }), known_at: None };
            let seen = viewed(lake, Selection::All, view);
            assert!(seen.keys().all(|c| expected.contains_key(c)));
            for (customer, whole) in expected {
                let nothing = Seen::default();
                let part = seen.get(customer).unwrap_or(&nothing);
                assert_eq!(part_since(part, since.0), part_since(whole, since.0));
                assert!(part.0.is_sorted());
                if last_of_names {
                    assert_eq!(last_days(part), last_days(whole));
                }
            }
        }
    }
}

/// Days, names and values from a day on. (Users are numbered by what is seen before.)
fn part_since(seen: &Seen, since: i32) -> (Vec<i32>, Vec<String>, Vec<Option<usize>>, Vec<u64>) {
    let from = seen.0.partition_point(|d| *d < since);
    let users = first_seen(seen.2[from..].iter().map(|u| u.map(|u| u.to_string())));
    (seen.0[from..].to_vec(), seen.1[from..].to_vec(), users, seen.3[from..].to_vec())
}

fn last_days(seen: &Seen) -> BTreeMap<String, i32> {
    seen.1.iter().cloned().zip(seen.0.iter().copied()).collect()
}

pub fn code() -> impl Strategy<Value = String> {
    prop_oneof![Just("c0"), Just("c1"), Just("c3"), Just("顧客😀"), Just("a\0b"), Just("c")].prop_map(str::to_owned)
}

fn fact() -> impl Strategy<Value = Fact> {
    // Around the turn of a month and of a leap day, within seconds of business-zone midnights, and now and then years apart.
    let at = (0_i64..4, -3_i64..3, 0_i64..4).prop_map(|(year, day, second)| {
        let leap = 1_709_132_400_000_000; // 2024-02-29 in Tokyo
        leap + year * 200 * DAY_US + day * DAY_US + (second - 2) * 1_000_000
    });
    let who = (code(), prop_oneof![Just(""), Just("u1"), Just("u2"), Just("\u{202e}u3")]);
    let what = (prop_oneof![Just("login"), Just("export"), Just("")], at, 0_i64..3, any::<bool>());
    let more = (
        prop_oneof![Just(None), Just(Some(1.5)), Just(Some(-0.0)), Just(Some(1e300))],
        prop_oneof![Just(""), Just("{\"k\":\"v\"}")],
    );
    (0..2_u8, 0..40_u8, who, what, more).prop_map(
        |(source, id, (customer, user), (name, at, late, assumed), (value, properties))| Fact {
            source: format!("s{source}"),
            id: format!("{id}"),
            customer,
            user: user.to_owned(),
            name: name.to_owned(),
            at,
            received: if assumed { at } else { at + late * DAY_US },
            assumed,
            value,
            properties: properties.to_owned(),
        },
    )
}

pub fn step() -> impl Strategy<Value = Step> {
    let facts = || prop::collection::vec(fact(), 0..25);
    prop_oneof![
        4 => facts().prop_map(Step::Append),
        2 => facts().prop_map(Step::Load),
        1 => facts().prop_map(Step::DropLoad),
        2 => Just(Step::Fold),
        2 => Just(Step::Compact),
        1 => Just(Step::Reopen),
        1 => Just(Step::OtherZone),
        1 => Just(Step::LoseCells),
    ]
}

/// Divides facts by source: a batch has one.
fn by_source(facts: &[Fact]) -> Vec<(String, Vec<Fact>)> {
    let mut all: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
    for f in facts {
        all.entry(f.source.clone()).or_default().push(f.clone());
    }
    all.into_iter().collect()
}

fn options() -> Options {
    let mut options = Options::default();
    options.buckets = 3;
    options.load_bytes_max = 1;
    options
}

fn run(steps: &[Step]) {
    run_to(steps, &|_, _, _| {});
}

/// Takes the steps, checking after each; `last` looks at what is there before the log is folded at the end.
pub fn run_to(steps: &[Step], last: &dyn Fn(&Lake, &Model, &Zone)) {
    let dir = tempfile::tempdir().unwrap();
    let zones = [Zone::named("Asia/Tokyo").unwrap(), Zone::named("America/New_York").unwrap()];
    let mut zone = 0;
    let mut lake = Lake::open(dir.path(), zones[zone].clone(), options()).unwrap();
    let mut model = Model::default();
    for step in steps {
        match step {
            Step::Append(facts) => {
                for (source, facts) in by_source(facts) {
                    lake.append(&source, &batch_of(&facts)).unwrap();
                    model.take(&facts);
                }
            }
            Step::Load(facts) | Step::DropLoad(facts) => {
                for (source, facts) in by_source(facts) {
                    let load = lake.begin_load(&source, Time(0)).unwrap();
                    for part in facts.chunks(7) {
                        load.add(&batch_of(part)).unwrap();
                    }
                    if matches!(step, Step::DropLoad(_)) {
                        continue;
                    }
                    let (before, customers) = (model.0.len(), model.by_customer().len());
                    model.take(&facts);
                    let loaded = load.commit().unwrap();
                    assert_eq!(loaded.accepted as usize, model.0.len() - before);
                    assert_eq!(loaded.duplicates as usize, facts.len() + before - model.0.len());
                    assert_eq!(loaded.new_customers as usize, model.by_customer().len() - customers);
                }
            }
            Step::Fold => {
                lake.fold().unwrap();
                assert_eq!(lake.pending().events, 0);
            }
            Step::Compact => {
                lake.compact().unwrap();
            }
            Step::Reopen | Step::OtherZone => {
                drop(lake);
                zone = if matches!(step, Step::OtherZone) { 1 - zone } else { zone };
                lake = Lake::open(dir.path(), zones[zone].clone(), options()).unwrap();
            }
            Step::LoseCells => {
                for (i, file) in files(dir.path(), "cells").iter().enumerate() {
                    match i % 3 {
                        0 => std::fs::remove_file(file).unwrap(),
                        1 => std::fs::write(file, b"KZCELLS\nnonsense").unwrap(),
                        _ => {}
                    }
                }
            }
        }
        check(&lake, &model, &zones[zone]);
    }
    last(&lake, &model, &zones[zone]);
    lake.fold().unwrap();
    let audit = lake.audit().unwrap();
    assert_eq!(audit.findings, []);
    assert_eq!(audit.events as usize, model.0.len());
}

fn files(dir: &std::path::Path, extension: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_the_same_facts_are_there_once(steps in prop::collection::vec(step(), 1..14)) {
        run(&steps);
    }
}
