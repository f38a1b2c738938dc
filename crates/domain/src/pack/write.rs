//! A pack written as people write one: an entry a block, short things on one line, the id first.

use toml::{Table, Value};

/// Lists whose entries are blocks of their own.
const BLOCKS: [&str; 11] =
    ["metric", "model", "signal", "play", "step", "deal_stage", "group", "measure", "cap", "closed", "limits"];
/// What comes first in an entry; the rest follows by name.
const FIRST: [&str; 9] = ["id", "metric", "title", "what", "description", "kind", "card", "when", "weight"];
/// The order of the sections of a file.
const SECTIONS: [&str; 9] = ["pack", "terms", "calendar", "metric", "model", "signal", "play", "deal_stage", "cards"];

pub(super) fn write(file: &Table) -> String {
    let mut out = String::new();
    for name in SECTIONS {
        match file.get(name) {
            Some(Value::Table(table)) => {
                out.push_str(&format!("[{name}]\n"));
                write_entry(&mut out, name, table);
                out.push('\n');
            }
            Some(Value::Array(list)) => write_blocks(&mut out, name, list),
            _ => {}
        }
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

fn write_blocks(out: &mut String, path: &str, list: &[Value]) {
    for entry in list.iter().filter_map(Value::as_table) {
        out.push_str(&format!("[[{path}]]\n"));
        write_entry(out, path, entry);
        if !out.ends_with("\n\n") {
            out.push('\n');
        }
    }
}

fn is_block(key: &str, value: &Value) -> bool {
    BLOCKS.contains(&key) && value.as_array().is_some_and(|list| list.iter().all(Value::is_table))
}

fn write_entry(out: &mut String, path: &str, entry: &Table) {
    let rank = |key: &str| FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len());
    let mut keys: Vec<(&String, &Value)> = entry.iter().collect();
    keys.sort_by_key(|(key, _)| rank(key));
    let (blocks, lines): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(key, value)| is_block(key, value));
    for (key, value) in lines {
        // Values print themselves on one line, tables as { … }.
        out.push_str(&format!("{} = {value}\n", name(key)));
    }
    for (key, value) in blocks {
        if let Value::Array(list) = value {
            if !out.ends_with("\n\n") {
                out.push('\n');
            }
            write_blocks(out, &format!("{path}.{key}"), list);
        }
    }
}

/// A key, in quotes when it has to be.
fn name(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { key.to_owned() } else { Value::String(key.to_owned()).to_string() }
}
