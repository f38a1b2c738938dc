//! Edits of a model.

use super::{Notes, exact, plain};
use crate::health::{AgedCurve, Cap, Group, Measure, Model};
use crate::lang::{Lang, Text};
use crate::measure::{Metric, figure};
use crate::pack::labels::{both, join, label_audience, label_missing_rule, label_outside, label_subject, show_of};

type Both<'a> = (&'a [Metric], &'a [Metric]);

fn find<'a>(metrics: &'a [Metric], id: &str) -> Option<&'a Metric> {
    metrics.iter().find(|m| m.id == id)
}

pub(super) fn compare(before: &Model, after: &Model, all: Both<'_>, notes: &mut Notes<'_>) {
    let Model { id: _, title, when, minimum_coverage, bands, groups, caps } = before;
    notes.note_title(title, &after.title);
    if *when != after.when {
        let (a, b) = (label_audience(when), label_audience(&after.when));
        let (a, b) = if a == b { (exact(when), exact(&after.when)) } else { (a, b) };
        notes.note_always(("条件", "for"), &a, &b);
    }
    note_share(("判定に必要な測定", "measured at least"), *minimum_coverage, after.minimum_coverage, notes);
    notes.note_number(("黄の始まり", "amber from"), bands.amber_from, after.bands.amber_from);
    notes.note_number(("緑の始まり", "green from"), bands.green_from, after.bands.green_from);
    compare_groups(groups, &after.groups, notes);
    compare_measures(before, after, all, notes);
    if *caps != after.caps {
        let shown = |caps: &[Cap], metrics: &[Metric]| {
            let lines = caps.iter().map(|Cap { metric, at_most }| {
                let name = label_subject(metric, metrics);
                Text {
                    ja: format!("{}が赤なら{at_most}点まで", name.ja),
                    en: format!("{} red: at most {at_most}", name.en),
                }
            });
            join(&lines.collect::<Vec<_>>())
        };
        notes.note_always(("上限", "caps"), &shown(caps, all.0), &shown(&after.caps, all.1));
    }
}

/// A share as percent, as long as that tells the two apart.
fn note_share(label: (&str, &str), before: f64, after: f64, notes: &mut Notes<'_>) {
    let (a, b) = (show_share(before), show_share(after));
    if a == b { notes.note_number(label, before, after) } else { notes.note_always(label, &plain(&a), &plain(&b)) }
}

/// A share as percent, with a decimal where it needs one.
pub(in crate::pack) fn show_share(share: f64) -> String {
    format!("{}%", figure(share * 100.0, 1))
}

fn compare_groups(before: &[Group], after: &[Group], notes: &mut Notes<'_>) {
    for group in before.iter().filter(|g| !after.iter().any(|o| o.id == g.id)) {
        notes.say(Text {
            ja: format!("組を削除：{}", group.title.ja),
            en: format!("group taken out: {}", group.title.en),
        });
    }
    for group in after {
        let Group { id, title, weight, measures: _ } = group;
        let Some(old) = before.iter().find(|g| g.id == *id) else {
            notes.say(Text { ja: format!("組を追加：{}", title.ja), en: format!("group added: {}", title.en) });
            continue;
        };
        let label = (format!("組「{}」の名前", old.title.ja), format!("name of the group “{}”", old.title.en));
        notes.note_both_languages((&label.0, &label.1), &old.title, title);
        if old.weight != *weight {
            let shares = [(before, old), (after, group)].map(|(all, g)| group_share(all, g));
            let label = (format!("組「{}」の重み", title.ja), format!("weight of the group “{}”", title.en));
            note_weight((&label.0, &label.1), shares, [old.weight, *weight], notes);
        }
    }
    let order = |list: &[Group], other: &[Group]| -> Vec<String> {
        list.iter().filter(|g| other.iter().any(|o| o.id == g.id)).map(|g| g.id.clone()).collect()
    };
    let (old, new) = (order(before, after), order(after, before));
    if old != new {
        let named = |ids: &[String]| {
            let titles = ids.iter().filter_map(|id| after.iter().find(|g| g.id == *id)).map(|g| g.title.clone());
            join(&titles.collect::<Vec<_>>())
        };
        notes.note_always(("組の順番", "order of groups"), &named(&old), &named(&new));
    }
}

/// The share of a group in the whole.
fn group_share(groups: &[Group], group: &Group) -> f64 {
    let total: f64 = groups.iter().map(Group::weight).sum();
    if total > 0.0 { group.weight() / total } else { 0.0 }
}

/// The share of a measure in the whole, 0–1, when everything is measured.
pub fn share_of(model: &Model, metric: &str) -> f64 {
    let Some(group) = model.groups.iter().find(|g| g.measures.iter().any(|m| m.metric == metric)) else { return 0.0 };
    let inside: f64 = group.measures.iter().map(|m| m.weight).sum();
    let own = group.measures.iter().find(|m| m.metric == metric).map_or(0.0, |m| m.weight);
    if inside > 0.0 { group_share(&model.groups, group) * own / inside } else { 0.0 }
}

/// 重み 30% → 20%; with the figures as they were set when the shares are the same.
fn note_weight(label: (&str, &str), shares: [f64; 2], set: [Option<f64>; 2], notes: &mut Notes<'_>) {
    let [old, new] = shares.map(show_share);
    if old != new {
        notes.note_always(label, &plain(&old), &plain(&new));
        return;
    }
    let shown =
        |w: Option<f64>| w.map_or_else(|| Text::new("項目の合計", "sum of its measures"), |w| plain(&w.to_string()));
    let [a, b] = set.map(shown);
    let label = (format!("{}（割合は{new}のまま）", label.0), format!("{} (still {new})", label.1));
    notes.note_always((&label.0, &label.1), &a, &b);
}

fn compare_measures(before: &Model, after: &Model, all: Both<'_>, notes: &mut Notes<'_>) {
    let mut edited = Vec::new();
    for (_, measure) in before.measures().filter(|(_, m)| after.measure(&m.metric).is_none()) {
        let name = label_subject(&measure.metric, all.0);
        notes.say(Text { ja: format!("項目を削除：{}", name.ja), en: format!("measure taken out: {}", name.en) });
        edited.push(measure.metric.as_str());
    }
    for (group, measure) in after.measures() {
        let id = measure.metric.as_str();
        let name = label_subject(id, all.1);
        let Some((old_group, old)) = before.measures().find(|(_, m)| m.metric == id) else {
            let share = show_share(share_of(after, id));
            notes.say(Text {
                ja: format!("項目を追加：{}（{}、重み {share}）", name.ja, group.title.ja),
                en: format!("measure added: {} ({}, weight {share})", name.en, group.title.en),
            });
            edited.push(id);
            continue;
        };
        let named = |ja: &str, en: &str| (format!("{}：{ja}", name.ja), format!("{}: {en}", name.en));
        if old_group.id != group.id {
            let label = named("組", "group");
            notes.note_always((&label.0, &label.1), &old_group.title, &group.title);
        }
        let equal = old.weight == measure.weight;
        if !equal {
            let label = named("重み", "weight");
            let shares = [share_of(before, id), share_of(after, id)];
            note_weight((&label.0, &label.1), shares, [Some(old.weight), Some(measure.weight)], notes);
            edited.push(id);
        }
        compare_measure(old, measure, &name, [find(all.0, id), find(all.1, id)], notes);
    }
    note_order(before, after, all, notes);
    note_shifted(before, after, all.1, &edited, notes);
}

fn compare_measure(
    before: &Measure,
    after: &Measure,
    name: &Text,
    metrics: [Option<&Metric>; 2],
    notes: &mut Notes<'_>,
) {
    let Measure { metric: _, curve, by_age, outside, weight: _, missing } = before;
    let named = |ja: &str, en: &str| (format!("{}：{ja}", name.ja), format!("{}: {en}", name.en));
    let label = named("曲線", "curve");
    compare_curve((&label.0, &label.1), curve, &after.curve, metrics, notes);
    compare_aged(by_age, &after.by_age, name, metrics, notes);
    let label = named("曲線の外", "outside of the curve");
    notes.note_text((&label.0, &label.1), &label_outside(*outside), &label_outside(after.outside));
    if *missing != after.missing {
        let label = named("測れないとき", "when not measured");
        let [a, b] =
            [(*missing, metrics[0]), (after.missing, metrics[1])].map(|(m, metric)| label_missing_rule(m, metric));
        let (a, b) = if a == b { (exact(missing), exact(&after.missing)) } else { (a, b) };
        notes.note_always((&label.0, &label.1), &a, &b);
    }
}

fn show_point((value, points): (f64, f64), metric: Option<&Metric>, lang: Lang) -> String {
    let value = show_of(metric, value, lang);
    match lang {
        Lang::Ja => format!("{value}で{points}点"),
        Lang::En => format!("{points} at {value}"),
    }
}

/// The points that moved; the whole curve when there are more or fewer.
fn compare_curve(
    label: (&str, &str),
    before: &[(f64, f64)],
    after: &[(f64, f64)],
    metrics: [Option<&Metric>; 2],
    notes: &mut Notes<'_>,
) {
    if before == after {
        return;
    }
    let [old, new] = metrics;
    if before.len() == after.len() {
        for (a, b) in before.iter().zip(after).filter(|(a, b)| a != b) {
            let shown = |point: (f64, f64), metric| both(|lang| show_point(point, metric, lang));
            let (mut x, mut y) = (shown(*a, old), shown(*b, new));
            if x == y {
                (x, y) = (shown(*a, None), shown(*b, None));
            }
            notes.note_always(label, &x, &y);
        }
        return;
    }
    let whole = |curve: &[(f64, f64)], metric| {
        join(&curve.iter().map(|p| both(|lang| show_point(*p, metric, lang))).collect::<Vec<_>>())
    };
    notes.note_always(label, &whole(before, old), &whole(after, new));
}

fn compare_aged(
    before: &[AgedCurve],
    after: &[AgedCurve],
    name: &Text,
    metrics: [Option<&Metric>; 2],
    notes: &mut Notes<'_>,
) {
    let label = |age: u32| {
        (format!("{}：利用開始から{age}日以降の曲線", name.ja), format!("{}: curve from an age of {age} days", name.en))
    };
    let same_ages = before.iter().map(|c| c.age_days_from).eq(after.iter().map(|c| c.age_days_from));
    if same_ages {
        for (a, b) in before.iter().zip(after) {
            let label = label(a.age_days_from);
            compare_curve((&label.0, &label.1), &a.curve, &b.curve, metrics, notes);
        }
        return;
    }
    let ages = |list: &[AgedCurve]| {
        let ages = list
            .iter()
            .map(|c| Text { ja: format!("{}日から", c.age_days_from), en: format!("from {} d", c.age_days_from) });
        join(&ages.collect::<Vec<_>>())
    };
    let (ja, en) = (format!("{}：年数ごとの曲線", name.ja), format!("{}: curves by age", name.en));
    notes.note_always((&ja, &en), &ages(before), &ages(after));
    for aged in after {
        let old = before.iter().find(|c| c.age_days_from == aged.age_days_from);
        let label = label(aged.age_days_from);
        compare_curve((&label.0, &label.1), old.map_or(&[], |c| &c.curve), &aged.curve, metrics, notes);
    }
}

/// Measures of a group in another order.
fn note_order(before: &Model, after: &Model, all: Both<'_>, notes: &mut Notes<'_>) {
    for group in &after.groups {
        let Some(old) = before.groups.iter().find(|g| g.id == group.id) else { continue };
        let kept = |list: &Group, other: &Group| -> Vec<Text> {
            let stays = |m: &&Measure| other.measures.iter().any(|o| o.metric == m.metric);
            list.measures.iter().filter(stays).map(|m| plain(&m.metric)).collect()
        };
        let (a, b) = (kept(old, group), kept(group, old));
        if a != b {
            let named = |ids: &[Text]| join(&ids.iter().map(|id| label_subject(&id.ja, all.1)).collect::<Vec<_>>());
            let label =
                (format!("組「{}」の項目の順番", group.title.ja), format!("order in the group “{}”", group.title.en));
            notes.note_always((&label.0, &label.1), &named(&a), &named(&b));
        }
    }
}

/// Shares that moved because others did.
fn note_shifted(before: &Model, after: &Model, metrics: &[Metric], edited: &[&str], notes: &mut Notes<'_>) {
    let mut shifted = Vec::new();
    for (_, measure) in after.measures() {
        let id = measure.metric.as_str();
        if edited.contains(&id) || before.measure(id).is_none() {
            continue;
        }
        let (old, new) = (show_share(share_of(before, id)), show_share(share_of(after, id)));
        if old != new {
            let name = label_subject(id, metrics);
            shifted
                .push(Text { ja: format!("{} {old} → {new}", name.ja), en: format!("{} {old} → {new}", name.en) });
        }
    }
    if !shifted.is_empty() {
        let list = join(&shifted);
        notes.say(Text {
            ja: format!("これにより、ほかの項目の割合：{}", list.ja),
            en: format!("so the shares of others: {}", list.en),
        });
    }
}
