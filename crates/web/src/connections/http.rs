//! Requests about connections.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, permit};
use kizashi_app::pulls::{self, DatabaseAddress, Failed, Leads, Tls};
use kizashi_app::secrets::Secret;
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Connection, Id};

use super::forms::{self, Draft};
use super::list;
use crate::parts::form::Wrong;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Visit};

/// The port that PostgreSQL has unless somebody gave it another.
const PORT: u16 = 5432;

pub(super) fn id_of<T>(text: &str) -> Result<Id<T>, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// `GET /data/connections`.
pub(crate) async fn open_connections(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Configure)?;
    let connections = pulls::list_connections(&web.app, grant.workspace()).await?;
    let all = pulls::list_pulls(&web.app, grant.workspace()).await?;
    let may = permit(&visit.viewer, Action::Administer).is_ok();
    Ok(visit.shell.page(&list::page(&visit.shell, &connections, &all, may)))
}

/// `GET /data/connections/new`.
pub(crate) async fn new_connection(visit: Visit) -> Result<Response, Problem> {
    visit.permit(Action::Administer)?;
    let address = DatabaseAddress { port: PORT, ..DatabaseAddress::default() };
    Ok(visit.shell.page(&forms::page(&visit.shell, &Draft { address, ..Draft::default() })))
}

/// `GET /data/connections/{id}`.
pub(crate) async fn edit_connection(
    State(web): State<Web>,
    visit: Visit,
    Path(connection): Path<String>,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Administer)?;
    let row = pulls::open_connection(&web.app, grant.workspace(), id_of(&connection)?).await?;
    let Leads::Database(address) = row.leads else { return Err(Problem::NotFound) };
    let draft = Draft { id: row.id.to_string(), name: row.name, address, ..Draft::default() };
    Ok(visit.shell.page(&forms::page(&visit.shell, &draft)))
}

/// `POST /data/connections/new`.
pub(crate) async fn keep_connection(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    keep(&web, &posted, None).await
}

/// `POST /data/connections/{id}`.
pub(crate) async fn change_connection(
    State(web): State<Web>,
    Path(connection): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    keep(&web, &posted, Some(id_of(&connection)?)).await
}

async fn keep(web: &Web, posted: &Posted, id: Option<Id<Connection>>) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    let text = |name: &str| posted.find(name).unwrap_or_default().to_owned();
    let address = DatabaseAddress {
        host: text("host"),
        port: text("port").parse().unwrap_or(0),
        database: text("database"),
        user: text("user"),
        tls: posted.find("tls").and_then(Tls::parse).unwrap_or_default(),
        authority: text("authority"),
    };
    // A password is taken as it is: spaces around it may belong to it.
    let given = posted.pairs().iter().find(|(name, value)| name == "password" && !value.is_empty());
    let password = given.map(|(_, value)| Secret::new(value.clone()));
    let mut draft =
        Draft { id: id.map(|id| id.to_string()).unwrap_or_default(), name: text("name"), address, ..Draft::default() };
    let ended = if posted.find("do") == Some("try") {
        pulls::try_connection(&web.app, &grant, id, &draft.address, password.as_ref()).await.map(|()| None)
    } else {
        pulls::keep_connection(&web.app, &grant, id, &draft.name, &draft.address, password.as_ref()).await.map(Some)
    };
    let w = &posted.visit.shell.words;
    match ended {
        Ok(Some(kept)) if id.is_none() => {
            return Ok(Redirect::to(&format!("/data/connections/{kept}/queries/new")).into_response());
        }
        Ok(Some(_)) => return Ok(Redirect::to("/data/connections").into_response()),
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
    Ok(posted.visit.shell.page(&forms::page(&posted.visit.shell, &draft)))
}

/// `POST /data/connections/{id}/removal`.
pub(crate) async fn drop_connection(
    State(web): State<Web>,
    Path(connection): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Administer)?;
    pulls::drop_connection(&web.app, &grant, id_of(&connection)?).await?;
    Ok(Redirect::to("/data/connections").into_response())
}
