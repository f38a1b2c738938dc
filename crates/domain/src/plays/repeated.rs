//! Work that people do by hand again and again in the same way: what might become a play.

use std::collections::BTreeMap;

use super::{Play, Step};
use crate::lang::Text;

/// A closed card with what was done for its customer while it was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// The rule that opened it; empty when a person did.
    pub rule: String,
    /// Kinds of what was done, in order: `call`, `mail`, `meeting`, `visit` …
    pub did: Vec<String>,
    /// Whether it says who did it and what came of it.
    pub is_complete: bool,
    /// Whether it was solved.
    pub is_solved: bool,
    /// Business days from the opening to the closing.
    pub business_days: u32,
}

/// What is to be done before repeated work becomes a play.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Nothing: it is frequent, goes the same way, and its records are complete.
    Ready,
    /// Agree on one way: most cards went another.
    AgreeFirst,
    /// Fill in what is missing: too few cards say what came of them.
    CompleteFirst,
}

/// Work that was done in the same way at least so many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The rule that opened the cards.
    pub rule: String,
    /// What was done, in order.
    pub did: Vec<String>,
    /// How many cards went this way.
    pub times: usize,
    /// Of so many closed cards of the rule.
    pub of: usize,
    /// How many of `times` have complete records.
    pub complete: usize,
    /// How many of `times` were solved.
    pub solved: usize,
    /// Median of the business days that they took.
    pub business_days: u32,
    /// What comes first.
    pub advice: Advice,
}

/// Work that was done fewer times is not called repeated.
pub const REPEATED_MIN: usize = 3;
/// At least this share of a rule's cards goes the same way before it is called one way, in percent.
const SAME_PERCENT_MIN: usize = 50;
/// At least this share has complete records, in percent.
const COMPLETE_PERCENT_MIN: usize = 70;

/// What was done without what follows itself: three calls in a row are calling.
fn fold(did: &[String]) -> Vec<String> {
    let mut out: Vec<String> = did.to_vec();
    out.dedup();
    out
}

const fn is_at_least(part: usize, whole: usize, percent: usize) -> bool {
    part * 100 >= whole * percent
}

/// The most frequent way of each rule, the most frequent first. Cards that no rule opened have no clear criterion and are left out,
/// and so are those for which nothing was done.
pub fn find_repeated(cards: &[Handled]) -> Vec<Repeated> {
    let mut by_rule: BTreeMap<&str, Vec<&Handled>> = BTreeMap::new();
    for card in cards.iter().filter(|c| !c.rule.is_empty()) {
        by_rule.entry(&card.rule).or_default().push(card);
    }
    let mut found: Vec<Repeated> =
        by_rule.into_iter().filter_map(|(rule, cards)| most_frequent(rule, &cards)).collect();
    found.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.rule.cmp(&b.rule)));
    found
}

fn most_frequent(rule: &str, cards: &[&Handled]) -> Option<Repeated> {
    let mut ways: BTreeMap<Vec<String>, Vec<&Handled>> = BTreeMap::new();
    for card in cards.iter().filter(|c| !c.did.is_empty()) {
        ways.entry(fold(&card.did)).or_default().push(card);
    }
    // Of equally frequent ways the longer one says more.
    let (did, same) = ways.into_iter().max_by_key(|(did, same)| (same.len(), did.len()))?;
    let (times, of) = (same.len(), cards.len());
    if times < REPEATED_MIN {
        return None;
    }
    let complete = same.iter().filter(|c| c.is_complete).count();
    let mut days: Vec<u32> = same.iter().map(|c| c.business_days).collect();
    days.sort_unstable();
    let advice = if !is_at_least(times, of, SAME_PERCENT_MIN) {
        Advice::AgreeFirst
    } else if !is_at_least(complete, times, COMPLETE_PERCENT_MIN) {
        Advice::CompleteFirst
    } else {
        Advice::Ready
    };
    Some(Repeated {
        rule: rule.to_owned(),
        did,
        times,
        of,
        complete,
        solved: same.iter().filter(|c| c.is_solved).count(),
        business_days: days.get(days.len() / 2).copied().unwrap_or(0),
        advice,
    })
}

/// What a kind of doing is called as a step.
pub fn label_done(kind: &str) -> Text {
    match kind {
        "call" => Text::new("電話する", "Call"),
        "mail" => Text::new("メールを送る", "Write a mail"),
        "meeting" => Text::new("面談する", "Meet"),
        "visit" => Text::new("訪問する", "Visit"),
        other => Text::new(other, other),
    }
}

/// A play of what was done, step by step; `hints` say more of each, where there is more to say. All of it is for people to do:
/// what is written down first is not automated first.
pub fn play_of(id: &str, (title, what): (Text, Text), did: &[(String, Text)], business_days: u32) -> Play {
    let count = u32::try_from(did.len()).unwrap_or(1).max(1);
    let steps = did.iter().enumerate().map(|(n, (kind, hint))| {
        let mut step = Step::task(&format!("step_{}", n + 1), label_done(kind), hint.clone());
        step.due_business_days = Some((business_days / count).max(1));
        step
    });
    let mut play = Play::plain(id, title, what, business_days.max(1));
    play.steps = steps.collect();
    play
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn handled(rule: &str, did: &[&str], is_complete: bool) -> Handled {
        Handled {
            rule: rule.into(),
            did: did.iter().map(|d| (*d).to_owned()).collect(),
            is_complete,
            is_solved: is_complete,
            business_days: u32::try_from(did.len()).unwrap(),
        }
    }

    #[test]
    fn what_was_done_becomes_steps_for_people() {
        let did = [("call".to_owned(), Text::default()), ("visit".to_owned(), Text::new("成果", "results"))];
        let play = play_of("p", (Text::new("題", "t"), Text::default()), &did, 10);
        assert_eq!(play.steps.iter().map(|s| s.title.ja.as_str()).collect::<Vec<_>>(), ["電話する", "訪問する"]);
        assert!(play.steps.iter().all(|s| s.due_business_days == Some(5) && s.is_work()));
        assert_eq!(play_of("p", <_>::default(), &[], 0).due_business_days, 1);
    }

    #[test]
    fn the_same_way_three_times_is_repeated() {
        let way = ["call", "call", "mail"];
        let mut cards = vec![handled("a", &way, true); 2];
        assert!(find_repeated(&cards).is_empty());
        cards.push(handled("a", &["call", "mail", "mail"], true));
        let found = find_repeated(&cards);
        assert_eq!((found[0].times, found[0].of, found[0].advice), (3, 3, Advice::Ready));
        assert_eq!(found[0].did, ["call", "mail"]);
        cards.extend(vec![handled("a", &["visit"], true); 2]);
        cards.extend(vec![handled("a", &[], true); 2]);
        assert_eq!(find_repeated(&cards)[0].advice, Advice::AgreeFirst);
        let poor = vec![handled("b", &["call"], false), handled("b", &["call"], false), handled("b", &["call"], true)];
        assert_eq!(find_repeated(&poor)[0].advice, Advice::CompleteFirst);
        assert!(find_repeated(&vec![handled("", &way, true); 9]).is_empty(), "no rule, no criterion");
    }

    proptest! {
        #[test]
        fn counts_are_those_of_a_plain_count(cards in proptest::collection::vec((0..3_usize, proptest::collection::vec(0..2_usize, 0..3), any::<bool>()), 0..40)) {
            let cards: Vec<Handled> = cards
                .iter()
                .map(|(rule, did, ok)| handled(["a", "b", ""][*rule], &did.iter().map(|d| ["call", "mail"][*d]).collect::<Vec<_>>(), *ok))
                .collect();
            for one in find_repeated(&cards) {
                let of = cards.iter().filter(|c| c.rule == one.rule);
                prop_assert_eq!(of.clone().count(), one.of);
                let same = of.filter(|c| fold(&c.did) == one.did);
                prop_assert_eq!(same.clone().count(), one.times);
                prop_assert!(one.times >= REPEATED_MIN && one.complete <= one.times && !one.did.is_empty());
                for other in cards.iter().filter(|c| c.rule == one.rule && !c.did.is_empty()) {
                    let n = cards.iter().filter(|c| c.rule == one.rule && fold(&c.did) == fold(&other.did)).count();
                    prop_assert!(n <= one.times);
                }
            }
        }
    }
}
