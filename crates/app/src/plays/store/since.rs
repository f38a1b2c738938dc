//! What somebody who looked a while ago did not see, and by when work on cards must be done. Writes nothing.

use kizashi_db::{ToValue, Tx, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::time::{Day, Time};

use crate::plays::press::Meanwhile;
use crate::plays::read::{CardState, Outcome};
use crate::{App, Result};

row! {
    struct Fields {
        owner_id: Option<Id<Staff>>, owner: Option<String>, taken_by: Option<Id<Staff>>, taker: Option<String>, closer: Option<String>,
        taken_at: Option<Time>, waiting_at: Option<Time>, closed_at: Option<Time>, outcome: Option<String>,
    }
}

/// What a card is now, and who made it so.
pub(in crate::plays) async fn find_meanwhile(
    app: &App,
    ws: Id<Workspace>,
    card: Id<Card>,
) -> Result<Option<Meanwhile>> {
    let statement = sql!(
        "SELECT k.owner_id, o.name, k.taken_by, t.name, x.name, k.taken_at, k.waiting_at, k.closed_at, k.outcome FROM card k ",
        "LEFT JOIN staff o ON o.id = k.owner_id LEFT JOIN staff t ON t.id = k.taken_by LEFT JOIN staff x ON x.id = k.closed_by ",
        "WHERE k.workspace_id = $1 AND k.id = $2"
    );
    let Some(f) = app.db.find::<Fields>(statement, args![ws, card]).await? else { return Ok(None) };
    let is_takers = f.owner_id.is_none() || f.owner_id == f.taken_by;
    let (state, who, at) = match (f.closed_at, f.waiting_at, f.taken_at) {
        (Some(at), _, _) => (CardState::Closed, f.closer, Some(at)),
        (None, Some(_), _) => (CardState::Waiting, if is_takers { f.taker } else { f.owner }, None),
        (None, None, Some(at)) if is_takers => (CardState::Taken, f.taker, Some(at)),
        (None, None, Some(_)) => (CardState::Taken, f.owner, None),
        (None, None, None) => (CardState::New, f.owner, None),
    };
    Ok(Some(Meanwhile { state, who, at, outcome: f.outcome.as_deref().and_then(Outcome::parse) }))
}

/// Notice deadlines and MRR behind these cards, where there are any.
pub(in crate::plays) async fn list_deadlines(
    app: &App,
    ws: Id<Workspace>,
    cards: &[Id<Card>],
) -> Result<Vec<(Id<Card>, Day, i64)>> {
    let statement = sql!(
        "SELECT k.id, s.notice_on, COALESCE(s.mrr_minor, 0) FROM card k JOIN standing s ON s.customer_id = k.customer_id ",
        "WHERE COALESCE(k.workspace_id, k.id) = $1 AND s.notice_on IS NOT NULL AND k.id IN ($2)"
    );
    Ok(app.db.list_in(statement, args![ws], cards.iter().map(ToValue::to_value).collect()).await?)
}

/// Notice deadline and MRR of a customer, where there is one.
pub(in crate::plays) async fn find_deadline(
    app: &App,
    ws: Id<Workspace>,
    customer: Id<Customer>,
) -> Result<Option<(Day, i64)>> {
    let statement = sql!(
        "SELECT notice_on, COALESCE(mrr_minor, 0) FROM standing WHERE workspace_id = $1 AND customer_id = $2 AND notice_on IS NOT NULL"
    );
    Ok(app.db.find(statement, args![ws, customer]).await?)
}

/// Name of a member of staff, also of one who has left.
pub(in crate::plays) async fn find_staff_name(
    tx: &mut Tx,
    ws: Id<Workspace>,
    staff: Id<Staff>,
) -> Result<Option<String>> {
    let statement = sql!("SELECT name FROM staff WHERE workspace_id = $1 AND id = $2");
    Ok(tx.find::<(String,)>(statement, args![ws, staff]).await?.map(|(name,)| name))
}

/// Names and mail addresses of those who have left.
pub(in crate::plays) async fn list_left(app: &App, ws: Id<Workspace>) -> Result<Vec<(String, String)>> {
    const LEFT_MAX: i64 = 1_000;
    let statement = sql!(
        "SELECT name, email FROM staff WHERE workspace_id = $1 AND left_at IS NOT NULL ORDER BY left_at DESC, id LIMIT $2"
    );
    Ok(app.db.list(statement, args![ws, LEFT_MAX]).await?)
}
