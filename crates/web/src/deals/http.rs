//! Requests about deals.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, StaffRow, list_staff};
use kizashi_app::deals::{self as use_case, DealQuery};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::{Customer, Deal, Id};
use kizashi_domain::limits::{NAME_CHARS_MAX, PAGE_ROWS_MAX};

use super::form::{Form, form};
use super::list::{List, csv_head, csv_row, list};
use crate::cards::id;
use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

/// Deals of one page.
const ROWS: i64 = 50;

type Pairs = Query<Vec<(String, String)>>;

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
}

/// What is asked for; words that mean nothing are left out.
fn read_query(pairs: &[(String, String)], staff: &[StaffRow], rows: i64) -> DealQuery {
    let owner = find(pairs, "owner").parse().ok().filter(|id| staff.iter().any(|s| s.id == *id));
    let after = find(pairs, "after").split_once('.').and_then(|(day, id)| Some((day.parse().ok()?, id.parse().ok()?)));
    DealQuery { owner, stage: find(pairs, "stage").chars().take(NAME_CHARS_MAX).collect(), after, rows }
}

/// `GET /deals`.
pub(crate) async fn open_deals(State(web): State<Web>, visit: Visit, Query(pairs): Pairs) -> Result<Response, Problem> {
    let workspace = visit.viewer.workspace;
    let staff = list_staff(&web.app, workspace).await?;
    let query = read_query(&pairs, &staff, ROWS);
    let page = use_case::list_deals(&web.app, workspace, &query).await?;
    let may_change = visit.permit(Action::Work).is_ok();
    let stages = visit.settings.pack.stages();
    let view = List { query: &query, page: &page, staff: &staff, stages: &stages, me: visit.viewer.staff, may_change };
    Ok(visit.shell.page(&list(&visit.shell, &view)))
}

/// `GET /deals.csv`: everything that was asked for, page by page.
pub(crate) async fn download_deals(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Export)?;
    let staff = list_staff(&web.app, grant.workspace()).await?;
    let query = read_query(&pairs, &staff, PAGE_ROWS_MAX);
    let stages = visit.settings.pack.stages();
    let head = csv_head(&visit.shell);
    let read = move |after| {
        let (web, workspace) = (web.clone(), grant.workspace());
        let query = DealQuery { after, ..query.clone() };
        async move {
            let page = use_case::list_deals(&web.app, workspace, &query).await?;
            Ok((page.rows, page.next))
        }
    };
    Ok(csv::send_pages("deals", head, read, move |row| csv_row(&visit.shell, &stages, row)))
}

/// `GET /customers/{id}/deals/new`.
pub(crate) async fn open_new(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
) -> Result<Response, Problem> {
    visit.permit(Action::Work)?;
    draw_new(&web, &visit, id(&customer)?, &[], None).await
}

async fn draw_new(
    web: &Web,
    visit: &Visit,
    customer: Id<Customer>,
    given: &[(String, String)],
    wrong: Option<(&'static str, &'static str)>,
) -> Result<Response, Problem> {
    let workspace = visit.viewer.workspace;
    let name = kizashi_app::customers::find_name(&web.app, workspace, customer).await?.ok_or(Problem::NotFound)?;
    let staff = list_staff(&web.app, workspace).await?;
    let stages = visit.settings.pack.stages();
    let view = Form {
        deal: None,
        customer: (customer, &name),
        earlier: &[],
        files: &[],
        staff: &staff,
        stages: &stages,
        given,
        wrong,
        me: visit.viewer.staff,
        may_change: true,
    };
    Ok(with_status(visit.shell.page(&form(&visit.shell, &view)), wrong))
}

fn with_status(mut response: Response, wrong: Option<(&'static str, &'static str)>) -> Response {
    if wrong.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    response
}

/// `POST /customers/{id}/deals`. What was typed comes back when something of it will not do.
pub(crate) async fn add_deal(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let customer: Id<Customer> = id(&customer)?;
    let grant = posted.visit.permit(Action::Work)?;
    match use_case::add_deal(&web.app, &grant, customer, posted.pairs()).await {
        Ok(_) => {
            Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::Deal, "")).into_response())
        }
        Err(Error::Refused(Refused::Field { field, reason })) => {
            draw_new(&web, &posted.visit, customer, posted.pairs(), Some((field, reason))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /deals/{id}`.
pub(crate) async fn open_deal(
    State(web): State<Web>,
    visit: Visit,
    Path(deal): Path<String>,
) -> Result<Response, Problem> {
    draw_deal(&web, &visit, id(&deal)?, &[], None).await
}

async fn draw_deal(
    web: &Web,
    visit: &Visit,
    deal: Id<Deal>,
    given: &[(String, String)],
    wrong: Option<(&'static str, &'static str)>,
) -> Result<Response, Problem> {
    let workspace = visit.viewer.workspace;
    let (now, earlier) = use_case::open_deal(&web.app, workspace, deal).await?;
    let mut files = kizashi_app::files::list_files(&web.app, workspace, now.customer, None).await?;
    files.retain(|file| file.deal == Some(deal));
    let staff = list_staff(&web.app, workspace).await?;
    let stages = visit.settings.pack.stages();
    let view = Form {
        deal: Some(&now),
        customer: (now.customer, &now.customer_name),
        earlier: &earlier,
        files: &files,
        staff: &staff,
        stages: &stages,
        given,
        wrong,
        me: visit.viewer.staff,
        may_change: visit.permit(Action::Work).is_ok(),
    };
    Ok(with_status(visit.shell.page(&form(&visit.shell, &view)), wrong))
}

/// `POST /deals/{id}`: the fields that the form has; others stay.
pub(crate) async fn change_deal(
    State(web): State<Web>,
    Path(deal): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let deal = id(&deal)?;
    let grant = posted.visit.permit(Action::Work)?;
    match use_case::change_deal(&web.app, &grant, deal, posted.pairs()).await {
        Ok(_) => Ok(Redirect::to(&posted.back_saying(&format!("/deals/{deal}"), Said::Deal, "")).into_response()),
        Err(Error::Refused(Refused::Field { field, reason })) => {
            draw_deal(&web, &posted.visit, deal, posted.pairs(), Some((field, reason))).await
        }
        Err(error) => Err(error.into()),
    }
}
