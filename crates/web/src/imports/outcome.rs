//! What would happen, what happens, what happened.

use kizashi_app::imports::{ImportRow, Report, State, Undone};
use kizashi_app::intake::Sample;
use kizashi_domain::intake::{RecordKind, Refusal};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use super::mapping::{field_title, steps, trouble};
use super::refusal::phrase;
use crate::parts::form::{post_button, token};
use crate::shell::{Page, Place, Shell};

/// Records of a trial that are drawn at once; the rest is folded.
const SHOWN: usize = 5;

fn frame(s: &Shell, row: &ImportRow, step: usize, body: &Markup) -> Page {
    let w = &s.words;
    let body = html! {
        p.small { a.plain href="/data/imports" { "← " (w.t("imports-title")) } }
        div.page-head { h1 { (row.file_name) } }
        (steps(s, step))
        (body)
    };
    Page { title: row.file_name.clone(), place: Place::Data, body }
}

/// Work under way. The page looks again by itself, and may be left.
pub fn under_way(s: &Shell, row: &ImportRow) -> Page {
    let w = &s.words;
    let Some(progress) = row.progress else { return page(s, row, false) };
    let label = w.word("import-phase", progress.phase.word());
    let step = if row.state == State::Draft { 2 } else { 3 };
    let body = html! {
        section.under-way role="status" {
            h2 { (label) }
            @match progress.percent {
                Some(percent) => { progress max="100" value=(percent) aria-label=(label) {} " " (percent) "%" },
                None => progress aria-label=(label) {},
            }
            p.faint { (w.t("imports-may-leave")) }
        }
    };
    frame(s, row, step, &body)
}

/// A trial with its way on, an import with its way back.
pub fn page(s: &Shell, row: &ImportRow, has_rejected: bool) -> Page {
    let w = &s.words;
    let r = &row.report;
    let address = format!("/data/imports/{}", row.id);
    let step = if r.is_trial { 2 } else { 3 };
    let body = html! {
        @if row.is_interrupted() { div.wrongs role="alert" { p { (w.t("imports-interrupted-text")) } } }
        @if let Some((fault, said)) = &r.fault { (trouble(s, fault.word(), said)) }
        (headline(s, row))
        (counts(s, r))
        (letters(s, r))
        @if let Some((next, left)) = &r.next {
            p.note role="status" {
                (w.with("imports-sheets-left", &[("n", (*left).into())])) " "
                a.btn.main href={ "/data/imports/" (next) } { (w.t("imports-next-sheet")) }
            }
        }
        @if r.is_trial { (way_on(s, &address, r)) } @else { (way_back(s, row, &address)) }
        @if let Some(undone) = &r.undone { (told_undone(s, undone)) }
        @if r.refused > 0 { (refused(s, r, has_rejected.then(|| format!("{address}/rejected.csv")))) }
        (samples(s, r.kind, &w.t("imports-changed"), &r.samples.changed, r.changed, true))
        (samples(s, r.kind, &w.t("imports-added"), &r.samples.added, r.added, false))
        @if !r.samples.same.is_empty() {
            section { h2 { (w.t("imports-same")) " " span.faint { (thousands(r.same)) } } p.small.faint { (r.samples.same.join(" · ")) } }
        }
    };
    frame(s, row, step, &body)
}

fn headline(s: &Shell, row: &ImportRow) -> Markup {
    let w = &s.words;
    let r = &row.report;
    let kind = r.kind.map(|k| w.word("import-kind", k.word())).unwrap_or_default();
    let is_news = r.added + r.changed + r.deleted + r.mail.waiting > 0;
    html! {
        p.lead {
            @if r.is_trial && !is_news && r.refused == 0 { strong { (w.t("imports-no-news")) } }
            @else if r.is_trial { strong { (w.with("imports-would", &[("rows", thousands(r.rows).into()), ("kind", kind.into())])) } }
            @else if row.state == State::Done { strong { (w.with("imports-did", &[("rows", thousands(r.rows).into()), ("kind", kind.into())])) } }
            @else { strong { (w.word("import-state", row.state.word())) } }
        }
        p.small.faint {
            (w.with("imports-by", &[
                ("who", row.staff.clone().unwrap_or_else(|| w.t("imports-console")).into()),
                ("day", w.day(s.zone.day_of(row.started_at), s.today).into()),
                ("time", w.clock(row.started_at, &s.zone).into()),
                ("source", row.source.clone().into()),
            ]))
        }
        @if r.left_out > 0 { p.small { (w.with("imports-left-out", &[("n", thousands(r.left_out).into())])) } }
        (strangers(s, r))
    }
}

/// Whom the rows name as ours and whom nobody knows.
fn strangers(s: &Shell, r: &Report) -> Markup {
    let w = &s.words;
    html! {
        @if !r.strangers.is_empty() {
            details.part {
                summary { (w.with("imports-strangers", &[("n", r.strangers.len().into())])) }
                p.small { (r.strangers.join(&w.t("imports-comma"))) }
                p.help { (w.t("imports-strangers-help")) }
            }
        }
    }
}

/// Letters that are no record: those that wait, and those that are no contact.
fn letters(s: &Shell, r: &Report) -> Markup {
    let (w, mail) = (&s.words, &r.mail);
    let left_out = [
        ("letters-automatic", mail.automatic),
        ("letters-bounces", mail.bounces),
        ("letters-lists", mail.lists),
        ("letters-internal", mail.internal),
    ];
    html! {
        @if mail.waiting > 0 {
            p {
                (w.with("letters-wait", &[("n", thousands(mail.waiting).into())]))
                @if !r.is_trial { " " a href="/data/letters" { (w.t("letters-see")) } }
            }
        }
        @if mail.left_out() > 0 {
            p.small { (w.t("letters-left-out")) }
            ul.small { @for (key, n) in left_out { @if n > 0 { li { (w.with(key, &[("n", thousands(n).into())])) } } } }
        }
    }
}

/// The counts of a report, what was refused, and samples of a trial.
pub fn show_report(s: &Shell, r: &Report) -> Markup {
    let w = &s.words;
    html! {
        (counts(s, r))
        (letters(s, r))
        @if r.refused > 0 { (refused(s, r, None)) }
        (samples(s, r.kind, &w.t("imports-changed"), &r.samples.changed, r.changed, true))
        (samples(s, r.kind, &w.t("imports-added"), &r.samples.added, r.added, false))
    }
}

fn counts(s: &Shell, r: &Report) -> Markup {
    let w = &s.words;
    let all = [
        ("imports-added", r.added),
        ("imports-changed", r.changed),
        ("imports-deleted", r.deleted),
        ("imports-same", r.same),
        ("imports-refused", r.refused),
    ];
    html! {
        dl.import-counts {
            @for (key, n) in all { @if n > 0 || key != "imports-deleted" { div { dt { (w.t(key)) } dd { (thousands(n)) } } } }
        }
    }
}

fn way_on(s: &Shell, address: &str, r: &Report) -> Markup {
    let w = &s.words;
    let is_news = r.added + r.changed + r.deleted + r.mail.waiting > 0;
    html! {
        div.btns.save-bar {
            @if is_news { (post_button(&s.csrf, &format!("{address}/keeping"), &[], html! { button.btn.main { (w.t("imports-keep")) } })) }
            (post_button(&s.csrf, &format!("{address}/trial"), &[("do", "mapping")], html! { button.btn { (w.t("imports-back-to-columns")) } }))
            (post_button(&s.csrf, &format!("{address}/removal"), &[], html! { button.btn.quiet { (w.t("imports-drop-draft")) } }))
        }
    }
}

fn way_back(s: &Shell, row: &ImportRow, address: &str) -> Markup {
    let w = &s.words;
    html! {
        div.btns.save-bar {
            @if row.state == State::Done { a.btn.main href="/customers" { (w.t("imports-see-customers")) } }
            @if row.state == State::Keeping { (post_button(&s.csrf, &format!("{address}/keeping"), &[], html! { button.btn.main { (w.t("imports-go-on")) } })) }
            a.btn href="/data/imports" { (w.t("imports-other-file")) }
        }
        @if row.can_be_undone() {
            details.part {
                summary { (w.t("imports-undo")) }
                p.prose { (w.t("imports-undo-text")) }
                form method="post" action={ (address) "/undo" } { (token(&s.csrf)) button.btn { (w.t("imports-undo-now")) } }
            }
        }
        @if row.is_too_large_to_undo() { p.small.faint { (w.t("reason-too-large-to-undo")) } }
        @if row.state == State::Undone {
            @if let Some(at) = row.undone_at {
                p { (w.with("imports-undone-by", &[
                    ("who", row.undone_by.clone().unwrap_or_else(|| w.t("imports-console")).into()),
                    ("day", w.day(s.zone.day_of(at), s.today).into()),
                    ("time", w.clock(at, &s.zone).into()),
                ])) }
            }
        }
    }
}

fn told_undone(s: &Shell, undone: &Undone) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("imports-undone")) }
            p { (w.with("imports-undone-counts", &[
                ("removed", thousands(undone.removed).into()),
                ("restored", thousands(undone.restored).into()),
                ("events", thousands(undone.events).into()),
            ])) }
            @if undone.left > 0 {
                p { strong { (w.with("imports-left", &[("n", thousands(undone.left).into())])) } }
                ul.small { @for (kind, name) in &undone.left_names { li { (w.word("import-kind", kind)) " " (name) } } }
            }
        }
    }
}

fn refused(s: &Shell, r: &Report, address: Option<String>) -> Markup {
    let w = &s.words;
    html! {
        section {
            h2 { (w.t("imports-refused")) " " span.faint { (thousands(r.refused)) } }
            @if let Some(address) = address {
                p { a.btn href=(address) download { (w.t("imports-rejected-file")) } " " span.small.faint { (w.t("imports-rejected-help")) } }
            }
            div.scroll tabindex="0" role="region" aria-label=(w.t("imports-refused")) {
                table.small.refusals {
                    thead { tr {
                        th.num scope="col" { (w.t("imports-line")) }
                        th scope="col" { (w.t("imports-column")) }
                        th scope="col" { (w.t("imports-value")) }
                        th scope="col" { (w.t("imports-reason")) }
                    } }
                    tbody { @for refusal in &r.refusals { (refusal_row(s, refusal)) } }
                }
            }
            @if (r.refusals.len() as u64) < r.refused { p.small.faint { (w.with("imports-first", &[("n", r.refusals.len().into())])) } }
        }
    }
}

fn refusal_row(s: &Shell, refusal: &Refusal) -> Markup {
    html! {
        tr {
            td.num { (refusal.line) }
            td { (refusal.field) }
            td { code { (refusal.value) } }
            td { (phrase(&s.words, &refusal.reason)) }
        }
    }
}

fn samples(s: &Shell, kind: Option<RecordKind>, title: &str, list: &[Sample], all: u64, is_changed: bool) -> Markup {
    let w = &s.words;
    html! {
        @if !list.is_empty() {
            section {
                h2 { (title) " " span.faint { (thousands(all)) } }
                @for sample in list.iter().take(SHOWN) { (one(s, kind, sample, is_changed)) }
                @if list.len() > SHOWN {
                    details { summary { (w.with("imports-more", &[("n", (list.len() - SHOWN).into())])) } @for sample in list.iter().skip(SHOWN) { (one(s, kind, sample, is_changed)) } }
                }
            }
        }
    }
}

fn one(s: &Shell, kind: Option<RecordKind>, sample: &Sample, is_changed: bool) -> Markup {
    html! {
        div.import-sample {
            strong { (sample.code) }
            @if sample.customer != sample.code { span.small.faint { " " (sample.customer) } }
            dl {
                @for (field, old, new) in &sample.fields {
                    div {
                        dt { (field_title(s, kind, field)) }
                        dd { @if is_changed { del { @if old.is_empty() { "–" } @else { (old) } } " → " } ins { (new) } }
                    }
                }
            }
        }
    }
}
