//! Versions: the list, one of them, two of them compared, and a whole document in.

use kizashi_app::settings::{Version, VersionRow};
use kizashi_domain::pack::Difference;
use maud::{Markup, html};

use crate::csv;
use crate::parts::form::post_button;
use crate::parts::state::pager;
use crate::shell::{Page, Place, Shell};

/// Who put a version in force, when and why, in one line.
pub fn told(s: &Shell, row: &VersionRow) -> String {
    let w = &s.words;
    let who = row.who.clone().unwrap_or_else(|| w.t("settings-console"));
    let day = w.day(s.zone.day_of(row.at), s.today);
    let line = w.with(
        "settings-version-told",
        &[
            ("n", row.version.into()),
            ("day", day.into()),
            ("clock", w.clock(row.at, &s.zone).into()),
            ("who", who.into()),
        ],
    );
    let comment = if row.comment.is_empty() && row.version == 1 { w.t("settings-first") } else { row.comment.clone() };
    if comment.is_empty() { line } else { format!("{line} · {comment}") }
}

/// Differences, a heading an entry, a line an edit.
pub fn differences(s: &Shell, list: &[Difference]) -> Markup {
    let w = &s.words;
    html! {
        @if list.is_empty() { p { (w.t("settings-same")) } }
        @else {
            dl.differences {
                @for entry in list.chunk_by(|a, b| (a.section, &a.id, &a.subject) == (b.section, &b.id, &b.subject)) {
                    @if let Some(first) = entry.first() {
                        dt { (w.text(&first.section.label())) @if !first.subject.is_empty() { " " strong { (w.text(&first.subject)) } } }
                        @for d in entry { dd { (w.text(&d.text)) } }
                    }
                }
            }
        }
    }
}

/// `GET /settings/versions`.
pub fn versions(s: &Shell, rows: &[VersionRow], newest: i64, next: Option<&str>) -> Page {
    let w = &s.words;
    let body = html! {
        p.small { a.plain href="/settings" { "← " (w.t("nav-settings")) } }
        div.page-head { h1 { (w.t("settings-versions")) } div.rest { (csv::link(s, "/settings/versions.csv")) } }
        form.row-form method="get" action="/settings/comparison" {
            label.sr for="from" { (w.t("settings-compare-from")) }
            select #from name="from" { @for (i, row) in rows.iter().enumerate() { option value=(row.version) selected[i == 1] { (w.with("settings-version", &[("n", row.version.into())])) } } }
            span { "→" }
            label.sr for="to" { (w.t("settings-compare-to")) }
            select #to name="to" { @for row in rows { option value=(row.version) { (w.with("settings-version", &[("n", row.version.into())])) } } }
            button.btn { (w.t("settings-compare")) }
        }
        div.scroll tabindex="0" role="region" aria-label=(w.t("settings-versions")) {
            table {
                thead { tr {
                    th scope="col" { (w.t("settings-version-head")) }
                    th scope="col" { (w.t("settings-when-saved")) }
                    th scope="col" { (w.t("settings-who")) }
                    th scope="col" { (w.t("settings-comment")) }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { a href={ "/settings/versions/" (row.version) } { (w.with("settings-version", &[("n", row.version.into())])) } @if row.version == newest { " " span.tag { (w.t("settings-in-force")) } } }
                            td.nowrap { (w.day(s.zone.day_of(row.at), s.today)) " " (w.clock(row.at, &s.zone)) }
                            td.nowrap { (row.who.clone().unwrap_or_else(|| w.t("settings-console"))) }
                            td { @if row.comment.is_empty() && row.version == 1 { span.faint { (w.t("settings-first")) } } @else { (row.comment) } }
                        }
                    }
                }
            }
        }
        @if next.is_some() { (pager(w, "", None, next)) }
    };
    Page { title: w.t("settings-versions"), place: Place::Settings, body }
}

/// `GET /settings/versions/{n}`: what it changed, and the way back to it for those who may: over a page, when it would put other plays
/// in force.
pub fn version(s: &Shell, version: &Version, edits: Option<&[Difference]>, newest: i64, back: Option<bool>) -> Page {
    let w = &s.words;
    let n = version.row.version;
    let title = w.with("settings-version", &[("n", n.into())]);
    let base = newest.to_string();
    let body = html! {
        p.small { a.plain href="/settings/versions" { "← " (w.t("settings-versions")) } }
        div.page-head {
            h1 { (title) @if n == newest { " " span.tag { (w.t("settings-in-force")) } } }
            div.rest.btns {
                a.btn href={ "/settings.toml?version=" (n) } download { (w.t("settings-download")) }
                @if n != newest {
                    a.btn href={ "/settings/comparison?from=" (newest) "&to=" (n) } { (w.t("settings-compare-in-force")) }
                    @match back {
                        Some(true) => a.btn.main href={ "/settings/versions/" (n) "/restoration" } { (w.t("settings-restore")) },
                        Some(false) => (post_button(&s.csrf, &format!("/settings/versions/{n}/restoration"), &[("base", &base)], html! { button.btn.main { (w.t("settings-restore")) } })),
                        None => {},
                    }
                }
            }
        }
        p { (told(s, &version.row)) }
        section {
            h2 { (w.t("settings-edits")) }
            @match edits { Some(list) => (differences(s, list)), None => p.faint { (w.t("settings-first")) } }
        }
    };
    Page { title, place: Place::Settings, body }
}

/// `GET /settings/comparison`.
pub fn comparison(s: &Shell, from: &VersionRow, to: &VersionRow, list: &[Difference]) -> Page {
    let w = &s.words;
    let title = w.with("settings-comparison", &[("from", from.version.into()), ("to", to.version.into())]);
    let body = html! {
        p.small { a.plain href="/settings/versions" { "← " (w.t("settings-versions")) } }
        div.page-head { h1 { (title) } div.rest { a.btn href={ "/settings/comparison?from=" (to.version) "&to=" (from.version) } { (w.t("settings-turn-around")) } } }
        p.faint { (told(s, from)) br; (told(s, to)) }
        (differences(s, list))
    };
    Page { title, place: Place::Settings, body }
}
