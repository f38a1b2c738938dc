//! How the numbers of the support desk are written.

use kizashi_domain::support::{Gauge, GaugeState, Kpi};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use crate::words::Words;

/// A count.
pub fn count(n: u64) -> String {
    thousands(n)
}

/// A share of 0 to 1 as percent, with a decimal below ten.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 9.95 { format!("{percent:.1}%") } else { format!("{percent:.0}%") }
}

/// Seconds as people say them: 45秒, 3分05秒, 4時間12分, 2日3時間.
pub fn span(w: &Words, seconds: f64) -> String {
    #[allow(clippy::cast_possible_truncation)]
    let all = seconds.round() as i64;
    let (key, large, small) = match all {
        ..60 => ("support-span-s", all, 0),
        60..3_600 => ("support-span-m", all / 60, all % 60),
        3_600..172_800 => ("support-span-h", all / 3_600, all % 3_600 / 60),
        _ => ("support-span-d", all / 86_400, all % 86_400 / 3_600),
    };
    w.with(key, &[("large", large.into()), ("small", format!("{small:02}").into()), ("n", small.into())])
}

/// A value of a number.
pub fn show(w: &Words, kpi: Kpi, value: f64) -> String {
    if kpi.is_share() { percent(value) } else { span(w, value) }
}

/// A number, or the word for why there is none.
pub fn gauge(w: &Words, kpi: Kpi, gauge: &Gauge) -> Markup {
    match (gauge.state(), gauge.value) {
        (GaugeState::Measured, Some(value)) => html! { (show(w, kpi, value)) },
        (GaugeState::NotApplicable, _) => html! { span.faint { (w.t("state-not-applicable")) } },
        _ => html! { span.faint { (w.t("state-missing")) } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn spans_are_short_and_shares_have_a_decimal_where_it_matters() {
        let w = Words::plain(Lang::Ja);
        let said: Vec<String> = [0.0, 45.4, 185.0, 3_599.6, 15_120.0, 180_000.0].iter().map(|s| span(&w, *s)).collect();
        assert_eq!(said, ["0秒", "45秒", "3分05秒", "1時間00分", "4時間12分", "2日2時間"]);
        assert_eq!([0.0, 0.031, 0.0996, 0.5, 1.0].map(percent), ["0%", "3.1%", "10%", "50%", "100%"]);
        assert_eq!(span(&Words::plain(Lang::En), 185.0), "3 min 05 s");
    }
}
