//! The form of a model: axes, measures with their weights, bands, coverage, caps, for whom.

use kizashi_domain::health::{Bands, Cap, Group, Measure, MissingRule, Model, Outside};
use kizashi_domain::pack::{Fault, Pack};
use maud::{Markup, html};

use super::audience;
use super::fields::{Line, Pen, Reader, Sheet, parse_number, shown, shown_share};
use crate::shell::Shell;
use crate::words::Words;

/// Words of the missing rules in forms.
pub const MISSING: [(&str, &str); 4] = [
    ("exclude", "settings-missing-exclude"),
    ("worst", "settings-missing-worst"),
    ("value", "settings-missing-value"),
    ("hold", "settings-missing-hold"),
];

/// A curve for a measure that is new: made from what customers have today.
pub type Suggest<'a> = &'a dyn Fn(&str) -> Vec<(f64, f64)>;

/// Enters a missing rule.
pub fn fill_missing(sheet: &mut Sheet, prefix: &str, measure: &Measure, pack: &Pack) {
    let (word, figure) = match measure.missing {
        MissingRule::Exclude => ("exclude", String::new()),
        MissingRule::Worst => ("worst", String::new()),
        MissingRule::Value(v) => ("value", shown(pack.metric(&measure.metric), v)),
        MissingRule::HoldDays(n) => ("hold", n.to_string()),
    };
    sheet.put(format!("{prefix}missing"), word);
    sheet.put(format!("{prefix}missing_n"), figure);
}

/// Reads a missing rule.
pub fn read_missing(r: &mut Reader<'_>, prefix: &str, metric: &str, pack: &Pack) -> MissingRule {
    let figure = format!("{prefix}missing_n");
    match r.sheet.text(&format!("{prefix}missing")) {
        "worst" => MissingRule::Worst,
        "value" => MissingRule::Value(r.must_number(&figure, pack.metric(metric))),
        "hold" => {
            if r.sheet.text(&figure).is_empty() {
                r.refuse(&figure, "reason-required");
            }
            MissingRule::HoldDays(r.count(&figure).unwrap_or(0))
        }
        _ => MissingRule::Exclude,
    }
}

/// Options of a menu of missing rules.
pub fn missing_options(w: &Words) -> Vec<(String, String)> {
    MISSING.iter().map(|(value, key)| ((*value).to_owned(), w.t(key))).collect()
}

/// Fills the fields.
pub fn fill(model: &Model, pack: &Pack) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.put("title.ja", &model.title.ja);
    sheet.put("title.en", &model.title.en);
    sheet.put("coverage", shown_share(model.minimum_coverage));
    sheet.put("amber", model.bands.amber_from);
    sheet.put("green", model.bands.green_from);
    audience::fill(&mut sheet, &model.when);
    for (g, group) in model.groups.iter().enumerate() {
        sheet.put(format!("g{g}.id"), &group.id);
        sheet.put(format!("g{g}.title.ja"), &group.title.ja);
        sheet.put(format!("g{g}.title.en"), &group.title.en);
        sheet.put_some(format!("g{g}.weight"), group.weight);
        for (m, measure) in group.measures.iter().enumerate() {
            sheet.put(format!("g{g}m{m}.metric"), &measure.metric);
            sheet.put(format!("g{g}m{m}.weight"), measure.weight);
            fill_missing(&mut sheet, &format!("g{g}m{m}."), measure, pack);
        }
    }
    for (n, cap) in model.caps.iter().enumerate() {
        sheet.put(format!("cap{n}.metric"), &cap.metric);
        sheet.put(format!("cap{n}.at_most"), cap.at_most);
    }
    sheet
}

/// Reads the fields over the model as it was: curves stay with their metrics.
pub fn read(r: &mut Reader<'_>, old: &Model, pack: &Pack, suggest: Suggest<'_>) -> Model {
    let title = r.both("title");
    let coverage = r.must_number("coverage", None);
    let minimum_coverage = super::fields::parse_share(&coverage.to_string()).unwrap_or(0.0);
    let bands = Bands { amber_from: r.must_number("amber", None), green_from: r.must_number("green", None) };
    let when = audience::read(r);
    let mut groups: Vec<Group> = Vec::new();
    for g in 0..r.sheet.rows("g") {
        let measures: Vec<Measure> = (0..r.sheet.rows(&format!("g{g}m")))
            .filter_map(|m| read_measure(r, &format!("g{g}m{m}."), old, pack, suggest))
            .collect();
        if measures.is_empty() {
            continue;
        }
        let title = r.both(&format!("g{g}.title"));
        let mut id = r.sheet.text(&format!("g{g}.id")).to_owned();
        let taken = |id: &str, groups: &[Group]| {
            id.is_empty() || groups.iter().any(|g| g.id == id) || old.groups.iter().any(|g| g.id == id)
        };
        if !old.groups.iter().any(|known| known.id == id) {
            id = (1..).map(|n| format!("group{n}")).find(|id| !taken(id, &groups)).unwrap_or_default();
        }
        let weight = r.number(&format!("g{g}.weight"));
        groups.push(Group { id, title, weight, measures });
    }
    let mut caps = Vec::new();
    for n in 0..r.sheet.rows("cap") {
        let metric = r.sheet.text(&format!("cap{n}.metric")).to_owned();
        if !metric.is_empty() {
            caps.push(Cap { metric, at_most: r.must_number(&format!("cap{n}.at_most"), None) });
        }
    }
    Model { id: old.id.clone(), title, when, minimum_coverage, bands, groups, caps }
}

fn read_measure(r: &mut Reader<'_>, prefix: &str, old: &Model, pack: &Pack, suggest: Suggest<'_>) -> Option<Measure> {
    let metric = r.sheet.text(&format!("{prefix}metric")).to_owned();
    if metric.is_empty() {
        return None;
    }
    let weight = r.must_number(&format!("{prefix}weight"), None);
    let missing = read_missing(r, prefix, &metric, pack);
    Some(match old.measure(&metric) {
        Some(known) => Measure { weight, missing, ..known.clone() },
        None => {
            Measure { curve: suggest(&metric), by_age: Vec::new(), outside: Outside::Clamp, weight, missing, metric }
        }
    })
}

/// The field that a fault of a model is about.
pub fn field_of(fault: &Fault, sheet: &Sheet) -> Option<String> {
    let row = |part: &str| {
        let groups = 0..sheet.rows("g");
        groups
            .flat_map(|g| (0..sheet.rows(&format!("g{g}m"))).map(move |m| format!("g{g}m{m}.")))
            .find(|prefix| sheet.text(&format!("{prefix}metric")) == fault.near)
            .map(|prefix| format!("{prefix}{part}"))
    };
    let cap = || (0..sheet.rows("cap")).find(|n| sheet.text(&format!("cap{n}.metric")) == fault.near);
    match fault.key {
        "bands" => Some("green".into()),
        "minimum_coverage" => Some("coverage".into()),
        "metric" if fault.reason.en.starts_with("a cap") => cap().map(|n| format!("cap{n}.metric")),
        "metric" | "curve" => row("metric"),
        _ => None,
    }
}

/// Shares of the whole by field of the weight: what the sheet says, as far as it can be read.
fn shares(sheet: &Sheet) -> Vec<(String, f64)> {
    let mut groups = Vec::new();
    for g in 0..sheet.rows("g") {
        let rows: Vec<(String, f64)> = (0..sheet.rows(&format!("g{g}m")))
            .filter(|m| !sheet.text(&format!("g{g}m{m}.metric")).is_empty())
            .map(|m| format!("g{g}m{m}.weight"))
            .map(|name| (name.clone(), parse_number(sheet.text(&name)).unwrap_or(0.0)))
            .collect();
        let inside: f64 = rows.iter().map(|r| r.1).sum();
        let weight = parse_number(sheet.text(&format!("g{g}.weight"))).unwrap_or(inside);
        groups.push((rows, inside, weight));
    }
    let total: f64 = groups.iter().filter(|g| !g.0.is_empty()).map(|g| g.2).sum();
    let share = |weight: f64, inside: f64, own: f64| {
        if total > 0.0 && inside > 0.0 { weight / total * own / inside } else { 0.0 }
    };
    groups
        .iter()
        .flat_map(|(rows, inside, weight)| rows.iter().map(|(n, own)| (n.clone(), share(*weight, *inside, *own))))
        .collect()
}

/// Draws the fields.
pub fn draw(s: &Shell, pen: Pen<'_>, model: &Model, pack: &Pack) -> Markup {
    let w = &s.words;
    let number = |unit: &'static str| Line { unit: Some(unit), is_number: true, ..Line::default() };
    let points = w.t("settings-points");
    let count = pen.sheet.rows("g").max(1) + usize::from(pen.sheet.blank_rows() > 0);
    html! {
        (pen.both(w, "title", &w.t("settings-title"), None))
        (audience::draw(w, pen))
        fieldset.part {
            legend { (w.t("settings-bands")) }
            div.grid {
                (pen.line("amber", &w.t("settings-amber-from"), Line { unit: Some(&points), ..number("") }))
                (pen.line("green", &w.t("settings-green-from"), Line { unit: Some(&points), ..number("") }))
                (pen.line("coverage", &w.t("settings-coverage"), Line { help: Some(&w.t("settings-coverage-help")), ..number("%") }))
            }
        }
        div data-weights {
            @for g in 0..count { (group(w, pen, g, model, pack)) }
        }
        (caps(w, pen, pack))
    }
}

fn metric_options(w: &Words, pack: &Pack, blank: &str) -> Vec<(String, String)> {
    let mut options = vec![(String::new(), w.t(blank))];
    options.extend(pack.metrics.iter().map(|m| (m.id.clone(), m.name(w.lang()).to_owned())));
    options
}

fn group(w: &Words, pen: Pen<'_>, g: usize, model: &Model, pack: &Pack) -> Markup {
    let rows = pen.sheet.rows(&format!("g{g}m")) + 1 + pen.sheet.blank_rows();
    let shares = shares(pen.sheet);
    let options = metric_options(w, pack, "settings-no-measure");
    let rules = missing_options(w);
    html! {
        fieldset.part data-group {
            legend { (w.t("settings-group")) " " (pen.sheet.text(&format!("g{g}.title.{}", crate::words::tag(w.lang())))) }
            input type="hidden" name={ "g" (g) ".id" } value=(pen.sheet.text(&format!("g{g}.id")));
            div.grid {
                (pen.line(&format!("g{g}.title.ja"), &w.t("settings-group-ja"), Line::default()))
                (pen.line(&format!("g{g}.title.en"), &w.t("settings-group-en"), Line::default()))
                (pen.line(&format!("g{g}.weight"), &w.t("settings-group-weight"), Line { help: Some(&w.t("settings-group-weight-help")), is_number: true, ..Line::default() }))
            }
            div.scroll tabindex="0" role="region" aria-label=(w.t("settings-measures")) {
                table.sheet {
                    thead { tr {
                        th scope="col" { (w.t("settings-measure")) }
                        th scope="col" { (w.t("settings-weight")) }
                        th.num scope="col" { (w.t("settings-share")) }
                        th scope="col" { (w.t("settings-missing")) }
                        th scope="col" { (w.t("settings-missing-figure")) }
                        th scope="col" { (w.t("settings-curve")) }
                    } }
                    tbody {
                        @for m in 0..rows {
                            @let name = |part: &str| format!("g{g}m{m}.{part}");
                            @let metric = pen.sheet.text(&name("metric"));
                            @let label = |key: &str| format!("{} {}", pack.metric(metric).map_or_else(|| (m + 1).to_string(), |m| m.name(w.lang()).to_owned()), w.t(key));
                            @let share = shares.iter().find(|(n, _)| *n == name("weight")).map_or(0.0, |s| s.1);
                            tr data-measure {
                                td { (pen.select(&name("metric"), Some(&label("settings-measure")), &options)) (pen.wrong(&name("metric"))) }
                                td.figure { (pen.input(&name("weight"), Some(&label("settings-weight")), true)) (pen.wrong(&name("weight"))) }
                                td.num { output data-share { @if !metric.is_empty() { (format!("{:.0}%", share * 100.0)) } } }
                                td { (pen.select(&name("missing"), Some(&label("settings-missing")), &rules)) }
                                td.figure { (pen.input(&name("missing_n"), Some(&label("settings-missing-figure")), true)) (pen.wrong(&name("missing_n"))) }
                                td.nowrap { @if model.measure(metric).is_some() { a.go href={ "/settings/models/" (model.id) "/measures/" (metric) } { (w.t("settings-edit-curve")) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn caps(w: &Words, pen: Pen<'_>, pack: &Pack) -> Markup {
    let options = metric_options(w, pack, "settings-no-cap");
    html! {
        fieldset.part {
            legend { (w.t("settings-caps")) }
            p.help { (w.t("settings-caps-help")) }
            table.sheet.narrow-sheet {
                thead { tr { th scope="col" { (w.t("settings-cap-when")) } th scope="col" { (w.t("settings-cap-at-most")) } } }
                tbody {
                    @for n in 0..pen.sheet.rows("cap") + 1 {
                        @let name = |part: &str| format!("cap{n}.{part}");
                        tr {
                            td { (pen.select(&name("metric"), Some(&w.t("settings-cap-when")), &options)) (pen.wrong(&name("metric"))) }
                            td.figure { (pen.input(&name("at_most"), Some(&w.t("settings-cap-at-most")), true)) (pen.wrong(&name("at_most"))) }
                        }
                    }
                }
            }
        }
    }
}
