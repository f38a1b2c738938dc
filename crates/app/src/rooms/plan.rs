//! Team, plan and decisions of a room.

use kizashi_domain::id::{Customer, Id, Room, Staff};
use kizashi_domain::lang::Text;
use kizashi_domain::limits::NAME_CHARS_MAX;
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::again::settle_action;
use super::{checked, find_staff, read, required, store, tell_member, tell_owner, today};
use crate::access::Grant;
use crate::reactions::Work;
use crate::{App, Refused, Result};

/// An action to plan.
#[derive(Clone, Debug)]
pub struct NewAction {
    /// What.
    pub what: String,
    /// Who.
    pub owner: Option<Id<Staff>>,
    /// Until when.
    pub due: Day,
}

/// Something that was decided.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// What.
    pub what: String,
    /// Who decided.
    pub by: String,
    /// When; `None` = today.
    pub on: Option<Day>,
    /// When it is looked at again.
    pub review_on: Option<Day>,
}

async fn find_open(app: &App, grant: &Grant, room: Id<Room>) -> Result<super::RoomRow> {
    let ws = grant.workspace();
    let row = read::find_room(app, ws, today(app, ws).await?, room).await?.ok_or(Refused::NotFound)?;
    if row.closed_at.is_some() { Err(Refused::Changed.into()) } else { Ok(row) }
}

/// Adds somebody to the team, with their part in it; who is in it gets another part.
pub async fn add_member(app: &App, grant: &Grant, room: Id<Room>, staff: Id<Staff>, part: &str) -> Result<()> {
    let part = checked("part", part)?;
    if part.chars().count() > NAME_CHARS_MAX {
        return Err(Refused::Field { field: "part", reason: "too-long" }.into());
    }
    let row = find_open(app, grant, room).await?;
    let name = find_staff(app, grant.workspace(), "staff", staff).await?;
    let mut tx = app.db.write().await?;
    if store::keep_member(&mut tx, app, grant.workspace(), room, (staff, part)).await? {
        tell_member(&mut tx, app, grant, (room, row.customer), staff, &row.customer_name).await?;
    }
    let said = if part.is_empty() { name } else { format!("{name} ({part})") };
    store::insert_step(&mut tx, app, grant, room, ("member", &said)).await?;
    Ok(tx.commit().await?)
}

/// Takes somebody out of the team; who leads the room stays in it.
pub async fn remove_member(app: &App, grant: &Grant, room: Id<Room>, staff: Id<Staff>) -> Result<()> {
    let row = find_open(app, grant, room).await?;
    if row.owner == Some(staff) {
        return Err(Refused::Field { field: "staff", reason: "room-owner-stays" }.into());
    }
    let members = read::list_members(app, grant.workspace(), room).await?;
    let name = members.into_iter().find(|m| m.staff == staff).map(|m| m.name).unwrap_or_default();
    let mut tx = app.db.write().await?;
    store::drop_member(&mut tx, grant.workspace(), room, staff).await?;
    store::insert_step(&mut tx, app, grant, room, ("left", &name)).await?;
    Ok(tx.commit().await?)
}

/// Adds an action to the plan, and tells whoever is to do it.
pub async fn add_action(app: &App, grant: &Grant, room: Id<Room>, new: &NewAction) -> Result<()> {
    let what = required("what", &new.what)?;
    let row = find_open(app, grant, room).await?;
    if let Some(owner) = new.owner {
        find_staff(app, grant.workspace(), "owner", owner).await?;
    }
    let mut tx = app.db.write().await?;
    let action = store::insert_action(&mut tx, app, grant.workspace(), room, (what, new.owner, new.due)).await?;
    let work = Work { what: Text::new(what, what), due: new.due, owner: new.owner };
    tell_owner(&mut tx, app, grant, &row, (action, work)).await?;
    store::insert_step(&mut tx, app, grant, room, ("action", what)).await?;
    Ok(tx.commit().await?)
}

/// The open room of an action, and what the action says.
async fn find_action(app: &App, grant: &Grant, action: Uuid) -> Result<(Id<Room>, String)> {
    let found = read::find_action(app, grant.workspace(), action).await?.ok_or(Refused::NotFound)?;
    find_open(app, grant, found.0).await?;
    Ok(found)
}

/// An action is done, or not done after all. Its room.
pub async fn finish_action(app: &App, grant: &Grant, action: Uuid, is_done: bool) -> Result<Id<Room>> {
    let (room, what) = find_action(app, grant, action).await?;
    let mut tx = app.db.write().await?;
    if !is_done {
        settle_action(&mut tx, grant, action).await?;
    }
    store::keep_done(&mut tx, grant, (room, action), is_done.then(|| app.now())).await?;
    store::insert_step(&mut tx, app, grant, room, (if is_done { "done" } else { "undone" }, &what)).await?;
    tx.commit().await?;
    Ok(room)
}

/// Takes an action out of the plan, or back into it. Its room.
pub async fn remove_action(app: &App, grant: &Grant, action: Uuid, is_removed: bool) -> Result<Id<Room>> {
    let (room, what) = find_action(app, grant, action).await?;
    let mut tx = app.db.write().await?;
    if !is_removed {
        settle_action(&mut tx, grant, action).await?;
    }
    store::keep_removed(&mut tx, grant, (room, action), is_removed.then(|| app.now())).await?;
    store::insert_step(&mut tx, app, grant, room, (if is_removed { "removed" } else { "action" }, &what)).await?;
    tx.commit().await?;
    Ok(room)
}

/// Writes down what was decided about a customer, in its open room if there is one. Which decision.
pub async fn decide(app: &App, grant: &Grant, customer: Id<Customer>, new: &NewDecision) -> Result<Uuid> {
    let ws = grant.workspace();
    let what = required("what", &new.what)?;
    let by = checked("by", &new.by)?;
    let today = today(app, ws).await?;
    let on = new.on.unwrap_or(today);
    if on > today {
        return Err(Refused::Field { field: "on", reason: "in-the-future" }.into());
    }
    read::find_subject(app, ws, customer).await?.ok_or(Refused::NotFound)?;
    let rooms = read::list_of_customer(app, ws, today, customer).await?;
    let room = rooms.into_iter().find(|r| r.closed_at.is_none()).map(|r| r.id);
    let mut tx = app.db.write().await?;
    let decided = store::Decided { customer, room, what, by, on, review_on: new.review_on };
    let id = store::insert_decision(&mut tx, app, grant, &decided).await?;
    if let Some(room) = room {
        store::insert_step(&mut tx, app, grant, room, ("decided", what)).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Takes a decision back, or lets it stand again.
pub async fn take_back_decision(app: &App, grant: &Grant, decision: Uuid, is_taken_back: bool) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::keep_taken_back(&mut tx, grant, decision, is_taken_back.then(|| app.now())).await?;
    Ok(tx.commit().await?)
}
