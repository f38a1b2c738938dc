//! What a firing says: title, why and what to do, with the values filled in.

use super::notice::{Because, Firing};
use super::phrase_views::{tell_no_show, tell_views, titles};
use super::rule::{Occurrence, Rule, SCORE, Side, Trigger};
use crate::lang::Lang;
use crate::measure::{Metric, figure, short_title, show_move, show_span, show_value};
use crate::time::Day;

/// A firing in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Title of the card's cause.
    pub title: String,
    /// Why it fired, one or more sentences.
    pub why: String,
    /// What to do.
    pub what: String,
}

/// Puts a firing into words.
pub fn phrase(rule: &Rule, firing: &Firing, metrics: &[Metric], lang: Lang) -> Phrase {
    let main = firing.because.first();
    let fill =
        |template: &str| main.map_or_else(|| template.to_owned(), |b| fill(template, b, (rule, firing), metrics, lang));
    let is_view = main.is_some_and(|b| b.is_view);
    let mut why: Vec<String> = if is_view {
        tell_views(rule, firing, metrics, lang)
    } else {
        main.map(|b| tell_main(rule, b, metrics, lang)).into_iter().collect()
    };
    let further = firing.because.iter().skip(usize::from(!is_view)).filter(|b| !b.is_view);
    why.extend(further.map(|b| match b.of.is_empty() && rule.when.is_arrival() {
        true => tell_main(rule, b, metrics, lang),
        false => tell_also(b, metrics, lang),
    }));
    Phrase {
        title: fill(rule.title.get(lang)),
        what: fill(rule.what.get(lang)),
        why: match lang {
            Lang::Ja => why.concat(),
            Lang::En => why.join(" "),
        },
    }
}

/// 11月26日; 26 Nov.
pub(super) fn show_date(day: Day, lang: Lang) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, month, date) = day.ymd();
    match lang {
        Lang::Ja => format!("{month}月{date}日"),
        Lang::En => {
            let name = usize::try_from(month - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or("");
            format!("{date} {name}")
        }
    }
}

/// Notes in one pair of brackets: （28日、しきい値−35%以下）.
pub(super) fn show_notes(span: &str, note: &str, lang: Lang) -> String {
    let span = span.trim_matches(['（', '）', '(', ')', ' ']);
    let comma = if span.is_empty() {
        ""
    } else if lang == Lang::Ja {
        "、"
    } else {
        "; "
    };
    match lang {
        Lang::Ja => format!("（{span}{comma}{note}）"),
        Lang::En => format!(" ({span}{comma}{note})"),
    }
}

fn find<'a>(of: &str, metrics: &'a [Metric]) -> Option<&'a Metric> {
    metrics.iter().find(|m| m.id == of)
}

pub(super) fn title(of: &str, metrics: &[Metric], lang: Lang) -> String {
    match (find(of, metrics), lang) {
        (Some(metric), _) => short_title(metric, lang).to_owned(),
        (None, Lang::Ja) if of == SCORE => "スコア".to_owned(),
        (None, Lang::En) if of == SCORE => "Score".to_owned(),
        _ => of.to_owned(),
    }
}

pub(super) fn show(of: &str, value: f64, metrics: &[Metric], lang: Lang) -> String {
    match (find(of, metrics), lang) {
        (Some(metric), _) => show_value(metric, value, lang),
        (None, Lang::Ja) if of == SCORE => format!("{}点", figure(value, 0)),
        _ => figure(value, 2),
    }
}

pub(super) fn span(of: &str, metrics: &[Metric], lang: Lang) -> String {
    find(of, metrics).map(|m| show_span(m, metrics, lang)).unwrap_or_default()
}

/// Fills a template in one pass, so that what is filled in is never read as a template again.
fn fill(template: &str, because: &Because, (rule, firing): (&Rule, &Firing), metrics: &[Metric], lang: Lang) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let Some((word, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            continue;
        };
        let shown = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |v| show(&because.of, v, metrics, lang));
        match word {
            "value" => out.push_str(&shown(because.value)),
            "before" => out.push_str(&shown(because.before)),
            "limit" => out.push_str(&shown(because.limit)),
            "days" => out.push_str(&because.days.map_or_else(|| "—".to_owned(), |d| d.to_string())),
            "date" => out.push_str(&because.date.map_or_else(|| "—".to_owned(), |d| show_date(d, lang))),
            "name" => out.push_str(&because.detail),
            "metric" => out.push_str(&title(&because.of, metrics, lang)),
            "bad" => out.push_str(&titles(rule, firing, false, lang)),
            "good" => out.push_str(&titles(rule, firing, true, lang)),
            other => {
                out.push('{');
                out.push_str(other);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn tell_main(rule: &Rule, because: &Because, metrics: &[Metric], lang: Lang) -> String {
    let name = title(&because.of, metrics, lang);
    let value = because.value.map_or_else(|| "—".to_owned(), |v| show(&because.of, v, metrics, lang));
    let limit = because.limit.map_or_else(|| "—".to_owned(), |v| show(&because.of, v, metrics, lang));
    let span = span(&because.of, metrics, lang);
    let date = because.date.map_or_else(|| "—".to_owned(), |d| show_date(d, lang));
    match (&rule.when, lang) {
        (Trigger::Threshold { side, .. }, Lang::Ja) => {
            let notes = show_notes(&span, &format!("しきい値{limit}{}", side_word(*side, lang)), lang);
            format!("{name}が{value}{notes}。")
        }
        (Trigger::Threshold { side, .. }, Lang::En) => {
            let notes = show_notes(&span, &format!("threshold {limit} {}", side_word(*side, lang)), lang);
            format!("{name} is {value}{notes}.")
        }
        (Trigger::Change { .. }, _) => tell_move(because, metrics, lang),
        (Trigger::StopOfUse { business_days, .. }, Lang::Ja) => {
            let before = because.before.map_or_else(String::new, |b| figure(b, 0));
            format!("{name}が{before}→{value}{span}。{business_days}営業日続けてありません。")
        }
        (Trigger::StopOfUse { business_days, .. }, Lang::En) => {
            let before = because.before.map_or_else(String::new, |b| figure(b, 0));
            format!("{name} {before} → {value}{span}, none for {business_days} business days.")
        }
        (Trigger::DateApproaching { .. }, Lang::Ja) => format!("{name}は{date}です。"),
        (Trigger::DateApproaching { .. }, Lang::En) => format!("{name}: {date}."),
        (Trigger::FeedSilent, Lang::Ja) => {
            let usual = because.limit.unwrap_or(1.0);
            format!("{}からは{date}が最後です（ふだんの間隔は{usual:.0}営業日まで）。", because.detail)
        }
        (Trigger::FeedSilent, Lang::En) => {
            let usual = because.limit.unwrap_or(1.0);
            let days = if usual > 1.0 { "business days" } else { "business day" };
            format!("{} was last heard on {date} (usually every {usual:.0} {days} at most).", because.detail)
        }
        (Trigger::Arrival { what }, _) => tell_arrival(*what, &because.detail, &date, lang),
        (Trigger::NoShow { .. }, _) => tell_no_show(rule, because, metrics, lang),
        (Trigger::Disagreement { .. } | Trigger::RedAccount { .. }, _) => tell_also(because, metrics, lang),
    }
}

pub(super) const fn side_word(side: Side, lang: Lang) -> &'static str {
    match (side, lang) {
        (Side::Below, Lang::Ja) => "以下",
        (Side::Above, Lang::Ja) => "以上",
        (Side::Below, Lang::En) => "or less",
        (Side::Above, Lang::En) => "or more",
    }
}

fn tell_move(because: &Because, metrics: &[Metric], lang: Lang) -> String {
    let name = title(&because.of, metrics, lang);
    let (before, after) = (because.before.unwrap_or(f64::NAN), because.value.unwrap_or(f64::NAN));
    let moved = match (find(&because.of, metrics), lang) {
        (Some(metric), _) => show_move(metric, before, after, lang),
        (None, Lang::Ja) => format!("{}→{}点", figure(before, 0), figure(after, 0)),
        (None, Lang::En) => format!("{} → {}", figure(before, 0), figure(after, 0)),
    };
    let days = because.days.unwrap_or(0);
    match lang {
        Lang::Ja => format!("{name}が{moved}（{days}日間）。"),
        Lang::En => format!("{name} {moved} within {days} days."),
    }
}

fn tell_arrival(what: Occurrence, detail: &str, date: &str, lang: Lang) -> String {
    match (what, lang) {
        (Occurrence::ChampionLeft, Lang::Ja) => format!("推進役の{detail}さんが{date}に担当を離れました。"),
        (Occurrence::ChampionLeft, Lang::En) => format!("{detail}, who drove the product there, left on {date}."),
        (Occurrence::Detractor, Lang::Ja) => format!("アンケートの評価は{detail}でした（{date}）。"),
        (Occurrence::Detractor, Lang::En) => format!("The survey answer was {detail} ({date})."),
        (Occurrence::CancelWords, Lang::Ja) => format!("問い合わせに「{detail}」という言葉がありました（{date}）。"),
        (Occurrence::CancelWords, Lang::En) => format!("An inquiry speaks of “{detail}” ({date})."),
        (Occurrence::ChildRed, Lang::Ja) => format!("{detail}が{date}に赤になりました。"),
        (Occurrence::ChildRed, Lang::En) => format!("{detail} turned red on {date}."),
        (Occurrence::ContractShrank, Lang::Ja) => format!("契約金額が{date}に減りました：{detail}。"),
        (Occurrence::ContractShrank, Lang::En) => format!("The contract shrank on {date}: {detail}."),
        (Occurrence::ContractGrew, Lang::Ja) => format!("契約金額が{date}に増えました：{detail}。"),
        (Occurrence::ContractGrew, Lang::En) => format!("The contract grew on {date}: {detail}."),
        (Occurrence::NoteWords, Lang::Ja) => format!("記録に「{detail}」という言葉がありました（{date}）。"),
        (Occurrence::NoteWords, Lang::En) => format!("A note speaks of “{detail}” ({date})."),
        (Occurrence::PlanChanged, Lang::Ja) => format!("{date}からの契約でプランが変わりました：{detail}。"),
        (Occurrence::PlanChanged, Lang::En) => format!("The plan changed with the term from {date}: {detail}."),
        (Occurrence::NewTopic, Lang::Ja) => {
            format!("半年間なかった種類の問い合わせがありました：{detail}（{date}）。")
        }
        (Occurrence::NewTopic, Lang::En) => {
            format!("An inquiry of a kind not seen for half a year: {detail} ({date}).")
        }
    }
}

fn tell_also(because: &Because, metrics: &[Metric], lang: Lang) -> String {
    let name = title(&because.of, metrics, lang);
    let value = because.value.map_or_else(|| "—".to_owned(), |v| show(&because.of, v, metrics, lang));
    let span = span(&because.of, metrics, lang);
    match lang {
        Lang::Ja => format!("{name}は{value}{span}。"),
        Lang::En => format!("{name} is {value}{span}."),
    }
}
