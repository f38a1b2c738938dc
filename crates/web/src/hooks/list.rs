//! Hooks and forms, and how their messages ended.

use kizashi_app::hooks::{Hook, Tally};
use kizashi_domain::intake::HookKind;
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use crate::csv;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// `GET /data/hooks`.
pub fn page(s: &Shell, hooks: &[(Hook, Tally)], may: bool) -> Page {
    let w = &s.words;
    let (forms, pushed): (Vec<_>, Vec<_>) = hooks.iter().partition(|(h, _)| h.kind == HookKind::Form);
    let body = html! {
        p.small { a.plain href="/data" { "← " (w.t("nav-data")) } }
        div.page-head { h1 { (w.t("hook-title")) } @if !hooks.is_empty() { div.rest { (csv::link(s, "/data/hooks.csv")) } } }
        @if !may { p.faint { (w.t("hook-ask")) } }
        section {
            h2 { (w.t("hook-in")) }
            p.help { (w.t("hook-in-help")) }
            @if may {
                div.btns { @for kind in HookKind::SIGNED { a.btn href={ "/data/hooks/new/" (kind.word()) } { (w.t(&format!("hook-kind-{}", kind.word()))) } } }
            }
            (table(s, &pushed, &w.t("hook-in"), may))
        }
        section {
            h2 { (w.t("hook-forms")) }
            p.help { (w.t("hook-forms-help")) }
            @if may { div.btns { a.btn href="/data/hooks/new/form" { (w.t("hook-form-new")) } } }
            (table(s, &forms, &w.t("hook-forms"), may))
        }
        section {
            h2 { (w.t("hook-out")) }
            p.help { (w.t("hook-out-help")) }
            div.btns { a.btn href="/data/subscriptions" { (w.t("hook-out-open")) } }
        }
    };
    Page { title: w.t("hook-title"), place: Place::Data, body }
}

fn table(s: &Shell, hooks: &[&(Hook, Tally)], label: &str, may: bool) -> Markup {
    let w = &s.words;
    if hooks.is_empty() {
        return empty(&w.t("hook-none"), None);
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.hooks {
                thead { tr {
                    th scope="col" { (w.t("hook-name")) }
                    th scope="col" { (w.t("hook-state")) }
                    th.num scope="col" { (w.t("hook-accepted")) }
                    th.num scope="col" { (w.t("hook-duplicates")) }
                    th.num scope="col" { (w.t("hook-refused")) }
                } }
                tbody { @for (hook, tally) in hooks { (row(s, hook, *tally, may)) } }
            }
        }
    }
}

fn row(s: &Shell, hook: &Hook, tally: Tally, may: bool) -> Markup {
    let w = &s.words;
    let count = |n: i64| thousands(n.unsigned_abs());
    html! {
        tr {
            td {
                @if may { a href={ "/data/hooks/" (hook.id) } { strong { (hook.name) } } } @else { strong { (hook.name) } }
                @if hook.kind != HookKind::Form { div.small.faint { (w.t(&format!("hook-kind-{}", hook.kind.word()))) } }
            }
            td {
                @if hook.off_at.is_some() { span.tag { (w.t("hook-off")) } }
                @else if hook.unproven.0 > 0 { span.tag.warn { (w.t("hook-unproven-tag")) } }
                @else { (w.t("hook-on")) }
                div.small.faint {
                    @match tally.last_at {
                        Some(at) => { (w.t("hook-last")) " " (w.day(s.zone.day_of(at), s.today)) " " (w.clock(at, &s.zone)) }
                        None => { (w.t("never")) }
                    }
                }
            }
            td.num { (count(tally.accepted)) }
            td.num { (count(tally.duplicates)) }
            td.num { @if tally.refused > 0 { strong { (count(tally.refused)) } } @else { span.faint { "0" } } }
        }
    }
}
