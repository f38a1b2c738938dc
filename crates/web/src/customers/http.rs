//! Requests about customers.

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use kizashi_app::access::Action;
use kizashi_app::customers::{self as use_case, ListQuery, NewHunch};
use kizashi_app::health::{self, NewOverride};
use kizashi_app::merges::find_survivor;
use kizashi_app::plays::{CustomerPlays, open_plays_of};
use kizashi_app::search::{QUERY_CHARS_MAX, search as find_all};
use kizashi_app::{Error, Refused};
use kizashi_domain::id::View;
use kizashi_domain::limits::PAGE_ROWS_MAX;

use super::frame::day_asked;
use super::list::{List, list};
use super::page::{View as PageView, page};
use super::query::Ask;
use super::search::{hits, search};
use super::table::{csv_head, csv_row};
use crate::cards::id;
use crate::csv;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

/// Rows of a page of the list.
const ROWS: i64 = 50;
/// A hunch is meant for so many days.
const HUNCH_DAYS: i64 = 90;

type Pairs = Query<Vec<(String, String)>>;

/// `GET /customers`.
pub(crate) async fn open_list(State(web): State<Web>, visit: Visit, Query(pairs): Pairs) -> Result<Response, Problem> {
    let ask = Ask::read(&pairs);
    let workspace = visit.viewer.workspace;
    let found = use_case::list_customers(&web.app, workspace, &ask.query(ROWS)).await?;
    let choices = use_case::list_choices(&web.app, workspace).await?;
    let views = use_case::list_views(&web.app, &visit.viewer).await?;
    let me = visit.viewer.staff.to_string();
    let view = List {
        ask: &ask,
        page: &found,
        choices: &choices,
        views: &views,
        may_change: visit.permit(Action::Work).is_ok(),
        me: &me,
    };
    Ok(visit.shell.page(&list(&visit.shell, &view)))
}

/// `GET /customers.csv`: the whole answer, sent page by page so that memory stays small.
pub(crate) async fn download_list(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let grant = visit.permit(Action::Export)?;
    let query = Ask::read(&pairs).query(PAGE_ROWS_MAX);
    let head = csv_head(&visit.shell);
    let read = move |after| {
        let (web, workspace) = (web.clone(), grant.workspace());
        let query = ListQuery { after, ..query.clone() };
        async move {
            let page = use_case::list_customers(&web.app, workspace, &query).await?;
            Ok((page.rows, page.next))
        }
    };
    Ok(csv::send_pages("customers", head, read, move |row| csv_row(&visit.shell, row)))
}

/// `GET /customers/{id}`.
pub(crate) async fn open_customer(
    State(web): State<Web>,
    visit: Visit,
    Path(customer): Path<String>,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let customer = id(&customer)?;
    let workspace = visit.viewer.workspace;
    let moment = use_case::Moment { as_of: day_asked(&pairs, "as_of")?, against: day_asked(&pairs, "against")? };
    let found = match use_case::open_customer(&web.app, workspace, customer, moment).await {
        // Who went into another is found there.
        Err(Error::Refused(Refused::NotFound)) => {
            let into = find_survivor(&web.app, workspace, customer).await?.ok_or(Problem::NotFound)?;
            return Ok(Redirect::to(&format!("/customers/{into}")).into_response());
        }
        found => found?,
    };
    let as_of = found.as_of.as_ref().map(|a| a.day);
    let timeline = use_case::open_timeline(&web.app, workspace, customer, None, None, as_of).await?;
    let beside = match as_of {
        None => Some(kizashi_app::rooms::open_beside(&web.app, workspace, customer).await?),
        Some(_) => None,
    };
    let plays = match as_of {
        None => open_plays_of(&web.app, workspace, customer).await?,
        Some(_) => CustomerPlays::default(),
    };
    let view = PageView {
        plays: &plays,
        customer: &found,
        timeline: &timeline,
        beside: beside.as_ref(),
        pack: &visit.settings.pack,
        calendar: &visit.settings.calendar,
    };
    Ok(visit.shell.page(&page(&visit.shell, &view)))
}

/// `GET /search`: a page, or the hits alone for the palette.
pub(crate) async fn open_search(
    State(web): State<Web>,
    visit: Visit,
    Query(pairs): Pairs,
) -> Result<Response, Problem> {
    let q: String = pairs
        .iter()
        .find(|(n, _)| n == "q")
        .map(|(_, v)| v.trim().chars().take(QUERY_CHARS_MAX).collect())
        .unwrap_or_default();
    let found = find_all(&web.app, visit.viewer.workspace, &q).await?;
    if visit.shell.is_fragment {
        return Ok(Html(hits(&visit.shell, &q, &found).into_string()).into_response());
    }
    Ok(visit.shell.page(&search(&visit.shell, &q, &found)))
}

fn number(posted: &Posted, name: &str) -> Result<i64, Problem> {
    posted.text(name)?.parse().map_err(|_| Problem::Refused("reason-not-a-number".into()))
}

/// `POST /customers/{id}/hunches`.
pub(crate) async fn note_hunch(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let customer = id(&customer)?;
    let new = NewHunch {
        feeling: number(&posted, "feeling")?,
        confidence: number(&posted, "confidence")?,
        days: HUNCH_DAYS,
        note: posted.find("note").unwrap_or_default().to_owned(),
    };
    use_case::note_hunch(&web.app, &posted.visit.permit(Action::Work)?, customer, new).await?;
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::Hunch, "")).into_response())
}

/// `POST /customers/{id}/felt`.
pub(crate) async fn keep_felt(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let customer = id(&customer)?;
    let grant = posted.visit.permit(Action::Work)?;
    use_case::note_felt(&web.app, &grant, customer, number(&posted, "felt")?).await?;
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::Felt, "")).into_response())
}

/// `POST /customers/{id}/overrides`.
pub(crate) async fn keep_override(
    State(web): State<Web>,
    Path(customer): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let customer = id(&customer)?;
    let until = posted.text("until")?.parse().map_err(|_| Problem::Refused("reason-not-a-day".into()))?;
    let new = NewOverride {
        points: Some(number(&posted, "points")?),
        band: None,
        reason: posted.text("reason")?.to_owned(),
        note: posted.text("note")?.to_owned(),
        until,
    };
    health::keep_override(&web.app, &posted.visit.permit(Action::Work)?, customer, new).await?;
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::Override, "")).into_response())
}

/// `POST /overrides/{id}/end`.
pub(crate) async fn end_override(
    State(web): State<Web>,
    Path(word): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let customer = health::end_override(&web.app, &grant, id(&word)?).await?;
    Ok(Redirect::to(&posted.back_saying(&format!("/customers/{customer}"), Said::OverrideEnded, "")).into_response())
}

/// `POST /views`.
pub(crate) async fn keep_view(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    // Read and written anew, so that only what a list understands is kept.
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(posted.text("query")?).unwrap_or_default();
    let ask = Ask::read(&pairs);
    let (grant, is_shared) = (posted.visit.permit(Action::Work)?, posted.find("shared").is_some());
    use_case::keep_view(&web.app, &grant, posted.text("name")?, &ask.text(&[]), is_shared).await?;
    let back = ask.address("/customers", &[("said", Said::View.word())]);
    Ok(Redirect::to(&back).into_response())
}

/// `POST /views/{id}/removal`.
pub(crate) async fn drop_view(
    State(web): State<Web>,
    Path(view): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    use_case::drop_view(&web.app, &posted.visit.permit(Action::Work)?, id::<View>(&view)?).await?;
    Ok(Redirect::to(&posted.back_saying("/customers", Said::ViewRemoved, "")).into_response())
}
