//! Which crate may depend on which, and which outside crates have one owner.

use crate::source::Tree;

/// A crate of ours and those of ours that it may name. `testkit` may be named by all, for their tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("db", &["domain"]),
    ("lake", &["domain"]),
    ("connectors", &["domain"]),
    ("app", &["db", "domain"]),
    ("web", &["app", "domain"]),
    ("server", &["web", "app", "db", "lake", "connectors", "domain"]),
    ("testkit", &["app", "db", "lake", "connectors", "domain"]),
];

/// An outside crate and the only crate of ours that may name it, tests aside.
const OWNERS: &[(&str, &str)] = &[
    ("sqlx", "db"),
    ("rusqlite", "db"),
    ("tokio-postgres", "db"),
    ("parquet", "lake"),
    ("arrow", "lake"),
    ("object_store", "lake"),
    ("axum", "web"),
    ("maud", "web"),
    ("utoipa", "web"),
    ("hyper", "web"),
    ("tower-http", "web"),
    ("fluent-bundle", "web"),
    ("ureq", "connectors"),
    ("reqwest", "connectors"),
    ("lettre", "connectors"),
    ("async-imap", "connectors"),
    ("mail-parser", "connectors"),
    ("encoding_rs", "connectors"),
    ("datafusion", "cluster"),
    ("ballista", "cluster"),
];

/// What only a pure crate may be without: these read clocks, files or networks.
const NOT_IN_DOMAIN: &[&str] = &["tokio", "tracing", "getrandom", "rand", "tempfile", "futures", "inventory"];

pub fn find_forbidden_dependencies(tree: &Tree) -> Vec<String> {
    let manifests = tree.paths.iter().filter(|path| path.starts_with("crates/") && path.ends_with("/Cargo.toml"));
    manifests.flat_map(|path| judge_manifest(path, &tree.text(path))).collect()
}

fn judge_manifest(path: &str, text: &str) -> Vec<String> {
    let name = path.split('/').nth(1).unwrap_or_default();
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        return vec![format!(
            "{path}:1: crate {name} has no place: give it a row in ARROWS (tests/tidy/arrows.rs) and an ADR"
        )];
    };
    let manifest: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut faults = Vec::new();
    for table in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let Some(dependencies) = manifest.get(table).and_then(toml::Value::as_table) else { continue };
        for dependency in dependencies.keys() {
            let line = text.lines().position(|line| line.starts_with(dependency.as_str())).map_or(1, |at| at + 1);
            let for_tests = table == "dev-dependencies";
            if let Some(ours) = dependency.strip_prefix("kizashi-") {
                let test_arrow = for_tests && matches!(ours, "testkit");
                if !allowed.contains(&ours) && !test_arrow {
                    faults.push(format!("{path}:{line}: {name} may not know {ours}; it may know {allowed:?}"));
                }
                continue;
            }
            if let Some((_, owner)) = OWNERS.iter().find(|(outside, _)| outside == dependency)
                && *owner != name
                && !for_tests
            {
                faults
                    .push(format!("{path}:{line}: only {owner} may name {dependency}; ask {owner} for what you need"));
            }
            if name == "domain" && !for_tests && NOT_IN_DOMAIN.contains(&dependency.as_str()) {
                faults.push(format!("{path}:{line}: domain is pure; take what {dependency} gives as an argument"));
            }
        }
    }
    faults
}

#[test]
fn a_wrong_arrow_is_found() {
    let manifest = "[dependencies]\nkizashi-web.workspace = true\nsqlx.workspace = true\n[dev-dependencies]\nkizashi-testkit.workspace = true\n";
    let faults = judge_manifest("crates/app/Cargo.toml", manifest);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].starts_with("crates/app/Cargo.toml:2:") && faults[1].starts_with("crates/app/Cargo.toml:3:"));
    assert_eq!(judge_manifest("crates/models/Cargo.toml", "").len(), 1);
}
