//! Edits of a signal's rule.

use super::{Notes, exact, quoted};
use crate::customers::Audience;
use crate::lang::{Lang, Text};
use crate::measure::Metric;
use crate::pack::Pack;
use crate::pack::labels::{both, join, label_also, label_audience, label_facet, label_subject, label_trigger};
use crate::signals::{Also, Facet, Rule, Trigger};

type Both<'a> = (&'a [Metric], &'a [Metric]);

pub(super) fn compare(before: &Rule, after: &Rule, all: Both<'_>, notes: &mut Notes<'_>) {
    let Rule {
        id: _,
        title,
        what,
        card,
        when,
        also,
        audience,
        dwell_days,
        cooldown_days,
        severity,
        due_business_days,
        play: _,
    } = before;
    notes.note_title(title, &after.title);
    notes.note_both_languages(("何をするか", "what to do"), what, &after.what);
    let kind = |card: crate::signals::CardKind| both(|lang| card.label(lang).to_owned());
    notes.note_text(("カードの種類", "kind of card"), &kind(*card), &kind(after.card));
    compare_triggers(when, &after.when, all, notes);
    compare_also(also, &after.also, all, notes);
    compare_audiences(audience, &after.audience, notes);
    notes.note_days(("続いたら知らせる日数", "dwell"), Some(*dwell_days), Some(after.dwell_days));
    notes.note_days(("次に知らせるまで", "cooldown"), Some(*cooldown_days), Some(after.cooldown_days));
    notes.note_number(("重さ", "severity"), *severity, after.severity);
    notes.note_days(("期限（営業日）", "due (business days)"), Some(*due_business_days), Some(after.due_business_days));
}

/// The play that answers, by its name; each rule with its pack.
pub(super) fn compare_plays((before, old): (&Rule, &Pack), (after, new): (&Rule, &Pack), notes: &mut Notes<'_>) {
    let answer = |rule: &Rule, pack: &Pack| {
        let Some(id) = rule.play.as_deref() else { return Text::default() };
        pack.play(id).map_or_else(|| quoted(id), |p| both(|lang| quoted(p.title.get(lang)).get(lang).to_owned()))
    };
    if before.play != after.play {
        notes.note_always(("打ち手", "play"), &answer(before, old), &answer(after, new));
    }
}

/// Limits by name where the kind and the metric stay; else the whole condition.
fn compare_triggers(before: &Trigger, after: &Trigger, all: Both<'_>, notes: &mut Notes<'_>) {
    if before == after {
        return;
    }
    let so_far = notes.out.len();
    match (before, after) {
        (
            Trigger::Threshold { of, side, fire, clear },
            Trigger::Threshold { of: to, side: there, fire: limit, clear: end },
        ) if of == to && side == there => {
            let name = label_subject(of, all.1);
            let metrics = [find(all.0, of), find(all.1, of)];
            let (ja, en) = (format!("{}：しきい値", name.ja), format!("{}: threshold", name.en));
            notes.note_value((&ja, &en), metrics, *fire, *limit);
            let (ja, en) = (format!("{}：解除", name.ja), format!("{}: clears at", name.en));
            match (clear, end) {
                (Some(a), Some(b)) => notes.note_value((&ja, &en), metrics, *a, *b),
                (a, b) if a != b => {
                    let same = || Text::new("しきい値と同じ", "the threshold");
                    let shown = |v: &Option<f64>, metric| {
                        v.map_or_else(same, |v| both(|lang| crate::pack::labels::show_of(metric, v, lang)))
                    };
                    notes.note_always((&ja, &en), &shown(a, metrics[0]), &shown(b, metrics[1]));
                }
                _ => {}
            }
        }
        (Trigger::DateApproaching { of, within_days }, Trigger::DateApproaching { of: to, within_days: ahead })
            if of == to =>
        {
            notes.note_days(("何日前から", "days ahead"), Some(*within_days), Some(*ahead));
        }
        (
            Trigger::NoShow { of, at_least, since, business_days, who },
            Trigger::NoShow { of: to, at_least: least, since: from, business_days: days, who: by },
        ) if of == to && at_least == least && since == from && who == by => {
            notes.note_days(("目安の営業日", "business days allowed"), Some(*business_days), Some(*days));
        }
        (Trigger::Disagreement { views }, Trigger::Disagreement { views: now })
        | (Trigger::RedAccount { views }, Trigger::RedAccount { views: now }) => compare_views(views, now, all, notes),
        _ => {}
    }
    if notes.out.len() == so_far {
        let (a, b) = (label_trigger(before, all.0), label_trigger(after, all.1));
        let (a, b) = if a == b { (exact(before), exact(after)) } else { (a, b) };
        notes.note_always(("条件", "condition"), &a, &b);
    }
}

/// Views by what they look at: taken away, added, or with other limits.
fn compare_views(before: &[Facet], after: &[Facet], all: Both<'_>, notes: &mut Notes<'_>) {
    let label = |facet: &Facet, metrics| label_facet(facet, metrics);
    for old in before {
        match after.iter().find(|new| new.of == old.of) {
            Some(new) if new == old => {}
            Some(new) => {
                let (a, b) = (label(old, all.0), label(new, all.1));
                let (a, b) = if a == b { (exact(old), exact(new)) } else { (a, b) };
                notes.note_always(("見方", "view"), &a, &b);
            }
            None => {
                let gone = label(old, all.0);
                notes.say(Text {
                    ja: format!("見方を削除：{}", gone.ja), en: format!("view taken out: {}", gone.en)
                });
            }
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.of == new.of)) {
        let new = label(new, all.1);
        notes.say(Text { ja: format!("見方を追加：{}", new.ja), en: format!("view added: {}", new.en) });
    }
}

fn find<'a>(metrics: &'a [Metric], id: &str) -> Option<&'a Metric> {
    metrics.iter().find(|m| m.id == id)
}

fn compare_also(before: &[Also], after: &[Also], all: Both<'_>, notes: &mut Notes<'_>) {
    if before == after {
        return;
    }
    let shown =
        |list: &[Also], metrics: &[Metric]| join(&list.iter().map(|a| label_also(a, metrics)).collect::<Vec<_>>());
    let (a, b) = (shown(before, all.0), shown(after, all.1));
    let (a, b) = if a == b { (exact(&before), exact(&after)) } else { (a, b) };
    notes.note_always(("あわせて", "and also"), &a, &b);
}

fn compare_audiences(before: &Audience, after: &Audience, notes: &mut Notes<'_>) {
    if before == after {
        return;
    }
    let (a, b) = (label_audience(before), label_audience(after));
    let same = a.get(Lang::Ja) == b.get(Lang::Ja);
    let (a, b) = if same { (exact(before), exact(after)) } else { (a, b) };
    notes.note_always(("対象", "for"), &a, &b);
}
