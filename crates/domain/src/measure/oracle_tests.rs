//! The kernel against a naive reading of the definitions.

use proptest::prelude::*;

use super::*;
use crate::time::Day;

const NAMES: [&str; 5] = ["login", "export", "search", "ticket.opened", "invite"];
pub(super) const BASE: i32 = 20_000;

#[derive(Clone, Debug)]
pub(super) struct Event {
    day: i32,
    name: u32,
    user: u32,
    value: f64,
    received: i32,
    /// The first day on which it does not count any more.
    retracted: i32,
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    let value = prop_oneof![3 => Just(f64::NAN), 5 => (-50i32..500).prop_map(f64::from), 2 => -3.0..9.0f64];
    let users = prop_oneof![4 => 0..6u32, 1 => Just(u32::MAX)];
    let retracted = prop_oneof![3 => Just(None), 1 => (0..60i32).prop_map(Some)];
    (0..260i32, 0..NAMES.len() as u32, users, value, 0..40i32, retracted).prop_map(
        |(day, name, user, value, late, retracted)| {
            let received = BASE + day + late;
            Event {
                day: BASE + day,
                name,
                user,
                value,
                received,
                retracted: retracted.map_or(i32::MAX, |r| received + r),
            }
        },
    )
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
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
    ])
}

pub(super) fn metric() -> impl Strategy<Value = Metric> {
    let events = prop_oneof![
        Just(Events::All),
        prop::sample::select(NAMES.to_vec()).prop_map(|n| Events::One(n.to_owned())),
        prop::sample::subsequence(NAMES.to_vec(), 2..4)
            .prop_map(|n| Events::Any(n.into_iter().map(str::to_owned).collect())),
    ];
    let window = prop_oneof![1 => Just(None), 5 => (1..60u32).prop_map(Some)];
    (kind(), events, window, prop_oneof![Just(0u32), 0..70u32], any::<bool>()).prop_map(
        |(kind, event, window_days, offset_days, per)| {
            let countable = matches!(kind, Kind::Count | Kind::Sum | Kind::DistinctDays) && window_days.is_some();
            let per = (per && countable).then_some(Per::BusinessDay);
            Metric { event, window_days, offset_days, per, ..Metric::new("m", kind) }
        },
    )
}

pub(super) struct Columns {
    days: Vec<i32>,
    names: Vec<u32>,
    users: Vec<u32>,
    values: Vec<f64>,
    received: Vec<i32>,
    retracted: Vec<i32>,
}

impl Columns {
    pub(super) fn new(events: &[Event]) -> Self {
        let mut sorted = events.to_vec();
        sorted.sort_by_key(|e| e.day);
        Self {
            days: sorted.iter().map(|e| e.day).collect(),
            names: sorted.iter().map(|e| e.name).collect(),
            users: sorted.iter().map(|e| e.user).collect(),
            values: sorted.iter().map(|e| e.value).collect(),
            received: sorted.iter().map(|e| e.received).collect(),
            retracted: sorted.iter().map(|e| e.retracted).collect(),
        }
    }

    pub(super) fn events(&self, with_received: bool) -> CustomerEvents<'_> {
        CustomerEvents {
            customer: "c",
            days: &self.days,
            names: &self.names,
            users: &self.users,
            user_count: 6,
            user_keys: &[],
            values: &self.values,
            received_days: with_received.then_some(&self.received),
            retracted_days: self.retracted.iter().any(|r| *r != i32::MAX).then_some(&self.retracted),
        }
    }
}

pub(super) fn names() -> Names {
    Names(NAMES.iter().map(|n| (*n).to_owned()).collect())
}

/// Two days of a week and every eleventh day are closed, so that there are days between days off.
pub(super) fn is_open(day: Day) -> bool {
    day.0 % 7 < 5 && day.0 % 11 != 0
}

/// In a row of at least three open days.
pub(super) fn is_regular(day: i32) -> bool {
    let (mut first, mut last) = (day, day);
    while is_open(Day(first)) {
        first -= 1;
    }
    while is_open(Day(last)) {
        last += 1;
    }
    last - first > 3
}

/// The definition, word for word.
pub(super) fn naive(metric: &Metric, events: &[Event], day: i32, known: Option<i32>) -> f64 {
    let last = day - metric.offset_days as i32;
    let matches = |e: &&Event| {
        let name = NAMES[e.name as usize];
        match &metric.event {
            Events::All => !is_record_event(name),
            Events::One(n) => n == name,
            Events::Any(list) => list.iter().any(|n| n == name),
        }
    };
    let mut found: Vec<&Event> = events
        .iter()
        .filter(|e| e.day <= last && metric.window_days.is_none_or(|w| e.day > last - w as i32))
        .filter(|e| known.map_or(e.retracted == i32::MAX, |k| e.received <= k && k < e.retracted))
        .filter(matches)
        .filter(|e| metric.per.is_none() || is_regular(e.day))
        .collect();
    found.sort_by_key(|e| e.day);
    let values: Vec<f64> = found.iter().map(|e| e.value).filter(|v| !v.is_nan()).collect();
    let distinct = |of: &dyn Fn(&Event) -> i64| {
        let mut all: Vec<i64> = found.iter().map(|e| of(e)).collect();
        all.sort_unstable();
        all.dedup();
        all.len() as f64
    };
    let nothing = f64::NAN;
    let value = match metric.kind {
        Kind::Count => found.len() as f64,
        Kind::Sum => values.iter().sum(),
        Kind::Min => values.iter().copied().reduce(f64::min).unwrap_or(nothing),
        Kind::Max => values.iter().copied().reduce(f64::max).unwrap_or(nothing),
        Kind::Mean if values.is_empty() => nothing,
        Kind::Mean => values.iter().sum::<f64>() / values.len() as f64,
        Kind::Last => values.last().copied().unwrap_or(nothing),
        Kind::DistinctUsers => {
            found.retain(|e| e.user != u32::MAX);
            let mut users: Vec<u32> = found.iter().map(|e| e.user).collect();
            users.sort_unstable();
            users.dedup();
            users.len() as f64
        }
        Kind::DistinctDays => distinct(&|e| i64::from(e.day)),
        Kind::DistinctEvents => distinct(&|e| i64::from(e.name)),
        Kind::DaysSince => found.last().map_or(nothing, |e| f64::from(last - e.day)),
        _ => unreachable!(),
    };
    match (metric.per, metric.window_days) {
        (Some(_), Some(w)) => {
            let open = (last - w as i32 + 1..=last).filter(|d| is_regular(*d)).count();
            if open == 0 { nothing } else { value / open as f64 }
        }
        _ => value,
    }
}

pub(super) fn same(a: f64, b: f64) -> bool {
    a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_kernel_equals_the_definitions(
        events in prop::collection::vec(event(), 0..150),
        mut metrics in prop::collection::vec(metric(), 1..8),
        from in 0..280i32,
        length in 1..60i32,
        known in prop::option::of(0..300i32),
        with_received in any::<bool>(),
    ) {
        for (i, m) in metrics.iter_mut().enumerate() {
            m.id = format!("m{i}");
        }
        let columns = Columns::new(&events);
        let customer = columns.events(with_received);
        let plan = Plan::compile(&metrics, &names());
        let (from, to) = (Day(BASE + from), Day(BASE + from + length - 1));
        let workdays = WorkDays::new(Day(BASE - 100), Day(BASE + 400), &is_open);
        let known = known.map(|k| BASE + k);
        let facts = Facts {
            events: &customer,
            attributes: &Attributes::default(),
            workdays: &workdays,
            known_day: known.map(Day),
            alive_through: &[],
        };
        // Without days of receipt everything was known when it happened.
        let as_known: Vec<Event> =
            events.iter().map(|e| if with_received { e.clone() } else { Event { received: e.day, ..e.clone() } }).collect();
        let mut scratch = Scratch::default();
        let (mut series, mut row) = (Series::default(), Row::default());
        plan.series(from, to, &facts, &mut scratch, &mut series);
        for (m, metric) in metrics.iter().enumerate() {
            for day in from.0..=to.0 {
                let expected = naive(metric, &as_known, day, known);
                let got = series.value(m, Day(day)).unwrap_or(f64::NAN);
                prop_assert!(same(got, expected), "{metric:?} on day {day}: {got}, by definition {expected}");
            }
        }
        let mut as_known_then = Series::default();
        plan.series_as_known(from, to, &facts, &mut scratch, &mut as_known_then);
        for (m, metric) in metrics.iter().enumerate() {
            for day in from.0..=to.0 {
                let expected = naive(metric, &as_known, day, Some(known.map_or(day, |k| k.min(day))));
                let got = as_known_then.value(m, Day(day)).unwrap_or(f64::NAN);
                prop_assert!(same(got, expected), "{metric:?} as known on {day}: {got}, by definition {expected}");
            }
        }
        for day in [from, Day(i32::midpoint(from.0, to.0)), to] {
            plan.at(day, &facts, &mut scratch, &mut row);
            let mut of_series = Vec::new();
            series.copy_row(day, plan.len(), &mut of_series);
            prop_assert_eq!(bits(&row.values), bits(&of_series));
        }
    }

    #[test]
    fn the_order_of_facts_within_a_day_does_not_matter(
        events in prop::collection::vec(event(), 0..80),
        seed in any::<u64>(),
        mut metric in metric(),
    ) {
        prop_assume!(metric.kind != Kind::Last);
        metric.id = "m".into();
        let mut shuffled = events.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(i, (state >> 33) as usize % (i + 1));
        }
        let value = |events: &[Event]| {
            let columns = Columns::new(events);
            let customer = columns.events(true);
            let plan = Plan::compile(std::slice::from_ref(&metric), &names());
            let facts = Facts {
                events: &customer,
                attributes: &Attributes::default(),
                workdays: &WorkDays::default(),
                known_day: None,
                alive_through: &[],
            };
            let mut series = Series::default();
            plan.series(Day(BASE + 30), Day(BASE + 250), &facts, &mut Scratch::default(), &mut series);
            bits(&series.values)
        };
        prop_assert_eq!(value(&events), value(&shuffled));
    }

    #[test]
    fn a_frozen_feed_repeats_its_last_day(
        events in prop::collection::vec(event(), 0..80),
        mut metric in metric(),
        frozen in 0..90i32,
    ) {
        metric.id = "m".into();
        let columns = Columns::new(&events);
        let customer = columns.events(false);
        let plan = Plan::compile(std::slice::from_ref(&metric), &names());
        let workdays = WorkDays::new(Day(BASE - 200), Day(BASE + 400), &is_open);
        let alive = [Day(BASE + 200 - frozen)];
        let facts = Facts {
            events: &customer,
            attributes: &Attributes::default(),
            workdays: &workdays,
            known_day: None,
            alive_through: &alive,
        };
        let (mut row, mut before) = (Row::default(), Row::default());
        plan.at(Day(BASE + 200), &facts, &mut Scratch::default(), &mut row);
        plan.at(alive[0], &Facts { alive_through: &[], ..facts }, &mut Scratch::default(), &mut before);
        prop_assert_eq!(bits(&row.values), bits(&before.values));
    }
}
