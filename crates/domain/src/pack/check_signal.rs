//! What the signals of a pack must fulfil.

use super::check::{Checked, fault};
use super::{Fault, Pack};
use crate::lang::Text;
use crate::limits::{BUSINESS_DAYS_MAX, COOLDOWN_DAYS_MAX, DISAGREEING_VIEWS_MAX, RED_VIEWS_MAX};
use crate::measure::Kind;
use crate::signals::{Facet, Rule, SCORE, Side, Trigger};

/// Every figure of a rule's conditions.
fn limits(rule: &Rule) -> Vec<f64> {
    let mut limits: Vec<f64> = rule.also.iter().map(|a| a.limit).collect();
    match &rule.when {
        Trigger::Threshold { fire, clear, .. } => limits.extend(std::iter::once(*fire).chain(*clear)),
        Trigger::Change { by, .. } => limits.push(*by),
        Trigger::StopOfUse { at_least, .. } => limits.push(*at_least),
        Trigger::NoShow { at_least, .. } => limits.push(*at_least),
        Trigger::Disagreement { views } | Trigger::RedAccount { views } => {
            limits.extend(views.iter().flat_map(|v| std::iter::once(v.bad).chain(v.good)));
        }
        Trigger::DateApproaching { .. } | Trigger::FeedSilent | Trigger::Arrival { .. } => {}
    }
    limits
}

/// What is wrong with a condition about something that should have been done: a text near it, and why.
fn wrong_no_show(pack: &Pack, when: &Trigger) -> Option<(String, Text)> {
    let Trigger::NoShow { of, at_least, business_days, .. } = when else { return None };
    let Some(metric) = pack.metric(of) else {
        return Some((
            of.clone(),
            Text::new("スコアは「していない」の対象になりません。", "a score cannot be done or left undone"),
        ));
    };
    if !metric.kind.empty_is_zero() || metric.window_days.is_some() || metric.offset_days > 0 || metric.per.is_some() {
        let ja = format!(
            "指標「{of}」は「一度もない」を数えられません。回数・利用者・日・種類のいずれかで、期間のない指標にしてください。"
        );
        let en = format!(
            "a no-show needs {of:?} to count over the whole past: a count of times, people, days or kinds without a window"
        );
        return Some((of.clone(), Text { ja, en }));
    }
    if *at_least <= 0.0 {
        let reason = Text::new("目安の値は 0 より大きくしてください。", "at_least must be above 0");
        return Some(("at_least".to_owned(), reason));
    }
    if !(1..=BUSINESS_DAYS_MAX).contains(business_days) {
        let ja = format!("営業日は 1〜{BUSINESS_DAYS_MAX} にしてください。");
        let en = format!("business_days must be from 1 to {BUSINESS_DAYS_MAX}");
        return Some(("business_days".to_owned(), Text { ja, en }));
    }
    None
}

/// What is wrong with the views of a condition.
fn wrong_views(when: &Trigger) -> Option<(String, Text)> {
    let (views, least, most) = match when {
        Trigger::Disagreement { views } => (views, 2, DISAGREEING_VIEWS_MAX),
        Trigger::RedAccount { views } => (views, 1, RED_VIEWS_MAX),
        _ => return None,
    };
    if !(least..=most).contains(&views.len()) {
        let ja = format!("見方は {least}〜{most} 個にしてください。");
        return Some(("views".to_owned(), Text { ja, en: format!("from {least} to {most} views are needed") }));
    }
    let is_doubled = |(i, v): (usize, &Facet)| views.iter().take(i).any(|other| other.of == v.of);
    if let Some(double) = views.iter().enumerate().find(|pair| is_doubled(*pair)).map(|(_, v)| v) {
        let (ja, en) = (format!("「{}」が二度出てきます。", double.of), format!("{:?} is there twice", double.of));
        return Some((double.of.clone(), Text { ja, en }));
    }
    let is_inside = |v: &&Facet| {
        v.good.is_some_and(|good| match v.side {
            Side::Below => good <= v.bad,
            Side::Above => good >= v.bad,
        })
    };
    let inside = views.iter().find(is_inside)?;
    let ja = format!("「{}」の良好の値が、悪い側にあります。", inside.of);
    Some((inside.of.clone(), Text { ja, en: format!("the good limit of {:?} lies on its bad side", inside.of) }))
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
    if rule.cooldown_days > COOLDOWN_DAYS_MAX {
        return fail(
            "cooldown_days",
            "",
            format!("「次に知らせるまで」は {COOLDOWN_DAYS_MAX} 日までにしてください。"),
            format!("cooldown_days must be at most {COOLDOWN_DAYS_MAX}"),
        );
    }
    if !(0.0..=1.0).contains(&rule.severity) {
        return fail(
            "severity",
            "",
            "重さ（severity）は0〜1（画面では0〜100%）にしてください。".into(),
            "severity must be between 0 and 1".into(),
        );
    }
    if let Some((near, reason)) = wrong_no_show(pack, &rule.when).or_else(|| wrong_views(&rule.when)) {
        return fail("when", &near, reason.ja, reason.en);
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
                    "収まったとみなす値（clear）が、知らせる値（fire）の内側にあります。".into(),
                    "clear lies on the firing side of fire".into(),
                );
            }
        }
        Trigger::Change { by, within_days, .. } if *by == 0.0 || *within_days == 0 || *within_days > 400 => {
            let en = "a change needs by other than 0 and within_days from 1 to 400".to_owned();
            return fail(
                "when",
                "",
                "変化の大きさ（by）は0以外、日数（within_days）は1〜400にしてください。".into(),
                en,
            );
        }
        Trigger::DateApproaching { of, .. } if pack.metric(of).is_some_and(|m| m.kind != Kind::DaysUntil) => {
            let en = format!("{of:?} must be of kind days_until");
            return fail("when", of, format!("「{of}」は kind = \"days_until\" の指標にしてください。"), en);
        }
        _ => {}
    }
    Ok(())
}
