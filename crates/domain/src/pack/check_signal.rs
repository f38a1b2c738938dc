//! What the signals of a pack must fulfil.

use super::check::{Checked, fault};
use super::{Fault, Pack};
use crate::lang::Text;
use crate::measure::Kind;
use crate::signals::{Rule, SCORE, Trigger};

/// Every figure of a rule's conditions.
fn limits(rule: &Rule) -> Vec<f64> {
    let mut limits: Vec<f64> = rule.also.iter().map(|a| a.limit).collect();
    match &rule.when {
        Trigger::Threshold { fire, clear, .. } => limits.extend(std::iter::once(*fire).chain(*clear)),
        Trigger::Change { by, .. } => limits.push(*by),
        Trigger::StopOfUse { at_least, .. } => limits.push(*at_least),
        Trigger::DateApproaching { .. } | Trigger::FeedSilent | Trigger::Arrival { .. } => {}
    }
    limits
}

pub(super) fn check_rule(pack: &Pack, index: usize, rule: &Rule) -> Checked {
    let fail = |key, near: &str, ja: String, en: String| {
        let near = near.to_owned();
        Err(Box::new(Fault { near, ..*fault("signal", index, &rule.id, key, Text { ja, en }, Text::default()) }))
    };
    let subjects = rule.when.subjects().into_iter().chain(rule.also.iter().map(|a| a.of.as_str()));
    for id in subjects.filter(|id| *id != SCORE) {
        if pack.metric(id).is_none() {
            return fail("when", id, format!("指標「{id}」はありません。"), format!("there is no metric {id:?}"));
        }
    }
    if !limits(rule).iter().all(|l| l.is_finite()) {
        return fail("when", "", "しきい値が数ではありません。".into(), "a limit is no number".into());
    }
    if let Some(play) = rule.play.as_deref().filter(|p| pack.play(p).is_none()) {
        return fail("play", play, format!("打ち手「{play}」はありません。"), format!("there is no play {play:?}"));
    }
    if !(0.0..=1.0).contains(&rule.severity) {
        return fail(
            "severity",
            "",
            "severity は 0〜1 にしてください。".into(),
            "severity must be between 0 and 1".into(),
        );
    }
    match &rule.when {
        Trigger::Threshold { side, fire, clear: Some(clear), .. } => {
            let apart = match side {
                crate::signals::Side::Below => clear >= fire,
                crate::signals::Side::Above => clear <= fire,
            };
            if !apart {
                return fail(
                    "when",
                    "",
                    "clear が fire の内側にあります。".into(),
                    "clear lies on the firing side of fire".into(),
                );
            }
        }
        Trigger::Change { by, within_days, .. } if *by == 0.0 || *within_days == 0 || *within_days > 400 => {
            let en = "a change needs by other than 0 and within_days from 1 to 400".to_owned();
            return fail("when", "", "by は 0 以外、within_days は 1〜400 にしてください。".into(), en);
        }
        Trigger::DateApproaching { of, .. } if pack.metric(of).is_some_and(|m| m.kind != Kind::DaysUntil) => {
            let en = format!("{of:?} must be of kind days_until");
            return fail("when", of, format!("「{of}」は kind = \"days_until\" の指標にしてください。"), en);
        }
        _ => {}
    }
    Ok(())
}
