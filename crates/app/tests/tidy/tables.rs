//! A table is written by one module, and only the crate `db` knows which engine runs.

use std::collections::BTreeMap;

use crate::source::{RustFile, Tree};

const WRITES: &[&str] = &["insert into ", "update ", "delete from ", "replace into "];

pub fn find_shared_tables(tree: &Tree) -> Vec<String> {
    let files = tree.rust_files(&["crates/app/src/", "crates/db/src/", "crates/web/src/", "crates/server/src/"]);
    let mut writers: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let mut faults = Vec::new();
    for file in &files {
        for (line, table) in find_writes(file) {
            if !matches!(file.crate_name(), "app" | "db") {
                faults.push(format!(
                    "{}:{line}: SQL belongs into a store of app, not into {}",
                    file.path,
                    file.crate_name()
                ));
            }
            writers.entry(table).or_default().entry(file.path.clone()).or_insert(line);
        }
    }
    for (table, places) in writers.iter().filter(|(_, places)| places.len() > 1) {
        let places: Vec<String> = places.iter().map(|(path, line)| format!("{path}:{line}")).collect();
        faults.push(format!(
            "{}: table {table} has more than one writer ({}); keep one store and call it",
            places[0],
            places.join(", ")
        ));
    }
    faults
}

/// Tables that the shipped SQL texts of a file write.
fn find_writes(file: &RustFile) -> Vec<(usize, String)> {
    let shipped_lines = file.shipped_lines();
    let mut found = Vec::new();
    for (line, literal) in file.literals.iter().filter(|(line, _)| *line <= shipped_lines) {
        let sql = literal.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        for verb in WRITES {
            for (at, _) in sql.match_indices(verb) {
                let begins = at == 0 || sql[..at].ends_with(['(', ' ', ';']);
                // ON CONFLICT … DO UPDATE SET and FOR UPDATE write no table of their own.
                let clause = sql[..at].trim_end().ends_with("do") || sql[..at].trim_end().ends_with("for");
                let table: String =
                    sql[at + verb.len()..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let statement = sql.contains(" set ") || *verb != "update ";
                if begins && !clause && statement && !table.is_empty() && table != "set" {
                    found.push((*line, table));
                }
            }
        }
    }
    found
}

/// Names of engines in shipped code outside `db`.
pub fn find_engine_switches(tree: &Tree) -> Vec<String> {
    let files = tree.rust_files(&[
        "crates/app/src/",
        "crates/web/src/",
        "crates/domain/src/",
        "crates/lake/src/",
        "crates/connectors/src/",
    ]);
    let mut faults = Vec::new();
    for file in &files {
        let shipped = &file.code[..file.shipped_end()];
        for word in ["Engine::", "is_sqlite", "is_postgres", "Sqlite", "Postgres"] {
            for (at, _) in shipped.match_indices(word) {
                // A connector that reads from a customer's PostgreSQL is about data, not about our engine.
                if file.path.starts_with("crates/connectors/") && word != "Engine::" {
                    continue;
                }
                faults.push(format!(
                    "{}:{}: {word} outside db; one SQL text serves both engines, or db hides the difference",
                    file.path,
                    file.line_of(at)
                ));
            }
        }
    }
    faults
}

#[test]
fn writes_are_found_in_sql_alone() {
    let text = "sql!(KEEP, \"INSERT INTO card (id)\n VALUES ($1) ON CONFLICT (id) DO UPDATE SET x = 1\");\nsql!(T, \"UPDATE customer SET a = $1\"); let m = \"update your browser\";\n#[cfg(test)]\nmod tests { const A: &str = \"DELETE FROM card\"; }";
    let file = RustFile::new("crates/app/src/plays/store.rs", text.to_owned());
    assert_eq!(find_writes(&file), [(1, "card".to_owned()), (3, "customer".to_owned())]);
}
