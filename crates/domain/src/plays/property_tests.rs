use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::{Stage, branch, day, play, step, until};
use super::*;

/// A play over `n` steps whose dependencies point backwards only, in any mixture of kinds.
fn any_play() -> impl Strategy<Value = Play> {
    let one = (0_u8..7, prop::collection::vec(any::<prop::sample::Index>(), 0..3), any::<(bool, bool)>());
    prop::collection::vec(one, 1..8).prop_map(|raw| {
        let ids: Vec<String> = (0..raw.len()).map(|i| format!("s{i}")).collect();
        let mut taken = vec![false; raw.len()];
        let mut steps: Vec<Step> = Vec::new();
        for (at, (kind, after, (written, second))) in raw.iter().enumerate() {
            let doing = match kind {
                0 => {
                    // Ways lead forward, so that there is no loop.
                    let yes = ids.get(at + 1).cloned().filter(|_| !taken[at + 1..].is_empty());
                    let no = ids.get(at + 2).cloned().filter(|_| *second);
                    for t in [at + 1, at + 2] {
                        if let Some(slot) = taken.get_mut(t) {
                            *slot = true;
                        }
                    }
                    branch(yes.as_deref(), no.as_deref())
                }
                1 => Doing::Wait(Until::Days(u32::from(*second))),
                4 => {
                    // A milestone that shows itself by the score, or by a person where nobody measures; its help comes right after.
                    let missed = ids.get(at + 1).cloned().filter(|_| *second && !taken[at + 1]);
                    if let (Some(slot), true) = (taken.get_mut(at + 1), missed.is_some()) {
                        *slot = true;
                    }
                    Doing::Milestone { expected_business_days: 2, evidence: None, missed }
                }
                2 => until(1, OnTimeout::GoOn),
                3 => Doing::Field { field: "stage".into(), value: "x".into() },
                _ => Doing::Task,
            };
            let mut step = step(&ids[at], doing);
            if *kind == 3 {
                step.mode = Mode::Auto;
            }
            step.after = (*written).then(|| {
                let mut list: Vec<String> = after.iter().filter(|_| at > 0).map(|i| ids[i.index(at)].clone()).collect();
                list.sort();
                list.dedup();
                list
            });
            steps.push(step);
        }
        play(steps)
    })
}

/// What must come of each step, found from its predecessors alone.
/// Whether a milestone was missed hangs on the days between: what came of its help is taken from `found`.
fn expect(play: &Play, skips: &[bool], score: f64, found: &[Standing]) -> Vec<Standing> {
    let ways = play.ways();
    let mut out: BTreeMap<String, (Standing, bool)> = BTreeMap::new();
    while out.len() < play.steps.len() {
        for (at, step) in play.steps.iter().enumerate() {
            let known: Option<Vec<_>> = ways[at].iter().map(|(from, way)| out.get(from).map(|f| (*f, *way))).collect();
            let Some(known) = known else { continue };
            let leads = |chose: bool, way: Way| match way {
                Way::After => true,
                Way::Yes => chose,
                Way::No => !chose,
                Way::Missed => false,
            };
            let alive = known.is_empty()
                || known.iter().any(|((standing, chose), way)| standing.lets_pass() && leads(*chose, *way));
            let holds = score >= 50.0;
            let is_help = ways[at].iter().any(|(_, way)| *way == Way::Missed);
            let standing = match &step.doing {
                _ if is_help => found[at],
                _ if !alive => Standing::Bypassed,
                Doing::Wait(Until::Holds { .. }) if !holds => Standing::TimedOut,
                Doing::Task | Doing::Milestone { .. } if skips[at] => Standing::Skipped,
                _ => Standing::Done,
            };
            out.insert(step.id.clone(), (standing, holds));
        }
    }
    play.steps.iter().map(|s| out[&s.id].0).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever the order of the answers and the days between: every run ends, with the steps that the play says, each begun once,
    /// none before what comes before it, all of them due on business days.
    #[test]
    fn a_run_ends_as_its_play_says_in_whatever_order_it_is_answered(
        play in any_play(), skips in prop::collection::vec(any::<bool>(), 8),
        order in prop::collection::vec(any::<prop::sample::Index>(), 40), gaps in prop::collection::vec(0_i32..3, 40),
        high in any::<bool>(), looked in prop::collection::vec(any::<bool>(), 40),
    ) {
        let score = if high { 80.0 } else { 20.0 };
        let mut s = Stage::new(&play, "2026-11-20");
        let mut today = day("2026-11-20");
        let ways = play.ways();
        for turn in 0..200 {
            // Now and then nobody looks; what nobody looks at for a day is taken as if it did not hold.
            let seen = (high || looked[turn % 40]).then_some(Some(score));
            s.look_on(today, seen, true);
            for (at, state) in s.run.steps.iter().enumerate() {
                if matches!(state.standing, Standing::Open | Standing::Done | Standing::Skipped | Standing::TimedOut) {
                    let is_over = |id: &String| play.steps.iter().zip(&s.run.steps).any(|(p, r)| p.id == *id && r.standing.is_over());
                    let led = |(from, way): &(String, Way)| *way == Way::Missed || is_over(from);
                    prop_assert!(ways[at].iter().all(led), "step {at} began before what comes before it");
                    prop_assert!(s.calendar.is_business_day(state.due_on.unwrap()));
                }
            }
            if s.run.ended.is_some() {
                break;
            }
            let open: Vec<usize> = (0..play.steps.len()).filter(|i| {
                s.run.steps[*i].standing == Standing::Open && matches!(play.steps[*i].doing, Doing::Task | Doing::Milestone { .. })
            }).collect();
            if open.is_empty() {
                let next = next_look(&play, &s.run, today, &s.calendar);
                prop_assert!(next.is_some(), "nothing would wake {:?}", s.standings());
                today = next.unwrap();
            } else {
                let at = open[order[turn % 40].index(open.len())];
                let what = if skips[at] { Answer::Skipped } else { Answer::Done };
                s.run = answer(&play, &s.run, at, what, today).unwrap();
                today = today.plus(gaps[turn % 40]);
            }
        }
        prop_assert_eq!(s.run.ended.map(|e| e.0), Some(End::Finished));
        let found: Vec<Standing> = s.run.steps.iter().map(|r| r.standing).collect();
        let expected = expect(&play, &skips, score, &found);
        prop_assert_eq!(found, expected);
        let mut asked = s.effects.clone();
        asked.sort_by_key(|e| format!("{e:?}"));
        let all = asked.len();
        asked.dedup();
        prop_assert_eq!(all, asked.len(), "a step was begun twice");
    }

    /// A play of a file is the play that was written.
    #[test]
    fn a_play_is_read_back_as_it_was_written(play in any_play()) {
        let text = toml::to_string(&play).unwrap();
        prop_assert_eq!(toml::from_str::<Play>(&text).unwrap(), play);
    }
}
