//! The answer: score, sentence, breakdown, history, usage.

use kizashi_app::customers::{CustomerPage, HistoryPoint, UsageSeries};
use kizashi_domain::measure::show_value;
use kizashi_domain::time::Day;
use maud::{Markup, html};

use super::frame::file_of;
use super::page::View;
use super::past::{overrides, under_old};
use crate::csv;
use crate::parts::breakdown::{Ground, breakdown};
use crate::parts::chart::{Line, Mark, Series, line};
use crate::parts::health::{badge_big, delta, telling_day, told};
use crate::shell::Shell;
use crate::today::split;

/// The score with everything that made it.
pub fn verdict(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let c = view.customer;
    let since = w.day(c.change_since, s.today);
    html! {
        section #score {
            div.verdict {
                div.score-box {
                    (badge_big(w, c.row.band, c.row.points))
                    @if let Some(change) = c.change.as_ref().filter(|_| c.row.points.is_some()) {
                        div { (delta(w, change.total.into())) " " span.faint.small { (w.with("since-day", &[("day", since.clone().into())])) } }
                    }
                    @if let Some(v) = &c.verdict {
                        div.range {
                            @if v.range.0 != v.range.1 { (w.with("verdict-range", &[("lo", v.range.0.into()), ("hi", v.range.1.into())])) br; }
                            (w.with("verdict-coverage", &[("measured", v.measured.into()), ("of", v.applicable.into())])) br;
                            @if let Some(model) = view.pack.model(&v.model) { (w.with("verdict-model", &[("model", w.text(&model.title).to_owned().into())])) }
                        }
                    }
                }
                div.answer {
                    @if c.verdict.is_none() { p { (w.t("verdict-none")) } } @else { p { (told(s, c)) } }
                    @if let Some(day) = telling_day(c) {
                        p.small { a href={ "/customers/" (c.row.id) "?against=" (day) @if let Some(as_of) = &c.as_of { "&as_of=" (as_of.day) } "#breakdown" } { (w.with("answer-why-before", &[("day", w.day(day, s.today).into())])) } }
                    }
                    @if let Some(change) = c.change.as_ref().filter(|change| change.total != 0) { p.small.ink2 { (split(s, change)) } }
                    (under_old(s, c))
                }
            }
        }
        (overrides(s, c))
        @if let Some(v) = &c.verdict {
            section #breakdown {
                div.section-head { h2 { (w.t("breakdown-title")) } (csv::link(s, &file_of(&c.head(), "score"))) }
                (breakdown(w, v, Ground { pack: view.pack, change: c.change.as_ref(), since: &since }))
            }
        }
        (history(s, view))
    }
}

fn history(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let c = view.customer;
    let Some((from, days)) = span(&c.history) else { return html! {} };
    let each = |day: Day| c.history.iter().find(|p| p.day == day);
    let all: Vec<Option<&HistoryPoint>> = (0..days).map(|i| each(from.plus(i))).collect();
    let points: Vec<Option<f64>> = all.iter().map(|p| p.and_then(|p| p.points).map(exact)).collect();
    let range: Vec<Option<(f64, f64)>> = all.iter().map(|p| p.map(|p| (exact(p.range.0), exact(p.range.1)))).collect();
    let bands =
        c.verdict.as_ref().map(|v| [(v.bands.amber_from, "red"), (v.bands.green_from, "amber")]).unwrap_or_default();
    let left: Vec<(usize, String)> = marks(s, c, from);
    let marks: Vec<Mark<'_>> = left.iter().map(|(index, label)| Mark { index: *index, label }).collect();
    let closed = closed(view, from, days);
    let (title, name) = (w.t("history-title"), w.t("history-score"));
    // 再計算: where late data say something else of a day than was known on it.
    let again: Vec<Option<f64>> = all.iter().map(|p| p.and_then(|p| p.again.flatten()).map(exact)).collect();
    let again_name = w.t("history-again");
    let mut series = vec![Series { name: &name, values: &points, is_then: false }];
    if again.iter().any(Option::is_some) {
        series.push(Series { name: &again_name, values: &again, is_then: true });
    }
    let told = told(s, c);
    let drawn = |size: (f64, f64)| {
        let show = |v: f64| format!("{v:.0}");
        line(
            w,
            &Line {
                title: &title,
                summary: &told,
                from,
                closed: &closed,
                series: &series,
                show: &show,
                limits: Some((0.0, 100.0)),
                bands: &bands,
                range: &range,
                marks: &marks,
                size,
            },
        )
    };
    // Drawn for two widths, so that its words are as large as the others on a phone too.
    html! {
        section.only-wide { (drawn((900.0, 190.0))) }
        section.only-narrow { (drawn((440.0, 170.0))) }
    }
}

/// People who left inside the span: what a change is often about.
fn marks(s: &Shell, c: &CustomerPage, from: Day) -> Vec<(usize, String)> {
    let left = c.contacts.iter().filter_map(|p| Some((p.left_on?, &p.name)));
    left.filter_map(|(day, name)| {
        let index = usize::try_from(day.0 - from.0).ok()?;
        Some((index, s.words.with("mark-left", &[("name", name.clone().into())])))
    })
    .collect()
}

fn span(history: &[HistoryPoint]) -> Option<(Day, i32)> {
    let (first, last) = (history.first()?.day, history.last()?.day);
    history.iter().any(|p| p.points.is_some()).then_some((first, (last.0 - first.0).clamp(0, 800) + 1))
}

fn closed(view: &View<'_>, from: Day, days: i32) -> Vec<bool> {
    (0..days).map(|i| !view.calendar.is_business_day(from.plus(i))).collect()
}

/// Points are at most a hundred.
#[allow(clippy::cast_precision_loss)]
const fn exact(points: i64) -> f64 {
    points as f64
}

/// Charts of usage.
pub fn usage(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    html! {
        @if !view.customer.usage.is_empty() {
            section {
                div.section-head { h2 { (w.t("usage-title")) } (csv::link(s, &file_of(&view.customer.head(), "days"))) }
                div.charts { @for series in &view.customer.usage { (chart(s, view, series)) } }
            }
        }
    }
}

fn chart(s: &Shell, view: &View<'_>, series: &UsageSeries) -> Markup {
    let w = &s.words;
    let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else { return html! {} };
    let days = (last.0.0 - first.0.0).clamp(0, 800) + 1;
    let mut values = vec![None; usize::try_from(days).unwrap_or(1)];
    for (day, value) in &series.points {
        if let Some(place) = usize::try_from(day.0 - first.0.0).ok().and_then(|i| values.get_mut(i)) {
            *place = *value;
        }
    }
    let metric = view.pack.metric(&series.metric);
    let show = |value: f64| metric.map_or_else(|| format!("{value:.0}"), |m| show_value(m, value, w.lang()));
    let title = w.text(&series.title);
    line(
        w,
        &Line {
            title,
            summary: "",
            from: first.0,
            closed: &closed(view, first.0, days),
            series: &[Series { name: title, values: &values, is_then: false }],
            show: &show,
            limits: None,
            bands: &[],
            range: &[],
            marks: &[],
            size: (440.0, 130.0),
        },
    )
}
