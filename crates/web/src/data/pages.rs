//! The page.

use kizashi_domain::text::thousands;
use kizashi_domain::time::Time;
use maud::{Markup, html};

use crate::parts::chart::{Columns, columns};
use crate::parts::state::empty;
use crate::shell::{Page, Place, Shell};

/// A place that data comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// `events`, `customers`, `contracts` …
    pub kinds: Vec<String>,
    /// When something last came.
    pub last_at: Option<Time>,
    /// Days without anything beyond what is usual; `None` when it is alive.
    pub silent_days: Option<i32>,
    /// Customers and metrics that miss it.
    pub reach: (u64, u64),
    /// Rows a day, oldest first.
    pub daily: Vec<Option<f64>>,
    /// Days on which nobody works.
    pub closed: Vec<bool>,
    /// Rows taken, refused.
    pub rows: (u64, u64),
}

/// Everything that the page shows.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The sources.
    pub sources: Vec<Source>,
    /// Customers, events.
    pub totals: (u64, u64),
}

/// `GET /data`.
pub fn data(s: &Shell, view: &Data) -> Page {
    let w = &s.words;
    let body = html! {
        div.page-head {
            h1 { (w.t("nav-data")) }
            span.ink2 { (w.with("data-totals", &[("customers", thousands(view.totals.0).into()), ("events", thousands(view.totals.1).into())])) }
        }
        @if view.sources.is_empty() { (empty(&w.t("data-none"), None)) }
        @else {
            div.scroll tabindex="0" role="region" aria-label=(w.t("nav-data")) {
                table.sources {
                    thead { tr {
                        th scope="col" { (w.t("data-source")) }
                        th scope="col" { (w.t("data-state")) }
                        th scope="col" { (w.t("data-daily")) }
                        th.num scope="col" { (w.t("data-rows")) }
                        th.num scope="col" { (w.t("data-refused")) }
                    } }
                    tbody { @for source in &view.sources { (row(s, source)) } }
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

fn row(s: &Shell, source: &Source) -> Markup {
    let w = &s.words;
    html! {
        tr {
            td { strong { (source.name) } div.small.faint { @for (i, kind) in source.kinds.iter().enumerate() { @if i > 0 { (w.t("between-items")) } (w.word("record", kind)) } } }
            td {
                @if let Some(days) = source.silent_days {
                    span.tag.warn { (w.with("silent-days", &[("n", days.into())])) }
                    div.small.ink2 { (w.with("silent-reach", &[("customers", source.reach.0.into()), ("metrics", source.reach.1.into())])) }
                } @else { (w.t("data-alive")) }
                div.small.faint {
                    @if let Some(at) = source.last_at { (w.t("data-last")) " " (w.day(s.zone.day_of(at), s.today)) " " (w.clock(at, &s.zone)) } @else { (w.t("never")) }
                }
            }
            td.daily { (columns(&Columns { title: &w.t("data-daily"), values: &source.daily, closed: &source.closed })) }
            td.num { (thousands(source.rows.0)) }
            td.num { @if source.rows.1 > 0 { strong { (thousands(source.rows.1)) } } @else { "0" } }
        }
    }
}
