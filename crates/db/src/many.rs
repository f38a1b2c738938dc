//! One statement for many rows or keys: its text with the placeholders repeated.

use crate::{DbError, Result, Statement, Value};

/// Keys of one query.
const KEYS_PER_QUERY: usize = 200;

/// `… IN ($n, $n+1, …) …` for [`KEYS_PER_QUERY`] keys, from a text with `IN ($n)`.
pub(crate) fn repeat_keys(statement: &Statement, n: usize) -> Result<String> {
    let one = format!("IN (${n})");
    if !statement.text.contains(&one) {
        return Err(DbError::Other(format!("no {one} in {}:{}", statement.file, statement.line)));
    }
    let many: Vec<String> = (n..n + KEYS_PER_QUERY).map(|k| format!("${k}")).collect();
    Ok(statement.text.replace(&one, &format!("IN ({})", many.join(","))))
}

/// Keys in full lots: the last one again until a lot is full, so that the engine plans one text and keeps it.
pub(crate) fn full_keys(keys: Vec<Value>) -> impl Iterator<Item = Vec<Value>> {
    let mut keys = keys.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut lot: Vec<Value> = keys.by_ref().take(KEYS_PER_QUERY).collect();
        let last = lot.last().cloned()?;
        lot.resize(KEYS_PER_QUERY, last);
        Some(lot)
    })
}

/// How many of the rows that are left go into one statement: as many as it takes, or a power of four, so that there are few texts and the
/// engine plans each of them once.
pub(crate) fn lot_of(left: usize, most: usize) -> usize {
    if left >= most { most } else { 4_usize.pow(left.max(1).ilog(4)) }
}

/// A statement so many times, each with arguments of its own, as one text for SQLite: what takes time is to hand a text to the thread of
/// the connection and to wait for it, not to run it.
pub(crate) fn repeat_statement(statement: &Statement, width: usize, count: usize) -> String {
    let mut parts = statement.text.split('$');
    let head = parts.next().unwrap_or_default();
    let parts: Vec<(usize, &str)> = parts
        .map(|part| {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            (number.parse().unwrap_or(0), rest)
        })
        .collect();
    let mut text = String::with_capacity((statement.text.len() + parts.len() * 4 + 2) * count);
    for turn in 0..count {
        if turn > 0 {
            text.push_str(";\n");
        }
        text.push_str(head);
        for (number, rest) in &parts {
            text.push('$');
            text.push_str(&(number + turn * width).to_string());
            text.push_str(rest);
        }
    }
    text
}

/// `… VALUES ($1, $2) rest` for `count` rows.
///
/// SQLite gets plain `?`: a numbered one counts as named, and looking a name up takes time in proportion to how many there
/// are, so that thousands of them in one statement took most of an import.
pub(crate) fn repeat_values(statement: &Statement, width: usize, count: usize, numbered: bool) -> Result<String> {
    let bad = || DbError::Other(format!("no VALUES ($1, …) in {}:{}", statement.file, statement.line));
    let start = statement.text.find("VALUES (").ok_or_else(bad)? + "VALUES ".len();
    let end = start + statement.text.get(start..).and_then(|t| t.find(')')).ok_or_else(bad)? + 1;
    let (head, tail) = (statement.text.get(..start).unwrap_or_default(), statement.text.get(end..).unwrap_or_default());
    let mut text = String::with_capacity(head.len() + tail.len() + count * width * 6);
    text.push_str(head);
    let mut n = 0;
    for row in 0..count {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            n += 1;
            if column > 0 {
                text.push(',');
            }
            if numbered {
                text.push('$');
                text.push_str(&n.to_string());
            } else {
                text.push('?');
            }
        }
        text.push(')');
    }
    text.push_str(tail);
    Ok(text)
}
