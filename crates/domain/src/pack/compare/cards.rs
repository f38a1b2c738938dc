//! Edits of what is settled about cards.

use super::{Notes, both, plain};
use crate::lang::Text;
use crate::signals::{CardLimit, CardRules};

pub(super) fn compare(before: &CardRules, after: &CardRules, notes: &mut Notes<'_>) {
    let CardRules { key_account_from_minor, lead_days, healthy_days, limits } = before;
    let line = |from: Option<i64>| {
        from.map_or_else(
            || Text::new("上位10%", "the top 10 %"),
            |minor| plain(&crate::text::thousands(minor.unsigned_abs())),
        )
    };
    notes.note_text(
        ("重要な顧客（月額）", "key accounts (MRR)"),
        &line(*key_account_from_minor),
        &line(after.key_account_from_minor),
    );
    notes.note_days(("静かにしない期間", "never quiet for"), Some(*lead_days), Some(after.lead_days));
    notes.note_days(("自然回復とみなす日数", "recovered after"), Some(*healthy_days), Some(after.healthy_days));
    for limit in limits.iter().filter(|l| !after.limits.contains(l)) {
        notes.say(told(limit, ("期限を削除", "limit taken out")));
    }
    for limit in after.limits.iter().filter(|l| !limits.contains(l)) {
        notes.say(told(limit, ("期限を追加", "limit added")));
    }
    if limits != &after.limits
        && limits.iter().all(|l| after.limits.contains(l))
        && after.limits.iter().all(|l| limits.contains(l))
    {
        notes.say(Text::new("期限の並びを変更", "limits in another order"));
    }
}

fn told(limit: &CardLimit, (ja, en): (&str, &str)) -> Text {
    let CardLimit { kind, from_rank, answer_hours, close_hours } = limit;
    let kind = both(|lang| kind.label(lang).to_owned());
    let hours = |h: &Option<u32>| h.map_or_else(|| "–".to_owned(), |h| h.to_string());
    let (answer, close) = (hours(answer_hours), hours(close_hours));
    Text {
        ja: format!("{ja}：{}（優先度{from_rank}以上）返答{answer}時間・完了{close}時間", kind.ja),
        en: format!("{en}: {} (priority {from_rank} and up), answer {answer} h, closing {close} h", kind.en),
    }
}
