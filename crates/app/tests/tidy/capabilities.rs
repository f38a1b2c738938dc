//! Data flows one way: a capability may import only those before it. What must flow back goes through the outbox.

use crate::source::{RustFile, Tree};

/// In the order data flows.
const ORDER: &[&str] = &[
    "customers",
    "intake",
    "surveys",
    "voice",
    "measure",
    "health",
    "signals",
    "plays",
    "rooms",
    "handover",
    "notices",
    "support",
    "renewals",
    "insights",
];

/// The ground of `domain`: it knows no capability. What is in neither list puts capabilities together.
const GROUND: &[&str] = &["calendar", "id", "limits", "money", "text", "time"];

/// What puts capabilities together for a page: it may read from all of them, and none of them may import it.
const PAGE_READS: &[(&str, &str)] = &[
    ("crates/app/src/customers/", "a customer's page shows what every capability knows of it"),
    ("crates/app/src/intake/sources.rs", "the page of sources says which metrics miss a silent one"),
];

/// Who gives away what others own, and so calls all of them: mentions in notes belong to `customers`.
const GIVES: &str = "handover";

pub fn find_forbidden_imports(tree: &Tree) -> Vec<String> {
    tree.rust_files(&["crates/domain/src/", "crates/app/src/"]).iter().flat_map(judge_file).collect()
}

fn judge_file(file: &RustFile) -> Vec<String> {
    let module = file.module();
    let place = ORDER.iter().position(|name| *name == module);
    let on_the_ground = file.crate_name() == "domain" && GROUND.contains(&module);
    if place.is_none() && !on_the_ground {
        return Vec::new();
    }
    let reads_for_pages = PAGE_READS.iter().any(|(path, _)| file.path.starts_with(path));
    let mut faults = Vec::new();
    for (offset, imported) in find_imports(file) {
        if file.crate_name() == "app"
            && imported == "customers"
            && file.code[offset..].starts_with("crate::")
            && module != imported
            && module != GIVES
        {
            faults.push(format!(
                "{}:{}: app::customers reads for pages; nothing below may import it",
                file.path,
                file.line_of(offset)
            ));
        }
        if reads_for_pages {
            continue;
        }
        let Some(other) = ORDER.iter().position(|name| *name == imported) else { continue };
        let line = file.line_of(offset);
        if on_the_ground {
            faults.push(format!("{}:{line}: {module} is ground and may not know {imported}", file.path));
        } else if place.is_some_and(|place| other > place) {
            faults.push(format!(
                "{}:{line}: {module} comes before {imported} and may not import it; announce through the outbox, or move this into {imported}",
                file.path
            ));
        }
    }
    faults
}

/// The top modules named after `crate::`, `kizashi_…::` and a `super::` that reaches the top, groups included.
fn find_imports(file: &RustFile) -> Vec<(usize, String)> {
    let depth = file.path.split('/').count().saturating_sub(if file.path.ends_with("/mod.rs") { 5 } else { 4 });
    let climb = "super::".repeat(depth + 1);
    let mut found = Vec::new();
    for root in ["crate::", "kizashi_domain::", "kizashi_app::", climb.as_str()] {
        for (at, _) in file.code.match_indices(root) {
            let before = file.code[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':') {
                continue;
            }
            let rest = &file.code[at + root.len()..];
            found.extend(list_heads(rest).into_iter().map(|head| (at, head)));
        }
    }
    found
}

/// `a` of `a::b`; `a`, `c` of `{a::{b}, c}`.
fn list_heads(path: &str) -> Vec<String> {
    let name =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![name(path)] };
    let (mut depth, mut start, mut heads) = (0usize, 0usize, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.push(name(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
        if letter == '}' && depth == 0 && start == at + 1 {
            break;
        }
    }
    heads
}

#[test]
fn a_step_back_is_found() {
    let text = "use crate::{time::Day, health::{Band, Model}, id};\n// crate::plays\nfn f() { kizashi_domain::signals::judge(); super::super::plays::open(); }\nuse crate::customers::Name;";
    let file = RustFile::new("crates/app/src/measure/store.rs", text.to_owned());
    let faults = judge_file(&file);
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults[0].contains(":1: measure comes before health"), "{faults:?}");
    let ground = RustFile::new("crates/domain/src/time.rs", "use crate::customers::Name;".to_owned());
    assert_eq!(judge_file(&ground).len(), 1);
    let outside = RustFile::new("crates/app/src/pipeline.rs", text.to_owned());
    assert!(judge_file(&outside).is_empty());
}
