//! Customers, contacts and contracts as the CRM sends them.

use kizashi_domain::intake::{ContactRow, ContractRow, CustomerRow, Record};
use kizashi_domain::money::Money;
use kizashi_domain::time::{Day, Time};

use super::profile::{self, CITY, Profile, SEGMENTS};
use super::rng::Rng;
use super::romaji::romaji;
use super::story::StoryKind;
use super::usage::{HOUR_US, MINUTE_US};
use super::{Arrival, CRM, Company, goals, leaver, months_before, planted, words};

/// Tax excluded, a term's amount; two-year terms are 5 % cheaper.
const fn amount_of(mrr: i64, months: i32) -> i64 {
    let full = mrr * months as i64;
    if months >= 24 { full * 95 / 100 } else { full }
}

/// The nightly run of the CRM's feed after `day`.
fn nightly(company: &Company, day: Day, index: usize) -> Time {
    let spread = i64::try_from(index % 1_200).unwrap_or(0) * 1_500_000;
    company.at(day.plus(1), 3 * HOUR_US + 5 * MINUTE_US + spread)
}

/// When the CRM told us about something true from `day` on: history from before the first day came in bulk on that day.
pub(super) fn told(company: &Company, day: Day, index: usize) -> Time {
    nightly(company, day.max(company.first.plus(-1)), index)
}

/// The customer, and every later change of it: stage, felt rating, leaving.
pub(super) fn customers(company: &Company, p: &Profile) -> Vec<Arrival> {
    let mut out = vec![arrival(told(company, p.since, p.index), first_row(company, p))];
    for (day, row) in stages(company, p).into_iter().chain(felt(company, p)) {
        out.push(arrival(nightly(company, day, p.index), row));
    }
    for (day, row) in goals::later(company, p) {
        out.push(arrival(told(company, day, p.index), row));
    }
    out.sort_by_key(|a| a.received_at);
    out
}

const fn arrival(received_at: Time, row: CustomerRow) -> Arrival {
    Arrival { source: CRM, received_at, record: Record::Customer(row) }
}

fn first_row(company: &Company, p: &Profile) -> CustomerRow {
    let parent = p.parent.and_then(|i| company.profiles.get(i)).map(|q| q.code.clone());
    let (purpose, challenges, environment) = goals::aims(p);
    let (goal, goal_on) = goals::first(company, p);
    CustomerRow {
        external_id: p.code.clone(),
        name: Some(p.name.clone()),
        reading: Some(p.reading.clone()),
        parent,
        segment: SEGMENTS.get(p.segment).map(|s| s.0.to_owned()),
        stage: Some(if p.since >= company.first { "onboarding" } else { "adoption" }.to_owned()),
        region: Some(p.region.to_owned()),
        industry: Some(p.industry.to_owned()),
        employees: Some(p.employees),
        owner: words::STAFF.get(leaver::owner_on(company, p, company.first)).map(|s| s.mail.to_owned()),
        goal: Some(goal.to_owned()),
        goal_on: Some(goal_on),
        goal_state: Some("open".to_owned()),
        purpose: Some(purpose.to_owned()),
        challenges: Some(challenges.to_owned()),
        environment: Some(environment.to_owned()),
        domain: Some(p.domain.clone()),
        since: Some(p.since),
        as_of: Some(p.since),
        ..CustomerRow::default()
    }
}

pub(super) fn change(p: &Profile, day: Day) -> CustomerRow {
    CustomerRow { external_id: p.code.clone(), as_of: Some(day), ..CustomerRow::default() }
}

/// Later lifecycle stages, with their day.
fn stages(company: &Company, p: &Profile) -> Vec<(Day, CustomerRow)> {
    let today = company.today;
    let mut out = Vec::new();
    let mut stage = |day: Day, word: &str| {
        if day > p.since && day <= today && p.churned_on.is_none_or(|end| day <= end) {
            out.push((day, CustomerRow { stage: Some(word.to_owned()), ..change(p, day) }));
        }
    };
    // The stage of those on their way follows their playbook, whose last step writes it.
    if p.since >= company.first
        && !planted::is_new(p.index)
        && let Some(done) = p.setup.last().copied().flatten()
    {
        stage(done, "adoption");
    }
    if matches!(p.story, Some(StoryKind::SeatLimit))
        || (p.churned_on.is_none() && profile::on_line(&p.trend, today) > 1.3)
    {
        stage(today.plus(-40), "expansion");
    }
    if let Some(end) = p.churned_on {
        let row = CustomerRow { stage: Some("churned".to_owned()), churned_on: Some(end), ..change(p, end) };
        out.push((end, row));
    }
    out
}

/// Each quarter the CSM rates the customer from 1 to 5 by feeling: near the truth, a little late.
fn felt(company: &Company, p: &Profile) -> Vec<(Day, CustomerRow)> {
    let mut rng = Rng::of(company.seed, &[4, p.index as u64]);
    let last = p.churned_on.unwrap_or(company.today);
    let mut day = p.since.max(company.first).plus(rng.between(20, 80));
    let mut out = Vec::new();
    while day < last {
        let rated = company.calendar.next_business_day(day);
        let silent = matches!(p.story, Some(StoryKind::SilentBeforeNotice)) && p.quiet_from.is_some_and(|q| rated >= q);
        if silent || rated >= last {
            break;
        }
        let truth = profile::on_line(&p.trend, rated.plus(-14));
        let rating = (1.2 + 2.5 * truth + p.warmth + (rng.unit() - 0.5) * 1.2).round().clamp(1.0, 5.0);
        out.push((rated, CustomerRow { figures: vec![("felt".to_owned(), rating)], ..change(p, rated) }));
        day = day.plus(if company.detail_of(p) < 0.5 { rng.between(160, 200) } else { rng.between(80, 100) });
    }
    if matches!(p.story, Some(StoryKind::BadChild)) {
        // The CSM of the group looked at them at last.
        let rated = company.calendar.previous_business_day(company.today.plus(-8));
        out.push((rated, CustomerRow { figures: vec![("felt".to_owned(), 1.0)], ..change(p, rated) }));
    }
    out
}

/// External id of contact or user `nth` of a customer.
pub(super) fn person_id(p: &Profile, nth: usize) -> String {
    format!("{}-u{:02}", p.code, nth + 1)
}

/// The name of contact `nth`.
pub(super) fn person(company: &Company, p: &Profile, nth: usize) -> words::Person {
    words::person(&mut Rng::of(company.seed, &[5, p.index as u64, nth as u64]))
}

/// The address of contact `nth`.
pub(super) fn mail_of(company: &Company, p: &Profile, nth: usize) -> String {
    let person = person(company, p, nth);
    format!("{}.{}{}@{}", romaji(person.given.1), romaji(person.surname.1), nth + 1, p.domain)
}

/// The people of a customer; a champion who left once more, with the day.
pub(super) fn contacts(company: &Company, p: &Profile) -> Vec<Arrival> {
    let mut out: Vec<Arrival> = (0..p.contacts).map(|nth| contact(company, p, nth)).collect();
    if let Some(left) = p.champion_left {
        let row = ContactRow {
            external_id: person_id(p, 0),
            customer: p.code.clone(),
            left_on: Some(left),
            ..ContactRow::default()
        };
        out.push(Arrival { source: CRM, received_at: nightly(company, left, p.index), record: Record::Contact(row) });
    }
    if let Some((nth, day)) = planted::successor(p) {
        let row = ContactRow {
            external_id: person_id(p, nth),
            customer: p.code.clone(),
            role: Some("champion".to_owned()),
            ..ContactRow::default()
        };
        out.push(Arrival { source: CRM, received_at: nightly(company, day, p.index), record: Record::Contact(row) });
    }
    out
}

fn contact(company: &Company, p: &Profile, nth: usize) -> Arrival {
    let mut rng = Rng::of(company.seed, &[6, p.index as u64, nth as u64]);
    let person = person(company, p, nth);
    let (surname, given) = (person.surname, person.given);
    let role = ["champion", "admin", "key_person"].get(nth).copied().unwrap_or("user");
    let row = ContactRow {
        external_id: person_id(p, nth),
        customer: p.code.clone(),
        name: Some(format!("{} {}", surname.0, given.0)),
        reading: Some(format!("{} {}", surname.1, given.1)),
        title: Some(words::title(&mut rng, nth, p.segment == CITY).to_owned()),
        role: Some(role.to_owned()),
        email: Some(mail_of(company, p, nth)),
        // No area has an exchange 0000: the number rings nowhere.
        phone: Some(format!("0{}-0000-{:04}", rng.between(3, 9), rng.below(10_000))),
        left_on: None,
    };
    Arrival { source: CRM, received_at: told(company, p.since, p.index), record: Record::Contact(row) }
}

/// The terms of the customer's contract that touch the history.
pub(super) fn contracts(company: &Company, p: &Profile) -> Vec<Arrival> {
    let visible = months_before(company.first, 1);
    p.terms
        .iter()
        .filter(|t| t.end >= visible)
        .map(|t| {
            let row = ContractRow {
                external_id: format!("K{:05}", p.index + 1),
                customer: p.code.clone(),
                plan: Some(
                    ["ライト", "スタンダード", "プレミアム"].get(t.plan).copied().unwrap_or("ライト").to_owned(),
                ),
                seats: Some(i64::from(t.seats)),
                amount: Some(Money::yen(amount_of(t.mrr, p.months))),
                months: Some(i64::from(p.months)),
                start: Some(t.start),
                end: Some(t.end),
                auto_renew: Some(p.auto_renew),
                notice_days: Some(p.notice_days),
            };
            // Orders are booked before the term begins.
            let booked = if t.start > p.since { t.start.plus(-12) } else { t.start.plus(-1) };
            Arrival { source: CRM, received_at: told(company, booked, p.index), record: Record::Contract(row) }
        })
        .collect()
}
