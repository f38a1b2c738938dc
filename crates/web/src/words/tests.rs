use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use kizashi_domain::money::Money;
use kizashi_domain::time::Day;

use super::*;

/// Families of keys put together at run time, such as `stage-` and a customer's stage.
const FAMILIES: &[&str] = &[
    "hook-",
    "notices-",
    "deal-kind-",
    "pull-fault-",
    "pull-tls-",
    "pull-every-",
    "mailbox-guarded-",
    "mailbox-days-",
    "search-",
    "kpi-",
    "support-",
    "import-kind-",
    "import-state-",
    "import-phase-",
    "import-fault-",
    "import-field-",
    "felt-",
    "axes-by-",
    "figure-",
    "coverage-record-",
    "merge-reason-",
    "merge-record-",
    "override-reason-",
    "refused-",
    "quiet-",
    "false-",
    "said-",
    "meanwhile-",
    "step-",
    "reason-",
    "state-",
    "card-kind-",
    "card-priority-",
    "card-step-",
    "outcome-",
    "later-",
    "deadline-",
    "change-",
    "stage-",
    "letter-language-",
    "segment-",
    "role-",
    "moment-",
    "feeling-",
    "confidence-",
    "record-",
    "column-",
    "filter-",
    "cards-",
    "problem-",
    "help-",
    "month-",
    "weekday-",
    "theme-",
    "language-",
    "view-",
    "key-",
    "facts-",
    "goal-state-",
    "csv-",
    "csv-direction-",
    "csv-priority-",
    "csv-status-",
    "room-",
    "handover-",
    "hunch-end-",
    "staff-role-",
    "book-kind-",
    "book-mode-",
    "book-who-",
    "book-reentry-",
    "book-after-",
    "book-wait-",
    "book-timeout-",
    "book-due-from-",
    "anchor-",
    "book-start-",
    "book-field-",
    "book-purpose-",
    "book-left-out-",
    "run-tab-",
    "run-end-",
    "run-standing-",
    "run-began-",
    "onboarding-behind-",
    "play-kind-",
    "play-mode-",
];

fn keys(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| !line.starts_with([' ', '#', '-', '}']))
        .filter_map(|line| line.split_once('='))
        .map(|(key, _)| key.trim().to_owned())
        .collect()
}

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = vec![];
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.retain(|(path, _)| !path.ends_with("tests.rs"));
    found
}

/// Code without its tests and comments.
fn code(text: &str) -> String {
    text.split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn both_languages_have_the_same_messages_and_read_without_error() {
    let mut both = BTreeMap::new();
    for (name, text) in [("ja", JA), ("en", EN)] {
        if let Err((_, wrongs)) = FluentResource::try_new(text.to_owned()) {
            panic!("{name} does not parse: {wrongs:?}");
        }
        both.insert(name, keys(text));
    }
    // Months have names in English only.
    let ja: Vec<_> = both["en"].difference(&both["ja"]).filter(|k| !k.starts_with("month-")).collect();
    let en: Vec<_> = both["ja"].difference(&both["en"]).collect();
    assert!(ja.is_empty() && en.is_empty(), "missing in ja: {ja:?}, missing in en: {en:?}");
}

#[test]
fn every_key_in_the_code_has_a_message_and_every_message_is_used() {
    let all = keys(EN);
    let sources = sources();
    let code: String = sources.iter().map(|(_, text)| code(text)).collect();
    let mut missing = vec![];
    for (path, text) in &sources {
        for call in [".t(\"", ".with(\"", "_t(\""] {
            for part in text.split(call).skip(1) {
                let key = part.split('"').next().unwrap_or_default();
                if !all.contains(key) && !key.contains('{') {
                    missing.push(format!("{} in {}", key, path.display()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "no message for {missing:?}");
    let unused: Vec<_> = all
        .iter()
        .filter(|key| !code.contains(&format!("\"{key}\"")))
        .filter(|key| !FAMILIES.iter().any(|family| key.starts_with(family)))
        .collect();
    assert!(unused.is_empty(), "unused messages: {unused:?}");
}

#[test]
fn japanese_lives_in_the_locale_files_only() {
    let is_japanese = |c: char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
    for (path, text) in sources() {
        for line in code(&text).lines() {
            let line = line.split("//").next().unwrap_or_default();
            assert!(!line.chars().any(is_japanese), "{}: {line}", path.display());
        }
    }
}

#[test]
fn dates_and_figures_read_as_a_colleague_writes_them() {
    let (ja, en) = (Words::plain(Lang::Ja), Words::plain(Lang::En));
    let today = Day::from_ymd(2026, 11, 24).unwrap();
    let thursday = today.plus(2);
    assert_eq!(ja.day(thursday, today), "11/26(木)");
    assert_eq!(ja.day_long(thursday), "11月26日(木)");
    assert_eq!(ja.day(Day::from_ymd(2027, 1, 5).unwrap(), today), "2027/1/5");
    assert_eq!(ja.away(today.plus(-3), today), "3日前");
    assert_eq!(ja.away(today.plus(18), today), "あと18日");
    assert_eq!(ja.monthly(Money::yen(420_000)), "¥420,000/月");
    assert_eq!(ja.change(-21), "−21");
    assert_eq!(ja.change(8), "+8");
    assert_eq!(en.day(thursday, today), "Thu 26 Nov");
    assert_eq!(
        en.with("today-signs", &[("n", 1.into()), ("since", "Friday".into())]),
        "One customer has shown new signs since Friday evening."
    );
}

#[test]
fn a_pack_may_rename_the_customer() {
    let city = Words::renamed(Lang::Ja, &Terms { ja: "-customer = 住民\n".into(), en: String::new() });
    assert_eq!(city.t("nav-customers"), "住民");
    let broken = Words::renamed(Lang::Ja, &Terms { ja: "-customer = {\n???".into(), en: String::new() });
    assert_eq!(broken.t("nav-today"), "今日");
}
