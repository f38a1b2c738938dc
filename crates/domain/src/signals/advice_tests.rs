use proptest::prelude::*;

use super::*;
use crate::lang::Text;
use crate::time::Day;

fn rule(when: Trigger) -> Rule {
    Rule {
        id: "r".into(),
        title: Text::new("兆し", "sign"),
        what: Text::new("電話する", "call"),
        card: CardKind::Risk,
        when,
        also: Vec::new(),
        audience: crate::customers::Audience::default(),
        dwell_days: 3,
        cooldown_days: 0,
        severity: 0.5,
        due_business_days: 3,
        play: None,
    }
}

fn below(fire: f64) -> Rule {
    rule(Trigger::Threshold { of: "m".into(), side: Side::Below, fire, clear: None })
}

fn arrival() -> Rule {
    rule(Trigger::Arrival { what: Occurrence::CancelWords })
}

/// A case of a customer of its own.
fn case(n: usize, is_real: bool) -> Answered {
    Answered {
        subject: format!("c{n}"),
        fired: Day(20_000),
        figure: None,
        lasted_days: None,
        is_real,
        reason: None,
        segment: None,
        age_days: Some(1_000),
    }
}

fn figures_of(of: &[(f64, bool)]) -> Vec<Answered> {
    of.iter().enumerate().map(|(n, (figure, real))| Answered { figure: Some(*figure), ..case(n, *real) }).collect()
}

fn proposed(advice: Advice) -> Proposal {
    match advice {
        Advice::Change(proposal) => proposal,
        other => panic!("{other:?}"),
    }
}

const HALF: [(f64, bool); 6] = [(29.0, false), (28.0, false), (27.0, false), (20.0, true), (12.0, true), (5.0, false)];

#[test]
fn a_stricter_limit_is_the_one_that_drops_most_and_loses_least() {
    let proposal = proposed(advise(&below(30.0), &figures_of(&HALF), &[]));
    assert_eq!(proposal.change, Change::Limit { from: 30.0, to: 20.0 });
    assert_eq!((proposal.dropped, proposal.false_alarms, proposal.lost, proposal.real), (3, 4, 0, 2));
    let above = rule(Trigger::Threshold { of: "m".into(), side: Side::Above, fire: -30.0, clear: None });
    let proposal = proposed(advise(&above, &figures_of(&HALF.map(|(f, real)| (-f, real))), &[]));
    assert_eq!(proposal.change, Change::Limit { from: -30.0, to: -20.0 });
    assert_eq!(
        proposal.change.apply(&above).when,
        Trigger::Threshold { of: "m".into(), side: Side::Above, fire: -20.0, clear: None }
    );
}

#[test]
fn a_limit_is_one_that_people_would_write() {
    let of = |figures: [f64; 5]| {
        let cases = figures.map(|f| (f, f > -0.38));
        let cases: Vec<(f64, bool)> = cases.into_iter().map(|(f, soft)| (f, !soft)).collect();
        proposed(advise(&below(-0.35), &figures_of(&cases), &[])).change
    };
    // −0.386 is the mildest real one, −0.3612 the gravest false alarm.
    assert_eq!(of([-0.355, -0.3579, -0.3612, -0.386_996, -0.51]), Change::Limit { from: -0.35, to: -0.38 });
}

#[test]
fn a_longer_dwell_drops_what_was_soon_over() {
    let over = |n, days| Answered { lasted_days: Some(days), ..case(n, false) };
    let cases = [over(0, 1), over(1, 2), over(2, 4), case(3, true)];
    let proposal = proposed(advise(&below(30.0), &cases, &[]));
    assert_eq!(proposal.change, Change::Dwell { from: 3, to: 8 });
    assert_eq!((proposal.dropped, proposal.lost), (3, 0));
    // What happens once does not last.
    let arrived = advise(&arrival(), &cases, &[]);
    assert_eq!(arrived, Advice::Alike);
}

#[test]
fn of_what_comes_again_and_again_a_cooldown_drops_what_is_over_before_it_ends() {
    let again = |day: i32, is_real| Answered { subject: "one".into(), fired: Day(20_000 + day), ..case(0, is_real) };
    let cases = [again(0, true), again(3, false), again(6, false), again(9, false), case(1, true)];
    let proposal = proposed(advise(&arrival(), &cases, &[]));
    // An arrival of the ninth day is answered until the 23rd.
    assert_eq!(proposal.change, Change::Cooldown { from: 0, to: 24 });
    assert_eq!((proposal.dropped, proposal.lost), (3, 0));
    assert_eq!(proposal.change.drops(&arrival(), &cases), [false, true, true, true, false]);
    assert_eq!(proposal.change.apply(&arrival()).cooldown_days, 24);
}

#[test]
fn a_segment_is_left_out_where_most_false_alarms_come_from_it() {
    let of = |n, segment: &str, is_real| Answered { segment: Some(segment.into()), ..case(n, is_real) };
    let known = ["city".to_owned(), "shop".to_owned(), "maker".to_owned()];
    let mut cases = vec![of(0, "shop", false), of(1, "shop", false), of(2, "shop", false), of(3, "city", true)];
    let proposal = proposed(advise(&arrival(), &cases, &known));
    let left = vec!["city".to_owned(), "maker".to_owned()];
    assert_eq!(proposal.change, Change::Segments { without: "shop".into(), left: left.clone() });
    assert_eq!(proposal.change.apply(&arrival()).audience.segments, left);
    // Two are too few to say so of a whole segment, and real ones in it keep it in.
    assert_eq!(advise(&arrival(), &cases[1..], &known), Advice::Few);
    cases.extend([of(4, "shop", true), of(5, "shop", true)]);
    assert_eq!(advise(&arrival(), &cases, &known), Advice::Alike);
}

#[test]
fn who_is_new_is_left_out_where_that_is_where_they_come_from() {
    let aged = |n, days, is_real| Answered { age_days: Some(days), ..case(n, is_real) };
    let cases = [aged(0, 10, false), aged(1, 40, false), aged(2, 55, false), aged(3, 400, true), aged(4, 70, true)];
    let proposal = proposed(advise(&arrival(), &cases, &[]));
    assert_eq!(proposal.change, Change::Age { from: 0, to: 60 });
    assert_eq!(proposal.change.apply(&arrival()).audience.age_days_from, Some(60));
}

#[test]
fn what_people_said_leads() {
    let said = |reason: FalseReason| {
        let mut cases = figures_of(&HALF);
        cases.iter_mut().filter(|a| !a.is_real).for_each(|a| a.reason = Some(reason));
        cases
    };
    assert_eq!(advise(&below(30.0), &said(FalseReason::WrongData), &[]), Advice::MendData);
    assert_eq!(advise(&below(30.0), &said(FalseReason::Season), &[]), Advice::MendCalendar);
    assert_eq!(count_reasons(&said(FalseReason::Season)), [(FalseReason::Season, 4)]);
    // A longer dwell drops one more than the limit; the limit is what they complain of, and the other way round for what was known.
    let mut cases = said(FalseReason::Known);
    for (n, a) in cases.iter_mut().enumerate().filter(|(_, a)| !a.is_real) {
        (a.lasted_days, a.subject, a.fired) = (Some(1), "one".into(), Day(20_000 + i32::try_from(n).unwrap()));
    }
    assert!(matches!(proposed(advise(&below(30.0), &cases, &[])).change, Change::Cooldown { .. }));
    cases.iter_mut().for_each(|a| a.reason = a.reason.map(|_| FalseReason::TooSensitive));
    assert!(matches!(proposed(advise(&below(30.0), &cases, &[])).change, Change::Dwell { .. }));
    // One voice of several leads nowhere.
    cases.iter_mut().for_each(|a| a.reason = None);
    cases[0].reason = Some(FalseReason::WrongData);
    assert!(matches!(advise(&below(30.0), &cases, &[]), Advice::Change(_)));
}

prop_compose! {
    fn any_case()(
        subject in 0_usize..4, day in 0_i32..60, figure in 0.0_f64..30.0, lasted_days in prop::option::of(0_u32..20),
        is_real in any::<bool>(), segment in prop::option::of(0_usize..3), age in prop::option::of(0_u32..400),
    ) -> Answered {
        Answered {
            fired: Day(20_000 + day),
            figure: Some(figure),
            lasted_days,
            segment: segment.map(|n| format!("s{n}")),
            age_days: age,
            ..case(subject, is_real)
        }
    }
}

proptest! {
    #[test]
    fn a_proposal_does_what_it_says(cases in prop::collection::vec(any_case(), 0..30), arrives in any::<bool>()) {
        let known: Vec<String> = (0..3).map(|n| format!("s{n}")).collect();
        let rule = if arrives { arrival() } else { below(30.0) };
        if let Advice::Change(p) = advise(&rule, &cases, &known) {
            let goes = p.change.drops(&rule, &cases);
            let of = |real: bool| cases.iter().zip(&goes).filter(|(a, goes)| a.is_real == real && **goes).count();
            prop_assert_eq!((of(true), of(false)), (p.lost as usize, p.dropped as usize));
            prop_assert!(p.dropped > 2 * p.lost);
            // The rule that comes of it is another one, and asks more.
            prop_assert_ne!(p.change.apply(&rule), rule.clone());
            match p.change {
                Change::Limit { to, .. } => prop_assert!(!arrives && to <= 30.0),
                Change::Dwell { from, to } => prop_assert!(!arrives && to > from),
                Change::Cooldown { from, to } | Change::Age { from, to } => prop_assert!(to > from),
                Change::Segments { without, left } => prop_assert!(!left.contains(&without) && left.len() == 2),
            }
        }
    }
}
