//! For whom a model or a signal is.

use kizashi_domain::customers::Audience;
use maud::{Markup, html};

use super::fields::{Line, Pen, Reader, Sheet};
use crate::words::Words;

const LISTS: [(&str, &str); 6] = [
    ("for.segments", "settings-for-segments"),
    ("for.stages", "settings-for-stages"),
    ("for.not_stages", "settings-for-not-stages"),
    ("for.plans", "settings-for-plans"),
    ("for.regions", "settings-for-regions"),
    ("for.industries", "settings-for-industries"),
];

const FIGURES: [(&str, &str, &str); 4] = [
    ("for.age_from", "settings-for-age-from", "settings-days"),
    ("for.age_below", "settings-for-age-below", "settings-days"),
    ("for.employees_from", "settings-for-employees-from", "settings-people"),
    ("for.mrr_from", "settings-for-mrr-from", "settings-money"),
];

/// Fills the fields.
pub fn fill(sheet: &mut Sheet, audience: &Audience) {
    let a = audience;
    let lists = [&a.segments, &a.stages, &a.not_stages, &a.plans, &a.regions, &a.industries];
    for ((name, _), list) in LISTS.into_iter().zip(lists) {
        sheet.put(name, list.join(", "));
    }
    sheet.put_some("for.age_from", a.age_days_from);
    sheet.put_some("for.age_below", a.age_days_below);
    sheet.put_some("for.employees_from", a.employees_from);
    sheet.put_some("for.mrr_from", a.mrr_from_minor);
}

/// Reads them.
pub fn read(r: &mut Reader<'_>) -> Audience {
    let [segments, stages, not_stages, plans, regions, industries] = LISTS.map(|(name, _)| r.words_of(name));
    Audience {
        segments,
        stages,
        not_stages,
        plans,
        regions,
        industries,
        age_days_from: r.count("for.age_from"),
        age_days_below: r.count("for.age_below"),
        employees_from: r.count("for.employees_from").map(i64::from),
        mrr_from_minor: r.count("for.mrr_from").map(i64::from),
    }
}

/// Draws them, folded while nothing is asked.
pub fn draw(w: &Words, pen: Pen<'_>) -> Markup {
    let names = || LISTS.iter().map(|l| l.0).chain(FIGURES.iter().map(|f| f.0));
    let asked: Vec<&str> = names().filter(|name| !pen.sheet.text(name).is_empty()).collect();
    html! {
        details.part open[!asked.is_empty() || pen.wrongs.is_about("for.")] {
            summary { (w.t("settings-for")) @if asked.is_empty() { span.faint { " " (w.t("settings-for-everybody")) } } }
            p.help { (w.t("settings-for-help")) }
            div.grid {
                @for (name, key) in LISTS {
                    (pen.line(name, &w.t(key), Line { help: (name == "for.segments").then(|| w.t("settings-comma")).as_deref(), ..Line::default() }))
                }
                @for (name, key, unit) in FIGURES {
                    (pen.line(name, &w.t(key), Line { unit: Some(&w.t(unit)), is_number: true, ..Line::default() }))
                }
            }
        }
    }
}
