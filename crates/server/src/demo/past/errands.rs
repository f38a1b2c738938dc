//! What a CSM did for a card: calls, letters, meetings, written down in the CRM.

use kizashi_app::intake::Received;
use kizashi_app::plays::Outcome;
use kizashi_domain::intake::{ActivityRow, Record};
use kizashi_domain::time::{Day, Time};

use super::super::dialogue::{activities, fill};
use super::super::paperwork::{person, person_id};
use super::super::profile::Profile;
use super::super::rng::Rng;
use super::super::usage::MINUTE_US;
use super::super::words::{self, Tale};
use super::super::{Company, leaver};

/// Of the last days nothing is added that counts as contact: what is said of customers today rests on it.
const SETTLED_DAYS: i32 = 60;

/// Something that was done.
pub(super) struct Errand {
    kind: &'static str,
    contact: usize,
    pub(super) at: Time,
    talk: words::Talk,
    /// Whether it was two-way.
    is_two_way: bool,
}

/// What was done between the taking and the closing of a card.
pub(super) fn list(
    company: &Company,
    p: &Profile,
    (taken_at, closed_at, outcome): (Time, Time, Outcome),
    tale: &Tale,
    rng: &mut Rng,
) -> Vec<Errand> {
    // Most go the usual way; what was for nothing ends with the first talk, and what went away by itself needs none.
    let count = match outcome {
        Outcome::Recovered => 0,
        Outcome::FalseAlarm => 1,
        _ if rng.is(0.9) => tale.way.len(),
        _ => 1,
    };
    let (first, last) = (company.zone.day_of(taken_at), company.zone.day_of(closed_at));
    let days = company.calendar.business_days_between(first, last);
    let steps = i32::try_from(count).unwrap_or(1).max(1);
    let mut out = Vec::new();
    for (nth, (kind, talk)) in (0..).zip(tale.way.iter().copied().take(count)) {
        let day = company.calendar.add_business_days(first, days * nth / steps);
        let at = match nth {
            0 => taken_at.plus_us(i64::from(rng.between(20, 75)) * MINUTE_US),
            n => company.at(day, i64::from(rng.between(9 * 60 + 30, 12 * 60) + 20 * n) * MINUTE_US),
        };
        if at > taken_at && at < closed_at {
            let is_two_way = kind != "mail" && counts_no_more(company, p, day);
            out.push(Errand { kind, contact: p.met(0, day), at, talk, is_two_way });
        }
    }
    out.sort_by_key(|errand| errand.at);
    out
}

/// Whether somebody spoke with the customer after this day, and long enough ago.
fn counts_no_more(company: &Company, p: &Profile, day: Day) -> bool {
    let settled = company.start_of(company.today.plus(-SETTLED_DAYS));
    let after = company.start_of(day.plus(1));
    activities(company, p).iter().any(|a| match &a.record {
        Record::Activity(row) => row.direction.as_deref() == Some("both") && row.at >= after && row.at < settled,
        _ => false,
    })
}

/// What the CRM sends of it; `n` tells it from the others of the customer.
pub(super) fn record(company: &Company, p: &Profile, errand: &Errand, n: usize) -> Received {
    let mut rng = Rng::of(company.seed, &[31, p.index as u64, n as u64]);
    let who = format!("{}様", person(company, p, errand.contact).surname.0);
    let row = ActivityRow {
        external_id: format!("A-{}-C{:03}", p.code, n + 1),
        customer: p.code.clone(),
        contact: Some(person_id(p, errand.contact)),
        kind: errand.kind.to_owned(),
        direction: Some(if errand.is_two_way { "both" } else { "out" }.to_owned()),
        at: errand.at,
        staff: words::STAFF
            .get(leaver::owner_on(company, p, company.zone.day_of(errand.at)))
            .map(|s| s.mail.to_owned()),
        subject: Some(fill(errand.talk.0, &who, p, &mut rng)),
        body: Some(fill(errand.talk.1, &who, p, &mut rng)),
    };
    let late = i64::from(rng.between(4, 90)) * MINUTE_US;
    Received { at: errand.at.plus_us(late), assumed: false, record: Record::Activity(row) }
}
