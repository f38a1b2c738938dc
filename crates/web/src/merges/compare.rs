//! Two customers beside each other, before they become one.

use kizashi_app::customers::{Head, list_changeable};
use kizashi_app::merges::{MergePlan, Side};
use kizashi_app::search::CustomerHit;
use kizashi_domain::pack::Pack;
use maud::{Markup, html};

use crate::customers::{field_label, field_shown};
use crate::parts::form::token;
use crate::parts::health::badge;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// The search for the other one.
pub fn choose(s: &Shell, head: &Head, q: &str, hits: &[CustomerHit]) -> Page {
    let w = &s.words;
    let address = format!("/customers/{}/merge", head.row.id);
    let title = w.with("merge-title", &[("name", head.row.name.clone().into())]);
    let body = html! {
        p.small { a.plain href={ "/customers/" (head.row.id) "/fields" } { "← " (head.row.name) } }
        div.page-head { h1 { (title) } }
        p.prose.ink2 { (w.t("merge-choose")) }
        form.filters method="get" action=(address) role="search" {
            label.sr for="merge-q" { (w.t("merge-search")) }
            input #merge-q type="search" name="q" value=(q) placeholder=(w.t("merge-search")) autofocus;
            button.btn.main { (w.t("merge-find")) }
        }
        @if !q.is_empty() && hits.is_empty() { (empty(&w.t("merge-nobody"), None)) }
        ul.plain { @for hit in hits {
            li.named { a href={ (address) "?with=" (hit.id) } { (hit.name) } " " span.small.faint { (hit.reading) } " " (badge(w, hit.band, hit.points)) }
        } }
    };
    Page { title, place: Place::Customers, body }
}

/// Both, what becomes of them, and the button.
pub fn draw(s: &Shell, pack: &Pack, plan: &MergePlan) -> Page {
    let w = &s.words;
    let (stays, goes) = (&plan.stays, &plan.goes);
    let title = w.with("merge-title", &[("name", stays.name.clone().into())]);
    let body = html! {
        p.small { a.plain href="/data/merges" { "← " (w.t("merges-title")) } }
        div.page-head { h1 { (title) } div.rest { a.btn href={ "/customers/" (goes.id) "/merge?with=" (stays.id) } { (w.t("merge-swap")) } } }
        p.prose.ink2 { (w.t("merge-what")) }
        (fields(s, pack, plan))
        section { h2 { (w.t("merge-records")) } (records(s, stays, goes)) }
        form.settings method="post" action={ "/customers/" (stays.id) "/merge" } {
            (token(&s.csrf))
            input type="hidden" name="with" value=(goes.id);
            p.note { (w.with("merge-sure", &[("goes", goes.name.clone().into()), ("stays", stays.name.clone().into())])) }
            div.btns {
                button.btn.main { (w.t("merge-do")) }
                a.btn.quiet href={ "/customers/" (stays.id) } { (w.t("merge-not")) }
            }
        }
    };
    Page { title, place: Place::Customers, body }
}

fn head(s: &Shell, side: &Side, key: &str) -> Markup {
    html! { th scope="col" { (s.words.t(key)) div { a.plain href={ "/customers/" (side.id) } { (side.name) } } div.small.faint { (side.code) } } }
}

fn fields(s: &Shell, pack: &Pack, plan: &MergePlan) -> Markup {
    let w = &s.words;
    let value = |side: &Side, name: &str| {
        let found = side.fields.iter().find(|f| f.name == name).map_or("", |f| f.value.as_str());
        field_shown(s, name, found)
    };
    let mut names: Vec<&str> = list_changeable().collect();
    for name in plan.stays.fields.iter().chain(&plan.goes.fields).map(|f| f.name.as_str()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("merge-fields")) {
            table.list.merge-fields {
                thead { tr { th scope="col" { (w.t("fields-field")) } (head(s, &plan.stays, "merge-stays")) (head(s, &plan.goes, "merge-goes")) } }
                tbody {
                    @for name in names {
                        @let (own, other) = (value(&plan.stays, name), value(&plan.goes, name));
                        @let taken = plan.filled.iter().any(|f| f.name == name);
                        @if !own.is_empty() || !other.is_empty() {
                            tr.taken[taken] {
                                th scope="row" { (label(s, pack, name)) }
                                td { @if taken { span.faint { "← " } strong { (other) } } @else if own.is_empty() { span.faint { "—" } } @else { (own) } }
                                td { @if other.is_empty() { span.faint { "—" } } @else if taken || other == own { (other) } @else { del { (other) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A field's name; a figure's metric where there is one.
fn label(s: &Shell, pack: &Pack, name: &str) -> String {
    let reads = pack.metrics.iter().find(|m| m.attribute.as_deref() == Some(name) && m.offset_days == 0);
    let own = field_label(s, name);
    match reads.filter(|_| own == name) {
        Some(metric) => s.words.text(&metric.title).to_owned(),
        None => own,
    }
}

fn records(s: &Shell, stays: &Side, goes: &Side) -> Markup {
    let w = &s.words;
    let count = |side: &Side, kind: &str| side.records.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n);
    html! {
        table.sheet.narrow-sheet.effect {
            thead { tr { th scope="col" {} th.num scope="col" { (w.t("merge-stays")) } th.num scope="col" { (w.t("merge-goes")) } th.num scope="col" { (w.t("merge-after")) } } }
            tbody { @for (kind, own) in &stays.records {
                @let other = count(goes, kind);
                @if *own + other > 0 { tr { th scope="row" { (w.word("merge-record", kind)) } td.num { (own) } td.num { (other) } td.num { strong { (own + other) } } } }
            } }
        }
        p.small.faint { (w.t("merge-usage")) }
    }
}
