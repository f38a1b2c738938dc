//! Deals: the stages that they go through, and what they are worth as likely as they are.

use serde::{Deserialize, Serialize};

use crate::lang::Text;
use crate::text::fold;

/// The stage of a deal that was won.
pub const WON: &str = "won";
/// The stage of a deal that was lost.
pub const LOST: &str = "lost";
/// Kinds of deals.
pub const KINDS: [&str; 4] = ["new", "upsell", "cross_sell", "renewal"];

/// A stage of deals, in the order in which they go through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// How likely deals in it are won, in percent, when a deal says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<u32>,
}

fn stage(id: &str, ja: &str, en: &str, probability: u32) -> Stage {
    Stage { id: id.to_owned(), title: Text::new(ja, en), probability: Some(probability) }
}

/// The stages of a workspace that names none.
pub fn plain_stages() -> Vec<Stage> {
    vec![
        stage("lead", "初回接触", "First contact", 10),
        stage("hearing", "ヒアリング", "Discovery", 20),
        stage("proposal", "提案", "Proposal", 40),
        stage("quote", "見積", "Quote", 60),
        stage("negotiation", "交渉・稟議", "Negotiation", 80),
    ]
}

/// How every deal ends.
pub fn ends() -> [Stage; 2] {
    [stage(WON, "受注", "Won", 100), stage(LOST, "失注", "Lost", 0)]
}

/// Whether a deal in this stage is decided.
pub fn is_decided(stage: &str) -> bool {
    stage == WON || stage == LOST
}

/// The id of the stage that a word means, by id or title in either language; the word itself when none does.
pub fn find_stage<'a>(stages: &'a [Stage], word: &'a str) -> &'a str {
    let folded = fold(word);
    let means = |s: &&Stage| s.id == word || fold(&s.title.ja) == folded || fold(&s.title.en) == folded;
    stages.iter().find(means).map_or_else(|| word.trim(), |s| s.id.as_str())
}

/// How likely a deal is won, in percent: what it says itself, else its stage.
pub fn likelihood(stages: &[Stage], stage: &str, own: Option<i64>) -> Option<i64> {
    match stage {
        WON => Some(100),
        LOST => Some(0),
        _ => own.or_else(|| stages.iter().find(|s| s.id == stage)?.probability.map(i64::from)),
    }
}

/// What an amount is worth when it comes with a likelihood in percent, rounded down; nothing when nothing is known.
pub fn weigh(minor: i64, percent: Option<i64>) -> i64 {
    let weighed = i128::from(minor) * i128::from(percent.unwrap_or(0).clamp(0, 100)) / 100;
    i64::try_from(weighed).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_stage_is_found_by_any_of_its_names() {
        let mut stages = plain_stages();
        stages.extend(ends());
        assert_eq!(find_stage(&stages, "見積"), "quote");
        assert_eq!(find_stage(&stages, "ＷＯＮ"), "won");
        assert_eq!(find_stage(&stages, " 社内検討 "), "社内検討");
        assert_eq!(likelihood(&stages, "quote", None), Some(60));
        assert_eq!(likelihood(&stages, "quote", Some(5)), Some(5));
        assert_eq!(likelihood(&stages, "won", Some(5)), Some(100));
        assert_eq!(likelihood(&stages, "社内検討", None), None);
    }

    proptest! {
        #[test]
        fn weighed_is_never_more_than_the_whole(minor in 0..=i64::MAX, percent in proptest::option::of(-10_i64..=1_000)) {
            let weighed = weigh(minor, percent);
            prop_assert!(weighed >= 0 && weighed <= minor);
        }
    }
}
