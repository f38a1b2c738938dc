use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Days with the names of both packages, 2000 to 2030.
const NAMED: &str = include_str!("../../tests/japan_holidays_2000_2030.tsv");
const ORACLE: &str = include_str!("../../tests/japan_holidays.txt");

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn listed(year: i16) -> BTreeSet<String> {
    let line = ORACLE.lines().find(|l| l.starts_with(&format!("{year} "))).unwrap();
    line.split(' ').skip(1).map(|md| format!("{year}-{}-{}", &md[..2], &md[2..])).collect()
}

fn off_days(year: i16) -> Vec<String> {
    japan::holidays_of(year).into_iter().map(|(d, _)| d.to_string()).collect()
}

#[test]
fn holidays_agree_with_two_independent_packages() {
    for year in 1986..=2099 {
        let ours = off_days(year);
        assert_eq!(ours.iter().cloned().collect::<BTreeSet<_>>(), listed(year), "{year}");
        assert_eq!(ours.len(), listed(year).len(), "a day twice in {year}");
    }
}

#[test]
fn days_and_names_agree_with_both_packages_from_2000_to_2030() {
    let listed: Vec<[&str; 3]> = NAMED
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            [cells[0], cells[1], if cells[2] == "=" { cells[1] } else { cells[2] }]
        })
        .collect();
    assert_eq!(listed.len(), 540, "the whole table is read");
    let ours: Vec<(String, &str)> =
        (2000..=2030).flat_map(japan::holidays_of).map(|(day, name)| (day.to_string(), name.ja)).collect();
    assert_eq!(ours.len(), listed.len());
    for ((day, name), [listed_day, holidays, jpholiday]) in ours.iter().zip(&listed) {
        assert_eq!(day, listed_day);
        // The two differ in how they call a substitute, and in one title; whatever they share is ours too.
        let (of_holidays, of_jpholiday) = match *name {
            "振替休日" => (holidays.to_string(), jpholiday.split(' ').next_back().unwrap().to_owned()),
            "即位礼正殿の儀" => (holidays.replace("が行われる日", ""), jpholiday.to_string()),
            _ => (holidays.to_string(), jpholiday.to_string()),
        };
        assert_eq!([name, name], [&of_holidays, &of_jpholiday], "{day}");
    }
}

#[test]
fn the_early_years_follow_the_laws_of_their_time() {
    assert_eq!(off_days(1947), Vec::<String>::new());
    assert_eq!(off_days(1948), ["1948-09-23", "1948-11-03", "1948-11-23"]);
    assert_eq!(off_days(1949).len(), 9);
    assert_eq!(off_days(2100), Vec::<String>::new());
    let off = |d: &str| Calendar::default().holiday(day(d)).map(|n| n.ja);
    assert_eq!(off("1959-04-10"), Some("皇太子明仁親王の結婚の儀"));
    assert_eq!(off("1966-09-15"), Some("敬老の日"));
    assert_eq!(off("1973-02-12"), None, "no substitute before the law of April 1973");
    assert_eq!(off("1973-04-30"), Some("振替休日"));
    assert_eq!(off("1985-05-04"), None, "no day between before the law of December 1985");
    assert_eq!(off("1988-05-04"), Some("国民の休日"));
}

#[test]
fn days_have_the_names_people_use() {
    let calendar = Calendar::default();
    let names = [
        ("2019-04-30", Some(("国民の休日", "Citizens' Holiday"))),
        ("2019-05-01", Some(("天皇の即位の日", "Accession of the Emperor"))),
        ("2020-07-24", Some(("スポーツの日", "Sports Day"))),
        ("2021-08-09", Some(("振替休日", "Substitute Holiday"))),
        ("2024-12-29", Some(("年末年始", "New Year closure"))),
        ("2025-01-01", Some(("元日", "New Year's Day"))),
        ("2025-01-03", Some(("年末年始", "New Year closure"))),
        ("2025-01-04", None),
        ("2026-09-22", Some(("国民の休日", "Citizens' Holiday"))),
        ("2026-11-22", None),
    ];
    for (d, expected) in names {
        assert_eq!(calendar.closure(day(d)).map(|n| (n.ja, n.en)), expected, "{d}");
    }
}

#[test]
fn business_days_are_counted_over_long_weekends() {
    let calendar = Calendar::default();
    assert_eq!(calendar.next_business_day(day("2026-05-02")), day("2026-05-07"));
    assert_eq!(calendar.previous_business_day(day("2026-05-06")), day("2026-05-01"));
    assert_eq!(calendar.add_business_days(day("2026-12-28"), 1), day("2027-01-04"));
    assert_eq!(calendar.add_business_days(day("2026-05-03"), 1), day("2026-05-07"));
    assert_eq!(calendar.add_business_days(day("2026-05-03"), 0), day("2026-05-07"));
    assert_eq!(calendar.add_business_days(day("2026-05-07"), -1), day("2026-05-01"));
    // 30 days before 31 March is 1 March, a Sunday; the last working day before it is Friday.
    assert_eq!(notice_deadline(day("2026-03-31"), 30, &calendar), day("2026-02-27"));
    assert_eq!(notice_deadline(day("2026-02-02"), 30, &calendar), day("2025-12-26"));
}

#[test]
fn a_calendar_that_never_opens_answers_instead_of_searching_forever() {
    let closed = Calendar::new(Rules { weekend: [true; 7], ..Rules::default() });
    let d = day("2026-01-05");
    assert_eq!(closed.next_business_day(d), d);
    assert_eq!(closed.previous_business_day(d), d);
    assert_eq!(closed.business_days_between(d, d.plus(100)), 0);
    assert!(closed.add_business_days(d, 5) > d);
    assert!(closed.add_business_days(Day(i32::MAX), 5) >= d);
}

#[test]
fn rules_are_plain_data() {
    let text = r#"{"holidays":"none","closures":[{"ja":"夏季休業","en":"Summer","when":{"range":{"from":20679,"to":20681}}}]}"#;
    let rules: Rules = serde_json::from_str(text).unwrap();
    let calendar = Calendar::new(rules.clone());
    let first = Day(20_679);
    assert_eq!(calendar.closure(first).map(|n| n.ja), Some("夏季休業"));
    assert_eq!(calendar.closure(first.plus(3)), None);
    assert!(calendar.is_business_day(day("2025-01-01")));
    assert!(!calendar.is_business_day(day("2025-01-04")));
    assert_eq!(serde_json::from_str::<Rules>(&serde_json::to_string(&rules).unwrap()).unwrap(), rules);
}

/// Slow and plain: weekday by jiff, holidays by looking through the year.
fn is_open(d: Day) -> bool {
    let date = d.civil();
    let weekend = matches!(date.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday);
    let new_year = (date.month() == 12 && date.day() >= 29) || (date.month() == 1 && date.day() <= 3);
    !weekend && !new_year && !japan::holidays_of(date.year()).iter().any(|(h, _)| *h == d)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn counting_equals_walking(start in -9_000_i32..48_000, span in 0_i32..60, n in -30_i32..30) {
        // Days before 1948 (−8036) and after 2099 (47481) are in the range on purpose.
        let calendar = Calendar::default();
        let (from, to) = (Day(start), Day(start + span));
        let walked = (1..=span).filter(|k| is_open(from.plus(*k))).count();
        prop_assert_eq!(usize::try_from(calendar.business_days_between(from, to)).unwrap(), walked);
        prop_assert_eq!(calendar.business_days_between(to, from), -calendar.business_days_between(from, to));

        let next = calendar.next_business_day(from);
        prop_assert!(next >= from && is_open(next) && (from.0..next.0).all(|d| !is_open(Day(d))));
        let previous = calendar.previous_business_day(from);
        prop_assert!(previous <= from && is_open(previous) && (previous.0 + 1..=from.0).all(|d| !is_open(Day(d))));

        let moved = calendar.add_business_days(from, n);
        prop_assert!(is_open(moved) || (n == 0 && moved == next));
        match n {
            0 => prop_assert_eq!(moved, next),
            1.. => prop_assert_eq!(calendar.business_days_between(from, moved), n),
            _ => prop_assert_eq!(calendar.business_days_between(moved.plus(-1), from.plus(-1)), -n),
        }
        // There and back again from a working day.
        prop_assert_eq!(calendar.add_business_days(calendar.add_business_days(next, n), -n), next);
    }

    #[test]
    fn a_notice_deadline_is_a_business_day_not_after_the_term(end in 0_i32..45_000, notice in 0_i64..400) {
        let calendar = Calendar::default();
        let deadline = notice_deadline(Day(end), notice, &calendar);
        let latest = Day(end).plus(-i32::try_from(notice).unwrap());
        prop_assert!(deadline <= latest && is_open(deadline));
        prop_assert!((deadline.0 + 1..=latest.0).all(|d| !is_open(Day(d))));
    }
}

#[test]
fn a_company_works_on_days_of_its_own_and_counts_years_of_its_own() {
    let saturday = day("2026-11-21");
    let holiday = day("2026-11-23");
    let rules = Rules { open_days: vec![saturday, holiday], fiscal_month: 10, ..Rules::default() };
    let calendar = Calendar::new(rules);
    assert!(calendar.is_business_day(saturday) && calendar.is_business_day(holiday));
    assert!(!calendar.is_business_day(day("2026-11-22")), "the Sunday between them is a Sunday");
    assert!(calendar.closure(holiday).is_none() && calendar.holiday(holiday).is_some());
    assert_eq!(calendar.business_days_between(day("2026-11-20"), day("2026-11-24")), 3);
    assert_eq!(calendar.fiscal_year_start(day("2026-09-30")), day("2025-10-01"));
    assert_eq!(calendar.fiscal_year_start(day("2026-10-01")), day("2026-10-01"));
    assert_eq!(Calendar::default().fiscal_year_start(day("2027-03-31")), day("2026-04-01"));
}
