//! The values that customers have in a metric today, and would have with an edit of it.

use std::sync::Arc;

use kizashi_app::dictionary::{Census, Spread};
use kizashi_domain::measure::{Metric, show_value};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use crate::parts::chart::{Histogram, histograms};
use crate::shell::Shell;

/// Draws them beside each other; nothing when the edit leaves the metric's values alone.
pub fn spread(s: &Shell, id: &str, now: &Arc<Census>, edited: &Arc<Census>) -> Markup {
    let w = &s.words;
    let Some(metric) = edited.settings.pack.metric(id).filter(|_| !Arc::ptr_eq(now, edited)) else { return html! {} };
    let old = now.settings.pack.metric(id).unwrap_or(metric);
    let (before, after) = (now.values(id, None), edited.values(id, None));
    let (titles, show) = ([w.t("settings-now"), w.t("settings-then")], |v: f64| show_value(metric, v, w.lang()));
    let [title_now, title_then] = &titles;
    html! {
        h3 { (w.with("settings-spread", &[("metric", metric.name(w.lang()).to_owned().into())])) }
        (histograms(&[Histogram { title: title_now, values: &before }, Histogram { title: title_then, values: &after }], &show))
        table.sheet.narrow-sheet.effect {
            thead { tr { th scope="col" {} @for title in &titles { th.num scope="col" { (title) } } } }
            tbody { @for (key, before, after) in lines(s, (old, &now.spread(id)), (metric, &edited.spread(id))) {
                tr { th scope="row" { (w.t(key)) } td.num { (before) } td.num { (after) } }
            } }
        }
    }
}

type Line = (&'static str, String, String);

/// How many have which state, and between which values.
fn lines(s: &Shell, before: (&Metric, &Spread), after: (&Metric, &Spread)) -> Vec<Line> {
    let counts = |s: &Spread| [s.measured, s.stale, s.missing, s.not_applicable];
    let values = |(metric, spread): (&Metric, &Spread)| {
        spread.values.map(|(least, median, most)| [least, median, most].map(|v| show_value(metric, v, s.words.lang())))
    };
    let states = ["state-measured", "state-stale", "state-missing", "state-not-applicable"];
    let marks = ["dictionary-least", "dictionary-median", "dictionary-most"];
    let none = || ["—"; 3].map(str::to_owned);
    let count = |n: usize| thousands(u64::try_from(n).unwrap_or(u64::MAX));
    let counted = states.into_iter().zip(counts(before.1).into_iter().zip(counts(after.1)));
    let valued = values(before).unwrap_or_else(none).into_iter().zip(values(after).unwrap_or_else(none));
    counted
        .map(|(key, (old, new))| (key, count(old), count(new)))
        .chain(marks.into_iter().zip(valued).map(|(key, (old, new))| (key, old, new)))
        .collect()
}
