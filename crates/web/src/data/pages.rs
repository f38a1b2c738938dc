//! The page.

use kizashi_app::intake::SourceView;
use kizashi_domain::intake::RecordKind;
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use super::waiting::{self, Waiting};
use crate::csv;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// `GET /data`.
pub fn data(s: &Shell, sources: &[SourceView], letters: i64, waiting: &[Waiting]) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head { h1 { (w.t("nav-data")) } div.rest.btns {
            @if !sources.is_empty() { (csv::link(s, "/data/sources.csv")) }
            a.btn href="/data/fields" { (w.t("coverage-title")) }
            a.btn href="/data/merges" { (w.t("merges-link")) }
            a.btn href="/data/connections" { (w.t("pulls-link")) }
            a.btn href="/data/letters" { (w.t("letters-link")) @if letters > 0 { " " span.num { (letters) } } }
            a.btn href="/data/hooks" { (w.t("hook-link")) }
            a.btn.main href="/data/imports" { (w.t("imports-link")) }
        } }
        (waiting::draw(s, waiting))
        @if sources.is_empty() { (empty(&w.t("data-none"), Some(("/data/imports", &w.t("imports-link"))))) }
        @else { section {
            h2 { (w.t("data-sources")) }
            div.scroll tabindex="0" role="region" aria-label=(w.t("data-sources")) {
                table.sources {
                    thead { tr {
                        th scope="col" { (w.t("data-source")) }
                        th scope="col" { (w.t("data-state")) }
                        th.num scope="col" { (w.t("data-rows-30")) }
                        th.num scope="col" { (w.t("data-rows")) }
                        th scope="col" { (w.t("data-refused")) }
                    } }
                    tbody { @for source in sources { (row(s, source)) } }
                }
            }
        } }
        section {
            h2 { (w.t("data-take")) }
            p.small.faint { (w.t("data-take-text")) }
            ul.plain.columns {
                @for kind in RecordKind::ALL.into_iter().filter(|kind| *kind != RecordKind::Events) {
                    li { a href={ @if matches!(kind, RecordKind::Customers | RecordKind::Deals) { "/data" } "/" (kind.word()) ".csv" } download { (w.word("import-kind", kind.word())) } }
                }
            }
        }
        section {
            h2 { (w.t("data-bring")) }
            div.prose { p { (w.t("data-bring-text")) } }
            pre.code { "kizashi import " (w.t("data-file")) " --data DIR --as customers --dry-run" }
        }
    };
    Page { title: w.t("nav-data"), place: Place::Data, body }
}

fn row(s: &Shell, source: &SourceView) -> Markup {
    let w = &s.words;
    let refused: i64 = source.refused.iter().map(|(_, _, n)| n).sum();
    html! {
        tr {
            td { strong { (source.name) } @if source.has_key { div.small.faint { (w.t("data-has-key")) } } }
            td {
                @match (source.quiet, source.last_day) {
                    (true, Some(day)) => span.tag.warn { (w.with("silent-days", &[("n", (s.today.0 - day.0).into())])) },
                    (true, None) => span.tag.warn { (w.t("never")) },
                    (false, _) => (w.t("data-alive")),
                }
                @if let Some(at) = source.last_received_at { div.small.faint { (w.t("data-last")) " " (w.day(s.zone.day_of(at), s.today)) " " (w.clock(at, &s.zone)) } }
            }
            td.num { (thousands(source.events_30d)) }
            td.num { (thousands(source.events)) }
            td {
                @if refused == 0 { span.faint { "0" } }
                @else {
                    details {
                        summary { strong { (thousands(refused.unsigned_abs())) } }
                        ul.small { @for (field, reason, n) in &source.refused { li { code { (field) } " " (w.word("reason", reason)) " " (n) } } }
                    }
                }
            }
        }
    }
}
