//! Red account rooms: a team around one customer, what it saw, plans and decides; and decisions outside of rooms.

mod again;
mod briefed;
mod plan;
mod read;
mod similar;
mod store;
mod views;

use kizashi_db::Tx;
use kizashi_domain::id::{Card, Customer, Id, Room, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::limits::TEXT_CHARS_MAX;
use kizashi_domain::rooms::{RoomOutcome, RoomState, View};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use crate::access::{Grant, list_staff};
use crate::plays::CardRow;
use crate::reactions::{StaffNotice, Work, announce_notice};
use crate::{App, Refused, Result};

pub(crate) use briefed::{Briefed, OpenAction, list_briefed};
pub use plan::{
    Left, NewAction, NewDecision, add_action, add_member, change_action, decide, find_room_of, finish_action,
    permit_finishing, remove_action, remove_member, take_back_decision,
};
pub(crate) use read::OwnAction;
pub use read::{Decision, Member, PlannedAction, RoomPage, RoomQuery, RoomRow, RoomStep};
pub(crate) use similar::list_similar_of;
pub use similar::{CASES_MIN, Case, Similar, list_similar};
pub use views::Reason;

/// No day of a room lies further ahead.
pub const DAYS_AHEAD_MAX: i32 = 731;

/// A room to open.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// For whom.
    pub customer: Id<Customer>,
    /// The card that asks for it.
    pub card: Option<Id<Card>>,
    /// Who leads it; `None` = the customer's owner.
    pub owner: Option<Id<Staff>>,
    /// What it is to reach.
    pub goal: String,
}

/// A room as it begins.
struct Begun<'a> {
    id: Id<Room>,
    customer: Id<Customer>,
    card: Option<Id<Card>>,
    owner: Option<Id<Staff>>,
    goal: &'a str,
    views: &'a [View],
    points: Option<i64>,
}

/// A day that is still to come: not in the past, and not further ahead than anybody plans.
fn coming(field: &'static str, day: Day, today: Day) -> Result<Day> {
    let reason = match day.0 - today.0 {
        n if n < 0 => "in-the-past",
        n if n > DAYS_AHEAD_MAX => "too-far-ahead",
        _ => return Ok(day),
    };
    Err(Refused::Field { field, reason }.into())
}

async fn today(app: &App, ws: Id<Workspace>) -> Result<Day> {
    Ok(crate::settings::open_settings(app, ws).await?.day_of(app.now()))
}

/// Words that must be there.
fn required<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    let text = checked(field, text)?;
    if text.is_empty() {
        return Err(Refused::Field { field, reason: "required" }.into());
    }
    Ok(text)
}

/// Words that may be empty.
fn checked<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(Refused::Field { field, reason: "too-long" }.into());
    }
    Ok(text)
}

/// The name of a member of staff who is there.
async fn find_staff(app: &App, ws: Id<Workspace>, field: &'static str, id: Id<Staff>) -> Result<String> {
    let found = list_staff(app, ws).await?.into_iter().find(|s| s.id == id);
    Ok(found.ok_or(Refused::Field { field, reason: "not-one-of" })?.name)
}

/// Rooms: open ones by their next meeting, closed ones the newest first.
pub async fn list_rooms(app: &App, ws: Id<Workspace>, query: &RoomQuery) -> Result<Vec<RoomRow>> {
    read::list_rooms(app, ws, today(app, ws).await?, query).await
}

/// The rooms of a customer, the open one first.
pub async fn list_rooms_of(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<RoomRow>> {
    read::list_of_customer(app, ws, today(app, ws).await?, customer).await
}

/// What was decided about a customer, in rooms and outside of them, the newest first.
pub async fn list_decisions_of(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<Decision>> {
    read::list_decisions_of(app, ws, customer).await
}

/// What somebody has to do in open rooms until a day, by its days.
pub(crate) async fn list_own_actions(
    app: &App,
    ws: Id<Workspace>,
    staff: Id<Staff>,
    until: Day,
) -> Result<Vec<OwnAction>> {
    read::list_own_actions(app, ws, staff, until).await
}

/// What stands on the page of a customer beside its score: rooms, decisions, and cases that began like its own.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Rooms, the open one first.
    pub rooms: Vec<RoomRow>,
    /// Decisions, the newest first.
    pub decisions: Vec<Decision>,
    /// Closed cards with the same signs.
    pub similar: Similar,
}

/// Opens what stands beside the score of a customer.
pub async fn open_beside(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Beside> {
    Ok(Beside {
        rooms: list_rooms_of(app, ws, customer).await?,
        decisions: list_decisions_of(app, ws, customer).await?,
        similar: list_similar(app, ws, customer).await?,
    })
}

/// One room with everything in it.
pub async fn open_room(app: &App, ws: Id<Workspace>, room: Id<Room>) -> Result<RoomPage> {
    let row = read::find_room(app, ws, today(app, ws).await?, room).await?.ok_or(Refused::NotFound)?;
    let subject = read::find_subject(app, ws, row.customer).await?.ok_or(Refused::NotFound)?;
    Ok(RoomPage {
        members: read::list_members(app, ws, room).await?,
        actions: read::list_actions(app, ws, room).await?,
        decisions: read::list_decisions(app, ws, room).await?,
        steps: read::list_steps(app, ws, room).await?,
        now: views::look_again(app, ws, &subject.code, &row.then).await?,
        row,
    })
}

/// Why a card asks for a room, for the page on which it is opened; empty for a card that no red account made.
pub async fn find_reason(app: &App, ws: Id<Workspace>, customer: Id<Customer>, card: Id<Card>) -> Result<Reason> {
    let settings = crate::settings::open_settings(app, ws).await?;
    Ok(views::find_sides(app, &settings, customer, card).await?.reason)
}

/// Cards of customers of which a room is open propose none.
pub async fn settle_proposals(app: &App, ws: Id<Workspace>, cards: &mut [CardRow]) -> Result<()> {
    let asking: Vec<Id<Customer>> = cards.iter().filter(|c| c.asks_room).filter_map(|c| c.customer_id).collect();
    if asking.is_empty() {
        return Ok(());
    }
    let open = read::list_with_open(app, ws, &asking).await?;
    for card in cards.iter_mut() {
        card.asks_room &= card.customer_id.is_some_and(|customer| !open.contains(&customer));
    }
    Ok(())
}

/// Opens a room for a customer from the sides of the red account that asked for it, else from those that weigh most; whoever leads it belongs to the team, and so does who opened it.
///
/// # Errors
/// Refused when one of the customer is open.
pub async fn start_room(app: &App, grant: &Grant, new: &NewRoom) -> Result<Id<Room>> {
    let ws = grant.workspace();
    let goal = required("goal", &new.goal)?;
    let subject = read::find_subject(app, ws, new.customer).await?.ok_or(Refused::NotFound)?;
    let staff = list_staff(app, ws).await?;
    let owner = new.owner.or(subject.owner).filter(|o| staff.iter().any(|s| s.id == *o)).or(grant.staff());
    let sides = match new.card {
        Some(card) => {
            let settings = crate::settings::open_settings(app, ws).await?;
            views::find_sides(app, &settings, new.customer, card).await?.facets
        }
        None => Vec::new(),
    };
    let views = views::look(app, ws, &subject.code, sides).await?;
    let id = App::new_id();
    let mut tx = app.db.write().await?;
    let begun =
        Begun { id, customer: new.customer, card: new.card, owner, goal, views: &views, points: subject.points };
    store::insert_room(&mut tx, app, grant, &begun).await?;
    for member in owner.into_iter().chain(grant.staff()) {
        if store::keep_member(&mut tx, app, ws, id, (member, "")).await? {
            tell_member(&mut tx, app, grant, (id, new.customer), member, &subject.name).await?;
        }
    }
    tx.commit().await?;
    Ok(id)
}

/// Somebody is told that they belong to a team, unless they joined it themselves.
async fn tell_member(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    (room, customer): (Id<Room>, Id<Customer>),
    staff: Id<Staff>,
    name: &str,
) -> Result<()> {
    if grant.staff() == Some(staff) {
        return Ok(());
    }
    let title = Text {
        ja: format!("{name}の対策会議のメンバーになりました。"),
        en: format!("You are in the team for {name}."),
    };
    let notice = StaffNotice {
        key: format!("room:{room}:member:{staff}"),
        staff,
        card: None,
        customer: Some(customer),
        title,
        text: Text::default(),
        page: format!("/rooms/{room}"),
        work: None,
    };
    announce_notice(tx, app, grant.workspace(), &notice).await
}

/// Somebody is told that a plan counts on them, unless they took it on themselves.
async fn tell_owner(tx: &mut Tx, app: &App, grant: &Grant, row: &RoomRow, (action, work): (Uuid, Work)) -> Result<()> {
    let Some(staff) = work.owner.filter(|owner| grant.staff() != Some(*owner)) else { return Ok(()) };
    let name = &row.customer_name;
    let title = Text {
        ja: format!("{name}の対策会議で行動の担当になりました。"),
        en: format!("You have something to do in the room for {name}."),
    };
    let notice = StaffNotice {
        key: format!("room-action:{action}:{staff}"),
        staff,
        card: None,
        customer: Some(row.customer),
        title,
        text: Text::default(),
        page: format!("/rooms/{}#plan", row.id),
        work: Some(work),
    };
    announce_notice(tx, app, grant.workspace(), &notice).await
}

/// What the room is to reach, who leads it, when it meets next and about what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What it is to reach.
    pub goal: String,
    /// Who leads it.
    pub owner: Id<Staff>,
    /// When it meets next.
    pub meets_on: Option<Day>,
    /// What about.
    pub agenda: String,
}

/// Changes the frame of a room.
pub async fn change_frame(app: &App, grant: &Grant, room: Id<Room>, frame: &Frame) -> Result<()> {
    let goal = required("goal", &frame.goal)?;
    let agenda = checked("agenda", &frame.agenda)?;
    let today = today(app, grant.workspace()).await?;
    let row = read::find_room(app, grant.workspace(), today, room).await?.ok_or(Refused::NotFound)?;
    // A meeting that was stays until somebody says another day.
    if let Some(day) = frame.meets_on.filter(|day| row.meets_on != Some(*day)) {
        coming("meets_on", day, today)?;
    }
    let name = find_staff(app, grant.workspace(), "owner", frame.owner).await?;
    let mut tx = app.db.write().await?;
    store::keep_frame(&mut tx, grant, room, goal, (frame.meets_on, agenda)).await?;
    if row.owner != Some(frame.owner) {
        store::keep_owner(&mut tx, grant, room, frame.owner).await?;
        store::insert_step(&mut tx, app, grant, room, ("owner", &name)).await?;
        if store::keep_member(&mut tx, app, grant.workspace(), room, (frame.owner, "")).await? {
            tell_member(&mut tx, app, grant, (room, row.customer), frame.owner, &row.customer_name).await?;
        }
    }
    store::insert_step(&mut tx, app, grant, room, ("framed", agenda)).await?;
    Ok(tx.commit().await?)
}

/// Moves an open room on, or back.
pub async fn move_room(app: &App, grant: &Grant, room: Id<Room>, state: RoomState) -> Result<()> {
    if state == RoomState::Closed {
        return Err(Refused::Field { field: "learned", reason: "room-needs-learned" }.into());
    }
    let mut tx = app.db.write().await?;
    store::keep_state(&mut tx, grant, room, state).await?;
    store::insert_step(&mut tx, app, grant, room, ("moved", state.word())).await?;
    Ok(tx.commit().await?)
}

/// Ends a room. What was learned must be said: it is what the next team reads.
pub async fn close_room(app: &App, grant: &Grant, room: Id<Room>, outcome: RoomOutcome, learned: &str) -> Result<()> {
    let learned = checked("learned", learned)?;
    if learned.is_empty() {
        return Err(Refused::Field { field: "learned", reason: "room-needs-learned" }.into());
    }
    let mut tx = app.db.write().await?;
    store::keep_closed(&mut tx, app, grant, room, (outcome, learned)).await?;
    store::insert_step(&mut tx, app, grant, room, ("closed", learned)).await?;
    Ok(tx.commit().await?)
}

/// Takes a closure back, unless another room of the customer was opened meanwhile. What was handed over since is with whoever took it
/// over.
pub async fn reopen_room(app: &App, grant: &Grant, room: Id<Room>) -> Result<()> {
    let mut tx = app.db.write().await?;
    again::settle(&mut tx, app, grant, room).await?;
    store::keep_reopened(&mut tx, grant, room).await?;
    store::insert_step(&mut tx, app, grant, room, ("reopened", "")).await?;
    Ok(tx.commit().await?)
}

/// Gives rooms, places in teams and open actions from one person to another: those of one customer, or all. Which, by kind.
pub(crate) async fn hand_rooms(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    customer: Option<Id<Customer>>,
    of: (Id<Staff>, Id<Staff>),
) -> Result<Vec<(&'static str, Uuid)>> {
    store::keep_handed(tx, app, grant, customer, of).await
}

/// Gives one of these back; whether it went.
pub(crate) async fn return_room(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    what: (&str, Uuid),
    of: (Id<Staff>, Id<Staff>),
) -> Result<bool> {
    store::keep_returned(tx, app, ws, what, of).await
}

/// Gives rooms and decisions of a customer to the one that it goes into: rooms, decisions, and the rooms that were closed because
/// that one has a room open.
pub(crate) async fn merge_rooms(
    tx: &mut Tx,
    ws: Id<Workspace>,
    of: (Id<Customer>, Id<Customer>),
    by: (Time, Option<Id<Staff>>),
) -> Result<(Vec<Uuid>, Vec<Uuid>, Vec<Uuid>)> {
    let closed = store::close_doubled(tx, ws, of, by).await?;
    let (rooms, decisions) = store::move_rows(tx, ws, of, (None, None)).await?;
    Ok((rooms, decisions, closed))
}

/// Before these closed rooms are open again: what is open in them is with whoever has it now.
pub(crate) async fn settle_doubled(tx: &mut Tx, app: &App, grant: &Grant, closed: &[Uuid]) -> Result<()> {
    for room in closed {
        again::settle(tx, app, grant, Id::from_uuid(*room)).await?;
    }
    Ok(())
}

/// Gives them back, and opens the closed ones again.
pub(crate) async fn part_rooms(
    tx: &mut Tx,
    ws: Id<Workspace>,
    of: (Id<Customer>, Id<Customer>),
    (rooms, decisions, closed): (&[Uuid], &[Uuid], &[Uuid]),
) -> Result<()> {
    store::move_rows(tx, ws, of, (Some(rooms), Some(decisions))).await?;
    store::reopen_doubled(tx, ws, closed).await
}
