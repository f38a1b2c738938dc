//! Edits of a play.

use super::{Notes, plain, quoted};
use crate::customers::Audience;
use crate::lang::Text;
use crate::measure::Metric;
use crate::pack::labels::{join, label_audience, label_limit, plain_title};
use crate::plays::{Anchor, Bound, Dated, Doing, DueBefore, Mode, OnTimeout, Play, Reentry, Start, Step, Until, Who};

type Both<'a> = (&'a [Metric], &'a [Metric]);

pub(super) fn compare(before: &Play, after: &Play, all: Both<'_>, notes: &mut Notes<'_>) {
    let Play { id: _, title, what, due_business_days, audience, reentry, with_paused, start, steps } = before;
    notes.note_title(title, &after.title);
    notes.note_both_languages(("何をするか", "what to do"), what, &after.what);
    notes.note_days(("期限（営業日）", "due (business days)"), Some(*due_business_days), Some(after.due_business_days));
    compare_audiences(audience, &after.audience, notes);
    notes.note_text(("二度目", "again"), &label_reentry(*reentry), &label_reentry(after.reentry));
    let paused = |yes: bool| if yes { Text::new("含む", "included") } else { Text::new("除く", "left out") };
    notes.note_text(
        ("解約・休止の顧客", "customers that left or pause"),
        &paused(*with_paused),
        &paused(after.with_paused),
    );
    let start_of = |start: &Option<Start>| start.as_ref().map_or_else(Text::default, label_start);
    notes.note_text(("始まるとき", "begins"), &start_of(start), &start_of(&after.start));
    compare_steps(steps, &after.steps, all, notes);
}

fn compare_audiences(before: &Audience, after: &Audience, notes: &mut Notes<'_>) {
    if before != after {
        notes.note_always(("対象", "for"), &label_audience(before), &label_audience(after));
    }
}

/// Whether a customer may go through a play again, in words.
pub(crate) fn label_reentry(reentry: Reentry) -> Text {
    match reentry {
        Reentry::Never => Text::new("一度だけ", "once only"),
        Reentry::EachTime => Text::new("そのつど", "each time"),
        Reentry::AfterDays(days) => Text {
            ja: format!("前回から{days}日以上あけて"),
            en: format!("{days} days or more after the last"),
        },
    }
}

fn compare_steps(before: &[Step], after: &[Step], all: Both<'_>, notes: &mut Notes<'_>) {
    let name = |s: &Step| {
        let title = plain_title(&s.title);
        Text { ja: format!("手順「{}」", title.ja), en: format!("step “{}”", title.en) }
    };
    for step in before.iter().filter(|s| !after.iter().any(|a| a.id == s.id)) {
        let name = name(step);
        notes.say(Text { ja: format!("{}を削除", name.ja), en: format!("{} taken out", name.en) });
    }
    for step in after {
        let name = name(step);
        match before.iter().find(|b| b.id == step.id) {
            None => notes.say(Text { ja: format!("{}を追加", name.ja), en: format!("{} added", name.en) }),
            Some(old) if old != step => compare_step(&name, old, step, all, notes),
            Some(_) => {}
        }
    }
    let order = |list: &[Step], other: &[Step]| -> Vec<Text> {
        let kept = list.iter().filter(|s| other.iter().any(|o| o.id == s.id));
        kept.map(|s| after.iter().find(|a| a.id == s.id).map_or_else(|| plain(&s.id), |a| a.title.clone())).collect()
    };
    let ids = |list: &[Step], other: &[Step]| -> Vec<String> {
        list.iter().filter(|s| other.iter().any(|o| o.id == s.id)).map(|s| s.id.clone()).collect()
    };
    if ids(before, after) != ids(after, before) {
        notes.note_always(("手順の順番", "order of steps"), &join(&order(before, after)), &join(&order(after, before)));
    }
}

fn compare_step(name: &Text, before: &Step, after: &Step, all: Both<'_>, notes: &mut Notes<'_>) {
    let Step {
        id: _,
        title,
        what,
        mode,
        after: comes_after,
        due_business_days,
        due_before,
        who,
        escalate_business_days,
        doing,
    } = before;
    let label = |ja: &str, en: &str| (format!("{}：{ja}", name.ja), format!("{}: {en}", name.en));
    let (ja, en) = label("名前", "name");
    notes.note_both_languages((&ja, &en), title, &after.title);
    let (ja, en) = label("やり方", "how");
    notes.note_both_languages((&ja, &en), what, &after.what);
    let (ja, en) = label("進め方", "mode");
    notes.note_text((&ja, &en), &label_mode(*mode), &label_mode(after.mode));
    let ways = |list: &Option<Vec<String>>| match list {
        None => Text::new("ひとつ前の手順", "the step above"),
        Some(list) if list.is_empty() => Text::new("すぐ", "at once"),
        Some(list) => plain(&list.join(", ")),
    };
    let (ja, en) = label("前の手順", "comes after");
    notes.note_text((&ja, &en), &ways(comes_after), &ways(&after.after));
    let (ja, en) = label("期限（営業日）", "due (business days)");
    notes.note_days((&ja, &en), *due_business_days, after.due_business_days);
    let (ja, en) = label("期限の逆算", "dated back");
    notes.note_text((&ja, &en), &label_before(*due_before), &label_before(after.due_before));
    let (ja, en) = label("担当", "who");
    notes.note_text((&ja, &en), &label_who(*who), &label_who(after.who));
    let (ja, en) = label("遅れを知らせるまで（営業日）", "late by, before managers are told (business days)");
    notes.note_days((&ja, &en), *escalate_business_days, after.escalate_business_days);
    if *doing != after.doing {
        let (ja, en) = label("内容", "what is done");
        notes.note_always((&ja, &en), &label_doing(doing, all.0), &label_doing(&after.doing, all.1));
    }
}

fn label_before(before: Option<DueBefore>) -> Text {
    let Some(DueBefore { date, business_days: n }) = before else { return Text::default() };
    label_shift(&label_anchor(date), -i64::from(n))
}

/// A date that work is counted from, in words.
fn label_anchor(anchor: Anchor) -> Text {
    match anchor {
        Anchor::Since => Text::new("利用開始日", "the day they came"),
        Anchor::ContractStart => Text::new("契約開始日", "the start of the contract"),
        Anchor::NoticeDeadline => Text::new("通知期限", "the notice deadline"),
        Anchor::ContractEnd => Text::new("契約終了日", "the end of the contract"),
        Anchor::MonthClosing => Text::new("締め日", "the closing day of the month"),
        Anchor::QuarterEnd => Text::new("四半期末", "the end of the quarter"),
        Anchor::YearEnd => Text::new("年度末", "the end of the fiscal year"),
    }
}

fn label_shift(date: &Text, business_days: i64) -> Text {
    let n = business_days.abs();
    match business_days {
        0 => date.clone(),
        ..0 => {
            Text { ja: format!("{}の{n}営業日前", date.ja), en: format!("{n} business days before {}", date.en) }
        }
        _ => Text { ja: format!("{}の{n}営業日後", date.ja), en: format!("{n} business days after {}", date.en) },
    }
}

/// When a play begins by itself, in words.
fn label_start(start: &Start) -> Text {
    let Dated { date, every_months, business_days } = match start {
        Start::Stage(stage) => {
            let stage = quoted(stage);
            return Text {
                ja: format!("段階{}に入ったとき", stage.ja),
                en: format!("on entering the stage {}", stage.en),
            };
        }
        Start::Dated(dated) => *dated,
    };
    let date = label_anchor(date);
    let date = match every_months {
        Some(n) => {
            Text { ja: format!("{}から{n}か月ごと", date.ja), en: format!("every {n} months from {}", date.en) }
        }
        None => date,
    };
    label_shift(&date, i64::from(business_days))
}

fn label_mode(mode: Mode) -> Text {
    match mode {
        Mode::Manual => Text::new("手動", "by hand"),
        Mode::Semi => Text::new("半自動", "confirmed by a person"),
        Mode::Auto => Text::new("自動", "by itself"),
    }
}

fn label_who(who: Who) -> Text {
    match who {
        Who::Owner => Text::new("担当者", "the owner"),
        Who::Manager => Text::new("マネージャー", "a manager"),
        Who::Admin => Text::new("管理者", "an administrator"),
    }
}

/// What a step does, in one line that tells any two apart.
fn label_doing(doing: &Doing, metrics: &[Metric]) -> Text {
    let limit = |b: &Bound| label_limit(&b.of, b.side, b.limit, metrics);
    let id = |target: &Option<String>| target.clone().unwrap_or_else(|| "–".to_owned());
    match doing {
        Doing::Task => Text::new("作業", "a task"),
        Doing::Approval => Text::new("承認", "an approval"),
        Doing::Wait(Until::Days(n)) => {
            Text { ja: format!("{n}営業日待つ"), en: format!("wait for {n} business days") }
        }
        Doing::Wait(Until::Before(before)) => {
            let day = label_before(Some(*before));
            Text { ja: format!("{}まで待つ", day.ja), en: format!("wait until {}", day.en) }
        }
        Doing::Wait(Until::Holds { bound, timeout_business_days: n, on_timeout }) => {
            let b = limit(bound);
            let (ja, en) = match on_timeout {
                OnTimeout::GoOn => ("次へ進む", "go on"),
                OnTimeout::End => ("終える", "end"),
            };
            Text {
                ja: format!("{}になるまで待つ（{n}営業日で{ja}）", b.ja),
                en: format!("wait until {} ({en} after {n} business days)", b.en),
            }
        }
        Doing::Branch { when, yes, no } => {
            let b = limit(when);
            Text {
                ja: format!("{}なら {}、ちがえば {}", b.ja, id(yes), id(no)),
                en: format!("if {} then {}, else {}", b.en, id(yes), id(no)),
            }
        }
        Doing::Mail { to, purpose, subject, body } => Text {
            ja: format!("メール（{to}・{}）「{}」「{}」", purpose.word(), subject.ja, body.ja),
            en: format!("a letter ({to}, {}) “{}” “{}”", purpose.word(), subject.en, body.en),
        },
        Doing::Field { field, value } => {
            Text { ja: format!("{field} を {value} にする"), en: format!("set {field} to {value}") }
        }
        Doing::Webhook { text } => {
            Text { ja: format!("外部に知らせる「{text}」"), en: format!("tell others “{text}”") }
        }
        Doing::Milestone { expected_business_days: n, evidence, missed } => {
            let shown_by = match evidence.as_ref() {
                None => Text::new("人が判断", "a person says so"),
                Some(bound) => limit(bound),
            };
            let (ja, en) = match missed {
                None => (String::new(), String::new()),
                Some(step) => (format!("、届かなければ {step}"), format!("; if missed then {step}")),
            };
            Text {
                ja: format!("節目（{n}営業日・{}{ja}）", shown_by.ja),
                en: format!("a milestone ({n} business days, {}{en})", shown_by.en),
            }
        }
    }
}
