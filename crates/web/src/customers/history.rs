//! Everything that happened with a customer, on a page of its own.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kizashi_app::customers::{self as use_case, Head, Timeline, TimelineKind};
use kizashi_domain::time::Time;
use maud::{Markup, html};

use super::frame::{Part, day_asked, day_picker, file_of, top};
use super::timeline::timeline;
use crate::cards::id;
use crate::csv;
use crate::parts::form::token;
use crate::parts::state::empty;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Shell, Visit};

/// `GET /customers/{id}/history`.
pub(crate) async fn open_history(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let (customer, workspace) = (id(&customer)?, visit.viewer.workspace);
    let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let kind = find("kind").and_then(TimelineKind::parse);
    let before = find("before").and_then(|v| v.parse().ok()).map(Time);
    let head = use_case::open_head(&web.app, workspace, customer, day_asked(&pairs, "as_of")?).await?;
    let timeline = use_case::open_timeline(&web.app, workspace, customer, kind, before, head.as_of).await?;
    Ok(visit.shell.page(&draw(&visit.shell, &head, &timeline, kind)))
}

fn draw(s: &Shell, head: &Head, found: &Timeline, kind: Option<TimelineKind>) -> Page {
    let w = &s.words;
    let address = format!("/customers/{}/history", head.row.id);
    let body = html! {
        (top(s, head, Part::History, html! {}))
        (day_picker(s, head, Part::History))
        div.column {
            @if head.as_of.is_none() { (note(s, head)) }
            form.filters method="get" action=(address) data-live hx-get=(address) hx-target="#moments" hx-select="#moments" hx-swap="outerHTML" {
                @if let Some(day) = head.as_of { input type="hidden" name="as_of" value=(day); }
                div.chips role="group" aria-label=(w.t("timeline-filter")) {
                    label.chip { input type="radio" name="kind" value="" checked[kind.is_none()]; (w.t("any")) }
                    @for each in TimelineKind::ALL {
                        label.chip { input type="radio" name="kind" value=(each.word()) checked[kind == Some(each)]; (w.t(&format!("filter-{}", each.word()))) }
                    }
                    button.btn.nojs { (w.t("apply")) }
                }
            }
            div #moments {
                div.btns { (csv::link(s, &file(head, kind))) }
                @if found.rows.is_empty() { (empty(&w.t("timeline-none"), None)) } @else { (timeline(s, &found.rows)) }
                @if let Some(before) = found.next_before {
                    @let kind = kind.map_or_else(String::new, |kind| format!("&kind={}", kind.word()));
                    @let day = head.as_of.map_or_else(String::new, |day| format!("&as_of={day}"));
                    p { a.btn href={ (address) "?before=" (before.micros()) (kind) (day) } { (w.t("timeline-older")) } }
                }
            }
        }
    };
    Page { title: format!("{} · {}", head.row.name, w.t("timeline-title")), place: Place::Customers, body }
}

/// What is shown, as a file.
fn file(head: &Head, kind: Option<TimelineKind>) -> String {
    let address = file_of(head, "history");
    let join = if address.contains('?') { '&' } else { '?' };
    kind.map_or_else(|| address.clone(), |kind| format!("{address}{join}kind={}", kind.word()))
}

/// Something to write down about a customer.
pub fn note(s: &Shell, head: &Head) -> Markup {
    let w = &s.words;
    html! {
        form #note .hunch method="post" action={ "/customers/" (head.row.id) "/notes" } {
            (token(&s.csrf))
            label.sr for="note-text" { (w.t("note-title")) }
            textarea #note-text name="text" rows="1" maxlength="20000" placeholder=(w.t("note-hint")) data-mentions=(w.t("colleagues-title")) required {}
            div.row {
                span.choice { label.small.faint for="note-kind" { (w.t("note-kind")) } " " select #note-kind name="kind" { @for kind in ["note", "call", "mail", "meeting", "visit"] { option value=(kind) { (w.word("moment", kind)) } } } }
                button.btn.main { (w.t("note-keep")) }
                span.small.faint { (w.t("note-at")) }
            }
        }
    }
}
