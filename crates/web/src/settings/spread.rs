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
    let count = |n: usize| thousands(u64::try_from(n).unwrap_or(u64::MAX));
    let states: [(&'static str, fn(&Spread) -> usize); 4] = [
        ("state-measured", |s| s.measured),
        ("state-stale", |s| s.stale),
        ("state-missing", |s| s.missing),
        ("state-not-applicable", |s| s.not_applicable),
    ];
    let values: [(&'static str, fn((f64, f64, f64)) -> f64); 3] =
        [("dictionary-least", |v| v.0), ("dictionary-median", |v| v.1), ("dictionary-most", |v| v.2)];
    let of = |(metric, spread): (&Metric, &Spread), pick: fn((f64, f64, f64)) -> f64| {
        spread.values.map_or_else(|| "—".to_owned(), |v| show_value(metric, pick(v), s.words.lang()))
    };
    let counted = states.into_iter().map(|(key, pick)| (key, count(pick(before.1)), count(pick(after.1))));
    counted.chain(values.into_iter().map(|(key, pick)| (key, of(before, pick), of(after, pick)))).collect()
}
