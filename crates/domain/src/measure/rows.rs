//! Rows with the days of their facts, for many days at once.

use super::kernel::{Facts, Row, Series};
use super::plan::{From, Match, Plan};
use super::scratch::Scratch;
use crate::time::Day;

impl Plan {
    /// What [`Plan::at`] gives, for every day of `[from, to]` in one pass over the events, handed to `each` in order. Feeds are
    /// as `facts.alive_through` says on all of these days.
    pub fn rows(&self, from: Day, to: Day, facts: &Facts<'_>, scratch: &mut Scratch, each: &mut dyn FnMut(Day, &Row)) {
        let mut series = Series::default();
        self.series(from, to, facts, scratch, &mut series);
        let lists = self.fact_lists(facts);
        let mut row = Row::default();
        for d in from.0..=to.0 {
            let day = Day(d);
            series.copy_row(day, self.len(), &mut row.values);
            row.fact_days.clear();
            for metric in 0..self.len() {
                let found = match lists.get(metric) {
                    Some(Some(days)) => self.find_fact(metric, day, facts, days),
                    _ => self.fact_day(metric, day, facts),
                };
                row.fact_days.push(found);
            }
            each(day, &row);
        }
    }

    /// For each metric that reads events, the days of the facts it may rest on, sorted; metrics with the same events share the work.
    fn fact_lists(&self, facts: &Facts<'_>) -> Vec<Option<std::rc::Rc<Vec<i32>>>> {
        let mut made: Vec<(&Match, std::rc::Rc<Vec<i32>>)> = Vec::new();
        let mut out = Vec::with_capacity(self.len());
        for metric in 0..self.len() {
            let (Some(From::Core { .. }), Some(matches)) = (self.from.get(metric), self.matches.get(metric)) else {
                out.push(None);
                continue;
            };
            let known = made.iter().find(|(m, _)| *m == matches).map(|(_, list)| std::rc::Rc::clone(list));
            let list = known.unwrap_or_else(|| {
                let list = std::rc::Rc::new(list_days(matches, facts));
                made.push((matches, std::rc::Rc::clone(&list)));
                list
            });
            out.push(Some(list));
        }
        out
    }

    fn find_fact(&self, metric: usize, day: Day, facts: &Facts<'_>, days: &[i32]) -> Option<Day> {
        let alive = facts.alive_through.get(metric).copied().unwrap_or(day);
        let (offset, window) = self.windows.get(metric)?;
        let last = day.min(alive).0.saturating_sub(*offset);
        let oldest = window.map_or(i32::MIN, |w| last.saturating_sub(w));
        let newest = days.partition_point(|d| *d <= last).checked_sub(1).and_then(|i| days.get(i))?;
        (*newest > oldest).then_some(Day(*newest))
    }
}

fn list_days(matches: &Match, facts: &Facts<'_>) -> Vec<i32> {
    let e = facts.events;
    let mut days: Vec<i32> = Vec::new();
    for (i, (day, name)) in e.days.iter().zip(e.names).enumerate() {
        if e.is_known(i, facts.known_day) && matches.holds(*name) && days.last() != Some(day) {
            days.push(*day);
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Attributes, CustomerEvents, Events, Kind, Metric, Names, WorkDays};

    /// Many days at once say the same as one day at a time.
    #[test]
    fn rows_equal_one_day_at_a_time() {
        let mut metrics = vec![
            Metric { event: Events::One("a".into()), window_days: Some(7), ..Metric::new("a7", Kind::Count) },
            Metric { window_days: Some(3), offset_days: 2, ..Metric::new("u", Kind::DistinctUsers) },
            Metric { event: Events::One("b".into()), ..Metric::new("since_b", Kind::DaysSince) },
        ];
        metrics.push(Metric { of: vec!["a7".into(), "u".into()], ..Metric::new("r", Kind::Ratio) });
        let names = Names(vec!["a".into(), "b".into()]);
        let plan = Plan::compile(&metrics, &names);
        let days: Vec<i32> =
            (0..60).map(|i| i * i % 97 / 2).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let codes: Vec<u32> = days.iter().map(|d| u32::from(d % 5 == 0)).collect();
        let users: Vec<u32> = days.iter().map(|d| d.unsigned_abs() % 3).collect();
        let values = vec![f64::NAN; days.len()];
        let received: Vec<i32> = days.iter().map(|d| d + d % 4).collect();
        let retracted: Vec<i32> = days.iter().map(|d| if d % 3 == 0 { d + d % 7 } else { i32::MAX }).collect();
        let events = CustomerEvents {
            customer: "c",
            days: &days,
            names: &codes,
            users: &users,
            user_count: 3,
            user_keys: &[],
            values: &values,
            received_days: Some(&received),
            retracted_days: Some(&retracted),
        };
        let attributes = Attributes::default();
        let workdays = WorkDays::default();
        for known_day in [None, Some(Day(30))] {
            for alive in [None, Some(Day(20))] {
                let alive: Vec<Day> = alive.map(|a| vec![a; metrics.len()]).unwrap_or_default();
                let facts = Facts {
                    events: &events,
                    attributes: &attributes,
                    workdays: &workdays,
                    known_day,
                    alive_through: &alive,
                };
                let mut seen = 0;
                let mut one = Row::default();
                plan.rows(Day(21), Day(55), &facts, &mut Scratch::default(), &mut |day, row| {
                    plan.at(day, &facts, &mut Scratch::default(), &mut one);
                    let same = row.values.iter().zip(&one.values).all(|(a, b)| a.to_bits() == b.to_bits());
                    assert!(same && row.fact_days == one.fact_days, "{day}: {row:?} instead of {one:?}");
                    seen += 1;
                });
                assert_eq!(seen, 35);
            }
        }
    }
}
