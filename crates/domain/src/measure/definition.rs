//! What a metric is, in words, from its declaration: for the dictionary, beside what its author wrote.

use super::metric::{Against, Kind, Metric, Missing, Per};
use super::words::unit_words;
use crate::lang::{Lang, Text};

/// The definition of a metric in one or two sentences.
pub fn define(metric: &Metric, metrics: &[Metric]) -> Text {
    Text { ja: define_in(metric, metrics, Lang::Ja), en: define_in(metric, metrics, Lang::En) }
}

fn define_in(metric: &Metric, metrics: &[Metric], lang: Lang) -> String {
    let mut out = say_what(metric, metrics, lang);
    let zero = metric.kind.empty_is_zero() && metric.missing == Missing::ZeroWhenAlive;
    if metric.from_age_days > 0 {
        let n = metric.from_age_days;
        out.push_str(&pick(
            lang,
            format!("利用開始から{n}日たった顧客だけが対象です。"),
            format!(" Only for customers of {n} days or more."),
        ));
    }
    if zero {
        out.push_str(pick(
            lang,
            "何もなければ、データが届いている間は0です。",
            " Nothing found is a zero while data comes in.",
        ));
    }
    out
}

fn pick<T>(lang: Lang, ja: T, en: T) -> T {
    match lang {
        Lang::Ja => ja,
        Lang::En => en,
    }
}

/// 直近28日の; of the last 28 days.
fn say_window(metric: &Metric, lang: Lang) -> String {
    match (metric.window_days, metric.offset_days) {
        (None, 0) => pick(lang, "これまでの".to_owned(), "so far".to_owned()),
        (None, back) => pick(lang, format!("{back}日前までの"), format!("up to {back} days ago")),
        (Some(days), 0) => pick(lang, format!("直近{days}日の"), format!("in the last {days} days")),
        (Some(days), back) => {
            pick(lang, format!("{back}日前までの{days}日間の"), format!("in the {days} days up to {back} days ago"))
        }
    }
}

/// 「login」; すべての出来事; 「mail_open」などを除く出来事.
fn say_events(metric: &Metric, lang: Lang) -> String {
    let quote = |name: &String| pick(lang, format!("「{name}」"), format!("“{name}”"));
    let list = |names: &[String]| {
        let names: Vec<String> = names.iter().map(quote).collect();
        names.join(pick(lang, "", ", "))
    };
    match (metric.event.names(), metric.except.as_slice()) {
        ([], []) => pick(lang, "すべての出来事", "any event").to_owned(),
        ([], except) => {
            let names = list(except);
            pick(lang, format!("{names}を除く出来事"), format!("any event except {names}"))
        }
        ([one], _) => quote(one),
        (names, _) => {
            let names = list(names);
            pick(lang, format!("{names}のどれか"), format!("any of {names}"))
        }
    }
}

fn name_part(metric: &Metric, place: usize, metrics: &[Metric], lang: Lang) -> String {
    let id = metric.of.get(place).map_or("", String::as_str);
    let name = metrics.iter().find(|m| m.id == id).map_or(id, |m| m.name(lang));
    pick(lang, format!("「{name}」"), format!("“{name}”"))
}

fn say_what(metric: &Metric, metrics: &[Metric], lang: Lang) -> String {
    let (window, events) = (say_window(metric, lang), say_events(metric, lang));
    let named = metric.attribute.as_deref().unwrap_or("");
    let per_day = metric.per == Some(Per::BusinessDay);
    let both = |ja: String, en: String| pick(lang, ja, en);
    let counted = |ja: &str, en: &str| {
        let divided = if per_day {
            pick(lang, "を、営業日の数で割った値", ", divided by the number of business days")
        } else {
            ""
        };
        let (head, tail) = if per_day {
            (pick(lang, "（営業日だけを数えます）", " (business days only)"), divided)
        } else {
            ("", "")
        };
        both(format!("{window}{events}{ja}{head}{tail}です。"), format!("{en} {events} {window}{head}{tail}."))
    };
    match metric.kind {
        Kind::Count => counted("の回数", "How many times"),
        Kind::Sum => counted("の値の合計", "Sum of the values of"),
        Kind::Min => counted("の値の最小", "Smallest value of"),
        Kind::Max => counted("の値の最大", "Largest value of"),
        Kind::Mean => counted("の値の平均", "Mean of the values of"),
        Kind::Last => counted("の最後の値", "Latest value of"),
        Kind::DistinctUsers => counted("をした利用者の数", "Different users of"),
        Kind::DistinctDays => counted("があった日の数", "Days with"),
        Kind::DistinctEvents => counted("の種類の数", "Different kinds among"),
        Kind::DaysSince if metric.attribute.is_some() => both(
            format!("記録「{named}」の日からの日数です。"),
            format!("Days since the date of the figure “{named}”."),
        ),
        Kind::DaysSince => both(format!("最後の{events}からの日数です。"), format!("Days since the last {events}.")),
        Kind::DaysUntil => both(
            format!("記録「{named}」の日までの日数です。過ぎると負の数になります。"),
            format!("Days until the date of the figure “{named}”; negative once it has passed."),
        ),
        Kind::Attribute if metric.offset_days > 0 => {
            let back = metric.offset_days;
            both(
                format!("記録「{named}」の、{back}日前の値です。"),
                format!("The figure “{named}” as of {back} days ago."),
            )
        }
        Kind::Attribute => {
            both(format!("記録「{named}」の、その日の値です。"), format!("The figure “{named}” as of the day."))
        }
        Kind::Ratio | Kind::Change | Kind::Percentile => say_parts(metric, metrics, lang),
    }
}

/// What is made of other metrics.
fn say_parts(metric: &Metric, metrics: &[Metric], lang: Lang) -> String {
    let part = |place| name_part(metric, place, metrics, lang);
    let both = |ja: String, en: String| pick(lang, ja, en);
    match metric.kind {
        Kind::Ratio => both(
            format!("{} ÷ {} です。割る数が0のときは未取得です。", part(0), part(1)),
            format!("{} divided by {}; missing when that is zero.", part(0), part(1)),
        ),
        Kind::Change if metric.against == Against::Baseline => both(
            format!(
                "{}が、その顧客のふだん（過去12週の中央値。祝日の多い週は除く）からどれだけ変わったかです。",
                part(0)
            ),
            format!(
                "How far {} is from the customer's own usual: the median of the last twelve weeks, weeks full of holidays left out.",
                part(0)
            ),
        ),
        Kind::Change => both(
            format!("{}が{}からどれだけ変わったかです。", part(0), part(1)),
            format!("How far {} is from {}.", part(0), part(1)),
        ),
        _ => both(
            format!("{}で見た、同じ区分の顧客の中での位置（0〜100、100が最も高い）です。", part(0)),
            format!("Where the customer stands within its segment by {}, from 0 to 100, the highest.", part(0)),
        ),
    }
}

/// The name of a unit, for a table of definitions: 回, times; the word itself when it is one of one's own.
pub fn unit_name(unit: &str) -> Text {
    match (unit, unit_words(unit)) {
        ("" | "none", _) => Text::new("なし", "none"),
        ("percent", _) => Text::new("%", "%"),
        ("yen", _) => Text::new("円", "yen"),
        (_, Some((ja, _, many))) => Text::new(ja, many),
        (own, None) => Text::new(own, own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Events;

    #[test]
    fn definitions_read_as_sentences() {
        let logins = Metric {
            event: Events::One("login".into()),
            window_days: Some(28),
            title: Text::new("ログイン", "Logins"),
            ..Metric::new("logins", Kind::Count)
        };
        let pace = Metric { per: Some(Per::BusinessDay), ..logins.clone() };
        let before = Metric { offset_days: 28, ..Metric { id: "before".into(), ..logins.clone() } };
        let change = Metric { of: vec!["logins".into(), "before".into()], ..Metric::new("c", Kind::Change) };
        let all = [logins.clone(), before.clone(), change.clone()];
        let cases = [
            (
                &logins,
                "直近28日の「login」の回数です。何もなければ",
                "How many times “login” in the last 28 days. Nothing",
            ),
            (
                &pace,
                "直近28日の「login」の回数（営業日だけを数えます）を、営業日の数で割った値です。",
                "(business days only), divided by",
            ),
            (&before, "28日前までの28日間の「login」の回数です。", "in the 28 days up to 28 days ago"),
            (&change, "「ログイン」が「ログイン」からどれだけ変わったかです。", "How far “Logins” is from “Logins”."),
        ];
        for (metric, ja, en) in cases {
            let said = define(metric, &all);
            assert!(said.ja.contains(ja) && said.en.contains(en), "{said:?}");
        }
    }
}
