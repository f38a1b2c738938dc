//! The calendar of one person's dues, for calendar programs.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use kizashi_app::notices::{DueKind, open_calendar};
use kizashi_app::settings::open_settings;
use kizashi_domain::notices::{CalendarEntry, write_calendar};

use super::ways::origin_of;
use crate::problem::Problem;
use crate::serve::Web;

/// `GET /calendars/{file}`.
pub(crate) async fn send_calendar(
    State(web): State<Web>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let secret = file.strip_suffix(".ics").ok_or(Problem::NotFound)?;
    let (viewer, dues) = open_calendar(&web.app, secret).await?;
    let settings = open_settings(&web.app, viewer.workspace).await?;
    let w = web.words(&settings, viewer.language);
    let origin = origin_of(&web, &headers);
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    let entries: Vec<CalendarEntry> = dues
        .into_iter()
        .map(|due| CalendarEntry {
            title: match due.kind {
                DueKind::Card | DueKind::Task | DueKind::Action => w.with(
                    "notices-calendar-card",
                    &[("subject", due.subject.into()), ("what", w.text(&due.what).into())],
                ),
                DueKind::Deadline => w.with("notices-calendar-deadline", &[("subject", due.subject.into())]),
                DueKind::Meeting => w.with("notices-calendar-meeting", &[("subject", due.subject.into())]),
            },
            id: due.key,
            day: due.day,
            text: if due.kind == DueKind::Meeting { w.text(&due.what).to_owned() } else { String::new() },
            address: format!("{origin}{}", due.page),
        })
        .collect();
    let name = w.with("notices-calendar-name", &[("name", viewer.name.into())]);
    let body = write_calendar(&name, host, web.app.now(), &entries);
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], body).into_response())
}
