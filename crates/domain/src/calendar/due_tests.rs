//! Due dates over two years against a table made by hand, and against a walk that knows the days off from a list.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

/// A company that closes for 年末年始, between the holidays of Golden Week, and for お盆.
static COMPANY: LazyLock<Calendar> = LazyLock::new(|| {
    let mut closures = Vec::new();
    for preset in Preset::ALL {
        preset.add_to(&mut closures, day("2027-04-01"));
    }
    Calendar::new(Rules { closures, ..Rules::default() })
});

/// Start, business days, due day. Made by hand with a paper calendar.
const TABLE: &[(&str, i32, &str)] = &[
    // 国民の休日 between two holidays: Monday to Wednesday are off.
    ("2026-09-18", 1, "2026-09-24"),
    ("2026-09-22", 0, "2026-09-24"),
    // Over the new year.
    ("2026-12-28", 1, "2027-01-04"),
    ("2026-12-25", 2, "2027-01-04"),
    ("2026-12-25", 3, "2027-01-05"),
    ("2027-01-01", 0, "2027-01-04"),
    ("2027-01-02", 1, "2027-01-04"),
    ("2027-01-08", 1, "2027-01-12"),
    ("2027-02-10", 1, "2027-02-12"),
    ("2027-02-10", 5, "2027-02-18"),
    ("2027-02-22", 1, "2027-02-24"),
    // No leap year.
    ("2027-02-26", 1, "2027-03-01"),
    // 春分の日 on a Sunday: the Monday is 振替休日.
    ("2027-03-19", 1, "2027-03-23"),
    ("2027-03-21", 0, "2027-03-23"),
    ("2027-03-31", 10, "2027-04-14"),
    // Golden Week: Thursday a holiday, Friday between, then Monday to Wednesday.
    ("2027-04-28", 1, "2027-05-06"),
    ("2027-04-26", 3, "2027-05-06"),
    ("2027-04-26", 5, "2027-05-10"),
    ("2027-05-01", 0, "2027-05-06"),
    ("2027-05-06", -1, "2027-04-28"),
    ("2027-07-16", 1, "2027-07-20"),
    // 山の日 and お盆.
    ("2027-08-10", 1, "2027-08-12"),
    ("2027-08-10", 2, "2027-08-17"),
    ("2027-08-06", 5, "2027-08-18"),
    ("2027-09-17", 1, "2027-09-21"),
    ("2027-09-17", 2, "2027-09-22"),
    ("2027-09-17", 3, "2027-09-24"),
    ("2027-10-08", 1, "2027-10-12"),
    ("2027-11-02", 1, "2027-11-04"),
    ("2027-11-22", 1, "2027-11-24"),
    ("2027-12-28", 1, "2028-01-04"),
    ("2027-12-24", 5, "2028-01-06"),
    ("2027-12-31", -1, "2027-12-28"),
    ("2028-01-07", 1, "2028-01-11"),
    ("2028-02-10", 1, "2028-02-14"),
    ("2028-02-22", 1, "2028-02-24"),
    // The leap day is a Tuesday.
    ("2028-02-28", 1, "2028-02-29"),
    ("2028-02-25", 2, "2028-02-29"),
    ("2028-02-25", 3, "2028-03-01"),
    ("2028-02-29", 1, "2028-03-01"),
    ("2028-02-29", 15, "2028-03-22"),
    ("2028-03-01", -1, "2028-02-29"),
    ("2028-03-01", -2, "2028-02-28"),
    ("2028-03-17", 1, "2028-03-21"),
    // Golden Week: a Saturday, Monday and Tuesday between, then Wednesday to Friday.
    ("2028-04-28", 1, "2028-05-08"),
    ("2028-04-24", 5, "2028-05-08"),
    ("2028-05-05", 0, "2028-05-08"),
    ("2028-07-14", 1, "2028-07-18"),
    ("2028-08-10", 1, "2028-08-17"),
    ("2028-08-09", 2, "2028-08-17"),
    ("2028-08-18", -3, "2028-08-09"),
    ("2028-09-15", 1, "2028-09-19"),
    ("2028-09-21", 1, "2028-09-25"),
    ("2028-10-06", 1, "2028-10-10"),
    ("2028-11-02", 1, "2028-11-06"),
    ("2028-11-22", 1, "2028-11-24"),
    ("2028-12-28", 1, "2029-01-04"),
    ("2028-12-22", 5, "2029-01-04"),
];

/// Weekdays off from September 2026 to April 2029, as the law and the company have them, written down.
const OFF: &str = "2026-09-21 2026-09-22 2026-09-23 2026-10-12 2026-11-03 2026-11-23 2026-12-29 2026-12-30 2026-12-31 \
    2027-01-01 2027-01-11 2027-02-11 2027-02-23 2027-03-22 2027-04-29 2027-04-30 2027-05-03 2027-05-04 2027-05-05 2027-07-19 \
    2027-08-11 2027-08-13 2027-08-16 2027-09-20 2027-09-23 2027-10-11 2027-11-03 2027-11-23 2027-12-29 2027-12-30 2027-12-31 \
    2028-01-03 2028-01-10 2028-02-11 2028-02-23 2028-03-20 2028-05-01 2028-05-02 2028-05-03 2028-05-04 2028-05-05 2028-07-17 \
    2028-08-11 2028-08-14 2028-08-15 2028-08-16 2028-09-18 2028-09-22 2028-10-09 2028-11-03 2028-11-23 2028-12-29 2029-01-01 \
    2029-01-02 2029-01-03 2029-01-08 2029-02-12 2029-02-23 2029-03-20";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn is_open(day: Day) -> bool {
    // 2027-01-03 was a Sunday.
    let weekday = (day.0 - self::day("2027-01-03").0).rem_euclid(7);
    !matches!(weekday, 0 | 6) && !OFF.split_whitespace().any(|d| self::day(d) == day)
}

/// One day at a time, as one counts on a paper calendar.
fn walk(start: Day, n: i32) -> Day {
    let (step, mut left, mut at) = (n.signum(), n.abs(), start);
    if n == 0 {
        while !is_open(at) {
            at = at.plus(1);
        }
        return at;
    }
    while left > 0 {
        at = at.plus(step);
        left -= i32::from(is_open(at));
    }
    at
}

#[test]
fn due_days_of_two_years_are_those_of_the_table() {
    for (start, n, due) in TABLE {
        assert_eq!(COMPANY.add_business_days(day(start), *n).to_string(), *due, "{start} {n:+}");
        assert_eq!(walk(day(start), *n).to_string(), *due, "the walk: {start} {n:+}");
    }
    assert!(TABLE.len() > 50);
}

#[test]
fn the_company_is_closed_on_the_days_written_down() {
    for d in day("2026-09-01").0..day("2029-03-31").0 {
        assert_eq!(COMPANY.is_business_day(Day(d)), is_open(Day(d)), "{}", Day(d));
    }
}

#[test]
fn presets_are_added_once_and_named() {
    let mut closures = Rules::default().closures;
    assert_eq!(Preset::NewYear.add_to(&mut closures, day("2026-11-24")), 0, "it is there already");
    assert_eq!(Preset::Obon.add_to(&mut closures, day("2026-11-24")), 1);
    // 2026: Thursday and Friday after 29 April; 2027: one Friday.
    assert_eq!(Preset::GoldenWeek.add_to(&mut closures, day("2026-11-24")), 2);
    assert_eq!(Preset::GoldenWeek.add_to(&mut closures, day("2026-11-24")), 0);
    let last: Vec<(&str, When)> = closures.iter().rev().take(2).map(|c| (c.ja.as_str(), c.when)).collect();
    let range = |from, to| When::Range { from: day(from), to: day(to) };
    assert_eq!(last[0], ("GW中日（2027年）", range("2027-04-30", "2027-04-30")));
    assert_eq!(last[1], ("GW中日（2026年）", range("2026-04-30", "2026-05-01")));
    assert_eq!(Preset::ALL.map(|p| Preset::parse(p.word())), Preset::ALL.map(Some));
}

#[test]
fn books_close_at_the_end_of_the_month_or_on_a_day() {
    let of = |closing| Calendar::new(Rules { closing, ..COMPANY.rules().clone() });
    let (end, twentieth) = (of(Closing::MonthEnd), of(Closing::On(20)));
    let cases = [
        (&end, "2028-02-10", "2028-02-29", "2028-02-29"),
        (&end, "2027-02-28", "2027-02-28", "2027-02-26"),
        (&end, "2027-12-01", "2027-12-31", "2027-12-28"),
        (&end, "2028-04-30", "2028-04-30", "2028-04-28"),
        (&twentieth, "2027-02-20", "2027-02-20", "2027-02-19"),
        (&twentieth, "2027-02-21", "2027-03-20", "2027-03-19"),
        (&twentieth, "2027-12-21", "2028-01-20", "2028-01-20"),
        (&twentieth, "2028-03-20", "2028-03-20", "2028-03-17"),
    ];
    for (calendar, at, closes, by) in cases {
        assert_eq!(calendar.closing_day_of(day(at)).to_string(), closes, "{at}");
        assert_eq!(calendar.closing_business_day_of(day(at)).to_string(), by, "{at}");
    }
    assert_eq!(twentieth.last_business_day_of_month(day("2027-01-04")).to_string(), "2027-01-29");
    let parsed = ["end", "末日", "月末", "20", "20日", "29", "0", "x", ""].map(Closing::parse);
    let (end, on) = (Some(Closing::MonthEnd), Some(Closing::On(20)));
    assert_eq!(parsed, [end, end, end, on, on, None, None, None, None]);
}

#[test]
fn quarters_follow_the_fiscal_year() {
    let of = |fiscal_month| Calendar::new(Rules { fiscal_month, ..Rules::default() });
    let shown = |q: Quarter| format!("{} Q{} {} {}", q.year, q.number, q.first, q.last);
    let april = of(4);
    assert_eq!(shown(april.fiscal_quarter_of(day("2028-02-29"))), "2027 Q4 2028-01-01 2028-03-31");
    assert_eq!(shown(april.fiscal_quarter_of(day("2027-04-01"))), "2027 Q1 2027-04-01 2027-06-30");
    assert_eq!(shown(april.fiscal_quarter_of(day("2026-11-24"))), "2026 Q3 2026-10-01 2026-12-31");
    assert_eq!(shown(of(12).fiscal_quarter_of(day("2028-01-15"))), "2027 Q1 2027-12-01 2028-02-29");
    assert_eq!(shown(of(1).fiscal_quarter_of(day("2028-12-31"))), "2028 Q4 2028-10-01 2028-12-31");
}

proptest! {
    #[test]
    fn business_days_are_added_as_one_walks(start in 0..730_i32, n in -60..60_i32) {
        let start = day("2027-01-01").plus(start);
        prop_assert_eq!(COMPANY.add_business_days(start, n), walk(start, n));
        if n > 0 {
            // Counting back what was added gives the same number.
            let due = COMPANY.add_business_days(start, n);
            prop_assert_eq!(COMPANY.business_days_between(start, due), n);
        }
    }

    #[test]
    fn a_closing_day_is_the_next_one(start in 0..1500_i32, date in 1..=28_i8, end: bool) {
        let closing = if end { Closing::MonthEnd } else { Closing::On(date) };
        let calendar = Calendar { rules: Rules { closing, ..COMPANY.rules().clone() }, ..COMPANY.clone() };
        let start = day("2027-01-01").plus(start);
        let is_closing = |d: Day| match closing {
            Closing::MonthEnd => d.plus(1).ymd().2 == 1,
            Closing::On(date) => d.ymd().2 == date,
        };
        let walked = (0..40).map(|n| start.plus(n)).find(|d| is_closing(*d)).unwrap();
        prop_assert_eq!(calendar.closing_day_of(start), walked);
        let quarter = calendar.fiscal_quarter_of(start);
        prop_assert!(quarter.first <= start && start <= quarter.last && (90..=92).contains(&(quarter.last.0 - quarter.first.0 + 1)));
    }
}
