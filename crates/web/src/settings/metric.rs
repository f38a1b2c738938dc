//! The form of a metric.

use kizashi_domain::measure::{Against, Better, Events, Kind, Metric, Missing, Per};
use kizashi_domain::pack::labels::{KINDS, label_against, label_better, label_kind, label_missing};
use kizashi_domain::pack::{Fault, Pack};
use maud::{Markup, html};

use super::fields::{Line, Pen, Reader, Sheet};
use crate::shell::Shell;

const KIND_WORDS: [(&str, Kind); 15] = [
    ("count", Kind::Count),
    ("sum", Kind::Sum),
    ("min", Kind::Min),
    ("max", Kind::Max),
    ("mean", Kind::Mean),
    ("last", Kind::Last),
    ("distinct_users", Kind::DistinctUsers),
    ("distinct_days", Kind::DistinctDays),
    ("distinct_events", Kind::DistinctEvents),
    ("days_since", Kind::DaysSince),
    ("days_until", Kind::DaysUntil),
    ("attribute", Kind::Attribute),
    ("ratio", Kind::Ratio),
    ("change", Kind::Change),
    ("percentile", Kind::Percentile),
];
const BETTER: [(&str, Better); 3] =
    [("higher", Better::Higher), ("lower", Better::Lower), ("neither", Better::Neither)];
const AGAINST: [(&str, Against); 2] = [("before", Against::Before), ("baseline", Against::Baseline)];
const MISSING: [(&str, Missing); 2] = [("zero_when_alive", Missing::ZeroWhenAlive), ("unknown", Missing::Unknown)];

/// Kinds that look at events.
const OF_EVENTS: &str = "count sum min max mean last distinct_users distinct_days distinct_events days_since";

fn word_of<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, v)| *v == value).map_or("", |(word, _)| word)
}

/// Fills the fields.
pub fn fill(metric: &Metric) -> Sheet {
    let mut sheet = Sheet::default();
    let m = metric;
    sheet.put("title.ja", &m.title.ja);
    sheet.put("title.en", &m.title.en);
    sheet.put("description.ja", &m.description.ja);
    sheet.put("description.en", &m.description.en);
    sheet.put("kind", word_of(&KIND_WORDS, m.kind));
    sheet.put("event", m.event.names().join(", "));
    sheet.put("except", m.except.join(", "));
    sheet.put_some("window", m.window_days);
    sheet.put("offset", m.offset_days);
    sheet.put_some("of1", m.of.first());
    sheet.put_some("of2", m.of.get(1));
    sheet.put("against", word_of(&AGAINST, m.against));
    sheet.put_some("attribute", m.attribute.as_ref());
    sheet.put("per", if m.per.is_some() { "1" } else { "" });
    sheet.put("better", word_of(&BETTER, m.better));
    sheet.put("unit", &m.unit);
    sheet.put_some("stale", m.stale_after_days);
    sheet.put("missing", word_of(&MISSING, m.missing));
    sheet.put("from_age", m.from_age_days);
    sheet.put_some("source", m.provided_by.as_ref());
    sheet.put_some("owner", m.owner.as_ref());
    sheet
}

/// Reads the fields over the metric as it was.
pub fn read(r: &mut Reader<'_>, old: &Metric) -> Metric {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut names = r.words_of("event");
    let event = match (names.len(), &old.event) {
        (0, _) => Events::All,
        // A list of one stays a list.
        (1, Events::Any(list)) if *list == names => old.event.clone(),
        (1, _) => Events::One(names.pop().unwrap_or_default()),
        _ => Events::Any(names),
    };
    let text = |r: &Reader<'_>, field: &str| kizashi_domain::lang::Text {
        ja: r.sheet.text(&format!("{field}.ja")).to_owned(),
        en: r.sheet.text(&format!("{field}.en")).to_owned(),
    };
    let kind = r.one_of("kind", &KIND_WORDS).unwrap_or(old.kind);
    // Fields of other kinds may still hold what was entered for them.
    let is_counted = matches!(kind, Kind::Count | Kind::Sum | Kind::DistinctDays);
    let is_dated = matches!(kind, Kind::Attribute | Kind::DaysUntil | Kind::DaysSince);
    let parts: &[&str] = if kind.is_derived() { &["of1", "of2"] } else { &[] };
    Metric {
        id: old.id.clone(),
        title: r.both("title"),
        kind,
        event,
        except: r.words_of("except"),
        window_days: r.count("window"),
        offset_days: r.count("offset").unwrap_or(0),
        of: parts.iter().filter_map(|f| some(r.sheet.text(f))).collect(),
        against: r.one_of("against", &AGAINST).unwrap_or_default(),
        attribute: some(r.sheet.text("attribute")).filter(|_| is_dated),
        per: (is_counted && r.sheet.is_ticked("per")).then_some(Per::BusinessDay),
        better: r.one_of("better", &BETTER).unwrap_or_default(),
        unit: r.sheet.text("unit").to_owned(),
        stale_after_days: r.count("stale"),
        missing: r.one_of("missing", &MISSING).unwrap_or_default(),
        from_age_days: r.count("from_age").unwrap_or(0),
        provided_by: some(r.sheet.text("source")),
        owner: some(r.sheet.text("owner")),
        description: text(r, "description"),
    }
}

/// The field that a fault is about.
pub fn field_of(fault: &Fault) -> Option<String> {
    Some(match fault.key {
        "window_days" => "window".into(),
        "of" => "of1".into(),
        "id" => "id".into(),
        key @ ("except" | "attribute" | "per" | "unit" | "kind") => key.to_owned(),
        _ => return None,
    })
}

/// Draws the fields.
pub fn draw(s: &Shell, pen: Pen<'_>, metric: &Metric, pack: &Pack) -> Markup {
    let w = &s.words;
    let t = |key: &str| w.t(key);
    let menu = |pairs: Vec<(&str, kizashi_domain::lang::Text)>| -> Vec<(String, String)> {
        pairs.into_iter().map(|(word, text)| (word.to_owned(), w.text(&text).to_owned())).collect()
    };
    let kinds = menu(KINDS.iter().map(|k| (word_of(&KIND_WORDS, *k), label_kind(*k))).collect());
    let mut parts = vec![(String::new(), t("settings-none"))];
    parts
        .extend(pack.metrics.iter().filter(|m| m.id != metric.id).map(|m| (m.id.clone(), m.name(w.lang()).to_owned())));
    let days = t("settings-days");
    let number = |help: Option<&'static str>| help.map(|key| w.t(key));
    let day_line = |name: &str, key: &str, help: Option<&'static str>| {
        pen.line(
            name,
            &w.t(key),
            Line { help: number(help).as_deref(), unit: Some(&days), is_number: true, ..Line::default() },
        )
    };
    let plain = |name: &str, key: &str, help: Option<&'static str>| {
        pen.line(name, &w.t(key), Line { help: number(help).as_deref(), ..Line::default() })
    };
    html! {
        (pen.both(w, "title", &t("settings-title"), None))
        div.pair {
            (pen.area("description.ja", &w.with("settings-in-ja", &[("what", t("settings-description").into())]), Some(&t("settings-description-help")), 2))
            (pen.area("description.en", &w.with("settings-in-en", &[("what", t("settings-description").into())]), None, 2))
        }
        // Each field says for which kinds it is; a script hides the others.
        fieldset.part data-switch="kind" {
            legend { (t("settings-how-counted")) }
            div.grid {
                (pen.choice("kind", &t("settings-kind"), None, &kinds))
                div data-case=(OF_EVENTS) { (plain("event", "settings-event", Some("settings-event-help"))) }
                div data-case=(OF_EVENTS) { (plain("except", "settings-except", Some("settings-except-help"))) }
                div data-case=(OF_EVENTS) { (day_line("window", "settings-window", Some("settings-window-help"))) }
                div data-case={ (OF_EVENTS) " attribute days_until" } { (day_line("offset", "settings-offset", Some("settings-offset-help"))) }
                div data-case="attribute days_until days_since" { (plain("attribute", "settings-attribute", Some("settings-attribute-help"))) }
                div data-case="ratio change percentile" { (pen.choice("of1", &t("settings-of"), Some(&t("settings-of-help")), &parts)) }
                div data-case="ratio change" { (pen.choice("of2", &t("settings-of-second"), None, &parts)) }
                div data-case="change" { (pen.choice("against", &t("settings-against"), Some(&t("settings-against-help")), &menu(AGAINST.iter().map(|(word, a)| (*word, label_against(*a))).collect()))) }
            }
            div data-case="count sum distinct_days" { (pen.tick("per", &t("settings-per"))) }
            (pen.wrong("per"))
        }
        fieldset.part {
            legend { (t("settings-how-read")) }
            div.grid {
                (plain("unit", "settings-unit", Some("settings-unit-help")))
                (pen.choice("better", &t("settings-better"), None, &menu(BETTER.iter().map(|(word, b)| (*word, label_better(*b))).collect())))
                (pen.choice("missing", &t("settings-nothing-there"), None, &menu(MISSING.iter().map(|(word, m)| (*word, label_missing(*m))).collect())))
                (day_line("stale", "settings-stale", Some("settings-stale-help")))
                (day_line("from_age", "settings-from-age", None))
                (plain("source", "settings-source", Some("settings-source-help")))
                (plain("owner", "settings-owner", Some("settings-owner-help")))
            }
        }
    }
}
