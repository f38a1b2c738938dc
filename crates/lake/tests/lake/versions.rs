//! Corrections and deletions against a brute-force model: whatever the order and the batches in which statements arrive, what
//! was known on any day is what the list of statements says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use kizashi_domain::intake::{EventBatch, EventRef, Says};
use kizashi_domain::measure::{
    Attributes, Events, Facts, Kind, Metric, Plan, Row, Scratch, Selection, Series, Source, WorkDays,
};
use kizashi_domain::time::{DAY_US, Day, Time, Zone};
use kizashi_lake::{Lake, Loaded, Options, id_hash};
use proptest::prelude::*;

/// What one row of a file says.
#[derive(Clone, Debug)]
pub struct Statement {
    pub id: u8,
    pub at: i64,
    pub user: u8,
    pub name: &'static str,
    pub value: Option<f64>,
    pub received: i64,
    pub deleted: bool,
    /// No two statements are equal: a row that repeats what holds is no statement.
    pub serial: usize,
}

const NAMES: [&str; 3] = ["login", "export", "invite"];
/// 2023-11-14 in Tokyo, so that the statements lie on both sides of the turn of several months.
const START: i64 = 1_699_930_800_000_000;

impl Statement {
    fn customer(&self) -> String {
        format!("c{}", self.id % 3)
    }
}

fn statement() -> impl Strategy<Value = Statement> {
    let value = prop_oneof![1 => Just(None), 3 => (-20..20_i32).prop_map(|v| Some(f64::from(v)))];
    let when = (0..70_i64, 0..24_i64, -3..40_i64, 0..24_i64);
    (0..7_u8, when, 0..4_u8, prop::sample::select(NAMES.to_vec()), value, prop::bool::weighted(0.2)).prop_map(
        |(id, (day, hour, late, later), user, name, value, deleted)| {
            let at = START + day * DAY_US + hour * DAY_US / 24;
            let received = at + late * DAY_US + later * DAY_US / 24;
            Statement { id, at, user, name, value, received, deleted, serial: 0 }
        },
    )
}

/// Makes every statement one of its own, in contents and in time.
fn number(mut statements: Vec<Statement>) -> Vec<Statement> {
    for (serial, s) in statements.iter_mut().enumerate() {
        s.serial = serial;
        s.at += serial as i64;
        s.received += 1_000 * serial as i64;
    }
    statements
}

pub fn batch_of(statements: &[Statement]) -> EventBatch {
    let mut batch = EventBatch::default();
    for s in statements {
        batch.push(EventRef {
            id: &s.id.to_string(),
            customer: &s.customer(),
            user: &if s.user == 0 { String::new() } else { format!("u{}", s.user) },
            name: s.name,
            occurred_at: Time(s.at),
            received_at: Time(s.received),
            assumed: false,
            value: s.value,
            properties: &format!("{{\"n\":{}}}", s.serial),
            says: if s.deleted { Says::Deleted } else { Says::Version },
        });
    }
    batch
}

/// For each event the last word received by an instant, unless that deletes it; by time.
fn in_force(statements: &[Statement], until: i64) -> Vec<&Statement> {
    let mut last: BTreeMap<u8, &Statement> = BTreeMap::new();
    for s in statements.iter().filter(|s| s.received < until) {
        if last.get(&s.id).is_none_or(|l| l.received < s.received) {
            last.insert(s.id, s);
        }
    }
    let mut all: Vec<&Statement> = last.into_values().filter(|s| !s.deleted).collect();
    all.sort_by_key(|s| s.at);
    all
}

fn metrics() -> Vec<Metric> {
    let kinds = [
        Kind::Count,
        Kind::Sum,
        Kind::Min,
        Kind::Max,
        Kind::Mean,
        Kind::Last,
        Kind::DistinctUsers,
        Kind::DistinctDays,
        Kind::DistinctEvents,
        Kind::DaysSince,
    ];
    let mut all = Vec::new();
    for kind in kinds {
        for window_days in [None, Some(9)] {
            for event in [Events::All, Events::One("login".to_owned())] {
                let id = format!("m{}", all.len());
                all.push(Metric { window_days, event, ..Metric::new(&id, kind) });
            }
        }
    }
    all
}

fn expected(metric: &Metric, events: &[&Statement], day: Day, zone: &Zone) -> f64 {
    let day_of = |s: &Statement| zone.day_of(Time(s.at)).0;
    let found: Vec<&&Statement> = events
        .iter()
        .filter(|s| day_of(s) <= day.0 && metric.window_days.is_none_or(|w| day_of(s) > day.0 - w as i32))
        .filter(|s| !matches!(&metric.event, Events::One(name) if name != s.name))
        .collect();
    let values: Vec<f64> = found.iter().filter_map(|s| s.value).collect();
    let distinct = |of: &dyn Fn(&Statement) -> i32| found.iter().map(|s| of(s)).collect::<BTreeSet<_>>().len() as f64;
    let name = |s: &Statement| NAMES.iter().position(|n| *n == s.name).unwrap() as i32;
    match metric.kind {
        Kind::Count => found.len() as f64,
        Kind::Sum => values.iter().sum(),
        Kind::Min => values.iter().copied().reduce(f64::min).unwrap_or(f64::NAN),
        Kind::Max => values.iter().copied().reduce(f64::max).unwrap_or(f64::NAN),
        Kind::Mean if values.is_empty() => f64::NAN,
        Kind::Mean => values.iter().sum::<f64>() / values.len() as f64,
        Kind::Last => values.last().copied().unwrap_or(f64::NAN),
        Kind::DistinctUsers => {
            found.iter().filter(|s| s.user != 0).map(|s| s.user).collect::<BTreeSet<_>>().len() as f64
        }
        Kind::DistinctDays => distinct(&day_of),
        Kind::DistinctEvents => distinct(&name),
        Kind::DaysSince => found.last().map_or(f64::NAN, |s| f64::from(day.0 - day_of(s))),
        _ => unreachable!(),
    }
}

fn same(a: f64, b: f64) -> bool {
    a.is_nan() && b.is_nan() || (a - b).abs() < 1e-9
}

/// Compares every metric on some days, as known on some days.
fn check(lake: &Lake, statements: &[Statement], zone: &Zone) {
    let metrics = metrics();
    let plan = Plan::compile(&metrics, &lake.names().unwrap());
    let (attributes, workdays) = (Attributes::default(), WorkDays::default());
    let first = zone.day_of(Time(START));
    let seen = Mutex::new(BTreeSet::new());
    lake.visit(Selection::All, &|events| {
        if events.customer == "other" {
            return;
        }
        seen.lock().unwrap().insert(events.customer.to_owned());
        assert!(events.days.is_sorted());
        let of_customer = |until| {
            let all = in_force(statements, until);
            all.into_iter().filter(|s| s.customer() == events.customer).collect::<Vec<_>>()
        };
        let (mut scratch, mut row, mut then) = (Scratch::default(), Row::default(), Series::default());
        for known in [None, Some(0), Some(9), Some(26), Some(31), Some(55), Some(80), Some(120)] {
            let known_day = known.map(|k| first.plus(k));
            let until = known_day.map_or(i64::MAX, |k| zone.start_of(k.plus(1)).micros());
            let visible = of_customer(until);
            let facts =
                Facts { events: &events, attributes: &attributes, workdays: &workdays, known_day, alive_through: &[] };
            for day in [17, 40, 110].map(|d| first.plus(d)) {
                plan.at(day, &facts, &mut scratch, &mut row);
                for (i, metric) in metrics.iter().enumerate() {
                    let (got, want) = (row.value(i).unwrap_or(f64::NAN), expected(metric, &visible, day, zone));
                    assert!(same(got, want), "{metric:?} on {day} as known on {known_day:?}: {got} instead of {want}");
                }
            }
        }
        let facts = Facts {
            events: &events,
            attributes: &attributes,
            workdays: &workdays,
            known_day: None,
            alive_through: &[],
        };
        plan.series_as_known(first, first.plus(60), &facts, &mut scratch, &mut then);
        for day in [13, 60].map(|d| first.plus(d)) {
            let visible = of_customer(zone.start_of(day.plus(1)).micros());
            for (i, metric) in metrics.iter().enumerate() {
                let got = then.value(i, day).unwrap_or(f64::NAN);
                assert!(same(got, expected(metric, &visible, day, zone)), "{metric:?} as known at the end of {day}");
            }
        }
    })
    .unwrap();
    let of_customers: BTreeSet<String> = in_force(statements, i64::MAX).iter().map(|s| s.customer()).collect();
    assert!(of_customers.is_subset(&seen.into_inner().unwrap()));
    // The lists show what holds.
    let mut exported = BTreeMap::new();
    lake.export(&mut |e| {
        let told = (e.event.occurred_at.micros(), e.event.properties);
        assert!(e.customer == "other" || exported.insert(e.id, told).is_none());
        true
    })
    .unwrap();
    let want: BTreeMap<_, _> = in_force(statements, i64::MAX)
        .iter()
        .map(|s| (id_hash("s", &s.id.to_string()), (s.at, format!("{{\"n\":{}}}", s.serial))))
        .collect();
    assert_eq!(exported, want);
    let mut per_day: BTreeMap<Day, u64> = BTreeMap::new();
    for s in in_force(statements, i64::MAX) {
        *per_day.entry(zone.day_of(Time(s.at))).or_default() += 1;
    }
    let arrivals = lake.arrivals().unwrap().into_iter().find(|a| a.source == "s").unwrap();
    assert_eq!(arrivals.per_day, per_day.into_iter().collect::<Vec<_>>());
    for customer in ["c0", "c1", "c2"] {
        let mut times: Vec<i64> =
            in_force(statements, i64::MAX).iter().filter(|s| s.customer() == customer).map(|s| s.at).collect();
        times.reverse();
        for limit in [2, 100] {
            let line = lake.timeline(customer, None, limit).unwrap();
            let got: Vec<i64> = line.iter().map(|e| e.occurred_at.micros()).collect();
            assert_eq!(got, times.get(..limit.min(times.len())).unwrap());
        }
    }
}

fn options() -> Options {
    let mut options = Options::default();
    options.buckets = 2;
    options.load_bytes_max = 1;
    options
}

pub fn open(dir: &std::path::Path) -> Lake {
    Lake::open(dir, Zone::named("Asia/Tokyo").unwrap(), options()).unwrap()
}

pub fn load(lake: &Lake, statements: &[Statement]) -> Loaded {
    let load = lake.begin_load("s", Time(0)).unwrap();
    for part in statements.chunks(3) {
        load.add(&batch_of(part)).unwrap();
    }
    let counted = load.count().unwrap();
    let loaded = load.commit().unwrap();
    assert_eq!(counted, loaded, "a dry run says what would happen");
    loaded
}

/// Loads the statements in this order, in loads of random size, with something else in between.
fn run(statements: &[Statement], order: &[usize], cuts: &[(usize, u8)]) {
    let dir = tempfile::tempdir().unwrap();
    let mut lake = open(dir.path());
    // A metric of a name that never occurred is missing, not zero.
    let named = NAMES.map(|name| Statement { name, ..one(0, 0, 0.0, 0) });
    lake.append("live", &rename(&batch_of(&named))).unwrap();
    let mut sums = Loaded::default();
    let mut rest = order;
    let mut cuts = cuts.iter().cycle();
    while !rest.is_empty() {
        let (size, then) = cuts.next().copied().unwrap_or((1, 0));
        let (now, later) = rest.split_at(size.min(rest.len()));
        rest = later;
        let now: Vec<Statement> = now.iter().map(|i| statements[*i].clone()).collect();
        let loaded = load(&lake, &now);
        sums.accepted += loaded.accepted;
        sums.corrected += loaded.corrected;
        sums.deleted += loaded.deleted;
        sums.duplicates += loaded.duplicates;
        match then {
            0 => {
                lake.compact().unwrap();
            }
            1 => {
                drop(lake);
                lake = open(dir.path());
            }
            2 => {
                let mut batch = EventBatch::default();
                let one = batch_of(&now[..1]);
                batch.push(EventRef { says: Says::Once, ..one.iter().next().unwrap() });
                // From another source, about a customer that nobody asks for.
                lake.append("live", &rename(&batch)).unwrap();
            }
            3 => {
                drop(lake);
                // Days are counted anew, and once more when the zone is as it was.
                drop(Lake::open(dir.path(), Zone::named("America/New_York").unwrap(), options()).unwrap());
                lake = open(dir.path());
            }
            _ => {}
        }
    }
    let ids: BTreeSet<u8> = statements.iter().filter(|s| !s.deleted).map(|s| s.id).collect();
    let deletions = statements.iter().filter(|s| s.deleted).count();
    assert_eq!(sums.accepted as usize, ids.len());
    assert_eq!(sums.deleted as usize, deletions);
    assert_eq!(sums.corrected as usize, statements.len() - deletions - ids.len());
    assert_eq!(sums.duplicates as usize, order.len() - statements.len());
    lake.fold().unwrap();
    let zone = Zone::named("Asia/Tokyo").unwrap();
    check(&lake, statements, &zone);
    // Everything once more changes nothing.
    let again = load(&lake, statements);
    assert_eq!((again.kept(), again.duplicates as usize), (0, statements.len()));
    while lake.compact().unwrap().merged > 0 {}
    check(&lake, statements, &zone);
    assert_eq!(lake.audit().unwrap().findings, []);
}

fn rename(batch: &EventBatch) -> EventBatch {
    let mut renamed = EventBatch::default();
    for e in batch.iter() {
        renamed.push(EventRef { customer: "other", id: &format!("{}{}", e.name, e.properties), ..e });
    }
    renamed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn what_was_known_when_does_not_depend_on_how_it_arrived(
        statements in prop::collection::vec(statement(), 1..40),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        seed in any::<u64>(),
        cuts in prop::collection::vec((1..14_usize, 0..6_u8), 1..6),
    ) {
        let statements = number(statements);
        // Every statement at least once, some twice, in any order.
        let mut all: Vec<usize> = (0..statements.len()).collect();
        all.extend(order.iter().map(|i| i.index(statements.len())));
        let mut state = seed | 1;
        for i in (1..all.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            all.swap(i, (state >> 33) as usize % (i + 1));
        }
        run(&statements, &all, &cuts);
    }
}

pub fn one(id: u8, at: i64, value: f64, received: i64) -> Statement {
    let (user, name, deleted) = (0, "login", false);
    Statement { id, at, user, name, value: Some(value), received, deleted, serial: 0 }
}
