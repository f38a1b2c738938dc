use proptest::prelude::*;

use super::*;
use crate::customers::Profile;
use crate::lang::{Lang, Text};
use crate::measure::{Feed, Kind, Metric, Places, Reading, State};
use crate::time::Day;

const START: i32 = 20_000;

fn rule(when: Trigger) -> Rule {
    Rule {
        id: "r".into(),
        title: Text::new("{metric}が{value}", "{metric} is {value}"),
        what: Text::new("電話する", "call"),
        card: CardKind::Risk,
        when,
        also: Vec::new(),
        audience: crate::customers::Audience::default(),
        dwell_days: 0,
        cooldown_days: 0,
        severity: 0.5,
        due_business_days: 3,
        play: None,
    }
}

fn below(fire: f64, clear: f64) -> Trigger {
    Trigger::Threshold { of: "m".into(), side: Side::Below, fire, clear: Some(clear) }
}

fn metrics() -> Vec<Metric> {
    ["m", "past"].map(|id| Metric::new(id, Kind::Count)).to_vec()
}

/// What was read on a day: measured, stale (with a value that must not matter) or missing.
#[derive(Clone, Copy, Debug)]
enum Seen {
    Value(f64),
    Stale(f64),
    Nothing,
}

fn reading(seen: Seen, day: Day) -> Reading {
    match seen {
        Seen::Value(v) => Reading::measured(v, day),
        Seen::Stale(v) => Reading::of(Some(v), State::Stale { age_days: 9 }, day),
        Seen::Nothing => Reading::missing(day),
    }
}

fn fresh(seen: Seen) -> Option<f64> {
    match seen {
        Seen::Value(v) => Some(v),
        _ => None,
    }
}

/// A business day on which nothing is known.
fn blank_view<'a>(day: Day, profile: &'a Profile, places: &'a Places) -> View<'a> {
    View {
        day,
        is_business_day: true,
        profile,
        places,
        readings: &[],
        verdict: None,
        earlier: &|_, _| None,
        happenings: &[],
        awaited: None,
        is_never_quiet: false,
    }
}

/// Looks day after day; returns the days on which it fired.
fn run(rule: &Rule, days: &[(i32, Seen)], past: f64) -> Vec<i32> {
    let (profile, places) = (Profile::default(), Places::of(&metrics()));
    let mut state = RuleState::default();
    let mut fired = Vec::new();
    for (day, seen) in days {
        let day = Day(START + day);
        let readings = [reading(*seen, day), Reading::measured(past, day)];
        let earlier = |of: &str, at: Day| {
            days.iter().find(|(d, _)| START + d == at.0).filter(|_| of == "m").and_then(|(_, s)| fresh(*s))
        };
        let view = View {
            is_business_day: day.0 % 7 < 5,
            readings: &readings,
            earlier: &earlier,
            ..blank_view(day, &profile, &places)
        };
        let json = serde_json::to_string(&state).unwrap();
        let (next, firing) = notice(rule, serde_json::from_str(&json).unwrap(), &view);
        state = next;
        fired.extend(firing.map(|f| f.day.0 - START));
    }
    fired
}

fn values(list: &[f64]) -> Vec<(i32, Seen)> {
    list.iter().enumerate().map(|(i, v)| (i as i32, Seen::Value(*v))).collect()
}

#[test]
fn a_threshold_fires_once_until_it_clears() {
    let r = rule(below(20.0, 30.0));
    assert_eq!(run(&r, &values(&[40.0, 20.0, 10.0, 25.0, 15.0, 30.0, 20.0]), 0.0), [1, 6]);
}

#[test]
fn dwell_wants_days_in_a_row_and_cooldown_keeps_quiet() {
    let r = Rule { dwell_days: 3, ..rule(below(20.0, 30.0)) };
    assert_eq!(run(&r, &values(&[10.0, 10.0, 25.0, 10.0, 10.0, 10.0, 10.0]), 0.0), [5]);
    let r = Rule { cooldown_days: 5, ..rule(below(20.0, 30.0)) };
    // Cleared on day 1 and met again on day 2: quiet until five days after the firing of day 0.
    assert_eq!(run(&r, &values(&[10.0, 40.0, 10.0, 10.0, 10.0, 10.0, 10.0]), 0.0), [0, 5]);
}

#[test]
fn what_may_not_be_told_is_counted_for_a_month_and_longer_where_a_rule_asks() {
    let never = Also { of: "past".into(), side: Side::Above, limit: 1.0 };
    let waits = Rule { dwell_days: 2, also: vec![never], ..rule(below(20.0, 30.0)) };
    let look = |r: &Rule, state: RuleState, day: i32, past: f64| {
        let readings = [Reading::measured(10.0, Day(day)), Reading::measured(past, Day(day))];
        let (profile, places) = (Profile::default(), Places::of(&metrics()));
        notice(r, state, &View { readings: &readings, ..blank_view(Day(day), &profile, &places) })
    };
    let after = |r: &Rule, days: i32| (0..days).fold(RuleState::default(), |s, day| look(r, s, day, 0.0).0);
    assert_eq!([12, 30, 300].map(|days| after(&waits, days).seen_days), [12, SEEN_DAYS_MAX, SEEN_DAYS_MAX]);
    // The other condition holds at last: it is told, also by a rule that has come to ask for more days.
    for dwell_days in [2, SEEN_DAYS_MAX] {
        let r = Rule { dwell_days, ..waits.clone() };
        assert!(look(&r, after(&waits, 300), 300, 1.0).1.is_some(), "{dwell_days}");
    }
    // Whoever asks for more than a month gets more than a month, not less.
    let long = Rule { dwell_days: 45, also: Vec::new(), ..waits.clone() };
    let fired = |r: &Rule| run(r, &values(&[10.0; 80]), 0.0);
    assert_eq!(fired(&long), [44]);
    let counted = after(&Rule { dwell_days: 60, ..waits.clone() }, 50);
    assert_eq!((counted.seen_days, look(&waits, counted.clone(), 50, 0.0).0.seen_days), (50, 50), "nothing is lost");
}

#[test]
fn stale_and_missing_values_say_nothing() {
    let r = Rule { dwell_days: 2, ..rule(below(20.0, 30.0)) };
    let days = [
        (0, Seen::Value(10.0)),
        (1, Seen::Stale(0.0)),
        (2, Seen::Nothing),
        (3, Seen::Value(10.0)),
        (4, Seen::Stale(99.0)),
        (5, Seen::Value(10.0)),
    ];
    assert_eq!(run(&r, &days, 0.0), [3]);
}

#[test]
fn a_stop_of_use_counts_business_days() {
    let stop = Trigger::StopOfUse { of: "m".into(), past: "past".into(), at_least: 20.0, business_days: 5 };
    let days: Vec<(i32, Seen)> = (0..20).map(|d| (d, Seen::Value(f64::from(u8::from(d < 3))))).collect();
    // START % 7 == 1: days 3..=3 are open, 4 and 5 closed, then four more open days.
    let open: Vec<i32> = (3..20).filter(|d| (START + d) % 7 < 5).collect();
    assert_eq!(run(&rule(stop.clone()), &days, 20.0), [open[4]]);
    assert_eq!(run(&rule(stop), &days, 19.0), Vec::<i32>::new());
}

#[test]
fn a_change_is_seen_once_however_long_it_stays_in_sight() {
    let change = Trigger::Change { of: "m".into(), by: -15.0, within_days: 7 };
    let days: Vec<(i32, Seen)> = (0..40)
        .map(|d| {
            (
                d,
                Seen::Value(if d < 10 {
                    70.0
                } else if d < 25 {
                    50.0
                } else {
                    30.0
                }),
            )
        })
        .collect();
    assert_eq!(run(&rule(change), &days, 0.0), [10, 25]);
}

#[test]
fn a_silent_feed_is_told_once() {
    let r = rule(Trigger::FeedSilent);
    let mut state = RuleState::default();
    let mut fired = Vec::new();
    for d in 0..10 {
        let today = Day(START + d);
        let silent = (3..6).contains(&d) || d >= 8;
        let feed = Feed {
            source: "zendesk".into(),
            since: Day(START - 100),
            last_fact_day: if silent { today.plus(-3) } else { today },
            last_arrival_day: if silent { today.plus(-3) } else { today },
            whole_through: today,
            alive_through: if silent { today.plus(-3) } else { today },
            is_silent: silent,
            is_settled: !silent,
            usual_gap_days: 1,
            gap_days: 3,
        };
        let (next, firing) = notice_feed(&r, state, &feed, today);
        state = next;
        if let Some(f) = firing {
            let said = phrase(&r, &f, &[], Lang::Ja);
            // Day START is 4 October 2024.
            assert_eq!(said.why, format!("zendeskからは10月{}日が最後です（ふだんの間隔は1営業日まで）。", d + 1));
            fired.push(d);
        }
    }
    assert_eq!(fired, [3, 8]);
}

#[test]
fn an_arrival_is_answered_once_each_also_when_it_comes_late() {
    let r = rule(Trigger::Arrival { what: Occurrence::Detractor });
    let happening = |day: i32, key: &str| Happening {
        what: Occurrence::Detractor,
        day: Day(START + day),
        key: key.into(),
        detail: "2".into(),
    };
    // The second answer was given on day 5 but is known only from day 9 on.
    let known_from = [(1, happening(1, "a")), (9, happening(5, "b"))];
    let (profile, places) = (Profile::default(), Places::of(&metrics()));
    let mut state = RuleState::default();
    let mut fired = Vec::new();
    for d in 0..20 {
        let day = Day(START + d);
        let known: Vec<Happening> = known_from.iter().filter(|(from, _)| *from <= d).map(|(_, h)| h.clone()).collect();
        let view = View { happenings: &known, ..blank_view(day, &profile, &places) };
        let (next, firing) = notice(&r, state, &view);
        state = next;
        fired.extend(firing.map(|_| d));
    }
    assert_eq!(fired, [1, 9]);
}

#[test]
fn one_card_a_kind_with_the_worst_cause_first() {
    let serious = Rule { id: "a".into(), severity: 0.9, due_business_days: 2, ..rule(below(1.0, 2.0)) };
    let mild = Rule { id: "b".into(), severity: 0.3, due_business_days: 1, ..rule(below(1.0, 2.0)) };
    let chance = Rule { id: "c".into(), card: CardKind::Opportunity, ..rule(below(1.0, 2.0)) };
    let firing = |r: &Rule| Firing { rule: r.id.clone(), day: Day(START), because: Vec::new() };
    let drafts = merge(vec![(&mild, firing(&mild)), (&chance, firing(&chance)), (&serious, firing(&serious))]);
    assert_eq!(drafts.len(), 2);
    assert_eq!(drafts[0].kind, CardKind::Risk);
    assert_eq!(drafts[0].causes.iter().map(|(r, _)| r.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(drafts[0].due_business_days, 1);
    assert!(drafts[0].severity > 0.9 && drafts[0].severity < 1.0);
}

#[test]
fn a_template_fills_only_its_own_words() {
    let r = Rule {
        title: Text::new("{name}さん {value} {unknown} {", "{name}"),
        ..rule(Trigger::Arrival { what: Occurrence::ChampionLeft })
    };
    let because = Because {
        of: String::new(),
        value: None,
        before: None,
        limit: None,
        days: Some(0),
        date: None,
        detail: "{value}<b>".into(),
        good: None,
        is_view: false,
    };
    let said = phrase(&r, &Firing { rule: "r".into(), day: Day(START), because: vec![because] }, &[], Lang::Ja);
    assert_eq!(said.title, "{value}<b>さん — {unknown} {");
}

/// When a threshold rule fires, written from its description: armed at first and after a clearing value; the last
/// `dwell` values that were measured are all at or below the limit; not within the cooldown of the last firing.
fn naive(r: &Rule, fire: f64, clear: f64, days: &[(i32, Seen)]) -> Vec<i32> {
    let mut fired: Vec<i32> = Vec::new();
    for (i, (day, seen)) in days.iter().enumerate() {
        let Some(now) = fresh(*seen) else { continue };
        let said: Vec<(i32, f64)> = days[..=i].iter().filter_map(|(d, s)| fresh(*s).map(|v| (*d, v))).collect();
        let armed = fired.last().is_none_or(|last| said.iter().any(|(d, v)| d > last && *v >= clear && *v > fire));
        let dwell = r.dwell_days.max(1) as usize;
        let long_enough = said.len() >= dwell && said.iter().rev().take(dwell).all(|(_, v)| *v <= fire);
        let cooling = fired.last().is_some_and(|last| day - last < r.cooldown_days as i32);
        if now <= fire && armed && long_enough && !cooling {
            fired.push(*day);
        }
    }
    fired
}

fn days() -> impl Strategy<Value = Vec<(i32, Seen)>> {
    let seen = prop_oneof![
        6 => (0..50i32).prop_map(|v| Seen::Value(f64::from(v))),
        1 => (0..50i32).prop_map(|v| Seen::Stale(f64::from(v))),
        1 => Just(Seen::Nothing),
    ];
    // The clock may jump forward by days.
    prop::collection::vec((prop_oneof![5 => Just(1i32), 1 => 2..40i32], seen), 1..80).prop_map(|steps| {
        let mut day = 0;
        steps
            .into_iter()
            .map(|(step, seen)| {
                day += step;
                (day, seen)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn a_threshold_equals_its_description(
        days in days(),
        fire in 5..25i32,
        gap in 0..20i32,
        dwell_days in 0..5u32,
        cooldown_days in 0..30u32,
    ) {
        let (fire, clear) = (f64::from(fire), f64::from(fire + gap));
        let r = Rule { dwell_days, cooldown_days, ..rule(below(fire, clear)) };
        prop_assert_eq!(run(&r, &days, 0.0), naive(&r, fire, clear, &days));
    }

    #[test]
    fn a_second_look_at_the_same_day_or_back_changes_nothing(days in days(), back in 0..5i32) {
        let r = rule(below(20.0, 30.0));
        let mut twice = Vec::new();
        for (day, seen) in &days {
            twice.push((*day, *seen));
            twice.push((*day - back, Seen::Value(0.0)));
        }
        prop_assert_eq!(run(&r, &days, 0.0), run(&r, &twice, 0.0));
    }

    #[test]
    fn a_rank_grows_with_each_of_its_parts(
        risk in 0.0..1.0f64,
        mrr in 0..5_000_000i64,
        left in 0..200i32,
        more in (0.0..0.5f64, 0..1_000_000i64, 0..50i32),
    ) {
        let stake = Stake {
            risk,
            mrr_minor: mrr,
            typical_mrr_minor: 100_000,
            days_left: Some(left),
            can_act: false,
        };
        let base = rank(&stake);
        prop_assert!(base <= 1000);
        let higher = [
            Stake { risk: risk + more.0, ..stake },
            Stake { mrr_minor: mrr + more.1, ..stake },
            Stake { days_left: Some((left - more.2).max(0)), ..stake },
            Stake { can_act: true, ..stake },
        ];
        for (i, stake) in higher.iter().enumerate() {
            prop_assert!(rank(stake) >= base, "part {i}");
        }
        let open_ended = rank(&Stake { days_left: None, ..stake });
        prop_assert!(open_ended <= base);
    }
}
