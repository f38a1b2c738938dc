//! Edits of a metric.

use super::{Notes, exact, plain, quoted};
use crate::lang::Text;
use crate::measure::{Events, Metric, Per};
use crate::pack::labels::{join, label_against, label_better, label_kind, label_missing, label_subject};

pub(super) fn compare(before: &Metric, after: &Metric, all: (&[Metric], &[Metric]), notes: &mut Notes<'_>) {
    let Metric {
        id: _,
        title,
        kind,
        event,
        except,
        window_days,
        offset_days,
        of,
        against,
        attribute,
        per,
        better,
        unit,
        stale_after_days,
        missing,
        from_age_days,
        provided_by,
        owner,
        description,
    } = before;
    notes.note_title(title, &after.title);
    notes.note_text(("数え方", "kind"), &label_kind(*kind), &label_kind(after.kind));
    note_events(event, &after.event, notes);
    notes.note_text(("数えない出来事", "events that do not count"), &names(except), &names(&after.except));
    notes.note_days(("期間", "window"), *window_days, after.window_days);
    notes.note_days(
        ("何日前までの期間か", "days that the window lies back"),
        Some(*offset_days),
        Some(after.offset_days),
    );
    let parts = |ids: &[String], metrics: &[Metric]| {
        let parts = ids.iter().map(|id| {
            let name = label_subject(id, metrics);
            Text { ja: format!("{}（{id}）", name.ja), en: format!("{} ({id})", name.en) }
        });
        join(&parts.collect::<Vec<_>>())
    };
    if *of != after.of {
        notes.note_always(("元の指標", "made of"), &parts(of, all.0), &parts(&after.of, all.1));
    }
    notes.note_text(("比べる相手", "compared with"), &label_against(*against), &label_against(after.against));
    notes.note_text(("記録の名前", "recorded figure"), &word(attribute), &word(&after.attribute));
    let per_day = |per: Option<Per>| match per {
        Some(Per::BusinessDay) => Text::new("営業日あたり", "per business day"),
        None => Text::new("そのまま", "as counted"),
    };
    notes.note_text(("割る数", "divided"), &per_day(*per), &per_day(after.per));
    notes.note_text(("よい方向", "direction"), &label_better(*better), &label_better(after.better));
    notes.note_text(("単位", "unit"), &plain(unit), &plain(&after.unit));
    notes.note_days(("古いとみなすまで", "stale after"), *stale_after_days, after.stale_after_days);
    notes.note_text(("何もないとき", "when there is nothing"), &label_missing(*missing), &label_missing(after.missing));
    notes.note_days(("対象になるまで", "applies from an age of"), Some(*from_age_days), Some(after.from_age_days));
    notes.note_text(("取り込み元", "source"), &word(provided_by), &word(&after.provided_by));
    notes.note_text(("持ち主", "owner"), &word(owner), &word(&after.owner));
    notes.note_both_languages(("説明", "description"), description, &after.description);
}

/// An optional word; one that is there but empty is told apart from none.
fn word(text: &Option<String>) -> Text {
    text.as_deref().map_or_else(Text::default, |t| if t.is_empty() { plain("“”") } else { plain(t) })
}

fn names(names: &[String]) -> Text {
    join(&names.iter().map(|n| quoted(n)).collect::<Vec<_>>())
}

fn note_events(before: &Events, after: &Events, notes: &mut Notes<'_>) {
    if before == after {
        return;
    }
    let shown = |events: &Events| match events {
        Events::All => Text::new("すべての出来事", "every event"),
        Events::One(name) => quoted(name),
        Events::Any(list) if list.is_empty() => Text::new("（空の一覧）", "(an empty list)"),
        Events::Any(list) => names(list),
    };
    let (a, b) = (shown(before), shown(after));
    let (a, b) = if a == b { (exact(before), exact(after)) } else { (a, b) };
    notes.note_always(("出来事", "event"), &a, &b);
}
