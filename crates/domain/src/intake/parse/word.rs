//! Yes and no.

use super::plain_text;

/// Reads a yes or no: `○ × はい いいえ 有 無 あり なし true false 1 0 yes no on off`.
pub fn read_bool(text: &str) -> Option<bool> {
    let text = plain_text(text)?.to_lowercase();
    match text.as_str() {
        "true" | "yes" | "y" | "t" | "on" | "1" | "○" | "〇" | "◯" | "o" | "はい" | "有" | "有り" | "あり" | "する"
        | "自動" | "自動更新" | "済" | "✓" | "✔" | "レ" => Some(true),
        "false" | "no" | "n" | "f" | "off" | "0" | "×" | "✕" | "✗" | "x" | "いいえ" | "無" | "無し" | "なし"
        | "しない" | "手動" | "未" | "-" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_have_many_spellings() {
        for yes in ["○", "〇", "はい", "有", "ＴＲＵＥ", "true", " 1 ", "Yes"] {
            assert_eq!(read_bool(yes), Some(true), "{yes}");
        }
        for no in ["×", "いいえ", "無", "False", "０", "－"] {
            assert_eq!(read_bool(no), Some(false), "{no}");
        }
        for other in ["", "2", "多分", "truee"] {
            assert_eq!(read_bool(other), None, "{other}");
        }
    }
}
