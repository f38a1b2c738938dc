//! Values as people read them: 40%, 14人, ¥420,000, 21 days.

use super::metric::{Kind, Metric, Per};
use crate::lang::{Lang, Text};
use crate::text::thousands;

/// The words of a unit, as (suffix in Japanese, one in English, many in English).
pub(super) fn unit_words(unit: &str) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match unit {
        "times" => ("回", "time", "times"),
        "people" | "users" => ("人", "person", "people"),
        "days" => ("日", "day", "days"),
        "points" => ("点", "point", "points"),
        "items" | "tickets" => ("件", "item", "items"),
        "features" => ("個", "feature", "features"),
        "seats" => ("席", "seat", "seats"),
        "steps" => ("段階", "step", "steps"),
        "hours" => ("時間", "hour", "hours"),
        "minutes" => ("分", "minute", "minutes"),
        "companies" => ("社", "company", "companies"),
        _ => return None,
    })
}

/// A figure with commas and at most `decimals` places, without trailing zeros, with a true minus.
pub fn figure(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), thousands);
    let part = part.trim_end_matches('0');
    let is_zero = whole == "0" && part.is_empty();
    let sign = if value < 0.0 && !is_zero { "−" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// Points with their sign: −18点, ＋4点, ±0点; −18 points.
pub fn signed_points(points: i32, lang: Lang) -> String {
    let n = points.unsigned_abs();
    let sign = match (points.signum(), lang) {
        (-1, _) => "−",
        (0, _) => "±",
        (_, Lang::Ja) => "＋",
        (_, Lang::En) => "+",
    };
    match lang {
        Lang::Ja => format!("{sign}{n}点"),
        Lang::En if n == 1 => format!("{sign}{n} point"),
        Lang::En => format!("{sign}{n} points"),
    }
}

/// A percentage from a fraction: no decimals from ten on.
fn percent(fraction: f64, signed: bool, lang: Lang) -> String {
    let value = fraction * 100.0;
    let text = figure(value, usize::from(value.abs() < 9.95));
    let plus = match lang {
        Lang::Ja => "＋",
        Lang::En => "+",
    };
    if signed && value >= 0.05 { format!("{plus}{text}%") } else { format!("{text}%") }
}

/// A value of a metric with its unit. Ratios and changes in percent are fractions; a `percent` attribute is not.
pub fn show_value(metric: &Metric, value: f64, lang: Lang) -> String {
    let bare = bare_value(metric, value, lang);
    format!("{bare}{}", suffix(metric, value, lang))
}

fn bare_value(metric: &Metric, value: f64, lang: Lang) -> String {
    match (metric.kind, metric.unit.as_str()) {
        (Kind::Change, "" | "percent") => percent(value, true, lang),
        (Kind::Ratio, "percent") => percent(value, false, lang),
        (_, "percent") if metric.per.is_some() => percent(value, false, lang),
        (_, "percent") => format!("{}%", figure(value, 1)),
        (_, "yen") => {
            let amount = figure(value.abs(), 0);
            format!("{}¥{amount}", if value < 0.0 { "−" } else { "" })
        }
        (Kind::Ratio | Kind::Mean | Kind::Percentile, _) => figure(value, 2),
        _ if metric.per == Some(Per::BusinessDay) => figure(value, 1),
        _ if value.fract() == 0.0 => figure(value, 0),
        _ => figure(value, 2),
    }
}

/// Whether values are fractions that are read as percent.
pub fn is_fraction(metric: &Metric) -> bool {
    match (metric.kind, metric.unit.as_str()) {
        (Kind::Change, "" | "percent") | (Kind::Ratio, "percent") => true,
        (_, "percent") => metric.per.is_some(),
        _ => false,
    }
}

fn suffix(metric: &Metric, value: f64, lang: Lang) -> String {
    if matches!(metric.unit.as_str(), "" | "percent" | "yen" | "none") {
        return String::new();
    }
    match (unit_words(&metric.unit), lang) {
        (Some((ja, _, _)), Lang::Ja) => ja.to_owned(),
        (Some((_, one, many)), Lang::En) => format!(" {}", if value == 1.0 { one } else { many }),
        (None, Lang::Ja) => metric.unit.clone(),
        (None, Lang::En) => format!(" {}", metric.unit),
    }
}

/// Two values with one unit: 14→5人, 40%→12%; 14 → 5 people.
pub fn show_move(metric: &Metric, before: f64, after: f64, lang: Lang) -> String {
    let arrow = match lang {
        Lang::Ja => "→",
        Lang::En => " → ",
    };
    format!("{}{arrow}{}", bare_value(metric, before, lang), show_value(metric, after, lang))
}

/// How far a value moved, with its sign and unit: −9人, +31ポイント; what is read as percent moves by points of it.
pub fn show_difference(metric: &Metric, by: f64, lang: Lang) -> String {
    let text = match (is_fraction(metric), metric.unit.as_str()) {
        (false, unit) if unit != "percent" => show_value(metric, by.abs(), lang),
        (is_fraction, _) => {
            let points = by.abs() * if is_fraction { 100.0 } else { 1.0 };
            let decimals = usize::from(points < 9.95);
            format!("{}{}", figure(points, decimals), if lang == Lang::Ja { "ポイント" } else { " points" })
        }
    };
    let is_zero = !text.contains(|c: char| ('1'..='9').contains(&c));
    let sign = match by {
        _ if is_zero => "±",
        by if by < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{text}")
}

/// The title without what stands in brackets at its end: a sentence says the window by itself.
pub fn short_title(metric: &Metric, lang: Lang) -> &str {
    let name = metric.name(lang).trim_end();
    let cut = match lang {
        Lang::Ja if name.ends_with('）') => name.rfind('（'),
        Lang::En if name.ends_with(')') => name.rfind('('),
        _ => None,
    };
    cut.and_then(|i| name.get(..i)).map(str::trim_end).filter(|n| !n.is_empty()).unwrap_or(name)
}

/// The span that a value looks at, in brackets: （28日）; empty without a window. A derived metric has that of its
/// first part.
pub fn show_span(metric: &Metric, metrics: &[Metric], lang: Lang) -> String {
    let mut at = metric;
    for _ in 0..4 {
        let part = at.of.first().and_then(|id| metrics.iter().find(|m| m.id == *id));
        match (at.window_days, part) {
            (None, Some(next)) => at = next,
            _ => break,
        }
    }
    match (at.window_days, lang) {
        (None, _) => String::new(),
        (Some(days), Lang::Ja) => format!("（{days}日）"),
        (Some(days), Lang::En) => format!(" ({days} days)"),
    }
}

/// What a state is called, with the age where there is one.
pub fn show_state(state: super::State) -> Text {
    match state {
        super::State::Measured { age_days: 0 } => Text::new("測定済", "measured"),
        super::State::Measured { age_days } => {
            Text { ja: format!("測定済 {age_days}日前"), en: format!("measured {age_days} d ago") }
        }
        super::State::Stale { age_days } => {
            Text { ja: format!("古い {age_days}日前"), en: format!("stale, {age_days} d old") }
        }
        super::State::Missing => Text::new("未取得", "missing"),
        super::State::NotApplicable => Text::new("対象外", "not applicable"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(kind: Kind, unit: &str) -> Metric {
        Metric {
            unit: unit.into(),
            window_days: Some(28),
            title: Text::new("利用者数（28日）", "Users (28 days)"),
            ..Metric::new("m", kind)
        }
    }

    #[test]
    fn values_read_as_people_write_them() {
        let cases = [
            (Kind::Count, "times", 1234.0, "1,234回", "1,234 times"),
            (Kind::DistinctUsers, "people", 1.0, "1人", "1 person"),
            (Kind::Ratio, "percent", 0.4, "40%", "40%"),
            (Kind::Ratio, "percent", 0.085, "8.5%", "8.5%"),
            (Kind::Change, "percent", -0.35, "−35%", "−35%"),
            (Kind::Change, "", 0.05, "＋5%", "+5%"),
            (Kind::Change, "", -0.0001, "0%", "0%"),
            (Kind::Attribute, "yen", 420_000.0, "¥420,000", "¥420,000"),
            (Kind::Attribute, "percent", 40.0, "40%", "40%"),
            (Kind::Ratio, "", 0.333_333, "0.33", "0.33"),
            (Kind::Count, "冊", 3.0, "3冊", "3 冊"),
        ];
        for (kind, unit, value, ja, en) in cases {
            assert_eq!(show_value(&metric(kind, unit), value, Lang::Ja), ja);
            assert_eq!(show_value(&metric(kind, unit), value, Lang::En), en);
        }
        let users = metric(Kind::DistinctUsers, "people");
        assert_eq!(show_move(&users, 14.0, 5.0, Lang::Ja), "14→5人");
        let moves = [
            (Kind::DistinctUsers, "people", -9.0, "−9人", "−9 people"),
            (Kind::Change, "percent", 0.312, "+31ポイント", "+31 points"),
            (Kind::Attribute, "percent", -2.5, "−2.5ポイント", "−2.5 points"),
            (Kind::Ratio, "", 0.25, "+0.25", "+0.25"),
            (Kind::Ratio, "percent", -0.0001, "±0ポイント", "±0 points"),
        ];
        for (kind, unit, by, ja, en) in moves {
            let metric = metric(kind, unit);
            assert_eq!(
                (show_difference(&metric, by, Lang::Ja), show_difference(&metric, by, Lang::En)),
                (ja.into(), en.into())
            );
        }
        assert_eq!(short_title(&users, Lang::Ja), "利用者数");
        assert_eq!(show_span(&users, &[], Lang::Ja), "（28日）");
        assert_eq!(signed_points(-18, Lang::Ja), "−18点");
        assert_eq!(signed_points(1, Lang::En), "+1 point");
    }
}
