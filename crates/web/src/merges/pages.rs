//! Who may be in the list twice, and what was merged.

use kizashi_app::merges::{MergeRow, Suspect, Suspected};
use kizashi_domain::text::thousands;
use maud::{Markup, html};

use crate::csv;
use crate::parts::form::post_button;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// Everything the page is drawn from.
pub struct View<'a> {
    /// Who is suspected.
    pub found: &'a Suspected,
    /// What was merged.
    pub made: &'a [MergeRow],
    /// Whether the reader may merge and part.
    pub may_merge: bool,
    /// Whether the reader may say that two are two.
    pub may_part: bool,
}

/// Draws it.
pub fn draw(s: &Shell, view: &View<'_>) -> Page {
    let w = &s.words;
    let body = html! {
        p.small { a.plain href="/data" { "← " (w.t("nav-data")) } }
        div.page-head {
            h1 { (w.t("merges-title")) }
            span.ink2 { (w.with("merges-count", &[("n", thousands(u64::try_from(view.found.all).unwrap_or(0)).into())])) }
            @if !view.found.pairs.is_empty() { div.rest { (csv::link(s, "/data/merges.csv")) } }
        }
        p.prose.ink2 { (w.t("merges-what")) }
        @if view.found.pairs.is_empty() { (empty(&w.t("merges-none"), None)) }
        @else {
            (suspects(s, view))
            @if view.found.all > view.found.pairs.len() { p.small.faint { (w.with("merges-more", &[("n", view.found.pairs.len().into())])) } }
        }
        @if !view.made.is_empty() {
            section #made { h2 { (w.t("merges-made")) } (made(s, view.made, view.may_merge)) }
        }
    };
    Page { title: w.t("merges-title"), place: Place::Data, body }
}

fn suspects(s: &Shell, view: &View<'_>) -> Markup {
    let w = &s.words;
    let customer = |c: &Suspect| {
        html! {
            td { a.plain href={ "/customers/" (c.id) } { (c.name) } div.small.faint { span { (c.code) } @if let Some(owner) = &c.owner { " · " span { (owner) } } } }
        }
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(w.t("merges-title")) {
            table.list.merges {
                thead { tr {
                    th scope="col" { (w.t("merges-one")) } th scope="col" { (w.t("merges-other")) } th scope="col" { (w.t("merges-why")) }
                    th scope="col" { span.sr { (w.t("merges-do")) } }
                } }
                tbody { @for (one, other, why) in &view.found.pairs {
                    tr {
                        (customer(one)) (customer(other))
                        td { @for reason in why { span.tag { (w.word("merge-reason", reason.word())) } " " } }
                        td.nowrap { div.btns {
                            @if view.may_merge { a.btn href={ "/customers/" (one.id) "/merge?with=" (other.id) } aria-label={ (w.t("merges-compare")) } { (w.t("merges-compare")) } }
                            @if view.may_part {
                                (post_button(&s.csrf, "/data/merges/apart", &[("one", &one.id.to_string()), ("other", &other.id.to_string())], html! { button.btn.quiet { (w.t("merges-apart")) } }))
                            }
                        } }
                    }
                } }
            }
        }
    }
}

/// Merges that were made, with the way back.
pub fn made(s: &Shell, rows: &[MergeRow], may_undo: bool) -> Markup {
    let w = &s.words;
    html! {
        ul.plain.merged { @for row in rows {
            li {
                span { (row.gone_name) } " " span.small.faint { (row.gone_code) } " → "
                @match &row.into { Some((id, name)) => { a.plain href={ "/customers/" (id) } { (name) } }, None => { span { (row.into_code) } } }
                " " span.small.faint { (w.day_year(s.zone.day_of(row.at))) @if let Some(who) = &row.who { " · " span { (who) } } }
                @if row.undone_at.is_some() { " " span.tag { (w.t("merges-undone")) } }
                @else if may_undo && row.into.is_some() {
                    " " (post_button(&s.csrf, &format!("/merges/{}/undo", row.id), &[], html! { button.btn.quiet { (w.t("merges-undo")) } }))
                }
            }
        } }
    }
}
