//! Edits of the company's calendar.

use super::{Notes, plain};
use crate::calendar::{Closing, Closure, Holidays, Hours, Rules};
use crate::lang::Text;
use crate::pack::calendar::show_span;
use crate::pack::labels::join;
use crate::time::Day;

const WEEKDAYS: [(&str, &str); 7] =
    [("月", "Mon"), ("火", "Tue"), ("水", "Wed"), ("木", "Thu"), ("金", "Fri"), ("土", "Sat"), ("日", "Sun")];

pub(super) fn compare(before: &Rules, after: &Rules, notes: &mut Notes<'_>) {
    let Rules { weekend, holidays, closures, open_days, fiscal_month, closing, hours } = before;
    let off = |days: &[bool; 7]| {
        let names = WEEKDAYS.iter().zip(days).filter(|(_, off)| **off).map(|((ja, en), _)| Text::new(ja, en));
        join(&names.collect::<Vec<_>>())
    };
    notes.note_text(("休みの曜日", "days off of a week"), &off(weekend), &off(&after.weekend));
    let national = |holidays: Holidays| match holidays {
        Holidays::Japan => Text::new("休む", "off"),
        Holidays::None => Text::new("休まない", "worked"),
    };
    notes.note_text(("日本の祝日", "holidays of Japan"), &national(*holidays), &national(after.holidays));
    compare_days(("休業日", "closed"), &lines(closures), &lines(&after.closures), notes);
    compare_days(("出勤日", "worked day"), &days(open_days), &days(&after.open_days), notes);
    let month = |m: i8| Text { ja: format!("{m}月"), en: format!("month {m}") };
    notes.note_text(("年度の始まり", "fiscal year from"), &month(*fiscal_month), &month(after.fiscal_month));
    let closes = |c: Closing| match c {
        Closing::MonthEnd => Text::new("月末", "the end of the month"),
        Closing::On(date) => Text { ja: format!("{date}日"), en: format!("day {date} of the month") },
    };
    notes.note_text(("締め日", "closing day"), &closes(*closing), &closes(after.closing));
    let span = |h: Hours| plain(&format!("{}–{}", Hours::show_minute(h.from_minute), Hours::show_minute(h.to_minute)));
    notes.note_text(("営業時間", "business hours"), &span(*hours), &span(after.hours));
}

fn lines(closures: &[Closure]) -> Vec<Text> {
    let line = |c: &Closure| {
        let (from, to) = show_span(c.when);
        Text { ja: format!("{}（{from}〜{to}）", c.ja), en: format!("{} ({from} to {to})", c.en) }
    };
    closures.iter().map(line).collect()
}

fn days(days: &[Day]) -> Vec<Text> {
    days.iter().map(|d| plain(&d.to_string())).collect()
}

/// Lines taken away, added, and the same lines in another order.
fn compare_days(label: (&str, &str), before: &[Text], after: &[Text], notes: &mut Notes<'_>) {
    let mut left: Vec<&Text> = after.iter().collect();
    let mut gone = Vec::new();
    for line in before {
        match left.iter().position(|other| *other == line) {
            Some(at) => drop(left.remove(at)),
            None => gone.push(line),
        }
    }
    for line in &gone {
        notes.say(Text {
            ja: format!("{}を削除：{}", label.0, line.ja),
            en: format!("{} taken out: {}", label.1, line.en),
        });
    }
    for line in &left {
        notes
            .say(Text {
                ja: format!("{}を追加：{}", label.0, line.ja), en: format!("{} added: {}", label.1, line.en)
            });
    }
    if gone.is_empty() && left.is_empty() && before != after {
        notes.note_always(label, &join(before), &join(after));
    }
}
