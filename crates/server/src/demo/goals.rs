//! What customers want to reach, by when, and what became of it: one goal at first, and another in the year that runs.

use kizashi_domain::intake::CustomerRow;
use kizashi_domain::time::Day;

use super::paperwork::change;
use super::profile::{Profile, months_after};
use super::rng::Rng;
use super::{Company, words};

/// A goal is meant for so many months, so that its end can be talked about before the year ends.
const MONTHS: i32 = 9;
/// Of the goals whose day has passed, every so many-th was missed.
const MISSED_EVERY: usize = 7;
/// Every so many-th customer, from this one on, was to be there some days ago, and nobody has said how it ended.
const OVERDUE: (usize, usize) = (23, 3);
/// Such a goal was set at least so many days ago.
const OVERDUE_SET_DAYS: i32 = 100;

fn place(p: &Profile) -> usize {
    words::GOALS.iter().position(|goal| *goal == p.goal).unwrap_or_default()
}

/// What the customer uses the product for, what stands in its way, and what it works with.
pub(super) fn aims(p: &Profile) -> (&'static str, &'static str, &'static str) {
    words::AIMS.get(place(p) % words::AIMS.len()).copied().unwrap_or_default()
}

/// The first day of the customer's year that runs.
fn year_began(company: &Company, p: &Profile) -> Day {
    let until = p.churned_on.unwrap_or(company.today).min(company.today);
    (1..).map(|n| months_after(p.since, 12 * n)).take_while(|day| *day <= until).last().unwrap_or(p.since)
}

fn ends(company: &Company, from: Day) -> Day {
    company.calendar.previous_business_day(months_after(from, MONTHS))
}

/// The day of a goal that is overdue, when the customer has one.
fn overdue_on(company: &Company, p: &Profile) -> Option<Day> {
    let is_one = p.index % OVERDUE.0 == OVERDUE.1 && p.churned_on.is_none();
    let is_set = year_began(company, p) <= company.today.plus(-OVERDUE_SET_DAYS);
    let days = 10 + i32::try_from(p.index % 15).unwrap_or(0);
    (is_one && is_set).then(|| company.calendar.previous_business_day(company.today.plus(-days)))
}

/// The day of the goal of the year that runs.
fn runs_until(company: &Company, p: &Profile) -> Day {
    overdue_on(company, p).unwrap_or_else(|| ends(company, year_began(company, p)))
}

/// The goal that the customer came with, and its day.
pub(super) fn first(company: &Company, p: &Profile) -> (&'static str, Day) {
    let is_first_year = year_began(company, p) == p.since;
    let other = words::GOALS.get((place(p) + 5) % words::GOALS.len()).copied().unwrap_or(p.goal);
    if is_first_year { (p.goal, runs_until(company, p)) } else { (other, ends(company, p.since)) }
}

/// What became of it, the goal of the year that runs, and what became of that one.
pub(super) fn later(company: &Company, p: &Profile) -> Vec<(Day, CustomerRow)> {
    let mut rng = Rng::of(company.seed, &[41, p.index as u64]);
    let calendar = &company.calendar;
    let mut out = Vec::new();
    let state = |day: Day, word: &str| (day, CustomerRow { goal_state: Some(word.to_owned()), ..change(p, day) });
    let before = |day: Day, days: i32| calendar.previous_business_day(day.plus(-days));
    let began = year_began(company, p);
    if began > p.since {
        out.push(state(before(ends(company, p.since), rng.between(3, 40)), "reached"));
        let goal = CustomerRow {
            goal: Some(p.goal.to_owned()),
            goal_on: Some(runs_until(company, p)),
            goal_state: Some("open".to_owned()),
            ..change(p, began)
        };
        out.push((began, goal));
    }
    let (end, today) = (runs_until(company, p), company.today);
    let passed = today.0 - end.0;
    let early = rng.between(3, 25);
    let is_early = rng.is(0.2);
    if passed > 0 {
        let was_missed = p.index % MISSED_EVERY == 5;
        let said = match was_missed {
            true => state(calendar.next_business_day(end.plus(1)), "missed"),
            false => state(before(end, early), "reached"),
        };
        out.extend(overdue_on(company, p).is_none().then_some(said));
    } else if passed > -60 && is_early {
        out.push(state(before(today, early), "reached"));
    }
    out.retain(|(day, _)| *day <= today && *day > p.since && p.churned_on.is_none_or(|left| *day < left));
    out
}

#[cfg(test)]
mod tests {
    use kizashi_domain::time::Zone;

    use super::*;

    #[test]
    fn goals_lie_around_today_and_few_are_overdue() {
        let zone = Zone::named("Asia/Tokyo").unwrap();
        for (customers, today) in [(60, "2026-11-24"), (300, "2026-11-24"), (300, "2027-01-05"), (60, "2026-05-07")] {
            let now = zone.start_of(today.parse().unwrap()).plus_us(32_400_000_000);
            let company = Company::new(7, customers, 18, now, zone.clone());
            let (mut reached, mut under_way, mut overdue) = (0, 0, 0);
            for p in company.profiles.iter().filter(|p| p.churned_on.is_none()) {
                let (_, mut on) = first(&company, p);
                let mut state = "open".to_owned();
                for (day, row) in later(&company, p) {
                    assert!(day <= company.today, "{}: {day:?}", p.code);
                    on = row.goal_on.unwrap_or(on);
                    state = row.goal_state.unwrap_or(state);
                }
                let ahead = on.0 - company.today.0;
                assert!((-100..=280).contains(&ahead), "{} {on:?}", p.code);
                match state.as_str() {
                    "reached" => reached += 1,
                    "open" if ahead >= 0 => under_way += 1,
                    "open" => overdue += 1,
                    _ => {}
                }
            }
            assert!(
                reached * 10 >= customers && under_way * 3 >= customers,
                "{customers} {today}: {reached} {under_way}"
            );
            assert!((1..=customers / 20).contains(&overdue), "{customers} {today}: {overdue} overdue");
        }
    }
}
