//! The place of a fault in the text of a pack.

use super::{Fault, PackError};
use crate::lang::Text;

/// Line and column, from 1, of a byte of the text.
fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    (line, column)
}

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What the TOML reader found.
pub(super) fn from_toml(text: &str, error: &toml::de::Error) -> PackError {
    let byte = error.span().map_or(0, |s| s.start);
    let (line, column) = line_and_column(text, byte);
    let message = error.message().trim().replace('\n', " ");
    let key = error.span().and_then(|s| text.get(s)).filter(|k| k.len() < 60 && !k.contains('\n')).unwrap_or("");
    let unknown = message.contains("unknown field");
    let ja = if unknown {
        "知らない項目です。".to_owned()
    } else if message.contains("missing field") {
        "必要な項目がありません。".to_owned()
    } else {
        "読み取れません。".to_owned()
    };
    let fix = if unknown {
        Text::new("つづりを確かめるか、この行を消してください。", "check the spelling or remove the line")
    } else {
        Text::default()
    };
    PackError {
        line: narrow(line),
        column: narrow(column),
        key: key.trim().into(),
        reason: Text { ja: format!("{ja}（{message}）"), en: message },
        fix,
    }
}

/// Finds the line that a fault is about: the n-th `[[section]]`, then the key inside of it.
pub(super) fn locate(text: &str, fault: Fault) -> PackError {
    let header = format!("[[{}]]", fault.section);
    let single = format!("[{}]", fault.section);
    let inside = format!("[[{}.", fault.section);
    let mut found = 0;
    let mut place: Option<(usize, usize)> = None;
    let mut best = 0;
    for (n, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let opens = trimmed.starts_with(&header) || trimmed.starts_with(&single);
        if opens {
            found += 1;
        }
        if found > fault.index + 1 || (found == fault.index + 1 && !opens && is_other_table(trimmed, &inside)) {
            if found > fault.index + 1 {
                break;
            }
            continue;
        }
        if found != fault.index + 1 {
            continue;
        }
        let column = line.chars().count() - trimmed.chars().count() + 1;
        let score = rate(trimmed, opens, &fault);
        if score > best {
            best = score;
            place = Some((n + 1, column));
        }
    }
    let (line, column) = place.unwrap_or((1, 1));
    let entry = if fault.id.is_empty() { fault.section.to_owned() } else { format!("{} {}", fault.section, fault.id) };
    let key = if fault.key.is_empty() { entry } else { format!("{entry}: {}", fault.key) };
    PackError { line: narrow(line), column: narrow(column), key: key.into(), reason: fault.reason, fix: fault.fix }
}

/// How well a line fits: the key with the text looked for, the text alone, the key alone, the header.
fn rate(line: &str, opens: bool, fault: &Fault) -> u8 {
    let key =
        !fault.key.is_empty() && line.strip_prefix(fault.key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let near = !fault.near.is_empty() && line.contains(&fault.near);
    match (key, near, opens) {
        (true, true, _) => 4,
        (false, true, _) => 3,
        (true, false, _) => 2,
        (false, false, true) => 1,
        _ => 0,
    }
}

fn is_other_table(line: &str, inside: &str) -> bool {
    line.starts_with('[') && !line.starts_with(inside)
}
