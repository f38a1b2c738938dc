//! The form of a signal's rule.

use kizashi_domain::measure::Metric;
use kizashi_domain::pack::labels::{OCCURRENCES, label_doer, label_occurrence, label_side, label_since};
use kizashi_domain::pack::{Fault, Pack};
use kizashi_domain::signals::{Also, CardKind, Doer, Occurrence, Rule, SCORE, Side, Since, Trigger};
use maud::{Markup, html};

use super::fields::{Line, Pen, Reader, Sheet, is_percent, shown};
use super::{audience, facets};
use crate::shell::Shell;

const KINDS: [(&str, &str); 9] = [
    ("threshold", "settings-when-threshold"),
    ("change", "settings-when-change"),
    ("stop_of_use", "settings-when-stop"),
    ("date_approaching", "settings-when-date"),
    ("feed_silent", "settings-when-silent"),
    ("arrival", "settings-when-arrival"),
    ("no_show", "settings-when-no-show"),
    ("disagreement", "settings-when-apart"),
    ("red_account", "settings-when-red"),
];
const SINCES: [(&str, Since); 3] =
    [("customer", Since::Customer), ("contract", Since::Contract), ("stage", Since::Stage)];
const DOERS: [(&str, Doer); 2] = [("anybody", Doer::Anybody), ("key_person", Doer::KeyPerson)];
const SIDES: [(&str, Side); 2] = [("below", Side::Below), ("above", Side::Above)];
const CARDS: [(&str, CardKind); 6] = [
    ("risk", CardKind::Risk),
    ("opportunity", CardKind::Opportunity),
    ("milestone", CardKind::Milestone),
    ("goal", CardKind::Goal),
    ("activity", CardKind::Activity),
    ("data", CardKind::Data),
];
const HAPPENINGS: [(&str, Occurrence); 9] = [
    ("champion_left", Occurrence::ChampionLeft),
    ("detractor", Occurrence::Detractor),
    ("cancel_words", Occurrence::CancelWords),
    ("child_red", Occurrence::ChildRed),
    ("contract_shrank", Occurrence::ContractShrank),
    ("contract_grew", Occurrence::ContractGrew),
    ("note_words", Occurrence::NoteWords),
    ("plan_changed", Occurrence::PlanChanged),
    ("new_topic", Occurrence::NewTopic),
];

fn word_of<T: Copy + PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, v)| *v == value).map_or("", |(word, _)| word)
}

/// Fills the fields.
pub fn fill(rule: &Rule, pack: &Pack) -> Sheet {
    let mut sheet = Sheet::default();
    for (field, text) in [("title", &rule.title), ("what", &rule.what)] {
        sheet.put(format!("{field}.ja"), &text.ja);
        sheet.put(format!("{field}.en"), &text.en);
    }
    sheet.put("card", word_of(&CARDS, rule.card));
    sheet.put("dwell", rule.dwell_days);
    sheet.put("cooldown", rule.cooldown_days);
    sheet.put("severity", super::fields::shown_share(rule.severity));
    sheet.put("due", rule.due_business_days);
    sheet.put_some("play", rule.play.as_ref());
    fill_trigger(&mut sheet, &rule.when, pack);
    for (n, also) in rule.also.iter().enumerate() {
        sheet.put(format!("also{n}.of"), &also.of);
        sheet.put(format!("also{n}.side"), word_of(&SIDES, also.side));
        sheet.put(format!("also{n}.limit"), shown(pack.metric(&also.of), also.limit));
    }
    audience::fill(&mut sheet, &rule.audience);
    sheet
}

fn fill_trigger(sheet: &mut Sheet, when: &Trigger, pack: &Pack) {
    let kind = match when {
        Trigger::Threshold { of, side, fire, clear } => {
            let metric = pack.metric(of);
            sheet.put("of", of);
            sheet.put("side", word_of(&SIDES, *side));
            sheet.put("fire", shown(metric, *fire));
            sheet.put_some("clear", clear.map(|c| shown(metric, c)));
            "threshold"
        }
        Trigger::Change { of, by, within_days } => {
            sheet.put("of", of);
            sheet.put("by", shown(pack.metric(of), *by));
            sheet.put("within", within_days);
            "change"
        }
        Trigger::StopOfUse { of, past, at_least, business_days } => {
            sheet.put("of", of);
            sheet.put("past", past);
            sheet.put("at_least", shown(pack.metric(past), *at_least));
            sheet.put("quiet", business_days);
            "stop_of_use"
        }
        Trigger::DateApproaching { of, within_days } => {
            sheet.put("of", of);
            sheet.put("within", within_days);
            "date_approaching"
        }
        Trigger::FeedSilent => "feed_silent",
        Trigger::Arrival { what } => {
            sheet.put("happening", word_of(&HAPPENINGS, *what));
            "arrival"
        }
        Trigger::NoShow { of, at_least, since, business_days, who } => {
            sheet.put("of", of);
            sheet.put("expected", shown(pack.metric(of), *at_least));
            sheet.put("since", word_of(&SINCES, *since));
            sheet.put("allowed", business_days);
            sheet.put("who", word_of(&DOERS, *who));
            "no_show"
        }
        Trigger::Disagreement { views } => {
            facets::fill(sheet, views, pack);
            "disagreement"
        }
        Trigger::RedAccount { views } => {
            facets::fill(sheet, views, pack);
            "red_account"
        }
    };
    sheet.put("when", kind);
}

/// Reads the fields over the rule as it was.
pub fn read(r: &mut Reader<'_>, old: &Rule, pack: &Pack) -> Rule {
    let severity = r.must_number("severity", None);
    let mut also = Vec::new();
    for n in 0..r.sheet.rows("also") {
        let of = r.sheet.text(&format!("also{n}.of")).to_owned();
        if of.is_empty() {
            continue;
        }
        let side = r.one_of(&format!("also{n}.side"), &SIDES).unwrap_or(Side::Below);
        let limit = r.must_number(&format!("also{n}.limit"), pack.metric(&of));
        also.push(Also { of, side, limit });
    }
    let play = r.sheet.text("play").to_owned();
    Rule {
        id: old.id.clone(),
        title: r.both("title"),
        what: r.both("what"),
        card: r.one_of("card", &CARDS).unwrap_or(old.card),
        when: read_trigger(r, &old.when, pack),
        also,
        audience: audience::read(r),
        dwell_days: r.count("dwell").unwrap_or(0),
        cooldown_days: r.count("cooldown").unwrap_or(0),
        severity: super::fields::parse_share(&severity.to_string()).unwrap_or(0.0),
        due_business_days: r.count("due").unwrap_or(0),
        play: (!play.is_empty()).then_some(play),
    }
}

fn read_trigger(r: &mut Reader<'_>, old: &Trigger, pack: &Pack) -> Trigger {
    let of = r.sheet.text("of").to_owned();
    let must_days = |r: &mut Reader<'_>, field: &str| {
        if r.sheet.text(field).is_empty() {
            r.refuse(field, "reason-required");
        }
        r.count(field).unwrap_or(0)
    };
    let metric = pack.metric(&of);
    let kind = r.sheet.text("when").to_owned();
    if of.is_empty() && !matches!(kind.as_str(), "feed_silent" | "arrival" | "disagreement" | "red_account") {
        r.refuse("of", "reason-required");
    }
    match kind.as_str() {
        "threshold" => Trigger::Threshold {
            side: r.one_of("side", &SIDES).unwrap_or(Side::Below),
            fire: r.must_number("fire", metric),
            clear: r.value("clear", metric),
            of,
        },
        "change" => Trigger::Change { by: r.must_number("by", metric), within_days: must_days(r, "within"), of },
        "stop_of_use" => {
            let past = r.must("past");
            let at_least = r.must_number("at_least", pack.metric(&past));
            Trigger::StopOfUse { of, past, at_least, business_days: must_days(r, "quiet") }
        }
        "date_approaching" => Trigger::DateApproaching { of, within_days: must_days(r, "within") },
        "feed_silent" => Trigger::FeedSilent,
        "arrival" => match r.one_of("happening", &HAPPENINGS) {
            Some(what) => Trigger::Arrival { what },
            None => old.clone(),
        },
        "no_show" => Trigger::NoShow {
            at_least: if r.sheet.text("expected").is_empty() { 1.0 } else { r.must_number("expected", metric) },
            since: r.one_of("since", &SINCES).unwrap_or(Since::Customer),
            business_days: must_days(r, "allowed"),
            who: r.one_of("who", &DOERS).unwrap_or_default(),
            of,
        },
        "disagreement" => Trigger::Disagreement { views: facets::read(r, pack) },
        "red_account" => Trigger::RedAccount { views: facets::read(r, pack) },
        _ => {
            r.refuse("when", "reason-not-one-of");
            old.clone()
        }
    }
}

/// The field that a fault is about.
pub fn field_of(fault: &Fault, sheet: &Sheet) -> Option<String> {
    let en = fault.reason.en.as_str();
    let has_views = matches!(sheet.text("when"), "disagreement" | "red_account");
    Some(match fault.key {
        "when" if has_views => {
            let line = (0..sheet.rows("v")).find(|n| sheet.text(&format!("v{n}.of")) == fault.near);
            format!("v{}.of", line.unwrap_or(0))
        }
        "when" if fault.near == "at_least" => "expected".into(),
        "when" if fault.near == "business_days" => "allowed".into(),
        "when" if en.starts_with("clear") => "clear".into(),
        "when" if en.starts_with("a change") => "by".into(),
        "when" => "of".into(),
        key @ ("play" | "severity" | "id") => key.to_owned(),
        _ => return None,
    })
}

fn subjects(s: &Shell, pack: &Pack) -> Vec<(String, String)> {
    let w = &s.words;
    let mut options = vec![(String::new(), w.t("settings-none")), (SCORE.to_owned(), w.t("history-score"))];
    let named = |m: &Metric| {
        let unit = if is_percent(Some(m)) { " (%)" } else { "" };
        (m.id.clone(), format!("{}{unit}", m.name(w.lang())))
    };
    options.extend(pack.metrics.iter().map(named));
    options
}

/// Draws the fields.
pub fn draw(s: &Shell, pen: Pen<'_>, pack: &Pack) -> Markup {
    let w = &s.words;
    let mut plays = vec![(String::new(), w.t("settings-none"))];
    plays.extend(pack.plays.iter().map(|p| (p.id.clone(), w.text(&p.title).to_owned())));
    let cards: Vec<(String, String)> =
        CARDS.iter().map(|(word, kind)| ((*word).to_owned(), kind.label(w.lang()).to_owned())).collect();
    let days = w.t("settings-days");
    let business_days = w.t("settings-business-days");
    let number = |name: &str, key: &str, help: &str, unit: &str| {
        pen.line(name, &w.t(key), Line { help: Some(&w.t(help)), unit: Some(unit), is_number: true, ..Line::default() })
    };
    html! {
        (pen.both(w, "title", &w.t("settings-lead"), Some(&w.t("settings-lead-help"))))
        (pen.both(w, "what", &w.t("settings-what"), None))
        (condition(s, pen, pack))
        (further(s, pen, pack))
        (audience::draw(w, pen))
        fieldset.part {
            legend { (w.t("settings-manner")) }
            div.grid {
                (number("dwell", "settings-dwell", "settings-dwell-help", &days))
                (number("cooldown", "settings-cooldown", "settings-cooldown-help", &days))
                (number("severity", "settings-severity", "settings-severity-help", "%"))
                (number("due", "settings-due", "settings-due-help", &business_days))
                (pen.choice("card", &w.t("card-kind"), None, &cards))
                (pen.choice("play", &w.t("card-play"), None, &plays))
            }
        }
    }
}

fn condition(s: &Shell, pen: Pen<'_>, pack: &Pack) -> Markup {
    let w = &s.words;
    let kinds: Vec<(String, String)> = KINDS.iter().map(|(word, key)| ((*word).to_owned(), w.t(key))).collect();
    let sides: Vec<(String, String)> =
        SIDES.iter().map(|(word, side)| ((*word).to_owned(), w.text(&label_side(*side)).to_owned())).collect();
    let mut happenings = vec![(String::new(), w.t("settings-none"))];
    happenings.extend(
        OCCURRENCES.iter().map(|o| (word_of(&HAPPENINGS, *o).to_owned(), w.text(&label_occurrence(*o)).to_owned())),
    );
    let subjects = subjects(s, pack);
    let sinces: Vec<(String, String)> =
        SINCES.iter().map(|(word, since)| ((*word).to_owned(), w.text(&label_since(*since)).to_owned())).collect();
    let doers: Vec<(String, String)> =
        DOERS.iter().map(|(word, who)| ((*word).to_owned(), w.text(&label_doer(*who)).to_owned())).collect();
    let number = |name: &str, key: &str, help: Option<&str>, unit: Option<&str>| {
        let (help, unit) = (help.map(|key| w.t(key)), unit.map(|key| w.t(key)));
        pen.line(
            name,
            &w.t(key),
            Line { help: help.as_deref(), unit: unit.as_deref(), is_number: true, ..Line::default() },
        )
    };
    // Each field says for which kinds it is; a script hides the others.
    html! {
        fieldset.part data-switch="when" {
            legend { (w.t("settings-condition")) }
            div.grid {
                (pen.choice("when", &w.t("settings-when"), None, &kinds))
                div data-case="threshold change stop_of_use date_approaching no_show" { (pen.choice("of", &w.t("settings-subject"), None, &subjects)) }
                div data-case="threshold" { (pen.choice("side", &w.t("settings-side"), None, &sides)) }
                div data-case="threshold" { (number("fire", "settings-fire", Some("settings-fire-help"), None)) }
                div data-case="threshold" { (number("clear", "settings-clear", Some("settings-clear-help"), None)) }
                div data-case="change" { (number("by", "settings-by", Some("settings-by-help"), None)) }
                div data-case="change date_approaching" { (number("within", "settings-within", None, Some("settings-days"))) }
                div data-case="stop_of_use" { (pen.choice("past", &w.t("settings-past"), Some(&w.t("settings-past-help")), &subjects)) }
                div data-case="stop_of_use" { (number("at_least", "settings-at-least", None, None)) }
                div data-case="stop_of_use" { (number("quiet", "settings-quiet", None, Some("settings-business-days"))) }
                div data-case="no_show" { (number("expected", "settings-expected", Some("settings-expected-help"), None)) }
                div data-case="no_show" { (pen.choice("since", &w.t("settings-since"), None, &sinces)) }
                div data-case="no_show" { (number("allowed", "settings-allowed", Some("settings-allowed-help"), Some("settings-business-days"))) }
                div data-case="no_show" { (pen.choice("who", &w.t("settings-signal-who"), Some(&w.t("settings-signal-who-help")), &doers)) }
                div data-case="arrival" { (pen.choice("happening", &w.t("settings-happening"), None, &happenings)) }
            }
            (facets::draw(w, pen, &subjects, &sides))
        }
    }
}

fn further(s: &Shell, pen: Pen<'_>, pack: &Pack) -> Markup {
    let w = &s.words;
    let subjects = subjects(s, pack);
    let sides: Vec<(String, String)> =
        SIDES.iter().map(|(word, side)| ((*word).to_owned(), w.text(&label_side(*side)).to_owned())).collect();
    html! {
        fieldset.part {
            legend { (w.t("settings-also")) }
            p.help { (w.t("settings-also-help")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("settings-also")) {
                table.sheet.narrow-sheet {
                    thead { tr {
                        th scope="col" { (w.t("settings-subject")) }
                        th scope="col" { (w.t("settings-limit")) }
                        th scope="col" { (w.t("settings-side")) }
                    } }
                    tbody {
                        @for n in 0..pen.sheet.rows("also") + 1 {
                            @let name = |part: &str| format!("also{n}.{part}");
                            tr {
                                td { (pen.select(&name("of"), Some(&w.t("settings-subject")), &subjects)) }
                                td.figure { (pen.input(&name("limit"), Some(&w.t("settings-limit")), true)) (pen.wrong(&name("limit"))) }
                                td { (pen.select(&name("side"), Some(&w.t("settings-side")), &sides)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
