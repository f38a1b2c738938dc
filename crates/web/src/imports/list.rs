//! The imports of late, and where a file is dropped.

use kizashi_app::imports::{ImportRow, State};
use kizashi_domain::limits::UPLOAD_BYTES_MAX;
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use crate::csv;
use crate::parts::form::token;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// `GET /data/imports`.
pub fn page(s: &Shell, rows: &[ImportRow], may: bool) -> Page {
    let w = &s.words;
    let body = html! {
        p.small { a.plain href="/data" { "← " (w.t("nav-data")) } }
        div.page-head { h1 { (w.t("imports-title")) } }
        @if may { (drop_form(s)) } @else { p.faint { (w.t("imports-ask")) } }
        section {
            div.section-head { h2 { (w.t("imports-late")) } @if !rows.is_empty() { (csv::link(s, "/data/imports.csv")) } }
            @if rows.is_empty() { (empty(&w.t("imports-none"), None)) }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("imports-late")) {
                    table.imports {
                        thead { tr {
                            th scope="col" { (w.t("imports-when")) }
                            th scope="col" { (w.t("imports-file")) }
                            th scope="col" { (w.t("imports-who")) }
                            th scope="col" { (w.t("imports-state")) }
                            th.num scope="col" { (w.t("imports-added")) }
                            th.num scope="col" { (w.t("imports-changed")) }
                            th.num scope="col" { (w.t("imports-same")) }
                            th.num scope="col" { (w.t("imports-refused")) }
                        } }
                        tbody { @for row in rows { (line(s, row, may)) } }
                    }
                }
            }
        }
    };
    Page { title: w.t("imports-title"), place: Place::Data, body }
}

/// A file dropped on the field, or chosen; nothing of it goes in before it was tried.
pub fn drop_form(s: &Shell) -> Markup {
    let w = &s.words;
    let mb = (UPLOAD_BYTES_MAX / 1024 / 1024) as u64;
    html! {
        form.drop method="post" action="/data/imports" enctype="multipart/form-data" {
            (token(&s.csrf))
            div.field {
                label for="file" { (w.t("imports-drop")) }
                input #file type="file" name="file" required aria-describedby="file-help"
                    accept=".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,.ndjson,.jsonl,.parquet,.eml,.mbox,.gz";
                p.help #file-help { (w.with("imports-drop-help", &[("mb", mb.into())])) }
            }
            div.btns { button.btn.main { (w.t("imports-look")) } }
        }
    }
}

fn line(s: &Shell, row: &ImportRow, may: bool) -> Markup {
    let w = &s.words;
    let name = if row.file_name.is_empty() { row.source.as_str() } else { row.file_name.as_str() };
    let is_counted = !matches!(row.state, State::Draft);
    let count = |n: u64| if is_counted { thousands(n) } else { String::new() };
    html! {
        tr {
            td.nowrap { (w.day(s.zone.day_of(row.started_at), s.today)) " " (w.clock(row.started_at, &s.zone)) }
            td {
                @if may { a href={ "/data/imports/" (row.id) } title=(name) { (name) } } @else { (name) }
                @for kind in row.kind.split('+').filter(|k| !k.is_empty()) { " " span.small.faint { (w.word("import-kind", kind)) } }
            }
            td { (row.staff.as_deref().unwrap_or(&w.t("imports-console"))) }
            td {
                @if row.is_interrupted() { span.tag.warn { (w.t("imports-interrupted")) } }
                @else { span.tag.bad[row.state == State::Failed] { (w.word("import-state", row.state.word())) } }
            }
            td.num { (count(row.report.added)) }
            td.num { (count(row.report.changed + row.report.deleted)) }
            td.num { (count(row.report.same)) }
            td.num { (count(row.report.refused)) }
        }
    }
}
