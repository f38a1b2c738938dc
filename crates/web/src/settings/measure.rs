//! The form of a measure: its curve over the values that customers have, its weight, what happens without a value.

use kizashi_app::dictionary::Census;
use kizashi_domain::health::{AgedCurve, Measure, Model, Outside};
use kizashi_domain::measure::{Better, Metric, show_value, unit_name};
use kizashi_domain::pack::labels::label_outside;
use kizashi_domain::pack::{Fault, Pack};
use maud::{Markup, html};

use super::fields::{Line, Pen, Reader, Sheet, is_percent, parse_number, parse_value, shown};
use super::model::{fill_missing, missing_options, read_missing};
use crate::parts::chart::{Curve, curve};
use crate::shell::Shell;
use crate::words::Words;

const OUTSIDE: [(&str, Outside); 2] = [("clamp", Outside::Clamp), ("exclude", Outside::Exclude)];

/// Fills the fields.
pub fn fill(measure: &Measure, pack: &Pack) -> Sheet {
    let mut sheet = Sheet::default();
    let metric = pack.metric(&measure.metric);
    sheet.put("weight", measure.weight);
    fill_missing(&mut sheet, "", measure, pack);
    sheet.put("outside", if measure.outside == Outside::Clamp { "clamp" } else { "exclude" });
    let mut points = |prefix: &str, curve: &[(f64, f64)]| {
        for (n, (value, points)) in curve.iter().enumerate() {
            sheet.put(format!("{prefix}{n}.v"), shown(metric, *value));
            sheet.put(format!("{prefix}{n}.p"), points);
        }
    };
    points("c", &measure.curve);
    for (k, aged) in measure.by_age.iter().enumerate() {
        points(&format!("a{k}c"), &aged.curve);
    }
    for (k, aged) in measure.by_age.iter().enumerate() {
        sheet.put(format!("a{k}.age"), aged.age_days_from);
    }
    sheet
}

fn read_points(r: &mut Reader<'_>, prefix: &str, metric: Option<&Metric>) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for n in 0..r.sheet.rows(prefix) {
        let (value, score) = (format!("{prefix}{n}.v"), format!("{prefix}{n}.p"));
        if r.sheet.text(&value).is_empty() && r.sheet.text(&score).is_empty() {
            continue;
        }
        let point = (r.must_number(&value, metric), r.must_number(&score, None));
        if !(0.0..=100.0).contains(&point.1) {
            r.refuse(&score, "settings-wrong-points");
        }
        points.push(point);
    }
    // Rows may be entered in any order; two points of one value keep theirs, for they are a step.
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

/// Reads the fields over the measure as it was.
pub fn read(r: &mut Reader<'_>, old: &Measure, pack: &Pack) -> Measure {
    let metric = pack.metric(&old.metric);
    let weight = r.must_number("weight", None);
    let missing = read_missing(r, "", &old.metric, pack);
    let outside = r.one_of("outside", &OUTSIDE).unwrap_or_default();
    let curve = read_points(r, "c", metric);
    if curve.is_empty() {
        r.refuse("c0.v", "settings-wrong-no-points");
    }
    let mut by_age = Vec::new();
    for k in 0..r.sheet.rows("a") {
        let points = read_points(r, &format!("a{k}c"), metric);
        if points.is_empty() {
            continue;
        }
        let age = format!("a{k}.age");
        if r.sheet.text(&age).is_empty() {
            r.refuse(&age, "reason-required");
        }
        by_age.push(AgedCurve { age_days_from: r.count(&age).unwrap_or(0), curve: points });
    }
    by_age.sort_by_key(|c| c.age_days_from);
    Measure { metric: old.metric.clone(), curve, by_age, outside, weight, missing }
}

/// The field that a fault is about.
pub fn field_of(fault: &Fault) -> Option<String> {
    match fault.key {
        "curve" => Some("c0.v".into()),
        "weight" => Some("weight".into()),
        _ => None,
    }
}

/// The points as far as they can be read, for drawing.
fn drawn(sheet: &Sheet, prefix: &str, metric: Option<&Metric>) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = (0..sheet.rows(prefix))
        .filter_map(|n| {
            let value = parse_value(metric, sheet.text(&format!("{prefix}{n}.v")))?;
            let points = parse_number(sheet.text(&format!("{prefix}{n}.p")))?;
            Some((value, points.clamp(0.0, 100.0)))
        })
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points
}

/// Draws the fields.
pub fn draw(
    s: &Shell,
    pen: Pen<'_>,
    (model, measure): (&Model, &Measure),
    pack: &Pack,
    census: Option<&Census>,
) -> Markup {
    let w = &s.words;
    let metric = pack.metric(&measure.metric);
    let values = census.map_or_else(Vec::new, |c| c.values(&measure.metric, Some(&model.id)));
    let outside: Vec<(String, String)> =
        OUTSIDE.iter().map(|(word, o)| ((*word).to_owned(), w.text(&label_outside(*o)).to_owned())).collect();
    let mut ages = pen.sheet.rows("a");
    if pen.sheet.blank_rows() > 0 {
        ages += 1;
    }
    html! {
        div.grid {
            (pen.line("weight", &w.t("settings-weight"), Line { help: Some(&w.t("settings-weight-help")), is_number: true, ..Line::default() }))
            (pen.choice("missing", &w.t("settings-missing"), None, &missing_options(w)))
            (pen.line("missing_n", &w.t("settings-missing-figure"), Line { help: Some(&w.t("settings-missing-figure-help")), is_number: true, ..Line::default() }))
            (pen.choice("outside", &w.t("settings-outside"), None, &outside))
        }
        (points(w, pen, "c", &w.t("settings-curve"), (model, metric), &values))
        @if let Some(census) = census {
            p.note.small {
                (w.with("settings-values-behind", &[("n", values.len().into()), ("of", census.customers_of(&model.id).into()), ("model", w.text(&model.title).to_owned().into())]))
                " " (w.with("settings-counted-at", &[("day", w.day(census.day, s.today).into()), ("clock", w.clock(census.counted_at, &s.zone).into())]))
            }
        }
        @for k in 0..ages {
            fieldset.part {
                legend { (w.t("settings-aged-curve")) }
                (pen.line(&format!("a{k}.age"), &w.t("settings-aged-from"), Line { unit: Some(&w.t("settings-days")), is_number: true, help: Some(&w.t("settings-aged-help")), ..Line::default() }))
                (points(w, pen, &format!("a{k}c"), &w.t("settings-aged-curve"), (model, metric), &values))
            }
        }
    }
}

/// The drawn curve, and its points as rows of numbers.
fn points(
    w: &Words,
    pen: Pen<'_>,
    prefix: &str,
    title: &str,
    (model, metric): (&Model, Option<&Metric>),
    values: &[f64],
) -> Markup {
    let points = drawn(pen.sheet, prefix, metric);
    let show = |value: f64| metric.map_or_else(|| value.to_string(), |m| show_value(m, value, w.lang()));
    let unit = if is_percent(metric) {
        "%".to_owned()
    } else {
        metric.map_or_else(String::new, |m| w.text(&unit_name(&m.unit)).to_owned())
    };
    let told: Vec<String> = points
        .iter()
        .map(|(v, p)| w.with("settings-point", &[("value", show(*v).into()), ("points", p.to_string().into())]))
        .collect();
    let label = format!("{title} {}", told.join(&w.t("between-items")));
    let handle = w.t("settings-point-handle");
    html! {
        div.curve-edit {
            div.chart-box {
                (curve(&Curve { label: &label, points: &points, values, bands: model.bands, show: &show, fields: prefix, is_percent: is_percent(metric), handle: &handle }))
                p.small.faint.js-only { (w.t("settings-drag")) }
            }
            table.sheet.points {
                thead { tr {
                    th scope="col" { (w.t("settings-value")) " (" (unit) ")" }
                    th scope="col" { (w.t("settings-points-0-100")) }
                } }
                tbody {
                    @for n in 0..pen.sheet.rows(prefix) + 2 + pen.sheet.blank_rows() {
                        @let name = |part: &str| format!("{prefix}{n}.{part}");
                        @let at = w.with("settings-point-n", &[("n", (n + 1).into())]);
                        tr {
                            td.figure { (pen.input(&name("v"), Some(&format!("{at} {}", w.t("settings-value"))), true)) (pen.wrong(&name("v"))) }
                            td.figure { (pen.input(&name("p"), Some(&format!("{at} {}", w.t("settings-points"))), true)) (pen.wrong(&name("p"))) }
                        }
                    }
                }
            }
        }
    }
}

/// A first curve for a measure, from what customers have: the lower tenth, the middle and the upper tenth.
pub fn suggest(values: &[f64], metric: Option<&Metric>) -> Vec<(f64, f64)> {
    let at = |share: usize| values.get(values.len().saturating_sub(1) * share / 100).copied().map(tidy);
    let mut knots: Vec<f64> = [10, 50, 90].into_iter().filter_map(at).collect();
    knots.dedup();
    if knots.len() < 2 {
        let from = knots.first().copied().unwrap_or(0.0);
        knots = vec![from, from + 1.0];
    }
    let is_lower = metric.is_some_and(|m| m.better == Better::Lower);
    let points: &[f64] = match (knots.len(), is_lower) {
        (3, false) => &[20.0, 60.0, 100.0],
        (3, true) => &[100.0, 60.0, 20.0],
        (_, false) => &[20.0, 100.0],
        (_, true) => &[100.0, 20.0],
    };
    knots.into_iter().zip(points.iter().copied()).collect()
}

/// Two figures are enough for a start.
fn tidy(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kizashi_domain::measure::Kind;

    #[test]
    fn a_first_curve_rises_with_what_is_better() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        let mut metric = Metric::new("m", Kind::Count);
        assert_eq!(suggest(&values, Some(&metric)), [(10.0, 20.0), (50.0, 60.0), (90.0, 100.0)]);
        metric.better = Better::Lower;
        assert_eq!(suggest(&values, Some(&metric)), [(10.0, 100.0), (50.0, 60.0), (90.0, 20.0)]);
        assert_eq!(suggest(&[], None), [(0.0, 20.0), (1.0, 100.0)]);
        assert_eq!(suggest(&[3.0; 5], None), [(3.0, 20.0), (4.0, 100.0)]);
    }
}
