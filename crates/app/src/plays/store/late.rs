//! Cards whose limits have passed, and who is told of them. Writes nothing.

use kizashi_db::{Tx, args, row, sql};
use kizashi_domain::id::{Card, Customer, Id, Staff, Workspace};
use kizashi_domain::signals::CardKind;
use kizashi_domain::time::{Day, Time};

use super::parse_kind;
use crate::{App, Result};

row! {
    /// An open card of which a limit has passed and nobody was told.
    pub(in crate::plays) struct LateCard {
        pub id: Id<Card>, pub customer_id: Option<Id<Customer>>, pub subject: String, pub customer: Option<String>, pub title: String,
        pub owner_id: Option<Id<Staff>>, pub is_closing: i64,
    }
}

/// A late card: which limit passed, and of which customer or source.
macro_rules! select_late {
    ($limit:literal, $($rest:expr),+) => {
        sql!(
            "SELECT k.id, k.customer_id, k.subject, c.name, k.title, k.owner_id, ", $limit, " FROM card k ",
            "LEFT JOIN customer c ON c.id = k.customer_id ", $($rest),+
        )
    };
}

/// Nobody answered in time, and nobody was told. Of a customer that has left nobody need answer.
macro_rules! is_unanswered {
    () => {
        "AND (c.churned_on IS NULL OR c.churned_on >= $4) AND k.closed_at IS NULL AND k.answered_at IS NULL AND k.answer_due_at < $2 AND k.escalated IN (0, 2) "
    };
}

/// Nobody closed in time, and nobody was told. What waits for the customer is not late with us.
macro_rules! is_unclosed {
    () => {
        "AND (c.churned_on IS NULL OR c.churned_on >= $4) AND k.closed_at IS NULL AND k.close_due_at < $2 AND k.escalated IN (0, 1) AND k.waiting_at IS NULL "
    };
}

/// Cards of which a limit has passed and nobody was told: first those that nobody answered, then those that nobody closed. Limits of
/// what is put off wait until it comes back; but not those of a key account (`key` = its line, and the last day of the lead time).
pub(in crate::plays) async fn list_late(
    app: &App,
    ws: Id<Workspace>,
    (now, today): (Time, Day),
    key: Option<(i64, Day)>,
    limit: i64,
) -> Result<Vec<LateCard>> {
    let answer = select_late!(
        "0",
        "WHERE k.workspace_id = $1 ",
        is_unanswered!(),
        "AND (k.snoozed_until IS NULL OR k.snoozed_until <= $4) ORDER BY k.answer_due_at LIMIT $3"
    );
    let closing = select_late!(
        "1",
        "WHERE k.workspace_id = $1 ",
        is_unclosed!(),
        "AND (k.snoozed_until IS NULL OR k.snoozed_until <= $4) ORDER BY k.close_due_at LIMIT $3"
    );
    let asleep = [
        select_late!(
            "0",
            "JOIN standing s ON s.customer_id = k.customer_id WHERE k.workspace_id = $1 AND k.snoozed_until > $4 ",
            is_unanswered!(),
            "AND s.mrr_minor >= $5 AND s.sort_notice >= $4 AND s.sort_notice <= $6 ORDER BY k.id LIMIT $3"
        ),
        select_late!(
            "1",
            "JOIN standing s ON s.customer_id = k.customer_id WHERE k.workspace_id = $1 AND k.snoozed_until > $4 ",
            is_unclosed!(),
            "AND s.mrr_minor >= $5 AND s.sort_notice >= $4 AND s.sort_notice <= $6 ORDER BY k.id LIMIT $3"
        ),
    ];
    let mut late: Vec<LateCard> = app.db.list(answer, args![ws, now, limit, today]).await?;
    late.extend(app.db.list::<LateCard>(closing, args![ws, now, limit, today]).await?);
    if let Some((line, until)) = key {
        for statement in asleep {
            late.extend(app.db.list::<LateCard>(statement, args![ws, now, limit, today, line, until]).await?);
        }
    }
    Ok(late)
}

/// Who is told of late cards, if not their owner: all managers, and whether they are that; all administrators come after them.
pub(in crate::plays) async fn list_leaders(tx: &mut Tx, ws: Id<Workspace>) -> Result<Vec<(Id<Staff>, bool)>> {
    const LEADERS_MAX: i64 = 100;
    let statement = sql!(
        "SELECT id, CASE WHEN role = 'manager' THEN 1 ELSE 0 END FROM staff WHERE workspace_id = $1 AND role IN ('manager', 'admin') ",
        "AND left_at IS NULL ORDER BY CASE WHEN role = 'manager' THEN 0 ELSE 1 END, created_at LIMIT $2"
    );
    let found: Vec<(Id<Staff>, i64)> = tx.list(statement, args![ws, LEADERS_MAX]).await?;
    Ok(found.into_iter().map(|(id, is_manager)| (id, is_manager == 1)).collect())
}

/// Kind of a card, and how much it presses.
pub(in crate::plays) async fn find_rank(
    tx: &mut Tx,
    ws: Id<Workspace>,
    card: Id<Card>,
) -> Result<Option<(CardKind, f64)>> {
    let statement = sql!("SELECT kind, priority FROM card WHERE workspace_id = $1 AND id = $2");
    let found: Option<(String, f64)> = tx.find(statement, args![ws, card]).await?;
    Ok(found.map(|(kind, priority)| (parse_kind(&kind).unwrap_or(CardKind::Activity), priority)))
}
