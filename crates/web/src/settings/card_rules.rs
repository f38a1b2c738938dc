//! The form of what is settled about cards, and about the letters of plays.

use kizashi_domain::lang::Lang;
use kizashi_domain::pack::Fault;
use kizashi_domain::signals::{CardKind, CardLimit, CardRules};
use maud::{Markup, html};

use super::fields::{Line, Pen, Reader, Sheet};
use crate::parts::work::kind_word;
use crate::shell::Shell;

/// Kinds that may have limits.
const KINDS: [CardKind; 6] =
    [CardKind::Risk, CardKind::Opportunity, CardKind::Milestone, CardKind::Goal, CardKind::Activity, CardKind::Data];

const LANGUAGES: [(&str, Lang); 2] = [("ja", Lang::Ja), ("en", Lang::En)];

/// Fills the fields.
pub fn fill(rules: &CardRules, letters_in: Lang) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.put("letters_in", LANGUAGES.iter().find(|(_, lang)| *lang == letters_in).map_or("", |(word, _)| word));
    sheet.put_some("key", rules.key_account_from_minor);
    sheet.put("lead", rules.lead_days);
    sheet.put("healthy", rules.healthy_days);
    for (n, limit) in rules.limits.iter().enumerate() {
        sheet.put(format!("l{n}.kind"), kind_word(limit.kind));
        sheet.put(format!("l{n}.rank"), limit.from_rank);
        sheet.put_some(format!("l{n}.answer"), limit.answer_hours);
        sheet.put_some(format!("l{n}.close"), limit.close_hours);
    }
    sheet
}

/// Reads the language of letters.
pub fn read_language(r: &mut Reader<'_>) -> Lang {
    r.one_of("letters_in", &LANGUAGES).unwrap_or_default()
}

/// Reads the fields about cards.
pub fn read(r: &mut Reader<'_>) -> CardRules {
    let key_account_from_minor = r.count("key").map(i64::from);
    let (lead_days, healthy_days) = (r.count("lead").unwrap_or(0), r.count("healthy").unwrap_or(0));
    let mut limits = Vec::new();
    let kinds = KINDS.map(|kind| (kind_word(kind), kind));
    for n in 0..r.sheet.rows("l") {
        if r.sheet.text(&format!("l{n}.kind")).is_empty() {
            continue;
        }
        let (answer_hours, close_hours) = (r.count(&format!("l{n}.answer")), r.count(&format!("l{n}.close")));
        let from_rank = r.count(&format!("l{n}.rank")).unwrap_or(0);
        if let Some(kind) = r.one_of(&format!("l{n}.kind"), &kinds) {
            limits.push(CardLimit { kind, from_rank, answer_hours, close_hours });
        }
    }
    CardRules { key_account_from_minor, lead_days, healthy_days, limits }
}

/// The field that a fault is about.
pub fn field_of(fault: &Fault) -> String {
    match fault.key {
        "lead_days" => "lead",
        "healthy_days" => "healthy",
        "key_account_from_minor" => "key",
        _ => "l0.answer",
    }
    .into()
}

/// Draws the fields.
pub fn draw(s: &Shell, pen: Pen<'_>) -> Markup {
    let w = &s.words;
    let (days, yen) = (w.t("settings-days"), w.t("settings-card-yen"));
    let mut kinds = vec![(String::new(), w.t("settings-card-no-limit"))];
    kinds.extend(KINDS.map(|kind| (kind_word(kind).to_owned(), w.word("card-kind", kind_word(kind)))));
    let languages = LANGUAGES.map(|(word, _)| (word.to_owned(), w.word("letter-language", word)));
    let (lead, healthy) = (w.t("settings-card-lead-help"), w.t("settings-card-healthy-help"));
    let number = |help| Line { is_number: true, unit: Some(days.as_str()), help: Some(help), ..Line::default() };
    html! {
        fieldset.part {
            legend { (w.t("settings-card-quiet")) }
            div.grid {
                (pen.line("key", &w.t("settings-card-key"), Line { is_number: true, unit: Some(&yen), help: Some(&w.t("settings-card-key-help")), ..Line::default() }))
                (pen.line("lead", &w.t("settings-card-lead"), number(&lead)))
                (pen.line("healthy", &w.t("settings-card-healthy"), number(&healthy)))
            }
        }
        fieldset.part {
            legend { (w.t("settings-card-limits")) }
            p.help { (w.t("settings-card-limits-help")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("settings-card-limits")) {
                table.sheet {
                    thead { tr {
                        th scope="col" { (w.t("card-kind")) }
                        th scope="col" { (w.t("settings-card-rank")) }
                        th scope="col" { (w.t("settings-card-answer")) }
                        th scope="col" { (w.t("settings-card-close")) }
                    } }
                    tbody {
                        @for n in 0..pen.sheet.rows("l") + 2 {
                            tr {
                                td { (pen.select(&format!("l{n}.kind"), Some(&w.t("card-kind")), &kinds)) }
                                @for (part, key) in [("rank", "settings-card-rank"), ("answer", "settings-card-answer"), ("close", "settings-card-close")] {
                                    td.figure { (pen.input(&format!("l{n}.{part}"), Some(&w.t(key)), true)) (pen.wrong(&format!("l{n}.{part}"))) }
                                }
                            }
                        }
                    }
                }
            }
        }
        fieldset.part {
            legend { (w.t("settings-card-letters")) }
            div.grid { div { (pen.choice("letters_in", &w.t("settings-card-letters-in"), Some(&w.t("settings-card-letters-help")), &languages)) } }
        }
    }
}
