//! Team, plan and decisions of a room.

use kizashi_domain::id::{Customer, Id, Room, Staff, Workspace};
use kizashi_domain::lang::Text;
use kizashi_domain::limits::NAME_CHARS_MAX;
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::again::settle_action;
use super::{checked, coming, find_staff, read, required, store, tell_member, tell_owner, today};
use crate::access::{Action, Grant, Viewer, permit};
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

/// What was decided.
pub(super) struct Decided<'a> {
    pub customer: Id<Customer>,
    pub room: Option<Id<Room>>,
    pub what: &'a str,
    pub by: &'a str,
    pub on: Day,
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

/// What becomes of the open actions of somebody who goes out of the team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nobody said.
    Unsaid,
    /// They do them all the same.
    Theirs,
    /// Somebody else does them.
    To(Id<Staff>),
}

/// Takes somebody out of the team; who leads the room stays in it.
///
/// # Errors
/// Refused while it was not said what becomes of the actions that they have open.
pub async fn remove_member(app: &App, grant: &Grant, room: Id<Room>, staff: Id<Staff>, left: Left) -> Result<()> {
    let ws = grant.workspace();
    let row = find_open(app, grant, room).await?;
    if row.owner == Some(staff) {
        return Err(Refused::Field { field: "staff", reason: "room-owner-stays" }.into());
    }
    let members = read::list_members(app, ws, room).await?;
    let name = members.into_iter().find(|m| m.staff == staff).map(|m| m.name).unwrap_or_default();
    let mut actions = read::list_actions(app, ws, room).await?;
    actions.retain(|a| a.owner == Some(staff) && a.done_at.is_none());
    let to = match left {
        Left::Unsaid if !actions.is_empty() => {
            return Err(Refused::Field { field: "to", reason: "room-member-has-actions" }.into());
        }
        Left::To(to) if to != staff => Some((to, find_staff(app, ws, "to", to).await?)),
        Left::Unsaid | Left::Theirs | Left::To(_) => None,
    };
    let mut tx = app.db.write().await?;
    store::drop_member(&mut tx, ws, room, staff).await?;
    store::insert_step(&mut tx, app, grant, room, ("left", &name)).await?;
    if let Some((to, taker)) = to {
        for action in &actions {
            store::give_action(&mut tx, ws, action.id, to).await?;
            let work = Work { what: Text::new(&action.what, &action.what), due: action.due, owner: Some(to) };
            tell_owner(&mut tx, app, grant, &row, (action.id, work)).await?;
            let said = format!("{}: {name} → {taker}", action.what);
            store::insert_step(&mut tx, app, grant, room, ("changed", &said)).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Adds an action to the plan, and tells whoever is to do it.
pub async fn add_action(app: &App, grant: &Grant, room: Id<Room>, new: &NewAction) -> Result<()> {
    let what = required("what", &new.what)?;
    let row = find_open(app, grant, room).await?;
    coming("due", new.due, today(app, grant.workspace()).await?)?;
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

/// Changes what an action of the plan says, whose it is and until when. Its room.
pub async fn change_action(app: &App, grant: &Grant, action: Uuid, new: &NewAction) -> Result<Id<Room>> {
    let ws = grant.workspace();
    let what = required("what", &new.what)?;
    let (room, _) = find_action(app, grant, action).await?;
    let row = find_open(app, grant, room).await?;
    let was = read::list_actions(app, ws, room).await?.into_iter().find(|a| a.id == action && a.done_at.is_none());
    let was = was.ok_or(Refused::Changed)?;
    if new.due != was.due {
        coming("due", new.due, today(app, ws).await?)?;
    }
    let mut said = Vec::new();
    if what != was.what {
        said.push(format!("{} → {what}", was.what));
    } else {
        said.push(what.to_owned());
    }
    if new.owner != was.owner {
        let taker = match new.owner {
            Some(owner) => find_staff(app, ws, "owner", owner).await?,
            None => "—".to_owned(),
        };
        said.push(format!("{} → {taker}", was.owner_name.as_deref().unwrap_or("—")));
    }
    if new.due != was.due {
        said.push(format!("{} → {}", was.due, new.due));
    }
    if said.len() == 1 && what == was.what {
        return Ok(room);
    }
    let mut tx = app.db.write().await?;
    store::keep_action(&mut tx, ws, action, (what, new.owner, new.due)).await?;
    if new.owner != was.owner {
        let work = Work { what: Text::new(what, what), due: new.due, owner: new.owner };
        tell_owner(&mut tx, app, grant, &row, (action, work)).await?;
    }
    store::insert_step(&mut tx, app, grant, room, ("changed", &said.join(" · "))).await?;
    tx.commit().await?;
    Ok(room)
}

/// The room of an action.
pub async fn find_room_of(app: &App, ws: Id<Workspace>, action: Uuid) -> Result<Id<Room>> {
    let found = read::find_action(app, ws, action).await?;
    found.map(|(room, _)| room).ok_or_else(|| Refused::NotFound.into())
}

/// Permission to say that an action is done: for whoever works here, and for the one who has to do it.
pub async fn permit_finishing(app: &App, viewer: &Viewer, action: Uuid) -> Result<Grant> {
    match permit(viewer, Action::Work) {
        Ok(grant) => Ok(grant),
        Err(_) if read::find_action_owner(app, viewer.workspace, action).await? == Some(viewer.staff) => {
            Ok(permit(viewer, Action::Read)?)
        }
        Err(refused) => Err(refused),
    }
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
    if let Some(day) = new.review_on {
        coming("review_on", day, today)?;
    }
    if on > today {
        return Err(Refused::Field { field: "on", reason: "in-the-future" }.into());
    }
    read::find_subject(app, ws, customer).await?.ok_or(Refused::NotFound)?;
    let rooms = read::list_of_customer(app, ws, today, customer).await?;
    let room = rooms.into_iter().find(|r| r.closed_at.is_none()).map(|r| r.id);
    let mut tx = app.db.write().await?;
    let decided = Decided { customer, room, what, by, on, review_on: new.review_on };
    let id = store::insert_decision(&mut tx, app, grant, &decided).await?;
    if let Some(room) = room {
        store::insert_step(&mut tx, app, grant, room, ("decided", what)).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Takes a decision back, or lets it stand again.
pub async fn take_back_decision(app: &App, grant: &Grant, decision: Uuid, is_taken_back: bool) -> Result<()> {
    let (room, what) = read::find_decided(app, grant.workspace(), decision).await?.ok_or(Refused::NotFound)?;
    let mut tx = app.db.write().await?;
    store::keep_taken_back(&mut tx, grant, decision, is_taken_back.then(|| app.now())).await?;
    if let Some(room) = room {
        let step = if is_taken_back { "undecided" } else { "decided-again" };
        store::insert_step(&mut tx, app, grant, room, (step, &what)).await?;
    }
    Ok(tx.commit().await?)
}
