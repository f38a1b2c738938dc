//! What was never done, views that disagree, red accounts: tables of days, and a property against a plain description.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::calendar::Calendar;
use crate::customers::Profile;
use crate::lang::{Lang, Text};
use crate::measure::{Kind, Metric, Places, Reading};
use crate::time::Day;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::default);

fn rule(when: Trigger) -> Rule {
    Rule {
        id: "r".into(),
        title: Text::new("{good}／{bad}／{days}／{name}", "{good} / {bad}"),
        what: Text::new("聞く", "ask"),
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

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

const IDS: [&str; 3] = ["use", "money", "feeling"];

fn metrics() -> Vec<Metric> {
    IDS.map(|id| Metric::new(id, Kind::Count)).to_vec()
}

fn look(
    rule: &Rule,
    state: RuleState,
    at: Day,
    values: [Option<f64>; 3],
    awaited: Option<Awaited>,
) -> (RuleState, Option<Firing>) {
    let places = Places::of(&metrics());
    let readings = values.map(|v| v.map_or_else(|| Reading::missing(at), |v| Reading::measured(v, at)));
    let profile = Profile { since: Some(day("2026-10-01")), ..Profile::default() };
    let view = View {
        day: at,
        is_business_day: true,
        profile: &profile,
        places: &places,
        readings: &readings,
        verdict: None,
        earlier: &|_, _| None,
        happenings: &[],
        awaited,
        is_never_quiet: false,
    };
    let text = serde_json::to_string(&state).unwrap();
    notice(rule, serde_json::from_str(&text).unwrap(), &view)
}

/// Looks day after day; the days on which it fired, counted from the first.
fn run(rule: &Rule, days: &[[Option<f64>; 3]]) -> Vec<usize> {
    let mut state = RuleState::default();
    let mut fired = Vec::new();
    for (i, values) in days.iter().enumerate() {
        let (next, firing) = look(rule, state, Day(20_000 + i32::try_from(i).unwrap()), *values, None);
        state = next;
        fired.extend(firing.map(|_| i));
    }
    fired
}

fn facet(of: &str, title: &str) -> Facet {
    Facet { title: Text::new(title, of), of: of.into(), side: Side::Below, bad: 3.0, good: Some(6.0) }
}

fn three() -> Vec<Facet> {
    vec![facet("use", "利用"), facet("money", "契約"), facet("feeling", "気持ち")]
}

/// The values of the three views day by day, and the days on which it fires.
type Case = (&'static [[Option<f64>; 3]], &'static [usize]);

const G: Option<f64> = Some(9.0);
const M: Option<f64> = Some(5.0);
const B: Option<f64> = Some(1.0);

#[test]
fn views_that_disagree_are_noticed_once_until_they_agree() {
    let r = rule(Trigger::Disagreement { views: three() });
    let cases: [Case; 7] = [
        (&[[G, G, G], [G, G, B], [G, G, B]], &[1]),
        // Between the limits it goes on; only when all are good, or all are bad, is it over.
        (&[[G, G, B], [G, G, M], [G, G, B]], &[0]),
        (&[[G, G, B], [G, G, G], [G, G, B]], &[0, 2]),
        (&[[G, G, B], [B, B, B], [G, B, B]], &[0, 2]),
        (&[[B, B, B], [M, M, M], [B, B, M]], &[]),
        // One view alone cannot disagree with itself, and what is not measured says nothing.
        (&[[B, None, None], [None, G, None], [B, G, None]], &[2]),
        // What it rested on must be measured again before it is over.
        (&[[G, G, B], [G, G, None], [G, G, B]], &[0]),
    ];
    for (days, fired) in cases {
        assert_eq!(run(&r, days), fired, "{days:?}");
    }
}

#[test]
fn one_bad_view_makes_a_red_account_and_all_good_end_it() {
    let r = rule(Trigger::RedAccount { views: three() });
    let cases: [Case; 5] = [
        (&[[G, G, G], [G, M, B], [B, B, B]], &[1]),
        (&[[B, G, G], [M, G, G], [B, G, G], [G, G, G], [G, G, B]], &[0, 4]),
        (&[[None, None, None], [None, None, B]], &[1]),
        (&[[B, G, G], [None, G, G], [B, G, G]], &[0]),
        (&[[M, M, M], [G, G, G]], &[]),
    ];
    for (days, fired) in cases {
        assert_eq!(run(&r, days), fired, "{days:?}");
    }
    let dwelling = Rule { dwell_days: 3, cooldown_days: 5, ..r };
    assert_eq!(run(&dwelling, &[[B, G, G]; 4]), [2]);
    let back = [[B, G, G], [B, G, G], [B, G, G], [G, G, G], [B, G, G], [B, G, G], [B, G, G], [B, G, G]];
    assert_eq!(run(&dwelling, &back), [2, 7], "quiet for five days after it fired");
}

#[test]
fn a_firing_was_noticed_by_what_made_it_not_by_what_stood_beside() {
    let views = Trigger::Disagreement { views: three() };
    let below = |of: &str| Trigger::Threshold { of: of.into(), side: Side::Below, fire: 3.0, clear: None };
    let also = vec![Also { of: "money".into(), side: Side::Above, limit: 4.0 }];
    let cases = [(rule(views), vec!["feeling"]), (Rule { also, ..rule(below("feeling")) }, vec!["feeling"])];
    for (rule, wanted) in cases {
        let (_, firing) = look(&rule, RuleState::default(), Day(20_000), [G, G, B], None);
        assert_eq!(noticed_by(&firing.unwrap().because), wanted, "{rule:?}");
    }
    assert!(noticed_by(&[]).is_empty());
}

#[test]
fn the_sentence_names_both_sides() {
    let r = rule(Trigger::Disagreement { views: three() });
    let (_, firing) = look(&r, RuleState::default(), Day(20_000), [G, M, B], None);
    let said = phrase(&r, &firing.clone().unwrap(), &metrics(), Lang::Ja);
    assert_eq!(said.title, "利用／気持ち／—／");
    assert_eq!(
        said.why,
        "利用（use9）は良好ですが、気持ち（feeling1、しきい値3以下）に懸念があります。どちらでもない：契約（money5）。"
    );
    let red = rule(Trigger::RedAccount { views: three() });
    let (_, firing) = look(&red, RuleState::default(), Day(20_000), [B, G, B], None);
    let said = phrase(&red, &firing.unwrap(), &metrics(), Lang::En);
    assert_eq!(said.title, "money / use and feeling");
    assert!(said.why.starts_with("Bad: use (1) and feeling (1)."), "{}", said.why);
}

fn no_show(who: Doer) -> Rule {
    let when = Trigger::NoShow { of: "use".into(), at_least: 1.0, since: Since::Customer, business_days: 10, who };
    rule(when)
}

#[test]
fn what_was_never_done_is_told_with_how_long_it_should_have_been() {
    let r = no_show(Doer::Anybody);
    let profile = Profile { since: Some(day("2026-10-01")), ..Profile::default() };
    let mut awaited = Awaited::of(&r.when, &profile, |_| None, &CALENDAR).unwrap();
    // Ten business days after Thursday, 1 October, スポーツの日 on the 12th left out.
    assert_eq!(awaited.due, Some(day("2026-10-16")));
    awaited.told_since = Some(day("2026-10-01"));
    let see = |at: &str, value, awaited: &Awaited| {
        look(&r, RuleState::default(), day(at), [value, None, None], Some(awaited.clone())).1
    };
    assert!(see("2026-10-16", Some(0.0), &awaited).is_none(), "in time until the day itself");
    let late = see("2026-10-26", Some(0.0), &awaited).unwrap();
    assert_eq!((late.because[0].days, late.because[0].date), (Some(10), Some(day("2026-10-16"))));
    assert!(see("2026-10-26", Some(1.0), &awaited).is_none(), "it was done");
    assert!(see("2026-10-26", None, &awaited).is_none(), "nobody knows");
    let unknown = Awaited { told_since: Some(day("2026-10-02")), ..awaited.clone() };
    assert!(see("2026-10-26", Some(0.0), &unknown).is_none(), "what happened before the first fact is not known");
    assert!(see("2026-10-26", Some(0.0), &Awaited { start: None, ..awaited.clone() }).is_none());
    let said = phrase(&r, &late, &metrics(), Lang::Ja);
    assert_eq!(said.why, "useが0です（利用開始から10営業日の10月16日までに1以上が目安）。");
    assert!(said.title.contains("10"));
    // Done late, it is over, and does not come again.
    let (state, _) = look(&r, RuleState::default(), day("2026-10-26"), [Some(0.0), None, None], Some(awaited.clone()));
    let (state, _) = look(&r, state, day("2026-10-27"), [Some(1.0), None, None], Some(awaited.clone()));
    assert!(!state.fired);
}

#[test]
fn a_key_person_is_named_only_where_the_product_names_people_as_contacts_do() {
    let r = no_show(Doer::KeyPerson);
    let profile = Profile { since: Some(day("2026-10-01")), ..Profile::default() };
    let mut awaited = Awaited::of(&r.when, &profile, |_| None, &CALENDAR).unwrap();
    awaited.told_since = awaited.start;
    let see = |deed: Deed| {
        let awaited = Awaited { key_person: deed, ..awaited.clone() };
        look(&r, RuleState::default(), day("2026-11-02"), [Some(7.0), None, None], Some(awaited)).1
    };
    assert!(see(Deed::Unknown).is_none() && see(Deed::Done).is_none());
    let firing = see(Deed::Never("高橋".into())).unwrap();
    assert_eq!(firing.because[0].detail, "高橋");
    let said = phrase(&r, &firing, &metrics(), Lang::Ja);
    assert!(said.why.starts_with("キーパーソンの高橋さんに「use」が一度もありません"), "{}", said.why);
}

fn value() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![3 => Just(G), 2 => Just(M), 2 => Just(B), 1 => Just(None)]
}

proptest! {
    /// A red account, said plainly: armed at first and after a day on which every measured view is good and those that were bad
    /// are measured; fires when one is bad.
    #[test]
    fn a_red_account_fires_as_it_is_described(days in prop::collection::vec([value(), value(), value()], 1..40)) {
        let mut armed = true;
        let mut rested: Vec<usize> = Vec::new();
        let mut expected = Vec::new();
        for (i, values) in days.iter().enumerate() {
            let bad: Vec<usize> = (0..3).filter(|v| values[*v] == B).collect();
            if !bad.is_empty() {
                if armed {
                    expected.push(i);
                    armed = false;
                    rested = bad;
                }
                continue;
            }
            let measured: Vec<f64> = values.iter().flatten().copied().collect();
            let all_good = !measured.is_empty() && measured.iter().all(|v| Some(*v) == G);
            if !armed && all_good && rested.iter().all(|v| values[*v].is_some()) {
                armed = true;
            }
        }
        prop_assert_eq!(run(&rule(Trigger::RedAccount { views: three() }), &days), expected);
    }
}
