//! The support desk: tickets, calls, and calls that nobody answered in time.

use kizashi_domain::intake::{Record, TicketRow};
use kizashi_domain::time::{Day, Time};

use super::dialogue::{fill, last_day};
use super::profile::{self, Profile};
use super::rng::Rng;
use super::story::StoryKind;
use super::usage::MINUTE_US;
use super::words::{self, Topic};
use super::{Arrival, Company, ZENDESK, cast};

const SECOND_US: i64 = 1_000_000;
/// Share of the calls before which somebody had called in vain.
const TRIED_BEFORE: f64 = 0.04;
/// Calls a business day of people whose number nobody knows, and who did not wait.
const UNKNOWN_LOST: f64 = 0.08;

/// A ticket before it is a record.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    pub(super) id: String,
    pub(super) topic: Topic,
    pub(super) user: usize,
    pub(super) opened_at: Time,
    pub(super) answered_at: Time,
    pub(super) closed_at: Time,
    satisfaction: Option<i64>,
    channel: &'static str,
}

/// The ticket that the customer opens on `day`, which starts at `start`, if any.
pub(super) fn ticket_on(company: &Company, p: &Profile, day: Day, start: Time) -> Option<Ticket> {
    if day < p.since || day > last_day(company, p) {
        return None;
    }
    let mut rng = Rng::of(company.seed, &[8, p.index as u64, u64::from(day.0.unsigned_abs())]);
    let topic = match planted_topic(company, p, day) {
        Some(topic) => topic,
        None => {
            let people = profile::on_line(&p.people, day);
            let young = if day < p.since.plus(60) { 2.5 } else { 1.0 };
            let open = if company.calendar.is_business_day(day) { 1.0 } else { 0.04 };
            if !rng.is((0.008 + 0.0022 * people) * young * open * company.detail_of(p).sqrt()) {
                return None;
            }
            words::ticket_topic(&mut rng)
        }
    };
    let opened_at = start.plus_us(i64::from(rng.between(9 * 3_600, 18 * 3_600)) * 1_000_000);
    let answered_at = opened_at.plus_us(i64::from(rng.between(12, 26 * 60)) * MINUTE_US);
    let closed_at = answered_at.plus_us(i64::from(rng.between(30, 5 * 24 * 60)) * MINUTE_US);
    let happy = profile::on_line(&p.trend, day).clamp(0.3, 1.2);
    let satisfaction = rng.is(0.42).then(|| {
        #[expect(clippy::cast_possible_truncation, reason = "1 to 5")]
        let rating = (1.9 + 2.4 * happy + 0.8 * p.warmth + (rng.unit() - 0.6) * 2.0).round().clamp(1.0, 5.0) as i64;
        rating
    });
    Some(Ticket {
        id: format!("Z-{}-{}", p.code, day.0),
        topic,
        user: p.met(rng.below(p.contacts), day),
        opened_at,
        answered_at,
        closed_at,
        satisfaction,
        channel: rng.word(&["form", "form", "mail", "mail", "phone", "chat"]),
    })
}

fn planted_topic(company: &Company, p: &Profile, day: Day) -> Option<Topic> {
    let (cancel, setup, seats) = words::ticket_topics();
    let today = company.today;
    let work = |day: Day| company.calendar.previous_business_day(day);
    match p.story {
        Some(StoryKind::CancelWords) => (day == cast::cancel_day(&company.scene())).then_some(cancel),
        Some(StoryKind::OnboardingStuck) => {
            (day == work(p.since.plus(9)) || day == work(p.since.plus(20))).then_some(setup)
        }
        Some(StoryKind::SeatLimit) => (day == work(today.plus(-14))).then_some(seats),
        _ => None,
    }
}

/// The tickets of a customer: once when opened, once more when closed. Nothing arrives from a broken feed.
pub(super) fn tickets(company: &Company, p: &Profile) -> Vec<Arrival> {
    let mut out = Vec::new();
    let first = p.since.max(company.first);
    for day in first.0..=last_day(company, p).0 {
        let Some(ticket) = ticket_on(company, p, Day(day), company.start_of(Day(day))) else { continue };
        let mut rng = Rng::of(company.seed, &[9, p.index as u64, u64::from(day.unsigned_abs())]);
        let subject = fill(ticket.topic.subject, "", p, &mut rng);
        let body = fill(ticket.topic.body, "", p, &mut rng);
        let plain = TicketRow {
            external_id: ticket.id.clone(),
            customer: p.code.clone(),
            category: Some(ticket.topic.category.to_owned()),
            channel: Some(ticket.channel.to_owned()),
            direction: Some("in".to_owned()),
            status: Some("open".to_owned()),
            priority: Some(if ticket.topic.category == words::TROUBLE { "high" } else { "normal" }.to_owned()),
            subject: Some(subject),
            body: Some(body),
            opened_at: ticket.opened_at,
            ..TicketRow::default()
        };
        let mut rng = Rng::of(company.seed, &[13, p.index as u64, u64::from(day.unsigned_abs())]);
        let operator = rng.word(&words::OPERATORS).to_owned();
        let mut rows = Vec::new();
        if ticket.channel == "phone" {
            if p.story.is_none() && rng.is(TRIED_BEFORE) {
                let at = ticket.opened_at.plus_us(-i64::from(rng.between(240, 1_500)) * SECOND_US);
                rows.push((at, lost_call(format!("{}-0", ticket.id), &p.code, at)));
            }
            let (opened, closed) = call(&ticket, plain, operator, &mut rng);
            rows.extend([(ticket.opened_at, opened), (ticket.closed_at, closed)]);
        } else {
            let closed = TicketRow {
                answered_at: Some(ticket.answered_at),
                closed_at: Some(ticket.closed_at),
                handling_s: Some(i64::from(rng.between(180, 2_700))),
                status: Some("closed".to_owned()),
                operator: Some(operator),
                satisfaction: ticket.satisfaction,
                ..plain.clone()
            };
            rows.extend([(ticket.opened_at, plain), (ticket.closed_at, closed)]);
        }
        out.extend(rows.into_iter().filter_map(|(at, row)| arrive(company, at, row)));
    }
    out
}

/// What the telephone system writes when the call ends, and again when the matter is done with.
fn call(ticket: &Ticket, plain: TicketRow, operator: String, rng: &mut Rng) -> (TicketRow, TicketRow) {
    let waited = i64::from(rng.between(3, 48));
    // Hard matters take longer, and cost more afterwards.
    let weight = if ticket.topic.category == words::TROUBLE { 1.6 } else { 1.0 };
    let seconds = |low: i32, high: i32, rng: &mut Rng| {
        #[expect(clippy::cast_possible_truncation, reason = "an hour at most")]
        let n = (f64::from(rng.between(low, high)) * weight) as i64;
        n
    };
    let (talk, after) = (seconds(95, 640, rng), seconds(40, 260, rng));
    let opened = TicketRow {
        answered_at: Some(ticket.opened_at.plus_us(waited * SECOND_US)),
        talk_s: Some(talk),
        wrap_up_s: Some(after),
        handling_s: Some(talk + after),
        abandoned: Some(false),
        operator: Some(operator),
        ..plain
    };
    let closed = TicketRow {
        closed_at: Some(ticket.closed_at),
        status: Some("closed".to_owned()),
        satisfaction: ticket.satisfaction,
        ..opened.clone()
    };
    (opened, closed)
}

fn lost_call(id: String, customer: &str, at: Time) -> TicketRow {
    TicketRow {
        external_id: id,
        customer: customer.to_owned(),
        channel: Some("phone".to_owned()),
        direction: Some("in".to_owned()),
        status: Some("closed".to_owned()),
        abandoned: Some(true),
        opened_at: at,
        ..TicketRow::default()
    }
}

/// Calls of people whose number nobody knows, who hung up before anybody answered.
pub(super) fn lost_calls(company: &Company) -> impl Iterator<Item = Arrival> + '_ {
    (company.first.0..=company.today.0).map(Day).filter(|day| company.calendar.is_business_day(*day)).flat_map(|day| {
        let mut rng = Rng::of(company.seed, &[14, u64::from(day.0.unsigned_abs())]);
        let count = u32::from(rng.is(UNKNOWN_LOST)) + u32::from(rng.is(UNKNOWN_LOST * 0.4));
        (0..count)
            .filter_map(|n| {
                let at = company.start_of(day).plus_us(i64::from(rng.between(9 * 3_600, 18 * 3_600)) * SECOND_US);
                arrive(company, at, lost_call(format!("Z-lost-{}-{n}", day.0), "", at))
            })
            .collect::<Vec<_>>()
    })
}

/// The row as it arrives; nothing does from the broken feed on.
fn arrive(company: &Company, at: Time, row: TicketRow) -> Option<Arrival> {
    // A call is written down when it is over.
    let talked = row.handling_s.filter(|_| row.closed_at.is_none()).unwrap_or(0);
    let received_at = at.plus_us(3 * MINUTE_US + talked * SECOND_US);
    (received_at < company.broken_at).then_some(Arrival { source: ZENDESK, received_at, record: Record::Ticket(row) })
}
