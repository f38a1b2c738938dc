//! What the CSMs felt about their customers in these months, as they wrote it down after a call: much of it came so, some did not, and
//! of some one cannot tell yet.

use std::collections::HashMap;

use kizashi_app::Result;
use kizashi_app::customers::{NewHunch, note_hunch};
use kizashi_app::measure::Subject;
use kizashi_domain::time::Day;

use super::super::profile::{Profile, on_line};
use super::super::rng::Rng;
use super::super::usage::MINUTE_US;
use super::super::{Company, leaver, scenes, words};
use super::{CUSTOMERS_MAX, Stage};

/// The oldest hunch, in days before today.
const OLDEST_DAYS: i32 = 118;
/// Of the customers every so many-th was felt something about; of those that were or will be handed over every one.
const EVERY: usize = 3;
/// Of 100 hunches so many go the way that the customer went.
const SEES_PERCENT: i32 = 66;
/// A customer that is used by so much more or less has moved.
const MOVED_SHARE: f64 = 0.12;
/// Nobody feels anything about a customer of fewer days.
const KNOWN_DAYS: i32 = 40;

/// A hunch as it is written down.
struct Felt {
    day: Day,
    minutes: i32,
    index: usize,
    new: NewHunch,
}

/// How much a customer is used on a day.
fn use_on(p: &Profile, day: Day) -> f64 {
    on_line(&p.people, day) * on_line(&p.trend, day)
}

/// Which way a customer goes between two days.
fn way(p: &Profile, (from, until): (Day, Day)) -> i64 {
    if p.churned_on.is_some_and(|left| left <= until) {
        return -1;
    }
    let (before, after) = (use_on(p, from), use_on(p, until));
    match (after - before) / before.max(0.01) {
        share if share < -MOVED_SHARE => -1,
        share if share > MOVED_SHARE => 1,
        _ => 0,
    }
}

fn feel(company: &Company, p: &Profile, nth: u64) -> Option<Felt> {
    let mut rng = Rng::of(company.seed, &[47, p.index as u64, nth]);
    let ago = company.today.plus(-rng.between(2, OLDEST_DAYS));
    let day = company.calendar.previous_business_day(ago);
    let is_there = p.since.plus(KNOWN_DAYS) <= day && p.churned_on.is_none_or(|left| left > day);
    if !is_there || company.calendar.previous_business_day(company.today) <= day {
        return None;
    }
    let days = rng.pick(&[21, 30, 30, 45, 60]).copied().unwrap_or(30);
    let went = way(p, (day, day.plus(days).min(company.today)));
    let sign = if rng.between(0, 99) < SEES_PERCENT { went } else { i64::from(rng.between(-1, 1)) };
    let feeling = sign * if rng.between(0, 3) == 0 { 2 } else { 1 };
    let notes = words::FELT.iter().find(|(of, _)| *of == feeling).map_or(&[][..], |(_, notes)| *notes);
    // Not everybody writes a line.
    let note = if rng.between(0, 4) == 0 { String::new() } else { rng.word(notes).to_owned() };
    let confidence = i64::from(rng.between(1, 3));
    let new = NewHunch { feeling, confidence, days: i64::from(days), note };
    Some(Felt { day, minutes: rng.between(16 * 60 + 10, 18 * 60 + 40), index: p.index, new })
}

/// Whether somebody else has this customer by now, or soon will.
fn changes_hands(company: &Company, p: &Profile) -> bool {
    leaver::is_handed(company, p) || words::STAFF.get(p.owner).is_some_and(|s| s.mail == scenes::LEFT)
}

impl Stage {
    /// Writes them down, each by whoever had the customer on its day.
    pub(super) async fn play_felt(&self, company: &Company, subjects: &HashMap<String, Subject>) -> Result<()> {
        let told = company.profiles.iter().take(CUSTOMERS_MAX);
        let told = told.filter(|p| p.index % EVERY == 1 || changes_hands(company, p));
        let mut all: Vec<Felt> = told
            .flat_map(|p| {
                (0..if leaver::is_handed(company, p) { 2 } else { 1 }).filter_map(|nth| feel(company, p, nth))
            })
            .collect();
        all.sort_by_key(|felt| (felt.day, felt.minutes, felt.index));
        for felt in all {
            let Some(p) = company.profiles.get(felt.index) else { continue };
            let Some(subject) = subjects.get(&p.code) else { continue };
            let mail = words::STAFF.get(leaver::owner_on(company, p, felt.day)).map(|s| s.mail);
            let staff = self.staff.iter().find(|s| Some(s.email.as_str()) == mail);
            let Some(grant) = staff.and_then(|s| self.grants.get(&s.id)) else { continue };
            self.clock.set(company.at(felt.day, i64::from(felt.minutes) * MINUTE_US));
            note_hunch(&self.app, grant, subject.id, felt.new).await?;
        }
        Ok(())
    }
}
