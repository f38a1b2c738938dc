//! Names of files, whoever made them up.

/// Characters of a name; what is behind them goes, the ending stays.
const NAME_CHARS_MAX: usize = 180;
/// Characters of an ending.
const ENDING_CHARS_MAX: usize = 12;

/// What turns the order of letters around, or cannot be seen: `gpj.exe` must not read as `exe.jpg`.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A name that can be shown and given back to any system: the last part of a path, without what cannot be seen or means
/// something to a shell or a disk; `file` when nothing is left.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_hidden(*c))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    let clean = clean.trim().trim_matches('.').trim();
    if clean.is_empty() {
        return "file".to_owned();
    }
    if clean.chars().count() <= NAME_CHARS_MAX {
        return clean.to_owned();
    }
    let ending = clean.rsplit_once('.').map(|(_, ending)| ending).filter(|e| e.chars().count() <= ENDING_CHARS_MAX);
    let head: String = clean.chars().take(NAME_CHARS_MAX - ENDING_CHARS_MAX).collect();
    ending.map_or_else(|| head.clone(), |ending| format!("{head}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_names_become_plain_ones() {
        for (name, want) in [
            ("契約書（控え）.pdf", "契約書（控え）.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\sato\\見積.xlsx", "見積.xlsx"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            ("x\r\nSet-Cookie: a=b", "xSet-Cookie_ a=b"),
            ("\"quoted\".txt", "_quoted_.txt"),
            ("..", "file"),
            ("", "file"),
            (" .htaccess ", "htaccess"),
        ] {
            assert_eq!(clean_name(name), want, "{name:?}");
        }
        let long = clean_name(&format!("{}.pdf", "長".repeat(400)));
        assert!(long.ends_with("長.pdf") && long.chars().count() <= NAME_CHARS_MAX);
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_part_without_signs(name in "\\PC{0,300}|[\\x00-\\x7f]{0,40}") {
            let clean = clean_name(&name);
            prop_assert!(!clean.is_empty() && clean.chars().count() <= NAME_CHARS_MAX);
            prop_assert!(!clean.contains(['/', '\\', '"', '\n', '\r', '\0']) && clean != ".." && clean != ".");
        }
    }
}
