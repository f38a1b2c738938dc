//! Refused rows and messages that wait for somebody: where they came from, how many, and the ways on.

use kizashi_app::access::{Action, permit};
use kizashi_app::imports::State as ImportState;
use kizashi_app::{hooks, imports, pulls};
use kizashi_domain::text::thousands;
use kizashi_domain::time::Time;
use maud::{Markup, html};

use crate::parts::form::post_button;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Shell, Visit};

/// Refused rows of one source.
pub struct Waiting {
    /// The hook, form, file or query.
    name: String,
    /// The key of what it is.
    kind: &'static str,
    count: u64,
    last_at: Option<Time>,
    /// Where each is shown with its reason; `None` when the reader may not look.
    address: Option<String>,
    /// The rows as a file.
    file: Option<String>,
    /// Where they are tried again: an address to post to, or a page.
    again: Again,
}

enum Again {
    Post(String),
    Page(String),
    Nobody,
}

/// Everything that waits, hooks first, then files, then queries.
pub async fn list_waiting(web: &Web, visit: &Visit) -> Result<Vec<Waiting>, Problem> {
    let workspace = visit.viewer.workspace;
    let may_administer = permit(&visit.viewer, Action::Administer).is_ok();
    let may_configure = permit(&visit.viewer, Action::Configure).is_ok();
    let mut waiting = Vec::new();
    for (id, name, count) in hooks::list_refused_counts(&web.app, workspace).await? {
        let address = format!("/data/hooks/{id}");
        waiting.push(Waiting {
            name,
            kind: "waiting-hook",
            count: count.unsigned_abs(),
            last_at: None,
            file: may_administer.then(|| format!("{address}/refused.csv")),
            again: if may_administer { Again::Post(format!("{address}/again")) } else { Again::Nobody },
            address: may_administer.then_some(address),
        });
    }
    for row in imports::list_imports(&web.app, workspace).await? {
        let is_kept = imports::rejected_path(web.files.as_ref(), row.id).exists();
        if row.state != ImportState::Done || row.report.refused == 0 || !is_kept {
            continue;
        }
        let address = format!("/data/imports/{}", row.id);
        waiting.push(Waiting {
            name: row.file_name,
            kind: "waiting-import",
            count: row.report.refused,
            last_at: Some(row.started_at),
            file: may_configure.then(|| format!("{address}/rejected.csv")),
            // What is mended comes as a file of its own.
            again: if may_configure { Again::Page("/data/imports".to_owned()) } else { Again::Nobody },
            address: may_configure.then_some(address),
        });
    }
    for row in pulls::list_pulls(&web.app, workspace).await?.into_iter().filter(|p| p.report.refused > 0) {
        let address = format!("/data/pulls/{}", row.id);
        waiting.push(Waiting {
            name: row.name,
            kind: "waiting-pull",
            count: row.report.refused,
            last_at: row.done_at,
            file: None,
            again: if may_administer { Again::Post(format!("{address}/run")) } else { Again::Nobody },
            address: may_configure.then_some(address),
        });
    }
    Ok(waiting)
}

/// The list; nothing when nothing waits.
pub fn draw(s: &Shell, waiting: &[Waiting]) -> Markup {
    let w = &s.words;
    let all: u64 = waiting.iter().map(|one| one.count).sum();
    html! {
        @if !waiting.is_empty() {
            section #waiting {
                h2 { (w.t("waiting-title")) " " span.faint { (thousands(all)) } }
                p.small.faint { (w.t("waiting-what")) }
                div.scroll tabindex="0" role="region" aria-label=(w.t("waiting-title")) {
                    table.list {
                        thead { tr {
                            th scope="col" { (w.t("data-source")) } th.num scope="col" { (w.t("imports-refused")) }
                            th scope="col" { span.sr { (w.t("waiting-ways")) } }
                        } }
                        tbody { @for one in waiting { (row(s, one)) } }
                    }
                }
            }
        }
    }
}

fn row(s: &Shell, one: &Waiting) -> Markup {
    let w = &s.words;
    html! {
        tr data-row {
            td {
                strong { (one.name) }
                div.small.faint {
                    (w.t(one.kind))
                    @if let Some(at) = one.last_at { " " (w.day(s.zone.day_of(at), s.today)) " " (w.clock(at, &s.zone)) }
                }
            }
            td.num { strong { (thousands(one.count)) } }
            td { div.btns {
                @if let Some(address) = &one.address { a.btn href=(address) data-open { (w.t("waiting-look")) } }
                @if let Some(file) = &one.file { a.btn.quiet href=(file) download { "CSV" span.sr { " " (w.t("download")) } } }
                @match &one.again {
                    Again::Post(address) => (post_button(&s.csrf, address, &[], html! { button.btn.quiet { (w.t("waiting-again")) } })),
                    Again::Page(address) => a.btn.quiet href=(address) { (w.t("waiting-mended")) },
                    Again::Nobody => span.small.faint { (w.t("waiting-ask")) },
                }
            } }
        }
    }
}
