//! The form of a query: its text, its first rows, which column is what, a trial, and then it is kept.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, Grant};
use kizashi_app::imports::Report;
use kizashi_app::pulls::{self, Failed, INTERVALS_S, QUERY_CHARS_MAX, Query, QueryLook};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Connection, Id, Pull};
use kizashi_domain::intake::{FieldLook, RecordKind, Wish};
use maud::{Markup, html};

use super::http::id_of;
use super::list::trouble;
use crate::imports::{read_bindings, show_columns, show_lacking, show_report};
use crate::parts::form::{Wrong, field, token};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Shell, Visit};

/// A query as it is being written.
struct Draft {
    connection: Id<Connection>,
    source: String,
    pull: Option<Id<Pull>>,
    name: String,
    query: Query,
    interval_s: i64,
    look: Option<QueryLook>,
    trial: Option<Report>,
    fault: Option<(String, String)>,
    wrongs: Vec<Wrong>,
}

/// `GET /data/connections/{id}/queries/new`.
pub(crate) async fn new_query(
    State(web): State<Web>,
    visit: Visit,
    Path(connection): Path<String>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Administer)?;
    let row = pulls::open_connection(&web.app, grant.workspace(), id_of(&connection)?).await?;
    let draft = Draft {
        connection: row.id,
        source: row.name,
        pull: None,
        name: String::new(),
        query: Query::default(),
        interval_s: INTERVALS_S[2],
        look: None,
        trial: None,
        fault: None,
        wrongs: Vec::new(),
    };
    Ok(visit.shell.page(&page(&visit.shell, &draft, &[])))
}

/// `GET /data/pulls/{id}/change`.
pub(crate) async fn edit_query(
    State(web): State<Web>,
    visit: Visit,
    Path(pull): Path<String>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Administer)?;
    let row = pulls::open_pull(&web.app, grant.workspace(), id_of(&pull)?).await?;
    if row.query.text.is_empty() {
        return Err(Problem::NotFound);
    }
    let mut draft = Draft {
        connection: row.connection,
        source: row.source,
        pull: Some(row.id),
        name: row.name,
        query: row.query,
        interval_s: row.interval_s,
        look: None,
        trial: None,
        fault: None,
        wrongs: Vec::new(),
    };
    look(&web, &grant, &mut draft).await?;
    show(&web, &visit.shell, &draft)
}

/// `POST /data/connections/{id}/queries/new`.
pub(crate) async fn keep_query(
    State(web): State<Web>,
    Path(connection): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    answer(&web, &posted, id_of(&connection)?, None).await
}

/// `POST /data/pulls/{id}/change`.
pub(crate) async fn change_query(
    State(web): State<Web>,
    Path(pull): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let row = pulls::open_pull(&web.app, grant.workspace(), id_of(&pull)?).await?;
    answer(&web, &posted, row.connection, Some(row.id)).await
}

async fn answer(
    web: &Web,
    posted: &Posted,
    connection: Id<Connection>,
    pull: Option<Id<Pull>>,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let row = pulls::open_connection(&web.app, grant.workspace(), connection).await?;
    let text = |name: &str| posted.find(name).unwrap_or_default().to_owned();
    // Browsers send line ends of their own.
    let query_text = text("query").replace("\r\n", "\n");
    let kind = posted.find("kind").and_then(RecordKind::parse);
    let is_other = query_text != text("was.query").replace("\r\n", "\n") || text("kind") != text("was.kind");
    let bindings = if is_other { Vec::new() } else { read_bindings(posted) };
    let wish = Wish { kind, source: row.name.clone(), bindings, ..Wish::default() };
    let mut draft = Draft {
        connection,
        source: row.name,
        pull,
        name: text("name"),
        query: Query { text: query_text, cursor: text("cursor"), wish },
        interval_s: text("interval").parse().unwrap_or(INTERVALS_S[2]),
        look: None,
        trial: None,
        fault: None,
        wrongs: Vec::new(),
    };
    look(web, &grant, &mut draft).await?;
    if is_other {
        draft.query.cursor = draft.look.as_ref().and_then(|l| l.cursor.clone()).unwrap_or_default();
    }
    let is_whole = draft.look.as_ref().is_some_and(|l| l.look.kind.is_some() && l.look.lacking.is_empty());
    match posted.find("do") {
        Some("keep") if is_whole && !is_other => {
            let ids = (pull, connection);
            match pulls::keep_query(&web.app, &grant, ids, &draft.name, &draft.query, draft.interval_s).await {
                Ok(id) => {
                    pulls::start_now(&web.app, &grant, &web.files, id).await?;
                    return Ok(Redirect::to(&format!("/data/pulls/{id}")).into_response());
                }
                Err(Error::Refused(Refused::Field { field, reason })) => {
                    let text = posted.visit.shell.words.t(&format!("reason-{reason}"));
                    draft.wrongs.push(Wrong { field, text });
                }
                Err(Error::Refused(Refused::Taken)) => {
                    let text = posted.visit.shell.words.t("refused-taken");
                    draft.wrongs.push(Wrong { field: "name", text });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Some("trial") if is_whole && !is_other => {
            match pulls::try_query(&web.app, &grant, web.files.clone(), connection, &draft.query).await {
                Ok(report) => draft.trial = Some(report),
                Err(Failed::There(fault, said)) => draft.fault = Some((fault.to_owned(), said)),
                Err(Failed::Here(error)) => return Err(error.into()),
            }
        }
        _ => {}
    }
    show(web, &posted.visit.shell, &draft)
}

/// Asks what the query brings. What was guessed is what is wished from now on.
async fn look(web: &Web, grant: &Grant, draft: &mut Draft) -> Result<(), Problem> {
    match pulls::look_at_query(&web.app, grant, web.files.as_ref(), draft.connection, &draft.query).await {
        Ok(look) => {
            draft.query.wish.kind = look.look.kind;
            draft.look = Some(look);
        }
        Err(Failed::There(fault, said)) => draft.fault = Some((fault.to_owned(), said)),
        Err(Failed::Here(error)) => return Err(error.into()),
    }
    Ok(())
}

fn show(web: &Web, s: &Shell, draft: &Draft) -> Result<Response, Problem> {
    let kind = draft.look.as_ref().and_then(|l| l.look.kind);
    let known = kind.map(|kind| web.files.fields(kind)).unwrap_or_default();
    Ok(s.page(&page(s, draft, &known)))
}

fn page(s: &Shell, draft: &Draft, known: &[FieldLook]) -> Page {
    let w = &s.words;
    let action = match draft.pull {
        Some(pull) => format!("/data/pulls/{pull}/change"),
        None => format!("/data/connections/{}/queries/new", draft.connection),
    };
    let title = if draft.pull.is_some() { draft.name.clone() } else { w.t("pulls-new-query") };
    let body = html! {
        p.small { a.plain href="/data/connections" { "← " (w.t("pulls-title")) } }
        div.page-head { h1 { (title) " " span.small.faint { (draft.source) } } }
        @if let Some((fault, said)) = &draft.fault { (trouble(s, fault, said)) }
        @if let Some(report) = &draft.trial { section { h2 { (w.t("pulls-trial")) } p.help { (w.t("pulls-trial-help")) } (show_report(s, report)) } }
        form.settings method="post" action=(action) {
            (token(&s.csrf))
            (field("query", &w.t("pulls-text"), Some(&w.t("pulls-text-help")), &draft.wrongs, html! {
                textarea.code #query name="query" rows="8" required maxlength=(QUERY_CHARS_MAX) spellcheck="false" aria-describedby="query-help" { (draft.query.text) }
            }))
            @match &draft.look {
                None => div.btns.save-bar { button.btn.main name="do" value="look" { (w.t("pulls-look")) } },
                Some(look) => (rest(s, draft, look, known)),
            }
        }
    };
    Page { title, place: Place::Data, body }
}

fn rest(s: &Shell, draft: &Draft, look: &QueryLook, known: &[FieldLook]) -> Markup {
    let w = &s.words;
    let kind = look.look.kind;
    let is_ready = kind.is_some() && look.look.lacking.is_empty();
    html! {
        input type="hidden" name="was.query" value=(draft.query.text);
        input type="hidden" name="was.kind" value=(kind.map_or("", |k| k.word()));
        (first_rows(s, look))
        div.grid {
            (field("kind", &w.t("imports-kind"), Some(&w.t("imports-kind-help")), &draft.wrongs, html! {
                select #kind name="kind" {
                    @if kind.is_none() { option value="" selected { (w.t("imports-kind-unknown")) } }
                    @for k in RecordKind::ALL { option value=(k.word()) selected[kind == Some(k)] { (w.word("import-kind", k.word())) } }
                }
            }))
            (field("name", &w.t("pulls-query-name"), None, &draft.wrongs,
                html! { input #name name="name" value=(draft.name) maxlength="60"; }))
            (field("cursor", &w.t("pulls-cursor"), Some(&w.t("pulls-cursor-help")), &draft.wrongs, html! {
                select #cursor name="cursor" {
                    option value="" selected[draft.query.cursor.is_empty()] { (w.t("pulls-no-cursor")) }
                    @for title in &look.titles { option value=(title) selected[*title == draft.query.cursor] { (title) } }
                }
            }))
            (field("interval", &w.t("pulls-every"), None, &draft.wrongs, html! {
                select #interval name="interval" {
                    @for s in INTERVALS_S { option value=(s) selected[s == draft.interval_s] { (w.word("pull-every", &s.to_string())) } }
                }
            }))
        }
        (show_lacking(s, &look.look))
        (show_columns(s, &look.look, known))
        div.btns.save-bar {
            button.btn.main[is_ready] name="do" value="keep" disabled[!is_ready] { (w.t("pulls-keep-query")) }
            button.btn name="do" value="trial" disabled[!is_ready] { (w.t("imports-try")) }
            button.btn.main[!is_ready] name="do" value="look" { (w.t("imports-look-again")) }
        }
        p.help { (w.t("pulls-keep-query-help")) }
    }
}

fn first_rows(s: &Shell, look: &QueryLook) -> Markup {
    let w = &s.words;
    html! {
        details.part {
            summary { (w.t("pulls-first-rows")) }
            @if look.rows.is_empty() { p.faint { (w.t("pulls-no-rows")) } }
            @else {
                div.scroll tabindex="0" role="region" aria-label=(w.t("pulls-first-rows")) {
                    table.small {
                        thead { tr { @for title in &look.titles { th scope="col" { (title) } } } }
                        tbody { @for row in &look.rows { tr { @for cell in row { td { (cell.chars().take(60).collect::<String>()) } } } } }
                    }
                }
            }
        }
    }
}
