//! Requests about rooms and decisions.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kizashi_app::access::{Action, StaffRow, list_staff};
use kizashi_app::customers::{Moment, find_name, open_customer};
use kizashi_app::rooms::{self, Frame, Left, NewRoom, Reason, RoomQuery};
use kizashi_app::{Error, Refused, handover};
use kizashi_domain::id::{Customer, Id, Room};
use kizashi_domain::rooms::{RoomOutcome, RoomState};
use kizashi_domain::time::Day;

use super::list;
use super::page::{BEFORE_DAYS, Refusal, View, page};
use crate::cards::id;
use crate::parts::form::Wrong;
use crate::problem::Problem;
use crate::serve::Web;
use crate::shell::{Posted, Said, Visit};

type Pairs = Query<Vec<(String, String)>>;

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty())
}

/// `GET /rooms`.
pub(crate) async fn open_rooms(State(web): State<Web>, visit: Visit, Query(pairs): Pairs) -> Result<Response, Problem> {
    let tab = find(&pairs, "tab").filter(|tab| ["mine", "closed"].contains(tab)).unwrap_or("open");
    let member = (tab == "mine").then_some(visit.viewer.staff);
    let query = RoomQuery { closed: tab == "closed", member };
    let rows = rooms::list_rooms(&web.app, visit.viewer.workspace, &query).await?;
    Ok(visit.shell.page(&list::list(&visit.shell, &rows, tab)))
}

/// `GET /rooms/new?customer=…&card=…`; without a customer the rooms, from which each is opened.
pub(crate) async fn open_new(State(web): State<Web>, visit: Visit, Query(pairs): Pairs) -> Result<Response, Problem> {
    let Some(customer) = find(&pairs, "customer") else {
        return open_rooms(State(web), visit, Query(pairs)).await;
    };
    let customer = id(customer)?;
    let card = find(&pairs, "card").map(id).transpose()?;
    let (status, page) = new_page(&web, &visit, (customer, card), None, &[]).await?;
    Ok((status, page).into_response())
}

/// The page of a new room; leads to the open one of the customer when there is one.
async fn new_page(
    web: &Web,
    visit: &Visit,
    (customer, card): (Id<Customer>, Option<Id<kizashi_domain::id::Card>>),
    goal: Option<&str>,
    wrongs: &[Wrong],
) -> Result<(StatusCode, Response), Problem> {
    let ws = visit.viewer.workspace;
    let name = find_name(&web.app, ws, customer).await?.ok_or(Problem::NotFound)?;
    let open = rooms::list_rooms_of(&web.app, ws, customer).await?.into_iter().find(|r| r.closed_at.is_none());
    if let Some(room) = open {
        return Ok((StatusCode::SEE_OTHER, Redirect::to(&format!("/rooms/{}", room.id)).into_response()));
    }
    let staff = list_staff(&web.app, ws).await?;
    let owner = handover::find_owner(&web.app, ws, customer).await?.or(Some(visit.viewer.staff));
    let reason = match card {
        Some(card) => rooms::find_reason(&web.app, ws, customer, card).await?,
        None => Reason::default(),
    };
    let goal = goal.map_or_else(|| list::goal_for(&visit.shell, &reason), str::to_owned);
    let new =
        list::New { customer: (customer, &name), card, staff: &staff, owner, reason: &reason, goal: &goal, wrongs };
    let status = if wrongs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visit.shell.page(&list::new(&visit.shell, &new))))
}

/// The field that was refused, for the page to say so beside it.
fn wrong(visit: &Visit, error: Error) -> Result<Vec<Wrong>, Problem> {
    match error {
        Error::Refused(Refused::Field { field, reason }) => {
            Ok(vec![Wrong { field, text: visit.shell.words.t(&format!("reason-{reason}")) }])
        }
        other => Err(other.into()),
    }
}

/// `POST /rooms`.
pub(crate) async fn start(State(web): State<Web>, posted: Posted) -> Result<Response, Problem> {
    let grant = posted.visit.permit(Action::Work)?;
    let customer = id(posted.text("customer")?)?;
    let card = posted.find("card").map(id).transpose()?;
    let goal = posted.find("goal").unwrap_or_default().to_owned();
    let owner = posted.find("owner").map(id).transpose()?;
    let new = NewRoom { customer, card, owner, goal: goal.clone() };
    match rooms::start_room(&web.app, &grant, &new).await {
        Ok(room) => Ok(back(room, Said::RoomOpened)),
        Err(Error::Refused(Refused::Field { field: "room", .. })) => {
            Ok(new_page(&web, &posted.visit, (customer, card), None, &[]).await?.1)
        }
        Err(error) => {
            let wrongs = wrong(&posted.visit, error)?;
            Ok(new_page(&web, &posted.visit, (customer, card), Some(&goal), &wrongs).await?.into_response())
        }
    }
}

pub(super) fn back(room: Id<Room>, said: Said) -> Response {
    Redirect::to(&format!("/rooms/{room}?said={}", said.word())).into_response()
}

/// `GET /rooms/{id}`.
pub(crate) async fn open_room(
    State(web): State<Web>,
    visit: Visit,
    Path(room): Path<String>,
) -> Result<Response, Problem> {
    Ok(room_page(&web, &visit, id(&room)?, &Refusal::default()).await?.1)
}

async fn room_page(
    web: &Web,
    visit: &Visit,
    room: Id<Room>,
    refused: &Refusal,
) -> Result<(StatusCode, Response), Problem> {
    let ws = visit.viewer.workspace;
    let found = rooms::open_room(&web.app, ws, room).await?;
    // The sentence and the chart speak of the same days.
    let against = visit.shell.zone.day_of(found.row.opened_at).plus(-BEFORE_DAYS);
    let moment = Moment { against: Some(against), ..Moment::default() };
    let customer = open_customer(&web.app, ws, found.row.customer, moment).await?;
    let staff: Vec<StaffRow> = list_staff(&web.app, ws).await?;
    let view = View {
        room: &found,
        customer: &customer,
        staff: &staff,
        pack: &visit.settings.pack,
        calendar: &visit.settings.calendar,
        may_change: visit.permit(Action::Work).is_ok(),
        refused,
    };
    let status = if refused.wrongs.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, visit.shell.page(&page(&visit.shell, &view))))
}

/// After a change of a room by one of its forms: the room, or the room with what was refused beside its field.
pub(super) async fn answered(
    web: &Web,
    posted: &Posted,
    (room, form): (Id<Room>, &str),
    done: kizashi_app::Result<()>,
    said: Said,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(back(room, said)),
        Err(error) => {
            let wrongs = wrong(&posted.visit, error)?;
            let refused = Refusal { form: form.to_owned(), wrongs, typed: posted.pairs().to_vec() };
            Ok(room_page(web, &posted.visit, room, &refused).await?.into_response())
        }
    }
}

pub(super) fn day_of(posted: &Posted, name: &str) -> Result<Option<Day>, Problem> {
    posted.find(name).map(|text| text.parse().map_err(|_| Problem::Refused("reason-not-a-day".into()))).transpose()
}

/// `POST /rooms/{id}/frame`.
pub(crate) async fn change_frame(
    State(web): State<Web>,
    Path(room): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (room, grant) = (id(&room)?, posted.visit.permit(Action::Work)?);
    let frame = Frame {
        goal: posted.find("goal").unwrap_or_default().to_owned(),
        owner: id(posted.text("owner")?)?,
        meets_on: day_of(&posted, "meets_on")?,
        agenda: posted.find("agenda").unwrap_or_default().to_owned(),
    };
    let done = rooms::change_frame(&web.app, &grant, room, &frame).await;
    answered(&web, &posted, (room, "frame"), done, Said::RoomChanged).await
}

/// `POST /rooms/{id}/state`.
pub(crate) async fn set_state(
    State(web): State<Web>,
    Path(room): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (room, grant) = (id(&room)?, posted.visit.permit(Action::Work)?);
    let state = RoomState::parse(posted.text("state")?).ok_or_else(|| Problem::Refused("reason-not-one-of".into()))?;
    let done = rooms::move_room(&web.app, &grant, room, state).await;
    answered(&web, &posted, (room, "state"), done, Said::RoomChanged).await
}

/// `POST /rooms/{id}/closure`.
pub(crate) async fn close(
    State(web): State<Web>,
    Path(room): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (room, grant) = (id(&room)?, posted.visit.permit(Action::Work)?);
    let outcome =
        RoomOutcome::parse(posted.text("outcome")?).ok_or_else(|| Problem::Refused("reason-not-one-of".into()))?;
    let learned = posted.find("learned").unwrap_or_default();
    match rooms::close_room(&web.app, &grant, room, outcome, learned).await {
        Ok(()) => {
            Ok(Redirect::to(&format!("/rooms/{room}?said={}&of={room}", Said::RoomClosed.word())).into_response())
        }
        Err(error) => answered(&web, &posted, (room, "closure"), Err(error), Said::RoomClosed).await,
    }
}

/// `POST /rooms/{id}/reopening`.
pub(crate) async fn reopen(
    State(web): State<Web>,
    Path(room): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (room, grant) = (id(&room)?, posted.visit.permit(Action::Work)?);
    rooms::reopen_room(&web.app, &grant, room).await?;
    Ok(back(room, Said::RoomReopened))
}

/// `POST /rooms/{id}/members`.
pub(crate) async fn add_member(
    State(web): State<Web>,
    Path(room): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (room, grant) = (id(&room)?, posted.visit.permit(Action::Work)?);
    let part = posted.find("part").unwrap_or_default();
    rooms::add_member(&web.app, &grant, room, id(posted.text("staff")?)?, part).await?;
    Ok(back(room, Said::RoomChanged))
}

/// `POST /rooms/{id}/members/removal`.
pub(crate) async fn remove_member(
    State(web): State<Web>,
    Path(room): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (room, grant) = (id(&room)?, posted.visit.permit(Action::Work)?);
    let staff = id(posted.text("staff")?)?;
    let left = match posted.find("to") {
        None => Left::Unsaid,
        Some("theirs") => Left::Theirs,
        Some(to) => Left::To(id(to)?),
    };
    let done = rooms::remove_member(&web.app, &grant, room, staff, left).await;
    answered(&web, &posted, (room, &format!("member-{staff}")), done, Said::RoomChanged).await
}
