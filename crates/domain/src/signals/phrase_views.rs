//! What firings about several views, and about what was never done, say.

use super::notice::{Because, Firing};
use super::phrase::{show, show_date, show_notes, side_word, span, title};
use super::rule::{Doer, Facet, Rule, Since, Trigger};
use crate::lang::Lang;
use crate::measure::Metric;

fn facet<'a>(rule: &'a Rule, of: &str) -> Option<&'a Facet> {
    rule.when.views().iter().find(|v| v.of == of)
}

fn name(rule: &Rule, because: &Because, metrics: &[Metric], lang: Lang) -> String {
    match facet(rule, &because.of).map(|f| f.title.get(lang)).filter(|t| !t.is_empty()) {
        Some(title) => title.to_owned(),
        None => title(&because.of, metrics, lang),
    }
}

/// The views that are good, or bad, as a list of their titles.
pub(super) fn titles(rule: &Rule, firing: &Firing, good: bool, lang: Lang) -> String {
    let names: Vec<String> =
        firing.because.iter().filter(|b| b.is_view && b.good == Some(good)).map(|b| name(rule, b, &[], lang)).collect();
    join(&names, lang)
}

fn join(names: &[String], lang: Lang) -> String {
    match (lang, names) {
        (Lang::Ja, _) => names.join("・"),
        (Lang::En, [rest @ .., last]) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        (Lang::En, _) => names.concat(),
    }
}

/// The name of a view with its metric and value: 気持ち（NPSの回答2点、しきい値6点以下）.
fn tell_view(rule: &Rule, because: &Because, metrics: &[Metric], lang: Lang) -> String {
    let value = because.value.map_or_else(|| "—".to_owned(), |v| show(&because.of, v, metrics, lang));
    let metric = title(&because.of, metrics, lang);
    let own = name(rule, because, metrics, lang);
    let span = span(&because.of, metrics, lang);
    let span = span.trim_matches(['（', '）', '(', ')', ' ']);
    let figure = match (lang, span.is_empty()) {
        (Lang::Ja, true) => format!("{metric}{value}"),
        (Lang::Ja, false) => format!("{metric}{value}、{span}"),
        (Lang::En, true) => format!("{metric} {value}"),
        (Lang::En, false) => format!("{metric} {value}, {span}"),
    };
    let note = match (because.good, because.limit, facet(rule, &because.of).map(|f| f.side)) {
        (Some(false), Some(limit), Some(side)) => {
            let limit = show(&because.of, limit, metrics, lang);
            match lang {
                Lang::Ja => format!("{figure}、しきい値{limit}{}", side_word(side, lang)),
                Lang::En => format!("{figure}; threshold {limit} {}", side_word(side, lang)),
            }
        }
        _ => figure,
    };
    format!("{own}{}", show_notes("", &note, lang))
}

/// The name of a view with its value alone: 気持ち（2点）. The limit and the days stand beside it on the pages of the card and the signal.
fn tell_short(rule: &Rule, because: &Because, metrics: &[Metric], lang: Lang) -> String {
    let value = because.value.map_or_else(|| "—".to_owned(), |v| show(&because.of, v, metrics, lang));
    format!("{}{}", name(rule, because, metrics, lang), show_notes("", &value, lang))
}

/// Which views are bad, and which are good. Of a red account no more than the views with their figures: it has many.
pub(super) fn tell_views(rule: &Rule, firing: &Firing, metrics: &[Metric], lang: Lang) -> Vec<String> {
    let is_apart = matches!(rule.when, Trigger::Disagreement { .. });
    let of = |good: Option<bool>| -> String {
        let views = firing.because.iter().filter(|b| b.is_view && b.good == good);
        let tell = if is_apart { tell_view } else { tell_short };
        let told: Vec<String> = views.map(|b| tell(rule, b, metrics, lang)).collect();
        match lang {
            Lang::Ja => told.join("、"),
            Lang::En => join(&told, lang),
        }
    };
    let (bad, good, neither) = (of(Some(false)), of(Some(true)), of(None));
    let mut out = Vec::new();
    match (lang, is_apart) {
        (Lang::Ja, true) => out.push(format!("{good}は良好ですが、{bad}に懸念があります。")),
        (Lang::En, true) => out.push(format!("Good: {good}. Bad: {bad}.")),
        (Lang::Ja, false) => {
            out.push(format!("懸念：{bad}。"));
            out.extend((!good.is_empty()).then(|| format!("良好：{good}。")));
        }
        (Lang::En, false) => {
            out.push(format!("Bad: {bad}."));
            out.extend((!good.is_empty()).then(|| format!("Good: {good}.")));
        }
    }
    if is_apart && !neither.is_empty() {
        out.push(match lang {
            Lang::Ja => format!("どちらでもない：{neither}。"),
            Lang::En => format!("Neither: {neither}."),
        });
    }
    out
}

/// What has not been done, until when it should have been, and from when that was counted.
pub(super) fn tell_no_show(rule: &Rule, because: &Because, metrics: &[Metric], lang: Lang) -> String {
    let Trigger::NoShow { at_least, since, business_days, who, .. } = &rule.when else { return String::new() };
    let metric = title(&because.of, metrics, lang);
    let due = because.date.map_or_else(|| "—".to_owned(), |d| show_date(d, lang));
    let value = because.value.map_or_else(|| "—".to_owned(), |v| show(&because.of, v, metrics, lang));
    let limit = show(&because.of, *at_least, metrics, lang);
    let from = since_word(*since, lang);
    let person = &because.detail;
    match (lang, who) {
        (Lang::Ja, Doer::KeyPerson) => {
            format!(
                "キーパーソンの{person}さんに「{metric}」が一度もありません（{from}から{business_days}営業日の{due}が目安）。"
            )
        }
        (Lang::En, Doer::KeyPerson) => {
            format!(
                "{person}, the key person, never had “{metric}” (expected by {due}, {business_days} business days from {from})."
            )
        }
        (Lang::Ja, Doer::Anybody) => {
            format!("{metric}が{value}です（{from}から{business_days}営業日の{due}までに{limit}以上が目安）。")
        }
        (Lang::En, Doer::Anybody) => {
            format!("{metric}: {value} (expected {limit} or more by {due}, {business_days} business days from {from}).")
        }
    }
}

/// From when the time is counted, inside a sentence.
const fn since_word(since: Since, lang: Lang) -> &'static str {
    match (since, lang) {
        (Since::Customer, Lang::Ja) => "利用開始",
        (Since::Customer, Lang::En) => "the first day as a customer",
        (Since::Contract, Lang::Ja) => "契約開始",
        (Since::Contract, Lang::En) => "the start of the contract",
        (Since::Stage, Lang::Ja) => "段階の始まり",
        (Since::Stage, Lang::En) => "the start of the stage",
    }
}
