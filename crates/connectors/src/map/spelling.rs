//! One title in many spellings: 取引先コード, 得意先CD and お客様No. ask for the same column.

use std::sync::LazyLock;

use kizashi_domain::intake::RecordKind;
use kizashi_domain::text::fold;

use super::fields::{Field, Form, known_fields};

/// A title as it is compared, the strictest form first.
#[derive(Clone, Debug, Default)]
pub(super) struct Spelled {
    /// Folded, without its unit in brackets and without joints: `月額（千円）` as `月額`.
    exact: String,
    /// With the words that offices use for one another made one.
    simple: String,
    /// Of a day or an instant, without the 日 or 日時 behind it.
    bare: String,
}

/// Shorter words are also said of other things: 更新 of 更新日 may be yes or no.
const BARE_CHARS_MIN: usize = 4;

/// How closely a title must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// As it is spelled.
    Exact,
    /// In words that mean the same.
    Simple,
    /// But for 日 or 日時 behind it.
    Bare,
}

impl Fit {
    pub const ALL: [Self; 3] = [Self::Exact, Self::Simple, Self::Bare];
}

impl Spelled {
    pub fn of(title: &str) -> Self {
        let exact = fold_title(title);
        let simple = simplify(&exact);
        let bare = bare_day(&simple).to_owned();
        Self { exact, simple, bare }
    }

    /// Whether two titles ask for the same column. One without any letter fits nothing.
    pub fn fits(&self, other: &Self, fit: Fit, form: Form) -> bool {
        match fit {
            Fit::Exact => !self.exact.is_empty() && self.exact == other.exact,
            Fit::Simple => !self.simple.is_empty() && self.simple == other.simple,
            Fit::Bare => {
                matches!(form, Form::Day | Form::Time)
                    && self.bare.chars().nth(BARE_CHARS_MIN - 1).is_some()
                    && self.bare == other.bare
            }
        }
    }

    /// It is one of these, in simple words.
    pub fn is_one_of(&self, titles: &[&str]) -> bool {
        titles.iter().any(|title| Self::of(title).simple == self.simple)
    }

    /// It has one of these words in it.
    pub fn holds(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.exact.contains(fold(word).as_str()))
    }
}

/// Each field of a kind with its titles, spelled once for all.
pub(super) fn spelled_fields(kind: RecordKind) -> &'static [(&'static Field, Vec<Spelled>)] {
    type Fields = Vec<(&'static Field, Vec<Spelled>)>;
    static ALL: LazyLock<Vec<(RecordKind, Fields)>> = LazyLock::new(|| {
        let spell = |field: &'static Field| (field, field.titles.iter().map(|t| Spelled::of(t)).collect());
        RecordKind::ALL.iter().map(|kind| (*kind, known_fields(*kind).iter().map(spell).collect())).collect()
    });
    ALL.iter().find(|(k, _)| *k == kind).map_or(&[], |(_, fields)| fields)
}

/// A title without its unit in brackets, folded, without joints: `月額（千円）` and `monthly_fee` as `月額`, `monthlyfee`.
fn fold_title(title: &str) -> String {
    let folded = fold(title);
    let bare = folded.split_once(['(', '[', '【', '〔']).map_or(folded.as_str(), |(front, _)| front);
    let bare = if bare.is_empty() { folded.as_str() } else { bare };
    bare.chars().filter(|c| !matches!(c, '_' | 'ー' | '.' | ':' | '・' | '/' | '*' | '※' | '"' | '\'')).collect()
}

/// What offices call one and the same thing; longer words before those that they begin with.
const SAME: &[(&str, &[&str])] = &[
    (
        "問合",
        &[
            "お問い合わせ",
            "御問い合わせ",
            "お問合わせ",
            "お問い合せ",
            "お問合せ",
            "問い合わせ",
            "問合わせ",
            "問い合せ",
            "問合せ",
        ],
    ),
    ("打合", &["お打ち合わせ", "お打合せ", "打ち合わせ", "打合わせ", "打ち合せ", "打合せ"]),
    (
        "顧客",
        &[
            "取引先企業",
            "お取引先",
            "御取引先",
            "取引先",
            "お得意先",
            "得意先",
            "お客様",
            "お客さま",
            "御客様",
            "顧客企業",
            "契約企業",
            "契約先",
            "導入企業",
            "導入先",
            "利用企業",
            "クライアント",
            "カスタマー",
            "御社",
            "貴社",
            "相手先",
            "先方",
            "企業",
            "法人",
            "会社",
            "団体",
        ],
    ),
    ("自社担当", &["当社担当", "弊社担当", "社内担当"]),
    ("担当", &["ご担当者", "御担当者", "ご担当", "担当者"]),
    ("名", &["名称"]),
    ("読ミ", &["フリガナ", "ヨミガナ", "読み仮名", "読みがな", "よみ", "カナ"]),
    ("電話", &["お電話"]),
    ("予定", &["予定日時"]),
    ("解約", &["ご解約"]),
];
/// What stands behind the name of something to mean its code.
const CODES: [&str; 8] = ["ナンバー", "ナンバ", "コード", "番号", "no", "№", "cd", "id"];

fn simplify(exact: &str) -> String {
    static TABLE: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
        let pair = |ours: &str, theirs: &str| (fold_title(theirs), fold_title(ours));
        SAME.iter().flat_map(|(ours, theirs)| theirs.iter().map(move |t| pair(ours, t))).collect()
    });
    static ENDS: LazyLock<Vec<String>> = LazyLock::new(|| CODES.iter().map(|c| fold_title(c)).collect());
    let mut simple = exact.to_owned();
    if simple.is_ascii() {
        return simple;
    }
    for (theirs, ours) in TABLE.iter() {
        if simple.contains(theirs.as_str()) {
            simple = simple.replace(theirs.as_str(), ours);
        }
    }
    // A number by itself may be the row's; one behind a word is that of a thing.
    let named = ENDS.iter().find_map(|end| simple.strip_suffix(end.as_str())).filter(|front| !front.is_empty());
    match named {
        Some(front) => format!("{front}番号"),
        None => simple,
    }
}

fn bare_day(simple: &str) -> &str {
    ["年月日", "日時", "日付", "日"].iter().find_map(|end| simple.strip_suffix(end)).unwrap_or(simple)
}
