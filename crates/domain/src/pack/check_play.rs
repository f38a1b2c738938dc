//! What the plays of a pack must fulfil.

use std::collections::HashSet;

use super::check::{Checked, fault};
use super::{Fault, Pack};
use crate::lang::Text;
use crate::limits::{PLAY_DAYS_MAX, PLAY_STEPS_MAX, TEXT_CHARS_MAX};
use crate::plays::{Anchor, Bound, Doing, DueBefore, Kind, Mode, Play, Start, Step, Until, unknown_field};
use crate::signals::SCORE;

/// The longest time between two starts of a play, in months.
const MONTHS_MAX: u32 = 60;

/// What is wrong: the key, a text of its line, and why.
type Wrong = Option<(&'static str, String, Text)>;

fn wrong(key: &'static str, near: &str, ja: String, en: String) -> Wrong {
    Some((key, near.to_owned(), Text { ja, en }))
}

pub(super) fn check_play(pack: &Pack, index: usize, play: &Play) -> Checked {
    let found = check_form(play)
        .or_else(|| play.steps.iter().find_map(|step| check_step(pack, play, step)))
        .or_else(|| check_order(play));
    match found {
        None => Ok(()),
        Some((key, near, reason)) => {
            Err(Box::new(Fault { near, ..*fault("play", index, &play.id, key, reason, Text::default()) }))
        }
    }
}

fn check_form(play: &Play) -> Wrong {
    if play.title.is_empty() {
        return wrong("title", "", "名前が空です。".into(), "the title is empty".into());
    }
    if play.steps.len() > PLAY_STEPS_MAX {
        let (ja, en) = (format!("手順は{PLAY_STEPS_MAX}までです。"), format!("at most {PLAY_STEPS_MAX} steps"));
        return wrong("step", "", ja, en);
    }
    if play.due_business_days > PLAY_DAYS_MAX {
        return too_long("due_business_days", "");
    }
    if let Some(found) = play.start.as_ref().and_then(check_start) {
        return Some(found);
    }
    let mut seen = HashSet::new();
    for step in &play.steps {
        let id = step.id.as_str();
        let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
        if !plain {
            let en = format!("the step id {id:?} cannot be used: letters, digits, _ - . only");
            return wrong(
                "id",
                id,
                format!("手順の id「{id}」は使えません。半角の英数字と _ - . にしてください。"),
                en,
            );
        }
        if !seen.insert(id) {
            return wrong("id", id, format!("手順「{id}」が二度あります。"), format!("the step {id:?} occurs twice"));
        }
    }
    None
}

fn check_start(start: &Start) -> Wrong {
    let dated = match start {
        Start::Stage(stage) if stage.trim().is_empty() => {
            return wrong("start", "", "始まる段階が空です。".into(), "the stage that starts it is empty".into());
        }
        Start::Stage(_) => return None,
        Start::Dated(dated) => dated,
    };
    if dated.business_days.unsigned_abs() > PLAY_DAYS_MAX {
        return too_long("start", "");
    }
    match dated.every_months {
        Some(_) if !Anchor::BEHIND.contains(&dated.date) => {
            let ja =
                "くり返しは、利用開始日か契約開始日からだけ数えられます。締め日・四半期末・年度末はそのつど来ます。";
            let en = "months are counted from since or contract_start only; closing days come again by themselves";
            wrong("start", "", ja.into(), en.into())
        }
        Some(months) if months == 0 || months > MONTHS_MAX => {
            let ja = format!("くり返しは1か月から{MONTHS_MAX}か月までです。");
            wrong("start", "", ja, format!("every_months is 1 to {MONTHS_MAX}"))
        }
        _ => None,
    }
}

fn too_long(key: &'static str, near: &str) -> Wrong {
    let (ja, en) = (format!("{PLAY_DAYS_MAX}営業日までです。"), format!("at most {PLAY_DAYS_MAX} business days"));
    wrong(key, near, ja, en)
}

fn check_step(pack: &Pack, play: &Play, step: &Step) -> Wrong {
    let id = step.id.as_str();
    if step.title.is_empty() {
        return wrong("title", id, format!("手順「{id}」の名前が空です。"), format!("step {id:?} has no title"));
    }
    if step.mode != Mode::Manual && !step.kind().has_mode() {
        let ja = format!("手順「{id}」は人が行うものなので、自動にできません。");
        return wrong("mode", id, ja, format!("step {id:?} is a person's: it has no mode"));
    }
    for days in [step.due_business_days, step.escalate_business_days].into_iter().flatten() {
        if days > PLAY_DAYS_MAX {
            return too_long("due_business_days", id);
        }
    }
    if let Some(before) = step.dated_back()
        && let Some(found) = check_before(id, before)
    {
        return Some(found);
    }
    if step.due_before.is_some() && (step.kind().runs_itself() || step.kind() == Kind::Milestone) {
        let ja = format!("手順「{id}」は作業ではないので、日付から逆算した期限を持てません。");
        return wrong("due_before", id, ja, format!("step {id:?} is nobody's work: it cannot be due before a date"));
    }
    let all = || play.steps.iter().map(|s| s.id.as_str());
    for other in step.after.iter().flatten() {
        if !all().any(|s| s == other) || other == id {
            let ja = format!("手順「{id}」の前の手順「{other}」はありません。");
            return wrong("after", other, ja, format!("step {id:?} comes after {other:?}, which is no other step"));
        }
    }
    step.bound().and_then(|bound| check_bound(pack, id, bound)).or_else(|| check_doing(play, step))
}

fn check_before(step: &str, before: DueBefore) -> Wrong {
    if before.business_days > PLAY_DAYS_MAX {
        return too_long("due_before", step);
    }
    if !Anchor::AHEAD.contains(&before.date) {
        let ja = format!("手順「{step}」：逆算できるのは、通知期限・契約終了日・締め日・四半期末・年度末からです。");
        let en = format!(
            "step {step:?}: {} lies behind; count back from notice_deadline, contract_end, month_closing, quarter_end or year_end",
            before.date.word()
        );
        return wrong("due_before", step, ja, en);
    }
    None
}

fn check_bound(pack: &Pack, step: &str, bound: &Bound) -> Wrong {
    let of = bound.of.as_str();
    if of != SCORE && pack.metric(of).is_none() {
        let en = format!("step {step:?}: there is no metric {of:?}");
        return wrong("of", of, format!("手順「{step}」：指標「{of}」はありません。"), en);
    }
    if !bound.limit.is_finite() {
        let en = format!("step {step:?}: the limit is no number");
        return wrong("limit", of, format!("手順「{step}」：しきい値が数ではありません。"), en);
    }
    None
}

fn check_doing(play: &Play, step: &Step) -> Wrong {
    let id = step.id.as_str();
    match &step.doing {
        Doing::Wait(Until::Before(_)) => None,
        Doing::Wait(Until::Days(days) | Until::Holds { timeout_business_days: days, .. }) => {
            (*days > PLAY_DAYS_MAX).then(|| too_long("business_days", id)).flatten()
        }
        Doing::Milestone { expected_business_days: days, missed, .. } => {
            if *days > PLAY_DAYS_MAX {
                return too_long("expected_business_days", id);
            }
            let target = missed.as_deref().filter(|t| *t == id || !play.steps.iter().any(|s| s.id == **t))?;
            let ja = format!("節目「{id}」に届かないときの手順「{target}」はありません。");
            wrong("missed", target, ja, format!("milestone {id:?} leads to {target:?}, which is no other step"))
        }
        Doing::Branch { yes, no, .. } => {
            for target in [yes, no].into_iter().flatten() {
                if target == id || !play.steps.iter().any(|s| s.id == *target) {
                    let ja = format!("分かれ道「{id}」の先の手順「{target}」はありません。");
                    return wrong(
                        "yes",
                        target,
                        ja,
                        format!("branch {id:?} leads to {target:?}, which is no other step"),
                    );
                }
            }
            if yes.is_some() && yes == no {
                let en = format!("both ways of branch {id:?} lead to the same step");
                return wrong("no", id, format!("分かれ道「{id}」の先がどちらも同じ手順です。"), en);
            }
            None
        }
        Doing::Field { field, value } => {
            if !Step::FIELDS.contains(&field.as_str()) {
                let ja = format!("手順「{id}」：項目「{field}」は書き換えられません（stage・segment・region）。");
                let en = format!("step {id:?}: {field:?} cannot be written (stage, segment, region can)");
                return wrong("field", field, ja, en);
            }
            if value.trim().is_empty() {
                let en = format!("step {id:?}: the value is empty");
                return wrong("value", id, format!("手順「{id}」：書き込む値が空です。"), en);
            }
            None
        }
        Doing::Mail { to, subject, body, .. } => check_mail(id, to, [subject, body]),
        Doing::Task | Doing::Webhook { .. } | Doing::Approval => None,
    }
}

fn check_mail(id: &str, to: &str, [subject, body]: [&Text; 2]) -> Wrong {
    if to.trim().is_empty() {
        let en = format!("step {id:?}: nobody is written to");
        return wrong("to", id, format!("手順「{id}」：宛先の役割が空です。"), en);
    }
    for (key, text) in [("subject", subject), ("body", body)] {
        if text.is_empty() {
            let en = format!("step {id:?}: {key} is empty");
            return wrong(key, id, format!("手順「{id}」：メールの件名と本文を書いてください。"), en);
        }
        for words in [&text.ja, &text.en] {
            if let Some(name) = unknown_field(words) {
                let ja = format!(
                    "手順「{id}」：差し込み「{{{name}}}」はありません（customer・person・owner・score・date）。"
                );
                let en = format!("step {id:?}: there is no {{{name}}} (customer, person, owner, score, date)");
                return wrong(key, name, ja, en);
            }
            if words.chars().count() > TEXT_CHARS_MAX {
                let en = format!("step {id:?}: {key} is too long");
                return wrong(key, id, format!("手順「{id}」：メールが長すぎます。"), en);
            }
        }
    }
    None
}

/// Refuses steps that come after themselves.
fn check_order(play: &Play) -> Wrong {
    let ways = play.ways();
    let mut done: HashSet<&str> = HashSet::new();
    loop {
        let before = done.len();
        for (step, ways) in play.steps.iter().zip(&ways) {
            if ways.iter().all(|(from, _)| done.contains(from.as_str())) {
                done.insert(&step.id);
            }
        }
        if done.len() == before {
            break;
        }
    }
    let stuck = play.steps.iter().find(|s| !done.contains(s.id.as_str()))?;
    let id = &stuck.id;
    wrong(
        "after",
        id,
        format!("手順「{id}」は、自分より後の手順を待っています（循環）。"),
        format!("step {id:?} waits for a step that waits for it (a loop)"),
    )
}
