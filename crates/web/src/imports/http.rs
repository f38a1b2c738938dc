//! Requests about imports.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, permit};
use kizashi_app::imports::{self, State as ImportState};
use kizashi_domain::id::{Id, Import};
use kizashi_domain::intake::{Binding, RecordKind, Use, Wish};

use super::{list, mapping, outcome};
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Visit};

/// How often a page looks again while work is under way.
const LOOK_AGAIN_S: &str = "1";

fn id(text: &str) -> Result<Id<Import>, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}

fn address(id: Id<Import>) -> String {
    format!("/data/imports/{id}")
}

fn back(id: Id<Import>) -> Response {
    Redirect::to(&address(id)).into_response()
}

/// `GET /data/imports`.
pub(crate) async fn open_imports(State(web): State<Web>, visit: Visit) -> Result<Response, Problem> {
    let rows = imports::list_imports(&web.app, visit.viewer.workspace).await?;
    let may = permit(&visit.viewer, Action::Configure).is_ok();
    Ok(visit.shell.page(&list::page(&visit.shell, &rows, may)))
}

/// `GET /data/imports/{id}`: how far it has come decides what is shown.
pub(crate) async fn open_import(
    State(web): State<Web>,
    visit: Visit,
    Path(import): Path<String>,
) -> Result<Response, Problem> {
    let (workspace, import) = (visit.viewer.workspace, id(&import)?);
    let row = imports::open_import(&web.app, workspace, import).await?;
    visit.permit(Action::Configure)?;
    if row.progress.is_some() {
        let mut response = visit.shell.page(&outcome::under_way(&visit.shell, &row));
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static(LOOK_AGAIN_S));
        return Ok(response);
    }
    let is_draft = matches!(row.state, ImportState::Draft | ImportState::Failed);
    let page = if is_draft && !row.report.is_trial {
        let draft = imports::open_draft(&web.app, workspace, web.files.as_ref(), import).await?;
        mapping::page(&visit.shell, &draft, &|kind| web.files.fields(kind))
    } else {
        outcome::page(&visit.shell, &row, web.files.folder().join(import.to_string()).join("rejected.csv").exists())
    };
    Ok(visit.shell.page(&page))
}

/// What the form of a mapping says.
fn read_wish(posted: &Posted) -> (Wish, bool) {
    let text = |name: &str| posted.find(name).map(str::to_owned);
    let kind = posted.find("kind").and_then(RecordKind::parse);
    let is_other = ["kind", "sheet", "encoding"]
        .iter()
        .any(|name| posted.find(name).unwrap_or_default() != posted.find(&format!("was.{name}")).unwrap_or_default());
    let mut wish = Wish {
        kind,
        sheets_done: Vec::new(),
        sheet: text("sheet"),
        encoding: text("encoding"),
        source: text("source").unwrap_or_else(|| "import".to_owned()),
        bindings: Vec::new(),
    };
    if is_other {
        // Another kind of table has other fields: they are guessed anew.
        let is_sheet = posted.find("sheet") != posted.find("was.sheet");
        wish.kind = kind.filter(|_| !is_sheet);
        return (wish, true);
    }
    wish.bindings = read_bindings(posted);
    (wish, false)
}

/// Which column a form says is what.
pub(crate) fn read_bindings(posted: &Posted) -> Vec<Binding> {
    let mut bindings = Vec::new();
    for n in 0..kizashi_domain::limits::COLUMNS_MAX {
        let Some(title) = posted.find(&format!("c{n}.title")) else { break };
        let used = match posted.find(&format!("c{n}.used")) {
            None => continue,
            Some("+property") => Use::Property,
            Some("+figure") => Use::Figure(title.to_owned()),
            Some(field) => Use::Field(field.to_owned()),
        };
        let unit = posted.find(&format!("c{n}.unit")).and_then(|u| u.parse().ok());
        bindings.push(Binding { used, column: Some(title.to_owned()), value: None, unit });
    }
    for n in 0..mapping::CONSTANTS_MAX {
        let (field, value) = (posted.find(&format!("k{n}.field")), posted.find(&format!("k{n}.value")));
        if let (Some(field), Some(value)) = (field, value) {
            let used = Use::Field(field.to_owned());
            bindings.push(Binding { used, column: None, value: Some(value.to_owned()), unit: None });
        }
    }
    bindings
}

/// `POST /data/imports/{id}/wish`: which column is what; then the trial when asked.
pub(crate) async fn keep_wish(
    State(web): State<Web>,
    Path(import): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let import = id(&import)?;
    let grant = posted.visit.permit(Action::Configure)?;
    let (mut wish, is_other) = read_wish(&posted);
    // What was brought in of the same upload is no matter of the form.
    wish.sheets_done = imports::open_import(&web.app, grant.workspace(), import).await?.wish.sheets_done;
    imports::keep_wish(&web.app, &grant, import, &wish).await?;
    if !is_other && posted.find("do") == Some("trial") {
        imports::start_trial(&web.app, grant, web.files.clone(), import).await?;
    }
    Ok(back(import))
}

/// `POST /data/imports/{id}/trial`: the same again, or back to the columns.
pub(crate) async fn try_import(
    State(web): State<Web>,
    Path(import): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let import = id(&import)?;
    let grant = posted.visit.permit(Action::Configure)?;
    if posted.find("do") == Some("mapping") {
        let row = imports::open_import(&web.app, grant.workspace(), import).await?;
        imports::keep_wish(&web.app, &grant, import, &row.wish).await?;
    } else {
        imports::start_trial(&web.app, grant, web.files.clone(), import).await?;
    }
    Ok(back(import))
}

/// `POST /data/imports/{id}/keeping`.
pub(crate) async fn keep_import(
    State(web): State<Web>,
    Path(import): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let import = id(&import)?;
    let grant = posted.visit.permit(Action::Configure)?;
    imports::start_keeping(&web.app, grant, web.files.clone(), import).await?;
    Ok(back(import))
}

/// `POST /data/imports/{id}/undo`.
pub(crate) async fn undo_import(
    State(web): State<Web>,
    Path(import): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let import = id(&import)?;
    let grant = posted.visit.permit(Action::Configure)?;
    imports::start_undo(&web.app, grant, web.files.clone(), import).await?;
    Ok(back(import))
}

/// `POST /data/imports/{id}/removal`: throws a draft away.
pub(crate) async fn drop_import(
    State(web): State<Web>,
    Path(import): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Configure)?;
    imports::drop_draft(&web.app, &grant, web.files.as_ref(), id(&import)?).await?;
    Ok(Redirect::to("/data/imports").into_response())
}

/// `GET /data/imports/{id}/rejected.csv`: the refused rows, to be mended and given again.
pub(crate) async fn download_rejected(
    State(web): State<Web>,
    visit: Visit,
    Path(import): Path<String>,
) -> Result<Response, Problem> {
    let import = id(&import)?;
    imports::open_import(&web.app, visit.viewer.workspace, import).await?;
    visit.permit(Action::Configure)?;
    let path = imports::rejected_path(web.files.as_ref(), import);
    let bytes = tokio::fs::read(&path).await.map_err(|_| Problem::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"rejected.csv\""),
    ];
    Ok((StatusCode::OK, headers, bytes).into_response())
}
