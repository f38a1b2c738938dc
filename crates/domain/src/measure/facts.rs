//! What the kernel reads beside events: dated figures and working days.

use crate::time::{Day, Weekday};

/// A figure that holds from a day on.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated {
    /// Name of the figure: `seats`, `mrr`, `nps` …
    pub name: String,
    /// The first day on which it holds.
    pub from: Day,
    /// The day on which we learned of it.
    pub known: Day,
    /// The value. A date is its [`Day`] number.
    pub value: f64,
}

/// The dated figures of one customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    rows: Vec<Dated>,
}

impl Attributes {
    /// From figures in any order. Of several with the same name and day, the one learned last counts.
    pub fn new(mut rows: Vec<Dated>) -> Self {
        rows.sort_by(|a, b| {
            (&a.name, a.from, a.known).cmp(&(&b.name, b.from, b.known)).then(a.value.total_cmp(&b.value))
        });
        Self { rows }
    }

    /// All versions of one figure, sorted by (from, known).
    pub fn versions(&self, name: &str) -> &[Dated] {
        let start = self.rows.partition_point(|r| r.name.as_str() < name);
        let end = self.rows.partition_point(|r| r.name.as_str() <= name);
        self.rows.get(start..end).unwrap_or(&[])
    }

    /// The figure as of `day`, counting only what was known by `known`, and the day from which it holds.
    pub fn as_of(&self, name: &str, day: Day, known: Option<Day>) -> Option<(f64, Day)> {
        let versions = self.versions(name);
        versions
            .iter()
            .rev()
            .find(|v| v.from <= day && known.is_none_or(|k| v.known <= k) && v.value.is_finite())
            .map(|v| (v.value, v.from))
    }

    /// Names that have at least one figure, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let mut last: Option<&str> = None;
        self.rows.iter().filter_map(move |r| {
            let new = last != Some(r.name.as_str());
            last = Some(r.name.as_str());
            new.then_some(r.name.as_str())
        })
    }
}

/// Which days are business days, for quick counting. Outside the range it was made for, Monday to Friday are.
#[derive(Clone, Debug, Default)]
pub struct WorkDays {
    first: i32,
    /// `before[i]` = business days in `[first, first + i)`.
    before: Vec<u32>,
}

impl WorkDays {
    /// Asks the calendar once for every day of `[from, to]`.
    pub fn new(from: Day, to: Day, is_business_day: &dyn Fn(Day) -> bool) -> Self {
        let mut before = vec![0];
        let mut sum = 0;
        for d in from.0..=to.0 {
            sum += u32::from(is_business_day(Day(d)));
            before.push(sum);
        }
        Self { first: from.0, before }
    }

    fn at(&self, index: i32) -> Option<u32> {
        usize::try_from(index).ok().and_then(|i| self.before.get(i)).copied()
    }

    /// Whether `day` is a business day.
    pub fn is(&self, day: Day) -> bool {
        let i = day.0.saturating_sub(self.first);
        match (self.at(i), self.at(i.saturating_add(1))) {
            (Some(a), Some(b)) => b > a,
            _ => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// Business days in `(after, through]`.
    pub fn count(&self, after: Day, through: Day) -> u32 {
        if through <= after {
            return 0;
        }
        let (a, b) = (after.0.saturating_add(1).saturating_sub(self.first), through.0.saturating_add(1) - self.first);
        if let (Some(a), Some(b)) = (self.at(a), self.at(b)) {
            return b - a;
        }
        let mut n = 0;
        for d in after.0.saturating_add(1)..=through.0 {
            n += u32::from(self.is(Day(d)));
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_of_takes_the_latest_that_was_true_and_known() {
        let row = |from, known, value| Dated { name: "seats".into(), from: Day(from), known: Day(known), value };
        let a = Attributes::new(vec![row(10, 10, 5.0), row(20, 30, 8.0), row(20, 22, 7.0)]);
        assert_eq!(a.as_of("seats", Day(9), None), None);
        assert_eq!(a.as_of("seats", Day(19), None), Some((5.0, Day(10))));
        assert_eq!(a.as_of("seats", Day(25), None), Some((8.0, Day(20))));
        assert_eq!(a.as_of("seats", Day(25), Some(Day(25))), Some((7.0, Day(20))));
        assert_eq!(a.as_of("seats", Day(25), Some(Day(21))), Some((5.0, Day(10))));
        assert_eq!(a.as_of("mrr", Day(25), None), None);
    }

    #[test]
    fn working_days_are_counted_with_and_without_a_calendar() {
        // 2026-11-23 (Mon) is a holiday.
        let holiday = Day::from_ymd(2026, 11, 23).unwrap();
        let is = |d: Day| d != holiday && !matches!(d.weekday(), Weekday::Sat | Weekday::Sun);
        let w = WorkDays::new(holiday.plus(-30), holiday.plus(30), &is);
        assert_eq!(w.count(holiday.plus(-3), holiday), 0);
        assert_eq!(w.count(holiday.plus(-7), holiday), 4);
        assert!(!w.is(holiday));
        assert_eq!(WorkDays::default().count(holiday.plus(-7), holiday), 5);
        // Across the edge of the known range.
        assert_eq!(w.count(holiday.plus(-37), holiday), 25);
    }
}
