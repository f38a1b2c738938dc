//! All connections, with what is asked through each and how that went last.

use kizashi_app::pulls::{ConnectionRow, Leads, PullRow};
use kizashi_domain::text::thousands;
use kizashi_domain::time::Time;
use maud::{Markup, html};

use crate::csv;
use crate::parts::form::post_button;
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// `GET /data/connections`.
pub fn page(s: &Shell, connections: &[ConnectionRow], pulls: &[PullRow], may: bool) -> Page {
    let w = &s.words;
    let add = html! {
        a.btn.main href="/data/connections/new" { (w.t("pulls-new-database")) }
        " " a.btn href="/data/mailboxes/new" { (w.t("mailbox-new")) }
    };
    let body = html! {
        p.small { a.plain href="/data" { "← " (w.t("nav-data")) } }
        div.page-head { h1 { (w.t("pulls-title")) } @if !connections.is_empty() { div.rest.btns { (csv::link(s, "/data/connections.csv")) @if may { (add) } } } }
        @if connections.is_empty() {
            (empty(&w.t("pulls-none"), None))
            @if may { p.btns { (add) } } @else { p.faint { (w.t("pulls-ask")) } }
        }
        @for c in connections { (one(s, c, &pulls.iter().filter(|p| p.connection == c.id).collect::<Vec<_>>(), may)) }
    };
    Page { title: w.t("pulls-title"), place: Place::Data, body }
}

fn one(s: &Shell, c: &ConnectionRow, pulls: &[&PullRow], may: bool) -> Markup {
    let w = &s.words;
    let (address, more) = match &c.leads {
        Leads::Database(_) => (format!("/data/connections/{}", c.id), ("queries/new", "pulls-new-query")),
        Leads::Mailbox(_) => (format!("/data/mailboxes/{}", c.id), ("folders", "mailbox-folders")),
    };
    html! {
        section {
            div.page-head {
                h2 { (c.name) }
                @if may { div.rest.btns {
                    a.btn href=(address) { (w.t("pulls-change")) }
                    a.btn href={ (address) "/" (more.0) } { (w.t(more.1)) }
                } }
            }
            p.small.faint.place {
                @match &c.leads {
                    Leads::Database(a) => { (a.host) ":" (a.port) " / " (a.database) },
                    Leads::Mailbox(a) => { (a.user) " · " (a.host) ":" (a.port) },
                }
            }
            @if pulls.is_empty() { p.faint { (w.t(if matches!(c.leads, Leads::Mailbox(_)) { "mailbox-no-folders" } else { "pulls-no-queries" })) } }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(c.name) {
                    table.pulls {
                        thead { tr {
                            th scope="col" { (w.t(if matches!(c.leads, Leads::Mailbox(_)) { "mailbox-folder" } else { "pulls-query" })) }
                            th scope="col" { (w.t("pulls-state")) }
                            th scope="col" { (w.t("pulls-next")) }
                            th.num scope="col" { (w.t("imports-added")) }
                            th.num scope="col" { (w.t("imports-changed")) }
                            th.num scope="col" { (w.t("imports-refused")) }
                            td {}
                        } }
                        tbody { @for p in pulls { (line(s, p, may)) } }
                    }
                }
            }
        }
    }
}

fn line(s: &Shell, p: &PullRow, may: bool) -> Markup {
    let w = &s.words;
    let kind = p.query.wish.kind.map(|k| w.word("import-kind", k.word())).unwrap_or_default();
    html! {
        tr {
            td { a href={ "/data/pulls/" (p.id) } { (p.name) } " " span.small.faint { (kind) } }
            td { (state(s, p)) }
            td.nowrap { (when(s, p.next_at)) }
            td.num { (thousands(p.report.added)) }
            td.num { (thousands(p.report.changed + p.report.deleted)) }
            td.num { (thousands(p.report.refused)) }
            td { @if may && !p.is_running { (post_button(&s.csrf, &format!("/data/pulls/{}/run", p.id), &[], html! { button.btn.quiet { (w.t("pulls-run")) } })) } }
        }
    }
}

/// A day and a time of day.
pub fn when(s: &Shell, at: Time) -> String {
    format!("{} {}", s.words.day(s.zone.day_of(at), s.today), s.words.clock(at, &s.zone))
}

/// How it went last.
pub fn state(s: &Shell, p: &PullRow) -> Markup {
    let w = &s.words;
    html! {
        @if p.is_running { span.tag { (w.t("pulls-running")) } }
        @else if let Some((fault, _)) = &p.fault {
            span.tag.warn { (w.t("pulls-failed")) } " " span.small { (w.word("pull-fault", fault)) }
        }
        @else if let Some(at) = p.done_at { (w.with("pulls-done", &[("when", when(s, at).into())])) }
        @else { span.faint { (w.t("pulls-waiting")) } }
    }
}

/// Why another system cannot be read, what to do, and what it said.
pub fn trouble(s: &Shell, fault: &str, said: &str) -> Markup {
    let w = &s.words;
    html! {
        div.wrongs role="alert" {
            p { strong { (w.word("pull-fault", fault)) } }
            @if !said.is_empty() { details { summary.small { (w.t("pulls-said")) } p.small lang="en" { (said) } } }
        }
    }
}
