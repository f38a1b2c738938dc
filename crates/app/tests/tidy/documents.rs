//! Decision records, links, the manual's two languages, and lock files.

use crate::source::Tree;

const DECISIONS: &str = "docs/adr/";

/// Each record is listed once in docs/adr/README.md, and has its four parts.
pub fn find_unlisted_decisions(tree: &Tree) -> Vec<String> {
    let index = tree.text("docs/adr/README.md");
    let mut faults = Vec::new();
    let records = tree.paths.iter().filter_map(|path| path.strip_prefix(DECISIONS)).filter(|name| *name != "README.md");
    for name in records {
        if index.matches(&format!("]({name})")).count() != 1 {
            faults.push(format!("docs/adr/README.md:1: list {name} once"));
        }
        let text = tree.text(&format!("{DECISIONS}{name}"));
        for part in ["## Context", "## Choice", "## Price", "## When to revisit"] {
            if !text.lines().any(|line| line == part) {
                faults.push(format!("{DECISIONS}{name}:1: a record needs the part «{part}»"));
            }
        }
    }
    faults
}

/// Relative links of every Markdown file.
pub fn find_broken_links(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for path in tree.paths.iter().filter(|path| path.ends_with(".md")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (at, line) in tree.text(path).lines().enumerate() {
            for target in list_targets(line) {
                if target.contains("://") || target.starts_with('#') || target.starts_with("mailto:") {
                    continue;
                }
                let file = target.split('#').next().unwrap_or_default();
                if !tree.exists(&resolve(folder, file)) {
                    faults.push(format!("{path}:{}: the link to {target} leads nowhere", at + 1));
                }
            }
        }
    }
    faults
}

fn list_targets(line: &str) -> Vec<&str> {
    line.match_indices("](").filter_map(|(at, mark)| line[at + mark.len()..].split([')', ' ']).next()).collect()
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

pub fn find_one_sided_chapters(tree: &Tree) -> Vec<String> {
    let chapters = |language: &str| -> Vec<&str> {
        let folder = format!("docs/{language}/");
        tree.paths.iter().filter_map(|path| path.strip_prefix(folder.as_str())).collect()
    };
    let (japanese, english) = (chapters("ja"), chapters("en"));
    let mut faults = Vec::new();
    for (language, other, here, there) in [("ja", "en", &japanese, &english), ("en", "ja", &english, &japanese)] {
        for chapter in here.iter().filter(|chapter| !there.contains(chapter)) {
            faults.push(format!("docs/{language}/{chapter}:1: write docs/{other}/{chapter} too"));
        }
    }
    faults
}

/// Places that the map of the code names, from the root or from `crates/`.
pub fn find_lost_places(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, line) in tree.text("ARCHITECTURE.md").lines().enumerate() {
        for place in line.split('`').skip(1).step_by(2) {
            let is_path = place.contains('/') && !place.starts_with('/') && !place.contains([' ', '*', '{']);
            if is_path && !tree.exists(place) && !tree.exists(&format!("crates/{place}")) {
                faults.push(format!("ARCHITECTURE.md:{}: there is no {place} any more; say where it went", at + 1));
            }
        }
    }
    faults
}

/// The packs that the manual prints are read by the program.
pub fn find_broken_examples(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for path in tree.paths.iter().filter(|path| path.starts_with("docs/") && path.ends_with("/settings.md")) {
        let text = tree.text(path);
        for (at, _) in text.match_indices("```toml\n") {
            let example = text[at + 8..].split("```").next().unwrap_or_default();
            if let Err(error) = kizashi_domain::pack::Pack::parse(example) {
                let line = text[..at].lines().count() + 1 + usize::try_from(error.line).unwrap();
                faults.push(format!("{path}:{line}: the example is refused: {error}"));
            }
        }
    }
    faults
}

/// A lock file says which version and which hash, never from where: the registry is the builder's choice.
pub fn find_download_addresses(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for path in tree.paths.iter().filter(|path| path.ends_with("package-lock.json")) {
        for (at, line) in tree.text(path).lines().enumerate() {
            if line.contains("\"resolved\": \"http") {
                faults.push(format!(
                    "{path}:{}: no download address: keep omit-lockfile-registry-resolved=true in .npmrc",
                    at + 1
                ));
            }
        }
    }
    faults
}

#[test]
fn links_are_read_and_resolved() {
    assert_eq!(list_targets("see [a](b.md#c) and ![p](../x/y.png \"t\")"), ["b.md#c", "../x/y.png"]);
    assert_eq!(resolve("docs/ja", "../adr/./0001.md"), "docs/adr/0001.md");
}
