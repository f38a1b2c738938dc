//! The files of the project, and Rust code with its comments and literals set apart.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Every file under version control or about to be, by its path from the root of the project.
pub struct Tree {
    root: PathBuf,
    pub paths: Vec<String>,
}

/// One Rust file.
pub struct RustFile {
    pub path: String,
    pub text: String,
    /// The text with every comment and literal blanked; lines and columns stay where they are.
    pub code: String,
    /// String literals: the line they begin on, from 1, and their raw contents.
    pub literals: Vec<(usize, String)>,
}

impl Tree {
    pub fn read() -> Tree {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/app lies two folders deep");
        let listed = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
            .current_dir(root)
            .output();
        let mut paths = match listed {
            Ok(output) if output.status.success() => String::from_utf8(output.stdout)
                .expect("paths are UTF-8")
                .split_terminator('\0')
                .map(str::to_owned)
                .filter(|path| root.join(path).is_file())
                .collect(),
            // A copy without git: every file except what is built.
            _ => walk(root, root),
        };
        paths.sort();
        assert!(paths.iter().any(|path| path == "crates/domain/src/lib.rs"), "no files found under {}", root.display());
        Tree { root: root.to_owned(), paths }
    }

    pub fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The Rust files whose path begins with one of `prefixes`.
    pub fn rust_files(&self, prefixes: &[&str]) -> Vec<RustFile> {
        self.paths
            .iter()
            .filter(|path| path.ends_with(".rs") && prefixes.iter().any(|prefix| path.starts_with(prefix)))
            .map(|path| RustFile::new(path, self.text(path)))
            .collect()
    }
}

fn walk(root: &Path, folder: &Path) -> Vec<String> {
    let built = ["target", "node_modules", "dist", ".git", "demo-data"];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !built.iter().any(|name| entry.file_name() == *name) {
                found.extend(walk(root, &path));
            }
        } else if let Some(path) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            found.push(path.to_owned());
        }
    }
    found
}

impl RustFile {
    pub fn new(path: &str, text: String) -> RustFile {
        let (code, literals) = set_apart(&text);
        RustFile { path: path.to_owned(), text, code, literals }
    }

    /// `domain` of crates/domain/src/measure/kernel.rs.
    pub fn crate_name(&self) -> &str {
        self.path.split('/').nth(1).unwrap_or_default()
    }

    /// `measure` of crates/domain/src/measure/kernel.rs and of crates/domain/src/measure.rs.
    pub fn module(&self) -> &str {
        self.path.split('/').nth(3).unwrap_or_default().trim_end_matches(".rs")
    }

    /// The line, from 1, of a byte of the text.
    pub fn line_of(&self, offset: usize) -> usize {
        self.text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// The byte where `#[cfg(test)] mod …` begins, or the end: what lies before it is shipped. Nothing of a test is.
    pub fn shipped_end(&self) -> usize {
        if self.path.contains("/tests/") || self.path.contains("/examples/") || self.path.ends_with("/tests.rs") {
            return 0;
        }
        let mark = self.code.match_indices("#[cfg(test)]").find(|(at, mark)| {
            self.code[at + mark.len()..].trim_start().trim_start_matches("pub ").starts_with("mod ")
        });
        mark.map_or(self.code.len(), |(at, _)| at)
    }

    /// How many lines from the top are shipped.
    pub fn shipped_lines(&self) -> usize {
        match self.shipped_end() {
            0 => 0,
            end => self.line_of(end),
        }
    }
}

/// Blanks comments and literals, keeping line ends, and collects the string literals.
fn set_apart(text: &str) -> (String, Vec<(usize, String)>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let word_before = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let raw_hashes = if word_before { None } else { count_raw_hashes(rest) };
        let end = if rest.starts_with(b"//") {
            at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            at + block_comment_length(rest)
        } else if let Some((start, hashes)) = raw_hashes {
            let close = format!("\"{}", "#".repeat(hashes));
            let length = text[at + start..].find(&close).unwrap_or(text.len() - at - start);
            literals.push((line_at(bytes, at), text[at + start..at + start + length].to_owned()));
            (at + start + length + close.len()).min(bytes.len())
        } else if rest[0] == b'"' {
            let length = quoted_length(&rest[1..]);
            literals.push((line_at(bytes, at), text[at + 1..at + 1 + length].to_owned()));
            (at + length + 2).min(bytes.len())
        } else if let Some(length) = character_length(rest, text, at) {
            at + length
        } else {
            at += 1;
            continue;
        };
        code[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        at = end;
    }
    (String::from_utf8(code).expect("whole literals were blanked"), literals)
}

fn line_at(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// For r"…", br#"…"# and the like: where the contents start and how many hashes close them.
fn count_raw_hashes(rest: &[u8]) -> Option<(usize, usize)> {
    let prefix = [b"br".as_slice(), b"cr", b"r"].into_iter().find(|prefix| rest.starts_with(prefix))?.len();
    let hashes = rest[prefix..].iter().take_while(|byte| **byte == b'#').count();
    (rest.get(prefix + hashes) == Some(&b'"')).then_some((prefix + hashes + 1, hashes))
}

fn block_comment_length(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn quoted_length(rest: &[u8]) -> usize {
    let mut at = 0;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at.min(rest.len())
}

/// The length of a character literal; None for a lifetime.
fn character_length(rest: &[u8], text: &str, at: usize) -> Option<usize> {
    if rest[0] != b'\'' {
        return None;
    }
    if rest.get(1) == Some(&b'\\') {
        return rest.iter().skip(3).position(|byte| *byte == b'\'').map(|length| length + 4);
    }
    let length = text[at + 1..].chars().next()?.len_utf8();
    (rest.get(length + 1) == Some(&b'\'')).then_some(length + 2)
}

#[test]
fn comments_and_literals_are_set_apart() {
    let text = "let a = \"use crate::x; \\\" // no\"; // \"comment\"\n/* a /* b */ \"c\" */ let q = '\"'; let l: &'a str = r#\"raw \" \nend\"#;\nfn b<'a>() { '\\''; '兆' }";
    let file = RustFile::new("crates/x/src/y.rs", text.to_owned());
    assert_eq!(file.code.lines().count(), text.lines().count());
    assert!(!file.code.contains("use") && !file.code.contains("comment") && !file.code.contains("raw"));
    assert!(file.code.contains("let l: &'a str =") && file.code.contains("fn b<'a>()"));
    assert_eq!(file.literals, [(1, "use crate::x; \\\" // no".to_owned()), (2, "raw \" \nend".to_owned())]);
}
