//! Rooms as pages show them.

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::health::Band;
use kizashi_domain::id::{Card, Customer, Id, Room, Staff, Workspace};
use kizashi_domain::money::{Currency, Money};
use kizashi_domain::rooms::{RoomOutcome, RoomState, View};
use kizashi_domain::time::{Day, Time};
use uuid::Uuid;

use crate::health::parse_band;
use crate::{App, Result};

const ROOMS_MAX: i64 = 100;
const ROWS_MAX: i64 = 500;

/// Which rooms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomQuery {
    /// Closed ones instead of open ones.
    pub closed: bool,
    /// Only those that somebody owns, belongs to or has something to do in.
    pub member: Option<Id<Staff>>,
}

/// A room in a list.
#[derive(Clone, Debug)]
pub struct RoomRow {
    /// Room.
    pub id: Id<Room>,
    /// Customer.
    pub customer: Id<Customer>,
    /// Its name.
    pub customer_name: String,
    /// Where it stands.
    pub state: RoomState,
    /// Owner.
    pub owner: Option<Id<Staff>>,
    /// Owner's name.
    pub owner_name: Option<String>,
    /// What it is to reach.
    pub goal: String,
    /// When it was opened.
    pub opened_at: Time,
    /// Next meeting.
    pub meets_on: Option<Day>,
    /// What the next meeting is about.
    pub agenda: String,
    /// Open actions.
    pub open_actions: i64,
    /// Open actions whose day is over.
    pub late_actions: i64,
    /// Points when it was opened.
    pub points_then: Option<i64>,
    /// Points now.
    pub points: Option<i64>,
    /// Band now.
    pub band: Option<Band>,
    /// MRR.
    pub mrr: Option<Money>,
    /// Card that it was opened from.
    pub card: Option<Id<Card>>,
    /// What was seen when it was opened.
    pub then: Vec<View>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// How it ended; `None` while it is open, and of one that went into another.
    pub outcome: Option<RoomOutcome>,
    /// What was learned.
    pub learned: String,
}

/// Somebody of a team.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who.
    pub staff: Id<Staff>,
    /// Name.
    pub name: String,
    /// Part in the team.
    pub part: String,
}

/// An action of a plan.
#[derive(Clone, Debug)]
pub struct PlannedAction {
    /// Which.
    pub id: Uuid,
    /// What.
    pub what: String,
    /// Who.
    pub owner: Option<Id<Staff>>,
    /// Who, by name.
    pub owner_name: Option<String>,
    /// Until when.
    pub due: Day,
    /// When it was done.
    pub done_at: Option<Time>,
}

/// Something that was decided.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Which.
    pub id: Uuid,
    /// What.
    pub what: String,
    /// Who decided, as people wrote it.
    pub by: String,
    /// When.
    pub on: Day,
    /// When it is looked at again.
    pub review_on: Option<Day>,
    /// The room it was decided in.
    pub room: Option<Id<Room>>,
    /// Who wrote it down.
    pub written_by: Option<String>,
}

/// What happened in a room.
#[derive(Clone, Debug)]
pub struct RoomStep {
    /// `opened` `framed` `moved` `owner` `member` `left` `action` `done` `undone` `removed` `changed` `decided` `undecided` `decided-again` `handed` `closed` `reopened`.
    pub step: String,
    /// Words.
    pub note: String,
    /// Who.
    pub staff: Option<String>,
    /// When.
    pub at: Time,
}

/// The page of a room.
#[derive(Clone, Debug)]
pub struct RoomPage {
    /// The room.
    pub row: RoomRow,
    /// The team, in the order in which they came.
    pub members: Vec<Member>,
    /// The plan: open actions by their days, then those done.
    pub actions: Vec<PlannedAction>,
    /// Decisions, the newest first.
    pub decisions: Vec<Decision>,
    /// What happened, the newest first.
    pub steps: Vec<RoomStep>,
    /// What is seen now, side by side with [`RoomRow::then`].
    pub now: Vec<View>,
}

row! {
    struct Fields {
        id: Id<Room>, customer: Id<Customer>, customer_name: String, state: String, owner: Option<Id<Staff>>, owner_name: Option<String>,
        goal: String, opened_at: Time, meets_on: Option<Day>, agenda: String, open_actions: i64, late_actions: i64, points_then: Option<i64>,
        points: Option<i64>, band: Option<String>, mrr_minor: Option<i64>, currency: Option<String>, card: Option<Id<Card>>, because: String,
        closed_at: Option<Time>, outcome: Option<String>, learned: String,
    }
}

/// The columns of [`Fields`]; `$2` = today.
macro_rules! select_rooms {
    ($($rest:expr),+) => {
        sql!(
            "SELECT r.id, c.id, c.name, r.state, r.owner_id, o.name, r.goal, r.opened_at, r.meets_on, r.agenda, ",
            "(SELECT count(*) FROM room_action a WHERE a.room_id = r.id AND a.done_at IS NULL AND a.removed_at IS NULL), ",
            "(SELECT count(*) FROM room_action a WHERE a.room_id = r.id AND a.done_at IS NULL AND a.removed_at IS NULL AND a.due_day < $2), ",
            "r.points, s.points, s.band, s.mrr_minor, s.currency, r.card_id, r.because, r.closed_at, r.outcome, r.learned ",
            "FROM room r JOIN customer c ON c.id = r.customer_id LEFT JOIN staff o ON o.id = r.owner_id ",
            "LEFT JOIN standing s ON s.customer_id = r.customer_id ",
            $($rest),+
        )
    };
}

fn room_row(f: Fields) -> RoomRow {
    let currency = f.currency.as_deref().and_then(Currency::parse).unwrap_or(Currency::JPY);
    RoomRow {
        id: f.id,
        customer: f.customer,
        customer_name: f.customer_name,
        state: RoomState::parse(&f.state).unwrap_or(RoomState::Forming),
        owner: f.owner,
        owner_name: f.owner_name,
        goal: f.goal,
        opened_at: f.opened_at,
        meets_on: f.meets_on,
        agenda: f.agenda,
        open_actions: f.open_actions,
        late_actions: f.late_actions,
        points_then: f.points_then,
        points: f.points,
        band: f.band.as_deref().and_then(parse_band),
        mrr: f.mrr_minor.filter(|m| *m > 0).map(|minor| Money { minor, currency }),
        card: f.card,
        then: serde_json::from_str(&f.because).unwrap_or_default(),
        closed_at: f.closed_at,
        outcome: f.outcome.as_deref().and_then(RoomOutcome::parse),
        learned: f.learned,
    }
}

/// Rooms: open ones by their next meeting, closed ones the newest first.
pub(super) async fn list_rooms(app: &App, ws: Id<Workspace>, today: Day, query: &RoomQuery) -> Result<Vec<RoomRow>> {
    let statement = select_rooms!(
        "WHERE r.workspace_id = $1 AND (($3 = 1 AND r.closed_at IS NOT NULL) OR ($3 = 0 AND r.closed_at IS NULL)) AND ($4 = 1 OR r.owner_id = $5 ",
        "OR EXISTS (SELECT 1 FROM room_member m WHERE m.room_id = r.id AND m.staff_id = $5) ",
        "OR EXISTS (SELECT 1 FROM room_action a WHERE a.room_id = r.id AND a.owner_id = $5 AND a.done_at IS NULL AND a.removed_at IS NULL)) ",
        "ORDER BY r.closed_at DESC, COALESCE(r.meets_on, 9999999), r.opened_at, r.id LIMIT $6"
    );
    let any = i64::from(query.member.is_none());
    let rows: Vec<Fields> =
        app.db.list(statement, args![ws, today, i64::from(query.closed), any, query.member, ROOMS_MAX]).await?;
    Ok(rows.into_iter().map(room_row).collect())
}

pub(super) async fn find_room(app: &App, ws: Id<Workspace>, today: Day, room: Id<Room>) -> Result<Option<RoomRow>> {
    let statement = select_rooms!("WHERE r.workspace_id = $1 AND r.id = $3");
    Ok(app.db.find::<Fields>(statement, args![ws, today, room]).await?.map(room_row))
}

/// Rooms of a customer: the open one first, then the newest.
pub(super) async fn list_of_customer(
    app: &App,
    ws: Id<Workspace>,
    today: Day,
    customer: Id<Customer>,
) -> Result<Vec<RoomRow>> {
    let statement = select_rooms!(
        "WHERE r.workspace_id = $1 AND r.customer_id = $3 ORDER BY CASE WHEN r.closed_at IS NULL THEN 0 ELSE 1 END, r.opened_at DESC LIMIT 20"
    );
    let rows: Vec<Fields> = app.db.list(statement, args![ws, today, customer]).await?;
    Ok(rows.into_iter().map(room_row).collect())
}

/// The open rooms of these customers.
pub(super) async fn list_open_of(
    app: &App,
    ws: Id<Workspace>,
    today: Day,
    customers: &[Id<Customer>],
) -> Result<Vec<RoomRow>> {
    let statement = select_rooms!("WHERE r.workspace_id = $1 AND r.closed_at IS NULL AND r.customer_id IN ($3)");
    let keys = customers.iter().map(ToValue::to_value).collect();
    let rows: Vec<Fields> = app.db.list_in(statement, args![ws, today], keys).await?;
    Ok(rows.into_iter().map(room_row).collect())
}

/// Which of these customers have a room open.
pub(super) async fn list_with_open(
    app: &App,
    ws: Id<Workspace>,
    customers: &[Id<Customer>],
) -> Result<Vec<Id<Customer>>> {
    let statement =
        sql!("SELECT customer_id FROM room WHERE workspace_id = $1 AND closed_at IS NULL AND customer_id IN ($2)");
    let keys = customers.iter().map(ToValue::to_value).collect();
    let rows: Vec<(Id<Customer>,)> = app.db.list_in(statement, args![ws], keys).await?;
    Ok(rows.into_iter().map(|(customer,)| customer).collect())
}

pub(super) async fn list_members(app: &App, ws: Id<Workspace>, room: Id<Room>) -> Result<Vec<Member>> {
    let statement = sql!(
        "SELECT m.staff_id, o.name, m.part FROM room_member m JOIN staff o ON o.id = m.staff_id WHERE m.workspace_id = $1 ",
        "AND m.room_id = $2 ORDER BY m.added_at, o.name LIMIT $3"
    );
    let rows: Vec<(Id<Staff>, String, String)> = app.db.list(statement, args![ws, room, ROWS_MAX]).await?;
    Ok(rows.into_iter().map(|(staff, name, part)| Member { staff, name, part }).collect())
}

row! {
    struct ActionFields { id: Uuid, what: String, owner: Option<Id<Staff>>, owner_name: Option<String>, due: Day, done_at: Option<Time> }
}

pub(super) async fn list_actions(app: &App, ws: Id<Workspace>, room: Id<Room>) -> Result<Vec<PlannedAction>> {
    let statement = sql!(
        "SELECT a.id, a.what, a.owner_id, o.name, a.due_day, a.done_at FROM room_action a LEFT JOIN staff o ON o.id = a.owner_id ",
        "WHERE a.workspace_id = $1 AND a.room_id = $2 AND a.removed_at IS NULL ",
        "ORDER BY CASE WHEN a.done_at IS NULL THEN 0 ELSE 1 END, a.due_day, a.id LIMIT $3"
    );
    let rows: Vec<ActionFields> = app.db.list(statement, args![ws, room, ROWS_MAX]).await?;
    let of = |a: ActionFields| PlannedAction {
        id: a.id,
        what: a.what,
        owner: a.owner,
        owner_name: a.owner_name,
        due: a.due,
        done_at: a.done_at,
    };
    Ok(rows.into_iter().map(of).collect())
}

row! {
    /// Something that somebody has to do in an open room.
    pub(crate) struct OwnAction { pub id: Uuid, pub room: Id<Room>, pub customer: String, pub what: String, pub due: Day }
}

/// What somebody has to do in open rooms until a day, by its days.
pub(super) async fn list_own_actions(
    app: &App,
    ws: Id<Workspace>,
    staff: Id<Staff>,
    until: Day,
) -> Result<Vec<OwnAction>> {
    let statement = sql!(
        "SELECT a.id, a.room_id, c.name, a.what, a.due_day FROM room_action a JOIN room r ON r.id = a.room_id ",
        "JOIN customer c ON c.id = r.customer_id WHERE a.workspace_id = $1 AND a.owner_id = $2 AND a.done_at IS NULL ",
        "AND a.removed_at IS NULL AND r.closed_at IS NULL AND a.due_day <= $3 ORDER BY a.due_day, a.id LIMIT $4"
    );
    Ok(app.db.list(statement, args![ws, staff, until, ROWS_MAX]).await?)
}

pub(super) async fn find_action(app: &App, ws: Id<Workspace>, action: Uuid) -> Result<Option<(Id<Room>, String)>> {
    let statement = sql!("SELECT room_id, what FROM room_action WHERE workspace_id = $1 AND id = $2");
    Ok(app.db.find(statement, args![ws, action]).await?)
}

/// Whose an action is.
pub(super) async fn find_action_owner(app: &App, ws: Id<Workspace>, action: Uuid) -> Result<Option<Id<Staff>>> {
    let statement = sql!("SELECT owner_id FROM room_action WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL");
    Ok(app.db.find::<(Option<Id<Staff>>,)>(statement, args![ws, action]).await?.and_then(|(owner,)| owner))
}

/// The room of a decision, and what was decided.
pub(super) async fn find_decided(
    app: &App,
    ws: Id<Workspace>,
    decision: Uuid,
) -> Result<Option<(Option<Id<Room>>, String)>> {
    let statement = sql!("SELECT room_id, what FROM decision WHERE workspace_id = $1 AND id = $2");
    Ok(app.db.find(statement, args![ws, decision]).await?)
}

row! {
    struct DecisionFields {
        id: Uuid, what: String, by: String, on: Day, review_on: Option<Day>, room: Option<Id<Room>>, written_by: Option<String>,
    }
}

fn decision(d: DecisionFields) -> Decision {
    Decision {
        id: d.id,
        what: d.what,
        by: d.by,
        on: d.on,
        review_on: d.review_on,
        room: d.room,
        written_by: d.written_by,
    }
}

/// The columns of [`DecisionFields`].
macro_rules! select_decisions {
    ($rest:literal) => {
        sql!(
            "SELECT d.id, d.what, d.decided_by, d.decided_on, d.review_on, d.room_id, o.name FROM decision d ",
            "LEFT JOIN staff o ON o.id = d.staff_id WHERE d.workspace_id = $1 AND d.removed_at IS NULL AND ",
            $rest,
            " ORDER BY d.decided_on DESC, d.created_at DESC LIMIT 100"
        )
    };
}

pub(super) async fn list_decisions(app: &App, ws: Id<Workspace>, room: Id<Room>) -> Result<Vec<Decision>> {
    let rows: Vec<DecisionFields> = app.db.list(select_decisions!("d.room_id = $2"), args![ws, room]).await?;
    Ok(rows.into_iter().map(decision).collect())
}

pub(super) async fn list_decisions_of(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Vec<Decision>> {
    let rows: Vec<DecisionFields> = app.db.list(select_decisions!("d.customer_id = $2"), args![ws, customer]).await?;
    Ok(rows.into_iter().map(decision).collect())
}

pub(super) async fn list_steps(app: &App, ws: Id<Workspace>, room: Id<Room>) -> Result<Vec<RoomStep>> {
    let statement = sql!(
        "SELECT t.step, t.note, o.name, t.happened_at FROM room_step t LEFT JOIN staff o ON o.id = t.staff_id ",
        "WHERE t.workspace_id = $1 AND t.room_id = $2 ORDER BY t.happened_at DESC, t.id DESC LIMIT $3"
    );
    let rows: Vec<(String, String, Option<String>, Time)> = app.db.list(statement, args![ws, room, ROWS_MAX]).await?;
    Ok(rows.into_iter().map(|(step, note, staff, at)| RoomStep { step, note, staff, at }).collect())
}

row! {
    /// A customer that a room is opened for.
    pub(super) struct Subject { pub code: String, pub name: String, pub owner: Option<Id<Staff>>, pub points: Option<i64> }
}

pub(super) async fn find_subject(app: &App, ws: Id<Workspace>, customer: Id<Customer>) -> Result<Option<Subject>> {
    let statement = sql!(
        "SELECT c.external_id, c.name, c.owner_id, s.points FROM customer c LEFT JOIN standing s ON s.customer_id = c.id ",
        "WHERE c.workspace_id = $1 AND c.id = $2"
    );
    Ok(app.db.find(statement, args![ws, customer]).await?)
}
