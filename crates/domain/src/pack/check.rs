//! What a pack must fulfil beyond its form.

use std::collections::HashSet;

use super::{Fault, Pack};
use crate::deals::is_decided;
use crate::health::{Measure, MissingRule, Model};
use crate::lang::Text;
use crate::limits::CURVE_POINTS_MAX;
use crate::measure::{Against, Kind, Metric, Per};
use crate::signals::SCORE;
use crate::time::Zone;

pub(super) type Checked = Result<(), Box<Fault>>;

pub(super) fn fault(
    section: &'static str,
    index: usize,
    id: &str,
    key: &'static str,
    reason: Text,
    fix: Text,
) -> Box<Fault> {
    Box::new(Fault { section, index, id: id.to_owned(), key, near: String::new(), reason, fix })
}

/// The first fault, if there is one.
pub(super) fn check(pack: &Pack) -> Checked {
    check_head(pack)?;
    check_ids("metric", pack.metrics.iter().map(|m| m.id.as_str()))?;
    check_ids("model", pack.models.iter().map(|m| m.id.as_str()))?;
    check_ids("signal", pack.signals.iter().map(|s| s.id.as_str()))?;
    check_ids("play", pack.plays.iter().map(|p| p.id.as_str()))?;
    check_ids("deal_stage", pack.deal_stages.iter().map(|s| s.id.as_str()))?;
    check_stages(pack)?;
    for (i, metric) in pack.metrics.iter().enumerate() {
        check_metric(pack, i, metric)?;
    }
    check_loops(pack)?;
    for (i, model) in pack.models.iter().enumerate() {
        check_model(pack, i, model)?;
    }
    for (i, rule) in pack.signals.iter().enumerate() {
        super::check_signal::check_rule(pack, i, rule)?;
    }
    for (i, play) in pack.plays.iter().enumerate() {
        super::check_play::check_play(pack, i, play)?;
    }
    match pack.cards.find_fault() {
        Some((key, reason)) => Err(fault("cards", 0, "", key, reason, Text::default())),
        None => Ok(()),
    }
}

fn check_head(pack: &Pack) -> Checked {
    if pack.id.is_empty() {
        let reason = Text::new("パックの id が空です。", "the pack's id is empty");
        return Err(fault("pack", 0, "", "id", reason, Text::default()));
    }
    if pack.calendar.weekend == [true; 7] {
        let reason = Text::new("働く曜日がありません。", "no day of the week is worked");
        return Err(fault("calendar", 0, "", "weekend", reason, Text::default()));
    }
    if Zone::named(&pack.time_zone).is_err() {
        let reason = Text {
            ja: format!("タイムゾーン「{}」はありません。", pack.time_zone),
            en: format!("unknown time zone {:?}", pack.time_zone),
        };
        let fix = Text::new("Asia/Tokyo のような名前を書いてください。", "write a name such as Asia/Tokyo");
        return Err(fault("pack", 0, &pack.id, "time_zone", reason, fix));
    }
    Ok(())
}

fn check_stages(pack: &Pack) -> Checked {
    for (i, stage) in pack.deal_stages.iter().enumerate() {
        if is_decided(&stage.id) {
            let reason = Text::new("won と lost はいつもあります。", "won and lost are always there");
            return Err(fault(
                "deal_stage",
                i,
                &stage.id,
                "id",
                reason,
                Text::new("この段階を消してください。", "take this stage out"),
            ));
        }
        if stage.probability.is_some_and(|p| p > 100) {
            let reason = Text::new("確度が 100 を超えています。", "the probability is above 100");
            let fix = Text::new("0 から 100 にしてください。", "use 0 to 100");
            return Err(fault("deal_stage", i, &stage.id, "probability", reason, fix));
        }
    }
    Ok(())
}

fn check_ids<'a>(section: &'static str, ids: impl Iterator<Item = &'a str>) -> Checked {
    let mut seen = HashSet::new();
    for (i, id) in ids.enumerate() {
        let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
        if !plain || id == SCORE {
            let reason =
                Text { ja: format!("id「{id}」は使えません。"), en: format!("the id {id:?} cannot be used") };
            let fix = Text::new(
                "半角の英数字と _ - . で、score 以外の名前にしてください。",
                "use letters, digits, _ - . and not the word score",
            );
            return Err(fault(section, i, id, "id", reason, fix));
        }
        if !seen.insert(id) {
            let reason =
                Text { ja: format!("id「{id}」が二度あります。"), en: format!("the id {id:?} occurs twice") };
            let fix = Text::new("どちらかの id を変えてください。", "rename one of them");
            return Err(fault(section, i, id, "id", reason, fix));
        }
    }
    Ok(())
}

fn check_metric(pack: &Pack, index: usize, metric: &Metric) -> Checked {
    let fail = |key, ja: &str, en: &str, fix_ja: &str, fix_en: &str| {
        Err(fault("metric", index, &metric.id, key, Text::new(ja, en), Text::new(fix_ja, fix_en)))
    };
    if metric.window_days == Some(0) {
        return fail(
            "window_days",
            "期間が 0 日です。",
            "the window is empty",
            "1 以上にしてください。",
            "use 1 or more",
        );
    }
    if metric.window_days.is_some_and(|d| d > DAYS_MAX) || metric.offset_days > DAYS_MAX {
        return fail(
            "window_days",
            "期間が長すぎます。",
            "the window is too long",
            "3650 日までにしてください。",
            "at most 3650 days",
        );
    }
    if !metric.except.is_empty() && !metric.event.is_all() {
        return fail(
            "except",
            "except は event を書かないときだけ使えます。",
            "except is for metrics that count every event",
            "",
            "",
        );
    }
    let parts = match metric.kind {
        Kind::Ratio => 2,
        Kind::Change if metric.against == Against::Before => 2,
        Kind::Change | Kind::Percentile => 1,
        _ => 0,
    };
    if metric.of.len() != parts {
        let en = format!("this kind needs {parts} metrics in of, here are {}", metric.of.len());
        let ja = format!("この種類は of に {parts} 個の指標が必要です（いまは {} 個）。", metric.of.len());
        return fail("of", &ja, &en, "", "");
    }
    let needs_attribute = matches!(metric.kind, Kind::Attribute | Kind::DaysUntil);
    let may_have = needs_attribute || metric.kind == Kind::DaysSince;
    if needs_attribute && metric.attribute.is_none() || !may_have && metric.attribute.is_some() {
        return fail(
            "attribute",
            "attribute と種類が合いません。",
            "attribute and kind do not fit",
            "kind が attribute か days_until のときだけ attribute を書いてください。",
            "give attribute with the kinds attribute, days_until (and days_since) only",
        );
    }
    let countable = matches!(metric.kind, Kind::Count | Kind::Sum | Kind::DistinctDays);
    if metric.per == Some(Per::BusinessDay) && (!countable || metric.window_days.is_none()) {
        return fail(
            "per",
            "営業日あたりにできるのは、期間のある count・sum・distinct_days だけです。",
            "only count, sum and distinct_days with a window can be per business day",
            "",
            "",
        );
    }
    check_parts(pack, index, metric)
}

/// A metric of the pack in force keeps its unit; one that had none may get one.
pub(super) fn check_units(pack: &Pack, before: &Pack) -> Checked {
    for (i, metric) in pack.metrics.iter().enumerate() {
        let Some(old) = before.metric(&metric.id).filter(|old| !old.unit.is_empty()) else { continue };
        if old.unit != metric.unit {
            let reason = Text {
                ja: format!(
                    "指標「{}」の単位は {} です。単位を変えると、過去の値と点数の意味が変わります。",
                    metric.id, old.unit
                ),
                en: format!(
                    "the unit of {:?} is {}: with another one, its past values and scores would mean something else",
                    metric.id, old.unit
                ),
            };
            let fix = Text::new("別の id で新しい指標を作ってください。", "make a new metric with an id of its own");
            return Err(fault("metric", i, &metric.id, "unit", reason, fix));
        }
    }
    Ok(())
}

/// The longest window or offset.
const DAYS_MAX: u32 = 3_650;

fn check_parts(pack: &Pack, index: usize, metric: &Metric) -> Checked {
    let fail = |ja: String, en: String| Err(fault("metric", index, &metric.id, "of", Text { ja, en }, Text::default()));
    for id in &metric.of {
        let Some(part) = pack.metric(id) else {
            return fail(format!("指標「{id}」はありません。"), format!("there is no metric {id:?}"));
        };
        if part.kind == Kind::Percentile {
            return fail(
                format!("「{id}」は順位なので、ほかの指標の元にはできません。"),
                format!("{id:?} is a position and cannot be a part of another metric"),
            );
        }
        let windowed = part.kind.reads_events() && part.attribute.is_none() && part.window_days.is_some();
        if metric.against == Against::Baseline && !windowed {
            return fail(
                format!("ふだんとの比較には、期間のある指標が必要です（「{id}」にはありません）。"),
                format!("a baseline needs a metric with a window, {id:?} has none"),
            );
        }
    }
    if let [a, b] = metric.of.as_slice()
        && a == b
    {
        let en = match metric.kind {
            Kind::Ratio => format!("{a:?} divided by itself says nothing"),
            _ => format!("{a:?} against itself is always zero"),
        };
        return fail(format!("「{a}」を自分自身と比べても何もわかりません。"), en);
    }
    if let (Kind::Change, [a, b]) = (metric.kind, metric.of.as_slice()) {
        let unit = |id: &str| pack.metric(id).map_or("", |m| m.unit.as_str());
        let (a, b) = (unit(a), unit(b));
        if !a.is_empty() && !b.is_empty() && a != b {
            return fail(
                format!("単位の違うもの（{a} と {b}）の変化は計算できません。"),
                format!("a change between different units ({a} and {b}) says nothing"),
            );
        }
    }
    if matches!(metric.kind, Kind::Ratio | Kind::Change) && matches!(metric.unit.as_str(), "yen" | "people" | "seats") {
        return Err(fault(
            "metric",
            index,
            &metric.id,
            "unit",
            Text {
                ja: format!("比率の単位に {} は使えません。", metric.unit),
                en: format!(
                    "a {} cannot have the unit {}",
                    if metric.kind == Kind::Ratio { "ratio" } else { "change" },
                    metric.unit
                ),
            },
            Text::new("percent にするか、単位を消してください。", "use percent or leave the unit out"),
        ));
    }
    Ok(())
}

/// Refuses metrics that are made of themselves.
fn check_loops(pack: &Pack) -> Checked {
    let mut done: HashSet<&str> = pack.metrics.iter().filter(|m| m.of.is_empty()).map(|m| m.id.as_str()).collect();
    loop {
        let before = done.len();
        done.extend(
            pack.metrics
                .iter()
                .filter(|m| m.of.iter().all(|id| done.contains(id.as_str())))
                .map(|m| m.id.as_str())
                .collect::<Vec<_>>(),
        );
        if done.len() == before {
            break;
        }
    }
    match pack.metrics.iter().enumerate().find(|(_, m)| !done.contains(m.id.as_str())) {
        None => Ok(()),
        Some((i, metric)) => Err(fault(
            "metric",
            i,
            &metric.id,
            "of",
            Text::new("指標が自分自身を元にしています（循環）。", "the metric is made of itself (a loop)"),
            Text::new("of のどこかで循環を切ってください。", "break the loop in one of the of lists"),
        )),
    }
}

fn check_model(pack: &Pack, index: usize, model: &Model) -> Checked {
    let fail = |key, near: &str, ja: String, en: String| {
        let near = near.to_owned();
        Err(Box::new(Fault { near, ..*fault("model", index, &model.id, key, Text { ja, en }, Text::default()) }))
    };
    let mut groups = HashSet::new();
    if let Some(twice) = model.groups.iter().find(|g| !groups.insert(g.id.as_str())) {
        let id = &twice.id;
        return fail("id", id, format!("組「{id}」が二度あります。"), format!("the group {id:?} occurs twice"));
    }
    let mut seen = HashSet::new();
    for (group, measure) in model.measures() {
        let id = measure.metric.as_str();
        if pack.metric(id).is_none() {
            return fail("metric", id, format!("指標「{id}」はありません。"), format!("there is no metric {id:?}"));
        }
        if !seen.insert(id) {
            let en = format!("the metric {id:?} occurs twice in the model");
            return fail("metric", id, format!("指標「{id}」がモデルに二度あります。"), en);
        }
        if !is_weight(measure.weight) || !group.weight.is_none_or(is_weight) {
            let ja = format!("「{id}」の重みは 0 以上の数にしてください。");
            return fail("weight", "-", ja, format!("the weight of {id:?} must be a number from 0"));
        }
        if let Some(problem) = check_curves(measure) {
            return fail(
                "curve",
                id,
                format!("「{id}」の曲線：{}", problem.ja),
                format!("curve of {id:?}: {}", problem.en),
            );
        }
    }
    if seen.is_empty() || model.groups.iter().map(crate::health::Group::weight).sum::<f64>() <= 0.0 {
        return fail("", "", "重みのある項目がありません。".into(), "the model has no measure with a weight".into());
    }
    let b = model.bands;
    if !(0.0 < b.amber_from && b.amber_from < b.green_from && b.green_from <= 100.0) {
        let en = "bands must rise: 0 < amber_from < green_from <= 100".to_owned();
        return fail("bands", "", "区切りは 0 < amber_from < green_from <= 100 にしてください。".into(), en);
    }
    if !(0.0..=1.0).contains(&model.minimum_coverage) {
        let en = "minimum_coverage must be between 0 and 1".to_owned();
        return fail("minimum_coverage", "", "minimum_coverage は 0〜1 にしてください。".into(), en);
    }
    for cap in &model.caps {
        let id = cap.metric.as_str();
        if !seen.contains(id) {
            let en = format!("a cap names {id:?}, which is not in the model");
            return fail("metric", id, format!("上限の「{id}」がモデルにありません。"), en);
        }
        if !(0.0..=100.0).contains(&cap.at_most) {
            let en = "at_most must be between 0 and 100".to_owned();
            return fail("at_most", "", "at_most は 0〜100 にしてください。".into(), en);
        }
    }
    Ok(())
}

fn is_weight(weight: f64) -> bool {
    weight.is_finite() && weight >= 0.0
}

fn check_curves(measure: &Measure) -> Option<Text> {
    let all = std::iter::once(&measure.curve).chain(measure.by_age.iter().map(|c| &c.curve));
    for curve in all {
        if curve.is_empty() {
            return Some(Text::new("点がありません。", "it has no points"));
        }
        if curve.len() > CURVE_POINTS_MAX {
            let ja = format!("点は {CURVE_POINTS_MAX} までです。");
            return Some(Text { ja, en: format!("at most {CURVE_POINTS_MAX} points") });
        }
        if curve.iter().any(|(v, p)| !v.is_finite() || !(0.0..=100.0).contains(p)) {
            return Some(Text::new("点数は 0〜100 にしてください。", "points must be between 0 and 100"));
        }
        let rising = curve.windows(2).all(|w| matches!(w, [a, b] if a.0 <= b.0));
        if !rising {
            return Some(Text::new("値の小さい順に並べてください。", "values must be in rising order"));
        }
    }
    if !measure.by_age.is_sorted_by_key(|c| c.age_days_from) {
        return Some(Text::new("age_days_from の小さい順に並べてください。", "by_age must be in rising order"));
    }
    match measure.missing {
        MissingRule::Value(v) if !v.is_finite() => {
            Some(Text::new("仮の値が数ではありません。", "the missing value is no number"))
        }
        _ => None,
    }
}
