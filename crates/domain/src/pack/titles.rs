//! What a rule is called where no firing fills its title in: in lists, menus and comparisons.

use super::labels::{both, label_trigger};
use crate::lang::{Lang, Text};
use crate::measure::Metric;
use crate::signals::{Rule, Trigger};

/// The title of a rule without its blanks. What stands in brackets around a blank is left out; a title that says nothing without its
/// blanks gives way to the condition in words.
pub fn rule_title(rule: &Rule, metrics: &[Metric]) -> Text {
    both(|lang| {
        let title = drop_brackets(rule.title.get(lang));
        let title = match rule.when {
            Trigger::Disagreement { .. } | Trigger::RedAccount { .. } => name_views(&title, lang),
            _ => title,
        };
        if title.contains('{') { label_trigger(&rule.when, metrics).get(lang).to_owned() } else { title }
    })
}

/// Leaves out brackets with a blank in them, and the space before.
fn drop_brackets(title: &str) -> String {
    let mut out = title.to_owned();
    for (open, close) in [('（', '）'), ('(', ')')] {
        let mut from = 0;
        while let Some((start, end)) = find_group(&out, from, open, close) {
            if out.get(start..end).is_some_and(|group| group.contains('{')) {
                let kept = out.get(..start).unwrap_or_default().trim_end().to_owned();
                from = kept.len();
                out = kept + out.get(end..).unwrap_or_default();
            } else {
                from = end;
            }
        }
    }
    out
}

/// Where the next brackets begin and end, the closing one included.
fn find_group(text: &str, from: usize, open: char, close: char) -> Option<(usize, usize)> {
    let start = from + text.get(from..)?.find(open)?;
    let end = start + text.get(start..)?.find(close)? + close.len_utf8();
    Some((start, end))
}

/// Which views are bad and which good is not known before one fires.
fn name_views(title: &str, lang: Lang) -> String {
    let (bad, good) = match lang {
        Lang::Ja => ("どれかの見方", "ほかの見方"),
        Lang::En => ("one of its views", "another one"),
    };
    let named = title.replace("{bad}", bad).replace("{good}", good);
    let mut letters = named.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::Pack;

    #[test]
    fn no_rule_that_ships_is_called_by_a_blank() {
        let packs = [
            include_str!("../../../../packs/saas.toml"),
            include_str!("../../../../packs/bpo.toml"),
            include_str!("../../../../packs/jichitai.toml"),
            include_str!("../../../../packs/callcenter.toml"),
            include_str!("../../../../packs/start.toml"),
        ];
        for text in packs {
            let pack = Pack::parse(text).unwrap();
            for rule in &pack.signals {
                for lang in [Lang::Ja, Lang::En] {
                    let title = rule_title(rule, &pack.metrics).get(lang).to_owned();
                    let is_plain = !title.contains(['{', '}', '…']) && !title.contains("（）") && !title.contains("()");
                    assert!(is_plain && !title.trim().is_empty() && title == title.trim(), "{}: {title}", rule.id);
                }
            }
        }
    }

    #[test]
    fn what_brackets_say_of_a_blank_is_left_out_and_what_needs_it_says_its_condition() {
        let pack = Pack::parse(include_str!("../../../../packs/saas.toml")).unwrap();
        let title = |id: &str| rule_title(pack.rule(id).unwrap(), &pack.metrics);
        let known = [
            ("champion_left", "推進役・キーパーソンが離れた", "A champion or key person left"),
            ("logins_falling", "ログインが減っています", "Logins are falling"),
            ("red_account", "レッドアカウント：どれかの見方が悪化しています", "Red account: one of its views"),
            (
                "views_apart",
                "ほかの見方は良好なのに、どれかの見方に懸念があります",
                "One of its views is bad although another one is good",
            ),
        ];
        for (id, ja, en) in known {
            assert_eq!(title(id), Text::new(ja, en), "{id}");
        }
        assert_eq!(drop_brackets("席（全部）の（{value}）数 (of {limit})"), "席（全部）の数");
        assert_eq!(drop_brackets("（{value}"), "（{value}");
    }
}
