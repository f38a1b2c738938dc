//! Text as Japanese people type it: folding for search, figures with commas.

mod grams;

use unicode_normalization::UnicodeNormalization;

pub use grams::{Needle, Searchable, index_tokens};

/// Figures and signs as a program reads them: full-width ones become plain.
///
/// ```
/// assert_eq!(kizashi_domain::text::narrow(" ２０２６－１２－２９ "), "2026-12-29");
/// ```
pub fn narrow(text: &str) -> String {
    text.nfkc().map(|c| if matches!(c, '−' | '‐' | '–' | 'ー') { '-' } else { c }).collect::<String>().trim().to_owned()
}

/// Folds text for search: NFKC (so half-width kana and full-width letters become one form), lower case,
/// hiragana to katakana, hyphen and long-vowel variants to one mark, spaces removed.
///
/// `ｶﾞｲﾄﾞ`, `がいど` and `ガイド` fold to the same text.
pub fn fold(text: &str) -> String {
    text.nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .map(|c| match c {
            'ぁ'..='ゖ' => char::from_u32(c as u32 + 0x60).unwrap_or(c),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '-' | 'ｰ' => 'ー',
            '〜' => '~',
            _ => c,
        })
        .collect()
}

/// Legal forms of companies, folded.
const FORMS: [&str; 12] = [
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "一般社団法人",
    "一般財団法人",
    "医療法人",
    "学校法人",
    "(株)",
    "(有)",
    "(同)",
    "(医)",
];

/// Folds a company's name for matching: [`fold`], then without its legal form at either end.
pub fn fold_company(name: &str) -> String {
    let folded = fold(name);
    let mut rest = folded.as_str();
    for form in FORMS {
        rest = rest.strip_prefix(form).unwrap_or(rest);
        rest = rest.strip_suffix(form).unwrap_or(rest);
    }
    if rest.is_empty() { folded } else { rest.to_owned() }
}

/// A figure with commas: `1,234,567`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// The sentences of a text in which somebody promises something, as they were written. By words too, so that anyone can see why.
///
/// ```
/// let note = "費用の話。削減時間の試算を送る約束をした。次は月末。";
/// assert_eq!(kizashi_domain::text::find_promises(note), ["削減時間の試算を送る約束をした。"]);
/// ```
pub fn find_promises(text: &str) -> Vec<&str> {
    const WORDS: [&str; 2] = ["約束", "promis"];
    let sentences = text.lines().flat_map(|line| line.split_inclusive(['。', '！', '？', '!', '?']));
    let has_word = |sentence: &&str| WORDS.iter().any(|word| sentence.to_lowercase().contains(word));
    sentences.map(str::trim).filter(has_word).collect()
}

/// The first word in a text that speaks of leaving: 解約, 退会, 乗り換え, cancel … A word list, so that anyone can see why.
pub fn find_leaving_word(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 14] = [
        "解約",
        "退会",
        "契約終了",
        "契約を終了",
        "更新しない",
        "更新を見送",
        "乗り換え",
        "乗換え",
        "他社に切り替え",
        "他社へ切り替え",
        "利用停止",
        "cancel our",
        "cancel the contract",
        "not renew",
    ];
    let folded = fold(text);
    WORDS.into_iter().find(|w| folded.contains(fold(w).as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_fold_to_one_text() {
        assert_eq!(fold("ｶﾞｲﾄﾞ ＡＢＣ"), fold("がいどabc"));
        assert_eq!(fold("データ"), fold("ﾃﾞｰﾀ"));
        assert_eq!(fold_company("㈱ミナト製作所"), fold_company("ミナト製作所 株式会社"));
        assert_eq!(fold_company("株式会社"), fold("株式会社"));
        assert_eq!(find_leaving_word("今期での更新ではなく解約を検討しています"), Some("解約"));
        assert_eq!(find_leaving_word("We will Not Renew next year"), Some("not renew"));
        assert_eq!(find_leaving_word("契約内容の確認をお願いします"), None);
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
