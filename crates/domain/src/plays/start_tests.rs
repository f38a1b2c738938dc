use proptest::prelude::*;

use super::tests::day;
use super::*;
use crate::calendar::{Calendar, Closing, Rules};
use crate::time::Day;

fn dated(date: Anchor, every_months: Option<u32>, business_days: i32) -> Dated {
    Dated { date, every_months, business_days }
}

fn shown(days: Vec<Day>) -> Vec<String> {
    days.iter().map(ToString::to_string).collect()
}

#[test]
fn plays_begin_on_the_days_that_a_calendar_says() {
    let calendar = Calendar::default();
    let known = CustomerDates {
        since: Some(day("2024-08-31")),
        contract_start: Some(day("2026-04-01")),
        notice_deadline: Some(day("2026-12-31")),
        contract_end: Some(day("2027-03-31")),
    };
    // (start, first and last day looked at, the days on which it begins), by hand.
    let table: [(Dated, (&str, &str), &[&str]); 10] = [
        (dated(Anchor::Since, None, 5), ("2024-09-01", "2024-12-31"), &["2024-09-06"]),
        // 31 August and three months: the last of November, a Saturday in 2024, so that work begins on Monday.
        (dated(Anchor::Since, Some(3), 0), ("2024-09-01", "2025-06-30"), &["2024-12-02", "2025-02-28", "2025-06-02"]),
        (dated(Anchor::Since, Some(12), -10), ("2026-08-01", "2027-08-31"), &["2026-08-17", "2027-08-17"]),
        (dated(Anchor::ContractStart, None, 5), ("2026-04-01", "2026-04-30"), &["2026-04-08"]),
        // 31 December is closed: counted back from the 28th.
        (dated(Anchor::NoticeDeadline, None, -1), ("2026-12-01", "2026-12-31"), &["2026-12-25"]),
        // 21 business days of March before its last, 18 of February, 19 of January, 28 and 25 December.
        (dated(Anchor::ContractEnd, None, -60), ("2026-12-01", "2027-03-31"), &["2026-12-25"]),
        (
            dated(Anchor::MonthClosing, None, -2),
            ("2026-11-01", "2027-01-31"),
            &["2026-11-26", "2026-12-24", "2027-01-27"],
        ),
        (dated(Anchor::QuarterEnd, None, 3), ("2026-09-01", "2027-01-31"), &["2026-10-05", "2027-01-06"]),
        (dated(Anchor::YearEnd, None, -20), ("2026-11-01", "2027-12-31"), &["2027-03-02"]),
        // It began before anybody looked.
        (dated(Anchor::Since, None, 0), ("2026-01-01", "2026-12-31"), &[]),
    ];
    for (start, (first, last), days) in table {
        assert_eq!(shown(start.calls(&known, (day(first), day(last)), &calendar)), days, "{start:?}");
    }
    let nothing = CustomerDates::default();
    assert!(
        dated(Anchor::Since, Some(1), 0).calls(&nothing, (day("2026-01-01"), day("2027-01-01")), &calendar).is_empty()
    );
}

#[test]
fn a_day_that_passed_lately_is_made_up_for_and_no_earlier_one() {
    let calendar = Calendar::default();
    let known = CustomerDates { notice_deadline: Some(day("2026-12-25")), ..CustomerDates::default() };
    let lately = |on: &str| dated(Anchor::NoticeDeadline, None, -10).called_lately(&known, day(on), &calendar);
    assert_eq!(lately("2026-12-10"), None);
    assert_eq!(lately("2026-12-11"), Some(day("2026-12-11")));
    assert_eq!(lately("2026-12-17"), Some(day("2026-12-11")), "the machine was off for a while");
    assert_eq!(lately("2026-12-18"), None);
}

#[test]
fn starts_are_read_and_written_as_files_have_them() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct File {
        start: Start,
    }
    for (text, start) in [
        ("start = { stage = \"onboarding\" }", Start::Stage("onboarding".into())),
        ("start = { date = \"since\", every_months = 3 }", Start::Dated(dated(Anchor::Since, Some(3), 0))),
        (
            "start = { date = \"notice_deadline\", business_days = -60 }",
            Start::Dated(dated(Anchor::NoticeDeadline, None, -60)),
        ),
    ] {
        let file: File = toml::from_str(text).unwrap();
        assert_eq!(file, File { start });
        assert_eq!(toml::from_str::<File>(&toml::to_string(&file).unwrap()).unwrap(), file);
    }
    for wrong in [
        "start = {}",
        "start = { stage = \"a\", date = \"since\" }",
        "start = { stage = \"a\", every_months = 3 }",
        "start = { every_months = 3 }",
        "start = { date = \"whenever\" }",
        "start = { date = \"since\", days = 3 }",
    ] {
        assert!(toml::from_str::<File>(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The days of a span are those that walking over every date would find, and cutting the span in two loses none and doubles none.
    #[test]
    fn no_day_is_lost_or_doubled(
        anchor in 0..Anchor::ALL.len(), months in prop::option::of(1_u32..15), shift in -40_i32..40,
        date in 19_000_i32..21_500, first in 20_000_i32..21_500, length in 0_i32..250, cut in 0_i32..250, closing in 1_i8..29,
    ) {
        let rules = Rules { closing: if closing > 27 { Closing::MonthEnd } else { Closing::On(closing) }, ..Rules::default() };
        let calendar = Calendar::new(rules);
        let (anchor, date) = (Anchor::ALL[anchor], Day(date));
        let months = months.filter(|_| Anchor::BEHIND.contains(&anchor));
        let known = CustomerDates {
            since: Some(date), contract_start: Some(date), notice_deadline: Some(date), contract_end: Some(date),
        };
        let start = dated(anchor, months, shift);
        let (first, last) = (Day(first), Day(first + length));
        let found = start.calls(&known, (first, last), &calendar);

        let mut all: Vec<Day> = match months {
            _ if anchor.is_closing() => {
                (18_500..22_500).map(Day).filter(|d| anchor.closing_from(*d, &calendar) == Some(*d)).collect()
            }
            None => vec![date],
            Some(months) => (1..200).map(|n| date.plus_months(n * i64::from(months))).collect(),
        };
        all.retain(|d| d.0 < 22_500);
        let begins = |d: Day| match shift {
            ..0 => calendar.add_business_days(calendar.previous_business_day(d), shift),
            _ => calendar.add_business_days(d, shift),
        };
        let mut expected: Vec<Day> = all.into_iter().map(begins).filter(|d| (first..=last).contains(d)).collect();
        expected.dedup();
        prop_assert_eq!(&found, &expected);
        let middle = Day(first.0 + cut.min(length));
        let mut halves = start.calls(&known, (first, middle), &calendar);
        halves.extend(start.calls(&known, (middle.plus(1), last), &calendar));
        prop_assert_eq!(found, halves);
    }
}
