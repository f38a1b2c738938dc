//! A mailbox: its form, tried before it is kept, and the folders that are read.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::pulls::{self, Failed, INTERVALS_S, Leads, MAIL_DAYS};
use kizashi_app::secrets::Secret;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Connection, Id};
use kizashi_domain::intake::mail::{Guarded, MailboxAddress};
use maud::{Markup, html};

use super::forms::{Form, form};
use super::http::id_of;
use super::list::trouble;
use crate::parts::form::{Wrong, field, token};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Page, Place, Posted, Shell, Visit};

/// The port of IMAP that is encrypted from the first byte.
const PORT: u16 = 993;
/// Days of a mailbox that is read first.
const DAYS: i64 = 90;

/// A mailbox as it is being written.
#[derive(Debug, Default)]
struct Draft {
    id: String,
    name: String,
    address: MailboxAddress,
    wrongs: Vec<Wrong>,
    fault: Option<(String, String)>,
    is_answering: bool,
}

/// `GET /data/mailboxes/new`.
pub(crate) async fn new_mailbox(visit: Visit) -> Result<Response, Problem> {
    visit.permit(Action::Administer)?;
    let address = MailboxAddress { port: PORT, days: DAYS, ..MailboxAddress::default() };
    Ok(visit.shell.page(&page(&visit.shell, &Draft { address, ..Draft::default() })))
}

/// `GET /data/mailboxes/{id}`.
pub(crate) async fn edit_mailbox(
    State(web): State<Web>,
    visit: Visit,
    Path(connection): Path<String>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Administer)?;
    let row = pulls::open_connection(&web.app, grant.workspace(), id_of(&connection)?).await?;
    let Leads::Mailbox(address) = row.leads else { return Err(Problem::NotFound) };
    let draft = Draft { id: row.id.to_string(), name: row.name, address, ..Draft::default() };
    Ok(visit.shell.page(&page(&visit.shell, &draft)))
}

/// `POST /data/mailboxes/new`.
pub(crate) async fn keep_mailbox(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    keep(&web, &posted, None).await
}

/// `POST /data/mailboxes/{id}`.
pub(crate) async fn change_mailbox(
    State(web): State<Web>,
    Path(connection): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    keep(&web, &posted, Some(id_of(&connection)?)).await
}

async fn keep(web: &Web, posted: &Posted, id: Option<Id<Connection>>) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let text = |name: &str| posted.find(name).unwrap_or_default().trim().to_owned();
    let address = MailboxAddress {
        host: text("host"),
        port: text("port").parse().unwrap_or(0),
        guarded: posted.find("guarded").and_then(Guarded::parse).unwrap_or_default(),
        user: text("user"),
        authority: text("authority"),
        days: text("days").parse().unwrap_or(DAYS),
    };
    // A password is taken as it is: spaces around it may belong to it.
    let given = posted.pairs().iter().find(|(name, value)| name == "password" && !value.is_empty());
    let password = given.map(|(_, value)| Secret::new(value.clone()));
    let mut draft =
        Draft { id: id.map(|id| id.to_string()).unwrap_or_default(), name: text("name"), address, ..Draft::default() };
    let ended = if posted.find("do") == Some("try") {
        pulls::try_mailbox(&web.app, &grant, id, &draft.address, password.as_ref()).await.map(|_| None)
    } else {
        pulls::keep_mailbox(&web.app, &grant, id, &draft.name, &draft.address, password.as_ref()).await.map(Some)
    };
    let w = &posted.visit.shell.words;
    match ended {
        Ok(Some(kept)) => return Ok(Redirect::to(&format!("/data/mailboxes/{kept}/folders")).into_response()),
        Ok(None) => draft.is_answering = true,
        Err(Failed::There(fault, said)) => draft.fault = Some((fault.to_owned(), said)),
        Err(Failed::Here(Error::Refused(Refused::Field { field, reason }))) => {
            draft.wrongs = vec![Wrong { field, text: w.t(&format!("reason-{reason}")) }];
        }
        Err(Failed::Here(Error::Refused(Refused::Taken))) => {
            draft.wrongs = vec![Wrong { field: "name", text: w.t("refused-taken") }];
        }
        Err(Failed::Here(error)) => return Err(error.into()),
    }
    Ok(posted.visit.shell.page(&page(&posted.visit.shell, &draft)))
}

fn page(s: &Shell, draft: &Draft) -> Page {
    let w = &s.words;
    let is_new = draft.id.is_empty();
    let title = if is_new { w.t("mailbox-new") } else { draft.name.clone() };
    let action = if is_new { "/data/mailboxes/new".to_owned() } else { format!("/data/mailboxes/{}", draft.id) };
    let body = html! {
        p.small { a.plain href="/data/connections" { "← " (w.t("pulls-title")) } }
        div.page-head { h1 { (title) } @if !is_new { div.rest { a.btn href={ (action) "/folders" } { (w.t("mailbox-folders")) } } } }
        p.prose { (w.t("mailbox-what")) }
        (form(s, &Form {
            removal: (!is_new).then(|| format!("/data/connections/{}/removal", draft.id)),
            action,
            fields: fields(s, draft, is_new),
            authority: &draft.address.authority,
            wrongs: &draft.wrongs,
            fault: draft.fault.as_ref(),
            is_answering: draft.is_answering,
        }))
    };
    Page { title, place: Place::Data, body }
}

fn fields(s: &Shell, draft: &Draft, is_new: bool) -> Markup {
    let w = &s.words;
    let (a, wrongs) = (&draft.address, &draft.wrongs);
    let line = |id: &'static str, value: &str, is_fixed: bool| {
        html! { input id=(id) name=(id) value=(value) required maxlength="255" readonly[is_fixed] spellcheck="false" autocomplete="off"; }
    };
    let password_help = if is_new { w.t("pulls-password-help") } else { w.t("pulls-password-kept") };
    html! {
        (field("name", &w.t("imports-source"), Some(&w.t("pulls-name-help")), wrongs, line("name", &draft.name, !is_new)))
        (field("host", &w.t("pulls-host"), Some(&w.t("mailbox-host-help")), wrongs, line("host", &a.host, false)))
        (field("guarded", &w.t("pulls-tls"), None, wrongs, html! {
            select #guarded name="guarded" {
                @for guarded in Guarded::ALL { option value=(guarded.word()) selected[guarded == a.guarded] { (w.word("mailbox-guarded", guarded.word())) } }
            }
        }))
        (field("port", &w.t("pulls-port"), None, wrongs,
            html! { input #port name="port" type="number" min="1" max="65535" required value=(a.port); }))
        (field("user", &w.t("pulls-user"), Some(&w.t("mailbox-user-help")), wrongs, line("user", &a.user, false)))
        (field("password", &w.t("pulls-password"), Some(&password_help), wrongs,
            html! { input #password name="password" type="password" maxlength="1000" autocomplete="new-password"; }))
        (field("days", &w.t("mailbox-days"), Some(&w.t("mailbox-days-help")), wrongs, html! {
            select #days name="days" {
                @for days in MAIL_DAYS { option value=(days) selected[days == a.days] { (w.word("mailbox-days", &days.to_string())) } }
            }
        }))
    }
}

/// `GET /data/mailboxes/{id}/folders`.
pub(crate) async fn open_folders(
    State(web): State<Web>,
    visit: Visit,
    Path(connection): Path<String>,
) -> Result<Response, Problem> {
    visit.permit(Action::Administer)?;
    show_folders(&web, &visit, id_of(&connection)?, None).await
}

/// `POST /data/mailboxes/{id}/folders`: they are read at once, and then at their interval.
pub(crate) async fn keep_folders(
    State(web): State<Web>,
    Path(connection): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let id = id_of(&connection)?;
    let chosen: Vec<String> =
        posted.pairs().iter().filter(|(name, _)| name == "folder").map(|(_, value)| value.clone()).collect();
    let interval_s = posted.find("interval").and_then(|i| i.parse().ok()).unwrap_or(0);
    match pulls::keep_folders(&web.app, &grant, id, &chosen, interval_s).await {
        Ok(kept) => {
            for pull in kept {
                pulls::start_now(&web.app, &grant, &web.files, pull).await?;
            }
            Ok(Redirect::to("/data/connections").into_response())
        }
        Err(Error::Refused(Refused::Field { field, reason })) => {
            let text = posted.visit.shell.words.t(&format!("reason-{reason}"));
            show_folders(&web, &posted.visit, id, Some(Wrong { field, text })).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn show_folders(web: &Web, visit: &Visit, id: Id<Connection>, wrong: Option<Wrong>) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Administer)?;
    let row = pulls::open_connection(&web.app, grant.workspace(), id).await?;
    let all = pulls::list_pulls(&web.app, grant.workspace()).await?;
    let read: Vec<&pulls::PullRow> = all.iter().filter(|p| p.connection == id).collect();
    let (mut folders, fault) = match pulls::list_folders(&web.app, &grant, id).await {
        Ok(folders) => (folders, None),
        Err(Failed::There(fault, said)) => (Vec::new(), Some((fault, said))),
        Err(Failed::Here(error)) => return Err(error.into()),
    };
    for gone in read.iter().filter(|p| !folders.contains(&p.name)).map(|p| p.name.clone()).collect::<Vec<_>>() {
        folders.push(gone);
    }
    let s = &visit.shell;
    let interval_s = read.first().map_or(900, |p| p.interval_s);
    let is_chosen =
        |name: &str| read.iter().any(|p| p.name == name) || (read.is_empty() && name.eq_ignore_ascii_case("inbox"));
    let w = &s.words;
    let wrongs: Vec<Wrong> = wrong.into_iter().collect();
    let body = html! {
        p.small { a.plain href="/data/connections" { "← " (w.t("pulls-title")) } }
        div.page-head { h1 { (w.t("mailbox-folders")) " " span.small.faint { (row.name) } } }
        p.prose { (w.t("mailbox-folders-text")) }
        @if let Some((fault, said)) = &fault { (trouble(s, fault, said)) }
        @if !folders.is_empty() {
            form.settings method="post" action={ "/data/mailboxes/" (id) "/folders" } {
                (token(&s.csrf))
                fieldset.field {
                    legend { (w.t("mailbox-folders")) }
                    @for name in &folders { label.check { input type="checkbox" name="folder" value=(name) checked[is_chosen(name)]; " " span { (name) } } }
                    @if let Some(wrong) = wrongs.iter().find(|wrong| wrong.field == "folders") { p.wrong role="alert" { (wrong.text) } }
                }
                (field("interval", &w.t("pulls-every"), None, &wrongs, html! {
                    select #interval name="interval" {
                        @for i in INTERVALS_S { option value=(i) selected[i == interval_s] { (w.word("pull-every", &i.to_string())) } }
                    }
                }))
                div.btns.save-bar { button.btn.main { (w.t("pulls-keep-query")) } }
            }
        }
    };
    Ok(s.page(&Page { title: w.t("mailbox-folders"), place: Place::Data, body }))
}
