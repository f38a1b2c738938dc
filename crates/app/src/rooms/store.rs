//! Tables room, room_member, room_action, room_step, decision: everything that changes them.

use kizashi_db::{DbError, Tx, args, sql};
use kizashi_domain::id::{Customer, Id, Room, Staff, Workspace};
use kizashi_domain::rooms::{RoomOutcome, RoomState};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use super::Begun;
use super::plan::Decided;
use super::read::RoomStep;
use crate::access::Grant;
use crate::{App, Error, Refused, Result};

/// Writes down what happened in a room.
pub(super) async fn insert_step(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    room: Id<Room>,
    (step, note): (&str, &str),
) -> Result<()> {
    let statement = sql!(
        "INSERT INTO room_step (id, workspace_id, room_id, step, note, staff_id, happened_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let id = App::new_id::<RoomStep>();
    tx.run(statement, args![id, grant.workspace(), room, step, note, grant.staff(), app.now()]).await?;
    let touch = sql!("UPDATE room SET changed_at = $3 WHERE workspace_id = $1 AND id = $2");
    tx.run(touch, args![grant.workspace(), room, app.now()]).await?;
    Ok(())
}

/// Opens a room; refused when one of the customer is open.
pub(super) async fn insert_room(tx: &mut Tx, app: &App, grant: &Grant, new: &Begun<'_>) -> Result<()> {
    let because = serde_json::to_string(new.views).map_err(|e| Error::failed("what a room is about", e))?;
    let statement = sql!(
        "INSERT INTO room (id, workspace_id, customer_id, card_id, owner_id, state, goal, because, points, opened_at, opened_by, changed_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10)"
    );
    let state = RoomState::Forming.word();
    let values = args![
        new.id,
        grant.workspace(),
        new.customer,
        new.card,
        new.owner,
        state,
        new.goal,
        because,
        new.points,
        app.now(),
        grant.staff()
    ];
    match tx.run(statement, values).await {
        Err(DbError::Conflict(_)) => Err(Refused::Field { field: "room", reason: "room-open" }.into()),
        Err(e) => Err(e.into()),
        Ok(_) => insert_step(tx, app, grant, new.id, ("opened", new.goal)).await,
    }
}

/// Refused unless exactly one open room was changed.
fn changed(rows: u64) -> Result<()> {
    if rows == 0 { Err(Refused::Changed.into()) } else { Ok(()) }
}

/// What a room is to reach, when it meets next and about what.
pub(super) async fn keep_frame(
    tx: &mut Tx,
    grant: &Grant,
    room: Id<Room>,
    goal: &str,
    (meets_on, agenda): (Option<Day>, &str),
) -> Result<()> {
    let statement = sql!(
        "UPDATE room SET goal = $3, meets_on = $4, agenda = $5 WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    changed(tx.run(statement, args![grant.workspace(), room, goal, meets_on, agenda]).await?)
}

/// Moves an open room on, or back.
pub(super) async fn keep_state(tx: &mut Tx, grant: &Grant, room: Id<Room>, state: RoomState) -> Result<()> {
    let statement =
        sql!("UPDATE room SET state = $3 WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL AND state <> $3");
    changed(tx.run(statement, args![grant.workspace(), room, state.word()]).await?)
}

/// Another owner.
pub(super) async fn keep_owner(tx: &mut Tx, grant: &Grant, room: Id<Room>, owner: Id<Staff>) -> Result<()> {
    let statement = sql!("UPDATE room SET owner_id = $3 WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL");
    changed(tx.run(statement, args![grant.workspace(), room, owner]).await?)
}

/// Ends a room with what came of it and what was learned.
pub(super) async fn keep_closed(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    room: Id<Room>,
    (outcome, learned): (RoomOutcome, &str),
) -> Result<()> {
    let statement = sql!(
        "UPDATE room SET state = 'closed', closed_at = $3, closed_by = $4, outcome = $5, learned = $6, meets_on = NULL ",
        "WHERE workspace_id = $1 AND id = $2 AND closed_at IS NULL"
    );
    let values = args![grant.workspace(), room, app.now(), grant.staff(), outcome.word(), learned];
    changed(tx.run(statement, values).await?)
}

/// Opens a closed room again, unless another one of the customer is open.
pub(super) async fn keep_reopened(tx: &mut Tx, grant: &Grant, room: Id<Room>) -> Result<()> {
    let statement = sql!(
        "UPDATE room SET state = 'watching', closed_at = NULL, closed_by = NULL, outcome = NULL WHERE workspace_id = $1 AND id = $2 ",
        "AND closed_at IS NOT NULL"
    );
    match tx.run(statement, args![grant.workspace(), room]).await {
        Err(DbError::Conflict(_)) => Err(Refused::Changed.into()),
        Err(e) => Err(e.into()),
        Ok(rows) => changed(rows),
    }
}

/// Adds somebody to the team, or gives them another part in it; whether they are new.
pub(super) async fn keep_member(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    room: Id<Room>,
    (staff, part): (Id<Staff>, &str),
) -> Result<bool> {
    let find = sql!("SELECT added_at FROM room_member WHERE workspace_id = $1 AND room_id = $2 AND staff_id = $3");
    let is_new = tx.find::<(Time,)>(find, args![ws, room, staff]).await?.is_none();
    let statement = sql!(
        "INSERT INTO room_member (workspace_id, room_id, staff_id, part, added_at) VALUES ($1, $2, $3, $4, $5) ",
        "ON CONFLICT (room_id, staff_id) DO UPDATE SET part = excluded.part"
    );
    tx.run(statement, args![ws, room, staff, part, app.now()]).await?;
    Ok(is_new)
}

/// Takes somebody out of the team.
pub(super) async fn drop_member(tx: &mut Tx, ws: Id<Workspace>, room: Id<Room>, staff: Id<Staff>) -> Result<()> {
    let statement = sql!("DELETE FROM room_member WHERE workspace_id = $1 AND room_id = $2 AND staff_id = $3");
    changed(tx.run(statement, args![ws, room, staff]).await?)
}

/// Adds an action to the plan. Which.
pub(super) async fn insert_action(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    room: Id<Room>,
    (what, owner, due): (&str, Option<Id<Staff>>, Day),
) -> Result<Uuid> {
    let statement = sql!(
        "INSERT INTO room_action (id, workspace_id, room_id, what, owner_id, due_day, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let id = Uuid::now_v7();
    tx.run(statement, args![id, ws, room, what, owner, due, app.now()]).await?;
    Ok(id)
}

/// An action says something else, belongs to somebody else, or has another day.
pub(super) async fn keep_action(
    tx: &mut Tx,
    ws: Id<Workspace>,
    action: Uuid,
    (what, owner, due): (&str, Option<Id<Staff>>, Day),
) -> Result<()> {
    let statement = sql!(
        "UPDATE room_action SET what = $3, owner_id = $4, due_day = $5 WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL AND done_at IS NULL"
    );
    changed(tx.run(statement, args![ws, action, what, owner, due]).await?)
}

/// An action is done, or not done after all.
pub(super) async fn keep_done(
    tx: &mut Tx,
    grant: &Grant,
    (room, action): (Id<Room>, Uuid),
    done: Option<Time>,
) -> Result<()> {
    let statement = sql!(
        "UPDATE room_action SET done_at = $4, done_by = $5 WHERE workspace_id = $1 AND room_id = $2 AND id = $3 AND removed_at IS NULL"
    );
    let by = grant.staff().filter(|_| done.is_some());
    changed(tx.run(statement, args![grant.workspace(), room, action, done, by]).await?)
}

/// An action is taken out of the plan, or back into it.
pub(super) async fn keep_removed(
    tx: &mut Tx,
    grant: &Grant,
    (room, action): (Id<Room>, Uuid),
    removed: Option<Time>,
) -> Result<()> {
    let statement = sql!("UPDATE room_action SET removed_at = $4 WHERE workspace_id = $1 AND room_id = $2 AND id = $3");
    changed(tx.run(statement, args![grant.workspace(), room, action, removed]).await?)
}

/// Writes a decision down.
pub(super) async fn insert_decision(tx: &mut Tx, app: &App, grant: &Grant, new: &Decided<'_>) -> Result<Uuid> {
    let statement = sql!(
        "INSERT INTO decision (id, workspace_id, customer_id, room_id, what, decided_by, decided_on, review_on, staff_id, created_at) ",
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let id = Uuid::now_v7();
    let values = args![
        id,
        grant.workspace(),
        new.customer,
        new.room,
        new.what,
        new.by,
        new.on,
        new.review_on,
        grant.staff(),
        app.now()
    ];
    tx.run(statement, values).await?;
    Ok(id)
}

/// A decision is taken back, or stands again.
pub(super) async fn keep_taken_back(tx: &mut Tx, grant: &Grant, decision: Uuid, removed: Option<Time>) -> Result<()> {
    let statement = sql!("UPDATE decision SET removed_at = $3 WHERE workspace_id = $1 AND id = $2");
    changed(tx.run(statement, args![grant.workspace(), decision, removed]).await?)
}

/// Another leads a room, who took it over.
pub(super) async fn give_room(tx: &mut Tx, app: &App, grant: &Grant, room: Id<Room>, to: Id<Staff>) -> Result<()> {
    let give = sql!("UPDATE room SET owner_id = $3 WHERE workspace_id = $1 AND id = $2");
    tx.run(give, args![grant.workspace(), room, to]).await?;
    insert_step(tx, app, grant, room, ("handed", "")).await
}

/// The place of somebody in a team goes to another; `false` when that one is in the team already, and keeps the part they have.
pub(super) async fn give_place(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    room: Id<Room>,
    (from, to, part): (Id<Staff>, Id<Staff>, &str),
) -> Result<bool> {
    drop_member(tx, ws, room, from).await?;
    let find = sql!("SELECT added_at FROM room_member WHERE workspace_id = $1 AND room_id = $2 AND staff_id = $3");
    if tx.find::<(Time,)>(find, args![ws, room, to]).await?.is_some() {
        return Ok(false);
    }
    keep_member(tx, app, ws, room, (to, part)).await
}

/// An action is another's.
pub(super) async fn give_action(tx: &mut Tx, ws: Id<Workspace>, action: Uuid, to: Id<Staff>) -> Result<()> {
    let give = sql!("UPDATE room_action SET owner_id = $3 WHERE workspace_id = $1 AND id = $2");
    tx.run(give, args![ws, action, to]).await?;
    Ok(())
}

/// What of open rooms belongs to a person: those of one customer, or all.
macro_rules! of_open_rooms {
    ($column:literal) => {
        concat!(
            "workspace_id = $1 AND ",
            $column,
            " = $2 AND room_id IN (SELECT id FROM room WHERE workspace_id = $1 AND closed_at IS NULL AND ($3 = 1 OR customer_id = $4)) "
        )
    };
}

/// Gives rooms, places in teams and open actions of open rooms from one person to another: those of one customer, or all. Which, by
/// kind.
pub(super) async fn keep_handed(
    tx: &mut Tx,
    app: &App,
    grant: &Grant,
    customer: Option<Id<Customer>>,
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<Vec<(&'static str, Uuid)>> {
    let ws = grant.workspace();
    let asked = || args![ws, from, i64::from(customer.is_none()), customer];
    let rooms = sql!(
        "SELECT id FROM room WHERE workspace_id = $1 AND owner_id = $2 AND closed_at IS NULL AND ($3 = 1 OR customer_id = $4) ",
        "ORDER BY id LIMIT 100000"
    );
    let rooms: Vec<(Uuid,)> = tx.list(rooms, asked()).await?;
    for (id,) in &rooms {
        give_room(tx, app, grant, Id::from_uuid(*id), to).await?;
    }
    let places = sql!(
        "SELECT room_id, part FROM room_member WHERE ",
        of_open_rooms!("staff_id"),
        "ORDER BY room_id LIMIT 100000"
    );
    let places: Vec<(Uuid, String)> = tx.list(places, asked()).await?;
    let (mut moved, mut doubled) = (Vec::new(), Vec::new());
    for (room, part) in places {
        if give_place(tx, app, ws, Id::from_uuid(room), (from, to, &part)).await? {
            moved.push(room);
        } else {
            doubled.push(room);
        }
    }
    let actions = sql!(
        "SELECT id FROM room_action WHERE ",
        of_open_rooms!("owner_id"),
        "AND done_at IS NULL AND removed_at IS NULL ORDER BY id LIMIT 100000"
    );
    let actions: Vec<(Uuid,)> = tx.list(actions, asked()).await?;
    for (id,) in &actions {
        give_action(tx, ws, *id, to).await?;
    }
    let of = |kind: &'static str, ids: Vec<Uuid>| ids.into_iter().map(move |id| (kind, id));
    let only = |rows: Vec<(Uuid,)>| rows.into_iter().map(|(id,)| id).collect::<Vec<_>>();
    let places = of("member", moved).chain(of("place", doubled));
    Ok(of("room", only(rooms)).chain(places).chain(of("action", only(actions))).collect())
}

/// Gives one of what [`keep_handed`] gave back, unless somebody gave it on since; whether it went back.
pub(super) async fn keep_returned(
    tx: &mut Tx,
    app: &App,
    ws: Id<Workspace>,
    (kind, id): (&str, Uuid),
    (from, to): (Id<Staff>, Id<Staff>),
) -> Result<bool> {
    let room = sql!(
        "UPDATE room SET owner_id = $4 WHERE workspace_id = $1 AND id = $2 AND owner_id = $3 AND closed_at IS NULL"
    );
    let action = sql!("UPDATE room_action SET owner_id = $4 WHERE workspace_id = $1 AND id = $2 AND owner_id = $3");
    match kind {
        "room" => Ok(tx.run(room, args![ws, id, to, from]).await? > 0),
        "action" => Ok(tx.run(action, args![ws, id, to, from]).await? > 0),
        "place" => keep_member(tx, app, ws, Id::from_uuid(id), (from, "")).await,
        _ => {
            let find = sql!("SELECT part FROM room_member WHERE workspace_id = $1 AND room_id = $2 AND staff_id = $3");
            let Some((part,)) = tx.find::<(String,)>(find, args![ws, id, to]).await? else { return Ok(false) };
            keep_member(tx, app, ws, Id::from_uuid(id), (from, &part)).await?;
            drop_member(tx, ws, Id::from_uuid(id), to).await?;
            Ok(true)
        }
    }
}

/// Gives rooms and decisions of a customer to another one: all, or these. An open room goes closed where the other has one open.
pub(super) async fn move_rows(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (from, to): (Id<Customer>, Id<Customer>),
    (rooms, decisions): (Option<&[Uuid]>, Option<&[Uuid]>),
) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
    let find = sql!("SELECT id FROM room WHERE workspace_id = $1 AND customer_id = $2 ORDER BY id LIMIT 100000");
    let give = sql!("UPDATE room SET customer_id = $3 WHERE workspace_id = $1 AND id = $2");
    let rooms = crate::moving::move_rows(tx, (find, give), ws, (from, to), rooms).await?;
    let find = sql!("SELECT id FROM decision WHERE workspace_id = $1 AND customer_id = $2 ORDER BY id LIMIT 100000");
    let give = sql!("UPDATE decision SET customer_id = $3 WHERE workspace_id = $1 AND id = $2");
    let decisions = crate::moving::move_rows(tx, (find, give), ws, (from, to), decisions).await?;
    Ok((rooms, decisions))
}

/// Closes the open room of a customer of which another has one open too. Which.
pub(super) async fn close_doubled(
    tx: &mut Tx,
    ws: Id<Workspace>,
    (gone, into): (Id<Customer>, Id<Customer>),
    (at, who): (Time, Option<Id<Staff>>),
) -> Result<Vec<Uuid>> {
    let find = sql!(
        "SELECT g.id FROM room g WHERE g.workspace_id = $1 AND g.customer_id = $2 AND g.closed_at IS NULL AND EXISTS ",
        "(SELECT 1 FROM room i WHERE i.workspace_id = $1 AND i.customer_id = $3 AND i.closed_at IS NULL) ORDER BY g.id LIMIT 10"
    );
    let found: Vec<(Uuid,)> = tx.list(find, args![ws, gone, into]).await?;
    let close =
        sql!("UPDATE room SET closed_at = $3, closed_by = $4, outcome = 'merged' WHERE workspace_id = $1 AND id = $2");
    for (id,) in &found {
        tx.run(close, args![ws, *id, at, who]).await?;
    }
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Opens again what [`close_doubled`] closed.
pub(super) async fn reopen_doubled(tx: &mut Tx, ws: Id<Workspace>, rooms: &[Uuid]) -> Result<()> {
    let statement = sql!(
        "UPDATE room SET closed_at = NULL, closed_by = NULL, outcome = NULL WHERE workspace_id = $1 AND id = $2 AND outcome = 'merged'"
    );
    for id in rooms {
        tx.run(statement, args![ws, *id]).await?;
    }
    Ok(())
}
