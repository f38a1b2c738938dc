use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::calendar::{Calendar, WorkClock};
use crate::id::Id;
use crate::time::{Day, Time, Zone};

const FROM: &str = "2026-10-05";
const TO: &str = "2026-11-24";

fn tickets() -> impl Strategy<Value = Vec<TicketFacts>> {
    let seconds = || proptest::option::weighted(0.7, 0_i64..2_000);
    let who = proptest::option::weighted(0.8, 0_u128..12);
    let words = (0_usize..5, 0_usize..4, 0_usize..4);
    let when = (0_i64..(60 * 24 * 60), proptest::option::weighted(0.8, -30_i64..9_000), any::<bool>());
    let ticket = (who, words, when, (seconds(), seconds(), seconds()), proptest::option::of(any::<bool>()), 0_i64..9);
    let origin = Zone::named("Asia/Tokyo").unwrap().start_of("2026-10-01".parse().unwrap());
    let made =
        ticket.prop_map(move |(who, (category, channel, operator), (at, first, closed), spans, abandoned, rating)| {
            let opened_at = origin.plus_us(at * 60_000_000);
            TicketFacts {
                customer: who.map(|n| Id::from_uuid(Uuid::from_u128(n))),
                source: "desk".to_owned(),
                category: ["", "操作方法", "不具合", "契約", "要望"][category].to_owned(),
                channel: ["", "phone", "mail", "chat"][channel].to_owned(),
                operator: ["", "青木", "石田", "上野"][operator].to_owned(),
                opened_at,
                answered_at: first.map(|minutes| opened_at.plus_us(minutes * 60_000_000)),
                closed_at: closed.then(|| opened_at.plus_us(9_000_000_000)),
                talk_s: spans.0,
                wrap_up_s: spans.1,
                handling_s: spans.2,
                abandoned,
                satisfaction: (1..=5).contains(&rating).then_some(rating),
            }
        });
    proptest::collection::vec(made, 0..80)
}

/// The definitions once more, as one would write them on paper.
fn value_of(kpi: Kpi, t: &TicketFacts, all: &[TicketFacts], clock: &WorkClock<'_>) -> (bool, Option<f64>) {
    let is_call = t.channel == "phone";
    let talked = t.talk_s.is_some_and(|s| s > 0) || t.answered_at.is_some();
    let lost = t.abandoned == Some(true);
    let end = t.abandoned.map(|lost| !lost).or(talked.then_some(true));
    let told = all.iter().any(|t| t.channel == "phone" && t.abandoned.is_some());
    let yes = |b: bool| f64::from(u8::from(b));
    #[allow(clippy::cast_precision_loss)]
    let seconds = |s: Option<i64>| s.map(|s| s as f64);
    let first = t.answered_at.filter(|at| *at >= t.opened_at);
    match kpi {
        Kpi::AnswerRate => (is_call, end.filter(|_| is_call && told).map(yes)),
        Kpi::AbandonRate => (is_call, end.filter(|_| is_call && told).map(|answered| yes(!answered))),
        Kpi::TalkTime => (is_call && !lost, seconds(t.talk_s).filter(|_| is_call && !lost)),
        Kpi::WrapUpTime => (!lost, seconds(t.wrap_up_s).filter(|_| !lost)),
        Kpi::HandlingTime => {
            let both = t.talk_s.and_then(|a| t.wrap_up_s.map(|b| a + b));
            (!lost, seconds(t.handling_s.or(both)).filter(|_| !lost))
        }
        Kpi::FirstAnswer | Kpi::FirstAnswerMost => {
            let wait = first.map(|at| (at.micros() - t.opened_at.micros()) / 1_000_000);
            (!is_call, seconds(wait).filter(|_| !is_call))
        }
        Kpi::FirstAnswerWorking | Kpi::FirstAnswerWorkingMost => {
            let wait = first.map(|at| clock.seconds_between(t.opened_at, at));
            (!is_call, seconds(wait).filter(|_| !is_call))
        }
        Kpi::Csat => (!lost, t.satisfaction.map(|s| yes(s >= 4)).filter(|_| !lost)),
    }
}

/// The least value with at least `percent` of all values at or below it.
fn rank(values: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.iter().copied().find(|v| values.iter().filter(|w| **w <= *v).count() * 100 >= percent * values.len())
}

fn sum_up(kpi: Kpi, values: &[f64]) -> Option<f64> {
    match kpi {
        Kpi::FirstAnswer | Kpi::FirstAnswerWorking => rank(values, 50),
        Kpi::FirstAnswerMost | Kpi::FirstAnswerWorkingMost => rank(values, 90),
        #[allow(clippy::cast_precision_loss)]
        _ => (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64),
    }
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9 * (1.0 + b.abs()),
        (a, b) => a == b,
    }
}

fn check_line(
    line: &Line,
    own: &[&TicketFacts],
    all: &[TicketFacts],
    clock: &WorkClock<'_>,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(line.received, own.len() as u64);
    let mut asked: BTreeMap<Uuid, u64> = BTreeMap::new();
    for customer in own.iter().filter_map(|t| t.customer) {
        *asked.entry(customer.uuid()).or_default() += 1;
    }
    prop_assert_eq!(line.customers, asked.len() as u64);
    prop_assert_eq!(line.repeating, asked.values().filter(|n| **n > 1).count() as u64);
    prop_assert_eq!(line.unknown, own.iter().filter(|t| t.customer.is_none()).count() as u64);
    let handled = |t: &TicketFacts| {
        let answered = t.answered_at.is_some() || t.talk_s.is_some_and(|s| s > 0) || t.abandoned == Some(false);
        t.abandoned != Some(true) && (answered || t.closed_at.is_some())
    };
    prop_assert_eq!(line.handled, own.iter().filter(|t| handled(t)).count() as u64);
    for kpi in Kpi::ALL {
        let told: Vec<(bool, Option<f64>)> = own.iter().map(|t| value_of(kpi, t, all, clock)).collect();
        let values: Vec<f64> = told.iter().filter_map(|(_, v)| *v).collect();
        let gauge = line.gauge(kpi);
        prop_assert_eq!(gauge.concerned, told.iter().filter(|(c, _)| *c).count() as u64, "{:?}", kpi);
        prop_assert_eq!(gauge.measured, values.len() as u64, "{:?}", kpi);
        prop_assert!(near(gauge.value, sum_up(kpi, &values)), "{kpi:?} {gauge:?} {values:?}");
    }
    Ok(())
}

/// Each customer once: the mean, or the middle, of their own inquiries.
fn by_customer(kpi: Kpi, own: &[&TicketFacts], all: &[TicketFacts], clock: &WorkClock<'_>) -> (u64, Option<f64>) {
    let mut of_customers: BTreeMap<Uuid, Vec<f64>> = BTreeMap::new();
    for t in own {
        if let (Some(customer), (_, Some(value))) = (t.customer, value_of(kpi, t, all, clock)) {
            of_customers.entry(customer.uuid()).or_default().push(value);
        }
    }
    let is_rank = !matches!(sum_up(kpi, &[0.0, 1.0]), Some(v) if (v - 0.5).abs() < 1e-9);
    let middle = |values: &Vec<f64>| if is_rank { rank(values, 50) } else { sum_up(kpi, values) };
    let values: Vec<f64> = of_customers.values().filter_map(middle).collect();
    (values.len() as u64, sum_up(kpi, &values))
}

fn check_pareto(pareto: &Pareto, own: &[&TicketFacts]) -> Result<(), TestCaseError> {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for t in own.iter().filter(|t| !t.category.is_empty()) {
        *sizes.entry(&t.category).or_default() += 1;
    }
    let mut order: Vec<(&str, u64)> = sizes.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let found: Vec<(&str, u64)> = pareto.rows.iter().map(|r| (r.category.as_str(), r.inquiries)).collect();
    prop_assert_eq!(&found, &order);
    prop_assert_eq!(pareto.without + order.iter().map(|(_, n)| n).sum::<u64>(), pareto.total);
    let known: BTreeSet<Uuid> = own.iter().filter_map(|t| t.customer).map(|c| c.uuid()).collect();
    for top in &pareto.tops {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let count = (order.len() as f64 * top.percent as f64 / 100.0).ceil() as usize;
        let names: Vec<&str> = order.iter().take(count).map(|(name, _)| *name).collect();
        let theirs: Vec<&&TicketFacts> = own.iter().filter(|t| names.contains(&t.category.as_str())).collect();
        let who: BTreeSet<Uuid> = theirs.iter().filter_map(|t| t.customer).map(|c| c.uuid()).collect();
        prop_assert_eq!((top.categories, top.inquiries, top.customers), (count, theirs.len() as u64, who.len() as u64));
        #[allow(clippy::cast_precision_loss)]
        let shares = (theirs.len() as f64 / own.len().max(1) as f64, who.len() as f64 / known.len().max(1) as f64);
        prop_assert!((top.share - shares.0).abs() < 1e-9 && (top.customer_share - shares.1).abs() < 1e-9);
    }
    if let Some(last) = pareto.rows.last() {
        #[allow(clippy::cast_precision_loss)]
        let all = (pareto.total - pareto.without) as f64 / pareto.total as f64;
        prop_assert!((last.cumulative - all).abs() < 1e-9);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn every_number_is_what_its_definition_counts(all in tickets()) {
        let (calendar, zone) = (Calendar::default(), Zone::named("Asia/Tokyo").unwrap());
        let clock = WorkClock { calendar: &calendar, zone: &zone };
        let (from, to): (Day, Day) = (FROM.parse().unwrap(), TO.parse().unwrap());
        let mut desk = Desk::new(from, to);
        all.iter().for_each(|t| desk.add(t, &clock));
        let report = desk.report();
        let day = |t: &TicketFacts| zone.day_of(t.opened_at);
        let all: Vec<TicketFacts> = all.into_iter().filter(|t| (from..=to).contains(&day(t))).collect();
        let own: Vec<&TicketFacts> = all.iter().collect();

        check_line(&report.all, &own, &all, &clock)?;
        for kpi in Kpi::ALL {
            let (customers, value) = by_customer(kpi, &own, &all, &clock);
            let gauge = report.all.gauge(kpi);
            prop_assert_eq!(gauge.customers, customers);
            prop_assert!(near(gauge.by_customer, value), "{kpi:?} {gauge:?} {value:?}");
        }
        type Key = fn(&TicketFacts) -> &String;
        let groups: [(&[Line], Key); 3] = [
            (&report.channels, |t| &t.channel),
            (&report.categories, |t| &t.category),
            (&report.operators, |t| &t.operator),
        ];
        for (lines, key) in groups {
            prop_assert_eq!(lines.iter().map(|l| l.received).sum::<u64>(), own.len() as u64);
            for line in lines {
                let theirs: Vec<&TicketFacts> = own.iter().copied().filter(|t| *key(t) == line.name).collect();
                check_line(line, &theirs, &all, &clock)?;
            }
        }
        prop_assert_eq!(report.weeks.len(), 8);
        for week in &report.weeks {
            let theirs: Vec<&TicketFacts> =
                own.iter().copied().filter(|t| (week.day..week.day.plus(7)).contains(&day(t))).collect();
            check_line(week, &theirs, &all, &clock)?;
        }
        check_pareto(&report.pareto, &own)?;
        let askers: u64 = report.askers.list.iter().map(|a| a.inquiries).sum();
        prop_assert_eq!(askers, report.all.received - report.all.unknown, "twelve customers at most: all are listed");
        prop_assert!(report.askers.list.windows(2).all(|w| w[0].inquiries >= w[1].inquiries));
    }
}

#[test]
fn without_a_word_about_lost_calls_nobody_claims_that_all_were_answered() {
    let (calendar, zone) = (Calendar::default(), Zone::UTC);
    let clock = WorkClock { calendar: &calendar, zone: &zone };
    let call = |abandoned, talk_s| TicketFacts {
        channel: "phone".to_owned(),
        opened_at: Time(0),
        abandoned,
        talk_s,
        ..TicketFacts::default()
    };
    let rate = |calls: &[TicketFacts]| {
        let mut desk = Desk::new(Day(0), Day(0));
        calls.iter().for_each(|c| desk.add(c, &clock));
        let gauge = desk.report().all.gauge(Kpi::AbandonRate);
        (gauge.state(), gauge.value)
    };
    assert_eq!(rate(&[call(None, Some(60)), call(None, Some(30))]), (GaugeState::Missing, None));
    assert_eq!(rate(&[call(None, Some(60)), call(Some(true), None)]), (GaugeState::Measured, Some(0.5)));
    assert_eq!(rate(&[call(Some(false), None)]), (GaugeState::Measured, Some(0.0)));
    assert_eq!(rate(&[]), (GaugeState::NotApplicable, None));
}

#[test]
fn periods_are_whole_weeks_and_the_running_one() {
    let (calendar, tuesday) = (Calendar::default(), "2026-11-24".parse().unwrap());
    let span = |p: Period| p.span(tuesday, &calendar).0.to_string();
    assert_eq!(span(Period::Month), "2026-10-26");
    assert_eq!(span(Period::Quarter), "2026-08-24");
    assert_eq!(span(Period::FiscalYear), "2026-04-01");
    assert_eq!(monday_of("2026-11-23".parse().unwrap()).to_string(), "2026-11-23");
    assert_eq!(monday_of("1969-12-28".parse().unwrap()).to_string(), "1969-12-22");
}
