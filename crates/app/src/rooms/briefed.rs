//! What whoever takes customers over learns of their rooms: read for many customers at once.

use std::collections::HashMap;

use kizashi_db::{ToValue, args, row, sql};
use kizashi_domain::id::{Customer, Id, Room, Workspace};
use kizashi_domain::time::Day;
use uuid::Uuid;

use super::read::{self, Decision, RoomRow};
use crate::{App, Result};

/// Decisions about one customer that are told, the newest.
const DECISIONS_MAX: i64 = 10;

row! {
    /// Something to do in an open room.
    #[derive(Clone, Debug)]
    pub(crate) struct OpenAction { pub room: Id<Room>, pub what: String, pub due: Day }
}

row! {
    struct Decided {
        customer: Id<Customer>, id: Uuid, what: String, by: String, on: Day, review_on: Option<Day>, room: Option<Id<Room>>,
        written_by: Option<String>,
    }
}

/// The open room of a customer, what is left of its plan, and what was decided.
#[derive(Debug, Default)]
pub(crate) struct Briefed {
    /// The open room.
    pub room: Option<RoomRow>,
    /// What is left of its plan, by its days.
    pub actions: Vec<OpenAction>,
    /// Decisions, the newest first.
    pub decisions: Vec<Decision>,
}

/// Reads all of it for these customers.
pub(crate) async fn list_briefed(
    app: &App,
    ws: Id<Workspace>,
    today: Day,
    customers: &[Id<Customer>],
) -> Result<HashMap<Id<Customer>, Briefed>> {
    let mut found: HashMap<Id<Customer>, Briefed> = HashMap::new();
    let rooms = read::list_open_of(app, ws, today, customers).await?;
    let actions = sql!(
        "SELECT room_id, what, due_day FROM room_action WHERE workspace_id = $1 AND done_at IS NULL AND removed_at IS NULL ",
        "AND room_id IN ($2) ORDER BY due_day, id"
    );
    let keys = rooms.iter().map(|room| room.id.to_value()).collect();
    let mut actions: Vec<OpenAction> = app.db.list_in(actions, args![ws], keys).await?;
    actions.sort_by_key(|action| action.due);
    for room in rooms {
        let own = found.entry(room.customer).or_default();
        own.actions = actions.iter().filter(|action| action.room == room.id).cloned().collect();
        own.room = Some(room);
    }
    let decisions = sql!(
        "SELECT n.customer_id, n.id, n.what, n.decided_by, n.decided_on, n.review_on, n.room_id, o.name FROM (SELECT d.*, ",
        "row_number() OVER (PARTITION BY d.customer_id ORDER BY d.decided_on DESC, d.created_at DESC) AS place FROM decision d ",
        "WHERE d.workspace_id = $1 AND d.removed_at IS NULL AND d.customer_id IN ($3)) n LEFT JOIN staff o ON o.id = n.staff_id ",
        "WHERE n.place <= $2 ORDER BY n.place"
    );
    let keys = customers.iter().map(ToValue::to_value).collect();
    for d in app.db.list_in::<Decided>(decisions, args![ws, DECISIONS_MAX], keys).await? {
        found.entry(d.customer).or_default().decisions.push(Decision {
            id: d.id,
            what: d.what,
            by: d.by,
            on: d.on,
            review_on: d.review_on,
            room: d.room,
            written_by: d.written_by,
        });
    }
    Ok(found)
}
