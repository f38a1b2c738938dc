//! What a value is worth on a day: measured, stale, missing or not applicable.

use serde::{Deserialize, Serialize};

use super::feed::Provision;
use super::kernel::Row;
use super::metric::{Against, Kind, Metric, Missing};
use crate::time::Day;

/// The state of a metric on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// 測定済. The age of what it rests on; 0 for the day itself.
    Measured {
        /// Days.
        age_days: u32,
    },
    /// 古い: older than the metric's freshness limit. The value is the last one known.
    Stale {
        /// Days.
        age_days: u32,
    },
    /// 未取得.
    Missing,
    /// 対象外: the customer has no such thing, or is too new.
    NotApplicable,
}

impl State {
    /// Whether the value can be judged as it is.
    pub const fn is_measured(self) -> bool {
        matches!(self, Self::Measured { .. })
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Measured { .. } => 0,
            Self::Stale { .. } => 1,
            Self::Missing => 2,
            Self::NotApplicable => 3,
        }
    }

    const fn age_days(self) -> u32 {
        match self {
            Self::Measured { age_days } | Self::Stale { age_days } => age_days,
            _ => 0,
        }
    }

    /// The state of what is computed from both: the worse of the two, the older of the two.
    fn and(self, other: Self) -> Self {
        let age_days = self.age_days().max(other.age_days());
        match if self.rank() >= other.rank() { self } else { other } {
            Self::Measured { .. } => Self::Measured { age_days },
            Self::Stale { .. } => Self::Stale { age_days },
            worse => worse,
        }
    }
}

/// A metric of a customer on a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The value; `None` when missing or not applicable.
    pub value: Option<f64>,
    /// What it is worth.
    #[serde(flatten)]
    pub state: State,
    /// The day asked for.
    pub day: Day,
    /// Facts that were due have not come: the value is good enough to judge by, but it may still become another one.
    #[serde(default)]
    pub is_open: bool,
}

impl Reading {
    /// A reading of a day's value measured on that day.
    pub const fn measured(value: f64, day: Day) -> Self {
        Self::of(Some(value), State::Measured { age_days: 0 }, day)
    }

    /// Nothing known.
    pub const fn missing(day: Day) -> Self {
        Self::of(None, State::Missing, day)
    }

    /// A value, or none, and what it is worth.
    pub const fn of(value: Option<f64>, state: State, day: Day) -> Self {
        Self { value, state, day, is_open: false }
    }

    /// The value if it is measured and neither stale nor missing.
    pub fn fresh(&self) -> Option<f64> {
        self.value.filter(|_| self.state.is_measured())
    }
}

/// For each metric the last day on which its facts are whole, as [`super::Facts::alive_through`] wants it.
pub fn alive_through(provisions: &[Option<Provision>], today: Day) -> Vec<Day> {
    provisions.iter().map(|p| p.map_or(today, |p| p.whole_through.min(today))).collect()
}

/// Reads a row: what each value is worth on `day` for a customer known since `since`. `provisions` say what each metric rests
/// on ([`super::Feeds::provide`]).
pub fn read_states(
    metrics: &[Metric],
    row: &Row,
    provisions: &[Option<Provision>],
    since: Option<Day>,
    day: Day,
) -> Vec<Reading> {
    let mut out: Vec<Option<Reading>> = metrics
        .iter()
        .enumerate()
        .map(|(i, m)| {
            let provision = provisions.get(i).copied().flatten();
            (!m.kind.is_derived()).then(|| read_leaf(m, i, row, provision, since, day))
        })
        .collect();
    for _ in 0..metrics.len() {
        let mut waiting = false;
        for (i, metric) in metrics.iter().enumerate() {
            if out.get(i).is_some_and(Option::is_none) {
                let reading = read_derived(metric, metrics, row.value(i), &out, since, day);
                waiting |= reading.is_none();
                if let Some(slot) = out.get_mut(i) {
                    *slot = reading;
                }
            }
        }
        if !waiting {
            break;
        }
    }
    out.into_iter().map(|r| r.unwrap_or(Reading::missing(day))).collect()
}

fn days_between(from: Day, to: Day) -> u32 {
    u32::try_from(to.0.saturating_sub(from.0)).unwrap_or(0)
}

fn is_too_new(metric: &Metric, since: Option<Day>, day: Day) -> bool {
    let Some(since) = since else { return false };
    let age = day.0.saturating_sub(since.0);
    // A window that ends before the customer came says nothing about it.
    let back = i32::try_from(metric.offset_days).unwrap_or(i32::MAX);
    age < i32::try_from(metric.from_age_days).unwrap_or(i32::MAX) || (back > 0 && age < back)
}

/// A baseline is the median of twelve weeks: most of their windows must lie in the customer's time.
fn has_no_usual(metric: &Metric, metrics: &[Metric], since: Option<Day>, day: Day) -> bool {
    if metric.against != Against::Baseline {
        return false;
    }
    let window = metric.of.first().and_then(|id| metrics.iter().find(|m| m.id == *id)).and_then(|m| m.window_days);
    since.is_some_and(|s| days_between(s, day) < window.unwrap_or(0).saturating_mul(2).saturating_add(42))
}

fn judge_age(value: f64, age_days: u32, limit_days: Option<u32>, day: Day) -> Reading {
    let stale = limit_days.is_some_and(|limit| age_days > limit);
    let state = if stale { State::Stale { age_days } } else { State::Measured { age_days } };
    Reading::of(Some(value), state, day)
}

fn read_leaf(
    metric: &Metric,
    index: usize,
    row: &Row,
    provision: Option<Provision>,
    since: Option<Day>,
    day: Day,
) -> Reading {
    if is_too_new(metric, since, day) {
        return Reading::of(None, State::NotApplicable, day);
    }
    let value = row.value(index);
    let fact_day = row.fact_days.get(index).copied().flatten();
    let limit = metric.stale_after_days;
    if !metric.kind.reads_events() || metric.attribute.is_some() {
        // What is written down without a freshness limit holds until it is changed: it does not age.
        let age = fact_day.filter(|_| limit.is_some()).map_or(0, |d| days_between(d, day));
        return value.map_or(Reading::missing(day), |v| judge_age(v, age, limit, day));
    }
    // A kind of fact that was never fed is unknown, whatever the rest of the workspace does.
    let Some(provision) = provision else { return Reading::missing(day) };
    let mut reading = read_fed(metric, value, fact_day, provision, since, day);
    reading.is_open = !provision.is_settled;
    reading
}

/// A value that rests on events, of which there are some in the workspace.
fn read_fed(
    metric: &Metric,
    value: Option<f64>,
    fact_day: Option<Day>,
    feed: Provision,
    since: Option<Day>,
    day: Day,
) -> Reading {
    let silence = days_between(feed.alive_through, day);
    // What rests on the feed being alive is stale when the feed is silent, also without a limit of its own.
    let limit = metric.stale_after_days;
    let alive_limit = limit.or(feed.is_silent.then_some(0));
    let window_end = day.plus(i32::try_from(metric.offset_days).map_or(0, |o| -o));
    let covered = feed.since <= window_end;
    match value {
        // Values rest on the newest fact itself; counts rest on the feed having been alive.
        Some(v) if !metric.kind.empty_is_zero() && metric.kind != Kind::DaysSince => {
            let age = fact_day.map_or(silence, |d| days_between(d, day));
            judge_age(v, age, limit, day)
        }
        Some(v) if fact_day.is_some() => judge_age(v, silence, alive_limit, day),
        Some(v) if covered && metric.missing == Missing::ZeroWhenAlive => judge_age(v, silence, alive_limit, day),
        // Never yet: at least since the customer and the feed have both been there.
        None if metric.kind == Kind::DaysSince && covered && metric.missing == Missing::ZeroWhenAlive => since
            .map_or(Reading::missing(day), |s| {
                judge_age(f64::from(days_between(s.max(feed.since), feed.whole_through)), silence, alive_limit, day)
            }),
        _ => Reading::missing(day),
    }
}

fn read_derived(
    metric: &Metric,
    metrics: &[Metric],
    value: Option<f64>,
    known: &[Option<Reading>],
    since: Option<Day>,
    day: Day,
) -> Option<Reading> {
    if is_too_new(metric, since, day) || has_no_usual(metric, metrics, since, day) {
        return Some(Reading::of(None, State::NotApplicable, day));
    }
    let mut state = State::Measured { age_days: 0 };
    let mut is_open = false;
    for id in &metric.of {
        let Some(part) = metrics.iter().position(|m| m.id == *id) else { return Some(Reading::missing(day)) };
        let reading = (*known.get(part)?)?;
        state = state.and(reading.state);
        is_open |= reading.is_open;
    }
    let reading = match (value, state) {
        (Some(v), State::Measured { age_days } | State::Stale { age_days }) => {
            let reading = judge_age(v, age_days, metric.stale_after_days, day);
            Reading { state: reading.state.and(state), ..reading }
        }
        (_, State::Missing) => Reading::missing(day),
        // Parts that are still to come may make a value of it.
        (None, State::Stale { .. }) => Reading::missing(day),
        (None, State::Measured { .. }) if is_open => Reading::missing(day),
        // The others of the segment have not been counted, or there are none.
        (None, _) if metric.kind == Kind::Percentile => Reading::missing(day),
        // Both parts are there but nothing can be said, such as a change from zero.
        _ => Reading::of(None, State::NotApplicable, day),
    };
    Some(Reading { is_open, ..reading })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Day = Day(20_000);

    /// Known since so many days, without facts for so many.
    fn fed(since: i32, quiet_days: i32) -> Provision {
        Provision {
            since: TODAY.plus(-since),
            whole_through: TODAY.plus(-quiet_days),
            alive_through: TODAY.plus(-quiet_days),
            is_silent: quiet_days > 1,
            is_settled: quiet_days == 0,
        }
    }

    fn count(id: &str) -> Metric {
        Metric { window_days: Some(28), stale_after_days: Some(7), ..Metric::new(id, Kind::Count) }
    }

    /// Reads metrics with (value, age of the newest fact), all resting on the same, for a customer of some age.
    fn read(
        metrics: &[Metric],
        row: &[(f64, Option<i32>)],
        feed: Option<Provision>,
        age: i32,
    ) -> Vec<(Option<f64>, State)> {
        let row = Row {
            values: row.iter().map(|r| r.0).collect(),
            fact_days: row.iter().map(|r| r.1.map(|age| TODAY.plus(-age))).collect(),
        };
        let out = read_states(metrics, &row, &vec![feed; metrics.len()], Some(TODAY.plus(-age)), TODAY);
        let is_settled = feed.is_some_and(|f| f.is_settled);
        assert!(out.iter().all(|r| !is_settled || !r.is_open), "{out:?}");
        out.into_iter().map(|r| (r.value, r.state)).collect()
    }

    const FRESH: State = State::Measured { age_days: 0 };

    #[test]
    fn zero_is_a_measurement_only_while_the_feed_is_alive() {
        let (alive, gone, late, new) = (fed(300, 0), fed(300, 20), fed(300, 5), fed(-1, 0));
        let m = [count("m")];
        assert_eq!(read(&m, &[(0.0, None)], Some(alive), 400), [(Some(0.0), FRESH)]);
        assert_eq!(read(&m, &[(0.0, None)], Some(late), 400), [(Some(0.0), State::Measured { age_days: 5 })]);
        assert_eq!(read(&m, &[(4.0, Some(21))], Some(gone), 400), [(Some(4.0), State::Stale { age_days: 20 })]);
        assert_eq!(read(&m, &[(0.0, None)], None, 400), [(None, State::Missing)]);
        assert_eq!(read(&m, &[(0.0, None)], Some(new), 400), [(None, State::Missing)]);
        let unknown = [Metric { missing: Missing::Unknown, ..count("m") }];
        assert_eq!(read(&unknown, &[(0.0, None)], Some(alive), 400), [(None, State::Missing)]);
    }

    #[test]
    fn what_rests_on_a_silent_feed_is_stale_even_without_a_limit_but_a_fact_stays_a_fact() {
        let endless = Metric { stale_after_days: None, ..count("m") };
        let answer = Metric { stale_after_days: Some(270), ..Metric::new("nps", Kind::Last) };
        let m = [endless, answer];
        let row = [(3.0, Some(9)), (8.0, Some(40))];
        let answered = (Some(8.0), State::Measured { age_days: 40 });
        assert_eq!(read(&m, &row, Some(fed(300, 4)), 400), [(Some(3.0), State::Stale { age_days: 4 }), answered]);
        assert_eq!(read(&m, &row, Some(fed(300, 0)), 400), [(Some(3.0), FRESH), answered]);
        // Both may still change when what is overdue comes.
        let late = Provision { is_silent: false, ..fed(300, 4) };
        let row = Row { values: vec![3.0, 8.0], fact_days: vec![Some(TODAY.plus(-9)), Some(TODAY.plus(-40))] };
        let readings = read_states(&m, &row, &[Some(late); 2], None, TODAY);
        assert!(readings.iter().all(|r| r.is_open && r.state.is_measured()), "{readings:?}");
    }

    #[test]
    fn never_counts_from_the_first_day_that_it_could_have_happened() {
        let m = [Metric::new("m", Kind::DaysSince)];
        assert_eq!(read(&m, &[(f64::NAN, None)], Some(fed(50, 0)), 400), [(Some(50.0), FRESH)]);
        assert_eq!(read(&m, &[(f64::NAN, None)], Some(fed(50, 0)), 9), [(Some(9.0), FRESH)]);
        // A kind of fact that nobody ever brought tells nothing about a customer, however long it has been one.
        assert_eq!(read(&m, &[(f64::NAN, None)], None, 400), [(None, State::Missing)]);
    }

    #[test]
    fn values_age_and_what_is_derived_is_as_good_as_its_worst_part() {
        let attribute = |id: &str, limit| Metric {
            attribute: Some(id.into()),
            stale_after_days: limit,
            ..Metric::new(id, Kind::Attribute)
        };
        let ratio = Metric { of: vec!["logins".into(), "seats".into()], ..Metric::new("ratio", Kind::Ratio) };
        let limited = Metric { id: "limited".into(), stale_after_days: Some(7), ..ratio.clone() };
        let felt = Metric { of: vec!["logins".into(), "felt".into()], ..Metric::new("by_felt", Kind::Ratio) };
        let change = Metric { of: vec!["logins".into(), "logins".into()], ..Metric::new("change", Kind::Change) };
        let m = [count("logins"), attribute("seats", None), attribute("felt", Some(120)), ratio, limited, felt, change];
        let row = [
            (8.0, Some(0)),
            (10.0, Some(900)),
            (4.0, Some(130)),
            (0.8, None),
            (0.8, None),
            (2.0, None),
            (f64::NAN, None),
        ];
        assert_eq!(
            read(&m, &row, Some(fed(300, 0)), 400),
            [
                (Some(8.0), FRESH),
                // A contract of 900 days ago still says how many seats there are.
                (Some(10.0), FRESH),
                (Some(4.0), State::Stale { age_days: 130 }),
                (Some(0.8), FRESH),
                (Some(0.8), FRESH),
                (Some(2.0), State::Stale { age_days: 130 }),
                (None, State::NotApplicable),
            ]
        );
        // A change of which nothing can be said yet may become one when the feed comes back.
        assert_eq!(read(&m, &row, Some(fed(300, 20)), 400)[6], (None, State::Missing));
    }

    #[test]
    fn a_young_customer_has_no_window_before() {
        let before = Metric { offset_days: 28, ..count("before") };
        let change = Metric { of: vec!["now".into(), "before".into()], ..Metric::new("change", Kind::Change) };
        let usual = Metric { of: vec!["now".into()], against: Against::Baseline, ..Metric::new("usual", Kind::Change) };
        let m = [count("now"), before, change, usual];
        let row = [(8.0, Some(0)), (0.0, None), (f64::NAN, None), (3.0, None)];
        let states = |age| read(&m, &row, Some(fed(300, 0)), age).into_iter().map(|r| r.1).collect::<Vec<_>>();
        let none = State::NotApplicable;
        assert_eq!(states(20), [FRESH, none, none, none]);
        assert_eq!(states(60), [FRESH, FRESH, none, none]);
        assert_eq!(states(98), [FRESH, FRESH, none, FRESH]);
    }
}
