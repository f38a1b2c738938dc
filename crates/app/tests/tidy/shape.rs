//! Sizes, names, unfinished code and words in the wrong place.

use crate::source::{RustFile, Tree};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

/// Files that may be longer, each with its reason. Keep it short.
const LONG_FILES: &[(&str, &str)] = &[];

/// Functions that may be longer, each with its reason. Keep it short.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[
    ("crates/server/src/demo/cast.rs", "plant", "a table: one arm for each story"),
    ("crates/server/src/demo/dialogue.rs", "planted", "a table: one arm for each story, words as they are said"),
];

const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "models", "services", "types", "misc"];

pub fn find_long_pieces(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for file in tree.rust_files(&["crates/"]) {
        let lines = file.text.lines().count();
        if lines > FILE_LINES_MAX && !LONG_FILES.iter().any(|(path, _)| *path == file.path) {
            faults.push(format!(
                "{}:1: {lines} lines, at most {FILE_LINES_MAX}: split it by what it is about",
                file.path
            ));
        }
        // A test may tell a long story; what is shipped may not.
        let shipped_lines = file.shipped_lines();
        for (line, name, length) in list_functions(&file).into_iter().filter(|(line, ..)| *line <= shipped_lines) {
            if length > FUNCTION_LINES_MAX
                && !LONG_FUNCTIONS.iter().any(|(path, long, _)| *path == file.path && *long == name)
            {
                faults.push(format!(
                    "{}:{line}: fn {name} has {length} lines, at most {FUNCTION_LINES_MAX}: name its steps",
                    file.path
                ));
            }
        }
    }
    for (path, _) in LONG_FILES {
        if tree.text(path).lines().count() <= FILE_LINES_MAX {
            faults.push(format!("{path}: short again; take it out of LONG_FILES (tests/tidy/shape.rs)"));
        }
    }
    faults
}

/// Line, name and length in lines of every function with a body.
fn list_functions(file: &RustFile) -> Vec<(usize, String, usize)> {
    let mut found = Vec::new();
    for (at, _) in file.code.match_indices("fn ") {
        if at > 0 && !file.code[..at].ends_with([' ', '\n', '(', '\t']) {
            continue;
        }
        let rest = &file.code[at + 3..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(open) = rest.find(['{', ';']).filter(|open| rest[*open..].starts_with('{') && !name.is_empty()) else {
            continue;
        };
        let mut depth = 0usize;
        for (offset, letter) in rest[open..].char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let (first, last) = (file.line_of(at), file.line_of(at + 3 + open + offset));
                found.push((first, name, last - first + 1));
                break;
            }
        }
    }
    found
}

pub fn find_empty_names(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for path in &tree.paths {
        let parts: Vec<&str> = path.split('/').collect();
        let Some((file, folders)) = parts.split_last() else { continue };
        let stem = file.strip_suffix(".rs").unwrap_or_default();
        let empty = folders.iter().copied().chain([stem]).find(|name| EMPTY_NAMES.contains(name));
        if let Some(name) = empty {
            faults.push(format!("{path}:1: «{name}» says nothing; name it after what it is about"));
        }
    }
    faults
}

pub fn find_unfinished_code(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for file in tree.rust_files(&["crates/"]) {
        for word in ["todo!", "unimplemented!", "dbg!", "#[ignore"] {
            let places = file.code.match_indices(word);
            faults
                .extend(places.map(|(at, _)| format!("{}:{}: {word} is unfinished work", file.path, file.line_of(at))));
        }
        for (at, line) in file.text.lines().enumerate() {
            let comment = line.split("//").nth(1).unwrap_or_default();
            if ["TO", "FIX", "XX"].iter().zip(["DO", "ME", "X"]).any(|(a, b)| comment.contains(&format!("{a}{b}"))) {
                faults.push(format!("{}:{}: finish it or write an issue", file.path, at + 1));
            }
        }
    }
    faults
}

/// Japanese text in the shipped code of `web`: it would have no English twin and no pack could rename it.
pub fn find_words_outside_locales(tree: &Tree) -> Vec<String> {
    tree.rust_files(&["crates/web/src/"]).iter().flat_map(find_japanese).collect()
}

fn find_japanese(file: &RustFile) -> Vec<String> {
    let shipped_lines = file.shipped_lines();
    let literals = file.literals.iter().filter(|(line, _)| *line <= shipped_lines);
    let japanese = literals.filter(|(_, text)| text.chars().any(is_japanese_letter));
    japanese
        .map(|(line, text)| format!("{}:{line}: «{text}» belongs into the language files, ja and en", file.path))
        .collect()
}

/// Kana and kanji; marks such as ■ ▲ 、are signs, not words.
fn is_japanese_letter(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}')
}

#[test]
fn a_long_function_is_measured_from_its_name_to_its_last_brace() {
    let body = "    let a = \"}\";\n".repeat(70);
    let text = format!(
        "impl X {{\n    pub fn long(self) -> u8\n    where Self: Sized,\n    {{\n{body}    }}\n    fn short();\n}}\n"
    );
    let file = RustFile::new("crates/x/src/y.rs", text);
    assert_eq!(list_functions(&file), [(2, "long".to_owned(), 74)]);
}

#[test]
fn japanese_is_found_in_shipped_literals_alone() {
    let text = "// 顧客\nlet a = \"顧客\"; let b = \"■\";\n#[cfg(test)]\nmod tests { const A: &str = \"住民\"; }";
    let file = RustFile::new("crates/web/src/page.rs", text.to_owned());
    assert_eq!(find_japanese(&file).len(), 1);
}
