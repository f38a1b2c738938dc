//! What the kernel reads beside events: dated figures and working days.

use std::sync::Arc;

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
    /// The value. A date is its [`Day`] number. Infinity = from here on there is none any more; NaN says nothing.
    pub value: f64,
}

/// The dated figures of one customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    /// Shared: whoever decides about a customer hands its facts on.
    rows: Arc<[Dated]>,
}

impl Attributes {
    /// From figures in any order. Of several with the same name and day, the one learned last counts.
    pub fn new(mut rows: Vec<Dated>) -> Self {
        rows.sort_by(|a, b| {
            (&a.name, a.from, a.known).cmp(&(&b.name, b.from, b.known)).then(a.value.total_cmp(&b.value))
        });
        Self { rows: rows.into() }
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
            .find(|v| v.from <= day && known.is_none_or(|k| v.known <= k) && !v.value.is_nan())
            .filter(|v| v.value.is_finite())
            .map(|v| (v.value, v.from))
    }

    /// Whether every figure was known from the first day on which it holds.
    pub fn is_known_at_once(&self) -> bool {
        self.rows.iter().all(|r| r.known <= r.from)
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
///
/// A *regular* business day is one in a row of at least three. The one or two working days between days off (連休の谷間)
/// are not: many people take them off, and that is no sign of anything.
///
/// A *steady* business day is one that no firm is closed on for the season: not a single day between days off, and not in the
/// weeks of 年末年始, Golden Week and お盆.
#[derive(Clone, Debug, Default)]
pub struct WorkDays {
    first: i32,
    /// `before[i]` = business days in `[first, first + i)`.
    before: Vec<u32>,
    /// The same for regular business days.
    regular_before: Vec<u32>,
    /// The same for steady business days.
    steady_before: Vec<u32>,
    /// Weekdays on which business is closed, sorted.
    closed_weekdays: Vec<Day>,
}

/// Whether many are away around this day: 年末年始, Golden Week, お盆.
pub(super) fn is_holiday_season(day: Day) -> bool {
    let (_, month, day) = day.ymd();
    match month {
        12 => day >= 27,
        1 => day <= 5,
        4 => day >= 28,
        5 => day <= 8,
        8 => (12..=16).contains(&day),
        _ => false,
    }
}

fn is_weekday(day: Day) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

impl WorkDays {
    /// Asks the calendar once for every day of `[from, to]` and the two on either side.
    pub fn new(from: Day, to: Day, is_business_day: &dyn Fn(Day) -> bool) -> Self {
        let open: Vec<bool> =
            (from.0.saturating_sub(2)..=to.0.saturating_add(2)).map(|d| is_business_day(Day(d))).collect();
        let (mut before, mut regular_before, mut steady_before) = (vec![0], vec![0], vec![0]);
        let (mut sum, mut regular, mut steady) = (0, 0, 0);
        for (around, day) in open.windows(5).zip(from.0..) {
            let &[a, b, c, d, e] = around else { continue };
            let is_regular = c && (b && (a || d) || d && e);
            sum += u32::from(c);
            regular += u32::from(is_regular);
            steady += u32::from(c && (b || d) && !is_holiday_season(Day(day)));
            before.push(sum);
            regular_before.push(regular);
            steady_before.push(steady);
        }
        let closed = |d: &Day| is_weekday(*d) && !is_business_day(*d);
        let closed_weekdays = (from.0..=to.0).map(Day).filter(closed).collect();
        Self { first: from.0, before, regular_before, steady_before, closed_weekdays }
    }

    fn index(&self, day: i32) -> Option<usize> {
        usize::try_from(i64::from(day) - i64::from(self.first)).ok()
    }

    fn ask(&self, before: &[u32], day: Day) -> bool {
        let i = self.index(day.0);
        match (i.and_then(|i| before.get(i)), i.and_then(|i| before.get(i + 1))) {
            (Some(a), Some(b)) => b > a,
            _ => is_weekday(day),
        }
    }

    fn tally(&self, before: &[u32], after: Day, through: Day) -> u32 {
        if through <= after {
            return 0;
        }
        let (a, b) = (after.0.saturating_add(1), through.0.saturating_add(1));
        let ends = (self.index(a).and_then(|i| before.get(i)), self.index(b).and_then(|i| before.get(i)));
        if let (Some(a), Some(b)) = ends {
            return b - a;
        }
        (a..b).map(|d| u32::from(self.ask(before, Day(d)))).sum()
    }

    /// Whether `day` is a business day.
    pub fn is(&self, day: Day) -> bool {
        self.ask(&self.before, day)
    }

    /// Business days in `(after, through]`.
    pub fn count(&self, after: Day, through: Day) -> u32 {
        self.tally(&self.before, after, through)
    }

    /// Whether `day` is a regular business day.
    pub fn is_regular(&self, day: Day) -> bool {
        self.ask(&self.regular_before, day)
    }

    /// Regular business days in `(after, through]`.
    pub fn count_regular(&self, after: Day, through: Day) -> u32 {
        self.tally(&self.regular_before, after, through)
    }

    /// The last `n` weekdays up to `day` on which business was closed.
    pub fn closed_weekdays(&self, day: Day, n: usize) -> &[Day] {
        let end = self.closed_weekdays.partition_point(|d| *d <= day);
        self.closed_weekdays.get(end.saturating_sub(n)..end).unwrap_or(&[])
    }

    /// Whether `day` is a steady business day.
    pub fn is_steady(&self, day: Day) -> bool {
        self.ask(&self.steady_before, day)
    }

    /// Steady business days in `(after, through]`.
    pub fn count_steady(&self, after: Day, through: Day) -> u32 {
        self.tally(&self.steady_before, after, through)
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
        let ended = Attributes::new(vec![row(10, 10, 5.0), row(20, 10, f64::INFINITY), row(15, 15, f64::NAN)]);
        assert_eq!([19, 20].map(|d| ended.as_of("seats", Day(d), None)), [Some((5.0, Day(10))), None]);
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

    #[test]
    fn days_between_holidays_are_not_regular() {
        let calendar = crate::calendar::Calendar::default();
        let day = |m, d| Day::from_ymd(2026, m, d).unwrap();
        let w = WorkDays::new(day(4, 30), day(12, 31), &|d| calendar.is_business_day(d));
        // Golden Week 2026: 29 April is a Wednesday, 3 to 6 May are off.
        let regular: Vec<bool> =
            [day(4, 30), day(5, 1), day(5, 6), day(5, 7), day(5, 8), day(5, 11)].map(|d| w.is_regular(d)).to_vec();
        assert_eq!(regular, [false, false, false, false, false, true]);
        assert_eq!((w.count(day(4, 30), day(5, 15)), w.count_regular(day(4, 30), day(5, 15))), (8, 5));
        // A week that begins with a holiday is as good as any.
        assert!(w.is_regular(day(11, 24)));
        assert_eq!(WorkDays::default().count_regular(day(5, 1), day(5, 8)), 5);
        // お盆 2026: 11 August is a holiday, a Tuesday; the days after it are regular, but not steady.
        assert_eq!((w.count_regular(day(8, 7), day(8, 21)), w.count_steady(day(8, 7), day(8, 21))), (8, 5));
        // A holiday on a Tuesday leaves one day alone.
        assert_eq!([day(11, 2), day(11, 4), day(11, 5)].map(|d| w.is_steady(d)), [false, true, true]);
        assert_eq!((w.count_regular(day(11, 1), day(11, 6)), w.count_steady(day(11, 1), day(11, 6))), (3, 3));
    }
}
